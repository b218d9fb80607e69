"""What lies under one drawn polygon: one prepared statement over the pieces, audit grade. 中文：即时查询

The areas by class and the basic farmland under a shape while it is being drawn. What it says is a first
word: the verdict comes from ``land.services.redline``, in official grade.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection

from land.models import VintageKind
from land.queries.pieces import equal_area_sql
from land.queries.vintages import Chosen, vintages_for

_PREPARED = "_land_instant_statements"  # names of the statements that a connection knows
SHAPE = """
WITH q AS MATERIALIZED (
    SELECT ST_Subdivide({ea}, 64) AS g FROM (SELECT ST_SetSRID(ST_GeomFromWKB($1), 4490) AS shape) s)
"""
PARCELS = """
SELECT p.class_code, sum(ST_Area(ST_Intersection(q.g, p.ea))) FROM q
  JOIN land_piece_{vintage} p ON ST_Intersects(p.ea, q.g) GROUP BY 1
"""
ZONES = """
SELECT NULL, sum(ST_Area(ST_Intersection(q.g, p.ea))) FROM q
  JOIN land_piece_{vintage} p ON ST_Intersects(p.ea, q.g)
 WHERE (p.protected_from IS NULL OR p.protected_from <= $2)
   AND (p.protected_to IS NULL OR p.protected_to > $2)
"""
WHOLE = "SELECT '*', sum(ST_Area(g)) FROM q"
STAMP = "SELECT count(*) || '/' || coalesce(max(id), 0) || '/' || count(dropped_at) FROM land_vintage"


@dataclass(frozen=True)
class Glance:
    """What lies under a shape: m², audit grade; ``basic_farmland_m2`` None: no layer speaks of the day."""

    shape_m2: float
    by_class: dict[str, float]
    basic_farmland_m2: float | None


def glance(wkb: bytes, day: dt.date) -> Glance:
    """Ask for a polygon in EPSG:4490 (WKB). Two statements, the second one prepared once a connection.

    Where a newer delivery has replaced a part of an older one, the older one's rows there are counted too:
    those of the village alone could be told apart; such ground is for the verdict.
    """
    with connection.cursor() as cursor:
        cursor.execute(STAMP)
        parcels, zones = _chosen(cursor.fetchone()[0], day)
        name = _prepared(cursor, parcels, zones)
        cursor.execute(f"EXECUTE {name}(%s, %s)", [wkb, day])
        rows = cursor.fetchall()
    areas: dict[Any, float] = {}
    for key, area in rows:
        areas[key] = areas.get(key, 0.0) + (area or 0.0)
    basic = areas.pop(None, 0.0) if zones else None
    whole = areas.pop("*", 0.0)
    return Glance(whole, {code: area for code, area in sorted(areas.items()) if area > 1e-4}, basic)


@lru_cache(maxsize=64)
def _chosen(_stamp: str, day: dt.date) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Vintages that speak of a day; asked again whenever a vintage has come or gone."""
    chosen: list[Chosen] = [
        vintages_for(kind, day) for kind in (VintageKind.PARCELS, VintageKind.BASIC_FARMLAND)
    ]
    return tuple(chosen[0].keys), tuple(chosen[1].keys)


def _prepared(cursor: Any, parcels: tuple[int, ...], zones: tuple[int, ...]) -> str:
    """Name of the statement over these vintages, prepared on this connection."""
    name = "land_glance_" + hashlib.sha256(f"{parcels}/{zones}".encode()).hexdigest()[:16]
    session = cursor.connection
    known = connection.__dict__.setdefault(_PREPARED, {})
    if known.get("session") is not session:
        known.clear()
        known["session"] = session
    if name not in known:
        parts = [PARCELS.format(vintage=key) for key in parcels] + [
            ZONES.format(vintage=key) for key in zones
        ]
        body = SHAPE.format(ea=equal_area_sql("shape")) + " UNION ALL ".join([WHOLE, *parts])
        cursor.execute(f"PREPARE {name}(bytea, date) AS {body}")
        known[name] = True
    return name
