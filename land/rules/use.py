"""What became of protected and of roadside farmland: P07, P13. 中文：用途管制规则

The kernel finds the few parcels concerned over the whole scope (audit grade); what a finding says of them is
measured in official grade.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import numpy as np
import shapely
from django.db import connection
from django.utils.translation import gettext_lazy as _
from shapely.geometry.base import BaseGeometry

from land import overlay
from land.area import official_areas, round_area
from land.classes import FARMLAND
from land.kernel.audit import Cut, sums
from land.kernel.grid import Grid
from land.models import Parcel, VintageKind
from land.parameters_use import BELT_CLASSES, GREEN_BELT_M, NOT_GRAIN
from land.queries.lying import in_zones
from land.queries.pieces import LayerPieces, layer_pieces
from land.queries.vintages import Chosen, vintages_for
from land.services.redline import limits_on
from registry import geo
from registry.codes import Role
from registry.rules import Context, Outcome, Row, Rule

from .places import found

ZERO = Decimal(0)
CONTACT_M2 = 1e-3  # below it two pieces touch: a finding would say 0.00


def met(shapes: LayerPieces, other: LayerPieces) -> dict[int, float]:
    """Rows of ``shapes`` that have ground in common with ``other``, with its area (audit grade).

    Neighbours have a border in common, which sums to nothing but for rounding.
    """
    if not len(shapes) or not len(other):
        return {}
    answer = sums(
        Cut.of(shapes.pieces), Grid.of(other.pieces.boxes), other.pieces, np.zeros(len(other), dtype=np.int64)
    )
    totals: dict[int, float] = {}
    for position, area in zip(answer.shapes.tolist(), answer.areas.tolist(), strict=True):
        row = int(shapes.rows[position])
        totals[row] = totals.get(row, 0.0) + area
    return {row: area for row, area in totals.items() if area > CONTACT_M2}


def parcels_of(context: Context, chosen: Chosen, rows: Iterable[int]) -> list[Parcel]:
    """Parcels by their keys, those of villages of the scope. One query."""
    found_rows = Parcel.objects.filter(vintage__in=chosen.keys, id__in=list(rows), village__isnull=False)
    limited = context.scope.limit(found_rows, division="village__path", unit="village", kind="division")
    joined = limited.select_related("village", "vintage").defer("vintage__coverage", "merc", "attrs")
    return list(joined.order_by("vintage", "number"))


def _row(parcel: Parcel, area: Decimal, **details: Any) -> Row:
    year = parcel.vintage.year
    return found(
        parcel.village_id or 0,
        f"parcel/{parcel.bsm or parcel.number}",
        dt.date(year, 12, 31),
        parcel=parcel.bsm or str(parcel.number),
        village=parcel.village.name if parcel.village else "",
        land_class=parcel.class_code,
        year=year,
        area=area,
        mu=geo.mu(area),
        **details,
    )


def read_p07(context: Context) -> Outcome:
    """P07: basic farmland that the newest survey shows as garden, forest, pond or facility land.

    No survey or no layer of basic farmland: nothing can be read, and nothing is said to be in order.
    """
    surveys = vintages_for(VintageKind.PARCELS, context.as_of)
    zones = layer_pieces(vintages_for(VintageKind.BASIC_FARMLAND, context.as_of), on=context.as_of)
    if not len(zones) or not surveys.vintages:
        return Outcome(checked=0, rows=[])
    planted = layer_pieces(surveys, zones.pieces.boxes, classes=context.value(NOT_GRAIN))
    parcels = parcels_of(context, surveys, met(planted, zones))
    limits, _values = limits_on(context.as_of)
    lying = in_zones(
        {parcel.pk: parcel.geom for parcel in parcels},
        VintageKind.BASIC_FARMLAND,
        context.as_of,
        limits=limits,
        wanted=lambda zone: zone.protected_on(context.as_of),
        covering=False,
    )
    rows = [_row(parcel, lying[parcel.pk].m2) for parcel in parcels if lying[parcel.pk].m2 > 0]
    return Outcome(checked=len(set(planted.rows.tolist())), rows=rows)


def read_p13(context: Context) -> Outcome:
    """P13: what was farmland in the survey before and is planted now, beyond the width allowed to a road.

    A belt is a planted parcel that reaches into that width; of the ground that it took from farmland, what
    lies beyond counts.
    """
    surveys = vintages_for(VintageKind.PARCELS, context.as_of)
    if not surveys.vintages:
        return Outcome(checked=0, rows=[])
    before = vintages_for(VintageKind.PARCELS, context.as_of, max(v.year for v in surveys.vintages) - 1)
    widths = {code: float(metres) for code, metres in context.value(GREEN_BELT_M).items()}
    roads = layer_pieces(surveys, classes=sorted(widths))
    reach = roads.pieces.boxes + np.array([-1, -1, 1, 1]) * (2 * max(widths.values(), default=0.0))
    planted = layer_pieces(surveys, reach, classes=context.value(BELT_CLASSES))
    if not len(planted) or not before.vintages:
        return Outcome(checked=0, rows=[])
    farmland = layer_pieces(before, planted.pieces.boxes, classes=sorted(FARMLAND))
    belts = parcels_of(context, surveys, met(planted, farmland))
    near_roads = _near(belts, surveys, sorted(widths))
    fields = _near(belts, before, sorted(FARMLAND))
    rows = []
    for belt in belts:
        beyond, wide = _beyond(belt, near_roads.get(belt.pk, []), fields.get(belt.pk, []), widths)
        if beyond > 0:
            rows.append(_row(belt, beyond, wide=wide))
    return Outcome(checked=len(belts), rows=rows)


NEAR = """
SELECT b.id, r.class_code, ST_AsBinary(r.work)
  FROM land_parcel b
  JOIN land_parcel r ON r.vintage_id = ANY(%s) AND r.class_code = ANY(%s) AND r.geom && ST_Expand(b.geom, %s)
 WHERE b.vintage_id = ANY(%s) AND b.id = ANY(%s) ORDER BY b.id, r.id
