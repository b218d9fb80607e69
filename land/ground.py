"""What a red-line check is given: shapes, the zones and parcels about them, limits. Pure data, no ORM.

Geometries of the ground are in the county's working plane; a footprint is in the system of its file.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from land.overlay import Layer
from registry import geo
from registry.errors import BadInput

SURVEY, INDICATIVE = "survey", "indicative"
FARMLAND_CODES = frozenset({"0101", "0102", "0103"})  # 耕地: 水田, 水浇地, 旱地 of TD/T 1055; K codes are not
RIDGE_CODE = "1203"  # 田坎
_COARSE_DECIMALS = 6  # of a degree: 0.1 m, up to 43 m² of false overlap along a border of 1 km


@dataclass(frozen=True)
class Limits:
    """The thresholds of a verdict: dated parameters of the county, no constants of code. 中文：判定参数"""

    noise_area_m2: Decimal  # a piece must be larger to occupy
    noise_width_m: Decimal  # and wider, on the mean
    buffer_m: Decimal  # around points and lines that come with no width: positional accuracy


@dataclass(frozen=True)
class Footprint:
    """A shape to be judged. 中文：用地范围

    ``accuracy``: "survey" or "indicative" (drawn on a screen, taken by phone); None reads it from the
    coordinates. ``serves_farming``: of a kind on the dated list (ditch, pole, pump house). ``buffer_m``:
    half the width of a line, or how far off a point may be.
    """

    id: str
    geometry: BaseGeometry | None
    srid: int = geo.RECORD_SRID
    accuracy: str | None = None
    serves_farming: bool = False
    buffer_m: Decimal | None = None

    @property
    def indicative(self) -> bool:
        """Is the outline too vague to decide over land law?"""
        accuracy = self.accuracy or accuracy_of(self.geometry, self.srid)
        return accuracy == INDICATIVE


def accuracy_of(geometry: BaseGeometry | None, srid: int) -> str:
    """ "indicative" for degrees of 6 decimals or fewer (E31), otherwise "survey": read from the numbers."""
    if geometry is None or not geo.is_geographic(srid):
        return SURVEY
    xy = shapely.get_coordinates(geometry)
    coarse = np.abs(xy - np.round(xy, _COARSE_DECIMALS)) < 1e-12
    return INDICATIVE if len(xy) and coarse.all() else SURVEY


@dataclass(frozen=True)
class LandFeature:
    """What zones and parcels have in common. Geometry: polygonal, valid, working plane."""

    id: str
    geometry: BaseGeometry
    village_code: str = ""  # 坐落单位代码
    class_code: str = ""  # 地类编码
    ridge_ratio: Decimal | None = None  # 扣除地类系数 KCXS
    gross_m2: Decimal | None = None  # as stored: YJJBNTTBMJ, TBMJ
    counted_m2: Decimal | None = None  # as stored: YJJBNTMJ, TBDLMJ
    quality_grade: int | None = None  # 耕地等别
    ridge_code: str = RIDGE_CODE  # 扣除地类编码 KCDLBM

    @property
    def ratio(self) -> float:
        """The share of ridges: as stated, else from the stored areas, else none."""
        if self.ridge_ratio is not None:
            return float(self.ridge_ratio)
        if self.gross_m2 and self.counted_m2 is not None:
            return float(1 - self.counted_m2 / self.gross_m2)
        return 0.0


@dataclass(frozen=True)
class Zone(LandFeature):
    """A zone of permanent basic farmland (永久基本农田保护图斑), protected in [starts, ends)."""

    starts: date | None = None  # BHKSSJ
    ends: date | None = None  # BHJSSJ

    def protected_on(self, day: date) -> bool:
        """P05: half-open; an open end is open."""
        return (self.starts is None or self.starts <= day) and (self.ends is None or day < self.ends)


@dataclass(frozen=True)
class Parcel(LandFeature):
    """A parcel of the land survey (地类图斑)."""

    @property
    def is_farmland(self) -> bool:
        return self.class_code in FARMLAND_CODES


@dataclass(frozen=True)
class Ground:
    """The land a check looks at. 中文：判定底图

    All candidates of the area asked about (more do no harm: the index finds the near ones), where the zone
    layer speaks (``coverage``; none at all is NO_DATA), the envelopes of quarantined features, and the days
    the zone layer speaks for, ``[from, to)``.
    """

    zones: tuple[Zone, ...]
    parcels: tuple[Parcel, ...] = ()
    coverage: tuple[BaseGeometry, ...] = ()
    quarantined: tuple[BaseGeometry, ...] = ()
    period: tuple[date | None, date | None] = (None, None)
    _by_day: dict[date, "Features"] = field(default_factory=dict, repr=False, compare=False)

    def protected(self, day: date) -> "Features":
        """Zones protected on a day (P05), with their index."""
        if day not in self._by_day:
            self._by_day[day] = Features(zone for zone in self.zones if zone.protected_on(day))
        return self._by_day[day]

    @cached_property
    def surveyed(self) -> "Features":
        return Features(self.parcels)

    @cached_property
    def covered(self) -> Layer:
        return Layer(list(self.coverage))

    @cached_property
    def doubtful(self) -> Layer:
        return Layer(list(self.quarantined))

    def speaks_of(self, day: date) -> bool:
        """Is there a zone layer for the day?"""
        start, end = self.period
        return (start is None or start <= day) and (end is None or day < end)


class Features:
    """Features in the order of their ids, with an index over their geometries."""

    def __init__(self, features: Iterable[LandFeature]) -> None:
        self.rows = sorted(features, key=lambda feature: feature.id)
        self.layer = Layer([row.geometry for row in self.rows])

    def meeting(self, shape: BaseGeometry) -> list[LandFeature]:
        """The features a shape meets, by id: the order in which overlapping ones get the ground."""
        return [self.rows[position] for position in self.layer.meeting(shape)]


def require_same_year(zone_year: int, parcel_year: int, *, declared: bool = False) -> None:
    """E29: zones and parcels of different survey years are judged together only when that is declared."""
    if zone_year != parcel_year and not declared:
        raise BadInput(
            _(
                "The basic farmland is of %(zones)s, the parcels are of %(parcels)s. Choose one year, or say "
                "that mixed years are meant."
            )
            % {"zones": zone_year, "parcels": parcel_year},
            code="E29",
        )


# --- the fingerprint of the inputs


def _plain(value: Any) -> Any:
    """A value as JSON can hold it, equal values alike: 0.15 and 0.1500 are one ratio."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, date):
        return value.isoformat()
    return value


