"""Basic farmland that is still farmland: its zones laid over the farmland of a survey. 中文：永农中的现状耕地

Membership is spatial and the present class is the survey's: what lies in a zone and is farmland no more is
what has to be looked for (非粮化).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import shapely
from django.db import connection

from land import overlay
from land.area import official_areas, round_area
from land.classes import FARMLAND
from land.models import Vintage, VintageKind
from land.queries.vintages import vintages_for
from registry import geo
from registry.models import Division

CENT = Decimal("0.01")
ZONES = """
SELECT ST_AsBinary(z.work) FROM land_zone z JOIN registry_division v ON v.id = z.village_id
 WHERE z.vintage_id = ANY(%(zones)s) AND v.path LIKE %(path)s
   AND (z.protected_from IS NULL OR z.protected_from <= %(day)s)
   AND (z.protected_to IS NULL OR %(day)s < z.protected_to)
 ORDER BY z.vintage_id, z.id
"""
PARCELS = """
SELECT r.official_m2, coalesce(r.counted_m2, round(r.official_m2 * (1 - r.deduction_ratio), 2)),
       ST_AsBinary(r.work)
  FROM land_parcel r JOIN registry_division v ON v.id = r.village_id
 WHERE r.vintage_id = ANY(%(parcels)s) AND v.path LIKE %(path)s AND r.class_code = ANY(%(farmland)s)
 ORDER BY r.vintage_id, r.id
"""


@dataclass(frozen=True)
class Still:
    """Counted m² of farmland in basic farmland, with the years of both layers (T03)."""

    area_m2: Decimal
    survey_year: int
    zone_year: int


def still_farmland(division: Division, year: int) -> Still | None:
    """Of a place and a survey year; None where a layer is missing. Four queries, and one overlay."""
    day = dt.date(year, 12, 31)
    surveys = Vintage.objects.in_force().filter(kind=VintageKind.PARCELS, year=year)
    parcels, zones = list(surveys.values_list("pk", flat=True)), vintages_for(VintageKind.BASIC_FARMLAND, day)
    if not parcels or not zones.vintages:
        return None
    given = {
        "zones": zones.keys,
        "parcels": parcels,
        "path": f"{division.path}%",
        "day": day,
        "farmland": sorted(FARMLAND),
    }
    rows = _rows(PARCELS, given)
    layer = overlay.Layer(list(shapely.from_wkb([bytes(row[0]) for row in _rows(ZONES, given)])))
    shapes = shapely.from_wkb([bytes(row[2]) for row in rows]) if rows else []
    near = [layer.meeting(shape) for shape in shapes]
    inside = [
        overlay.as_multi(overlay.pieces(s, layer.geoms[at])) for s, at in zip(shapes, near, strict=True)
    ]
    total = sum(_counted(rows, shapes, inside), Decimal(0))
    return Still(total, year, max(vintage.year for vintage in zones.vintages))


def _counted(rows: list[Any], shapes: Any, inside: list[Any]) -> list[Decimal]:
    """The counted area of each parcel that lies inside: the stored one where all of it does."""
    array = np.empty(len(inside), dtype=object)
    array[:] = inside
    areas = official_areas(array, geo.county().work_srid) if len(array) else array
    counted = []
    for (gross, stored, _work), shape, part, area in zip(rows, shapes, inside, areas, strict=True):
        if overlay.is_whole(part, shape):
            counted.append(stored)
        elif gross:
            share = min(round_area(area) / gross, Decimal(1))
            counted.append((stored * share).quantize(CENT, ROUND_HALF_UP))
    return counted


def _rows(statement: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchall()
