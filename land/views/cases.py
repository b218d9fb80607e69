"""``/cases/``: clues and what became of them, with their deadlines; one case; its acts. 中文：执法案件"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from land import case_page as page
from land.case_acts import CaseAct, open_acts
from land.case_codes import AT_WORK, CaseOrigin, Outcome, Stage
from land.case_papers import KIND as PAPER
from land.models import Case, Vintage, VintageKind
from land.queries.cases import deadlines, overdue_keys, tags_of
from registry import access, clock, display
from registry.codes import PRIVATE_KINDS, Level
from registry.exports import Column, Name
from registry.filters import in_year, with_words
from registry.models import Division, Paper
from registry.services.papers import kind_of
from registry.tables import DAY, NUM, cell, link, place
from registry.templatetags.ui import render_badge
from registry.views.generic import FIRST, ListPage, Page, PageMixin

CASES = (gettext_lazy("Cases"), "/cases/")
OPEN, EVERY = "open", "every"
STAGES = [
    (stage, label) for stage, label in Stage.choices if stage not in Outcome.values or stage == "suspected"
]


class CaseTable(tables.Table):
    """One row a case."""

    name = tables.Column(verbose_name=gettext_lazy("case"), accessor="unit__name", order_by="unit__code")
    where = tables.Column(
        verbose_name=gettext_lazy("place"), empty_values=(), order_by="unit__division__path"
    )
    area_m2 = tables.Column(verbose_name=gettext_lazy("area"), attrs=NUM)
    stage = tables.Column(verbose_name=gettext_lazy("stage"))
    due = tables.Column(verbose_name=gettext_lazy("due"), empty_values=(), attrs=DAY, orderable=False)
    stage_since = tables.Column(verbose_name=gettext_lazy("since"), attrs=DAY)

    class Meta:
        model = Case
        fields = ("name", "where", "area_m2", "stage", "due", "stage_since")
        order_by = ("-stage_since",)
        empty_text = gettext_lazy("No case here")
        empty_help = gettext_lazy("Import a layer of clues and open it, or open a case by hand.")

    def before_render(self, request: Any) -> None:
        """Deadlines and tags of the rows of the page."""
        shown = [row.record for row in self.paginated_rows]
        self.limits, self.tags = deadlines(shown), tags_of(shown)

    def render_name(self, record: Case) -> Any:
        return cell(link(reverse("case", args=[record.unit_id]), record.unit.name), record.unit.code)

    def render_where(self, record: Case) -> Any:
        return place(record.unit.division)

    def render_area_m2(self, value: Any) -> Any:
        return display.area(value)

    def render_stage(self, record: Case) -> Any:
        shown = [page.stage_badge(record.stage), *page.outcome_badges(record)]
        if record.outcome == Outcome.SUSPECTED and self.tags[record.pk] == page.NEW:
            shown.append(page.TAGS[page.NEW])
        return cell(format_html_join(" ", "{}", ((render_badge(one),) for one in shown)))

    def render_due(self, record: Case) -> Any:
        limit = self.limits.get(record.pk)
        if limit is None:
            return display.DASH
        if limit.paused:
            return render_badge(page.PAUSED)
        if limit.due is None:
            return _("not known")
        if limit.late_on(clock.today()):
            return cell(display.day(limit.due), render_badge(page.OVERDUE))
        return cell(display.day(limit.due), display.days_ago(limit.due))

    def render_stage_since(self, value: Any) -> Any:
        return cell(display.day(value), display.days_ago(value))


class CaseFilter(filters.FilterSet):
    """Cases at work, unless others are asked for."""

    state = filters.ChoiceFilter(
        label=gettext_lazy("stage"),
        choices=lambda: [*STAGES, (EVERY, gettext_lazy("closed ones too"))],
        method="by_state",
        empty_label=gettext_lazy("at work"),
    )
    village = filters.ModelChoiceFilter(
        label=gettext_lazy("village"),
        queryset=lambda request: villages(request),
        method="by_village",
        empty_label=gettext_lazy("all"),
    )
    late = filters.ChoiceFilter(
        label=gettext_lazy("due"),
        choices=[("yes", gettext_lazy("overdue"))],
        method="by_late",
        empty_label=gettext_lazy("all"),
    )
    outcome = filters.ChoiceFilter(
        label=gettext_lazy("outcome"), choices=Outcome.choices, empty_label=gettext_lazy("all")
    )
    origin = filters.ChoiceFilter(
        label=gettext_lazy("where the clue comes from"),
        choices=CaseOrigin.choices,
        empty_label=gettext_lazy("all"),
    )
    year = in_year("unit__state_since")
    q = with_words("unit__name")

    class Meta:
        model = Case
        fields: list[str] = []

    @property
    def qs(self) -> QuerySet:
        rows = super().qs
        asked = self.form.cleaned_data if self.form.is_valid() else {}
        return rows if asked.get("state") else rows.filter(stage__in=AT_WORK)

    def by_state(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        return rows if value == EVERY else rows.filter(stage=value)

    def by_village(self, rows: QuerySet, _name: str, value: Division) -> QuerySet:
        return rows.filter(unit__division__path__startswith=value.path)

    def by_late(self, rows: QuerySet, _name: str, _value: str) -> QuerySet:
        return rows.filter(pk__in=overdue_keys(rows, clock.today()))


def villages(request: Any) -> QuerySet[Division]:
    """Villages that the reader may see."""
    rows = Division.objects.visible_to(request.user) if request is not None else Division.objects.none()
    return rows.filter(level=Level.VILLAGE).order_by("path")


def _party(case: Case) -> list[Name]:
    party = case.party
    return [Name(party.name, private=party.kind in PRIVATE_KINDS)] if party else []


class CaseListView(ListPage):
    title = gettext_lazy("Cases")
    lead = gettext_lazy("From the clue to its closure: where each one stands, and until when it must go on.")
    model = Case
    table_class = CaseTable
    filterset_class = CaseFilter
    noun = "result"
    template_name = "land/cases/list.html"
    export_unit = "unit_id"
    export_columns = (
        Column(gettext_lazy("unit code"), lambda row: row.unit.code),
        Column(gettext_lazy("case"), lambda row: row.unit.name),
        Column(gettext_lazy("place"), lambda row: row.unit.division.name),
        Column(gettext_lazy("where the clue comes from"), lambda row: row.get_origin_display()),
        Column(gettext_lazy("clue number"), lambda row: row.clue_id, kind="code"),
        Column(gettext_lazy("area of the clue"), lambda row: row.area_m2, kind="area"),
        Column(gettext_lazy("on permanent basic farmland"), lambda row: row.basic_farmland_m2, kind="area"),
        Column(gettext_lazy("on cultivated land"), lambda row: row.farmland_m2, kind="area"),
        Column(gettext_lazy("party of the case"), _party, person=True),
        Column(gettext_lazy("building began"), lambda row: row.began_on, kind="date"),
        Column(gettext_lazy("stage"), lambda row: row.get_stage_display()),
        Column(gettext_lazy("since"), lambda row: row.stage_since, kind="date"),
        Column(gettext_lazy("outcome"), lambda row: row.get_outcome_display()),
        Column(gettext_lazy("due"), lambda row: row.due_on, kind="date"),
    )

    def export_prepare(self, records: list[Any]) -> None:
        limits = deadlines(records)
        for record in records:
            limit = limits.get(record.pk)
            record.due_on = limit.due if limit else None

    def get_queryset(self) -> QuerySet:
        rows = self.scoped(Case.objects.in_force())
        return rows.select_related("unit__division__parent", "party").order_by("-stage_since", "-pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        may_open = access.may(user, "work_case")
        layers = Vintage.objects.none()
        if may_open:
            above = [int(part) for part in self.division.path.split("/") if part]
            layers = Vintage.objects.in_force().filter(kind=VintageKind.CLUES)
            layers = layers.within(self.division) | layers.filter(division_id__in=above)
            layers = layers.defer("coverage").select_related("division").order_by("-year", "-pk")[:3]
        return super().get_context_data(may_open=may_open, layers=list(layers), **kwargs)


def address_of(act: CaseAct, unit: int) -> str:
    """Where an act is done: its own page, or the form of the acts."""
    return reverse(act.page, args=[unit]) if act.page else reverse("case_act", args=[unit, act.key])


class CaseMixin(PageMixin):
    """The case of the address (the key of its unit), where the user may see it."""

    kwargs: dict[str, Any]

    @cached_property
    def case(self) -> Case:
        rows = Case.objects.in_force().visible_to(self.request.user)
        rows = rows.select_related("unit__division__parent", "party", "vintage").defer("vintage__coverage")
        return get_object_or_404(rows, unit=self.kwargs["key"])


class CaseView(CaseMixin, Page):
    """``/cases/<unit>/``: where it stands, what is due by when, what this reader may do now."""

    template_name = "land/cases/case.html"

    def get_title(self) -> str:
        return self.case.unit.name

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        case, user, unit = self.case, self.request.user, self.case.unit
        acts = open_acts(case, user)
        names, now = page.progress_of(case)
        papers = Paper.objects.filter(unit=unit, kind=PAPER).order_by("-pk")
        return super().get_context_data(
            case=case,
            unit=unit,
            lead=" · ".join([unit.code, *(p.name for p in (unit.division.parent, unit.division) if p)]),
            badges=format_html_join(" ", "{}", ((render_badge(one),) for one in page.badges_of(case))),
            acts=[
                {"act": act, "url": address_of(act, unit.pk), "first": number == 0}
                for number, act in enumerate(acts)
            ],
            due=page.due_of(case, clock.today()),
            steps=names,
            now=now,
            facts=page.facts_of(case, user),
            layers=page.layers_of(case),
            sketch=page.drawing(case),
            rounds=page.rounds_of(case),
            methods=page.methods_of(case),
            findings=page.findings_of(case, user),
            events=page.events_of(case),
            papers=papers,
            may_print=access.may(user, kind_of(PAPER).verb, unit.division),
            paper_kind=PAPER,
            may_points=access.may(user, "see_parcels", unit.division),
            may_describe=any(act.key == "evidence" for act in acts),
            crumbs=[FIRST, CASES, (unit.name, "")],
            **kwargs,
        )
