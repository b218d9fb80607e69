"""Rules on linked increase and decrease, and on designated basic farmland: G01, P09.

中文：增减挂钩、补划规则
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from land.classes import CONSTRUCTION
from land.models import BasicFarmlandSupplement, LinkagePlot, LinkageProject, VintageKind
from land.models.linkage import PlotRole
from land.parameters_quotas import LINKAGE_MONTHS, SLOPE_DEG
from land.queries.linkage import Standing, first_oversold, standings
from land.queries.lying import Lying, in_zones, on_parcels
from land.services.redline import limits_on
from land.services.vintages import rules_read_layer
from registry.codes import Reading, Role, Severity
from registry.rules import Context, Outcome, Row, Rule
from registry.rules.parameters import timeline

from .places import found, here

BUILT = frozenset(CONSTRUCTION)


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day some months later; the last of a month where it has no such day."""
    number = day.year * 12 + day.month - 1 + months
    year, month = number // 12, number % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return dt.date(year, month, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError(day)


def read_g01(context: Context) -> Outcome:
    """G01: quota on loan not given back in time, a term longer than allowed, surplus given away twice,
    ground to be demolished that was no building ground in the survey of the base year.

    Four queries, and about six for each base year of plots with an outline.
    """
    projects = here(context, LinkageProject.objects.in_force().filter(approved_on__lte=context.as_of))
    states = standings(projects.select_related("division").order_by("pk"), context.as_of)
    value_of = timeline([LINKAGE_MONTHS])
    rows = []
    for state in states:
        project = state.project
        months = value_of(LINKAGE_MONTHS, project.division.path, project.approved_on)
        fault = _fault(state, months, context.as_of)
        if fault:
            since = fault.pop("since")
            rows.append(
                found(project.division_id, f"linkage/{project.pk}", since, name=project.name, **fault)
            )
    return Outcome(checked=len(states), rows=[*rows, *_not_built_on([s.project for s in states])])


def _fault(state: Standing, months: Any, today: dt.date) -> dict[str, Any]:
    """What a project falls short of, the gravest only."""
    project = state.project
    oversold = first_oversold(project, state.moves)
    if oversold:
        return {"variant": "oversold", "since": oversold[0], "day": oversold[0], "area": oversold[1]}
    if state.owed_on(today):
        since = project.due_on + dt.timedelta(days=1)
        return {"since": since, "area": -state.surplus_m2, "due": project.due_on}
    if months and project.due_on > add_months(project.approved_on, int(months)):
        return {"variant": "term", "since": project.approved_on, "due": project.due_on, "months": months}
    return {}


def _not_built_on(projects: list[LinkageProject]) -> list[Row]:
    """Plots to be demolished that are no construction land in the survey of their base year."""
    plots = LinkagePlot.objects.in_force().filter(
        project__in=projects, role=PlotRole.DEMOLISH, geom__isnull=False
    )
    by_year: dict[int, list[LinkagePlot]] = defaultdict(list)
    for plot in plots.select_related("project").order_by("pk"):
        by_year[plot.project.base_year].append(plot)
    rows = []
    for year, some in sorted(by_year.items()):
        lying = on_parcels({plot.pk: plot.geom for plot in some}, BUILT, dt.date(year, 12, 31), year=year)
        rows += [row for plot in some if (row := _not_built(plot, lying[plot.pk], year))]
    return rows


def _not_built(plot: LinkagePlot, lying: Lying, year: int) -> Row | None:
    missing = lying.whole_m2 - lying.m2
    if lying.covered and missing <= 1:
        return None
    details = {"name": plot.name, "project": plot.project.name, "year": year, "area": missing}
    reading = Reading.FOUND if lying.covered else Reading.NO_DATA
    key, since = f"plot/{plot.pk}", plot.project.approved_on
    return found(plot.project.division_id, key, since, reading, variant="not_built", **details)


def read_p09(context: Context) -> Outcome:
    """P09: what is designated is less than was occupied, of a worse grade, too steep, or basic farmland
    already.

    Existing basic farmland is that of the layers of the years before. Where grade, slope, outline or layer is
    missing: NO_DATA. About eight queries, and six for each year.
    """
    rows = BasicFarmlandSupplement.objects.in_force().filter(designated_on__lte=context.as_of)
    supplements = list(here(context, rows).select_related("division").order_by("pk"))
    value_of = timeline([SLOPE_DEG])
    lying = _on_existing(supplements, context)
    made = []
    for supplement in supplements:
        limit = value_of(SLOPE_DEG, supplement.division.path, supplement.designated_on)
        fault = _unfit(supplement, lying.get(supplement.pk), limit)
        if fault:
            reading = Reading.NO_DATA if "missing" in fault else Reading.FOUND
            key, since = f"pbf_supplement/{supplement.pk}", supplement.designated_on
            made.append(found(supplement.division_id, key, since, reading, name=supplement.name, **fault))
    return Outcome(checked=len(supplements), rows=made)


