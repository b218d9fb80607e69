"""Tables of the ledger and of the placing queue (django-tables2)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from assets.codes import AssetClass
from assets.models import Asset
from registry import badges, display
from registry.models import Unit
from registry.tables import cell, link, place
from registry.templatetags.ui import render_badge

NUM = {"th": {"class": "num"}, "td": {"class": "num"}, "tf": {"class": "num"}}


class AssetTable(tables.Table):
    """One row an asset: what, where, how much, who keeps it up, and what is amiss."""

    name = tables.Column(verbose_name=_("name"), accessor="unit__name", footer=_("together"))
    division = tables.Column(
        verbose_name=_("place"), accessor="unit__division__name", order_by="unit__division__path"
    )
    subtype = tables.Column(verbose_name=_("class and sub-type"), order_by=("asset_class", "subtype"))
    original_value = tables.Column(verbose_name=_("original value (yuan)"), attrs=NUM)
    area = tables.Column(verbose_name=_("area"), accessor="area_m2", attrs=NUM)
    keeper = tables.Column(verbose_name=_("upkeep"), empty_values=())
    state = tables.Column(verbose_name=_("state"), accessor="unit__state")

    class Meta:
        model = Asset
        fields = ("name", "division", "subtype", "original_value", "area", "keeper", "state")
        empty_text = _("No asset of this sort")

    def __init__(
        self, *args: Any, sums: dict[str, Any] | None = None, names: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sums, self.names = sums or {}, names

    def render_name(self, record: Asset) -> Any:
        where = _("not on the map")
        if record.placed:
            where = link(f"/map/?unit={quote(record.unit.code)}", _("on the map"))
        below = format_html("{} · {}", record.unit.code, where)
        return cell(link(reverse("unit", args=[record.unit.code]), record.unit.name), below)

    def render_division(self, record: Asset) -> Any:
        return place(record.unit.division)

    def render_subtype(self, record: Asset) -> Any:
        return cell(record.get_subtype_display(), record.get_asset_class_display())

    def render_original_value(self, value: Any) -> str:
        return display.grouped(value)

    def render_area(self, value: Any) -> Any:
        return display.area(value) if value else display.DASH

    def render_keeper(self, record: Asset) -> Any:
        if record.keeper:
            person = (record.person if self.names else display.masked(record.person)) if record.person else ""
            return cell(record.keeper, person)
        if record.asset_class == AssetClass.HOUSEHOLD:
            return render_badge(badges.badge_of("upkeep", "not_needed"))
        if record.asset_class == AssetClass.PUBLIC_WELFARE:
            return render_badge(badges.badge_of("upkeep", "no_keeper"))
        return display.DASH

    def render_state(self, record: Asset) -> Any:
        state = render_badge(badges.badge_of("unit", record.unit.state))
        if not record.findings:
            return state
        found = link(reverse("unit", args=[record.unit.code]), display.counted(record.findings, "finding"))
        return cell(state, found)

    def order_keeper(self, rows: Any, descending: bool) -> tuple[Any, bool]:
        return rows.order_by(("-" if descending else "") + "keeper", "pk"), True


class PlacingTable(tables.Table):
    """Units whose place is known to the village only."""

    name = tables.Column(verbose_name=_("name"))
    division = tables.Column(verbose_name=_("village"), accessor="division__name", order_by="division__path")
    state_since = tables.Column(verbose_name=_("since"))
    act = tables.Column(verbose_name="", empty_values=(), orderable=False)

    class Meta:
        model = Unit
        fields = ("name", "division", "state_since", "act")
        empty_text = _("Everything has its place on the map")

    def render_name(self, record: Unit) -> Any:
        return format_html(
            '<a href="{}">{}</a><span class="sub">{}</span>',
            reverse("unit", args=[record.code]),
            record.name,
            record.code,
        )

    def render_division(self, record: Unit) -> Any:
        return place(record.division)

    def render_state_since(self, record: Unit) -> Any:
        return display.day(record.state_since)

    def render_act(self, record: Unit) -> Any:
        return format_html(
            '<a class="button" href="{}">{}</a>',
            reverse("place_unit", args=[record.pk]),
            _("Put it on the map"),
        )
