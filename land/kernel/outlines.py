"""Outlines ring by ring, out of WKB and into it again: for what has to keep its shape. 中文：图形轮廓

Where ``Pieces`` are sums of edges, these are polygons: each a shell that runs counter-clockwise and its
holes, which run clockwise. What the database keeps is written from them without a geometry object between.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numba
import numpy as np

from .edges import Pieces
from .wkb import COLLECTION, MULTIPOLYGON, POLYGON, _head, _word

_HEAD = 9  # bytes of a polygon before its rings: order, kind, how many


@numba.njit(cache=True, nogil=True)
def _sizes(data, begins, ends):  # type: ignore[no-untyped-def]
    """Polygons, rings and points of all geometries; of empty rings nothing is counted."""
    polygons, rings, points = 0, 0, 0
    for n in range(len(begins)):
        at = begins[n]
        while at < ends[n]:
            kind, at = _head(data, at)
            if kind in (MULTIPOLYGON, COLLECTION):
                at += 4
                continue
            if kind != POLYGON:
                return -1, -1, -1
            many = _word(data, at)
            at += 4
            polygons += many > 0
            for _ring in range(many):
                count = _word(data, at)
                at += 4 + 16 * count
                points += count
                rings += 1
    return polygons, rings, points


@numba.njit(cache=True, nogil=True)
def _area(xy, begin, end):  # type: ignore[no-untyped-def]
    twice = 0.0
    for k in range(begin, end - 1):
        twice += (xy[k, 0] - xy[begin, 0]) * (xy[k + 1, 1] - xy[begin, 1])
        twice -= (xy[k + 1, 0] - xy[begin, 0]) * (xy[k, 1] - xy[begin, 1])
    return twice / 2


@numba.njit(cache=True, nogil=True)
def _turn(xy, begin, end, shell):  # type: ignore[no-untyped-def]
    """Shells counter-clockwise, holes clockwise."""
    if (_area(xy, begin, end) > 0) != shell:
        low, high = begin, end - 1
        while low < high:
            for side in range(2):
                xy[low, side], xy[high, side] = xy[high, side], xy[low, side]
            low, high = low + 1, high - 1


@numba.njit(cache=True, nogil=True)
def _read(data, begins, ends, xy, rings, polygons, owners):  # type: ignore[no-untyped-def]
    polygon, ring, point = 0, 0, 0
    for n in range(len(begins)):
        at = begins[n]
        while at < ends[n]:
            kind, at = _head(data, at)
            if kind != POLYGON:
                at += 4
                continue
            many = _word(data, at)
            at += 4
            for number in range(many):
                count = _word(data, at)
                at += 4
                values = data[at : at + 16 * count].view(np.float64)
                for k in range(count):
                    xy[point + k, 0], xy[point + k, 1] = values[2 * k], values[2 * k + 1]
                at += 16 * count
                if count:
                    _turn(xy, point, point + count, number == 0)
                point += count
                ring += 1
                rings[ring] = point
            if many:
                owners[polygon] = n
                polygon += 1
                polygons[polygon] = ring


@numba.njit(cache=True, nogil=True)
def _put_word(out, at, value):  # type: ignore[no-untyped-def]
    for byte in range(4):
        out[at + byte] = (value >> (8 * byte)) & 255
    return at + 4


@numba.njit(cache=True, nogil=True)
def _write(xy, rings, polygons, order, out, begins):  # type: ignore[no-untyped-def]
    for n in range(len(order)):
        at, polygon = begins[n], order[n]
        out[at] = 1
        at = _put_word(out, at + 1, POLYGON)
        at = _put_word(out, at, polygons[polygon + 1] - polygons[polygon])
        for ring in range(polygons[polygon], polygons[polygon + 1]):
            count = rings[ring + 1] - rings[ring]
            at = _put_word(out, at, count)
            values = out[at : at + 16 * count].view(np.float64)
            for k in range(count):
                values[2 * k], values[2 * k + 1] = xy[rings[ring] + k, 0], xy[rings[ring] + k, 1]
            at += 16 * count


@dataclass(frozen=True)
class Outlines:
    """Polygons. Points of ring r lie at ``rings[r]:rings[r + 1]``, rings of polygon p likewise."""

    xy: np.ndarray  # float64 (points, 2)
    rings: np.ndarray  # int64, one more than rings
    polygons: np.ndarray  # int64, one more than polygons
    owners: np.ndarray  # int64: position of the geometry that each polygon is part of

    def __len__(self) -> int:
        return len(self.owners)

    @classmethod
    def from_bytes(cls, data: np.ndarray, begins: np.ndarray, ends: np.ndarray) -> Outlines:
        """The polygons of geometries whose (E)WKB stands at ``begins[n]:ends[n]`` of ``data`` (uint8).

        Raises ``ValueError`` for what is no little-endian two-dimensional polygon or multipolygon.
        """
        polygons, rings, points = _sizes(data, begins, ends)
        if polygons < 0:
            raise ValueError("a geometry that is no plain polygon")
        made = cls(
            np.empty((points, 2)),
            np.zeros(rings + 1, dtype=np.int64),
            np.zeros(polygons + 1, dtype=np.int64),
            np.zeros(polygons, dtype=np.int64),
        )
        _read(data, begins, ends, made.xy, made.rings, made.polygons, made.owners)
        return made

    @classmethod
    def from_wkb(cls, texts: list[bytes]) -> Outlines:
        """The polygons of a list of (E)WKB."""
        ends = np.cumsum([len(text) for text in texts], dtype=np.int64)
        begins = np.concatenate([np.zeros(1, dtype=np.int64), ends[:-1]]) if len(texts) else ends
        return cls.from_bytes(np.frombuffer(b"".join(texts), dtype=np.uint8), begins, ends)

    @classmethod
    def joined(cls, parts: list[Outlines]) -> Outlines:
        """Several together, in their order; owners stay."""
        points = np.cumsum([0, *(len(part.xy) for part in parts)])
        rings = np.cumsum([0, *(len(part.rings) - 1 for part in parts)])
        zero = np.zeros(1, dtype=np.int64)
        return cls(
            np.concatenate([np.empty((0, 2)), *(part.xy for part in parts)]),
            np.concatenate([zero, *(p.rings[1:] + at for p, at in zip(parts, points, strict=False))]),
            np.concatenate([zero, *(p.polygons[1:] + at for p, at in zip(parts, rings, strict=False))]),
            np.concatenate([zero[:0], *(part.owners for part in parts)]),
        )

    @property
    def points(self) -> np.ndarray:
        """How many points each polygon has."""
        return np.diff(self.rings[self.polygons])

    def moved(self, move: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]) -> Outlines:
        """The same with every point elsewhere."""
        return replace(self, xy=np.column_stack(move(self.xy[:, 0], self.xy[:, 1])))

    def subset(self, chosen: np.ndarray) -> Outlines:
        """The polygons at the positions given."""
        rings = _ranges(self.polygons, chosen)
        points = _ranges(self.rings, rings)
        return Outlines(
            self.xy[points],
            _starts(np.diff(self.rings)[rings]),
            _starts(np.diff(self.polygons)[chosen]),
            self.owners[chosen],
        )

    def as_pieces(self, count: int) -> Pieces:
        """The ``count`` geometries as sums of edges; owners ascend."""
        x, y = np.ascontiguousarray(self.xy.T)
        weight = np.zeros(len(x), dtype=np.int8)
        weight[:-1] = np.sign(x[:-1] - x[1:])  # ground lies left of every edge: above what runs east
        weight[self.rings[1:] - 1] = 0
        first = np.searchsorted(self.owners, np.arange(count + 1))
        return Pieces.of(x, y, weight, self.rings[self.polygons[first]])

    def to_wkb(self, order: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """WKB of the polygons in an order, end to end (uint8); where each begins, and the last ends."""
        rings = np.diff(self.polygons)[order]
        begins = _starts(_HEAD + 4 * rings + 16 * self.points[order])
        out = np.empty(begins[-1], dtype=np.uint8)
        _write(self.xy, self.rings, self.polygons, order, out, begins)
        return out, begins


def _starts(sizes: np.ndarray) -> np.ndarray:
    out = np.zeros(len(sizes) + 1, dtype=np.int64)
    np.cumsum(sizes, out=out[1:])
    return out


def _ranges(starts: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """The members of the ranges ``starts[n]:starts[n + 1]`` chosen, one after the other."""
    many = np.diff(starts)[chosen]
    begins = _starts(many)
    return np.repeat(starts[:-1][chosen] - begins[:-1], many) + np.arange(begins[-1])
