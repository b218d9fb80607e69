"""What the map asks beside its tiles: the place to open at, the findings, and what lies under a click."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.conf import settings
from django.contrib.gis.db.models import Extent
from django.contrib.gis.db.models.functions import AsGeoJSON, PointOnSurface
from django.contrib.gis.geos import Point
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from land.models import Parcel, Zone
from maps.tiles import shown_vintages
from registry import access
from registry.models import Division, DivisionBoundary, Finding, Shape, User
from registry.queries.findings import sentence
from registry.rules import get

Bounds = tuple[float, float, float, float]


def bounds_of(division: Division | None, user: User) -> Bounds:
    """West, south, east, north of a division: its outline, else its shapes, else the county's box."""
    if division is not None:
        outline = DivisionBoundary.objects.filter(division=division).aggregate(box=Extent("geom"))["box"]
        if outline:
            return outline
        below = DivisionBoundary.objects.filter(division__path__startswith=division.path)
        if box := below.aggregate(box=Extent("geom"))["box"]:
            return box
        shapes = Shape.objects.visible_to(user).in_force().within(division)
        if box := shapes.aggregate(box=Extent("geom"))["box"]:
            return box
    return settings.COUNTY["bbox"]


def findings_on_map(
    user: User, division: Division | None, day: dt.date, only: int | None = None
) -> dict[str, Any]:
    """Open findings that have a place, as GeoJSON points; one query."""
    shape = Shape.objects.on(day).filter(unit=OuterRef("unit"))
    rows = Finding.objects.visible_to(user).open()
    if division is not None and only is None:
        rows = rows.within(division)
    if only is not None:
        rows = rows.filter(pk=only)
    rows = rows.annotate(
        point=Coalesce(
            PointOnSurface("place"), Subquery(shape.annotate(p=PointOnSurface("geom")).values("p")[:1])
        )
    )
    rows = rows.filter(point__isnull=False).select_related("unit").order_by("severity", "pk")[:2000]
    return {"type": "FeatureCollection", "features": [_feature(finding) for finding in rows]}


def _feature(finding: Any) -> dict[str, Any]:
    rule = get(finding.rule)
    return {
        "type": "Feature",
        "id": finding.pk,
        "geometry": {"type": "Point", "coordinates": [finding.point.x, finding.point.y]},
        "properties": {
            "rule": finding.rule,
            "title": str(rule.title) if rule else sentence(finding),  # one that an office has listed
            "severity": finding.severity,
            "reading": finding.reading,
            "verdict": finding.details.get("verdict", ""),
            "text": sentence(finding),
            "baseline": finding.baseline,
            "unit": finding.unit.code if finding.unit else None,
        },
    }


def under(user: User, lon: float, lat: float, tolerance: float, day: dt.date) -> dict[str, Any]:
    """What lies under a click: units within the tolerance (degrees), the parcel, the zone, the village."""
    point = Point(lon, lat, srid=4490)
    near = point.buffer(max(tolerance, 1e-7))
    units = (
        Shape.objects.visible_to(user)
        .on(day)
        .filter(geom__intersects=near, unit__annulled=None)
        .select_related("unit")
        .defer("geom")
        .order_by("unit__code")[:8]
    )
    answer: dict[str, Any] = {
        "units": [
            {"code": shape.unit.code, "name": shape.unit.name, "state": shape.unit.get_state_display()}
            for shape in units
        ],
        "parcel": None,
        "zone": None,
    }
    paths = access.scope_paths(user, "see_parcels")
    if paths:
        parcels = Parcel.objects.filter(
            vintage__in=shown_vintages("parcels", paths), geom__intersects=point
        ).select_related("vintage", "village")
        zones = Zone.objects.filter(
            vintage__in=shown_vintages("basic_farmland", paths), geom__intersects=point
        ).select_related("vintage")
        answer["parcel"] = _parcel(parcels.defer("geom", "work", "merc").first())
        answer["zone"] = _zone(zones.defer("geom", "work", "merc").first())
    return answer


def _parcel(parcel: Parcel | None) -> dict[str, Any] | None:
    if parcel is None:
        return None
    return {
        "bsm": parcel.bsm,
        "class": f"{parcel.class_code} {parcel.class_name}".strip(),
        "village": parcel.village.name if parcel.village else "",
        "area_m2": str(parcel.official_m2),
        "year": parcel.vintage.year,
    }


def _zone(zone: Zone | None) -> dict[str, Any] | None:
    if zone is None:
        return None
    return {"bsm": zone.bsm, "area_m2": str(zone.official_m2), "year": zone.vintage.year}


MARKED = 2000  # shapes that are marked one by one; tiles show any number


def shapes_of(assets: Any, day: dt.date) -> str:
    """Shapes of assets with their codes as a GeoJSON text; one query."""
    shapes = Shape.objects.on(day).filter(unit__in=assets.order_by().values("unit"))
    rows = shapes.annotate(text=AsGeoJSON("geom", precision=7)).values_list("unit__code", "text")[:MARKED]
    features = ",".join(
        f'{{"type":"Feature","properties":{{"code":{json.dumps(code)}}},"geometry":{text}}}'
        for code, text in rows
    )
    return f'{{"type":"FeatureCollection","features":[{features}]}}'


def where_assets_lie(assets: Any, day: dt.date) -> tuple[Bounds | None, int]:
    """The box around the shapes of assets, and how many shapes there are; one query."""
    shapes = Shape.objects.on(day).filter(unit__in=assets.order_by().values("unit"))
    found = shapes.aggregate(box=Extent("geom"), n=Count("pk"))
    return (around(found["box"]) if found["box"] else None), found["n"]


def around(extent: Bounds) -> Bounds:
    """A little more than a shape itself, in degrees."""
    west, south, east, north = extent
    margin = max(east - west, north - south, 0.002) * 0.6
    return (west - margin, south - margin, east + margin, north + margin)


def bounds_of_unit(user: User, code: str, day: dt.date) -> Bounds | None:
    """Where a unit lies; None where it has no shape or may not be seen."""
    shapes = Shape.objects.visible_to(user).on(day).filter(unit__code=code)
    extent = shapes.aggregate(box=Extent("geom"))["box"]
    return around(extent) if extent else None


def bounds_of_finding(user: User, key: int, day: dt.date) -> Bounds | None:
    """Where a finding lies; None where it has no place or may not be seen."""
    features = findings_on_map(user, None, day, key)["features"]
    if not features:
        return None
    lon, lat = features[0]["geometry"]["coordinates"]
    return around((lon, lat, lon, lat))
