"""What a rule is: set-based reading of the facts on a day, in a scope. 中文：规则"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from registry.codes import Reading, Role, Severity

SUBJECTS = ("unit", "decision", "notice", "finding", "division")
ALWAYS = frozenset({"registry_unit"})  # every rule on units reads what stands in the register


@dataclass(frozen=True)
class Scope:
    """Where a rule is read: below the paths (None: everywhere), or for single things only.

    When keys of any kind are given, the reading is *partial*: a rule reads only the keys of its own kind.
    """

    paths: tuple[str, ...] | None = None
    units: tuple[int, ...] | None = None
    decisions: tuple[int, ...] | None = None
    notices: tuple[int, ...] | None = None
    findings: tuple[int, ...] | None = None
    divisions: tuple[int, ...] | None = None

    @classmethod
    def of(cls, keys: Mapping[str, Iterable[int]]) -> Scope | None:
        """The partial scope of some things (``units``, ``decisions`` ...); None where there are none."""
        given = {kind: tuple(sorted(set(found))) for kind, found in keys.items()}
        unknown = given.keys() - {f"{kind}s" for kind in SUBJECTS}
        if unknown:
            raise ValueError(f"rules are not read over {sorted(unknown)}")
        if not any(given.values()):
            return None
        return cls(
            units=given.get("units"),
            decisions=given.get("decisions"),
            notices=given.get("notices"),
            findings=given.get("findings"),
            divisions=given.get("divisions"),
        )

    @property
    def partial(self) -> bool:
        return any(getattr(self, f"{kind}s") is not None for kind in SUBJECTS)

    def keys(self, kind: str) -> tuple[int, ...]:
        """Keys of a kind in a partial scope."""
        return getattr(self, f"{kind}s") or ()

    def limit(
        self,
        rows: QuerySet,
        *,
        division: str = "unit__division__path",
        unit: str = "unit",
        kind: str = "unit",
    ) -> QuerySet:
        """Rows of the scope; ``division`` and ``unit`` are lookups to the path and to the thing of a kind."""
        if self.paths is not None:
            condition = Q(pk__in=[])
            for path in self.paths:
                condition |= Q(**{f"{division}__startswith": path})
            rows = rows.filter(condition)
        if self.partial:
            rows = rows.filter(**{f"{unit}__in": self.keys(kind)})
        return rows


@dataclass(frozen=True, kw_only=True)
class Row:
    """One shortfall, or one thing that could not be judged (``Reading.NO_DATA``).

    ``since`` None: nobody knows since when; the finding then counts from the day it was read first.
    """

    subject_type: str
    subject_key: str
    division_id: int
    since: dt.date | None
    unit_id: int | None = None
    reading: str = Reading.FOUND
    details: dict[str, Any] = field(default_factory=dict)
    place: Any = None

    @property
    def subject(self) -> tuple[str, str]:
        return self.subject_type, self.subject_key


@dataclass(frozen=True)
class Outcome:
    """Rows found, and how many subjects were looked at."""

    checked: int
    rows: list[Row]


@dataclass(frozen=True)
class Context:
    """What a rule reads with: the day, the scope, and the parameters valid on that day."""

    as_of: dt.date
    scope: Scope
    parameter: Callable[[str, str], Any]  # (key, division path) -> value

    def value(self, key: str, path: str = "") -> Any:
        return self.parameter(key, path)

    def counted(self, looked_at: QuerySet) -> int:
        """How many subjects a reading looked at; of single things nobody asks, and no query is made."""
        return 0 if self.scope.partial else looked_at.order_by().count()


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule with a stable id.

    ``message`` and ``no_data`` are gettext templates filled with a finding's details; ``read`` is one query
    (or one overlay) for the whole scope; ``variants`` are messages of their own, chosen by the details'
    ``variant``. ``office`` is the role that must act; ``remedy`` says what to do. ``subject`` is the kind of
    thing that it is read over: what a change to one such thing can turn, and no other. ``refuses`` False: a
    rule of severity E on what is done behind the register's back, which no act of an officer can undo.
    ``reads``: the tables whose rows can turn it beside the things themselves (a table, or a table and the
    code of its rows, "registry_entry/upkeep"); None: any. A change to others leaves it alone.
    ``looks_at``: the table whose rows a rule on units goes through; of a unit without one it says nothing.
    """

    id: str
    title: Any
    message: Any
    source: str
    read: Callable[[Context], Outcome]
    subject: str = "unit"
    office: str = Role.ASSET_MANAGER
    remedy: Any = ""
    no_data: Any = ""
    variants: Mapping[str, Any] = field(default_factory=dict)
    severity: str = Severity.F
    refuses: bool = True
    version: int = 1
    parameters: tuple[str, ...] = ()
    reads: frozenset[str] | None = None
    looks_at: str = ""
    valid_from: dt.date = dt.date(2012, 11, 8)
    valid_to: dt.date | None = None

    def turned_by(self, words: Iterable[str]) -> bool:
        """Can rows of these tables ("table" or "table/code") turn the rule?"""
        if self.reads is None:
            return True
        return any(word in self.reads or word.partition("/")[0] in self.reads | ALWAYS for word in words)


def fingerprint(rule: Rule, parameters: dict[str, Any], row: Row) -> str:
    """SHA-256 of what a finding was read from; the same inputs give the same bytes."""
    inputs = [
        rule.id,
        rule.version,
        parameters,
        *row.subject,
        row.reading,
        row.since.isoformat() if row.since else None,
        row.details,
    ]
    text = json.dumps(inputs, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


_RULES: dict[str, Rule] = {}


def register(*rules: Rule) -> None:
    """Apps register their rules when they load; ids are unique for ever."""
    for rule in rules:
        if rule.id in _RULES:
            raise ValueError(f"rule registered twice: {rule.id}")
        _RULES[rule.id] = rule


def all_rules() -> list[Rule]:
    """Registered rules by id."""
    return [_RULES[key] for key in sorted(_RULES)]


def get(rule_id: str) -> Rule | None:
    return _RULES.get(rule_id)


def rules_on(day: dt.date, ids: Iterable[str] | None = None) -> list[Rule]:
    """Rules in force on a day: chosen by the date of the event. Those that read findings come last."""
    wanted = set(ids) if ids is not None else None
    return [
        rule
        for rule in sorted(all_rules(), key=lambda rule: (rule.subject == "finding", rule.id))
        if (wanted is None or rule.id in wanted)
        and rule.valid_from <= day
        and (rule.valid_to is None or day < rule.valid_to)
    ]
