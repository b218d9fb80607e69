"""A data row on its way to a record: its cells parsed, money still without a unit. 中文：行解析"""

import re
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from .amounts import Amount
from .heads import Column, Table
from .people import MORE_PHONES, Person
from .plain import half_width, is_empty, is_masked
from .problems import CellProblem
from .result import CellError, SheetTable
from .values import parse_value

DITTO = frozenset(("同上", "〃", "″", "“", "”", '"', "同前"))


@dataclass
class Draft:
    """``amounts`` are money cells not yet in yuan; ``merged`` says from which row a filled cell comes."""

    source: SheetTable
    row: int
    values: dict[str, Any] = field(default_factory=dict)
    amounts: dict[str, Amount] = field(default_factory=dict)
    merged: dict[str, int] = field(default_factory=dict)
    errors: list[CellError] = field(default_factory=list)
    warnings: list[CellError] = field(default_factory=list)

    def error(self, name: str, problem: CellProblem, value: Any = "") -> CellError:
        """A problem as an error of this row's cell."""
        column = self.source.header.column(name)
        title = column.title if column else name
        text = "" if value is None else str(value)
        return CellError(self.row, title, text[:200], problem.code, str(problem), name)


def shown(value: Any) -> str:
    """A cell's value for a sentence."""
    return "" if value is None else str(value)


def parse_line(source: SheetTable, row: int, table: Table) -> Draft:
    """Parse the cells of a data row (from 1); every problem is kept, none ends the row."""
    draft = Draft(source, row)
    index = row - 1
    for column in source.header.known:
        assert column.field is not None  # noqa: S101
        value = _cell(source, index, column.index)
        origin = source.sheet.origin(index, column.index)[0]
        if origin != index:
            draft.merged[column.field.name] = origin + 1
        try:
            _parse_cell(draft, column, index, value)
        except CellProblem as problem:
            harmless = _several_sources(column, table, value)
            kept = draft.warnings if harmless else draft.errors
            kept.append(draft.error(column.field.name, problem, value))
    if row in source.sheet.hidden_rows:
        draft.warnings.append(
            CellError(row, "", "", "hidden_row", _("The row is hidden in the file; it is read all the same."))
        )
    _complete(draft, table)
    return draft


def _cell(source: SheetTable, index: int, column: int) -> Any:
    """The value of a cell; 同上 and 〃 mean the one above."""
    value = source.sheet.filled(index, column)
    while isinstance(value, str) and value.strip() in DITTO and index > source.header.last:
        index -= 1
        value = source.sheet.filled(index, column)
    return value


def _several_sources(column: Column, table: Table, value: Any) -> bool:
    """Whether a cell names several sources of funds (中央、省级): each is known, their amounts are not."""
    field = column.field
    if field is None or table.funding_pair is None or field.name != table.funding_pair[0]:
        return False
    parts = [part for part in re.split(r"[、,，;；+/和及]", half_width(value)) if part.strip()]
    return len(parts) > 1 and all(re.sub(r"\s", "", part) in (field.choices or {}) for part in parts)


def _parse_cell(draft: Draft, column: Column, index: int, value: Any) -> None:
    assert column.field is not None  # noqa: S101
    place = draft.source.sheet.origin(index, column.index)
    if place in draft.source.sheet.errors:
        raise CellProblem(
            _("The cell shows %(error)s: its formula is broken. Write the value.")
            % {"error": draft.source.sheet.errors[place]},
            code="cell_error",
        )
    if place in draft.source.sheet.uncached:
        raise CellProblem(
            _("The cell is a formula that was never calculated. Open the file in Excel and save it."),
            code="formula",
        )
    if column.field.personal and is_masked(value):
        problem = CellProblem(
            _("Part of this is hidden by asterisks, as in an export; it was left as it is in the register."),
            code="masked",
        )
        draft.warnings.append(draft.error(column.field.name, problem, value))
        return
    parsed = parse_value(column.field, value, percent="%" in column.title or "％" in column.title)
    name = column.field.name
    if isinstance(parsed, Amount):
        draft.amounts[name] = parsed
    elif column.field.kind == "phone" and parsed is not None and MORE_PHONES.search(half_width(value)):
        draft.values[name] = parsed
        problem = CellProblem(
            _("Several phone numbers are given; the first was taken."), code="phone_several"
        )
        draft.warnings.append(draft.error(name, problem, value))
    elif isinstance(parsed, Person):
        _take_person(draft, name, parsed)
    elif parsed is not None:
        draft.values[name] = parsed
    elif column.field.kind == "person" and not is_empty(value):
        problem = CellProblem(_("Nobody is named yet."), code="person_pending")
        draft.warnings.append(draft.error(name, problem, value))


def _take_person(draft: Draft, name: str, person: Person) -> None:
    draft.values[name] = person.name
    if person.phone:
        draft.values.setdefault("phone", person.phone)
    if person.several:
        problem = CellProblem(
            _("Several persons are named; one should answer for it."), code="person_several"
        )
        draft.warnings.append(draft.error(name, problem, person.name))


def _complete(draft: Draft, table: Table) -> None:
    """Values that a combined cell gives: the unit of a quantity, a pair of coordinates."""
    quantity = draft.values.get("quantity")
    if quantity is not None and hasattr(quantity, "measure"):
        draft.values["quantity"] = quantity.number
        stated = draft.values.get("measure")
        if quantity.measure and stated and quantity.measure != stated:
            problem = CellProblem(
                _("The quantity is in %(one)s, its unit column says %(other)s.")
                % {"one": quantity.measure, "other": stated},
                code="measure_differs",
            )
            draft.errors.append(draft.error("quantity", problem, quantity.number))
        elif quantity.measure:
            draft.values["measure"] = quantity.measure
    pair = draft.values.pop("coordinates", None)
    if pair is not None:
        draft.values.setdefault("longitude", pair[0])
        draft.values.setdefault("latitude", pair[1])
