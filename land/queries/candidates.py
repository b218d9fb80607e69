"""The ground about many shapes, out of the database: one query a layer, whatever their number.

中文：叠加候选图斑. Candidates come by the spatial index on the geometry of record; what they have to do with
the shapes is for the overlay to say.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import shapely
from django.db import connection
from django.db.models import OuterRef, Subquery

from land import overlay
from land.ground import Footprint, Ground, LandFeature, Parcel, Zone
from land.models import Vintage, VintageKind
from land.queries.vintages import BOUNDARY, Chosen, coverages, newest_of
from registry import geo
from registry.codes import CodeSystem
from registry.models import Division, DivisionCode

METRES_A_DEGREE = 100_000.0  # less than any here: boxes come out a little too large
MEETING_M = 2.0

BOXES = """
boxes AS (SELECT ST_MakeEnvelope(w, s, e, n, 4490) AS box
            FROM unnest(%s::float8[], %s::float8[], %s::float8[], %s::float8[]) AS b(w, s, e, n))
"""
ROWS = """
WITH {boxes}, hits AS (SELECT DISTINCT r.vintage_id, r.id FROM boxes JOIN {table} r ON r.geom && boxes.box
                        WHERE r.vintage_id = ANY(%s))
SELECT r.vintage_id, r.bsm, r.number, r.village_id, r.village_code, r.class_code, r.deduction_ratio,
       r.gross_m2, r.counted_m2, r.quality_grade, r.attrs->>'KCDLBM', ST_AsBinary(r.work){columns}
  FROM hits JOIN {table} r USING (vintage_id, id)
 WHERE r.vintage_id = ANY(%s)
 ORDER BY r.vintage_id, r.number
"""
PROTECTED = ", r.protected_from, r.protected_to"
DOUBTFUL = """
WITH {boxes}
SELECT DISTINCT q.id, ST_AsBinary(q.envelope) FROM boxes JOIN land_quarantine q ON q.envelope && boxes.box
 WHERE q.vintage_id = ANY(%s) ORDER BY q.id
"""


def boxes_about(footprints: Sequence[Footprint], reach_m: float) -> np.ndarray:
    """Boxes (west, south, east, north) in degrees about the footprints, widened by ``reach_m``.

    Of what cannot be placed (no geometry, no finite coordinates) there is none.
    """
    rows = []
    for srid in {footprint.srid for footprint in footprints}:
        shapes = np.array([f.geometry for f in footprints if f.srid == srid], dtype=object)
        with np.errstate(invalid="ignore"):
            placed = geo.transform(shapely.box(*shapely.bounds(shapes).T), srid, geo.RECORD_SRID)
            rows.append(shapely.bounds(placed))
    bounds = np.vstack(rows) if rows else np.empty((0, 4))
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    reach = reach_m / METRES_A_DEGREE
    return bounds + [-reach, -reach, reach, reach]


def _arrays(boxes: np.ndarray) -> list[list[float]]:
    return [boxes[:, side].tolist() for side in range(4)]


def _rows(table: str, chosen: Chosen, boxes: np.ndarray, columns: str = "") -> list[tuple[Any, ...]]:
    if not chosen.vintages or not len(boxes):
        return []
    statement = ROWS.format(boxes=BOXES, table=table, columns=columns)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*_arrays(boxes), chosen.keys, chosen.keys])
        return cursor.fetchall()


Villages = tuple[dict[int, str], dict[int, str]]  # paths and codes by key


def _villages(rows: Sequence[tuple[Any, ...]]) -> Villages:
    """Paths and codes of the villages of rows. One query."""
    keys = {row[3] for row in rows if row[3]}
    if not keys:
        return {}, {}
    code = DivisionCode.objects.filter(division=OuterRef("pk"), system=CodeSystem.NBS).order_by("-valid")
    places = Division.objects.filter(pk__in=keys).annotate(newest=Subquery(code.values("code")[:1]))
    found = list(places.values_list("pk", "path", "newest"))
    return {pk: path for pk, path, _code in found}, {pk: code for pk, _path, code in found if code}


def _common(row: tuple[Any, ...], geom: Any, codes: dict[int, str]) -> dict[str, Any]:
    """The fields that zones and parcels share; a ratio of 0 may also be one that was not stated."""
    more = {"ridge_code": row[10]} if row[10] else {}
    return {
        "id": row[1] or f"#{row[2]}",
        "geometry": geom,
        "village_code": codes.get(row[3]) or (row[4] or "")[:12],
        "class_code": row[5],
        "ridge_ratio": row[6] or None,
        "gross_m2": row[7],
        "counted_m2": row[8],
        "quality_grade": row[9],
        **more,
    }


def _part(common: dict[str, Any], geom: Any) -> dict[str, Any]:
    """The fields of what is left of a feature: its share of ridges, not the whole's stored areas."""
    ratio = LandFeature(**common).ratio
    left = {"geometry": geom, "gross_m2": None, "counted_m2": None}
    return common | left | {"ridge_ratio": Decimal(repr(ratio)) if ratio else None}


def _outside(shape: Any, newer: Any) -> Any:
    """What of a shape lies outside the (prepared) ground of newer vintages; itself when all does."""
    if not newer.intersects(shape):
        return shape
    if newer.contains(shape):
        return None
    rest = overlay.ground(np.array([shapely.difference(shape, newer)], dtype=object))[0]
    if overlay.is_whole(rest, shape):
        return shape
    return None if rest.is_empty else rest


