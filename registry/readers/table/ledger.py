"""Reading a whole ledger: sheets, heads, rows, units, totals, joined and split records. 中文：台账读取"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from registry.readers.errors import ReadError

from .draft import Draft, parse_line, shown
from .heads import Column, Table, detect_header
from .joining import Record, join, split
from .places import check_pair
from .plain import is_empty
from .problems import CellProblem
from .result import CellError, FundingLine, LedgerRow, LedgerTable, MoneyUnit, Question, SheetTable
from .rows import RowKind, classify_rows
from .sheets import Sheet, read_sheets
from .totals import Sums, check_totals
from .units import NAMES, decide_unit, off_by_unit
from .values import parse_value

BBox = tuple[float, float, float, float]


def read_ledger(
    path: Path | str,
    table: Table,
    *,
    mapping: Mapping[str, Any] | None = None,
    bbox: BBox | None = None,
    told: Callable[[int, int], None] | None = None,
) -> LedgerTable:
    """Read a ledger of one kind from a spreadsheet.

    :param table: the kind's fields and heads, from the app that owns it.
    :param mapping: {"header row": n, "columns": {"title": "field"}, "unit": "yuan|wan"}.
    :param bbox: the county's box in degrees, to check coordinates against.
    :param told: is told how many rows of how many are parsed.
    :raises ReadError: when the file cannot be read, no sheet has a head of this kind, the mapping is wrong.
    """
    mapping = _checked_mapping(mapping)
    sources, notes = _find_tables(Path(path), table, mapping)
    drafts = {id(source): _drafts(source, table, told) for source in sources}
    every = [draft for source in sources for draft in drafts[id(source)].values()]
    unit = decide_unit(sources, every, table, mapping.get("unit"))
    unit_of = _unit_of(unit)
    result = LedgerTable(table.kind, [], [], unit, sources, [*notes, *unit.notes])
    before: dict[str, Decimal] = {}
    for source in sources:
        sums = Sums(source, drafts[id(source)], unit_of)
        result.totals += check_totals(sums, before)
        for column in sums.columns:
            name = column.field.name if column.field is not None else ""
            before[name] = before.get(name, Decimal(0)) + (sums.whole(column) or Decimal(0))
    records = [_record(draft, table, unit_of) for draft in every]
    records = join(records, table)
    _check_shared(records, table)
    records = split(records, table)
    result.rows = [_finished(record, table, bbox) for record in records]
    _ask(result, every, mapping.get("unit"))
    return result


def _checked_mapping(mapping: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """The mapping, after a look at its form. :raises ReadError:"""
    mapping = mapping or {}
    allowed = {"header row", "header_row", "columns", "unit"}
    columns = mapping.get("columns", {})
    if not isinstance(mapping, Mapping) or set(mapping) - allowed or not isinstance(columns, Mapping):
        raise ReadError(
            _("A mapping has “header row” (a number), “columns” (title to field) and “unit” (yuan or wan)."),
            code="mapping",
        )
    if mapping.get("unit") not in (None, "yuan", "wan"):
        raise ReadError(_("The unit of a mapping is yuan or wan."), code="mapping")
    return mapping


def _find_tables(path: Path, table: Table, mapping: Mapping[str, Any]) -> tuple[list[SheetTable], list[str]]:
    found: list[SheetTable] = []
    notes: list[str] = []
    problem: ReadError | None = None
    for sheet in read_sheets(path):
        if not sheet.height:
            continue
        if sheet.hidden:
            notes.append(_("The sheet %(name)s is hidden and was not read.") % {"name": sheet.name})
            continue
        try:
            header = detect_header(sheet, table, mapping)
        except ReadError as error:
            problem = problem or error
            continue
        if header is None:
            notes.append(
                _("The sheet %(name)s has no head of this ledger and was not read.") % {"name": sheet.name}
            )
            continue
        found.append(SheetTable(sheet, header, classify_rows(sheet, header, table)))
        notes += _column_notes(found[-1])
    if not found:
        heads = "、".join(f.heads[0] for f in table.fields if f.name in table.identity)
        raise problem or ReadError(
            _("%(name)s has no row of column heads; at least %(heads)s and one more are expected. "
              "State the row and the columns in a mapping.") % {"name": path.name, "heads": heads},
            code="no_head",
        )  # fmt: skip
    return found, notes


def _column_notes(source: SheetTable) -> list[str]:
    notes: list[str] = []
    if source.header.unknown:
        titles = "、".join(c.title for c in source.header.unknown)
        notes.append(
            _("%(sheet)s: columns that are not known and were not read: %(columns)s.")
            % {"sheet": source.sheet.name, "columns": titles}
        )
    if source.header.duplicates:
        titles = "、".join(f"{c.title} ({c.letter})" for c in source.header.duplicates)
        notes.append(
            _("%(sheet)s: columns that repeat another one and were not read: %(columns)s.")
            % {"sheet": source.sheet.name, "columns": titles}
        )
    return notes


def _unit_of(unit: MoneyUnit) -> Callable[[Column], str | None]:
    def of(column: Column) -> str | None:
        return unit.value if unit.overrules else column.unit or unit.value

    return of


def _drafts(
    source: SheetTable, table: Table, told: Callable[[int, int], None] | None = None
) -> dict[int, Draft]:
    """The data rows of a sheet, parsed, with what their sections say."""
    drafts: dict[int, Draft] = {}
    sections: dict[str, str] = _from_name(source.sheet, table)
    for line in source.lines:
        if told is not None:
            told(line.row, len(source.lines))
        if line.kind is RowKind.SECTION and line.field:
            _open_section(sections, line.field, line.text)
        elif line.kind is RowKind.DATA:
            draft = parse_line(source, line.row, table)
            _fill_sections(draft, sections, table)
            drafts[line.row] = draft
    return drafts


def _open_section(sections: dict[str, str], field: str, text: str) -> None:
    """A section closes the one of its own kind and those opened inside it, whichever kind is the outer one:
    classes within villages, or villages within classes (or within a sheet that is named by its class).
    """
    opened = list(sections)
    for inner in opened[opened.index(field) :] if field in sections else ():
        del sections[inner]
    sections[field] = text


def _from_name(sheet: Sheet, table: Table) -> dict[str, str]:
    """What the sheet's own name says (a sheet per village)."""
    for name, endings in table.sections:
        if sheet.name.strip().endswith(endings):
            return {name: sheet.name.strip()}
    return {}


