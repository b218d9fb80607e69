"""Rows that were not imported, given back as they came with the reasons beside them. 中文：退回清单

The file has the same titles, head and columns, so that it can be corrected and sent again: the two columns of
reasons at the end are known and ignored. Text stays text: a cell that begins with = + - @ never becomes a
formula.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from .heads import OWN_HEADS
from .result import LedgerRow, LedgerTable, SheetTable
from .rows import RowKind

FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")
REASON_WIDTH = 60


def write_rejects(target: Path | str | IO[bytes], table: LedgerTable, bad_rows: Iterable[LedgerRow]) -> int:
    """Write the rows and their reasons as .xlsx; the number of file rows written.

    :param bad_rows: usually ``table.bad``; rows of one file row (split) are written once.
    """
    chosen = list(bad_rows)
    book = Workbook()
    book.remove(book.active)
    written = 0
    for source in table.sheets:
        mine = [row for row in chosen if row.sheet == source.sheet.name]
        if mine:
            written += _write_sheet(book, source, mine)
    if not book.worksheets:
        book.create_sheet(table.sheets[0].sheet.name)
    book.save(target)
    return written


def _write_sheet(book: Workbook, source: SheetTable, bad: list[LedgerRow]) -> int:
    sheet = book.create_sheet(source.sheet.name)
    reasons = _reasons(bad)
    kept = _rows_to_write(source, set(reasons))
    width = source.sheet.width
    places = {row: index + 1 for index, row in enumerate(kept)}
    for row, at in places.items():
        for column, value in enumerate(source.sheet.cells[row - 1]):
            _put(sheet, at, column + 1, _value(source, row - 1, column, value, places))
        if row in reasons:
            _put(sheet, at, width + 1, "\n".join(reasons[row]))
            _put(sheet, at, width + 2, row)
            _mark(sheet, source, at, row, bad)
    for number, head in enumerate(OWN_HEADS):
        cell = sheet.cell(places[source.header.last], width + 1 + number, head)
        cell.font = Font(bold=True)
    _merge_again(sheet, source, places)
    sheet.column_dimensions[get_column_letter(width + 1)].width = REASON_WIDTH
    sheet.freeze_panes = sheet.cell(places[source.header.last] + 1, 1)
    return len(reasons)


def _reasons(bad: list[LedgerRow]) -> dict[int, list[str]]:
    """Reasons by file row; the further rows of a joined record point to the first."""
    reasons: dict[int, list[str]] = {}
    for row in bad:
        for error in row.errors:
            sentence = f"{error.column}：{error.message}" if error.column else error.message
            listed = reasons.setdefault(error.row if error.row in row.rows else row.row, [])
            if sentence not in listed:
                listed.append(sentence)
        for number in row.rows:
            reasons.setdefault(number, [])
    return dict(sorted(reasons.items()))


def _rows_to_write(source: SheetTable, bad: set[int]) -> list[int]:
    """Titles, head, the section rows above a bad row, and the bad rows."""
    kept: list[int] = []
    sections: list[int] = []
    for line in source.lines:
        if line.row <= source.header.last:
            kept.append(line.row)
        elif line.kind is RowKind.SECTION:
            sections.append(line.row)
        elif line.row in bad:
            kept.extend(row for row in sections if row not in kept)
            sections.clear()
            kept.append(line.row)
    return kept


def _value(source: SheetTable, row: int, column: int, value: Any, places: dict[int, int]) -> Any:
    """The cell as it came; the value of a merged range whose first row is not written comes along."""
    if (row, column) in source.sheet.errors:
        return source.sheet.errors[row, column]
    top, left = source.sheet.origin(row, column)
    if value is None and left == column and top != row and top + 1 not in places:
        return source.sheet.filled(row, column)
    if source.lines[row].kind is RowKind.SECTION and not isinstance(value, str):
        return None  # the sums of a section are not those of the rows given back
    return value


def _put(sheet: Worksheet, row: int, column: int, value: Any) -> None:
    if value is None:
        return
    cell = sheet.cell(row, column)
    if not isinstance(value, str):
        cell.value = value
        return
    text = "".join(c if c in "\n\t" or ord(c) >= 32 else " " for c in value)
    cell.value = text
    cell.data_type = "s"
    if text.startswith(FORMULA_MARKS):
        cell.quotePrefix = True
    if "\n" in text:
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def _mark(sheet: Worksheet, source: SheetTable, at: int, row: int, bad: list[LedgerRow]) -> None:
    fill = PatternFill("solid", start_color="FFF2CC")
    for record in bad:
        for error in record.errors:
            column = source.header.column(error.field)
            if column is not None and error.row == row:
                sheet.cell(at, column.index + 1).fill = fill


def _merge_again(sheet: Worksheet, source: SheetTable, places: dict[int, int]) -> None:
    """Merged ranges all of whose rows are written, one under the other."""
    for merge in source.sheet.merges:
        rows = [
            places.get(row + 1) for row in range(merge.top, min(merge.bottom, source.sheet.height - 1) + 1)
        ]
        if not rows or any(row is None for row in rows) or rows != list(range(rows[0], rows[0] + len(rows))):  # type: ignore[operator, arg-type]
            continue
        last = min(merge.right, source.sheet.width - 1) + 1
        if len(rows) > 1 or last > merge.left + 1:
            sheet.merge_cells(
                start_row=rows[0], end_row=rows[-1], start_column=merge.left + 1, end_column=last
            )
