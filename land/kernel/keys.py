"""A key of an outline, the same wherever its rings begin and whichever way they run. 中文：图形指纹

The sum of numbers that every edge gives by its two ends alone: exports that rotate rings, turn them or list
parts and holes in another order have the same edges. Two sums of 64 bits stand beside each other; coordinates
are compared bit for bit. It tells outlines apart, and is no protection against somebody who forges one.
"""

from __future__ import annotations

import numba
import numpy as np

from .outlines import Outlines
from .twins import _mixed


@numba.njit(cache=True, nogil=True)
def _sums(xy, bits, rings, polygons, owners, out):  # type: ignore[no-untyped-def]
    for polygon in range(len(owners)):
        first, second = np.uint64(0), np.uint64(0)
        for ring in range(polygons[polygon], polygons[polygon + 1]):
            for k in range(rings[ring], rings[ring + 1] - 1):
                if xy[k, 0] == xy[k + 1, 0] and xy[k, 1] == xy[k + 1, 1]:
                    continue
                onward = xy[k, 0] < xy[k + 1, 0] or (xy[k, 0] == xy[k + 1, 0] and xy[k, 1] < xy[k + 1, 1])
                a, b = (k, k + 1) if onward else (k + 1, k)
                first += _mixed(bits[a, 0], bits[a, 1], bits[b, 0], bits[b, 1])
                second += _mixed(bits[b, 1], bits[a, 0], bits[b, 0], bits[a, 1])
        out[owners[polygon], 0] += first
        out[owners[polygon], 1] += second


def outline_keys(outlines: Outlines, count: int) -> np.ndarray:
    """Sixteen bytes (n, 16) for each of ``count`` geometries; without polygons they are zero."""
    xy = outlines.xy + 0.0  # no negative zero: its bits differ
    sums = np.zeros((count, 2), dtype=np.uint64)
    _sums(xy, xy.view(np.int64), outlines.rings, outlines.polygons, outlines.owners, sums)
    return sums.view(np.uint8).reshape(count, 16)
