"""``/rules/``: what the facts are held against, on what law, and how much is open. 中文：规则"""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry import badges, clock, display
from registry.codes import Role
from registry.models import RuleReading
from registry.queries.parameters import rules_with_counts, settings_of
from registry.rules import Rule, get
from registry.tables import cell, link
from registry.templatetags.ui import render_badge

from .generic import FIRST, Page
from .parameters import whose, written

RULES = (gettext_lazy("Rules"), "/rules/")


def office(rule: Rule) -> str:
    return str(Role(rule.office).label) if rule.office in Role.values else display.DASH


class RuleListView(Page):
    """All rules by id, with their open findings below the division looked at."""

    title = gettext_lazy("Rules")
    template_name = "registry/rules/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = [
            [
                cell(link(reverse("rule", args=[rule.id]), rule.id), ""),
                cell(rule.title, rule.source),
                render_badge(badges.badge_of("severity", rule.severity)),
                office(rule),
                link(f"{reverse('findings')}?rule={rule.id}", counts["found"]) if counts["found"] else 0,
                counts["no_data"],
            ]
            for rule, counts in rules_with_counts(self.request.user, self.division)
        ]
        heads = [
            {"label": _("rule")},
            {"label": _("what is found")},
            {"label": _("severity")},
            {"label": _("who must act")},
            {"label": _("open"), "kind": "num"},
            {"label": _("no data"), "kind": "num"},
        ]
        return super().get_context_data(heads=heads, rows=rows, **kwargs)


class RuleView(Page):
    """One rule: law, validity, parameters as they hold here, how many are open."""

    template_name = "registry/rules/detail.html"
    kwargs: dict[str, Any]

    @cached_property
    def rule(self) -> Rule:
        found = get(self.kwargs["rule_id"])
        if found is None:
            raise Http404(self.kwargs["rule_id"])
        return found

    def get_title(self) -> str:
        return f"{self.rule.id} {self.rule.title}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rule = self.rule
        counted = rules_with_counts(self.request.user, self.division)
        counts = next(n for found, n in counted if found.id == rule.id)
        settings = [s for s in settings_of(self.division, clock.today()) if s.default.key in rule.parameters]
        parameters = [
            [
                link(reverse("parameter", args=[s.default.key]), s.default.label or s.default.key),
                written(s.current.value) if s.current else display.DASH,
                whose(s.current),
            ]
            for s in settings
        ]
        last = RuleReading.objects.filter(rule=rule.id).first()
        return super().get_context_data(
            rule=rule,
            counts=counts,
            parameters=parameters,
            heads=[{"label": head} for head in (_("parameter"), _("value"), _("place"))],
            facts=[
                (_("legal basis"), rule.source),
                (_("who must act"), office(rule)),
                (_("validity"), display.period((rule.valid_from, rule.valid_to))),
                (_("version"), rule.version),
                (_("last read over everything"), display.day(last.read_on) if last else display.DASH),
                (_("what to do"), rule.remedy or display.DASH),
            ],
            crumbs=[FIRST, RULES, (rule.id, "")],
            **kwargs,
        )
