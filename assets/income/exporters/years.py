"""Workbooks with the years as columns: collectives, yields of assets. 中文：分年度表格导出"""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

import xlsxwriter
from django.utils.translation import gettext as _

from assets.income.codes import IncomeSource
from assets.income.queries.collectives import Standing, by_source
from assets.income.queries.yields import Yield


class _Sheet:
    """A sheet that is written row by row, money and ratios in their formats."""

    def __init__(self, book: xlsxwriter.Workbook, name: str, heads: Sequence[object]) -> None:
        self.sheet = book.add_worksheet(name[:31])
        self.money = book.add_format({"num_format": "#,##0.00"})
        self.ratio = book.add_format({"num_format": "0.00%"})
        head = book.add_format({"bold": True, "border": 1, "text_wrap": True})
        for column, title in enumerate(heads):
            self.sheet.write_string(0, column, str(title), head)
            self.sheet.set_column(column, column, 26 if column == 0 else 16)
        self.sheet.freeze_panes(1, 1)
        self.row = 0

    def write(self, cells: Sequence[object], *, ratios: bool = False) -> None:
        self.row += 1
        for column, cell in enumerate(cells):
            if cell is None or cell == "":
                continue
            if isinstance(cell, str):
                self.sheet.write_string(self.row, column, cell)
            else:
                self.sheet.write_number(self.row, column, cell, self.ratio if ratios else self.money)


def _book(out: BinaryIO) -> xlsxwriter.Workbook:
    return xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )


def write_collectives(out: BinaryIO, found: Sequence[Standing], years: Sequence[int]) -> None:
    """A sheet of income against targets, and one of the sources."""
    with _book(out) as book:
        heads: list[object] = [_("collective"), _("division")]
        for year in years:
            heads += [_("%(year)d operating income") % {"year": year}, _("%(year)d target") % {"year": year}]
        sheet = _Sheet(book, _("income and targets"), [*heads, _("weak village")])
        for one in found:
            place = one.party.division.name if one.party.division else ""
            cells: list[object] = [one.party.name, place]
            for year in one.years:
                cells += [year.operating, year.target]
            sheet.write([*cells, _("yes") if one.weak else ""])
        sources = _Sheet(book, _("by source"), [_("collective"), _("source of income"), *years])
        for one in found:
            for kind, amounts in by_source(one):
                sources.write([one.party.name, str(IncomeSource(kind).label), *amounts])


def write_yields(out: BinaryIO, found: Sequence[Yield], years: Sequence[int]) -> None:
    """A sheet of income and one of its part of the original value."""
    with _book(out) as book:
        heads = [_("asset"), _("code"), _("original value (yuan)"), *years]
        income = _Sheet(book, _("income"), heads)
        ratios = _Sheet(book, _("part of the original value"), [_("asset"), _("code"), *years])
        for one in found:
            unit = one.asset.unit
            income.write([unit.name, unit.code, one.value, *(year.income for year in one.years)])
            ratios.write([unit.name, unit.code, *(year.ratio for year in one.years)], ratios=True)
