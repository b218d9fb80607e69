"""Staged features: an unlogged table that COPY fills and one INSERT .. SELECT empties into a vintage.

中文：暂存要素. The rows of a batch go when it is applied, refused, reversed or read again.
"""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import shapely
from django.db import connection

from land.importers.attributes import Values
from land.importers.columns import Mapping
from land.importers.shapes import Placed
from land.importers.values import as_text
from registry import geo
from registry.readers.vector import Batch

FIELDS = (
    "bsm",
    "tbbh",
    "class_code",
    "class_name",
    "village_code",
    "gross_m2",
    "counted_m2",
    "deduction_ratio",
    "quality_grade",
    "protected_from",
    "protected_to",
)
COLUMNS = ("batch_id", "number", *FIELDS, "attrs", "official_m2", "geom", "work")
COPY = f"COPY land_stagedfeature ({', '.join(COLUMNS)}) FROM STDIN (FORMAT binary)"
_HEAD = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
_NULL = struct.pack(">i", -1)


def _field(value: bytes | None) -> bytes:
    return _NULL if value is None else struct.pack(">i", len(value)) + value


def copy_stream(rows: Iterable[Sequence[bytes | None]], width: int) -> io.BytesIO:
    """Rows of binary fields as PostgreSQL's COPY takes them."""
    count = struct.pack(">h", width)
    body = b"".join(count + b"".join(map(_field, row)) for row in rows)
    return io.BytesIO(_HEAD + body + struct.pack(">h", -1))


SUPERSEDED = """
DELETE FROM land_stagedfeature f USING registry_importbatch old, registry_importbatch mine
 WHERE mine.id = %s AND old.file_id = mine.file_id AND old.kind = mine.kind AND f.batch_id = old.id
"""


def clear(batch_id: int) -> None:
    """Remove what is staged for a batch."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM land_stagedfeature WHERE batch_id = %s", [batch_id])


def clear_superseded(batch_id: int) -> None:
    """Remove what is staged for a batch and for earlier readings of the same file as the same kind."""
    with connection.cursor() as cursor:
        cursor.execute(SUPERSEDED, [batch_id])


def count(batch_id: int) -> int:
    """How many features are staged for a batch."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM land_stagedfeature WHERE batch_id = %s", [batch_id])
        return cursor.fetchone()[0]


def write(
    batch_id: int, batch: Batch, values: Values, placed: Placed, chosen: np.ndarray, mapping: Mapping
) -> None:
    """Stage the features at the positions ``chosen`` of a batch."""
    if not len(chosen):
        return
    with connection.cursor() as cursor:
        cursor.copy_expert(
            COPY, copy_stream(_rows(batch_id, batch, values, placed, chosen, mapping), len(COLUMNS))
        )


def _rows(
    batch_id: int, batch: Batch, values: Values, placed: Placed, chosen: np.ndarray, mapping: Mapping
) -> Iterator[Sequence[bytes | None]]:
    key = struct.pack(">q", batch_id)
    record = shapely.to_wkb(shapely.set_srid(placed.record[chosen], geo.RECORD_SRID), include_srid=True)
    work = shapely.to_wkb(placed.work[chosen])
    columns = [_texts(values.get(name), chosen) for name in FIELDS]
    beside = {mapping.titles[name]: column for name, column in mapping.fields.items() if name not in FIELDS}
    kept = {name: name for name in mapping.other} | beside  # under their codes, whatever the file calls them
    other = {name: batch.columns[column][chosen].tolist() for name, column in kept.items()}
    official = placed.official[chosen].tolist()
    for row, number in enumerate(batch.numbers[chosen].tolist()):
        attrs = {name: plain(cells[row]) for name, cells in other.items()}
        text = json.dumps({k: v for k, v in attrs.items() if v not in (None, "")}, ensure_ascii=False)
        yield (
            key,
            struct.pack(">i", number),
            *(column[row] for column in columns),
            b"\x01" + text.encode(),
            struct.pack(">d", official[row]),
            record[row],
            work[row],
        )


def _texts(column: list[Any] | None, chosen: np.ndarray) -> list[bytes | None]:
    if column is None:
        return [None] * len(chosen)
    return [None if column[i] is None else str(column[i]).encode() for i in chosen]


def plain(value: Any) -> Any:
    if value is None or value != value:
        return None
    return value if isinstance(value, bool | int | float) else as_text(value)
