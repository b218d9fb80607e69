"""Stocktakes for tests: a campaign over made assets, counts and settlements by the services.

For a campaign and its counts the rules wait for the test's own act, or for its ``evaluate``.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.contrib.gis.geos import Point

from assets.models import Stocktake, StocktakeCount, StocktakeLine
from assets.services.counting import Seen, record_count
from assets.services.settling import Settling, settle
from assets.services.stocktake import open_stocktake
from registry import clock
from registry.models import Division
from registry.rules.engine import deferred

HERE = Point(103.7, 23.0, srid=4490)


@deferred()
def campaign(of: Division, *, title: str = "年度清查", year: int = 0, **fields: Any) -> Stocktake:
    """A campaign of a place for a year (this one), its list frozen as of today."""
    year = year or clock.today().year
    values = {
        "title": title,
        "period_from": dt.date(year, 1, 1),
        "period_to": dt.date(year, 12, 31),
        "ledger_day": clock.today(),
        "by": None,
    } | fields
    return open_stocktake(division=of, **values)


def line_of(asset: Any, of: Stocktake) -> StocktakeLine:
    return StocktakeLine.objects.get(stocktake=of, unit=asset.unit)


def seen(found: str = "present", **fields: Any) -> Seen:
    values: dict[str, Any] = {
        "found": found,
        "counted_on": clock.today(),
        "counter": "杨文",
        "condition": "good" if found == "present" else "",
        "note": "" if found == "present" else "现场没有",
    }
    values |= fields
    if isinstance(values.get("quantity"), int):
        values["quantity"] = Decimal(values["quantity"])
    return Seen(**values)


@deferred()
def count(line: StocktakeLine, found: str = "present", by: Any = None, **fields: Any) -> StocktakeCount:
    return record_count(line=line, seen=seen(found, **fields), by=by)


def settled(made: StocktakeCount, difference: str, means: str, by: Any = None, **fields: Any) -> Any:
    given = Settling(difference=difference, means=means, note=fields.pop("note", "经核实"), **fields)
    return settle(count=made, settling=given, by=by)
