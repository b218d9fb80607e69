"""Outlines of record in small pieces of the equal-area plane; zones as a cover without overlap. Pure.

中文：等积面剖分与不重叠覆盖. Zones overlap (补划 over what was there, districts shifted by a metre): all is
cut up first, and only the few pieces that have ground in common are then differenced.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely

from land import overlay
from land.kernel import meeting_pairs, overlaps
from land.kernel.outlines import Outlines
from land.kernel.subdivide import DEEPEST, subdivided
from registry import geo

LONG_EDGE_M = 70  # a longer edge is straight in the working plane alone; of shorter ones areas part by 1e-6
LONG_EDGE_DEGREES = 0.00063  # about as long
OVERLAP_M2 = 1e-6  # below it: what rounding leaves between neighbours


def in_equal_area(record: Outlines) -> Outlines:
    """Outlines of degrees in the equal-area plane; where an edge is long, cut in the working plane first.

    The same rule as ``land.queries.pieces.equal_area_sql``.
    """
    edge = np.hypot(*np.diff(record.xy, axis=0).T)
    edge[record.rings[1:-1] - 1] = 0.0  # from the end of one ring to the next is no edge
    long = np.flatnonzero(edge > LONG_EDGE_DEGREES)
    if not len(long):
        return record.moved(geo.equal_area_coordinates)
    polygons = np.searchsorted(record.rings[record.polygons], long, side="right") - 1
    flagged = np.isin(record.owners, record.owners[polygons])
    coarse = record.subset(np.flatnonzero(flagged))
    joined = Outlines.joined([record.subset(np.flatnonzero(~flagged)), _densified(coarse)])
    order = np.argsort(joined.owners, kind="stable")
    return joined.subset(order).moved(geo.equal_area_coordinates)


def _densified(record: Outlines) -> Outlines:
    """No edge longer than ``LONG_EDGE_M`` in the working plane; in degrees again."""
    work = geo.county().work_srid
    ring = np.repeat(np.arange(len(record.rings) - 1), np.diff(record.rings))
    xy = record.moved(lambda x, y: geo.coordinates(x, y, geo.RECORD_SRID, work)).xy
    xy, ring = geo.densify_coordinates(xy, ring, LONG_EDGE_M)
    ends = np.searchsorted(ring, np.arange(len(record.rings) - 1), side="right")
    dense = replace(record, xy=xy, rings=np.concatenate([[0], ends]))
    return dense.moved(lambda x, y: geo.coordinates(x, y, work, geo.RECORD_SRID))


def in_pieces(outlines: Outlines, most: int) -> Outlines:
    """The polygons, those of more than ``most`` points in parts, by ascending owner."""
    large = outlines.points > most
    big = outlines.subset(np.flatnonzero(large))
    cut, failed = subdivided(big, most)
    parts = [_mended(cut), _cut_by_geos(big, failed, most)]
    parts = [replace(part, owners=big.owners[part.owners]) for part in parts]
    joined = Outlines.joined([outlines.subset(np.flatnonzero(~large)), *parts])
    return joined.subset(np.argsort(joined.owners, kind="stable"))


def _mended(cut: Outlines) -> Outlines:
    """A hole that touched its shell at a point is, cut through, a ring that touches itself: made two."""
    shapes = shapes_of(cut)
    wrong = ~shapely.is_valid(shapes)
    if not wrong.any():
        return cut
    mended = shapely.make_valid(shapes[wrong], method="structure", keep_collapsed=False)
    return Outlines.joined(
        [cut.subset(np.flatnonzero(~wrong)), _of_shapes(mended, cut.owners[np.flatnonzero(wrong)])]
    )


def shapes_of(outlines: Outlines) -> np.ndarray:
    """Geometry objects of the polygons."""
    sent, begins = outlines.to_wkb(np.arange(len(outlines)))
    text, at = sent.tobytes(), begins.tolist()
    texts = [text[begin:end] for begin, end in zip(at, at[1:], strict=False)]
    return shapely.from_wkb(np.array(texts, dtype=object))


def _of_shapes(shapes: np.ndarray, owners: np.ndarray) -> Outlines:
    made = Outlines.from_wkb(list(shapely.to_wkb(shapes, byte_order=1)))
    return replace(made, owners=owners[made.owners])


def _cut_by_geos(outlines: Outlines, chosen: np.ndarray, most: int) -> Outlines:
    """What arithmetic alone could not cut, halved by GEOS until it is small."""
    shapes, owners = shapes_of(outlines.subset(chosen)), chosen
    done: list[Outlines] = []
    for turn in range(DEEPEST + 1):
        small = (shapely.get_num_coordinates(shapes) <= most) | (turn == DEEPEST)
        done.append(_of_shapes(shapes[small], owners[small]))
        shapes, owners = shapes[~small], owners[~small]
        if not len(shapes):
            break
        halves = shapely.intersection(np.concatenate([shapes, shapes]), _halves(shapely.bounds(shapes)))
        shapes, at = shapely.get_parts(overlay.polygonal(halves), return_index=True)
        owners = np.concatenate([owners, owners])[at]
    return Outlines.joined(done)


def _halves(boxes: np.ndarray) -> np.ndarray:
    """The first halves of boxes, then the second, each cut across its longer side."""
    tall = boxes[:, 3] - boxes[:, 1] > boxes[:, 2] - boxes[:, 0]
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    first, second = boxes.copy(), boxes.copy()
    first[tall, 3] = second[tall, 1] = middle[tall, 1]
    first[~tall, 2] = second[~tall, 0] = middle[~tall, 0]
    return shapely.box(*np.concatenate([first, second]).T)


# --- a cover without overlap


def without_overlap(outlines: Outlines, starts: np.ndarray, ends: np.ndarray) -> Outlines:
    """Take from every piece what one of an earlier owner has that is protected whenever it is.

    Owners are ranked by ``starts`` (the earlier the first), ``ends`` (the later the first), and position. Two
    whose periods only overlap in part keep their common ground, and are counted twice on the days they share.
    """
    rank = np.empty(len(starts), dtype=np.int64)
    rank[np.lexsort((np.arange(len(starts)), -ends, starts))] = np.arange(len(starts))
    later, earlier = _overlapping(outlines, rank, starts, ends)
    if not len(later):
        return outlines
    changed = np.unique(later)
    rest = _less(outlines, changed, later, earlier)
    kept = np.setdiff1d(np.arange(len(outlines)), changed)
    joined = Outlines.joined([outlines.subset(kept), _of_shapes(rest, outlines.owners[changed])])
    return joined.subset(np.argsort(joined.owners, kind="stable"))


def _overlapping(
    outlines: Outlines, rank: np.ndarray, starts: np.ndarray, ends: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (later, earlier) of pieces of different owners with common ground; the earlier stands longer."""
    pieces = replace(outlines, owners=np.arange(len(outlines))).as_pieces(len(outlines))
    left, right = meeting_pairs(pieces.boxes, pieces.boxes)
    one, two = outlines.owners[left], outlines.owners[right]
    kept = (rank[one] > rank[two]) & (starts[two] <= starts[one]) & (ends[two] >= ends[one])
    left, right = left[kept], right[kept]
    common = overlaps(pieces, pieces, left, right) > OVERLAP_M2
    return left[common], right[common]


def _less(outlines: Outlines, changed: np.ndarray, later: np.ndarray, earlier: np.ndarray) -> np.ndarray:
    """What is left of the pieces ``changed``: of each, one earlier piece is taken in every turn."""
    used = np.union1d(later, earlier)
    shapes = shapes_of(outlines.subset(used))
    order = np.argsort(later, kind="stable")
    at, taken = np.searchsorted(changed, later[order]), np.searchsorted(used, earlier[order])
    turn = np.arange(len(at)) - np.searchsorted(at, at)
    rest = shapes[np.searchsorted(used, changed)]
    for number in range(int(turn.max()) + 1):
        now = turn == number
        rest[at[now]] = shapely.difference(rest[at[now]], shapes[taken[now]])
    return overlay.ground(rest)
