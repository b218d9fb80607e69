"""How much of what ground a shape takes, in official m². Pure: no ORM, no verdict.

Gross areas are measured on the piece; counted areas are less the field ridges (田坎扣除): the stored figure
where a feature is taken whole, otherwise the measured area times (1 - KCXS) (P01, E32, E33). Where features
of a layer overlap, the ground is given to the first by id and to no other.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from land import overlay
from land.area import official_areas, round_area, settle
from land.ground import Ground, LandFeature, Parcel
from registry import geo

ZERO = Decimal("0.00")
_TOTALS = (
    "footprint_m2",
    "basic_farmland_m2",
    "basic_farmland_counted_m2",
    "farmland_m2",
    "farmland_counted_m2",
)
_SPLITS = ("by_class", "by_class_counted", "by_village", "by_zone", "by_grade")


@dataclass(frozen=True)
class Measures:
    """What ground a shape takes: official m², gross and counted (扣除田坎后), no ground counted twice."""

    footprint_m2: Decimal = ZERO
    basic_farmland_m2: Decimal = ZERO
    basic_farmland_counted_m2: Decimal = ZERO
    farmland_m2: Decimal = ZERO
    farmland_counted_m2: Decimal = ZERO
    by_class: dict[str, Decimal] = field(default_factory=dict)  # of the shape
    by_class_counted: dict[str, Decimal] = field(default_factory=dict)  # ridges under 田坎
    by_village: dict[str, Decimal] = field(default_factory=dict)  # of its basic farmland
    by_zone: dict[str, Decimal] = field(default_factory=dict)  # of its basic farmland
    by_grade: dict[str, Decimal] = field(default_factory=dict)  # of its farmland, by 耕地等别

    def measures_dict(self) -> dict[str, Any]:
        """For programs: m² as strings with 2 decimals."""
        totals = {name: str(getattr(self, name)) for name in _TOTALS}
        splits = {name: {k: str(v) for k, v in getattr(self, name).items()} for name in _SPLITS}
        return {**totals, **splits}


def areas_of(geoms: Sequence[BaseGeometry] | np.ndarray, profile: geo.CountyProfile) -> np.ndarray:
    """Official areas in the working plane, unrounded; a sliver that rounding would turn negative has none."""
    return np.maximum(official_areas(geoms, profile.work_srid), 0.0) if len(geoms) else np.zeros(0)


def _counted(feature: LandFeature, share: BaseGeometry, official: float) -> float:
    """E32, E33: of a feature taken whole the stored counted area, of a part its area less the ridges."""
    if feature.counted_m2 is not None and overlay.is_whole(share, feature.geometry):
        return float(feature.counted_m2)
    return official * (1 - feature.ratio)


def _ridge(feature: LandFeature, share: BaseGeometry, official: float) -> float:
    """What the ridges take of a share; of a feature taken whole, by its stored areas."""
    stored = feature.gross_m2 is not None and feature.counted_m2 is not None
    if stored and overlay.is_whole(share, feature.geometry):
        return float((feature.gross_m2 or ZERO) - (feature.counted_m2 or ZERO))
    return official * feature.ratio


@dataclass(frozen=True)
class _Shares:
    """What of a shape each feature takes."""

    features: list[LandFeature]
    geoms: np.ndarray
    areas: np.ndarray  # official, unrounded

    def __iter__(self) -> Iterator[tuple[LandFeature, BaseGeometry, float]]:
        return iter(zip(self.features, self.geoms, self.areas, strict=True))

    def sums(self, key: Callable[[LandFeature], str]) -> dict[str, float]:
        totals: defaultdict[str, float] = defaultdict(float)
        for feature, _geom, area in self:
            totals[key(feature)] += area
        return dict(totals)

    def counted(self) -> float:
        return float(sum(_counted(*row) for row in self))


def _shares(shape: BaseGeometry, features: list[LandFeature]) -> tuple[list[LandFeature], np.ndarray]:
    """The features that take some of the shape, and what each takes."""
    if not features or shape.is_empty:
        return [], np.empty(0, dtype=object)
    covers = np.empty(len(features), dtype=object)
    covers[:] = [feature.geometry for feature in features]
    geoms = overlay.shares(shape, covers)
    kept = np.flatnonzero(~shapely.is_empty(geoms))
    return [features[i] for i in kept], geoms[kept]


def _rounded(sums: dict[str, float]) -> dict[str, Decimal]:
    return {key: round_area(value) for key, value in sorted(sums.items()) if key}


def _by_class_counted(parcels: _Shares) -> dict[str, Decimal]:
    """Areas by class with the ridges where they belong, under their own code (E33)."""
    totals: defaultdict[str, float] = defaultdict(float)
    for feature, geom, area in parcels:
        ridge = _ridge(feature, geom, area)
        totals[feature.class_code] += _counted(feature, geom, area) if ridge else area
        if ridge:
            totals[feature.ridge_code] += ridge
    return _rounded(dict(totals))


def _by_village(
    protected: BaseGeometry, total: Decimal, zones: _Shares, on_parcels: _Shares, profile: geo.CountyProfile
) -> dict[str, Decimal]:
    """Basic farmland by village of the parcels under it, else of the zone; summing to the total (E28)."""
    sums = defaultdict(float, on_parcels.sums(lambda feature: feature.village_code))
    if protected.area - shapely.area(on_parcels.geoms).sum() > overlay.ZERO_AREA_M2:
        rest = shapely.difference(protected, overlay.as_union(on_parcels.geoms))
        on_zones = overlay.intersections(rest, zones.geoms)
        for feature, area in zip(zones.features, areas_of(on_zones, profile), strict=True):
            sums[feature.village_code] += area
    known = {village: area for village, area in sums.items() if area > 0}
    return settle(total, known) if total else {}


def _measured(
    shape: BaseGeometry, protected: BaseGeometry, ground: Ground, on: date, profile: geo.CountyProfile
) -> tuple[Decimal, Decimal, _Shares, _Shares, _Shares]:
    """Areas of the shape and of its protected part; its shares by parcel, those of the protected part by zone
    and by parcel. All areas in one go: of a small shape, each call costs more than what it measures.
    """
    parcels, on_shape = _shares(shape, ground.surveyed.meeting(shape))
    zones, on_zones = _shares(protected, [] if protected.is_empty else ground.protected(on).meeting(shape))
    on_parcels = np.empty(0, dtype=object)
    if not protected.is_empty:
        on_parcels = overlay.intersections(protected, on_shape)
    areas = areas_of([shape, protected, *on_shape, *on_zones, *on_parcels], profile)
    ends = np.cumsum([2, len(on_shape), len(on_zones)])
    by_parcel, by_zone, by_both = np.split(areas, ends)[1:]
    return (
        round_area(areas[0]),
        round_area(areas[1]),
        _Shares(parcels, on_shape, by_parcel),
        _Shares(zones, on_zones, by_zone),
        _Shares(parcels[: len(on_parcels)], on_parcels, by_both),
    )


def measure(
    shape: BaseGeometry, protected: BaseGeometry, ground: Ground, on: date, profile: geo.CountyProfile
) -> dict[str, Any]:
    """The fields of Measures for a shape whose part on protected ground is ``protected``."""
    whole, total, parcels, zones, on_parcels = _measured(shape, protected, ground, on, profile)
    farmland = [row for row in parcels if isinstance(row[0], Parcel) and row[0].is_farmland]
    grades: defaultdict[str, float] = defaultdict(float)
    for feature, _geom, area in farmland:
        grades["" if feature.quality_grade is None else str(feature.quality_grade)] += area
    return {
        "footprint_m2": whole,
        "basic_farmland_m2": total,
        "basic_farmland_counted_m2": round_area(zones.counted()),
        "farmland_m2": round_area(float(sum(area for _feature, _geom, area in farmland))),
        "farmland_counted_m2": round_area(float(sum(_counted(*row) for row in farmland))),
        "by_class": _rounded(parcels.sums(lambda feature: feature.class_code)),
        "by_class_counted": _by_class_counted(parcels),
        "by_village": _by_village(protected, total, zones, on_parcels, profile),
        "by_zone": _rounded(zones.sums(lambda feature: feature.id)),
        "by_grade": _rounded(dict(grades)),
    }
