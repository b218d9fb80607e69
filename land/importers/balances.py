"""Importers of the ledgers of quotas, compensation and linkage. 中文：指标、占补平衡、增减挂钩台账导入

Staging tries the whole file by the services of the pages and takes the trial back: a row that an account, an
approval or a project could not bear on any day is refused in the words that a page would use.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from land.ledgers import AREA, DAY, LEDGERS, NUMBER, YEAR, Ledger
from land.queries.ledger_rows import held
from land.services.ledger_files import post, take_back_file, trial
from land.services.ledger_posting import Row
from registry import access
from registry.errors import BadInput, RegistryError
from registry.importers import Importer
from registry.importers.lines import returned_rows
from registry.models import Act, Division, ImportBatch, ImportRow, RowAction, User
from registry.readers.table import LedgerTable, read_ledger
from registry.services.imports import readable_path

from .ledger_lines import MIRRORED, Line, keep_known, lines_of, telling, without_unit

VERB = "keep_quotas"
MOST = 5000  # rows of one file: each is an act of the book


class BalanceImporter(Importer):
    """One ledger, from .xlsx, .xls or .csv."""

    verb = VERB
    options = ("mapping",)

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.kind, self.label = ledger, ledger.kind, ledger.title
        self.table = ledger.table

    def blank(self) -> list[tuple[str, tuple[str, ...]]]:
        """The heads of an empty file, each with the words that may stand under it."""
        return [
            (col.head, tuple(words.split()[0] for _code, words in col.words)) for col in self.ledger.all_cols
        ]

    def stage(self, batch: ImportBatch, path: Path) -> None:
        read = self.read(batch, path)
        lines = lines_of(self.ledger, read, batch.division)
        self._refuse_file(lines)
        for line in lines:
            if (
                line.place is not None
                and not access.may(batch.created_by, VERB, line.place)
                and batch.created_by
            ):
                said = _("%(place)s lies outside the divisions whose ledgers you keep.")
                line.refuse("place", "not_allowed", said % {"place": line.place.name})
        keep_known(self.ledger, lines, self._known())
        self._try(lines, batch)
        _count(batch, read, lines)
        ImportRow.objects.bulk_create([_staged(batch, line) for line in lines], batch_size=1000)

    def read(self, batch: ImportBatch, path: Path) -> LedgerTable:
        return read_ledger(path, self.table, mapping=batch.options.get("mapping"))

    def _refuse_file(self, lines: list[Line]) -> None:
        if not lines:
            raise RegistryError(_("The file has a head but no row under it."), "no_rows")
        if len(lines) > MOST:
            said = _("The file has %(rows)d rows; at most %(most)d are taken at once. Split it by years.")
            raise RegistryError(said % {"rows": len(lines), "most": MOST}, "too_many_rows")
        unclear = without_unit(self.ledger, lines)
        if unclear:
            said = _("The columns %(titles)s do not say their unit. Write 平方米, 亩 or 公顷 into each head.")
            raise RegistryError(said % {"titles": "、".join(unclear)}, "unit")

    def _known(self) -> Counter[tuple[Any, ...]]:
        """What the register holds: of a movement between two accounts the paying side."""
        return Counter(
            telling(self.ledger, place.pk, values, values.get("other_pk"))
            for place, values in held(self.ledger, None)
            if values.get("movement") not in MIRRORED
        )

    def _try(self, lines: list[Line], batch: ImportBatch) -> None:
        new = [line for line in lines if not line.errors and line.action == RowAction.CREATE]
        rows = [Row(line.place, line.values, line.other) for line in new if line.place is not None]
        for at, error in trial(self.ledger, rows, batch, batch.created_by).items():
            field = error.code if isinstance(error, BadInput) else ""
            new[at].refuse(str(_COLUMNS.get(field, field)), error.code or "refused", error)
        for line in lines:
            if line.errors:
                line.action = RowAction.REJECT

    def apply(self, batch: ImportBatch, *, by: User | None) -> None:
        staged = list(batch.staged.filter(action=RowAction.CREATE).order_by("id"))
        keys = {row.values[name] for row in staged for name in ("division", "other") if row.values.get(name)}
        places = Division.objects.in_bulk(keys)
        post(self.ledger, [self._row(row.values, places) for row in staged], batch, by)

    def _row(self, stored: dict[str, Any], places: dict[int, Division]) -> Row:
        typed = {DAY: dt.date.fromisoformat, AREA: Decimal, NUMBER: Decimal, YEAR: int}
        values = {
            col.name: typed.get(col.kind, str)(stored["said"][col.name])
            for col in self.ledger.cols
            if col.name in stored["said"]
        }
        return Row(places[stored["division"]], values, places.get(stored["other"]))

    def reverse(self, batch: ImportBatch, *, by: User | None, act: Act) -> None:
        take_back_file(self.ledger, batch, act)

    def rejects(self, batch: ImportBatch) -> tuple[str, bytes] | None:
        return returned_rows(batch, lambda: self.read(batch, readable_path(batch)))


# What the services call a value, where the column has another name.
_COLUMNS = {
    "occupied_on": "day", "accepted_on": "day", "area_m2": "m2", "accepted_m2": "m2",
    "paper_number": "number", "account": "year",
}  # fmt: skip


def _count(batch: ImportBatch, read: LedgerTable, lines: list[Line]) -> None:
    actions = Counter(line.action for line in lines)
    batch.rows, batch.accepted = len(lines), actions[RowAction.CREATE]
    batch.unchanged = actions[RowAction.KEEP]
    batch.totals = {
        "columns": {column.title: column.field.name for column in read.header.known if column.field},
        "unknown_columns": [column.title for column in read.unknown_columns],
        "new": actions[RowAction.CREATE],
    }


def _staged(batch: ImportBatch, line: Line) -> ImportRow:
    return ImportRow(
        batch=batch,
        sheet=line.source.sheet[:80],
        row=line.source.row,
        label=line.called[:80] or (line.place.name if line.place else ""),
        action=line.action,
        raw={title: "" if value is None else str(value) for title, value in line.source.raw.items()},
        values={
            "division": line.place.pk if line.place else None,
            "other": line.other.pk if line.other else None,
            "said": {name: str(value) for name, value in line.values.items()},
        },
        errors=line.errors,
    )


IMPORTERS = tuple(BalanceImporter(ledger) for ledger in LEDGERS)
