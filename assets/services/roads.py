"""Routes, centres of places and road chiefs. 中文：路线、驻地、路长"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils.translation import gettext as _

from assets.codes_networks import RoadLevel
from assets.models import Centre, RoadRoute, RoadSection, ZonePermit
from registry import access, clock, geo
from registry.errors import BadInput
from registry.models import Act, Division, ImportBatch, Source, Unit, User
from registry.models.filling import insert_rows
from registry.rules import Scope
from registry.rules.engine import evaluate_again, evaluate_units
from registry.services.acts import ActLine, record_act, record_acts

ON_THE_NETWORK = ("ROD-01", "ROD-02", "ROD-05", "ROD-06")


@dataclass(frozen=True)
class RouteAsk:
    """A route that a file or a form names."""

    code: str
    name: str
    level: str


@transaction.atomic
def ensure_routes(
    asks: Iterable[RouteAsk], *, place: Division, by: User | None, batch: ImportBatch | None = None
) -> dict[str, RoadRoute]:
    """The routes of these codes, registered where they are new; a name or a level that differs is changed.

    Three statements. Whether a code is right is what ROD-07 says.
    """
    access.require(by, "register_unit", place)
    wanted = {ask.code: ask for ask in asks}
    for ask in wanted.values():
        if ask.level not in RoadLevel.values:
            raise BadInput(_("Choose the level of the road."), "level")
    known = {row.code: row for row in RoadRoute.objects.select_for_update().filter(code__in=wanted)}
    fresh = [
        RoadRoute(code=a.code, name=a.name, level=a.level) for a in wanted.values() if a.code not in known
    ]
    insert_rows(fresh)
    changed, lines = [], [_line(row, place, None) for row in fresh]
    for code, row in known.items():
        ask = wanted[code]
        before = {"name": row.name, "level": row.level}
        row.name, row.level = ask.name or row.name, ask.level
        if before != {"name": row.name, "level": row.level}:
            changed.append(row)
            lines.append(_line(row, place, before))
    RoadRoute.objects.bulk_update(changed, ["name", "level"], batch_size=500)
    record_acts(lines, by=by, batch=batch)
    return known | {row.code: row for row in fresh}


def _line(row: RoadRoute, place: Division, before: dict[str, str] | None) -> ActLine:
    return ActLine(
        verb="route_recorded",
        division=place,
        subject=f"route:{row.pk}",
        before=before,
        after={"code": row.code, "name": row.name, "level": row.level},
    )


def read_network() -> None:
    """Read again what a road or a centre can turn anywhere: one reading of each rule on the network."""
    evaluate_again(as_of=clock.today(), scope=Scope(), rule_ids=ON_THE_NETWORK)


@transaction.atomic
def place_centres(
    rows: Sequence[tuple[Division, Point]], *, by: User | None, batch: ImportBatch | None = None
) -> None:
    """Record where the people of places live (EPSG:4490). Raises ``BadInput``, ``NotAllowed``."""
    for division, point in rows:
        access.require(by, "place_unit", division)
        if not geo.check_bounds((point.x, point.y, point.x, point.y)):
            raise BadInput(
                _("%(place)s: the point %(lon).6f, %(lat).6f lies outside the county. Correct it.")
                % {"place": division.name, "lon": point.x, "lat": point.y},
                "longitude",
            )
    known = {
        row.division_id: row
        for row in Centre.objects.in_force().select_for_update().filter(division__in=[d.pk for d, _p in rows])
    }
    moved, fresh, lines = [], [], []
    for division, point in rows:
        row = known.get(division.pk)
        before = [row.geom.x, row.geom.y] if row else None
        if row is None:
            fresh.append(Centre(division=division, geom=point, batch=batch))
        elif row.geom.coords != point.coords:
            row.geom = point
            moved.append(row)
        else:
            continue
        lines.append(ActLine(verb="centre_placed", division=division, subject=f"centre:{division.pk}",
                             before=before, after=[point.x, point.y]))  # fmt: skip
    Centre.objects.bulk_create(fresh, batch_size=500)
    Centre.objects.bulk_update(moved, ["geom"], batch_size=500)
    record_acts(lines, by=by, batch=batch)
    if lines and batch is None:
        read_network()


@transaction.atomic
def take_back_centres(batch: ImportBatch, act: Act) -> None:
    """Mark the centres of a batch as taken back, and put those that it moved where they were."""
    Centre.objects.in_force().filter(batch=batch).update(annulled=act)
    acts = Act.objects.filter(batch=batch, verb="centre_placed", before__isnull=False)
    before: dict[int, Any] = {done.division_id: done.before for done in acts}
    rows = list(Centre.objects.in_force().filter(division__in=before))
    for row in rows:
        row.geom = Point(before[row.division_id][0], before[row.division_id][1], srid=4490)
    Centre.objects.bulk_update(rows, ["geom"], batch_size=500)
    read_network()


@transaction.atomic
def permit_in_zone(
    *, unit: Unit, reason: str, source: Source, by: User | None, remark: str = ""
) -> ZonePermit:
    """Record the paper by which something may stand in the control zone of a road. 中文：登记建控区准许"""
    locked = Unit.objects.select_for_update(of=("self",)).select_related("division").get(pk=unit.pk)
    access.require(by, "register_unit", locked.division)
    if ZonePermit.objects.in_force().filter(unit=locked).exists():
        raise BadInput(_("A permit is recorded already."), "reason")
    permit = ZonePermit.objects.create(unit=locked, reason=reason, source=source, remark=remark)
    record_act(
        by=by, verb="zone_permitted", division=locked.division_id, unit=locked, source=source,
        subject=f"zonepermit:{permit.pk}", after={"reason": reason},
    )  # fmt: skip
    evaluate_units([locked.pk], as_of=clock.today())
    return permit


def routes_of(units: Sequence[int]) -> dict[int, RoadRoute]:
    """The route of each section's unit. One query."""
    rows = RoadSection.objects.in_force().filter(unit__in=units).select_related("route")
    return {row.unit_id: row.route for row in rows}
