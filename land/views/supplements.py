"""``/compensation/supplements/``: new farmland, accepted, and what of it is free. 中文：补充耕地项目"""

from __future__ import annotations

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from land.forms_balances import (
    AcceptanceForm,
    SupplementForm,
)
from land.models import (
    SupplementProject,
)
from land.queries.compensation import with_used
from land.queries.quotas import ZERO
from land.services import compensation as services
from registry import clock, display
from registry.exports import Column
from registry.filters import with_words
from registry.tables import DAY, NUM, cell, link
from registry.templatetags.ui import render_badge

from .compensation import ACCEPTED, COMPENSATION, PLANNED, SUPPLEMENTS
from .holdings import (
    ACCEPT,
    KEEP,
    QUOTAS,
    HoldingList,
    NewFact,
    TakeBack,
    ThingAct,
    ThingPage,
    area_columns,
    events_of,
    findings_at,
)


class SupplementTable(tables.Table):
    name = tables.Column(verbose_name=gettext_lazy("project"))
    accepted_on = tables.Column(verbose_name=gettext_lazy("accepted on"), empty_values=(), attrs=DAY)
    accepted_m2 = tables.Column(verbose_name=gettext_lazy("accepted area"), attrs=NUM)
    grade = tables.Column(verbose_name=gettext_lazy("grade"), attrs=NUM, default=display.DASH)
    left = tables.Column(verbose_name=gettext_lazy("still free"), empty_values=(), attrs=NUM, orderable=False)

    class Meta:
        model = SupplementProject
        fields = ("name", "accepted_on", "accepted_m2", "grade", "left")
        empty_text = gettext_lazy("No supplement project is registered here")
        empty_help = gettext_lazy("Enter it by hand, or import the ledger of the office.")
        empty_url = "/quotas/ledgers/"
        empty_link = gettext_lazy("Ledgers as files")

    def render_name(self, record: SupplementProject) -> Any:
        return cell(link(reverse("supplement", args=[record.pk]), record.name), record.division.name)

    def render_accepted_on(self, record: SupplementProject) -> Any:
        return display.day(record.accepted_on) if record.accepted_on else render_badge(PLANNED)

    def render_accepted_m2(self, record: SupplementProject) -> Any:
        below = _("paddy %(area)s") % {"area": display.mu(record.paddy_m2)} if record.paddy_m2 else ""
        return cell(display.area(record.accepted_m2), below)

    def render_left(self, record: Any) -> Any:
        return display.area(record.accepted_m2 - record.used_m2) if record.accepted_m2 else display.DASH


class SupplementFilter(filters.FilterSet):
    state = filters.ChoiceFilter(
        label=gettext_lazy("state"),
        choices=[("accepted", ACCEPTED.word), ("planned", PLANNED.word)],
        method="by_state",
        empty_label=gettext_lazy("all"),
    )
    q = with_words("name")

    class Meta:
        model = SupplementProject
        fields: list[str] = []

    def by_state(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        return rows.filter(accepted_on__isnull=value == "planned")


class SupplementListView(HoldingList):
    title = gettext_lazy("Supplement projects")
    crumbs = (QUOTAS, COMPENSATION)
    lead = gettext_lazy("New farmland: accepted with its document, and what of it is still free.")
    model = SupplementProject
    table_class = SupplementTable
    filterset_class = SupplementFilter
    noun = "supplement"
    export_columns = (
        Column(gettext_lazy("project"), lambda row: row.name),
        Column(gettext_lazy("place"), lambda row: row.division.name),
        Column(gettext_lazy("accepted on"), lambda row: row.accepted_on, kind="date"),
        *area_columns(gettext_lazy("accepted area"), "accepted_m2", "accepted"),
        *area_columns(gettext_lazy("of it paddy"), "paddy_m2", "paddy"),
        Column(gettext_lazy("quality grade"), lambda row: row.grade, kind="number"),
        Column(gettext_lazy("steepest slope (degrees)"), lambda row: row.slope_deg, kind="number"),
        *area_columns(gettext_lazy("used"), "used_m2", "used"),
        Column(gettext_lazy("acceptance document"), lambda row: row.acceptance),
    )

    def get_queryset(self) -> QuerySet:
        rows = self.scoped(SupplementProject.objects.in_force()).select_related("division", "acceptance")
        return with_used(rows.defer("geom"), clock.today())


class SupplementMixin:
    model = SupplementProject
    join = ("division", "source", "acceptance")
    trail = (COMPENSATION, SUPPLEMENTS)
    page = "supplement"


class SupplementNewView(NewFact):
    """``/compensation/supplements/new/``"""

    title = gettext_lazy("Register a supplement project")
    crumbs = (QUOTAS, COMPENSATION)
    form_class = SupplementForm
    submit = gettext_lazy("Register the project")
    done = gettext_lazy("The project is registered. The county accepts it with the acceptance document.")
    one, many = "supplement", "supplements"

    def register(self, form: Any) -> SupplementProject:
        return services.plan_supplement(paper=form.paper(), by=self.request.user, **form.values())


class SupplementView(SupplementMixin, ThingPage):
    """One supplement project: its acceptance, and what it answers for."""

    template_name = "land/quotas/supplement.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        supplement, user = self.thing, self.request.user
        uses = list(supplement.uses.select_related("occupation", "source").defer("occupation__geom"))
        used = sum((use.m2 for use in uses if use.annulled_id is None), ZERO)
        return super().get_context_data(
            supplement=supplement,
            used=used,
            left=supplement.accepted_m2 - used if supplement.accepted_m2 else None,
            facts=[
                (_("place"), supplement.division.name),
                (_("planned area"), display.area(supplement.planned_m2)),
                (_("accepted on"), display.day(supplement.accepted_on)),
                (_("accepted area"), display.area(supplement.accepted_m2)),
                (_("of it paddy"), display.area(supplement.paddy_m2)),
                (_("quality grade"), supplement.grade),
                (_("steepest slope (degrees)"), supplement.slope_deg),
                (_("outline of the ground"), _("outline registered") if supplement.geom else None),
                (_("paper"), supplement.source),
                (_("acceptance document"), supplement.acceptance),
            ],
            uses=uses,
            findings=findings_at(supplement, supplement.division_id, "supplement", user),
            events=events_of(supplement),
            may_keep=self.may(KEEP, supplement.division) and supplement.annulled_id is None,
            may_accept=self.may(ACCEPT, supplement.division) and supplement.accepted_on is None,
            **kwargs,
        )


class AcceptView(SupplementMixin, ThingAct):
    """``/compensation/supplements/<id>/accept/``: the county accepts."""

    verb = ACCEPT
    form_class = AcceptanceForm
    ask = gettext_lazy("Accept the supplement")
    submit = gettext_lazy("Accept")
    sign = "seal"
    done = gettext_lazy("It is accepted; it may answer for occupations from that day on.")

    def get_initial(self) -> dict[str, Any]:
        return {"accepted_m2": self.thing.planned_m2, "slope_deg": self.thing.slope_deg}

    def act(self, form: Any) -> None:
        services.accept_supplement(
            supplement=self.thing,
            acceptance=services.Acceptance(**form.values()),
            paper=form.paper(),
            by=self.request.user,  # type: ignore[arg-type]
        )


class SupplementTakeBackView(SupplementMixin, TakeBack):
    def act(self, form: Any) -> None:
        services.take_back(row=self.thing, by=self.request.user, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]
