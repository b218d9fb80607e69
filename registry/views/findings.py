"""``/findings/``: what the facts fall short of, who must act, and what has been done. 中文：问题清单"""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry import access, display
from registry.filters import FindingFilter
from registry.forms import FindingWorkForm
from registry.models import Act, Finding
from registry.rules import get
from registry.services import findings as services
from registry.tables import FindingTable
from registry.unit_panels import changes, spoken

from .generic import FIRST, ActionPage, ListPage

FINDINGS = (gettext_lazy("Findings"), "/findings/")


class FindingListView(ListPage):
    """Open findings of the division, new ones first."""

    title = gettext_lazy("Findings")
    lead = gettext_lazy(
        "What the facts fall short of on the day they were last read. New findings come first."
    )
    model = Finding
    table_class = FindingTable
    filterset_class = FindingFilter
    noun = "finding"

    def get_queryset(self) -> QuerySet:
        rows = self.scoped(Finding.objects).select_related("unit", "division__parent").defer("place")
        return rows.order_by("baseline", "severity", "since", "id")


class FindingView(ActionPage):
    """One finding: the sentence, what to do, what it was read from; and the officer's form."""

    template_name = "registry/finding.html"
    form_class = FindingWorkForm
    submit = gettext_lazy("Record")
    done = gettext_lazy("Recorded in the book.")

    @cached_property
    def finding(self) -> Finding:
        rows = Finding.objects.visible_to(self.request.user).select_related("unit", "division").defer("place")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def choices(self) -> list[str]:
        """States that this user may give it."""
        if not access.may(self.request.user, "work_finding", self.finding.division):
            return []
        return list(services.NEXT.get(self.finding.state, ()))

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "states": self.choices()}

    def act(self, form: forms.Form) -> None:
        service = services.SERVICES[form.cleaned_data["state"]]
        service(finding=self.finding, by=self.request.user, reason=form.cleaned_data["reason"])

    def fallback_url(self) -> str:
        return reverse("finding", args=[self.finding.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        finding, rule = self.finding, get(self.finding.rule)
        values = spoken(finding, self.request.user)
        acts = Act.objects.filter(subject=f"finding:{finding.pk}")
        return super().get_context_data(
            **values,
            may_work=bool(self.choices()),
            crumbs=[FIRST, FINDINGS, (finding.rule, "")],
            law=rule.source if rule else "",
            facts=self.facts(finding),
            evidence=[
                {
                    "on": act.at,
                    "title": _("Worked on"),
                    "note": act.reason,
                    "by": act.user_name,
                    "changes": changes(act),
                }
                for act in acts
            ],
            closing=_closing(finding),
            **kwargs,
        )

    def get_title(self) -> Any:
        return spoken(self.finding, self.request.user)["title"]

    def facts(self, finding: Finding) -> list[tuple[Any, Any]]:
        """What the finding was read from."""
        return [
            (_("rule"), f"{finding.rule} · " + _("version %(number)d") % {"number": finding.rule_version}),
            (_("last read for"), display.day(finding.read_on)),
            (_("opened on"), display.day(finding.opened_on)),
            *([(_("closed on"), display.day(finding.closed_on))] if finding.closed_on else []),
            (_("parameters"), _written(finding.parameters) or _("none")),
            (_("details"), _written(finding.details)),
            (_("fingerprint of the inputs"), finding.fingerprint),
        ]


def _closing(finding: Finding) -> str:
    """How a finding was closed: by the facts, read again, or by an officer."""
    closing = finding.closing
    if not isinstance(closing, dict):
        return ""
    if closing.get("by") == "evaluation":
        return _("Closed by the reading for %(day)s: the facts are right again.") % {
            "day": closing.get("read_on")
        }
    return closing.get("reason") or ""


def _written(value: Any) -> str:
    """Key and value pairs of a JSON field as one line."""
    if not value:
        return ""
    if not isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return "；".join(
        f"{key}: {item if isinstance(item, (str, int, float)) else json.dumps(item, ensure_ascii=False)}"
        for key, item in value.items()
    )
