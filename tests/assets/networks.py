"""Roads, water works and relocation sites for the tests: what is not given is in order."""

from __future__ import annotations

import datetime as dt
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry, LineString, MultiLineString, Point

from assets.models import Centre, RelocationSite, RoadRoute, RoadSection, SiteFigures, WaterWorks
from registry import geo
from registry.codes import UnitKind
from registry.models import Division, Finding, Unit
from registry.rules.engine import evaluate
from tests import factories as make
from tests.land import layers

TODAY = dt.date(2026, 6, 1)
LON, LAT = 103.7, 23.0
DEGREE = 1 / 102_600  # a metre eastward at this latitude, in degrees of longitude


def read(rule: str, day: dt.date = TODAY, scope: Any = None) -> tuple[dict[str, int], dict[str, Finding]]:
    """Tally of a rule, and its open findings by name."""
    tally = evaluate(as_of=day, scope=scope, rule_ids=[rule])[rule]
    return tally, {f.details["name"]: f for f in Finding.objects.open().filter(rule=rule)}


def east(metres: float, north: float = 0.0) -> tuple[float, float]:
    """The place so many metres east and north of the middle of the tests."""
    return LON + metres * DEGREE, LAT + north / 110_750


def line(*metres: float, north: float = 0.0) -> MultiLineString:
    return MultiLineString(LineString(*(east(m, north) for m in metres), srid=4490), srid=4490)


def basic_farmland(tmp_path: Any, settings: Any, *zones: tuple[float, float, float, float]) -> None:
    """A layer of basic farmland with zones of the working plane (west, south, width, height in metres)."""
    settings.FILES_DIR = tmp_path / "files"
    shapes = [layers.at(*zone) for zone in zones]
    path = layers.gpkg(tmp_path / "bf.gpkg", shapes, layers.zone_columns(len(shapes)))
    assert layers.take(path, "basic_farmland", of=make.township())[0]["state"] == "applied"


def outline(of: Unit, *box: float, **fields: Any) -> None:
    """Put a unit on a box of the working plane."""
    record = geo.promote(geo.transform(layers.at(*box), 4544, 4490))
    geom = GEOSGeometry(memoryview(shapely.to_wkb(record)), srid=4490)
    make.shape(of, geom, source_srid=4544, **fields)


def section(
    name: str = "岩峰路一段", of: Division | None = None, *, code: str = "C001532523", level: str = "C",
    geom: Any = None, chiefs: bool = True, **fields: Any,
) -> RoadSection:  # fmt: skip
    """A hardened village road with route, line, chiefs and keeper; a kilometre where nothing else is said."""
    asset = make.asset(
        name, of, subtype="road", **{k: fields.pop(k) for k in ("completed_on", "state") if k in fields}
    )
    route, _made = RoadRoute.objects.get_or_create(code=code, defaults={"level": level, "name": "岩峰路"})
    values = {
        "start_stake": "0.000", "end_stake": "1.000", "mileage_km": "1.000", "surface": "cement",
        "technical_class": "fourth", "width_m": "4.50", "built_year": 2018,
    } | fields  # fmt: skip
    made = RoadSection.objects.create(unit=asset.unit, route=route, **values)
    if geom is not False:
        make.shape(asset, geom or line(0, 1000))
    if chiefs:
        village, town = asset.unit.division, asset.unit.division.parent
        for place in (village, town):
            body = make.party(f"{place.name}路长单位", "government", place)
            make.entry(asset, "road_chief", body, agent=make.person(of=place))
    made.refresh_from_db()
    return made


def centre(of: Division, metres: float = 0.0, north: float = 0.0) -> Centre:
    return Centre.objects.create(division=of, geom=Point(*east(metres, north), srid=4490))


def hamlet(name: str, households: int | None, of: Division, metres: float | None = 1000) -> Division:
    """A natural village with its centre so many metres east."""
    made = make.division(name, "natural_village", of, households=households)
    if metres is not None:
        centre(made, metres)
    return made


def water(name: str = "大寨人饮工程", of: Division | None = None, **fields: Any) -> WaterWorks:
    values = {
        "design_people": 500, "actual_people": 400, "price": "2.50", "running_cost": "2.00",
        "charging": "meter",
        "collection_rate": "95", "convenience": "pass", "guarantee": "pass", "report_on": dt.date(2026, 3, 1),
        "disinfection": True, "health_until": dt.date(2026, 12, 31),
    } | fields  # fmt: skip
    made = WaterWorks.objects.create(unit=make.asset(name, of, subtype="water_supply").unit, **values)
    made.refresh_from_db()
    return made


def site(name: str = "毛家湾安置点", of: Division | None = None, **fields: Any) -> RelocationSite:
    unit: Unit = make.unit(name, of, kind=UnitKind.RELOCATION_SITE)
    values = {"completed_on": dt.date(2018, 6, 30), "flats": 100, "certificates": 100} | fields
    made = RelocationSite.objects.create(unit=unit, **values)
    made.refresh_from_db()
    return made


def figures(of: RelocationSite, on: str = "2026-05-31", **fields: Any) -> SiteFigures:
    """The figures of Maojiawan, with everybody in work."""
    values = {
        "households": 8322, "people": 35585, "registered_households": 7570, "registered_people": 32347,
        "accompanying_households": 752, "accompanying_people": 3238, "labour": 18000, "employed": 17000,
        "posts": 300, "wages": "9000000.00", "jobless_households": 0,
    } | fields  # fmt: skip
    return SiteFigures.objects.create(unit=of.unit, on=make.day(on), **values)
