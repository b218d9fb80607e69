"""The ground under the farms of the demo: filings of facility land, leases of land from village groups."""

import datetime as dt
from typing import Any

import shapely

from registry.demo.dealing import Dealing
from registry.demo.deals import Deal
from registry.demo.people import People
from registry.demo.places import XINHUA

FACILITIES = {"02": "crops", "03": "livestock"}  # kinds of farms on facility land, and what they produce
FARMS = ("01", *FACILITIES)


def make_grounds(dealing: Dealing, people: People, truth, today: dt.date) -> list[list[Any]]:
    """Rows of unit, kind and values. One filing ran out long ago, one lease ends before the contract does."""
    deals = [d for d in dealing.deals if d.village.startswith(XINHUA) and d.asset.kind.number in FARMS]
    lapsed = dealing.take(lambda d: d.asset.kind.number in FACILITIES and bool(d.operator))
    truth.note("LND-02", lapsed.asset)
    short = dealing.take(
        lambda d: d.asset.kind.number == "01" and d.ends_on is not None and d.ends_on > today
    )
    truth.note("LND-03", short.asset)
    rows = [_filing(deal, lapsed, people, today) for deal in deals if deal.asset.kind.number in FACILITIES]
    leased = (
        deal for deal in {d.asset.code: d for d in [*deals, short]}.values() if deal.ends_on is not None
    )
    return rows + [row for deal in leased for row in _leases(deal, short, people)]


def _filing(deal: Deal, lapsed: Deal, people: People, today: dt.date) -> list[Any]:
    asset = deal.asset
    filed = asset.completed - dt.timedelta(days=60)
    until = today - dt.timedelta(days=500) if deal is lapsed else dt.date(today.year + 6, 12, 31)
    area = shapely.area(asset.shape) if asset.shape is not None else 1600.0
    number = f"屏{people.villages[asset.village].short}设农备〔{filed.year}〕{asset.code[-4:]}号"
    return [
        asset.code,
        "facility_land",
        {"number": number, "use": FACILITIES[asset.kind.number], "filed_on": filed, "until": until,
         "area_m2": f"{area:.2f}", "farmland_m2": f"{area * 0.8:.2f}"},
    ]  # fmt: skip


def _leases(deal: Deal, short: Deal, people: People) -> list[list[Any]]:
    """Two village groups lend their land; of one of them it ends a year before the contract."""
    asset, last = deal.asset, deal.ends_on or deal.begins_on
    area = shapely.area(asset.shape) * 0.0015 if asset.shape is not None else 8.0
    name = people.villages[asset.village].short
    rows = []
    for nth, part in ((1, 0.6), (2, 0.4)):
        cut = 365 if deal is short and nth == 2 else -30
        rows.append([
            asset.code,
            "leased_land",
            {"number": f"{name}流转{deal.begins_on.year}-{asset.code[-4:]}-{nth}", "lessor": f"{name}第{nth}村民小组",
             "area_mu": f"{area * part:.2f}", "leased_from": deal.begins_on, "leased_until": last - dt.timedelta(days=cut),
             "rent": "800.00"},
        ])  # fmt: skip
    return rows
