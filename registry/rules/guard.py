"""Severity E refuses the act 拒绝: the rule's own message, from the go-live date on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from registry import clock
from registry.codes import Reading, Severity
from registry.errors import RuleBroken
from registry.models import Division, Finding
from registry.queries.divisions import go_live_by_division
from registry.queries.findings import sentence

from . import parameters
from .base import Context, Row, Rule, Scope, rules_on
from .looking import with_something_to_say


def refuse_broken(*, on: dt.date | None, **keys: Iterable[int]) -> None:
    """Raise ``RuleBroken`` where an act of a day leaves a rule of severity E broken for what it touched.

    ``units``, ``decisions``, ``notices``: keys of those things. The rules are read for the day of the act and
    for today. What was broken before the division went live is recorded as it was: the rule then finds it.
    Imports never call this.
    """
    scope = Scope.of(keys)
    if scope is None:
        return
    today = clock.today()
    if not _answered_for(on or today):
        return
    for day in sorted({on or today, today}):
        rows = list(_broken(scope, day))
        go_live = go_live_by_division({row.division_id for _rule, row in rows})
        for rule, row in rows:
            start = go_live.get(row.division_id)
            if start and (row.since or day) >= start and (on or today) >= start:
                raise RuleBroken(f"{rule.id}: {_say(rule, row)}", rule.id)


def _answered_for(day: dt.date) -> bool:
    """Has any division gone live by the day? Before that no act is refused, and no rule need be read."""
    return Division.objects.filter(go_live__lte=day).exists()


def _broken(scope: Scope, day: dt.date) -> Iterator[tuple[Rule, Row]]:
    rules = [r for r in rules_on(day) if r.severity == Severity.E and r.refuses and scope.keys(r.subject)]
    value_of = parameters.resolver({key for rule in rules for key in rule.parameters}, day)
    context = Context(day, scope, value_of)
    for rule in with_something_to_say(rules, scope):
        for row in rule.read(context).rows:
            if row.reading == Reading.FOUND:
                yield rule, row


def _say(rule: Rule, row: Row) -> str:
    return sentence(Finding(rule=rule.id, reading=row.reading, details=row.details))
