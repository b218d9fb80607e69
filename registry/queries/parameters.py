"""Readings of parameters and rules for their pages. 中文：参数、规则"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from registry.codes import Reading
from registry.errors import BadInput
from registry.models import Division, Finding, Parameter
from registry.rules import Rule, all_rules
from registry.rules.parameters import Default, known


@dataclass(frozen=True)
class Setting:
    """A parameter as a division reads it on a day: whose value it is, and how many values there are."""

    default: Default
    current: Parameter | None
    values: int
    rules: tuple[str, ...]


def top_division() -> Division:
    """The division at the top of the register: where acts on the whole of it are written."""
    found = Division.objects.filter(parent=None).order_by("path").first()
    if found is None:
        raise BadInput(_("The register holds no division yet. Import the divisions first."), "no_division")
    return found


def settings_of(division: Division, day: dt.date) -> list[Setting]:
    """Every parameter with the value that is nearest upwards from the division. One query."""
    rows: dict[str, list[Parameter]] = {}
    for row in Parameter.objects.select_related("division"):
        rows.setdefault(row.key, []).append(row)
    rules = rules_by_parameter()
    return [
        Setting(
            default, nearest(rows.get(key, []), division, day), len(rows.get(key, [])), rules.get(key, ())
        )
        for key, default in sorted(known().items())
    ]


def nearest(rows: Sequence[Parameter], division: Division, day: dt.date) -> Parameter | None:
    """The value valid on the day of the division or of the nearest one above it."""
    fitting = [
        row
        for row in rows
        if day in row.valid and (row.division is None or division.path.startswith(row.division.path))
    ]
    return max(fitting, key=lambda row: len(row.division.path) if row.division else 0, default=None)


def history_of(key: str) -> list[Parameter]:
    """All values of a parameter, the newest first within a division. One query."""
    return list(
        Parameter.objects.filter(key=key).select_related("division").order_by("division__path", "-valid")
    )


def rules_by_parameter() -> dict[str, tuple[str, ...]]:
    """Ids of the rules that read a parameter."""
    found: dict[str, tuple[str, ...]] = {}
    for rule in all_rules():
        for key in rule.parameters:
            found[key] = (*found.get(key, ()), rule.id)
    return found


def open_by_rule(rows: Any) -> dict[str, dict[str, int]]:
    """Open findings of each rule: found, and without data. One query."""
    counts = (
        rows.open()
        .order_by()
        .values("rule")
        .annotate(
            found=Count("pk", filter=Q(reading=Reading.FOUND)),
            no_data=Count("pk", filter=Q(reading=Reading.NO_DATA)),
        )
    )
    return {line["rule"]: {"found": line["found"], "no_data": line["no_data"]} for line in counts}


def rules_with_counts(user: Any, division: Division) -> list[tuple[Rule, dict[str, int]]]:
    """Every rule with its open findings that the user may see below the division. One query."""
    counts = open_by_rule(Finding.objects.visible_to(user).within(division))
    return [(rule, counts.get(rule.id, {"found": 0, "no_data": 0})) for rule in all_rules()]
