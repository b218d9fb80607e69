"""Open and end entries: rights, duties, restrictions. All-or-nothing, under locks."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from registry import access
from registry.codes import KIND_OF_CODE, WHOLE_CODES, EntryCode
from registry.errors import RegistryError, RuleBroken
from registry.models import Entry, ImportBatch, Party, Source, Unit, User
from registry.queries.divisions import go_live_by_division

from .acts import ActLine, record_acts


@dataclass(frozen=True, kw_only=True)
class EntryLine:
    """An entry to be opened."""

    unit: Unit
    code: str
    party: Party
    valid_from: dt.date
    valid_to: dt.date | None = None
    share: Fraction = Fraction(1)
    agent: Party | None = None
    source: Source | None = None
    authority: str = ""


@dataclass(frozen=True)
class Gap:
    """A day from which the shares of a whole code do not sum to 0 or 1."""

    unit_id: int
    code: str
    day: dt.date
    total: Fraction


@transaction.atomic
def open_entries(
    lines: Sequence[EntryLine], *, by: User | None, reason: str = "", batch: ImportBatch | None = None
) -> list[Entry]:
    """Open entries, all or none.

    Shares of a *whole* code (ownership, income, upkeep) must sum to 0 or exactly 1 on every day: refused
    (``RuleBroken``, RIG-02) from the go-live date on, so that history can be recorded as it was; the rule
    RIG-02 then finds it. Raises ``NotAllowed`` outside the user's divisions.
    """
    units = _lock({line.unit.pk for line in lines})
    for unit in units.values():
        access.require(by, "open_entry", unit.division)
    try:
        with transaction.atomic():
            entries = Entry.objects.bulk_create([_entry(line, batch) for line in lines], batch_size=1000)
    except IntegrityError as error:
        raise RegistryError(_overlap_sentence(error), "overlap") from error
    _refuse_gaps(units, {line.code for line in lines})
    record_acts(
        [
            ActLine(
                verb="entry_opened",
                division=units[line.unit.pk].division_id,
                unit=line.unit.pk,
                subject=f"entry:{entry.pk}",
                reason=reason,
                effective_on=line.valid_from,
                source=line.source,
                after=describe(entry),
            )
            for line, entry in zip(lines, entries, strict=True)
        ],
        by=by,
        batch=batch,
    )
    return entries


@transaction.atomic
def end_entries(
    entries: Iterable[Entry],
    *,
    on: dt.date,
    by: User | None,
    reason: str,
    source: Source | None = None,
    check: bool = True,
) -> list[Entry]:
    """End entries on a day (the first day on which they no longer hold)."""
    keys = [entry.pk for entry in entries]
    locked = list(Entry.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))
    units = _lock({entry.unit_id for entry in locked})
    lines = []
    for entry in locked:
        unit = units[entry.unit_id]
        access.require(by, "open_entry", unit.division)
        before = describe(entry)
        if on <= entry.valid.lower or (entry.valid.upper and on > entry.valid.upper):
            raise RegistryError(
                _("The entry holds from %(from)s to %(to)s; it cannot end on %(day)s.")
                % {"from": entry.valid.lower, "to": entry.valid.upper or "…", "day": on},
                "bad_period",
            )
        entry.valid = DateRange(entry.valid.lower, on)
        lines.append(
            ActLine(
                verb="entry_ended",
                division=unit.division_id,
                unit=unit.pk,
                subject=f"entry:{entry.pk}",
                reason=reason,
                effective_on=on,
                source=source,
                before=before,
                after=describe(entry),
            )
        )
    Entry.objects.bulk_update(locked, ["valid"])
    if check:
        _refuse_gaps(units, {entry.code for entry in locked})
    record_acts(lines, by=by)
    return locked


def _lock(keys: set[int]) -> dict[int, Unit]:
    rows = Unit.objects.select_for_update(of=("self",)).select_related("division")
    return {unit.pk: unit for unit in rows.filter(pk__in=keys).order_by("pk")}


def _entry(line: EntryLine, batch: ImportBatch | None) -> Entry:
    return Entry(
        unit=line.unit,
        kind=KIND_OF_CODE[line.code],
        code=line.code,
        party=line.party,
        agent=line.agent,
        share_num=line.share.numerator,
        share_den=line.share.denominator,
        valid=DateRange(line.valid_from, line.valid_to),
        source=line.source,
        authority=line.authority,
        batch=batch,
    )


def describe(entry: Entry) -> dict[str, Any]:
    """What the book says of an entry, before or after an act."""
    return {
        "code": entry.code,
        "party": entry.party_id,
        "agent": entry.agent_id,
        "share": f"{entry.share_num}/{entry.share_den}",
        "from": entry.valid.lower.isoformat(),
        "to": entry.valid.upper.isoformat() if entry.valid.upper else None,
    }


def gaps_in_shares(entries: Iterable[Entry]) -> list[Gap]:
    """First days on which shares of a whole code sum to neither 0 nor 1 (a sweep over the change days)."""
    changes: dict[tuple[int, str], dict[dt.date, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for entry in entries:
        days = changes[(entry.unit_id, entry.code)]
        days[entry.valid.lower] += entry.share
        if entry.valid.upper:
            days[entry.valid.upper] -= entry.share
    gaps = []
    for (unit_id, code), days in changes.items():
        total = Fraction(0)
        for day in sorted(days):
            total += days[day]
            if total not in (0, 1):
                gaps.append(Gap(unit_id, code, day, total))
    return gaps


def _refuse_gaps(units: dict[int, Unit], codes: set[str]) -> None:
    whole = codes & set(WHOLE_CODES)
    if not whole:
        return
    entries = Entry.objects.in_force().filter(unit_id__in=units, code__in=whole)
    gaps = gaps_in_shares(entries.only("unit_id", "code", "share_num", "share_den", "valid"))
    go_live = go_live_by_division({unit.division_id for unit in units.values()})
    for gap in gaps:
        start = go_live.get(units[gap.unit_id].division_id)
        if start and gap.day >= start:
            raise RuleBroken(
                _(
                    "RIG-02: on %(day)s the shares of %(code)s of %(unit)s sum to %(total)s, not to 1. "
                    "Correct the shares."
                )
                % {
                    "day": gap.day,
                    "code": EntryCode(gap.code).label,
                    "unit": units[gap.unit_id].name,
                    "total": gap.total,
                },
                "RIG-02",
            )


def _overlap_sentence(error: IntegrityError) -> str:
    if "entry_exclusive_codes" in str(error):
        return _("Another party already holds this entry in that period. End the earlier entry first.")
    if "entry_party_once_a_day" in str(error):
        return _("This party already holds this entry in that period. End the earlier entry first.")
    return _("The entry was refused by the register: %(why)s") % {"why": str(error).splitlines()[0]}
