"""The dues of a contract, from its terms alone: no database, no clock. 中文：应收计划

Months are counted from the first day of the contract (a 31st: to the last day of a shorter month; 29
February: to the 28th). A whole month costs a twelfth of its year, a leap year what any other year costs, and
a cut month the part of its days. Amounts are rounded half up from the running total, so that the dues sum to
the contract to the fen, and what is changed later leaves the earlier ones as they are.
"""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise

CENT = Decimal("0.01")
DAY = dt.timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Step:
    """From a day on a year costs this much; ``None``: the amount of before, changed by ``factor``."""

    begin: dt.date
    amount: Decimal | None = None
    factor: Fraction = Fraction(1)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a schedule follows from. Days are half-open; ``months`` 0: one due for the whole term."""

    begin: dt.date
    end: dt.date
    amount: Decimal
    months: int = 12
    advance: bool = True
    due_days: int = 0
    escalation_years: int | None = None
    escalation: Fraction = Fraction(0)
    free: tuple[tuple[dt.date, dt.date], ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Line:
    """A due: what falls on a day for a period [begin, end)."""

    number: int = field(compare=False)
    begin: dt.date
    end: dt.date
    due_on: dt.date
    amount: Decimal


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day so many months later; the last day of the month where it has no such day."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def cents(value: Fraction) -> Decimal:
    """Yuan and fen, half up."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(CENT, rounding=ROUND_HALF_UP)


def periods(begin: dt.date, end: dt.date, months: int) -> Iterator[tuple[dt.date, dt.date]]:
    """The periods of a term, each counted from its first day; the last one may be cut."""
    if months == 0:
        yield begin, end
        return
    first, nth = begin, 1
    while first < end:
        after = min(months_later(begin, months * nth), end)
        yield first, after
        first, nth = after, nth + 1


def rate_changes(terms: Terms) -> list[tuple[dt.date, Fraction]]:
    """What a year costs from which day on: escalations count from the first day, on top of the steps."""
    events: list[tuple[dt.date, int, Step]] = [(step.begin, 0, step) for step in terms.steps]
    if terms.escalation_years:
        nth = terms.escalation_years
        while (day := months_later(terms.begin, 12 * nth)) < terms.end:
            events.append((day, 1, Step(begin=day, factor=1 + terms.escalation)))
            nth += terms.escalation_years
    rate = Fraction(terms.amount)
    changes = [(terms.begin, rate)]
    for day, _order, step in sorted(events, key=lambda event: event[:2]):
        rate = (Fraction(step.amount) if step.amount is not None else rate) * step.factor
        changes.append((max(day, terms.begin), rate))
    return changes


def plan(terms: Terms) -> list[Line]:
    """The dues of a term, in order. Periods that cost nothing have none.

    Raises ``ValueError`` for a term that does not end after it begins, or an amount below zero.
    """
    if terms.end <= terms.begin or terms.amount < 0 or terms.months < 0:
        raise ValueError("a term ends after it begins, and its amount is not below zero")
    cost = _Cost(terms)
    lines: list[Line] = []
    running, booked = Fraction(0), Decimal(0)
    for begin, end in periods(terms.begin, terms.end, terms.months):
        running += cost.between(begin, end)
        amount = cents(running) - booked
        booked += amount
        if amount:
            due_on = (begin if terms.advance else end) + terms.due_days * DAY
            lines.append(Line(number=len(lines) + 1, begin=begin, end=end, due_on=due_on, amount=amount))
    return lines


def total(terms: Terms) -> Decimal:
    """What a contract costs over its whole term, counted without its periods: the proof of the schedule."""
    return cents(_Cost(terms).between(terms.begin, terms.end))


class _Cost:
    """What a stretch of days costs, exactly."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.changes = rate_changes(terms)

    def between(self, begin: dt.date, end: dt.date) -> Fraction:
        """The cost of [begin, end), cut where rate, year or rent-free time change."""
        cost = Fraction(0)
        for first, after in pairwise(self._cuts(begin, end)):
            if not any(start <= first < stop for start, stop in self.terms.free):
                cost += self._rate(first) * years_between(self.terms.begin, first, after)
        return cost

    def _cuts(self, begin: dt.date, end: dt.date) -> list[dt.date]:
        edges = {begin, end}
        edges |= {day for day, _rate in self.changes}
        edges |= {day for pair in self.terms.free for day in pair}
        return sorted(day for day in edges if begin <= day <= end)

    def _rate(self, day: dt.date) -> Fraction:
        return next(rate for begin, rate in reversed(self.changes) if begin <= day)


def years_between(anchor: dt.date, first: dt.date, after: dt.date) -> Fraction:
    """The years of [first, after), in months counted from the anchor and parts of them."""
    return _months_at(anchor, after) - _months_at(anchor, first)


def _months_at(anchor: dt.date, day: dt.date) -> Fraction:
    whole = _months_between(anchor, day)
    begin, end = months_later(anchor, whole), months_later(anchor, whole + 1)
    return (whole + Fraction((day - begin).days, (end - begin).days)) / 12


def _months_between(begin: dt.date, day: dt.date) -> int:
    """Whole months from one day to another."""
    whole = (day.year - begin.year) * 12 + day.month - begin.month
    while months_later(begin, whole) > day:
        whole -= 1
    return whole


def interest_plan(
    terms: Terms, principal: Decimal, rate: Fraction, *, equal_parts: bool
) -> tuple[list[Line], list[Line]]:
    """Interest and principal of lent money. Interest runs on what is still lent, at ``rate`` of it a year.

    In equal parts the principal comes back at the end of every period, the last part takes the rest.
    """
    principal = principal.quantize(CENT)
    stretches = list(periods(terms.begin, terms.end, terms.months))
    parts = (
        _equal(principal, len(stretches))
        if equal_parts
        else [Decimal(0)] * (len(stretches) - 1) + [principal]
    )
    lent, interest, back = principal, [], []
    running, booked = Fraction(0), Decimal(0)
    for nth, ((begin, end), part) in enumerate(zip(stretches, parts, strict=True), start=1):
        due_on = end + terms.due_days * DAY
        running += Fraction(lent) * rate * years_between(terms.begin, begin, end)
        amount = cents(running) - booked
        booked += amount
        if amount:
            interest.append(Line(number=nth, begin=begin, end=end, due_on=due_on, amount=amount))
        if part:
            back.append(Line(number=nth, begin=begin, end=end, due_on=due_on, amount=part))
        lent -= part
    return interest, back


def _equal(whole: Decimal, count: int) -> list[Decimal]:
    part = (whole / count).quantize(CENT, rounding=ROUND_HALF_UP)
    return [part] * (count - 1) + [whole - part * (count - 1)]
