"""The overlay kernel against GEOS and by properties: areas in common, windows, candidates, bytes read."""

from __future__ import annotations

import struct

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from land.kernel import Pieces, meeting_pairs, overlaps
from land.kernel.audit import Cut, sums
from land.kernel.copying import Copied
from land.kernel.grid import Grid
from land.kernel.windows import windows
from registry import geo

FAR = np.array([340_000.0, 2_545_000.0])  # coordinates as large as a county's


def stars(seed: int, count: int, *, width: float = 600.0) -> np.ndarray:
    """Valid polygons of 4 to 60 vertices, some with a hole, some in two parts; rings run either way."""
    rng = np.random.default_rng(seed)
    made = []
    while len(made) < count:
        turn = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(4, 60)))
        reach = rng.uniform(10, 60) * rng.uniform(0.4, 1, len(turn))
        xy = np.column_stack([np.cos(turn) * reach, np.sin(turn) * reach]) + rng.uniform(0, width, 2) + FAR
        shape = shapely.Polygon(xy if rng.random() < 0.5 else xy[::-1])
        if not shape.is_valid:
            continue
        if rng.random() < 0.3:
            shape = shape.difference(shape.centroid.buffer(4, quad_segs=3))
        if rng.random() < 0.2:
            shape = shape.union(shapely.box(*(shape.bounds[0] - 30, shape.bounds[1] - 30), *(FAR - 40)))
        made.append(shape)
    out = np.empty(count, dtype=object)
    out[:] = made
    return out


def all_pairs(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    left, right = np.divmod(np.arange(len(a) * len(b)), len(b))
    return left.astype(np.int32), right.astype(np.int32)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_areas_in_common_are_those_of_an_independent_engine(seed):
    a, b = stars(seed, 12), stars(seed + 1, 12)
    left, right = all_pairs(a, b)
    found = overlaps(Pieces.from_shapely(a), Pieces.from_shapely(b), left, right)
    truth = shapely.area(shapely.intersection(a[left], b[right]))
    assert np.abs(found - truth).max() < 1e-6
    assert np.abs(Pieces.from_shapely(a).areas() - shapely.area(a)).max() < 1e-6


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_a_shape_lies_wholly_on_itself_and_order_is_nothing(seed):
    a, b = stars(seed, 6), stars(seed + 7, 6)
    mine, other = Pieces.from_shapely(a), Pieces.from_shapely(b)
    same = np.arange(6, dtype=np.int32)
    assert np.abs(overlaps(mine, mine, same, same) - shapely.area(a)).max() < 1e-6
    left, right = all_pairs(a, b)
    assert np.abs(overlaps(mine, other, left, right) - overlaps(other, mine, right, left)).max() < 1e-6


@given(st.integers(0, 2**32 - 1), st.sampled_from([3, 8, 30]))
@settings(max_examples=20, deadline=None)
def test_windows_hold_the_same_ground(seed, most):
    a, b = stars(seed, 8), stars(seed + 3, 8)
    mine, other = Pieces.from_shapely(a), Pieces.from_shapely(b)
    cut, owners = windows(mine, most)
    assert np.abs(np.bincount(owners, cut.areas(), 8) - shapely.area(a)).max() < 1e-6
    left, right = meeting_pairs(cut.boxes, other.boxes)
    totals = np.bincount(owners[left] * 8 + right, overlaps(cut, other, left, right), 64)
    truth = shapely.area(shapely.intersection(a[:, None], b[None, :])).ravel()
    assert np.abs(totals - truth).max() < 1e-6
    assert len(cut) >= len(mine)


TOUCHING = {
    "E1 an edge": (shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10), 0.0),
    "E2 a corner": (shapely.box(0, 0, 10, 10), shapely.box(10, 10, 20, 20), 0.0),
    "E3 identical": (shapely.box(0, 0, 10, 10), shapely.box(0, 0, 10, 10), 100.0),
    "E4 round about": (shapely.box(0, 0, 30, 30).difference(shapely.box(10, 10, 20, 20)),
                       shapely.box(10, 10, 20, 20), 0.0),
    "E5 a rim of a metre": (shapely.box(-50, -50, 150, 150).difference(shapely.box(1, 1, 99, 99)),
                            shapely.box(0, 0, 100, 100), 396.0),
    "E6 inside a hole": (shapely.box(12, 12, 18, 18),
                         shapely.box(0, 0, 30, 30).difference(shapely.box(10, 10, 20, 20)), 0.0),
    "collinear in part": (shapely.Polygon([(0, 0), (10, 5), (10, 0)]),
                          shapely.Polygon([(0, 0), (20, 10), (0, 10)]), 0.0),
}  # fmt: skip


@pytest.mark.parametrize("case", TOUCHING)
def test_contact_is_no_area(case):
    first, second, area = TOUCHING[case]
    for swap in (False, True):
        a, b = (second, first) if swap else (first, second)
        moved = [shapely.transform(shape, lambda xy: xy + FAR) for shape in (a, b)]
        mine, other = Pieces.from_shapely(moved[:1]), Pieces.from_shapely(moved[1:])
        one = np.zeros(1, dtype=np.int32)
        assert overlaps(mine, other, one, one)[0] == pytest.approx(area, abs=1e-6)


