"""The acts that lead a case from its clue to its closure, one dated step each. 中文：案件办理

Every act locks the case, says in a sentence what the database would refuse, writes its step, and has the
rules read the case again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.db import transaction
from django.utils.translation import gettext as _

from land.area import settle
from land.case_codes import FOLLOWS, GRAVEST_FIRST, Outcome, Stage
from land.models import Case, CasePart, CaseRectification, CaseStep, Verification
from land.parameters_cases import PHOTOS_MIN
from land.queries.cases import WORD, photos_that_count, verification_of
from land.services.redline import check, footprints_of
from registry import access, clock, geo
from registry.errors import BadInput, RegistryError
from registry.models import Act, Party, Shape, Source, User
from registry.rules.engine import evaluate_units, refuse_broken
from registry.rules.parameters import timeline
from registry.services.acts import record_act

from .case_opening import measured, unsaid
from .case_splitting import SETTLED_M2, refuse_unfit, sums_differ

ZERO = Decimal(0)


def lock(case: Case, by: User | None, verb: str) -> Case:
    """The case, locked, with its unit and place. Raises ``NotAllowed``."""
    rows = Case.objects.in_force().select_for_update(of=("self",)).select_related("unit__division", "party")
    held = rows.get(pk=case.pk)
    access.require(by, verb, held.unit.division)
    return held


def refuse_words(case: Case, *texts: str) -> None:
    """Raise ``BadInput`` where a text says the word before the case is confirmed (E01)."""
    if case.confirmed_on is None and any(WORD in text for text in texts):
        raise BadInput(unsaid(), "wording")


def refuse_step(case: Case, stage: str, on: dt.date) -> None:
    """Raise ``RegistryError`` where a stage does not follow, ``BadInput`` where the day does not fit."""
    if stage not in FOLLOWS[case.stage]:
        nexts = "、".join(str(Stage(one).label) for one in FOLLOWS[case.stage])
        raise RegistryError(
            _("The case is at “%(now)s”; “%(stage)s” does not follow it. Next can be: %(nexts)s.")
            % {"now": Stage(case.stage).label, "stage": Stage(stage).label, "nexts": nexts},
            "does_not_follow",
        )
    if not case.stage_since <= on <= clock.today():
        raise BadInput(
            _("The day %(day)s does not fit: the stage before began on %(since)s, today is %(today)s.")
            % {"day": on, "since": case.stage_since, "today": clock.today()},
            "on",
        )


def step(
    case: Case, stage: str, *, on: dt.date, by: User | None, note: str = "", source: Source | None = None,
    verb: str, after: dict[str, Any] | None = None,
) -> CaseStep:  # fmt: skip
    """Write a step of a locked case and its act; the case is read again afterwards."""
    refuse_step(case, stage, on)
    if stage != Stage.CONFIRMED:
        refuse_words(case, note)
    before = case.stage
    last = case.steps.order_by("-number").values_list("number", flat=True).first() or 0
    made = CaseStep.objects.create(
        case=case,
        number=last + 1,
        stage=stage,
        day=on,
        by=by,
        note=note.strip(),
        source=source,
        at=clock.now(),
    )
    case.refresh_from_db(fields=["stage", "stage_since", "outcome", "confirmed_on"])
    write(case, verb, on=on, by=by, note=note, source=source, before={"stage": before},
          after={"stage": stage, **(after or {})})  # fmt: skip
    return made


def write(
    case: Case, verb: str, *, on: dt.date, by: User | None, note: str = "", source: Source | None = None,
    before: Any = None, after: Any = None,
) -> Act:  # fmt: skip
    """Write an act on a case into the book, and have the rules read the case."""
    act = record_act(
        by=by, verb=verb, division=case.unit.division_id, unit=case.unit, subject=f"case:{case.unit.code}",
        effective_on=on, reason=note.strip(), source=source, before=before, after=after,
    )  # fmt: skip
    evaluate_units([case.unit_id], as_of=clock.today())
    return act


# --- the office
@transaction.atomic
def accept(*, case: Case, on: dt.date, by: User | None, note: str = "") -> Case:
    """Take a clue on. 中文：受理"""
    held = lock(case, by, "work_case")
    step(held, Stage.ACCEPTED, on=on, by=by, note=note, verb="case_accepted")
    return held


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the office found out: who, since when, and what the layers say is not asked but measured."""

    party: Party | None = None
    began_on: dt.date | None = None
    found_on: dt.date | None = None
    note: str = ""


