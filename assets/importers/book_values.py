"""Importer of what the account book of an owner says of assets. 中文：账面资产清单导入"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.models import BookValue
from assets.services.book_values import Booked, enter_book_values, take_back_batch
from registry.codes import PRIVATE_KINDS, EntryCode
from registry.models import Act, Entry, ImportBatch, Party, RowAction, Unit, User
from registry.queries.places import plain

from .inspections import Units
from .judging import Judge
from .ledger import LedgerImporter
from .sheetrow import SheetRow, plain_value
from .stocktake_columns import BOOK


class BookValuesImporter(LedgerImporter):
    """Book values of assets that are in the register, by the owner who keeps the book. 中文：账面资产清单"""

    kind = "ledger:book_values"
    label = gettext_lazy("book values of assets")
    verb = "keep_book_value"
    table = BOOK

    def judge(self, rows: Sequence[SheetRow], judge: Judge, batch: ImportBatch) -> dict[str, Any]:
        units = Units(rows, judge)
        for row in rows:
            _read(row, judge)
            units.match(row)
        _find_owners(rows)
        _compare(rows)
        good = [Decimal(row.values["value"]) for row in rows if row.good]
        return {"value_total": f"{sum(good, Decimal(0)):.2f}"}

    def apply(self, batch: ImportBatch, *, by: User | None) -> None:
        staged = list(batch.staged.filter(action__in=[RowAction.CREATE, RowAction.CHANGE]).order_by("id"))
        units = Unit.objects.select_related("division").in_bulk({row.unit_id for row in staged})
        owners = Party.objects.in_bulk({row.values["owner"] for row in staged})
        booked = [
            Booked(
                unit=units[row.unit_id],
                owner=owners[row.values["owner"]],
                on=dt.date.fromisoformat(row.values["on"]),
                value=Decimal(row.values["value"]),
                account=row.values["account"],
            )
            for row in staged
        ]
        enter_book_values(
            booked, by=by, batch=batch, reason=_("imported from %(file)s") % {"file": batch.file.name}
        )

    def reverse(self, batch: ImportBatch, *, by: User | None, act: Act) -> None:
        take_back_batch(batch=batch, act=act)


def _read(row: SheetRow, judge: Judge) -> None:
    value, day = row.get("value"), row.date("on") or judge.ledger_day
    row.values |= {
        "value": plain_value(value),
        "on": plain_value(day),
        "account": row.text("account", 80),
        "owner_name": row.text("owner", 160),
    }
    if value is None and not row.broken("value"):
        row.refuse("value", "no_value", _("The book value is missing."))
    if day > judge.today:
        row.refuse("on", "future_date", _("The date lies in the future. Correct it."))


def _find_owners(rows: Sequence[SheetRow]) -> None:
    """Whose book it is: the owner of the asset that the row names, else its only owner. One query."""
    held: dict[int | None, dict[int, str]] = {}
    owned = Entry.objects.in_force().filter(
        unit__in={row.unit_id for row in rows if row.unit_id}, code=EntryCode.OWNERSHIP
    )
    for entry in (
        owned.exclude(party__kind__in=PRIVATE_KINDS).select_related("party").order_by("-valid", "id")
    ):
        held.setdefault(entry.unit_id, {})[entry.party_id] = entry.party.name
    for row in rows:
        owners, name = held.get(row.unit_id, {}), row.values["owner_name"]
        fitting = [key for key, known in owners.items() if not name or plain(known) == plain(name)]
        if len(fitting) == 1:
            row.values["owner"] = fitting[0]
        elif row.good:
            row.refuse(
                "owner",
                "owner_unknown",
                _("The register's owners of it are: %(owners)s. Write one of them.")
                % {"owners": "、".join(owners.values()) or "—"},
            )


def _compare(rows: Sequence[SheetRow]) -> None:
    """New, the same, or another value of the same book and day. One query."""
    known = {
        (book.unit_id, book.owner_id, book.on.isoformat()): book
        for book in BookValue.objects.in_force().filter(unit__in={r.unit_id for r in rows if r.good})
    }
    first: dict[tuple[Any, ...], SheetRow] = {}
    for row in rows:
        if row.good:
            key = (row.unit_id, row.values["owner"], row.values["on"])
            _judge_twin(row, first.setdefault(key, row))
        if not row.good:
            row.action = RowAction.REJECT
            continue
        old = known.get(key)
        if old is None:
            row.action = RowAction.CREATE
            continue
        new = Decimal(row.values["value"])
        row.values["changes"] = {} if old.value == new else {"value": [f"{old.value:f}", f"{new:f}"]}
        row.action = RowAction.CHANGE if row.values["changes"] else RowAction.KEEP


def _judge_twin(row: SheetRow, first: SheetRow) -> None:
    if first is not row:
        row.refuse(
            "asset_code", "duplicate_row", _("Row %(row)d states the same book.") % {"row": first.source.row}
        )
