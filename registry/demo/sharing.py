"""Pools of income of the demo and what was distributed of them, a few distributions at fault. 中文：演示收益分配"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np

from registry.demo.banking import Passbook
from registry.demo.deals import Deal
from registry.demo.meetings import Meetings
from registry.demo.people import People, person_name
from registry.demo.places import XINHUA

HOUSEHOLDS, TENTHS = 312, 41_782  # golden case b: 312 households hold 4178.2 shares
HUNDRED = Decimal(100)
Row = dict[str, Any]


@dataclass
class Sharing:
    """Collects pools, distributions and members; ``truth`` gets what is at fault."""

    people: People
    deals: list[Deal]
    books: list[Passbook]
    meetings: Meetings
    truth: Any
    today: dt.date
    pools: list[Row] = field(default_factory=list)
    members: list[Row] = field(default_factory=list)

    def day(self, ago: int) -> dt.date:
        return self.today - dt.timedelta(days=ago)

    def make(self, seed: int) -> None:
        for nth, book in enumerate(self.books):
            self._of_last_year(nth, book)
        self._pooled()
        self._shares(np.random.default_rng(seed + 13))

    def units(self, village: str) -> list[str]:
        """Assets whose contracts the collective of the village has given."""
        owner = self.people.collective(village)
        return sorted(d.asset.code for d in self.deals if d.village == village and d.owner == owner)

    def pool(
        self, village: str, year: int, name: str, units: list[str], settled_on: dt.date | None, **sums: Any
    ) -> Row:
        row: Row = {
            "village": village, "owner": self.people.collective(sums.pop("owner", village)), "year": year, "name": name,
            "units": units, "settled_on": settled_on, "distributions": [],
            "entries": [
                {"figure": figure, "amount": str(amount), "note": note, "day": dt.date(year, 12, 20)}
                for figure, (amount, note) in sums.items()
            ],
        }  # fmt: skip
        self.pools.append(row)
        return row

    def _of_last_year(self, nth: int, book: Passbook) -> None:
        """Every stage between a pool that nobody settled and a distribution that was paid and published."""
        year, village = self.today.year - 1, book.village
        received = [n.amount for n in book.lines if n.truth["as"] == "due" and n.day.year == year]
        got = (sum(received, Decimal(0)) * 8 // 1000) * HUNDRED / 10
        cost, tax = (got * Decimal("0.08") // 100) * 100, (got * Decimal("0.02") // 100) * 100
        pool = self.pool(
            village, year, f"{year}年集体资产经营收益", self.units(village), self.day(120) if nth < 8 else None,
            cost=(max(cost, HUNDRED), "管护人员补助、维修材料"), tax=(max(tax, HUNDRED), "房产税、城镇土地使用税"),
        )  # fmt: skip
        if nth >= 7:
            return
        plan = self._plan(book, year, got)
        pool["distributions"].append(plan)
        self._decided(nth, book, plan, year)

    def _plan(self, book: Passbook, year: int, got: Decimal) -> Row:
        part = max((got * Decimal("0.05") // 100) * 100, HUNDRED)
        keepers = [name for name, _phone in self.people.keepers[book.village]]
        post = lambda name: {  # noqa: E731
            "use": "upkeep", "basis": "post", "payee": ["person", name], "amount": str(part), "reason": "资产管护公益性岗位"
        }  # fmt: skip
        shares: list[Row] = [post(name) for name in dict.fromkeys(keepers[:3])]
        shares += [
            {"use": "consolidation", "basis": "labour", "payee": ["person", keepers[4]], "amount": str(part),
             "reason": "清沟排涝务工"},
            {"use": "village_welfare", "basis": "works", "payee": None, "amount": str(part * 2), "reason": "村内路灯维修"},
        ]  # fmt: skip
        return {
            "number": f"FP-{self.day(75).year}-{book.village[-3:]}", "title": f"{year}年度收益分配", "level": "village",
            "reserve": str(part * 3), "total": str(sum(Decimal(row["amount"]) for row in shares)), "shares": shares,
        }  # fmt: skip

    def _decided(self, nth: int, book: Passbook, plan: Row, year: int) -> None:
        """The first four were ordered from the bank, the fifth waits for it, the others for their decision."""
        village = book.village
        if nth == 5:
            self.meetings.notice(village, plan, self.day(6), None)
        if nth > 4:
            return
        plan["decision"] = self.meetings.hold(village, f"{year}年度集体收益分配方案议决", self.day(95), (7,))
        plan["approved_on"] = self.day(64 if nth < 4 else 18)
        if nth == 4:
            self.meetings.notice(village, plan, self.day(30), None)
            return
        paid = [row for row in plan["shares"] if row["payee"]]
        plan["payments"] = {"ordered_on": self.day(61), "settled_on": self.day(58), "failed": []}
        total = sum(Decimal(row["amount"]) for row in paid)
        book.add(self.day(58), -total, "", f"代发分配款 {plan['number']}", **{"as": "payment"})
        if nth == 3:
            back = paid[0]
            plan["payments"] |= {"failed": [back["payee"][1]], "failure": "收款账户已销户"}
            name, amount = back["payee"][1], Decimal(back["amount"])
            book.add(self.day(56), amount, name, "退票 收款账户已销户", **{"as": "returned"})

    def _pooled(self) -> None:
        """Solar income that the township distributed to three other villages alike, to the fen."""
        year = self.today.year - 2
        plant = next(d for d in self.deals if d.village.endswith("203") and d.asset.kind.number == "41")
        villages = [self.books[nth].village for nth in (3, 5, 8)]
        pool = self.pool(
            XINHUA, year, f"{year}年光伏收益统筹", [plant.asset.code], dt.date(year, 12, 28), owner=plant.village,
            received=(Decimal("400000.00"), "光伏电费及补贴"), cost=(Decimal("240000.00"), "运行维护、设备更新、贷款本息"),
        )  # fmt: skip
        plan: Row = {
            "number": f"TC-{year}-001", "title": f"{year}年光伏收益统筹分配", "level": "township", "reserve": "0",
            "reserve_waived": "县级统筹收益分配办法第七条（公积公益金由受益村提取）", "total": "160000.00",
            "shares": [
                {"use": "consolidation", "basis": "village", "payee": ["village_collective", self.people.collective(v), v],
                 "amount": None, "reason": "薄弱村扶持"} for v in villages
            ],
            "approved_on": dt.date(year + 1, 3, 12),
            "payments": {"ordered_on": dt.date(year + 1, 3, 20), "settled_on": dt.date(year + 1, 3, 22), "failed": []},
        }  # fmt: skip
        plan["decision"] = self.meetings.office(XINHUA, "光伏收益统筹分配方案", dt.date(year + 1, 3, 5))
        pool["distributions"].append(plan)

    def _shares(self, rng: np.random.Generator) -> None:
        """A village that split its year by the quantified shares of 312 households."""
        year, village = self.today.year - 2, self.books[8].village
        tenths = rng.integers(70, 198, HOUSEHOLDS)
        tenths[np.arange(abs(TENTHS - int(tenths.sum()))) % HOUSEHOLDS] += np.sign(TENTHS - int(tenths.sum()))
        extra = TENTHS - int(tenths.sum())
        tenths[0] += extra
        names = unique_names(rng, HOUSEHOLDS)
        self.members.append({
            "village": village, "group": self.people.collective(village), "on": dt.date(year, 1, 1), "of": TENTHS,
            "members": [[name, int(share)] for name, share in zip(names, tenths, strict=True)],
        })  # fmt: skip
        pool = self.pool(
            village, year, f"{year}年集体经营总收益", [self._equity(village)], dt.date(year, 12, 28),
            received=(Decimal("1285600.00"), "入股分红、资产租赁及对外投资收益"),
        )  # fmt: skip
        plan: Row = {
            "number": f"FP-{year}-{village[-3:]}", "title": f"{year}年度收益按份额分配", "level": "village",
            "reserve": "257120.00", "total": "1028480.00", "by_members": True, "approved_on": dt.date(year + 1, 4, 2),
            "shares": [{"use": "village_welfare", "basis": "works", "payee": None, "amount": "192840.00",
                        "reason": "文化广场及养老互助点"}],
            "decision": self.meetings.hold(village, f"{year}年度收益按份额分配方案", dt.date(year + 1, 3, 15), (7,)),
            "payments": {"ordered_on": dt.date(year + 1, 4, 8), "settled_on": dt.date(year + 1, 4, 10), "failed": []},
        }  # fmt: skip
        pool["distributions"].append(plan)

    def _equity(self, village: str) -> str:
        """What the collective has a share in; where it has none, another of its assets."""
        own = [d for d in self.deals if d.village == village]
        return min(own, key=lambda deal: (deal.mode != "equity", deal.number)).asset.code

    def fault(self, rule: str, nth: int, year: int, amount: str, shares: Iterable[Row], **more: Any) -> Row:
        """A small pool of an earlier year whose distribution breaks a rule."""
        village = self.books[nth].village
        unit = more.pop("unit", None) or self._equity(village)
        place, sums = more.pop("place", village), more.pop("sums", {})
        pool = self.pool(
            place, year, more.pop("name", f"{year}年入股分红"), [unit], dt.date(year + 1, 1, 20), owner=village,
            received=(Decimal(amount), "公司分红"), **sums,
        )  # fmt: skip
        rows = list(shares)
        self.truth.findings.setdefault(rule, []).append(place)
        if not rows:
            return pool
        total = sum((Decimal(row["amount"]) for row in rows), Decimal(0))
        plan = {
            "number": f"FP-{year}-{rule}", "title": more.pop("title", f"{year}年度分红分配"), "level": "village",
            "reserve": str(Decimal(amount) - total), "total": str(total), "shares": rows,
            "approved_on": dt.date(year + 1, 3, 18), **more,
        }  # fmt: skip
        held: Any = self.meetings.office if plan["level"] == "township" else self.meetings.hold
        plan["decision"] = held(place, f"{plan['title']}方案（{rule[-2:]}）", dt.date(year + 1, 3, 6))
        pool["distributions"].append(plan)
        return pool


def unique_names(rng: np.random.Generator, count: int) -> list[str]:
    """Names of households, none twice."""
    names: dict[str, None] = {}
    while len(names) < count:
        names.setdefault(person_name(rng) + "户")
    return list(names)
