"""Farmland from one survey year to the next: what flowed out, what flowed in, what stayed. 中文：耕地流出流入

Pure: parcels of two years in, strands out. A strand is the common ground of one old and one new parcel, or of
a parcel and nothing (ground that only one of the years speaks of). Every part of an old parcel is in exactly
one strand, so that for each village and in total (C01)

    previous - outflow + inflow (+ moved in - moved out, with borders of divisions) = current

Areas are official (ellipsoidal) m². Gross areas are measured on the ground; counted areas (图斑地类面积) are
the parcel's own, apportioned to its parts. A ridge ratio that changes moves counted area between farmland and
ridges (1203 田坎) although no land changed: that is a flow of the counted area, told apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from land import overlay
from land.area import official_areas, round_area, settle

CENT = Decimal("0.01")
ZERO = Decimal(0)
NON_AGRI, NON_GRAIN, UNUSED, UNCLASSIFIED = "NON_AGRI", "NON_GRAIN", "UNUSED", "UNCLASSIFIED"
KINDS = (NON_AGRI, NON_GRAIN, UNUSED, UNCLASSIFIED)  # 非农化, 非粮化, 未利用, 未归类
RIDGE = "1203"
NOWHERE = ""  # the class of ground that the other year does not speak of
REST = -1
IN, OUT = "in", "out"  # 行政区调整：调入、调出
_ROUNDING_M2 = Decimal("0.02")  # of one part: its counted area differs by no more for rounding alone
_ROUNDING_SHARE = Decimal("0.00001")


@dataclass(frozen=True)
class Plot:
    """A parcel of one year. 中文：图斑

    ``gross`` is its official area, ``counted`` what of it counts as its class, both m²; ``geometry`` is in
    the working plane (None where the parcel is only taken as a whole).
    """

    id: str
    class_code: str
    village: str
    gross: Decimal
    counted: Decimal
    farmland: bool
    geometry: BaseGeometry | None = None


@dataclass(frozen=True)
class Strand:
    """Ground that was part of ``old`` and is part of ``new``; one of them may be None. Areas in m²."""

    old: Plot | None
    new: Plot | None
    gross: Decimal
    counted_old: Decimal
    counted_new: Decimal
    geometry: BaseGeometry | None = None
    transfer: str = ""  # IN or OUT: ground that another division gave or got with its border

    @property
    def village(self) -> str:
        """The village of today; of ground that today's survey does not speak of, that of then."""
        return self.new.village if self.new else self.old.village if self.old else ""

    @property
    def transfer_out(self) -> bool:
        return self.transfer == OUT

    @property
    def was(self) -> bool:
        return bool(self.old and self.old.farmland)

    @property
    def is_(self) -> bool:
        return bool(self.new and self.new.farmland)


@dataclass(frozen=True)
class Doubt:
    """Ground that a survey has twice (C03): it is counted once, by the parcel that comes first."""

    year: str  # "old" or "new"
    id: str
    area_m2: Decimal


@dataclass
class Woven:
    """The strands of the parcels that changed, and what was doubtful about them."""

    strands: list[Strand]
    doubts: list[Doubt] = field(default_factory=list)


def whole(old: Plot, new: Plot, geometry: BaseGeometry | None = None) -> Strand:
    """The strand of a parcel whose outline did not change; its ground is that of the old one."""
    return Strand(old, new, old.gross, old.counted, new.counted, geometry)


