"""The 35 geometry cases, each by its number, with the verdict expected of it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest
import shapely
from shapely import affinity
from shapely.geometry import (
    GeometryCollection,
    LineString,
    MultiPolygon,
    Point,
    Polygon,
    box,
)

from land import overlay
from land.admission import LINES_DROPPED, PARTS_MERGED, REPAIRED, Z_DROPPED, admit
from land.area import official_area, official_areas
from land.ground import require_same_year
from land.redline import judge, judge_all, union_totals
from registry import geo, systems
from registry.errors import BadInput
from tests.land.cases import (
    DAY,
    HUNDRED,
    LIMITS,
    PINGBIAN,
    at,
    footprint,
    ground,
    parcel,
    rect,
    ring,
    verdict,
    zone,
)

CENT = Decimal("0.01")


def admitted(geom, srid=4544, **more):
    return admit(geom, srid=srid, profile=PINGBIAN, **more)


def degrees(geom):
    """The same shape as a file in EPSG:4490 would give it, with all its digits."""
    return geo.to_record(geom, 4544)


# --- contact, occupation, noise


@pytest.mark.parametrize("srid", [4544, 4523, 4490])
def test_E01_a_shared_edge_touches_and_takes_nothing(srid):
    neighbour = geo.transform(rect(100, -30, 160, 130), 4544, srid)
    found = verdict(neighbour, HUNDRED, srid=srid)
    assert (found.verdict, found.basic_farmland_m2, found.pieces) == ("TOUCH", Decimal("0.00"), ())
    assert (found.by_zone, found.by_village, found.nearest_m) == ({}, {}, None)


@pytest.mark.parametrize("srid", [4544, 4523, 4490])
def test_E02_a_shared_corner_touches_and_takes_nothing(srid):
    corner = geo.transform(rect(100, 100, 160, 160), 4544, srid)
    found = verdict(corner, HUNDRED, srid=srid)
    assert (found.verdict, found.basic_farmland_m2) == ("TOUCH", Decimal("0.00"))


@pytest.mark.parametrize("srid", [4544, 4523, 4490])
def test_E03_the_same_polygon_occupies_all_of_it(srid):
    found = verdict(geo.transform(HUNDRED, 4544, srid), HUNDRED, srid=srid)
    assert found.verdict == "OCCUPIES"
    assert found.basic_farmland_m2 == found.footprint_m2 == official_area(HUNDRED)
    assert [piece.zones for piece in found.pieces] == [("z1",)]


@pytest.mark.parametrize("srid", [4544, 4523, 4490])
def test_E04_a_ring_whose_hole_is_the_zone_touches(srid):
    donut = geo.transform(rect(-50, -50, 150, 150) - HUNDRED, 4544, srid)
    found = verdict(donut, HUNDRED, srid=srid)
    assert (found.verdict, found.basic_farmland_m2) == ("TOUCH", Decimal("0.00"))


def test_E05_a_hole_one_metre_smaller_takes_the_frame_of_396_square_metres():
    donut = rect(-50, -50, 150, 150) - rect(1, 1, 99, 99)
    found = verdict(donut, HUNDRED)
    assert found.verdict == "OCCUPIES"
    frame = HUNDRED - rect(1, 1, 99, 99)
    assert found.basic_farmland_m2 == official_area(frame)
    assert float(found.basic_farmland_m2) == pytest.approx(396, rel=7e-4)
    assert len(found.pieces) == 1


def test_E06_a_shape_inside_the_hole_of_a_zone_has_no_contact():
    with_village = rect(0, 0, 200, 200) - rect(50, 50, 150, 150)
    found = verdict(rect(70, 70, 130, 130), with_village)
    assert (found.verdict, found.nearest_m) == ("NONE", Decimal("20.00"))


def test_E07_five_centimetres_along_five_hundred_metres_are_noise():
    found = verdict(rect(0, 99.95, 500, 140), rect(0, 0, 500, 100))
    assert found.verdict == "NOISE"
    assert found.pieces[0].width_m == Decimal("0.05")
    assert float(found.basic_farmland_m2) == pytest.approx(25, abs=0.05)


def test_E08_a_corner_of_eighty_centimetres_is_noise():
    found = verdict(rect(99.2, 99.2, 140, 140), HUNDRED)
    assert found.verdict == "NOISE"
    assert found.pieces[0].area_m2 == Decimal("0.64")


def test_E09_thirty_centimetres_along_two_hundred_metres_occupy():
    found = verdict(rect(0, 99.7, 200, 140), rect(0, 0, 200, 100))
    assert found.verdict == "OCCUPIES"
    assert float(found.basic_farmland_m2) == pytest.approx(60, abs=0.06)


# --- several shapes together


def test_E10_two_overlapping_footprints_take_their_union():
    land = ground(rect(0, 0, 300, 300))
    shapes = [footprint(rect(0, 0, 100, 100), "a"), footprint(rect(50, 0, 150, 100), "b")]
    each = [row.basic_farmland_m2 for row in judge_all(shapes, land, DAY, LIMITS, PINGBIAN)]
    together = union_totals(shapes, land, DAY, LIMITS, PINGBIAN)
    assert together.basic_farmland_m2 == official_area(rect(0, 0, 150, 100))
    assert sum(each) - together.basic_farmland_m2 == pytest.approx(
        official_area(rect(50, 0, 100, 100)), abs=CENT
    )
    assert together.duplicates == ()


def test_E11_the_same_footprint_twice_counts_once_and_is_named():
    turned = Polygon(ring((100, 0), (100, 100), (0, 100), (0, 0)))
    shapes = [footprint(HUNDRED, "a"), footprint(turned, "b")]
    together = union_totals(shapes, ground(HUNDRED), DAY, LIMITS, PINGBIAN)
    assert together.basic_farmland_m2 == official_area(HUNDRED)
    assert together.duplicates == (("a", "b"),)


# --- what can be computed with


def test_E12_a_bow_tie_is_quarantined_with_reason_place_and_both_areas():
    bow_tie = Polygon(ring((0, 0), (100, 100), (100, 0), (0, 100)))
    outcome = admitted(bow_tie)
    assert (outcome.geom, outcome.code, outcome.reason) == (None, "L05", "Self-intersection")
    assert outcome.place == (347050.0, 2545050.0)
    assert outcome.area_before == Decimal("0.00")
    assert float(outcome.area_after) == pytest.approx(5000, rel=7e-4)
    found = verdict(bow_tie, HUNDRED)
    assert (found.verdict, found.place) == ("INVALID", (347050.0, 2545050.0))
    assert found.basic_farmland_m2 == 0
    assert "347050" in found.sentence


def test_E13_a_spike_is_taken_off_and_the_polygon_kept():
    spiked = Polygon(ring((0, 0), (100, 0), (100, 50), (150, 50), (100, 50), (100, 100), (0, 100)))
    outcome = admitted(spiked)
    assert outcome.geom.equals(HUNDRED)
    assert (outcome.code, outcome.notes) == ("L05", (REPAIRED,))
    assert outcome.area_before == outcome.area_after == official_area(HUNDRED)


def test_E13_a_hanging_line_beside_the_polygon_is_dropped_with_a_note():
    collection = GeometryCollection([HUNDRED, LineString(ring((100, 50), (150, 50)))])
    outcome = admitted(collection)
    assert outcome.geom.equals(HUNDRED)
    assert outcome.notes == (LINES_DROPPED,)


def test_E14_nested_shells_are_quarantined_whichever_repair_would_say_what():
    nested = MultiPolygon([rect(0, 0, 50, 50), rect(10, 10, 20, 20)])
    outcome = admitted(nested)
    assert (outcome.geom, outcome.code, outcome.reason) == (None, "L05", "Nested shells")
    assert float(outcome.area_after) == pytest.approx(2500, rel=7e-4)
    tiny = MultiPolygon([rect(0, 0, 50, 50), rect(10, 10, 10.05, 10.05)])
    assert admitted(tiny).geom is None


def test_E15_parts_that_share_an_edge_are_merged_with_a_warning():
    halves = MultiPolygon([rect(0, 0, 50, 100), rect(50, 0, 100, 100)])
    outcome = admitted(halves)
    assert outcome.geom.equals(HUNDRED)
    assert outcome.notes == (PARTS_MERGED,)
    assert verdict(halves, HUNDRED).basic_farmland_m2 == official_area(HUNDRED)


def test_E16_a_hole_outside_its_shell_is_quarantined():
    outcome = admitted(Polygon(ring((0, 0), (10, 0), (10, 10), (0, 10)), [ring((20, 0), (30, 0), (30, 9))]))
    assert (outcome.geom, outcome.code, outcome.reason) == (None, "L05", "Hole lies outside shell")
    near = Polygon(ring((0, 0), (10, 0), (10, 10), (0, 10)), [ring((20, 0), (20.1, 0), (20.1, 0.1))])
    assert admitted(near).geom is None


def test_E17_a_clockwise_shell_has_the_same_area():
    holed = rect(0, 0, 200, 300) - rect(50, 50, 100, 100)
    turned = Polygon(holed.exterior.coords[::-1], [holed.interiors[0].coords[::-1]])
    assert official_area(turned) == official_area(holed) == Decimal("57466.81")
    assert admitted(turned).notes == ()


def test_E18_a_hole_that_runs_like_its_shell_is_taken_off():
    shell, hole = rect(0, 0, 200, 300), rect(50, 50, 100, 100)
    same_way = Polygon(shell.exterior.coords, [hole.exterior.coords])
    assert shell.exterior.is_ccw == hole.exterior.is_ccw
    assert official_area(same_way) == Decimal("57466.81")
    geodesic = geo.geodesic_areas(np.array([degrees(same_way)], dtype=object))[0]
    assert geodesic == pytest.approx(57466.81, abs=0.02)


def test_E19_repeated_vertices_are_removed_without_a_word():
    doubled = Polygon(ring((0, 0), (100, 0), (100, 0), (100, 100), (0, 100)))
    outcome = admitted(doubled)
    assert outcome.notes == ()
    assert outcome.code == ""
    assert len(outcome.geom.exterior.coords) == 5


@pytest.mark.parametrize(
    "flat",
    [
        Polygon(ring((0, 0), (50, 0), (100, 0))),
        Polygon(ring((0, 0), (100, 0), (0, 0), (100, 0))),
        Polygon(ring((0, 0), (9, 0), (9, 9), (0, 9)), [ring((0, 0), (9, 0), (9, 9), (0, 9))]),
    ],
)
def test_E20_a_ring_without_area_is_rejected(flat):
    outcome = admitted(flat)
    assert (outcome.geom, outcome.code, outcome.reason) == (None, "L04", "no_area")


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), float("-inf")])
def test_E21_a_coordinate_that_is_no_number_is_rejected(wrong):
    with np.errstate(invalid="ignore"):
        broken = Polygon(ring((0, 0), (10, 0), (10, wrong), (0, 10)))
    outcome = admitted(broken)
    assert (outcome.geom, outcome.code, outcome.reason) == (None, "L04", "not_finite")
    assert verdict(broken, HUNDRED).verdict == "INVALID"


def test_E22_heights_are_dropped_and_the_area_stays():
    solid = Polygon([(x, y, 1200.0) for x, y in HUNDRED.exterior.coords])
    outcome = admitted(solid)
    assert not outcome.geom.has_z
    assert outcome.notes == (Z_DROPPED,)
    assert official_area(outcome.geom) == official_area(HUNDRED)


# --- systems of coordinates


def test_E23_prefixed_numbers_under_a_declaration_without_prefix():
    problem = systems.check_declared((35347000, 2545000, 35352000, 2548000), 4544, PINGBIAN)
    assert (problem.code, problem.kind, problem.proposals) == ("L03", "prefix", (4523,))


def test_E24_a_layer_of_zone_34_declared_as_zone_35_lies_three_degrees_east():
    problem = systems.check_declared((653000, 2545000, 658000, 2548000), 4544, PINGBIAN)
    assert (problem.code, problem.kind, problem.proposals) == ("L02", "zone_shift", (4543,))
    assert "+3" in problem.message


@pytest.mark.parametrize("width", [300, 1000, 3000])
def test_E25_a_footprint_of_zone_34_over_zones_of_35_is_judged_as_a_native_one(width):
    native = rect(0, 50, width, 150)
    western = geo.transform(geo.densify(native, 1.0), 4544, 4543)
    corners = geo.transform(native, 4544, 4543)
    over = rect(-10, 0, width + 10, 100)
    for drawn in (western, corners):
        found = verdict(drawn, over, srid=4543)
        assert found.verdict == "OCCUPIES"
        assert float(found.basic_farmland_m2) == pytest.approx(
            float(official_area(rect(0, 50, width, 100))), abs=max(0.05, width / 1000)
        )
    beside = geo.transform(geo.densify(rect(0, 100, width, 150)), 4544, 4543)
    assert verdict(beside, over, srid=4543).verdict == "TOUCH"


def test_E26_swapped_coordinates_are_seen():
    problem = systems.check_declared((2545000, 347000, 2548000, 352000), 4544, PINGBIAN)
    assert (problem.code, problem.kind, problem.proposals) == ("L02", "swapped", (4544,))
    problem = systems.check_declared((22.9, 103.5, 23.0, 103.6), 4490, PINGBIAN)
    assert (problem.kind, problem.proposals[0]) == ("swapped", 4490)


def test_E27_a_footprint_across_the_zone_border_is_computed_in_one_plane():
    border = geo.transform(Point(103.5, 23.0), 4490, 4544).x
    across = box(border - 129, 2545000, border + 129, 2545258)
    found = verdict(across, rect(-1000, -1000, 1000, 1000))
    western = geo.transform(geo.densify(across), 4544, 4543)
    assert found.basic_farmland_m2 == official_area(across)
    assert official_areas([western], 4543)[0] == pytest.approx(float(official_area(across)), abs=0.023)


# --- splits


def test_E28_pieces_by_village_sum_to_the_total():
    borders = (0, 31.7, 58.3, 77.1, 100)
    villages = tuple(
        parcel(rect(west, 0, east, 100), f"p{i}", village_code=f"53252320520{i}")
        for i, (west, east) in enumerate(zip(borders, borders[1:], strict=False))
    )
    found = judge(footprint(rect(10, 10, 90, 43)), ground(HUNDRED, parcels=villages), DAY, LIMITS, PINGBIAN)
    assert sorted(found.by_village) == [f"53252320520{i}" for i in range(4)]
    assert sum(found.by_village.values()) == found.basic_farmland_m2
    measured = official_area(rect(10, 10, 31.7, 43))
    assert found.by_village["532523205200"] == pytest.approx(measured, abs=Decimal("0.02"))


def test_E29_different_years_are_refused_unless_declared():
    with pytest.raises(BadInput, match="2023") as refusal:
        require_same_year(2023, 2022)
    assert refusal.value.code == "E29"
    require_same_year(2023, 2022, declared=True)
    require_same_year(2023, 2023)


def test_E30_an_edge_of_three_kilometres_is_cut_before_area_and_overlay():
    strip = rect(0, 0, 3000, 500)
    cut = geo.densify(strip)
    assert official_area(strip) == official_area(cut)
    four_corners = geo.transform(strip, 4544, 4543)
    assert abs(official_areas([four_corners], 4543)[0] - official_areas([strip])[0]) < 8.5
    dense = geo.to_work_dense(four_corners, 4543, PINGBIAN)
    edges = np.hypot(*np.diff(shapely.get_coordinates(dense), axis=0).T)
    assert edges.max() < 70.1


def test_E31_degrees_of_six_decimals_are_reviewed_and_never_occupy():
    rough = shapely.transform(degrees(rect(99, 0, 400, 300)), lambda xy: np.round(xy, 6))
    found = verdict(rough, HUNDRED, srid=4490)
    assert (found.verdict, found.reason) == ("REVIEW", "indicative")
    assert found.basic_farmland_m2 > 50
    fine = verdict(degrees(rect(99, 0, 400, 300)), HUNDRED, srid=4490)
    assert fine.verdict == "OCCUPIES"
    far = shapely.transform(degrees(rect(200, 0, 400, 300)), lambda xy: np.round(xy, 6))
    assert verdict(far, HUNDRED, srid=4490).verdict == "NONE"


def ridged(geom):
    return {
        "ridge_ratio": Decimal("0.1500"),
        "gross_m2": Decimal("9994.20"),
        "counted_m2": Decimal("8495.07"),
        "geom": geom,
    }


def test_E32_a_feature_with_ridges_taken_whole_has_its_stored_counted_area():
    stored = ridged(HUNDRED)
    geom = stored.pop("geom")
    land = ground(zone(geom, **stored), parcels=(parcel(geom, class_code="0101", **stored),))
    for shape in (rect(-10, -10, 110, 110), HUNDRED):
        found = judge(footprint(shape), land, DAY, LIMITS, PINGBIAN)
        assert found.basic_farmland_counted_m2 == found.farmland_counted_m2 == Decimal("8495.07")
        assert found.basic_farmland_m2 == official_area(HUNDRED)
        assert found.by_class_counted == {"0101": Decimal("8495.07"), "1203": Decimal("1499.13")}
    again = judge(footprint(degrees(HUNDRED), srid=4490), land, DAY, LIMITS, PINGBIAN)
    assert again.basic_farmland_counted_m2 == Decimal("8495.07")


def test_E33_half_of_it_counts_by_its_ratio_and_the_ridges_go_to_their_class():
    stored = ridged(HUNDRED)
    geom = stored.pop("geom")
    land = ground(zone(geom, **stored), parcels=(parcel(geom, class_code="0101", **stored),))
    found = judge(footprint(rect(-50, -50, 50, 150)), land, DAY, LIMITS, PINGBIAN)
    half = official_areas([rect(0, 0, 50, 100)])[0]
    assert float(found.basic_farmland_m2) == pytest.approx(half, abs=0.005001)
    assert float(found.basic_farmland_counted_m2) == pytest.approx(half * 0.85, abs=0.005001)
    assert float(found.by_class_counted["1203"]) == pytest.approx(half * 0.15, abs=0.005001)
    assert found.by_class == {"0101": found.basic_farmland_m2}


def test_E34_an_l_shape_whose_centre_lies_outside_is_still_found():
    wings = Polygon(ring((0, 0), (100, 0), (100, 10), (10, 10), (10, 100), (0, 100)))
    assert not wings.contains(wings.centroid)
    assert verdict(wings, rect(90, -10, 200, 5)).verdict == "OCCUPIES"
    assert verdict(wings, rect(20, 20, 80, 80)).verdict == "NONE"


def test_E35_only_the_polygons_of_a_mixed_intersection_are_kept():
    comb = Polygon(ring((0, 0), (100, 0), (100, 50), (60, 50), (60, 30), (40, 30), (40, 50), (0, 50)))
    over = at(box(0, 30, 100, 80)) - at(box(70, 30, 200, 50.0))
    mixed = shapely.intersection(comb, over)
    assert mixed.geom_type == "GeometryCollection"
    kept = overlay.polygonal(np.array([mixed], dtype=object))[0]
    assert kept.geom_type == "MultiPolygon"
    assert kept.area == pytest.approx(mixed.area)
    found = verdict(comb, over)
    assert found.verdict == "OCCUPIES"
    assert all(piece.geometry.geom_type == "Polygon" for piece in found.pieces)
    assert sum(piece.area_m2 for piece in found.pieces) == pytest.approx(found.basic_farmland_m2, abs=CENT)


def test_the_same_inputs_give_the_same_answer_and_a_moved_day_another():
    dated = zone(HUNDRED, starts=date(2023, 1, 1), ends=date(2025, 1, 1))
    first, second = (verdict(affinity.translate(HUNDRED, 20, 0), dated) for _ in range(2))
    assert first == second
    assert replace(first, verdict="NONE") != second
    assert verdict(HUNDRED, dated, on=date(2025, 1, 1)).verdict == "NONE"
