"""Which standard holds for which thing: the nearest division's for its sub-type. 中文：适用标准"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from assets.models import Asset, UpkeepStandard


def standards_for(units: Iterable[Any], day: dt.date) -> dict[int, UpkeepStandard]:
    """The standard of each unit, with its items; units carry ``division`` and ``asset``. Two queries."""
    units = list(units)
    subtypes = {unit.asset.subtype for unit in units}
    rows = UpkeepStandard.objects.on(day).filter(subtype__in=subtypes).select_related("division", "source")
    nearest = sorted(rows.prefetch_related("items"), key=lambda row: -len(row.division.path))
    found = {}
    for unit in units:
        path, subtype = unit.division.path, unit.asset.subtype
        for standard in nearest:
            if standard.subtype == subtype and path.startswith(standard.division.path):
                found[unit.pk] = standard
                break
    return found


def standard_of(unit: Any, day: dt.date) -> UpkeepStandard | None:
    """The standard of one unit; None where there is none, or where the unit is no asset."""
    if not Asset.objects.filter(unit=unit).exists():
        return None
    return standards_for([unit], day).get(unit.pk)
