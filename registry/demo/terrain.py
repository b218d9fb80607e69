"""The heightfield of the demo: ridges and valleys carved by running water, and the streams in them."""

import heapq
from dataclasses import dataclass, replace

import numpy as np

from registry.demo.raster import Grid, blur, chaikin, noise, resize, slope_of

COARSE = 5  # terrain cells along one cell of the water routing
ROUGH = 12  # the same for the first, rough carving
STEEPNESS = 0.30  # median tangent of the slope: about 17 degrees
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
    """Carve the land of the frame (its cells give place and resolution).

    First roughly in large cells, until the divides have found their place, then in smaller ones. The result is
    bent a little, so that no valley keeps the directions of the grid.
    """
    shape = frame.values.shape
    small, rough = (tuple(size // part for size in shape) for part in (COARSE, ROUGH))
    river = _river(shape)
    start = 25 * noise(rough, rng, rough[0] / 3, 4) + 120
    height, _, _ = _erode(start, frame.step * ROUGH, river, 14, rng)
    start = resize(height, small) + 14 * noise(small, rng, 8, 3)
    coarse, parent, drained = _erode(start, frame.step * COARSE, river, 3, rng)
    coarse *= STEEPNESS / np.median(slope_of(blur(coarse, 1), frame.step * COARSE))
    coarse += 560 - coarse.min()
    bend = [5.5 * noise(shape, rng, 52, 2), 5.5 * noise(shape, rng, 52, 2)]
    above = _bent(blur(resize(_above_stream(coarse, parent, drained), shape), 2), bend)
    smooth = blur(_bent(resize(coarse, shape), bend), 5)
    above = np.clip(above, 0, None)
    height = smooth + noise(shape, rng, 14, 3) * 5 * np.clip(above / 60, 0.1, 1)
    grid = Grid(frame.x0, frame.y0, frame.step * COARSE, coarse)
    streams = [
        replace(stream, line=_bent_line(stream.line, frame, bend))
        for stream in [_main_stream(frame, river), *_streams(grid, parent, drained)]
    ]
    slope = frame.like(slope_of(smooth, frame.step))
    return Terrain(frame.like(height), frame.like(smooth), slope, frame.like(above), streams)


def _river(shape: tuple[int, int]) -> np.ndarray:
    """The main river as fractions of width and height: in from the east, winding, out in the south-west."""
    along = np.linspace(0, 1, 400)
    wind = 0.075 * np.sin(along * 9.5 + 0.7) + 0.03 * np.sin(along * 23 + 2.0)
    return np.column_stack([1 - along, np.interp(along, [0, 0.35, 0.75, 1], [0.36, 0.40, 0.52, 0.24]) + wind])


def _main_stream(frame: Grid, river: np.ndarray) -> Stream:
    rows, cols = frame.values.shape
    line = river[::4] * [cols * frame.step, rows * frame.step] + [frame.x0, frame.y0]
    return Stream(chaikin(line, 2), 150.0)


def _bent(values: np.ndarray, bend: list[np.ndarray]) -> np.ndarray:
    """The raster read at displaced places (the displacement in cells)."""
    rows, cols = np.indices(values.shape)
    at = np.stack([cols + 0.5 + bend[0], rows + 0.5 + bend[1]], axis=-1)
    return Grid(0.0, 0.0, 1.0, values).between(at)


def _bent_line(line: np.ndarray, frame: Grid, bend: list[np.ndarray]) -> np.ndarray:
    """A line moved with the raster: what is read from a displaced place appears here."""
    moved = line
    for _ in range(3):
        shift = np.column_stack([frame.like(b).between(moved) for b in bend]) * frame.step
        moved = line - shift
    return moved


def _erode(
    height: np.ndarray, side: float, river: np.ndarray, times: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Uplift against stream power, solved implicitly from the outlets upwards: height, receivers, km² drained."""
    shape = height.shape
    wander = rng.uniform(0.45, 1.0, (8, *shape))  # rock is not even: water leaves the straight line
    softness = np.exp(0.4 * noise(shape, rng, 1500 / side, 3))
    outlets = _outlets(shape, river)
    height = height.copy()
    for cell, level in outlets.items():
        height.flat[cell] = level
    order, parent, drained = _route(height, wander, outlets)
    for _ in range(times):
        height = _carve(height, order, parent, drained * softness * (side / 125) ** 2, side)
        order, parent, drained = _route(height, wander, outlets)
    return height, parent, drained * side * side / 1e6


def _outlets(shape: tuple[int, int], river: np.ndarray) -> dict[int, float]:
    """Cells of the main river, falling westwards, and the edges of the frame, which drain to other valleys."""
    rows, cols = shape
    levels = {}
    for x, y in np.vstack([river[:-1] + (river[1:] - river[:-1]) * part for part in (0, 0.5)]):
        row, col = min(int(y * rows), rows - 1), min(int(x * cols), cols - 1)
        levels[row * cols + col] = 70.0 * x
    for col in range(cols):
        levels.setdefault(col, 90.0)
        levels.setdefault((rows - 1) * cols + col, 130.0)
    return levels


def _carve(height, order, parent, drained, side) -> np.ndarray:
    """One implicit step; a cell is solved after the cell it drains to; outlets keep their level."""
    cols = height.shape[1]
    start = height.ravel().tolist()
    flat = height.ravel().tolist()
    force = (drained**0.45).ravel().tolist()
    receivers = parent.tolist()
    for cell in order:
        down = receivers[cell]
        if down >= 0:
            diagonal = (cell // cols != down // cols) and (cell % cols != down % cols)
            k = 480 * force[cell] / (side * (1.4142 if diagonal else 1.0))
            flat[cell] = (start[cell] + 160 + k * flat[down]) / (1 + k)
    smooth = blur(np.array(flat).reshape(height.shape), 1)
    smooth.flat[parent < 0] = height.flat[parent < 0]
    return smooth


def _route(
    height: np.ndarray, wander: np.ndarray, outlets: dict[int, float]
) -> tuple[list[int], np.ndarray, np.ndarray]:
    """Order from the outlets upwards, receiver of each cell (-1: outlet) and number of cells drained through it."""
    rows, cols = height.shape
    flat = height.ravel().tolist()
    level = [0.0] * (rows * cols)
    parent = [-2] * (rows * cols)
    heap = [(flat[cell], cell) for cell in outlets]
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
    to = receiver.tolist()
    drained = [1.0] * (rows * cols)
    for cell in reversed(order):
        if to[cell] >= 0:
            drained[to[cell]] += drained[cell]
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
