"""The five haves of upkeep 五有: rules, standard, team, money, supervision; a score from 0 to 5 per asset."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.utils.translation import gettext_lazy as _

from assets.codes import AssetClass
from assets.due import due_units
from assets.models import UpkeepStandard
from registry.codes import EntryCode, Level
from registry.models import Division, Entry
from registry.queries.divisions import ancestors_of_path

HAVES = {
    "has_rules": _("rules of upkeep"),  # 有制度
    "has_standard": _("standard"),  # 有标准
    "has_team": _("team"),  # 有队伍
    "has_money": _("money"),  # 有经费
    "has_supervision": _("supervision"),  # 有监督
}


def scored(rows: Any, day: dt.date) -> QuerySet:
    """Public-welfare assets in use with what they have of the five. One query.

    Supervision needs a named supervisor and inspections that are not overdue.
    """
    units = due_units(rows, day).filter(asset__asset_class=AssetClass.PUBLIC_WELFARE)
    duty = Entry.objects.on(day).filter(unit=OuterRef("pk"), code=EntryCode.UPKEEP)
    named = duty.filter(agent__isnull=False).exclude(agent__active_until__lte=day)
    funded = duty.filter(upkeep_terms__annual_budget__isnull=False).exclude(upkeep_terms__budget_source="")
    own = duty.filter(upkeep_terms__isnull=False, source__isnull=False).exclude(upkeep_terms__standard="")
    watched = duty.filter(upkeep_terms__isnull=False).exclude(upkeep_terms__supervisor="")
    supervised = Entry.objects.on(day).filter(unit=OuterRef("pk"), code=EntryCode.SUPERVISION)
    standards = standards_of(day)
    units = units.annotate(
        has_rules=Exists(standards.filter(regime__isnull=False)),
        has_standard=Case(
            When(Exists(standards), then=True), default=Exists(own), output_field=BooleanField()
        ),
        has_team=Exists(named),
        has_money=Exists(funded),
        has_supervisor=Case(
            When(Exists(watched), then=True), default=Exists(supervised), output_field=BooleanField()
        ),
    ).annotate(
        has_supervision=Case(
            When(has_supervisor=True, last_inspection__isnull=False, due_in__gte=0, then=True),
            default=False,
            output_field=BooleanField(),
        )
    )
    return units


def score_of(unit: Any) -> int:
    """How many of the five a unit of ``scored`` has."""
    return sum(bool(getattr(unit, name)) for name in HAVES)


def _points() -> Any:
    """The score as an expression on ``scored``."""
    return sum((_one(name) for name in HAVES), start=Value(0))


def _one(name: str) -> Any:
    return Case(When(**{name: True}, then=1), default=0, output_field=IntegerField())


def standards_of(day: dt.date) -> QuerySet:
    """Standards that hold for the unit of an outer query: of its sub-type, in a division above it."""
    path = Division._meta.get_field("path").clone()
    rows = UpkeepStandard.objects.on(day).filter(subtype=OuterRef("asset__subtype"))
    here = rows.alias(here=ExpressionWrapper(OuterRef("division__path"), output_field=path))
    return here.filter(here__startswith=F("division__path"))


@dataclass
class VillageScore:
    """A village with the sums of its assets."""

    division: Division
    assets: int = 0
    points: int = 0
    full: int = 0
    haves: dict[str, int] = field(default_factory=dict)
    place: int = 0

    @property
    def mean(self) -> Decimal:
        """Mean score of its assets, two decimals."""
        return (Decimal(self.points) / self.assets).quantize(Decimal("0.01"))


def ranking(rows: Any, day: dt.date) -> list[VillageScore]:
    """Villages by their mean score, the best first; the same score has the same place. Two queries."""
    sums = {f"n_{name}": Count("pk", filter=Q(**{name: True})) for name in HAVES}
    lines = list(
        scored(rows, day)
        .annotate(score=_points())
        .order_by()
        .values("division", "division__path")
        .annotate(n=Count("pk"), points=Sum("score"), full=Count("pk", filter=Q(score=len(HAVES))), **sums)
    )
    keys = {key for line in lines for key in ancestors_of_path(line["division__path"])}
    places = Division.objects.in_bulk(keys)
    found: dict[int, VillageScore] = {}
    for line in lines:
        village = village_of(line["division__path"], places)
        one = found.setdefault(village.pk, VillageScore(village))
        one.assets += line["n"]
        one.points += line["points"]
        one.full += line["full"]
        for name in HAVES:
            one.haves[name] = one.haves.get(name, 0) + line[f"n_{name}"]
    return _placed(sorted(found.values(), key=lambda one: (-one.mean, one.division.path)))


def village_of(path: str, places: dict[int, Division]) -> Division:
    """The village of a path, or its last place where it lies above villages."""
    line = [places[key] for key in ancestors_of_path(path) if key in places]
    return next((place for place in line if place.level == Level.VILLAGE), line[-1])


def _placed(scores: list[VillageScore]) -> list[VillageScore]:
    for number, one in enumerate(scores, 1):
        same = number > 1 and scores[number - 2].mean == one.mean
        one.place = scores[number - 2].place if same else number
    return scores
