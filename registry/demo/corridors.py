"""Roads and rivers as ground of their own: cut into the plots so that every neighbour keeps the same vertices."""

from dataclasses import dataclass

import numpy as np
import shapely

from registry.demo.cells import Plots
from registry.demo.settlements import Settlements
from registry.demo.terrain import Terrain

COUNTY_ROAD, RURAL_ROAD, RIVER = 11, 12, 13  # zones beside those of cover.py
HALF_WIDTH = {"county": 4.25, "village": 2.75, "track": 1.75}
SPLINTER = 12.0  # m²: below this nothing stands alone
CRUMB = 60.0  # m²: what a road leaves of a plot below this goes to the road


@dataclass(frozen=True)
class Corridor:
    """Ground of one kind."""

    zone: int
    shape: shapely.Geometry


def corridors(terrain: Terrain, people: Settlements) -> list[Corridor]:
    """Rivers, then county roads, then rural roads, each without the ground of those before."""
    rivers = [
        shapely.buffer(shapely.linestrings(s.line), 3.0 + min(s.drained, 90) ** 0.5 * 0.9, quad_segs=2)
        for s in terrain.streams
        if s.drained > 9
    ]
    county, rural = (_bands(people, rank) for rank in ("county", "village"))
    kinds = [(COUNTY_ROAD, county), (RURAL_ROAD, rural), (RIVER, rivers)]
    taken, result = shapely.Polygon(), []
    for zone, shapes in kinds:
        merged = shapely.set_precision(shapely.union_all(shapes), 1e-4)
        result.append(Corridor(zone, shapely.difference(merged, taken, grid_size=1e-4)))
        taken = shapely.union(taken, merged, grid_size=1e-4)
    return result


def _bands(people: Settlements, rank: str) -> list[shapely.Geometry]:
    return [
        shapely.buffer(shapely.simplify(shapely.linestrings(way.line), 0.4), HALF_WIDTH[rank], quad_segs=2)
        for way in people.ways
        if way.rank == rank
    ]


def cut_corridors(plots: Plots, found: list[Corridor]) -> Plots:
    """The plots with the corridors cut out and added as plots: one noding of everything they touch."""
    ground = shapely.union_all([c.shape for c in found], grid_size=1e-4)
    pieces = shapely.get_parts(ground)
    tree = shapely.STRtree(plots.shapes)
    touched = np.unique(tree.query(pieces, predicate="intersects")[1])
    old = plots.shapes[touched]
    lines = np.concatenate([shapely.boundary(old), [shapely.boundary(c.shape) for c in found]])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all(lines, grid_size=1e-4))))
    inside = shapely.point_on_surface(faces)
    parent = _owner(old, inside)
    kept = parent >= 0
    faces, inside, parent = faces[kept], inside[kept], touched[parent[kept]]
    zone = plots.zone[parent]
    for corridor in found:
        zone[shapely.intersects(_prepared(corridor.shape), inside)] = corridor.zone
    zone, parent = _crumbs(faces, zone, parent)
    return _gathered(plots, touched, faces, zone, parent)


def _prepared(shape: shapely.Geometry) -> shapely.Geometry:
    shapely.prepare(shape)
    return shape


def _owner(shapes: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Which of the shapes each point lies in, -1 for none."""
    owner = np.full(len(points), -1)
    point, shape = shapely.STRtree(shapes).query(points, predicate="intersects")
    owner[point] = shape
    return owner


def _crumbs(faces: np.ndarray, zone: np.ndarray, parent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Tiny remainders join a neighbour: what is left of plots the corridor, splinters the longest edge."""
    area = shapely.area(faces)
    small = np.flatnonzero((area < CRUMB) & ((zone < COUNTY_ROAD) | (area < SPLINTER)))
    whole = np.flatnonzero(area >= CRUMB)
    crumb, other = shapely.STRtree(faces[whole]).query(faces[small], predicate="intersects")
    crumb, other = small[crumb], whole[other]
    common = shapely.length(shapely.intersection(faces[crumb], faces[other]))
    worth = common + 1e3 * ((zone[other] >= COUNTY_ROAD) & (common > 0.5))
    order = np.lexsort((-worth, crumb))
    first = order[np.flatnonzero(np.diff(crumb[order], prepend=-1))]
    first = first[(common[first] > 0) & ((worth[first] > 1e3) | (area[crumb[first]] < SPLINTER))]
    zone, parent = zone.copy(), parent.copy()
    zone[crumb[first]], parent[crumb[first]] = zone[other[first]], parent[other[first]]
    return zone, parent


def _gathered(plots: Plots, touched: np.ndarray, faces, zone, parent) -> Plots:
    """Faces of one plot or of one corridor in one hamlet's land become one polygon each; the rest is as before."""
    corridor = zone >= COUNTY_ROAD
    key = np.where(corridor, -(plots.hamlet[parent] * 100 + zone) - 1, parent)
    order = np.argsort(key, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(key[order])) + 1)
    shapes, zones, parents = [], [], []
    for group in groups:
        for part in shapely.get_parts(shapely.coverage_union_all(faces[group])):
            shapes.append(part)
            zones.append(zone[group[0]])
            parents.append(parent[group[0]])
    rest = np.setdiff1d(np.arange(len(plots.shapes)), touched)
    source = np.concatenate([rest, np.array(parents, dtype=int)])
    return Plots(
        np.concatenate([plots.shapes[rest], np.array(shapes)]),
        np.concatenate([plots.zone[rest], np.array(zones)]),
        plots.hamlet[source],
        plots.township[source],
    )
