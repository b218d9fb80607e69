"""Repairs: the list, and one repair with its next act. 中文：维修"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.filters_upkeep import RepairFilter
from assets.models import Repair
from assets.tables_upkeep import REPAIR_STATES, RepairTable
from registry import access, clock, display
from registry.exports import Column
from registry.views.generic import FIRST, ListPage, Page

from .due import UPKEEP, upkeep_tabs

REPAIRS = (gettext_lazy("Repairs"), "/repairs/")


class RepairListView(ListPage):
    """``/repairs/``: defects that are in hand, and what became of them."""

    title = gettext_lazy("Repairs")
    crumbs = (UPKEEP,)
    model = Repair
    table_class = RepairTable
    filterset_class = RepairFilter
    noun = "repair"
    template_name = "assets/upkeep/list.html"
    export_unit = "unit_id"
    export_columns = (
        Column("资产编码", lambda row: row.unit.code, "code", 30),
        Column("资产名称", lambda row: row.unit.name, width=28),
        Column("问题", lambda row: row.defect, width=28),
        Column("发现日期", lambda row: row.found_on, "date"),
        Column("派修日期", lambda row: row.ordered_on, "date"),
        Column("维修单位", lambda row: row.worker, width=20),
        Column("完成期限", lambda row: row.due_on, "date"),
        Column("延期至", lambda row: row.deferred_until, "date"),
        Column("延期理由", lambda row: row.defer_reason, width=24),
        Column("完成日期", lambda row: row.done_on, "date"),
        Column("维修内容", lambda row: row.work, width=28),
        Column("实际费用（元）", lambda row: row.cost, "money"),
        Column("出资方", lambda row: str(row.get_payer_display())),
        Column("出资单位", lambda row: row.payer_name, width=20),
        Column("验收日期", lambda row: row.checked_on, "date"),
        Column("验收人", lambda row: row.checked_by, person=True),
    )

    def get_queryset(self) -> QuerySet:
        rows = self.scoped(Repair.objects).in_force()
        return rows.select_related("unit__division__parent").order_by("-found_on", "-pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tabs=upkeep_tabs("repairs"), **kwargs)


class RepairPage(Page):
    """``/repairs/<id>/``: where a repair stands and what comes next."""

    template_name = "assets/upkeep/repair.html"

    @cached_property
    def repair(self) -> Repair:
        rows = Repair.objects.visible_to(self.request.user).in_force()
        return get_object_or_404(rows.select_related("unit__division", "inspection"), pk=self.kwargs["pk"])

    def get_title(self) -> Any:
        return _("Repair of %(unit)s") % {"unit": self.repair.unit.name}

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return [FIRST, UPKEEP, REPAIRS, (self.get_title(), "")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        repair, user = self.repair, self.request.user
        names = access.may(user, "see_personal", repair.unit.division)
        state = repair.state(clock.today())
        return super().get_context_data(
            repair=repair,
            badge=REPAIR_STATES[state],
            facts=facts_of(repair, names),
            acts=self._acts(state),
            unit_url=reverse("unit", args=[repair.unit.code]),
            may_strike=access.may(user, "order_repair", repair.unit.division),
            **kwargs,
        )

    def _acts(self, state: str) -> list[dict[str, Any]]:
        """What may be done next, the likeliest first."""
        repair, user = self.repair, self.request.user
        offered: list[tuple[str, str, Any, str]] = []
        if repair.ordered_on is None and repair.inspection_id:
            offered.append(("order_repair", "order", _("Order the repair"), "tool"))
        elif repair.done_on is None and repair.ordered_on is not None:
            offered.append(("report_repair", "repair_done", _("Report it done"), "check"))
        if state == "done":
            offered.append(("check_repair", "repair_check", _("Check the work"), "eye"))
        if repair.done_on is None:
            offered.append(("order_repair", "repair_put_off", _("Put it off"), "clock"))
        found = []
        for verb, name, label, sign in offered:
            if access.may(user, verb, repair.unit.division):
                found.append({"url": self._url(name), "label": label, "sign": sign})
        return found

    def _url(self, name: str) -> str:
        if name == "order":
            address = reverse("repair_order", args=[self.repair.unit_id])
            return f"{address}?inspection={self.repair.inspection_id}"
        return reverse(name, args=[self.repair.pk])


def facts_of(repair: Repair, names: bool) -> list[tuple[Any, Any]]:
    """What is known of a repair, in its order; persons masked unless ``names``."""

    def person(name: str) -> str:
        return name if names else display.masked(name)

    lines = [
        (_("defect"), repair.defect),
        (_("found on"), display.day(repair.found_on)),
        (_("repair ordered on"), display.day(repair.ordered_on)),
        (_("who repairs it"), repair.worker),
        (_("to be done by"), display.day(repair.due_on)),
        (_("estimate (yuan)"), display.money(repair.estimate) if repair.estimate is not None else ""),
        (_("put off until"), display.day(repair.deferred_until)),
        (_("reason for putting it off"), repair.defer_reason),
        (_("done on"), display.day(repair.done_on)),
        (_("done by"), repair.done_by),
        (_("what was done"), repair.work),
        (_("cost (yuan)"), display.money(repair.cost) if repair.cost is not None else ""),
        (_("who pays"), " ".join(filter(None, (str(repair.get_payer_display()), repair.payer_name)))),
        (_("checked on"), display.day(repair.checked_on)),
        (_("checked by"), person(repair.checked_by)),
    ]
    return [line for line in lines if line[1] and line[1] != display.DASH]
