"""All work with coordinate systems (坐标系), and the only module that knows PROJ.

Coordinates are always (east, north) or (longitude, latitude), whatever order an EPSG entry prints. The
geometry of record is EPSG:4490 (CGCS2000), unrounded; overlays run in the working zone of the county, which
is a setting and never follows from a longitude. A false easting with the zone in front (35 347 000) and one
without (347 000) are one plane, so going between them is a shift and no projection. The difference of
CGCS2000 and WGS 84 is taken as nothing (below a metre); older datums are refused, not guessed.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from django.conf import settings
from django.utils.translation import gettext as _
from pyproj import CRS, Geod, Transformer
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from registry.densify import MAX_EDGE_M, densify, densify_coordinates
from registry.errors import RegistryError

__all__ = [
    "EQUAL_AREA_SRID",
    "MAX_EDGE_M",
    "MU_PER_M2",
    "RECORD_SRID",
    "WEB_MERCATOR",
    "CountyProfile",
    "CrsError",
    "allowed_srids",
    "check_bounds",
    "coordinates",
    "county",
    "densify",
    "densify_coordinates",
    "ellipsoid",
    "equal_area",
    "equal_area_coordinates",
    "false_easting",
    "geodesic_areas",
    "geographic",
    "identify_srid",
    "inside_county",
    "is_geographic",
    "mu",
    "promote",
    "require_allowed",
    "same_plane",
    "to_record",
    "to_work",
    "to_work_dense",
    "transform",
    "zone_prefix",
    "zoned",
]

RECORD_SRID = 4490
WEB_MERCATOR = 3857  # 网络地图投影
MU_PER_M2 = Decimal("0.0015")  # 1 公顷 = 15 亩 exactly; dividing by 666.67 drifts
_CENT = Decimal("0.01")
_PREFIX_FROM = 10_000_000  # an easting of eight digits carries the zone in front
_OLD_DATUMS = ("beijing", "xian", "pulkovo", "krassovsky")
_EPSG = re.compile(r"(?:EPSG:|urn:ogc:def:crs:EPSG:[\d.]*:)(\d{4,6})", re.IGNORECASE)
_CRS84 = re.compile(r"(?:OGC:|urn:ogc:def:crs:OGC:[\d.]*:)CRS84", re.IGNORECASE)


class CrsError(RegistryError):
    """A coordinate system that cannot be taken. 中文：坐标系不能采用"""

    code = "L01"


# --- the county profile


@dataclass(frozen=True)
class CountyProfile:
    """What is particular to a county: settings data, not code. 中文：县域配置"""

    name: str
    code: str
    work_srid: int  # 工作坐标系
    allowed_srids: tuple[int, ...]
    bbox: tuple[float, float, float, float]  # degrees, with margin: west, south, east, north
    zones: tuple[int, ...] = ()  # 带号 that may stand in front of an easting

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "CountyProfile":
        """The profile as it stands in ``settings.COUNTY``."""
        return cls(
            name=values["name"],
            code=values["code"],
            work_srid=int(values["work_srid"]),
            allowed_srids=tuple(values["allowed_srids"]),
            bbox=tuple(values["bbox"]),
            zones=tuple(values.get("zones", ())),
        )


def county() -> CountyProfile:
    """The profile of this installation."""
    return CountyProfile.from_dict(settings.COUNTY)


def allowed_srids(profile: CountyProfile | None = None) -> tuple[int, ...]:
    """SRIDs that data may come in."""
    return (profile or county()).allowed_srids


def __getattr__(name: str) -> Any:
    """``ALLOWED``: read when asked for, so that importing this module needs no settings."""
    if name == "ALLOWED":
        return allowed_srids()
    raise AttributeError(name)


def require_allowed(srid: int, profile: CountyProfile | None = None) -> int:
    """The SRID, when the county takes data in it; otherwise CrsError (L01)."""
    allowed = allowed_srids(profile)
    if srid not in allowed:
        raise CrsError(
            _("Coordinate system EPSG:%(srid)s is not accepted here; expected one of %(allowed)s.")
            % {"srid": srid, "allowed": ", ".join(f"EPSG:{s}" for s in allowed)}
        )
    return srid


# --- planes


@dataclass(frozen=True)
class _Plane:
    """A coordinate system taken to pieces: two with the same ``figure`` differ by a shift of eastings."""

    geographic: bool
    figure: tuple[Any, ...]
    false_easting: float


def _crs(srid: int) -> CRS:
    """The CRS of an integer EPSG code: no other text of a user ever reaches PROJ."""
    if not isinstance(srid, int | np.integer):
        raise TypeError(f"an SRID is an integer, not {srid!r}")
    return CRS.from_epsg(int(srid))


def _plane_of(crs: CRS) -> _Plane:
    base = crs.ellipsoid
    # CGCS2000, GRS 80 and WGS 84 are one figure here: 1/f agrees to 1e-6, areas to 1e-8.
    size = (round(base.semi_major_metre, 1), round(base.inverse_flattening, 4)) if base else ()
    if not crs.is_projected:
        return _Plane(bool(crs.is_geographic), size, 0.0)
    operation = crs.coordinate_operation
    if operation is None:
        return _Plane(False, (*size, crs.name), 0.0)
    values: dict[str, float] = {p.name: round(float(p.value), 9) for p in operation.params}
    false_easting = values.pop("False easting", 0.0)
    unit = {axis.unit_conversion_factor for axis in crs.axis_info}
    return _Plane(False, (*size, *sorted(values.items()), *unit), false_easting)


@lru_cache(maxsize=64)
def _plane(srid: int) -> _Plane:
    return _plane_of(_crs(srid))


def false_easting(srid: int) -> float:
    """The false easting of a projected system in metres, its zone number in front where it has one."""
    return _plane(srid).false_easting


@lru_cache(maxsize=64)
def _projection(srid: int) -> Transformer:
    """From the geographic system a plane is built on to the plane: a pure projection, no datum shift."""
    crs = _crs(srid)
    return Transformer.from_crs(crs.geodetic_crs, crs, always_xy=True)


def is_geographic(srid: int) -> bool:
    """True when the coordinates are degrees."""
    return _plane(srid).geographic


def same_plane(one: int, other: int) -> bool:
    """True when straight edges of one are straight edges of the other (4523 and 4544, but not 4543)."""
    return _plane(one).figure == _plane(other).figure


def ellipsoid(srid: int) -> tuple[float, float]:
    """Semi-major axis in metres and inverse flattening of the system's ellipsoid."""
    base = _crs(srid).ellipsoid
    if base is None:
        raise CrsError(_("Coordinate system EPSG:%(srid)s has no ellipsoid.") % {"srid": srid})
    return float(base.semi_major_metre), float(base.inverse_flattening)


