"""小计, 合计 and 总计 rows: never imported, always compared with the rows they stand for. 中文：合计核对"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import accumulate

from django.utils.translation import gettext as _

from .amounts import FACTORS, Amount, parse_amount, parse_quantity
from .draft import Draft
from .heads import Column
from .plain import is_empty
from .problems import CellProblem
from .result import SheetTable, TotalCheck
from .rows import TOTALS, Line, RowKind
from .units import agrees, off_by_unit

ADDED = ("money", "integer", "number")
UnitOf = Callable[[Column], str | None]
Span = tuple[int, int]
SECTION, SUBTOTAL, TOTAL, GRAND = RowKind.SECTION, RowKind.SUBTOTAL, RowKind.TOTAL, RowKind.GRAND_TOTAL


class Sums:
    """What the data rows of a sheet add up to, for any run of lines and any column, by prefix sums.

    A merged cell counts once; a cell that could not be read makes every sum over it unknown.
    """

    def __init__(self, source: SheetTable, drafts: dict[int, Draft], unit_of: UnitOf) -> None:
        self.source = source
        self.unit_of = unit_of
        self.columns = [
            c
            for c in source.header.known
            if c.field is not None and c.field.kind in ADDED and c.field.name != "seq"
        ]
        data = [drafts.get(line.row) if line.kind is RowKind.DATA else None for line in source.lines]
        self._rows = [0, *accumulate(draft is not None for draft in data)]
        self._sums: dict[int, list[Decimal]] = {}
        self._bad: dict[int, list[int]] = {}
        for column in self.columns:
            own = [Decimal(0) if d is None else own_amount(d, column, unit_of) for d in data]
            self._sums[column.index] = [Decimal(0), *accumulate(v or Decimal(0) for v in own)]
            self._bad[column.index] = [0, *accumulate(v is None for v in own)]

    def rows(self, span: Span) -> int:
        """How many data rows the run has."""
        return self._rows[span[1]] - self._rows[span[0]]

    def over(self, column: Column, span: Span) -> Decimal | None:
        """The sum, None where a cell of the run cannot be read."""
        first, last = span
        if self._bad[column.index][last] > self._bad[column.index][first]:
            return None
        return self._sums[column.index][last] - self._sums[column.index][first]

    def whole(self, column: Column) -> Decimal | None:
        """The sum over the sheet."""
        return self.over(column, (0, len(self.source.lines)))


def own_amount(draft: Draft, column: Column, unit_of: UnitOf) -> Decimal | None:
    """What a row adds to a column's sum, None where its cell cannot be read."""
    name = column.field.name if column.field is not None else ""
    if draft.merged.get(name):
        return Decimal(0)
    if any(error.field == name for error in draft.errors):
        return None
    if name in draft.amounts:
        try:
            return draft.amounts[name].yuan(unit_of(column))
        except CellProblem:
            return None
    value = draft.values.get(name)
    return Decimal(value) if isinstance(value, (int, Decimal)) else Decimal(0)


def check_totals(sums: Sums, before: dict[str, Decimal]) -> list[TotalCheck]:
    """Compare every total row of a sheet; ``before`` are the sums of the sheets before it, by field."""
    checks: list[TotalCheck] = []
    for position, line in enumerate(sums.source.lines):
        if line.kind in TOTALS or line.kind is SECTION:
            checks.extend(_check_line(sums, position, before))
    return checks


def _stated(source: SheetTable, line: Line, column: Column) -> Amount | None:
    """The figure a total row gives for a column; text that is no figure gives none."""
    value = source.sheet.cells[line.row - 1][column.index]
    if value is None or is_empty(value) or column.field is None:
        return None
    try:
        if column.field.kind == "money":
            return parse_amount(value)
        return Amount(parse_quantity(value).number, "yuan")
    except CellProblem:
        return None


