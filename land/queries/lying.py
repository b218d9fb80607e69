"""How much of some ground lies in a zone layer, or on parcels of given classes. 中文：地块与图层叠加

For ground that is registered with its outline: supplement projects, plots of linkage projects, designated
basic farmland. What the layers do not speak of is said so: never read as "nothing lies there".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import shapely

from land import overlay
from land.area import official_areas, round_area
from land.ground import Footprint, LandFeature, Limits
from land.models import VintageKind
from land.overlay import Layer
from land.queries.candidates import MEETING_M, boxes_about, parcels_about, zones_about
from land.queries.vintages import Chosen, coverages, vintages_for
from registry import geo

ZERO = Decimal(0)


@dataclass(frozen=True)
class Lying:
    """What of one piece of ground lies in the layer; ``covered``: the layer speaks of all of it."""

    whole_m2: Decimal
    m2: Decimal
    covered: bool
    year: int | None

    @property
    def share(self) -> Decimal:
        """The part of the ground that lies in it, 0 to 1."""
        return min(self.m2 / self.whole_m2, Decimal(1)) if self.whole_m2 else ZERO


def in_zones(
    ground: Mapping[int, Any],
    kind: str,
    day: dt.date,
    *,
    limits: Limits,
    year: int | None = None,
    wanted: Callable[[Any], bool] = lambda zone: True,
    covering: bool = True,
) -> dict[int, Lying]:
    """What lies in the zones of a layer, pieces of drawing noise left out. About six queries.

    Without ``covering`` nobody asks how far the layer speaks: ``covered`` is True of everything.
    """
    chosen = vintages_for(kind, day, year)
    boxes = _boxes(ground)
    zones = [zone for zone in zones_about(boxes, chosen) if wanted(zone)] if ground else []
    covers = Layer(_covered(chosen) if ground and covering else [])
    return _lying(ground, zones, covers.covers if covering else lambda _shape: True, chosen, limits)


def on_parcels(
    ground: Mapping[int, Any], codes: frozenset[str], day: dt.date, *, year: int | None = None
) -> dict[int, Lying]:
    """What lies on parcels of these classes in the newest survey of a day, or in that of ``year`` alone.

    About six queries.
    """
    chosen = vintages_for(VintageKind.PARCELS, day, year)
    if year is not None:
        chosen = Chosen(tuple(v for v in chosen.vintages if v.year == year), chosen.replaced)
    parcels = parcels_about(_boxes(ground), chosen) if ground else ()
    surveyed = Layer([parcel.geometry for parcel in parcels])
    return _lying(ground, [p for p in parcels if p.class_code in codes], surveyed.covers, chosen, None)


def _boxes(ground: Mapping[int, Any]) -> np.ndarray:
    return boxes_about([Footprint(str(key), _shape(geom)) for key, geom in ground.items()], MEETING_M)


def _shape(geom: Any) -> Any:
    return shapely.from_wkb(bytes(geom.wkb))


def _covered(chosen: Chosen) -> list[Any]:
    outlines = [shapely.from_wkb(bytes(outline.wkb)) for outline in coverages(chosen)]
    return list(geo.to_work(np.array(outlines, dtype=object))) if outlines else []


def _lying(
    ground: Mapping[int, Any],
    features: Sequence[LandFeature],
    covers: Callable[[Any], bool],
    chosen: Chosen,
    limits: Limits | None,
) -> dict[int, Lying]:
    layer = Layer([feature.geometry for feature in features])
    year = max((vintage.year for vintage in chosen.vintages), default=None)
    found = {}
    for key, geom in ground.items():
        shape = geo.to_work(_shape(geom))
        pieces = overlay.pieces(shape, layer.about(shape))
        found[key] = Lying(
            whole_m2=_official([shape]), m2=_official(_kept(pieces, limits)), covered=covers(shape), year=year
        )
    return found


def _kept(pieces: np.ndarray, limits: Limits | None) -> list[Any]:
    """Pieces above the limits of drawing noise (P02)."""
    if limits is None or not len(pieces):
        return list(pieces)
    areas, widths = official_areas(pieces, geo.county().work_srid), overlay.mean_width(pieces)
    return [
        piece
        for piece, area, width in zip(pieces, areas, widths, strict=True)
        if area > float(limits.noise_area_m2) and width > float(limits.noise_width_m)
    ]


def _official(shapes: Sequence[Any]) -> Decimal:
    if not len(shapes):
        return ZERO
    made = np.empty(len(shapes), dtype=object)
    made[:] = shapes
    return sum((round_area(area) for area in official_areas(made, geo.county().work_srid)), ZERO)
