"""The villages by their five haves, and what upkeep has cost. 中文：五有评分、管护费用"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets import costs, haves
from assets.codes import Subtype
from assets.exporters.upkeep import LEDGER, preparer
from assets.models import Asset
from assets.tables_upkeep import CostTable
from registry import clock, display
from registry.exports import Column
from registry.models import Unit
from registry.views.generic import ListPage, Page

from .due import UPKEEP, upkeep_tabs
from .ledger import AssetListView


class VillagesView(Page):
    """``/upkeep/villages/``: the mean score of each village, and which of the five are missing most."""

    title = gettext_lazy("Five haves by village")
    crumbs = (UPKEEP,)
    template_name = "assets/upkeep/villages.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ranking = haves.ranking(self.scoped(Unit.objects), clock.today())
        heads = [
            {"label": _("village")},
            {"label": _("place in the ranking"), "kind": "num"},
            {"label": _("assets"), "kind": "num"},
            {"label": _("mean score"), "kind": "num"},
            *({"label": label, "kind": "num"} for label in haves.HAVES.values()),
            {"label": _("with all five"), "kind": "num"},
        ]
        rows = [
            [
                one.division.name,
                one.place,
                one.assets,
                one.mean,
                *(display.percent(Decimal(one.haves[name]) / one.assets) for name in haves.HAVES),
                one.full,
            ]
            for one in ranking
        ]
        return super().get_context_data(
            heads=heads, rows=rows, place=self.division.name, tabs=upkeep_tabs("upkeep_villages"), **kwargs
        )


class UpkeepLedgerView(AssetListView):
    """``/upkeep/ledger.xlsx``: 管护台账 under the heads of its import: duty, terms, last inspection."""

    page_name = "assets"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self.export("xlsx")

    def export_title(self) -> str:
        return str(_("Upkeep ledger"))

    def get_queryset(self) -> QuerySet:
        """Assets that somebody keeps up or that were inspected."""
        rows = super().get_queryset()
        return rows.filter(Q(keeper__isnull=False) | Q(last_inspection__isnull=False))

    def get_export_columns(self) -> list[Column]:
        return list(LEDGER)

    def get_preparer(self) -> Any:
        return preparer(clock.today())


class CostFilter(filters.FilterSet):
    """Name or code, kind of thing, and the year."""

    q = filters.CharFilter(label=gettext_lazy("name or code"), method="by_words")
    subtype = filters.ChoiceFilter(
        label=gettext_lazy("sub-type"), choices=Subtype.choices, empty_label=gettext_lazy("all")
    )
    year = filters.NumberFilter(label=gettext_lazy("year"), method="by_year", min_value=2000, max_value=2100)

    class Meta:
        model = Asset
        fields: list[str] = []

    def by_words(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        words = value.strip()
        return rows.filter(Q(unit__name__icontains=words) | Q(unit__code__icontains=words))

    def by_year(self, rows: QuerySet, _name: str, _value: Any) -> QuerySet:
        return rows  # the page counts the year's costs itself


class CostListView(ListPage):
    """``/upkeep/costs/``: what upkeep has cost in a year."""

    title = gettext_lazy("Cost of upkeep")
    crumbs = (UPKEEP,)
    model = Asset
    table_class = CostTable
    filterset_class = CostFilter
    noun = "asset"
    template_name = "assets/upkeep/list.html"
    export_heading = True
    export_columns = (
        Column("资产编码", lambda row: row.unit.code, "code", 30),
        Column("资产名称", lambda row: row.unit.name, width=28),
        Column("所在村", lambda row: row.unit.division.name, width=16),
        Column("巡查次数", lambda row: row.inspections_made, "count"),
        Column("维修次数", lambda row: row.repairs_done, "count"),
        Column("管护费用（元）", lambda row: row.cost, "money"),
        Column("年管护经费（元）", lambda row: row.budget, "money"),
        Column("长度（公里）", lambda row: row.length_m / 1000 if row.length_m else None, "number"),
        Column("每公里费用（元）", lambda row: costs.per_km(row.cost, row.length_m), "money"),
        Column("服务人口", lambda row: row.persons, "count"),
        Column("人均费用（元）", lambda row: costs.per_person(row.cost, row.persons), "money"),
    )

    @cached_property
    def year(self) -> int:
        asked = self.request.GET.get("year", "")
        return int(asked) if asked.isdigit() and 2000 <= int(asked) <= 2100 else clock.today().year

    def get_queryset(self) -> QuerySet:
        first, last = dt.date(self.year, 1, 1), dt.date(self.year, 12, 31)
        rows = costs.costs(self.scoped(Asset.objects), first, last)
        return rows.select_related("unit__division__parent").order_by("unit__division__path", "unit__code")

    def export_prepare(self, records: list[Any]) -> None:
        persons = costs.served([row.unit_id for row in records], clock.today())
        for row in records:
            row.persons = persons.get(row.unit_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        total = self.object_list.aggregate(total=Sum("cost"))["total"]
        said = _("%(year)d: %(sum)s together") % {"year": self.year, "sum": display.money(total)}
        return {**context, "extra": said, "tabs": upkeep_tabs("upkeep_costs")}