@transaction.atomic
def review_in_office(*, case: Case, facts: Facts, on: dt.date, by: User | None, note: str = "") -> Case:
    """Check a case against the layers in the office; the figures are frozen with it. 中文：内业核查

    A case that comes back to the office loses its field verification and its rectification: annulled.
    """
    held = lock(case, by, "work_case")
    refuse_step(held, Stage.OFFICE_REVIEW, on)
    refuse_words(held, facts.note)
    if facts.began_on and facts.began_on > on:
        raise BadInput(_("Building cannot have begun after the check; look at the day."), "began_on")
    for name in ("party", "began_on", "found_on", "note"):
        if getattr(facts, name):
            setattr(held, name, getattr(facts, name))
    measures = ground_of(held, held.began_on or on)
    for name, value in measures.items():
        setattr(held, name, value)
    held.save(update_fields=["party", "began_on", "found_on", "note", *measures])
    step(held, Stage.OFFICE_REVIEW, on=on, by=by, note=note, verb="case_reviewed_in_office",
         after={key: value if value is None else str(value) for key, value in measures.items()
                if key != "ground"})  # fmt: skip
    _annul_round(held)
    return held


def ground_of(case: Case, day: dt.date) -> dict[str, Any]:
    """Farmland under the shape of a case, and what it rests on: by the layers of the day of the event.

    Where those are lost, by the layers of today, and the ground says that the event's are (P05).
    """
    nothing = {"basic_farmland_m2": None, "farmland_m2": None}
    rows = Shape.objects.in_force().filter(unit=case.unit_id).select_related("unit").order_by("-valid")
    shape = rows.first()
    if shape is None:
        return {**nothing, "ground": {"verdict": "NO_SHAPE", "day": day.isoformat()}}
    found = _by_layers(shape, day)
    today = clock.today()
    if found["basic_farmland_m2"] is None and day.year != today.year:
        now = _by_layers(shape, today)
        then = {name: found["ground"][name] for name in ("verdict", "day")}
        return {**now, "ground": {**now["ground"], "event": then}}
    return found


def _by_layers(shape: Shape, day: dt.date) -> dict[str, Any]:
    run = check(footprints_of([shape], day), day=day)
    verdict = run.verdicts[0]
    known = verdict.verdict not in ("NO_DATA", "INVALID")
    return {
        "basic_farmland_m2": verdict.basic_farmland_m2 if known else None,
        "farmland_m2": verdict.farmland_m2 if known and run.surveyed else None,
        "ground": {
            "verdict": verdict.verdict,
            "sentence": verdict.sentence,
            "day": day.isoformat(),
            "fingerprint": run.fingerprint,
            "vintages": [f"{one['kind']} {one['year']}" for one in run.vintages],
        },
    }


def _annul_round(case: Case) -> None:
    """What rested on the earlier round no longer holds; marked with the act that is being written."""
    act = Act.objects.filter(unit=case.unit_id).order_by("-id")[0]
    Verification.objects.in_force().filter(case=case).update(annulled=act)
    CaseRectification.objects.in_force().filter(case=case).update(annulled=act)


