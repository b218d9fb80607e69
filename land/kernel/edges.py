"""Polygons as arrays of vertices with weights and boxes: what the kernel computes with. 中文：边数组"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import shapely

from . import wkb

_WRONG = {
    wkb.BIG_ENDIAN: "WKB in big-endian order",
    wkb.NOT_POLYGONAL: "a geometry that is not polygonal",
    wkb.THREE_D: "a geometry with heights",
}


@numba.njit(cache=True, nogil=True)
def _boxes(x, y, starts):  # type: ignore[no-untyped-def]
    """West, south, east, north of every piece; an empty one has an empty box."""
    out = np.empty((len(starts) - 1, 4))
    for n in range(len(starts) - 1):
        west, south, east, north = np.inf, np.inf, -np.inf, -np.inf
        for k in range(starts[n], starts[n + 1]):
            west, east = min(west, x[k]), max(east, x[k])
            south, north = min(south, y[k]), max(north, y[k])
        out[n, 0], out[n, 1], out[n, 2], out[n, 3] = west, south, east, north
    return out


@numba.njit(cache=True, nogil=True)
def _areas(x, y, weight, starts, boxes):  # type: ignore[no-untyped-def]
    out = np.zeros(len(starts) - 1)
    for n in range(len(starts) - 1):
        floor, total = boxes[n, 1], 0.0
        for k in range(starts[n], starts[n + 1]):
            if weight[k]:
                height = (y[k] - floor + y[k + 1] - floor) / 2
                total += weight[k] * abs(x[k + 1] - x[k]) * height
        out[n] = total
    return out


@dataclass(frozen=True)
class Pieces:
    """Polygons of one plane. Vertices of piece n lie at ``starts[n]:starts[n + 1]``; units are metres.

    Rings count by their role: the first of a polygon is its shell, the others are holes, whichever way they
    run. Geometries must be valid; of a ring that crosses itself this is what its boundary says.
    """

    x: np.ndarray  # float64, a vertex
    y: np.ndarray
    weight: np.ndarray  # int8: of the edge that begins here (land.kernel.wkb)
    starts: np.ndarray  # int64, one more than pieces
    boxes: np.ndarray  # float64 (n, 4): west, south, east, north

    def __len__(self) -> int:
        return len(self.starts) - 1

    @classmethod
    def from_bytes(cls, data: np.ndarray, begins: np.ndarray, ends: np.ndarray) -> Pieces:
        """Pieces whose (E)WKB stands at ``begins[n]:ends[n]`` of ``data`` (uint8).

        Raises ``ValueError`` for what is no little-endian two-dimensional polygon or multipolygon.
        """
        many = wkb.counts(data, begins, ends)
        if len(many) and many.min() < 0:
            raise ValueError(f"{_WRONG[int(many.min())]} at position {int(many.argmin())}")
        starts = np.zeros(len(many) + 1, dtype=np.int64)
        np.cumsum(many, out=starts[1:])
        x, y = np.empty(starts[-1]), np.empty(starts[-1])
        weight = np.empty(starts[-1], dtype=np.int8)
        wkb.fill(data, begins, ends, starts, x, y, weight)
        return cls.of(x, y, weight, starts)

    @classmethod
    def of(cls, x: np.ndarray, y: np.ndarray, weight: np.ndarray, starts: np.ndarray) -> Pieces:
        """Pieces of such arrays, with their boxes."""
        return cls(x, y, weight, starts, _boxes(x, y, starts))

    @classmethod
    def from_wkb(cls, texts: list[bytes]) -> Pieces:
        """Pieces of a list of (E)WKB."""
        ends = np.cumsum([len(text) for text in texts], dtype=np.int64)
        begins = np.concatenate([np.zeros(1, dtype=np.int64), ends[:-1]]) if len(texts) else ends
        return cls.from_bytes(np.frombuffer(b"".join(texts), dtype=np.uint8), begins, ends)

    @classmethod
    def from_shapely(cls, geoms: Any) -> Pieces:
        """Pieces of an array of shapely polygons or multipolygons; heights are left out."""
        array = shapely.force_2d(np.asarray(geoms, dtype=object))
        return cls.from_wkb(list(shapely.to_wkb(array, byte_order=1)))

    def areas(self) -> np.ndarray:
        """Area of every piece, m²."""
        return _areas(self.x, self.y, self.weight, self.starts, self.boxes)

    def subset(self, chosen: np.ndarray) -> Pieces:
        """The pieces at the positions given."""
        many = (self.starts[1:] - self.starts[:-1])[chosen]
        starts = np.zeros(len(chosen) + 1, dtype=np.int64)
        np.cumsum(many, out=starts[1:])
        at = np.repeat(self.starts[:-1][chosen] - starts[:-1], many) + np.arange(starts[-1])
        return Pieces(self.x[at], self.y[at], self.weight[at], starts, self.boxes[chosen])
