"""Readings of the book itself: is its history complete, are its guards in place, do its identities hold?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import connection, models

from registry import clock
from registry.codes import LIVE_STATES, WHOLE_CODES, Role
from registry.models import Grant, Paper

HISTORY = """
WITH last AS (
  SELECT DISTINCT ON (pgh_obj_id) * FROM {events} ORDER BY pgh_obj_id, pgh_id DESC
), first AS (
  SELECT DISTINCT ON (pgh_obj_id) pgh_obj_id, pgh_label FROM {events} ORDER BY pgh_obj_id, pgh_id
)
SELECT r.{key}, 'no_history' FROM {rows} r WHERE NOT EXISTS (SELECT FROM last l WHERE l.pgh_obj_id = r.{key})
UNION ALL
SELECT r.{key}, 'differs' FROM {rows} r JOIN last l ON l.pgh_obj_id = r.{key}
 WHERE l.pgh_label = 'delete' OR ({current}) IS DISTINCT FROM ({kept})
UNION ALL
SELECT l.pgh_obj_id, 'row_gone' FROM last l
 WHERE l.pgh_label <> 'delete' AND NOT EXISTS (SELECT FROM {rows} r WHERE r.{key} = l.pgh_obj_id)
UNION ALL
SELECT f.pgh_obj_id, 'beginning_gone' FROM first f WHERE f.pgh_label <> 'insert'
ORDER BY 1, 2
"""
TRIGGERS = """
SELECT c.relname, t.tgname, t.tgenabled <> 'D', obj_description(t.oid, 'pg_trigger')
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
 WHERE NOT t.tgisinternal AND pg_table_is_visible(c.oid)
"""
PATHS = """
SELECT d.id, d.name, d.path FROM registry_division d LEFT JOIN registry_division p ON p.id = d.parent_id
 WHERE d.path <> coalesce(p.path, '/') || d.id || '/' ORDER BY d.id
"""
TWICE = """
SELECT rule, subject_type, subject_key, count(*) FROM registry_finding WHERE state = ANY(%s)
 GROUP BY 1, 2, 3 HAVING count(*) > 1 ORDER BY 1, 2, 3
"""
# Shares of whole codes on every day from go-live on; what stands in a live finding is known, no fault here.
SHARES = """
WITH live AS (
  SELECT d.id, (SELECT a.go_live FROM registry_division a
                 WHERE a.go_live IS NOT NULL AND d.path LIKE a.path || '%%'
                 ORDER BY length(a.path) DESC LIMIT 1) AS day
    FROM registry_division d
), held AS (
  SELECT unit_id, code, valid, share_num::numeric / share_den AS share FROM registry_entry
   WHERE code = ANY(%s) AND annulled_id IS NULL AND corrected_by_id IS NULL
), steps AS (
  SELECT unit_id, code, lower(valid) AS day, share FROM held
  UNION ALL SELECT unit_id, code, upper(valid), -share FROM held WHERE upper(valid) IS NOT NULL
), sums AS (
  SELECT unit_id, code, day, sum(sum(share)) OVER w AS total, lead(day) OVER w AS until
    FROM steps GROUP BY unit_id, code, day WINDOW w AS (PARTITION BY unit_id, code ORDER BY day)
)
SELECT u.code, s.code, greatest(s.day, live.day), round(s.total, 6)::text
  FROM sums s JOIN registry_unit u ON u.id = s.unit_id AND u.annulled_id IS NULL
  JOIN live ON live.id = u.division_id
 WHERE live.day IS NOT NULL AND (s.until IS NULL OR s.until > live.day)
   AND abs(s.total) > 1e-12 AND abs(s.total - 1) > 1e-12
   AND NOT EXISTS (SELECT FROM registry_finding f WHERE f.rule = 'RIG-02' AND f.unit_id = u.id
                      AND f.state = ANY(%s))
 ORDER BY 1, 2, 3
"""


def _rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values) or None)
        return cursor.fetchall()


def _compared(field: models.Field, alias: str) -> str:
    column = f'{alias}."{field.column}"'
    return f"ST_AsEWKB({column})" if hasattr(field, "srid") else column


def history(_quick: bool = False) -> Iterator[dict[str, Any]]:
    """Rows whose present state is not the last one that the history holds, or whose history has a hole.

    One statement a table. A row changed with the triggers off, or whose events were removed, is found here.
    """
    for events in apps.get_models(include_auto_created=True):
        tracked = getattr(events, "pgh_tracked_model", None)
        if tracked is None:
            continue
        kept = {field.column for field in events._meta.concrete_fields}
        fields = [field for field in tracked._meta.concrete_fields if field.column in kept]
        sql = HISTORY.format(
            events=events._meta.db_table,
            rows=tracked._meta.db_table,
            key=tracked._meta.pk.column,
            current=", ".join(_compared(field, "r") for field in fields),
            kept=", ".join(_compared(field, "l") for field in fields),
        )
        for key, what in _rows(sql):
            yield {"table": tracked._meta.db_table, "id": key, "what": what}


def triggers(_quick: bool = False) -> Iterator[dict[str, Any]]:
    """Guards and history triggers that are missing, switched off, or not the ones of this version."""
    there = {(table, name): (enabled, mark) for table, name, enabled, mark in _rows(TRIGGERS)}
    for model, trigger in pgtrigger.registered():
        key = (model._meta.db_table, trigger.get_pgid(model))
        enabled, mark = there.get(key, (None, None))
        what = "missing" if enabled is None else "" if enabled else "switched_off"
        if not what and mark != trigger.compile(model).hash:
            what = "altered"
        if what:
            yield {"table": key[0], "trigger": trigger.name, "what": what}


def identities(_quick: bool = False) -> Iterator[dict[str, Any]]:
    """What must hold between rows: paths of divisions, one live finding a subject, whole shares, somebody in
    charge. Four statements."""
    for key, name, path in _rows(PATHS):
        yield {"what": "path", "division": key, "name": name, "path": path}
    states = [str(state) for state in LIVE_STATES]
    for rule, kind, key, count in _rows(TWICE, states):
        yield {"what": "finding_twice", "rule": rule, "subject": f"{kind}:{key}", "count": count}
    for unit, code, day, total in _rows(SHARES, list(WHOLE_CODES), states):
        yield {"what": "shares", "unit": unit, "code": code, "day": day.isoformat(), "total": total}
    grants = Grant.objects.on(clock.today())
    if grants.exists() and not grants.filter(role=Role.ADMIN, user__is_active=True).exists():
        yield {"what": "no_administrator"}


def papers(_quick: bool = False) -> Iterator[dict[str, Any]]:
    """Papers whose sealed scan has no file. One statement."""
    for paper in Paper.objects.filter(scan__isnull=False, scan__files=None).order_by("code"):
        yield {"paper": paper.code, "what": "scan_without_file", "source": paper.scan_id}
