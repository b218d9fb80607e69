"""Outlines in pieces, keys of outlines, covers without overlap: against GEOS and PROJ, and by properties."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from land.importers.shapes import _stored
from land.kernel import Pieces
from land.kernel.keys import outline_keys
from land.kernel.outlines import Outlines
from land.kernel.subdivide import subdivided
from land.subdividing import _cut_by_geos, in_equal_area, in_pieces, shapes_of, without_overlap
from registry import geo
from tests.land.test_kernel import FAR, stars

SQUARE = shapely.box(0, 0, 16, 16)
HOLES = shapely.MultiPolygon(
    [
        SQUARE.difference(
            shapely.union_all([shapely.box(x, 2, x + 1, 14).segmentize(1) for x in (2, 5, 9, 12)])
        )
    ]
)
TOUCHING = shapely.Polygon(
    [(0, 0), (4, 0), (8, 0), (8, 8), (0, 8)], [[(4, 0), (5, 3), (4, 6), (3, 3)]]
)  # the hole hangs on the shell at a point


def outlines(shapes) -> Outlines:
    return Outlines.from_wkb(list(shapely.to_wkb(np.atleast_1d(shapes), byte_order=1)))


def same_ground(pieces: Outlines, shapes: np.ndarray) -> None:
    """Pieces are valid, apart from each other, and together the shapes they are of."""
    made = shapes_of(pieces)
    assert shapely.is_valid(made).all()
    assert shapely.area(made).sum() == pytest.approx(shapely.area(shapes).sum(), rel=1e-9)
    for owner, shape in enumerate(shapes):
        own = made[pieces.owners == owner]
        assert shapely.area(shapely.intersection(own, shape)).sum() == pytest.approx(shape.area, rel=1e-9)
        if owner < 3:
            assert shapely.union_all(own).area == pytest.approx(shape.area, rel=1e-9)


@given(st.integers(0, 2**32 - 1), st.sampled_from([9, 12, 20]))
@settings(max_examples=40, deadline=None)
def test_pieces_are_the_same_ground(seed, most):
    shapes = stars(seed, 8)
    pieces = in_pieces(outlines(shapes), most)
    assert pieces.points.max() <= most + 2  # a ring made two at a point has it twice
    assert (np.diff(pieces.owners) >= 0).all()
    same_ground(pieces, shapes)


@pytest.mark.parametrize("shape", [SQUARE.segmentize(0.5), HOLES, TOUCHING, TOUCHING.segmentize(0.7)])
@pytest.mark.parametrize("most", [9, 30])
def test_holes_grids_and_contacts_are_cut_as_geos_would(shape, most):
    shapes = np.array([shape], dtype=object)
    same_ground(in_pieces(outlines(shapes), most), shapes)
    same_ground(_cut_by_geos(outlines(shapes), np.array([0]), most), shapes)


def test_what_lies_on_a_line_is_given_back_to_be_cut_otherwise():
    flat = Outlines(np.zeros((9, 2)), np.array([0, 9]), np.array([0, 1]), np.array([0]))
    made, failed = subdivided(flat, 4)
    assert (len(made), failed.tolist()) == (0, [0])


def test_outlines_come_out_as_they_went_in():
    shapes = stars(5, 30)
    back = shapes_of(outlines(shapes))
    assert shapely.equals(shapely.normalize(back), shapely.normalize(shapely.get_parts(shapes))).all()
    assert shapely.is_ccw(shapely.get_exterior_ring(back)).all()
    mine, other = outlines(shapes).as_pieces(30), Pieces.from_shapely(shapes)
    assert np.array_equal(mine.starts, other.starts)
    assert np.array_equal(mine.boxes, other.boxes)
    assert mine.areas() == pytest.approx(shapely.area(shapes), rel=1e-12)
    with pytest.raises(ValueError, match="plain"):
        outlines(shapely.points([[0.0, 1.0]]))


@given(st.integers(0, 2**32 - 1), st.integers(1, 50))
@settings(max_examples=30, deadline=None)
def test_a_key_is_that_of_the_outline_however_it_was_exported(seed, shift):
    shapes = stars(seed, 6)

    def exported(shape):
        parts = [
            shapely.Polygon(turned(part.exterior), [turned(ring) for ring in part.interiors][::-1])
            for part in shapely.get_parts(shape)
        ]
        return shapely.MultiPolygon(parts[::-1])

    def turned(ring):
        xy = shapely.get_coordinates(ring)[:-1]
        return np.roll(xy, shift % len(xy), axis=0)[::-1]

    again = np.array([exported(shape) for shape in shapes], dtype=object)
    keys, other = outline_keys(outlines(shapes), 6), outline_keys(outlines(again), 6)
    assert (keys == other).all()
    moved = shapely.transform(shapes, lambda xy: np.where(xy == xy[0], np.nextafter(xy, np.inf), xy))
    assert (outline_keys(outlines(moved), 6)[0] != keys[0]).any()
    assert len(np.unique(keys, axis=0)) == len(np.unique(shapely.to_wkb(shapely.normalize(shapes))))


def test_the_plane_of_pieces_is_projs_and_long_edges_are_straight_in_the_working_plane():
    work = np.array([shapely.box(0, 0, 60, 60), shapely.box(60, 0, 1060, 900)], dtype=object)
    record = geo.to_record(shapely.transform(work, lambda xy: xy + FAR), 4544)
    made = shapes_of(in_equal_area(outlines(record)))
    project = pyproj.Transformer.from_crs(4326, geo.EQUAL_AREA_SRID, always_xy=True)
    plain = shapely.transform(record[0].geoms[0], project.transform, interleaved=False)
    assert shapely.equals_exact(shapely.normalize(made[0]), shapely.normalize(plain), 1e-9)
    assert shapely.get_num_coordinates(made[1]) > 30
    assert shapely.area(made) == pytest.approx(geo.geodesic_areas(record), rel=1e-6)
    assert shapely.intersection(made[0], made[1]).area < 1e-3  # an edge of 60 m lies along one of 900


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_a_cover_counts_no_ground_twice(seed):
    shapes, forever = stars(seed, 9, width=150.0), np.zeros(9)
    cover = shapes_of(without_overlap(in_pieces(outlines(shapes), 8), forever, forever))
    assert shapely.area(cover).sum() == pytest.approx(shapely.union_all(shapes).area, rel=1e-8)
    left, right = shapely.STRtree(cover).query(cover)
    apart = left < right
    assert shapely.area(shapely.intersection(cover[left[apart]], cover[right[apart]])).sum() < 1e-3


def test_who_is_protected_for_longer_keeps_the_ground_and_periods_apart_share_it():
    shapes = np.array([shapely.box(0, 0, 10, 10), shapely.box(5, 0, 15, 10)], dtype=object)

    def areas(starts, ends):
        cover = without_overlap(outlines(shapes), np.array(starts), np.array(ends))
        return np.bincount(cover.owners, shapely.area(shapes_of(cover)), 2).tolist()

    assert areas([0, 0], [9, 9]) == [100, 50]  # the first of equals
    assert areas([3, 0], [9, 9]) == [50, 100]
    assert areas([0, 0], [5, 9]) == [50, 100]
    assert areas([0, 5], [5, 9]) == [100, 100]  # never on one day


def test_what_is_stored_of_a_delivery_is_the_shape_in_each_plane():
    shapes = np.append(stars(8, 6), np.array([None]))
    record, work = geo.to_record(shapes, 4544), geo.promote(shapes)
    there = slice(0, 6)
    texts, plain, on_map, keys = _stored(record, work)
    assert (texts[6], plain[6], on_map[6]) == (None, None, b"")
    assert shapely.equals_identical(shapely.from_wkb(texts[there]), record[there]).all()
    assert shapely.equals_identical(shapely.from_wkb(plain[there]), work[there]).all()
    found = shapely.from_wkb(on_map[there])
    assert set(shapely.get_srid(found)) == {3857}
    assert shapely.equals_exact(found, geo.transform(record[there], 4490, 3857), 1e-9).all()
    assert {len(key) for key in keys} == {16}
    assert len(set(keys[there])) == 6
