"""Read again only what changed 增量判读: the marks that triggers left, and what a new day or rule asks for.

``evaluate_changed`` gives the findings that ``evaluate`` over everything would give for the same day: a
property test edits at random and compares both.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db import connection, transaction

from registry.models import Division, RuleReading

from .base import SUBJECTS, Rule, Scope, rules_on
from .engine import evaluate

Marks = dict[str, set[int]]
# What a change to one kind of thing can turn beside its own rules: the units and places it speaks of.
_BESIDE = """
SELECT 'unit', unit_id FROM registry_decision_units WHERE decision_id = ANY(%(decision)s)
UNION SELECT 'unit', unit_id FROM registry_notice_units WHERE notice_id = ANY(%(notice)s)
UNION SELECT 'place', division_id FROM registry_notice WHERE id = ANY(%(notice)s)
UNION SELECT 'place', division_id FROM registry_unit WHERE id = ANY(%(unit)s)
"""


@transaction.atomic
def evaluate_changed(*, as_of: dt.date) -> dict[str, int]:
    """Bring the findings up to a day, reading only what changed since. Gives how much was read.

    A rule that was last read over everything for another day, in another version, or with a parameter that
    has changed since, is read over everything: time alone can turn any of them.
    """
    marks, keys, tables = take_marks()
    rules = rules_on(as_of)
    stale = _stale(rules, as_of, keys)
    if stale:
        evaluate(as_of=as_of, rule_ids=[rule.id for rule in stale])
    _close_retired(rules, as_of)
    fresh = [rule.id for rule in rules if rule not in stale]
    paths = _paths(marks.pop("division", set()))
    if fresh and paths:
        evaluate(as_of=as_of, scope=Scope(paths=paths), rule_ids=fresh)
    scope = _scope(marks, fresh_divisions=any(r.subject == "division" for r in rules if r not in stale))
    turned = [rule.id for rule in rules if rule not in stale and rule.turned_by(tables)]
    if turned and scope.partial:
        evaluate(as_of=as_of, scope=scope, rule_ids=turned)
    moved = take_marks(kind="finding")[0]  # what these readings opened and closed
    findings = tuple(sorted(moved.get("finding", ())))
    if fresh and findings:
        evaluate(as_of=as_of, scope=Scope(findings=findings), rule_ids=fresh)
    return {"rules": len(stale), "places": len(paths), "things": sum(len(keys) for keys in marks.values())}


def take_marks(kind: str = "", until: int | None = None) -> tuple[Marks, set[str], set[str]]:
    """Marks by kind, the keys of parameters that changed, and the tables written; they are consumed.

    One statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM registry_touched WHERE (%(kind)s = '' OR kind = %(kind)s)"
            " AND (%(until)s::bigint IS NULL OR id <= %(until)s) RETURNING kind, key, word",
            {"kind": kind, "until": until},
        )
        rows = cursor.fetchall()
    marks: Marks = defaultdict(set)
    for of, key, _word in rows:
        if of != "parameter":
            marks[of].add(key)
    keys = {word for of, _key, word in rows if of == "parameter"}
    return marks, keys, {word for of, _key, word in rows if of != "parameter"}


def _stale(rules: list[Rule], as_of: dt.date, words: set[str]) -> list[Rule]:
    """Rules that must be read over everything. One query."""
    read = {(row.rule, row.version) for row in RuleReading.objects.filter(read_on=as_of)}
    return [r for r in rules if (r.id, r.version) not in read or words & set(r.parameters)]


def _close_retired(rules: list[Rule], as_of: dt.date) -> None:
    """Rules that are no longer in force leave no reading behind: they are read anew when they return."""
    RuleReading.objects.filter(read_on=as_of).exclude(rule__in=[rule.id for rule in rules]).delete()


def _paths(divisions: Iterable[int]) -> tuple[str, ...]:
    """Paths of the divisions, those below another one left out. One query at most."""
    keys = tuple(divisions)
    if not keys:
        return ()
    kept: list[str] = []
    for path in Division.objects.filter(pk__in=keys).order_by("path").values_list("path", flat=True):
        if not kept or not path.startswith(kept[-1]):
            kept.append(path)
    return tuple(kept)


def _scope(marks: Marks, *, fresh_divisions: bool) -> Scope:
    """The things to be read: those marked, the units and places that marked papers speak of. Two queries."""
    if not any(marks.values()):
        return Scope()
    with connection.cursor() as cursor:
        cursor.execute(
            _BESIDE, {kind: sorted(marks.get(kind, ())) for kind in ("decision", "notice", "unit")}
        )
        for kind, key in cursor.fetchall():
            marks[kind].add(key)
    places = marks.pop("place", set())
    if fresh_divisions and places:
        lines = Division.objects.filter(pk__in=places).values_list("path", flat=True)
        marks["division"] = {int(part) for path in lines for part in path.split("/") if part}
    return Scope.of({f"{kind}s": marks[kind] for kind in SUBJECTS if marks.get(kind)}) or Scope()
