"""``/layers/``: the survey deliveries, what they cover, and what was set aside. 中文：图层"""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from land.filters import VintageFilter
from land.models import Vintage
from land.queries.vintages import ASSUMED, BOUNDARY, FEATURES
from registry import badges, display
from registry.exports import Column
from registry.models import Division
from registry.templatetags.ui import render_badge
from registry.views.generic import FIRST, ListPage, Page

LAYERS = (gettext_lazy("Layers"), "/layers/")
NUM = {"th": {"class": "num"}, "td": {"class": "num"}}
COVERAGE = {
    ASSUMED: gettext_lazy("assumed from its extent"),
    BOUNDARY: gettext_lazy("the outline of the division"),
    FEATURES: gettext_lazy("the parcels themselves"),
}


class VintageTable(tables.Table):
    """Deliveries: what, of which year, where, how much."""

    kind = tables.Column(verbose_name=gettext_lazy("layer"))
    year = tables.Column(verbose_name=gettext_lazy("survey year"))
    division = tables.Column(verbose_name=gettext_lazy("place"), accessor="division__name")
    feature_count = tables.Column(verbose_name=gettext_lazy("features"), attrs=NUM)
    area_m2 = tables.Column(verbose_name=gettext_lazy("official area"), attrs=NUM)
    quarantined_count = tables.Column(verbose_name=gettext_lazy("set aside"), attrs=NUM)
    loaded_at = tables.Column(verbose_name=gettext_lazy("loaded"))

    class Meta:
        model = Vintage
        fields = ("kind", "year", "division", "feature_count", "area_m2", "quarantined_count", "loaded_at")
        empty_text = gettext_lazy("No layer is loaded")
        empty_help = gettext_lazy("Import the deliveries of the survey: parcels and basic farmland first.")

    def render_kind(self, record: Vintage) -> Any:
        dropped = render_badge(badges.badge_of("batch", "reversed")) if record.dropped_at else ""
        return format_html(
            '<a href="{}">{} {}</a> {}',
            reverse("layer", args=[record.pk]),
            record.get_kind_display(),
            record.year,
            dropped,
        )

    def render_feature_count(self, value: int) -> str:
        return display.number(value)

    def render_area_m2(self, value: Any) -> Any:
        return display.area(value)

    def render_quarantined_count(self, value: int) -> str:
        return display.number(value)

    def render_loaded_at(self, record: Vintage) -> Any:
        return display.moment(record.loaded_at)


class LayerListView(ListPage):
    """Layers of the division looked at, of those below it and of those above it."""

    verb = "see_parcels"
    title = gettext_lazy("Layers")
    lead = gettext_lazy("Survey deliveries as they came. The newest one that speaks of a day answers for it.")
    model = Vintage
    table_class = VintageTable
    filterset_class = VintageFilter
    template_name = "land/layers.html"
    export_columns = (
        Column(gettext_lazy("layer"), lambda one: one.get_kind_display(), key="kind"),
        Column(gettext_lazy("year"), lambda one: str(one.year), key="year"),
        Column(gettext_lazy("division"), lambda one: one.division.name, key="division"),
        Column(gettext_lazy("features"), lambda one: one.feature_count, "count", key="features"),
        Column(gettext_lazy("area (m²)"), lambda one: one.area_m2, "area", key="area"),
        Column(gettext_lazy("set aside"), lambda one: one.quarantined_count, "count", key="set_aside"),
        Column(gettext_lazy("loaded at"), lambda one: one.loaded_at, "moment", key="loaded_at"),
    )

    def get_queryset(self) -> QuerySet:
        return (
            layers_about(self.division)
            .select_related("division")
            .defer("coverage")
            .order_by("kind", "-year", "-id")
        )


def layers_about(division: Division) -> QuerySet:
    """Deliveries of the division, of those below it and of those above it."""
    above = [int(part) for part in division.path.split("/") if part]
    return Vintage.objects.within(division) | Vintage.objects.filter(division_id__in=above)


class LayerView(Page):
    """``/layers/<id>/``: one delivery, with every feature that was set aside and why."""

    verb = "see_parcels"
    template_name = "land/layer.html"

    @cached_property
    def vintage(self) -> Vintage:
        rows = layers_about(self.division).select_related("division", "batch__file").defer("coverage")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_title(self) -> Any:
        return f"{self.vintage.get_kind_display()} {self.vintage.year}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        vintage = self.vintage
        rows = vintage.quarantine.defer("envelope").order_by("number")
        return super().get_context_data(
            vintage=vintage,
            crumbs=[FIRST, LAYERS, (self.get_title(), "")],
            page=Paginator(rows, 50).get_page(self.request.GET.get("page")),
            facts=[
                (_("division"), vintage.division.name),
                (_("survey year"), vintage.year),
                (_("features"), display.number(vintage.feature_count)),
                (_("set aside"), display.number(vintage.quarantined_count)),
                (_("official area"), display.area(vintage.area_m2)),
                (_("counted area"), display.area(vintage.counted_m2)),
                (_("coordinate system"), f"EPSG:{vintage.source_srid}"),
                (
                    _("how the coverage is known"),
                    COVERAGE.get(vintage.coverage_basis, vintage.coverage_basis),
                ),
                (_("file"), vintage.batch.file.name),
                (_("loaded"), display.moment(vintage.loaded_at)),
            ],
            **kwargs,
        )
