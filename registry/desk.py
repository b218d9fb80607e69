"""What the kernel itself puts on the workbench: findings, imports, totals. 中文：工作台"""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry import badges, rules, workbench
from registry.codes import BatchState, FindingState, Reading, Role
from registry.models import Finding, Grant, ImportBatch, Parameter
from registry.queries import findings as reading
from registry.queries.findings import by_township_and_rule
from registry.rules import all_rules
from registry.workbench import SHOWN, Board, Desk, Figure, Queue, Task

OFFICES = frozenset({Role.ASSET_MANAGER, Role.LAND_OFFICER, Role.FINANCE_OFFICER, Role.CLERK})
NEW = badges.Badge(_("new"), "finding", "act")
BASELINE = badges.Badge(_("baseline"), "history", "calm")
SUPERVISORS = frozenset({Role.COUNTY, Role.AUDITOR, Role.ADMIN})


def rules_of(desk: Desk) -> list[str]:
    """Rules whose findings this desk has to put right."""
    return [rule.id for rule in all_rules() if rule.office in desk.roles]


def collect_findings(desk: Desk) -> list[list[Task]]:
    """Open findings of the desk's offices, a list per rule: new before baseline, the gravest, the oldest."""
    turn = Window(
        RowNumber(),
        partition_by="rule",
        order_by=[F("baseline").asc(), F("severity").asc(), F("since").asc(), F("id").asc()],
    )
    rows = (
        desk.scoped(Finding.objects.open())
        .filter(rule__in=rules_of(desk), state=FindingState.OPEN, reading=Reading.FOUND)
        .annotate(turn=turn)
        .filter(turn__lte=SHOWN)
        .select_related("unit", "division")
        .defer("place")
        .order_by("rule", "turn")
    )
    lists = {rule: list(found) for rule, found in groupby(rows, lambda finding: finding.rule)}
    return [
        [_task(finding, desk) for finding in lists[rule]] for rule in sorted(lists, key=workbench.order_of)
    ]


def _task(finding: Finding, desk: Desk) -> Task:
    remedy = workbench.remedy_of(finding, desk.user)
    return Task(
        title=finding.unit.name if finding.unit else finding.division.name,
        note=reading.sentence(finding),
        url=(remedy and remedy.url(finding)) or reverse("finding", args=[finding.pk]),
        act=remedy.act if remedy else _("Look into it"),
        sign=remedy.sign if remedy else "finding",
        badge=BASELINE if finding.baseline else NEW,
    )


def read_findings(desk: Desk) -> dict[str, Any] | None:
    """New open findings of the desk's offices (of all, for supervisors); the baseline stands beside."""
    rows = desk.scoped(Finding.objects.open()).filter(reading=Reading.FOUND)
    if not desk.roles & SUPERVISORS:
        mine = rules_of(desk)
        if not mine:
            return None
        rows = rows.filter(rule__in=mine)
    counts = rows.aggregate(
        new=Count("pk", filter=Q(baseline=False)), old=Count("pk", filter=Q(baseline=True))
    )
    return {
        "label": _("New findings"),
        "value": counts["new"],
        "kind": "count",
        "icon_name": "finding",
        "tone": "todo" if counts["new"] else "",
        "note": _("baseline: %(n)d") % {"n": counts["old"]},
        "url": reverse("findings") + "?baseline=new",
    }


def totals_board(desk: Desk) -> dict[str, Any] | None:
    """Open findings by place below the division and by rule. 中文：问题分布"""
    table = by_township_and_rule(
        desk.scoped(Finding.objects.open()).filter(reading=Reading.FOUND), desk.division
    )
    if not table:
        return None
    used = sorted({rule for counts in table.values() for rule in counts})
    heads: list[Any] = [{"label": _("place")}]
    heads += [{"label": rule, "kind": "num"} for rule in used]
    heads += [{"label": _("together"), "kind": "num"}]
    rows = [
        [place.name, *[counts.get(rule, "") for rule in used], sum(counts.values())]
        for place, counts in table.items()
    ]
    sums = [sum(counts.get(rule, 0) for counts in table.values()) for rule in used]
    return {
        "heads": heads,
        "rows": rows,
        "total": [_("together"), *sums, sum(sums)],
        "titles": [(rule, reading_title(rule)) for rule in used],
    }


def reading_title(rule_id: str) -> Any:
    rule = rules.get(rule_id)
    return rule.title if rule else rule_id


def imports_board(desk: Desk) -> dict[str, Any] | None:
    """Files that came in last. 中文：最近导入"""
    rows = ImportBatch.objects.filter(Q(division=None) | Q(division__path__startswith=desk.division.path))
    return {"batches": list(rows.select_related("file", "created_by")[:5])}


def read_staged(desk: Desk) -> dict[str, Any] | None:
    staged = ImportBatch.objects.filter(state=BatchState.STAGED).count()
    return {
        "label": _("Imports waiting to be applied"),
        "value": staged,
        "kind": "count",
        "icon_name": "import",
        "url": reverse("imports"),
    }


def read_users(desk: Desk) -> dict[str, Any] | None:
    users = Grant.objects.on(desk.day).values("user").distinct().count()
    return {"label": _("People with a role"), "value": users, "kind": "count", "icon_name": "people"}


def read_parameters(desk: Desk) -> dict[str, Any] | None:
    values = Parameter.objects.filter(valid__contains=desk.day).count()
    return {"label": _("Parameters in force"), "value": values, "kind": "count", "icon_name": "gear"}


ADMIN = frozenset({Role.ADMIN})
workbench.register(
    Queue(key="findings", order=10, roles=OFFICES, collect=collect_findings),
    Figure(key="findings", order=10, roles=OFFICES | SUPERVISORS, read=read_findings),
    Figure(key="imports", order=70, roles=ADMIN, read=read_staged),
    Figure(key="users", order=80, roles=ADMIN, read=read_users),
    Figure(key="parameters", order=90, roles=ADMIN, read=read_parameters),
    Board(
        key="totals",
        order=20,
        roles=SUPERVISORS,
        template="registry/desk/totals.html",
        context=totals_board,
    ),
    Board(key="imports", order=60, roles=ADMIN, template="registry/desk/imports.html", context=imports_board),
)
