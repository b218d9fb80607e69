"""Everything registered against basic farmland and the farmland of the survey, in one go. 中文：全域核查

Audit grade: from tables in the database to rows in the database, without an object a shape. For screening,
totals and ranking; verdicts are made by ``land.services.redline``.
"""

from __future__ import annotations

import datetime as dt
import io
import struct
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection, transaction

from land.classes import FARMLAND
from land.kernel import Pieces
from land.kernel.audit import Cut, Sums, sums
from land.kernel.grid import Grid
from land.kernel.outlines import Outlines
from land.kernel.windows import windows
from land.models import Audit, AuditLayer, VintageKind
from land.queries.pieces import LayerPieces, copied, layer_pieces, pieces_of
from land.queries.vintages import Chosen, describe, vintages_for
from land.subdividing import in_equal_area
from registry.models import Division

_COARSE = 512  # edges of the windows by which ground is looked for
_ROWS_A_PROBE = 8  # rows read one after the other in the time of a look into the index
SHAPES = """
SELECT s.unit_id, s.geom FROM registry_shape s JOIN registry_unit u ON u.id = s.unit_id
  JOIN registry_division d ON d.id = u.division_id
 WHERE s.valid @> %s::date AND s.annulled_id IS NULL AND u.annulled_id IS NULL
   AND d.path LIKE %s AND ST_Dimension(s.geom) = 2 ORDER BY s.unit_id
"""
LINES = (
    "COPY land_auditline (audit_id, layer, unit_id, vintage_id, row_id, class_code, village_id, area_m2)"
    " FROM STDIN (FORMAT binary)"
)
_HEAD, _TAIL = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0), struct.pack(">h", -1)


@dataclass(frozen=True)
class Grouped:
    """Pieces of a layer with their groups: of a zone its row, of parcels their class and village."""

    layer: str
    read: LayerPieces
    groups: np.ndarray
    first: np.ndarray  # a piece of each group

    @classmethod
    def by_row(cls, read: LayerPieces) -> Grouped:
        return cls._of(AuditLayer.BASIC_FARMLAND, read, read.rows)

    @classmethod
    def by_class_and_village(cls, read: LayerPieces) -> Grouped:
        _codes, codes = np.unique(np.array(read.classes, dtype="U5"), return_inverse=True)
        return cls._of(AuditLayer.FARMLAND, read, (read.villages + 1) * (codes.max(initial=0) + 1) + codes)

    @classmethod
    def _of(cls, layer: str, read: LayerPieces, keys: np.ndarray) -> Grouped:
        _keys, first, groups = np.unique(keys, return_index=True, return_inverse=True)
        return cls(layer, read, groups, first)


def shapes_of(day: dt.date, division: Division | None) -> tuple[np.ndarray, Pieces]:
    """Keys of units and their outlines on a day, in the equal-area plane. One statement."""
    path = f"{division.path}%" if division else "%"
    sent = copied(SHAPES, [day, path], 2)
    record = Outlines.from_bytes(sent.data, sent.begins[:, 1], sent.ends[:, 1])
    return sent.integers(0), in_equal_area(record).as_pieces(len(sent))


def read_ground(
    day: dt.date, shapes: Pieces, pool: Executor
) -> tuple[Iterator[Grouped], list[dict[str, Any]]]:
    """Protected zones and farmland about the shapes on a day, read as they are asked for; their vintages.

    Where to look for it is worked out by the ``pool`` while the first layer is read.
    """
    zones, parcels = (vintages_for(kind, day) for kind in (VintageKind.BASIC_FARMLAND, VintageKind.PARCELS))
    near = pool.submit(lambda: windows(shapes, _COARSE)[0].boxes)
    layers = _layers(zones, parcels, day, len(shapes), near)
    return layers, [describe(vintage) for vintage in (*zones.vintages, *parcels.vintages)]


def _layers(
    zones: Chosen, parcels: Chosen, day: dt.date, shapes: int, near: Future[np.ndarray]
) -> Iterator[Grouped]:
    whole = pieces_of(zones) < _ROWS_A_PROBE * shapes
    yield Grouped.by_row(layer_pieces(zones, None if whole else near.result(), on=day))
    yield Grouped.by_class_and_village(layer_pieces(parcels, near.result(), classes=sorted(FARMLAND)))


@transaction.atomic
def run(day: dt.date, division: Division | None = None) -> Audit:
    """Audit all outlines registered below a division on a day, and keep the lines; the last run goes.

    Points and lines have no area and are left to the red-line check, which judges them by their buffer.
    While the database reads a layer, what has come is computed with.
    """
    units, shapes = shapes_of(day, division)
    with ThreadPoolExecutor(2) as pool:
        cut = pool.submit(Cut.of, shapes)
        grouped, vintages = read_ground(day, shapes, pool)
        found = [(layer, pool.submit(_summed, cut, layer)) for layer in grouped]
        Audit.objects.filter(division=division).delete()
        audit = Audit.objects.create(division=division, day=day, vintages=vintages, shapes=len(units))
        for layer, answer in found:
            _write(audit, layer, units, answer.result())
    return audit


def _summed(cut: Future[Cut], layer: Grouped) -> Sums:
    pieces = layer.read.pieces
    return sums(cut.result(), Grid.of(pieces.boxes), pieces, layer.groups)


def _write(audit: Audit, layer: Grouped, units: np.ndarray, found: Sums) -> None:
    """Lines by COPY."""
    zone = layer.layer == AuditLayer.BASIC_FARMLAND
    read, at = layer.read, layer.first[found.groups]
    name = layer.layer.encode()
    fixed = struct.pack(f">hiqi{len(name)}s", 8, 8, audit.pk, len(name), name)
    null = struct.pack(">i", -1)
    rows = zip(
        units[found.shapes].tolist(), read.vintages[at].tolist(), read.rows[at].tolist(),
        read.villages[at].tolist(), at.tolist(), found.areas.tolist(), strict=True,
    )  # fmt: skip
    out = [_HEAD]
    for unit, vintage, row, village, piece, area in rows:
        code = read.classes[piece].encode()
        out.append(
            fixed
            + struct.pack(">iqiq", 8, unit, 8, vintage)
            + (struct.pack(">iq", 8, row) if zone else null)
            + struct.pack(">i", len(code)) + code
            + (struct.pack(">iq", 8, village) if village >= 0 else null)
            + struct.pack(">id", 8, area)
        )  # fmt: skip
    out.append(_TAIL)
    with connection.cursor() as cursor:
        cursor.copy_expert(LINES, io.BytesIO(b"".join(out)))