def _on_existing(supplements: list[BasicFarmlandSupplement], context: Context) -> dict[int, Lying]:
    """What of each lies on basic farmland of before, by the layers of the years before its day."""
    by_year: dict[int, dict[int, Any]] = defaultdict(dict)
    for supplement in supplements:
        if supplement.geom is not None:
            by_year[supplement.designated_on.year - 1][supplement.pk] = supplement.geom
    limits = limits_on(context.as_of)[0] if by_year else None
    found_there: dict[int, Lying] = {}
    for year, ground in sorted(by_year.items()):
        day = dt.date(year, 12, 31)
        assert limits is not None  # noqa: S101
        found_there |= in_zones(
            ground, VintageKind.BASIC_FARMLAND, day, limits=limits, wanted=partial(_protected, day)
        )
    return found_there


def _protected(day: dt.date, zone: Any) -> bool:
    return zone.protected_on(day)


def _unfit(supplement: BasicFarmlandSupplement, lying: Lying | None, limit: Any) -> dict[str, Any]:
    """What a designation falls short of, the gravest only; ``missing``: what must be known to tell."""
    was, now, slope = supplement.occupied_grade, supplement.grade, supplement.slope_deg
    if supplement.area_m2 < supplement.occupied_m2:
        return {"area": supplement.area_m2, "wanted": supplement.occupied_m2}
    if was is not None and now is not None and now > was:
        return {"variant": "grade", "grade": now, "wanted": was}
    if slope is not None and limit is not None and slope > Decimal(str(limit)):
        return {"variant": "slope", "slope": slope, "limit": limit}
    if lying is not None and lying.m2 > 0:
        return {"variant": "existing", "area": lying.m2}
    if was is None or now is None or slope is None or lying is None or not lying.covered:
        return {"missing": "data"}
    return {}


RULES = (
    Rule(
        id="G01",
        subject="division",
        title=_("linked increase and decrease out of balance"),
        message=_("“%(name)s” owes %(area)s m² of reclaimed ground since %(due)s: more was built on."),
        variants={
            "oversold": _("“%(name)s” gave away %(area)s m² more than its surplus on %(day)s."),
            "term": _(
                "“%(name)s” is to give its quota back on %(due)s; %(months)s months from its approval are "
                "allowed."
            ),
            "not_built": _(
                "%(area)s m² of the plot “%(name)s” of “%(project)s” were no construction land in the survey "
                "of %(year)s."
            ),
        },
        no_data=_(
            "Whether the plot “%(name)s” of “%(project)s” was construction land cannot be told: no survey of "
            "%(year)s is loaded there."
        ),
        remedy=_("Have the ground reclaimed and accepted; take back what was given away beyond the surplus."),
        source="国土资发〔2008〕138号；国办发〔2018〕16号；新发〔2021〕14号 二十",
        office=Role.LAND_OFFICER,
        reads=frozenset({"land_linkageproject", "land_linkageplot", "land_surplusquota"}),
        read=read_g01,
        parameters=(LINKAGE_MONTHS,),
    ),
    Rule(
        id="P09",
        subject="division",
        title=_("basic farmland not replaced as it must be"),
        message=_(
            "“%(name)s” designates %(area)s m² for %(wanted)s m² of basic farmland that were occupied."
        ),
        variants={
            "grade": _("“%(name)s” is of grade %(grade)s, worse than the %(wanted)s that was occupied."),
            "slope": _("“%(name)s” is %(slope)s° steep; at most %(limit)s° are allowed."),
            "existing": _("%(area)s m² of “%(name)s” are permanent basic farmland already."),
        },
        no_data=_(
            "Whether “%(name)s” replaces what was occupied cannot be told: grade, slope, outline or the "
            "layer of the year before is missing."
        ),
        remedy=_("Designate other ground, from the reserve first."),
        source="永久基本农田保护红线管理办法（2025-10-01起施行）；土地管理法第三十五条",
        office=Role.LAND_OFFICER,
        reads=frozenset({"land_basicfarmlandsupplement"}),
        read=read_p09,
        severity=Severity.F,
        parameters=(SLOPE_DEG,),
    ),
)
rules_read_layer(VintageKind.PARCELS, "G01")
rules_read_layer(VintageKind.BASIC_FARMLAND, "P09")
