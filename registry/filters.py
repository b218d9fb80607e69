"""Filters of the kernel's lists (django-filter)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from registry import clock, importers
from registry.codes import OPEN_STATES, BatchState, FindingOrigin, FindingState, Reading, Role, Severity
from registry.models import Finding, ImportBatch
from registry.queries import findings as reading
from registry.rules import all_rules

SOON = dt.timedelta(days=7)
FIRST_YEAR, LAST_YEAR = 1949, 2100  # 可选年份范围
YEAR, WORDS = _("year"), _("words of the name")


def in_year(field: str, label: Any = YEAR) -> filters.NumberFilter:
    """A filter by the year of a date."""
    return filters.NumberFilter(
        label=label, field_name=field, lookup_expr="year", min_value=FIRST_YEAR, max_value=LAST_YEAR
    )


def with_words(field: str, label: Any = WORDS) -> filters.CharFilter:
    """A filter by words that a text holds."""
    return filters.CharFilter(label=label, field_name=field, lookup_expr="icontains")


def rule_choices() -> list[tuple[str, str]]:
    return [(rule.id, f"{rule.id} {rule.title}") for rule in all_rules()]


def office_choices() -> list[tuple[str, Any]]:
    offices = {rule.office for rule in all_rules()}
    return [(role, label) for role, label in Role.choices if role in offices]


class FindingFilter(filters.FilterSet):
    """Open ones unless a state is asked for."""

    rule = filters.ChoiceFilter(label=_("rule"), choices=rule_choices, empty_label=_("all"))
    severity = filters.ChoiceFilter(label=_("severity"), choices=Severity.choices, empty_label=_("all"))
    state = filters.ChoiceFilter(
        label=_("state"),
        choices=lambda: [*FindingState.choices, ("every", _("closed ones too"))],
        method="by_state",
        empty_label=_("open ones"),
    )
    baseline = filters.ChoiceFilter(
        label=_("new or baseline"),
        choices=[("new", _("new")), ("baseline", _("baseline"))],
        method="by_baseline",
        empty_label=_("all"),
    )
    office = filters.ChoiceFilter(
        label=_("who must act"), choices=office_choices, method="by_office", empty_label=_("all")
    )

    reading = filters.ChoiceFilter(
        label=_("reading"),
        choices=[(Reading.NO_DATA, Reading.NO_DATA.label), ("every", _("both"))],
        method="by_reading",
        empty_label=Reading.FOUND.label,
    )

    origin = filters.ChoiceFilter(
        label=_("where it comes from"), choices=FindingOrigin.choices, empty_label=_("all")
    )
    due = filters.ChoiceFilter(
        label=_("deadline"),
        choices=[("overdue", _("overdue")), ("soon", _("within 7 days")), ("none", _("none set"))],
        method="by_due",
        empty_label=_("all"),
    )
    person = filters.ChoiceFilter(
        label=_("person in charge of it"),
        choices=[("mine", _("myself")), ("nobody", _("nobody yet"))],
        method="by_person",
        empty_label=_("all"),
    )

    class Meta:
        model = Finding
        fields: list[str] = []

    @property
    def qs(self) -> QuerySet:
        rows = super().qs
        asked = self.form.cleaned_data if self.form.is_valid() else {}
        if not asked.get("state"):
            rows = rows.filter(state__in=OPEN_STATES)
        return rows if asked.get("reading") else rows.filter(reading=Reading.FOUND)

    def by_reading(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        return rows if value == "every" else rows.filter(reading=value)

    def by_state(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        return rows if value == "every" else rows.filter(state=value)

    def by_baseline(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        return rows.filter(baseline=value == "baseline")

    def by_office(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        return rows.filter(reading.of_offices({value}))

    def by_due(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        today = clock.today()
        if value == "none":
            return rows.filter(due_on=None)
        if value == "soon":
            return rows.filter(due_on__range=(today, today + SOON))
        return rows.filter(reading.overdue(today), state__in=OPEN_STATES)

    def by_person(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        user = getattr(self.request, "user", None)
        return rows.filter(person=user if value == "mine" else None)


class ImportFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(
        label=_("what it holds"),
        choices=lambda: [(importer.kind, importer.label) for importer in importers.all_importers()],
        empty_label=_("all"),
    )
    state = filters.ChoiceFilter(label=_("state"), choices=BatchState.choices, empty_label=_("all"))

    class Meta:
        model = ImportBatch
        fields: list[str] = []
