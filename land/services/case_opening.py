"""Open cases: all clues of a layer or chosen ones in one act, or one by hand. 中文：立案、线索下发

A clue becomes a unit only when it becomes a case.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Max
from django.utils.translation import gettext as _

from land.area import official_area
from land.case_codes import CaseOrigin, Stage
from land.models import Case, CaseStep, Vintage, VintageKind, Zone
from land.queries.cases import INSTEAD, WORD, clues_left, neutral
from registry import access, clock, geo
from registry.codes import ShapeMethod, ShapeNeed, UnitKind, UnitState
from registry.errors import BadInput
from registry.models import Division, Finding, Party, Shape, Source, Unit, User
from registry.models.filling import insert_rows
from registry.queries.divisions import codes_by_division
from registry.rules.engine import evaluate_units
from registry.services.acts import ActLine, record_acts

MOST = 5000  # clues that one act opens


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What is known of a case when it is opened; ``geom`` is of EPSG:4490."""

    division: Division
    name: str
    origin: str
    area_m2: Decimal
    geom: GEOSGeometry | None = None
    source_srid: int = geo.RECORD_SRID
    method: str = ShapeMethod.IMPORTED
    found_on: dt.date | None = None
    began_on: dt.date | None = None
    party: Party | None = None
    note: str = ""
    source: Source | None = None
    finding: Finding | None = None
    vintage: Vintage | None = None
    clue_number: int | None = None
    clue_id: str = ""


@transaction.atomic
def open_clues(
    *, vintage: Vintage, on: dt.date, by: User | None, numbers: Iterable[int] | None = None
) -> list[Case]:
    """Open the clues of a layer that have no case yet, or those of the given numbers. 中文：线索下发

    Only those in the divisions of the user are opened. About ten statements, whatever their number. Raises
    ``NotAllowed``, and ``BadInput`` where there is nothing to open.
    """
    access.require(by, "work_case")
    if vintage.kind != VintageKind.CLUES or vintage.dropped_at is not None:
        raise BadInput(_("Cases are opened from a layer of clues that is in force."), "no_clues")
    _one_at_a_time()
    rows = clues_left(vintage)
    if numbers is not None:
        rows = rows.filter(number__in=list(numbers))
    places = {place.pk: place for place in _places(vintage)}
    found = [
        _of_clue(zone, vintage, places[zone.village_id or vintage.division_id], on)
        for zone in rows
        if access.may(by, "work_case", places.get(zone.village_id or vintage.division_id)) or by is None
    ]
    if not found:
        raise BadInput(_("No clue of this layer in your divisions waits for a case."), "nothing")
    if len(found) > MOST:
        raise BadInput(
            _("%(n)d clues wait; at most %(most)d are opened at once. Choose some of them.")
            % {"n": len(found), "most": MOST},
            "too_many",
        )
    return _open(found, on=on, by=by, source=None)


def _places(vintage: Vintage) -> Iterable[Division]:
    """The place of a layer, and the villages of its clues."""
    villages = Zone.objects.filter(vintage=vintage).values_list("village_id", flat=True).distinct()
    return Division.objects.filter(pk__in=[vintage.division_id, *(key for key in villages if key)])


def _of_clue(zone: Zone, vintage: Vintage, place: Division, on: dt.date) -> Opening:
    number = str(zone.attrs.get("JCBH") or zone.bsm or zone.number)[:40]
    return Opening(
        division=place,
        name=_("Clue %(number)s of %(year)d") % {"number": neutral(number), "year": vintage.year},
        origin=CaseOrigin.CLUE,
        area_m2=zone.official_m2,
        geom=zone.geom,
        source_srid=vintage.source_srid,
        note=neutral(str(zone.attrs.get("TBLX") or ""))[:255],
        vintage=vintage,
        clue_number=zone.number,
        clue_id=number,
    )


