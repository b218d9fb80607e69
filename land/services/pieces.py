"""Small pieces of the equal-area plane beside the rows of a vintage, made with it and gone with it.

中文：派生分片.

Zones become a cover without overlap (补划 over what was there, districts shifted by a metre), so that sums
count no ground twice: everything is cut up first, and only the few pieces that overlap are then differenced.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from django.db import connection
from psycopg2.extras import execute_values

from land import overlay
from land.kernel import Pieces, meeting_pairs, overlaps
from land.models import Vintage, VintageKind
from land.queries.pieces import copied, equal_area_sql

PARCEL_VERTICES, ZONE_VERTICES = 128, 64
OVERLAP_M2 = 1e-6  # below it: what rounding leaves between neighbours
INSERT = """
INSERT INTO {pieces} (vintage_id, row_id, bsm, class_code, village_id, protected_from, protected_to, ea)
SELECT r.vintage_id, r.id, r.bsm, r.class_code, r.village_id, {period}, ST_Subdivide({ea}, {vertices})
  FROM {part} r ORDER BY r.id
"""
# Whoever is protected for longer goes first: on every day on which a later one stands, it stands too.
SHAPES = """
SELECT (p.ctid::text::point)[0]::bigint AS block, (p.ctid::text::point)[1]::bigint AS line, row_id,
       coalesce(protected_from - DATE '1900-01-01', 0), coalesce(protected_to - DATE '1900-01-01', 999999), ea
  FROM {pieces} p
 ORDER BY protected_from NULLS FIRST, protected_to DESC NULLS FIRST, row_id, block, line
"""
CHANGE = """
UPDATE {pieces} p SET ea = ST_GeomFromWKB(v.shape) FROM (VALUES %s) AS v(place, shape)
 WHERE p.ctid = v.place::tid
"""
REMOVE = "DELETE FROM {pieces} p USING (VALUES %s) AS v(place) WHERE p.ctid = v.place::tid"


def make_pieces(vintage: Vintage, part: str) -> None:
    """Fill the partition of pieces of a vintage whose rows stand in ``part``; a few statements."""
    zones = vintage.kind != VintageKind.PARCELS
    pieces = f"land_piece_{vintage.pk}"
    statement = INSERT.format(
        pieces=pieces,
        part=part,
        period="r.protected_from, r.protected_to" if zones else "NULL, NULL",
        ea=equal_area_sql("r.geom"),
        vertices=ZONE_VERTICES if zones else PARCEL_VERTICES,
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
    if zones:
        make_disjoint(pieces)


def make_disjoint(table: str) -> int:
    """Take from every piece what an earlier one has; give how many pieces changed.

    A piece gives way to those alone that are protected whenever it is; two whose periods only overlap in
    part keep their common ground, and are counted twice on the days they share.
    """
    sent = copied(SHAPES.format(pieces=table), [], 6)
    pieces = Pieces.from_bytes(sent.data, sent.begins[:, 5], sent.ends[:, 5])
    later, earlier = _overlapping(sent, pieces)
    if not len(later):
        return 0
    texts = sent.blobs(5)
    needed = np.union1d(later, earlier)
    shapes = dict(
        zip(
            needed.tolist(),
            shapely.from_wkb([texts[n] for n in needed.tolist()]),
            strict=True,
        )
    )
    places = [f"({block},{line})" for block, line in zip(sent.integers(0), sent.integers(1), strict=True)]
    changed, removed = [], []
    for position in np.unique(later).tolist():
        taken = shapely.union_all([shapes[n] for n in earlier[later == position].tolist()])
        rest = overlay.ground(np.array([shapely.difference(shapes[position], taken)], dtype=object))[0]
        if rest.is_empty:
            removed.append((places[position],))
        else:
            changed.append((places[position], shapely.to_wkb(rest)))
    _write(table, changed, removed)
    return len(changed) + len(removed)


def _overlapping(sent: Any, pieces: Pieces) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (later, earlier) of pieces of different rows with common ground; the earlier stands longer."""
    left, right = meeting_pairs(pieces.boxes, pieces.boxes)
    rows, starts, ends = sent.integers(2), sent.integers(3), sent.integers(4)
    kept = (left > right) & (rows[left] != rows[right])
    left, right = left[kept], right[kept]
    kept = (starts[right] <= starts[left]) & (ends[right] >= ends[left])
    left, right = left[kept], right[kept]
    common = overlaps(pieces, pieces, left, right) > OVERLAP_M2
    return left[common], right[common]


def _write(table: str, changed: list[tuple[str, bytes]], removed: list[tuple[str]]) -> None:
    with connection.cursor() as cursor:
        if changed:
            execute_values(cursor.cursor, CHANGE.format(pieces=table), changed, page_size=1000)
        if removed:
            execute_values(cursor.cursor, REMOVE.format(pieces=table), removed, page_size=1000)
