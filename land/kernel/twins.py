"""Edges that two neighbours share, point for point: what lies between pieces of a mosaic. 中文：公共边匹配

In a mosaic every edge is run twice, with ground on its left and with ground on its right, or lies on the
border of the whole. An edge with exactly one such twin needs no further look; the few others do.
"""

from __future__ import annotations

import numba
import numpy as np

from .edges import Pieces

_LEFT, _RIGHT, _NONE = 1, 2, 0


@numba.njit(cache=True, nogil=True)
def _sides(x, y, weight, starts, sides):  # type: ignore[no-untyped-def]
    """Of each edge, whether ground lies left or right of it as seen from its lesser end; none: no edge."""
    for n in range(len(starts) - 1):
        first = starts[n]
        while first < starts[n + 1]:
            last = first + 1
            while last < starts[n + 1] and (x[last] != x[first] or y[last] != y[first]):
                last += 1
            left = True  # whether the ring has its ground on its left
            for k in range(first, min(last, starts[n + 1] - 1)):
                if weight[k]:
                    left = (weight[k] < 0) == (x[k + 1] > x[k])
                    break
            for k in range(first, min(last, starts[n + 1] - 1)):
                onward = x[k] < x[k + 1] or (x[k] == x[k + 1] and y[k] < y[k + 1])
                sides[k] = _LEFT if onward == left else _RIGHT
            first = last + 1


@numba.njit(cache=True, nogil=True, inline="always")
def _mixed(a, b, c, d):  # type: ignore[no-untyped-def]
    """A number for an edge from the bits of its four coordinates."""
    h = np.uint64(a) * np.uint64(0x9E3779B97F4A7C15)
    h = (h ^ (h >> np.uint64(29)) ^ np.uint64(b)) * np.uint64(0xBF58476D1CE4E5B9)
    h = (h ^ (h >> np.uint64(31)) ^ np.uint64(c)) * np.uint64(0x94D049BB133111EB)
    h = (h ^ (h >> np.uint64(29)) ^ np.uint64(d)) * np.uint64(0xD6E8FEB86659FD93)
    return h ^ (h >> np.uint64(32))


@numba.njit(cache=True, nogil=True)
def _match(x, y, bits_x, bits_y, sides, slots, bits, single):  # type: ignore[no-untyped-def]
    """``single``: True where an edge has not exactly one twin on its other side."""
    mask = np.uint64((1 << bits) - 1)
    holder = np.full(1 << bits, -1, dtype=np.int64)
    seen = np.zeros((1 << bits, 2), dtype=np.uint8)
    for k in range(len(sides)):
        if sides[k] == _NONE:
            continue
        onward = x[k] < x[k + 1] or (x[k] == x[k + 1] and y[k] < y[k + 1])
        a, b = (k, k + 1) if onward else (k + 1, k)
        slot = _mixed(bits_x[a], bits_y[a], bits_x[b], bits_y[b]) & mask
        while holder[slot] >= 0:
            h = holder[slot]
            same = (x[h] == x[a] and y[h] == y[a] and x[h + 1] == x[b] and y[h + 1] == y[b]) or (
                x[h] == x[b] and y[h] == y[b] and x[h + 1] == x[a] and y[h + 1] == y[a]
            )
            if same:
                break
            slot = (slot + np.uint64(1)) & mask
        if holder[slot] < 0:
            holder[slot] = k
        side = sides[k] - 1
        seen[slot, side] = min(seen[slot, side] + 1, 2)
        slots[k] = slot
    for k in range(len(sides)):
        if sides[k] != _NONE:
            single[k] = seen[slots[k], 0] != 1 or seen[slots[k], 1] != 1


def lonely(pieces: Pieces) -> np.ndarray:
    """Whether each piece (n,) has an edge that is not run exactly once from either side.

    Coordinates are compared bit for bit: neighbours that a rounding parted are lonely, and looked at.
    """
    x, y = pieces.x + 0.0, pieces.y + 0.0  # no negative zero: its bits differ
    sides = np.zeros(len(x), dtype=np.uint8)
    _sides(x, y, pieces.weight, pieces.starts, sides)
    slots, single = np.zeros(len(x), dtype=np.int64), np.zeros(len(x), dtype=np.bool_)
    bits = max(4, int(np.ceil(np.log2(max(1, len(x)) * 1.4))))
    _match(x, y, x.view(np.int64), y.view(np.int64), sides, slots, bits, single)
    if not len(pieces):
        return np.zeros(0, dtype=bool)
    return np.add.reduceat(np.append(single, False), pieces.starts[:-1]).astype(bool) & (
        pieces.starts[1:] > pieces.starts[:-1]
    )
