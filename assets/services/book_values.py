"""Enter what the account book of an owner says, and take it back. 中文：登记账面价值"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from assets.models import BookValue
from registry import access, clock
from registry.codes import EntryCode
from registry.errors import BadInput, RegistryError
from registry.models import Act, Entry, ImportBatch, Party, Unit, User
from registry.models.filling import insert_rows
from registry.reasons import too_short
from registry.rules.engine import evaluate_units
from registry.services.acts import ActLine, record_act, record_acts

VERB = "keep_book_value"


@dataclass(frozen=True, kw_only=True)
class Booked:
    """What a book says of an asset at the end of a day; yuan."""

    unit: Unit
    owner: Party
    on: dt.date
    value: Decimal
    account: str = ""


@transaction.atomic
def enter_book_values(
    rows: Sequence[Booked], *, by: User | None, reason: str = "", batch: ImportBatch | None = None
) -> list[BookValue]:
    """Enter book values, all or none; one act an asset. Five statements.

    A value of the same book and day that is entered already is taken back by the act of the new one.
    """
    for division in {row.unit.division_id: row.unit.division for row in rows}.values():
        access.require(by, VERB, division)
    if any(row.on > clock.today() for row in rows):
        raise BadInput(_("A book value is entered when the day is over; check the date."), "on")
    known = {
        (old.unit_id, old.owner_id, old.on): old
        for old in BookValue.objects.select_for_update()
        .in_force()
        .filter(unit__in={row.unit.pk for row in rows}, on__in={row.on for row in rows})
    }
    replaced = [known.get((row.unit.pk, row.owner.pk, row.on)) for row in rows]
    lines = [_line(row, old, reason) for row, old in zip(rows, replaced, strict=True)]
    acts = record_acts(lines, by=by, batch=batch)
    for old, act in zip(replaced, acts, strict=True):
        if old is not None:
            old.annulled = act
    BookValue.objects.bulk_update([old for old in replaced if old], ["annulled"], batch_size=500)
    made = insert_rows([BookValue(batch=batch, **vars(row)) for row in rows])
    _evaluate({row.owner.pk for row in rows}, {row.unit.pk for row in rows})
    return made


def _evaluate(owners: set[int], units: set[int]) -> None:
    """All that the owners own: what their book leaves out is not booked."""
    owned = Entry.objects.on(clock.today()).filter(party__in=owners, code=EntryCode.OWNERSHIP)
    evaluate_units(units | set(owned.values_list("unit_id", flat=True)), as_of=clock.today())


def _line(row: Booked, old: BookValue | None, reason: str) -> ActLine:
    return ActLine(
        verb="book_value_entered",
        division=row.unit.division_id,
        unit=row.unit.pk,
        subject=f"unit:{row.unit.code}",
        reason=reason,
        effective_on=row.on,
        before={"value": f"{old.value:f}", "book": old.pk} if old else None,
        after={"value": f"{row.value:f}", "owner": row.owner.pk, "account": row.account},
    )


@transaction.atomic
def take_back_book_value(*, book: BookValue, reason: str, by: User | None) -> BookValue:
    """Take an entered value back, with the reason. 中文：撤销账面价值"""
    rows = BookValue.objects.select_for_update(of=("self",)).select_related("unit__division")
    held = rows.get(pk=book.pk)
    access.require(by, VERB, held.unit.division)
    if held.annulled_id is not None:
        raise RegistryError(_("This value is taken back already."), "taken_back")
    if too_short(reason):
        raise BadInput(_("Say why the value is taken back; it stands in the book."), "reason")
    held.annulled = record_act(
        by=by,
        verb="book_value_taken_back",
        division=held.unit.division_id,
        unit=held.unit,
        subject=f"unit:{held.unit.code}",
        reason=reason,
        effective_on=clock.today(),
        before={"value": f"{held.value:f}", "book": held.pk},
    )
    held.save(update_fields=["annulled"])
    _evaluate({held.owner_id}, {held.unit_id})
    return held


def take_back_batch(*, batch: ImportBatch, act: Act) -> list[int]:
    """Mark the values of a batch as taken back; those that they replaced stand again."""
    taken = BookValue.objects.filter(batch=batch, annulled=None)
    units = list(taken.values_list("unit_id", flat=True))
    taken.update(annulled=act)
    BookValue.objects.filter(annulled__batch=batch, annulled__verb="book_value_entered").update(annulled=None)
    return units
