"""Vector tiles: one statement per tile, scoped to what the user may see. 中文：矢量瓦片

Parcels and zones carry their Web Mercator geometry; small ones are left out and the rest simplified where a
pixel is larger than they are. Tiles carry no personal data.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from assets.due import AHEAD, due_units
from land.models import Vintage, VintageKind
from registry import access, clock
from registry.codes import EntryCode
from registry.errors import BadInput, NotAllowed
from registry.models import Unit, User

EXTENT = 4096
BUFFER = 64
PIXEL_AT_0 = 156543.03392804097  # metres of Web Mercator per pixel of a 256 px tile at zoom 0


@dataclass(frozen=True)
class TileRequest:
    """A tile of a layer, for a user on a day."""

    layer: str
    z: int
    x: int
    y: int

    @property
    def pixel(self) -> float:
        return PIXEL_AT_0 / 2**self.z


_ENVELOPE = "ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 64.0 / 4096)"
_BOX = "ST_TileEnvelope(%(z)s, %(x)s, %(y)s)"

_ROWS = """
WITH shown AS (
  SELECT {columns}, ST_AsMVTGeom(
           CASE WHEN %(pixel)s > 2 THEN ST_Simplify(merc, %(pixel)s / 2) ELSE merc END, {box}, 4096, 64) AS g
    FROM {table} t
   WHERE t.vintage_id = ANY(%(vintages)s) AND t.merc && {envelope}
     AND t.official_m2 >= %(smallest)s {scope}
)
SELECT ST_AsMVT(shown, %(layer)s, 4096, 'g') FROM shown WHERE g IS NOT NULL
"""
PARCEL_COLUMNS = "t.bsm, t.class_code AS c, t.class_name AS n, t.official_m2::float8 AS a"
ZONE_COLUMNS = "t.bsm, t.official_m2::float8 AS a"

_DIVISIONS = f"""
WITH shown AS (
  SELECT d.name AS n, d.level AS l, ST_AsMVTGeom(ST_Transform(b.geom, 3857), {_BOX}, 4096, 64) AS g
    FROM registry_divisionboundary b JOIN registry_division d ON d.id = b.division_id
   WHERE b.valid @> %(day)s::date AND b.geom && ST_Transform({_ENVELOPE}, 4490)
)
SELECT ST_AsMVT(shown, %(layer)s, 4096, 'g') FROM shown WHERE g IS NOT NULL
"""

_UNITS = f"""
WITH shown AS (
  SELECT u.code AS k, u.name AS n, u.kind AS t, u.state AS s, a.subtype AS st,
         CASE WHEN a.asset_class = 'household' THEN 'not_needed'
              WHEN a.asset_class = 'public_welfare' AND NOT EXISTS (
                SELECT 1 FROM registry_entry e WHERE e.unit_id = u.id AND e.code = %(upkeep)s
                   AND e.annulled_id IS NULL AND e.corrected_by_id IS NULL AND e.valid @> %(day)s::date)
                THEN 'no_keeper'
              WHEN w.due_in < 0 THEN 'overdue' WHEN w.due_in <= %(ahead)s THEN 'due'
              ELSE 'in_order' END AS up,
         ST_AsMVTGeom(ST_Transform(s.geom, 3857), {_BOX}, 4096, 64) AS g
    FROM registry_shape s
    JOIN registry_unit u ON u.id = s.unit_id
    JOIN registry_division d ON d.id = u.division_id
    LEFT JOIN assets_asset a ON a.unit_id = u.id
    LEFT JOIN (/*due*/) w ON w.id = u.id
   WHERE s.valid @> %(day)s::date AND s.annulled_id IS NULL AND u.annulled_id IS NULL
     AND (u.left_on IS NULL OR u.left_on > %(day)s::date)
     AND d.path LIKE ANY(%(paths)s) AND s.geom && ST_Transform({_ENVELOPE}, 4490) /*only*/
)
SELECT ST_AsMVT(shown, %(layer)s, 4096, 'g') FROM shown WHERE g IS NOT NULL
"""
LAYERS = ("parcels", "basic_farmland", "divisions", "units")
VERB_OF_LAYER = {"parcels": "see_parcels", "basic_farmland": "see_parcels"}


def check_address(layer: str, z: int, x: int, y: int) -> TileRequest:
    """A tile request within the pyramid. Raises ``BadInput``."""
    if layer not in LAYERS or not (0 <= z <= 22 and 0 <= x < 2**z and 0 <= y < 2**z):
        raise BadInput("no such tile", "no_tile")
    return TileRequest(layer, z, x, y)


def tile(
    request: TileRequest,
    *,
    user: User,
    year: int | None = None,
    day: dt.date | None = None,
    only: QuerySet | None = None,
) -> bytes:
    """The bytes of a tile; empty where there is nothing to show. Raises ``NotAllowed``.

    ``only``: a query that gives the keys of the units to be shown.
    """
    verb = VERB_OF_LAYER.get(request.layer, "view")
    paths = access.scope_paths(user, verb)
    if not paths:
        raise NotAllowed("layer not open to this role")
    params: dict[str, Any] = {
        "layer": request.layer,
        "z": request.z,
        "x": request.x,
        "y": request.y,
        "pixel": request.pixel,
        "smallest": (2 * request.pixel) ** 2 if request.z < 15 else 0,
        "day": day or clock.today(),
        "upkeep": EntryCode.UPKEEP,
        "ahead": AHEAD,
        "paths": [f"{path}%" for path in paths],
    }
    if request.layer in VERB_OF_LAYER:
        params["vintages"] = shown_vintages(request.layer, paths, year)
        if not params["vintages"]:
            return b""
    with connection.cursor() as cursor:
        cursor.execute(_statement(request.layer, paths, only, params), params)
        return bytes(cursor.fetchone()[0] or b"")


def _statement(layer: str, paths: list[str], only: QuerySet | None, params: dict[str, Any]) -> str:
    if layer == "divisions":
        return _DIVISIONS
    if layer == "units":
        due = due_units(Unit.objects.all(), params["day"]).order_by().values("id", "due_in")
        units = _UNITS.replace("/*due*/", _named(due, params, "due"))
        return units.replace("/*only*/", _among(only, params) if only is not None else "")
    table, columns = ("land_parcel", PARCEL_COLUMNS) if layer == "parcels" else ("land_zone", ZONE_COLUMNS)
    return _ROWS.format(
        columns=columns,
        table=table,
        box=_BOX,
        envelope=_ENVELOPE,
        scope="AND (t.village_id IS NULL OR EXISTS (SELECT 1 FROM registry_division d "
        "WHERE d.id = t.village_id AND d.path LIKE ANY(%(paths)s)))",
    )


def _among(only: QuerySet, params: dict[str, Any]) -> str:
    """The condition that a unit is one of a query's; its values go into ``params`` under names."""
    try:
        return f"AND u.id IN ({_named(only, params, 'only')})"
    except EmptyResultSet:
        return "AND false"


def _named(query: QuerySet, params: dict[str, Any], prefix: str) -> str:
    """The statement of a query; its values go into ``params`` under names that begin with the prefix."""
    text, values = query.query.sql_with_params()
    names = iter(range(len(values)))

    def named(mark: re.Match[str]) -> str:
        if mark[0] == "%%":
            return "%%"
        place = next(names)
        key = f"{prefix}{place}"
        params[key] = values[place]
        return f"%({key})s"

    return re.sub("%[%s]", named, text)


def shown_vintages(kind: str, paths: list[str], year: int | None = None) -> list[int]:
    """The newest vintage (or the one of a year) of every division that concerns the paths."""
    rows = Vintage.objects.in_force().filter(kind=VintageKind(kind)).select_related("division")
    if year:
        rows = rows.filter(year=year)
    newest: dict[int, int] = {}
    for vintage in rows.order_by("-year", "-id"):
        place = vintage.division.path
        if any(place.startswith(path) or path.startswith(place) for path in paths):
            newest.setdefault(vintage.division_id, vintage.pk)
    return sorted(newest.values())
