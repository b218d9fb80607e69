"""All contracts of the demo, and what is at fault with a few of them. 中文：演示合同及问题"""

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from registry.demo.assets import Asset
from registry.demo.deals import (
    LINKS,
    WAYS,
    Deal,
    amount_of,
    deal_of,
    later,
    month_end,
    own_operation,
    owner_of,
)
from registry.demo.kinds import OPERATING
from registry.demo.people import People
from registry.demo.places import XINHUA

GONE = {"report_idle", "report_inefficient", "request_disposal", "report_lost"}  # not in use after it
SUBTENANT = "屏边县苗家刺绣专业合作社"
RENTED = {"lease", "contracting"}
FLOOR, THRESHOLD = Decimal("0.02"), Decimal(500_000)  # what the county of the demo has set


class Dealing:
    """Makes the deals; ``note`` says which rule an asset breaks."""

    def __init__(self, assets: list[Asset], people: People, truth, away: set[str], today: dt.date) -> None:
        self.people, self.truth, self.today = people, truth, today
        self.standing = [a for a in assets if a.asset_class == OPERATING and a.code not in away]
        self.deals: list[Deal] = []
        self.touched: set[str] = set()

    def make(self) -> list[Deal]:
        counts: dict[str, int] = {}
        for asset in self.standing:
            number = counts[asset.village] = counts.get(asset.village, 0) + 1
            if not asset.village.startswith(XINHUA):
                self._neighbour(asset, number)
            elif asset.operator == owner_of(asset):
                if number % 2:
                    self.deals.append(own_operation(asset, number, self.today))
            else:
                self.deals.append(deal_of(asset, number, self.today))
        self._terms()
        self._faults()
        return self.deals

    def _neighbour(self, asset: Asset, number: int) -> None:
        """The neighbour township began this year, and is paid afterwards: nothing has fallen due yet."""
        if asset.operator == owner_of(asset):
            return
        deal = deal_of(asset, number, self.today)
        begin = later(self.today, -6)
        deal.begins_on, deal.ends_on = begin, later(begin, 36) - dt.timedelta(days=1)
        deal.number = f"WT{begin.year}-{asset.village[-3:]}{number:02d}"
        deal.signed_on, deal.advance, deal.months = begin - dt.timedelta(days=4), False, 12
        if deal.mode == "equity":
            deal.values["guarantee_ends_on"] = deal.ends_on
        self.deals.append(deal)

    def take(self, fits: Callable[[Deal], bool]) -> Deal:
        """The first deal that fits and is in good order so far; another let for rent where none is left."""
        free = [d for d in self.deals if d.asset.code not in self.touched and d.village.startswith(XINHUA)]
        rented = (d for d in free if d.operator and d.mode in RENTED)
        deal = next((d for d in free if fits(d)), None) or next(rented)
        self.touched.add(deal.asset.code)
        return deal

    def kind(self, *numbers: str) -> Callable[[Deal], bool]:
        return lambda deal: deal.asset.kind.number in numbers and deal.operator != ""

    def _often(self, deal: Deal) -> bool:
        """Paid by the quarter or half-year by somebody: what is not paid is soon overdue."""
        return deal.months in (3, 6) and deal.mode == "lease" and bool(deal.operator and deal.amount)

    def _terms(self) -> None:
        """Terms beside the plain ones: free of rent, in kind, a deposit, amended, paid every month."""
        free = self.take(self.kind("21"))
        free.free = [(free.begins_on, month_end(later(free.begins_on, 1)))]
        free.ledger = False
        kind = self.take(self.kind("02"))
        kind.values |= {
            "in_kind": "蔬菜", "in_kind_measure": "公斤", "in_kind_quantity": "6000.000", "in_kind_price": "4.00"
        }  # fmt: skip
        kind.amount, kind.ledger = Decimal("24000.00"), False
        for deal in (self.take(self.kind("11")), self.take(self.kind("12"))):
            deal.values["deposit"] = str(deal.amount // 12 if deal.amount else 0)
        amended = self.take(self.kind("12"))
        middle = later(amended.begins_on, 6)
        less = ((amended.amount or Decimal(0)) * Decimal("0.9") // 1200) * 1200
        reason = "订单减少，经协商并议决下调租金一成"
        amended.changes.append({"kind": "amount", "on": middle, "amount": str(less), "reason": reason})
        monthly = next(d for d in self.deals if d.village.endswith("208") and d.asset.kind.number == "12")
        monthly.months = 1
        self.touched.add(monthly.asset.code)

    def _faults(self) -> None:
        self._on_paper()
        self._on_time()
        unpaid = [self.take(self._often), self.take(self._often)]
        for deal in unpaid:
            deal.pays_until = self.today - dt.timedelta(days=280 if deal.months == 6 else 150)
            self._note("INC-01", deal)
        for deal in (self.take(self.kind("03")), self.take(self.kind("02"))):
            self.deals.remove(deal)  # operated by another, and nothing is signed
            self._note("OPR-02", deal)

    def _on_paper(self) -> None:
        """What is missing in the papers of contracts."""
        bare, late = self.take(self.kind("51")), self.take(self.kind("01", "03"))
        bare.decided = False
        self._note("OPR-08", bare)
        late.decided_late = True
        self._note("OPR-08", late)
        equity = self.take(self.kind("51"))
        del equity.values["exit_clause"]
        self._note("OPR-09", equity)
        sublet = self.take(self.kind("03", "11"))
        sublet.values["sublet_to"], sublet.ledger = SUBTENANT, False
        self._note("OPR-12", sublet)
        beside = self.take(lambda d: (d.amount or 0) >= THRESHOLD / 5 and self.kind("41")(d))
        beside.ends_on = later(beside.begins_on, 60) - dt.timedelta(days=1)
        beside.values.pop("platform_number", None)
        self._note("OPR-11", beside)
        cheap = self.take(self.kind("03", "12"))
        cheap.amount = amount_of(cheap.asset, Decimal("0.012"))
        self._note("OPR-07", cheap)

    def _on_time(self) -> None:
        """Too long, soon over, over, over before its time."""
        for rule, years in (("OPR-03", 25), ("OPR-04", 15)):
            deal = self.take(self.kind("03", "12") if rule == "OPR-03" else self.kind("01", "02"))
            deal.ends_on = later(deal.begins_on, 12 * years) - dt.timedelta(days=1)
            deal.values["platform_number"] = f"NQJY-C{deal.number[2:]}"
            self._note(rule, deal)
        soon = self.take(self.kind("02"))
        soon.ends_on = month_end(self.today + dt.timedelta(days=45))
        self._note("OPR-05", soon)
        over = self.take(self.kind("02", "22"))
        over.begins_on = dt.date(self.today.year - 1, 1, 1)
        over.signed_on = over.begins_on - dt.timedelta(days=7)
        over.ends_on = month_end(later(self.today, -2))
        self._note("OPR-06", over)
        left = self.take(self.kind("31"))
        left.changes.append(
            {"kind": "end", "on": month_end(later(self.today, -6)), "reason": "经营困难，双方协商解除"}
        )
        self._note("OPR-01", left)
        if (self.today - dt.date(self.today.year, 1, 1)).days > 180:
            self._note("STK-03", left)  # nobody operates it, and nothing else shows that it is used

    def _note(self, rule: str, deal: Deal) -> None:
        self.truth.note(rule, deal.asset)

    def links(self) -> list[dict[str, Any]]:
        """How each asset in use helps farmers; of two nothing is recorded."""
        calm = [a for a in self.standing if a.village.startswith(XINHUA) and a.code not in self.touched]
        silent = calm[3], calm[-3]
        for asset in silent:
            self.truth.note("OPR-10", asset)
        return [
            {
                "unit": asset.code, "kind": LINKS[asset.kind.number], "households": 8 + number * 7 % 41,
                "begins_on": asset.handed_over or asset.completed,
            }
            for number, asset in enumerate(self.standing)
            if asset not in silent
        ]  # fmt: skip


def gone(folder: Path) -> set[str]:
    """Assets that are not in use any more after what happened to them."""
    acts = json.loads((folder / "lives.json").read_text(encoding="utf-8"))["acts"]
    back = {act["unit"] for act in acts if act["act"] == "recover"}
    return {act["unit"] for act in acts if act["act"] in GONE} - back


__all__ = ["WAYS", "Dealing", "gone"]
