"""What is due next on an asset, with its day and the act that answers it. 中文：下一步（按日期）"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum, Window
from django.urls import reverse
from django.utils.translation import gettext as _

from assets.models import Asset, Repair
from assets.panels import due_of
from registry import access, display
from registry.queries.prepared import Prepared
from registry.queries.sheet import UnitSheet

REPAIRS_SHOWN = 6
_REPAIRS = Prepared(
    lambda unit, day: Repair.objects.in_force().filter(unit=unit, found_on__lte=day)
    .annotate(together=Window(Sum("cost")))[:REPAIRS_SHOWN]
)  # fmt: skip


@dataclass(frozen=True)
class Coming:
    """One thing that is due: in words, late or not, and where this user acts on it (empty: nowhere)."""

    label: str
    late: bool
    act: str = ""
    url: str = ""
    icon: str = "clock"


def repairs_of(sheet: UnitSheet) -> list[Any]:
    """Its repairs, the latest first, each with what all of them cost ``together``; read once."""
    if "repairs" not in sheet.memory:
        sheet.memory["repairs"] = _REPAIRS(sheet.unit.pk, sheet.day)
    return sheet.memory["repairs"]


def coming_of(sheet: UnitSheet, asset: Asset) -> list[Coming]:
    """The next inspection and the repairs that are not over, the earliest first."""
    found = [_inspection(sheet, asset), *(_repair(sheet, row) for row in repairs_of(sheet))]
    dated = sorted((row for row in found if row is not None), key=lambda pair: pair[0])
    return [coming for _day, coming in dated]


def _inspection(sheet: UnitSheet, asset: Asset) -> tuple[dt.date, Coming] | None:
    unit = due_of(sheet, asset)
    if unit is None or unit.due_on is None:
        return None
    late = unit.due_on < sheet.day
    words = _("Inspection overdue since %(day)s") if late else _("Next inspection by %(day)s")
    may = access.may(sheet.user, "record_inspection", sheet.unit.division)
    url = reverse("record_inspection", args=[sheet.unit.pk]) if may else ""
    label = words % {"day": display.day(unit.due_on)}
    return unit.due_on, Coming(label, late, _("Record an inspection"), url, "eye")


def _repair(sheet: UnitSheet, row: Repair) -> tuple[dt.date, Coming] | None:
    state = row.state(sheet.day)
    if state == "checked":
        return None
    words = {
        "done": _("Repair done, to be checked: %(defect)s"),
        "deferred": _("Repair put off until %(day)s: %(defect)s"),
        "late": _("Repair late since %(day)s: %(defect)s"),
        "ordered": _("Repair to be done by %(day)s: %(defect)s"),
    }
    days = {"done": row.done_on, "deferred": row.deferred_until}
    day = days.get(state) or row.due_on or row.found_on
    label = words[state] % {"day": display.day(day), "defect": row.defect}
    return day, Coming(label, state == "late", _("To the repair"), reverse("repair", args=[row.pk]), "tool")
