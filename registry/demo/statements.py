"""Statements of the demo's accounts as four banks write them. 中文：演示对账单文件

Two columns of amounts under title rows in GBK; a workbook with the newest line first; one signed column; one
column of amounts with the word of its direction beside it.
"""

import csv
import datetime as dt
import io
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from registry.demo.banking import Line, Passbook

Rows = list[list[Any]]
OVERLAP = 20  # days that one account's last statement says again


def write_statements(folder: Path, book: Passbook, today: dt.date, again: bool) -> list[str]:
    """Statements of last year, of this year's closed months and of the open days; gives their names."""
    closed = book.closed_until or today
    ends = [dt.date(today.year - 1, 12, 31), closed, today - dt.timedelta(days=1)]
    first, names = dt.date(today.year - 1, 1, 1), []
    for nth, last in enumerate(sorted({min(end, ends[1]) for end in ends[:2]} | {ends[2]}), 1):
        begin = first - dt.timedelta(days=OVERLAP) if again and last == ends[2] else first
        names.append(_write(folder, book, begin, last, nth))
        first = last + dt.timedelta(days=1)
    return names


def _write(folder: Path, book: Passbook, first: dt.date, last: dt.date, nth: int) -> str:
    lines = [line for line in book.lines if first <= line.day <= last]
    before = [line for line in book.lines if line.day < first]
    opening = before[-1].balance if before else book.opening
    rows = SHAPES[book.shape](book, lines, opening, first, last)
    name = f"statement_{book.village[-3:]}_{nth}{'.xlsx' if book.shape % 2 else '.csv'}"
    (_workbook if book.shape % 2 else _gbk)(folder / name, rows)
    return name


def _two_columns(
    book: Passbook, lines: Sequence[Line], opening: Decimal, first: dt.date, last: dt.date
) -> Rows:
    """As the construction bank: debit and credit, totals below."""
    rows: Rows = [
        ["中国建设银行账户明细信息"], ["账　　号", book.number, "账户名称", book.holder],
        [f"起止日期：{first:%Y%m%d}至{last:%Y%m%d}", "", "期初余额", shown(opening)],
        ["记账日期", "交易时间", "借方发生额/元(支取)", "贷方发生额/元(收入)", "余额", "币种", "对方户名", "对方账号",
         "对方开户机构", "摘要", "备注", "账户明细编号-交易流水号"],
    ]  # fmt: skip
    for n in lines:
        out, into = (shown(-n.amount), "0.00") if n.amount < 0 else ("0.00", shown(n.amount))
        rows.append([f"{n.day:%Y%m%d}", f"{n.day:%Y%m%d} 10:21:07", out, into, shown(n.balance), "人民币元",
                     n.name, n.account, "", "电子转账" if n.name else "批量业务", n.memo, n.serial])  # fmt: skip
    debit, credit = totals(lines)
    rows += [["合计", "", shown(debit), shown(credit)], [f"打印时间：{last + dt.timedelta(days=1)}"]]
    return rows


def _newest_first(
    book: Passbook, lines: Sequence[Line], opening: Decimal, first: dt.date, last: dt.date
) -> Rows:
    """As the credit cooperative: a workbook, the newest line first, income before expense."""
    rows: Rows = [
        ["云南农村信用社对公活期账户明细"], [f"账号：{book.number}", "", f"户名：{book.holder}"],
        [f"查询期间：{first.isoformat()}至{last.isoformat()}", "", "期初余额", float(opening)],
        ["序号", "交易日期", "收入金额", "支出金额", "账户余额", "对方户名", "对方账号", "摘要", "附言", "流水号"],
    ]  # fmt: skip
    for nth, n in enumerate(reversed(lines), 1):
        into, out = (float(n.amount), None) if n.amount > 0 else (None, float(-n.amount))
        rows.append([nth, n.day, into, out, float(n.balance), n.name, n.account, "转账", n.memo, n.serial])
    debit, credit = totals(lines)
    rows.append(["合计", None, float(credit), float(debit)])
    return rows


def _one_column(
    book: Passbook, lines: Sequence[Line], opening: Decimal, first: dt.date, last: dt.date
) -> Rows:
    """As the agricultural bank: one column with a sign."""
    rows: Rows = [
        ["账户明细查询"], [f"账号：{book.number} 户名：{book.holder}"],
        [f"查询日期：{first:%Y-%m-%d}至{last:%Y-%m-%d}", f"期初余额：{shown(opening)}"],
        ["交易时间", "交易金额", "本次余额", "对方户名", "对方账号", "交易行", "交易渠道", "交易类型", "交易用途", "日志号"],
    ]  # fmt: skip
    for n in lines:
        rows.append([f"{n.day:%Y-%m-%d} 14:05:33", f"{n.amount:+,.2f}", shown(n.balance), n.name, n.account, "屏边支行",
                     "网上银行", "转账", n.memo, n.serial])  # fmt: skip
    return rows


def _direction(
    book: Passbook, lines: Sequence[Line], opening: Decimal, first: dt.date, last: dt.date
) -> Rows:
    """As the post bank: the amount, and beside it whether it came or went."""
    rows: Rows = [
        ["中国邮政储蓄银行单位账户交易明细"], ["账号", book.number, "户名", book.holder],
        ["起止日期", f"{first.isoformat()}至{last.isoformat()}", "期初余额", shown(opening)],
        ["交易日期", "借贷标志", "交易金额", "账户余额", "对方名称", "对方账号", "摘要", "客户摘要", "主机交易流水号"],
    ]  # fmt: skip
    for n in lines:
        word = "贷" if n.amount > 0 else "借"
        rows.append([n.day.isoformat(), word, shown(abs(n.amount)), shown(n.balance), n.name, n.account, "转账",
                     n.memo, n.serial])  # fmt: skip
    return rows


SHAPES: tuple[Callable[..., Rows], ...] = (_two_columns, _newest_first, _one_column, _direction)


def shown(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def totals(lines: Sequence[Line]) -> tuple[Decimal, Decimal]:
    """What went out and what came in."""
    return (
        -sum((n.amount for n in lines if n.amount < 0), Decimal(0)),
        sum((n.amount for n in lines if n.amount > 0), Decimal(0)),
    )


def _gbk(path: Path, rows: Rows) -> None:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    path.write_bytes(out.getvalue().encode("gbk"))


def _workbook(path: Path, rows: Rows) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("交易明细")
    for row in rows:
        sheet.append(row)
    book.save(path)
