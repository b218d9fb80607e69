"""The red-line check on the register's layers: shapes in, one run out. 中文：永久基本农田核查

The command, the page, the rule LND-01 and the API all ask here, so that they give the same answer. A run is
a pure function of its inputs: its fingerprint covers shapes, zones, parcels, limits and day, and two runs on
the same inputs give the same bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _

from land import overlay
from land.admission import admit
from land.ground import (
    INDICATIVE,
    SURVEY,
    Footprint,
    Ground,
    Limits,
    fingerprint,
    require_same_year,
)
from land.models import VintageKind
from land.parameters import BUFFER_M, CHECK_KEYS, MIXED_YEARS, NOISE_M2, NOISE_WIDTH_M
from land.queries.candidates import ground_about
from land.queries.vintages import Chosen, describe
from land.redline import UnionTotals, Verdict, judge, judge_all, union_totals, worst
from registry import clock, geo
from registry.codes import INDICATIVE_METHODS
from registry.errors import BadInput
from registry.models import Shape
from registry.rules.parameters import values_on

LAYER, PROJECT = "layer", "project"
OF_THE_SURVEY = ("farmland_m2", "farmland_counted_m2")
REACH_M = 500.0  # the nearest zone is named when it lies no farther than this


@dataclass(frozen=True)
class Run:
    """One run of the check, with everything it rests on."""

    day: dt.date
    year: int | None
    scope: str
    vintages: tuple[dict[str, Any], ...]
    parameters: dict[str, Any]
    fingerprint: str
    verdicts: tuple[Verdict, ...]  # in the order of the footprints
    union: UnionTotals | None  # None where only verdicts were asked for
    project: Verdict | None = None  # all footprints as one, for the scope "project"
    notes: tuple[str, ...] = ()
    errors: tuple[dict[str, str], ...] = ()  # what kept a part of the answer back (E29)
    ids: tuple[Any, ...] = field(default=())  # the ids as the file has them

    @property
    def verdict(self) -> str:
        """The worst verdict, worst first: OCCUPIES, INVALID, NO_DATA, REVIEW, NOISE, TOUCH, NONE."""
        all_of_them = [verdict.verdict for verdict in self.verdicts]
        return worst([*all_of_them, self.project.verdict] if self.project else all_of_them)

    @property
    def surveyed(self) -> bool:
        """Whether a land survey stands behind the farmland areas; without one they are unknown, not zero."""
        return any(vintage["kind"] == VintageKind.PARCELS for vintage in self.vintages)

    def as_dict(self) -> dict[str, Any]:
        """The answer for programs: areas as strings in m² with 2 decimals, null where nothing is known."""
        ids = self.ids or tuple(verdict.id for verdict in self.verdicts)
        unknown = {} if self.surveyed else dict.fromkeys(OF_THE_SURVEY)
        pairs = zip(ids, self.verdicts, strict=True)
        features = [{**verdict.as_dict(), **unknown, "id": key} for key, verdict in pairs]
        return {
            "run": {
                "day": self.day.isoformat(),
                "year": self.year,
                "scope": self.scope,
                "vintages": list(self.vintages),
                "parameters": self.parameters,
                "fingerprint": self.fingerprint,
                "notes": list(self.notes),
                "errors": list(self.errors),
            },
            "verdict": self.verdict,
            "features": features,
            "union": {**self.union.as_dict(), **unknown} if self.union else None,
            **({"project": {**self.project.as_dict(), **unknown}} if self.project else {}),
        }


def limits_on(day: dt.date) -> tuple[Limits, dict[str, Any]]:
    """The thresholds valid on a day, for the kernel and as a run stores them. One query."""
    values = values_on(CHECK_KEYS, day)
    limits = Limits(
        noise_area_m2=Decimal(str(values[NOISE_M2])),
        noise_width_m=Decimal(str(values[NOISE_WIDTH_M])),
        buffer_m=Decimal(str(values[BUFFER_M])),
    )
    return limits, values


def check(
    footprints: Sequence[Footprint],
    *,
    day: dt.date,
    year: int | None = None,
    scope: str = LAYER,
    reach_m: float = REACH_M,
    totals: bool = True,
    mixed_years: bool = False,
) -> Run:
    """Judge footprints by the basic farmland of a day (``year``: by layers of that year at the latest).

    ``totals`` False asks for verdicts alone: no areas by class, no union, no fingerprint of the ground; a
    thousand footprints are then a matter of seconds.

    Parcels of another year than the basic farmland are left out, and the areas by class with them, unless
    ``mixed_years`` or the county's parameter says that mixed years are meant (E29).

    Without a basic-farmland layer for the day, or outside of what it covers, the verdict is NO_DATA. A
    footprint that cannot be computed with is INVALID; nothing is swallowed. About ten queries.
    """
    limits, parameters = limits_on(day)
    ground, zones, parcels = ground_about(
        footprints,
        day=day,
        year=year,
        buffer_m=float(limits.buffer_m),
        reach_m=reach_m,
        surveyed=totals,
    )
    error = _mixed(zones, parcels, mixed_years)
    if error:
        ground, parcels = replace(ground, parcels=()), Chosen(())
    vintages = tuple(describe(v) for v in (*zones.vintages, *parcels.vintages))
    layers = ",".join(sorted(f"{v['kind']} {v['year']} {v['sha256']}" for v in vintages))
    chosen = {"year": year, "scope": scope, "layers": layers}
    return Run(
        day=day,
        year=year,
        scope=scope,
        vintages=vintages,
        parameters=parameters,
        fingerprint=fingerprint(footprints, ground, day, limits, **chosen) if totals else "",
        verdicts=tuple(_within(reach_m, verdict) for verdict in judge_all(footprints, ground, day, limits)),
        union=union_totals(footprints, ground, day, limits) if totals else None,
        project=_project(footprints, ground, day, limits) if scope == PROJECT else None,
        notes=_notes(zones, parcels, error),
        errors=({"code": error.code, "message": str(error)},) if error else (),
    )


def _mixed(zones: Chosen, parcels: Chosen, declared: bool) -> BadInput | None:
    """E29 where a survey is of another year than the basic farmland, and nobody said that this is meant."""
    pairs = {(zone.year, parcel.year) for zone in zones.vintages for parcel in parcels.vintages}
    if declared or all(one == other for one, other in pairs):
        return None
    if values_on([MIXED_YEARS], clock.today())[MIXED_YEARS]:
        return None
    try:
        for zone_year, parcel_year in sorted(pairs):
            require_same_year(zone_year, parcel_year)
    except BadInput as error:
        return error
    return None


def _within(reach_m: float, verdict: Verdict) -> Verdict:
    """The verdict without a distance that was not looked for: only zones within reach are at hand."""
    if verdict.nearest_m is None or verdict.nearest_m <= reach_m:
        return verdict
    return replace(verdict, nearest_m=None)


def _project(footprints: Sequence[Footprint], ground: Ground, day: dt.date, limits: Limits) -> Verdict | None:
    """The footprints as one shape (P04): two pieces that are noise apart may occupy together."""
    shapes = []
    for footprint in footprints:
        outcome = admit(footprint.geometry, srid=footprint.srid)
        if outcome.admitted:
            shapes.append(geo.to_work_dense(outcome.geom, footprint.srid))
    if not shapes:
        return None
    together = overlay.as_union(np.array(shapes, dtype=object))
    vague = any(footprint.indicative for footprint in footprints)
    whole = Footprint(
        id=PROJECT,
        geometry=together,
        srid=geo.county().work_srid,
        accuracy=INDICATIVE if vague else SURVEY,
        serves_farming=all(footprint.serves_farming for footprint in footprints),
    )
    return judge(whole, ground, day, limits)


def _notes(zones: Chosen, parcels: Chosen, error: BadInput | None) -> tuple[str, ...]:
    notes = [str(error)] if error else []
    if any(vintage.coverage_basis == "assumed" for vintage in zones.vintages):
        notes.append(
            _("Where the basic-farmland layer speaks is assumed from its extent: load the outlines.")
        )
    years = {vintage.year for vintage in (*zones.vintages, *parcels.vintages)}
    if len(years) > 1:
        notes.append(
            _("The layers are of different years: %(years)s.") % {"years": "、".join(map(str, sorted(years)))}
        )
    if zones.vintages and not parcels.vintages and not error:
        notes.append(_("No land survey is loaded for the day: areas by class are missing."))
    return tuple(notes)


def with_ids(run: Run, ids: Sequence[Any]) -> Run:
    """The run with the ids as the file has them (numbers stay numbers)."""
    return replace(run, ids=tuple(ids))


@dataclass(frozen=True)
class Manner:
    """How a registered thing is judged: what only the app that knows its kind can say. 中文：判读方式

    ``buffer_m``: half the width of what a line stands for, or how far off a point may be.
    """

    serves_farming: bool = False
    buffer_m: Decimal | None = None


Manners = Callable[[Sequence[Shape], dt.date], dict[int, Manner]]
_manners: list[Manners] = []


def register_manners(ask: Manners) -> None:
    """Apps above register who knows the manner of their units: (shapes, day) -> manner by unit key."""
    _manners.append(ask)


def footprints_of(shapes: Sequence[Shape], day: dt.date) -> list[Footprint]:
    """The footprints of registered shapes (units at hand), in their order; the id is the unit's code.

    A shape stands in the plane in which it was taken: its edges are straight there. One drawn on a screen or
    taken by phone indicates a place and decides nothing. A few queries, however many shapes.
    """
    manners: dict[int, Manner] = {}
    for ask in _manners:
        manners |= ask(shapes, day)
    return [_footprint(shape, manners.get(shape.unit_id, Manner())) for shape in shapes]


def _footprint(shape: Shape, manner: Manner) -> Footprint:
    record = shapely.from_wkb(bytes(shape.geom.wkb))
    margin = shape.accuracy_m if manner.buffer_m is None else manner.buffer_m
    return Footprint(
        id=shape.unit.code,
        geometry=geo.transform(record, geo.RECORD_SRID, shape.source_srid),
        srid=shape.source_srid,
        accuracy=INDICATIVE if shape.method in INDICATIVE_METHODS else None,
        serves_farming=manner.serves_farming,
        buffer_m=margin,
    )
