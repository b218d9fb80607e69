"""The board of targets: a place and its parts, target beside survey, chief. 中文：耕地保护目标一览"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from land.models import ResponsibilityPledge, RetentionTarget, TargetKind
from land.parameters_targets import MARGIN
from land.queries.targets import (
    Layered,
    clues_after,
    places_below,
    protected,
    retained,
    survey_years,
    targets_for,
)
from land.targets import Measured, Tightness, measure, worst
from registry import clock
from registry.codes import EntryCode
from registry.models import Division, Entry
from registry.rules.parameters import resolver

FIGURES = ("retained_mu", "pbf_mu")


@dataclass(frozen=True)
class Standing:
    """One place on the board."""

    place: Division
    target: RetentionTarget | None
    retained: Measured
    pbf: Measured
    chief: Entry | None
    estimate_m2: Decimal | None  # 预估: farmland under clue polygons of later years, never part of a light

    @property
    def light(self) -> str:
        """The worst of the figures that have a target; grey without one."""
        measured = (self.retained, self.pbf)
        return worst([one.light for one in measured if one.target_mu is not None])


@dataclass(frozen=True)
class Board:
    """A place and its parts in a year. ``survey_year``: None where no survey of the year is loaded (T03)."""

    year: int
    survey_year: int | None
    pbf_year: int | None
    estimate_year: int | None
    whole: Standing
    parts: list[Standing]
    tight: dict[str, Tightness] = field(default_factory=dict)  # by figure


def years_to_choose() -> list[int]:
    """Years with a survey or an annual target, the newest first; else this year. Two queries."""
    rows = RetentionTarget.objects.in_force().filter(kind=TargetKind.ANNUAL)
    years = {*survey_years(), *rows.values_list("year", flat=True)}
    return sorted(years, reverse=True) or [clock.today().year]


def board(division: Division, year: int) -> Board:
    """The board of a place for a year. About a dozen queries, whatever the number of parts."""
    day = clock.today()
    places, children = places_below(division.path, day)
    shown = [place for place in places if place.pk == division.pk or place.parent_id == division.pk]
    targets = targets_for([place.pk for place in shown], year)
    layers = retained(year), protected(year)
    estimate = clues_after(year)
    chiefs = chiefs_of([place.pk for place in shown], day)
    margin_of = resolver([MARGIN], day)

    def standing(place: Division) -> Standing:
        target, margin = targets.get(place.pk), Decimal(margin_of(MARGIN, place.path))
        measured = [
            measure(getattr(target, name, None), layer.of(place.path, children), margin)
            for name, layer in zip(FIGURES, layers, strict=True)
        ]
        guess = estimate.of(place.path, children) if estimate.year else None
        return Standing(place, target, measured[0], measured[1], chiefs.get(place.pk), guess)

    rows = [standing(place) for place in shown]
    whole = next((row for row in rows if row.place.pk == division.pk), None) or standing(division)
    parts = [row for row in rows if row.place.pk != division.pk]
    return Board(
        year=year,
        survey_year=_spoken(layers[0]),
        pbf_year=_spoken(layers[1]),
        estimate_year=estimate.year,
        whole=whole,
        parts=parts,
        tight=_tight(whole, parts),
    )


def _spoken(layer: Layered) -> int | None:
    return layer.year if layer.covers else None


def _tight(whole: Standing, parts: list[Standing]) -> dict[str, Tightness]:
    """T02 for the targets of the same kind and year as the whole's."""
    found: dict[str, Tightness] = {}
    if whole.target is None:
        return found
    for name in FIGURES:
        own = getattr(whole.target, name)
        same = [
            getattr(part.target, name)
            for part in parts
            if part.target is not None
            and (part.target.year, part.target.kind) == (whole.target.year, whole.target.kind)
        ]
        known = [area for area in same if area is not None]
        if own is not None and known:
            found[name] = Tightness(own, sum(known, Decimal(0)), len(parts) - len(known))
    return found


def chiefs_of(keys: list[int], day: dt.date) -> dict[int, Entry]:
    """The chief in office by division. One query."""
    rows = Entry.objects.on(day).filter(code=EntryCode.CHIEF, unit__responsibility_area__division__in=keys)
    rows = rows.select_related("party", "unit", "chief_term", "source")
    return {row.unit.division_id: row for row in rows}


def terms_of(division: Division) -> list[Entry]:
    """All chiefs of a place, the newest first. One query."""
    rows = Entry.objects.in_force().filter(code=EntryCode.CHIEF, unit__responsibility_area__division=division)
    return list(rows.select_related("party", "chief_term", "source").order_by("-valid"))


def pledges_of(division: Division) -> list[ResponsibilityPledge]:
    """The pledges of a place in force, the newest first. One query."""
    rows = ResponsibilityPledge.objects.in_force().filter(division=division)
    return list(rows.select_related("chief", "paper__scan", "target"))


def history_of(division: Division) -> list[tuple[int, Measured, Measured]]:
    """Target and survey of a place by survey year, the newest first. Five queries a year."""
    children = places_below(division.path, clock.today())[1]
    margin = Decimal(resolver([MARGIN], clock.today())(MARGIN, division.path))
    found = []
    for year in survey_years()[:12]:
        target = targets_for([division.pk], year).get(division.pk)
        kept, pbf = (
            measure(getattr(target, name, None), layer.of(division.path, children), margin)
            for name, layer in zip(FIGURES, (retained(year), protected(year)), strict=True)
        )
        found.append((year, kept, pbf))
    return found


def targets_of(division: Division) -> list[RetentionTarget]:
    """All targets of a place, replaced ones too, the newest first. One query."""
    rows = RetentionTarget.objects.filter(division=division).select_related("source", "annulled")
    return list(rows.order_by("-year", "-id"))
