"""``/assets/``: the ledger 台账, filtered, summed, and given away as XLSX."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters.views import FilterView

from assets import queries
from assets.exporters.ledger import ledger_workbook
from assets.filters import AssetFilter
from assets.models import Asset
from assets.tables import AssetTable
from registry import access, clock, display
from registry.views.generic import ListPage, PageMixin

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class AssetListView(ListPage):
    """The ledger of the division, with its sums."""

    title = gettext_lazy("Asset ledger")
    model = Asset
    table_class = AssetTable
    filterset_class = AssetFilter
    noun = "asset"
    template_name = "assets/ledger.html"

    def get_queryset(self) -> QuerySet:
        return queries.ledger(self.scoped(Asset.objects), clock.today()).order_by(
            "unit__division__path", "unit__code"
        )

    def get_table_kwargs(self) -> dict[str, Any]:
        return {**super().get_table_kwargs(), "names": access.may(self.request.user, "see_personal")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        sums = self.object_list.aggregate(
            value=Sum("original_value"), area=Sum("area_m2"), known=Count("original_value")
        )
        words = [
            _("original value together: %(sum)s") % {"sum": display.money(sums["value"])},
            _("area together: %(sum)s") % {"sum": f"{display.mu(sums['area'])} ({display.m2(sums['area'])})"},
        ]
        return {
            **context,
            "lead": self.division.name,
            "extra": " · ".join(words),
            "export_url": f"export.xlsx?{self.request.GET.urlencode()}",
        }


class AssetExportView(PageMixin, FilterView):
    """``/assets/export.xlsx``: the filtered ledger under the heads of the import; persons masked."""

    filterset_class = AssetFilter
    strict = False

    def get_queryset(self) -> QuerySet:
        return queries.ledger(self.scoped(Asset.objects), clock.today()).order_by(
            "unit__division__path", "unit__code"
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows = AssetFilter(request.GET, queryset=self.get_queryset(), request=request).qs
        content = ledger_workbook(rows, day=clock.today(), title=self.division.name)
        answer = HttpResponse(content, content_type=XLSX)
        name = _("ledger %(place)s %(day)s.xlsx") % {"place": self.division.name, "day": clock.today()}
        answer["Content-Disposition"] = content_disposition_header(True, name)
        return answer
