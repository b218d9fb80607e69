"""A partition of the ground: small Voronoi cells gathered into plots whose neighbours share every vertex."""

from dataclasses import dataclass

import numpy as np
import shapely

from registry.demo.cover import DRY, GARDEN, HOMES, OUTSIDE, PADDY, WILD, Cover
from registry.demo.settlements import Settlements
from registry.demo.terrain import Terrain

SPACING = {WILD: 72.0, GARDEN: 39.0, DRY: 22.5, PADDY: 20.5, HOMES: 19.0, OUTSIDE: 72.0}
BLOCK = {WILD: 225.0, GARDEN: 126.0, DRY: 152.0, PADDY: 130.0, HOMES: 45.0}
STRIP = {DRY: 46.0, PADDY: 38.0}
LEAST = {WILD: 1500.0, GARDEN: 600.0, DRY: 420.0, PADDY: 330.0, HOMES: 180.0}
COARSER = 1.9  # the neighbour township is drawn with fewer, larger plots


@dataclass
class Plots:
    """Polygons in the working plane with the zone, the hamlet and the township number of each."""

    shapes: np.ndarray
    zone: np.ndarray
    hamlet: np.ndarray
    township: np.ndarray


def make_plots(terrain: Terrain, cover: Cover, people: Settlements, rng: np.random.Generator) -> Plots:
    """Seeds, cells, labels, small ones joined to a neighbour, outlines smoothed."""
    seeds = _seeds(cover, rng)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(seeds), ordered=True))
    zone = cover.zone.at(seeds)
    hamlet = people.territory.at(seeds)  # type: ignore[union-attr]
    inside = np.flatnonzero((zone != OUTSIDE) & (hamlet >= 0))
    cells, seeds, zone, hamlet = cells[inside], seeds[inside], zone[inside], hamlet[inside]
    label = _labels(terrain, seeds, zone, hamlet, cover.mask.at(seeds), rng)
    vertices, rings = _indexed(cells)
    pairs, lengths = _neighbours(rings)
    same = pairs[label[pairs[:, 0]] == label[pairs[:, 1]]]
    group = connected(len(cells), same)
    lengths = np.hypot(*(vertices[lengths[:, 0]] - vertices[lengths[:, 1]]).T)
    group = _join_small(group, pairs, lengths, zone, hamlet, shapely.area(cells))
    order = np.argsort(group, kind="stable")
    firsts = np.flatnonzero(np.diff(group[order], prepend=-1))
    shapes = np.array([shapely.coverage_union_all(part) for part in np.split(cells[order], firsts[1:])])
    lead = order[firsts]
    return Plots(smoothed(shapes), zone[lead], hamlet[lead], cover.mask.at(seeds)[lead])


def _seeds(cover: Cover, rng: np.random.Generator) -> np.ndarray:
    """Jittered seeds, as dense as the zone asks; a margin of outside cells closes the edge."""
    mask = cover.mask
    ring = mask.values > 0
    for _ in range(7):
        padded = np.pad(ring, 1)
        ring = ring | padded[:-2, 1:-1] | padded[2:, 1:-1] | padded[1:-1, :-2] | padded[1:-1, 2:]
    parts = []
    rows, cols = mask.values.shape
    for zone, spacing in SPACING.items():
        for township in (0, 1, 2):
            space = spacing * (COARSER if township == 2 else 1.0)
            x = np.arange(mask.x0, mask.x0 + cols * mask.step, space)
            y = np.arange(mask.y0, mask.y0 + rows * mask.step, space)
            points = np.stack(np.meshgrid(x, y), axis=-1)
            points[1::2, :, 0] += space / 2
            points = points.reshape(-1, 2)
            wanted = (
                (cover.zone.at(points) == zone) & (mask.at(points) == township) & mask.like(ring).at(points)
            )
            points = points[wanted] + rng.uniform(-0.42, 0.42, (int(wanted.sum()), 2)) * space
            keep = (cover.zone.at(points) == zone) & (mask.at(points) == township)
            parts.append(points[keep])
    return np.vstack(parts)


def _labels(terrain: Terrain, seeds, zone, hamlet, township, rng) -> np.ndarray:
    """One number for all cells of one plot: hamlet, zone, block of ground, and strip along the contour."""
    block, strip = np.zeros(len(seeds), dtype=np.int64), np.zeros(len(seeds), dtype=np.int64)
    for kind, size in BLOCK.items():
        for number in (1, 2):
            own = np.flatnonzero((zone == kind) & (township == number))
            if not len(own):
                continue
            centres = _block_centres(seeds[own], size * (COARSER if number == 2 else 1.0), rng)
            nearest = shapely.STRtree(shapely.points(centres)).nearest(shapely.points(seeds[own]))
            block[own] = nearest
            if kind in STRIP:
                strip[own] = _strips(terrain, seeds[own], centres, nearest, STRIP[kind], rng)
    key = np.column_stack([township, zone, hamlet, block, strip]).astype(np.int64)
    return np.unique(key, axis=0, return_inverse=True)[1].ravel()


def _block_centres(points: np.ndarray, size: float, rng: np.random.Generator) -> np.ndarray:
    """One jittered centre for each square of the size in which there are points."""
    squares = np.unique(np.floor(points / size).astype(np.int64), axis=0)
    return (squares + 0.5 + rng.uniform(-0.45, 0.45, squares.shape)) * size