@lru_cache(maxsize=64)
def transverse_mercator(srid: int) -> tuple[float, float, float, float] | None:
    """Scale, central meridian (degrees), false easting and northing of a plane in metres from the equator.

    None for every other projection.
    """
    crs = _crs(srid)
    operation = crs.coordinate_operation
    if not crs.is_projected or operation is None or operation.method_name != "Transverse Mercator":
        return None
    said = {one.name: float(one.value) for one in operation.params}
    plain = {axis.unit_conversion_factor for axis in crs.axis_info} == {1.0}
    if not plain or said.pop("Latitude of natural origin", 1.0) != 0.0:
        return None
    return (
        said["Scale factor at natural origin"],
        said["Longitude of natural origin"],
        said["False easting"],
        said["False northing"],
    )


def geographic(x: np.ndarray, y: np.ndarray, srid: int) -> tuple[np.ndarray, np.ndarray]:
    """Longitude and latitude in degrees, on the system's own datum, of plane coordinates (高斯反算)."""
    if is_geographic(srid):
        return x, y
    return _projection(srid).transform(x, y, direction="INVERSE")


def _planar(lon: np.ndarray, lat: np.ndarray, srid: int) -> tuple[np.ndarray, np.ndarray]:
    return (lon, lat) if is_geographic(srid) else _projection(srid).transform(lon, lat)


