"""``/findings/new/`` and ``/findings/baseline/``: problems entered by hand, the baseline and its plans."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry import access, badges, clock, display
from registry.codes import Role
from registry.forms_findings import BaselinePlanForm, FindingForm
from registry.queries.baseline import Baseline, BaselineLine, baseline_of, plans_for
from registry.rules import Rule, get
from registry.services.baseline import may_plan, set_plan
from registry.services.finding_lists import enter_finding
from registry.tables import cell, link
from registry.templatetags.ui import render_badge

from .findings import FINDINGS
from .generic import ActionPage, Page

BASELINE = (gettext_lazy("Baseline"), "/findings/baseline/")


class FindingNewView(ActionPage):
    """``/findings/new/``: a problem of an inspection, entered by hand. 中文：录入问题"""

    verb = "enter_finding"
    title = gettext_lazy("Enter a problem of an inspection")
    lead = gettext_lazy("Whole lists are imported as a file; this form is for single problems.")
    crumbs = (FINDINGS,)
    form_class = FindingForm
    submit = gettext_lazy("Enter it")
    done = gettext_lazy("The problem stands in the register.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user, "division": self.division}

    def act(self, form: forms.Form) -> None:
        self.finding = enter_finding(by=self.request.user, **form.values())  # type: ignore[attr-defined]

    def get_success_url(self) -> str:
        return reverse("finding", args=[self.finding.pk])

    def fallback_url(self) -> str:
        return reverse("findings")


class BaselineView(Page):
    """``/findings/baseline/``: what was wrong at go-live, rule by rule, with the plans. 中文：存量问题"""

    title = gettext_lazy("Baseline")
    template_name = "registry/findings/baseline.html"
    crumbs = (FINDINGS,)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        baseline = baseline_of(self.division, self.request.user)
        return super().get_context_data(
            place=self.division,
            baseline=baseline,
            heads=self.heads(),
            rows=[self.row(line) for line in baseline.lines],
            total=self.total(baseline),
            **kwargs,
        )

    @staticmethod
    def heads() -> list[dict[str, Any]]:
        num = [_("at go-live"), _("open"), _("rectified"), _("waived")]
        return [
            {"label": _("rule")},
            *({"label": label, "kind": "num"} for label in num),
            {"label": _("plan")},
            {"label": _("to be done by")},
            {"label": _("who must act")},
        ]

    def row(self, line: BaselineLine) -> list[Any]:
        day, plan = clock.today(), line.plan
        rule = get(line.rule)
        url = reverse("findings") + f"?baseline=baseline&rule={line.rule}&state=every"
        words: Any = plan.text if plan else _("no plan yet")
        below = plan.division.name if plan and not line.own else ""
        if rule and may_plan(self.request.user, self.division, rule):
            act = _("Change the plan") if line.own else _("Set a plan")
            below = link(reverse("baseline_plan", args=[line.rule]), act)
        due: Any = display.day(plan.due_on) if plan else display.DASH
        if plan and line.late(day):
            due = cell(due, render_badge(badges.OVERDUE))
        person = plan.person.get_full_name() if plan and plan.person else ""
        office = Role(line.office).label if line.office else display.DASH
        return [
            cell(link(url, line.rule), line.title),
            line.total,
            line.open,
            line.rectified + line.dismissed,
            line.waived,
            cell(words, below),
            due,
            cell(office, person),
        ]

    @staticmethod
    def total(baseline: Baseline) -> list[Any]:
        lines = baseline.lines
        numbers = [
            baseline.total,
            sum(line.open for line in lines),
            baseline.worked_off,
            sum(line.waived for line in lines),
        ]
        return [_("together"), *numbers, "", "", ""]


class BaselinePlanView(ActionPage):
    """``/findings/baseline/<rule>/``: the plan of one rule in the division looked at. 中文：整改计划"""

    verb = "set_baseline_plan"
    form_class = BaselinePlanForm
    submit = gettext_lazy("Set the plan")
    done = gettext_lazy("The plan stands.")
    crumbs = (FINDINGS, BASELINE)

    @cached_property
    def rule(self) -> Rule:
        rule = get(self.kwargs["rule"])
        if rule is None:
            raise Http404(self.kwargs["rule"])
        access.require(self.request.user, self.verb, self.division)
        return rule

    def get_title(self) -> Any:
        return _("Plan for %(rule)s in %(place)s") % {"rule": self.rule.id, "place": self.division.name}

    def get_form_kwargs(self) -> dict[str, Any]:
        self.lead = self.rule.title
        return {**super().get_form_kwargs(), "division": self.division}

    def get_initial(self) -> dict[str, Any]:
        plan = plans_for(self.division).get(self.rule.id)
        if plan is None or plan.division_id != self.division.pk:
            return {}
        return {"text": plan.text, "due_on": plan.due_on, "person": plan.person_id}

    def act(self, form: forms.Form) -> None:
        set_plan(division=self.division, rule=self.rule.id, by=self.request.user, **form.cleaned_data)

    def fallback_url(self) -> str:
        return reverse("findings_baseline")
