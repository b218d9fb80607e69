"""The official area: golden values, properties, and the geodesic beside it (A06, A08, A11, L08)."""

from decimal import Decimal
from time import perf_counter

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from land import area
from land.kernel import ellipsoidal
from registry import geo

X, Y = 347000.0, 2545000.0
L_SHAPE = [(0, 0), (300, 0), (300, 100), (100, 100), (100, 400), (0, 400)]
GOLDEN = {
    "G1": box(X, Y, X + 10, Y + 10),
    "G2": box(X, Y, X + 40, Y + 50),
    "G3": box(X, Y, X + 200, Y + 333.3333),
    "G4": Polygon([(X + x, Y + y) for x, y in L_SHAPE]),
    "G5": box(X, Y, X + 5000, Y + 3000),
    "G6": box(341000, 2540000, 353500, 2552000),
    "G7": box(X, Y, X + 200, Y + 300) - box(X + 50, Y + 50, X + 100, Y + 100),
}
CENTS = {
    "G1": "99.94",
    "G2": "1998.84",
    "G3": "66628.18",
    "G4": "59965.37",
    "G5": "14991611.51",
    "G6": "149913549.12",
    "G7": "57466.81",
}
# The same sums in 80-bit arithmetic from four reference meridians, which agree to the last digit printed.
SUMS = {
    "G1": 99.942129,
    "G2": 1998.843895,
    "G3": 66628.184277,
    "G4": 59965.371046,
    "G5": 14991611.514289,
    "G6": 149913549.116426,
    "G7": 57466.814390,
}


@pytest.mark.parametrize("name", GOLDEN)
def test_A06_golden_values_to_the_cent(name):
    assert area.official_area(GOLDEN[name]) == Decimal(CENTS[name])


def test_A06_golden_sums_unrounded_to_a_millionth():
    sums = area.official_areas(list(GOLDEN.values()))
    assert sums == pytest.approx(list(SUMS.values()), abs=1e-6)


def test_A06_zone_prefix_changes_no_digit():
    prefixed = geo.transform(np.array(list(GOLDEN.values()), dtype=object), 4544, 4523)
    assert area.official_areas(prefixed, 4523) == pytest.approx(list(SUMS.values()), abs=1e-6)


def test_A06_both_goldens_and_geodesic_agree_within_their_tolerance():
    plots = np.array(list(GOLDEN.values()), dtype=object)
    geodesic = geo.geodesic_areas(geo.to_record(plots, 4544))
    assert area.agrees_with_geodesic(area.official_areas(plots), geodesic).all()


@st.composite
def centred_stars(draw):
    """A simple polygon of 4 to 24 vertices, 3 to 400 m across, anywhere in the county, and its centre.

    All on the 0.1 mm grid; each vertex is seen from the centre.
    """
    n = draw(st.integers(4, 24))
    size = draw(st.floats(3, 200))
    radii = draw(st.lists(st.floats(0.4, 1), min_size=n, max_size=n))
    east = draw(st.floats(330_000, 400_000))
    north = draw(st.floats(2_520_000, 2_590_000))
    angles = np.linspace(0, 2 * np.pi, n, endpoint=False)
    xy = np.column_stack([np.cos(angles), np.sin(angles)]) * size * np.array(radii)[:, None]
    centre = np.round((east, north), 4)
    return Polygon(np.round(xy + centre, 4)), tuple(centre)


def stars():
    return centred_stars().map(lambda drawn: drawn[0])


def unrounded(geom) -> float:
    return float(area.official_areas([geom])[0])


@given(stars())
def test_area_does_not_depend_on_the_way_a_ring_runs(star):
    assert unrounded(star.reverse()) == pytest.approx(unrounded(star), abs=1e-6)


@given(stars(), st.integers(1, 23))
def test_area_does_not_depend_on_where_a_ring_starts(star, turn):
    ring = list(star.exterior.coords)[:-1]
    turn %= len(ring)
    assert unrounded(Polygon(ring[turn:] + ring[:turn])) == pytest.approx(unrounded(star), abs=1e-6)


