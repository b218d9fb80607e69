"""The red-line check (永久基本农田占用分析): one shape, one ground, one verdict. Pure: no ORM, no clock.

A piece is a connected component of the shape's common ground with the zones together. It occupies when it is
larger than the noise area and wider, on the mean (2A/P), than the noise width; what lies below either is
noise, listed for a named officer, since the law knows no trifle (P02). A common border is contact and no
occupation (P03). Where the answer cannot be known it is NO_DATA, never a pass.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext_lazy as _
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry

from land import overlay
from land.admission import Admission, admit
from land.area import CENT, round_area
from land.ground import Footprint, Ground, LandFeature, Limits, fingerprint
from land.measure import Measures, areas_of, measure
from registry import geo

__all__ = [
    "WORST_FIRST",
    "Piece",
    "UnionTotals",
    "Verdict",
    "fingerprint",
    "judge",
    "judge_all",
    "union_totals",
    "worst",
]

OCCUPIES, INVALID, NO_DATA, REVIEW, NOISE, TOUCH, NONE = WORST_FIRST = (
    "OCCUPIES",
    "INVALID",
    "NO_DATA",
    "REVIEW",
    "NOISE",
    "TOUCH",
    "NONE",
)
RAISES_A_FINDING = frozenset({OCCUPIES, REVIEW})
PASSES = frozenset({TOUCH, NONE})
LABELS = {
    OCCUPIES: _("occupies basic farmland"),
    INVALID: _("cannot be computed"),
    NO_DATA: _("no data"),
    REVIEW: _("to be reviewed"),
    NOISE: _("noise, to be confirmed"),
    TOUCH: _("touches"),
    NONE: _("no contact"),
}
REASONS = {
    "occupies": _("It overlaps permanent basic farmland by more than the noise limits."),
    "uncomputable": _("The shape cannot be computed with."),
    "overlay_failed": _(
        "The overlay with the layer failed for this shape; the layer or the shape is at fault."
    ),
    "no_layer_for_day": _("No basic-farmland layer speaks for this day."),
    "outside_coverage": _("The shape is not wholly inside the area that the basic-farmland layer covers."),
    "quarantined_nearby": _("A feature of the layer that could not be computed with lies here."),
    "no_outline": _("It meets basic farmland, but no outline has been surveyed yet."),
    "indicative": _("It meets basic farmland, but its outline is too coarse to decide."),
    "serves_farming": _("It meets basic farmland and is of a kind that serves farming."),
    "noise": _("The overlap is below the noise limits; an officer confirms or dismisses it."),
    "touch": _("It shares a border with basic farmland and takes none of it."),
    "none": _("It does not meet basic farmland."),
}


@dataclass(frozen=True)
class Piece:
    """A connected piece of the shape on protected ground."""

    zones: tuple[str, ...]
    area_m2: Decimal
    width_m: Decimal
    verdict: str  # OCCUPIES or NOISE
    geometry: BaseGeometry  # EPSG:4490


@dataclass(frozen=True)
class Verdict(Measures):
    """The answer for one shape. 中文：核查结论"""

    id: str = ""
    verdict: str = INVALID
    reason: str = ""  # a key of REASONS
    detail: str = ""  # for INVALID: what is wrong, and where
    place: tuple[float, float] | None = None  # of the fault, in the coordinates of the file
    pieces: tuple[Piece, ...] = ()
    nearest_m: Decimal | None = None  # to the nearest zone given, when there is no contact
    outline: bool = True  # False: a point or line, judged by its buffer, whose areas these are
    notes: tuple[str, ...] = ()  # what admission did to the shape

    @property
    def sentence(self) -> str:
        return " ".join(filter(None, [str(REASONS.get(self.reason, "")), self.detail]))

    def as_dict(self) -> dict[str, Any]:
        """For programs: areas as strings in m² with 2 decimals."""
        return {
            "id": self.id,
            "verdict": self.verdict,
            "reason": self.reason,
            "message": self.sentence,
            **self.measures_dict(),
            "pieces": [_piece_dict(piece) for piece in self.pieces],
            "nearest_m": None if self.nearest_m is None else str(self.nearest_m),
            "outline": self.outline,
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class UnionTotals(Measures):
    """Totals of several shapes together: ground that two of them cover counts once (P04, E10, E11)."""

    duplicates: tuple[tuple[str, str], ...] = ()  # ids with one and the same geometry (E11, WARN)
    left_out: tuple[str, ...] = ()  # ids without area: INVALID, points and lines

    def as_dict(self) -> dict[str, Any]:
        """For programs: areas as strings in m² with 2 decimals."""
        return {
            **self.measures_dict(),
            "duplicates": [list(pair) for pair in self.duplicates],
            "left_out": list(self.left_out),
        }


def _piece_dict(piece: Piece) -> dict[str, Any]:
    return {
        "zone": ", ".join(piece.zones),
        "zones": list(piece.zones),
        "area_m2": str(piece.area_m2),
        "width_m": str(piece.width_m),
        "verdict": piece.verdict,
    }


def worst(verdicts: Iterable[str]) -> str:
    """The worst of several verdicts; NONE when there are none."""
    return min(verdicts, key=WORST_FIRST.index, default=NONE)


# --- judging


def _shape_of(
    footprint: Footprint, admission: Admission, limits: Limits, profile: geo.CountyProfile
) -> tuple[BaseGeometry, bool]:
    """The shape in the working plane; False with it when it is a buffer around a point or line."""
    work = geo.to_work_dense(admission.geom, footprint.srid, profile)
    if shapely.get_type_id(work) in (3, 6):
        return work, True
    buffer_m = limits.buffer_m if footprint.buffer_m is None else footprint.buffer_m
    return work.buffer(float(buffer_m)), False


def _pieces(
    shape: BaseGeometry, zones: list[LandFeature], limits: Limits, profile: geo.CountyProfile
) -> tuple[tuple[Piece, ...], BaseGeometry]:
    """The pieces, worst and largest first, and their union in the working plane."""
    covers = np.empty(len(zones), dtype=object)
    covers[:] = [zone.geometry for zone in zones]
    parts = shapely.normalize(overlay.pieces(shape, covers))
    widths = overlay.mean_width(parts)
    areas = areas_of(parts, profile)
    made = []
    for part, width, area in zip(parts, widths, areas, strict=True):
        common = overlay.polygonal(shapely.intersection(part, covers))
        ids = tuple(zones[i].id for i in np.flatnonzero(overlay.positive(common)))
        occupies = area > float(limits.noise_area_m2) and width > float(limits.noise_width_m)
        record = geo.transform(part, profile.work_srid, geo.RECORD_SRID)
        piece = Piece(ids, round_area(area), _metres(width), OCCUPIES if occupies else NOISE, record)
        made.append((WORST_FIRST.index(piece.verdict), -area, part.bounds, piece))
    made.sort(key=lambda row: row[:3])
    return tuple(row[3] for row in made), overlay.as_multi(parts)


def _metres(value: float) -> Decimal:
    return Decimal(repr(float(value))).quantize(CENT, rounding=ROUND_HALF_UP)


def _data_gap(shape: BaseGeometry, ground: Ground, on: date) -> str:
    """Why the ground cannot answer for this shape; empty when it can."""
    if not ground.speaks_of(on):
        return "no_layer_for_day"
    if not ground.covered.covers(shape):
        return "outside_coverage"
    if len(ground.doubtful.meeting(shape)):
        return "quarantined_nearby"
    return ""


def _doubt(footprint: Footprint, outline: bool, pieces: tuple[Piece, ...]) -> str:
    """Why a contact is for a person to look at and not for a rule to call; empty when it is not."""
    if not outline:
        return "no_outline"
    if footprint.indicative:
        return "indicative"
    if footprint.serves_farming and pieces:
        return "serves_farming"
    return ""


def _decide(pieces: tuple[Piece, ...], contact: bool, doubt: str, gap: str) -> tuple[str, str]:
    """The worst verdict that applies, with its reason."""
    found = {NONE: "none"}
    if contact:
        found[TOUCH] = "touch"
    if pieces:
        verdict = worst(piece.verdict for piece in pieces)
        found[verdict] = verdict.lower()
    if doubt and contact:
        found = {REVIEW: doubt}
    if gap:
        found[NO_DATA] = gap
    verdict = worst(found)
    return verdict, found[verdict]


def _invalid(footprint: Footprint, admission: Admission) -> Verdict:
    return Verdict(
        id=footprint.id,
        verdict=INVALID,
        reason="uncomputable",
        detail=admission.message,
        place=admission.place,
        notes=admission.notes,
    )


def judge(
    footprint: Footprint,
    ground: Ground,
    on: date,
    limits: Limits,
    profile: geo.CountyProfile | None = None,
) -> Verdict:
    """The verdict on one footprint for the zones protected on a day. 中文：红线核查

    A footprint that cannot be computed with is INVALID, with the reason and the place; it never raises.
    """
    profile = profile or geo.county()
    admission = admit(footprint.geometry, srid=footprint.srid, lines_and_points=True, profile=profile)
    if not admission.admitted:
        return _invalid(footprint, admission)
    try:
        return _judge_shape(footprint, admission, ground, on, limits, profile)
    except GEOSException as failure:
        return Verdict(id=footprint.id, verdict=INVALID, reason="overlay_failed", detail=str(failure))


def _judge_shape(
    footprint: Footprint,
    admission: Admission,
    ground: Ground,
    on: date,
    limits: Limits,
    profile: geo.CountyProfile,
) -> Verdict:
    shape, outline = _shape_of(footprint, admission, limits, profile)
    protected_zones = ground.protected(on)
    zones = protected_zones.meeting(shape)
    pieces, protected = _pieces(shape, zones, limits, profile)
    contact = bool(zones)
    doubt = _doubt(footprint, outline, pieces) if contact else ""
    verdict, reason = _decide(pieces, contact, doubt, _data_gap(shape, ground, on))
    distance = None if contact else protected_zones.layer.distance(shape)
    return Verdict(
        id=footprint.id,
        verdict=verdict,
        reason=reason,
        pieces=pieces,
        nearest_m=None if distance is None else _metres(distance),
        outline=outline,
        notes=admission.notes,
        **measure(shape, protected, ground, on, profile),
    )


def judge_all(
    footprints: Iterable[Footprint],
    ground: Ground,
    on: date,
    limits: Limits,
    profile: geo.CountyProfile | None = None,
) -> list[Verdict]:
    """The verdicts on many footprints, in their order; the indexes of the ground are built once."""
    profile = profile or geo.county()
    return [judge(footprint, ground, on, limits, profile) for footprint in footprints]


# --- together


def _duplicates(shapes: list[tuple[str, BaseGeometry]]) -> tuple[tuple[str, str], ...]:
    """Pairs of ids whose outlines are the same, wherever their rings start (E11)."""
    first: dict[bytes, str] = {}
    pairs = []
    for name, shape in shapes:
        key = shapely.to_wkb(shapely.normalize(shape), byte_order=1)
        if key in first:
            pairs.append((first[key], name))
        else:
            first[key] = name
    return tuple(pairs)


def union_totals(
    footprints: Iterable[Footprint],
    ground: Ground,
    on: date,
    limits: Limits,
    profile: geo.CountyProfile | None = None,
) -> UnionTotals:
    """Totals of footprints as one shape, a layer or a project: ground under two of them counts once (P04).

    Points, lines and uncomputable shapes have no area and are named in ``left_out``.
    """
    profile = profile or geo.county()
    shapes: list[tuple[str, BaseGeometry]] = []
    left_out = []
    for footprint in sorted(footprints, key=lambda row: row.id):
        admission = admit(footprint.geometry, srid=footprint.srid, lines_and_points=True, profile=profile)
        shape, outline = (None, False)
        if admission.admitted:
            shape, outline = _shape_of(footprint, admission, limits, profile)
        if shape is not None and outline:
            shapes.append((footprint.id, shape))
        else:
            left_out.append(footprint.id)
    together = overlay.as_union(np.array([shape for _id, shape in shapes], dtype=object))
    zones = ground.protected(on).meeting(together) if shapes else []
    covers = np.empty(len(zones), dtype=object)
    covers[:] = [zone.geometry for zone in zones]
    protected = overlay.as_multi(overlay.pieces(together, covers))
    measures = measure(together, protected, ground, on, profile) if shapes else {}
    return UnionTotals(duplicates=_duplicates(shapes), left_out=tuple(left_out), **measures)
