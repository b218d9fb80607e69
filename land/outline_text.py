"""An outline as an officer types it: one point a line, degrees or working zone. 中文：手工录入范围"""

from __future__ import annotations

import functools
import math

import shapely
from django.contrib.gis.geos import GEOSException, GEOSGeometry
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from shapely.geometry.base import BaseGeometry

from registry import geo

Point = tuple[float, float]


def outline_of(text: str) -> tuple[GEOSGeometry, int]:
    """An area out of typed points, one a line, in degrees (EPSG:4490) or metres of the working zone.

    An empty line begins another ring: one inside another is a hole in it, one beside it a further part.
    Returns the multipolygon (EPSG:4490) and the plane it was given in. Raises ``ValidationError`` saying
    which line is wrong.
    """
    rings = _rings(text)
    if not rings or min(len(ring) for ring in rings) < 3:
        raise ValidationError(_("An outline needs at least three points."))
    srid = _plane_of([point for ring in rings for point in ring])
    return _placed(rings, srid), srid


def _rings(text: str) -> list[list[Point]]:
    rings: list[list[Point]] = [[]]
    for number, line in enumerate(text.splitlines(), start=1):
        cells = line.replace(",", " ").replace("，", " ").split()
        if not cells:
            rings.append([])
            continue
        try:
            x, y = (float(cell) for cell in cells[-2:])
        except ValueError as error:
            raise ValidationError(_("Line %(n)d has no two numbers: %(line)s"),
                                  params={"n": number, "line": line[:40]}) from error  # fmt: skip
        if not (math.isfinite(x) and math.isfinite(y)):
            raise ValidationError(_("Line %(n)d has no two numbers: %(line)s"),
                                  params={"n": number, "line": line[:40]})  # fmt: skip
        rings[-1].append((x, y))
    return [ring for ring in rings if ring]


def _plane_of(points: list[Point]) -> int:
    """Degrees, or the working zone with or without its number in front."""
    top = max(x for x, _y in points)
    if top < 400:
        return geo.RECORD_SRID
    return geo.zoned()[0] if top >= 10_000_000 else geo.county().work_srid


def _placed(rings: list[list[Point]], srid: int) -> GEOSGeometry:
    shapes = [shapely.Polygon(ring) for ring in rings]
    if not all(shape.is_valid for shape in shapes):
        raise ValidationError(_("The outline crosses itself or encloses nothing; check the order of points."))
    made = functools.reduce(shapely.symmetric_difference, shapes)  # what lies in two rings is a hole
    parts = [part for part in shapely.get_parts(made) if part.geom_type == "Polygon"]
    if not parts:
        raise ValidationError(_("The outline crosses itself or encloses nothing; check the order of points."))
    record = geo.transform(shapely.MultiPolygon(parts), srid, geo.RECORD_SRID)
    if not geo.check_bounds(record.bounds):
        raise ValidationError(_("The outline lies outside the county; were the numbers swapped?"))
    try:
        return GEOSGeometry(memoryview(shapely.to_wkb(record)), srid=geo.RECORD_SRID)
    except (GEOSException, ValueError) as error:
        raise ValidationError(_("The outline cannot be read.")) from error


def typed(shape: BaseGeometry | None) -> str:
    """The areas of a shape (EPSG:4490) as such points, ring by ring; empty where it has none."""
    parts = [] if shape is None else [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon"]
    rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
    return "\n\n".join(
        "\n".join(f"{x:.9f} {y:.9f}" for x, y in shapely.get_coordinates(ring)[:-1]) for ring in rings
    )