def _record(kind: str, thing: Any) -> bytes:
    """One input in canonical bytes: its attributes by name, then its geometry as little-endian 2-D WKB."""
    if isinstance(thing, BaseGeometry):
        attributes, geometry = {}, thing
    else:
        attributes = {f.name: _plain(getattr(thing, f.name)) for f in fields(thing)}
        geometry = attributes.pop("geometry", None)
    text = json.dumps([kind, attributes], ensure_ascii=False, sort_keys=True).encode()
    shape = shapely.to_wkb(geometry, byte_order=1, output_dimension=2) if geometry is not None else b""
    return text + b"\0" + shape


def _records(
    footprints: Iterable[Footprint], ground: Ground, on: date, limits: Limits, extra: dict[str, Any]
) -> Iterator[bytes]:
    for footprint in footprints:
        yield _record("footprint", footprint)
    for kind, things in (
        ("zone", ground.zones),
        ("parcel", ground.parcels),
        ("coverage", ground.coverage),
        ("quarantined", ground.quarantined),
    ):
        for thing in things:
            yield _record(kind, thing)
    yield _record("limits", limits)
    period = [_plain(day) for day in ground.period]
    settled = {key: _plain(value) for key, value in extra.items()}
    yield json.dumps([_plain(on), period, settled], ensure_ascii=False, sort_keys=True).encode()


def fingerprint(
    footprints: Iterable[Footprint], ground: Ground, on: date, limits: Limits, **extra: Any
) -> str:
    """SHA-256 over everything a run was given, in whatever order it was given (hex).

    Equal fingerprints mean equal inputs, and then equal results byte for byte. ``extra``: what else was
    chosen, such as the survey year or the scope.
    """
    digests = sorted(
        hashlib.sha256(record).digest() for record in _records(footprints, ground, on, limits, extra)
    )
    return hashlib.sha256(b"".join(digests)).hexdigest()
