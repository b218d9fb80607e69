"""Was a layer in degrees drawn on a web map with an offset? Outlines tell, or the user. 中文：坐标偏移核对"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from django.db import connection
from django.utils.translation import gettext as _

from land.importers.whole import Whole
from land.offsets import recognise
from registry import geo
from registry.codes import CodeSystem
from registry.models import DivisionBoundary

if TYPE_CHECKING:
    from land.importers.layer import Reading

WEB_MAPS = 4326  # what the programs of web maps write, whatever it is
AT_MOST = 3000  # features looked at
BY_VILLAGE = """
SELECT village_id, ST_AsBinary(geom) FROM land_stagedfeature
 WHERE batch_id = %s AND village_id IS NOT NULL AND village_code <> '' ORDER BY number LIMIT %s
"""
ALL = """
SELECT %s::bigint, ST_AsBinary(geom) FROM land_stagedfeature
 WHERE batch_id = %s ORDER BY number LIMIT %s
"""


def look_for_offset(reading: Reading, day: dt.date, basis: str) -> Whole:
    """Refuse a layer that only an offset brings home; ask where it cannot be told. Two queries at most.

    The reference is the outline of the village that a feature names, else that of the stated division.
    """
    found = Whole()
    if not geo.is_geographic(reading.srid):
        return found
    shift = _recognised(_features(reading, basis), day)
    if shift:
        said = _(
            "The layer lies hundreds of metres off and fits the outlines once the offset of %(name)s is "
            "taken off: it was drawn on a web map. Ask for the original in CGCS2000."
        )
        found.faults.append(("gcj02", said % {"name": shift}))
    elif shift is None and reading.srid == WEB_MAPS:
        found.notes.append(
            _(
                "Was the layer drawn on a web map (Amap, Tencent, Baidu)? Then it lies 350 to 960 m off and "
                "must not be applied. No loaded outline can tell: compare it on the map, or ask its maker."
            )
        )
    return found


def _features(reading: Reading, basis: str) -> list[tuple[int, Any]]:
    """Features with the division to whose outline they should keep. One query."""
    key, division = reading.batch.pk, reading.batch.division_id
    with connection.cursor() as cursor:
        if basis in CodeSystem.values:
            cursor.execute(BY_VILLAGE, [key, AT_MOST])
        elif division:
            cursor.execute(ALL, [division, key, AT_MOST])
        else:
            return []
        return cursor.fetchall()


def _recognised(features: list[tuple[int, Any]], day: dt.date) -> str | None:
    rows = DivisionBoundary.objects.filter(division__in={key for key, _geom in features}, valid__contains=day)
    outlines = {row.division_id: shapely.from_wkb(bytes(row.geom.wkb)) for row in rows} if features else {}
    keys = list(outlines)
    known = [(key, geom) for key, geom in features if key in outlines]
    if not known:
        return None
    shapes = shapely.from_wkb([bytes(geom) for _key, geom in known])
    xy, feature = shapely.get_coordinates(shapes, return_index=True)
    owner = np.array([keys.index(key) for key, _geom in known])[feature]
    return recognise(xy, owner, [outlines[key] for key in keys])
