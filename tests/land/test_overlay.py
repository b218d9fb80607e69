"""The overlay kernel: pieces, widths, and shares in which no ground is given twice."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity
from shapely.geometry import GeometryCollection, LineString, MultiPolygon, Point, Polygon

from land import overlay
from land.admission import Z_DROPPED, admit, admit_layer, refuse_curves
from registry import geo
from tests.land.cases import HUNDRED, PINGBIAN, at, rect, ring


def array(*geoms):
    out = np.empty(len(geoms), dtype=object)
    out[:] = geoms
    return out


def test_only_polygons_of_each_result_are_kept():
    mixed = GeometryCollection(
        [HUNDRED, LineString(ring((0, 0), (1, 1))), MultiPolygon([rect(200, 0, 210, 9)])]
    )
    kept = overlay.polygonal(
        array(mixed, Point(0, 0), LineString([(0, 0), (1, 1)]), HUNDRED, None, Polygon())
    )
    assert [geom.geom_type for geom in kept] == [
        "MultiPolygon",
        "MultiPolygon",
        "MultiPolygon",
        "Polygon",
        "MultiPolygon",
        "Polygon",
    ]
    assert shapely.area(kept).tolist() == [10090.0, 0, 0, 10000.0, 0, 0]


def test_mean_width_is_twice_the_area_over_the_perimeter():
    widths = overlay.mean_width(array(rect(0, 0, 500, 0.05), HUNDRED, Polygon()))
    assert widths == pytest.approx([0.05 / 1.0001, 50, 0], abs=1e-5)


@pytest.mark.parametrize(
    ("strip", "is_ground"),
    [
        (rect(0, 0, 500, 0.00005), False),  # 0.025 m², but thinner than the coordinates are exact
        (rect(0, 0, 500, 0.0003), True),
        (rect(0, 0, 0.009, 0.009), False),
        (rect(0, 0, 0.02, 0.02), True),
    ],
)
def test_what_is_thinner_than_a_tenth_of_a_millimetre_is_a_border(strip, is_ground):
    assert bool(overlay.positive(array(strip))[0]) is is_ground


def test_a_piece_across_two_zones_is_one_piece():
    zones = array(rect(0, 0, 50, 100), rect(50, 0, 100, 100))
    across = affinity.rotate(rect(20, 40, 80, 60), 7)
    assert len(overlay.pieces(across, zones)) == 1
    apart = array(rect(0, 0, 40, 100), rect(60, 0, 100, 100))
    assert len(overlay.pieces(across, apart)) == 2


def test_a_piece_that_meets_another_in_a_corner_alone_is_a_piece_of_its_own():
    zones = array(rect(0, 0, 10, 10), rect(10, 10, 20, 20))
    assert len(overlay.pieces(rect(-5, -5, 25, 25), zones)) == 2


def test_a_large_cover_is_cut_to_the_surroundings_without_changing_the_pieces():
    turn = np.linspace(0, 2 * np.pi, 4000, endpoint=False)
    lake = Polygon(np.column_stack([np.cos(turn), np.sin(turn)]) * (3000 + 40 * np.sin(50 * turn))[:, None])
    cover = array(at(lake), rect(2990, -500, 3500, 500))
    shape = rect(2900, -100, 3100, 100)
    expected = shapely.intersection(shape, shapely.union_all(cover))
    found = overlay.pieces(shape, cover)
    assert shapely.area(found).sum() == pytest.approx(expected.area, abs=1e-6)
    assert len(found) == len(shapely.get_parts(expected))


def test_shares_of_overlapping_covers_give_no_ground_twice():
    covers = array(rect(0, 0, 60, 100), rect(40, 0, 100, 100), rect(0, 0, 60, 100), rect(55, 0, 70, 10))
    taken = overlay.shares(HUNDRED, covers)
    assert shapely.area(taken).tolist() == pytest.approx([6000, 4000, 0, 0])


boxes = st.tuples(
    st.integers(0, 80), st.integers(0, 80), st.integers(1, 60), st.integers(1, 60), st.integers(-40, 40)
).map(lambda b: affinity.rotate(rect(b[0], b[1], b[0] + b[2], b[1] + b[3]), b[4]))


@settings(deadline=None)
@given(st.lists(boxes, min_size=1, max_size=7))
def test_shares_sum_to_the_union_however_the_covers_lie(covers):
    taken = overlay.shares(HUNDRED, array(*covers))
    union = shapely.intersection(HUNDRED, shapely.union_all(covers))
    assert shapely.area(taken).sum() == pytest.approx(union.area, abs=0.01)
    for i, one in enumerate(taken):
        for other in taken[i + 1 :]:
            assert one.intersection(other).area < 1e-6


@settings(deadline=None)
@given(st.lists(boxes, min_size=1, max_size=7), st.randoms())
def test_pieces_do_not_depend_on_the_order_of_the_covers(covers, random):
    turned = list(covers)
    random.shuffle(turned)
    one, other = overlay.pieces(HUNDRED, array(*covers)), overlay.pieces(HUNDRED, array(*turned))
    assert sorted(shapely.area(one)) == pytest.approx(sorted(shapely.area(other)), abs=1e-6)


def test_a_layer_covers_a_shape_by_one_or_by_several_of_its_geometries():
    layer = overlay.Layer([rect(0, 0, 50, 100), rect(50, 0, 100, 100)])
    assert layer.covers(rect(10, 10, 40, 40))
    assert layer.covers(HUNDRED)
    assert not layer.covers(rect(90, 90, 110, 110))
    assert not overlay.Layer([]).covers(HUNDRED)


def test_distance_to_an_empty_layer_is_unknown():
    assert overlay.Layer([]).distance(HUNDRED) is None
    assert overlay.Layer([rect(150, 0, 160, 10)]).distance(HUNDRED) == pytest.approx(50)


# --- admission of a layer


def test_L04_L05_a_layer_is_admitted_as_its_features_are_one_by_one():
    with np.errstate(invalid="ignore"):
        broken = Polygon(ring((0, 0), (10, 0), (10, float("nan")), (0, 10)))
    spiked = Polygon(ring((0, 0), (100, 0), (100, 50), (150, 50), (100, 50), (100, 100), (0, 100)))
    bow_tie = Polygon(ring((0, 0), (100, 100), (100, 0), (0, 100)))
    solid = Polygon([(x, y, 900.0) for x, y in HUNDRED.exterior.coords])
    pole = at(Point(1, 1))
    given_ = [HUNDRED, None, broken, spiked, bow_tie, solid, pole, Polygon(), MultiPolygon([HUNDRED])]
    layer = admit_layer(given_, srid=4544, profile=PINGBIAN)
    single = [admit(geom, srid=4544, profile=PINGBIAN) for geom in given_]
    assert [geom is None for geom in layer.geoms] == [outcome.geom is None for outcome in single]
    assert {i: o.code for i, o in layer.exceptions.items()} == {
        1: "L04",
        2: "L04",
        3: "L05",
        4: "L05",
        6: "L04",
        7: "L04",
    }
    assert layer.heights_dropped == 1
    assert single[5].notes == (Z_DROPPED,)
    assert not layer.geoms[5].has_z
    assert layer.geoms[3].equals(HUNDRED)


def test_L05_a_repair_in_degrees_is_weighed_in_square_metres():
    bow_tie = geo.transform(Polygon(ring((0, 0), (100, 100), (100, 0), (0, 100))), 4544, 4490)
    outcome = admit(bow_tie, srid=4490, profile=PINGBIAN)
    assert (outcome.geom, outcome.code) == (None, "L05")
    assert float(outcome.area_after) == pytest.approx(5000, rel=7e-4)
    assert 103 < outcome.place[0] < 104


@pytest.mark.parametrize(("half", "mended"), [(0.05, True), (0.5, False)])
def test_L05_a_crossing_is_mended_only_when_the_area_stays_within_a_square_decimetre(half, mended):
    top = ((50, 100), (50 - half, 100 + half), (50, 100 + half), (50 - half, 100))
    twisted = Polygon(ring((0, 0), (100, 0), (100, 100), *top, (0, 100)))
    outcome = admit(twisted, srid=4544, profile=PINGBIAN)
    assert outcome.admitted is mended
    assert (abs(outcome.area_after - outcome.area_before) <= 0.01) is mended


def test_L04_points_and_lines_are_welcome_as_footprints_and_not_as_land():
    pole, pipe = at(Point(1, 1)), LineString(ring((0, 0), (9, 9)))
    for geom in (pole, pipe):
        assert admit(geom, srid=4544, profile=PINGBIAN).reason == "not_polygonal"
        assert admit(geom, srid=4544, profile=PINGBIAN, lines_and_points=True).geom == geom
    stuck = LineString(ring((0, 0), (0, 0)))
    assert not admit(stuck, srid=4544, profile=PINGBIAN, lines_and_points=True).admitted


def test_L04_curves_are_refused_with_a_sentence():
    outcome = refuse_curves()
    assert (outcome.geom, outcome.code) == (None, "L04")
    assert outcome.message


def test_every_outcome_that_is_not_plain_has_a_sentence():
    bow_tie = Polygon(ring((0, 0), (100, 100), (100, 0), (0, 100)))
    for geom in (None, Polygon(), at(Point(1, 1)), bow_tie):
        assert admit(geom, srid=4544, profile=PINGBIAN).message
    assert admit(HUNDRED, srid=4544, profile=PINGBIAN).message == ""
