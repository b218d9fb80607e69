"""A county's land out of a seed: two survey years, protected zones, footprints. 中文：生成县域土地数据"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from .mosaic import cells, clusters, dissolved

EAST, NORTH = 338_000.0, 2_518_000.0  # EPSG:4544: the south-west corner
CELL_M = {
    "smoke": 73.0,
    "township": 73.0,
    "county": 73.0,
    "province": 51.0,
}  # all of it within one county's box
SIDES = {"smoke": 16, "township": 190, "county": 600, "province": 1340}  # cells a side
BLOCK = 60  # cells a side of a village
CODES = np.array(["0101", "0103", "0301", "0201", "0404", "0702", "1107", "1202"])
PROTECTED_SHARE, SHIFTED_SHARE, CHANGED_SHARE = 0.7, 0.25, 0.014
BUILDINGS, ROADS, CANALS, PONDS, ADJACENT, SHIFTED = 6800, 1200, 500, 900, 300, 300


@dataclass(frozen=True)
class Land:
    """Parcels of two years (class and village beside), protected zones, footprints; EPSG:4544."""

    parcels: np.ndarray
    classes: np.ndarray
    villages: np.ndarray  # number of the village
    zones: np.ndarray
    later: np.ndarray
    later_classes: np.ndarray
    later_villages: np.ndarray
    footprints: np.ndarray

    @property
    def vertices(self) -> np.ndarray:
        return shapely.get_num_coordinates(self.parcels)


def _field(column: np.ndarray, row: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A smooth surface over the lattice, about between -1 and 1."""
    total = np.zeros(len(column))
    for wave in (160.0, 60.0, 17.0, 7.0):
        x, y = rng.uniform(0, 7, 2)
        turn = rng.uniform(0, 3)
        total += np.sin(column / wave * 6 * np.cos(turn) + row / wave * 6 * np.sin(turn) + x) * np.cos(
            row / wave * 5 + y
        )
    return total / 2


