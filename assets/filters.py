"""Filters of the ledger and of the placing queue (django-filter)."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.forms import HiddenInput
from django.utils.translation import gettext_lazy as _

from assets.codes import AssetClass, Subtype
from assets.models import Asset
from registry.codes import UnitState
from registry.models import Division, Unit


class AssetFilter(filters.FilterSet):
    """Name or code, class, sub-type, state, and what is amiss."""

    q = filters.CharFilter(label=_("name or code"), method="by_words")
    asset_class = filters.ChoiceFilter(
        label=_("asset class"), choices=AssetClass.choices, empty_label=_("all")
    )
    subtype = filters.ChoiceFilter(label=_("sub-type"), choices=Subtype.choices, empty_label=_("all"))
    state = filters.ChoiceFilter(
        label=_("state"), field_name="unit__state", choices=UnitState.choices, empty_label=_("all")
    )
    below = filters.NumberFilter(method="by_place", widget=HiddenInput)
    amiss = filters.ChoiceFilter(
        label=_("what is amiss"),
        method="by_fault",
        choices=[
            ("no_keeper", _("nobody keeps it up")),
            ("unplaced", _("not on the map")),
            ("finding", _("has an open finding")),
            ("no_income", _("nobody owns its income")),
        ],
        empty_label=_("all"),
    )

    class Meta:
        model = Asset
        fields: list[str] = []

    def by_words(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        words = value.strip()
        return rows.filter(Q(unit__name__icontains=words) | Q(unit__code__icontains=words))

    def by_place(self, rows: QuerySet, _name: str, value: Any) -> QuerySet:
        """A village and all below it, from a link."""
        place = Division.objects.filter(pk=int(value)).first()
        return rows.filter(unit__division__path__startswith=place.path) if place else rows.none()

    def by_fault(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        """The annotations of ``assets.queries.ledger``."""
        return {
            "no_keeper": lambda: rows.filter(keeper=None).exclude(asset_class=AssetClass.HOUSEHOLD),
            "unplaced": lambda: rows.filter(placed=False),
            "finding": lambda: rows.filter(findings__gt=0),
            "no_income": lambda: rows.filter(has_income=False, asset_class=AssetClass.OPERATING),
        }[value]()


class PlacingFilter(filters.FilterSet):
    q = filters.CharFilter(label=_("name or code"), method="by_words")

    class Meta:
        model = Unit
        fields: list[str] = []

    def by_words(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        return rows.filter(Q(name__icontains=value) | Q(code__icontains=value))