@given(stars())
def test_holes_are_taken_off_in_any_order_and_orientation(star):
    center = star.representative_point()
    cells = [affinity.translate(center.buffer(0.05, 1), d, 0) for d in (-0.1, 0.1)]
    rings = [np.round(c.exterior.coords, 4) for c in cells]
    one = Polygon(star.exterior, [rings[0], rings[1]])
    other = Polygon(star.exterior, [rings[1][::-1], rings[0]])
    assert unrounded(one) == pytest.approx(unrounded(other), abs=1e-6)
    holes = sum(unrounded(Polygon(r)) for r in rings)
    assert unrounded(one) == pytest.approx(unrounded(star) - holes, abs=1e-6)


@given(centred_stars(), st.data())
def test_splitting_a_parcel_loses_nothing_but_rounding(drawn, data):
    star, centre = drawn
    ring = list(star.exterior.coords)[:-1]
    first = data.draw(st.integers(0, len(ring) - 2))
    last = data.draw(st.integers(first + 1, len(ring) - 1))
    one, other = [*ring[first : last + 1], centre], [*ring[last:], *ring[: first + 1], centre]
    signed = [
        unrounded(Polygon(part)) * (1 if Polygon(part).exterior.is_ccw else -1) for part in (one, other)
    ]
    assert sum(signed) == pytest.approx(unrounded(star), abs=1e-6)


@settings(deadline=None)
@given(stars())
def test_A08_geodesic_area_is_within_its_tolerance(star):
    geodesic = area.geodesic_area(geo.to_record(star, 4544))
    assert area.agrees_with_geodesic(unrounded(star), geodesic)
    assert not area.agrees_with_geodesic(unrounded(star) * 1.0004 + 0.02, geodesic)


def test_A08_planar_area_of_the_zone_is_seen_as_wrong():
    plot = box(X, Y, X + 400, Y + 500)
    assert not area.agrees_with_geodesic(plot.area, area.geodesic_area(geo.to_record(plot, 4544)))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2.675, "2.68"),
        (0.005, "0.01"),
        (-0.005, "-0.01"),
        (1.005, "1.01"),
        (0.0049999, "0.00"),
        (99.942129, "99.94"),
        (149913549.125, "149913549.13"),
        (0.0, "0.00"),
    ],
)
def test_A11_rounding_is_half_up_as_a_person_reads_the_number(value, expected):
    assert area.round_area(value) == Decimal(expected)
    assert area.round_area(np.float64(value)) == Decimal(expected)


def test_what_has_no_area_has_zero_and_keeps_its_place_in_the_array():
    given_ = np.array(
        [Polygon(), GOLDEN["G1"], None, Point(X, Y), LineString([(0, 0), (1, 1)])], dtype=object
    )
    assert area.official_areas(given_) == pytest.approx([0, 99.942129, 0, 0, 0], abs=1e-6)
    assert area.official_areas([]).tolist() == []


def test_parts_of_a_multipolygon_add_up():
    far = affinity.translate(GOLDEN["G7"], 20_000, 3_000)
    both = MultiPolygon([GOLDEN["G7"], far])
    assert unrounded(both) == pytest.approx(unrounded(GOLDEN["G7"]) + unrounded(far), abs=1e-6)


def test_large_arrays_are_reckoned_in_chunks_with_the_same_digits(monkeypatch):
    plots = [affinity.translate(GOLDEN["G7"], 300 * i, 0) for i in range(60)]
    whole = area.official_areas(plots)
    monkeypatch.setattr(area, "_COORDINATES_AT_ONCE", 45)
    assert area.official_areas(plots) == pytest.approx(whole, abs=1e-7)


def test_twenty_thousand_parcels_take_seconds_and_not_minutes():
    random = np.random.default_rng(7)
    angles = np.sort(random.uniform(0, 2 * np.pi, (20_000, 40)), axis=1)
    centres = random.uniform((330_000, 2_530_000), (400_000, 2_580_000), (20_000, 1, 2))
    parcels = shapely.polygons(centres + np.stack([np.cos(angles), np.sin(angles)], axis=-1) * 40)
    started = perf_counter()
    areas = area.official_areas(parcels)
    assert perf_counter() - started < 8  # about half a second on an idle machine
    assert areas == pytest.approx(shapely.area(parcels), rel=1e-3)