def weave(olds: Sequence[Plot], news: Sequence[Plot], srid: int, beside: Sequence[Any] = ()) -> Woven:
    """The strands between parcels whose outlines changed.

    ``srid``: the working plane of the geometries. ``beside``: outlines (working plane) of the parcels near
    them that did not change: ground of theirs is not counted a second time. Where parcels of one year overlap
    the first in the order given has the ground.
    """
    doubts: list[Doubt] = []
    old_shapes = exclusive("old", olds, beside, srid, doubts)
    new_shapes = exclusive("new", news, beside, srid, doubts)
    left, right, common = _common(old_shapes, new_shapes)
    lost, lost_shapes = _rest(old_shapes, left, common)
    gained, gained_shapes = _rest(new_shapes, right, common)
    left = np.concatenate([left, lost, np.full(len(gained), REST)]).astype(int)
    right = np.concatenate([right, np.full(len(lost), REST), gained]).astype(int)
    shapes = np.concatenate([common, lost_shapes, gained_shapes])
    areas = official_areas(shapes, srid) if len(shapes) else np.empty(0)
    gross = _gross(olds, old_shapes, left, areas, srid)
    counted = (
        _apportioned(olds, old_shapes, left, gross, srid),
        _apportioned(news, new_shapes, right, gross, srid),
    )
    strands = [
        Strand(
            olds[o] if o != REST else None,
            news[n] if n != REST else None,
            gross[at],
            counted[0][at],
            counted[1][at],
            shapes[at],
        )
        for at, (o, n) in enumerate(zip(left.tolist(), right.tolist(), strict=True))
    ]
    return Woven(strands, doubts)


def _array(shapes: Iterable[Any]) -> np.ndarray:
    listed = list(shapes)
    out = np.empty(len(listed), dtype=object)
    out[:] = listed
    return out


def exclusive(
    year: str, plots: Sequence[Plot], beside: Sequence[Any], srid: int, doubts: list[Doubt]
) -> np.ndarray:
    """The outlines without what an earlier parcel of the same year, or an unchanged one, has already."""
    shapes = _array(plot.geometry for plot in plots)
    first = _array([*beside, *shapes])
    offset = len(beside)
    earlier, later = shapely.STRtree(first).query(first, predicate="intersects")[::-1]
    chosen = (earlier < later) & (later >= offset)
    earlier, later = earlier[chosen], later[chosen]
    ground = overlay.positive(overlay.polygonal(shapely.intersection(first[earlier], first[later])))
    earlier, later = earlier[ground], later[ground]
    for position in np.unique(later).tolist():
        taken = shapely.union_all(first[earlier[later == position]])
        rest = overlay.ground(_array([shapely.difference(first[position], taken)]))[0]
        twice = overlay.ground(_array([shapely.intersection(first[position], taken)]))
        shapes[position - offset] = rest
        plot = plots[position - offset]
        doubts.append(Doubt(year, plot.id, round_area(official_areas(twice, srid)[0])))
    return shapes


