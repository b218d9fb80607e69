"""When the next inspection is due: computed for any set of units, never written ahead. 中文：巡查到期

The interval is that of the unit's own plan, else of the duty's terms, else of the nearest division's plan for
the sub-type, else the limit of UPK-06; for public-welfare assets it is never longer than that limit.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.contrib.gis.db.models.functions import Distance, Transform
from django.db.models import (
    BooleanField,
    Case,
    DateField,
    ExpressionWrapper,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest, Least

from assets.codes import AssetClass
from assets.models import Inspection, InspectionPlan
from registry import geo
from registry.codes import STANDING, EntryCode
from registry.models import Division, Entry, Shape, Unit
from registry.queries.at_desk import at_desk
from registry.queries.first import with_first
from registry.queries.prepared import Prepared
from registry.rules.parameters import rows_on

INSPECTION_DAYS = "inspection_max_days"
AHEAD = 14  # days before the due day from which an inspection counts as due soon


@dataclass(frozen=True)
class Clocks:
    """What places say of a day, the nearest first: limits and plans by sub-type, and go-live days."""

    limits: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
    plans: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
    live: tuple[tuple[str, dt.date], ...]


def clocks_on(day: dt.date) -> Clocks:
    """Three queries."""
    limits = [
        (path, tuple((name, int(n)) for name, n in value.items()))
        for _key, path, value in rows_on([INSPECTION_DAYS], day)
    ]
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for path, subtype, days in _PLANS(day):
        found[path].append((subtype, days))
    return Clocks(tuple(limits), _nearest((p, tuple(plans)) for p, plans in found.items()), _nearest(_LIVE()))


def _nearest(rows: Iterable[tuple[str, Any]]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(rows, key=lambda row: len(row[0]), reverse=True))


_PLANS = Prepared(
    lambda day: InspectionPlan.objects.on(day).filter(unit=None)
    .values_list("division__path", "subtype", "every_days")
)  # fmt: skip
_LIVE = Prepared(lambda: Division.objects.filter(go_live__isnull=False).values_list("path", "go_live"))


def due_units(rows: Any, day: dt.date, clocks: Clocks | None = None) -> QuerySet:
    """Units that are inspected by rule or by plan, with ``due_on``, ``due_in``, ``every`` and their keeper.

    Days count from the last inspection, else the begin of upkeep, handover or completion, never before the
    go-live date of the division; ``due_in`` are the days left (negative: overdue), None where nothing is
    known to count from. ``rows``: units, of which those of the day are read. One query; without ``clocks``
    three that read them first.
    """
    clocks = clocks or clocks_on(day)
    units = _kept(rows.on(day).filter(state__in=STANDING, asset__isnull=False), day)
    units = units.annotate(last_inspection=Subquery(_last(day)), kept_from=Subquery(_kept_from(day)))
    own = Q(inspection_plans__annulled=None, inspection_plans__valid__contains=day)
    units = units.alias(plan=FilteredRelation("inspection_plans", condition=own)).alias(
        planned=Coalesce(
            "plan__every_days", "duty__upkeep_terms__inspection_days", _place_plan(clocks),
            output_field=IntegerField(),
        ),
    )  # fmt: skip
    units = units.filter(_inspected())
    return _with_days(units, day, clocks).order_by("due_in", "code")


def due_here(clocks: Clocks, day: dt.date, place: str, *paths: str) -> QuerySet:
    """``due_units`` of a place, as far as the paths of a user reach; built once; no query."""
    return _built(clocks, day, place, *paths).all()


@lru_cache(maxsize=64)
def _built(clocks: Clocks, day: dt.date, place: str, *paths: str) -> QuerySet:
    return due_units(Unit.objects.within_paths(list(paths)).within_paths([place]), day, clocks)


@lru_cache(maxsize=8)
def due_keys(clocks: Clocks, *beside: str) -> Prepared:
    """Key, days left and ``beside`` of all that is due on a day, of what a user sees in a place."""

    def make(here: Any, day: dt.date) -> QuerySet:
        return due_units(here(Unit.objects), day, clocks).values_list("pk", "due_in", *beside)

    return at_desk(make)


@lru_cache(maxsize=4)
def due_rows(clocks: Clocks) -> Prepared:
    """Units with what ``due_units`` says of them, with asset and place, of a day and by their keys."""

    def make(day: dt.date, *keys: int) -> QuerySet:
        units = due_units(Unit.objects.filter(pk__in=keys), day, clocks)
        return units.select_related("asset", "division__parent").order_by()

    return Prepared(make)


def _kept(units: QuerySet, day: dt.date) -> QuerySet:
    """Units with the duty of upkeep of a day, of several that of the greatest share."""
    held = {
        "code": EntryCode.UPKEEP, "valid__contains": day, "annulled": None, "corrected_by": None,
    }  # fmt: skip
    condition = Q(**{f"entries__{name}": value for name, value in held.items()})
    return with_first(units, "duty", "entries", condition, "-share_num/share_den", "id").annotate(
        kept=ExpressionWrapper(Q(duty__pk__isnull=False), output_field=BooleanField()),
        body=F("duty__party__name"),
        person=F("duty__agent__name"),
        person_id=F("duty__agent_id"),
    )


def _duties(day: dt.date) -> QuerySet:
    return Entry.objects.on(day).filter(unit=OuterRef("pk"), code=EntryCode.UPKEEP)


def _kept_from(day: dt.date) -> QuerySet:
    return _duties(day).order_by("valid__startswith").values("valid__startswith")[:1]


def _inspected() -> Q:
    """Public-welfare assets; others where a plan or the terms of the duty say so."""
    return Q(asset__asset_class=AssetClass.PUBLIC_WELFARE) | Q(planned__isnull=False)


def _with_days(units: QuerySet, day: dt.date, clocks: Clocks) -> QuerySet:
    limit, welfare = _limit_of(clocks), Q(asset__asset_class=AssetClass.PUBLIC_WELFARE)
    begin = Coalesce(
        "last_inspection", "kept_from", "asset__handed_over_on", "asset__completed_on", "asset__accepted_on",
        output_field=DateField(),
    )  # fmt: skip
    return (
        units.alias(start=Greatest(begin, _go_live(clocks), output_field=DateField()))
        .annotate(
            every=Case(
                When(welfare, then=Least(Coalesce("planned", limit), limit)),
                default=F("planned"),
                output_field=IntegerField(),
            ),
        )
        .annotate(due_on=ExpressionWrapper(F("start") + F("every"), output_field=DateField()))
        .annotate(
            due_in=ExpressionWrapper(F("start") + F("every") - Value(day), output_field=IntegerField()),
        )
    )


def _last(day: dt.date) -> QuerySet:
    return Inspection.objects.until(day).filter(unit=OuterRef("pk")).values("inspected_on")[:1]


def _place_plan(clocks: Clocks) -> Case:
    """The plan of the nearest division upwards for the unit's sub-type, as an expression."""
    return Case(
        *(
            When(
                Q(division__path__startswith=path, asset__subtype__in=[name for name, _days in days]),
                then=_by_subtype(dict(days)),
            )
            for path, days in clocks.plans
        ),
        default=Value(None),
        output_field=IntegerField(),
    )


