"""Shape over layer: the common ground, its connected pieces, and shares in which no ground is counted twice.

中文：叠加分析. Pure numpy and shapely, in the working plane, where the edges of survey data are straight. One
kernel for every question of the kind "what does this lie on"; it knows no rule and no verdict.
"""

from functools import cached_property

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

# What lies below these is a common boundary, not a common area. Vertices are official to 0.1 mm (land.area);
# a round trip through degrees moves them by nanometres, straight edges of two zones part by micrometres.
ZERO_AREA_M2 = 1e-4
ZERO_WIDTH_M = 1e-4
CONTACT_M = 1e-3  # geometries no farther apart than this meet
_CLIP_FROM = 500  # coordinates: a larger cover is cut to the shape's surroundings before it is united
_CLIP_MARGIN_M = 10.0
_SMALLEST_SQUARE_M = 200.0
_LARGEST_LEVEL = 20  # a square of a thousand kilometres: nothing is cut any more
_NOTHING = MultiPolygon()


def polygonal(geoms: np.ndarray) -> np.ndarray:
    """The polygon members of each geometry alone (E35): an intersection may also hold edges and corners."""
    out = np.array(geoms, dtype=object)
    kinds = shapely.get_type_id(out)
    out[(kinds != 3) & (kinds != 6) & (kinds != 7)] = _NOTHING
    for position in np.flatnonzero(kinds == 7):
        parts = shapely.get_parts(out[position])
        flat = [p for part in parts if shapely.get_type_id(part) in (3, 6) for p in shapely.get_parts(part)]
        out[position] = MultiPolygon(flat)
    return out


def mean_width(geoms: np.ndarray) -> np.ndarray:
    """Mean width 2A/P in metres (平均宽度): what tells a strip along a digitised border from a building."""
    length = shapely.length(geoms)
    return np.divide(2 * shapely.area(geoms), length, out=np.zeros(len(length)), where=length > 0)


def positive(geoms: np.ndarray) -> np.ndarray:
    """Which geometries are ground and not merely a border drawn twice."""
    return (shapely.area(geoms) > ZERO_AREA_M2) & (mean_width(geoms) > ZERO_WIDTH_M)


def negligible(rest: BaseGeometry) -> bool:
    """True when what is left over is nothing but borders drawn twice."""
    return not positive(shapely.get_parts(polygonal(np.array([rest], dtype=object)))).any()


def is_whole(part: BaseGeometry, whole: BaseGeometry) -> bool:
    """Is ``part``, taken out of ``whole``, all of it, but for a border drawn twice?"""
    missing = whole.area - part.area
    return missing <= max(ZERO_AREA_M2, ZERO_WIDTH_M * whole.length)


