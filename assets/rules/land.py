"""LND-01: assets on permanent basic farmland without a document. 中文：资产占用永久基本农田"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db.models import Exists, OuterRef, prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from assets.models import Asset
from land.models import VintageKind
from land.parameters import CHECK_KEYS
from land.redline import INVALID, NO_DATA, OCCUPIES, RAISES_A_FINDING, REVIEW, Verdict
from land.services.redline import Manner, Run, check, footprints_of, register_manners
from land.services.vintages import rules_read_layer
from registry import geo
from registry.codes import EntryCode, Reading, Role
from registry.models import Shape
from registry.rules import Context, Outcome, Row, Rule
from registry.rules.parameters import Default, resolver

from .standing import built_on, held, row, standing

HALF_WIDTH_M = "red_line_half_width_m"  # 线状设施判读半宽
SERVES_FARMING = "red_line_serves_farming"  # 服务农业生产的设施种类
REACH_M = 2.0  # only what meets an asset matters here

PARAMETERS = (
    Default(
        HALF_WIDTH_M,
        {"road": "2.25", "irrigation": "0.5", "water_supply": "0.5", "power": "0.5", "network": "0.5"},
        source="县级采用值：村道路基宽 4.5 米取半；沟渠、管线取 0.5 米；无面状图形时按此缓冲",
        label=_("half the width of lines by sub-type"),
        unit=_("metres"),
    ),
    Default(
        SERVES_FARMING,
        {"subtypes": ["irrigation"], "words": ["机耕路", "机耕道", "田间道", "泵房", "提灌站"]},
        source="县级采用值：直接服务农业生产的田间设施列入复核，参照高标准农田建设通则 GB/T 30600",
        label=_("works that serve farming"),
    ),
)


def read_lnd_01(context: Context) -> Outcome:
    """LND-01: a standing asset's shape meets permanent basic farmland, and no document allows it.

    One run of the red-line check for the whole scope. OCCUPIES and REVIEW are found, INVALID too; NO_DATA
    is its own reading. An entry in force that names the basic farmland and rests on a source exempts.
    """
    assets = {asset.unit_id: asset for asset in _undocumented(context)}
    shapes = list(
        Shape.objects.on(context.as_of).filter(unit__in=assets).select_related("unit").order_by("unit__code")
    )
    if not shapes:
        return Outcome(checked=0, rows=[])
    run = check(footprints_of(shapes, context.as_of), day=context.as_of, reach_m=REACH_M, totals=False)
    rows = [
        _row(assets[shape.unit_id], shape, verdict, run)
        for shape, verdict in zip(shapes, run.verdicts, strict=True)
        if verdict.verdict in RAISES_A_FINDING or verdict.verdict in (INVALID, NO_DATA)
    ]
    return Outcome(checked=len(shapes), rows=rows)


def _undocumented(context: Context) -> Iterable[Asset]:
    allowed = held(context, EntryCode.FARMLAND_RED_LINE).filter(unit=OuterRef("unit"), source__isnull=False)
    placed = Shape.objects.on(context.as_of).filter(unit=OuterRef("unit"))
    return standing(context).filter(Exists(placed), ~Exists(allowed))


def manners(shapes: Sequence[Shape], day: dt.date) -> dict[int, Manner]:
    """How assets are judged, by unit: of a line the half-width of its kind, and whether it serves farming
    (by its sub-type or its name). Three queries; what the units carry already is not read again."""
    value_of = resolver((HALF_WIDTH_M, SERVES_FARMING), day)
    units = [shape.unit for shape in shapes]
    prefetch_related_objects(units, "asset", "division")
    lines = {shape.unit_id for shape in shapes if shape.geom.dims == 1}
    assets = (getattr(unit, "asset", None) for unit in units)
    return {asset.unit_id: _manner(asset, value_of, line=asset.unit_id in lines) for asset in assets if asset}


def _manner(asset: Asset, value_of: Callable[[str, str], Any], *, line: bool) -> Manner:
    path, name = asset.unit.division.path, asset.unit.name
    serving = value_of(SERVES_FARMING, path)
    width = value_of(HALF_WIDTH_M, path).get(asset.subtype) if line else None
    return Manner(
        serves_farming=asset.subtype in serving["subtypes"] or any(word in name for word in serving["words"]),
        buffer_m=None if width is None else Decimal(str(width)),
    )


def _row(asset: Asset, shape: Shape, verdict: Verdict, run: Run) -> Row:
    reading = Reading.NO_DATA if verdict.verdict == NO_DATA else Reading.FOUND
    found = row(
        asset,
        max(filter(None, [built_on(asset), shape.valid.lower])),
        reading,
        variant=verdict.verdict,
        verdict=verdict.verdict,
        reason=verdict.reason,
        basic_farmland_m2=str(verdict.basic_farmland_m2),
        counted_m2=str(verdict.basic_farmland_counted_m2),
        mu=str(geo.mu(verdict.basic_farmland_m2)),
        villages={code: str(area) for code, area in verdict.by_village.items()},
        zones=sorted({zone for piece in verdict.pieces for zone in piece.zones}),
        years=sorted({vintage["year"] for vintage in run.vintages}),
    )
    return Row(**{**vars(found), "place": _place(shape, verdict)})


def _place(shape: Shape, verdict: Verdict) -> GEOSGeometry:
    """The pieces together, else the asset itself (EPSG:4490)."""
    if not verdict.pieces:
        return shape.geom
    pieces = shapely.union_all([piece.geometry for piece in verdict.pieces])
    return GEOSGeometry(memoryview(shapely.to_wkb(geo.promote(pieces))), srid=geo.RECORD_SRID)


RULES = (
    Rule(
        id="LND-01",
        looks_at="assets_asset",
        title=_("asset on permanent basic farmland"),
        message=_(
            "%(name)s occupies %(basic_farmland_m2)s m² (%(mu)s mu) of permanent basic farmland, and no "
            "document allows it."
        ),
        variants={
            OCCUPIES: _(
                "%(name)s occupies %(basic_farmland_m2)s m² (%(mu)s mu) of permanent basic farmland, and no "
                "document allows it."
            ),
            REVIEW: _(
                "%(name)s may meet permanent basic farmland (%(basic_farmland_m2)s m²); its outline or its "
                "kind is for a person to judge."
            ),
            INVALID: _("The shape of %(name)s cannot be computed with."),
        },
        no_data=_(
            "Whether %(name)s stands on permanent basic farmland cannot be told: no layer speaks for it."
        ),
        remedy=_(
            "Verify on the ground; register the approval with its document, correct the shape, or have the "
            "occupation rectified."
        ),
        source="土地管理法第三十五条；基本农田保护条例第十五条；新发〔2021〕14号 二十",
        office=Role.LAND_OFFICER,
        reads=frozenset({"assets_asset", "registry_shape", "registry_entry/farmland_red_line"}),
        read=read_lnd_01,
        parameters=(*CHECK_KEYS, HALF_WIDTH_M, SERVES_FARMING),
    ),
)
rules_read_layer(VintageKind.BASIC_FARMLAND, *(rule.id for rule in RULES))
register_manners(manners)
