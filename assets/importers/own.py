"""What ledgers of one kind say beside the asset ledger: columns of own facts, compared and written.

中文：专项台账导入。The columns come from ``assets.kinds``; places, money, rights and keepers are those of
the asset ledger.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from assets.codes_networks import WORDS
from assets.kinds import Kind
from assets.services.own import OwnLine, plain, problems, record, rows_of, take_back
from registry.models import Act, ImportBatch, RowAction, Unit, User
from registry.readers.table import Field
from registry.readers.table.dates import DateValue

from .assets import AssetsImporter
from .sheetrow import SheetRow, plain_value

OWN = "own_"  # before the names of own facts among the changes of a row


def reader_kind(column: models.Field) -> str:
    """By which parser a column of a file is read."""
    if column.choices:
        return "choice"
    if isinstance(column, models.BooleanField):
        return "yes_no"
    if isinstance(column, models.DateField):
        return "date"
    if isinstance(column, models.DecimalField):
        return "number"
    if isinstance(column, models.IntegerField):
        return "year" if column.name.endswith("_year") else "integer"
    return "text"


def fields_of(kind: Kind, without: Sequence[str] = ()) -> tuple[Field, ...]:
    """The columns of a kind as the reader of ledgers knows them."""
    return tuple(
        Field(
            part.name,
            tuple(part.heads.split()),
            reader_kind(kind.column(part)),
            "own",
            choices=WORDS[part.words] if part.words else None,
        )
        for part in kind.parts
        if part.name not in without
    )


def said(kind: Kind, row: SheetRow, without: Sequence[str] = ()) -> dict[str, Any]:
    """What a row says of a kind, typed; blank cells say nothing. What cannot stand is refused at its cell."""
    values = {}
    for part in kind.parts:
        value = row.get(part.name)
        if part.name in without or value in (None, ""):
            continue
        values[part.name] = _fitting(kind.column(part), value)
    for name, sentence in problems(kind, kind.model(**values)).items():
        if name in values and not row.broken(name):
            row.refuse(name, "own_value", sentence)
    return values


def _fitting(column: models.Field, value: Any) -> Any:
    if isinstance(value, DateValue):
        return value.value
    if isinstance(column, models.DecimalField):
        step = Decimal(1).scaleb(-int(column.decimal_places or 0))
        return Decimal(value).quantize(step, rounding=ROUND_HALF_UP)
    if isinstance(column, models.CharField):
        return str(value).strip()[: column.max_length]
    return value


def typed(kind: Kind, values: dict[str, Any]) -> dict[str, Any]:
    """Staged values of own facts as the table has them."""
    columns: dict[str, Any] = {part.name: kind.column(part) for part in kind.parts}
    return {name: columns[name].to_python(value) for name, value in values.items()}


def compare(kind: Kind, rows: Sequence[SheetRow], key: str) -> None:
    """Note what own facts would change, under the prefix ``own_``. One query."""
    known = rows_of(kind, [row.unit_id for row in rows if row.unit_id])
    for row in rows:
        if not row.good or row.unit_id is None:
            continue
        values = typed(kind, row.values[key])
        there = known.get((row.unit_id, *(values.get(name) for name in kind.keys)))
        changes = row.values.setdefault("changes", {})
        for name, value in values.items():
            before = getattr(there, name) if there else None
            if before != value:
                changes[OWN + name] = [plain(there, name) if there else None, row.values[key][name]]
        if changes and row.action == RowAction.KEEP:
            row.action = RowAction.CHANGE


def write(kind: Kind, batch: ImportBatch, key: str, by: User | None, more: Any = None) -> None:
    """Write the own facts of the staged rows of a batch. ``more``: further values."""
    staged = list(batch.staged.filter(action__in=[RowAction.CREATE, RowAction.CHANGE]).order_by("id"))
    units = Unit.objects.in_bulk([row.unit_id for row in staged if row.unit_id])
    lines = [
        OwnLine(unit=units[row.unit_id], values=typed(kind, row.values[key]) | (more(row) if more else {}))
        for row in staged
        if row.unit_id and (row.values[key] or more)
    ]
    record(kind, lines, by=by, reason=_("imported from %(file)s") % {"file": batch.file.name}, batch=batch)


class OwnImporter(AssetsImporter):
    """The ledger of one kind of assets: what the asset ledger says, and the own facts of the kind."""

    own: Kind
    asset_class: str
    subtype: str

    def judge_row(self, row: SheetRow, judge: Any) -> None:
        values = said(self.own, row)
        row.source.values.pop("remark", None)  # it is a remark on the own facts
        row.source.values |= {"asset_class": self.asset_class, "subtype": self.subtype}
        super().judge_row(row, judge)
        row.values["own"] = {name: plain_value(value) for name, value in values.items()}

    def compare(self, rows: Sequence[SheetRow], day: dt.date) -> Any:
        book = super().compare(rows, day)
        compare(self.own, rows, "own")
        return book

    def apply(self, batch: ImportBatch, *, by: User | None) -> None:
        super().apply(batch, by=by)
        write(self.own, batch, "own", by, self.more(batch, by))

    def more(self, batch: ImportBatch, by: User | None) -> Any:
        """Values that are not the kind's own parts, by staged row; nothing for most."""
        return None

    def reverse(self, batch: ImportBatch, *, by: User | None, act: Act) -> None:
        take_back(batch, act)
        super().reverse(batch, by=by, act=act)
