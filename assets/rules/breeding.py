"""P08: breeding facilities on basic farmland, by the numbers of 2024. 中文：养殖设施占用永久基本农田"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from land.models import VintageKind
from land.parameters import CHECK_KEYS
from land.redline import OCCUPIES, REVIEW
from land.services.redline import check, footprints_of
from land.services.vintages import rules_read_layer
from registry import geo
from registry.codes import Role
from registry.models import Shape
from registry.rules import Context, Outcome, Row, Rule
from registry.rules.parameters import Default

from .standing import built_on, row, standing

BREEDING = "breeding_facility"  # 养殖设施判读与占用上限
SUPERSEDED_ON = dt.date(2026, 1, 12)  # 云南省 2026 年设施农业用地通知
REACH_M = 2.0

PARAMETERS = (
    Default(
        BREEDING,
        {"words": ["养殖", "养猪", "养牛", "养鸡", "猪舍", "牛舍", "羊舍", "鸡舍"], "share": 0.05, "mu": 5.0},
        source="云南省 2024 年设施农业用地通知：不超过用地的 5%，且不超过 5 亩；用语为县级采用值",
        valid_to=SUPERSEDED_ON,
        label=_("breeding facilities: how they are named, and what they may take of basic farmland"),
    ),
)


def read_p08(context: Context) -> Outcome:
    """P08: a breeding facility takes more of basic farmland than its share or its size allows.

    In force until the notice of 2026-01-12. One run of the red-line check for the whole scope.
    """
    assets = {
        asset.unit_id: asset
        for asset in standing(context).select_related("unit", "unit__division")
        if any(word in asset.unit.name for word in _limits(context, asset)["words"])
    }
    shapes = list(
        Shape.objects.on(context.as_of).filter(unit__in=assets).select_related("unit").order_by("unit__code")
    )
    if not shapes:
        return Outcome(checked=0, rows=[])
    run = check(footprints_of(shapes, context.as_of), day=context.as_of, reach_m=REACH_M)
    rows: list[Row] = []
    for shape, verdict in zip(shapes, run.verdicts, strict=True):
        asset = assets[shape.unit_id]
        limits = _limits(context, asset)
        if verdict.verdict not in (OCCUPIES, REVIEW) or not verdict.footprint_m2:
            continue
        taken, share = geo.mu(verdict.basic_farmland_m2), verdict.basic_farmland_m2 / verdict.footprint_m2
        if share > Decimal(str(limits["share"])) or taken > Decimal(str(limits["mu"])):
            rows.append(
                row(
                    asset,
                    max(filter(None, [built_on(asset), shape.valid.lower])),
                    basic_farmland_m2=str(verdict.basic_farmland_m2),
                    mu=str(taken),
                    percent=str((share * 100).quantize(Decimal("0.1"))),
                )
            )
    return Outcome(checked=len(shapes), rows=rows)


def _limits(context: Context, asset: Any) -> dict[str, Any]:
    return context.value(BREEDING, asset.unit.division.path)


RULES = (
    Rule(
        id="P08",
        looks_at="assets_asset",
        title=_("breeding facility on too much basic farmland"),
        message=_(
            "%(name)s takes %(basic_farmland_m2)s m² (%(mu)s mu, %(percent)s %% of its ground) of permanent"
            " basic farmland, more than a breeding facility may."
        ),
        remedy=_("Move what stands there off the basic farmland, or have it delineated anew."),
        source="云南省 2024 年设施农业用地通知",
        office=Role.LAND_OFFICER,
        reads=frozenset({"assets_asset", "registry_shape"}),
        read=read_p08,
        parameters=(*CHECK_KEYS, BREEDING),
        valid_to=SUPERSEDED_ON,
    ),
)
rules_read_layer(VintageKind.BASIC_FARMLAND, "P08")