def test_E27_zones_34_and_35_differ_by_rounding_alone():
    for side, tolerance in ((25.82, 0.003), (258.2, 0.023), (12247, 0.07)):
        plot = box(347000, 2545000, 347000 + side, 2545000 + side)
        west = geo.transform(geo.densify(plot), 4544, 4543)
        assert area.official_areas([west], 4543)[0] == pytest.approx(unrounded(plot), abs=tolerance)


def test_settle_rounds_parts_so_that_they_sum_to_their_whole():
    parts = {"b": 33.333, "a": 33.334, "c": 33.3336}
    assert area.settle(Decimal("100.00"), parts) == {
        "a": Decimal("33.34"),
        "b": Decimal("33.33"),
        "c": Decimal("33.33"),
    }
    assert area.settle(Decimal("0.00"), {}) == {}


def test_A06_the_compiled_kernel_says_what_PROJ_says(monkeypatch):
    """In every zone, with long edges, holes, either orientation, at any scale factor."""
    hole = shapely.affinity.scale(GOLDEN["G7"], 3, 5)
    shapes = np.array([*GOLDEN.values(), hole, GOLDEN["G5"].reverse()], dtype=object)
    for srid in (4544, 4523, 4543, 32648):
        moved = geo.transform(shapes, 4544, srid)
        compiled = area.official_areas(moved, srid)
        with monkeypatch.context() as patch:
            patch.setattr(area, "_plane", lambda _srid: None)
            by_proj = area.official_areas(moved, srid)
        assert compiled == pytest.approx(by_proj, abs=2e-3, rel=1e-10)


@settings(deadline=None)  # the first example compiles
@given(st.floats(-900_000, 900_000), st.floats(-9_500_000, 9_500_000), st.booleans())
def test_A06_the_short_way_near_the_meridian_says_what_the_long_one_says(east, north, beyond):
    """Within its bounds and at them, in either half of the globe; beyond them the long way is taken."""
    plane = area._plane(area.OFFICIAL_SRID)
    place = [north / plane.radius(), (east * 4 if beyond else east / 3) / plane.radius()]
    series = (plane.to_sphere(), plane.from_sphere())
    short, long = ellipsoidal._inverse(*place, *series), ellipsoidal._far(*place, *series)
    assert short == pytest.approx(long, abs=1e-15)


def test_A06_far_from_the_meridian_and_near_the_pole_it_is_PROJ_still(monkeypatch):
    places = [(900_000, 2_500_000), (1_200_000, 5_000_000), (600_000, 8_600_000), (500_000, 9_900_000)]
    shapes = [box(x, y, x + 400, y + 300) for x, y in places]
    compiled = area.official_areas(shapes)
    monkeypatch.setattr(area, "_plane", lambda _srid: None)
    assert compiled == pytest.approx(area.official_areas(shapes), abs=2e-3)


def test_A06_nothing_has_no_area_among_others():
    shapes = [None, Polygon(), GOLDEN["G2"], MultiPolygon(), LineString([(0, 0), (1, 1)]), Point(1, 1)]
    assert area.official_areas(shapes).tolist() == [0, 0, area.official_areas([GOLDEN["G2"]])[0], 0, 0, 0]


def test_A06_other_projections_go_by_PROJ():
    assert geo.transverse_mercator(3857) is None
    assert area.official_areas(geo.transform(np.array([GOLDEN["G2"]]), 4544, 3857), 3857)[0] == pytest.approx(
        SUMS["G2"], rel=1e-5
    )


def test_A06_a_sum_does_not_depend_on_its_company():
    """Alone, among others, on one thread or many: the same bits."""
    alone = [area.official_areas([shape])[0] for shape in GOLDEN.values()]
    crowd = [*GOLDEN.values(), *(box(X + n, Y, X + n + 900, Y + 4000) for n in range(2000))]
    assert area.official_areas(crowd)[: len(alone)].tolist() == alone
