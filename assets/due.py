"""When the next inspection is due: computed for any set of units, never written ahead. 中文：巡查到期

The interval is that of the unit's own plan, else of the duty's terms, else of the nearest division's plan for
the sub-type, else the limit of UPK-06; for public-welfare assets it is never longer than that limit.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.contrib.gis.db.models.functions import Distance, Transform
from django.db.models import (
    BooleanField,
    Case,
    DateField,
    ExpressionWrapper,
    F,
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
from registry.models import Division, Entry, Shape
from registry.rules.parameters import rows_on

INSPECTION_DAYS = "inspection_max_days"
AHEAD = 14  # days before the due day from which an inspection counts as due soon


def due_units(rows: Any, day: dt.date) -> QuerySet:
    """Units that are inspected by rule or by plan, with ``due_on``, ``due_in``, ``every`` and their keeper.

    Days count from the last inspection, else the begin of upkeep, handover or completion, never before the
    go-live date of the division; ``due_in`` are the days left (negative: overdue), None where nothing is
    known to count from. ``rows``: units, of which those of the day are read. One query, and three that read
    the limits, the plans of places and the go-live days first.
    """
    kept = Entry.objects.on(day).filter(unit=OuterRef("pk"), code=EntryCode.UPKEEP)
    kept = kept.order_by("-share_num", "id")
    units = rows.on(day).filter(state__in=STANDING, asset__isnull=False)
    units = units.annotate(
        last_inspection=Subquery(_last(day)),
        kept_from=Subquery(kept.order_by("valid__startswith").values("valid__startswith")[:1]),
        body=Subquery(kept.values("party__name")[:1]),
        person=Subquery(kept.values("agent__name")[:1]),
        person_id=Subquery(kept.values("agent_id")[:1]),
    )
    units = units.annotate(kept=ExpressionWrapper(Q(body__isnull=False), output_field=BooleanField()))
    units = units.alias(
        planned=Coalesce(
            Subquery(_own_plan(day)),
            Subquery(kept.values("upkeep_terms__inspection_days")[:1]),
            _place_plan(day),
            output_field=IntegerField(),
        ),
    )
    units = units.filter(_inspected())
    return _with_days(units, day).order_by("due_in", "code")


def _inspected() -> Q:
    """Public-welfare assets; others where a plan or the terms of the duty say so."""
    return Q(asset__asset_class=AssetClass.PUBLIC_WELFARE) | Q(planned__isnull=False)


def _with_days(units: QuerySet, day: dt.date) -> QuerySet:
    limit, welfare = limit_of(day), Q(asset__asset_class=AssetClass.PUBLIC_WELFARE)
    begin = Coalesce(
        "last_inspection", "kept_from", "asset__handed_over_on", "asset__completed_on", "asset__accepted_on",
        output_field=DateField(),
    )  # fmt: skip
    return (
        units.alias(start=Greatest(begin, _go_live(), output_field=DateField()))
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


def _own_plan(day: dt.date) -> QuerySet:
    return InspectionPlan.objects.on(day).filter(unit=OuterRef("pk")).values("every_days")[:1]


def _place_plan(day: dt.date) -> Case:
    """The plan of the nearest division upwards for the unit's sub-type, as an expression. One query."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    plans = InspectionPlan.objects.on(day).filter(unit=None)
    for path, subtype, days in plans.values_list("division__path", "subtype", "every_days"):
        found[path][subtype] = days
    nearest = sorted(found.items(), key=lambda row: len(row[0]), reverse=True)
    return Case(
        *(
            When(Q(division__path__startswith=path, asset__subtype__in=list(days)), then=_by_subtype(days))
            for path, days in nearest
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


def _go_live() -> Case:
    """The day from which the clocks of the unit's place run, as an expression. One query."""
    places = Division.objects.filter(go_live__isnull=False).values_list("path", "go_live")
    nearest = sorted(places, key=lambda row: len(row[0]), reverse=True)
    return Case(
        *(When(division__path__startswith=path, then=Value(day)) for path, day in nearest),
        default=Value(None),
        output_field=DateField(),
    )


def limit_of(day: dt.date) -> Any:
    """The limit of UPK-06 as an expression on units: the nearest division's value, by sub-type. One query."""
    cases = []
    for _key, path, value in rows_on([INSPECTION_DAYS], day):
        days = {name: int(n) for name, n in value.items() if name != "default"}
        of_subtype = _by_subtype(days, int(value["default"]))
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