def _fill_sections(draft: Draft, sections: Mapping[str, str], table: Table) -> None:
    for name, text in sections.items():
        if name in draft.values or any(error.field == name for error in draft.errors):
            continue
        try:
            draft.values[name] = parse_value(table.field(name), text)
        except CellProblem:
            continue


def _record(draft: Draft, table: Table, unit_of: Callable[[Column], str | None]) -> Record:
    """The draft with its money in yuan and its funding lines gathered."""
    record = Record([draft], dict(draft.values), draft.errors, draft.warnings)
    for name, amount in draft.amounts.items():
        if name in table.funding and draft.merged.get(name):
            continue  # counted in the row where the merged cell begins
        column = draft.source.header.column(name)
        try:
            record.values[name] = amount.yuan(unit_of(column) if column else None)
        except CellProblem as problem:
            record.errors.append(draft.error(name, problem, amount.number))
    lines = [FundingLine(name, record.values.pop(name)) for name in table.funding if name in record.values]
    if table.funding_pair and not lines:
        lines = _paired_funding(record, draft, table, table.funding_pair)
    lines = [line for line in lines if line.amount]
    if lines:
        record.values["funding"] = tuple(lines)
    return record


def _paired_funding(record: Record, draft: Draft, table: Table, pair: tuple[str, str]) -> list[FundingLine]:
    """The line of a row that names its source; without a column of amounts the source paid the value.

    An amount in a ledger that has columns neither for sources nor for values (金额) is the value.
    """
    source, amount = (record.values.get(name) for name in pair)
    header = draft.source.header
    if header.column(pair[0]) is None and header.column(table.value) is None and amount is not None:
        record.values.setdefault(table.value, amount)
        return []
    if header.column(pair[1]) is None and not draft.merged.get(table.value):
        amount = record.values.get(table.value)
    if source is None or amount is None or draft.merged.get(pair[1]):
        return []
    return [FundingLine(source, amount)]


