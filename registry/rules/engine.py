"""Evaluate rules and keep findings by difference: opened, kept, closed. No loops of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection, transaction

from registry.codes import OPEN_STATES, FindingState, Reading
from registry.models import Finding
from registry.queries.divisions import go_live_by_division

from . import parameters
from .base import Context, Row, Rule, Scope, fingerprint, rules_on

UPDATED = ["reading", "severity", "read_on", "details", "parameters", "fingerprint", "place", "since",
           "division_id", "unit_id", "rule_version", "baseline"]  # fmt: skip
_DEFERRED: ContextVar[bool] = ContextVar("deferred", default=False)


@dataclass
class Tally:
    """What one evaluation of one rule gave."""

    checked: int = 0
    open: int = 0
    new: int = 0
    closed: int = 0
    no_data: int = 0


def evaluate(
    *, as_of: dt.date, scope: Scope | None = None, rule_ids: Iterable[str] | None = None
) -> dict[str, dict[str, int]]:
    """Read the rules in force on a day in a scope, bring the findings up to it, give the tallies."""
    rules = rules_on(as_of, rule_ids)
    keys = {key for rule in rules for key in rule.parameters}
    value_of = parameters.resolver(keys, as_of)
    return {
        rule.id: asdict(_evaluate_rule(rule, Context(as_of, scope or Scope(), value_of))) for rule in rules
    }


def evaluate_units(units: Iterable[int], *, as_of: dt.date) -> None:
    """Evaluate again what a changed fact touches: every rule, for these units."""
    keys = tuple(sorted(set(units)))
    if keys:
        evaluate_again(as_of=as_of, scope=Scope(units=keys))


def evaluate_again(*, as_of: dt.date, scope: Scope, rule_ids: Iterable[str] | None = None) -> None:
    """Evaluate what a change touches; nothing inside ``deferred``, whose user evaluates at its end."""
    if not _DEFERRED.get():
        evaluate(as_of=as_of, scope=scope, rule_ids=rule_ids)


@contextmanager
def deferred() -> Iterator[None]:
    """While many files are loaded one after the other, the rules wait; the caller evaluates afterwards."""
    token = _DEFERRED.set(True)
    try:
        yield
    finally:
        _DEFERRED.reset(token)


@transaction.atomic
def _evaluate_rule(rule: Rule, context: Context) -> Tally:
    with connection.cursor() as cursor:  # one evaluation of a rule at a time
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"rule:{rule.id}"])
    outcome = rule.read(context)
    values = {key: context.value(key) for key in rule.parameters}
    rows = {row.subject: row for row in outcome.rows}
    known = {(f.subject_type, f.subject_key): f for f in _open_findings(rule, context.scope)}
    dismissed = _dismissed(rule, context.scope)
    rows = {
        subject: row
        for subject, row in rows.items()
        if subject in known or (*subject, fingerprint(rule, values, row)) not in dismissed
    }
    fresh = [row for subject, row in rows.items() if subject not in known]
    kept = [(finding, rows[subject]) for subject, finding in known.items() if subject in rows]
    gone = [finding for subject, finding in known.items() if subject not in rows]
    go_live = go_live_by_division({row.division_id for row in rows.values()})
    _open(rule, fresh, context, values, go_live)
    _keep(rule, kept, context, values, go_live)
    _close(gone, context)
    return Tally(
        checked=outcome.checked,
        open=len(rows),
        new=len(fresh),
        closed=len(gone),
        no_data=sum(row.reading == Reading.NO_DATA for row in rows.values()),
    )


def _open_findings(rule: Rule, scope: Scope) -> Iterable[Finding]:
    rows = Finding.objects.filter(rule=rule.id, state__in=OPEN_STATES).select_for_update(of=("self",))
    return scope.limit(rows, division="division__path", unit="unit")


def _dismissed(rule: Rule, scope: Scope) -> set[tuple[str, str, str]]:
    """Findings that an officer did not uphold: the same facts do not open them again."""
    dismissed = Finding.objects.filter(rule=rule.id, state=FindingState.DISMISSED).order_by()
    rows = scope.limit(dismissed, division="division__path", unit="unit")
    return set(rows.values_list("subject_type", "subject_key", "fingerprint"))


def _reading(
    rule: Rule, row: Row, context: Context, values: dict, go_live: dict, known_since: dt.date | None = None
) -> dict[str, Any]:
    start = go_live.get(row.division_id)
    since = row.since or known_since or context.as_of
    return {
        "rule_version": rule.version,
        "division_id": row.division_id,
        "unit_id": row.unit_id,
        "reading": row.reading,
        "severity": rule.severity,
        "since": since,
        "read_on": context.as_of,
        "details": row.details,
        "parameters": values,
        "fingerprint": fingerprint(rule, values, row),
        "place": row.place,
        "baseline": bool(start and since < start),
    }


def _open(rule: Rule, rows: list[Row], context: Context, values: dict, go_live: dict) -> None:
    Finding.objects.bulk_create(
        [
            Finding(
                rule=rule.id,
                subject_type=row.subject_type,
                subject_key=row.subject_key,
                opened_on=context.as_of,
                **_reading(rule, row, context, values, go_live),
            )
            for row in rows
        ],
        batch_size=500,
    )


def _keep(rule: Rule, pairs: list, context: Context, values: dict, go_live: dict) -> None:
    changed, same = [], []
    for finding, row in pairs:
        reading = _reading(rule, row, context, values, go_live, finding.since)
        del reading["read_on"]
        if all(getattr(finding, name) == value for name, value in reading.items()):
            same.append(finding.pk)
            continue
        for name, value in reading.items():
            setattr(finding, name, value)
        finding.read_on = context.as_of
        changed.append(finding)
    Finding.objects.bulk_update(changed, UPDATED, batch_size=500)
    Finding.objects.filter(pk__in=same).exclude(read_on=context.as_of).update(read_on=context.as_of)


def _close(findings: list[Finding], context: Context) -> None:
    for finding in findings:
        finding.state = FindingState.CLOSED
        finding.closed_on = max(context.as_of, finding.opened_on)
        finding.closing = {"by": "evaluation", "read_on": context.as_of.isoformat(), "last": finding.details}
    Finding.objects.bulk_update(findings, ["state", "closed_on", "closing"], batch_size=500)
