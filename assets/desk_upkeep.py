"""What upkeep puts on the workbench: repairs that are late or wait for a check. 中文：工作台——维修"""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets import defects
from assets.models import Inspection, Repair
from assets.tables_upkeep import REPAIR_STATES
from registry import display, workbench
from registry.codes import Role
from registry.workbench import SHOWN, Desk, Figure, Queue, Remedy, Task

MANAGERS = frozenset({Role.ASSET_MANAGER})


def collect_repairs(desk: Desk) -> list[list[Task]]:
    """Repairs that are late, then those that somebody has to check."""
    rows = desk.scoped(Repair.objects)
    late = defects.late_repairs(rows, desk.day)[:SHOWN]
    done = rows.open().filter(done_on__isnull=False, unit__annulled=None, unit__left_on=None)
    done = done.exclude(reported_by=desk.user).select_related("unit__division").order_by("done_on", "pk")
    return [
        [_task(row, "late", _("%(place)s: “%(defect)s”, to be done by %(day)s.")) for row in late],
        [_task(row, "done", _("%(place)s: “%(defect)s”, reported done on %(day)s.")) for row in done[:SHOWN]],
    ]


def _task(repair: Repair, state: str, note: str) -> Task:
    day = repair.done_on if state == "done" else repair.due_on or repair.deferred_until
    said = {"place": repair.unit.division.name, "defect": repair.defect, "day": display.day(day)}
    name = "repair_check" if state == "done" else "repair"
    return Task(
        title=repair.unit.name,
        note=note % said,
        url=reverse(name, args=[repair.pk]),
        act=_("Check the work") if state == "done" else _("Look into it"),
        sign="tool",
        badge=REPAIR_STATES[state],
    )


def read_defects(desk: Desk) -> dict[str, Any]:
    """How many defects nobody has taken up."""
    n = defects.unsettled(desk.scoped(Inspection.objects), desk.day).count()
    return {
        "label": _("Defects that wait"),
        "value": n,
        "kind": "count",
        "tone": "todo" if n else "",
        "icon_name": "tool",
        "note": _("neither repaired nor put off"),
        "url": reverse("findings") + "?rule=UPK-07",
    }


def _of_unit(name: str) -> Any:
    return lambda finding: reverse(name, args=[finding.unit_id]) if finding.unit_id else None


workbench.register(
    Queue(key="repairs", order=32, roles=MANAGERS, collect=collect_repairs),
    Figure(key="defects", order=35, roles=MANAGERS, read=read_defects),
)
for rule in ("UPK-03", "UPK-08", "UPK-12"):
    workbench.register_remedy(
        rule,
        Remedy(
            act=gettext_lazy("Enter the terms"), url=_of_unit("upkeep_terms"), sign="edit", verb="open_entry",
            order=30,
        ),
    )  # fmt: skip
workbench.register_remedy(
    "UPK-07",
    Remedy(
        act=gettext_lazy("Order the repair"), url=_of_unit("repair_order"), sign="tool", verb="order_repair",
        order=25,
    ),
)  # fmt: skip
