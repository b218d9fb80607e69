"""A list as a workbook: typed cells, a head that stays, and a sheet that says what it is. 中文：XLSX 导出

Rows go to the disk one by one (``constant_memory``). Text is written as text, so that nothing in a cell is
ever taken for a formula, and a code of twelve or eighteen digits never for a number.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from registry.errors import BadInput
from registry.exports import Export

MAX_TEXT = 32_767  # characters in a cell
MAX_ROWS = 1_048_576  # rows of a sheet
FORMATS: dict[str, dict[str, Any]] = {
    "money": {"num_format": "#,##0.00"},
    "area": {"num_format": "#,##0.00"},
    "number": {"num_format": "#,##0.###"},
    "count": {"num_format": "#,##0"},
    "date": {"num_format": "yyyy-mm-dd"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm"},
    "code": {"num_format": "@"},
    "share": {"num_format": "@"},
}
HEAD = {
    "bold": True,
    "border": 1,
    "text_wrap": True,
    "valign": "vcenter",
    "align": "center",
    "bg_color": "#E8EFE9",
}
ABOUT = "说明"


def write_xlsx(export: Export, path: Path) -> int:
    """Write the workbook; the number of rows. Raises ``BadInput`` for more rows than a sheet has."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(path, options)
    try:
        rows = _table(export, book)
        _about(export, book, rows)
    finally:
        book.close()
    return rows


def _table(export: Export, book: Any) -> int:
    sheet = book.add_worksheet(sheet_name(export.title))
    looks = {kind: book.add_format(look) for kind, look in FORMATS.items()}
    for number, column in enumerate(export.columns):
        sheet.set_column(number, number, min(column.span, 60), looks.get(column.kind))
    top = _heads(export, book, sheet)
    sheet.freeze_panes(top + 1, 0)
    row = top
    for line in export.lines():
        row += 1
        if row >= MAX_ROWS:
            raise BadInput(
                _("A sheet holds %(limit)d rows. Narrow the filter, or take it away as CSV.")
                % {"limit": MAX_ROWS - top - 1},
                "too_many_rows",
            )
        for number, value in enumerate(line):
            if value is not None:
                _write(sheet, row, number, value, looks.get(export.columns[number].kind))
    sheet.autofilter(top, 0, max(row, top + 1), len(export.columns) - 1)
    return row - top


def _heads(export: Export, book: Any, sheet: Any) -> int:
    """The heading over all columns where the list has one, then the titles; the row of the titles."""
    top, last = 0, len(export.columns) - 1
    if export.heading:
        look = book.add_format({"bold": True, "font_size": 14, "align": "center", "valign": "vcenter"})
        sheet.set_row(0, 26)
        sheet.merge_range(0, 0, 0, last, "", look)
        sheet.write_string(0, 0, export.heading, look)
        top = 1
    sheet.set_row(top, 30)
    head = book.add_format(HEAD)
    for number, column in enumerate(export.columns):
        sheet.write_string(top, number, str(column.title), head)
    sheet.repeat_rows(top)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    return top


def _write(sheet: Any, row: int, column: int, value: Any, look: Any) -> None:
    if isinstance(value, (Decimal, int)):
        sheet.write_number(row, column, value, look)
    elif isinstance(value, (dt.datetime, dt.date)):
        if value.year < 1900:  # spreadsheets begin there
            sheet.write_string(row, column, value.isoformat())
        else:
            sheet.write_datetime(row, column, value, look)
    else:
        text = value if len(value) <= MAX_TEXT else value[: MAX_TEXT - 1] + "…"
        sheet.write_string(row, column, text, look)


def _about(export: Export, book: Any, rows: int) -> None:
    """The sheet that says which list this is, how filtered, of what day and by whom."""
    sheet = book.add_worksheet(ABOUT if sheet_name(export.title) != ABOUT else f"{ABOUT}2")
    sheet.set_column(0, 0, 18, book.add_format({"bold": True}))
    sheet.set_column(1, 1, 70, book.add_format({"text_wrap": True}))
    for number, (label, words) in enumerate([*export.about, (_("number of rows"), str(rows))]):
        sheet.write_string(number, 0, str(label))
        sheet.write_string(number, 1, str(words))


def sheet_name(title: str) -> str:
    """A title as a sheet may be called: 31 characters, none of []:*?/\\."""
    clean = "".join(" " if sign in "[]:*?/\\" else sign for sign in title).strip(" '")
    return clean[:31] or "1"
