"""Standards, inspection plans, terms of a duty. 中文：管护标准、巡查计划、管护约定"""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets import forms_upkeep as made
from assets.models import InspectionPlan, UpkeepStandard
from assets.services import plans as services
from assets.services import upkeep
from assets.tables_upkeep import PlanTable, StandardTable
from registry import access, clock
from registry.codes import EntryCode
from registry.errors import BadInput
from registry.exports import Column
from registry.models import Entry, Source, SourceKind
from registry.queries.divisions import ancestors_of_path
from registry.services.sources import register_source
from registry.views.generic import FIRST, ActionPage, ListPage, Page

from .due import UPKEEP, upkeep_tabs
from .upkeep import UnitActionPage

STANDARDS = (gettext_lazy("Upkeep standards"), "/upkeep/standards/")
PLANS = (gettext_lazy("Inspection plans"), "/upkeep/plans/")


class StandardListView(ListPage):
    """``/upkeep/standards/``: those of the division, below it, and those above that hold here too."""

    title = gettext_lazy("Upkeep standards")
    crumbs = (UPKEEP,)
    model = UpkeepStandard
    table_class = StandardTable
    filterset_fields = ("subtype",)
    noun = "standard"
    template_name = "assets/upkeep/list.html"
    export_columns = (
        Column("标准名称", lambda row: row.title, width=30),
        Column("资产类型", lambda row: row.get_subtype_display()),
        Column("行政区划", lambda row: row.division.name, width=20),
        Column("标准条目", lambda row: row.items_count, "count"),
        Column("管护制度", lambda row: row.regime.number if row.regime else "", width=24),
        Column("依据", lambda row: str(row.source), width=30),
        Column("生效日期", lambda row: row.valid.lower, "date"),
    )

    def get_queryset(self) -> QuerySet:
        rows = holding_here(UpkeepStandard.objects.on(clock.today()), self.division)
        rows = rows.select_related("division", "source", "regime").annotate(items_count=Count("items"))
        return rows.order_by("subtype", "division__path")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may = access.may(self.request.user, services.VERB)
        new = reverse("upkeep_standard_new") if may else ""
        return super().get_context_data(
            tabs=upkeep_tabs("upkeep_standards"), new_url=new, new_word=_("Set a standard"), **kwargs
        )


def holding_here(rows: Any, division: Any) -> Any:
    """What a division's things live by: rows of the division, of those below, and of those above it."""
    return rows.within(division) | rows.filter(division__in=ancestors_of_path(division.path))


