"""Rules on the register itself: SYS-01 to SYS-03. 中文：登记簿自身的规则

SYS-01 and SYS-02 read the history that the triggers of the database keep. Upper apps watch their own tables:
``watch(Watched(...))``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.codes import OPEN_STATES, Role, Severity
from registry.models import Finding, Rectification, Unit
from registry.queries.divisions import go_live_by_division

from .base import Context, Outcome, Row, Rule


@dataclass(frozen=True)
class Watched:
    """A table whose history is read: ``unit`` is how a row ``e`` of its history names the unit, in SQL."""

    model: str
    label: Any
    unit: str = "e.unit_id"

    @property
    def table(self) -> str:
        return apps.get_model(self.model)._meta.db_table

    @property
    def history(self) -> str:
        app, _dot, name = self.model.partition(".")
        return apps.get_model(app, f"{name}Event")._meta.db_table


_WATCHED: dict[str, Watched] = {}


def watch(*tables: Watched) -> None:
    """Read the history of these tables too; the same one twice is a mistake."""
    for table in tables:
        if table.model in _WATCHED:
            raise ValueError(f"watched twice: {table.model}")
        _WATCHED[table.model] = table


watch(
    Watched("registry.Unit", _("unit"), "e.pgh_obj_id"),
    Watched("registry.Entry", _("entry")),
    Watched("registry.Shape", _("shape")),
)

# The last change of every row that no program and no act of the same transaction signed.
UNSIGNED = """
SELECT DISTINCT ON (e.pgh_obj_id) {unit}, '{model}', e.pgh_obj_id, e.pgh_created_at, e.pgh_role
  FROM {history} e
 WHERE e.pgh_context_id IS NULL AND e.pgh_label IN ('insert', 'update') AND e.pgh_created_at < %s {limit}
   AND NOT EXISTS (SELECT 1 FROM registry_act a WHERE a.tx = e.pgh_tx)
 ORDER BY e.pgh_obj_id, e.pgh_id DESC
"""
# Rows of the history whose row is not there any more, whatever the history says of its end.
DELETED = """
SELECT DISTINCT ON (e.pgh_obj_id) {unit}, '{model}', e.pgh_obj_id, e.pgh_created_at, e.pgh_role, e.pgh_label
  FROM {history} e
 WHERE e.pgh_created_at < %s {limit}
   AND NOT EXISTS (SELECT 1 FROM {table} t WHERE t.id = e.pgh_obj_id)
 ORDER BY e.pgh_obj_id, e.pgh_id DESC
