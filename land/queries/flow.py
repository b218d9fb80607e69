"""The parcels of two survey years side by side: those whose outline stayed, and those whose did not.

中文：两年度地类图斑对照. Outlines are compared by their key, which does not depend on where a ring starts or
how it runs: a year delivered anew from another program has the same keys. Sums of what did not change are
made in the database; geometries are read of what changed alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import shapely
from django.db import connection

from land.flow import Plot
from land.models import Vintage, VintageKind
from registry.queries.divisions import codes_by_division

SIDE = """
{name} AS (
  SELECT r.vintage_id, r.id, r.number, r.bsm, r.class_code, r.village_id, r.village_code,
         r.official_m2 AS gross,
         coalesce(r.counted_m2, round(r.official_m2 * (1 - r.deduction_ratio), 2)) AS counted,
         r.class_code = ANY(%(farmland_{name})s) AS farmland, r.shape_key,
         row_number() OVER (PARTITION BY r.shape_key ORDER BY r.bsm, r.number) AS turn
    FROM land_parcel r LEFT JOIN registry_division v ON v.id = r.village_id
   WHERE r.vintage_id = ANY(%(vintages_{name})s) AND (v.path LIKE ANY(%(paths)s) OR v.id IS NULL))
"""
SIDES = f"WITH {SIDE.format(name='o')}, {SIDE.format(name='n')}"
# Of the same outline the counted areas may differ by rounding: then the old one stands.
SAME = f"""
{SIDES}
SELECT o.class_code, n.class_code, n.village_id, n.village_code, o.farmland, n.farmland, count(*),
       sum(o.gross), sum(o.counted),
       sum(CASE WHEN abs(n.counted - o.counted) <= greatest(0.02, o.gross * 0.00001)
                THEN 0 ELSE greatest(n.counted - o.counted, 0) END),
       sum(CASE WHEN abs(n.counted - o.counted) <= greatest(0.02, o.gross * 0.00001)
                THEN 0 ELSE greatest(o.counted - n.counted, 0) END)
  FROM o JOIN n USING (shape_key, turn)
 WHERE o.farmland AND n.farmland
 GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4
"""
TURNED = f"""
{SIDES}
SELECT o.bsm, o.class_code, o.village_id, o.village_code, o.gross, o.counted, o.farmland,
       n.bsm, n.class_code, n.village_id, n.village_code, n.gross, n.counted, n.farmland, ST_AsBinary(p.work)
  FROM o JOIN n USING (shape_key, turn)
  JOIN land_parcel p ON p.vintage_id = n.vintage_id AND p.id = n.id
 WHERE o.farmland <> n.farmland
 ORDER BY o.bsm, o.number, n.number
"""
CHANGED = f"""
{SIDES}
SELECT {{a}}.bsm, {{a}}.class_code, {{a}}.village_id, {{a}}.village_code, {{a}}.gross, {{a}}.counted,
       {{a}}.farmland, ST_AsBinary(p.work), ST_XMin(p.geom), ST_YMin(p.geom), ST_XMax(p.geom), ST_YMax(p.geom)
  FROM {{a}} LEFT JOIN {{b}} USING (shape_key, turn)
  JOIN land_parcel p ON p.vintage_id = {{a}}.vintage_id AND p.id = {{a}}.id
 WHERE {{b}}.id IS NULL
 ORDER BY {{a}}.bsm, {{a}}.number
"""
# Parcels of the same outline in both years that meet a changed one: their ground is theirs.
BESIDE = f"""
{SIDES}, boxes AS (SELECT ST_MakeEnvelope(w, s, e, t, 4490) AS box
                     FROM unnest(%(w)s::float8[], %(s)s::float8[], %(e)s::float8[], %(t)s::float8[])
                          AS b(w, s, e, t))
SELECT ST_AsBinary(p.work)
  FROM (SELECT DISTINCT p.vintage_id, p.id FROM boxes JOIN land_parcel p ON p.geom && boxes.box
         WHERE p.vintage_id = ANY(%(vintages_n)s)) near
  JOIN n ON n.vintage_id = near.vintage_id AND n.id = near.id
  JOIN o USING (shape_key, turn)
  JOIN land_parcel p ON p.vintage_id = n.vintage_id AND p.id = n.id
 ORDER BY n.bsm, n.number
