"""``/assets/``: the ledger 台账, filtered, summed, given away, and shown on the map."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets import queries
from assets.exporters.ledger import COLUMNS, INCOME_HEADS, preparer
from assets.filters import AssetFilter
from assets.models import Asset
from assets.services.own import PERMISSION
from assets.tables import AssetTable
from registry import access, clock, display
from registry.exports import Column
from registry.queries.keyed import Keyed
from registry.views.generic import ListPage
from registry.views.listing import BulkAct


class AssetListView(ListPage):
    """The ledger of the division, with its sums."""

    title = gettext_lazy("Asset ledger")
    model = Asset
    table_class = AssetTable
    filterset_class = AssetFilter
    noun = "asset"
    template_name = "assets/ledger.html"
    export_unit = "unit_id"
    export_heading = True
    bulk_acts = (
        BulkAct(gettext_lazy("Name a keeper for all that match"), "assets_keepers", "open_entry", "person"),
        BulkAct(
            gettext_lazy("Record an inspection of all that match"),
            "assets_inspections",
            "record_inspection",
            "check",
        ),
        BulkAct(gettext_lazy("Print labels"), "asset_labels", "view", "print"),
        BulkAct(gettext_lazy("Inspection pack"), "pack_new", "make_pack", "file"),
    )

    def get_queryset(self) -> QuerySet:
        return queries.ledger(self.scoped(Asset.objects), clock.today()).order_by(*queries.IN_ORDER)

    def get_table_data(self) -> Any:
        day, paths = clock.today(), access.scope_paths(self.request.user)
        listed = partial(queries.LEDGER_KEYS, day, self.division.path, *paths)
        return Keyed(
            self.object_list,
            "original_value",
            "area_m2",
            read=lambda keys: queries.LEDGER_ROWS(day, *keys),
            listed=None if self.narrowing or not paths else listed,
        )

    def get_table_kwargs(self) -> dict[str, Any]:
        return {**super().get_table_kwargs(), "names": access.may(self.request.user, "see_personal")}

    def get_export_columns(self) -> list[Column]:
        """Who owns the income and what contracts bring is for the roles that may see it."""
        income = access.may(self.request.user, "see_income", self.division)
        return [column for column in COLUMNS if income or column.official not in INCOME_HEADS]

    def made_export(self, **asked: Any) -> Any:
        self.export_prepare = self.get_preparer()  # type: ignore[method-assign]
        return super().made_export(**asked)

    def get_preparer(self) -> Any:
        """What fetches what the columns need, for a chunk of rows."""
        return preparer(clock.today())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        _keys, values, areas = zip(*context["table"].data.data.keys or [(None, None, None)], strict=True)
        value, area = (_together(found) for found in (values, areas))
        words = [
            _("original value together: %(sum)s") % {"sum": display.money(value)},
            _("area together: %(sum)s") % {"sum": f"{display.mu(area)} ({display.m2(area)})"},
        ]
        may = access.may(self.request.user, PERMISSION, self.division)
        return {**context, "lead": self.division.name, "extra": " · ".join(words), "may_register": may}


def _together(values: Iterable[Any]) -> Any:
    """The sum of what is known; None where nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


class AssetExportView(AssetListView):
    """``/assets/export.xlsx``: the filtered ledger under the heads of the import; persons masked."""

    page_name = "assets"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self.export("xlsx")