def _move(x: np.ndarray, y: np.ndarray, src: int, dst: int) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates of ``src`` in ``dst``; a coordinate outside a projection's domain becomes infinite."""
    if src == dst:
        return x, y
    if same_plane(src, dst):
        return x + (_plane(dst).false_easting - _plane(src).false_easting), y
    return _planar(*geographic(x, y, src), dst)


def coordinates(x: np.ndarray, y: np.ndarray, src: int, dst: int) -> tuple[np.ndarray, np.ndarray]:
    """Bare coordinates of ``src`` in ``dst``, point by point."""
    return _move(x, y, src, dst)


# --- geometries from system to system


def transform(geoms: Any, src: int, dst: int) -> Any:
    """A geometry or an array of them in ``dst``; 2-D, (east, north) or (lon, lat), vertices only.

    Edges are not densified: see ``to_work_dense``. None stays None.
    """
    return shapely.transform(geoms, lambda x, y: _move(x, y, src, dst), interleaved=False)


_MULTI_OF = ((0, shapely.multipoints), (1, shapely.multilinestrings), (3, shapely.multipolygons))


def promote(geoms: Any) -> Any:
    """Single geometries as multi ones; what is multi already, or None, stays."""
    if isinstance(geoms, BaseGeometry):
        return promote(np.array([geoms], dtype=object))[0]
    out = np.array(geoms, dtype=object)
    kinds = np.where(shapely.is_empty(out), -1, shapely.get_type_id(out))
    for single, make in _MULTI_OF:
        chosen = np.flatnonzero(kinds == single)
        if len(chosen):
            out[chosen] = make(out[chosen], indices=np.arange(len(chosen)))
    return out


def to_record(geom: Any, src: int) -> Any:
    """The geometry of record: EPSG:4490, 2-D, multi, unrounded doubles."""
    return promote(transform(geom, src, RECORD_SRID))


def to_work(geom: Any, src: int = RECORD_SRID, profile: CountyProfile | None = None) -> Any:
    """The geometry in the county's working plane, vertex by vertex."""
    return transform(geom, src, (profile or county()).work_srid)


def to_work_dense(geom: Any, src: int, profile: CountyProfile | None = None) -> Any:
    """The geometry in the working plane, its edges first cut to 70 m where another plane made them straight.

    Data digitised in the working plane itself (4523 beside 4544) keeps its vertices, so that neighbours stay
    identical. So does data in degrees: survey data in 4490 was exported vertex by vertex from a zone plane,
    where its edges are straight, and cutting them along the degree grid would bend common borders apart
    (0.3 m² for an edge of 1 km).
    """
    profile = profile or county()
    if is_geographic(src) or same_plane(src, profile.work_srid):
        return transform(geom, src, profile.work_srid)
    return transform(densify(geom), src, profile.work_srid)


EQUAL_AREA_SRID = 6933  # cylindrical, WGS 84: to one part in 10^10 also equal-area for CGCS2000


@lru_cache(maxsize=1)
def _equal_area_projection() -> Transformer:
    crs = CRS.from_epsg(EQUAL_AREA_SRID)
    return Transformer.from_crs(crs.geodetic_crs, crs, always_xy=True)


