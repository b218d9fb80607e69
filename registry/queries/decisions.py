"""Readings of decisions. 中文：议决记录"""

from __future__ import annotations

import datetime as dt
from typing import Any

from registry.models import Decision, Division, Finding
from registry.models.finding import FindingQuerySet
from registry.rules import majority
from registry.rules.decisions import majority_on


def verdict_of(
    *,
    body: str,
    held_on: dt.date,
    division: Division,
    total: int | None,
    present: int | None,
    favour: int | None,
) -> dict[str, Any] | None:
    """Whether a meeting carried its decision: verdict and sentence; nothing for bodies that do not vote."""
    wanted = majority_on(held_on, body, division.path)
    if wanted is None:
        return None
    verdict = majority.judge(wanted, total, present, favour)
    return {"verdict": verdict, "sentence": majority.explain(verdict, total, present, favour)}


def verdict_of_decision(decision: Decision) -> dict[str, Any] | None:
    """The verdict on a registered decision, by what was in force on its day. One query."""
    return verdict_of(
        body=decision.body,
        held_on=decision.held_on,
        division=decision.division,
        total=decision.members_total,
        present=decision.present,
        favour=decision.in_favour,
    )


def findings_of(subject: str, key: int, user: Any) -> FindingQuerySet:
    """Open findings on a decision or a notice that the user may see."""
    rows = Finding.objects.visible_to(user).open().filter(subject_type=subject, subject_key=str(key))
    return rows.select_related("unit", "division").defer("place")
