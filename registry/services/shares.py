"""Shares of whole codes 份额: on every day they sum to 0 or exactly 1; what is not so is refused. RIG-02"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from registry.codes import WHOLE_CODES, EntryCode
from registry.errors import RuleBroken
from registry.models import Entry, Unit
from registry.queries.divisions import go_live_by_division


@dataclass(frozen=True)
class Gap:
    """A day from which the shares of a whole code do not sum to 0 or 1."""

    unit_id: int
    code: str
    day: dt.date
    total: Fraction


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


def refuse_gaps(units: dict[int, Unit], codes: set[str]) -> None:
    """Refuse shares of these units that are not whole on a day from go-live on (assets.md 12.2).

    Raises ``RuleBroken`` (RIG-02) with the day and the sum. The caller has locked the units.
    """
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
