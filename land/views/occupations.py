"""``/compensation/occupations/``: farmland that was occupied, and what answers for it. 中文：占用耕地"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from land.forms_balances import (
    ExemptionForm,
    OccupationForm,
    UseForm,
)
from land.models import (
    CompensationBalance,
    SupplementProject,
    SupplementUse,
)
from land.models.compensation import OccupationKind
from land.queries.compensation import balances, counties_of, debtor_of, with_used
from land.services import compensation as services
from registry import clock, display
from registry.exports import Column
from registry.filters import in_year, with_words
from registry.tables import DAY, NUM, cell, link
from registry.templatetags.ui import render_badge

from .compensation import COMPENSATION, GOOD, OCCUPATIONS, OWED
from .holdings import (
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


class OccupationTable(ReadTogether, tables.Table):
    name = tables.Column(verbose_name=gettext_lazy("project or place"), order_by="name")
    occupied_on = tables.Column(verbose_name=gettext_lazy("occupied on"), attrs=DAY)
    area_m2 = tables.Column(verbose_name=gettext_lazy("farmland"), attrs=NUM)
    grade = tables.Column(verbose_name=gettext_lazy("grade"), attrs=NUM, default=display.DASH)
    state = tables.Column(verbose_name=gettext_lazy("made good"), empty_values=(), orderable=False)

    class Meta:
        model = CompensationBalance
        fields = ("name", "occupied_on", "area_m2", "grade", "state")
        empty_text = gettext_lazy("No occupation of farmland is registered here")
        empty_help = gettext_lazy("Enter it by hand, or import the ledger of the office.")
        empty_url = "/quotas/ledgers/"
        empty_link = gettext_lazy("Ledgers as files")

    def render_name(self, record: CompensationBalance) -> Any:
        below = f"{record.get_kind_display()} · {record.division.name}"
        return cell(link(reverse("occupation", args=[record.pk]), record.name), below)

    def render_occupied_on(self, value: Any) -> str:
        return display.day(value)

    def render_area_m2(self, record: CompensationBalance) -> Any:
        below = _("paddy %(area)s") % {"area": display.mu(record.paddy_m2)} if record.paddy_m2 else ""
        return cell(display.area(record.area_m2), below)

    def render_state(self, record: CompensationBalance) -> Any:
        state = self.figure_of(record)
        if not state.in_debt:
            return render_badge(GOOD)
        return cell(render_badge(OWED), display.mu(state.debt_m2 or state.debt_paddy_m2))

    def figures(self, records: Sequence[Any]) -> Sequence[Any]:
        return balances(list(records), clock.today())


class OccupationFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(
        label=gettext_lazy("occupied for"), choices=OccupationKind.choices, empty_label=gettext_lazy("all")
    )
    year = in_year("occupied_on")
    q = with_words("name")

    class Meta:
        model = CompensationBalance
        fields: list[str] = []


class OccupationListView(HoldingList):
    title = gettext_lazy("Occupations of farmland")
    crumbs = (QUOTAS, COMPENSATION)
    lead = gettext_lazy("What was occupied, who owes for it, and what made it good.")
    model = CompensationBalance
    table_class = OccupationTable
    filterset_class = OccupationFilter
    noun = "occupation"
    export_columns = (
        Column(gettext_lazy("project or place"), lambda row: row.name),
        Column(gettext_lazy("place"), lambda row: row.division.name),
        Column(gettext_lazy("occupied for"), lambda row: row.get_kind_display()),
        Column(gettext_lazy("who owes for it"), lambda row: row.debtor),
        Column(gettext_lazy("occupied on"), lambda row: row.occupied_on, kind="date"),
        *area_columns(gettext_lazy("occupied farmland"), "area_m2", "occupied"),
        *area_columns(gettext_lazy("of it paddy"), "paddy_m2", "paddy"),
        Column(gettext_lazy("quality grade"), lambda row: row.grade, kind="number"),
        *area_columns(gettext_lazy("owed"), "owed_m2", "owed"),
        *area_columns(gettext_lazy("given"), "given_m2", "given"),
        Column(gettext_lazy("grade of what was given"), lambda row: row.given_grade, kind="number"),
        *area_columns(gettext_lazy("still owed"), "debt_m2", "debt"),
        *area_columns(gettext_lazy("still owed, paddy"), "debt_paddy_m2", "debt_paddy"),
    )

    def get_queryset(self) -> QuerySet:
        rows = self.scoped(CompensationBalance.objects.in_force())
        return rows.select_related("division").defer("geom")

    def export_prepare(self, records: list[Any]) -> None:
        counties = counties_of(record.division.path for record in records)
        for state in balances(records, clock.today()):
            record = state.occupation
            record.debtor = debtor_of(record, counties[record.division.path])  # type: ignore[attr-defined]
            for name in ("given_m2", "given_grade", "debt_m2", "debt_paddy_m2"):
                setattr(record, name, getattr(state, name))


class OccupationMixin:
    model = CompensationBalance
    join = ("division", "source", "exemption_source", "approval")
    trail = (COMPENSATION, OCCUPATIONS)
    page = "occupation"


class OccupationNewView(NewFact):
    """``/compensation/occupations/new/``"""

    title = gettext_lazy("Register an occupation of farmland")
    crumbs = (QUOTAS, COMPENSATION)
    form_class = OccupationForm
    submit = gettext_lazy("Register the occupation")
    done = gettext_lazy("The occupation is registered. Let accepted farmland answer for it.")
    one, many = "occupation", "occupations"

    def register(self, form: Any) -> CompensationBalance:
        values = form.values()
        division = values.pop("division")
        return services.register_occupation(
            division=division,
            occupation=services.Occupation(**values),
            paper=form.paper(),
            by=self.request.user,  # type: ignore[arg-type]
        )


class OccupationView(OccupationMixin, ThingPage):
    """One occupation: what is owed for it, what answers for it."""

    template_name = "land/quotas/occupation.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        occupation, user = self.thing, self.request.user
        state = balances([occupation], clock.today())[0]
        county = counties_of([occupation.division.path])[occupation.division.path]
        uses = list(
            occupation.uses.select_related("supplement", "source", "annulled").defer("supplement__geom")
        )
        return super().get_context_data(
            occupation=occupation,
            state=state,
            facts=[
                (_("occupied for"), occupation.get_kind_display()),
                (_("who owes for it"), debtor_of(occupation, county) or None),
                (_("occupied on"), display.day(occupation.occupied_on)),
                (_("occupied farmland"), display.area(occupation.area_m2)),
                (_("of it paddy"), display.area(occupation.paddy_m2)),
                (_("quality grade"), occupation.grade),
                (_("land approval"), occupation.approval),
                (_("exemption"), occupation.get_exemption_display() or None),
                (_("document of the exemption"), occupation.exemption_source),
                (_("paper"), occupation.source),
            ],
            uses=uses,
            findings=findings_at(occupation, occupation.division_id, "occupation", user),
            events=events_of(occupation, *uses),
            may_keep=self.may(KEEP, occupation.division) and occupation.annulled_id is None,
            **kwargs,
        )


class ExemptionView(OccupationMixin, ThingAct):
    """``/compensation/occupations/<id>/exemption/``"""

    form_class = ExemptionForm
    ask = gettext_lazy("Record an exemption")
    lead = gettext_lazy("Nothing is owed for this ground; the outflow of farmland stays as it is.")
    done = gettext_lazy("The exemption is recorded with its document.")

    def act(self, form: Any) -> None:
        services.record_exemption(
            occupation=self.thing, paper=form.paper(), by=self.request.user, **form.values()
        )


class UseView(OccupationMixin, ThingAct):
    """``/compensation/occupations/<id>/use/``: let accepted ground answer for it."""

    form_class = UseForm
    ask = gettext_lazy("Let a supplement answer for it")
    submit = gettext_lazy("Let it answer")
    done = gettext_lazy("The supplement answers for it.")

    def get_form_kwargs(self) -> dict[str, Any]:
        rows = seen(SupplementProject.objects.in_force(), self.request.user).filter(accepted_on__isnull=False)
        rows = with_used(rows.defer("geom"), clock.today()).order_by("accepted_on", "pk")
        return {**super().get_form_kwargs(), "supplements": rows}

    def get_initial(self) -> dict[str, Any]:
        state = balances([self.thing], clock.today())[0]
        return {
            "m2": state.debt_m2 or None, "paddy_m2": state.debt_paddy_m2 or None, "day": clock.today(),
        }  # fmt: skip

    def act(self, form: Any) -> None:
        services.use_supplement(
            occupation=self.thing, paper=form.paper(), by=self.request.user, **form.values()
        )


class OccupationTakeBackView(OccupationMixin, TakeBack):
    def act(self, form: Any) -> None:
        services.take_back(row=self.thing, by=self.request.user, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]


class UseTakeBackView(TakeBack):
    """``/compensation/uses/<id>/take-back/``"""

    model = SupplementUse
    join = ("occupation__division", "supplement")
    page = "occupation"
    trail = (COMPENSATION, OCCUPATIONS)

    def words(self) -> str:
        return str(self.thing.occupation)

    def page_key(self) -> Any:
        return self.thing.occupation_id

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        what = f"{self.thing.supplement.name} → {self.thing.occupation.name}: {display.m2(self.thing.m2)}"
        return super().get_context_data(**kwargs) | {"what": what}

    def act(self, form: Any) -> None:
        services.take_back(row=self.thing, by=self.request.user, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]