"""


def _read(sql: str, context: Context) -> list[tuple[Any, ...]]:
    """Rows of a query over every watched table, up to the end of the day, in one statement."""
    tomorrow = dt.datetime.combine(
        context.as_of + dt.timedelta(days=1), dt.time(), timezone.get_current_timezone()
    )
    parts: list[str] = []
    params: list[Any] = []
    for table in _WATCHED.values():
        params.append(tomorrow)
        limit = ""
        if context.scope.partial:
            limit = f"AND {table.unit} = ANY(%s)"
            params.append(list(context.scope.keys("unit")))
        part = sql.format(
            unit=table.unit, model=table.model, history=table.history, table=table.table, limit=limit
        )
        parts.append(f"({part})")
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        return cursor.fetchall()


def read_sys_01(context: Context) -> Outcome:
    """SYS-01: something was changed behind the register's back since the place went live.

    A change without a context and without an act in its transaction has no author: it came by SQL, QGIS or
    a script. One row a unit, of the last such change. Four queries.
    """
    changes = _read(UNSIGNED, context)
    units = _units(context, {change[0] for change in changes})
    go_live = go_live_by_division({unit.division_id for unit in units.values()})
    last: dict[int, tuple[Any, ...]] = {}
    for change in changes:
        unit = units.get(change[0])
        start = go_live.get(unit.division_id) if unit else None
        day = timezone.localdate(change[3])
        if unit is None or start is None or day < start:
            continue
        if unit.pk not in last or change[3] > last[unit.pk][3]:
            last[unit.pk] = change
    rows = [_unsigned(units[key], change) for key, change in sorted(last.items())]
    return Outcome(checked=context.counted(_limited(context)), rows=rows)


def _limited(context: Context) -> QuerySet:
    return context.scope.limit(Unit.objects.in_force(), division="division__path", unit="pk")


def _units(context: Context, keys: set[int]) -> dict[int, Unit]:
    """Units of the scope by key, as many as are still there."""
    return {
        unit.pk: unit for unit in _limited(context).filter(pk__in=[key for key in keys if key is not None])
    }


def _unsigned(unit: Unit, change: tuple[Any, ...]) -> Row:
    _unit, model, key, at, role = change
    return Row(
        subject_type="unit",
        subject_key=unit.code,
        unit_id=unit.pk,
        division_id=unit.division_id,
        since=timezone.localdate(at),
        details={
            "name": unit.name,
            "table": model,
            "row": key,
            "role": role,
            "when": timezone.localtime(at).strftime("%Y-%m-%d %H:%M"),
        },
    )


def read_sys_02(context: Context) -> Outcome:
    """SYS-02: a row of the register is gone: it was deleted and not ended. Three queries.

    What was a unit itself is spoken of by its last known code in its last known place.
    """
    gone = _read(DELETED, context)
    units = _units(context, {line[0] for line in gone})
    rows = _lost_units(context, [line[2] for line in gone if line[1] == "registry.Unit"])
    by_unit: dict[int, list[tuple[Any, ...]]] = {}
    for line in gone:
        if line[1] != "registry.Unit" and line[0] in units:
            by_unit.setdefault(line[0], []).append(line)
    rows += [_deleted(units[key], lines) for key, lines in sorted(by_unit.items())]
    return Outcome(checked=len(gone), rows=rows)


def _deleted(unit: Unit, lines: list[tuple[Any, ...]]) -> Row:
    newest = max(lines, key=lambda line: line[3])
    return Row(
        subject_type="unit",
        subject_key=unit.code,
        unit_id=unit.pk,
        division_id=unit.division_id,
        since=timezone.localdate(newest[3]),
        details={
            "name": unit.name,
            "count": len(lines),
            "tables": sorted({line[1] for line in lines}),
            "role": newest[4],
            "when": timezone.localtime(newest[3]).strftime("%Y-%m-%d %H:%M"),
        },
    )


def _lost_units(context: Context, keys: list[int]) -> list[Row]:
    """Units that are not there any more, by the last line of their history."""
    history = apps.get_model("registry", "UnitEvent").objects.filter(pgh_obj_id__in=keys)
    limited = context.scope.limit(history, division="division__path", unit="pgh_obj_id")
    rows = {}
    for event in limited.order_by("pgh_id"):
        rows[event.pgh_obj_id] = Row(
            subject_type="unit",
            subject_key=event.code,
            division_id=event.division_id,
            since=timezone.localdate(event.pgh_created_at),
            details={
                "variant": "unit",
                "name": event.name,
                "role": event.pgh_role,
                "when": timezone.localtime(event.pgh_created_at).strftime("%Y-%m-%d %H:%M"),
            },
        )
    return [rows[key] for key in sorted(rows)]


def read_sys_03(context: Context) -> Outcome:
    """SYS-03: a finding is open past its deadline, and nobody wrote a word about it. Two queries.

    A finding of this rule never causes another one.
    """
    told = Rectification.objects.in_force().filter(finding=OuterRef("pk"), on__lte=context.as_of)
    dated = Finding.objects.filter(state__in=OPEN_STATES, due_on__isnull=False).exclude(rule=SYS_03)
    limited = context.scope.limit(dated, division="division__path", unit="pk", kind="finding")
    late = limited.filter(due_on__lt=context.as_of).annotate(told=Exists(told)).filter(told=False)
    rows = [
        Row(
            subject_type="finding",
            subject_key=str(finding.pk),
            unit_id=finding.unit_id,
            division_id=finding.division_id,
            since=finding.due_on + dt.timedelta(days=1),
            details={
                "name": finding.rule or finding.text[:60],
                "due": finding.due_on.isoformat(),
                "thing": finding.unit.name if finding.unit else finding.division.name,
            },
        )
        for finding in late.select_related("unit", "division").defer("place").order_by("pk")
    ]
    return Outcome(checked=context.counted(limited), rows=rows)


SYS_03 = "SYS-03"
RULES = (
    Rule(
        id="SYS-01",
        title=_("changed without an author"),
        message=_(
            "%(name)s was changed on %(when)s by the database role %(role)s (%(table)s), without author "
            "and reason."
        ),
        remedy=_("Find out who changed it; register the right facts by an act with a document."),
        office=Role.ADMIN,
        source="行政事业性国有资产管理条例；账实相符要求",
        read=read_sys_01,
        severity=Severity.E,
        refuses=False,
    ),
    Rule(
        id="SYS-02",
        title=_("deleted instead of ended"),
        message=_(
            "Rows of %(name)s (%(count)s) were deleted from the register on %(when)s by the database role "
            "%(role)s."
        ),
        variants={
            "unit": _("%(name)s was deleted from the register on %(when)s by the database role %(role)s.")
        },
        remedy=_("Bring the rows back from the history or a backup; end them by an act with a document."),
        office=Role.ADMIN,
        source="行政事业性国有资产管理条例第三十五条",
        read=read_sys_02,
        severity=Severity.E,
        refuses=False,
    ),
    Rule(
        id=SYS_03,
        subject="finding",
        title=_("deadline passed without a word"),
        message=_("The finding %(name)s on %(thing)s was due on %(due)s, and nothing is recorded on it."),
        remedy=_("Record what has been done, or have the deadline moved with the reason."),
        source="整改台账管理要求",
        read=read_sys_03,
    ),
)
