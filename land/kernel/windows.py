"""Large polygons cut into windows of few edges, by arithmetic alone. 中文：分窗

Cut to a rectangle, a polygon is again a signed sum of strips: edges below the window fall away, those inside
stay, and where the ground goes on above it a level edge along its top stands for whatever lies there. Nothing
crosses, nothing can fail; a road of four thousand vertices becomes some sixty windows that meet few parcels.
"""

from __future__ import annotations

import numba
import numpy as np

from .edges import Pieces

EDGES = 64
_DEEPEST = 24
_NO_WIDTH_M = 1e-9


@numba.njit(cache=True, nogil=True)
def _put(out, at, xa, xb, ya, yb, weight):  # type: ignore[no-untyped-def]
    out[at, 0], out[at, 1], out[at, 2], out[at, 3], out[at, 4] = xa, xb, ya, yb, weight
    return at + 1


@numba.njit(cache=True, nogil=True)
def _between(xa, xb, ya, yb, west, east):  # type: ignore[no-untyped-def]
    """The part of an edge between two meridians; its slope beside."""
    slope = (yb - ya) / (xb - xa)
    if xb > east:
        yb, xb = ya + slope * (east - xa), east
    if xa < west:
        ya, xa = ya + slope * (west - xa), west
    return xa, xb, ya, yb, slope


@numba.njit(cache=True, nogil=True)
def _rise(rises, at, begin, end, weight):  # type: ignore[no-untyped-def]
    """Note where an edge runs above the window."""
    rises[at, 0], rises[at, 1] = begin, weight
    rises[at + 1, 0], rises[at + 1, 1] = end, -weight
    return at + 2


@numba.njit(cache=True, nogil=True)
def _cut(edges, window, out, rises):  # type: ignore[no-untyped-def]
    """Edges of the ground inside a window: how many.

    ``rises`` (two rows an edge) takes where edges above the window begin and end, with their weight.
    """
    west, south, east, north = window
    made, above = 0, 0
    for k in range(len(edges)):
        if edges[k, 1] <= west or edges[k, 0] >= east:
            continue
        weight = edges[k, 4]
        xa, xb, ya, yb, slope = _between(edges[k, 0], edges[k, 1], edges[k, 2], edges[k, 3], west, east)
        if max(ya, yb) <= south:
            continue
        if min(ya, yb) >= north:
            above = _rise(rises, above, xa, xb, weight)
            continue
        if min(ya, yb) < south:  # the part below falls away
            crossing = xa + (south - ya) / slope
            xa, ya, xb, yb = (crossing, south, xb, yb) if ya < yb else (xa, ya, crossing, south)
        if max(ya, yb) > north:
            crossing = xa + (north - ya) / slope
            above = (
                _rise(rises, above, crossing, xb, weight)
                if ya < yb
                else _rise(rises, above, xa, crossing, weight)
            )
            xa, ya, xb, yb = (xa, ya, crossing, north) if ya < yb else (crossing, north, xb, yb)
        if xb > xa:
            made = _put(out, made, xa, xb, ya, yb, weight)
    return _level(rises, above, north, out, made)


@numba.njit(cache=True, nogil=True)
def _level(rises, above, north, out, made):  # type: ignore[no-untyped-def]
    """Level edges along the top of a window, where ground goes on above it."""
    order = np.argsort(rises[:above, 0])
    inside, since, k = 0.0, 0.0, 0
    while k < above:
        x, change = rises[order[k], 0], 0.0
        while k < above and rises[order[k], 0] == x:  # where one edge ends the next begins
            change += rises[order[k], 1]
            k += 1
        if change != 0.0:
            if inside != 0.0:
                made = _put(out, made, since, x, north, north, inside)
            inside += change
            since = x
    return made


@numba.njit(cache=True, nogil=True)
def _edges_of(x, y, weight, begin, end, out):  # type: ignore[no-untyped-def]
    """Edges of a piece as rows: west end, east end, heights there, weight."""
    made = 0
    for k in range(begin, end):
        if weight[k]:
            if x[k] < x[k + 1]:
                made = _put(out, made, x[k], x[k + 1], y[k], y[k + 1], weight[k])
            else:
                made = _put(out, made, x[k + 1], x[k], y[k + 1], y[k], weight[k])
    return made


