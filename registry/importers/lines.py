"""A row of a ledger on its way to a fact, and the rows that are given back. 中文：导入行与退回清单"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from django.utils.translation import gettext as _

from registry.models import ImportBatch, RowAction
from registry.readers.table import CellError, LedgerRow, LedgerTable, write_rejects

SHOWN = 200  # signs of a refused value that are kept


@dataclass
class FileLine:
    """What the reader found in a row, what it is to become, and what is wrong with it.

    ``titles``: the title that the column of a field has in this file.
    """

    source: LedgerRow
    titles: Mapping[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)
    action: str = RowAction.CREATE

    @classmethod
    def of(cls, ledger: LedgerTable) -> list[Self]:
        """The rows of a file, each with what the reader found wrong with it."""
        titles = {
            source.sheet.name: {c.field.name: c.title for c in source.header.known if c.field is not None}
            for source in ledger.sheets
        }
        lines = [cls(row, titles[row.sheet]) for row in ledger.rows]
        for line in lines:
            line.errors = [
                {"column": e.column, "value": e.value, "code": e.code, "message": e.message, "field": e.field}
                for e in line.source.errors
            ]
        return lines

    def text(self, name: str) -> str:
        return str(self.source.values.get(name) or "").strip()

    def refuse(self, name: str, code: str, message: Any) -> None:
        self.errors.append(self.at(name, code, message))

    def at(self, name: str, code: str, message: Any) -> dict[str, Any]:
        """A remark on the cell of a field, as the preview and the returned rows show it."""
        title = self.titles.get(name, name)
        value = self.source.raw.get(title)
        shown = "" if value is None else str(value)[:SHOWN]
        return {"column": title, "value": shown, "code": code, "message": str(message), "field": name}


def returned_rows(
    batch: ImportBatch,
    read: Callable[[], LedgerTable],
    part: Callable[[LedgerRow], str] = lambda _row: "None",
) -> tuple[str, bytes] | None:
    """Name and bytes of a workbook with the refused rows of a batch as they came, reasons beside them.

    ``read`` reads the file again, only where a row was refused. ``part`` tells rows apart that one row of the
    file became; staged rows keep it as ``part``.
    """
    bad = {(row.sheet, row.row, str(row.values.get("part"))): row for row in batch.staged.exclude(errors=[])}
    if not bad:
        return None
    ledger, chosen = read(), []
    for row in ledger.rows:
        staged = bad.get((row.sheet, row.row, str(part(row))))
        if staged is not None:
            row.errors = [_cell_error(row.row, error) for error in staged.errors]
            chosen.append(row)
    target = io.BytesIO()
    write_rejects(target, ledger, chosen)
    return _("%(name)s returned rows.xlsx") % {"name": Path(batch.file.name).stem}, target.getvalue()


def _cell_error(row: int, error: Mapping[str, Any]) -> CellError:
    return CellError(
        row, error["column"], error["value"], error["code"], error["message"], error.get("field", "")
    )
