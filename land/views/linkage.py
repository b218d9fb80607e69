"""``/linkage/``: project areas of linked increase and decrease, their surplus and its sales.

中文：增减挂钩
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from land.forms_balances import KeepForm, LinkageForm, PlotForm, ReclaimedForm, SaleForm
from land.models import ConstructionQuota, LinkagePlot, LinkageProject, SurplusQuota
from land.models.quota import QuotaKind
from land.queries.linkage import standings
from land.queries.quotas import with_balance
from land.services import linkage as services
from land.services.linkage import Plan
from registry import badges, clock, display
from registry.exports import Column
from registry.filters import in_year, with_words
from registry.queries.divisions import ancestors_of_path
from registry.tables import DAY, NUM, cell, link
from registry.templatetags.ui import render_badge

from .holdings import (
    ACCEPT,
    KEEP,
    QUOTAS,
    HoldingList,
    NewFact,
    ReadTogether,
    TakeBack,
    ThingAct,
    ThingPage,
    area_columns,
    events_of,
    findings_at,
    seen,
)

LINKAGE = (gettext_lazy("Linkage projects"), "/linkage/")
# 挂钩项目区状态
ON_LOAN = badges.Badge(gettext_lazy("quota on loan"), "clock", "act")
OVERDUE = badges.Badge(gettext_lazy("overdue"), "overdue", "todo")
RETURNED = badges.Badge(gettext_lazy("given back"), "done", "good")


def badge_of(state: Any) -> badges.Badge:
    """Whether a project has given back what it builds on."""
    if state.surplus_m2 >= 0:
        return RETURNED
    return OVERDUE if clock.today() > state.project.due_on else ON_LOAN


class LinkageTable(ReadTogether, tables.Table):
    """One row a project area."""

    name = tables.Column(verbose_name=gettext_lazy("project area"))
    due_on = tables.Column(verbose_name=gettext_lazy("due back"), attrs=DAY)
    new_build_m2 = tables.Column(verbose_name=gettext_lazy("newly built on"), attrs=NUM)
    reclaimed = tables.Column(
        verbose_name=gettext_lazy("reclaimed"), empty_values=(), attrs=NUM, orderable=False
    )
    surplus = tables.Column(
        verbose_name=gettext_lazy("surplus left"), empty_values=(), attrs=NUM, orderable=False
    )

    class Meta:
        model = LinkageProject
        fields = ("name", "due_on", "new_build_m2", "reclaimed", "surplus")
        empty_text = gettext_lazy("No linkage project is registered here")
        empty_help = gettext_lazy("Enter it by hand, or import the ledger of the office.")
        empty_url = "/quotas/ledgers/"
        empty_link = gettext_lazy("Ledgers as files")

    def render_name(self, record: LinkageProject) -> Any:
        below = f"{record.approval_no} · {record.division.name}"
        return cell(link(reverse("linkage_project", args=[record.pk]), record.name), below)

    def render_due_on(self, record: LinkageProject) -> Any:
        return cell(display.day(record.due_on), render_badge(badge_of(self.figure_of(record))))

    def render_new_build_m2(self, value: Any) -> Any:
        return display.area(value)

    def render_reclaimed(self, record: LinkageProject) -> Any:
        return display.area(self.figure_of(record).reclaimed_m2)

    def render_surplus(self, record: LinkageProject) -> Any:
        return display.area(self.figure_of(record).left_m2)

    def figures(self, records: Sequence[Any]) -> Sequence[Any]:
        return standings(list(records), clock.today())


class LinkageFilter(filters.FilterSet):
    year = in_year("approved_on", gettext_lazy("year of the approval"))
    q = with_words("name")

    class Meta:
        model = LinkageProject
        fields: list[str] = []


class LinkageListView(HoldingList):
    title = gettext_lazy("Linkage projects")
    crumbs = (QUOTAS,)
    lead = gettext_lazy("Old building ground reclaimed, new building ground, and the surplus between them.")
    model = LinkageProject
    table_class = LinkageTable
    filterset_class = LinkageFilter
    noun = "linkage_project"
    template_name = "land/quotas/linkage_list.html"
    export_columns = (
        Column(gettext_lazy("project area"), lambda row: row.name),
        Column(gettext_lazy("approval number"), lambda row: row.approval_no, kind="code"),
        Column(gettext_lazy("place"), lambda row: row.division.name),
        Column(gettext_lazy("approved on"), lambda row: row.approved_on, kind="date"),
        Column(gettext_lazy("quota due back on"), lambda row: row.due_on, kind="date"),
        *area_columns(gettext_lazy("to be demolished and reclaimed"), "demolish_m2", "demolish"),
        *area_columns(gettext_lazy("newly built on"), "new_build_m2", "new_build"),
        *area_columns(gettext_lazy("reclaimed and accepted"), "reclaimed_m2", "reclaimed"),
        *area_columns(gettext_lazy("sold or kept"), "given_m2", "given"),
        *area_columns(gettext_lazy("surplus left"), "left_m2", "left"),
        Column(gettext_lazy("income from sales (yuan)"), lambda row: row.income_yuan, kind="money"),
    )

    def get_queryset(self) -> QuerySet:
        return self.scoped(LinkageProject.objects.in_force()).select_related("division")

    def export_prepare(self, records: list[Any]) -> None:
        for state in standings(records, clock.today()):
            for name in ("reclaimed_m2", "given_m2", "left_m2", "income_yuan"):
                setattr(state.project, name, getattr(state, name))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_keep=self.may(KEEP), **kwargs)


class LinkageMixin:
    model = LinkageProject
    join = ("division", "source")
    trail = (LINKAGE,)
    page = "linkage_project"


class LinkageNewView(NewFact):
    """``/linkage/new/``"""

    title = gettext_lazy("Register a linkage project")
    crumbs = (QUOTAS, LINKAGE)
    form_class = LinkageForm
    submit = gettext_lazy("Register the project area")
    done = gettext_lazy("The project area is registered. Add its plots.")
    one, many = "linkage_project", "linkage"

    def register(self, form: Any) -> LinkageProject:
        values = form.values()
        division = values.pop("division")
        return services.register_linkage(division=division, plan=Plan(**values), by=self.request.user)  # type: ignore[arg-type]


class LinkageView(LinkageMixin, ThingPage):
    """One project area: its plots, what was accepted, sold and kept."""

    template_name = "land/quotas/linkage.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        project, user = self.thing, self.request.user
        state = standings([project], clock.today())[0]
        moves = list(project.surplus.select_related("source", "entry__account__division"))
        plots = list(project.plots.in_force())
        found = findings_at(project, project.division_id, "linkage", user)
        for plot in plots:
            plot.faults = findings_at(plot, project.division_id, "plot", user) if plot.geom else []
        return super().get_context_data(
            project=project,
            state=state,
            badge=badge_of(state),
            facts=[
                (_("approval number"), project.approval_no),
                (_("place"), project.division.name),
                (_("approved on"), display.day(project.approved_on)),
                (_("quota due back on"), display.day(project.due_on)),
                (_("survey year it rests on"), project.base_year),
                (_("to be demolished and reclaimed"), display.area(project.demolish_m2)),
                (_("newly built on"), display.area(project.new_build_m2)),
                (_("income from sales (yuan)"), display.money(state.income_yuan)),
                (_("paper"), project.source),
            ],
            moves=moves,
            plots=plots,
            findings=found + [fault for plot in plots for fault in plot.faults],
            events=events_of(project, *moves, *plots),
            may_keep=self.may(KEEP, project.division) and project.annulled_id is None,
            may_accept=self.may(ACCEPT, project.division) and project.annulled_id is None,
            **kwargs,
        )


class PlotNewView(LinkageMixin, ThingAct):
    """``/linkage/<id>/plot/``"""

    form_class = PlotForm
    ask = gettext_lazy("Add a plot")
    submit = gettext_lazy("Add the plot")
    done = gettext_lazy("The plot is added.")

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        return {name: value for name, value in kwargs.items() if name not in ("user", "division")}

    def act(self, form: Any) -> None:
        services.add_plot(project=self.thing, by=self.request.user, **form.cleaned_data)


class ReclaimedView(LinkageMixin, ThingAct):
    """``/linkage/<id>/accept/``: the county accepts reclaimed ground."""

    verb = ACCEPT
    form_class = ReclaimedForm
    ask = gettext_lazy("Accept reclaimed ground")
    submit = gettext_lazy("Accept")
    sign = "seal"
    done = gettext_lazy("The reclaimed ground is accepted.")

    def act(self, form: Any) -> None:
        services.accept_reclaimed(
            project=self.thing, paper=form.paper(), by=self.request.user, **form.values()
        )


class SaleView(LinkageMixin, ThingAct):
    """``/linkage/<id>/sell/``"""

    form_class = SaleForm
    ask = gettext_lazy("Sell surplus")
    submit = gettext_lazy("Record the sale")
    sign = "money"
    done = gettext_lazy("The sale is recorded.")

    def act(self, form: Any) -> None:
        services.sell_surplus(project=self.thing, paper=form.paper(), by=self.request.user, **form.values())


class KeepView(LinkageMixin, ThingAct):
    """``/linkage/<id>/keep/``: surplus becomes quota of the county."""

    form_class = KeepForm
    ask = gettext_lazy("Keep surplus as quota")
    submit = gettext_lazy("Keep as quota")
    done = gettext_lazy("The surplus is quota now.")

    def get_form_kwargs(self) -> dict[str, Any]:
        rows = seen(ConstructionQuota.objects.all(), self.request.user).filter(
            kind=QuotaKind.LINKAGE_SURPLUS, division__in=ancestors_of_path(self.thing.division.path)
        )
        accounts = with_balance(rows.select_related("division"), clock.today())
        return {**super().get_form_kwargs(), "accounts": accounts}

    def act(self, form: Any) -> None:
        services.keep_surplus(project=self.thing, paper=form.paper(), by=self.request.user, **form.values())


class LinkageTakeBackView(LinkageMixin, TakeBack):
    def act(self, form: Any) -> None:
        services.take_back_project(
            project=self.thing,
            by=self.request.user,  # type: ignore[arg-type]
            reason=form.cleaned_data["reason"],
        )


class OfProject(TakeBack):
    """Take back what belongs to a project area."""

    join = ("project__division",)
    trail = (LINKAGE,)
    page = "linkage_project"

    def words(self) -> str:
        return str(self.thing.project)

    def page_key(self) -> Any:
        return self.thing.project_id


class PlotTakeBackView(OfProject):
    """``/linkage/plots/<id>/take-back/``"""

    model = LinkagePlot

    def act(self, form: Any) -> None:
        services.take_back_plot(plot=self.thing, by=self.request.user, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]


class MoveTakeBackView(OfProject):
    """``/linkage/surplus/<id>/take-back/``"""

    model = SurplusQuota
    join = ("project__division", "source")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        move = self.thing
        what = f"{move.get_kind_display()} {move.day} {display.m2(move.m2)}"
        return super().get_context_data(**kwargs) | {"what": what}

    def act(self, form: Any) -> None:
        services.take_back_move(move=self.thing, by=self.request.user, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]
