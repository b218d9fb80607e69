"""Rules on single roads: ROD-03, ROD-04, ROD-06, ROD-07. 中文：农村公路规则"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from assets.codes import Subtype
from assets.codes_networks import RoadLevel
from assets.models import RoadSection, ZonePermit
from assets.network import in_zones
from assets.parameters_networks import CONTROL_ZONE, LENGTH_TOLERANCE, STAKE_GAP
from registry.codes import INDICATIVE_METHODS, EntryCode, Level, Reading, Severity
from registry.models import Shape
from registry.rules import Context, Outcome, Row, Rule

from .places import lines_of, planar, sections
from .standing import built_on, held, row, standing

CODE = re.compile(r"[XYCZ][0-9A-Z]{3}(\d{6})?")
CHIEFS = (Level.VILLAGE, Level.TOWNSHIP)  # 村路长、乡路长


def on_section(section: RoadSection, since: dt.date | None, reading: str = Reading.FOUND, **more: Any) -> Row:
    """A row on a section; the name and the route are always among the details."""
    unit = section.unit
    return Row(
        subject_type="unit",
        subject_key=unit.code,
        unit_id=unit.pk,
        division_id=unit.division_id,
        since=since,
        reading=reading,
        details={"name": unit.name, "route": section.route.code, **more},
    )


def read_rod_03(context: Context) -> Outcome:
    """ROD-03: mileage and line differ beyond the tolerance, or the stakes of a route are not continuous.

    The line is measured on the ellipsoid. Without mileage or line there is nothing to compare: NO_DATA. Three
    queries; the neighbours of a section are read with it.
    """
    mine = list(sections(context))
    routes = {section.route_id for section in mine}
    all_of_them = sections(context, everywhere=True).filter(route__in=routes)
    gaps = _gaps(list(all_of_them), context)
    shapes = Shape.objects.on(context.as_of).filter(unit__in=[section.unit_id for section in mine])
    lengths = {unit: length for unit, length in shapes.values_list("unit_id", "length_m") if length}
    rows = [
        _mileage(section, lengths.get(section.unit_id), gaps.get(section.pk), context) for section in mine
    ]
    return Outcome(checked=len(mine), rows=[found for found in rows if found is not None])


def _gaps(found: list[RoadSection], context: Context) -> dict[int, dict[str, str]]:
    """Sections that do not begin where the one before them on the route ends, with both stakes."""
    gaps = {}
    last: dict[int, RoadSection] = {}
    for section in found:
        if section.start_stake is None or section.end_stake is None:
            continue
        before = last.get(section.route_id)
        limit = Decimal(context.value(STAKE_GAP, section.unit.division.path))
        if before is not None and abs(section.start_stake - before.end_stake) > limit:
            gaps[section.pk] = {"stake": str(section.start_stake), "before": str(before.end_stake)}
        if before is None or section.end_stake > before.end_stake:
            last[section.route_id] = section
    return gaps


def _mileage(
    section: RoadSection, length_m: float | None, gap: dict[str, str] | None, context: Context
) -> Row | None:
    since = section.built_on
    if gap is not None:
        return on_section(section, since, variant="stakes", **gap)
    if section.mileage_km is None or length_m is None:
        return on_section(section, since, Reading.NO_DATA)
    tolerance = Fraction(context.value(LENGTH_TOLERANCE, section.unit.division.path))
    line, said = Decimal(str(round(length_m / 1000, 3))), section.mileage_km
    if Fraction(abs(line - said)) <= Fraction(line) * tolerance:
        return None
    return on_section(section, since, mileage=str(said), line=str(line))


def read_rod_04(context: Context) -> Outcome:
    """ROD-04: a section of a public route without a road chief of its village or its township. One query.

    A lane that belongs to no route has no chief.
    """
    chiefs = held(context, EntryCode.ROAD_CHIEF).filter(unit=OuterRef("unit"))
    named = {
        level: Exists(chiefs.filter(Q(party__division__level=level) & ~Q(agent=None))) for level in CHIEFS
    }
    roads = sections(context).exclude(route__level=RoadLevel.SPECIAL)
    found = roads.annotate(**named).filter(~Q(**{CHIEFS[0]: True}) | ~Q(**{CHIEFS[1]: True}))
    rows = [on_section(road, road.built_on, variant=_missing(road)) for road in found]
    return Outcome(checked=context.counted(roads), rows=rows)


def _missing(road: Any) -> str:
    missing = [str(level) for level in CHIEFS if not getattr(road, level)]
    return "both" if len(missing) == 2 else missing[0]


def read_rod_06(context: Context) -> Outcome:
    """ROD-06: an asset built after the road stands inside its control zone, without a paper. Five queries.

    The zone reaches from the edge of the roadbed. A place that is only indicated decides nothing: NO_DATA.
    """
    roads = list(sections(context, everywhere=True))
    lines = lines_of(roads, context)
    roads = [road for road in roads if road.unit_id in lines]
    permits = ZonePermit.objects.in_force().filter(unit=OuterRef("unit"))
    others = standing(context).exclude(subtype=Subtype.ROAD).filter(~Exists(permits))
    assets = {asset.unit_id: asset for asset in others}
    shapes = list(Shape.objects.on(context.as_of).filter(unit__in=assets).order_by("unit__code"))
    widths = np.array([_zone(road, context) for road in roads])
    hits = in_zones(np.array([lines[r.unit_id] for r in roads]), widths, planar(s.geom for s in shapes))
    nearest: dict[int, tuple[RoadSection, float, Shape]] = {}
    for shape, road, metres in sorted(hits, key=lambda hit: hit[2]):
        nearest.setdefault(shapes[shape].unit_id, (roads[road], metres, shapes[shape]))
    rows = [_in_zone(assets[unit], *hit) for unit, hit in nearest.items()]
    return Outcome(checked=len(shapes), rows=[found for found in rows if found is not None])


def _zone(road: RoadSection, context: Context) -> float:
    zone = context.value(CONTROL_ZONE, road.unit.division.path).get(road.route.level, 0)
    return float(road.half_width_m) + float(zone)


def _in_zone(asset: Any, road: RoadSection, metres: float, shape: Shape) -> Row | None:
    built, road_built = built_on(asset), road.built_on
    if built is not None and road_built is not None and built < road_built:
        return None
    unknown = built is None or shape.method in INDICATIVE_METHODS
    since = max(filter(None, [built, road_built]), default=None)
    details = {"route": road.route.code, "road": road.unit.name, "metres": f"{metres:.2f}"}
    return row(asset, since, Reading.NO_DATA if unknown else Reading.FOUND, **details)


def read_rod_07(context: Context) -> Outcome:
    """ROD-07: the code of a route fails the pattern, or its letter contradicts the level. One query."""
    rows, checked = [], 0
    found: dict[str, list[RoadSection]] = defaultdict(list)
    for section in sections(context):
        checked += 1
        found[section.route.code].append(section)
    for code, of_route in found.items():
        wrong = code_problem(code, of_route[0].route.level)
        if wrong:
            rows += [
                on_section(section, section.built_on, variant=wrong, level=section.route.get_level_display())
                for section in of_route
            ]
    return Outcome(checked=checked, rows=rows)


def code_problem(code: str, level: str) -> str:
    """What is wrong with a route code: "pattern", "letter", or nothing."""
    if not CODE.fullmatch(code):
        return "pattern"
    return "" if code[0] == level else "letter"


_TABLES = frozenset({"assets_roadsection", "assets_roadroute", "registry_shape", "registry_division"})
RULES = (
    Rule(
        id="ROD-03",
        looks_at="assets_roadsection",
        title=_("mileage or stakes of a road do not fit"),
        message=_("%(name)s (%(route)s): mileage %(mileage)s km, its line measures %(line)s km."),
        variants={
            "stakes": _(
                "%(name)s (%(route)s) begins at stake %(stake)s, the section before ends at %(before)s."
            )
        },
        no_data=_("%(name)s (%(route)s) has no mileage or no line on the map: nothing can be compared."),
        remedy=_("Correct mileage or stakes, or put the line of the section on the map."),
        source="农村公路基础数据填报要求（容差为县级参数）",
        reads=_TABLES,
        read=read_rod_03,
        severity=Severity.W,
        parameters=(LENGTH_TOLERANCE, STAKE_GAP),
    ),
    Rule(
        id="ROD-04",
        looks_at="assets_roadsection",
        title=_("no road chief"),
        message=_("%(name)s has no road chief."),
        variants={
            "both": _("%(name)s has neither a road chief of the village nor one of the township."),
            "village": _("%(name)s has no road chief of the village."),
            "township": _("%(name)s has no road chief of the township."),
        },
        remedy=_("Open the duty of the road chief with the body and the named person."),
        source="农村公路条例；四好农村路路长制",
        reads=_TABLES | {"registry_entry/road_chief", "registry_party"},
        read=read_rod_04,
    ),
    Rule(
        id="ROD-06",
        title=_("building in the control zone of a road"),
        message=_(
            "%(name)s stands %(metres)s m from the middle of %(road)s (%(route)s), inside its control zone."
        ),
        no_data=_(
            "%(name)s may stand in the control zone of %(road)s (%(route)s): place or year is uncertain."
        ),
        remedy=_("Have it moved, or record the paper: works of the road, lawful before, permitted pipe."),
        source="公路安全保护条例第十一条、第十三条；农村公路条例",
        reads=_TABLES | {"assets_asset", "assets_zonepermit"},
        read=read_rod_06,
        parameters=(CONTROL_ZONE,),
    ),
    Rule(
        id="ROD-07",
        looks_at="assets_roadsection",
        title=_("route code is wrong"),
        message=_("The code %(route)s of %(name)s is wrong."),
        variants={
            "pattern": _(
                "The code %(route)s of %(name)s is no route code: expected are X, Y, C or Z, three signs, "
                "and at most the six digits of the county."
            ),
            "letter": _("The code %(route)s of %(name)s contradicts its level, %(level)s."),
        },
        remedy=_("Correct the route code or the level of the route."),
        source="公路路线标识规则和国道编号 GB/T 917",
        reads=_TABLES,
        read=read_rod_07,
        severity=Severity.E,
    ),
)
