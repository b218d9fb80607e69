"""What cases put on the workbench, into the contents of the register, on a unit's page. 中文：案件入口"""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from land import case_page as page
from land.case_codes import AT_WORK, Stage
from land.models import Case
from land.queries.cases import deadlines
from registry import badges, directory, display, panels, workbench
from registry.codes import Role, UnitKind
from registry.panels import Panel, UnitAction
from registry.queries.sheet import UnitSheet
from registry.workbench import SHOWN, Desk, Figure, Queue, Remedy, Task

OFFICERS = frozenset({Role.LAND_OFFICER})
SUPERVISORS = frozenset({Role.COUNTY})
MOST = 500  # cases of a desk that are looked at for the most urgent


def collect_cases(desk: Desk) -> list[list[Task]]:
    """Cases at work, the most urgent first; for the county those that wait to be confirmed. Three queries."""
    rows = desk.scoped(Case.objects.in_force()).select_related("unit__division").order_by("stage_since", "pk")
    if Role.LAND_OFFICER in desk.roles:
        rows = rows.filter(stage__in=AT_WORK).exclude(stage=Stage.SUSPECTED)
    else:
        rows = rows.filter(stage=Stage.SUSPECTED)
    found = list(rows[:MOST])
    limits = deadlines(found) if found else {}
    last = max((one.due for one in limits.values() if one.due), default=desk.day)
    if Role.LAND_OFFICER in desk.roles:  # the overdue ones come to him as findings (E03)
        found = [case for case in found if case.pk not in limits or not limits[case.pk].late_on(desk.day)]
    found.sort(key=lambda case: (getattr(limits.get(case.pk), "due", None) or last, case.pk))
    return [[_task(case, limits.get(case.pk), desk) for case in found[:SHOWN]]]


def _task(case: Case, limit: Any, desk: Desk) -> Task:
    due = limit.due if limit else None
    note = _("%(place)s: %(stage)s since %(since)s") % {
        "place": case.unit.division.name,
        "stage": case.get_stage_display(),
        "since": display.day(case.stage_since),
    }  # fmt: skip
    if due:
        note = _("%(note)s; due %(due)s") % {"note": note, "due": display.day(due)}
    late = limit is not None and limit.late_on(desk.day)
    return Task(
        title=case.unit.name,
        note=note,
        url=reverse("case", args=[case.unit_id]),
        act=_("Go on"),
        sign="redline",
        badge=badges.OVERDUE if late else page.stage_badge(case.stage),
    )


def read_cases(desk: Desk) -> dict[str, Any] | None:
    """How many cases are at work. One query."""
    count = desk.scoped(Case.objects.in_force()).filter(stage__in=AT_WORK).count()
    return {
        "label": _("Cases at work"),
        "value": count,
        "kind": "count",
        "icon_name": "redline",
        "url": reverse("cases"),
    }


def _case_of(sheet: UnitSheet) -> Case | None:
    if sheet.unit.kind != UnitKind.CASE:
        return None
    return Case.objects.select_related("unit__division", "party").filter(unit=sheet.unit).first()


def case_panel(sheet: UnitSheet) -> dict[str, Any] | None:
    """The case of a unit of that kind. 中文：案件"""
    case = _case_of(sheet)
    if case is None:
        return None
    return {
        "badges": page.badges_of(case),
        "due": page.due_of(case, sheet.day),
        "url": reverse("case", args=[case.unit_id]),
    }


def points_url(sheet: UnitSheet) -> str | None:
    """Boundary points of what has an outline."""
    shape = sheet.shape
    return reverse("boundary_points", args=[sheet.unit.pk]) if shape is not None and shape.area_m2 else None


def _of_finding(finding: Any) -> str | None:
    return reverse("case", args=[finding.unit_id]) if finding.unit_id else None


workbench.register(
    Queue(key="cases", order=25, roles=OFFICERS | SUPERVISORS, collect=collect_cases),
    Figure(key="cases", order=25, roles=OFFICERS, read=read_cases),
)
for _rule in ("E01", "E02", "E03", "E04", "P11"):
    workbench.register_remedy(
        _rule,
        Remedy(act=gettext_lazy("Go to the case"), url=_of_finding, sign="redline", order=30),
    )
directory.register(
    directory.Tile(
        label=gettext_lazy("Cases"),
        url_name="cases",
        icon="redline",
        note=gettext_lazy("clues, field verification, rectification, closure"),
        order=55,
    )  # 执法案件
)
panels.register(
    Panel(
        key="case",
        title=gettext_lazy("The case"),
        order=10,
        template="land/cases/panel.html",
        context=case_panel,
        icon="redline",
    ),
    UnitAction(
        key="boundary_points",
        label=gettext_lazy("Boundary points (TXT)"),
        order=75,
        icon="export",
        verb="see_parcels",
        url=points_url,
    ),
)
