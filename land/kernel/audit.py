"""Sums of common ground by shape and group, over all pairs at once. 中文：核查汇总"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .edges import Pieces
from .grid import Grid
from .overlap import overlaps
from .windows import windows

ZERO_M2 = 1e-4  # below it two shapes touch


@dataclass(frozen=True)
class Cut:
    """Shapes cut into windows, ready to be laid over any layer."""

    windows: Pieces
    owners: np.ndarray  # position of the shape that each window is of

    @classmethod
    def of(cls, shapes: Pieces) -> Cut:
        return cls(*windows(shapes))


@dataclass(frozen=True)
class Sums:
    """Ground by shape and group of the layer, where there is any."""

    shapes: np.ndarray  # positions
    groups: np.ndarray
    areas: np.ndarray  # m²


def sums(cut: Cut, grid: Grid, layer: Pieces, groups: np.ndarray, threads: int | None = None) -> Sums:
    """Common ground of the shapes with a layer whose pieces do not overlap, by group of its pieces.

    ``groups``: a number from 0 on for each piece. What is below ``ZERO_M2`` is contact and left out.
    """
    left, right = grid.meeting(cut.windows.boxes)
    areas = overlaps(cut.windows, layer, left, right, threads)
    some = areas > 0.0
    left, right, areas = left[some], right[some], areas[some]
    many = int(groups.max(initial=0)) + 1
    keys, position = np.unique(cut.owners[left] * many + groups[right], return_inverse=True)
    totals = np.bincount(position, weights=areas, minlength=len(keys))
    kept = totals > ZERO_M2
    return Sums(keys[kept] // many, keys[kept] % many, totals[kept])
