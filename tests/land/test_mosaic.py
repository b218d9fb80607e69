"""The check of a mosaic against GEOS: overlaps, holes and the union, on mosaics bent at random (L09)."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from land.kernel import Pieces
from land.kernel.twins import lonely
from land.mosaic import Mosaic

SIDE = 6


def cells(shifts):
    """A mosaic of SIDE x SIDE cells whose inner corners are shifted."""
    corner = {}
    for east, north in itertools.product(range(SIDE + 1), repeat=2):
        inner = 0 < east < SIDE and 0 < north < SIDE
        dx, dy = shifts[(east * (SIDE + 1) + north) % len(shifts)] if inner else (0.0, 0.0)
        corner[east, north] = (500000 + 20 * east + dx, 2550000 + 20 * north + dy)
    ring = ((0, 0), (1, 0), (1, 1), (0, 1))
    return [
        shapely.Polygon([corner[east + a, north + b] for a, b in ring])
        for east in range(SIDE)
        for north in range(SIDE)
    ]


shift = st.tuples(st.floats(-8, 8), st.floats(-8, 8))
change = st.tuples(st.sampled_from(["drop", "grow", "again", "nudge", "turn"]), st.integers(0, SIDE**2 - 1))


def changed(shapes, changes):
    shapes = list(shapes)
    for kind, at in changes:
        shape = shapes[at % len(shapes)]
        if kind == "drop" and len(shapes) > 1:
            del shapes[at % len(shapes)]
        elif kind == "grow":
            shapes[at % len(shapes)] = shape.buffer(3, join_style="mitre")
        elif kind == "again":
            shapes.append(shape)
        elif kind == "nudge":
            shapes[at % len(shapes)] = shapely.transform(shape, lambda xy: xy + 0.003)
        elif kind == "turn":
            shapes[at % len(shapes)] = shape.reverse()
    return np.array(shapes, dtype=object)


@settings(max_examples=60, deadline=None)
@given(st.lists(shift, min_size=1, max_size=20), st.lists(change, max_size=5))
def test_it_agrees_with_geos(shifts, changes):
    shapes = changed(cells(shifts), changes)
    mosaic = Mosaic.of(shapes)
    union = shapely.union_all(shapes)
    assert abs(mosaic.united().area - union.area) < 1e-4
    assert shapely.area(mosaic.united() ^ union) < 1e-3
    expected = {
        (one, two)
        for one, two in itertools.combinations(range(len(shapes)), 2)
        if shapes[one].intersection(shapes[two]).area > 0.01
    }
    assert {(pair.first, pair.second) for pair in mosaic.overlaps(0.01)} == expected
    holes = [shapely.Polygon(ring) for part in shapely.get_parts(union) for ring in part.interiors]
    wanted = sum(hole.area for hole in holes if hole.area > 0.01 and 2 * hole.area / hole.length > 0.05)
    assert abs(sum(hole.area for hole in mosaic.holes(0.01, 0.05)) - wanted) < 1.0


@settings(max_examples=30, deadline=None)
@given(st.lists(shift, min_size=1, max_size=20), st.lists(change, max_size=4))
def test_what_a_place_lacks_is_its_difference_from_the_union(shifts, changes):
    shapes = changed(cells(shifts), changes)
    place = shapely.box(500030, 2550010, 500105, 2550200)
    expected = place.difference(shapely.union_all(shapes)).area
    found = Mosaic.of(shapes).uncovered([(7, place)], 0.01, 0.0)
    assert abs(sum(gap.area for one in found for gap in one.gaps) - expected) < 0.05
    assert {one.place for one in found} <= {7}


def test_two_mosaics_one_upon_the_other_are_found_through():
    shapes = np.array(cells([(0.0, 0.0)]), dtype=object)
    inner = np.array([shapely.transform(shape, lambda xy: xy + 31.0) for shape in cells([(1.0, 2.0)])])
    pairs = Mosaic.of(np.concatenate([shapes, inner])).overlaps(0.01)
    both = [(a, b) for a in range(36) for b in range(36) if shapes[a].intersection(inner[b]).area > 0.01]
    assert {(pair.first, pair.second - 36) for pair in pairs} == set(both)


def test_a_mosaic_within_the_hole_of_another_is_no_gap():
    outer = shapely.box(0, 0, 100, 100) - shapely.box(20, 20, 80, 80)
    island = [shapely.box(30, 30, 50, 70), shapely.box(50, 30, 70, 70)]
    mosaic = Mosaic.of(np.array([outer, *island], dtype=object))
    (hole,) = mosaic.holes(0.01, 0.05)
    assert hole.area == pytest.approx(3600 - 1600)
    assert mosaic.united().area == pytest.approx(6400 + 1600)


def test_upright_edges_and_rings_run_either_way_are_twins():
    left, right = shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)
    donut = shapely.box(-5, -5, 25, 15) - shapely.box(0, 0, 20, 10)
    around = shapely.segmentize(donut, 10)
    shapes = np.array([left, right.reverse(), around], dtype=object)
    assert lonely(Pieces.from_shapely(shapes)).tolist() == [False, False, True]
    assert lonely(Pieces.from_shapely(np.array([], dtype=object))).tolist() == []
