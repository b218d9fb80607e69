"""What passes over the accounts of the village collectives, line by line, with what each is for. 中文：演示银行流水"""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np

from registry.demo.deals import Deal, Owed, later, month_end
from registry.demo.people import People, person_name

CENT = Decimal("0.01")
BUYER, BUREAU, POWER = (
    "屏边县供销农产品有限公司",
    "屏边苗族自治县财政局",
    "云南电网有限责任公司红河屏边供电局",
)
GRACE = 16  # a month that ended so many days ago is closed


@dataclass
class Line:
    """One line; ``truth`` says what it is for, as an officer would say it."""

    day: dt.date
    amount: Decimal
    name: str
    memo: str
    truth: dict[str, Any]
    account: str = ""
    serial: str = ""
    balance: Decimal = Decimal(0)


@dataclass
class Passbook:
    """The account of a village, from the first day of last year to yesterday."""

    village: str
    holder: str
    number: str
    bank: str
    shape: int
    opening: Decimal
    lines: list[Line] = field(default_factory=list)
    closed_until: dt.date | None = None
    left: list[str] = field(default_factory=list)

    def add(self, day: dt.date, amount: str | Decimal, name: str, memo: str, **truth: Any) -> Line:
        line = Line(day, Decimal(amount).quantize(CENT), name, memo, truth)
        self.lines.append(line)
        return line

    def finish(self, first: dt.date, last: dt.date, accounts: dict[str, str]) -> None:
        """In order of days, with serial numbers and balances; nothing lies outside the time."""
        self.lines = sorted((n for n in self.lines if first <= n.day <= last), key=lambda n: n.day)
        balance = self.opening
        for nth, line in enumerate(self.lines, 1):
            balance += line.amount
            line.balance, line.serial = balance, f"{line.day:%Y%m%d}{self.village[-3:]}{nth:05d}"
            if line.name:
                line.account = accounts.setdefault(line.name, f"62308{len(accounts) + 1:014d}")


def last_closed(today: dt.date) -> dt.date:
    """The last day of the last month that an office has closed by now."""
    day = month_end(later(today, -1))
    return day if (today - day).days >= GRACE else month_end(later(today, -2))


BANKS = (
    "中国建设银行屏边支行",
    "云南屏边农村信用合作联社新华信用社",
    "中国农业银行屏边支行",
    "中国邮政储蓄银行新华营业所",
)


def make_passbooks(
    deals: list[Deal], villages: list[str], people: People, today: dt.date, seed: int
) -> list[Passbook]:
    """Accounts with everything that passed over them."""
    rng = np.random.default_rng(seed + 11)
    books = []
    for nth, village in enumerate(villages):
        book = Passbook(
            village=village, holder=people.collective(village), number=f"2453010104{village[-3:]}{nth:06d}",
            bank=BANKS[nth % len(BANKS)], shape=nth % len(BANKS), opening=Decimal(28_000 + 3_150 * nth),
            closed_until=last_closed(today),
        )  # fmt: skip
        own = [deal for deal in deals if deal.village == village]
        for deal in own:
            _payments(book, deal, rng, today)
        _own_operation(book, [d for d in own if d.mode == "own_operation"], today)
        _everyday(book, people, nth, today, rng)
        books.append(book)
    _particular(books, people, today)
    return books


def _payments(book: Passbook, deal: Deal, rng: np.random.Generator, today: dt.date) -> None:
    """What the operator paid for each due, in the ways in which people pay."""
    if deposit := deal.values.get("deposit"):
        day = deal.begins_on + dt.timedelta(days=4)
        book.add(
            day, deposit, deal.operator, f"{deal.number} 押金", **{"as": "deposit", "contract": deal.number}
        )
    for owed in deal.owed():
        if owed.due_on >= today or (deal.pays_until and owed.due_on >= deal.pays_until):
            break
        day = max(owed.due_on + dt.timedelta(days=int(rng.integers(-4, 10))), dt.date(today.year - 1, 1, 2))
        luck = float(rng.uniform())
        _paid(
            book, deal, owed, day, 0.0 if deal.months == 1 else luck
        )  # a standing order says the same each month