"""
_MARGIN_DEGREES = 0.0002  # some twenty metres
Nearby = list[tuple[str, BaseGeometry]]


def _near(belts: list[Parcel], chosen: Chosen, classes: list[str]) -> dict[int, Nearby]:
    """Class and shape (working plane) of the parcels of some classes about each belt. One query."""
    found: dict[int, Nearby] = {}
    if not belts:
        return found
    vintages = sorted({belt.vintage_id for belt in belts})
    values: list[Any] = [chosen.keys, classes, _MARGIN_DEGREES, vintages, [belt.pk for belt in belts]]
    with connection.cursor() as cursor:
        cursor.execute(NEAR, values)
        for key, code, shape in cursor.fetchall():
            found.setdefault(key, []).append((code, shapely.from_wkb(bytes(shape))))
    return found


def _beyond(belt: Parcel, roads: Nearby, fields: Nearby, widths: dict[str, float]) -> tuple[Decimal, float]:
    """Official area of a belt's former farmland beyond the width, and that width in metres."""
    shape = shapely.from_wkb(bytes(belt.work.wkb))
    allowed, widest = [], 0.0
    for code, outline in roads:
        zone = outline.buffer(widths[code], quad_segs=16)
        if overlay.positive(np.array([shapely.intersection(shape, zone)], dtype=object))[0]:
            allowed.append(zone)
            widest = max(widest, widths[code])
    if not allowed:
        return ZERO, 0.0
    ground = overlay.as_union(np.array([field for _code, field in fields], dtype=object))
    taken = shapely.difference(shapely.intersection(shape, ground), shapely.union_all(allowed))
    left = overlay.ground(np.array([taken], dtype=object))
    return round_area(float(official_areas(left, geo.county().work_srid).sum())), widest


_READS = frozenset({"land_vintage"})
RULES = (
    Rule(
        id="P07",
        subject="division",
        title=_("basic farmland used for other than grain"),
        message=_(
            "Parcel %(parcel)s in %(village)s is %(land_class)s in the survey of %(year)s; %(area)s m² of it"
            " (%(mu)s mu) lie in permanent basic farmland."
        ),
        remedy=_("Look at it on the ground; have it planted with grain again, or its delineation corrected."),
        source="土地管理法第三十七条；自然资发〔2021〕166号",
        office=Role.LAND_OFFICER,
        reads=_READS,
        read=read_p07,
        parameters=(NOT_GRAIN,),
    ),
    Rule(
        id="P13",
        subject="division",
        title=_("green belt wider than allowed, on farmland"),
        message=_(
            "Parcel %(parcel)s in %(village)s was farmland and is planted (%(land_class)s) in the survey of"
            " %(year)s; %(area)s m² of it lie beyond %(wide)s m of the road."
        ),
        remedy=_("Have the belt brought back to the width allowed and the farmland restored."),
        source="国办发明电〔2020〕24号第二项",
        office=Role.LAND_OFFICER,
        reads=_READS,
        read=read_p13,
        parameters=(GREEN_BELT_M, BELT_CLASSES),
    ),
)
