"""A year of income of the demo township: contracts, statements, pools, and what is at fault on purpose. 中文：演示收益

Writes a ledger of contracts, statements of the villages' accounts, and `income.json` with what comes by hand.
"""

import datetime as dt
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from registry.demo.assets import Asset
from registry.demo.banking import Passbook, make_passbooks
from registry.demo.dealing import FLOOR, SUBTENANT, THRESHOLD, Dealing, gone
from registry.demo.deals import Deal
from registry.demo.grounds import make_grounds
from registry.demo.meetings import Meetings
from registry.demo.people import People
from registry.demo.places import WANTANG, XINHUA
from registry.demo.sharing import Sharing
from registry.demo.statements import write_statements

HEADS = ("序号", "合同编号", "合同名称", "资产编码", "经营方式", "甲方", "乙方", "签订日期", "起始日期", "到期日期", "年金额",
         "收款周期", "付款方式", "递增年数", "递增比例", "押金", "平台编号", "备注")  # fmt: skip
MODES = {
    "contracting": "承包",
    "lease": "租赁",
    "equity": "入股",
    "entrusted": "托管",
    "own_operation": "自营",
}
RHYTHMS = {0: "一次性", 1: "按月", 3: "按季", 6: "按半年", 12: "按年"}
LEDGER = ("escalation_years", "escalation_percent", "deposit", "platform_number")


def write_income(folder: Path, assets: list[Asset], people: People, truth, today: dt.date, seed: int) -> None:
    """Everything of the money; what is at fault is noted in `truth`."""
    dealing = Dealing(assets, people, truth, gone(folder), today)
    deals = dealing.make()
    links = dealing.links()
    grounds = make_grounds(dealing, people, truth, today)
    villages = sorted(code for code in people.villages if code.startswith(XINHUA))
    meetings = Meetings(people)
    for village in sorted({deal.village for deal in deals}):
        meetings.hold(village, "集体资产经营方案", dt.date(today.year - 2, 12, 8))
    for deal in (deal for deal in deals if deal.decided_late and deal.signed_on):
        deal.decision = meetings.hold(
            deal.village, f"{deal.asset.name}发包（补议）", deal.signed_on + dt.timedelta(days=41)
        )
    books = make_passbooks(deals, villages, people, today, seed)
    sharing = Sharing(people, deals, books, meetings, truth, today)
    sharing.make(seed)
    plant_distributions(sharing)
    meetings.faults(villages, truth, today)
    cash = _cash(deals, books, today)
    truth.findings.setdefault("INC-02", []).extend([books[7].village, cash[0].pop("place")])
    truth.findings.setdefault("INC-03", []).append(books[5].village)
    accounts: dict[str, str] = {}
    for book in books:
        book.finish(dt.date(today.year - 1, 1, 1), today - dt.timedelta(days=1), accounts)
    write_ledger(
        folder / "contracts_xinhua.xlsx", [d for d in deals if d.village.startswith(XINHUA) and d.ledger]
    )
    write_ledger(
        folder / "contracts_wantang.xlsx", [d for d in deals if d.village.startswith(WANTANG) and d.ledger]
    )
    facts = {
        "today": today,
        "parameters": {"rent_floor_ratio": str(FLOOR), "platform_threshold": str(THRESHOLD)},
        "decisions": meetings.decisions, "notices": meetings.notices,
        "subtenant": SUBTENANT, "deals": [_deal(deal, people, today) for deal in deals],
        "drafts": [_draft(deals, truth, today)], "lent": [_lent(deals, people, today)], "links": links,
        "grounds": grounds,
        "accounts": [_account(book, write_statements(folder, book, today, nth == 1)) for nth, book in enumerate(books)],
        "private": {"village": books[5].village, "holder": people.keepers[books[5].village][0][0],
                    "number": "6230810000000020521", "bank": "中国邮政储蓄银行新华营业所", "opened_on": "2021-03-01"},
        "cash": cash, "members": sharing.members, "pools": sharing.pools,
    }  # fmt: skip
    text = json.dumps(facts, ensure_ascii=False, indent=1, default=str)
    (folder / "income.json").write_text(text + "\n", encoding="utf-8")


