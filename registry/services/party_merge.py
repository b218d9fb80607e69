"""Two records of one party become one 合并同一主体: everything moves to the record that is kept, set-based.

The other record stays, marked with the one it was merged into, so that both histories can be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pghistory.models
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from registry import clock
from registry.codes import PRIVATE_KINDS, WHOLE_CODES
from registry.errors import BadInput, RegistryError
from registry.models import Act, Entry, Party, PartyMember, PersonalData, User
from registry.rules.engine import evaluate_units, refuse_broken

from .acts import record_act
from .entries import describe
from .identity import safe_name
from .passing import follow, overlap, require_everywhere
from .personal import checked_reason, lock_party

OWN_WAY = (Party, PartyMember, PersonalData, User)  # what moves in a way of its own


@dataclass(frozen=True)
class Pair:
    """Two entries (or memberships) of the two records that say the same: the kept one and the other."""

    kept: Any
    other: Any
    share: Fraction


@transaction.atomic
def merge_parties(*, keep: Party, drop: Party, by: User | None, reason: str) -> Party:
    """Merge ``drop`` into ``keep``, all or nothing; gives the kept record.

    Entries, named persons, debtors, memberships, the account and the personal data move. Where both hold the
    same code on the same unit for the same period, their shares are added; what cannot be combined (other
    periods, two different credit codes, id numbers or accounts) is refused with a sentence that lists it.
    """
    reason = checked_reason(reason)
    if keep.pk == drop.pk:
        raise BadInput(_("A record is not merged with itself; choose the other one."), "same_party")
    locked = {party.pk: lock_party(party) for party in sorted((keep, drop), key=lambda row: row.pk)}
    kept, gone = locked[keep.pk], locked[drop.pk]
    units = set(
        Entry.objects.filter(Q(party=gone) | Q(agent=gone) | Q(debtor=gone)).values_list("unit_id", flat=True)
    )
    places = set(Entry.objects.filter(unit__in=units).values_list("unit__division", flat=True))
    require_everywhere(by, "edit_party", {kept.division_id, gone.division_id, *places})
    pairs, members = _refuse_conflicts(kept, gone)
    act = _record(kept, gone, pairs, by, reason)
    try:
        with transaction.atomic():
            _combine_entries(pairs, act)
            _combine_members(members)
            _move(kept, gone)
            _move_facts(kept, gone)
    except IntegrityError as error:
        raise RegistryError(
            _("The two records cannot become one: %(why)s") % {"why": str(error).splitlines()[0]}, "conflict"
        ) from error
    refuse_broken(on=clock.today(), units=units)
    evaluate_units(units, as_of=clock.today())
    kept.refresh_from_db()
    return kept


def _record(kept: Party, gone: Party, pairs: list[Pair], by: User | None, reason: str) -> Act:
    words = {"kept": kept.pk, "merged": gone.pk}
    return record_act(
        by=by,
        verb="party_merged",
        division=kept.division,
        subject=f"party:{kept.pk}",
        reason=reason,
        effective_on=clock.today(),
        before={**words, "entries": [[describe(pair.kept), describe(pair.other)] for pair in pairs]},
        after={**words, "shares": {str(pair.kept.pk): str(pair.share) for pair in pairs}},
    )


# --- what cannot be combined
def _refuse_conflicts(kept: Party, gone: Party) -> tuple[list[Pair], list[Pair]]:
    """Pairs of entries and of memberships whose shares are added. Raises ``BadInput`` with all conflicts."""
    problems = _of_records(kept, gone)
    entries, wrong = _pair_entries(kept, gone)
    members, more = _pair_members(kept, gone)
    problems += wrong + more
    if problems:
        raise BadInput(
            _("The two records cannot become one: %(problems)s") % {"problems": "；".join(problems[:10])},
            "conflict",
        )
    return entries, members


def _of_records(kept: Party, gone: Party) -> list[str]:
    problems = []
    if (kept.kind in PRIVATE_KINDS) != (gone.kind in PRIVATE_KINDS):
        problems.append(_("one is a person, the other a body"))
    if kept.uscc and gone.uscc and kept.uscc != gone.uscc:
        problems.append(
            _("their credit codes differ (%(one)s, %(other)s)") % {"one": kept.uscc, "other": gone.uscc}
        )
    secrets = {row.party_id: row for row in PersonalData.objects.filter(party__in=[kept, gone])}
    if len(secrets) == 2:
        one, other = secrets[kept.pk], secrets[gone.pk]
        if one.id_number and other.id_number and one.id_number != other.id_number:
            problems.append(_("their resident id numbers differ"))
        if one.bank_account and other.bank_account and one.bank_account != other.bank_account:
            problems.append(_("their bank accounts differ"))
    if User.objects.filter(party__in=[kept, gone]).count() == 2:
        problems.append(_("both have an account of their own"))
    return problems


def _pair_entries(kept: Party, gone: Party) -> tuple[list[Pair], list[str]]:
    rows = Entry.objects.in_force().filter(party__in=[kept, gone]).select_related("unit")
    held = list(rows.select_for_update(of=("self",)).order_by("pk"))
    mine: dict[tuple[int, str], list[Entry]] = {}
    for entry in held:
        if entry.party_id == kept.pk:
            mine.setdefault((entry.unit_id, entry.code), []).append(entry)
    pairs, problems = [], []
    for other in held:
        if other.party_id != gone.pk:
            continue
        for own in mine.get((other.unit_id, other.code), []):
            if not overlap(own.valid, other.valid):
                continue
            pair, problem = _combined(own, other)
            if pair:
                pairs.append(pair)
            else:
                problems.append(
                    f"{other.unit.code} {other.unit.name} · {other.get_code_display()}: {problem}"
                )
    return pairs, problems


def _combined(own: Entry, other: Entry) -> tuple[Pair | None, str]:
    """The two entries as one, or why they cannot be."""
    if own.valid != other.valid:
        return None, _("both hold it, in periods that overlap and differ")
    agents = {own.agent_id, other.agent_id} - {None, other.party_id, own.party_id}
    if len(agents) > 1:
        return None, _("they name different persons")
    if own.code not in WHOLE_CODES:
        return Pair(own, other, own.share), ""
    share = own.share + other.share
    return (Pair(own, other, share), "") if share <= 1 else (None, _("their shares sum to more than 1"))


def _pair_members(kept: Party, gone: Party) -> tuple[list[Pair], list[str]]:
    """Memberships of the two in one group; and the two as groups, or as group and member."""
    rows = list(
        PartyMember.objects.select_for_update(of=("self",))
        .filter(Q(member__in=[kept, gone]) | Q(group__in=[kept, gone]))
        .select_related("group")
        .order_by("pk")
    )
    both = {kept.pk, gone.pk}
    if any(row.group_id in both and row.member_id in both for row in rows):
        return [], [_("one is a member of the other")]
    own = {row.group_id: row for row in rows if row.group_id in both}
    if len(own) == 2:
        return [], [_("both have members of their own")]
    pairs, problems = [], []
    for other in (row for row in rows if row.member_id == gone.pk):
        for mine in (row for row in rows if row.member_id == kept.pk and row.group_id == other.group_id):
            if not overlap(mine.valid, other.valid):
                continue
            if mine.valid == other.valid:
                shares = [Fraction(row.share_num, row.share_den) for row in (mine, other)]
                pairs.append(Pair(mine, other, sum(shares, Fraction(0))))
            else:
                problems.append(
                    _("both are members of %(group)s, in periods that differ")
                    % {"group": safe_name(other.group)}
                )
    return pairs, problems


# --- writing
def _combine_entries(pairs: list[Pair], act: Act) -> None:
    """The kept entry gets the sum; the other one is taken back by the act and stays readable."""
    for pair in pairs:
        pair.kept.share_num, pair.kept.share_den = pair.share.numerator, pair.share.denominator
        pair.kept.source_id = pair.kept.source_id or pair.other.source_id
        pair.kept.agent_id = pair.kept.agent_id or pair.other.agent_id
        follow(pair.other, pair.kept)
    Entry.objects.filter(pk__in=[pair.other.pk for pair in pairs]).update(annulled=act)
    Entry.objects.bulk_update(
        [pair.kept for pair in pairs], ["share_num", "share_den", "source", "agent"], batch_size=500
    )


def _combine_members(pairs: list[Pair]) -> None:
    PartyMember.objects.filter(pk__in=[pair.other.pk for pair in pairs]).delete()
    for pair in pairs:
        pair.kept.share_num, pair.kept.share_den = pair.share.numerator, pair.share.denominator
    PartyMember.objects.bulk_update([pair.kept for pair in pairs], ["share_num", "share_den"])


def _move(kept: Party, gone: Party) -> None:
    """Everything that names the record names the kept one: one statement a column, upper apps included.

    History keeps what it said, and is left alone.
    """
    for relation in Party._meta.related_objects:
        model = relation.related_model
        if model in OWN_WAY or issubclass(model, pghistory.models.Event) or not relation.field.concrete:
            continue
        if relation.many_to_many:
            continue
        name = relation.field.name
        model._base_manager.filter(**{name: gone}).update(**{name: kept})
    PartyMember.objects.filter(member=gone).update(member=kept)
    PartyMember.objects.filter(group=gone).update(group=kept)
    User.objects.filter(party=gone).update(party=kept)
    Party.objects.filter(merged_into=gone).update(merged_into=kept)


def _move_facts(kept: Party, gone: Party) -> None:
    """The facts of the record itself: code, names, secrets; what the kept one has stays."""
    theirs = PersonalData.objects.filter(party=gone).first()
    if theirs is not None:
        mine = PersonalData.objects.filter(party=kept).first() or PersonalData(party=kept)
        theirs.delete()
        for field in ("id_number", "phone", "bank_account"):
            setattr(mine, field, getattr(mine, field) or getattr(theirs, field))
        mine.save()
    uscc = kept.uscc or gone.uscc
    names = [*kept.former_names, *gone.former_names, gone.name]
    gone.uscc, gone.merged_into = "", kept
    gone.save(update_fields=["uscc", "merged_into"])
    kept.uscc = uscc
    kept.former_names = list(dict.fromkeys(name for name in names if name != kept.name))
    if kept.active_until and not gone.active_until:
        kept.active_until = None
    kept.save(update_fields=["uscc", "former_names", "active_until"])