def _paid(book: Passbook, deal: Deal, owed: Owed, day: dt.date, luck: float) -> None:
    part = [deal.number, owed.due_on.isoformat(), str(owed.amount)]
    truth = {"as": "due", "parts": [part]}
    name, word = deal.operator, _word(deal)
    if luck < 0.45:
        book.add(day, owed.amount, name, f"{deal.number} {_period(owed, deal)}{word}", **truth)
    elif luck < 0.76:
        book.add(day, owed.amount, name, "网银转账" if luck < 0.6 else word, **truth)
    elif luck < 0.84:
        book.add(day, owed.amount, wide(name), "", **truth)
    elif luck < 0.89:
        book.add(day, owed.amount, slip(name), f"{word}", **truth)
    elif luck < 0.95:
        first = (owed.amount * Decimal("0.6") // 100) * 100
        for ago, amount, said in ((0, first, "部分付款"), (12, owed.amount - first, "余款")):
            piece = {"as": "due", "parts": [[deal.number, part[1], str(amount)]]}
            book.add(day + dt.timedelta(days=ago), amount, name, f"{deal.number} {said}", **piece)
    else:
        book.add(day, owed.amount + 200, name, word, **truth, advance=True)


def _word(deal: Deal) -> str:
    words = {"lease": "租金", "contracting": "承包费", "equity": "保底分红", "entrusted": "托管收益"}
    return words[deal.mode]


def _period(owed: Owed, deal: Deal) -> str:
    """The period as payers write it, where it is plain."""
    if deal.months == 1:
        return f"{owed.begin.year}年{owed.begin.month}月"
    if deal.months == 3 and owed.begin.month % 3 == 1:
        return f"{owed.begin.year}年第{'一二三四'[owed.begin.month // 3]}季度"
    return ""


def wide(name: str) -> str:
    """A name in full width brackets and with another legal form, as some banks print it."""
    return (
        name.replace("有限公司", "有限责任公司")
        .replace("农业", "农 业")
        .replace("专业合作社", "农民专业合作社")
    )


def slip(name: str) -> str:
    """A name with one sign wrong."""
    return name[:4] + ("卓" if name[4] != "卓" else "桌") + name[5:]


def _own_operation(book: Passbook, deals: list[Deal], today: dt.date) -> None:
    """The collective sells what it grew: each sale is a profit that was declared for a half-year."""
    for deal in deals:
        for begin in (
            dt.date(today.year - 1, 1, 1),
            dt.date(today.year - 1, 7, 1),
            dt.date(today.year, 1, 1),
        ):
            end = month_end(later(begin, 5))
            day = end + dt.timedelta(days=9)
            if day < today:
                amount = (deal.asset.value * 60 // 10) * 10
                deal.changes.append({"kind": "profit", "on": end, "begin": begin, "amount": str(amount)})
                parts = [[deal.number, end.isoformat(), str(amount)]]
                book.add(day, amount, BUYER, "货款", **{"as": "due", "parts": parts})


def _everyday(book: Passbook, people: People, nth: int, today: dt.date, rng: np.random.Generator) -> None:
    """Interest, fees, upkeep, power, tax, grants of an office."""
    keepers = people.keepers[book.village]
    for year in (today.year - 1, today.year):
        for month in (3, 6, 9, 12):
            day = dt.date(year, month, 21)
            amount = Decimal(int(rng.integers(900, 4800))) / 100
            book.add(day, amount, "", "结息", **{"as": "interest"})
            keeper = keepers[(nth + month) % len(keepers)][0]
            wage = Decimal(-600 - 100 * (nth % 3))
            book.add(day + dt.timedelta(days=4), wage, keeper, "管护员补助", **{"as": "cost"})
            book.add(day - dt.timedelta(days=9), -Decimal(int(rng.integers(8000, 41000))) / 100, POWER, "电费",
                     **{"as": "cost"})  # fmt: skip
        book.add(dt.date(year, 1, 8), "-60.00", "", "账户管理费", **{"as": "fee"})
        book.add(dt.date(year, 5, 18), -Decimal(int(rng.integers(180, 520))), "国家金库屏边支库", "房产税",
                 **{"as": "tax"})  # fmt: skip
        if nth % 3 == 0:
            book.add(dt.date(year, 4, 26), "12000.00", BUREAU, "村级公益事业建设补助", **{"as": "grant"})


def _particular(books: list[Passbook], people: People, today: dt.date) -> None:
    """What happens once: money booked twice by the bank, somebody who pays for a company, strangers."""
    ago = lambda days: today - dt.timedelta(days=days)  # noqa: E731
    due = next(n for n in books[1].lines if n.truth["as"] == "due" and n.day < ago(120) and n.amount > 0)
    book = books[1]
    book.add(due.day - dt.timedelta(days=2), due.amount, due.name, "网银转账", **{"as": "reversed"})
    book.add(due.day - dt.timedelta(days=1), -due.amount, due.name, "冲正 重复入账", **{"as": "reversed"})
    for payer in (n for n in books[4].lines if n.truth["as"] == "due" and "制衣" in n.name):
        payer.name, payer.memo, payer.truth["remember"] = "陶志强", "代付厂租", True
    slow = books[7]
    slow.closed_until = month_end(later(slow.closed_until or today, -2))
    stranger = slow.add(
        slow.closed_until + dt.timedelta(days=12), "3200.00", "侯光荣", "转账", **{"as": "unknown"}
    )
    slow.left.append(stranger.memo)
    waiting = books[0]
    for nth, (name, amount, memo) in enumerate(_waiting(people, waiting.village)):
        waiting.add(ago(3 + nth % 9), amount, name, memo, **{"as": "unknown"})
    for nth, book in enumerate(books[1:], 1):
        book.add(ago(4), "-36.50", "", "回单箱服务费", **{"as": "unknown"})
        if nth % 2:
            book.add(ago(6), "860.00", person_name(np.random.default_rng(nth)), "摊位费", **{"as": "unknown"})


def _waiting(people: People, village: str) -> list[tuple[str, str, str]]:
    """Lines of these days of which somebody must say what they are."""
    keepers = people.keepers[village]
    return [
        (keepers[0][0], "-700.00", "管护员补助"), (keepers[1][0], "-700.00", "管护员补助"),
        (POWER, "-412.60", "水泵电费"), ("", "-15.00", "跨行手续费"), (BUREAU, "5000.00", "资产管护补助"),
        ("屏边县新华乡水管站", "-238.00", "水费"), ("侯正祥", "1200.00", "租金"), ("", "3.18", "结息"),
        ("屏边兴边建材经营部", "-1860.00", "圈舍维修材料"), ("古玉芬", "600.00", ""),
        ("屏边县新华乡供销社", "2400.00", "猕猴桃货款"), (keepers[2][0], "-300.00", "清沟工钱"),
    ]  # fmt: skip