def equal_area_coordinates(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Degrees of record in the equal-area plane, point by point."""
    return _equal_area_projection().transform(lon, lat)


def equal_area(geom: Any, src: int = RECORD_SRID, profile: CountyProfile | None = None) -> Any:
    """The geometry in an equal-area plane: planar area there is ellipsoidal area (audit grade, 2.4e-7).

    Edges are cut to 70 m in the working plane first; uncut, one of 1 km would be wrong by 2 m².
    """
    profile = profile or county()
    work = profile.work_srid
    project = _equal_area_projection()
    return shapely.transform(
        densify(to_work(geom, src, profile)),
        lambda x, y: project.transform(*geographic(x, y, work)),
        interleaved=False,
    )


def geodesic_areas(geoms: np.ndarray, srid: int = RECORD_SRID) -> np.ndarray:
    """Geodesic areas in m² of polygons in degrees: the check of the official area (A08), never printed.

    Each ring counts by its role: PROJ would add a hole that runs the same way as its shell (L08).
    """
    axis, flattening = ellipsoid(srid)
    geod = Geod(a=axis, rf=flattening)
    parts, owner = shapely.get_parts(geoms, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    ends = np.searchsorted(ring, np.arange(len(rings) + 1))
    totals = np.zeros(len(geoms))
    for position in range(len(rings)):
        lon, lat = xy[ends[position] : ends[position + 1]].T
        area = abs(geod.polygon_area_perimeter(lon, lat)[0])
        shell = position == 0 or part[position] != part[position - 1]
        totals[owner[part[position]]] += area if shell else -area
    return totals


# --- which system is this? (L01, L02, L03)


def inside_county(bounds: np.ndarray, profile: CountyProfile | None = None) -> np.ndarray:
    """For rows (west, south, east, north) in degrees: does each lie in the county's box? (L02)"""
    west, south, east, north = (profile or county()).bbox
    rows = np.asarray(bounds, dtype=float)
    return (rows[:, 0] >= west) & (rows[:, 1] >= south) & (rows[:, 2] <= east) & (rows[:, 3] <= north)


def check_bounds(bounds: Any, profile: CountyProfile | None = None) -> bool:
    """Does a box in degrees (EPSG:4490) lie in the county's box? (L02)

    A wrong central meridian moves a layer by exactly 3° and leaves its areas alone: only this check sees it.
    """
    return bool(inside_county(np.asarray([bounds], dtype=float), profile)[0])


def zone_prefix(easting: float) -> int | None:
    """The zone number in front of an easting; None where there is none."""
    return int(easting // 1_000_000) if easting >= _PREFIX_FROM else None


def _read_crs(text: str) -> CRS | None:
    """The CRS that a .prj or a file's header names; None when the text names none."""
    epsg = _EPSG.fullmatch(text)
    try:
        if epsg:
            return CRS.from_epsg(int(epsg.group(1)))
        if _CRS84.fullmatch(text):
            return CRS.from_epsg(4326)
        return CRS.from_wkt(text)
    except CRSError:
        return None


def identify_srid(prj_text: str, profile: CountyProfile | None = None) -> int | None:
    """The allowed SRID that a .prj text (WKT), "EPSG:n" or "OGC:CRS84" names; None when it names no system.

    A system that the county does not take raises CrsError (L01). Beijing 54 and Xian 80 are refused by name:
    PROJ would hand their coordinates through unchanged.
    """
    crs = _read_crs(prj_text.strip())
    if crs is None:
        return None
    datum = " ".join(str(part.name) for part in (crs.geodetic_crs, crs.datum) if part).lower()
    if any(word in datum for word in _OLD_DATUMS):
        raise CrsError(
            _("The data is in %(name)s; convert it to CGCS2000 with the official parameters first.")
            % {"name": crs.name}
        )
    allowed = allowed_srids(profile)
    epsg = crs.to_epsg()
    if epsg in allowed:
        return int(epsg)
    plane = _plane_of(crs)
    named = [srid for srid in allowed if _plane(srid) == plane]
    if plane.geographic and 4326 in named and "wgs" in datum:
        return 4326
    if named:
        return named[0]
    raise CrsError(
        _("The data is in %(name)s; expected one of %(allowed)s.")
        % {"name": crs.name, "allowed": ", ".join(f"EPSG:{s}" for s in allowed)}
    )


def mu(m2: Decimal) -> Decimal:
    """Mu (亩) of m², 2 decimals, half up: for display, and of totals only; never add up converted figures."""
    return (m2 * MU_PER_M2).quantize(_CENT, rounding=ROUND_HALF_UP)


def zoned(profile: CountyProfile | None = None) -> tuple[int, int]:
    """The working plane with the zone in front of its eastings: (SRID, 带号), as 4523 and 35 beside 4544."""
    profile = profile or county()
    for srid in profile.allowed_srids:
        if not is_geographic(srid) and same_plane(srid, profile.work_srid):
            zone = zone_prefix(false_easting(srid))
            if zone is not None:
                return srid, zone
    raise CrsError(
        _("The county profile names no system with a zone prefix for its working plane EPSG:%(srid)s.")
        % {"srid": profile.work_srid}
    )