def _strips(terrain: Terrain, seeds, centres, nearest, width: float, rng) -> np.ndarray:
    """Number of the terrace: bands of equal height, as high as the slope of the block makes them wide."""
    rise = np.maximum(terrain.slope.at(centres), 0.045) * width * rng.uniform(0.75, 1.5, len(centres))
    phase = rng.uniform(0, 1, len(centres))
    height = terrain.smooth.between(seeds) + rng.normal(0, 0.05, len(seeds))
    return np.floor(height / rise[nearest] + phase[nearest]).astype(np.int64)


def _indexed(shapes: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
    """Distinct vertices (to a tenth of a millimetre) and the rings as numbers of vertices with their owner."""
    parts, owner = shapely.get_rings(shapes, return_index=True)
    xy, ring = shapely.get_coordinates(parts, return_index=True)
    fixed = np.round(xy * 1e4).astype(np.int64)
    key = fixed[:, 0] * (1 << 38) + fixed[:, 1] % (1 << 38)
    _, first, number = np.unique(key, return_index=True, return_inverse=True)
    return fixed[first] / 1e4, [number.ravel(), ring, owner]


def _neighbours(rings: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of cells that share an edge, and the two vertices of that edge."""
    number, ring, owner = rings
    step = np.flatnonzero((ring[:-1] == ring[1:]) & (number[:-1] != number[1:]))
    edge = np.sort(np.column_stack([number[step], number[step + 1]]), axis=1)
    cell = owner[ring[step]]
    order = np.lexsort((edge[:, 1], edge[:, 0]))
    edge, cell = edge[order], cell[order]
    twin = np.flatnonzero((edge[:-1] == edge[1:]).all(axis=1) & (cell[:-1] != cell[1:]))
    return np.column_stack([cell[twin], cell[twin + 1]]), edge[twin]


def connected(count: int, pairs: np.ndarray) -> np.ndarray:
    """Number of the connected component of each of the `count` items."""
    root = np.arange(count)
    while True:
        a, b = root[pairs[:, 0]], root[pairs[:, 1]]
        low = np.minimum(a, b)
        before = root.copy()
        np.minimum.at(root, a, low)
        np.minimum.at(root, b, low)
        root = root[root]
        if np.array_equal(before, root):
            return np.unique(root, return_inverse=True)[1].ravel()


def _join_small(group, pairs, lengths, zone, hamlet, areas) -> np.ndarray:
    """Plots under the least size join the neighbour of the same village land with the longest common edge."""
    least = np.array([LEAST.get(z, 0.0) for z in range(6)])
    for _ in range(3):
        size = np.bincount(group, weights=areas)
        kind = np.zeros(len(size), dtype=int)
        kind[group], land = zone, np.zeros(len(size), dtype=int)
        land[group] = hamlet
        small = size < least[kind]
        a, b = group[pairs[:, 0]], group[pairs[:, 1]]
        both = np.concatenate([np.column_stack([a, b]), np.column_stack([b, a])])
        weight = np.concatenate([lengths, lengths])
        fit = small[both[:, 0]] & (both[:, 0] != both[:, 1]) & (land[both[:, 0]] == land[both[:, 1]])
        both, weight = both[fit], weight[fit]
        weight = np.where(kind[both[:, 0]] == kind[both[:, 1]], weight + 1e6, weight)
        order = np.lexsort((-weight, both[:, 0]))
        chosen = both[order][np.flatnonzero(np.diff(both[order][:, 0], prepend=-1))]
        if not len(chosen):
            break
        chosen = chosen[size[chosen[:, 0]] <= size[chosen[:, 1]]]
        big = connected(len(size), chosen)
        group = big[group]
        zone = _majority(group, zone, areas)
    return group


def _majority(group: np.ndarray, zone: np.ndarray, areas: np.ndarray) -> np.ndarray:
    """Zone of each cell after joining: the one with the largest area in its plot."""
    table = np.zeros((group.max() + 1, 6))
    np.add.at(table, (group, zone), areas)
    return table.argmax(axis=1)[group]


def smoothed(shapes: np.ndarray) -> np.ndarray:
    """The plots with flowing outlines: shared vertices move once; where that breaks a plot, they move back."""
    sharp = shapely.set_precision(shapes, 1e-4, mode="pointwise")
    vertices, (number, ring, owner) = _indexed(sharp)
    step = np.flatnonzero(ring[:-1] == ring[1:])
    edge = np.unique(np.sort(np.column_stack([number[step], number[step + 1]]), axis=1), axis=0)
    edge = edge[edge[:, 0] != edge[:, 1]]
    degree = np.bincount(edge.ravel(), minlength=len(vertices))
    moved = _relax(vertices, edge, degree == 2)
    for _ in range(8):
        result = _rebuilt(sharp, np.round(moved, 4)[number])
        bad = ~shapely.is_valid(result) | ~shapely.is_empty(shapely.coverage_invalid_edges(result))
        if not bad.any():
            return result
        back = np.unique(number[np.isin(owner[ring], np.flatnonzero(bad))])
        moved[back] = vertices[back]
    return sharp


def _relax(vertices: np.ndarray, edge: np.ndarray, movable: np.ndarray) -> np.ndarray:
    """Each vertex between two edges goes towards the middle of its neighbours, a few times."""
    moved = vertices.copy()
    for _ in range(4):
        total = np.zeros_like(moved)
        np.add.at(total, edge[:, 0], moved[edge[:, 1]])
        np.add.at(total, edge[:, 1], moved[edge[:, 0]])
        moved[movable] = 0.45 * moved[movable] + 0.275 * total[movable]
    return moved


def _rebuilt(shapes: np.ndarray, xy: np.ndarray) -> np.ndarray:
    """The same rings with other coordinates (in copies: set_coordinates writes in place)."""
    return shapely.set_coordinates(shapely.from_wkb(shapely.to_wkb(shapes)), xy)
