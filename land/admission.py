"""Which geometries of a file can be computed with, and which are quarantined (L04, L05). Pure: no ORM.

中文：图形检核。A geometry is never bent into shape: the only repair is that of the structure method, and only
when it changes the official area by no more than 0.01 m². The linework method and ``buffer(0)`` are not used:
they turn nested shells into a ring and drop half of a bow-tie without a word.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from shapely.geometry.base import BaseGeometry

from land.area import official_areas, round_area
from registry import geo

REPAIR_LIMIT_M2 = Decimal("0.01")
Z_DROPPED, LINES_DROPPED, REPAIRED, PARTS_MERGED = "z_dropped", "lines_dropped", "repaired", "parts_merged"
NOTES = {
    Z_DROPPED: gettext_lazy("heights were dropped"),
    LINES_DROPPED: gettext_lazy("lines and points beside the polygons were dropped"),
    REPAIRED: gettext_lazy("the boundary was repaired without changing the area"),
    PARTS_MERGED: gettext_lazy("parts that share an edge were merged"),
}
_REASONS = {
    "missing": gettext_lazy("The feature has no geometry."),
    "empty": gettext_lazy("The geometry is empty."),
    "curved": gettext_lazy("The geometry has curves; export it with straight segments."),
    "not_finite": gettext_lazy("A coordinate is not a finite number."),
    "not_polygonal": gettext_lazy("The geometry is not a polygon."),
    "no_area": gettext_lazy("The polygon has no area."),
    "Self-intersection": gettext_lazy("The boundary crosses itself."),
    "Ring Self-intersection": gettext_lazy("A ring touches itself."),
    "Nested shells": gettext_lazy("One part lies inside another."),
    "Holes are nested": gettext_lazy("One hole lies inside another."),
    "Hole lies outside shell": gettext_lazy("A hole lies outside its polygon."),
    "Interior is disconnected": gettext_lazy("Holes cut the polygon into pieces."),
    "Too few points in geometry component": gettext_lazy("A ring has too few points."),
}
# What is meant cannot be known, however small the difference (E14, E16).
_AMBIGUOUS = ("Nested shells", "Holes are nested", "Hole lies outside shell")
_POLYGONAL = (3, 6)
_PLAIN = (0, 1, 2, 3, 4, 5, 6)  # without collections and curves


@dataclass(frozen=True)
class Admission:
    """What became of one geometry: admitted (as it was, or repaired) or quarantined with reason and place."""

    geom: BaseGeometry | None
    code: str = ""  # L04 or L05; also on a repaired one
    reason: str = ""  # a word for programs: a key of the reasons, or what GEOS says
    place: tuple[float, float] | None = None  # in the coordinates of the file
    area_before: Decimal | None = None
    area_after: Decimal | None = None
    notes: tuple[str, ...] = ()

    @property
    def admitted(self) -> bool:
        return self.geom is not None

    @property
    def message(self) -> str:
        """The sentence for the user; empty when there is nothing to say."""
        if not self.reason:
            return "; ".join(str(NOTES[note]) for note in self.notes)
        said = str(_REASONS.get(self.reason, self.reason))
        if self.place is not None:
            x, y = self.place
            said += " " + _("At %(x)s, %(y)s.") % {"x": f"{x:.10g}", "y": f"{y:.10g}"}
        if self.area_before is not None and self.area_after is not None:
            said += " " + _("Area by its boundary %(before)s m², by its surface %(after)s m².") % {
                "before": self.area_before,
                "after": self.area_after,
            }
        return said


def refuse_curves() -> Admission:
    """The refusal of a curved geometry that the reader could not turn into straight segments."""
    return Admission(None, "L04", "curved")


def _split_reason(geom: BaseGeometry) -> tuple[str, tuple[float, float] | None]:
    """GEOS's reason and the place it names, from ``Self-intersection[347050 2545050]``."""
    reason, _bracket, place = shapely.is_valid_reason(geom).partition("[")
    try:
        x, y = (float(value) for value in place.rstrip("]").split()[:2])
    except ValueError:
        return reason, None
    return reason, (x, y)


def _areas(geoms: list[BaseGeometry], srid: int, profile: geo.CountyProfile | None) -> list[Decimal]:
    """Official areas, by what the rings say: in the file's own zone, or from degrees in the working one."""
    array = np.array(geoms, dtype=object)
    if geo.is_geographic(srid):
        array, srid = geo.to_work(array, srid, profile), (profile or geo.county()).work_srid
    return [round_area(value) for value in official_areas(array, srid)]


def _not_finite(geom: BaseGeometry) -> tuple[float, float] | None:
    xy = shapely.get_coordinates(geom)
    wrong = ~np.isfinite(xy).all(axis=1)
    return (float(xy[wrong][0][0]), float(xy[wrong][0][1])) if wrong.any() else None