@given(st.integers(0, 2**32 - 1), st.sampled_from([1.0, 30.0, 500.0]))
@settings(max_examples=30, deadline=None)
def test_the_grid_finds_the_pairs_that_an_index_finds(seed, large):
    rng = np.random.default_rng(seed)
    corner = rng.uniform(0, 1000, (60, 2)) + FAR
    boxes = np.column_stack([corner, corner + rng.uniform(0, large, (60, 2))])
    asked = boxes[::2] + rng.uniform(-400, 400, (30, 1))
    asked[0] = boxes[0]
    truth = shapely.STRtree(shapely.box(*boxes.T)).query(shapely.box(*asked.T))
    found = meeting_pairs(asked, boxes)
    assert sorted(zip(*found, strict=True)) == sorted(zip(*truth, strict=True))


def test_nothing_meets_nothing():
    empty = Pieces.from_shapely(np.array([shapely.Polygon()], dtype=object))
    some = Pieces.from_shapely(stars(1, 3))
    assert not len(meeting_pairs(empty.boxes, some.boxes)[0])
    assert not len(meeting_pairs(some.boxes, empty.boxes)[0])
    assert not len(Pieces.from_wkb([]))


def test_more_pairs_than_were_reckoned_with_are_all_given():
    boxes = np.tile([0.0, 0.0, 1.0, 1.0], (400, 1))
    assert len(meeting_pairs(boxes[:8], boxes)[0]) == 8 * 400


def test_sums_by_shape_and_group_on_two_threads_are_those_on_one():
    shapes, layer = stars(5, 60), stars(6, 200)
    pieces, groups = Pieces.from_shapely(layer), np.arange(200) % 7
    cut, grid = Cut.of(Pieces.from_shapely(shapes)), Grid.of(Pieces.from_shapely(layer).boxes)
    one, two = (sums(cut, grid, pieces, groups, threads) for threads in (1, 2))
    assert one.areas.tolist() == two.areas.tolist()
    truth = shapely.area(shapely.intersection(shapes[:, None], layer[None, :]))
    for shape, group, area in zip(one.shapes, one.groups, one.areas, strict=True):
        assert area == pytest.approx(truth[shape, groups == group].sum(), abs=1e-5)
    assert one.areas.sum() == pytest.approx(truth.sum(), abs=1e-3)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (shapely.to_wkb(shapely.box(0, 0, 1, 1), byte_order=0), "big-endian"),
        (shapely.to_wkb(shapely.LineString([(0, 0), (1, 1)])), "not polygonal"),
        (shapely.to_wkb(shapely.Polygon([(0, 0, 1), (1, 0, 1), (1, 1, 1)]), output_dimension=3), "heights"),
    ],
)
def test_what_the_kernel_cannot_read_is_refused_by_name(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        Pieces.from_wkb([shapely.to_wkb(shapely.box(0, 0, 1, 1)), text])


def test_rows_of_a_binary_copy_are_read_with_their_nulls():
    head = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
    row = struct.pack(">hiqi", 3, 8, 2**40 + 5, -1) + struct.pack(">i", 6) + "田账".encode()
    sent = Copied(head + row + struct.pack(">hiiii", 3, 4, 7, -1, 0) + struct.pack(">h", -1), 3)
    assert len(sent) == 2
    assert sent.integers(0).tolist() == [2**40 + 5, 7]
    assert sent.integers(1).tolist() == [-1, -1]
    assert sent.texts(2) == ["田账", ""]
    assert not len(Copied(head + struct.pack(">h", -1), 3))


def test_codes_of_a_copy_are_the_texts_that_it_sent():
    head = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
    short, long = ["0101", "", "0103", "0101", None, "1101A"], ["0101", "田账田", None, "x" * 40]
    for words in (short, long, []):
        rows = b"".join(
            struct.pack(">h", 1)
            + (struct.pack(">i", len(w.encode())) + w.encode() if w is not None else b"\xff" * 4)
            for w in words
        )
        sent = Copied(head + rows + struct.pack(">h", -1), 1)
        assert sent.codes(0) == sent.texts(0) == [word or "" for word in words]


def test_A12_the_plane_of_the_kernel_is_equal_area_to_1e_6():
    """Planar area in the county's equal-area plane is the geodesic area."""
    west, south, east, north = geo.county().bbox
    boxes = shapely.box(*np.array([[west, south, west + 0.003, south + 0.002], [103.7, 23.0, 103.704, 23.004],
                                   [east - 0.002, north - 0.001, east, north]]).T)  # fmt: skip
    plane = geo.equal_area(boxes)
    assert Pieces.from_shapely(plane).areas() == pytest.approx(
        geo.geodesic_areas(geo.to_record(geo.densify(geo.to_work(boxes)), geo.county().work_srid)), rel=1e-6
    )