"""
TOTALS = """
SELECT coalesce(sum(gross) FILTER (WHERE farmland), 0), coalesce(sum(counted) FILTER (WHERE farmland), 0),
       count(*)
"""


@dataclass(frozen=True)
class Same:
    """Farmland of the same outline in both years, summed: ``more`` and ``less`` is what ridges gave, took."""

    old_class: str
    new_class: str
    village: str
    gross: Decimal
    counted: Decimal
    more: Decimal
    less: Decimal


@dataclass(frozen=True)
class SideBySide:
    """Two years of a place: what stayed, what turned as a whole, what changed its outline."""

    same: list[Same]
    turned: list[tuple[Plot, Plot]]
    olds: list[Plot]
    news: list[Plot]
    beside: np.ndarray
    totals: dict[str, tuple[Decimal, Decimal, int]]  # by year: farmland gross, counted; number of parcels


def surveys(year: int) -> list[Vintage]:
    """The surveys of a year in force. One query."""
    rows = Vintage.objects.in_force().filter(kind=VintageKind.PARCELS, year=year)
    return list(rows.select_related("division", "batch__file").defer("coverage").order_by("id"))


def _rows(statement: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchall()


def side_by_side(
    olds: Sequence[Vintage],
    news: Sequence[Vintage],
    paths: Sequence[str],
    farmland: tuple[Iterable[str], Iterable[str]],
) -> SideBySide:
    """Read two years of the ground below ``paths``; eight queries at most, whatever the number of parcels.

    ``farmland``: the class codes that are farmland, in the old and in the new year.
    """
    given: dict[str, Any] = {
        "vintages_o": [v.pk for v in olds],
        "vintages_n": [v.pk for v in news],
        "farmland_o": sorted(farmland[0]),
        "farmland_n": sorted(farmland[1]),
        "paths": [f"{path}%" for path in paths],
    }
    same, turned = _rows(SAME, given), _rows(TURNED, given)
    lost = _rows(CHANGED.format(a="o", b="n"), given)
    made = _rows(CHANGED.format(a="n", b="o"), given)
    totals = {side: _rows(f"{SIDES} {TOTALS} FROM {side}", given)[0] for side in ("o", "n")}
    keys = {row[2] for row in (*same, *lost, *made)} | {key for row in turned for key in (row[2], row[9])}
    codes = codes_by_division(key for key in keys if key)
    return SideBySide(
        same=[Same(r[0], r[1], _village(r[2], r[3], codes), *r[7:]) for r in same],
        turned=[(_plot(r[:7], codes), _plot(r[7:14], codes, r[14])) for r in turned],
        olds=[_plot(r[:7], codes, r[7]) for r in lost],
        news=[_plot(r[:7], codes, r[7]) for r in made],
        beside=_beside(given, [r[8:12] for r in (*lost, *made)]),
        totals=totals,
    )


def _beside(given: dict[str, Any], boxes: list[tuple[float, ...]]) -> np.ndarray:
    if not boxes:
        return np.empty(0, dtype=object)
    west, south, east, top = (list(side) for side in zip(*boxes, strict=True))
    rows = _rows(BESIDE, {**given, "w": west, "s": south, "e": east, "t": top})
    return shapely.from_wkb([bytes(row[0]) for row in rows]) if rows else np.empty(0, dtype=object)


def _village(key: int | None, stated: str, codes: dict[int, str]) -> str:
    return codes.get(key or 0) or stated


def _plot(row: Sequence[Any], codes: dict[int, str], work: Any = None) -> Plot:
    bsm, class_code, key, stated, gross, counted, farmland = row
    return Plot(
        id=bsm,
        class_code=class_code,
        village=_village(key, stated, codes),
        gross=gross,
        counted=counted,
        farmland=farmland,
        geometry=None if work is None else shapely.from_wkb(bytes(work)),
    )
