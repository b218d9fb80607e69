"""An outline divided into parts that share no ground and make it exactly. 中文：图斑拆分

Pure shapely, in the county's working plane, where the edges of survey data are straight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from land import overlay

STRIP_M = 0.05  # mean width: what is narrower is no part of its own, but a border drawn twice


@dataclass
class Divided:
    """The parts, in turn; how many m² of a part that was asked for lay beyond, or on an earlier one."""

    parts: list[BaseGeometry] = field(default_factory=list)
    beyond: dict[int, float] = field(default_factory=dict)
    taken: dict[int, float] = field(default_factory=dict)
    empty: list[int] = field(default_factory=list)
    left: BaseGeometry = shapely.MultiPolygon()


def divide(outline: BaseGeometry, asked: Sequence[BaseGeometry]) -> Divided:
    """Each part is cut to the outline and loses what an earlier one has; ``left`` is what no part took.

    Strips that are no ground of their own go to the part they lie along.
    """
    found, left = Divided(), outline
    for number, piece in enumerate(asked, start=1):
        inside = _ground(shapely.intersection(piece, outline))
        part = _ground(shapely.intersection(piece, left))
        _note(found.beyond, number, piece.area - inside.area, piece)
        _note(found.taken, number, inside.area - part.area, piece)
        if part.is_empty:
            found.empty.append(number)
            continue
        found.parts.append(part)
        left = _ground(shapely.difference(left, part))
    found.left = _without_strips(found, left)
    return found


def overlap(parts: Sequence[BaseGeometry]) -> float:
    """Ground that parts have twice (m² of the plane)."""
    return float(sum(part.area for part in parts) - shapely.union_all(list(parts)).area)


def beyond(outline: BaseGeometry, parts: Sequence[BaseGeometry]) -> float:
    """Ground of the parts outside the outline (m² of the plane)."""
    return float(shapely.difference(shapely.union_all(list(parts)), outline).area)


def _ground(shape: BaseGeometry) -> BaseGeometry:
    return overlay.polygonal(np.array([shape], dtype=object))[0]


def _note(where: dict[int, float], number: int, area: float, piece: BaseGeometry) -> None:
    if area > overlay.ZERO_AREA_M2 and area > STRIP_M * piece.length / 2:
        where[number] = area


def _without_strips(found: Divided, left: BaseGeometry) -> BaseGeometry:
    """``left`` without its strips, each given to the part it lies along."""
    rest = []
    for one in shapely.get_parts(left):
        wide = overlay.mean_width(np.array([one], dtype=object))[0] > STRIP_M
        if wide or not found.parts:
            rest.append(one)
            continue
        nearest = int(np.argmin(shapely.distance(np.array(found.parts, dtype=object), one)))
        found.parts[nearest] = _ground(shapely.union(found.parts[nearest], one))
    return overlay.as_multi(np.array(rest, dtype=object))