def _common(olds: np.ndarray, news: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs (old, new) with common ground, by old and new, and the ground itself."""
    if not len(olds) or not len(news):
        none = np.empty(0, dtype=int)
        return none, none, np.empty(0, dtype=object)
    left, right = shapely.STRtree(news).query(olds, predicate="intersects")
    order = np.lexsort((right, left))
    left, right = left[order], right[order]
    common = overlay.ground(shapely.intersection(olds[left], news[right]))
    kept = ~shapely.is_empty(common)
    return left[kept], right[kept], common[kept]


def _rest(wholes: np.ndarray, owner: np.ndarray, parts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What of each whole no part takes: positions and ground, for those of which something is left."""
    covered = np.bincount(owner, weights=shapely.area(parts), minlength=len(wholes))
    missing = shapely.area(wholes) - covered
    slack = np.maximum(overlay.ZERO_AREA_M2, overlay.ZERO_WIDTH_M * shapely.length(wholes))
    found, rests = [], []
    for position in np.flatnonzero(missing > slack).tolist():
        taken = shapely.union_all(parts[owner == position])
        rest = overlay.ground(_array([shapely.difference(wholes[position], taken)]))[0]
        if not rest.is_empty:
            found.append(position)
            rests.append(rest)
    return np.array(found, dtype=int), _array(rests)


def _gross(
    olds: Sequence[Plot], shapes: np.ndarray, owner: np.ndarray, areas: np.ndarray, srid: int
) -> list[Decimal]:
    """Areas of the strands to the cent; those of one old parcel sum to its area (调平)."""
    gross = [round_area(area) for area in areas]
    for position, members in _members(owner):
        parts = {str(at): float(areas[at]) for at in members}
        total = _own_gross(olds[position], shapes[position], srid)
        if abs(total - sum((round_area(area) for area in parts.values()), ZERO)) > CENT * (len(parts) + 2):
            continue  # cut down by an overlap, or moved between planes: what is measured stands
        for at, area in settle(total, parts).items():
            gross[int(at)] = area
    return gross


def _own_gross(plot: Plot, shape: BaseGeometry, srid: int) -> Decimal:
    return plot.gross if shape is plot.geometry else round_area(official_areas(_array([shape]), srid)[0])


def _apportioned(
    plots: Sequence[Plot], shapes: np.ndarray, owner: np.ndarray, gross: list[Decimal], srid: int
) -> list[Decimal]:
    """The counted area of each parcel, given to its strands by their area; 0 where there is no parcel."""
    counted = [ZERO] * len(gross)
    for position, members in _members(owner):
        plot = plots[position]
        area = sum((gross[at] for at in members), ZERO)
        if not area:
            continue
        total = plot.counted
        if shapes[position] is not plot.geometry and plot.gross:
            share = _own_gross(plot, shapes[position], srid) / plot.gross
            total = (plot.counted * share).quantize(CENT, ROUND_HALF_UP)
        parts = {str(at): float(total * gross[at] / area) for at in members}
        for at, part in settle(total, parts).items():
            counted[int(at)] = part
    return counted


def _members(owner: np.ndarray) -> list[tuple[int, list[int]]]:
    """The positions of the strands of each parcel."""
    members: defaultdict[int, list[int]] = defaultdict(list)
    for at, position in enumerate(owner.tolist()):
        if position != REST:
            members[position].append(at)
    return sorted(members.items())


# --- sums


@dataclass
class Sums:
    """Sums of strands, in m²: of one village, or of all. ``counted``: of counted, else of gross areas."""

    counted: bool
    previous: Decimal = ZERO
    current: Decimal = ZERO
    outflow: Decimal = ZERO
    inflow: Decimal = ZERO
    ridges_out: Decimal = ZERO  # of the outflow: counted area that a changed ridge ratio took
    ridges_in: Decimal = ZERO
    moved_in: Decimal = ZERO  # farmland that came with a border, and was farmland before
    moved_out: Decimal = ZERO
    by_kind: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(KINDS, ZERO))
    matrix: defaultdict[tuple[str, str], Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def add(self, strand: Strand, kind: str) -> None:
        """Take a strand in; ``kind``: what became of the land, by its class of today."""
        then, now = strand.gross, strand.gross
        if self.counted:
            then = strand.counted_old
            now = then if is_rounding(strand) else strand.counted_new
        classes = (_code(strand.old), _code(strand.new))
        if strand.transfer == OUT:
            self.previous += then if strand.was else ZERO
            self.moved_out += then if strand.was else ZERO
            return
        if strand.was and strand.transfer == IN:
            self.moved_in += then
        elif strand.was:
            self.previous += then
        if strand.is_:
            self.current += now
        if strand.was and not strand.is_:
            self.outflow += then
            self.by_kind[kind] += then
            self.matrix[classes] += then
        elif strand.is_ and not strand.was:
            self.inflow += now
            self.matrix[classes] += now
        elif strand.was:
            self.matrix[classes] += min(then, now)
            self._ridges(classes, now - then)

    def _ridges(self, classes: tuple[str, str], more: Decimal) -> None:
        if more > 0:
            self.inflow += more
            self.ridges_in += more
            self.matrix[RIDGE, classes[1]] += more
        elif more < 0:
            self.outflow -= more
            self.ridges_out -= more
            self.by_kind[NON_GRAIN] -= more
            self.matrix[classes[0], RIDGE] -= more

    @property
    def balance(self) -> Decimal:
        """C01: nothing, when the sums prove themselves."""
        moved = self.moved_in - self.moved_out
        return self.previous - self.outflow + self.inflow + moved - self.current


def _code(plot: Plot | None) -> str:
    return plot.class_code if plot else NOWHERE


def is_rounding(strand: Strand) -> bool:
    """Do the counted areas of a strand that stayed farmland differ for rounding alone?"""
    allowed = max(_ROUNDING_M2, strand.gross * _ROUNDING_SHARE)
    return strand.was and strand.is_ and abs(strand.counted_new - strand.counted_old) <= allowed
