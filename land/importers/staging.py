"""Staged features: an unlogged table that COPY fills and one INSERT .. SELECT empties into a vintage.

中文：暂存要素. The rows of a batch go when it is applied, refused, reversed or read again.
"""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
import shapely
from django.db import connection

from land.importers.attributes import Values
from land.importers.columns import Mapping
from land.importers.shapes import Placed
from land.importers.values import as_text
from land.kernel.curve import z_order
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
COLUMNS = (
    "batch_id",
    "number",
    *FIELDS,
    "attrs",
    "official_m2",
    "geom",
    "work",
    "merc",
    "shape_key",
    "z_order",
)
COPY = f"COPY land_stagedfeature ({', '.join(COLUMNS)}) FROM STDIN (FORMAT binary)"
_HEAD = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
_LENGTH = struct.Struct(">i")
_NULL = _LENGTH.pack(-1)


def _packed(value: bytes | None) -> bytes:
    return _NULL if value is None else _LENGTH.pack(len(value)) + value


def copy_stream(columns: Sequence[Sequence[bytes]], count: int) -> io.BytesIO:
    """Columns of packed fields as PostgreSQL's COPY takes them, row by row; ``count`` rows."""
    head = [struct.pack(">h", len(columns))] * count
    body = chain.from_iterable(zip(head, *columns, strict=True))
    return io.BytesIO(_HEAD + b"".join(body) + struct.pack(">h", -1))


SUPERSEDED = """
DELETE FROM {table} f USING registry_importbatch old, registry_importbatch mine
 WHERE mine.id = %s AND old.file_id = mine.file_id AND old.kind = mine.kind AND f.batch_id = old.id
"""
TABLES = ("land_stagedfeature", "land_stagedground")


def clear(batch_id: int) -> None:
    """Remove what is staged for a batch."""
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DELETE FROM {table} WHERE batch_id = %s", [batch_id])


def clear_superseded(batch_id: int) -> None:
    """Remove what is staged for a batch and for earlier readings of the same file as the same kind."""
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(SUPERSEDED.format(table=table), [batch_id])


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
    columns = _columns(batch_id, batch, values, placed, chosen, mapping)
    with connection.cursor() as cursor:
        cursor.copy_expert(COPY, copy_stream(columns, len(chosen)))


def _columns(
    batch_id: int, batch: Batch, values: Values, placed: Placed, chosen: np.ndarray, mapping: Mapping
) -> list[Sequence[bytes]]:
    """Packed fields, a list a column, in the order of COLUMNS."""
    rows = chosen.tolist()
    return [
        [_packed(struct.pack(">q", batch_id))] * len(rows),
        [_packed(struct.pack(">i", number)) for number in batch.numbers[chosen].tolist()],
        *(_texts(values.get(name), rows) for name in FIELDS),
        _attributes(batch, chosen, mapping),
        [_packed(struct.pack(">d", area)) for area in placed.official[chosen].tolist()],
        *([_packed(text) for text in column[chosen].tolist()] for column in placed.stored),
        [_packed(struct.pack(">q", place)) for place in _places(placed.record[chosen]).tolist()],
    ]


def _places(record: np.ndarray) -> np.ndarray:
    west, south, east, north = shapely.bounds(record).T
    return z_order((west + east) / 2, (south + north) / 2)


def _attributes(batch: Batch, chosen: np.ndarray, mapping: Mapping) -> list[bytes]:
    """What the file has beside, as jsonb under its codes, whatever it calls them; without empty cells."""
    beside = {mapping.titles[name]: column for name, column in mapping.fields.items() if name not in FIELDS}
    kept = {name: name for name in mapping.other} | beside
    cells = [_pairs(name, batch.columns[column][chosen].tolist()) for name, column in kept.items()]
    if not cells:
        return [_packed(b"\x01{}")] * len(chosen)
    return [_packed(f"\x01{{{','.join(filter(None, row))}}}".encode()) for row in zip(*cells, strict=True)]


def _pairs(name: str, values: list[Any]) -> list[str]:
    """Name and value of each cell as a member of a JSON object; equal values are written once."""
    title = json.dumps(name, ensure_ascii=False)
    known: dict[Any, str] = {}
    out = []
    for value in values:
        text = known.get((type(value), value))
        if text is None:
            cell = plain(value)
            text = "" if cell in (None, "") else f"{title}:{json.dumps(cell, ensure_ascii=False)}"
            known[type(value), value] = text
        out.append(text)
    return out


def _texts(column: list[Any] | None, rows: list[int]) -> list[bytes]:
    """A field of text, packed; equal values are packed once."""
    if column is None:
        return [_NULL] * len(rows)
    known: dict[Any, bytes] = {None: _NULL}
    out = []
    for row in rows:
        value = column[row]
        field = known.get(value)
        if field is None:
            field = known[value] = _packed(str(value).encode())
        out.append(field)
    return out


def plain(value: Any) -> Any:
    if value is None or value != value:
        return None
    return value if isinstance(value, bool | int | float) else as_text(value)
