"""Who holds what on a day, as the book stands or as it stood at an instant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from registry.codes import EntryCode
from registry.models import Division, Entry, Unit

from .divisions import codes_by_division
from .recorded import entries_then, names_then, parties_then


def holders_on(day: dt.date, code: str, division: Division | None = None) -> Iterable[Entry]:
    """Entries of a code that hold on a day (below a division), by unit; one query, parties included."""
    rows = Entry.objects.on(day).filter(code=code, unit__annulled=None)
    if division is not None:
        rows = rows.within(division)
    return rows.select_related("unit", "party", "agent").order_by("unit__code", "id")


def holders_recorded(
    day: dt.date, code: str, division: Division | None, recorded: dt.datetime
) -> list[Entry]:
    """What ``holders_on`` answered at an instant: rows, names and units of then. Three queries."""
    rows = entries_then(day, recorded).filter(code=code)
    if division is not None:
        rows = rows.within(division)
    found = list(rows)
    units = names_then(Unit, [row.unit_id for row in found], recorded)
    parties = parties_then([key for row in found for key in (row.party_id, row.agent_id)], recorded)
    known = []
    for row in found:
        unit = units.get(row.unit_id)
        if unit is None or unit.annulled_id is not None:
            continue
        row.unit, row.party = _stand_in(unit, Unit), _stand_in(parties[row.party_id])
        row.agent = _stand_in(parties.get(row.agent_id)) if row.agent_id else None
        known.append(row)
    return sorted(known, key=lambda row: (row.unit.code, row.pgh_obj_id))


def _stand_in(event: Any, model: Any = None) -> Any:
    """The row that an event row speaks of, filled with what it said then (never saved)."""
    if event is None:
        return None
    of = model or type(event).pgh_tracked_model
    names = [field.attname for field in of._meta.concrete_fields if hasattr(event, field.attname)]
    return of(**{name: getattr(event, name) for name in names if name in event.__dict__})


def _held(
    day: dt.date, code: str, division: Division | None, recorded: dt.datetime | None
) -> tuple[list[Entry], dict[int, str]]:
    if recorded is None:
        entries = list(holders_on(day, code, division))
    else:
        entries = holders_recorded(day, code, division, recorded)
    return entries, codes_by_division({entry.unit.division_id for entry in entries})


def responsible(
    day: dt.date, division: Division | None = None, recorded: dt.datetime | None = None
) -> list[dict[str, Any]]:
    """Who keeps what up on a day: body, named person, period and share. 中文：谁在管护

    ``recorded``: as the book answered at that instant.
    """
    entries, codes = _held(day, EntryCode.UPKEEP, division, recorded)
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


def income_owners(
    day: dt.date, division: Division | None = None, recorded: dt.datetime | None = None
) -> list[dict[str, Any]]:
    """Who owns the income of what on a day, in which share. 中文：收益归谁

    ``recorded``: as the book answered at that instant.
    """
    entries, codes = _held(day, EntryCode.INCOME, division, recorded)
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
