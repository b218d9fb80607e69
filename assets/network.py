"""The road network 路网: which village is connected, and how far a road's line may be from its mileage.

Pure: arrays in, arrays out; lines and points lie in one metric plane. Two sections are connected where an end
of one lies within the tolerance of the other, at its end or along it. Roads that merely cross are not: a
bridge is no junction. The parts of one section belong together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

CONNECTED, CUT_OFF, NO_ROAD, NO_SEAT = "connected", "cut_off", "no_road", "no_seat"


def find(parents: np.ndarray, one: int) -> int:
    """The root of an element, with path halving."""
    while parents[one] != one:
        parents[one] = parents[parents[one]]
        one = int(parents[one])
    return one


def join(size: int, pairs: np.ndarray) -> np.ndarray:
    """The component of each of ``size`` elements: the smallest element that pairs (k, 2) lead to."""
    parents = np.arange(size)
    for one, other in pairs:
        a, b = find(parents, int(one)), find(parents, int(other))
        parents[max(a, b)] = min(a, b)
    return np.array([find(parents, number) for number in range(size)], dtype=np.intp)


def components(lines: np.ndarray, tolerance: float) -> np.ndarray:
    """The component of each section: sections whose ends meet within the tolerance are one network."""
    parts, owner = shapely.get_parts(lines, return_index=True)
    if not len(parts):
        return np.arange(len(lines))
    ends = np.concatenate([shapely.get_point(parts, 0), shapely.get_point(parts, -1)])
    near = shapely.STRtree(parts).query(ends, predicate="dwithin", distance=tolerance)
    pairs = np.column_stack([owner[near[0] % len(parts)], owner[near[1]]])
    return join(len(lines), np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0))


@dataclass(frozen=True)
class Connection:
    """How a village is connected: the verdict, and the nearest good section with its distance in metres."""

    verdict: str
    section: int | None = None
    distance_m: float | None = None


def connections(
    villages: np.ndarray,
    seats: np.ndarray,
    lines: np.ndarray,
    good: np.ndarray,
    *,
    reach: float,
    seat_reach: float,
    tolerance: float,
) -> list[Connection]:
    """How each village (point) is connected by good sections to its own seat (point or None).

    A village is connected when a good section lies within ``reach`` of it, and that section's network comes
    within ``seat_reach`` of the seat. Nearness to a road that leads nowhere is ``CUT_OFF``.
    """
    networks = components(lines, tolerance)
    by_village, by_seat = _near(villages, lines, reach), _near(seats, lines, seat_reach)
    found = []
    for number in range(len(villages)):
        sections = [section for section in by_village.get(number, []) if good[section]]
        reached = {int(networks[section]) for section in by_seat.get(number, [])}
        joined = [section for section in sections if int(networks[section]) in reached]
        if not reached:
            verdict, chosen = NO_SEAT, sections
        elif joined:
            verdict, chosen = CONNECTED, joined
        else:
            verdict, chosen = (CUT_OFF, sections) if sections else (NO_ROAD, [])
        found.append(_nearest(verdict, villages[number], chosen, lines))
    return found


def _near(points: np.ndarray, lines: np.ndarray, reach: float) -> dict[int, list[int]]:
    """The lines within reach of each point; a missing point has none."""
    here = np.flatnonzero(~shapely.is_missing(points))
    if not len(here) or not len(lines):
        return {}
    pairs = shapely.STRtree(lines).query(points[here], predicate="dwithin", distance=reach)
    near: dict[int, list[int]] = {}
    for point, line in zip(here[pairs[0]].tolist(), pairs[1].tolist(), strict=True):
        near.setdefault(point, []).append(line)
    return near


def _nearest(verdict: str, point: Any, sections: list[int], lines: np.ndarray) -> Connection:
    if not sections:
        return Connection(verdict)
    away = shapely.distance(point, lines[sections])
    best = int(np.argmin(away))
    return Connection(verdict, sections[best], round(float(away[best]), 1))


def in_zones(lines: np.ndarray, widths: np.ndarray, shapes: np.ndarray) -> list[tuple[int, int, float]]:
    """Shapes inside the zones of lines: (shape, line, distance from the middle of the road).

    ``widths``: how far the zone of a line reaches from its middle. What touches the edge alone is outside.
    """
    if not len(lines) or not len(shapes):
        return []
    pairs = shapely.STRtree(shapes).query(lines, predicate="dwithin", distance=float(np.max(widths)))
    away = shapely.distance(lines[pairs[0]], shapes[pairs[1]])
    inside = away < widths[pairs[0]] - 1e-6
    return [
        (int(shape), int(line), round(float(metres), 2))
        for line, shape, metres in zip(pairs[0][inside], pairs[1][inside], away[inside], strict=True)
    ]
