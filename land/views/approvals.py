"""``/land-approvals/``: approvals of conversion and expropriation, and the quota that bears them.

中文：用地批复
"""

from __future__ import annotations

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from land.forms_quotas import ApprovalForm, ChargeForm, GiveBackForm
from land.models import ConstructionQuota, ConversionApproval
from land.models.approval import SPECIAL_TAGS, ApprovalKind, ApprovalLevel, ProjectTag
from land.models.quota import QuotaKind
from land.queries.quotas import with_balance, with_charged
from land.services.approvals import Approved, register_approval, take_back_approval
from land.services.charging import charge, give_back
from registry import badges, clock, display
from registry.exports import Column
from registry.filters import with_words
from registry.queries.divisions import ancestors_of_path
from registry.tables import DAY, NUM, cell, link
from registry.templatetags.ui import render_badge

from .holdings import (
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
    seen,
)

APPROVALS = (gettext_lazy("Land approvals"), "/land-approvals/")
BORNE = badges.Badge(gettext_lazy("borne"), "done", "good")  # 指标已落实
NOT_BORNE = badges.Badge(gettext_lazy("not borne"), "warning", "todo")  # 指标未落实


class ApprovalTable(tables.Table):
    """One row an approval."""

    project = tables.Column(verbose_name=gettext_lazy("project"), empty_values=(), order_by="project_name")
    approved_on = tables.Column(verbose_name=gettext_lazy("approved on"), attrs=DAY)
    new_construction_m2 = tables.Column(verbose_name=gettext_lazy("new construction land"), attrs=NUM)
    farmland_m2 = tables.Column(verbose_name=gettext_lazy("of it farmland"), attrs=NUM)
    left = tables.Column(verbose_name=gettext_lazy("borne by quota"), empty_values=(), attrs=NUM)

    class Meta:
        model = ConversionApproval
        fields = ("project", "approved_on", "new_construction_m2", "farmland_m2", "left")
        empty_text = gettext_lazy("No land approval is registered here")
        empty_help = gettext_lazy("Enter it by hand, or import the ledger of the office.")
        empty_url = "/quotas/ledgers/"
        empty_link = gettext_lazy("Ledgers as files")

    def render_project(self, record: ConversionApproval) -> Any:
        below = f"{record.approval_no} · {record.division.name}"
        return cell(link(reverse("land_approval", args=[record.pk]), record.project_name), below)

    def render_approved_on(self, record: ConversionApproval) -> Any:
        return cell(display.day(record.approved_on), record.get_level_display())

    def render_new_construction_m2(self, value: Any) -> Any:
        return display.area(value)

    def render_farmland_m2(self, value: Any) -> Any:
        return display.area(value)

    def render_left(self, record: Any) -> Any:
        if record.left <= 0:
            return render_badge(BORNE)
        return cell(render_badge(NOT_BORNE), display.mu(record.left))


class ApprovalFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(
        label=gettext_lazy("kind"), choices=ApprovalKind.choices, empty_label=gettext_lazy("all")
    )
    level = filters.ChoiceFilter(
        label=gettext_lazy("approved by"), choices=ApprovalLevel.choices, empty_label=gettext_lazy("all")
    )
    tag = filters.ChoiceFilter(
        label=gettext_lazy("project category"), choices=ProjectTag.choices, empty_label=gettext_lazy("all")
    )
    borne = filters.ChoiceFilter(
        label=gettext_lazy("borne by quota"),
        choices=[("no", NOT_BORNE.word), ("yes", BORNE.word)],
        method="by_borne",
        empty_label=gettext_lazy("all"),
    )
    q = with_words("project_name", gettext_lazy("words of the project"))

    class Meta:
        model = ConversionApproval
        fields: list[str] = []

    def by_borne(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        return rows.filter(left__gt=0) if value == "no" else rows.filter(left__lte=0)


class ApprovalListView(HoldingList):
    title = gettext_lazy("Land approvals")
    lead = gettext_lazy(
        "What was allowed to be converted or expropriated, by whom, and which quota bears it."
    )
    crumbs = (QUOTAS,)
    model = ConversionApproval
    table_class = ApprovalTable
    filterset_class = ApprovalFilter
    noun = "land_approval"
    template_name = "land/quotas/approvals.html"
    export_columns = (
        Column(gettext_lazy("approval number"), lambda row: row.approval_no, kind="code"),
        Column(gettext_lazy("project"), lambda row: row.project_name),
        Column(gettext_lazy("project category"), lambda row: row.get_tag_display()),
        Column(gettext_lazy("place"), lambda row: row.division.name),
        Column(gettext_lazy("kind"), lambda row: row.get_kind_display()),
        Column(gettext_lazy("approved by"), lambda row: row.get_level_display()),
        Column(gettext_lazy("approved on"), lambda row: row.approved_on, kind="date"),
        *area_columns(gettext_lazy("all land"), "total_m2", "total"),
        *area_columns(gettext_lazy("new construction land"), "new_construction_m2", "new_construction"),
        *area_columns(gettext_lazy("farmland"), "farmland_m2", "farmland"),
        *area_columns(gettext_lazy("paddy"), "paddy_m2", "paddy"),
        *area_columns(gettext_lazy("permanent basic farmland"), "pbf_m2", "pbf"),
        *area_columns(gettext_lazy("borne by no quota yet"), "left", "left"),
    )

    def get_queryset(self) -> QuerySet:
        rows = self.scoped(ConversionApproval.objects.in_force()).select_related("division")
        return with_charged(rows).annotate(left=F("new_construction_m2") - F("linkage_m2") + F("moved"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_keep=self.may(KEEP), **kwargs)


class ApprovalNewView(NewFact):
    """``/land-approvals/new/``"""

    title = gettext_lazy("Register a land approval")
    crumbs = (QUOTAS, APPROVALS)
    form_class = ApprovalForm
    submit = gettext_lazy("Register the approval")
    done = gettext_lazy("The approval is registered. Charge it to a quota now.")
    template_name = "land/quotas/approval_form.html"
    one, many = "land_approval", "land_approvals"

    def register(self, form: Any) -> ConversionApproval:
        values = form.values()
        division = values.pop("division")
        return register_approval(division=division, approved=Approved(**values), by=self.request.user)  # type: ignore[arg-type]


class ApprovalMixin:
    model = ConversionApproval
    join = ("division", "source", "linkage", "unit")
    trail = (APPROVALS,)
    page = "land_approval"


class ApprovalView(ApprovalMixin, ThingPage):
    """One approval: its areas, which accounts bear it, what the rules say of it."""

    template_name = "land/quotas/approval.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        approval, user = self.thing, self.request.user
        entries = list(
            approval.quota_entries.select_related("account__division", "source", "annulled").order_by(
                "day", "pk"
            )
        )
        charged = -sum(entry.amount_m2 for entry in entries if entry.annulled_id is None)
        return super().get_context_data(
            approval=approval,
            areas=_areas(approval),
            facts=_facts(approval),
            entries=entries,
            charged=charged,
            left=approval.borne_by_quota_m2 - charged,
            findings=findings_at(approval, approval.division_id, "approval", user),
            events=events_of(approval, *entries),
            may_keep=self.may(KEEP, approval.division) and approval.annulled_id is None,
            **kwargs,
        )


def _areas(approval: ConversionApproval) -> list[tuple[Any, Any]]:
    return [
        (_("all land"), display.area(approval.total_m2)),
        (_("farmland"), display.area(approval.farmland_m2)),
        (_("of it paddy"), display.area(approval.paddy_m2)),
        (_("of it permanent basic farmland"), display.area(approval.pbf_m2)),
        (_("other agricultural land"), display.area(approval.other_agri_m2)),
        (_("unused land"), display.area(approval.unused_m2)),
        (_("construction land"), display.area(approval.construction_m2)),
        (_("new construction land"), display.area(approval.new_construction_m2)),
    ]


def _facts(approval: ConversionApproval) -> list[tuple[Any, Any]]:
    basis = f"{approval.get_basis_display()} {approval.basis_no} {display.day(approval.basis_on)}".strip(" —")
    return [
        (_("approval number"), approval.approval_no),
        (_("kind"), approval.get_kind_display()),
        (_("approved by"), approval.get_level_display()),
        (_("approved on"), display.day(approval.approved_on)),
        (_("project category"), approval.get_tag_display()),
        (_("place"), approval.division.name),
        (_("basis for basic farmland"), basis if approval.pbf_m2 else None),
        (_("linkage project"), approval.linkage),
        (_("paper"), approval.source),
    ]


class ChargeView(ApprovalMixin, ThingAct):
    """``/land-approvals/<id>/charge/``: let an account bear it; special quota only where it belongs."""

    form_class = ChargeForm
    ask = gettext_lazy("Charge to a quota")
    submit = gettext_lazy("Charge")
    done = gettext_lazy("The quota is charged.")

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        for name in ("user", "division"):
            kwargs.pop(name)
        approval = self.thing
        above = ConstructionQuota.objects.filter(division__in=ancestors_of_path(approval.division.path))
        rows = seen(above, self.request.user).select_related("division")
        if approval.tag not in SPECIAL_TAGS:
            rows = rows.exclude(kind=QuotaKind.POVERTY_SPECIAL)
        return {**kwargs, "accounts": with_balance(rows, clock.today())}

    def get_initial(self) -> dict[str, Any]:
        approval = with_charged(ConversionApproval.objects.filter(pk=self.thing.pk)).get()
        left = approval.borne_by_quota_m2 + approval.moved
        return {"m2": left if left > 0 else None, "day": approval.approved_on}

    def act(self, form: Any) -> None:
        values = {name: value for name, value in form.cleaned_data.items() if value is not None}
        charge(approval=self.thing, by=self.request.user, **values)  # type: ignore[arg-type]


class GiveBackView(ApprovalMixin, ThingAct):
    """``/land-approvals/<id>/give-back/``: quota goes back to the account that bore it."""

    form_class = GiveBackForm
    ask = gettext_lazy("Give quota back")
    submit = gettext_lazy("Give back")
    done = gettext_lazy("The quota went back to its account.")

    def get_form_kwargs(self) -> dict[str, Any]:
        bearing = ConstructionQuota.objects.filter(entries__approval=self.thing, entries__annulled=None)
        rows = bearing.distinct().select_related("division")
        return {**super().get_form_kwargs(), "accounts": rows}

    def act(self, form: Any) -> None:
        give_back(approval=self.thing, paper=form.paper(), by=self.request.user, **form.values())  # type: ignore[arg-type]


class ApprovalTakeBackView(ApprovalMixin, TakeBack):
    """``/land-approvals/<id>/take-back/``"""

    def act(self, form: Any) -> None:
        take_back_approval(approval=self.thing, by=self.request.user, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]
