"""Does a survey lie like a mosaic (L09)? Where parcels overlap, and where ground is left between them. Pure.

中文：图斑拓扑检查. Parcels all of whose edges are their neighbours' too leave no gap, and overlap nobody
unless one of the others does; so the others alone, few as they are, are looked at with geometry objects.
Geometries are of the working plane.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from land import overlay
from land.kernel import Pieces
from land.kernel.audit import Cut, sums
from land.kernel.copying import Copied
from land.kernel.grid import Grid
from land.kernel.twins import lonely

_CONTACT_M2 = 1e-6  # of two parcels: below it they touch
_ROUNDING_M2 = 1e-3  # of a place: what sums over many parcels leave


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
    """The parcels of a layer, which of them do not fit their neighbours, and which overlap one."""

    def __init__(self, pieces: Pieces, shapes_at: Callable[[np.ndarray], np.ndarray]) -> None:
        """``shapes_at`` gives the geometry objects at positions; it is asked for few."""
        self.pieces, self._shapes_at = pieces, shapes_at
        self.grid = Grid.of(pieces.boxes)
        self.misfits = lonely(pieces)
        self.pairs = self._overlapping()
        self.doubled = np.zeros(len(pieces), dtype=bool)
        self.doubled[self.pairs.ravel()] = True

    @classmethod
    def of(cls, geoms: np.ndarray) -> Mosaic:
        """A mosaic of geometry objects."""
        return cls(Pieces.from_shapely(geoms), lambda positions: geoms[positions])

    @classmethod
    def from_copy(cls, sent: Copied, field: int) -> Mosaic:
        """A mosaic of a field of polygons as COPY has sent it."""

        def shapes_at(positions: np.ndarray) -> np.ndarray:
            return shapely.from_wkb(np.array(sent.blobs(field, positions), dtype=object))

        pieces = Pieces.from_bytes(sent.data, sent.begins[:, field], sent.ends[:, field])
        return cls(pieces, shapes_at)

    # --- overlaps

    def _overlapping(self) -> np.ndarray:
        """Pairs (n, 2) of parcels with common ground, the earlier first.

        Whoever overlaps one that does not fit is looked at next, until nobody new is found: two mosaics one
        upon the other meet along the border of one of them at least.
        """
        asked, known = np.flatnonzero(self.misfits), self.misfits.copy()
        found = [np.zeros((0, 2), dtype=np.int64)]
        while len(asked):
            pairs = self._meeting(asked)
            found.append(pairs)
            asked = np.setdiff1d(np.unique(pairs), np.flatnonzero(known))
            known[asked] = True
        return np.unique(np.sort(np.concatenate(found), axis=1), axis=0)

    def _meeting(self, asked: np.ndarray) -> np.ndarray:
        cut = Cut.of(self.pieces.subset(asked))
        common = sums(cut, self.grid, self.pieces, np.arange(len(self.pieces)))
        one, two = asked[common.shapes], common.groups
        kept = (one != two) & (common.areas > _CONTACT_M2)
        return np.column_stack([one[kept], two[kept]]).astype(np.int64)

    def overlaps(self, tolerance_m2: float) -> list[Overlap]:
        """Pairs of parcels with more ground in common than the tolerance, in the order of the layer."""
        if not len(self.pairs):
            return []
        left, right = self.pairs[:, 0], self.pairs[:, 1]
        used, at = np.unique(self.pairs, return_inverse=True)
        shapes, at = self._shapes_at(used), at.reshape(-1, 2)
        common = overlay.polygonal(shapely.intersection(shapes[at[:, 0]], shapes[at[:, 1]]))
        found = np.flatnonzero(shapely.area(common) > tolerance_m2)
        return [Overlap(int(left[n]), int(right[n]), common[n]) for n in found.tolist()]

    # --- gaps

    def _united_at(self, positions: np.ndarray) -> BaseGeometry:
        """The ground of some parcels together: quick where they fit, and right where they do not."""
        wrong = (self.misfits | self.doubled)[positions]
        fitting = shapely.coverage_union_all(self._shapes_at(positions[~wrong]))
        return shapely.union_all([fitting, *self._shapes_at(positions[wrong])]) if wrong.any() else fitting

    def _lying_in(self, outlines: np.ndarray, chosen: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
        """For each outline the area that the chosen parcels have of it, and their positions."""
        positions = np.flatnonzero(chosen)
        layer = self.pieces.subset(positions)
        common = sums(
            Cut.of(Pieces.from_shapely(outlines)), Grid.of(layer.boxes), layer, np.arange(len(layer))
        )
        totals = np.bincount(common.shapes, common.areas, len(outlines))
        order = np.argsort(common.shapes, kind="stable")
        bounds = np.searchsorted(common.shapes[order], np.arange(len(outlines) + 1))
        met = positions[common.groups[order]]
        return totals, [met[bounds[n] : bounds[n + 1]] for n in range(len(outlines))]

    def uncovered(
        self, places: Sequence[tuple[int, BaseGeometry]], tolerance_m2: float, width_m: float
    ) -> list[Uncovered]:
        """What the parcels leave of each place (key, outline) above the tolerances."""
        outlines = np.array([outline for _key, outline in places], dtype=object)
        covered, near = self._lying_in(outlines, np.ones(len(self.pieces), dtype=bool))
        found = []
        for (key, outline), area, met in zip(places, covered, near, strict=True):
            if outline.area - area <= tolerance_m2 and not self.doubled[met].any():
                continue
            rest = shapely.difference(outline, self._united_at(met)) if len(met) else outline
            gaps = _above([rest], tolerance_m2, width_m)
            if gaps:
                share = shapely.area(np.array(gaps, dtype=object)).sum() / outline.area
                found.append(Uncovered(key, gaps, float(share)))
        return found

    @cached_property
    def _border(self) -> tuple[BaseGeometry, list[BaseGeometry]]:
        """The ground within the outer border, and what of it no parcel has.

        Beside a gap lie lonely edges alone, beside the other parcels none: of what the parcels with lonely
        edges surround, every face is filled by the others or empty.
        """
        border = shapely.union_all(self._shapes_at(np.flatnonzero(self.misfits)))
        lines = shapely.union_all(shapely.boundary(shapely.get_parts(border)))  # parted where they touch
        faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
        within = shapely.coverage_union_all(faces)
        shapely.prepare(border)
        faces = faces[~shapely.intersects(border, shapely.point_on_surface(faces))]
        if not len(faces):
            return within, []
        filled, met = self._lying_in(faces, ~self.misfits)
        empty = []
        for face, area, positions in zip(faces, filled, met, strict=True):
            if not len(positions):
                empty.append(face)
            elif face.area - area > _ROUNDING_M2 or self.doubled[positions].any():
                empty.append(shapely.difference(face, self._united_at(positions)))
        return within, empty

    def holes(self, tolerance_m2: float, width_m: float) -> tuple[BaseGeometry, ...]:
        """Ground that the parcels surround and leave out, where no outline says how far they should go."""
        return _above(self._border[1], tolerance_m2, width_m)

    def united(self) -> BaseGeometry:
        """The ground of all parcels together."""
        within, empty = self._border
        return shapely.difference(within, shapely.union_all(empty)) if empty else within


def _above(shapes: Sequence[BaseGeometry], tolerance_m2: float, width_m: float) -> tuple[BaseGeometry, ...]:
    """The single polygons that are neither smaller nor thinner than a digitised border strays."""
    if not shapes:
        return ()
    parts = shapely.get_parts(overlay.polygonal(np.array(shapes, dtype=object)))
    kept = (shapely.area(parts) > tolerance_m2) & (overlay.mean_width(parts) > width_m)
    return tuple(parts[kept].tolist())
