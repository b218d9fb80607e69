"""Ground out of the database as the overlay kernel takes it, by COPY. 中文：读取分片"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.db import connection

from land.kernel import Pieces
from land.kernel.copying import Copied
from land.models import Vintage
from land.queries.vintages import BOUNDARY, Chosen
from land.subdividing import LONG_EDGE_DEGREES, LONG_EDGE_M
from registry import geo

# Rows of one vintage, everywhere or about the boxes asked for; where a newer one speaks, without that ground.
ROWS = """
SELECT p.vintage_id, p.row_id, p.village_id, p.class_code, {ea}
  FROM land_piece_{vintage} p{newer} WHERE true {near} {only}
"""
BOXES = """
WITH boxes AS (SELECT ST_MakeBox2D(ST_MakePoint(w, s), ST_MakePoint(e, n))::geometry AS box
                 FROM unnest(%s::float8[], %s::float8[], %s::float8[], %s::float8[]) AS b(w, s, e, n))
"""
NEAR = """
   AND p.ctid = ANY(ARRAY(SELECT DISTINCT p.ctid FROM boxes JOIN land_piece_{vintage} p ON p.ea && boxes.box
                           WHERE true {only}))
"""
ON_DAY = (
    "AND (p.protected_from IS NULL OR p.protected_from <= %s)"
    " AND (p.protected_to IS NULL OR p.protected_to > %s)"
)
NOTHING = "SELECT vintage_id, row_id, village_id, class_code, ea FROM land_piece WHERE false"
COUNTED = """
SELECT coalesce(sum(CASE WHEN reltuples < 0 THEN 1e9 ELSE reltuples END), 0) FROM pg_class
 WHERE relname = ANY(%s)
"""
OF_CLASSES = "AND p.class_code = ANY(%s)"
NEWER = """
  LEFT JOIN LATERAL (SELECT ST_Union(ST_GeomFromWKB(o.shape)) AS cover FROM unnest(%s::bytea[]) AS o(shape)
                      WHERE ST_GeomFromWKB(o.shape) && p.ea) newer ON true
"""
LESS_NEWER = (
    "CASE WHEN newer.cover IS NULL THEN p.ea"
    " ELSE ST_CollectionExtract(ST_Difference(p.ea, newer.cover), 3) END"
)


def equal_area_sql(geom: str) -> str:
    """SQL: a geometry of record in the equal-area plane (SRID 0), straight edges cut where they are long.

    CGCS2000 and WGS 84 are taken as one; saying so spares the database a step of the transformation.
    """
    plane, work = geo.EQUAL_AREA_SRID, geo.county().work_srid
    cut = f"ST_Segmentize({geom}, {LONG_EDGE_DEGREES})"
    in_work = f"ST_Transform(ST_Segmentize(ST_Transform({geom}, {work}), {LONG_EDGE_M}), {geo.RECORD_SRID})"
    degrees = f"CASE WHEN ST_NPoints({cut}) > ST_NPoints({geom}) THEN {in_work} ELSE {geom} END"
    return f"ST_SetSRID(ST_Transform(ST_SetSRID({degrees}, 4326), {plane}), 0)"


@dataclass(frozen=True)
class LayerPieces:
    """Pieces of layers with what each belongs to."""

    pieces: Pieces
    vintages: np.ndarray
    rows: np.ndarray  # the key of the parcel or zone
    villages: np.ndarray  # -1: not known
    classes: list[str]

    def __len__(self) -> int:
        return len(self.pieces)


def copied(statement: str, parameters: Sequence[Any], width: int) -> Copied:
    """What a statement gives, sent as binary COPY."""
    with connection.cursor() as cursor:
        text = cursor.mogrify(statement, parameters).decode()
        out = io.BytesIO()
        cursor.copy_expert(f"COPY ({text}) TO STDOUT (FORMAT binary)", out)
    return Copied(out.getvalue(), width)


def layer_pieces(
    chosen: Chosen,
    boxes: np.ndarray | None = None,
    *,
    on: dt.date | None = None,
    classes: Sequence[str] | None = None,
) -> LayerPieces:
    """Pieces of the vintages chosen, about boxes (n, 4) of the equal-area plane or everywhere. One statement.

    ``on``: the day on which zones must be protected (P05). ``classes``: of these land classes only.
    """
    only = ""
    more: list[Any] = []
    if on is not None:
        only, more = ON_DAY, [on, on]
    if classes is not None:
        only, more = f"{only} {OF_CLASSES}", [*more, list(classes)]
    newer, near = _newer(chosen), "" if boxes is None else NEAR
    parts: list[str] = []
    parameters: list[Any] = [] if boxes is None else [_numbers(boxes[:, side]) for side in range(4)]
    for key in chosen.keys:
        ground = newer.get(key)
        parts.append(
            ROWS.format(
                vintage=key,
                ea=LESS_NEWER if ground else "p.ea",
                newer=NEWER if ground else "",
                near=near.format(vintage=key, only=only),
                only="" if near else only,
            )
        )
        parameters += [*([ground] if ground else []), *more]
    statement = ("" if boxes is None else BOXES) + " UNION ALL ".join(parts or [NOTHING])
    sent = copied(statement, parameters, 5)
    pieces = Pieces.from_bytes(sent.data, sent.begins[:, 4], sent.ends[:, 4])
    return LayerPieces(pieces, sent.integers(0), sent.integers(1), sent.integers(2), sent.codes(3))


def pieces_of(chosen: Chosen) -> int:
    """About how many pieces the vintages have, as the database last counted them. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, [[f"land_piece_{key}" for key in chosen.keys]])
        return int(cursor.fetchone()[0])


def _numbers(column: np.ndarray) -> str:
    """Numbers as the text of an array: ten thousand of them are read as one word."""
    return "{" + ",".join(map(repr, column.tolist())) + "}"


def _newer(chosen: Chosen) -> dict[int, list[bytes]]:
    """Ground (WKB, equal-area plane) by older vintage for which newer ones answer, where outlines tell it."""
    ground: dict[int, list[bytes]] = {}
    for old, paths in chosen.replaced.items():
        found = [v.pk for v in chosen.vintages if v.division.path in paths and v.coverage_basis == BOUNDARY]
        for cover in Vintage.objects.filter(pk__in=found).values_list("coverage", flat=True):
            if cover is None:
                continue
            shape = geo.equal_area(shapely.from_wkb(bytes(cover.wkb)))
            ground.setdefault(old, []).append(shapely.to_wkb(shape))
    return ground