# --- the outcome
@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of a clue with its outcome; its area is stated, or measured from its outline (EPSG:4490)."""

    outcome: str
    area_m2: Decimal | None = None
    note: str = ""
    geom: GEOSGeometry | None = None


@transaction.atomic
def judge(*, case: Case, parts: Sequence[Part], on: dt.date, by: User | None, note: str = "") -> Case:
    """The outcome of the field verification, of the whole or part by part. 中文：核查结论、图斑拆分

    Parts make the area of the clue exactly. The case goes on with the gravest outcome.
    """
    held = lock(case, by, "work_case")
    refuse_words(held, *(part.note for part in parts))
    if not parts or any(part.outcome not in Outcome.values for part in parts):
        raise BadInput(_("Say the outcome of every part."), "outcome")
    gravest = next(stage for stage in GRAVEST_FIRST if stage in {part.outcome for part in parts})
    refuse_step(held, gravest, on)
    verification = _verified(held, on)
    areas = _areas(held, parts)
    if not verification.parts.exists():
        CasePart.objects.bulk_create(_parts(verification, parts, areas))
    said = [[part.outcome, str(area)] for part, area in zip(parts, areas, strict=True)]
    step(held, gravest, on=on, by=by, note=note, verb="case_judged", after={"parts": said})
    return held


def _verified(case: Case, on: dt.date) -> Verification:
    """The verification in force with enough pictures. Raises ``BadInput`` saying how many are missing."""
    verification = verification_of(case)
    there = photos_that_count([case.pk]).get(case.pk, 0)
    wanted = int(timeline([PHOTOS_MIN])(PHOTOS_MIN, case.unit.division.path, on) or 1)
    if verification is None or there < wanted:
        raise BadInput(
            _(
                "E01: %(there)d pictures with position, azimuth and time are there, %(wanted)d are needed. "
                "Add pictures, or fill in what the camera did not write."
            )
            % {"there": there, "wanted": wanted},
            "photos",
        )
    return verification


def _parts(verification: Verification, parts: Sequence[Part], areas: Sequence[Decimal]) -> list[CasePart]:
    return [
        CasePart(verification=verification, number=number, area_m2=area, outcome=part.outcome,
                 note=part.note, geom=_multi(part.geom))
        for number, (part, area) in enumerate(zip(parts, areas, strict=True), start=1)
    ]  # fmt: skip


def _multi(geom: GEOSGeometry | None) -> Any:
    return MultiPolygon(geom, srid=geom.srid) if geom is not None and geom.geom_type == "Polygon" else geom


def _areas(case: Case, parts: Sequence[Part]) -> list[Decimal]:
    """Areas of the parts, exactly the area of the clue. Raises ``BadInput`` with both sums."""
    if len(parts) == 1 and parts[0].area_m2 is None and parts[0].geom is None:
        return [case.area_m2]
    drawn = [part for part in parts if part.geom is not None]
    if drawn and len(drawn) < len(parts):
        raise BadInput(_("Give an outline of every part, or of none."), "parts")
    areas = [measured(part.geom, geo.RECORD_SRID) if part.geom else part.area_m2 or ZERO for part in parts]
    off = case.area_m2 - sum(areas, ZERO)
    if drawn and off and abs(off) <= SETTLED_M2:
        fixed = settle(case.area_m2, {f"{n:04d}": float(area) for n, area in enumerate(areas)})
        areas, off = [fixed[f"{n:04d}"] for n in range(len(areas))], ZERO
    if off or min(areas) <= 0:
        raise BadInput(sums_differ(case, sum(areas, ZERO)), "parts")
    if drawn:
        refuse_unfit(case, [part.geom for part in drawn])
    return areas


@transaction.atomic
def confirm(
    *, case: Case, on: dt.date, by: User | None, source: Source | None = None, note: str = ""
) -> Case:
    """Confirm what was suspected, on the field evidence. 中文：认定

    By an officer of the county. Raises ``RuleBroken`` (E01) where the evidence is not enough.
    """
    held = lock(case, by, "confirm_case")
    refuse_step(held, Stage.CONFIRMED, on)
    _verified(held, on)
    step(held, Stage.CONFIRMED, on=on, by=by, note=note, source=source, verb="case_confirmed")
    refuse_broken(on=on, units=[held.unit_id])
    return held
