"""Ledgers as offices keep them, read into records. 中文：台账读取

table = read_ledger(path, ASSETS, mapping=None, bbox=settings.COUNTY["bbox"])
table.questions   what must be answered first (yuan or 万元)
table.good        records to import; table.bad with coded errors; table.totals checked
write_rejects(path, table, table.bad)
"""

from .amounts import Amount, Quantity
from .dates import DateValue
from .heads import Column, Field, Header, Table, detect_header, meanings
from .joining import apportion
from .ledger import read_ledger
from .people import Holder, Person
from .problems import CellProblem
from .rejects import write_rejects
from .result import (
    CellError,
    FundingLine,
    LedgerRow,
    LedgerTable,
    MoneyUnit,
    Question,
    SheetTable,
    TotalCheck,
)
from .rows import Line, RowKind, classify_rows
from .sheets import Sheet, read_sheets
from .values import PARSERS, parse_value

__all__ = [
    "PARSERS",
    "Amount",
    "CellError",
    "CellProblem",
    "Column",
    "DateValue",
    "Field",
    "FundingLine",
    "Header",
    "Holder",
    "LedgerRow",
    "LedgerTable",
    "Line",
    "MoneyUnit",
    "Person",
    "Quantity",
    "Question",
    "RowKind",
    "Sheet",
    "SheetTable",
    "Table",
    "TotalCheck",
    "apportion",
    "classify_rows",
    "detect_header",
    "meanings",
    "parse_value",
    "read_ledger",
    "read_sheets",
    "write_rejects",
]
