"""A ledger of quotas and balances as a file that can be imported again; the empty form of it.

中文：台账导出、导入模板
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import xlsxwriter

from land.ledgers import AREA, DAY, NUMBER, YEAR, Col, Ledger
from land.queries.ledger_rows import Said
from registry.queries.divisions import codes_by_division

LOOKS = {AREA: "#,##0.00", DAY: "yyyy-mm-dd", NUMBER: "0.##", YEAR: "0"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def lines(ledger: Ledger, rows: Iterable[Said]) -> list[list[Any]]:
    """The cells of every row in the order of the columns; codes as words. Two queries."""
    said = list(rows)
    codes = codes_by_division({place.pk for place, _values in said})
    return [
        [codes.get(place.pk, ""), place.name, *(_cell(col, values.get(col.name)) for col in ledger.cols)]
        for place, values in said
    ]


def _cell(col: Col, value: Any) -> Any:
    if value is None or value == "":
        return None
    return col.word(value) if col.words else value


def workbook(ledger: Ledger, rows: Iterable[Said] = ()) -> bytes:
    """The ledger as .xlsx; without rows it is the empty form, with a choice of words under each head."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    head = book.add_format({"bold": True, "border": 1, "text_wrap": True, "bg_color": "#E8EFE9"})
    looks = {kind: book.add_format({"num_format": look}) for kind, look in LOOKS.items()}
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    cells = lines(ledger, rows)
    for number, col in enumerate(ledger.all_cols):
        sheet.set_column(number, number, max(12, 2 * len(col.head) + 2))
        sheet.write_string(0, number, col.head, head)
        if col.words:
            words = [one.split()[0] for _code, one in col.words]
            sheet.data_validation(
                1, number, max(len(cells), 500), number, {"validate": "list", "source": words}
            )
    for row, line in enumerate(cells, start=1):
        for number, (col, value) in enumerate(zip(ledger.all_cols, line, strict=True)):
            _write(sheet, row, number, value, looks.get(col.kind))
    book.close()
    return out.getvalue()


def _write(sheet: Any, row: int, number: int, value: Any, look: Any) -> None:
    if value is None:
        return
    if isinstance(value, Decimal | int):
        sheet.write_number(row, number, value, look)
    elif hasattr(value, "isoformat"):
        sheet.write_datetime(row, number, value, look)
    else:
        sheet.write_string(row, number, str(value))


def text(ledger: Ledger, rows: Iterable[Said] = ()) -> bytes:
    """The ledger as .csv (UTF-8 with its mark, as Excel expects it)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([col.head for col in ledger.all_cols])
    writer.writerows([["" if cell is None else cell for cell in line] for line in lines(ledger, rows)])
    return out.getvalue().encode("utf-8-sig")
