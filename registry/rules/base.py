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


@dataclass(frozen=True)
class Scope:
    """Where a rule is read: below the paths (None: everywhere), or for single units only."""

    paths: tuple[str, ...] | None = None
    units: tuple[int, ...] | None = None

    def limit(
        self, rows: QuerySet, *, division: str = "unit__division__path", unit: str = "unit"
    ) -> QuerySet:
        """Rows of the scope; ``division`` and ``unit`` are the lookups of the queryset."""
        if self.paths is not None:
            condition = Q(pk__in=[])
            for path in self.paths:
                condition |= Q(**{f"{division}__startswith": path})
            rows = rows.filter(condition)
        if self.units is not None:
            rows = rows.filter(**{f"{unit}__in": self.units})
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


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule with a stable id.

    ``message`` and ``no_data`` are gettext templates filled with a finding's details; ``read`` is one query
    (or one overlay) for the whole scope; ``variants`` are messages of their own, chosen by the details'
    ``variant``. ``office`` is the role that must act; ``remedy`` says what to do.
    """

    id: str
    title: Any
    message: Any
    source: str
    read: Callable[[Context], Outcome]
    office: str = Role.ASSET_MANAGER
    remedy: Any = ""
    no_data: Any = ""
    variants: Mapping[str, Any] = field(default_factory=dict)
    severity: str = Severity.F
    version: int = 1
    parameters: tuple[str, ...] = ()
    valid_from: dt.date = dt.date(2012, 11, 8)
    valid_to: dt.date | None = None


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
    """Rules in force on a day: chosen by the date of the event."""
    wanted = set(ids) if ids is not None else None
    return [
        rule
        for rule in all_rules()
        if (wanted is None or rule.id in wanted)
        and rule.valid_from <= day
        and (rule.valid_to is None or day < rule.valid_to)
    ]