def _kinds(column: np.ndarray, row: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Position in CODES for each cell: farmland on some 37 of 100, forest on most of the rest."""
    surface = _field(column, row, rng) + rng.normal(0, 0.22, len(column))
    kind = np.full(len(column), 2)
    low, middle = np.quantile(surface, [0.12, 0.3])
    kind[surface < middle] = 1
    kind[surface < low] = 0
    chance = rng.random(len(column))
    forest = kind == 2
    for share, code in ((0.12, 3), (0.2, 4), (0.24, 5), (0.27, 6), (0.28, 7)):
        kind[forest & (chance < share) & (kind == 2)] = code
    return kind


def make(scale: str, seed: int) -> Land:
    """The land of a scale; the same seed makes the same land."""
    side, rng = SIDES[scale], np.random.default_rng(seed)
    plots = cells(side, CELL_M[scale], rng)
    plots = shapely.transform(plots, lambda xy: np.round(xy + [EAST, NORTH], 4))
    column, row = np.divmod(np.arange(side * side), side)
    kind = _kinds(column, row, rng)
    village = column // BLOCK * (side // BLOCK + 1) + row // BLOCK
    # Two kinds of bond: plots of farmland are small, forest runs on and on.
    chance = np.where(kind < 2, 0.2, 0.56)
    bond = rng.random((2, len(kind))) < chance
    labels = clusters(side, kind + 100 * village, bond, 2000)
    parcels, first = dissolved(plots, labels)
    classes, villages = CODES[kind[first]], village[first]
    zones = _zones(plots, kind, village, rng)
    later, later_classes, later_villages = _later(parcels, classes, villages, rng)
    prints = _footprints(zones, side, scale, rng)
    return Land(parcels, classes, villages, zones, later, later_classes, later_villages, prints)


def _zones(plots: np.ndarray, kind: np.ndarray, village: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Farmland plots dissolved by village, some districts off by a metre or two, and blocks laid over."""
    chosen = np.flatnonzero((kind < 2) & (rng.random(len(kind)) < PROTECTED_SHARE))
    district = village[chosen] // 3  # of three villages each
    zones, _first = dissolved(plots[chosen], district)
    for n in np.flatnonzero(rng.random(len(zones)) < SHIFTED_SHARE).tolist():
        zones[n] = affinity.translate(zones[n], *rng.uniform(-2, 2, 2))
    points = shapely.get_coordinates(shapely.centroid(plots[rng.choice(chosen, max(4, len(zones) // 2))]))
    blocks = shapely.box(*(points - 60).T, *(points + rng.uniform(40, 90, points.shape)).T)
    return np.concatenate([zones, blocks])


def _later(
    parcels: np.ndarray, classes: np.ndarray, villages: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The next year: some parcels of another class, some split, some with a plot carved out."""
    count = len(parcels)
    changed = rng.choice(count, max(3, int(count * CHANGED_SHARE)), replace=False)
    geoms, codes, places = list(parcels), list(classes), list(villages)
    for n in changed.tolist():
        what, other = rng.random(), str(rng.choice(CODES))
        if what < 0.5:
            codes[n] = other
            continue
        x, y = shapely.get_coordinates(shapely.point_on_surface(parcels[n]))[0]
        cutter = shapely.box(x, y - 1e5, x + 1e5, y + 1e5) if what < 0.8 else shapely.box(x, y, x + 12, y + 9)
        part, rest = shapely.intersection(parcels[n], cutter), shapely.difference(parcels[n], cutter)
        if min(part.area, rest.area) > 1 and {part.geom_type, rest.geom_type} <= {"Polygon", "MultiPolygon"}:
            geoms[n] = rest
            geoms.append(part)
            codes.append(other)
            places.append(villages[n])
    out = np.empty(len(geoms), dtype=object)
    out[:] = geoms
    return out, np.array(codes), np.array(places)


# --- footprints


def _footprints(zones: np.ndarray, side: int, scale: str, rng: np.random.Generator) -> np.ndarray:
    width = side * CELL_M[scale]
    share = 0.01 if scale == "smoke" else 1.0

    def some(count: int) -> np.ndarray:
        return rng.uniform(0, width, (max(3, int(count * share)), 2)) + [EAST, NORTH]

    made = [
        *(_building(x, y, rng) for x, y in some(BUILDINGS)),
        *(_corridor(x, y, rng, steps=int(rng.lognormal(5, 1.0)), half=rng.uniform(2, 4))
          for x, y in some(ROADS)),
        *(_corridor(x, y, rng, steps=60, half=1.0) for x, y in some(CANALS)),
        *(_pond(x, y, rng) for x, y in some(PONDS)),
        *_adjacent(zones, max(3, int(ADJACENT * share)), rng),
        *(affinity.translate(shape, *rng.uniform(-0.5, 0.5, 2))
          for shape in _adjacent(zones, max(3, int(SHIFTED * share)), rng)),
    ]  # fmt: skip
    out = np.empty(len(made), dtype=object)
    out[:] = made
    return out


def _building(x: float, y: float, rng: np.random.Generator) -> BaseGeometry:
    wide, deep = rng.uniform(8, 30, 2)
    shape = shapely.box(x, y, x + wide, y + deep)
    if rng.random() < 0.25:
        shape = shape.difference(shapely.box(x, y, x + wide / 2, y + deep / 2))
    return affinity.rotate(shape, rng.uniform(0, 180))


def _corridor(x: float, y: float, rng: np.random.Generator, *, steps: int, half: float) -> BaseGeometry:
    """A strip along a wandering line; up to some thousand vertices."""
    steps = min(max(steps, 8), 1800)
    turn = rng.uniform(0, 6) + np.cumsum(rng.normal(0, 0.12, steps))
    run = 5.0 * np.column_stack([np.cos(turn), np.sin(turn)]).cumsum(axis=0)
    return shapely.buffer(shapely.linestrings(run + [x, y]), half, quad_segs=2, cap_style="flat")


def _pond(x: float, y: float, rng: np.random.Generator) -> BaseGeometry:
    turn = np.sort(rng.uniform(0, 2 * np.pi, 40))
    reach = rng.uniform(10, 40) * rng.uniform(0.7, 1, 40)
    return shapely.make_valid(
        shapely.polygons(np.column_stack([x + reach * np.cos(turn), y + reach * np.sin(turn)])),
        method="structure",
    )


def _adjacent(zones: np.ndarray, count: int, rng: np.random.Generator) -> list[BaseGeometry]:
    """Shapes that share a border with a zone exactly and take none of it."""
    made: list[BaseGeometry] = []
    large = zones[np.argsort(shapely.get_num_coordinates(zones))[-max(1, len(zones) // 3) :]]
    while len(made) < count:
        zone = large[rng.integers(len(large))]
        x, y = shapely.get_coordinates(zone)[rng.integers(shapely.get_num_coordinates(zone))]
        window = shapely.box(x - 60, y - 60, x + 60, y + 60)
        near = shapely.clip_by_rect(zone, x - 80, y - 80, x + 80, y + 80)
        outside = shapely.difference(shapely.box(x - 9, y - 7, x + 11, y + 8), near)
        parts = [part for part in shapely.get_parts(outside) if part.geom_type == "Polygon" and part.area > 4]
        if parts and window.is_valid:
            made.append(parts[0])
    return made