def _check_shared(records: Sequence[Record], table: Table) -> None:
    """A value merged over several assets says what all of them cost together, and of none what it cost."""
    place = {(id(d.source), d.row): record for record in records for d in record.drafts}
    message = _("One value stands for several assets; write each asset's own value.")
    for record in records:
        first = record.drafts[0]
        origin = first.merged.get(table.value)
        if not origin:
            continue
        for one in {id(r): r for r in (record, place.get((id(first.source), origin), record))}.values():
            if not any(error.code == "value_merged" for error in one.errors):
                one.errors.append(one.problem(table.value, "value_merged", message))


def _finished(record: Record, table: Table, bbox: BBox | None) -> LedgerRow:
    """The record after the checks that need several of its fields."""
    _check_identity(record, table)
    _check_funding(record, table)
    _check_place(record, bbox)
    first = record.drafts[0]
    return LedgerRow(
        sheet=first.source.sheet.name,
        rows=tuple(draft.row for draft in record.drafts),
        values=record.values,
        raw=_raw(record.drafts),
        errors=record.errors,
        warnings=record.warnings,
        explanations=record.explanations,
        part=record.part,
    )


def _raw(drafts: Sequence[Draft]) -> dict[str, Any]:
    """Title to cell as it came, of the first row (the others differ only in their funding)."""
    draft = drafts[0]
    sheet, index = draft.source.sheet, draft.row - 1
    return {c.title or c.letter: sheet.filled(index, c.index) for c in draft.source.header.columns}


def _check_identity(record: Record, table: Table) -> None:
    names = [f for f in table.fields if f.name in table.identity]
    broken = {error.field for error in record.errors} | {
        remark.field for remark in record.warnings if remark.code == "masked"
    }
    if not any(f.name in record.values or f.name in broken for f in names):
        heads = "、".join(f.heads[0] for f in names)
        message = _("The row has none of: %(heads)s.") % {"heads": heads}
        record.errors.append(record.problem(names[0].name, "no_identity", message))


def _check_funding(record: Record, table: Table) -> None:
    """The funding lines beside the value: usually equal; a factor of 10,000 is a mistake of unit."""
    value, lines = record.values.get(table.value), record.values.get("funding", ())
    funded = sum((line.amount for line in lines), Decimal(0))
    if value is None or not funded or value == funded:
        return
    found = {"funded": funded, "value": value}
    if off_by_unit(value, funded):
        message = (
            _("The funding adds up to %(funded)s yuan, the value is %(value)s: yuan and 万元 are mixed.")
            % found
        )
        record.errors.append(record.problem(table.value, "unit_mismatch", message, value))
    else:
        message = _("The funding adds up to %(funded)s yuan, the value is %(value)s.") % found
        record.warnings.append(record.problem(table.value, "funding_sum", message, value))


def _check_place(record: Record, bbox: BBox | None) -> None:
    lon, lat = record.values.get("longitude"), record.values.get("latitude")
    if lon is None and lat is None:
        return
    broken = {error.field for error in record.errors}
    try:
        if lon is None or lat is None:
            if not broken & {"longitude", "latitude"}:
                raise CellProblem(
                    _("Longitude and latitude belong together; one is missing."), "coordinates_half"
                )
        elif bbox:
            check_pair(lon, lat, bbox)
    except CellProblem as problem:
        record.errors.append(record.problem("longitude", problem.code, str(problem), f"{lon}, {lat}"))


def _ask(result: LedgerTable, drafts: Sequence[Draft], answer: str | None) -> None:
    """What only the user can decide, and whether the totals bear the unit out."""
    money = [check for check in result.totals if check.stated and check.field not in ("quantity",)]
    wrong = [check for check in money if check.code == "unit_mismatch"]
    result.unit.confirmed = result.unit.confirmed or (any(c.ok for c in money) and not wrong)
    if result.unit.value is None and any(
        not is_empty(shown(a.number)) for d in drafts for a in d.amounts.values()
    ):
        result.questions.append(
            Question(
                "unit",
                _("The table does not say whether its amounts are in yuan or in ten thousand yuan (万元)."),
                ("yuan", "wan"),
            )
        )
    elif wrong and not answer:
        result.questions.append(
            Question(
                "unit_conflict",
                _("Rows and totals differ by a factor of 10,000. Which unit are the rows in? (%(unit)s?)")
                % {"unit": NAMES.get(result.unit.value or "", "?")},
                ("yuan", "wan"),
            )
        )


__all__ = ["CellError", "read_ledger"]
