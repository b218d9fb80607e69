"""Blank forms of higher offices: what their heads mean, and the form with the rows in it. 中文：上级报表填报

The form stays as it came: layout, merged cells, styles, print settings, formulas and the totals below. Rows
that it lacks are inserted with the looks of its first data row.
"""

from __future__ import annotations

import copy
import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, MergedCell
from openpyxl.formula.translate import Translator
from openpyxl.utils import column_index_from_string, get_column_letter

from registry.errors import BadInput
from registry.exports import Column, Export
from registry.readers.table import Sheet
from registry.readers.table.heads import normalise

from .inserting import Gap, insert_rows

SEARCHED = 40  # rows in which a head is looked for
MOST_ROWS = 20_000
NUMBERING = re.compile(r"^[(（]?(\d{1,2}|[甲乙丙丁戊己庚辛壬癸])[)）]?$")
TOTAL = re.compile(r"^(合\s*计|总\s*计|小\s*计|共\s*计)")
SHEET_UNIT = re.compile(r"单位\s*[:：]?\s*(?:人民币)?\s*(万元|元)")
YUAN, WAN = "yuan", "wan"


@dataclass
class Mapping:
    """What a form's columns mean; kept as JSON with the form (``FormTemplate.mapping``)."""

    sheet: str = ""
    first_row: int = 1
    columns: dict[str, str] = field(default_factory=dict)  # letter: name of an export column
    unit: str = YUAN
    own_units: dict[str, str] = field(default_factory=dict)  # letter: unit that its head states

    def as_json(self) -> dict[str, Any]:
        return {
            "sheet": self.sheet,
            "first row": self.first_row,
            "columns": self.columns,
            "unit": self.unit,
            "own units": self.own_units,
        }

    @classmethod
    def read(cls, kept: dict[str, Any]) -> Mapping:
        return cls(
            kept.get("sheet", ""),
            kept.get("first row", 1),
            dict(kept.get("columns") or {}),
            kept.get("unit", YUAN),
            dict(kept.get("own units") or {}),
        )

    def unit_of(self, letter: str) -> str:
        return self.own_units.get(letter, self.unit)


def propose(sheets: Sequence[Sheet], columns: Sequence[Column], wanted: str = "") -> Mapping:
    """The sheet whose head names most columns, and what its columns mean."""
    names: dict[str, str] = {}
    for column in columns:
        for title in (column.official, column.title, *column.words):
            names.setdefault(normalise(title)[0], column.name)
    best, score = Mapping(), -1
    for sheet in sheets:
        if sheet.hidden or (wanted and sheet.name != wanted):
            continue
        found = _propose(sheet, names)
        if len(found.columns) > score:
            best, score = found, len(found.columns)
    return best


def _propose(sheet: Sheet, names: dict[str, str]) -> Mapping:
    best: dict[str, str] = {}
    units: dict[str, str] = {}
    head = 0
    for row in range(min(sheet.height, SEARCHED)):
        meant, stated = _meanings(sheet, row, names)
        if meant and len(meant) >= len(best):  # of the rows of one head the last one has the leaves
            best, units, head = meant, stated, row
    unit = YUAN
    for row in range(head + 1):
        for value in sheet.cells[row] if sheet.height else []:
            if isinstance(value, str) and (said := SHEET_UNIT.search(value)):
                unit = WAN if said[1] == "万元" else YUAN
    return Mapping(sheet.name, _first_row(sheet, head) + 1, best, unit, units)


