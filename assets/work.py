"""What waits for the asset manager, village by village: due, overdue, found. 中文：分村工作台"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assets.desk import due_by_place, keepers_by_place
from registry import workbench
from registry.codes import Level, Reading, Role
from registry.models import Division, Finding, Unit
from registry.navigation import NavItem
from registry.navigation import register as register_entry
from registry.queries import tallies
from registry.rules.base import all_rules
from registry.workbench import Board, Desk, Remedy

WORKERS = frozenset({Role.ASSET_MANAGER})
# The act that settles the findings of a rule, on the page of the thing itself.
SETTLES = {
    "REG-11": ("hand_over", _("Hand it over"), "people"),
    "STK-03": ("report_idle", _("Say that it is idle"), "clock"),
    "STK-04": ("plan_recovery", _("Set a plan"), "calendar"),
    "STK-05": ("recover", _("Say what became of it"), "check"),
    "STK-07": ("settle_use", _("Settle the use"), "check"),
    "DSP-02": ("book_proceeds", _("Book the proceeds"), "money"),
    "DSP-05": ("report_ruin", _("Report it"), "export"),
    "REG-05": ("leave_out", _("Declare it outside"), "filter"),
}


@dataclass
class VillageWork:
    """What waits in one village."""

    division: Division
    due: int = 0
    overdue: int = 0
    unassigned: int = 0
    idle: int = 0
    new: int = 0
    open: int = 0
    links: dict[str, str] = field(default_factory=dict)

    @property
    def together(self) -> int:
        return self.due + self.overdue + self.unassigned + self.open


def villages_of(desk: Desk) -> list[VillageWork]:
    """The villages of the division with what waits in each, most first. Five queries for any number."""
    places = Division.objects.on(desk.day).visible_to(desk.user).within(desk.division)
    villages = {place.pk: VillageWork(place) for place in places.filter(level=Level.VILLAGE).order_by("path")}
    of = _village_of(villages)
    for path, (late, soon) in due_by_place(desk).items():
        work = villages.get(of(path))
        if work is not None:
            work.overdue += late
            work.due += soon
    for path, number in keepers_by_place(desk).items():
        if (work := villages.get(of(path))) is not None:
            work.unassigned += number
    idle = desk.scoped(Unit.objects.on(desk.day)).filter(state__in=("idle", "inefficient"))
    _count(villages, of, "idle", idle)
    for row in tallies.of_offices(tallies.tally(desk), [Role.ASSET_MANAGER], own=False):
        work = villages.get(of(row.path))
        if work is not None:
            work.open += row.n
            work.new += row.n if row.fresh else 0
    return sorted(villages.values(), key=lambda work: (-work.together, work.division.path))


def findings_of(desk: Desk) -> QuerySet[Finding]:
    """Open findings that the asset manager puts right."""
    own = [rule.id for rule in all_rules() if rule.office == Role.ASSET_MANAGER]
    mine = Q(office=Role.ASSET_MANAGER) | Q(office="", rule__in=own)
    return desk.scoped(Finding.objects.open()).filter(mine, reading=Reading.FOUND)


def _village_of(villages: dict[int, VillageWork]) -> Any:
    """The village that a path lies in; 0 where it lies in none."""

    def of(path: str) -> int:
        return next((int(part) for part in path.split("/") if part.isdigit() and int(part) in villages), 0)

    return of


def _count(villages: dict[int, VillageWork], of: Any, name: str, rows: Any) -> None:
    sums: dict[int, int] = defaultdict(int)
    for row in rows.order_by().values("division__path").annotate(n=Count("pk")):
        sums[of(row["division__path"])] += row["n"]
    for key, number in sums.items():
        if key in villages:
            setattr(villages[key], name, number)


def board(desk: Desk) -> dict[str, Any] | None:
    """The villages in which something waits, on the workbench."""
    waiting = [work for work in villages_of(desk) if work.together]
    return {"villages": waiting[:12], "more": max(len(waiting) - 12, 0), "url": reverse("asset_work")}


def _address(act: str) -> Any:
    return lambda finding: reverse("life_act", args=[finding.unit_id, act]) if finding.unit_id else None


for _rule, (_name, _label, _sign) in SETTLES.items():
    workbench.register_remedy(
        _rule, Remedy(act=_label, url=_address(_name), sign=_sign, verb="register_unit", order=30)
    )
workbench.register(
    Board(key="villages", order=10, roles=WORKERS, template="assets/desk/villages.html", context=board)
)
register_entry(
    NavItem(label=_("By village"), url_name="asset_work", icon="pin", verb="register_unit", order=15)
)
