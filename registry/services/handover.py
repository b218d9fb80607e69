"""A person leaves: one act hands all duties, open findings and grants to the successor. 中文：人员交接

The list of what was handed over (交接清单) is kept in the act, by numbers; ``handover_list`` reads it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q
from django.utils.translation import gettext as _

from registry import access, clock
from registry.codes import PRIVATE_KINDS
from registry.errors import BadInput
from registry.models import Act, Entry, Finding, Grant, Party, Source, User
from registry.rules.engine import evaluate_units, refuse_broken

from .acts import record_act
from .identity import safe_name
from .passing import (
    Passing,
    continued,
    from_day,
    next_keys,
    overlap,
    require_everywhere,
    write,
)
from .personal import checked_reason, lock_party


@dataclass
class Handover:
    """What goes over: entries with their continuation, findings of the account, grants of the account."""

    passings: list[Passing]
    findings: list[Finding] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    successor_account: User | None = None

    @property
    def entries(self) -> list[Entry]:
        return [entry for passing in self.passings for entry in passing.old]


@transaction.atomic
def preview_handover(*, person: Party, successor: Party, on: dt.date) -> Handover:
    """What would go over on a day; nothing is written. Raises ``BadInput`` as ``hand_over`` does."""
    return _collect(lock_party(person), lock_party(successor), on)


@transaction.atomic
def hand_over(
    *,
    person: Party,
    successor: Party,
    on: dt.date,
    by: User | None,
    reason: str,
    source: Source | None = None,
) -> Act:
    """Hand everything of a person who leaves to the successor, all or nothing; gives the act.

    Entries in which the person is party or named person end on ``on`` and open for the successor with the
    same terms and shares; live findings of the person's account, and its grants, go to the successor's
    account; the person is recorded as having left (离任). Raises ``NotAllowed`` where one unit or grant lies
    outside the officer's rights, ``BadInput`` for a successor who cannot take over.
    """
    reason = checked_reason(reason)
    first, second = sorted((person, successor), key=lambda party: party.pk)
    locked = {party.pk: lock_party(party) for party in (first, second)}
    leaver, heir = locked[person.pk], locked[successor.pk]
    access.require(by, "hand_over", leaver.division)
    found = _collect(leaver, heir, on)
    require_everywhere(by, "hand_over", {entry.unit.division_id for entry in found.entries})
    require_everywhere(by, "administer", {grant.division_id for grant in found.grants})
    before = {"active_until": leaver.active_until.isoformat() if leaver.active_until else None}
    leaver.active_until = on
    leaver.save(update_fields=["active_until"])
    act = record_act(
        by=by,
        verb="handed_over",
        division=leaver.division,
        subject=f"party:{leaver.pk}",
        reason=reason,
        effective_on=on,
        source=source,
        before=before,
        after=_words(found, leaver, heir, on),
    )
    _left(leaver, before, on, by, reason, source)
    write(found.passings, act=act, on=on, by=by, reason=reason, source=source)
    _give_findings(found)
    _give_grants(found, on)
    touched = {entry.unit_id for entry in found.entries} | _units_of(leaver, heir)
    refuse_broken(on=on, units=touched)
    evaluate_units(touched, as_of=clock.today())
    return act


def _collect(leaver: Party, heir: Party, on: dt.date) -> Handover:
    _refuse_heir(leaver, heir, on)
    rows = from_day(Entry.objects.filter(Q(party=leaver) | Q(agent=leaver)), on)
    keys = next_keys(Entry, len(rows))
    passings = [
        Passing((entry,), continued(entry, key, on, **_instead(entry, leaver, heir)))
        for entry, key in zip(rows, keys, strict=True)
    ]
    _refuse_double(passings)
    account = User.objects.filter(party=leaver).first()
    if account is None:
        return Handover(passings)
    findings = Finding.objects.live().filter(person=account).select_related("unit", "division").defer("place")
    grants = (
        Grant.objects.filter(user=account)
        .filter(valid__overlap=DateRange(on, None))
        .select_related("division")
    )
    return Handover(
        passings,
        list(findings.select_for_update(of=("self",)).order_by("pk")),
        list(grants.select_for_update(of=("self",)).order_by("pk")),
        User.objects.filter(party=heir).first(),
    )


def _instead(entry: Entry, leaver: Party, heir: Party) -> dict[str, object]:
    """The heir in every place where the leaver stands."""
    places = ("party", "agent")
    return {f"{place}_id": heir.pk for place in places if getattr(entry, f"{place}_id") == leaver.pk}


def _refuse_heir(leaver: Party, heir: Party, on: dt.date) -> None:
    if leaver.pk == heir.pk:
        raise BadInput(_("Nobody hands over to himself; choose another person."), "same_party")
    if (heir.kind in PRIVATE_KINDS) != (leaver.kind in PRIVATE_KINDS):
        raise BadInput(
            _("%(heir)s cannot follow %(leaver)s: a person follows a person, a body follows a body.")
            % {"heir": safe_name(heir), "leaver": safe_name(leaver)},
            "other_kind",
        )
    if heir.active_until and heir.active_until <= on:
        raise BadInput(
            _("%(heir)s has left on %(day)s; choose somebody who is there on %(on)s.")
            % {"heir": safe_name(heir), "day": heir.active_until, "on": on},
            "successor_left",
        )


def _refuse_double(passings: Sequence[Passing]) -> None:
    """Raise ``BadInput`` where the successor holds the same entry already: two shares would become one."""
    new = [passing.new for passing in passings]
    parties = {entry.party_id for entry in new}
    rows = Entry.objects.in_force().filter(unit__in={e.unit_id for e in new}, party__in=parties)
    mine = {entry.pk for passing in passings for entry in passing.old}
    held = [entry for entry in rows.select_related("unit") if entry.pk not in mine]
    clashes = [
        f"{entry.unit.code} {entry.unit.name} · {entry.get_code_display()}"
        for entry in held
        for other in new
        if (entry.unit_id, entry.code, entry.party_id) == (other.unit_id, other.code, other.party_id)
        and overlap(entry.valid, other.valid)
    ]
    if clashes:
        raise BadInput(
            _("The successor holds the same entry already: %(entries)s. Settle these first.")
            % {"entries": "；".join(sorted(set(clashes))[:10])},
            "overlap",
        )


def _words(found: Handover, leaver: Party, heir: Party, on: dt.date) -> dict[str, object]:
    return {
        "from": leaver.pk,
        "to": heir.pk,
        "on": on.isoformat(),
        "entries": [passing.words for passing in found.passings],
        "findings": [finding.pk for finding in found.findings],
        "findings_given": found.successor_account is not None,
        "grants": [
            {"role": grant.role, "division": grant.division_id, "given": found.successor_account is not None}
            for grant in found.grants
        ],
    }


def _left(
    leaver: Party, before: dict, on: dt.date, by: User | None, reason: str, source: Source | None
) -> None:
    record_act(
        by=by,
        verb="party_left",
        division=leaver.division,
        subject=f"party:{leaver.pk}",
        reason=reason,
        effective_on=on,
        source=source,
        before=before,
        after={"active_until": on.isoformat()},
    )


def _give_findings(found: Handover) -> None:
    keys = [finding.pk for finding in found.findings]
    Finding.objects.filter(pk__in=keys).update(person=found.successor_account)


def _give_grants(found: Handover, on: dt.date) -> None:
    """End the grants on the day and open the same for the successor's account, where it has none like it."""
    heir = found.successor_account
    begun = [grant for grant in found.grants if grant.valid.lower is None or grant.valid.lower < on]
    fresh = [
        Grant(
            user=heir,
            role=grant.role,
            division=grant.division,
            valid=DateRange(max(on, grant.valid.lower or on), grant.valid.upper),
        )
        for grant in found.grants
        if heir is not None
    ]
    Grant.objects.filter(pk__in=[grant.pk for grant in found.grants if grant not in begun]).delete()
    for grant in begun:
        grant.valid = DateRange(grant.valid.lower, on)
    Grant.objects.bulk_update(begun, ["valid"])
    held = list(Grant.objects.filter(user=heir)) if heir else []
    Grant.objects.bulk_create(grant for grant in fresh if not any(_covers(own, grant) for own in held))


def _covers(own: Grant, grant: Grant) -> bool:
    """Whether a grant that is held says all that another one would."""
    same = (own.role, own.division_id) == (grant.role, grant.division_id)
    begins = own.valid.lower is None or own.valid.lower <= grant.valid.lower
    ends = own.valid.upper is None or (grant.valid.upper is not None and own.valid.upper >= grant.valid.upper)
    return same and begins and ends


def _units_of(*parties: Party) -> set[int]:
    rows = Entry.objects.in_force().filter(Q(party__in=parties) | Q(agent__in=parties))
    return set(rows.values_list("unit_id", flat=True))
