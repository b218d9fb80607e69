"""What an act in the life of an asset does beside its state, and its undoing. 中文：事项的后果与恢复"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from assets.codes_life import ENDING, LifeAct, Transition
from assets.models import Asset
from registry.errors import BadInput
from registry.models import Act, Entry, Unit, User
from registry.services.acts import ActLine, record_acts
from registry.services.entries import describe, end_entries

if TYPE_CHECKING:
    from .life import Said

# The day of these acts is what the ledger says of the asset, too. 中文：验收日期、移交日期
DATED = {LifeAct.ACCEPT: "accepted_on", LifeAct.HAND_OVER: "handed_over_on"}


@dataclass(frozen=True)
class Effects:
    """What was changed, before and after, as the book keeps it."""

    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


def apply(asset: Asset, unit: Unit, row: Transition, said: Said, by: User | None) -> Effects:
    """Do what an act does: dates of the ledger; where the life ends, entries and duties end with it."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    column = DATED.get(row.act)
    if column is not None:
        old: dt.date | None = getattr(asset, column)
        before[column] = old.isoformat() if old else None
        after[column] = said.on.isoformat()
        setattr(asset, column, said.on)
        asset.save(update_fields=[column])
    if row.act in ENDING:
        after["ended"] = _close(unit, said, by)
        unit.left_on = said.on
        unit.save(update_fields=["left_on"])
    return Effects(before, after)


def _close(unit: Unit, said: Said, by: User | None) -> list[dict[str, Any]]:
    """End every right, duty and restriction of the unit on the day; give which, and until when they ran."""
    running = Entry.objects.in_force().filter(unit=unit)
    later = running.filter(valid__startswith__gte=said.on).first()
    if later is not None:
        raise BadInput(
            _("An entry of the asset begins on %(day)s. End or correct it first, or choose a later day.")
            % {"day": later.valid.lower},
            "later_entry",
        )
    held = list(running.filter(valid__contains=said.on).order_by("pk"))
    ended = [
        {"entry": entry.pk, "to": entry.valid.upper.isoformat() if entry.valid.upper else None}
        for entry in held
    ]
    end_entries(held, on=said.on, by=by, reason=said.reason, source=said.source, check=False)
    return ended


def undo(asset: Asset, unit: Unit, written: Act, *, by: User | None, reason: str) -> None:
    """Put back what an act did beside its state."""
    before, after = written.before or {}, written.after or {}
    columns = [column for column in DATED.values() if column in before]
    for column in columns:
        value = before[column]
        setattr(asset, column, dt.date.fromisoformat(value) if value else None)
    if columns:
        asset.save(update_fields=columns)
    if "ended" in after:
        unit.left_on = None
        unit.save(update_fields=["left_on"])
        _reopen(unit, after["ended"], by=by, reason=reason)


def _reopen(unit: Unit, ended: list[dict[str, Any]], *, by: User | None, reason: str) -> None:
    until = {line["entry"]: line["to"] for line in ended}
    entries = list(
        Entry.objects.select_for_update(of=("self",)).filter(pk__in=until, annulled=None).order_by("pk")
    )
    lines = []
    for entry in entries:
        before, to = describe(entry), until[entry.pk]
        entry.valid = DateRange(entry.valid.lower, dt.date.fromisoformat(to) if to else None)
        lines.append(
            ActLine(
                verb="entry_corrected",
                division=unit.division_id,
                unit=unit,
                subject=f"entry:{entry.pk}",
                reason=reason,
                effective_on=entry.valid.lower,
                before=before,
                after=describe(entry),
            )
        )
    Entry.objects.bulk_update(entries, ["valid"])
    record_acts(lines, by=by)
