"""From the numbers of a file to places in the county: rules L01, L02 and L03. 中文：坐标系判定

A coordinate system is *declared* (by the user, the .prj, the GeoPackage) or *proposed* from the size of the
numbers and confirmed; it is never assumed. The zone prefix must agree with it, and the result must lie in the
county: a wrong central meridian leaves every area right and moves everything by three degrees.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _

from registry import geo, systems

from .datums import refused_datum
from .errors import EmptyLayer, OutsideCounty, RefusedDatum, UnknownCRS, ZonePrefix
from .layer import LayerFile

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class Located:
    """Geometries in EPSG:4490 and, per feature, whether its box leaves the county (L02).

    Missing and empty geometries are not ``outside``; geometries without finite coordinates are.
    """

    geometries: np.ndarray
    outside: np.ndarray


def resolve_srid(layer: LayerFile, declared: int | None = None) -> int:
    """The SRID to read the layer in.

    :param declared: the user's choice; wins over what the file says.
    :raises RefusedDatum: Beijing 1954 or Xi'an 1980.
    :raises UnknownCRS: L01, nothing (allowed) declared; ``proposals`` fit the numbers.
    :raises ZonePrefix: L03, the numbers carry another zone than declared; ``proposals`` fit.
    :raises OutsideCounty: L02, most features do not lie in the county; ``proposals`` would.
    """
    srid = declared or layer.srid
    datum = refused_datum(declared) if declared else layer.refused
    if datum:
        raise RefusedDatum(
            _("The layer is in %(datum)s. Without transformation parameters it cannot be placed exactly; "
              "ask for it in CGCS2000.") % {"datum": datum}
        )  # fmt: skip
    bounds = layer.bounds
    if bounds is None or not np.isfinite(bounds).all():
        bounds = _core(layer)
    if srid not in layer.profile.allowed_srids:
        raise _undeclared(srid, bounds, layer)
    if systems.check_declared(bounds, srid, layer.profile):
        _refuse(srid, _core(layer), layer.profile)
    return srid


def locate(
    geometries: np.ndarray, srid: int, profile: geo.CountyProfile | Mapping[str, Any] | None = None
) -> Located:
    """Transform to EPSG:4490 and mark the features whose box leaves the county (L02)."""
    county = geo.CountyProfile.from_dict(dict(profile)) if isinstance(profile, Mapping) else profile
    placed = np.asarray(geo.transform(geometries, srid, geo.RECORD_SRID), dtype=object)
    missing = shapely.is_missing(placed) | shapely.is_empty(placed)
    with np.errstate(invalid="ignore"):
        within = geo.inside_county(shapely.bounds(placed), county)
    return Located(placed, ~within & ~missing)


def propose(bounds: Bounds, profile: geo.CountyProfile) -> list[int]:
    """The allowed SRIDs under which these numbers fall into the county; the working zone first."""
    return sorted(systems.guess_srid(bounds, profile), key=lambda s: (s != profile.work_srid, s != 4490))


def _core(layer: LayerFile) -> Bounds:
    """Where the first features mostly are: the median of their boxes, so that a stray one decides nothing."""
    for batch in layer.batches():
        boxes = shapely.bounds(batch.geometries)
        boxes = boxes[np.isfinite(boxes).all(axis=1)]
        if len(boxes):
            west, south, east, north = np.median(boxes, axis=0).tolist()
            return west, south, east, north
    raise EmptyLayer(_("The layer %(name)s has no shape with coordinates.") % {"name": layer.name})


def _is_degrees(bounds: Bounds) -> bool:
    return max(abs(value) for value in bounds) <= 360


def _names(srids: list[int]) -> str:
    return "、".join(f"EPSG:{srid}" for srid in srids)


def _swapped(bounds: Bounds, profile: geo.CountyProfile) -> bool:
    west, south, east, north = bounds
    return not propose(bounds, profile) and bool(propose((south, west, north, east), profile))


def _undeclared(srid: int | None, bounds: Bounds, layer: LayerFile) -> UnknownCRS:
    """L01: something must be declared, and be one of the county's systems."""
    proposals = propose(bounds, layer.profile)
    found = {
        "west": f"{bounds[0]:.7g}",
        "east": f"{bounds[2]:.7g}",
        "proposals": _names(proposals),
        "srid": srid,
    }
    if srid is not None:
        sentence = _("The layer is declared as EPSG:%(srid)d, which is not used in this county.") % found
    elif layer.crs_text:
        sentence = _("The coordinate system that the layer declares is not one used in this county.")
    else:
        sentence = _("The layer does not say its coordinate system.")
    if proposals:
        advice = _("Its numbers fit %(proposals)s: confirm one.") % found
    elif _swapped(bounds, layer.profile):
        advice = _("Its axes are exchanged: export it with the easting (longitude) first.")
    else:
        advice = _("Its numbers (x from %(west)s to %(east)s) fit none of this county.") % found
    return UnknownCRS(f"{sentence} {advice}", proposals=proposals, declared=srid)


