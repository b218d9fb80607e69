"""Vouchers of a month as the bookkeeping of rural collectives takes them in. 中文：记账凭证导出

One row a side: date, voucher word and number, summary, subject, debit, credit, what it rests on.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import IO

import xlsxwriter

from assets.income.models.bank import BankAccount
from assets.income.models.voucher import VoucherEntry

HEADS = (
    "日期",
    "凭证字",
    "凭证号",
    "摘要",
    "科目编码",
    "科目名称",
    "借方金额",
    "贷方金额",
    "附单据",
    "流水号",
    "银行流水编号",
)
WIDTHS = (12, 8, 8, 40, 10, 20, 14, 14, 8, 24, 14)


def write_vouchers(target: IO[bytes], account: BankAccount, month: dt.date) -> int:
    """Write the entries of a month, both sides each; the number of rows."""
    book = xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(f"{month:%Y-%m}")
    head, day = book.add_format({"bold": True, "border": 1}), book.add_format({"num_format": "yyyy-mm-dd"})
    money = book.add_format({"num_format": "#,##0.00"})
    for number, (title, width) in enumerate(zip(HEADS, WIDTHS, strict=True)):
        sheet.write_string(0, number, title, head)
        sheet.set_column(number, number, width)
    rows = VoucherEntry.objects.filter(voucher__account=account, voucher__month=month)
    row, totals = 0, [Decimal(0), Decimal(0)]
    for entry in rows.select_related("voucher", "match__line").order_by("voucher__number", "id"):
        for side, subject in enumerate((entry.debit, entry.credit)):
            row += 1
            code, _blank, name = subject.partition(" ")
            sheet.write_datetime(row, 0, dt.datetime.combine(entry.voucher.day, dt.time()), day)
            for column, text in (
                (1, "记"),
                (3, entry.summary),
                (4, code),
                (5, name),
                (9, entry.match.line.serial),
            ):
                sheet.write_string(row, column, text)
            sheet.write_number(row, 2, entry.voucher.number)
            sheet.write_number(row, 6 + side, entry.amount, money)
            sheet.write_number(row, 8, 1)
            sheet.write_number(row, 10, entry.match.line_id)
            totals[side] += entry.amount
    sheet.write_string(row + 1, 3, "合计", head)
    for side, total in enumerate(totals):
        sheet.write_number(row + 1, 6 + side, total, money)
    sheet.freeze_panes(1, 0)
    book.close()
    return row
