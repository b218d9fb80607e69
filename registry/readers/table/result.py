"""What reading a ledger gives. 中文：台账读取结果"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .heads import Column, Header
from .rows import Line
from .sheets import Sheet


@dataclass(frozen=True)
class CellError:
    """One thing wrong (or doubtful) with one cell: where, what stood there, and the sentence."""

    row: int
    column: str
    value: str
    code: str
    message: str
    field: str = ""


@dataclass(frozen=True)
class FundingLine:
    """Money of one source in an asset, in yuan. 中文：资金来源明细"""

    source: str
    amount: Decimal


@dataclass
class LedgerRow:
    """One record: where it stood, what it says, what is wrong with it.

    ``rows`` are file rows (several when funding lines were joined); ``values`` by field: money as Decimal
    yuan, shares as Fraction, dates as DateValue, ``funding`` as FundingLines. ``raw`` has every column's
    title and cell as it came, unknown columns included. ``part`` is (i, n) when one row stood for n assets.
    """

    sheet: str
    rows: tuple[int, ...]
    values: dict[str, Any]
    raw: dict[str, Any] = field(default_factory=dict)
    errors: list[CellError] = field(default_factory=list)
    warnings: list[CellError] = field(default_factory=list)
    explanations: list[str] = field(default_factory=list)
    part: tuple[int, int] | None = None

    @property
    def row(self) -> int:
        """The first file row."""
        return self.rows[0]

    @property
    def good(self) -> bool:
        """Whether it can be imported."""
        return not self.errors


@dataclass(frozen=True)
class TotalCheck:
    """A total of the file beside the sum of the rows it stands for, in yuan for money.

    ``ok`` is None where rows of the sum have errors; ``code`` is "", rounded, differs, unit_mismatch or
    incomplete.
    """

    sheet: str
    row: int
    label: str
    column: str
    field: str
    stated: Decimal
    computed: Decimal
    ok: bool | None
    code: str
    message: str


@dataclass
class MoneyUnit:
    """The unit of money: ``value`` yuan or wan (None: must be asked).

    ``found``: mapping, head, title, total, magnitude, cells or ""; ``confirmed`` when a total row agrees with
    the rows; ``overrules`` when the user's answer stands against the heads.
    """

    value: str | None = None
    found: str = ""
    confirmed: bool = False
    notes: list[str] = field(default_factory=list)
    overrules: bool = False


@dataclass(frozen=True)
class Question:
    """Something only the user can answer before rows can be imported."""

    code: str
    message: str
    choices: tuple[str, ...] = ()


@dataclass
class SheetTable:
    """A sheet with its head found and its rows classified."""

    sheet: Sheet
    header: Header
    lines: list[Line]


@dataclass
class LedgerTable:
    """A ledger, read: records, checked totals, and everything that was not imported and why."""

    kind: str
    rows: list[LedgerRow]
    totals: list[TotalCheck]
    unit: MoneyUnit
    sheets: list[SheetTable]
    notes: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)

    @property
    def header(self) -> Header:
        """The head of the first sheet that has one."""
        return self.sheets[0].header

    @property
    def unknown_columns(self) -> list[Column]:
        """Columns without a meaning, over all sheets."""
        seen: dict[str, Column] = {}
        for sheet in self.sheets:
            seen.update({c.title: c for c in sheet.header.unknown if c.title not in seen})
        return list(seen.values())

    @property
    def good(self) -> list[LedgerRow]:
        """Records without errors."""
        return [row for row in self.rows if row.good]

    @property
    def bad(self) -> list[LedgerRow]:
        """Records with errors."""
        return [row for row in self.rows if not row.good]
