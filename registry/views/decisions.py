"""``/decisions/``: meetings that decided, with counts and verdict. 中文：议决记录"""

from __future__ import annotations

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from registry import access, badges, display
from registry.codes import DecisionBody, Matter
from registry.exports import Column
from registry.forms_decisions import DecisionChangeForm, DecisionForm, meeting_of
from registry.models import Act, Decision
from registry.queries.decisions import findings_of, verdict_of, verdict_of_decision
from registry.services.decisions import change_decision, register_decision
from registry.tables import DAY, NUM, cell, link
from registry.unit_panels import spoken, title_of

from .generic import FIRST, ActionPage, ListPage, Page, PageMixin, RegisterPage

DECISIONS = (gettext_lazy("Decisions"), "/decisions/")
# 议决结论
CARRIED = {
    True: badges.Badge(gettext_lazy("Carried"), "done", "good"),
    False: badges.Badge(gettext_lazy("Not carried"), "stop", "alarm"),
    None: badges.Badge(gettext_lazy("Counts missing"), "question", "unknown"),
}


class DecisionTable(tables.Table):
    """One row a meeting."""

    title = tables.Column(verbose_name=gettext_lazy("decision"))
    body = tables.Column(verbose_name=gettext_lazy("deciding body"))
    held_on = tables.Column(verbose_name=gettext_lazy("held on"), attrs=DAY)
    counts = tables.Column(
        verbose_name=gettext_lazy("in favour / present / all"), empty_values=(), attrs=NUM, orderable=False
    )

    class Meta:
        model = Decision
        fields = ("title", "body", "held_on", "counts")
        empty_text = gettext_lazy("No decision is registered here")

    def render_title(self, record: Decision) -> Any:
        return cell(link(reverse("decision", args=[record.pk]), record.title), record.division.name)

    def render_held_on(self, record: Decision) -> str:
        return display.day(record.held_on)

    def render_counts(self, record: Decision) -> str:
        counts = (record.in_favour, record.present, record.members_total)
        return " / ".join(display.DASH if count is None else str(count) for count in counts)


