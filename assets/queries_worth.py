"""Readings of what assets are worth by now, and of their pictures. 中文：资产价值与照片查询"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from assets.models import Asset, Depreciation
from registry.models import Act

IMAGE = "image/"


def newest(model: Any, units: Iterable[int], until: dt.date | None = None) -> dict[int, Any]:
    """The newest row of each unit that is not later than a day. One query."""
    rows = model.objects.in_force().filter(unit__in=units)
    if until is not None:
        rows = rows.filter(on__lte=until)
    return {row.unit_id: row for row in rows.order_by("unit_id", "-on", "-pk").distinct("unit_id")}


def left_of(asset: Asset, depreciation: Depreciation | None) -> Decimal | None:
    """What is left of the original value 净值; unknown where either is."""
    if asset.original_value is None or depreciation is None:
        return None
    return asset.original_value - depreciation.gone


def pictures_of(units: Iterable[int]) -> dict[int, list[str]]:
    """The names of the pictures on file of each unit, newest first: of papers its acts rest on. One query."""
    found: dict[int, list[str]] = defaultdict(list)
    named = (
        Act.objects.filter(unit__in=units, source__files__media_type__startswith=IMAGE)
        .order_by("-effective_on", "-source__files__pk")
        .values_list("unit_id", "source__files__name", "source__files__file__name")
    )
    for unit, name, stored in named:
        if unit is not None and (name or stored):
            found[unit].append(name or stored)
    return found
