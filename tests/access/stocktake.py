"""What the addresses of stocktakes, labels, book values and packs answer to whom (see test_access)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from assets.models import InspectionPack
from assets.services.book_values import Booked, enter_book_values
from registry import clock
from registry.codes import Role
from tests import factories as make
from tests.assets import stock

TAKERS = frozenset({str(Role.ADMIN), str(Role.ASSET_MANAGER)})
COUNTERS = TAKERS | {str(Role.CLERK)}
BOOKERS = TAKERS | {str(Role.FINANCE_OFFICER)}
PACKERS = TAKERS | {str(Role.COUNTY), str(Role.AUDITOR)}
CAMPAIGN: dict[str, Any] = {"args": ("stocktake",), "elsewhere": 404}
PACK: dict[str, Any] = {"roles": PACKERS, "args": ("pack",), "elsewhere": 404}

LINES: dict[str, dict[str, Any]] = {
    "stocktakes": {},
    "stocktake_new": {"roles": TAKERS},
    "stocktake": CAMPAIGN,
    "stocktake_end": {**CAMPAIGN, "roles": TAKERS, "method": "post", "good": 302},
    "stocktake_close": {**CAMPAIGN, "roles": TAKERS, "method": "post", "good": 302},
    "stocktake_take_back": {**CAMPAIGN, "roles": TAKERS},
    "stock_surplus": {**CAMPAIGN, "roles": COUNTERS},
    "stock_sheet": CAMPAIGN,
    "stock_labels": CAMPAIGN,
    "stock_report": CAMPAIGN,
    "stock_line": {"args": ("stock_line",), "elsewhere": 404},
    "stock_settle": {"roles": TAKERS, "args": ("stock_count", "stock_kind"), "elsewhere": 404},
    "asset_labels": {},
    "book_value": {"roles": BOOKERS, "args": ("unit",), "elsewhere": 404},
    "book_value_take_back": {"roles": BOOKERS, "args": ("book",), "elsewhere": 404},
    "pack_new": {"roles": PACKERS},
    "packs": {"roles": PACKERS},
    "pack": PACK,
    "pack_progress": PACK,
    "pack_file": {**PACK, "method": "post", "good": 400},  # not put together yet
}


def things(cast: Any, road: Any) -> dict[str, Any]:
    """A campaign with a count that differs, a book value, a pack that waits."""
    campaign = stock.campaign(cast.xinhua)
    line = stock.line_of(road, campaign)
    count = stock.count(line, "absent")
    owner = road.unit.entries.get(code="ownership").party
    booked = Booked(unit=road.unit, owner=owner, on=dt.date(2026, 1, 31), value=Decimal("120000.00"))
    pack = InspectionPack.objects.create(
        division=cast.xinhua, title="样包", matched=1, units=[road.unit_id], asked_at=clock.now()
    )
    return {
        "stocktake": campaign.pk,
        "stock_line": line.pk,
        "stock_count": count.pk,
        "stock_kind": "missing",
        "book": enter_book_values([booked], by=None)[0].pk,
        "pack": pack.pk,
    }


def a_household_thing(cast: Any) -> Any:
    return make.asset("安置住房", cast.village, subtype="housing", asset_class="household")