class DecisionFilter(filters.FilterSet):
    body = filters.ChoiceFilter(
        label=gettext_lazy("deciding body"), choices=DecisionBody.choices, empty_label=gettext_lazy("all")
    )
    matter = filters.ChoiceFilter(
        label=gettext_lazy("matter"),
        choices=Matter.choices,
        method="by_matter",
        empty_label=gettext_lazy("all"),
    )
    q = filters.CharFilter(
        label=gettext_lazy("words of the title"), field_name="title", lookup_expr="icontains"
    )

    class Meta:
        model = Decision
        fields: list[str] = []

    def by_matter(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        return rows.filter(matters__contains=[int(value)])


class DecisionListView(ListPage):
    title = gettext_lazy("Decisions")
    lead = gettext_lazy(
        "Meetings of the collectives and the villagers, with their counts and what they decided."
    )
    model = Decision
    table_class = DecisionTable
    filterset_class = DecisionFilter
    noun = "decision"
    template_name = "registry/decisions/list.html"
    export_columns = (
        Column(gettext_lazy("decision"), lambda row: row.title),
        Column(gettext_lazy("place"), lambda row: row.division.name),
        Column(gettext_lazy("deciding body"), lambda row: row.get_body_display()),
        Column(gettext_lazy("held on"), lambda row: row.held_on, kind="date"),
        Column(gettext_lazy("all who may vote"), lambda row: row.members_total, kind="count"),
        Column(gettext_lazy("present"), lambda row: row.present, kind="count"),
        Column(gettext_lazy("in favour"), lambda row: row.in_favour, kind="count"),
        Column(gettext_lazy("what was decided"), lambda row: row.outcome),
    )

    def get_queryset(self) -> QuerySet:
        return self.scoped(Decision.objects.in_force()).select_related("division")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may = access.may(self.request.user, "record_decision")
        return super().get_context_data(may_record=may, **kwargs)


class DecisionNewView(RegisterPage):
    """``/decisions/new/``: register a meeting; the verdict is shown while the counts are typed."""

    verb = "record_decision"
    title = gettext_lazy("Register a decision")
    crumbs = (DECISIONS,)
    template_name = "registry/decisions/form.html"
    form_class = DecisionForm
    submit = gettext_lazy("Register the decision")
    done = gettext_lazy("The decision is registered.")

    one, many = "decision", "decisions"

    def register(self, form: forms.Form) -> Any:
        division = form.cleaned_data["division"]
        return register_decision(division=division, meeting=form.meeting(), by=self.request.user)  # type: ignore[attr-defined]


class DecisionMixin(PageMixin):
    """The decision of the address, where the user may see it."""

    kwargs: dict[str, Any]

    @cached_property
    def decision(self) -> Decision:
        rows = Decision.objects.in_force().visible_to(self.request.user)
        return get_object_or_404(
            rows.select_related("division", "collective", "source"), pk=self.kwargs["pk"]
        )


class DecisionChangeView(DecisionMixin, ActionPage):
    """``/decisions/<id>/change/``: correct the record of a meeting, with the reason."""

    verb = "record_decision"
    title = gettext_lazy("Correct the record of the decision")
    crumbs = (DECISIONS,)
    template_name = "registry/decisions/form.html"
    form_class = DecisionChangeForm
    submit = gettext_lazy("Correct the record")
    done = gettext_lazy("The record is corrected; before and after stand in the book.")

    def get_form_kwargs(self) -> dict[str, Any]:
        place = self.decision.division
        return {**super().get_form_kwargs(), "user": self.request.user, "division": place}

    def get_initial(self) -> dict[str, Any]:
        return meeting_of(self.decision)

    def act(self, form: forms.Form) -> None:
        meeting = form.meeting(self.decision)  # type: ignore[attr-defined]
        reason = form.cleaned_data["reason"]
        change_decision(decision=self.decision, meeting=meeting, by=self.request.user, reason=reason)

    def fallback_url(self) -> str:
        return reverse("decision", args=[self.kwargs["pk"]])


class DecisionView(DecisionMixin, Page):
    """One meeting: carried or not, what the rules say of it, its papers and its history."""

    template_name = "registry/decisions/detail.html"

    def get_title(self) -> str:
        return self.decision.title

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        decision, user = self.decision, self.request.user
        found = verdict_of_decision(decision)
        acts = Act.objects.filter(subject=f"decision:{decision.pk}").select_related("source")
        return super().get_context_data(
            decision=decision,
            verdict=found,
            carried=CARRIED[found["verdict"].passes] if found else None,
            findings=[spoken(finding, user) for finding in findings_of("decision", decision.pk, user)],
            facts=facts_of(decision),
            units=list(decision.units.visible_to(user)[:200]),
            notices=list(decision.notices.visible_to(user)),
            events=[
                {
                    "on": act.at,
                    "title": title_of(act),
                    "note": act.reason,
                    "by": act.user_name,
                    "source": act.source,
                }
                for act in acts
            ],
            may_record=access.may(user, "record_decision", decision.division),
            crumbs=[FIRST, DECISIONS, (decision.title, "")],
            **kwargs,
        )


def facts_of(decision: Decision) -> list[tuple[Any, Any]]:
    """What is registered of a meeting."""
    matters = "；".join(f"（{number}）{Matter(number).label}" for number in decision.matters)
    return [
        (_("place"), decision.division.name),
        (_("deciding body"), decision.get_body_display()),
        (_("collective"), decision.collective),
        (_("held on"), display.day(decision.held_on)),
        (_("all who may vote"), decision.members_total),
        (_("present"), decision.present),
        (_("in favour"), decision.in_favour),
        (_("matters"), matters or None),
        (_("what was decided"), decision.outcome or None),
        (_("announced on"), display.day(decision.notice_on)),
        (_("plan and accounts ready on"), display.day(decision.accounts_on)),
        (_("discussed by the Party organisation on"), display.day(decision.party_on)),
        (_("minutes"), decision.source),
    ]


class DecisionVerdictView(PageMixin, View):
    """``/decisions/verdict/``: the verdict on counts that are being typed."""

    verb = "record_decision"

    def get(self, request: HttpRequest) -> HttpResponse:
        form = DecisionForm(request.GET, user=request.user, division=self.division)
        form.is_valid()
        values = form.cleaned_data
        wrong = [
            form.errors[n][0]
            for n in ("members_total", "present", "in_favour", "held_on")
            if n in form.errors
        ]
        found = None
        typed = [values.get(name) for name in ("members_total", "present", "in_favour")]
        if not wrong and values.get("body") and values.get("held_on") and any(n is not None for n in typed):
            found = verdict_of(
                body=values["body"],
                held_on=values["held_on"],
                division=values.get("division") or self.division,
                total=typed[0],
                present=typed[1],
                favour=typed[2],
            )
        badge = CARRIED[found["verdict"].passes] if found else None
        shown = {
            "verdict": found,
            "carried": badge,
            "wrong": wrong if any(n is not None for n in typed) else [],
        }
        return render(request, "registry/decisions/verdict.html", shown)