def write_ledger(path: Path, deals: list[Deal]) -> None:
    """A ledger of contracts as an office keeps it."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("合同台账")
    sheet.append(["经营性资产合同台账（单位：元）"])
    sheet.append(list(HEADS))
    for nth, deal in enumerate(deals, 1):
        years, percent, deposit, platform = (deal.values.get(name) for name in LEDGER)
        sheet.append([
            nth, deal.number, deal.title, deal.asset.code, MODES[deal.mode], deal.owner, deal.operator, deal.signed_on,
            deal.begins_on, deal.ends_on, float(deal.amount) if deal.amount is not None else None,
            RHYTHMS[deal.months], "先付" if deal.advance else "后付", years, float(percent) if percent else None,
            float(deposit) if deposit else None, platform, None,
        ])  # fmt: skip
    book.save(path)


def _deal(deal: Deal, people: People, today: dt.date) -> dict[str, Any]:
    """A contract: what its ledger does not hold, and for those without a ledger everything."""
    short = people.villages[deal.village].short
    return {
        "number": deal.number, "village": deal.village, "unit": deal.asset.code, "title": deal.title, "mode": deal.mode,
        "owner": deal.owner, "operator": deal.operator, "signed_on": deal.signed_on, "begins_on": deal.begins_on,
        "ends_on": deal.ends_on, "amount": deal.amount, "rhythm": deal.months,
        "timing": "advance" if deal.advance else "arrears", "values": deal.values, "free": deal.free,
        "changes": deal.changes, "ledger": deal.ledger, "decision": deal.decision or (f"{short}集体资产经营方案" if deal.decided else ""),
    }  # fmt: skip


def _draft(deals: list[Deal], truth, today: dt.date) -> dict[str, Any]:
    """Traded on the platform, and not signed yet: the next contract of one that ends soon."""
    old = min(
        (d for d in deals if d.ends_on and d.ends_on > today and d.mode == "contracting"),
        key=lambda d: d.ends_on or today,
    )
    truth.note("OPR-11", old.asset)
    return {"of": old.number, "number": f"{old.number}-X", "platform_number": f"NQJY{today.year}-X-001"}


def _lent(deals: list[Deal], people: People, today: dt.date) -> dict[str, Any]:
    """Money that a collective lent to its cooperative, with interest every half-year from this year on."""
    deal = next(d for d in deals if d.village.endswith("206") and d.mode == "equity")
    return {
        "of": deal.number, "number": f"XH{today.year}-206JK", "principal": "60000.00", "annual_rate": "4",
        "operator": people.cooperative(deal.village), "begins_on": deal_month(today, -4),
    }  # fmt: skip


def deal_month(today: dt.date, months: int) -> dt.date:
    number = today.year * 12 + today.month - 1 + months
    return dt.date(number // 12, number % 12 + 1, 1)


def _account(book: Passbook, files: list[str]) -> dict[str, Any]:
    return {
        "village": book.village, "holder": book.holder, "number": book.number, "bank": book.bank, "files": files,
        "closed_until": book.closed_until, "left": book.left,
        "lines": [asdict(n) | {"account": ""} for n in book.lines if n.truth["as"] != "unknown"],
    }  # fmt: skip


def _cash(deals: list[Deal], books: list[Passbook], today: dt.date) -> list[dict[str, Any]]:
    """Rent taken in cash that never reached the account."""
    deal = next(d for d in deals if d.village == books[8].village and d.mode == "lease")
    return [{"contract": deal.number, "on": today - dt.timedelta(days=24), "amount": "800.00",
             "place": deal.asset.hamlet.code, "payer": deal.operator, "receipt": f"SJ{today.year}0081"}]  # fmt: skip


def plant_distributions(sharing: Sharing) -> None:
    """Distributions that were wrong, each in a village of its own."""
    year = sharing.today.year - 2
    keeper = lambda nth, n=0: ["person", sharing.people.keepers[sharing.books[nth].village][n][0]]  # noqa: E731

    def row(use: str, basis: str, payee: list[str] | None, amount: str, reason: str = "") -> dict[str, Any]:
        return {"use": use, "basis": basis, "payee": payee, "amount": amount, "reason": reason}

    works = row("village_welfare", "works", None, "9000.00", "饮水管道维修")
    sharing.fault("INC-05", 1, year, "9000.00", [works])
    sharing.fault("INC-06", 2, year - 1, "7600.00", [])
    sharing.fault("INC-07", 3, year, "8000.00", [row("other", "works", None, "5000.00", "接待费用")])
    sharing.fault("INC-08", 4, year, "9000.00", [row("members", "share", keeper(4), "6000.00")])
    equal = [row("members", "equal", keeper(5, n), "1500.00") for n in range(3)]
    sharing.fault("INC-09", 5, year, "6000.00", equal)
    solar = next(d for d in sharing.deals if d.village.endswith("204") and d.asset.kind.number == "41")
    sharing.fault("INC-10", 3, year, "30000.00", [row("village_welfare", "works", None, "24000.00", "集镇亮化")],
                  unit=solar.asset.code, place=XINHUA, level="township", name=f"{year}年光伏收益")  # fmt: skip
    shares = [
        row("upkeep", "post", keeper(3), "8000.00", "光伏管护岗位"),
        row("village_welfare", "works", None, "12000.00", "道路养护"),
    ]
    sharing.fault("INC-11", 3, 2020, "24000.00", shares, unit=solar.asset.code, name="2020年光伏收益")
