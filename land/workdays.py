"""Working days: weekends, public holidays, and the weekends worked instead of them. 中文：工作日

The State Council publishes the days of a year in the autumn before; of a year without them nothing is known,
and nothing is guessed. Pure functions, no ORM.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

DAY = dt.timedelta(days=1)
SATURDAY = 5
Period = tuple[dt.date, dt.date | None]  # half-open; None: still going on


@dataclass(frozen=True)
class Calendar:
    """The working days of some years."""

    years: tuple[int, ...]
    off: frozenset[dt.date] = frozenset()
    work: frozenset[dt.date] = frozenset()

    @classmethod
    def of(cls, values: Iterable[dict[str, Any] | None]) -> Calendar:
        """From values of the parameter: {"year": 2026, "off": [...], "work": [...]}."""
        known = {value["year"]: value for value in values if value}
        off, work = (
            frozenset(dt.date.fromisoformat(day) for value in known.values() for day in value[name])
            for name in ("off", "work")
        )
        return cls(tuple(sorted(known)), off, work)

    @cached_property
    def working(self) -> list[dt.date]:
        """Every working day of the years, in order."""
        days = []
        for year in self.years:
            day = dt.date(year, 1, 1)
            while day.year == year:
                if day in self.work or (day.weekday() < SATURDAY and day not in self.off):
                    days.append(day)
                day += DAY
        return days

    def knows(self, first: dt.date, last: dt.date) -> bool:
        return all(year in self.years for year in range(first.year, last.year + 1))


@dataclass(frozen=True)
class Deadline:
    """The last day for a stage. ``due`` None: the clock stands, or the calendar has no answer."""

    due: dt.date | None
    paused: bool = False

    @property
    def unknown(self) -> bool:
        return self.due is None and not self.paused

    def late_on(self, day: dt.date) -> bool:
        return self.due is not None and day > self.due


def deadline(begin: dt.date, days: int, calendar: Calendar, pauses: Sequence[Period] = ()) -> Deadline:
    """The last of ``days`` working days; the day of the stage itself does not count, nor do paused days."""
    left, last = days, begin
    for day in calendar.working[bisect_right(calendar.working, begin) :]:
        if not calendar.knows(begin, day):
            break
        if any(first <= day and (end is None or day < end) for first, end in pauses):
            continue
        left, last = left - 1, day
        if left <= 0:
            return Deadline(last)
    stands = any(end is None for _first, end in pauses)
    return Deadline(None, paused=stands)


def wrong_calendar(value: Any) -> str:
    """The first entry of a calendar that is no day of its year; empty when all are. 中文：节假日数据检查"""
    for name in ("off", "work"):
        for text in value[name]:
            try:
                day = dt.date.fromisoformat(text)
            except ValueError:
                return f"{name}: {text}"
            worked = name == "work" and (day.weekday() < SATURDAY or text in value["off"])
            if day.year != value["year"] or worked:
                return f"{name}: {text}"
    return ""
