"""Importer of an inspection's list of problems, and of the ledger made from it. 中文：问题清单导入

Natural key: the list (反馈文号, else its title or file) and the number in it (序号); findings of the
register's own rules are named by their number (问题编号).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.models import Act, ImportBatch, ImportRow, RowAction, User
from registry.readers.table import LedgerTable, read_ledger
from registry.services.finding_lists import ListLine, take_back_lines, write_lines
from registry.services.imports import readable_path

from .base import Importer
from .finding_columns import FINDINGS
from .finding_lines import Book, Line, judge
from .finding_news import compare
from .lines import returned_rows


class FindingsImporter(Importer):
    """Problems that an inspection fed back (巡察, 审计, 后评估, 信访), and how far they are rectified."""

    kind = "ledger:findings"
    verb = "import_ledger"
    label = gettext_lazy("list of problems of an inspection")
    options = ("mapping",)
    table = FINDINGS

    def stage(self, batch: ImportBatch, path: Path) -> None:
        ledger = read_ledger(path, FINDINGS, mapping=batch.options.get("mapping"))
        lines = _lines(ledger, batch)
        if not lines:
            batch.errors.append(
                {
                    "row": None,
                    "column": None,
                    "value": None,
                    "code": "no_rows",
                    "message": _("The file has a head but no row under it."),
                }
            )
        book = Book(lines, batch.division)
        for line in lines:
            judge(line, book)
        _refuse_twins(lines)
        for line in lines:
            compare(line, book)
        self._count(batch, ledger, lines)
        ImportRow.objects.bulk_create([_staged(batch, line) for line in lines], batch_size=1000)

    @staticmethod
    def _count(batch: ImportBatch, ledger: LedgerTable, lines: list[Line]) -> None:
        actions = Counter(line.action for line in lines)
        batch.rows = len(lines)
        batch.accepted = actions[RowAction.CREATE] + actions[RowAction.CHANGE]
        batch.changed, batch.unchanged = actions[RowAction.CHANGE], actions[RowAction.KEEP]
        header = ledger.header
        batch.totals = {
            "sheet": ledger.sheets[0].sheet.name,
            "header_row": header.first,
            "columns": {column.title: column.field.name for column in header.known if column.field},
            "unknown_columns": [column.title for column in ledger.unknown_columns],
            "new": actions[RowAction.CREATE],
            "notes": list(ledger.notes),
        }

    def apply(self, batch: ImportBatch, *, by: User | None) -> None:
        rows = list(batch.staged.filter(action__in=[RowAction.CREATE, RowAction.CHANGE]).order_by("id"))
        findings = write_lines([_line_of(row) for row in rows], by=by, batch=batch)
        for row, finding in zip(rows, findings, strict=True):
            row.values["finding"] = finding.pk
            row.values["before"] = getattr(finding, "before", None)
        ImportRow.objects.bulk_update(rows, ["values"], batch_size=500)

    def reverse(self, batch: ImportBatch, *, by: User | None, act: Act) -> None:
        changed = batch.staged.filter(action=RowAction.CHANGE).values_list("values", flat=True)
        take_back_lines(
            {values["finding"]: values["before"] for values in changed}, by=by, batch=batch, act=act
        )

    def rejects(self, batch: ImportBatch) -> tuple[str, bytes] | None:
        return returned_rows(
            batch,
            lambda: read_ledger(readable_path(batch), FINDINGS, mapping=batch.options.get("mapping")),
        )


def _lines(ledger: LedgerTable, batch: ImportBatch) -> list[Line]:
    """The reader's records with the titles that their columns have, and what their sheet is called."""
    titles, headings = {}, {}
    stem = Path(batch.options.get("file_name") or batch.file.name).stem
    for source in ledger.sheets:
        name = source.sheet.name
        titles[name] = {c.field.name: c.title for c in source.header.known if c.field is not None}
        headings[name] = "".join((source.header.titles or [stem])[0].split())
    return [Line(row, titles[row.sheet], heading=headings[row.sheet]) for row in ledger.rows]


def _refuse_twins(lines: list[Line]) -> None:
    first: dict[Any, Line] = {}
    for line in lines:
        if line.errors:
            continue
        key = line.finding.pk if line.finding else line.values["key"]
        known = first.setdefault(key, line)
        if known is not line:
            line.refuse(
                "seq",
                "duplicate_row",
                _("Row %(row)d has the same number. Each problem of a list has its own.")
                % {"row": known.source.row},
            )


def _staged(batch: ImportBatch, line: Line) -> ImportRow:
    finding = line.finding
    return ImportRow(
        batch=batch,
        sheet=line.source.sheet[:80],
        row=line.source.row,
        label=line.values.get("text", line.text("text"))[:80],
        action=line.action if not batch.errors else RowAction.REJECT,
        raw={title: "" if value is None else str(value) for title, value in line.source.raw.items()},
        values={
            **line.values,
            "changes": line.changes,
            "finding": finding.pk if finding else None,
            "state": finding.state if finding else "",
        },
        errors=line.errors,
        warnings=line.warnings,
        unit_id=line.values.get("unit"),
    )


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _line_of(row: ImportRow) -> ListLine:
    """The service's line of a staged row."""
    values = row.values
    return ListLine(
        key=values["key"],
        text=values["text"],
        origin=values["origin"],
        division=values["division"],
        unit=values.get("unit"),
        office=values["office"],
        person=values.get("person"),
        since=_day(values["since"]),
        due_on=_day(values["due_on"]),
        notes=values["notes"],
        closed_on=_day(values["closes"]),
        item=values["item"],
        finding=values["finding"],
        state=values["state"],
    )
