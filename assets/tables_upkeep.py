"""Tables of the upkeep lists (django-tables2)."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assets import costs, due
from assets.models import Asset, InspectionPlan, Repair, UpkeepStandard
from registry import badges, clock, display
from registry.models import Unit
from registry.tables import DAY, NUM, cell, link, place
from registry.templatetags.ui import render_badge

REPAIR_STATES = {
    "ordered": badges.Badge(_("Repair ordered"), "tool", "act"),  # 已派修
    "late": badges.Badge(_("Repair late"), "overdue", "todo"),  # 维修逾期
    "deferred": badges.Badge(_("Put off"), "clock", "calm"),  # 已延期
    "done": badges.Badge(_("Done, to be checked"), "half", "act"),  # 待验收
    "checked": badges.Badge(_("Checked"), "done", "good"),  # 已验收
}


def _grouped(value: Any) -> str:
    return display.DASH if value is None else display.grouped(value)


def unit_cell(unit: Unit) -> Any:
    return cell(link(reverse("unit", args=[unit.code]), unit.name), unit.code)


class DueTable(tables.Table):
    """One row a thing: what, where, who, when it was looked at last and when next."""

    name = tables.Column(verbose_name=_("name"))
    division = tables.Column(verbose_name=_("place"), order_by="division__path")
    person = tables.Column(verbose_name=_("responsible person"), empty_values=())
    last_inspection = tables.Column(verbose_name=_("last inspection"), attrs=DAY)
    due_on = tables.Column(verbose_name=_("inspection due on"), empty_values=(), attrs=DAY)
    act = tables.Column(verbose_name="", empty_values=(), orderable=False)

    class Meta:
        model = Unit
        fields = ("name", "division", "person", "last_inspection", "due_on", "act")
        empty_text = _("Nothing is to be inspected here")

    def __init__(self, *args: Any, names: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = names

    def render_name(self, record: Any) -> Any:
        return unit_cell(record)

    def render_division(self, record: Any) -> Any:
        return place(record.division)

    def render_person(self, record: Any) -> Any:
        if not record.kept:
            return render_badge(badges.badge_of("upkeep", "no_keeper"))
        name = record.person or ""
        return cell((name if self.names else display.masked(name)) or display.DASH, record.body)

    def render_last_inspection(self, value: Any) -> Any:
        return cell(display.day(value), display.days_ago(value))

    def render_due_on(self, record: Any) -> Any:
        if record.due_on is None:
            return gettext("nothing to count from")
        badge = badges.badge_of("upkeep", due.due_state(record.due_in))
        every = gettext("every %(days)d days") % {"days": record.every}
        return cell(display.day(record.due_on), every) + render_badge(badge)

    def render_act(self, record: Any) -> Any:
        url = reverse("record_inspection", args=[record.pk]) + "?next=" + reverse("inspections_due")
        return link(url, gettext("Inspect"))


class RepairTable(tables.Table):
    """One row a repair: what is broken, where it stands, what it cost."""

    unit = tables.Column(verbose_name=_("thing"), order_by="unit__name")
    defect = tables.Column(verbose_name=_("defect"))
    found_on = tables.Column(verbose_name=_("found on"), attrs=DAY)
    due_on = tables.Column(verbose_name=_("to be done by"), attrs=DAY)
    cost = tables.Column(verbose_name=_("cost (yuan)"), attrs=NUM)
    payer = tables.Column(verbose_name=_("who pays"))
    state = tables.Column(verbose_name=_("state"), empty_values=(), orderable=False)

    class Meta:
        model = Repair
        fields = ("unit", "defect", "found_on", "due_on", "cost", "payer", "state")
        empty_text = _("No repair here")
        empty_help = _("A repair is ordered from the inspection that found the defect.")

    def render_unit(self, record: Repair) -> Any:
        return unit_cell(record.unit)

    def render_defect(self, record: Repair) -> Any:
        return cell(link(reverse("repair", args=[record.pk]), record.defect), record.worker)

    def render_found_on(self, value: Any) -> str:
        return display.day(value)

    def render_due_on(self, value: Any) -> str:
        return display.day(value)

    def render_cost(self, value: Any) -> str:
        return display.grouped(value)

    def render_payer(self, record: Repair) -> Any:
        return cell(record.get_payer_display(), record.payer_name)

    def render_state(self, record: Repair) -> Any:
        return render_badge(REPAIR_STATES[record.state(clock.today())])


class StandardTable(tables.Table):
    """One row a standard."""

    title = tables.Column(verbose_name=_("title"))
    subtype = tables.Column(verbose_name=_("sub-type"))
    division = tables.Column(verbose_name=_("division"), accessor="division__name", order_by="division__path")
    items = tables.Column(verbose_name=_("items of the standard"), accessor="items_count", attrs=NUM)
    regime = tables.Column(verbose_name=_("rules of upkeep"), accessor="regime__number")
    begin = tables.Column(
        verbose_name=_("in force from"), accessor="valid__lower", orderable=False, attrs=DAY
    )

    class Meta:
        model = UpkeepStandard
        fields = ("title", "subtype", "division", "items", "regime", "begin")
        empty_text = _("No standard is set here")
        empty_help = _("A standard of the county holds for every asset of its sub-type.")

    def render_title(self, record: UpkeepStandard) -> Any:
        return cell(link(reverse("upkeep_standard", args=[record.pk]), record.title), str(record.source))

    def render_begin(self, value: Any) -> str:
        return display.day(value)


class PlanTable(tables.Table):
    """One row a plan."""

    what = tables.Column(
        verbose_name=_("what is looked at"), empty_values=(), order_by=("subtype", "unit__name")
    )
    division = tables.Column(verbose_name=_("division"), accessor="division__name", order_by="division__path")
    every_days = tables.Column(verbose_name=_("every how many days"), attrs=NUM)
    valid = tables.Column(verbose_name=_("validity"), orderable=False, attrs=DAY)
    act = tables.Column(verbose_name="", empty_values=(), orderable=False)

    class Meta:
        model = InspectionPlan
        fields = ("what", "division", "every_days", "valid", "act")
        empty_text = _("No plan is set here")
        empty_help = _("Without a plan the limit of UPK-06 says when the next inspection is due.")

    def __init__(self, *args: Any, may: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.may = may

    def render_what(self, record: InspectionPlan) -> Any:
        return unit_cell(record.unit) if record.unit else record.get_subtype_display()

    def render_valid(self, value: Any) -> str:
        return display.period(value)

    def render_act(self, record: InspectionPlan) -> Any:
        if not self.may or record.valid.upper is not None:
            return ""
        return link(reverse("inspection_plan_end", args=[record.pk]), gettext("End it"))


class CostTable(tables.Table):
    """One row an asset: what upkeep cost in the year, per kilometre and per person served."""

    unit = tables.Column(verbose_name=_("thing"), order_by="unit__name")
    division = tables.Column(
        verbose_name=_("place"), accessor="unit__division", order_by="unit__division__path"
    )
    inspections_made = tables.Column(verbose_name=_("inspections"), attrs=NUM)
    repairs_done = tables.Column(verbose_name=_("repairs"), attrs=NUM)
    cost = tables.Column(verbose_name=_("cost (yuan)"), attrs=NUM)
    budget = tables.Column(verbose_name=_("annual budget (yuan)"), attrs=NUM)
    per_km = tables.Column(verbose_name=_("per kilometre"), empty_values=(), orderable=False, attrs=NUM)
    per_person = tables.Column(
        verbose_name=_("per person served"), empty_values=(), orderable=False, attrs=NUM
    )

    class Meta:
        model = Asset
        fields = (
            "unit", "division", "inspections_made", "repairs_done", "cost", "budget", "per_km", "per_person",
        )  # fmt: skip
        empty_text = _("No upkeep in this year")

    def before_render(self, request: Any) -> None:
        rows = self.page.object_list if getattr(self, "page", None) else self.rows
        units = [row.record.unit_id for row in rows]
        self.served = costs.served(units, clock.today())

    def render_unit(self, record: Asset) -> Any:
        return unit_cell(record.unit)

    def render_division(self, record: Asset) -> Any:
        return place(record.unit.division)

    def render_cost(self, value: Any) -> str:
        return display.grouped(value)

    def render_budget(self, value: Any) -> str:
        return display.grouped(value)

    def render_per_km(self, record: Any) -> str:
        return _grouped(costs.per_km(record.cost, record.length_m))

    def render_per_person(self, record: Any) -> str:
        persons = getattr(self, "served", {}).get(record.unit_id)
        return _grouped(costs.per_person(record.cost, persons))
