"""Area that two polygons have in common, as a sum over pairs of their edges. 中文：梯形对求和

A polygon is the signed sum of the strips between its edges and a line below; so the area of A ∩ B is the sum,
over pairs of edges, of the product of their signs and of the area below both. No crossing points are looked
for, and touching, collinear and shared edges are no cases of their own.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np

from .edges import Pieces

_PAIRS_AT_ONCE = 20_000


@numba.njit(cache=True, nogil=True, inline="always")
def _under(left, right, width):  # type: ignore[no-untyped-def]
    """Area above the floor under a straight line from height ``left`` to ``right``."""
    if left >= 0.0:
        if right >= 0.0:
            return 0.5 * (left + right) * width
        return 0.5 * left * width * left / (left - right)
    if right > 0.0:
        return 0.5 * right * width * right / (right - left)
    return 0.0


@numba.njit(cache=True, nogil=True)
def _gather(x, y, weight, begin, end, west, east, floor, out):  # type: ignore[no-untyped-def]
    """Edges, cut to a strip, that rise above the floor: west and east end, heights there, weight.

    Heights are reckoned from the floor.
    """
    found = 0
    for k in range(begin, end):
        if weight[k] == 0:
            continue
        xa, ya, xb, yb = x[k], y[k], x[k + 1], y[k + 1]
        if xa > xb:
            xa, ya, xb, yb = xb, yb, xa, ya
        if xb <= west or xa >= east or (ya <= floor and yb <= floor):
            continue
        ya, yb = ya - floor, yb - floor
        slope = (yb - ya) / (xb - xa)
        if xb > east:
            yb, xb = ya + slope * (east - xa), east
        if xa < west:
            ya, xa = ya + slope * (west - xa), west
        out[found, 0], out[found, 1], out[found, 2], out[found, 3] = xa, xb, ya, yb
        out[found, 4], out[found, 5] = slope, weight[k]
        found += 1
    return found


@numba.njit(cache=True, nogil=True)
def _pair(a, count_a, b, count_b):  # type: ignore[no-untyped-def]
    """Sum over the pairs of edges of two polygons."""
    total = 0.0
    for i in range(count_a):
        xa, xb, ya, slope, own = a[i, 0], a[i, 1], a[i, 2], a[i, 4], 0.0
        for j in range(count_b):
            left, right = max(xa, b[j, 0]), min(xb, b[j, 1])
            width = right - left
            if width <= 0.0:
                continue
            here, there = ya + slope * (left - xa), ya + slope * (right - xa)
            other_here = b[j, 2] + b[j, 4] * (left - b[j, 0])
            other_there = b[j, 2] + b[j, 4] * (right - b[j, 0])
            before, after = here - other_here, there - other_there
            if before <= 0.0 and after <= 0.0:
                area = _under(here, there, width)
            elif before >= 0.0 and after >= 0.0:
                area = _under(other_here, other_there, width)
            else:
                part = before / (before - after)
                crossing = here + part * (there - here)
                first = min(here, other_here)
                last = min(there, other_there)
                area = _under(first, crossing, part * width) + _under(crossing, last, (1 - part) * width)
            own += b[j, 5] * area
        total += a[i, 5] * own
    return total


@numba.njit(cache=True, nogil=True)
def _overlaps(ax, ay, aw, astarts, aboxes, bx, by, bw, bstarts, bboxes, left, right, out):  # type: ignore[no-untyped-def]
    """Common area of each pair of pieces."""
    most_a, most_b = 1, 1
    for n in range(len(left)):
        most_a = max(most_a, astarts[left[n] + 1] - astarts[left[n]])
        most_b = max(most_b, bstarts[right[n] + 1] - bstarts[right[n]])
    edges_a, edges_b = np.empty((most_a, 6)), np.empty((most_b, 6))
    for n in range(len(left)):
        i, j = left[n], right[n]
        west, east = max(aboxes[i, 0], bboxes[j, 0]), min(aboxes[i, 2], bboxes[j, 2])
        floor, roof = max(aboxes[i, 1], bboxes[j, 1]), min(aboxes[i, 3], bboxes[j, 3])
        out[n] = 0.0
        if west >= east or floor >= roof:
            continue
        count_a = _gather(ax, ay, aw, astarts[i], astarts[i + 1], west, east, floor, edges_a)
        if count_a == 0:
            continue
        count_b = _gather(bx, by, bw, bstarts[j], bstarts[j + 1], west, east, floor, edges_b)
        out[n] = max(_pair(edges_a, count_a, edges_b, count_b), 0.0)


def overlaps(
    a: Pieces, b: Pieces, left: np.ndarray, right: np.ndarray, threads: int | None = None
) -> np.ndarray:
    """Area, m², that ``a[left[n]]`` and ``b[right[n]]`` have in common, for every n.

    Touching pieces give what rounding leaves, well below 1e-6 m² at coordinates of a county.
    """
    out = np.empty(len(left))
    workers = min(threads or os.cpu_count() or 1, max(1, len(left) // 1000))
    size = max(1, min(_PAIRS_AT_ONCE, -(-len(left) // workers)))

    def work(begin: int) -> None:
        chosen = slice(begin, begin + size)
        _overlaps(
            a.x, a.y, a.weight, a.starts, a.boxes, b.x, b.y, b.weight, b.starts, b.boxes,
            left[chosen], right[chosen], out[chosen],
        )  # fmt: skip

    begins = range(0, len(left), size)
    if workers == 1:
        for begin in begins:
            work(begin)
    else:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(work, begins))
    return out
