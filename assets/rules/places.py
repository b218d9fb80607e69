"""What the rules on roads share: sections with their lines, chunks of a chain of divisions. 中文：路网读取"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely
from django.db.models import QuerySet

from assets.models import RoadSection
from registry import geo
from registry.codes import STANDING
from registry.models import Shape
from registry.rules import Context


def sections(context: Context, *, everywhere: bool = False) -> QuerySet:
    """Sections of standing roads with route, unit and place, in the order of their stakes."""
    rows: QuerySet = RoadSection.objects.standing(context.as_of).filter(unit__state__in=STANDING)
    if not everywhere:
        rows = context.scope.limit(rows)
    return rows.select_related("route", "unit__division").order_by("route__code", "start_stake", "pk")


def lines_of(found: Iterable[RoadSection], context: Context) -> dict[int, Any]:
    """The line of each section's unit in the working plane, by unit; one query."""
    shapes = Shape.objects.on(context.as_of).filter(unit__in=[row.unit_id for row in found])
    rows = [(shape.unit_id, shape.geom) for shape in shapes.only("unit_id", "geom") if shape.geom.dims == 1]
    return dict(zip([unit for unit, _geom in rows], planar(geom for _unit, geom in rows), strict=True))


def planar(geoms: Iterable[Any]) -> np.ndarray:
    """Geometries of record (EPSG:4490) in the working plane, in metres."""
    made = np.array([shapely.from_wkb(bytes(geom.wkb)) for geom in geoms], dtype=object)
    return geo.to_work(made) if len(made) else made
