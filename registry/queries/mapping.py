"""What a table that came in looks like, for naming its columns by hand. 中文：列对应"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from registry import importers
from registry.errors import RegistryError
from registry.models import ImportBatch
from registry.readers.table import Sheet, Table, detect_header, meanings, read_sheets
from registry.services.imports import readable_path

from .head_memory import knowing, remembered

ROWS_SHOWN = 15
COLUMNS_SHOWN = 60


@dataclass(frozen=True)
class DraftColumn:
    """A column of the file: its title, a value from below, and the field it is taken for."""

    index: int
    title: str
    sample: str
    field: str


@dataclass(frozen=True)
class Draft:
    """The first rows of the sheet, the row of its head, its columns, and the fields one may choose."""

    rows: list[tuple[int, list[str]]]
    head: int | None
    columns: list[DraftColumn] = field(default_factory=list)
    fields: list[tuple[str, str]] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)  # what the reader takes the titles for by itself


def draft(batch: ImportBatch, head: int | None = None) -> Draft:
    """The table of a batch, its head in row ``head`` (from 1) or found. Raises ``RegistryError``."""
    table: Table | None = getattr(importers.get(batch.kind), "table", None)
    if table is None:
        raise RegistryError(
            _("The columns of this kind of file are fixed; they cannot be named by hand."), "fixed"
        )
    sheet = next(
        (sheet for sheet in read_sheets(readable_path(batch)) if sheet.height and not sheet.hidden), None
    )
    if sheet is None:
        raise RegistryError(_("The file holds no rows."), "empty_file")
    given = batch.options.get("mapping") or {}
    head = head or given.get("header row")
    within = {"header row": head} if head and head <= sheet.height else None
    found = detect_header(sheet, knowing(table, remembered(batch.kind, batch.division)), within)
    row = head or (found.first if found else None)
    return Draft(
        rows=[(n + 1, _texts(sheet, n)) for n in range(min(ROWS_SHOWN, sheet.height))],
        head=row,
        columns=_columns(sheet, row, found, given.get("columns") or {}) if row else [],
        fields=[(item.name, item.heads[0]) for item in table.fields],
        known=meanings(sheet, table, row) if row and row <= sheet.height else {},
    )


def _texts(sheet: Sheet, row: int) -> list[str]:
    return [str(value or "")[:24] for value in sheet.cells[row][:COLUMNS_SHOWN]]


def _columns(sheet: Sheet, head: int, found: Any, named: dict[str, Any]) -> list[DraftColumn]:
    if found is not None:
        titles = [(c.index, c.title, c.field.name if c.field else "") for c in found.columns]
        below = found.last
    else:
        titles = [(n, "".join(str(sheet.shown(head - 1, n) or "").split()), "") for n in range(sheet.width)]
        below = head
    return [
        DraftColumn(index, title, _sample(sheet, index, below), named.get(title, name) or "")
        for index, title, name in titles[:COLUMNS_SHOWN]
        if title
    ]


def _sample(sheet: Sheet, column: int, below: int) -> str:
    values = (sheet.cells[row][column] for row in range(below, min(below + 30, sheet.height)))
    return next((str(value)[:40] for value in values if value is not None), "")
