"""What ledgers of one kind say beside the asset ledger: columns of own facts, compared and written.

中文：专项台账导入。The columns come from ``assets.kinds``; places, money, rights and keepers are those of
the asset ledger.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from assets.codes_networks import WORDS
from assets.kinds import Kind
from assets.services.own import OwnLine, plain, problems, record, rows_of
from registry.models import ImportBatch, RowAction, Unit, User
from registry.readers.table import Field
from registry.readers.table.dates import DateValue

from .sheetrow import SheetRow

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


def write(
    kind: Kind, batch: ImportBatch, key: str, by: User | None, more: Any = None, within: str = ""
) -> None:
    """Write the own facts of the staged rows of a batch. ``more``: further values; ``within``: what holds
    the values of several kinds, where a row says nothing of some."""
    staged = list(batch.staged.filter(action__in=[RowAction.CREATE, RowAction.CHANGE]).order_by("id"))
    units = Unit.objects.in_bulk([row.unit_id for row in staged if row.unit_id])
    said_of = {row.pk: (row.values[within].get(key, {}) if within else row.values[key]) for row in staged}
    lines = [
        OwnLine(unit=units[row.unit_id], values=typed(kind, said_of[row.pk]) | (more(row) if more else {}))
        for row in staged
        if row.unit_id and (said_of[row.pk] or more)
    ]
    record(kind, lines, by=by, reason=_("imported from %(file)s") % {"file": batch.file.name}, batch=batch)
