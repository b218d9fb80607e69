"""What a unit was on a chosen day, as the book stands or stood 某日状况: state, entries, shape."""

from __future__ import annotations

import datetime as dt
from typing import Any

from registry import display
from registry.codes import PRIVATE_KINDS, EntryCode, EntryKind, UnitState
from registry.models import Source, Unit

from .recorded import entries_then, names_then, parties_then, shapes_then, state_on, units_then
from .wording import MONEY_CODES


def standing(
    unit: Unit, day: dt.date, recorded: dt.datetime | None, *, full: bool, money: bool
) -> dict[str, Any]:
    """State, name, entries by kind and shape of a unit on a day. Six queries.

    ``recorded``: as the book said it at that instant; ``full``: private persons in full; ``money``: income.
    """
    known = _unit_then(unit, day, recorded)
    rows = list(entries_then(day, recorded).filter(unit=unit.pk).order_by("kind", "code", "pk"))
    rows = [row for row in rows if money or row.code not in MONEY_CODES]
    keys = [key for row in rows for key in (row.party_id, row.agent_id, row.debtor_id)]
    parties = parties_then(keys, recorded)
    sources = names_then(Source, [row.source_id for row in rows], recorded)
    told = [_told(row, parties, sources, full) for row in rows] if known is not None else []
    groups = [
        {"label": EntryKind(kind).label, "rows": [row for row in told if row["kind"] == kind]}
        for kind in EntryKind.values
    ]
    return {
        "known": known is not None,
        "name": known.name if known is not None else "",
        "state": _state(unit, day, recorded) if known is not None else None,
        "groups": [group for group in groups if group["rows"]],
        "shape": _shape(unit, day, recorded) if known is not None else None,
        "closed": not money,
    }


def _unit_then(unit: Unit, day: dt.date, recorded: dt.datetime | None) -> Any:
    key = {"pk": unit.pk} if recorded is None else {"pgh_obj": unit.pk}
    return units_then(day, recorded).filter(**key).first()


def _state(unit: Unit, day: dt.date, recorded: dt.datetime | None) -> dict[str, Any] | None:
    code = state_on(day, unit, recorded)
    if code is None:
        return None
    return {"code": code, "label": UnitState(code).label if code in UnitState.values else code}


def _shape(unit: Unit, day: dt.date, recorded: dt.datetime | None) -> dict[str, Any] | None:
    row = shapes_then(day, recorded).filter(unit=unit.pk).first()
    if row is None:
        return None
    return {"area": row.size_m2, "length": row.size_m, "method": row.get_method_display(), "valid": row.valid}


def _told(row: Any, parties: dict[int, Any], sources: dict[int, Any], full: bool) -> dict[str, Any]:
    def name(key: int | None) -> str:
        found = parties.get(key) if key is not None else None
        if found is None:
            return ""
        return found.name if full or found.kind not in PRIVATE_KINDS else display.masked(found.name)

    paper = sources.get(row.source_id)
    return {
        "kind": row.kind,
        "code": EntryCode(row.code).label,
        "party": name(row.party_id),
        "agent": name(row.agent_id),
        "debtor": name(row.debtor_id),
        "share": display.share(row),
        "valid": row.valid,
        "authority": row.authority,
        "source": f"{paper.title} {paper.number}".strip() if paper is not None else "",
    }
