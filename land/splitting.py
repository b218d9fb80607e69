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

GRID_M = 1e-5  # corners lie on this grid, so that no hair is left along a common border
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
        inside = _ground(shapely.intersection(piece, outline, grid_size=GRID_M))
        part = _ground(shapely.intersection(piece, left, grid_size=GRID_M))
        _note(found.beyond, number, piece.area - inside.area, piece)
        _note(found.taken, number, inside.area - part.area, piece)
        if part.is_empty or not _wide(part):
            found.empty.append(number)
            continue
        found.parts.append(part)
        left = _ground(shapely.difference(left, part, grid_size=GRID_M))
    found.left = _without_strips(found, left)
    return found


def overlap(parts: Sequence[BaseGeometry]) -> float:
    """Ground that parts have twice (m² of the plane)."""
    return float(sum(part.area for part in parts) - _together(parts).area)


def beyond(outline: BaseGeometry, parts: Sequence[BaseGeometry]) -> float:
    """Ground of the parts outside the outline (m² of the plane)."""
    return float(shapely.difference(_together(parts), outline).area)


def _together(parts: Sequence[BaseGeometry]) -> BaseGeometry:
    """All parts as one; digits that went through a form may cross themselves by less than a hair."""
    return shapely.union_all([part if part.is_valid else shapely.make_valid(part) for part in parts])


def _ground(shape: BaseGeometry) -> BaseGeometry:
    return overlay.polygonal(np.array([shape], dtype=object))[0]


def _note(where: dict[int, float], number: int, area: float, piece: BaseGeometry) -> None:
    if area > overlay.ZERO_AREA_M2 and area > STRIP_M * piece.length / 2:
        where[number] = area


def _wide(shape: BaseGeometry) -> bool:
    return bool(overlay.mean_width(np.array([shape], dtype=object))[0] > STRIP_M)


def _without_strips(found: Divided, left: BaseGeometry) -> BaseGeometry:
    """``left`` without its strips, each given to the part it lies along."""
    rest = []
    for one in shapely.get_parts(left):
        if _wide(one) or not found.parts:
            rest.append(one)
            continue
        nearest = int(np.argmin(shapely.distance(np.array(found.parts, dtype=object), one)))
        found.parts[nearest] = _ground(shapely.union(found.parts[nearest], one, grid_size=GRID_M))
    return overlay.as_multi(np.array(rest, dtype=object))
