"""Spreadsheets as they lie on disk: every cell as stored, with what the eye sees and a program must know.

中文：读取电子表格。Merged cells, hidden rows and sheets, formulas without a value and error cells are kept
beside the values; a hostile workbook (bomb, macros, password, a billion rows) is refused before it is opened.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from registry.readers.errors import ReadError

MAX_BYTES = 100 * 1024**2
MAX_CELLS = 4_000_000
MAX_MERGED = 1_000_000
ZIP_MAGIC, OLE_MAGIC = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class Merge:
    """A merged range, counted from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass
class Sheet:
    """One sheet. ``cells[r][c]`` counts from 0; empty is None; all rows are equally long.

    ``errors`` holds error cells (#REF! ...), ``uncached`` formulas that were never calculated;
    ``hidden_rows`` count from 1 as people do.
    """

    name: str
    cells: list[list[Any]]
    merges: list[Merge] = field(default_factory=list)
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    uncached: set[tuple[int, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        while self.cells and all(value is None for value in self.cells[-1]):
            self.cells.pop()
        self._origin: dict[tuple[int, int], tuple[int, int]] = {}
        for merge in self.merges:
            if len(self._origin) > MAX_MERGED:
                break
            for row in range(merge.top, min(merge.bottom + 1, self.height)):
                for column in range(merge.left, min(merge.right + 1, self.width)):
                    self._origin[row, column] = (merge.top, merge.left)

    @property
    def height(self) -> int:
        """Rows down to the last that holds something."""
        return len(self.cells)

    @property
    def width(self) -> int:
        """Columns."""
        return len(self.cells[0]) if self.cells else 0

    def origin(self, row: int, column: int) -> tuple[int, int]:
        """The cell whose value shows here: the corner of the merged range, or the cell itself."""
        return self._origin.get((row, column), (row, column))

    def shown(self, row: int, column: int) -> Any:
        """The value the eye sees: merged ranges filled in both directions."""
        top, left = self.origin(row, column)
        return self.cells[top][left] if top < self.height else None

    def filled(self, row: int, column: int) -> Any:
        """The value that belongs to this column: merged ranges filled downwards only."""
        top, left = self.origin(row, column)
        return self.cells[top][left] if left == column and top < self.height else None


def letter(column: int) -> str:
    """The name of a column counted from 0: A, B, ..., AA."""
    name, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def read_sheets(path: Path | str) -> list[Sheet]:
    """All sheets of an .xlsx, .xls or .csv file, hidden ones included.

    :raises ReadError: a sentence for everything that is no readable table.
    """
    path = Path(path)
    if not path.is_file():
        raise ReadError(_("%(name)s does not exist.") % {"name": path.name}, code="unreadable")
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise ReadError(
            _("%(name)s is larger than %(limit)d MB. Send it by township.")
            % {"name": path.name, "limit": MAX_BYTES // 1024**2},
            code="too_large",
        )
    if not size:
        raise ReadError(_("%(name)s is empty.") % {"name": path.name}, code="empty")
    sheets = _reader(path)(path)
    if not any(sheet.height for sheet in sheets):
        raise ReadError(_("%(name)s holds no values.") % {"name": path.name}, code="empty")
    return sheets


def _reader(path: Path) -> Any:
    from . import csvfile, workbook

    with path.open("rb") as stream:
        start = stream.read(2048)
    if start.startswith(ZIP_MAGIC):
        return workbook.read_xlsx
    if start.startswith(OLE_MAGIC):
        return workbook.read_xls
    lowered = start.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if lowered.startswith((b"<html", b"<!doctype", b"<table", b"<meta", b"<?xml")):
        raise ReadError(
            _("%(name)s is a web page or XML under the name of a spreadsheet. Open it and save it as .xlsx.")
            % {"name": path.name},
            code="web_page",
        )
    if path.suffix.lower() not in (".csv", ".txt", ".tsv"):
        raise ReadError(
            _("%(name)s is not a spreadsheet: .xlsx, .xls or .csv is expected.") % {"name": path.name},
            code="not_a_spreadsheet",
        )
    return csvfile.read_csv
