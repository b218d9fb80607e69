"""Who holds what on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from registry.codes import EntryCode
from registry.models import Division, Entry

from .divisions import codes_by_division


def holders_on(day: dt.date, code: str, division: Division | None = None) -> Iterable[Entry]:
    """Entries of a code that hold on a day (below a division), by unit; one query, parties included."""
    rows = Entry.objects.on(day).filter(code=code, unit__annulled=None)
    if division is not None:
        rows = rows.within(division)
    return rows.select_related("unit", "party", "agent").order_by("unit__code", "id")


def responsible(day: dt.date, division: Division | None = None) -> list[dict[str, Any]]:
    """Who keeps what up on a day: body, named person, period and share. 中文：谁在管护"""
    entries = list(holders_on(day, EntryCode.UPKEEP, division))
    codes = codes_by_division({entry.unit.division_id for entry in entries})
    return [
        {
            "unit": entry.unit.code,
            "name": entry.unit.name,
            "division": codes.get(entry.unit.division_id),
            "body": entry.party.name,
            "person": entry.agent.name if entry.agent else None,
            "since": entry.valid.lower.isoformat(),
            "until": entry.valid.upper.isoformat() if entry.valid.upper else None,
            "share": f"{entry.share_num}/{entry.share_den}",
        }
        for entry in entries
    ]


def income_owners(day: dt.date, division: Division | None = None) -> list[dict[str, Any]]:
    """Who owns the income of what on a day, in which share. 中文：收益归谁"""
    entries = list(holders_on(day, EntryCode.INCOME, division))
    codes = codes_by_division({entry.unit.division_id for entry in entries})
    return [
        {
            "unit": entry.unit.code,
            "name": entry.unit.name,
            "division": codes.get(entry.unit.division_id),
            "party": entry.party.name,
            "share": f"{entry.share_num}/{entry.share_den}",
        }
        for entry in entries
    ]