def _meanings(sheet: Sheet, row: int, names: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Meaning and stated unit by letter of a row of heads; merged cells speak for what they cover."""
    meant: dict[str, str] = {}
    units: dict[str, str] = {}
    for number in range(sheet.width):
        title, unit = normalise(sheet.shown(row, number))
        if sheet.origin(row, number)[1] != number or names.get(title) in (None, *meant.values()):
            continue
        letter = get_column_letter(number + 1)
        meant[letter] = names[title]
        if unit:
            units[letter] = unit
    return meant, units


def _first_row(sheet: Sheet, head: int) -> int:
    """The first row below the head that is neither its numbering nor a total, counted from 0."""
    row = head + 1
    while row < sheet.height:
        values = [str(value).strip() for value in sheet.cells[row] if value is not None]
        numbering = len(values) > 1 and all(NUMBERING.match(value) for value in values)
        if not values or not (numbering or TOTAL.match(values[0])):
            break
        row += 1
    return row


def fill(template: Path, mapping: Mapping, export: Export, target: Path) -> int:
    """Write the rows into the form; the number of them. Raises ``BadInput``."""
    lines = list(export.lines())
    if not lines:
        raise BadInput(_("Nothing matches the filter; the form would be empty."), "nothing")
    if len(lines) > MOST_ROWS:
        raise BadInput(
            _("%(count)d rows match; a form takes %(most)d. Narrow the filter.")
            % {"count": len(lines), "most": MOST_ROWS},
            "too_many",
        )
    with template.open("rb") as stream:  # its name on the disk is its hash
        book = openpyxl.load_workbook(stream, keep_links=False)
    if mapping.sheet not in book.sheetnames:
        raise BadInput(_("The form has no sheet %(sheet)s.") % {"sheet": mapping.sheet}, "no_sheet")
    sheet = book[mapping.sheet]
    _make_room(sheet, mapping, len(lines))
    numbers = {column.name: number for number, column in enumerate(export.columns)}
    places = [
        (column_index_from_string(letter), numbers[name], mapping.unit_of(letter))
        for letter, name in mapping.columns.items()
        if name in numbers
    ]
    for row, line in enumerate(lines, start=mapping.first_row):
        for place, number, unit in places:
            kind = export.columns[number].kind
            _write(sheet.cell(row, place), line[number], kind, unit)
    book.calculation.fullCalcOnLoad = True
    book.save(target)
    return len(lines)


def _make_room(sheet: Any, mapping: Mapping, wanted: int) -> None:
    """Rows for the lines: the empty ones of the form, then inserted ones that look like the first."""
    first = mapping.first_row
    ready = _ready_rows(sheet, mapping)
    if wanted > ready:
        insert_rows(sheet, Gap(first + ready, wanted - ready, first))
    model = {cell.column: cell for cell in sheet[first] if not isinstance(cell, MergedCell)}
    for row in range(first + 1, first + wanted):
        inserted = row >= first + ready
        for column, cell in model.items():
            twin = sheet.cell(row, column)
            if isinstance(twin, MergedCell):
                continue
            if inserted and cell.has_style:
                twin._style = copy.copy(cell._style)
            if cell.data_type == "f" and twin.value is None:
                twin.value = Translator(cell.value, cell.coordinate).translate_formula(twin.coordinate)
        if inserted:
            sheet.row_dimensions[row].height = sheet.row_dimensions[first].height
    _repeat_merges(sheet, first, range(first + ready, first + wanted))


def _ready_rows(sheet: Any, mapping: Mapping) -> int:
    """How many rows from the first on are empty in the mapped columns; at least the first one."""
    columns = [column_index_from_string(letter) for letter in mapping.columns]
    row = mapping.first_row
    while row <= max(sheet.max_row, mapping.first_row):
        taken = any(sheet.cell(row, column).value is not None for column in columns)
        words = [cell.value for cell in sheet[row] if isinstance(cell.value, str) and cell.data_type != "f"]
        looks = any(cell.has_style and cell.border.left.style for cell in sheet[row])
        if row > mapping.first_row and (taken or words or not looks):
            break
        row += 1
    return max(row - mapping.first_row, 1)


def _repeat_merges(sheet: Any, first: int, rows: range) -> None:
    """Merged cells within the first data row are merged in the inserted rows too."""
    across = [
        merged for merged in sheet.merged_cells.ranges if merged.min_row == first and merged.max_row == first
    ]
    for row in rows:
        for merged in across:
            sheet.merge_cells(
                start_row=row, end_row=row, start_column=merged.min_col, end_column=merged.max_col
            )


def _write(cell: Any, value: Any, kind: str, unit: str) -> None:
    if isinstance(cell, MergedCell):
        return
    if value is None:
        cell.value = None
    elif isinstance(value, Decimal):
        cell.value = value / 10_000 if kind == "money" and unit == WAN else value
    elif isinstance(value, int):
        cell.value = value
    elif isinstance(value, dt.date) and value.year >= 1900:
        style = cell.number_format
        cell.value = value
        cell.number_format = style if style != "General" else "yyyy-mm-dd"
    else:
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", str(value))
        cell.data_type = "s"  # also what begins with =