def _polygons_of(geom: BaseGeometry) -> tuple[BaseGeometry, bool]:
    """The polygons of a collection as one multipolygon, and whether anything else was in it (E13, E35)."""
    if shapely.get_type_id(geom) != 7:
        return geom, False
    members = _members(geom)
    polygons = [part for part in members if shapely.get_type_id(part) == 3]
    if not polygons:
        return geom, False
    return shapely.multipolygons(polygons) if len(polygons) > 1 else polygons[0], len(polygons) < len(members)


def _members(geom: BaseGeometry) -> list[BaseGeometry]:
    if shapely.get_type_id(geom) < 4:
        return [geom]
    return [member for part in shapely.get_parts(geom) for member in _members(part)]


def _repair(
    geom: BaseGeometry, srid: int, notes: tuple[str, ...], profile: geo.CountyProfile | None
) -> Admission:
    """L05: the structure method, kept only when the official area stays within 0.01 m²; else quarantine."""
    reason, place = _split_reason(geom)
    mended = shapely.make_valid(geom, method="structure", keep_collapsed=False)
    before, after = _areas([geom, mended], srid, profile)
    if mended.is_empty or after <= 0:
        return Admission(None, "L04", "no_area", place, before, after, notes)
    if reason in _AMBIGUOUS or abs(after - before) > REPAIR_LIMIT_M2:
        return Admission(None, "L05", reason, place, before, after, notes)
    merged = shapely.get_num_geometries(mended) < shapely.get_num_geometries(geom)
    notes += (PARTS_MERGED if merged else REPAIRED,)
    return Admission(mended, "L05", reason, place, before, after, notes)


def admit(
    geom: BaseGeometry | None,
    *,
    srid: int = geo.RECORD_SRID,
    lines_and_points: bool = False,
    profile: geo.CountyProfile | None = None,
) -> Admission:
    """One geometry, in the coordinates ``srid`` of its file, admitted or quarantined (L04, L05).

    With ``lines_and_points`` these pass too (a footprint may be a pole or a pipe); a layer of land may not.
    """
    if geom is None:
        return Admission(None, "L04", "missing")
    if geom.is_empty:
        return Admission(None, "L04", "empty")
    notes: tuple[str, ...] = (Z_DROPPED,) if geom.has_z or geom.has_m else ()
    geom = shapely.force_2d(geom)
    place = _not_finite(geom)
    if place is not None:
        return Admission(None, "L04", "not_finite", place, notes=notes)
    geom, lines = _polygons_of(geom)
    notes += (LINES_DROPPED,) if lines else ()
    if shapely.get_type_id(geom) not in _POLYGONAL:
        return _admit_line_or_point(geom, lines_and_points, notes)
    if not geom.is_valid:
        return _repair(geom, srid, notes, profile)
    if geom.area <= 0:
        return Admission(None, "L04", "no_area", notes=notes)
    return Admission(shapely.remove_repeated_points(geom), notes=notes)


def _admit_line_or_point(geom: BaseGeometry, welcome: bool, notes: tuple[str, ...]) -> Admission:
    if not welcome or shapely.get_type_id(geom) not in _PLAIN:
        return Admission(None, "L04", "not_polygonal", notes=notes)
    if not geom.is_valid:
        reason, place = _split_reason(geom)
        return Admission(None, "L04", reason, place, notes=notes)
    return Admission(geom, notes=notes)


@dataclass(frozen=True)
class AdmittedLayer:
    """A whole layer after admission: 2-D geometries, None where quarantined, in the order of the file."""

    geoms: np.ndarray
    exceptions: dict[int, Admission] = field(default_factory=dict)  # by position: quarantined or repaired
    heights_dropped: int = 0


def admit_layer(geoms: Any, *, srid: int, profile: geo.CountyProfile | None = None) -> AdmittedLayer:
    """``admit`` for an array of land polygons: sound ones pass together, the others one by one."""
    given = np.array(geoms, dtype=object)
    heights = int((shapely.has_z(given) | shapely.has_m(given)).sum())
    flat = shapely.force_2d(given)
    xy, owner = shapely.get_coordinates(flat, return_index=True)
    finite = np.ones(len(flat), dtype=bool)
    finite[owner[~np.isfinite(xy).all(axis=1)]] = False
    sound = finite & np.isin(shapely.get_type_id(flat), _POLYGONAL) & ~shapely.is_empty(flat)
    sound[sound] = shapely.is_valid(flat[sound])
    out = np.full(len(flat), None, dtype=object)
    out[sound] = shapely.remove_repeated_points(flat[sound])
    exceptions = {}
    for position in np.flatnonzero(~sound):
        outcome = admit(given[position], srid=srid, profile=profile)
        out[position] = outcome.geom
        exceptions[int(position)] = outcome
    return AdmittedLayer(out, exceptions, heights)
