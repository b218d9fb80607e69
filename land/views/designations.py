"""``/compensation/basic-farmland/``: ground designated as basic farmland for what was occupied. 中文：补划"""

from __future__ import annotations

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from land.forms_balances import DesignationForm
from land.models import BasicFarmlandSupplement, VintageKind
from land.queries.lying import in_zones
from land.services import compensation as services
from land.services import compensation_records as records
from land.services.redline import limits_on
from registry import display
from registry.exports import Column
from registry.filters import with_words
from registry.tables import DAY, NUM, cell, link

from .compensation import COMPENSATION
from .holdings import (
    KEEP,
    QUOTAS,
    HoldingList,
    NewFact,
    TakeBack,
    ThingPage,
    area_columns,
    events_of,
    findings_at,
)

DESIGNATIONS = (gettext_lazy("Designated basic farmland"), "/compensation/basic-farmland/")


class DesignationTable(tables.Table):
    name = tables.Column(verbose_name=gettext_lazy("name"))
    designated_on = tables.Column(verbose_name=gettext_lazy("designated on"), attrs=DAY)
    occupied_m2 = tables.Column(verbose_name=gettext_lazy("occupied"), attrs=NUM)
    area_m2 = tables.Column(verbose_name=gettext_lazy("designated"), attrs=NUM)
    grade = tables.Column(verbose_name=gettext_lazy("grade"), attrs=NUM, default=display.DASH)

    class Meta:
        model = BasicFarmlandSupplement
        fields = ("name", "designated_on", "occupied_m2", "area_m2", "grade")
        empty_text = gettext_lazy("No designated basic farmland is registered here")
        empty_help = gettext_lazy("Enter it with its document, as it was designated.")

    def render_name(self, record: BasicFarmlandSupplement) -> Any:
        return cell(link(reverse("designation", args=[record.pk]), record.name), record.division.name)

    def render_designated_on(self, value: Any) -> str:
        return display.day(value)

    def render_occupied_m2(self, value: Any) -> Any:
        return display.area(value)

    def render_area_m2(self, value: Any) -> Any:
        return display.area(value)


class DesignationFilter(filters.FilterSet):
    q = with_words("name")

    class Meta:
        model = BasicFarmlandSupplement
        fields: list[str] = []


class DesignationListView(HoldingList):
    title = gettext_lazy("Designated basic farmland")
    crumbs = (QUOTAS, COMPENSATION)
    lead = gettext_lazy("What was made basic farmland in the place of what was occupied.")
    model = BasicFarmlandSupplement
    table_class = DesignationTable
    filterset_class = DesignationFilter
    noun = "designation"
    template_name = "land/quotas/designations.html"
    export_columns = (
        Column(gettext_lazy("name"), lambda row: row.name),
        Column(gettext_lazy("place"), lambda row: row.division.name),
        Column(gettext_lazy("designated on"), lambda row: row.designated_on, kind="date"),
        *area_columns(gettext_lazy("basic farmland occupied"), "occupied_m2", "occupied"),
        Column(gettext_lazy("quality grade of what was occupied"), lambda r: r.occupied_grade, kind="number"),
        *area_columns(gettext_lazy("designated area"), "area_m2", "designated"),
        Column(gettext_lazy("quality grade of what was designated"), lambda row: row.grade, kind="number"),
        Column(gettext_lazy("steepest slope (degrees)"), lambda row: row.slope_deg, kind="number"),
        Column(gettext_lazy("paper"), lambda row: row.source),
    )

    def get_queryset(self) -> QuerySet:
        rows = self.scoped(BasicFarmlandSupplement.objects.in_force())
        return rows.select_related("division", "source").defer("geom")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_keep=self.may(KEEP), **kwargs)


class DesignationMixin:
    model = BasicFarmlandSupplement
    join = ("division", "source", "approval")
    trail = (COMPENSATION, DESIGNATIONS)
    page = "designation"


class DesignationNewView(NewFact):
    """``/compensation/basic-farmland/new/``"""

    title = gettext_lazy("Register designated basic farmland")
    crumbs = (QUOTAS, COMPENSATION, DESIGNATIONS)
    form_class = DesignationForm
    submit = gettext_lazy("Register it")
    done = gettext_lazy("It is registered. What it falls short of stands among the findings.")
    one, many = "designation", "designations"

    def register(self, form: Any) -> BasicFarmlandSupplement:
        values = form.values()
        division = values.pop("division")
        return records.designate(
            division=division,
            designation=records.Designation(**values),
            paper=form.paper(),
            by=self.request.user,  # type: ignore[arg-type]
        )


class DesignationView(DesignationMixin, ThingPage):
    """One designation; how much of it lies in the reserve is shown, for the reserve comes first."""

    template_name = "land/quotas/designation.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        thing, user = self.thing, self.request.user
        return super().get_context_data(
            thing=thing,
            facts=[
                (_("place"), thing.division.name),
                (_("designated on"), display.day(thing.designated_on)),
                (_("basic farmland occupied"), display.area(thing.occupied_m2)),
                (_("quality grade of what was occupied"), thing.occupied_grade),
                (_("designated area"), display.area(thing.area_m2)),
                (_("quality grade of what was designated"), thing.grade),
                (_("steepest slope (degrees)"), thing.slope_deg),
                (_("of it in the reserve"), _in_reserve(thing)),
                (_("land approval"), thing.approval),
                (_("paper"), thing.source),
            ],
            findings=findings_at(thing, thing.division_id, "pbf_supplement", user),
            events=events_of(thing),
            may_keep=self.may(KEEP, thing.division) and thing.annulled_id is None,
            **kwargs,
        )


def _in_reserve(thing: BasicFarmlandSupplement) -> Any:
    """How much lies in the reserve of the day; nothing without an outline or a layer. About eight queries."""
    if thing.geom is None:
        return None
    limits, _values = limits_on(thing.designated_on)
    kind, day = VintageKind.BASIC_FARMLAND_RESERVE, thing.designated_on
    lying = in_zones({thing.pk: thing.geom}, kind, day, limits=limits)[thing.pk]
    return display.area(lying.m2) if lying.year is not None else None


class DesignationTakeBackView(DesignationMixin, TakeBack):
    def act(self, form: Any) -> None:
        services.take_back(row=self.thing, by=self.request.user, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]
