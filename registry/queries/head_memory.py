"""Column titles that people named by hand, remembered for files of one kind. 中文：列名记忆查询"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from django.db.models import Q

from registry.models import Division, HeadAlias
from registry.readers.table import Table
from registry.readers.table.heads import normalise


def remembered(kind: str, division: Division | None, origin: str = "") -> dict[str, HeadAlias]:
    """What is remembered for files of a kind in a division, by title; the nearest naming counts. One query.

    What was named in a division holds for all below it; what was named for no division holds everywhere.
    ``origin``: whose file it is; what was named for its files goes before what was named for anybody's.
    """
    scope = Q(division=None)
    if division is not None:
        scope |= Q(division__path__in=_upwards(division.path))
    rows = HeadAlias.objects.filter(scope, kind=kind, origin__in={"", origin})
    found: dict[str, HeadAlias] = {}
    for alias in sorted(rows.select_related("division", "named_by"), key=_nearness):
        found[alias.title] = alias
    return found


def _nearness(alias: HeadAlias) -> tuple[bool, int]:
    return bool(alias.origin), len(alias.division.path) if alias.division else 0


def _upwards(path: str) -> list[str]:
    """The paths of a place and of all above it."""
    return [path[: end + 1] for end, mark in enumerate(path) if mark == "/" and end]


def knowing(table: Table, memory: Mapping[str, HeadAlias]) -> Table:
    """The table of a kind of file, with what is remembered of its heads."""
    return replace(table, named=tuple((title, alias.field) for title, alias in memory.items()))


def used(memory: Mapping[str, HeadAlias], titles: Iterable[str]) -> list[HeadAlias]:
    """What of the memory speaks of columns of these titles."""
    there = {normalise(title)[0] for title in titles}
    return [alias for title, alias in memory.items() if normalise(title)[0] in there]
