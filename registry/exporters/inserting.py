"""Insert rows into a sheet as a spreadsheet does: what stands below moves with everything that refers to it.

openpyxl moves the cells alone; merged cells, heights, formulas of all sheets, names, print areas, validations
and conditional formats are moved here. A range that ends on the last row before the gap grows over it, so
that a total still sums every row.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from typing import Any

from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.formula import Tokenizer
from openpyxl.worksheet.cell_range import MultiCellRange

REFERENCE = re.compile(r"(?<![A-Za-z0-9_.])(\$?[A-Z]{1,3})(\$?)(\d{1,7})(?![A-Za-z0-9_(])")
ROWS_ONLY = re.compile(r"^(\$?)(\d{1,7}):(\$?)(\d{1,7})$")


@dataclass(frozen=True)
class Gap:
    """``count`` rows that come before row ``at``; the block of rows that grows begins at ``first``."""

    at: int
    count: int
    first: int

    def begin(self, row: int) -> int:
        return row + self.count if row >= self.at else row

    def end(self, row: int, begin: int) -> int:
        """The last row of a range: it grows where it ends on the last row of the block."""
        grows = row >= self.at or (row == self.at - 1 and begin <= self.first)
        return row + self.count if grows else row

    def area(self, text: str) -> str:
        """A reference without its sheet, moved: H5, $H$5, H5:H9, 5:9."""
        if rows := ROWS_ONLY.match(text):
            begin, end = int(rows[2]), int(rows[4])
            return f"{rows[1]}{self.begin(begin)}:{rows[3]}{self.end(end, begin)}"
        found = list(REFERENCE.finditer(text))
        if len(found) == 2 and ":" in text:
            begin, end = int(found[0][3]), int(found[1][3])
            first, last = found
            return f"{first[1]}{first[2]}{self.begin(begin)}:{last[1]}{last[2]}{self.end(end, begin)}"
        return REFERENCE.sub(lambda one: f"{one[1]}{one[2]}{self.begin(int(one[3]))}", text)

    def reference(self, text: str, sheet: str, own: str) -> str:
        """A reference in a formula of the sheet ``own``, moved where it means ``sheet``."""
        prefix, mark, area = text.rpartition("!")
        means = prefix.strip("'").replace("''", "'") if mark else own
        return prefix + mark + self.area(area) if means == sheet else text

    def formula(self, text: str, sheet: str, own: str) -> str:
        parts = Tokenizer(text)
        for token in parts.items:
            if token.type == "OPERAND" and token.subtype == "RANGE":
                token.value = self.reference(token.value, sheet, own)
        return parts.render()


def insert_rows(sheet: Any, gap: Gap) -> None:
    """Make room before row ``gap.at`` and move everything that stands or points below."""
    heights = {row: copy.copy(size) for row, size in sheet.row_dimensions.items() if row >= gap.at}
    sheet.insert_rows(gap.at, gap.count)
    for row in heights:
        del sheet.row_dimensions[row]
    for row, size in heights.items():
        size.index = row + gap.count
        sheet.row_dimensions[row + gap.count] = size
    _merges(sheet, gap)
    _formulas(sheet, gap)
    _names(sheet, gap)
    _formats(sheet, gap)


def _merges(sheet: Any, gap: Gap) -> None:
    for merged in list(sheet.merged_cells.ranges):
        if merged.min_row >= gap.at:
            sheet.merged_cells.ranges.remove(merged)
            merged.shift(row_shift=gap.count)
            sheet.merged_cells.ranges.add(merged)
        elif merged.max_row >= gap.at:
            merged.expand(down=gap.count)


def _formulas(sheet: Any, gap: Gap) -> None:
    for other in sheet.parent.worksheets:
        for cells in other.iter_rows():
            for cell in cells:
                if cell.data_type == "f" and isinstance(cell.value, str):
                    cell.value = gap.formula(cell.value, sheet.title, other.title)


def _names(sheet: Any, gap: Gap) -> None:
    for holder in [sheet.parent.defined_names, *(other.defined_names for other in sheet.parent.worksheets)]:
        for name in holder.values():
            if name.attr_text and name.type == "RANGE":
                name.attr_text = gap.formula(f"={name.attr_text}", sheet.title, "")[1:]
    if sheet.print_area:
        areas = sheet.print_area if isinstance(sheet.print_area, list) else sheet.print_area.split(",")
        sheet.print_area = [gap.area(area.rpartition("!")[2]) for area in areas]
    if sheet.auto_filter.ref:
        sheet.auto_filter.ref = gap.area(sheet.auto_filter.ref)


def _formats(sheet: Any, gap: Gap) -> None:
    moved = ConditionalFormattingList()
    for group in sheet.conditional_formatting:
        for rule in group.rules:
            moved.add(_moved(group.sqref, gap), rule)
    sheet.conditional_formatting = moved
    for validation in sheet.data_validations.dataValidation:
        validation.sqref = MultiCellRange(_moved(validation.sqref, gap))


def _moved(ranges: Any, gap: Gap) -> str:
    return " ".join(gap.area(part.coord) for part in ranges.ranges)
