"""One act moves the units of merged villages 合村, the accounts of their collectives apart or joined.

合村不合账: with accounts apart each old collective (股份经济合作社) stays a party with its entries;
with accounts joined all its entries in force go to the collective of the new village, shares kept whole.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q
from django.utils.translation import gettext as _

from registry import clock
from registry.codes import EXCLUSIVE_CODES, WHOLE_CODES, Level, PartyKind
from registry.errors import BadInput
from registry.models import Act, Division, Entry, Grant, Party, Source, Unit, User
from registry.rules.engine import evaluate_units

from .acts import record_act
from .division_changes import NewPlace, merge_divisions
from .passing import Passing, continued, from_day, next_keys, write

APART, JOINED = "apart", "joined"


@dataclass
class MergePlan:
    """What a merger would move, as the officer sees it before he confirms. 中文：合村预览"""

    villages: list[Division]
    natural_villages: list[Division]
    units: list[Unit]
    unit_count: int
    parties: int
    collectives: list[Party]
    entries: int
    grants: list[Grant] = field(default_factory=list)


SHOWN = 50


def plan_merger(*, old: Sequence[Division], on: dt.date) -> MergePlan:
    """Count and list what lives in the villages; a few queries, nothing is written."""
    units = Unit.objects.on(on).within_paths([village.path for village in old])
    collectives = list(_collectives(old))
    grants = Grant.objects.filter(division__in=old, valid__contains=on).select_related("user", "division")
    held = Entry.objects.in_force().filter(party__in=collectives).filter(valid__overlap=DateRange(on, None))
    return MergePlan(
        villages=list(old),
        natural_villages=list(Division.objects.on(on).filter(parent__in=old)),
        units=list(units.select_related("division").order_by("code")[:SHOWN]),
        unit_count=units.count(),
        parties=Party.objects.standing().filter(division__in=old).count(),
        collectives=collectives,
        entries=held.count(),
        grants=list(grants),
    )


@transaction.atomic
def merge_villages(
    *,
    old: Sequence[Division],
    into: Division | NewPlace,
    on: dt.date,
    accounts: str,
    by: User | None,
    source: Source | None = None,
    grants: bool = True,
    collective_name: str = "",
    reason: str = "",
) -> Division:
    """Merge villages on a day: units, natural villages, parties move; gives the village that follows.

    ``accounts``: "apart", or "joined" into the one collective of the new village; where it has none yet,
    ``collective_name`` registers it. All or nothing. Raises ``NotAllowed``; ``BadInput`` for places that are
    no villages, no or several collectives to join, or entries that cannot become one.
    """
    if accounts not in (APART, JOINED):
        raise BadInput(
            _("Say whether the accounts stay apart or are joined; found %(word)r.") % {"word": accounts},
            "accounts",
        )
    wrong = [place.name for place in old if place.level != Level.VILLAGE]
    if wrong:
        raise BadInput(
            _("%(places)s: only villages are merged here.") % {"places": "、".join(wrong)}, "no_village"
        )
    olds = list(_collectives(old))  # before they move
    there = list(_collectives([into])) if isinstance(into, Division) else []
    place = merge_divisions(old=old, into=into, on=on, by=by, source=source, grants=grants, reason=reason)
    if accounts == JOINED and olds:
        heir = _heir(olds, there, place, collective_name, by, reason)
        _join(olds, heir, place, on=on, by=by, source=source, reason=reason)
    return place


def _collectives(places: Sequence[Division]):  # noqa: ANN202  (a queryset)
    return (
        Party.objects.standing()
        .filter(division__in=places, kind=PartyKind.VILLAGE_COLLECTIVE, active_until=None)
        .order_by("pk")
    )


def _heir(
    olds: list[Party], there: list[Party], place: Division, name: str, by: User | None, reason: str
) -> Party:
    """The one collective that takes the entries: the receiving village's own, or a new one."""
    if len(there) > 1:
        raise BadInput(
            _("%(place)s has several collectives (%(names)s); record first which of them ended.")
            % {"place": place.name, "names": "、".join(party.name for party in there)},
            "several_collectives",
        )
    if there:
        return there[0]
    same = [party for party in olds if party.name == name.strip()]
    if not name.strip() or same:
        raise BadInput(
            _("%(place)s has no collective yet: enter the name of the new one that takes the accounts.")
            % {"place": place.name},
            "no_collective",
        )
    party = Party.objects.create(kind=PartyKind.VILLAGE_COLLECTIVE, name=name.strip(), division=place)
    record_act(
        by=by,
        verb="party_registered",
        division=place,
        subject=f"party:{party.pk}",
        reason=reason,
        effective_on=clock.today(),
        after={"kind": party.kind, "uscc": ""},
    )
    return party


def _join(
    olds: list[Party],
    heir: Party,
    place: Division,
    *,
    on: dt.date,
    by: User | None,
    source: Source | None,
    reason: str,
) -> Act:
    rows = from_day(Entry.objects.filter(party__in=[*olds, heir]), on)
    groups: dict[tuple[int, str], list[Entry]] = defaultdict(list)
    for entry in rows:
        groups[entry.unit_id, entry.code].append(entry)
    keys = {party.pk for party in olds}
    moving = [group for group in groups.values() if any(entry.party_id in keys for entry in group)]
    passings = _passings(moving, heir, on)
    act = record_act(
        by=by,
        verb="divisions_changed",
        division=place,
        subject=f"party:{heir.pk}",
        reason=reason,
        effective_on=on,
        source=source,
        before={"accounts": [party.pk for party in olds]},
        after={"accounts": heir.pk, "entries": [passing.words for passing in passings]},
    )
    write(passings, act=act, on=on, by=by, reason=reason, source=source)
    agents = Entry.objects.in_force().filter(Q(agent__in=olds) | Q(party=heir))
    evaluate_units(agents.values_list("unit_id", flat=True), as_of=clock.today())
    return act


def _passings(groups: list[list[Entry]], heir: Party, on: dt.date) -> list[Passing]:
    """One continuation a unit and code, its share the sum. Raises ``BadInput`` with all that cannot."""
    problems, made = [], []
    for group, key in zip(groups, next_keys(Entry, len(groups)), strict=True):
        problem = _problem(group, on)
        if problem:
            unit = group[0].unit
            problems.append(f"{unit.code} {unit.name} · {group[0].get_code_display()}: {problem}")
            continue
        share = _together(group)
        new = continued(
            group[0], key, on, party_id=heir.pk, share_num=share.numerator, share_den=share.denominator
        )
        made.append(Passing(tuple(group), new))
    if problems:
        raise BadInput(
            _("These entries cannot be joined: %(problems)s. Settle them first, or keep the accounts apart.")
            % {"problems": "；".join(problems[:10])},
            "not_joined",
        )
    return made


def _problem(group: list[Entry], on: dt.date) -> str:
    if len({entry.valid.upper for entry in group}) > 1:
        return _("their periods end on different days")
    if len({max(on, entry.valid.lower) for entry in group}) > 1:
        return _("they begin on different days")
    if len({entry.agent_id for entry in group if entry.agent_id}) > 1:
        return _("they name different persons")
    if group[0].code in EXCLUSIVE_CODES and len(group) > 1:
        return _("only one party can hold it at a time")
    return _("their shares sum to more than 1") if _together(group) > 1 else ""


def _together(group: list[Entry]) -> Fraction:
    """The share of the continuation: the sum of a whole code, else the largest."""
    if group[0].code in WHOLE_CODES:
        return sum((entry.share for entry in group), Fraction(0))
    return max(entry.share for entry in group)
