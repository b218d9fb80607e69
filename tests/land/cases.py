"""Shapes of the geometry cases, in metres from a corner of the county, and short ways to judge them."""

from datetime import date
from decimal import Decimal

from shapely import affinity
from shapely.geometry import MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry

from land.ground import Footprint, Ground, Limits, Parcel, Zone
from land.redline import Verdict, judge
from registry import geo

PINGBIAN = geo.CountyProfile(
    name="屏边苗族自治县",
    code="532523",
    work_srid=4544,
    allowed_srids=(4490, 4326, 4522, 4523, 4543, 4544, 4496, 4507),
    bbox=(103.30, 22.70, 104.10, 23.50),
    zones=(34, 35),
)
X, Y = 347000.0, 2545000.0
DAY = date(2024, 6, 1)
LIMITS = Limits(noise_area_m2=Decimal(1), noise_width_m=Decimal("0.2"), buffer_m=Decimal(5))


def at(geom: BaseGeometry) -> BaseGeometry:
    """A shape drawn about the origin, moved into the county (EPSG:4544)."""
    return affinity.translate(geom, X, Y)


def rect(west: float, south: float, east: float, north: float) -> Polygon:
    """A rectangle in metres from the corner."""
    return at(box(west, south, east, north))


def ring(*points: tuple[float, float]) -> list[tuple[float, float]]:
    return [(X + x, Y + y) for x, y in points]


COUNTRY = rect(-20_000, -20_000, 20_000, 20_000)


def zone(geom: BaseGeometry, name: str = "z1", **stored: object) -> Zone:
    return Zone(id=name, geometry=geom, **stored)


def parcel(geom: BaseGeometry, name: str = "p1", **stored: object) -> Parcel:
    return Parcel(id=name, geometry=geom, **{"class_code": "0103", **stored})


def ground(*zones: Zone | BaseGeometry, parcels: tuple[Parcel, ...] = (), **more: object) -> Ground:
    named = tuple(z if isinstance(z, Zone) else zone(z, f"z{i}") for i, z in enumerate(zones, 1))
    return Ground(zones=named, parcels=parcels, **{"coverage": (COUNTRY,), **more})


def footprint(geom: BaseGeometry | None, name: str = "f1", srid: int = 4544, **more: object) -> Footprint:
    return Footprint(id=name, geometry=geom, srid=srid, **more)


def verdict(
    geom: BaseGeometry | None, *zones: Zone | BaseGeometry, srid: int = 4544, on: date = DAY, **more: object
) -> Verdict:
    """The verdict on one shape over zones, with the whole country covered."""
    return judge(footprint(geom, srid=srid, **more), ground(*zones), on, LIMITS, PINGBIAN)


HUNDRED = rect(0, 0, 100, 100)
EMPTY = MultiPolygon()
