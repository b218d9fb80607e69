"""Which survey deliveries speak of a day, and the list of all of them. 中文：图层版本查询"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from land.models import Vintage, VintageKind
from registry.models import Division, DivisionBoundary
from registry.queries.prepared import Prepared

BOUNDARY, FEATURES, ASSUMED = "boundary", "features", "assumed"  # how a coverage is known


def _of_kinds(*kinds: str) -> Any:
    rows = Vintage.objects.in_force().filter(kind__in=kinds)
    joined = rows.select_related("division", "batch", "batch__file").defer("coverage")
    return joined.order_by("-year", "-id")


_OF_KINDS = Prepared(_of_kinds)
_COVERAGES = Prepared(lambda *keys: Vintage.objects.filter(pk__in=keys).values_list("pk", "coverage"))
_OUTLINES = Prepared(
    lambda *divisions: DivisionBoundary.objects.filter(division__in=divisions).order_by("valid")
    .values_list("division", "geom")
)  # fmt: skip
_SURVEYED = Prepared(
    lambda *divisions: Vintage.objects.in_force()
    .filter(kind=VintageKind.PARCELS, division__in=divisions).order_by("-year", "-id").values_list("coverage")
)  # fmt: skip


@dataclass(frozen=True)
class Chosen:
    """The vintages of one layer that answer for a day; ``replaced`` names, by vintage, the paths of
    divisions below its own for which a newer one answers."""

    vintages: tuple[Vintage, ...]
    replaced: dict[int, tuple[str, ...]] = field(default_factory=dict)

    @property
    def keys(self) -> list[int]:
        return [vintage.pk for vintage in self.vintages]

    def superseded(self, vintage_id: int, village_path: str | None) -> bool:
        """Whether a row of a vintage lies where a newer vintage speaks."""
        paths = self.replaced.get(vintage_id, ())
        return bool(village_path) and any(str(village_path).startswith(path) for path in paths)


def vintages_for(kind: str, day: dt.date, year: int | None = None) -> Chosen:
    """The newest vintages of a layer, of the day's year (or ``year``) at the latest. One query."""
    return newest_of((kind,), day, year)[kind]


def newest_of(kinds: Iterable[str], day: dt.date, year: int | None = None) -> dict[str, Chosen]:
    """The newest vintages of several layers, by kind. One query."""
    latest = min(day.year, year) if year is not None else day.year
    of_kind: dict[str, list[Vintage]] = {kind: [] for kind in kinds}
    for vintage in _OF_KINDS(*map(str, of_kind)):
        if vintage.year <= latest:
            of_kind[vintage.kind].append(vintage)
    return {kind: _chosen(found) for kind, found in of_kind.items()}


def _chosen(rows: Iterable[Vintage]) -> Chosen:
    """Of vintages, the newest first, those for whose division no newer one answers."""
    chosen: list[Vintage] = []
    replaced: dict[int, tuple[str, ...]] = {}
    for vintage in rows:
        path = vintage.division.path
        if any(path.startswith(newer.division.path) for newer in chosen):
            continue
        below = tuple(newer.division.path for newer in chosen if newer.division.path.startswith(path))
        if below:
            replaced[vintage.pk] = below
        chosen.append(vintage)
    return Chosen(tuple(chosen), replaced)


def coverages(chosen: Chosen) -> list[Any]:
    """Where the vintages speak, EPSG:4490. Three queries at most.

    What had to be assumed when a layer was loaded gives way to an outline of its division that came later,
    and is widened by the surveys of the same division.
    """
    stored = dict(_COVERAGES(*chosen.keys)) if chosen.vintages else {}
    assumed = {v.pk: v.division_id for v in chosen.vintages if v.coverage_basis == ASSUMED}
    found = [cover for key, cover in sorted(stored.items()) if key not in assumed]
    if assumed:
        latest = dict(_OUTLINES(*assumed.values()))
        found += [latest.get(division) or stored[key] for key, division in sorted(assumed.items())]
        bare = set(assumed.values()) - latest.keys()
        found += [cover for (cover,) in _SURVEYED(*bare)] if bare else []
    return [cover for cover in found if cover]


def describe(vintage: Vintage) -> dict[str, Any]:
    """A vintage as programs read it."""
    return {
        "kind": vintage.kind,
        "year": vintage.year,
        "division": vintage.division.name,
        "batch": vintage.batch_id,
        "sha256": vintage.batch.file.sha256,
        "features": vintage.feature_count,
        "quarantined": vintage.quarantined_count,
        "coverage": vintage.coverage_basis,
    }


def vintages_of(division: Division | None = None) -> Any:
    """All vintages, those out of force too, newest first, for the land officer's list. One query."""
    rows = Vintage.objects.select_related("division", "batch", "batch__file", "batch__created_by")
    rows = rows.defer("coverage").order_by("kind", "-year", "-id")
    return rows if division is None else rows.within(division)
