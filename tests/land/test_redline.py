"""Verdicts of the red-line check (P01 to P05), its gaps of data, doubts, totals and fingerprint."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest
import shapely
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity
from shapely.errors import GEOSException
from shapely.geometry import LineString, MultiLineString, Point, Polygon, box

from land import redline
from land.area import agrees_with_geodesic, official_area, official_areas
from land.ground import Ground, Limits, accuracy_of, fingerprint
from land.redline import WORST_FIRST, judge, judge_all, union_totals, worst
from registry import geo
from tests.land.cases import (
    COUNTRY,
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

BOW_TIE = Polygon(ring((0, 0), (100, 100), (100, 0), (0, 100)))


def judged(shape, land, on=DAY, limits=LIMITS):
    return judge(shape, land, on, limits, PINGBIAN)


# --- P01 to P05


def test_P01_occupied_area_is_the_official_area_of_the_intersection_and_ridges_apart():
    land = ground(zone(HUNDRED, ridge_ratio=Decimal("0.1")))
    found = judged(footprint(rect(30, 40, 130, 140)), land)
    inside = official_areas([rect(30, 40, 100, 100)])[0]
    assert float(found.basic_farmland_m2) == pytest.approx(inside, abs=0.0051)
    assert float(found.basic_farmland_counted_m2) == pytest.approx(inside * 0.9, abs=0.0051)
    assert found.footprint_m2 == official_area(rect(30, 40, 130, 140))


def test_P02_a_piece_occupies_only_above_both_limits_and_the_limits_are_parameters():
    just = rect(0, 99, 1.5, 130)  # 1.5 m by 1 m
    assert verdict(just, HUNDRED).verdict == "OCCUPIES"
    land = ground(HUNDRED)
    assert judged(footprint(just), land, limits=replace(LIMITS, noise_area_m2=Decimal(2))).verdict == "NOISE"
    assert judged(footprint(just), land, limits=replace(LIMITS, noise_width_m=Decimal(1))).verdict == "NOISE"


def test_P02_one_occupying_piece_among_noise_decides_and_stands_first():
    comb = rect(0, -50, 10, 0.9).union(rect(20, -50, 60, 20)).union(rect(0, -50, 100, -10))
    found = verdict(comb, HUNDRED, rect(0, -45, 5, -44.9))
    assert found.verdict == "OCCUPIES"
    assert [piece.verdict for piece in found.pieces] == ["OCCUPIES", "OCCUPIES", "NOISE"]
    assert [piece.zones for piece in found.pieces] == [("z1",), ("z1",), ("z2",)]
    assert found.pieces[0].area_m2 > found.pieces[1].area_m2


def test_P02_a_piece_over_two_zones_is_weighed_whole():
    halves = rect(0, 0, 100, 50), rect(0, 50, 100, 100)
    found = verdict(rect(99.2, 49, 140, 51), *halves)  # 0.8 m² in each, 1.6 m² together
    assert found.verdict == "OCCUPIES"
    assert [piece.zones for piece in found.pieces] == [("z1", "z2")]
    assert float(found.pieces[0].area_m2) == pytest.approx(1.6, abs=0.01)


def test_P02_two_thin_pieces_do_not_add_up_to_an_occupation():
    found = verdict(rect(99.2, 10, 140, 11) | rect(99.2, 50, 140, 51) | rect(120, 10, 140, 51), HUNDRED)
    assert found.verdict == "NOISE"
    assert found.reason == "noise"
    assert len(found.pieces) == 2


def test_P03_contact_survives_a_round_trip_through_degrees_and_a_hairline_gap():
    turned = affinity.rotate(HUNDRED, 33, origin=(347000, 2545000))
    neighbour = affinity.rotate(rect(100, 0, 180, 100), 33, origin=(347000, 2545000))
    assert verdict(geo.to_record(neighbour, 4544), turned, srid=4490).verdict == "TOUCH"
    assert verdict(rect(100.0005, 0, 150, 100), HUNDRED).verdict == "TOUCH"
    apart = verdict(rect(100.01, 0, 150, 100), HUNDRED)
    assert (apart.verdict, apart.nearest_m) == ("NONE", Decimal("0.01"))


def test_P04_totals_are_of_the_union_whatever_the_order():
    land = ground(rect(0, 0, 300, 300), parcels=(parcel(rect(0, 0, 300, 300)),))
    shapes = [footprint(rect(i * 40, 0, i * 40 + 100, 100), f"f{i}") for i in range(4)]
    forwards = union_totals(shapes, land, DAY, LIMITS, PINGBIAN)
    backwards = union_totals(shapes[::-1], land, DAY, LIMITS, PINGBIAN)
    assert forwards == backwards
    assert forwards.farmland_m2 == forwards.basic_farmland_m2 == official_area(rect(0, 0, 220, 100))


def test_P04_shapes_without_area_are_named_and_not_added():
    shapes = [footprint(HUNDRED, "a"), footprint(at(Point(50, 50)), "b"), footprint(BOW_TIE, "c")]
    totals = union_totals(shapes, ground(HUNDRED), DAY, LIMITS, PINGBIAN)
    assert totals.left_out == ("b", "c")
    assert totals.basic_farmland_m2 == official_area(HUNDRED)
    nothing = union_totals(shapes[1:], ground(HUNDRED), DAY, LIMITS, PINGBIAN)
    assert nothing.basic_farmland_m2 == 0


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2022, 12, 31), "NONE"),
        (date(2023, 1, 1), "OCCUPIES"),
        (date(2024, 12, 31), "OCCUPIES"),
        (date(2025, 1, 1), "NONE"),
    ],
)
def test_P05_a_zone_counts_from_its_first_day_until_before_its_last(day, expected):
    dated = zone(HUNDRED, starts=date(2023, 1, 1), ends=date(2025, 1, 1))
    assert verdict(HUNDRED, dated, on=day).verdict == expected
    assert verdict(HUNDRED, zone(HUNDRED), on=day).verdict == "OCCUPIES"


def test_P05_a_day_that_no_layer_speaks_of_is_no_data():
    land = ground(HUNDRED, period=(date(2022, 1, 1), date(2024, 1, 1)))
    assert judged(footprint(rect(500, 0, 600, 100)), land, date(2023, 6, 1)).verdict == "NONE"
    for day in (date(2021, 12, 31), date(2024, 1, 1)):
        found = judged(footprint(rect(500, 0, 600, 100)), land, day)
        assert (found.verdict, found.reason) == ("NO_DATA", "no_layer_for_day")


# --- no data is never a pass


@pytest.mark.parametrize("coverage", [(), (rect(-10, -10, 540, 200),)])
def test_outside_the_coverage_is_no_data(coverage):
    found = judged(footprint(rect(500, 0, 600, 100)), ground(HUNDRED, coverage=coverage))
    assert (found.verdict, found.reason) == ("NO_DATA", "outside_coverage")


def test_an_occupation_partly_outside_the_coverage_is_still_an_occupation():
    found = judged(footprint(rect(50, 0, 900, 100)), ground(HUNDRED, coverage=(rect(0, 0, 500, 500),)))
    assert found.verdict == "OCCUPIES"


def test_a_shape_on_the_very_border_of_the_coverage_is_inside():
    shape = geo.to_record(rect(400, 400, 500, 500), 4544)
    land = ground(HUNDRED, coverage=(rect(0, 0, 450, 500), rect(450, 0, 500, 500)))
    assert judged(footprint(shape, srid=4490), land).verdict == "NONE"


def test_where_a_quarantined_feature_lies_the_answer_is_no_data():
    land = ground(HUNDRED, quarantined=(rect(480, 0, 520, 40),))
    found = judged(footprint(rect(500, 0, 600, 100)), land)
    assert (found.verdict, found.reason) == ("NO_DATA", "quarantined_nearby")
    assert judged(footprint(rect(600, 0, 700, 100)), land).verdict == "NONE"


def test_a_layer_without_zones_here_answers_none_with_unknown_distance():
    found = judged(footprint(HUNDRED), Ground(zones=(), coverage=(COUNTRY,)))
    assert (found.verdict, found.nearest_m) == ("NONE", None)


# --- doubt


def test_a_drawn_shape_is_reviewed_on_contact_and_passes_without():
    inside = verdict(rect(50, 50, 150, 150), HUNDRED, accuracy="indicative")
    assert (inside.verdict, inside.reason) == ("REVIEW", "indicative")
    assert inside.basic_farmland_m2 > 0
    assert verdict(rect(99.95, 0, 140, 100), HUNDRED, accuracy="indicative").verdict == "REVIEW"
    assert verdict(rect(100, 0, 140, 100), HUNDRED, accuracy="indicative").verdict == "REVIEW"
    assert verdict(rect(101, 0, 140, 100), HUNDRED, accuracy="indicative").verdict == "NONE"


def test_accuracy_is_read_from_degrees_when_it_is_not_stated():
    square = box(103.51, 23.0, 103.511, 23.001)
    assert accuracy_of(square, 4490) == "indicative"
    assert accuracy_of(geo.to_record(HUNDRED, 4544), 4490) == "survey"
    assert accuracy_of(HUNDRED, 4544) == "survey"
    stated = footprint(square, srid=4490, accuracy="survey")
    assert judged(stated, ground(geo.to_work(square, 4490, PINGBIAN))).verdict == "OCCUPIES"
    assert not stated.indicative


def test_a_point_is_judged_by_its_accuracy_and_never_passes_on_contact():
    near = verdict(at(Point(103, 50)), HUNDRED)
    assert (near.verdict, near.reason, near.outline) == ("REVIEW", "no_outline", False)
    assert verdict(at(Point(106, 50)), HUNDRED).verdict == "NONE"
    assert verdict(at(Point(106, 50)), HUNDRED, buffer_m=Decimal(10)).verdict == "REVIEW"


def test_a_line_is_judged_by_half_its_width():
    road = LineString(ring((-50, 103), (150, 103)))
    assert verdict(road, HUNDRED, buffer_m=Decimal("2.25")).verdict == "NONE"
    wide = verdict(MultiLineString([road]), HUNDRED, buffer_m=Decimal("3.5"))
    assert (wide.verdict, wide.outline) == ("REVIEW", False)
    assert float(wide.basic_farmland_m2) == pytest.approx(50, abs=0.2)


def test_a_kind_that_serves_farming_is_reviewed_instead_of_called_an_occupation():
    found = verdict(rect(50, 50, 52, 150), HUNDRED, serves_farming=True)
    assert (found.verdict, found.reason) == ("REVIEW", "serves_farming")
    assert verdict(rect(100, 0, 102, 100), HUNDRED, serves_farming=True).verdict == "TOUCH"


def test_doubt_does_not_hide_a_gap_in_the_data():
    land = ground(HUNDRED, coverage=(rect(0, 0, 120, 120),))
    found = judged(footprint(rect(50, 50, 150, 150), accuracy="indicative"), land)
    assert found.verdict == "NO_DATA"


def test_the_worst_verdict_stands_first():
    assert WORST_FIRST == ("OCCUPIES", "INVALID", "NO_DATA", "REVIEW", "NOISE", "TOUCH", "NONE")
    assert worst(["NONE", "REVIEW", "NO_DATA", "TOUCH"]) == "NO_DATA"
    assert worst([]) == "NONE"


# --- what cannot be computed is listed


def test_an_uncomputable_footprint_is_listed_among_the_others():
    shapes = [footprint(HUNDRED, "a"), footprint(BOW_TIE, "b"), footprint(None, "c")]
    found = judge_all(shapes, ground(HUNDRED), DAY, LIMITS, PINGBIAN)
    assert [(row.id, row.verdict) for row in found] == [("a", "OCCUPIES"), ("b", "INVALID"), ("c", "INVALID")]
    assert all(row.sentence for row in found)


def test_a_failure_of_the_overlay_is_an_invalid_row_and_not_a_pass(monkeypatch):
    def fails(*args):
        raise GEOSException("TopologyException: side location conflict")

    monkeypatch.setattr(redline.overlay, "pieces", fails)
    found = verdict(HUNDRED, HUNDRED)
    assert (found.verdict, found.reason) == ("INVALID", "overlay_failed")
    assert "side location conflict" in found.sentence


# --- splits


def test_areas_by_class_zone_grade_and_village():
    parcels = (
        parcel(rect(0, 0, 40, 100), "p1", class_code="0101", village_code="v1", quality_grade=8),
        parcel(rect(40, 0, 70, 100), "p2", class_code="0103", village_code="v2", quality_grade=10),
        parcel(rect(70, 0, 100, 100), "p3", class_code="0301", village_code="v2"),
    )
    zones = zone(rect(0, 0, 60, 100), "za"), zone(rect(60, 0, 80, 100), "zb")
    found = judged(footprint(rect(10, 20, 90, 30)), ground(*zones, parcels=parcels))
    expected = {"0101": (10, 40), "0103": (40, 70), "0301": (70, 90)}
    assert found.by_class == {
        code: official_area(rect(west, 20, east, 30)) for code, (west, east) in expected.items()
    }
    assert found.farmland_m2 == pytest.approx(official_area(rect(10, 20, 70, 30)), abs=Decimal("0.01"))
    assert found.by_grade == {"8": found.by_class["0101"], "10": found.by_class["0103"]}
    assert found.by_zone == {
        "za": official_area(rect(10, 20, 60, 30)),
        "zb": official_area(rect(60, 20, 80, 30)),
    }
    assert found.by_village == pytest.approx(
        {"v1": official_area(rect(10, 20, 40, 30)), "v2": official_area(rect(40, 20, 80, 30))},
        abs=Decimal("0.01"),
    )
    assert sum(found.by_village.values()) == found.basic_farmland_m2


def test_where_no_parcel_lies_the_village_of_the_zone_is_taken():
    land = ground(zone(HUNDRED, village_code="v9"), parcels=(parcel(rect(0, 0, 50, 100), village_code="v1"),))
    found = judged(footprint(rect(40, 0, 60, 100)), land)
    assert set(found.by_village) == {"v1", "v9"}
    assert sum(found.by_village.values()) == found.basic_farmland_m2


def test_duplicates_and_slivers_of_the_layers_count_once():
    stored = {"gross_m2": Decimal("9994.20"), "counted_m2": Decimal("9994.20")}
    twice = (
        parcel(HUNDRED, "p1", village_code="v1", **stored),
        parcel(HUNDRED, "p2", village_code="v1", **stored),
        parcel(rect(99.9, 0, 200, 100), "p3", village_code="v2"),
    )
    land = ground(zone(HUNDRED, "z1", **stored), zone(HUNDRED, "z2", **stored), parcels=twice)
    found = judged(footprint(rect(0, 0, 150, 100)), land)
    assert found.basic_farmland_m2 == official_area(HUNDRED)
    assert found.basic_farmland_counted_m2 == Decimal("9994.20")
    assert found.farmland_m2 == pytest.approx(official_area(rect(0, 0, 150, 100)), abs=Decimal("0.01"))
    assert found.by_zone == {"z1": official_area(HUNDRED)}
    assert sum(found.by_village.values()) == found.basic_farmland_m2


def test_a_ratio_that_is_not_stated_follows_from_the_stored_areas():
    stored = zone(HUNDRED, gross_m2=Decimal("10000"), counted_m2=Decimal("8000"))
    found = verdict(rect(0, 0, 50, 100), stored)
    assert float(found.basic_farmland_counted_m2) == pytest.approx(
        float(found.basic_farmland_m2) * 0.8, abs=0.01
    )


def test_classes_that_may_be_restored_are_not_farmland():
    land = ground(parcels=(parcel(HUNDRED, class_code="0201K"),))
    found = judged(footprint(rect(0, 0, 50, 50)), land)
    assert found.farmland_m2 == 0
    assert set(found.by_class) == {"0201K"}


# --- the answer for programs, and the fingerprint


def test_the_answer_for_programs_has_areas_as_strings_and_pieces_in_degrees():
    found = verdict(rect(30, 40, 130, 140), HUNDRED)
    answer = json.loads(json.dumps(found.as_dict()))
    assert answer["basic_farmland_m2"] == str(found.basic_farmland_m2)
    assert answer["pieces"] == [
        {
            "zone": "z1",
            "zones": ["z1"],
            "area_m2": str(found.basic_farmland_m2),
            "width_m": "32.31",
            "verdict": "OCCUPIES",
        }
    ]
    assert {"id", "verdict", "reason", "by_class", "by_village", "farmland_counted_m2"} <= set(answer)
    west, south, _east, _north = found.pieces[0].geometry.bounds
    assert geo.check_bounds((west, south, west, south), PINGBIAN)
    totals = union_totals([footprint(HUNDRED)], ground(HUNDRED), DAY, LIMITS, PINGBIAN)
    assert json.loads(json.dumps(totals.as_dict()))["basic_farmland_m2"] == str(official_area(HUNDRED))


def test_the_fingerprint_follows_the_inputs_and_not_their_order():
    zones = zone(HUNDRED, "za", ridge_ratio=Decimal("0.15")), zone(rect(200, 0, 300, 100), "zb")
    shapes = [footprint(HUNDRED, "a"), footprint(rect(50, 0, 90, 40), "b")]
    plots = (parcel(HUNDRED),)
    base = fingerprint(shapes, ground(*zones, parcels=plots), DAY, LIMITS, year=2024)
    assert len(base) == 64
    assert base == fingerprint(shapes[::-1], ground(*zones[::-1], parcels=plots), DAY, LIMITS, year=2024)
    longer = replace(zones[0], ridge_ratio=Decimal("0.1500"))
    assert base == fingerprint(shapes, ground(longer, zones[1], parcels=plots), DAY, LIMITS, year=2024)
    others = [
        fingerprint(shapes, ground(*zones, parcels=plots), DAY, LIMITS, year=2023),
        fingerprint(shapes, ground(*zones, parcels=plots), date(2024, 6, 2), LIMITS, year=2024),
        fingerprint(shapes, ground(*zones), DAY, LIMITS, year=2024),
        fingerprint(shapes[:1], ground(*zones, parcels=plots), DAY, LIMITS, year=2024),
        fingerprint(
            shapes, ground(*zones, parcels=plots), DAY, replace(LIMITS, buffer_m=Decimal(6)), year=2024
        ),
        fingerprint(
            shapes, ground(replace(zones[0], id="zc"), zones[1], parcels=plots), DAY, LIMITS, year=2024
        ),
        fingerprint(
            [replace(shapes[0], geometry=affinity.translate(HUNDRED, 1e-4, 0)), shapes[1]],
            ground(*zones, parcels=plots),
            DAY,
            LIMITS,
            year=2024,
        ),
    ]
    assert len({base, *others}) == len(others) + 1


def test_two_runs_give_the_same_bytes_whatever_the_order_of_the_layer():
    zones = [zone(affinity.rotate(rect(i * 30, 0, i * 30 + 40, 80), 5 * i), f"z{i}") for i in range(5)]
    shape = footprint(affinity.rotate(rect(-20, 20, 200, 60), 12))
    runs = [judged(shape, ground(*order)) for order in (zones, zones[::-1])]
    assert len({json.dumps(run.as_dict()) for run in runs}) == 1
    assert len({b"".join(piece.geometry.wkb for piece in run.pieces) for run in runs}) == 1


# --- independent oracles


@st.composite
def blobs(draw, size=60):
    """A simple polygon about a point of the same small field, edges below 60 m, on the 0.1 mm grid."""
    n = draw(st.integers(5, 14))
    radii = np.array(draw(st.lists(st.floats(0.5, 1), min_size=n, max_size=n))) * size
    east, north = draw(st.floats(-60, 60)), draw(st.floats(-60, 60))
    turn = np.linspace(0, 2 * np.pi, n, endpoint=False) + draw(st.floats(0, 1))
    xy = np.column_stack([np.cos(turn), np.sin(turn)]) * radii[:, None] + (east, north)
    return at(Polygon(np.round(xy, 4)))


@settings(deadline=None, max_examples=150)
@given(blobs(), st.lists(blobs(), min_size=1, max_size=4))
def test_every_piece_agrees_with_the_geodesic_area(shape, zones):
    found = verdict(shape, *zones)
    for piece in found.pieces:
        geodesic = geo.geodesic_areas(np.array([piece.geometry], dtype=object))[0]
        assert agrees_with_geodesic(float(piece.area_m2), geodesic)
    together = shapely.intersection(shape, shapely.union_all(zones))
    assert float(found.basic_farmland_m2) == pytest.approx(official_areas([together])[0], abs=0.0101)
    assert sum(found.by_zone.values()) == pytest.approx(
        found.basic_farmland_m2, abs=Decimal("0.01") * (len(zones) + 1)
    )


@pytest.mark.django_db
def test_areas_agree_with_postgis_on_random_polygons():
    random = np.random.default_rng(20240601)
    shapes, zones = (_random_blobs(random, 120) for _ in range(2))
    degrees = [geo.transform(row, 4544, 4490) for row in (shapes, zones)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_Area(geography(ST_Intersection(ST_GeomFromWKB(a, 4490), ST_GeomFromWKB(b, 4490))))"
            " FROM unnest(%s::bytea[], %s::bytea[]) AS pair(a, b)",
            [[bytes(shapely.to_wkb(geom)) for geom in row] for row in degrees],
        )
        theirs = np.array([row[0] for row in cursor.fetchall()])
    pairs = zip(degrees[0], zones, strict=True)
    ours = np.array([float(verdict(s, z, srid=4490).basic_farmland_m2) for s, z in pairs])
    assert (theirs > 1).sum() > 40
    assert agrees_with_geodesic(ours, theirs).all()


def _random_blobs(random, count):
    turn = np.sort(random.uniform(0, 2 * np.pi, (count, 12)), axis=1)
    radius = random.uniform(15, 30, (count, 12, 1))
    centre = random.uniform(-25, 25, (count, 1, 2)) + (347000, 2545000)
    blobs_ = shapely.polygons(np.round(centre + np.stack([np.cos(turn), np.sin(turn)], -1) * radius, 4))
    return np.array([blob if blob.is_valid else blob.convex_hull for blob in blobs_], dtype=object)


def test_limits_have_no_defaults_of_their_own():
    with pytest.raises(TypeError):
        Limits()
