"""What operating assets brought in a year beside what they cost. 中文：资产收益率

Received on the dues of their contracts, each by the weight of the asset; principal that comes back is no
income. The floor is the county's of the last day of each year.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import connection

from assets.income.parameters import YIELD_FLOOR
from assets.models import Asset
from registry.rules.parameters import resolver

CENT, PART = Decimal("0.01"), Decimal("0.0001")
NOMINAL = Decimal("1.00")  # a value set by decision because none is known (名义金额)
_RECEIVED = """
SELECT u.unit_id, extract(year FROM m.booked_on)::int, sum(m.amount * u.weight_num / u.weight_den)
  FROM assets_match m JOIN assets_due d ON d.id = m.due_id
  JOIN assets_contract c ON c.id = d.contract_id AND c.annulled_id IS NULL
  JOIN assets_contractunit u ON u.contract_id = c.id
 WHERE m.undone_id IS NULL AND d.kind <> 'principal' AND u.unit_id = ANY(%(units)s)
   AND extract(year FROM m.booked_on) BETWEEN %(first)s AND %(last)s
 GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Brought:
    """What an asset brought in a year; ``ratio`` None where its value is not known or nominal."""

    year: int
    income: Decimal
    ratio: Decimal | None
    floor: Decimal
    running: bool

    @property
    def light(self) -> str:
        """Green: at the floor or above. Amber: below it. Red: nothing. Grey: no value to compare with."""
        if self.ratio is None:
            return "grey"
        if self.ratio >= self.floor:
            return "green"
        if self.running:
            return "running"
        return "amber" if self.income > 0 else "red"


@dataclass
class Yield:
    """An operating asset over the years."""

    asset: Asset
    years: list[Brought] = field(default_factory=list)

    @property
    def value(self) -> Decimal | None:
        return value_of(self.asset)

    @property
    def last_full(self) -> Brought | None:
        return next((year for year in reversed(self.years) if not year.running), None)


def value_of(asset: Asset) -> Decimal | None:
    """What the asset cost, where that is known."""
    value = asset.original_value
    return value if value is not None and value > NOMINAL else None


def income_of_units(units: Sequence[int], first: int, last: int) -> dict[tuple[int, int], Decimal]:
    """Income by unit and year, rounded to the fen. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_RECEIVED, {"units": list(units), "first": first, "last": last})
        return {(unit, year): sum_.quantize(CENT, ROUND_HALF_UP) for unit, year, sum_ in cursor.fetchall()}


def yields(assets: Sequence[Any], years: Sequence[int], today: dt.date) -> list[Yield]:
    """Each asset over the years, from the year in which it was there. A handful of queries."""
    income = income_of_units([asset.unit_id for asset in assets], years[0], years[-1])
    found = [Yield(asset) for asset in assets]
    for year in years:
        read = resolver([YIELD_FLOOR], dt.date(year, 12, 31))
        for one in found:
            got, value = income.get((one.asset.unit_id, year), Decimal("0.00")), one.value
            there = one.asset.completed_on is None or one.asset.completed_on.year <= year
            ratio = (got / value).quantize(PART, ROUND_HALF_UP) if value and there else None
            floor = Decimal(str(read(YIELD_FLOOR, one.asset.unit.division.path)))
            one.years.append(Brought(year, got, ratio, floor, year >= today.year))
    return found
