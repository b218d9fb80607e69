"""The heightfield of the demo: ridges and valleys carved by running water, and the streams in them."""

import heapq
from dataclasses import dataclass

import numpy as np

from registry.demo.raster import Grid, blur, chaikin, noise, resize, slope_of

COARSE = 4  # fine cells along one cell of the water routing
NEIGHBOURS = [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)]


@dataclass(frozen=True)
class Stream:
    """One reach of running water: its line downstream and the drained area in km²."""

    line: np.ndarray
    drained: float


@dataclass(frozen=True)
class Terrain:
    """Heights in metres, the tangent of the slope, height above the nearest stream, and the streams."""

    height: Grid
    smooth: Grid
    slope: Grid
    above_stream: Grid
    streams: list[Stream]


def make_terrain(frame: Grid, rng: np.random.Generator) -> Terrain:
    """Carve the land of the frame (its cells give place and resolution)."""
    shape = frame.values.shape
    small = (shape[0] // COARSE, shape[1] // COARSE)
    side = frame.step * COARSE
    coarse, parent, drained = _erode(small, side, rng)
    hand = _above_stream(coarse, parent, drained)
    fine = resize(coarse, shape)
    above = np.clip(blur(resize(hand, shape), 2), 0, None)
    smooth = blur(fine, 6)
    detail = noise(shape, rng, 14, 3) * 5 * np.clip(above / 60, 0.1, 1)
    height = smooth + detail
    grid = Grid(frame.x0, frame.y0, side, coarse)
    return Terrain(
        frame.like(height),
        frame.like(smooth),
        frame.like(slope_of(smooth, frame.step)),
        frame.like(above),
        _streams(grid, parent, drained),
    )


def _erode(shape: tuple[int, int], side: float, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Uplift against stream power, solved implicitly from the outlet upwards."""
    rows, cols = shape
    x, y = np.linspace(0, 1, cols)[None, :], np.linspace(0, 1, rows)[:, None]
    height = 190 * noise(shape, rng, rows / 3, 7) + 220 * y + 90 * x
    wander = rng.uniform(0.45, 1.0, (8, rows, cols))  # rock is not even: water leaves the straight line
    softness = np.exp(0.35 * noise(shape, rng, 12, 3))
    uplift = (0.75 + 0.5 * y) * (1 + 0.18 * noise(shape, rng, rows / 4, 2))
    order, parent, drained = _route(height, wander)
    for _ in range(8):
        height = _carve(height, uplift, order, parent, drained * softness, side)
        order, parent, drained = _route(height, wander)
    low, high = height.min(), np.quantile(height, 0.999)
    return 480 + (height - low) * (1450 / (high - low)), parent, drained * side * side / 1e6


def _carve(height, uplift, order, parent, drained, side) -> np.ndarray:
    """One implicit step; a cell is solved after the cell it drains to."""
    cols = height.shape[1]
    flat = (height + uplift * 160).ravel().tolist()
    force = (0.030 * drained**0.45).ravel()
    for cell in order:
        down = parent[cell]
        if down >= 0:
            diagonal = (cell // cols != down // cols) and (cell % cols != down % cols)
            k = 160 * force[cell] / (side * (1.4142 if diagonal else 1.0)) * 100
            flat[cell] = (flat[cell] + k * flat[down]) / (1 + k)
    return blur(np.array(flat).reshape(height.shape), 2)


def _route(height: np.ndarray, wander: np.ndarray) -> tuple[list[int], np.ndarray, np.ndarray]:
    """Order from the outlet upwards, receiver of each cell and number of cells drained through it."""
    rows, cols = height.shape
    flat = height.ravel().tolist()
    level = [0.0] * (rows * cols)
    parent = [-2] * (rows * cols)
    heap = [(flat[c], c) for c in range(cols)] + [(flat[r * cols], r * cols) for r in range(1, rows)]
    for _, cell in heap:
        parent[cell] = -1
    heapq.heapify(heap)
    order: list[int] = []
    while heap:
        here, cell = heapq.heappop(heap)
        order.append(cell)
        level[cell] = here
        row, col = divmod(cell, cols)
        for dr, dc in NEIGHBOURS:
            r, c = row + dr, col + dc
            if 0 <= r < rows and 0 <= c < cols and parent[r * cols + c] == -2:
                parent[r * cols + c] = cell
                heapq.heappush(heap, (max(flat[r * cols + c], here + 1e-4), r * cols + c))
    receiver = _steepest(np.array(level).reshape(rows, cols), np.array(parent), wander)
    drained = [1.0] * (rows * cols)
    for cell in reversed(order):
        if receiver[cell] >= 0:
            drained[receiver[cell]] += drained[cell]
    return order, receiver, np.array(drained).reshape(rows, cols)


def _steepest(level: np.ndarray, parent: np.ndarray, wander: np.ndarray) -> np.ndarray:
    """The lowest-lying steepest neighbour; where none is lower, the cell that flooded this one."""
    rows, cols = level.shape
    padded = np.pad(level, 1, constant_values=np.inf)
    best, target = np.full(level.shape, 1e-3), parent.reshape(level.shape).copy()
    index = np.arange(rows * cols).reshape(level.shape)
    for side, (dr, dc) in enumerate(NEIGHBOURS):
        other = padded[1 + dr : 1 + dr + rows, 1 + dc : 1 + dc + cols]
        drop = (level - other) / (1.4142 if dr and dc else 1.0) * wander[side]
        better = (drop > best) & (target >= 0)
        best = np.where(better, drop, best)
        target = np.where(better, index + dr * cols + dc, target)
    return target.ravel()


def _above_stream(height: np.ndarray, parent: np.ndarray, drained: np.ndarray) -> np.ndarray:
    """Height above the stream that the cell drains to (streams: more than 0.7 km² drained)."""
    flat, base = height.ravel(), height.ravel().copy()
    stream = (drained > 0.7).ravel()
    for cell in np.argsort(flat, kind="stable").tolist():
        if not stream[cell] and parent[cell] >= 0:
            base[cell] = min(base[parent[cell]], flat[cell])
    return (flat - base).reshape(height.shape)


def _streams(grid: Grid, parent: np.ndarray, drained: np.ndarray) -> list[Stream]:
    """Reaches between confluences, as smooth lines."""
    area = drained.ravel()
    wet = area > 1.2
    inflows = np.bincount(parent[wet & (parent >= 0)], minlength=len(area))
    centres = grid.centres().reshape(-1, 2)
    reaches = []
    for head in np.flatnonzero(wet & (inflows != 1)).tolist():
        chain = [head]
        while parent[chain[-1]] >= 0:
            chain.append(int(parent[chain[-1]]))
            if inflows[chain[-1]] != 1:
                break
        if len(chain) > 1:
            reaches.append(Stream(chaikin(centres[chain], 3), float(area[chain[0]])))
    return reaches