def _spans(lines: list[Line], position: int) -> Iterator[Span]:
    """Runs of lines that the total at this position may stand for, the likeliest first."""

    def back(*stops: RowKind) -> Span:
        return next((i + 1 for i in range(position - 1, -1, -1) if lines[i].kind in stops), 0), position

    def ahead(*stops: RowKind) -> Span:
        return position + 1, next(
            (i for i in range(position + 1, len(lines)) if lines[i].kind in stops), len(lines)
        )

    kind = lines[position].kind
    if kind is SECTION:
        yield from (ahead(SECTION, TOTAL, GRAND), ahead(GRAND), ahead())
        return
    if kind is SUBTOTAL:
        yield back(SUBTOTAL, SECTION)
    if kind is TOTAL and any(line.kind is SUBTOTAL for line in lines[slice(*back(SECTION, TOTAL))]):
        yield back(TOTAL, GRAND)  # its section has a sum of its own: this one stands for all sections
    if kind in (SUBTOTAL, TOTAL):
        yield from (back(SECTION, TOTAL), back(TOTAL, GRAND))
    yield from (back(), ahead(SUBTOTAL, SECTION, TOTAL), ahead(SECTION, TOTAL), ahead())


def _check_line(sums: Sums, position: int, before: dict[str, Decimal]) -> list[TotalCheck]:
    """The checks of one row under the run of rows that fits it best."""
    line = sums.source.lines[position]
    columns = [(c, stated) for c in sums.columns if (stated := _stated(sums.source, line, c)) is not None]
    candidates: list[list[tuple[Column, Amount, Decimal | None]]] = [
        [(c, stated, sums.over(c, span)) for c, stated in columns]
        for span in _spans(sums.source.lines, position)
        if sums.rows(span)
    ]
    if line.kind is GRAND and before:
        candidates.append([(c, stated, _with(before, c, sums.whole(c))) for c, stated in columns])
    best: list[TotalCheck] = []
    for candidate in candidates:
        found = [_compare(sums, line, *triple) for triple in candidate]
        if not best or _right(found) > _right(best):
            best = found
    return best


def _with(before: dict[str, Decimal], column: Column, total: Decimal | None) -> Decimal | None:
    return (
        None if total is None or column.field is None else total + before.get(column.field.name, Decimal(0))
    )


def _right(checks: list[TotalCheck]) -> int:
    return sum(1 for check in checks if check.ok)


def _compare(sums: Sums, line: Line, column: Column, stated: Amount, computed: Decimal | None) -> TotalCheck:
    assert column.field is not None  # noqa: S101
    unit = stated.unit or (sums.unit_of(column) if column.field.kind == "money" else None) or "yuan"
    value = stated.number * FACTORS[unit]
    written = Amount(stated.number, unit, stated.decimals)
    ok, code = _verdict(value, computed, written)
    found = {
        "label": line.text,
        "column": column.title,
        "stated": _figure(value),
        "computed": _figure(computed or Decimal(0)),
    }
    messages = {
        "incomplete": _("%(label)s, %(column)s: rows it adds up have errors, so it could not be checked."),
        "differs": _("%(label)s, %(column)s: the file says %(stated)s, the rows add up to %(computed)s."),
        "unit_mismatch": _(
            "%(label)s, %(column)s: the file says %(stated)s, the rows add up to %(computed)s: "
            "yuan and ten thousand yuan are mixed."
        ),
    }
    return TotalCheck(
        sheet=sums.source.sheet.name,
        row=line.row,
        label=line.text,
        column=column.title,
        field=column.field.name,
        stated=value,
        computed=computed or Decimal(0),
        ok=ok,
        code=code,
        message=messages[code] % found if code in messages else "",
    )


def _figure(value: Decimal) -> str:
    return f"{value:.2f}".removesuffix(".00")


def _verdict(value: Decimal, computed: Decimal | None, written: Amount) -> tuple[bool | None, str]:
    if computed is None:
        return None, "incomplete"
    if abs(value - computed) <= Decimal("0.005"):
        return True, ""
    if agrees(value, computed, written):
        return True, "rounded"
    return False, "unit_mismatch" if off_by_unit(value, computed) else "differs"
