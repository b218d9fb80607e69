"""Which system the numbers of a file are in: declared, or proposed (L01, L02, L03). 中文：坐标系判定"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from registry import geo


def _record_bounds(bounds: Any, srid: int) -> tuple[float, ...]:
    west, south, east, north = (float(value) for value in bounds)
    x, y = np.array([west, east, east, west]), np.array([south, south, north, north])
    lon, lat = geo.coordinates(x, y, srid, geo.RECORD_SRID)
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


def guess_srid(bounds: Any, profile: geo.CountyProfile | None = None) -> list[int]:
    """SRIDs in which numbers of this size would lie in the county: proposals to confirm, no decision (L01).

    One of several names for the same plane stands for all of them (4544 for 4507).
    """
    profile = profile or geo.county()
    fits: list[int] = []
    for srid in profile.allowed_srids:
        twin = any(geo.same_plane(srid, s) and not geo.is_geographic(s) for s in fits)
        if not twin and geo.check_bounds(_record_bounds(bounds, srid), profile):
            fits.append(srid)
    return fits


@dataclass(frozen=True)
class CrsProblem:
    """Why the numbers of a layer cannot be in the system declared for it."""

    code: str  # L02 or L03
    kind: str  # prefix, swapped, zone_shift, outside
    message: str
    proposals: tuple[int, ...]


def _prefix_problem(bounds: Any, srid: int, profile: geo.CountyProfile) -> str | None:
    """The sentence when the zone in front of the eastings is not that of the declared system (L03)."""
    if geo.is_geographic(srid):
        return None
    found, expected = geo.zone_prefix(float(bounds[0])), geo.zone_prefix(geo.false_easting(srid))
    if found == expected:
        return None
    if found is not None and found not in profile.zones and found not in _six_degree_prefixes(profile):
        return _("The eastings begin with zone %(found)s; this county lies in %(zones)s.") % {
            "found": found,
            "zones": ", ".join(str(zone) for zone in profile.zones),
        }
    return _("The eastings have the zone prefix %(found)s, but EPSG:%(srid)s has %(expected)s.") % {
        "found": found if found is not None else _("none"),
        "srid": srid,
        "expected": expected if expected is not None else _("none"),
    }


def _six_degree_prefixes(profile: geo.CountyProfile) -> set[int | None]:
    return {geo.zone_prefix(geo.false_easting(srid)) for srid in profile.allowed_srids}


def check_declared(bounds: Any, srid: int, profile: geo.CountyProfile | None = None) -> CrsProblem | None:
    """None when a layer with these bounds can be in ``srid``; otherwise what is wrong and what would fit.

    ``bounds`` are (minx, miny, maxx, maxy) as the file has them. L03: zone prefix; L02: anything else.
    """
    profile = profile or geo.county()
    place = _record_bounds(bounds, srid)
    if geo.check_bounds(place, profile):
        return None
    proposals = tuple(guess_srid(bounds, profile))
    prefix = _prefix_problem(bounds, srid, profile)
    if prefix:
        return CrsProblem("L03", "prefix", prefix, proposals)
    minx, miny, maxx, maxy = bounds
    swapped = tuple(guess_srid((miny, minx, maxy, maxx), profile))
    if swapped:
        sentence = _("Easting and northing (or longitude and latitude) are swapped in this layer.")
        return CrsProblem("L02", "swapped", sentence, swapped)
    if proposals:
        shift = (place[0] + place[2]) / 2 - (profile.bbox[0] + profile.bbox[2]) / 2
        sentence = _("Read as EPSG:%(srid)s the layer lies %(shift)s° away from the county: wrong zone.") % {
            "srid": srid,
            "shift": f"{shift:+.0f}",
        }
        return CrsProblem("L02", "zone_shift", sentence, proposals)
    sentence = _("Read as EPSG:%(srid)s the layer lies outside the county's box %(box)s.") % {
        "srid": srid,
        "box": profile.bbox,
    }
    return CrsProblem("L02", "outside", sentence, ())
