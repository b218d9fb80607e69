"""The contracts of the demo: what each operating asset earns, a few of them at fault on purpose. 中文：演示合同"""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from registry.demo.assets import Asset

YUAN = Decimal(10_000)  # the generator counts in 万元
STEP = Decimal(1200)  # amounts of a year are whole hundreds a month: every cut of it is exact
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Way:
    """How assets of a kind are let: mode, months of a due, part of the value that a year brings."""

    title: str
    mode: str
    months: int
    part: Decimal
    advance: bool = True
    values: dict[str, Any] = field(default_factory=dict)


def _way(title: str, mode: str, months: int, part: str, advance: bool = True, **values: Any) -> Way:
    return Way(title, mode, months, Decimal(part), advance, values)


WAYS = {
    "01": _way("承包经营合同", "contracting", 12, "0.032", output_percent="10"),
    "02": _way("承包合同", "contracting", 6, "0.045"),
    "03": _way("租赁合同", "lease", 12, "0.04"),
    "11": _way("租赁合同", "lease", 6, "0.05"),
    "12": _way("厂房租赁合同", "lease", 3, "0.05"),
    "13": _way("厂房租赁合同", "lease", 3, "0.04"),
    "14": _way("商铺租赁合同", "lease", 3, "0.06"),
    "15": _way("设备租赁合同", "lease", 12, "0.06"),
    "21": _way("租赁经营合同", "lease", 12, "0.045", escalation_years=1, escalation_percent="5"),
    "22": _way("门面租赁合同", "lease", 3, "0.08"),
    "31": _way("委托经营合同", "entrusted", 6, "0.05", services="市场日常管理、保洁、消防"),
    "41": _way("委托运维合同", "entrusted", 6, "0.06", False, services="运行维护、电费结算"),
    "51": _way("入股分红协议", "equity", 12, "0.06", False, equity_percent="12", profit_percent="12"),
}
LINKS = {
    "01": "cooperation", "02": "leased_land", "03": "purchase", "11": "purchase", "12": "jobs", "13": "jobs",
    "14": "purchase", "15": "purchase",
    "21": "jobs", "22": "purchase", "31": "jobs", "41": "dividend", "51": "dividend",
}  # fmt: skip


@dataclass(frozen=True)
class Owed:
    """What is to be paid for a period [begin, end) on a day."""

    begin: dt.date
    end: dt.date
    due_on: dt.date
    amount: Decimal


@dataclass
class Deal:
    """One contract with everything that its paper says; days are the first and the last."""

    number: str
    asset: Asset
    title: str
    mode: str
    owner: str
    operator: str
    begins_on: dt.date
    ends_on: dt.date | None
    signed_on: dt.date | None
    amount: Decimal | None
    months: int
    advance: bool = True
    due_days: int = 0
    values: dict[str, Any] = field(default_factory=dict)
    free: list[tuple[dt.date, dt.date]] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    ledger: bool = True  # brought by the ledger of contracts, else registered on its page
    decided: bool = True
    decided_late: bool = False
    decision: str = ""  # the title of a meeting of its own
    pays_until: dt.date | None = None  # the operator paid what fell due before this day, then nothing

    @property
    def village(self) -> str:
        return self.asset.village

    def owed(self) -> list[Owed]:
        """What falls due, in order: every month costs a twelfth of its year."""
        if self.amount is None or self.mode in ("own_operation", "debt") or self.ends_on is None:
            return []
        rows, first = [], self.begins_on
        stop = min([self.ends_on, *(change["on"] for change in self.changes if change["kind"] == "end")])
        while first <= stop:
            after = later(first, self.months) if self.months else stop + dt.timedelta(days=1)
            last = min(after, stop + dt.timedelta(days=1))
            amount = sum((self._month(later(first, n)) for n in range(_months(first, last))), Decimal(0))
            due_on = (first if self.advance else last) + dt.timedelta(days=self.due_days)
            if amount:
                rows.append(Owed(first, last, due_on, amount))
            first = after
        return rows

    def _month(self, day: dt.date) -> Decimal:
        if any(begin <= day <= end for begin, end in self.free):
            return Decimal(0)
        rate = self.amount or Decimal(0)
        for change in self.changes:
            if change["kind"] == "amount" and change["on"] <= day:
                rate = Decimal(change["amount"])
        if every := self.values.get("escalation_years"):
            raised = (_months(self.begins_on, day) // 12) // every
            rate *= (1 + Decimal(self.values["escalation_percent"]) / 100) ** raised
        return (rate / 12).quantize(CENT)


def later(day: dt.date, months: int) -> dt.date:
    """The first of a month so many months later."""
    number = day.year * 12 + day.month - 1 + months
    return dt.date(number // 12, number % 12 + 1, 1)


def _months(first: dt.date, after: dt.date) -> int:
    return (after.year - first.year) * 12 + after.month - first.month


def month_end(day: dt.date) -> dt.date:
    """The last day of its month."""
    return later(day, 1) - dt.timedelta(days=1)


def amount_of(asset: Asset, part: Decimal) -> Decimal:
    """A part of the value as money of a year, in whole steps."""
    return max(STEP, (asset.value * YUAN * part // STEP) * STEP)


def deal_of(asset: Asset, number: int, today: dt.date) -> Deal:
    """The contract of an asset as its kind is let, from the first of a month of last year on."""
    way = WAYS[asset.kind.number]
    year = today.year - 1
    begins_on = dt.date(year, (1, 1, 4, 1, 7)[number % 5] if way.mode != "equity" else 1, 1)
    years = 3 if way.months < 12 else 5
    deal = Deal(
        number=f"XH{year}-{asset.village[-3:]}{number:02d}",
        asset=asset,
        title=asset.name + way.title,
        mode=way.mode,
        owner=owner_of(asset),
        operator=asset.operator,
        begins_on=begins_on,
        ends_on=later(begins_on, 12 * years) - dt.timedelta(days=1),
        signed_on=begins_on - dt.timedelta(days=5 + number % 9),
        amount=amount_of(asset, way.part),
        months=way.months,
        advance=way.advance,
        values=dict(way.values),
    )
    if way.mode == "equity":
        deal.values |= {
            "exit_clause": "协议期满按原价退还股本，提前退出须提前三个月书面通知",
            "guarantor": "公司以冷链设备抵押担保", "guarantee_ends_on": deal.ends_on,
        }  # fmt: skip
    if way.mode in ("equity", "entrusted") or "output_percent" in deal.values:
        deal.ledger = False  # a ledger of contracts has no column for what is particular to them
    if deal.amount and deal.amount * years >= 300_000:
        deal.values["platform_number"] = f"NQJY{year}-{asset.village[-3:]}-{number:03d}"
    return deal


def owner_of(asset: Asset) -> str:
    """The owner's side: of a jointly owned asset the one with the largest part."""
    return asset.owner.split("；")[0].split(" ")[0]


def own_operation(asset: Asset, number: int, today: dt.date) -> Deal:
    """An asset that the collective runs itself: its profit is declared when it is known."""
    year = today.year - 1
    return Deal(
        number=f"XH{year}-{asset.village[-3:]}{number:02d}", asset=asset, title=asset.name + "自营方案",
        mode="own_operation", owner=owner_of(asset), operator="", begins_on=dt.date(year, 1, 1), ends_on=None,
        signed_on=dt.date(year, 1, 1) - dt.timedelta(days=6), amount=None, months=12,
        values={"cost_ledger": "村集体经营成本辅助账"}, ledger=False,
    )  # fmt: skip
