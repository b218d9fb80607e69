"""Filters of the list of layers (django-filter)."""

from __future__ import annotations

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from land.models import Vintage, VintageKind


class VintageFilter(filters.FilterSet):
    """Those in force, unless the reversed ones are asked for."""

    kind = filters.ChoiceFilter(label=_("layer"), choices=VintageKind.choices, empty_label=_("all"))
    year = filters.NumberFilter(label=_("survey year"))
    dropped = filters.ChoiceFilter(
        label=_("state"),
        choices=[("too", _("reversed ones too"))],
        method="with_dropped",
        empty_label=_("in force"),
    )

    class Meta:
        model = Vintage
        fields: list[str] = []

    @property
    def qs(self) -> QuerySet:
        rows = super().qs
        asked = self.form.cleaned_data.get("dropped") if self.form.is_valid() else ""
        return rows if asked else rows.in_force()  # type: ignore[attr-defined]

    def with_dropped(self, rows: QuerySet, _name: str, _value: str) -> QuerySet:
        return rows
