"""Made accounts, statements and lines for the tests of income."""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
from decimal import Decimal
from pathlib import Path
from typing import Any

from assets.income.models.bank import BankAccount, BankLine, Statement
from registry.models import Division
from tests import factories as make

_numbers = itertools.count(1)
JANUARY = dt.date(2026, 1, 1)


def account(of: Division | None = None, **fields: Any) -> BankAccount:
    """An account of a village's collective."""
    place = of or make.village()
    values = {
        "holder": fields.pop("holder", None) or make.party("新华村股份经济合作社", of=place),
        "number": f"24530101040{next(_numbers):06d}",
        "bank": "云南农信新华支行",
        "kind": "basic",
        "opened_on": dt.date(2020, 1, 1),
    } | fields
    return BankAccount.objects.create(division=place, **values)


def statement(
    of: BankAccount, amounts: list[str], *, opening: str = "1000.00", month: dt.date = JANUARY
) -> Statement:
    """A statement of a month with lines of these amounts, one a day."""
    cents = [Decimal(amount) for amount in amounts]
    credits = sum((c for c in cents if c > 0), Decimal(0))
    debits = -sum((c for c in cents if c < 0), Decimal(0))
    last = (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    row = Statement.objects.create(
        account=of, starts_on=month, ends_on=last, opening=Decimal(opening), credits=credits, debits=debits,
        closing=Decimal(opening) + credits - debits,
    )  # fmt: skip
    for nth, amount in enumerate(cents):
        line(row, amount, on=month + dt.timedelta(days=nth))
    return row


def line(of: Statement, amount: Decimal | str, *, on: dt.date, **fields: Any) -> BankLine:
    values = {"row": 1, "fingerprint": f"{next(_numbers):064d}"} | fields
    return BankLine.objects.create(
        account=of.account, statement=of, amount=Decimal(amount), booked_on=on, **values
    )


def written(path: Path, rows: list[list[str]], encoding: str = "gbk") -> Path:
    """A CSV as a bank exports it."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


CCB = ["记账日期", "交易时间", "借方发生额/元(支取)", "贷方发生额/元(收入)", "余额", "对方户名",
    "对方账号", "摘要",
       "备注", "账户明细编号-交易流水号"]  # fmt: skip


def ccb(path: Path, number: str, lines: list[list[str]], **more: Any) -> Path:
    """A statement of the construction bank: title rows, two columns of amounts, totals at the bottom."""
    rows = [["中国建设银行账户明细"], ["账　　号", number, "账户名称", "新华村股份经济合作社"], CCB, *lines]
    return written(path, [*rows, ["合计", "", "0.00", "99,999.99"], ["打印时间：2026-02-01"]], **more)


def contract(of: Division, number: str = "HT2026-001", *, payer: Any = None, amounts: tuple[str,
    ...] = ("1000.00", "1000.00"),
             first: dt.date = JANUARY, **fields: Any) -> Any:  # fmt: skip
    """A signed contract with a due a month of these amounts, written without any service.

    ``thirds``: with three assets of a third each.
    """
    thirds = fields.pop("thirds", False)
    from assets.income.models.contract import Contract, ContractUnit
    from assets.income.models.due import Due

    operator = payer or make.party("云南草果农业科技有限公司", "company", of=of)
    row = Contract.objects.create(
        division=of, number=number, title="加工厂租赁", mode="lease", operator=operator,
        owner=fields.pop("owner", None) or make.party("新华村股份经济合作社", of=of),
        amount=Decimal("12000.00"),
        term=make.period(first, first.replace(year=first.year + 1)), rhythm=1, **fields,
    )  # fmt: skip
    if thirds:
        for _nth in range(3):  # thirds cannot be split to the fen without a rule
            ContractUnit.objects.create(contract=row, unit=make.asset(of=of).unit, weight_num=1, weight_den=3)
    month = first
    for nth, amount in enumerate(amounts, start=1):
        later = (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
        Due.objects.create(
            contract=row, number=nth, kind="rent", period=make.period(month, later), due_on=month,
            amount=Decimal(amount),
            payer=operator,
        )  # fmt: skip
        month = later
    Contract.objects.filter(pk=row.pk).update(signed_on=first)
    row.refresh_from_db()
    return row


def closed(of: BankAccount, **figures: Any) -> Any:
    """January 2026 of an account, closed without lines."""
    from assets.income.models.closing import MonthClose
    from registry import clock

    values = {name: Decimal(0) for name in ("opening", "credits", "debits", "closing", "received")} | figures
    return MonthClose.objects.create(account=of, month=JANUARY, lines=0, closed_at=clock.now(), **values)