def _refuse(srid: int, core: Bounds, county: geo.CountyProfile) -> None:
    """L02 and L03 for the layer as a whole; nothing when only stray features lie outside."""
    problem = systems.check_declared(core, srid, county)
    if problem is None:
        return
    proposals = propose(core, county)
    advice = " " + _("Declare it as %(proposals)s.") % {"proposals": _names(proposals)} if proposals else ""
    if _swapped(core, county):
        raise OutsideCounty(_exchanged(core), kind="swapped", proposals=[], declared=srid)
    if _is_degrees(core) != geo.is_geographic(srid):
        numbers = _("degrees") if _is_degrees(core) else _("metres")
        sentence = _("The layer is declared as EPSG:%(srid)d, but its numbers are %(numbers)s.")
        raise OutsideCounty(
            sentence % {"srid": srid, "numbers": numbers} + advice,
            kind="unit",
            proposals=proposals,
            declared=srid,
        )
    if problem.code == "L03":
        raise ZonePrefix(problem.message + advice, kind=problem.kind, proposals=proposals, declared=srid)
    sentence = _shifted(srid, core, proposals) or _elsewhere(srid, core)
    raise OutsideCounty(sentence + advice, kind=problem.kind, proposals=proposals, declared=srid)


def _exchanged(core: Bounds) -> str:
    return _(
        "The axes are exchanged: x is about %(x)s, which is a northing or latitude. "
        "Export the layer with the easting (longitude) first."
    ) % {"x": f"{core[0]:.7g}"}


def _place(core: Bounds, srid: int) -> tuple[float, float]:
    """Longitude and latitude of the middle."""
    middle = shapely.points((core[0] + core[2]) / 2, (core[1] + core[3]) / 2)
    placed = geo.transform(middle, srid, geo.RECORD_SRID)
    return placed.x, placed.y


def _shifted(srid: int, core: Bounds, proposals: list[int]) -> str | None:
    """The sentence of case E24, when a proposal lies whole degrees away."""
    for proposal in proposals:
        degrees = _place(core, srid)[0] - _place(core, proposal)[0]
        if not np.isfinite(degrees) or abs(degrees) < 0.5 or abs(degrees - round(degrees)) > 0.05:
            continue
        found = {"degrees": abs(round(degrees)), "srid": srid}
        if degrees > 0:
            return (
                _("Zone shift: read as EPSG:%(srid)d the layer lies %(degrees)d degrees east of the county.")
                % found
            )
        return (
            _("Zone shift: read as EPSG:%(srid)d the layer lies %(degrees)d degrees west of the county.")
            % found
        )
    return None


def _elsewhere(srid: int, core: Bounds) -> str:
    lon, lat = _place(core, srid)
    return _("Read as EPSG:%(srid)d the layer lies near %(lon)s E, %(lat)s N, outside the county.") % {
        "srid": srid,
        "lon": f"{lon:.4f}",
        "lat": f"{lat:.4f}",
    }
