"""Tables and filters of stocktakes (django-tables2, django-filter). 中文：清查列表"""

from __future__ import annotations

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.models import Stocktake, StocktakeLine
from assets.stocktake_codes import CampaignState, Difference, Found
from registry import badges, display
from registry.tables import NUM, cell, link, place
from registry.templatetags.ui import render_badge

STATES = {
    CampaignState.OPENING: badges.Badge(CampaignState.OPENING.label, "clock", "unknown"),
    CampaignState.COUNTING: badges.Badge(CampaignState.COUNTING.label, "eye", "act"),
    CampaignState.SETTLING: badges.Badge(CampaignState.SETTLING.label, "warning", "todo"),
    CampaignState.CLOSED: badges.Badge(CampaignState.CLOSED.label, "done", "good"),
}
AGREES = badges.Badge(gettext_lazy("as in the ledger"), "done", "good")  # 账实相符
UNCOUNTED = badges.Badge(gettext_lazy("not counted yet"), "clock", "unknown")  # 未清点


class CampaignTable(tables.Table):
    title = tables.Column(verbose_name=gettext_lazy("stocktake"))
    period = tables.Column(verbose_name=gettext_lazy("period"), orderable=False)
    ledger_day = tables.Column(verbose_name=gettext_lazy("ledger of"))
    state = tables.Column(verbose_name=gettext_lazy("state"))

    class Meta:
        model = Stocktake
        fields = ("title", "period", "ledger_day", "state")
        empty_text = gettext_lazy("No stocktake yet")
        empty_help = gettext_lazy("Open one: the ledger of a day becomes the list that is counted.")

    def render_title(self, record: Stocktake) -> Any:
        return cell(link(reverse("stocktake", args=[record.pk]), record.title), record.division.name)

    def render_period(self, value: Any) -> Any:
        return display.period(value)

    def render_ledger_day(self, value: Any) -> Any:
        return display.day(value)

    def render_state(self, record: Stocktake) -> Any:
        return render_badge(STATES[CampaignState(record.state)])


class CampaignFilter(filters.FilterSet):
    state = filters.ChoiceFilter(
        label=gettext_lazy("state"), choices=CampaignState.choices[1:], empty_label=gettext_lazy("all")
    )

    class Meta:
        model = Stocktake
        fields: list[str] = []


class LineTable(tables.Table):
    """One row a thing of the list."""

    number = tables.Column(verbose_name=gettext_lazy("no."), attrs=NUM)
    name = tables.Column(verbose_name=gettext_lazy("name"))
    division = tables.Column(verbose_name=gettext_lazy("village"), order_by="division__path")
    quantity = tables.Column(verbose_name=gettext_lazy("in the ledger"), attrs=NUM, empty_values=())
    found = tables.Column(verbose_name=gettext_lazy("outcome of the count"), empty_values=(), orderable=False)

    class Meta:
        model = StocktakeLine
        fields = ("number", "name", "division", "quantity", "found")
        sequence = ("name", "number", "division", "quantity", "found")
        empty_text = gettext_lazy("No line of this sort")

    def render_name(self, record: Any) -> Any:
        return cell(
            link(reverse("stock_line", args=[record.pk]), record.name), record.code or _("on no list")
        )

    def render_division(self, record: Any) -> Any:
        return place(record.division)

    def render_quantity(self, record: Any) -> Any:
        if record.quantity is None:
            return display.DASH
        return f"{record.quantity.normalize():f} {record.measure}"

    def render_found(self, record: Any) -> Any:
        if record.count_id is None:
            return render_badge(UNCOUNTED)
        if not record.differs:
            return render_badge(AGREES)
        open_ones = set(record.differs) - set(record.settled or [])
        words = "、".join(str(Difference(kind).label) for kind in record.differs)
        badge = badges.Badge(words, "warning" if open_ones else "check", "todo" if open_ones else "calm")
        return cell(render_badge(badge), _("to be settled") if open_ones else _("settled"))


WHAT = (
    ("uncounted", gettext_lazy("not counted yet")),
    ("open", gettext_lazy("to be settled")),
    ("differs", gettext_lazy("differs")),
    ("agrees", gettext_lazy("as in the ledger")),
    ("surplus", Difference.SURPLUS.label),
)


class LineFilter(filters.FilterSet):
    q = filters.CharFilter(label=gettext_lazy("name or code"), method="by_words")
    what = filters.ChoiceFilter(
        label=gettext_lazy("how it came out"), choices=WHAT, method="by_what", empty_label=gettext_lazy("all")
    )

    class Meta:
        model = StocktakeLine
        fields: list[str] = []

    def by_words(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        return rows.filter(name__icontains=value.strip()) | rows.filter(code__icontains=value.strip())

    def by_what(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        differing = rows.filter(counts__annulled=None, counts__differences__len__gt=0)
        return {
            "uncounted": lambda: rows.filter(count_id=None, unit__isnull=False),
            "differs": lambda: differing,
            "open": lambda: differing.exclude(pk__in=_all_settled(differing)),
            "agrees": lambda: rows.filter(found=Found.PRESENT).exclude(pk__in=differing.values("pk")),
            "surplus": lambda: rows.filter(unit=None),
        }[value]()


def _all_settled(differing: QuerySet) -> list[int]:
    """Lines whose every difference is settled."""
    return [
        pk
        for pk, differs, settled in differing.values_list("pk", "differs", "settled")
        if not set(differs) - set(settled or [])
    ]
