"""The baseline of a division: what was wrong when it went live, by rule, with plans. 中文：存量问题"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from registry.codes import OPEN_STATES, FindingState, Reading, Role
from registry.models import BaselinePlan, Division, Finding
from registry.rules import get

from .divisions import ancestors_of_path, go_live_by_division


@dataclass(frozen=True)
class BaselineLine:
    """One rule: how many there were, what became of them, and the plan (an upper division's, where the
    division has none of its own)."""

    rule: str
    title: Any
    office: str
    total: int
    open: int
    rectified: int
    waived: int
    dismissed: int
    plan: BaselinePlan | None
    own: bool

    def late(self, day: dt.date) -> bool:
        """Whether the plan's day has passed with findings still open."""
        return bool(self.plan and self.open and self.plan.due_on < day)


@dataclass(frozen=True)
class Baseline:
    """The baseline of a division and everything below it."""

    go_live: dt.date | None
    lines: list[BaselineLine]

    @property
    def total(self) -> int:
        return sum(line.total for line in self.lines)

    @property
    def worked_off(self) -> int:
        """Rectified or not upheld: no longer true."""
        return sum(line.rectified + line.dismissed for line in self.lines)


def baseline_of(division: Division, user: Any) -> Baseline:
    """The baseline that a user sees in a division. Four queries."""
    rows = Finding.objects.visible_to(user).within(division).filter(baseline=True, reading=Reading.FOUND)
    counts = rows.order_by().values("rule").annotate(
        total=Count("pk"),
        open=Count("pk", filter=Q(state__in=OPEN_STATES)),
        rectified=Count("pk", filter=Q(state=FindingState.CLOSED)),
        waived=Count("pk", filter=Q(state=FindingState.WAIVED)),
        dismissed=Count("pk", filter=Q(state=FindingState.DISMISSED)),
    )  # fmt: skip
    plans = plans_for(division)
    lines = [_line(division, dict(count), plans.get(count["rule"])) for count in counts.order_by("rule")]
    return Baseline(go_live_by_division([division.pk]).get(division.pk), lines)


def plans_for(division: Division) -> dict[str, BaselinePlan]:
    """The plan of each rule that holds in a division: its own, else the nearest one above. One query."""
    rows = BaselinePlan.objects.filter(division__in=ancestors_of_path(division.path))
    nearest = sorted(rows.select_related("division", "person"), key=lambda plan: len(plan.division.path))
    return {plan.rule: plan for plan in nearest}


def _line(division: Division, count: dict[str, Any], plan: BaselinePlan | None) -> BaselineLine:
    rule = get(count["rule"])
    office = rule.office if rule and rule.office in Role.values else ""
    return BaselineLine(
        title=rule.title if rule else "",
        office=office,
        plan=plan,
        own=plan is not None and plan.division_id == division.pk,
        **count,
    )
