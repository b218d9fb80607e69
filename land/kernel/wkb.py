"""Polygons out of (E)WKB straight into arrays of vertices, without a geometry object between. 中文：解析

The weight of a vertex says what the edge from it to the next one adds under it: +1 where the ground lies
below, -1 where it lies above, 0 where no edge begins (the last vertex of a ring).
"""

from __future__ import annotations

import numba
import numpy as np

_SRID, _Z, _M = 0x20000000, 0x80000000, 0x40000000
POLYGON, MULTIPOLYGON, COLLECTION = 3, 6, 7
BIG_ENDIAN, NOT_POLYGONAL, THREE_D = -1, -2, -3


@numba.njit(cache=True, nogil=True)
def _word(data, at):  # type: ignore[no-untyped-def]
    """The little-endian 32-bit number at a byte."""
    return (
        np.int64(data[at])
        | np.int64(data[at + 1]) << 8
        | np.int64(data[at + 2]) << 16
        | np.int64(data[at + 3]) << 24
    )


@numba.njit(cache=True, nogil=True)
def _head(data, at):  # type: ignore[no-untyped-def]
    """Kind of the geometry at a byte (negative: what is wrong with it) and the byte after its head."""
    if data[at] != 1:
        return BIG_ENDIAN, at
    kind = _word(data, at + 1)
    after = at + 5
    if kind & _SRID:
        after += 4
    if kind & (_Z | _M):
        return THREE_D, after
    return kind & 0x0FFFFFFF, after


@numba.njit(cache=True, nogil=True)
def count_vertices(data, begin, end):  # type: ignore[no-untyped-def]
    """Vertices of the polygons between two bytes; negative: what is wrong."""
    total, at = 0, begin
    while at < end:
        kind, at = _head(data, at)
        if kind < 0:
            return kind
        if kind in (MULTIPOLYGON, COLLECTION):
            at += 4  # its members follow, each with a head of its own
        elif kind == POLYGON:
            rings = _word(data, at)
            at += 4
            for _ring in range(rings):
                points = _word(data, at)
                at += 4 + 16 * points
                total += points
        else:
            return NOT_POLYGONAL
    return total


@numba.njit(cache=True, nogil=True)
def _read_ring(data, at, points, x, y, weight, to, hole):  # type: ignore[no-untyped-def]
    """Copy a ring to position ``to``; its edges weigh by its role, whichever way it runs."""
    values = data[at : at + 16 * points].view(np.float64)
    twice, x0, y0 = 0.0, values[0], values[1]
    for k in range(points):
        x[to + k], y[to + k] = values[2 * k], values[2 * k + 1]
        if k:
            twice += (x[to + k - 1] - x0) * (y[to + k] - y0) - (x[to + k] - x0) * (y[to + k - 1] - y0)
    ground_left = (twice > 0) != hole
    for k in range(points - 1):
        run = x[to + k + 1] - x[to + k]
        weight[to + k] = 0 if run == 0 else (-1 if (run > 0) == ground_left else 1)
    weight[to + points - 1] = 0


@numba.njit(cache=True, nogil=True)
def read_vertices(data, begin, end, x, y, weight, to):  # type: ignore[no-untyped-def]
    """Write the polygons between two bytes at position ``to``; give the position after them."""
    at = begin
    while at < end:
        kind, at = _head(data, at)
        if kind != POLYGON:
            at += 4
            continue
        rings = _word(data, at)
        at += 4
        for ring in range(rings):
            points = _word(data, at)
            at += 4
            if points:
                _read_ring(data, at, points, x, y, weight, to, ring > 0)
            at += 16 * points
            to += points
    return to


@numba.njit(cache=True, nogil=True)
def counts(data, begins, ends):  # type: ignore[no-untyped-def]
    """Vertices of each geometry; stops at the first that is wrong."""
    out = np.zeros(len(begins), dtype=np.int64)
    for n in range(len(begins)):
        out[n] = count_vertices(data, begins[n], ends[n])
        if out[n] < 0:
            break
    return out


@numba.njit(cache=True, nogil=True)
def fill(data, begins, ends, starts, x, y, weight):  # type: ignore[no-untyped-def]
    """Write every geometry at its start."""
    for n in range(len(begins)):
        read_vertices(data, begins[n], ends[n], x, y, weight, starts[n])


@numba.njit(cache=True, nogil=True)
def put_points(data, begins, ends, srid, x, y):  # type: ignore[no-untyped-def]
    """Give the polygons of every geometry other points, in their order, and the number of another system."""
    point = 0
    for n in range(len(begins)):
        at = begins[n]
        while at < ends[n]:
            kind, after = _head(data, at)
            if after == at + 9:
                for byte in range(4):
                    data[at + 5 + byte] = (srid >> (8 * byte)) & 255
            at = after + 4
            if kind == POLYGON:
                for _ring in range(_word(data, after)):
                    count = _word(data, at)
                    values = data[at + 4 : at + 4 + 16 * count].view(np.float64)
                    for k in range(count):
                        values[2 * k], values[2 * k + 1] = x[point + k], y[point + k]
                    at, point = at + 4 + 16 * count, point + count
