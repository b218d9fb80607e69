"""Registered units of which a file that speaks for their place says nothing. 中文：台账未列单位"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from registry.codes import Level
from registry.models import Unit

from .places import Places, plain

LISTED = 200


def missing_units(
    kind: str,
    places: Places,
    divisions: Iterable[int],
    seen: Collection[int],
    named: Iterable[tuple[str, str]] = (),
) -> dict[str, Any]:
    """Units of a kind in the villages of a file's rows that occur in none of them. One query.

    A row of a natural village speaks for its village, one of a township for what belongs to no village.
    ``seen`` are the units that rows mean, ``named`` codes and names of rows that cannot be taken: they are to
    be put right, not missing. Information only: an import takes nothing out of the register.
    """
    covered = _covered(places, set(divisions))
    codes, names = set(), set()
    for code, name in named:
        codes.add(code)
        names.add(plain(name))
    units = Unit.objects.in_force().filter(kind=kind, left_on=None, division__in=covered).order_by("code")
    absent = [
        {"code": code, "name": name}
        for pk, code, name in units.values_list("pk", "code", "name")
        if pk not in seen and code not in codes and plain(name) not in names
    ]
    return {"count": len(absent), "units": absent[:LISTED]}


def _covered(places: Places, divisions: set[int]) -> set[int]:
    villages = {
        village.pk
        for pk in divisions
        if pk in places.by_pk and (village := places.above(places.by_pk[pk], Level.VILLAGE)) is not None
    }
    below, waiting = set(villages), list(villages)
    while waiting:
        children = [child.pk for child in places.children[waiting.pop()]]
        below.update(children)
        waiting += children
    return divisions | below