class Layer:
    """Geometries of the working plane with their index; positions are those of the array given.

    They are prepared, and asked themselves: a zone of a hundred thousand vertices is gone through once, not
    for every shape that is laid on it.
    """

    def __init__(self, geoms: list[BaseGeometry]) -> None:
        self.geoms = np.empty(len(geoms), dtype=object)
        self.geoms[:] = geoms
        shapely.prepare(self.geoms)
        self._squares: dict[tuple[int, int, int, int], BaseGeometry] = {}

    @cached_property
    def tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.geoms)

    def meeting(self, shape: BaseGeometry) -> np.ndarray:
        """Positions, ascending, of the geometries that the shape meets (to within a millimetre)."""
        if shape.is_empty:
            return np.empty(0, dtype=np.intp)
        west, south, east, north = shape.bounds
        reach = shapely.box(west - CONTACT_M, south - CONTACT_M, east + CONTACT_M, north + CONTACT_M)
        near = np.sort(self.tree.query(reach))
        return near[shapely.dwithin(self.geoms[near], shape, CONTACT_M)]

    def about(self, shape: BaseGeometry) -> np.ndarray:
        """The geometries that the shape meets, of large ones the surroundings of the shape alone.

        Surroundings are cut once for all shapes of one place, each square out of the one twice its size: a
        zone of a hundred thousand vertices is not gone through for every parcel that lies on it.
        """
        found = self.meeting(shape)
        near = self.geoms[found]
        if not len(found):
            return near
        west, south, east, north = shape.bounds
        side = max(east - west, north - south, _SMALLEST_SQUARE_M) + 2 * _CLIP_MARGIN_M
        level = int(np.ceil(np.log2(side)))
        column, row = int((west + east) // 2 // 2**level), int((south + north) // 2 // 2**level)
        for position in np.flatnonzero(shapely.get_num_coordinates(near) > _CLIP_FROM):
            near[position] = self._square(int(found[position]), level, column, row)
        return near

    def _square(self, position: int, level: int, column: int, row: int) -> BaseGeometry:
        """A geometry within a square of side 2**level and half of it around."""
        key = (position, level, column, row)
        if key not in self._squares:
            side, whole = 2.0**level, self.geoms[position]
            west, south, east, north = whole.bounds
            if level >= _LARGEST_LEVEL or side >= max(east - west, north - south):
                return whole
            box = shapely.box(
                (column - 0.5) * side, (row - 0.5) * side, (column + 1.5) * side, (row + 1.5) * side
            )
            larger = self._square(position, level + 1, column // 2, row // 2)
            cut = shapely.intersection(larger, box)
            self._squares[key] = polygonal(np.array([cut], dtype=object))[0]
        return self._squares[key]

    def covers(self, shape: BaseGeometry) -> bool:
        """Does the layer as a whole cover the shape?"""
        about = self.geoms[self.tree.query(shape)]
        if shapely.covers(about, shape).any():
            return True
        near = self.geoms[self.meeting(shape)]
        return bool(len(near)) and negligible(shapely.difference(shape, united(near, shape)))

    def distance(self, shape: BaseGeometry) -> float | None:
        """Metres to the nearest geometry; None when the layer is empty."""
        if not len(self.geoms):
            return None
        found = self.tree.query_nearest(shape, return_distance=True, all_matches=False)
        return float(found[1][0])


def united(covers: np.ndarray, around: BaseGeometry) -> BaseGeometry:
    """The union of the covers, exact near ``around``.

    Uniting first and intersecting after keeps a piece whole that spans two zones: intersecting each by itself
    would put the crossing points nanometres apart and cut the piece along the zones' common border.
    """
    west, south, east, north = around.bounds
    margin = _CLIP_MARGIN_M
    window = shapely.box(west - margin, south - margin, east + margin, north + margin)
    large = shapely.get_num_coordinates(covers) > _CLIP_FROM
    near = np.array(covers, dtype=object)
    near[large] = polygonal(shapely.intersection(near[large], window))
    return shapely.union_all(near)


def pieces(shape: BaseGeometry, covers: np.ndarray) -> np.ndarray:
    """Connected components of shape ∩ union(covers) that are ground; slivers of zero width are left out."""
    if not len(covers):
        return np.empty(0, dtype=object)
    common = shapely.intersection(shape, united(covers, shape))
    parts = shapely.get_parts(polygonal(np.array([common], dtype=object)))
    return parts[positive(parts)]


def intersections(shape: BaseGeometry, covers: np.ndarray) -> np.ndarray:
    """The ground that the shape has in common with each cover, part by part of the shape.

    A union of a layer has thousands of parts: through an index each cover costs its neighbours alone.
    """
    parts = shapely.get_parts(shape)
    if len(parts) < 2 or not len(covers):
        return ground(shapely.intersection(shape, covers))
    cover, part = shapely.STRtree(parts).query(covers, predicate="intersects")
    order = np.lexsort((part, cover))
    common = polygonal(shapely.intersection(parts[part[order]], covers[cover[order]]))
    single, pair = shapely.get_parts(common, return_index=True)
    return _collected(single, cover[order][pair], len(covers))


def shares(shape: BaseGeometry, covers: np.ndarray) -> np.ndarray:
    """What of the shape each cover takes, one polygonal geometry a cover, no ground given twice.

    Where covers overlap (a layer delivered with duplicates or slivers) the earlier one has the ground.
    """
    parts = intersections(shape, covers)
    left, right = _overlapping(parts)
    for later in np.unique(right):
        earlier = shapely.union_all(parts[left[right == later]])
        rest = np.array([shapely.difference(parts[later], earlier)], dtype=object)
        parts[later] = polygonal(rest)[0]
    return ground(parts)


def _overlapping(parts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (earlier, later) of parts with common ground."""
    left, right = shapely.STRtree(parts).query(parts, predicate="intersects")
    ascending = left < right
    left, right = left[ascending], right[ascending]
    common = polygonal(shapely.intersection(parts[left], parts[right]))
    ground = positive(common)
    return left[ground], right[ground]


def _collected(polygons: np.ndarray, owner: np.ndarray, count: int) -> np.ndarray:
    """Polygons, by ascending owner, as one multipolygon an owner; slivers of zero width are left out."""
    out = np.full(count, _NOTHING, dtype=object)
    kept = positive(polygons)
    if kept.any():
        shapely.multipolygons(polygons[kept], indices=owner[kept], out=out)
    return out


def ground(geoms: np.ndarray) -> np.ndarray:
    """The ground of each geometry: its polygons, without slivers of zero width."""
    polygons, owner = shapely.get_parts(polygonal(geoms), return_index=True)
    return _collected(polygons, owner, len(geoms))


def as_union(geoms: np.ndarray) -> BaseGeometry:
    """All of the geometries as one; nothing when there are none."""
    return polygonal(np.array([shapely.union_all(geoms)], dtype=object))[0] if len(geoms) else _NOTHING


def as_multi(polygons: np.ndarray) -> MultiPolygon:
    """Disjoint polygons as one geometry."""
    return MultiPolygon([p for p in polygons if isinstance(p, Polygon)])