class StandardView(Page):
    """``/upkeep/standards/<id>/``: its items."""

    template_name = "assets/upkeep/standard.html"

    @cached_property
    def standard(self) -> UpkeepStandard:
        rows = holding_here(UpkeepStandard.objects.in_force(), self.division)
        return get_object_or_404(rows.select_related("division", "source", "regime"), pk=self.kwargs["pk"])

    def get_title(self) -> Any:
        return self.standard.title

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return [FIRST, UPKEEP, STANDARDS, (self.get_title(), "")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(standard=self.standard, items=self.standard.items.all(), **kwargs)


def paper_of(form: Any, division: Any, by: Any) -> Source | None:
    """The document that a form names, found or registered."""
    said = form.paper()
    return register_source(division=division, by=by, verb=services.VERB, **said) if said else None


class StandardNewView(ActionPage):
    """``/upkeep/standards/new/``: the standard of this division for a sub-type."""

    verb = services.VERB
    title = gettext_lazy("Set a standard")
    crumbs = (UPKEEP, STANDARDS)
    form_class = made.StandardForm
    submit = gettext_lazy("Set the standard")
    done = gettext_lazy("The standard is set.")

    def get_initial(self) -> dict[str, Any]:
        return {"valid_from": clock.today()}

    def act(self, form: Any) -> None:
        values, by = form.cleaned_data, self.request.user
        source = paper_of(form, self.division, by)
        regime = None
        if values["regime_number"]:
            regime = register_source(
                kind=SourceKind.DECISION, division=self.division, by=by, number=values["regime_number"],  # type: ignore[arg-type]
                title=str(_("Rules of upkeep")), verb=services.VERB,
            )  # fmt: skip
        services.set_standard(
            division=self.division, subtype=values["subtype"], title=values["title"], items=values["items"],
            source=source, regime=regime, valid_from=values["valid_from"], by=by,  # type: ignore[arg-type]
        )  # fmt: skip

    def fallback_url(self) -> str:
        return reverse("upkeep_standards")


class PlanListView(ListPage):
    """``/upkeep/plans/``: every how many days what is looked at."""

    title = gettext_lazy("Inspection plans")
    crumbs = (UPKEEP,)
    model = InspectionPlan
    table_class = PlanTable
    filterset_fields = ("subtype",)
    noun = "plan"
    template_name = "assets/upkeep/list.html"
    export_columns = (
        Column("资产编码", lambda row: row.unit.code if row.unit else "", "code", 30),
        Column("资产名称", lambda row: row.unit.name if row.unit else "", width=28),
        Column("资产类型", lambda row: row.get_subtype_display()),
        Column("行政区划", lambda row: row.division.name, width=20),
        Column("巡查间隔（天）", lambda row: row.every_days, "count"),
        Column("起始日期", lambda row: row.valid.lower, "date"),
        Column("终止日期", lambda row: row.valid.upper, "date"),
    )

    def get_queryset(self) -> QuerySet:
        rows = holding_here(InspectionPlan.objects.on(clock.today()), self.division)
        return rows.select_related("division", "unit").order_by("subtype", "division__path", "pk")

    def get_table_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_table_kwargs(),
            "may": access.may(self.request.user, services.VERB, self.division),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may = access.may(self.request.user, services.VERB)
        new = reverse("inspection_plan_new") if may else ""
        return super().get_context_data(
            tabs=upkeep_tabs("inspection_plans"), new_url=new, new_word=_("Set a plan"), **kwargs
        )


class PlanNewView(ActionPage):
    """``/upkeep/plans/new/``: the plan of this division for a sub-type."""

    verb = services.VERB
    title = gettext_lazy("Set a plan")
    crumbs = (UPKEEP, PLANS)
    form_class = made.PlanForm
    submit = gettext_lazy("Set the plan")
    done = gettext_lazy("The plan is set; due days follow it from now on.")

    def get_initial(self) -> dict[str, Any]:
        return {"valid_from": clock.today()}

    def act(self, form: Any) -> None:
        values, by = form.cleaned_data, self.request.user
        services.set_plan(
            division=self.division, subtype=values["subtype"], every_days=values["every_days"],
            valid_from=values["valid_from"], remark=values["remark"],
            source=paper_of(form, self.division, by), by=by,  # type: ignore[arg-type]
        )  # fmt: skip

    def fallback_url(self) -> str:
        return reverse("inspection_plans")


class UnitPlanView(UnitActionPage):
    """``/units/<id>/plan/``: the plan of one thing."""

    verb = services.VERB
    form_class = made.UnitPlanForm
    submit = gettext_lazy("Set the plan")
    done = gettext_lazy("The plan is set; due days follow it from now on.")

    def get_title(self) -> Any:
        return _("Plan its inspections")

    def get_initial(self) -> dict[str, Any]:
        return {"valid_from": clock.today()}

    def act(self, form: Any) -> None:
        values, by = form.cleaned_data, self.request.user
        services.set_plan(
            division=self.unit.division, unit=self.unit, every_days=values["every_days"],
            valid_from=values["valid_from"], remark=values["remark"],
            source=paper_of(form, self.unit.division, by), by=by,  # type: ignore[arg-type]
        )  # fmt: skip


class PlanEndView(ActionPage):
    """``/upkeep/plans/<id>/end/``"""

    verb = services.VERB
    title = gettext_lazy("End the plan")
    crumbs = (UPKEEP, PLANS)
    form_class = made.EndForm
    submit = gettext_lazy("End it")
    done = gettext_lazy("The plan ends on that day.")

    @cached_property
    def plan(self) -> InspectionPlan:
        rows = InspectionPlan.objects.visible_to(self.request.user).in_force()
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_initial(self) -> dict[str, Any]:
        return {"on": clock.today()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"plan": self.plan, **kwargs})

    def act(self, form: forms.Form) -> None:
        services.end_plan(plan=self.plan, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]

    def fallback_url(self) -> str:
        return reverse("inspection_plans")


class TermsView(UnitActionPage):
    """``/units/<id>/terms/``: the terms of the duty that stands: standard, frequency, money, supervisor."""

    verb = "open_entry"
    form_class = made.TermsForm
    submit = gettext_lazy("Save the terms")
    done = gettext_lazy("The terms of upkeep are saved.")

    def get_title(self) -> Any:
        return _("Terms of upkeep")

    @cached_property
    def duty(self) -> Entry | None:
        rows = Entry.objects.on(clock.today()).filter(unit=self.unit, code=EntryCode.UPKEEP)
        return rows.select_related("upkeep_terms", "party").greatest_first().first()

    def get_initial(self) -> dict[str, Any]:
        terms = getattr(self.duty, "upkeep_terms", None)
        if terms is None:
            return {}
        said = {name: getattr(terms, name) for name in upkeep.TERMS if name != "payer_agreement"}
        agreement = terms.payer_agreement
        return {**said, "agreement_number": agreement.number if agreement else ""}

    def act(self, form: forms.Form) -> None:
        if self.duty is None:
            raise BadInput(_("Nobody has to keep it up yet. Name a keeper first."), "no_duty")
        values, by = dict(form.cleaned_data), self.request.user
        number, reason = values.pop("agreement_number"), values.pop("reason")
        agreement = None
        if number:
            agreement = register_source(
                kind=SourceKind.AGREEMENT, division=self.unit.division, by=by, number=number,  # type: ignore[arg-type]
                title=str(_("Agreement on who pays for upkeep")),
            )  # fmt: skip
        upkeep.set_terms(entry=self.duty, by=by, reason=reason, payer_agreement=agreement, **values)  # type: ignore[arg-type]
