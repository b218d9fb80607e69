"""The ageing of arrears as a workbook. 中文：账龄分析导出"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import BinaryIO

import xlsxwriter
from django.utils.translation import gettext as _

from assets.income.bank_codes import PRIVATE_HOLDERS
from assets.income.queries.reports import Arrear, by_age
from registry import display


def write_arrears(
    out: BinaryIO, found: Sequence[Arrear], day: dt.date, ages: Sequence[str], *, names: bool
) -> None:
    """A sheet of debtors by age and one of every due; names of persons only where they may be seen."""
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        head = book.add_format({"bold": True, "border": 1, "text_wrap": True})
        money = book.add_format({"num_format": "#,##0.00"})

        def sheet(name: str, heads: Sequence[str], rows: Sequence[Sequence[str | int | Decimal]]) -> None:
            made = book.add_worksheet(name[:31])
            made.write_string(0, 0, day.isoformat())
            for column, title in enumerate(heads):
                made.write_string(1, column, title, head)
                made.set_column(column, column, 28 if column == 0 else 16)
            for number, row in enumerate(rows, start=2):
                for column, cell in enumerate(row):
                    if isinstance(cell, str):
                        made.write_string(number, column, cell)
                    else:
                        made.write_number(number, column, cell, money if isinstance(cell, Decimal) else None)
            made.freeze_panes(2, 1)

        sheet(_("arrears by age"), [_("debtor"), *ages, _("total")], _by_debtor(found, names))
        heads = [_("debtor"), _("contract"), _("due on"), _("days"), _("still owed (yuan)")]
        rows = [[_shown(one, names), one.number, one.due_on.isoformat(), one.days, one.open] for one in found]
        sheet(_("open receivables"), heads, rows)


def _by_debtor(found: Sequence[Arrear], names: bool) -> list[list[str | int | Decimal]]:
    debtors: dict[int, list[Arrear]] = {}
    for one in found:
        debtors.setdefault(one.party, []).append(one)
    rows: list[list[str | int | Decimal]] = []
    for mine in debtors.values():
        sums = by_age(mine)
        rows.append([_shown(mine[0], names), *sums, sum(sums, Decimal(0))])
    rows.sort(key=lambda row: -Decimal(row[-1]))
    sums = by_age(found)
    return [*rows, [_("total"), *sums, sum(sums, Decimal(0))]]


def _shown(one: Arrear, names: bool) -> str:
    return one.debtor if names or one.party_kind not in PRIVATE_HOLDERS else display.masked(one.debtor)
