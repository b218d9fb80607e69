"""Polygons cut in halves until none has many points: shapes, not sums. 中文：图形剖分

A cutting line passes between all points, so that every edge crosses it or lies on one side: sorted along the
line, the crossings enter and leave the ground in turn, and between two of a pair runs a new edge on either
side. Where rounding makes them come in another order the polygon is given back as it was, for GEOS to cut.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np

from .outlines import Outlines

DEEPEST = 40  # halves of halves: what has more points then has them in one spot
_PLACES = 5  # where a line may lie: that farthest from every point is taken
_POINTS_AT_ONCE = 100_000


@numba.njit(cache=True, nogil=True)
def _line(xy, axis, low, high):  # type: ignore[no-untyped-def]
    """Where to cut: near the middle, and as far as can be from every point."""
    best, widest = 0.0, -1.0
    for place in range(_PLACES):
        at = low + (high - low) * (0.5 + (place - _PLACES // 2) / 64)
        nearest = np.inf
        for k in range(len(xy)):
            nearest = min(nearest, abs(xy[k, axis] - at))
        if nearest > widest:
            best, widest = at, nearest
    return best, widest


@numba.njit(cache=True, nogil=True, inline="always")
def _crossing(xy, k, axis, line):  # type: ignore[no-untyped-def]
    """Where an edge crosses the line; the same whichever way the edge is run."""
    a, b = (k, k + 1) if xy[k, axis] < xy[k + 1, axis] else (k + 1, k)
    other = 1 - axis
    share = (line - xy[a, axis]) / (xy[b, axis] - xy[a, axis])
    return xy[a, other] + share * (xy[b, other] - xy[a, other])


@numba.njit(cache=True, nogil=True)
def _crossings(xy, rings, axis, line):  # type: ignore[no-untyped-def]
    """Edges that cross, in the order of their rings, with the place and the next one of the same ring."""
    count = 0
    for r in range(len(rings) - 1):
        for k in range(rings[r], rings[r + 1] - 1):
            count += (xy[k, axis] < line) != (xy[k + 1, axis] < line)
    edges, following = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    owner, at = np.empty(count, dtype=np.int64), np.empty(count)
    found = 0
    for r in range(len(rings) - 1):
        first = found
        for k in range(rings[r], rings[r + 1] - 1):
            if (xy[k, axis] < line) != (xy[k + 1, axis] < line):
                edges[found], owner[found] = k, r
                following[found], at[found] = found + 1, _crossing(xy, k, axis, line)
                found += 1
        if found > first:
            following[found - 1] = first
    return edges, following, owner, at


@numba.njit(cache=True, nogil=True)
def _partners(xy, edges, at, axis, line):  # type: ignore[no-untyped-def]
    """The other end of the new edge at each crossing; empty where they do not come in turn."""
    order = np.argsort(at)
    partner = np.empty(len(order), dtype=np.int64)
    onward = axis == 0  # upwards along a meridian the ground is entered by an edge that runs east
    for n in range(len(order)):
        entering = (xy[edges[order[n]], axis] < line) == onward
        if entering != (n % 2 == 0) or (n and at[order[n]] == at[order[n - 1]]):
            return partner[:0]
        partner[order[n]] = order[n ^ 1]
    return partner


@numba.njit(cache=True, nogil=True)
def _linked(xy, rings, axis, line, crossings, partner, low):  # type: ignore[no-untyped-def]
    """The shells on one side of the line, one after the other, and where each begins."""
    edges, following, owner, at = crossings
    out = np.empty((len(xy) + 3 * len(edges), 2))
    starts = [np.int64(0)]
    seen = np.zeros(len(edges), dtype=np.bool_)
    made = 0
    for first in range(len(edges)):
        if seen[first] or (xy[edges[first] + 1, axis] < line) != low:
            continue
        here = first
        while not seen[here]:
            seen[here] = True
            out[made, axis], out[made, 1 - axis] = line, at[here]
            made += 1
            there = following[here]
            k, last, ring = edges[here] + 1, edges[there], owner[here]
            if k > last:  # past the end of the ring, whose last point is its first
                while k < rings[ring + 1]:
                    out[made, 0], out[made, 1] = xy[k, 0], xy[k, 1]
                    made, k = made + 1, k + 1
                k = rings[ring] + 1
            while k <= last:
                out[made, 0], out[made, 1] = xy[k, 0], xy[k, 1]
                made, k = made + 1, k + 1
            out[made, axis], out[made, 1 - axis] = line, at[there]
            made += 1
            here = partner[there]
        out[made, axis], out[made, 1 - axis] = line, at[first]
        made += 1
        starts.append(np.int64(made))
    return out[:made], starts


@numba.njit(cache=True, nogil=True)
def _holds(shell, x, y):  # type: ignore[no-untyped-def]
    """Whether a ring has a point inside."""
    inside = False
    for k in range(len(shell) - 1):
        if (shell[k, 1] > y) != (shell[k + 1, 1] > y):
            share = (y - shell[k, 1]) / (shell[k + 1, 1] - shell[k, 1])
            inside ^= x < shell[k, 0] + share * (shell[k + 1, 0] - shell[k, 0])
    return inside


@numba.njit(cache=True, nogil=True)
def _owner(hole, shells, starts):  # type: ignore[no-untyped-def]
    """The shell in which a hole lies: it may touch it, so the most of three points decide."""
    best, most = 0, -1
    for shell in range(len(starts) - 1):
        votes = 0
        for turn in range(3):
            k = turn * (len(hole) - 1) // 3
            votes += _holds(shells[starts[shell] : starts[shell + 1]], hole[k, 0], hole[k, 1])
        if votes > most:
            best, most = shell, votes
    return best


@numba.njit(cache=True, nogil=True)
def _assembled(xy, rings, axis, line, shells, starts, crossed, low, stack, depth):  # type: ignore[no-untyped-def]
    """Put the polygons of one side on the stack: each shell with the whole holes that lie in it."""
    home = np.full(len(rings) - 1, -1, dtype=np.int64)
    for r in range(len(rings) - 1):
        if not crossed[r] and (xy[rings[r], axis] < line) == low:
            home[r] = _owner(xy[rings[r] : rings[r + 1]], shells, starts) if len(starts) > 2 else 0
    for shell in range(len(starts) - 1):
        size, holes = starts[shell + 1] - starts[shell], 0
        for r in range(len(home)):
            if home[r] == shell:
                size, holes = size + rings[r + 1] - rings[r], holes + 1
        made, own = np.empty((size, 2)), np.zeros(holes + 2, dtype=np.int64)
        at = starts[shell + 1] - starts[shell]
        made[:at] = shells[starts[shell] : starts[shell + 1]]
        own[1], ring = at, 1
        for r in range(len(home)):
            if home[r] == shell:
                made[at : at + rings[r + 1] - rings[r]] = xy[rings[r] : rings[r + 1]]
                at += rings[r + 1] - rings[r]
                ring += 1
                own[ring] = at
        stack.append((made, own, depth))


@numba.njit(cache=True, nogil=True)
def _halve(xy, rings, stack, depth):  # type: ignore[no-untyped-def]
    """Cut a polygon in two and put what comes of it on the stack; False: it cannot be."""
    west, east = xy[:, 0].min(), xy[:, 0].max()
    south, north = xy[:, 1].min(), xy[:, 1].max()
    axis = 0 if east - west >= north - south else 1
    low, high = (west, east) if axis == 0 else (south, north)
    line, distance = _line(xy, axis, low, high)
    if not distance > 0.0:
        return False
    crossings = _crossings(xy, rings, axis, line)
    partner = _partners(xy, crossings[0], crossings[3], axis, line)
    if not len(partner):
        return False
    crossed = np.zeros(len(rings) - 1, dtype=np.bool_)
    for ring in crossings[2]:
        crossed[ring] = True
    for side in (True, False):
        shells, starts = _linked(xy, rings, axis, line, crossings, partner, side)
        _assembled(xy, rings, axis, line, shells, starts, crossed, side, stack, depth)
    return True


@numba.njit(cache=True, nogil=True)
def _packed(made):  # type: ignore[no-untyped-def]
    points, rings = 0, 0
    for part in made:
        points, rings = points + len(part[0]), rings + len(part[1]) - 1
    xy, ends = np.empty((points, 2)), np.zeros(rings + 1, dtype=np.int64)
    polygons, origins = np.zeros(len(made) + 1, dtype=np.int64), np.empty(len(made), dtype=np.int64)
    point, ring = 0, 0
    for n in range(len(made)):
        own, last, origin = made[n]
        xy[point : point + len(own)] = own
        ends[ring + 1 : ring + len(last)] = last[1:] + point
        point, ring = point + len(own), ring + len(last) - 1
        polygons[n + 1], origins[n] = ring, origin
    return xy, ends, polygons, origins


@numba.njit(cache=True, nogil=True)
def _divide(xy, rings, polygons, most):  # type: ignore[no-untyped-def]
    """Every polygon in parts, as arrays of outlines with the origin of each part; which failed."""
    nothing = np.zeros(2, dtype=np.int64)
    made = [(np.empty((0, 2)), nothing, np.int64(-1))]
    failed = np.zeros(len(polygons) - 1, dtype=np.bool_)
    for n in range(len(polygons) - 1):
        own = rings[polygons[n] : polygons[n + 1] + 1]
        stack = [(xy[own[0] : own[-1]].copy(), own - own[0], 0)]
        before = len(made)
        while len(stack):
            points, ends, depth = stack.pop()
            if len(points) <= most or depth >= DEEPEST:
                made.append((points, ends, np.int64(n)))
            elif not _halve(points, ends, stack, depth + 1):
                failed[n] = True
                break
        if failed[n]:
            while len(made) > before:
                made.pop()
    return _packed(made[1:]), failed


def subdivided(outlines: Outlines, most: int) -> tuple[Outlines, np.ndarray]:
    """The polygons in parts of at most ``most`` points (owners: positions of the polygons), and the positions
    of those that could not be cut, of which no part is there. Many are shared out to threads.
    """
    cuts = np.searchsorted(outlines.rings[outlines.polygons],
                           np.arange(0, len(outlines.xy), _POINTS_AT_ONCE))  # fmt: skip
    bounds = np.unique([0, *cuts.tolist(), len(outlines)])

    def work(begin: int, end: int) -> tuple[Outlines, np.ndarray]:
        made, failed = _divide(outlines.xy, outlines.rings, outlines.polygons[begin : end + 1], most)
        xy, rings, polygons, origins = made
        return Outlines(xy, rings, polygons, origins + begin), np.flatnonzero(failed) + begin

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        done = list(pool.map(work, bounds[:-1], bounds[1:]))
    return Outlines.joined([part for part, _failed in done]), np.concatenate(
        [np.zeros(0, dtype=np.int64), *(failed for _part, failed in done)]
    )
