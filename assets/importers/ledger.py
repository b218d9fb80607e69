"""What the ledger importers share: file read, mapping remembered, rows staged, bad rows given back."""

from __future__ import annotations

import abc
import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from registry import clock
from registry.importers import Importer
from registry.importers.lines import returned_rows
from registry.models import Division, HeadAlias, ImportBatch, ImportRow, RowAction, User
from registry.models.filling import insert_rows
from registry.queries.divisions import go_live_by_division
from registry.queries.head_memory import knowing, remembered, used
from registry.queries.missing import missing_units
from registry.queries.places import Places
from registry.readers.table import LedgerTable, Table, meanings, read_ledger
from registry.services.head_memory import remember_heads
from registry.services.imports import readable_path
from registry.services.progress import between, mark

from .judging import Judge
from .sheetrow import SheetRow, plain_value
from .where import Where

STATED_DAY = re.compile(r"(?:截至|截止|日期[:：]?)?\s*(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")


class LedgerImporter(Importer):
    """A ledger of one kind, from .xlsx, .xls or .csv. 中文：台账导入"""

    verb = "import_ledger"
    options = ("mapping",)
    table: ClassVar[Table]

    @abc.abstractmethod
    def judge(self, rows: Sequence[SheetRow], judge: Judge, batch: ImportBatch) -> dict[str, Any]:
        """Judge the rows and give them their actions; give what the batch's totals say beyond the counts."""

    def stage(self, batch: ImportBatch, path: Path) -> None:
        ledger, aliases = self.read(batch, path)
        rows = sheet_rows(ledger, self.table)
        if not rows:
            batch.errors.append(_whole("no_rows", _("The file has a head but no row under it.")))
        batch.errors += [_whole(question.code, question.message) for question in ledger.questions]
        extra = self.judge(rows, make_judge(ledger, batch.division), batch) if not batch.errors else {}
        actions = Counter(row.action if row.good else RowAction.REJECT for row in rows)
        batch.rows = len(rows)
        batch.accepted = actions[RowAction.CREATE] + actions[RowAction.CHANGE]
        batch.changed, batch.unchanged = actions[RowAction.CHANGE], actions[RowAction.KEEP]
        if batch.errors:
            batch.accepted = batch.changed = batch.unchanged = 0
        batch.totals = {**describe_ledger(ledger), **extra, **_memory(batch, ledger, self.table, aliases)}
        mark(88)
        insert_rows([_staged(batch, row) for row in rows])

    def read(self, batch: ImportBatch, path: Path) -> tuple[LedgerTable, list[HeadAlias]]:
        """The file, read with the columns named for it and those remembered from earlier files of its kind.

        A remembered unit of money answers where the file leaves it open, unless its totals say otherwise.
        """
        memory = remembered(self.kind, batch.division)
        table, given = knowing(self.table, memory), batch.options.get("mapping") or {}
        ledger = read_ledger(path, table, mapping=given, bbox=_bbox(), told=between(10, 45))
        aliases = used(memory, [column.title for s in ledger.sheets for column in s.header.columns])
        units = {alias.unit for alias in aliases if alias.unit}
        if len(units) == 1 and any(question.code == "unit" for question in ledger.questions):
            again = read_ledger(path, table, mapping={**given, "unit": units.pop()}, bbox=_bbox())
            if not any(check.code == "unit_mismatch" for check in again.totals):
                ledger = again
                ledger.unit.found = "memory"
        return ledger, aliases

    def applied(self, batch: ImportBatch, *, by: User | None) -> None:
        """Columns that were named for this file are remembered now (those named on its page were at once)."""
        named, given = batch.totals.get("named"), batch.options.get("mapping") or {}
        if named and not batch.options.get("remembered"):
            remember_heads(
                kind=self.kind,
                division=batch.division,
                named=named["columns"],
                known=named["known"],
                unit=given.get("unit") or "",
                by=by,
            )

    def rejects(self, batch: ImportBatch) -> tuple[str, bytes] | None:
        return self.rejects_from(batch, lambda: readable_path(batch))

    def rejects_from(self, batch: ImportBatch, path: Callable[[], Path]) -> tuple[str, bytes] | None:
        """The rows given back; ``path`` says where the ledger lies, only where a row was refused."""
        return returned_rows(
            batch, lambda: self.read(batch, path())[0], part=lambda row: plain_value(row.part)
        )


