"""What a newer official list leaves out or moves 名单差异: said in the preview, never silently kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from registry.codes import LEVEL_ORDER
from registry.models import Division
from registry.queries.places import Places

SHOWN = 20


def differences(lines: Sequence[Any], system: str, places: Places) -> dict[str, Any]:
    """Places missing from the file and places with another code, as the batch's totals keep them."""
    codes = _codes(system, places)
    missing, moved = absent(lines, codes, places), _moved(lines, codes)
    return {"missing": missing, "moved": moved, "notes": [*_missing_notes(missing), *_moved_notes(moved)]}


def absent(lines: Sequence[Any], codes: dict[int, str], places: Places) -> list[dict[str, str]]:
    """Places with a code of the system that the file leaves out: below those of whose places it lists some.

    A list of townships says nothing of villages. What lies below a missing place is not listed again.
    """
    named = {line.place.division.pk for line in lines if line.place and line.place.division}
    written = {line.code for line in lines if line.code}
    covered: dict[int | None, set[str]] = defaultdict(set)
    for line in lines:
        above = line.place.parent_row() if line.place else None
        if above is not None:
            covered[above.pk].add(line.level)
    gone = [
        place
        for key, levels in covered.items()
        for place in places.children[key]
        if place.level in levels
        and place.pk not in named
        and place.pk in codes
        and codes[place.pk] not in written
    ]
    gone.sort(key=lambda place: (LEVEL_ORDER.index(place.level), codes[place.pk]))
    return [{"code": codes[place.pk], "name": place.name, "level": place.level} for place in gone]


def _moved(lines: Sequence[Any], codes: dict[int, str]) -> list[dict[str, str]]:
    """Places that the file gives another code than the register."""
    found = []
    for line in lines:
        place: Division | None = line.place.division if line.place else None
        if place is not None and line.place.code and place.pk in codes and codes[place.pk] != line.code:
            found.append({"name": line.name, "old": codes[place.pk], "new": line.code})
    return found


def _codes(system: str, places: Places) -> dict[int, str]:
    """The newest code of each standing place in the system."""
    return {place.pk: code for code, place in places.by_code[system].items() if place.pk not in places.ended}


def _missing_notes(missing: list[dict[str, str]]) -> list[str]:
    if not missing:
        return []
    named = "、".join(f"{place['name']} {place['code']}" for place in missing[:SHOWN])
    return [
        _(
            "Missing from the file: %(count)d places that the register holds (%(places)s). They stay as they "
            "are; where one was renamed, merged or split, record that on the page of the place."
        )
        % {"count": len(missing), "places": named + ("…" if len(missing) > SHOWN else "")}
    ]


def _moved_notes(moved: list[dict[str, str]]) -> list[str]:
    if not moved:
        return []
    named = "、".join(f"{place['name']} {place['old']} → {place['new']}" for place in moved[:SHOWN])
    return [
        _("Another code than before: %(count)d places (%(places)s). The earlier codes end and still resolve.")
        % {"count": len(moved), "places": named + ("…" if len(moved) > SHOWN else "")}
    ]
