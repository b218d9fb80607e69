"""Evaluate rules and keep findings by difference: opened, kept, closed, opened again. No loops of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass

from django.db import connection, transaction
from django.db.models import Max

from registry import clock, row_security
from registry.codes import Reading
from registry.models import Finding, RuleReading, Touched
from registry.queries.divisions import go_live_by_division

from . import parameters
from .base import Context, Outcome, Rule, Scope, fingerprint, rules_on
from .difference import DUE_DAYS, Difference, by_rule, dismissed, live_findings, returning
from .looking import with_something_to_say

AT_ONCE = 8  # rules whose findings are looked up and locked together
SILENT = Outcome(checked=0, rows=[])
_DEFERRED: ContextVar[bool] = ContextVar("deferred", default=False)


@dataclass
class Tally:
    """What one evaluation of one rule gave."""

    checked: int = 0
    open: int = 0
    new: int = 0
    closed: int = 0
    no_data: int = 0


@row_security.everything()
def evaluate(
    *, as_of: dt.date, scope: Scope | None = None, rule_ids: Iterable[str] | None = None
) -> dict[str, dict[str, int]]:
    """Read the rules in force on a day in a scope, bring the findings up to it, give the tallies."""
    scope = scope or Scope()
    rules = [rule for rule in rules_on(as_of, rule_ids) if not scope.partial or scope.keys(rule.subject)]
    keys = {key for rule in rules for key in rule.parameters} | {DUE_DAYS}
    context = Context(as_of, scope, parameters.resolver(keys, as_of))
    marked = _last_mark() if scope == Scope() and rule_ids is None else None
    tallies: dict[str, dict[str, int]] = {}
    for together in _portions(rules, scope):
        tallies |= _evaluate_rules(together, context)
    if scope == Scope():
        _note_readings(rules, as_of, marked)
    return tallies


def _portions(rules: list[Rule], scope: Scope) -> Iterator[list[Rule]]:
    """Rules that are read in one go: over few things all of them, else a few; those on findings at the end,
    each by itself, when the others have written theirs."""
    at_once = len(rules) if scope.partial else AT_ONCE
    first = [rule for rule in rules if scope.partial or rule.subject != "finding"]
    for begin in range(0, len(first), at_once or 1):
        yield first[begin : begin + at_once]
    yield from ([rule] for rule in rules[len(first) :])


def evaluate_subjects(*, as_of: dt.date | None = None, **keys: Iterable[int]) -> None:
    """Evaluate again what a change touches: ``units``, ``decisions``, ``notices``, ``findings``, or
    ``divisions``, by their keys."""
    scope = Scope.of(keys)
    if scope is not None:
        evaluate_again(as_of=as_of or clock.today(), scope=scope)


def evaluate_units(units: Iterable[int], *, as_of: dt.date) -> None:
    """Evaluate again what a changed fact touches: every rule, for these units."""
    evaluate_subjects(as_of=as_of, units=units)


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


def _last_mark() -> int:
    return Touched.objects.aggregate(last=Max("pk"))["last"] or 0


def _note_readings(rules: list[Rule], as_of: dt.date, marked: int | None) -> None:
    """Every rule was read over everything for a day: marks from before the reading are spent."""
    rows = [RuleReading(rule=rule.id, version=rule.version, read_on=as_of, at=clock.now()) for rule in rules]
    RuleReading.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["rule"], update_fields=["version", "read_on", "at"]
    )
    if marked is not None:
        Touched.objects.filter(pk__lte=marked).delete()


@transaction.atomic
def _evaluate_rules(rules: list[Rule], context: Context) -> dict[str, dict[str, int]]:
    """Read some rules and bring their findings up to it: what they share is asked for once."""
    with connection.cursor() as cursor:  # one evaluation of a rule at a time, always in the same order
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('rule:' || r.id))"
            " FROM (SELECT id FROM unnest(%s::text[]) WITH ORDINALITY AS a(id, n) ORDER BY n) r",
            [[rule.id for rule in rules]],
        )
    known = by_rule(live_findings(rules, context.scope))
    heard = {rule.id for rule in with_something_to_say(rules, context.scope)} | known.keys()
    outcomes = {rule.id: rule.read(context) if rule.id in heard else SILENT for rule in rules}
    silent = by_rule(dismissed(rules, context.scope)) if any(o.rows for o in outcomes.values()) else {}
    go_live = go_live_by_division({row.division_id for o in outcomes.values() for row in o.rows})
    tallies = {}
    for rule in rules:
        there = known.get(rule.id, []), silent.get(rule.id, [])
        change = _difference(rule, context, outcomes[rule.id], *there, go_live)
        change.write()
        tallies[rule.id] = asdict(_tally(outcomes[rule.id], change))
    return tallies


def _tally(outcome: Outcome, change: Difference) -> Tally:
    return Tally(
        checked=outcome.checked,
        open=len(change.rows),
        new=len(change.fresh),
        closed=len(change.gone),
        no_data=sum(row.reading == Reading.NO_DATA for row in change.rows.values()),
    )


def _difference(
    rule: Rule,
    context: Context,
    outcome: Outcome,
    live: list[Finding],
    silent: list[Finding],
    go_live: dict[int, dt.date],
) -> Difference:
    """What a reading of a rule changes in its findings."""
    values = {key: context.value(key) for key in rule.parameters}
    known = {(f.subject_type, f.subject_key): f for f in live}
    not_upheld = {(f.subject_type, f.subject_key, f.fingerprint) for f in silent}
    rows = {
        row.subject: row
        for row in outcome.rows
        if row.subject in known or (*row.subject, fingerprint(rule, values, row)) not in not_upheld
    }
    fresh = [row for subject, row in rows.items() if subject not in known]
    return Difference(
        rule=rule,
        context=context,
        values=values,
        rows=rows,
        fresh=fresh,
        kept=[(finding, rows[subject]) for subject, finding in known.items() if subject in rows],
        gone=[finding for subject, finding in known.items() if subject not in rows],
        returning=returning(rule, fresh) if fresh else {},
        go_live=go_live,
    )


@row_security.everything()
def refuse_broken(*, on: dt.date | None = None, **keys: Iterable[int]) -> None:
    """See ``registry.rules.guard``: severity E refuses the act."""
    from .guard import refuse_broken as refuse

    refuse(on=on, **keys)
