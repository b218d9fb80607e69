"""Does a survey lie like a mosaic (L09)? Where parcels overlap, and where ground is left between them. Pure.

中文：图斑拓扑检查. Edges that do not match their neighbour's are found for all parcels at once; only parcels
with such an edge are intersected with those they meet. Geometries are of the working plane.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from land import overlay


@dataclass(frozen=True)
class Overlap:
    """Ground that two parcels have; positions in the array given, the later one second."""

    first: int
    second: int
    geometry: BaseGeometry


@dataclass(frozen=True)
class Uncovered:
    """What of a place no parcel covers: single gaps, or (``share``) so much that it was not delivered."""

    place: int
    gaps: tuple[BaseGeometry, ...]
    share: float


class Mosaic:
    """The parcels of a layer with their index, and which of them do not fit their neighbours."""

    def __init__(self, geoms: np.ndarray) -> None:
        self.geoms = geoms
        self.tree = shapely.STRtree(geoms)
        edges = shapely.coverage_invalid_edges(geoms) if len(geoms) else geoms
        self.misfits = ~(shapely.is_missing(edges) | shapely.is_empty(edges))

    def overlaps(self, tolerance_m2: float) -> list[Overlap]:
        """Pairs of parcels with more ground in common than the tolerance, in the order of the layer."""
        at = np.flatnonzero(self.misfits)
        if not len(at):
            return []
        shapes = self.geoms[at]
        left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
        left, right = left[left < right], right[left < right]
        common = overlay.polygonal(shapely.intersection(shapes[left], shapes[right]))
        found = np.flatnonzero(shapely.area(common) > tolerance_m2)
        order = np.lexsort((right[found], left[found]))
        return [Overlap(int(at[left[n]]), int(at[right[n]]), common[n]) for n in found[order].tolist()]

    def united(self, positions: np.ndarray) -> BaseGeometry:
        """The ground of some parcels together: quick where they fit, and right where they do not."""
        wrong = self.misfits[positions]
        fitting = shapely.coverage_union_all(self.geoms[positions[~wrong]])
        return shapely.union_all([fitting, *self.geoms[positions[wrong]]]) if wrong.any() else fitting

    def uncovered(
        self, places: Sequence[tuple[int, BaseGeometry]], tolerance_m2: float, width_m: float
    ) -> list[Uncovered]:
        """What the parcels leave of each place (key, outline) above the tolerances."""
        found = []
        for key, outline in places:
            near = self.tree.query(outline, predicate="intersects")
            rest = shapely.difference(outline, self.united(near)) if len(near) else outline
            gaps = _above([rest], tolerance_m2, width_m)
            if gaps:
                share = shapely.area(np.array(gaps, dtype=object)).sum() / outline.area
                found.append(Uncovered(key, gaps, float(share)))
        return found

    def holes(self, tolerance_m2: float, width_m: float) -> tuple[BaseGeometry, ...]:
        """Ground that the parcels surround and leave out, where no outline says how far they should go."""
        together = self.united(np.arange(len(self.geoms)))
        parts = shapely.get_parts(together)
        rings = [shapely.polygons(ring) for part in parts for ring in part.interiors]
        return _above(rings, tolerance_m2, width_m)


def _above(shapes: Sequence[Any], tolerance_m2: float, width_m: float) -> tuple[BaseGeometry, ...]:
    """The single polygons that are neither smaller nor thinner than a digitised border strays."""
    if not shapes:
        return ()
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    parts = shapely.get_parts(overlay.polygonal(array))
    kept = (shapely.area(parts) > tolerance_m2) & (overlay.mean_width(parts) > width_m)
    return tuple(parts[kept].tolist())
