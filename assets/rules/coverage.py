"""Rules on the road network of places: ROD-01, ROD-02, ROD-05. 中文：通达与养护经费规则"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import shapely
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assets.models import Centre, RoadSection, UpkeepTerms
from assets.network import CUT_OFF, NO_ROAD, NO_SEAT, Connection, connections
from assets.parameters_networks import (
    DAILY_FLOOR,
    HARDEN_HOUSEHOLDS,
    HARDENED,
    REACH,
    SEAT_REACH,
    SNAP,
    UPGRADE_HOUSEHOLDS,
    UPGRADED,
)
from registry.codes import EntryCode, Level, Reading, Severity
from registry.models import Division, DivisionBoundary, Entry
from registry.rules import Context, Outcome, Row, Rule

from .places import lines_of, planar, sections

FLOOR_LEVELS = ("X", "Y", "C")


@dataclass(frozen=True)
class Network:
    """The sections that have a line, with their lines in the working plane."""

    roads: list[RoadSection]
    lines: np.ndarray


def network(context: Context) -> Network:
    """The network of the whole register: a road does not end where a scope does. Two queries."""
    roads = list(sections(context, everywhere=True))
    lines = lines_of(roads, context)
    placed = [road for road in roads if road.unit_id in lines]
    return Network(placed, np.array([lines[road.unit_id] for road in placed], dtype=object))


def is_hardened(road: RoadSection, context: Context) -> bool:
    return road.surface in context.value(HARDENED, road.unit.division.path)


def is_upgraded(road: RoadSection, context: Context) -> bool:
    """Hardened, and of a class that counts, or wide enough."""
    limits = context.value(UPGRADED, road.unit.division.path)
    wide = road.width_m is not None and road.width_m >= Decimal(limits["width_m"])
    return is_hardened(road, context) and (wide or road.technical_class in limits["classes"])


def read_rod_01(context: Context) -> Outcome:
    """ROD-01: a natural village of 50 households and more that no hardened section connects to the seat."""
    return _read(context, HARDEN_HOUSEHOLDS, is_hardened)


def read_rod_02(context: Context) -> Outcome:
    """ROD-02: a natural village of 30 households and more that no upgraded section connects to the seat."""
    return _read(context, UPGRADE_HOUSEHOLDS, is_upgraded)


def _read(context: Context, key: str, good: Any) -> Outcome:
    """Natural villages by the network. Six queries; a village without a place or seat is NO_DATA."""
    natural = Division.objects.on(context.as_of).filter(level=Level.NATURAL_VILLAGE, households__isnull=False)
    rows = context.scope.limit(natural, division="path", unit="pk", kind="division")
    villages = [
        place for place in rows.order_by("path") if place.households >= context.value(key, place.path)
    ]
    if not villages:
        return Outcome(checked=0, rows=[])
    net = network(context)
    here, seats = _points(villages, context)
    found = connections(
        here, seats, net.lines, np.array([good(road, context) for road in net.roads], dtype=bool),
        reach=float(context.value(REACH)), seat_reach=float(context.value(SEAT_REACH)),
        tolerance=float(context.value(SNAP)),
    )  # fmt: skip
    missing, unseated = shapely.is_missing(here), shapely.is_missing(seats)
    judged = [
        _row(place, connection, bool(gone), net)
        for place, connection, gone, no_seat in zip(villages, found, missing, unseated, strict=True)
        if not no_seat
    ]
    waiting = [place for place, no_seat in zip(villages, unseated, strict=True) if no_seat]
    rows_found = [row for row in judged if row is not None] + _without_seat(waiting, context)
    return Outcome(checked=len(villages), rows=rows_found)


def _without_seat(villages: list[Division], context: Context) -> list[Row]:
    """One row for each township whose seat is not on the map: none of its villages can be told."""
    if not villages:
        return []
    waiting: dict[int, int] = defaultdict(int)
    towns = Division.objects.filter(pk__in={key for place in villages for key in _above(place)})
    by_key = {town.pk: town for town in towns.filter(level=Level.TOWNSHIP)}
    for place in villages:
        for key in _above(place):
            waiting[key] += key in by_key
    return [
        Row(
            subject_type="division",
            subject_key=str(town.pk),
            division_id=town.pk,
            since=None,
            reading=Reading.NO_DATA,
            details={"name": town.name, "villages": waiting[key]},
        )
        for key, town in sorted(by_key.items())
    ]


def _points(villages: list[Division], context: Context) -> tuple[np.ndarray, np.ndarray]:
    """Where each village lies (its centre, else the middle of its outline), and the seat of its township."""
    chain = {key for place in villages for key in _above(place)}
    towns = set(Division.objects.filter(pk__in=chain, level=Level.TOWNSHIP).values_list("pk", flat=True))
    keys = {place.pk for place in villages}
    placed = Centre.objects.in_force().filter(division__in=keys | towns)
    centres = dict(placed.values_list("division_id", "geom"))
    outlines = DivisionBoundary.objects.filter(
        division__in=keys - centres.keys(), valid__contains=context.as_of
    )
    middle = {row.division_id: row.geom.point_on_surface for row in outlines.only("division_id", "geom")}
    places = centres | middle
    planes = dict(zip(places, planar(places.values()), strict=True))
    here = np.array([planes.get(place.pk) for place in villages], dtype=object)
    seats = [
        next((planes[key] for key in _above(p) if key in towns and key in planes), None) for p in villages
    ]
    return here, np.array(seats, dtype=object)


def _above(place: Division) -> list[int]:
    return [int(part) for part in place.path.split("/") if part]


def _row(place: Division, connection: Connection, missing: bool, net: Network) -> Row | None:
    details: dict[str, Any] = {"name": place.name, "households": place.households, "villages": 1}
    if connection.section is not None:
        details |= {"road": net.roads[connection.section].unit.name, "metres": f"{connection.distance_m:.0f}"}
    unknown = missing or connection.verdict == NO_SEAT or not net.roads
    if not unknown and connection.verdict not in (CUT_OFF, NO_ROAD):
        return None
    if not unknown:
        details["variant"] = connection.verdict
    return Row(
        subject_type="division",
        subject_key=str(place.pk),
        division_id=place.pk,
        since=None,
        reading=Reading.NO_DATA if unknown else Reading.FOUND,
        details=details,
    )


def read_rod_05(context: Context) -> Outcome:
    """ROD-05: the county's yearly upkeep of roads is less than kilometres by the floor. Four queries.

    Found for the county alone; the details hold each township's part. A section without mileage: NO_DATA.
    """
    rows = Division.objects.on(context.as_of).filter(level=Level.COUNTY)
    counties = list(context.scope.limit(rows, division="path", unit="pk", kind="division").order_by("path"))
    within = Q(pk__in=[])
    for county in counties:
        within |= Q(unit__division__path__startswith=county.path)
    roads = list(sections(context, everywhere=True).filter(within, route__level__in=FLOOR_LEVELS))
    money = _money(roads, context)
    towns = dict(Division.objects.filter(level=Level.TOWNSHIP).values_list("path", "name"))
    found = [_county(county, roads, money, towns, context) for county in counties]
    return Outcome(checked=len(counties), rows=[row for row in found if row is not None])


def _money(roads: list[RoadSection], context: Context) -> dict[int, Decimal]:
    """Yearly upkeep by unit: what the current duties say."""
    duties = Entry.objects.on(context.as_of).filter(
        code=EntryCode.UPKEEP, unit__in=[road.unit_id for road in roads]
    )
    said = UpkeepTerms.objects.filter(entry__in=duties, annual_budget__isnull=False)
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for unit, amount in said.values_list("entry__unit_id", "annual_budget"):
        sums[unit] += amount or Decimal(0)
    return sums


def _county(
    county: Division,
    roads: list[RoadSection],
    money: dict[int, Decimal],
    towns: dict[str, str],
    context: Context,
) -> Row | None:
    mine = [road for road in roads if road.unit.division.path.startswith(county.path)]
    if not mine:
        return None
    parts: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0), Decimal(0)])
    for road in mine:
        town = next(
            (name for path, name in towns.items() if road.unit.division.path.startswith(path)), county.name
        )
        km = road.mileage_km or Decimal(0)
        floor = Decimal(context.value(DAILY_FLOOR, road.unit.division.path)[road.route.level])
        own = (km, km * floor, money.get(road.unit_id, Decimal(0)))
        parts[town] = [a + b for a, b in zip(parts[town], own, strict=True)]
    km, floor, given = (sum((part[n] for part in parts.values()), Decimal(0)) for n in range(3))
    unmeasured = sum(road.mileage_km is None for road in mine)
    if given >= floor and not unmeasured:
        return None
    return Row(
        subject_type="division",
        subject_key=str(county.pk),
        division_id=county.pk,
        since=None,
        reading=Reading.FOUND if given < floor else Reading.NO_DATA,
        details={
            "name": county.name,
            "km": f"{km:.3f}",
            "floor": f"{floor:.2f}",
            "given": f"{given:.2f}",
            "missing": f"{max(floor - given, Decimal(0)):.2f}",
            "unmeasured": unmeasured,
            "townships": {
                name: {"km": f"{part[0]:.3f}", "floor": f"{part[1]:.2f}", "given": f"{part[2]:.2f}"}
                for name, part in sorted(parts.items())
            },
        },
    )


_NETWORK = frozenset(
    {"assets_roadsection", "assets_roadroute", "assets_centre", "registry_shape", "registry_division",
     "registry_divisionboundary"}
)  # fmt: skip
_ROADS = (REACH, SEAT_REACH, SNAP, HARDENED)
RULES = (
    Rule(
        id="ROD-01",
        title=_("no hardened road to a natural village"),
        subject="division",
        message=_("%(name)s (%(households)s households) has no hardened road."),
        variants={
            NO_ROAD: _("%(name)s has %(households)s households, and no hardened road comes near it."),
            CUT_OFF: _(
                "%(name)s has %(households)s households; the hardened road near it, %(road)s, is not "
                "connected to the seat of the township."
            ),
        },
        no_data=_(
            "%(name)s: place, seat of the township or roads are not on the map; %(villages)s natural "
            "villages cannot be judged."
        ),
        remedy=_("Plan the road, or register the sections with their surface and line."),
        source="50 户以上自然村通硬化路",
        reads=_NETWORK,
        read=read_rod_01,
        parameters=(HARDEN_HOUSEHOLDS, *_ROADS),
    ),
    Rule(
        id="ROD-02",
        title=_("road to a natural village not upgraded"),
        subject="division",
        message=_("%(name)s (%(households)s households) has no upgraded road."),
        variants={
            NO_ROAD: _("%(name)s has %(households)s households, and no upgraded road comes near it."),
            CUT_OFF: _(
                "%(name)s has %(households)s households; the upgraded road near it, %(road)s, is not "
                "connected to the seat of the township."
            ),
        },
        no_data=_(
            "%(name)s: place, seat of the township or roads are not on the map; %(villages)s natural "
            "villages cannot be judged."
        ),
        remedy=_("Plan the upgrade, or register class and width of the sections."),
        source="30 户以上自然村道路提质改造",
        reads=_NETWORK,
        read=read_rod_02,
        severity=Severity.W,
        parameters=(UPGRADE_HOUSEHOLDS, UPGRADED, *_ROADS),
    ),
    Rule(
        id="ROD-05",
        title=_("too little money for the upkeep of roads"),
        subject="division",
        message=_(
            "%(name)s: %(km)s km of rural roads need %(floor)s yuan a year, %(given)s yuan are provided; "
            "%(missing)s yuan are missing."
        ),
        no_data=_("%(name)s: %(unmeasured)s road sections have no mileage, so that the sum cannot be told."),
        remedy=_("Enter the yearly upkeep money of the roads, or have it raised; see each township's part."),
        source="国办发〔2019〕45号",
        reads=frozenset(
            {"assets_roadsection", "assets_roadroute", "assets_upkeepterms", "registry_entry/upkeep"}
        ),
        read=read_rod_05,
        parameters=(DAILY_FLOOR,),
    ),
)  # fmt: skip