def _newer_ground(chosen: Chosen) -> dict[int, Any]:
    """By vintage: the ground, in the working plane, for which newer ones answer, where outlines tell it."""
    newer = {
        key: [v.pk for v in chosen.vintages if v.division.path in paths and v.coverage_basis == BOUNDARY]
        for key, paths in chosen.replaced.items()
    }
    newer = {key: found for key, found in newer.items() if len(found) == len(chosen.replaced[key])}
    if not newer:
        return {}
    wanted = {pk for found in newer.values() for pk in found}
    stored = dict(Vintage.objects.filter(pk__in=wanted).values_list("pk", "coverage"))
    made = {pk: geo.to_work(shapely.from_wkb(bytes(cover.wkb))) for pk, cover in stored.items() if cover}
    return {key: shapely.union_all([made[pk] for pk in found if pk in made]) for key, found in newer.items()}


def _standing(
    rows: Sequence[tuple[Any, ...]], chosen: Chosen, villages: Villages
) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Rows with their common fields, less those, or the parts of them, where a newer vintage speaks.

    A feature that lies across the outline keeps what is outside of it. Without outlines its village decides.
    """
    paths, codes = villages
    newer = _newer_ground(chosen)
    for ground in newer.values():
        shapely.prepare(ground)
    for row, geom in zip(rows, shapely.from_wkb([bytes(row[11]) for row in rows]), strict=True):
        common = _common(row, geom, codes)
        if row[0] not in newer:
            if not chosen.superseded(row[0], paths.get(row[3])):
                yield row, common
            continue
        rest = _outside(geom, newer[row[0]])
        if rest is not None:
            yield row, common if rest is geom else _part(common, rest)


def zones_about(boxes: np.ndarray, chosen: Chosen) -> tuple[Zone, ...]:
    """Zones of the vintages that lie about the boxes, less those where a newer vintage speaks."""
    rows = _rows("land_zone", chosen, boxes, PROTECTED)
    return _zones(rows, chosen, _villages(rows))


def parcels_about(boxes: np.ndarray, chosen: Chosen) -> tuple[Parcel, ...]:
    """Parcels of the vintages that lie about the boxes, less those where a newer vintage speaks."""
    rows = _rows("land_parcel", chosen, boxes)
    return _parcels(rows, chosen, _villages(rows))


def _zones(rows: Sequence[tuple[Any, ...]], chosen: Chosen, villages: Villages) -> tuple[Zone, ...]:
    standing = _standing(rows, chosen, villages)
    return tuple(Zone(**common, starts=row[12], ends=row[13]) for row, common in standing)


def _parcels(rows: Sequence[tuple[Any, ...]], chosen: Chosen, villages: Villages) -> tuple[Parcel, ...]:
    return tuple(Parcel(**common) for _row, common in _standing(rows, chosen, villages))


def _doubtful(boxes: np.ndarray, chosen: Chosen) -> tuple[Any, ...]:
    if not chosen.vintages or not len(boxes):
        return ()
    with connection.cursor() as cursor:
        cursor.execute(DOUBTFUL.format(boxes=BOXES), [*_arrays(boxes), chosen.keys])
        shapes = shapely.from_wkb([bytes(row[1]) for row in cursor.fetchall()])
    return tuple(geo.to_work(shapes)) if len(shapes) else ()


def _coverage(chosen: Chosen) -> tuple[Any, ...]:
    covers = [shapely.from_wkb(bytes(outline.wkb)) for outline in coverages(chosen)]
    return tuple(geo.to_work(np.array(covers, dtype=object))) if covers else ()


def ground_about(
    footprints: Sequence[Footprint],
    *,
    day: dt.date,
    year: int | None,
    buffer_m: float,
    reach_m: float,
    surveyed: bool = True,
) -> tuple[Ground, Chosen, Chosen]:
    """What the red-line kernel looks at for these footprints, and the vintages it comes from.

    ``reach_m``: how far zones are looked for beyond a footprint, so that the distance to the nearest is
    known; ``buffer_m`` is the widest buffer of points and lines. Parcels come with it where areas by class
    are wanted (``surveyed``). At most seven queries.
    """
    chosen = newest_of((VintageKind.BASIC_FARMLAND, VintageKind.PARCELS), day, year)
    zones = chosen[VintageKind.BASIC_FARMLAND]
    parcels = chosen[VintageKind.PARCELS] if surveyed else Chosen(())
    widest = max([buffer_m, *(float(f.buffer_m) for f in footprints if f.buffer_m is not None)])
    near = boxes_about(footprints, widest + MEETING_M)
    far = boxes_about(footprints, widest + max(reach_m, MEETING_M))
    zone_rows, parcel_rows = (
        _rows("land_zone", zones, far, PROTECTED),
        _rows("land_parcel", parcels, near),
    )
    villages = _villages([*zone_rows, *parcel_rows])
    ground = Ground(
        zones=_zones(zone_rows, zones, villages),
        parcels=_parcels(parcel_rows, parcels, villages),
        coverage=_coverage(zones),
        quarantined=_doubtful(near, zones),
        period=(None, None) if zones.vintages else (dt.date.max, None),
    )
    return ground, zones, parcels
