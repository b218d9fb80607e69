"""Targets and what the surveys have, by division. 中文：耕地保护目标与现状

The survey at 31 December is the only figure that counts; what clue polygons suggest is an estimate (预估),
kept apart and never added (T03).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection

from land.classes import FARMLAND
from land.models import RetentionTarget, TargetKind, Vintage, VintageKind
from land.queries.vintages import vintages_for
from registry.codes import LEVEL_ORDER, Level
from registry.models import Division

RETAINED, PBF = "retained", "pbf"
ZERO = Decimal(0)
COUNTED = "coalesce(r.counted_m2, round(r.official_m2 * (1 - r.deduction_ratio), 2))"
RETAINED_SUMS = f"""
SELECT r.vintage_id, v.path, sum({COUNTED})
  FROM land_parcel r LEFT JOIN registry_division v ON v.id = r.village_id
 WHERE r.vintage_id = ANY(%(vintages)s) AND r.class_code = ANY(%(farmland)s)
 GROUP BY 1, 2
"""
PBF_SUMS = f"""
SELECT r.vintage_id, v.path, sum({COUNTED})
  FROM land_zone r LEFT JOIN registry_division v ON v.id = r.village_id
 WHERE r.vintage_id = ANY(%(vintages)s)
   AND (r.protected_from IS NULL OR r.protected_from <= %(day)s)
   AND (r.protected_to IS NULL OR %(day)s < r.protected_to)
 GROUP BY 1, 2
"""
CLUES = """
SELECT v.path, sum(r.official_m2) FROM land_zone r JOIN registry_division v ON v.id = r.village_id
 WHERE r.vintage_id = ANY(%(vintages)s) AND left(r.class_code, 2) = '01'
 GROUP BY 1
"""


@dataclass
class Layered:
    """Sums of one layer by the paths of villages, and where the layer speaks."""

    year: int | None
    covers: list[tuple[str, int]] = field(default_factory=list)  # path and key of each vintage
    by_village: dict[str, Decimal] = field(default_factory=dict)
    unplaced: dict[int, Decimal] = field(default_factory=dict)  # by vintage: ground of no known village

    def of(self, path: str, children: dict[str, list[str]]) -> Decimal | None:
        """The sum below a path; None where the layer does not speak of all of it, or cannot place it."""
        above = [(cover, key) for cover, key in self.covers if path.startswith(cover)]
        if above:
            lost = sum((self.unplaced.get(key, ZERO) for _cover, key in above), ZERO)
            if lost and not any(cover == path for cover, _key in above):
                return None
            return self._sum(path) + lost
        parts = [self.of(child, children) for child in children.get(path, ())]
        if not parts or None in parts:
            return None
        return sum((part for part in parts if part is not None), ZERO)

    def _sum(self, path: str) -> Decimal:
        return sum((area for village, area in self.by_village.items() if village.startswith(path)), ZERO)


def survey_years() -> list[int]:
    """Years of surveys in force, the newest first. One query."""
    rows = Vintage.objects.in_force().filter(kind=VintageKind.PARCELS).values_list("year", flat=True)
    return sorted(set(rows), reverse=True)


def retained(year: int) -> Layered:
    """Counted farmland (TBDLMJ of 01xx) by located village in the surveys of this very year. Two queries."""
    rows = Vintage.objects.in_force().filter(kind=VintageKind.PARCELS, year=year)
    given = {"farmland": sorted(FARMLAND)}
    return _layered(RETAINED_SUMS, year, list(rows.select_related("division").defer("coverage")), given)


def protected(year: int) -> Layered:
    """Basic farmland (YJJBNTMJ) by village in the layers in force at the end of a year. Two queries."""
    day = dt.date(year, 12, 31)
    chosen = vintages_for(VintageKind.BASIC_FARMLAND, day)
    if chosen.replaced:  # a newer delivery of a part stands beside an older one of the whole: villages of it
        return _without_replaced(chosen, day)
    newest = max((vintage.year for vintage in chosen.vintages), default=None)
    return _layered(PBF_SUMS, newest, chosen.vintages, {"day": day})


def _without_replaced(chosen: Any, day: dt.date) -> Layered:
    found = Layered(max(vintage.year for vintage in chosen.vintages))
    for key, path, area in _rows(PBF_SUMS, {"vintages": chosen.keys, "day": day}):
        if path is None:
            found.unplaced[key] = found.unplaced.get(key, ZERO) + area
        elif not chosen.superseded(key, path):
            found.by_village[path] = found.by_village.get(path, ZERO) + area
    found.covers = [(vintage.division.path, vintage.pk) for vintage in chosen.vintages]
    return found


def _layered(statement: str, year: int | None, vintages: Sequence[Vintage], given: dict[str, Any]) -> Layered:
    found = Layered(year, [(vintage.division.path, vintage.pk) for vintage in vintages])
    if vintages:
        for key, path, area in _rows(statement, {**given, "vintages": [v.pk for v in vintages]}):
            if path is None:
                found.unplaced[key] = found.unplaced.get(key, ZERO) + area
            else:
                found.by_village[path] = found.by_village.get(path, ZERO) + area
    return found


def clues_after(year: int) -> Layered:
    """T03: farmland under clue polygons of later years, by village: an estimate (预估). Two queries."""
    rows = Vintage.objects.in_force().filter(kind=VintageKind.CLUES, year__gt=year)
    vintages = list(rows.select_related("division").defer("coverage"))
    found = Layered(
        max((v.year for v in vintages), default=None), [(v.division.path, v.pk) for v in vintages]
    )
    if vintages:
        found.by_village = dict(_rows(CLUES, {"vintages": [v.pk for v in vintages]}))
    return found


def _rows(statement: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchall()


def places_below(path: str, day: dt.date) -> tuple[list[Division], dict[str, list[str]]]:
    """Divisions below a path (and at it) down to villages, and the paths of the parts of each. One query."""
    levels = LEVEL_ORDER[: LEVEL_ORDER.index(Level.VILLAGE) + 1]
    rows = list(Division.objects.on(day).filter(path__startswith=path, level__in=levels).order_by("path"))
    children: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        children[row.path.rstrip("/").rpartition("/")[0] + "/"].append(row.path)
    return rows, dict(children)


def targets_for(keys: Iterable[int], year: int) -> dict[int, RetentionTarget]:
    """The target that stands for a year, by division: the year's own, else that of the next planning end.

    One query.
    """
    rows = RetentionTarget.objects.in_force().filter(division__in=list(keys), year__gte=year)
    rows = rows.select_related("source").order_by("division_id", "year", "id")
    found: dict[int, RetentionTarget] = {}
    for row in rows:
        if row.kind == TargetKind.ANNUAL:
            if row.year == year:
                found[row.division_id] = row
        else:
            found.setdefault(row.division_id, row)
    return found