def missing_from(rows: Sequence[SheetRow], judge: Judge, kind: str) -> dict[str, Any]:
    """Registered units in the villages of the rows that no row means: information for the preview."""
    bad = [row for row in rows if not row.good]
    return missing_units(
        kind,
        judge.places,
        {row.values["division"] for row in rows if row.values.get("division")},
        {row.unit_id for row in rows if row.unit_id},
        [(row.text("asset_code") or row.text("project_code"), row.text("name")) for row in bad],
    )


def sheet_rows(ledger: LedgerTable, table: Table) -> list[SheetRow]:
    """The reader's records with the titles that their columns have in the file."""
    titles = {
        source.sheet.name: {c.field.name: c.title for c in source.header.known if c.field is not None}
        for source in ledger.sheets
    }
    customary = {field.name: field.heads[0] for field in table.fields if field.heads}
    return [SheetRow.of(row, table, customary | titles[row.sheet]) for row in ledger.rows]


def make_judge(ledger: LedgerTable, within: Division | None) -> Judge:
    """What the rows of a ledger are judged by."""
    places = Places()
    where = Where(places, within)
    where.choose_system([row.values for row in ledger.rows])
    today = clock.today()
    named = {source.sheet.name: where.named_in(source.header.titles) for source in ledger.sheets}
    return Judge(
        places,
        where,
        go_live_by_division(places.by_pk),
        today,
        ledger_day(ledger, today),
        {sheet: place for sheet, place in named.items() if place is not None},
    )


def ledger_day(ledger: LedgerTable, today: dt.date) -> dt.date:
    """The day that the ledger's title states (截至2025年12月31日), else today; never in the future."""
    for source in ledger.sheets:
        for title in source.header.titles:
            match = STATED_DAY.search(title)
            if match:
                try:
                    return min(dt.date(*(int(part) for part in match.groups())), today)
                except ValueError:
                    continue
    return today


def _memory(
    batch: ImportBatch, ledger: LedgerTable, table: Table, aliases: list[HeadAlias]
) -> dict[str, Any]:
    """What was remembered for this file, and what its mapping names that may be remembered."""
    told: dict[str, Any] = {"remembered": [_recalled(alias) for alias in aliases]} if aliases else {}
    columns = (batch.options.get("mapping") or {}).get("columns")
    if columns:
        source = ledger.sheets[0]
        titles = {column.field.name: column.title for column in source.header.known if column.field}
        told["named"] = {
            "columns": {titles.get(field, title): field or "" for title, field in columns.items()},
            "known": meanings(source.sheet, table, source.header.first),
        }
    return told


def _recalled(alias: HeadAlias) -> dict[str, Any]:
    return {
        "alias": alias.pk,
        "title": alias.title,
        "field": alias.field,
        "by": alias.named_by.get_full_name() if alias.named_by else "",
        "at": timezone.localdate(alias.named_at).isoformat(),
    }


def describe_ledger(ledger: LedgerTable) -> dict[str, Any]:
    """What the preview says of the file: head, columns, unit, totals checked, notes."""
    header = ledger.header
    return {
        "sheet": ledger.sheets[0].sheet.name,
        "header_row": header.first,
        "columns": {column.title: column.field.name for column in header.known if column.field},
        "unknown_columns": [column.title for column in ledger.unknown_columns],
        "unit": {
            "value": ledger.unit.value,
            "found": ledger.unit.found,
            "confirmed": ledger.unit.confirmed,
        },
        "checks": [
            {
                "sheet": check.sheet,
                "row": check.row,
                "label": check.label,
                "column": check.column,
                "stated": f"{check.stated:.2f}",
                "computed": f"{check.computed:.2f}",
                "ok": check.ok,
                "code": check.code,
                "message": check.message,
            }
            for check in ledger.totals
        ],
        "notes": list(ledger.notes),
    }


def _bbox() -> tuple[float, float, float, float]:
    """The county's box in degrees (settings)."""
    return settings.COUNTY["bbox"]  # type: ignore[return-value]


def _whole(code: str, message: Any) -> dict[str, Any]:
    return {"row": None, "column": None, "value": None, "code": code, "message": str(message)}


def _staged(batch: ImportBatch, row: SheetRow) -> ImportRow:
    return ImportRow(
        batch=batch,
        sheet=row.source.sheet[:80],
        row=row.source.row,
        label=str(row.values.get("name") or row.text("name"))[:255],
        action=row.action if row.good and not batch.errors else RowAction.REJECT,
        raw=plain_value(row.source.raw),
        values={
            **row.values,
            "rows": list(row.source.rows),
            "part": plain_value(row.source.part),
            "explanations": list(row.source.explanations),
        },
        errors=row.errors,
        warnings=row.warnings,
        unit_id=row.unit_id,
    )
