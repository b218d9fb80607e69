"""Open findings of a desk, counted once for every number of the workbench. 中文：问题计数"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Case, Count, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable

from registry.codes import Reading
from registry.models import Division, Finding
from registry.rules import all_rules

from .at_desk import at_desk
from .findings import overdue

NEW_DAYS = 30  # a finding opened in these days is fresh


@dataclass(frozen=True)
class Tally:
    """How many findings of one place, rule and office stand alike."""

    path: str
    rule: str
    office: str
    baseline: bool
    late: bool  # past their deadline
    own: bool  # given to the person at the desk
    fresh: bool  # opened lately, and no baseline
    n: int


def tally(desk: Any) -> list[Tally]:
    """The findings that the desk's user may see in its division, a row for all that stand alike.

    One query a desk: the numbers, the boards and the villages are sums of these rows.
    """
    if "tally" not in desk.memory:
        since = desk.day - dt.timedelta(days=NEW_DAYS)
        counts = desk.ask(_COUNTS, desk.day, since, desk.user.pk)
        desk.memory["tally"] = [Tally(*row) for row in counts]
    return desk.memory["tally"]


def _counts(here: Any, day: dt.date, since: dt.date, user: int) -> QuerySet:
    rows = here(Finding.objects.open()).filter(reading=Reading.FOUND).order_by()
    fresh = Q(opened_on__gt=since, baseline=False)
    return rows.values_list(
        "division__path", "rule", "office", "baseline",
        _whether(overdue(day)), _whether(Q(person=user)), _whether(fresh), Count("pk"),
    )  # fmt: skip


_COUNTS = at_desk(_counts, values=3)


def _whether(condition: Q) -> Combinable:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def of_offices(rows: Iterable[Tally], roles: Iterable[str], *, own: bool = True) -> list[Tally]:
    """Those on which one of these offices (the rule's, where none is noted) or the person must act."""
    offices = set(roles)
    rules = {rule.id for rule in all_rules() if rule.office in offices}
    return [
        row
        for row in rows
        if row.office in offices or (not row.office and row.rule in rules) or (own and row.own)
    ]


def total(rows: Iterable[Tally]) -> int:
    return sum(row.n for row in rows)


def by_township_and_rule(rows: Iterable[Tally], division: Division) -> dict[Division, dict[str, int]]:
    """Counts per rule and per place directly below a division. One query."""
    places = Division.objects.filter(Q(parent=division) | Q(pk=division.pk))
    below = {str(place.pk): place for place in places}
    table: dict[Division, dict[str, int]] = {}
    for row in rows:
        rest = row.path[len(division.path) :].split("/")[0] or str(division.pk)
        found = table.setdefault(below.get(rest, division), {})
        found[row.rule] = found.get(row.rule, 0) + row.n
    return dict(sorted(table.items(), key=lambda item: item[0].path))