@transaction.atomic
def open_case(*, opening: Opening, on: dt.date, by: User | None) -> Case:
    """Open one case by hand: from a report, a patrol, a finding. 中文：手工立案

    An outline gives the area; without one it is stated. Raises ``BadInput`` and ``NotAllowed``.
    """
    access.require(by, "work_case", opening.division)
    for text in (opening.name, opening.note):
        if WORD in text:
            raise BadInput(unsaid(), "wording")
    if not opening.name.strip():
        raise BadInput(_("Give the case a name that others will find it by."), "name")
    if opening.finding is not None and not opening.finding.division.path.startswith(opening.division.path):
        raise BadInput(_("The finding lies in another place than the case."), "finding")
    _one_at_a_time()
    return _open([opening], on=on, by=by, source=opening.source)[0]


def unsaid() -> str:
    """Why a text is not taken (E01)."""
    return _("E01: the text says what is not confirmed yet. Write “%(instead)s”, or say what is there.") % {
        "instead": INSTEAD
    }


def measured(geom: GEOSGeometry, srid: int) -> Decimal:
    """Official area of an outline (EPSG:4490) taken in a plane."""
    plane = geo.transform(shapely.from_wkb(bytes(geom.wkb)), geo.RECORD_SRID, srid)
    return official_area(geo.to_work_dense(plane, srid), geo.county().work_srid)


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('land_case'))")


def _open(openings: Sequence[Opening], *, on: dt.date, by: User | None, source: Source | None) -> list[Case]:
    if on > clock.today():
        raise BadInput(_("A case is opened today at the latest; the day lies in the future."), "future_date")
    units = insert_rows(_units(openings, on))
    cases = insert_rows([_case(one, unit, on) for one, unit in zip(openings, units, strict=True)])
    shapes = [
        _shape(one, unit, on) for one, unit in zip(openings, units, strict=True) if one.geom is not None
    ]
    Shape.objects.bulk_create(shapes, batch_size=500)
    now = clock.now()
    steps = [CaseStep(case=case, number=1, stage=Stage.CLUE_ISSUED, day=on, by=by, source=source, at=now)
             for case in cases]  # fmt: skip
    CaseStep.objects.bulk_create(steps, batch_size=500)
    record_acts([_line(case, on, source) for case in cases], by=by)
    evaluate_units([unit.pk for unit in units], as_of=clock.today())
    return cases


def _units(openings: Sequence[Opening], on: dt.date) -> list[Unit]:
    """Units with codes of their place, the year and a running number: 532523205200-AJ-2026-0001."""
    places = {one.division.pk: one.division for one in openings}
    codes = codes_by_division(places)
    heads = {key: f"{codes.get(key, f'D{key}')}-AJ-{on.year}-" for key in places}
    taken = Counter({head: _last(head) for head in heads.values()})
    units = []
    for one in openings:
        head = heads[one.division.pk]
        taken[head] += 1
        need = ShapeNeed.REQUIRED if one.geom is not None else ShapeNeed.OPTIONAL
        units.append(
            Unit(code=f"{head}{taken[head]:04d}", name=one.name[:200], kind=UnitKind.CASE,
                 division=one.division, state=UnitState.ACCEPTED, state_since=on, shape_need=need)
        )  # fmt: skip
    return units


def _last(head: str) -> int:
    top = Unit.objects.filter(code__startswith=head).aggregate(top=Max("code"))["top"]
    return int(top.rpartition("-")[2]) if top else 0


def _case(one: Opening, unit: Unit, on: dt.date) -> Case:
    names = ("origin", "area_m2", "found_on", "began_on", "party", "note", "finding", "vintage",
             "clue_number", "clue_id")  # fmt: skip
    return Case(unit=unit, stage_since=on, **{name: getattr(one, name) for name in names})


def _shape(one: Opening, unit: Unit, on: dt.date) -> Shape:
    return Shape(unit=unit, geom=one.geom, valid=DateRange(on, None), source_srid=one.source_srid,
                 method=one.method, source=one.source)  # fmt: skip


def _line(case: Case, on: dt.date, source: Source | None) -> ActLine:
    after: dict[str, Any] = {
        "code": case.unit.code, "name": case.unit.name, "origin": case.origin, "area_m2": str(case.area_m2),
        "stage": Stage.CLUE_ISSUED.value,
    }  # fmt: skip
    return ActLine(
        verb="case_opened",
        division=case.unit.division_id,
        unit=case.unit,
        subject=f"case:{case.unit.code}",
        effective_on=on,
        source=source,
        after=after,
    )
