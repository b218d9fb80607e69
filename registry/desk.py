"""What the kernel itself puts on the workbench: findings, imports, totals. 中文：工作台"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from functools import lru_cache
from typing import Any

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry import badges, rules, workbench
from registry.codes import BatchState, FindingState, Reading, Role
from registry.models import Finding, Grant, ImportBatch, Parameter
from registry.queries import findings as reading
from registry.queries import tallies
from registry.queries.at_desk import at_desk
from registry.queries.prepared import Prepared
from registry.workbench import SHOWN, Board, Desk, Figure, Queue, Task

OFFICES = frozenset({Role.ASSET_MANAGER, Role.LAND_OFFICER, Role.FINANCE_OFFICER, Role.CLERK})
NEW = badges.Badge(_("new"), "finding", "act")
BASELINE = badges.Badge(_("baseline"), "history", "calm")
SUPERVISORS = frozenset({Role.COUNTY, Role.AUDITOR, Role.ADMIN})


LATE, MINE = "0", "1"  # the lists that come before those of the rules


def collect_findings(desk: Desk) -> list[list[Task]]:
    """Open findings of the desk, list by list: the overdue, those given to the person, then a list per rule.

    In a list new before baseline, the gravest, the oldest; as many as can be shown. Findings that are being
    rectified in time wait for nobody. Two queries.
    """
    lists: dict[str, list[int]] = defaultdict(list)
    for key, of, _turn in desk.ask(_turns(desk.roles), desk.day, desk.user.pk):  # ranked without their words
        lists[of].append(key)
    ordered = sorted(lists, key=lambda of: (of not in (LATE, MINE), workbench.order_of(of)))
    counts = workbench.in_turn([len(lists[of]) for of in ordered])
    shown = [lists[of][:count] for of, count in zip(ordered, counts, strict=True)]
    together = sum(shown, [])
    findings = {finding.pk: finding for finding in _WITH_WORDS(*together)} if together else {}
    return [[_task(findings[key], desk) for key in keys] for keys in shown]


@lru_cache(maxsize=64)
def _turns(roles: frozenset[str]) -> Prepared:
    """Key, list and place in it of the findings that a desk of these roles has to put right: those of its
    offices, and those given to the person."""

    def make(here: Any, day: dt.date, user: int) -> QuerySet:
        heap = Case(
            When(reading.overdue(day), then=Value(LATE)),
            When(person=user, then=Value(MINE)),
            default=F("rule"),
            output_field=CharField(),
        )
        first = [F("baseline").asc(), F("severity").asc(), F("due_on").asc(nulls_last=True), F("since").asc()]
        turn = Window(RowNumber(), partition_by=[F("heap")], order_by=[*first, F("id").asc()])
        mine = reading.of_offices(roles) | Q(person=user)
        waiting = ~Q(state=FindingState.RECTIFYING) | reading.overdue(day) | Q(person=user)
        rows = here(Finding.objects.open()).filter(mine, waiting, reading=Reading.FOUND).order_by()
        turns = rows.annotate(heap=heap).annotate(turn=turn).filter(turn__lte=SHOWN)
        return turns.order_by("heap", "turn").values_list("pk", "heap", "turn")

    return at_desk(make, values=2)


_WITH_WORDS = Prepared(
    lambda *keys: Finding.objects.filter(pk__in=keys).select_related("unit", "division").defer("place")
)


def _task(finding: Finding, desk: Desk) -> Task:
    remedy = workbench.remedy_of(finding, desk.user)
    return Task(
        title=finding.unit.name if finding.unit else finding.division.name,
        note=reading.sentence(finding, desk.user),
        url=(remedy and remedy.url(finding)) or reverse("finding", args=[finding.pk]),
        act=remedy.act if remedy else _("Look into it"),
        sign=remedy.sign if remedy else "finding",
        badge=_badge(finding, desk),
    )


def _badge(finding: Finding, desk: Desk) -> badges.Badge:
    if reading.is_overdue(finding, desk.day):
        return badges.OVERDUE
    return BASELINE if finding.baseline else NEW


def _waiting(desk: Desk) -> list[tallies.Tally]:
    """What is counted at this desk: the findings of its offices; all of them, for supervisors."""
    rows = tallies.tally(desk)
    return rows if desk.roles & SUPERVISORS else tallies.of_offices(rows, desk.roles)


def read_findings(desk: Desk) -> dict[str, Any] | None:
    """New open findings of the desk's offices (of all, for supervisors); the baseline stands beside."""
    rows = _waiting(desk)
    new = tallies.total(row for row in rows if not row.baseline)
    return {
        "label": _("New findings"),
        "value": new,
        "kind": "count",
        "icon_name": "finding",
        "tone": "todo" if new else "",
        "note": _("baseline: %(n)d") % {"n": tallies.total(row for row in rows if row.baseline)},
        "url": reverse("findings") + "?baseline=new",
    }


def read_overdue(desk: Desk) -> dict[str, Any] | None:
    """Open findings of the desk past their deadline, and those of them given to the person. 中文：逾期问题"""
    rows = [row for row in _waiting(desk) if row.late]
    late = tallies.total(rows)
    return {
        "label": _("Overdue findings"),
        "value": late,
        "kind": "count",
        "icon_name": "overdue",
        "tone": "todo" if late else "",
        "note": _("given to me: %(n)d") % {"n": tallies.total(row for row in rows if row.own)},
        "url": reverse("findings") + "?due=overdue",
    }


def totals_board(desk: Desk) -> dict[str, Any] | None:
    """Open findings by place below the division and by rule. 中文：问题分布"""
    table = tallies.by_township_and_rule(tallies.tally(desk), desk.division)
    if not table:
        return None
    used = sorted({rule for counts in table.values() for rule in counts})
    heads: list[Any] = [{"label": _("place")}]
    heads += [{"label": rule or _("lists"), "kind": "num"} for rule in used]
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
        "titles": [(rule, reading_title(rule)) for rule in used if rule],
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
    Figure(key="overdue", order=11, roles=OFFICES | SUPERVISORS, read=read_overdue),
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