def _by_subtype(days: dict[str, int], default: int | None = None) -> Case:
    return Case(
        *(When(asset__subtype=name, then=Value(int(n))) for name, n in days.items()),
        default=Value(default),
        output_field=IntegerField(),
    )


def _go_live(clocks: Clocks) -> Case:
    """The day from which the clocks of the unit's place run, as an expression."""
    return Case(
        *(When(division__path__startswith=path, then=Value(day)) for path, day in clocks.live),
        default=Value(None),
        output_field=DateField(),
    )


def _limit_of(clocks: Clocks) -> Any:
    """The limit of UPK-06 as an expression on units: the nearest division's value, by sub-type."""
    cases = []
    for path, value in clocks.limits:
        days = dict(value)
        default = days.pop("default")
        of_subtype = _by_subtype(days, default)
        cases.append(When(division__path__startswith=path, then=of_subtype) if path else of_subtype)
    whole = cases.pop() if cases and not isinstance(cases[-1], When) else Value(None)
    return Case(*cases, default=whole, output_field=IntegerField())


def due_state(due_in: int | None, kept: bool = True) -> str:
    """The code of ``badges`` for upkeep: overdue, due within two weeks, in order."""
    if not kept:
        return "no_keeper"
    if due_in is None:
        return "in_order"
    return "overdue" if due_in < 0 else "due" if due_in <= AHEAD else "in_order"


def by_day(rows: Iterable[Any], first: dt.date, last: dt.date, today: dt.date) -> dict[dt.date, list[Any]]:
    """Units by the days of a period on which they are due; what is overdue stands on today.

    After the first due day the next ones follow at the unit's interval, as if each inspection were made on
    its day.
    """
    days: dict[dt.date, list[Any]] = defaultdict(list)
    for unit in rows:
        if unit.due_on is None:
            continue
        on = max(unit.due_on, today)
        while on <= last:
            if on >= first:
                days[on].append(unit)
            on += dt.timedelta(days=unit.every)
    return days


def metres_away(found: Inspection) -> int | None:
    """How far the phone was from the place of the thing; None where either is unknown. One query."""
    if found.position is None:
        return None
    work = geo.county().work_srid
    shapes = Shape.objects.on(found.inspected_on).filter(unit=found.unit_id)
    away = shapes.annotate(away=Distance(Transform("geom", work), found.position.transform(work, clone=True)))
    line = away.values_list("away", flat=True).first()
    return None if line is None else round(line.m)
