"""Which boxes of two layers meet: a grid of cells, each box filed in the cells it covers. 中文：格网索引

A pair is reported in one cell only, that of the lower left corner of what the boxes have in common.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

_CELLS_A_BOX = 4.0  # cells are about as large as twice the middling box is wide
_MOST_CELLS = 16_000_000


@numba.njit(cache=True, nogil=True)
def _span(box, west, south, size, columns, rows):  # type: ignore[no-untyped-def]
    """First and last column and row that a box covers."""
    left = min(max(np.int64((box[0] - west) / size), 0), columns - 1)
    right = min(max(np.int64((box[2] - west) / size), 0), columns - 1)
    low = min(max(np.int64((box[1] - south) / size), 0), rows - 1)
    high = min(max(np.int64((box[3] - south) / size), 0), rows - 1)
    return left, right, low, high


@numba.njit(cache=True, nogil=True)
def _file(boxes, west, south, size, columns, rows):  # type: ignore[no-untyped-def]
    """Positions of the boxes by cell: where each cell begins, and the positions."""
    begins = np.zeros(columns * rows + 1, dtype=np.int64)
    for n in range(len(boxes)):
        if boxes[n, 0] <= boxes[n, 2]:
            left, right, low, high = _span(boxes[n], west, south, size, columns, rows)
            for row in range(low, high + 1):
                for column in range(left, right + 1):
                    begins[row * columns + column + 1] += 1
    for cell in range(columns * rows):
        begins[cell + 1] += begins[cell]
    filled = begins[:-1].copy()
    members = np.empty(begins[-1], dtype=np.int32)
    for n in range(len(boxes)):
        if boxes[n, 0] <= boxes[n, 2]:
            left, right, low, high = _span(boxes[n], west, south, size, columns, rows)
            for row in range(low, high + 1):
                for column in range(left, right + 1):
                    cell = row * columns + column
                    members[filled[cell]] = n
                    filled[cell] += 1
    return begins, members


@numba.njit(cache=True, nogil=True)
def _meet(asked, boxes, begins, members, west, south, size, columns, rows, left_out, right_out):  # type: ignore[no-untyped-def]
    """Pairs (asked, filed) whose boxes have a point in common; counts them, writes those that fit."""
    found = 0
    for n in range(len(asked)):
        if not asked[n, 0] <= asked[n, 2]:
            continue
        left, right, low, high = _span(asked[n], west, south, size, columns, rows)
        for row in range(low, high + 1):
            for column in range(left, right + 1):
                cell = row * columns + column
                for at in range(begins[cell], begins[cell + 1]):
                    m = members[at]
                    x, y = max(asked[n, 0], boxes[m, 0]), max(asked[n, 1], boxes[m, 1])
                    if x > min(asked[n, 2], boxes[m, 2]) or y > min(asked[n, 3], boxes[m, 3]):
                        continue
                    own_column = min(max(np.int64((x - west) / size), 0), columns - 1)
                    own_row = min(max(np.int64((y - south) / size), 0), rows - 1)
                    if own_column == column and own_row == row:
                        if found < len(left_out):
                            left_out[found], right_out[found] = n, m
                        found += 1
    return found


@dataclass(frozen=True)
class Grid:
    """Boxes filed by cell."""

    boxes: np.ndarray
    begins: np.ndarray
    members: np.ndarray
    west: float
    south: float
    size: float
    columns: int
    rows: int

    @classmethod
    def of(cls, boxes: np.ndarray) -> Grid:
        """A grid over boxes (n, 4); empty boxes (west > east) lie nowhere."""
        full = boxes[boxes[:, 0] <= boxes[:, 2]]
        if not len(full):
            nothing = np.zeros(2, dtype=np.int64)
            return cls(boxes, nothing, np.zeros(0, dtype=np.int32), 0.0, 0.0, 1.0, 1, 1)
        west, south = full[:, 0].min(), full[:, 1].min()
        width, height = full[:, 2].max() - west, full[:, 3].max() - south
        sides = np.maximum(full[:, 2] - full[:, 0], full[:, 3] - full[:, 1])
        size = max(float(np.median(sides)) * np.sqrt(_CELLS_A_BOX), 1e-9)
        size = max(size, float(np.sqrt(width * height / _MOST_CELLS)), max(width, height) / _MOST_CELLS)
        columns, rows = int(width / size) + 1, int(height / size) + 1
        begins, members = _file(boxes, west, south, size, columns, rows)
        return cls(boxes, begins, members, float(west), float(south), size, columns, rows)

    def meeting(self, asked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Positions (asked, filed) of the pairs whose boxes have a point in common."""
        room = max(1024, 16 * len(asked))
        while True:
            left, right = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.int32)
            found = _meet(
                asked, self.boxes, self.begins, self.members, self.west, self.south, self.size,
                self.columns, self.rows, left, right,
            )  # fmt: skip
            if found <= room:
                return left[:found], right[:found]
            room = found


def meeting_pairs(asked: np.ndarray, boxes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the pairs of boxes (n, 4), (m, 4) that have a point in common."""
    return Grid.of(boxes).meeting(asked)
