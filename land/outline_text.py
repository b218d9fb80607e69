"""An outline as an officer types it: one point a line, degrees or working zone. 中文：手工录入范围"""

from __future__ import annotations

import shapely
from django.contrib.gis.geos import GEOSException, GEOSGeometry, MultiPolygon, Polygon
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from registry import geo


def outline_of(text: str) -> tuple[GEOSGeometry, int]:
    """A polygon out of typed points, one a line. Raises ``ValidationError`` saying which line is wrong."""
    points = []
    for number, line in enumerate(text.splitlines(), start=1):
        cells = line.replace(",", " ").replace("，", " ").split()
        if not cells:
            continue
        try:
            x, y = (float(cell) for cell in cells[-2:])
        except ValueError as error:
            raise ValidationError(_("Line %(n)d has no two numbers: %(line)s"),
                                  params={"n": number, "line": line[:40]}) from error  # fmt: skip
        points.append((x, y))
    if len(points) < 3:
        raise ValidationError(_("An outline needs at least three points."))
    srid = _plane_of(points)
    ring = [*points, points[0]] if points[0] != points[-1] else points
    return _placed(ring, srid), srid


def _plane_of(points: list[tuple[float, float]]) -> int:
    """Degrees, or the working zone with or without its number in front."""
    top = max(x for x, _y in points)
    if top < 400:
        return geo.RECORD_SRID
    return geo.zoned()[0] if top >= 10_000_000 else geo.county().work_srid


def _placed(ring: list[tuple[float, float]], srid: int) -> GEOSGeometry:

    made = shapely.Polygon(ring)
    if not made.is_valid or made.area == 0:
        raise ValidationError(_("The outline crosses itself or encloses nothing; check the order of points."))
    record = geo.transform(made, srid, geo.RECORD_SRID)
    if not geo.check_bounds(record.bounds):
        raise ValidationError(_("The outline lies outside the county; were the numbers swapped?"))
    try:
        return MultiPolygon(Polygon(list(record.exterior.coords)), srid=geo.RECORD_SRID)
    except (GEOSException, ValueError) as error:
        raise ValidationError(_("The outline cannot be read.")) from error
