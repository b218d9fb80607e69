"""Small pieces of the equal-area plane beside the rows of a vintage, made with it and gone with it.

中文：派生分片. Read by COPY and written by COPY; while the database takes one part, the next is computed.
"""

from __future__ import annotations

import datetime as dt
import io
import struct
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
from django.db import connection

from land.kernel.copying import Copied
from land.kernel.outlines import Outlines
from land.models import Vintage, VintageKind
from land.queries.pieces import copied
from land.subdividing import in_equal_area, in_pieces, without_overlap

PARCEL_VERTICES, ZONE_VERTICES = 128, 64
ROWS_AT_ONCE = 25_000
COLUMNS = "row_id, bsm, class_code, village_id, protected_from, protected_to"
ROWS = """
SELECT r.id, r.bsm, r.class_code, r.village_id, {period}, r.geom
  FROM {part} r WHERE r.ctid >= '({begin},0)'::tid AND r.ctid < '({end},0)'::tid
"""
ZONES = "SELECT r.id, r.bsm, r.class_code, r.village_id, {period}, r.geom FROM {part} r ORDER BY r.id"
PERIOD = "r.protected_from, r.protected_to"
SIZE = "SELECT pg_relation_size(%s::regclass) / current_setting('block_size')::int, count(*) FROM {part}"
_HEAD, _TAIL = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0), struct.pack(">h", -1)
_LENGTH = struct.Struct(">i")
_OPEN = 10**6  # days: protection without a limit


def make_pieces(vintage: Vintage, part: str) -> None:
    """Fill the partition of pieces of a vintage whose rows stand in ``part``."""
    pieces = f"land_piece_{vintage.pk}"
    if vintage.kind != VintageKind.PARCELS:
        cover(ZONES.format(part=part, period=PERIOD), pieces, vintage.pk)
        return
    with ThreadPoolExecutor(1) as pool:
        coming: deque[Future[bytes]] = deque()
        for sent in _parts(part):
            coming.append(pool.submit(_subdivided, sent, vintage.pk))
            if len(coming) > 1:
                _write(pieces, coming.popleft().result())
        for future in coming:
            _write(pieces, future.result())


def _parts(part: str) -> Iterator[Copied]:
    """The rows of a table, so many of its blocks at a time that some ten thousand rows come."""
    with connection.cursor() as cursor:
        cursor.execute(SIZE.format(part=part), [part])
        blocks, rows = cursor.fetchone()
    step = max(1, blocks * ROWS_AT_ONCE // max(rows, 1))
    for begin in range(0, blocks, step):
        statement = ROWS.format(part=part, begin=begin, end=begin + step, period="NULL::date, NULL::date")
        yield copied(statement, [], 7)


def cover(statement: str, table: str, vintage: int) -> None:
    """Write the rows of a statement (columns of pieces, then the outline) as a cover without overlap."""
    sent = copied(statement, [], 7)
    pieces = in_pieces(in_equal_area(_outlines(sent)), ZONE_VERTICES)
    starts = _days(sent, 4, 0)
    _write(table, _stream(sent, without_overlap(pieces, starts, _days(sent, 5, _OPEN)), vintage))


def _outlines(sent: Copied) -> Outlines:
    return Outlines.from_bytes(sent.data, sent.begins[:, 6], sent.ends[:, 6])


def _subdivided(sent: Copied, vintage: int) -> bytes:
    return _stream(sent, in_pieces(in_equal_area(_outlines(sent)), PARCEL_VERTICES), vintage)


def _days(sent: Copied, field: int, without: int) -> np.ndarray:
    """Days of a field of dates since the year 1; ``without`` one where there is none."""
    epoch = dt.date(2000, 1, 1).toordinal()  # of PostgreSQL
    blobs = sent.blobs(field)
    return np.array([_LENGTH.unpack(blob)[0] + epoch if blob else without for blob in blobs], dtype=np.int64)


def _stream(sent: Copied, pieces: Outlines, vintage: int) -> bytes:
    """The pieces as COPY takes them: before each the fields of its row, as they were sent."""
    begins, ends = (sent.begins[:, 0] - 4).tolist(), np.maximum(sent.ends[:, 5], sent.begins[:, 5]).tolist()
    fixed = struct.pack(">hiq", 8, 8, vintage)
    rows = [fixed + sent.sent[begin:end] for begin, end in zip(begins, ends, strict=True)]
    buffer, places = pieces.to_wkb(np.arange(len(pieces)))
    text, at = memoryview(buffer.tobytes()), places.tolist()
    out: list[bytes | memoryview] = [_HEAD]
    for owner, begin, end in zip(pieces.owners.tolist(), at, at[1:], strict=False):
        out += (rows[owner], _LENGTH.pack(end - begin), text[begin:end])
    out.append(_TAIL)
    return b"".join(out)


def _write(table: str, stream: bytes) -> None:
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f"COPY {table} (vintage_id, {COLUMNS}, ea) FROM STDIN (FORMAT binary)", io.BytesIO(stream)
        )