@numba.njit(cache=True, nogil=True)
def _box(edges, window, box):  # type: ignore[no-untyped-def]
    """The box of a window's ground: down to the window's foot, unless no ground stands on it."""
    west, low, east, north, foot = np.inf, np.inf, -np.inf, -np.inf, 0.0
    for k in range(len(edges)):
        west, east = min(west, edges[k, 0]), max(east, edges[k, 1])
        low = min(low, min(edges[k, 2], edges[k, 3]))
        north = max(north, max(edges[k, 2], edges[k, 3]))
        foot += edges[k, 4] * (edges[k, 1] - edges[k, 0])
    box[0], box[2], box[3] = west, east, north
    box[1] = window[1] if abs(foot) > _NO_WIDTH_M else low


@numba.njit(cache=True, nogil=True)
def _halves(window):  # type: ignore[no-untyped-def]
    west, south, east, north = window
    if east - west >= north - south:
        middle = (west + east) / 2
        return (west, south, middle, north), (middle, south, east, north)
    middle = (south + north) / 2
    return (west, south, east, middle), (west, middle, east, north)


@numba.njit(cache=True, nogil=True)
def _divide(own, window, most, made, boxes):  # type: ignore[no-untyped-def]
    """Windows of one piece: their edges appended to ``made``, their boxes to ``boxes``."""
    stack = [(own, window, 0)]
    while len(stack):
        edges, window, depth = stack.pop()
        if len(edges) <= most or depth >= _DEEPEST:
            if len(edges):
                box = np.empty(4)
                _box(edges, window, box)
                made.append(edges)
                boxes.append(box)
            continue
        for half in _halves(window):
            out, rises = np.empty((3 * len(edges), 5)), np.empty((2 * len(edges), 2))
            found = _cut(edges, half, out, rises)
            stack.append((out[:found].copy(), half, depth + 1))


@numba.njit(cache=True, nogil=True)
def _windows(x, y, weight, starts, boxes, most):  # type: ignore[no-untyped-def]
    """Edges of all windows, the box of each, how many edges it has, and whose it is."""
    made, frames = [np.empty((0, 5))], [np.empty(4)]
    owners = [np.int64(-1)]
    for n in range(len(starts) - 1):
        own = np.empty((starts[n + 1] - starts[n], 5))
        count = _edges_of(x, y, weight, starts[n], starts[n + 1], own)
        before = len(made)
        _divide(own[:count].copy(), (boxes[n, 0], boxes[n, 1], boxes[n, 2], boxes[n, 3]), most, made, frames)
        for _window in range(len(made) - before):
            owners.append(np.int64(n))
    total = 0
    for part in made:
        total += len(part)
    edges, at = np.empty((total, 5)), 0
    counts, box = np.empty(len(made) - 1, dtype=np.int64), np.empty((len(made) - 1, 4))
    for n in range(1, len(made)):
        edges[at : at + len(made[n])] = made[n]
        at += len(made[n])
        counts[n - 1], box[n - 1] = len(made[n]), frames[n]
    return edges, box, counts, np.array(owners[1:])


def windows(pieces: Pieces, most: int = EDGES) -> tuple[Pieces, np.ndarray]:
    """The same ground in pieces of at most about ``most`` edges, and the position each comes from.

    A window's ground lies between its edges and the foot of its box.
    """
    edges, boxes, counts, owners = _windows(
        pieces.x, pieces.y, pieces.weight, pieces.starts, pieces.boxes, most
    )
    starts = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(2 * counts, out=starts[1:])
    x, y = edges[:, :2].ravel(), edges[:, 2:4].ravel()
    weight = np.zeros(len(x), dtype=np.int8)
    weight[::2] = edges[:, 4]
    return Pieces(x, y, weight, starts, boxes), owners
