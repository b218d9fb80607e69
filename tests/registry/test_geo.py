"""Coordinate systems: identification, proposals, and ways between planes (L01, L02, L03)."""

from decimal import Decimal

import numpy as np
import pytest
import shapely
from shapely.geometry import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box

from registry import geo, systems

PINGBIAN = geo.CountyProfile(
    name="屏边苗族自治县",
    code="532523",
    work_srid=4544,
    allowed_srids=(4490, 4326, 4522, 4523, 4543, 4544, 4496, 4507),
    bbox=(103.30, 22.70, 104.10, 23.50),
    zones=(34, 35),
)
PLOT = box(347000, 2545000, 347200, 2545300)


def esri_wkt(*, name: str, datum: str, spheroid: str, easting: float, meridian: float) -> str:
    return (
        f'PROJCS["{name}",GEOGCS["GCS_{datum}",DATUM["D_{datum}",SPHEROID[{spheroid}]],'
        'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],'
        f'PARAMETER["False_Easting",{easting}],PARAMETER["False_Northing",0.0],'
        f'PARAMETER["Central_Meridian",{meridian}],PARAMETER["Scale_Factor",1.0],'
        'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
    )


CGCS2000 = '"CGCS2000",6378137.0,298.257222101'


def test_the_settings_of_the_site_give_the_profile_of_pingbian():
    assert geo.county() == PINGBIAN
    assert geo.allowed_srids() == PINGBIAN.allowed_srids == geo.ALLOWED


def test_to_record_gives_multi_2d_degrees_and_comes_back_within_ten_nanometres():
    solid = Polygon([(x, y, 900.0) for x, y in PLOT.exterior.coords])
    record = geo.to_record(solid, 4544)
    assert isinstance(record, MultiPolygon)
    assert not record.has_z
    assert 103.50 < record.bounds[0] < 103.52
    back = geo.to_work(record, profile=PINGBIAN)
    assert np.abs(shapely.get_coordinates(back) - shapely.get_coordinates(PLOT)).max() < 1e-8


def test_order_is_always_east_then_north():
    lon, lat = shapely.get_coordinates(geo.transform(Point(500000, 2545000), 4544, 4490))[0]
    assert lon == pytest.approx(105.0, abs=1e-12)
    assert 22 < lat < 24


def test_promote_leaves_none_and_multi_alone_in_an_array_of_all_kinds():
    given = np.array(
        [PLOT, None, Point(1, 2), MultiPolygon([PLOT]), LineString([(0, 0), (1, 1)])], dtype=object
    )
    kinds = [None if g is None else g.geom_type for g in geo.promote(given)]
    assert kinds == ["MultiPolygon", None, "MultiPoint", "MultiPolygon", "MultiLineString"]


def test_zone_prefix_is_a_shift_and_not_a_projection():
    prefixed = geo.transform(PLOT, 4544, 4523)
    assert prefixed.bounds == (35347000.0, 2545000.0, 35347200.0, 2545300.0)
    assert geo.same_plane(4523, 4544)
    assert geo.same_plane(4507, 4544)
    assert not geo.same_plane(4543, 4544)
    assert not geo.same_plane(4490, 4544)


def test_wgs84_degrees_are_taken_as_cgcs2000_degrees():
    assert geo.transform(Point(103.7, 23.0), 4326, 4490).coords[0] == (103.7, 23.0)


def test_only_integer_srids_reach_proj():
    with pytest.raises(TypeError, match="integer"):
        geo.transform(PLOT, "+proj=longlat", 4544)


def test_L01_a_system_that_the_county_does_not_take_is_refused_by_number():
    assert geo.require_allowed(4523, PINGBIAN) == 4523
    with pytest.raises(geo.CrsError, match="EPSG:3857") as refusal:
        geo.require_allowed(3857, PINGBIAN)
    assert refusal.value.code == "L01"


@pytest.mark.parametrize(
    ("name", "easting", "meridian", "srid"),
    [
        ("CGCS2000_3_Degree_GK_CM_105E", 500000.0, 105.0, 4544),
        ("CGCS2000_3_Degree_GK_Zone_35", 35500000.0, 105.0, 4523),
        ("CGCS2000_3_Degree_GK_CM_102E", 500000.0, 102.0, 4543),
        ("CGCS2000_3_Degree_GK_Zone_34", 34500000.0, 102.0, 4522),
        ("Unknown_name_of_an_office", 35500000.0, 105.0, 4523),
    ],
)
def test_L01_a_prj_of_arcgis_is_identified_by_name_or_by_its_numbers(name, easting, meridian, srid):
    text = esri_wkt(
        name=name,
        datum="China_2000",
        spheroid=CGCS2000,
        easting=easting,
        meridian=meridian,
    )
    assert geo.identify_srid(text, PINGBIAN) == srid


@pytest.mark.parametrize(("text", "srid"), [("EPSG:4490", 4490), ("OGC:CRS84", 4326), ("epsg:4523", 4523)])
def test_L01_the_short_names_of_file_headers_are_understood(text, srid):
    assert geo.identify_srid(text, PINGBIAN) == srid


@pytest.mark.parametrize("text", ["", "LOCAL", "+proj=tmerc +lon_0=105", "/etc/passwd", "EPSG:999999"])
def test_L01_a_text_that_names_no_system_gives_none(text):
    assert geo.identify_srid(text, PINGBIAN) is None


@pytest.mark.parametrize(
    ("datum", "spheroid"),
    [
        ("Xian_1980", '"Xian_1980",6378140.0,298.257'),
        ("Beijing_1954", '"Krasovsky_1940",6378245.0,298.3'),
    ],
)
def test_L01_the_old_datums_are_refused_with_a_sentence(datum, spheroid):
    text = esri_wkt(
        name=f"{datum}_3_Degree_GK_Zone_35",
        datum=datum,
        spheroid=spheroid,
        easting=35500000.0,
        meridian=105.0,
    )
    with pytest.raises(geo.CrsError, match="CGCS2000"):
        geo.identify_srid(text, PINGBIAN)


def test_L01_a_known_system_of_elsewhere_is_refused():
    with pytest.raises(geo.CrsError, match="Pseudo-Mercator"):
        geo.identify_srid("EPSG:3857", PINGBIAN)


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ((347000, 2545000, 352000, 2548000), [4544]),
        ((35347000, 2545000, 35352000, 2548000), [4523]),
        ((34653000, 2545000, 34658000, 2548000), [4522]),
        ((653000, 2545000, 658000, 2548000), [4543]),
        ((18347000, 2545000, 18352000, 2548000), [4496]),
        ((103.5, 22.9, 103.6, 23.1), [4490, 4326]),
        ((39347000, 2545000, 39352000, 2548000), []),
        ((2545000, 347000, 2548000, 352000), []),
    ],
)
def test_L01_systems_are_proposed_from_the_size_of_the_numbers(bounds, expected):
    assert systems.guess_srid(bounds, PINGBIAN) == expected


def test_L02_the_box_of_the_county_is_told_from_three_degrees_away():
    assert geo.check_bounds((103.4, 22.8, 103.9, 23.4), PINGBIAN)
    assert not geo.check_bounds((106.4, 22.8, 106.9, 23.4), PINGBIAN)
    assert not geo.check_bounds((float("inf"),) * 4, PINGBIAN)
    rows = np.array([(103.4, 22.8, 103.5, 22.9), (103.2, 22.8, 103.5, 22.9)])
    assert geo.inside_county(rows, PINGBIAN).tolist() == [True, False]


def test_L03_a_right_declaration_has_no_problem():
    assert systems.check_declared((347000, 2545000, 352000, 2548000), 4544, PINGBIAN) is None


def test_L03_a_zone_that_is_not_this_countys_has_no_proposal():
    problem = systems.check_declared((39347000, 2545000, 39352000, 2548000), 4523, PINGBIAN)
    assert (problem.code, problem.kind, problem.proposals) == ("L03", "prefix", ())


def test_L03_numbers_without_prefix_under_a_prefixed_declaration():
    problem = systems.check_declared((347000, 2545000, 352000, 2548000), 4523, PINGBIAN)
    assert (problem.code, problem.proposals) == ("L03", (4544,))


def test_densify_cuts_only_long_edges_into_equal_parts_and_keeps_corners():
    dense = geo.densify(LineString([(0, 0), (140, 0), (140, 70), (140, 71)]))
    expected = [(0, 0), (140 / 3, 0), (280 / 3, 0), (140, 0), (140, 70), (140, 71)]
    assert np.allclose(dense.coords, expected, rtol=0, atol=1e-12)


def test_densify_gives_two_neighbours_the_same_points_on_their_border():
    a, b = (347000.1234, 2545000.4321), (347333.3333, 2545777.7777)
    there, back = geo.densify(LineString([a, b])), geo.densify(LineString([b, a]))
    assert len(there.coords) == 14
    assert list(there.coords) == list(back.coords)[::-1]


def test_densify_takes_arrays_of_every_kind_and_keeps_holes():
    holed = PLOT - box(347050, 2545050, 347150, 2545150)
    given = np.array([holed, None, Point(1, 2), MultiPolygon([holed, box(0, 0, 9, 9)])], dtype=object)
    dense = geo.densify(given)
    assert dense[1] is None
    assert [g.geom_type for g in dense[[0, 2, 3]]] == ["Polygon", "Point", "MultiPolygon"]
    assert len(dense[0].interiors) == 1
    assert dense[0].equals(holed)
    edges = np.diff(shapely.get_coordinates(dense[0].exterior), axis=0)
    assert np.hypot(*edges.T).max() <= 70
    collection = geo.densify(GeometryCollection([holed, Point(1, 2)]))
    assert len(shapely.get_coordinates(collection)) > len(shapely.get_coordinates(holed)) + 1


def test_data_of_the_working_plane_keeps_its_vertices_and_data_of_another_zone_is_cut_first():
    field = box(347000, 2545000, 350000, 2545500)
    same = geo.to_work_dense(geo.transform(field, 4544, 4523), 4523, PINGBIAN)
    assert list(same.exterior.coords) == list(field.exterior.coords)
    in_degrees = geo.to_work_dense(geo.to_record(field, 4544), 4490, PINGBIAN)
    assert len(shapely.get_coordinates(in_degrees)) == 5
    chord = geo.transform(field, 4544, 4543)
    assert shapely.area(geo.transform(chord, 4543, 4544) ^ field) < 1e-4
    cut = geo.to_work_dense(chord, 4543, PINGBIAN)
    assert len(shapely.get_coordinates(cut)) > 100
    assert 0.1 < shapely.area(cut ^ field) < 10  # what the two zones' straight lines enclose


def test_equal_area_plane_gives_geodesic_areas_within_three_ten_millionths():
    plots = np.array([PLOT, box(341000, 2540000, 346000, 2543000)], dtype=object)
    record = geo.to_record(plots, 4544)
    planar = shapely.area(geo.equal_area(record, profile=PINGBIAN))
    exact = geo.geodesic_areas(geo.transform(geo.densify(plots), 4544, 4490))
    assert planar == pytest.approx(exact, rel=3e-7)


def test_L08_a_hole_that_runs_like_its_shell_is_still_taken_off():
    shell = [(0, 0), (200, 0), (200, 300), (0, 300)]
    hole = [(50, 50), (100, 50), (100, 100), (50, 100)]
    offset = [(347000, 2545000)] * 4
    ring = [(x + a, y + b) for (x, y), (a, b) in zip(offset, shell, strict=True)]
    inner = [(x + a, y + b) for (x, y), (a, b) in zip(offset, hole, strict=True)]
    one_way, other_way = Polygon(ring, [inner]), Polygon(ring, [inner[::-1]])
    areas = geo.geodesic_areas(geo.to_record(np.array([one_way, other_way], dtype=object), 4544))
    assert areas[0] == pytest.approx(areas[1], abs=1e-6)
    assert areas[0] == pytest.approx(57466.81, abs=0.01)


def test_A10_mu_is_square_metres_times_0_0015_and_a_total_is_converted_once():
    assert geo.mu(Decimal("10000")) == Decimal("15.00")
    assert geo.mu(Decimal("2003.33")) == Decimal("3.00")
    assert geo.mu(Decimal("670")) == Decimal("1.01")  # 1.005 goes up, not to the even cent
    parcels = [Decimal("1234.56") + Decimal(i % 977) / 100 for i in range(20_000)]
    once, piecewise = geo.mu(sum(parcels)), sum(geo.mu(p) for p in parcels)
    assert once == (sum(parcels) * 15 / 10000).quantize(Decimal("0.01"))
    assert abs(once - piecewise) > Decimal("0.1")


def test_a_county_elsewhere_loads_under_its_own_profile():
    vietnam = geo.CountyProfile("x", "1", 32648, (4326, 32648), (105.0, 20.0, 107.0, 22.0))
    plot = box(600000, 2300000, 600100, 2300100)
    assert systems.guess_srid(plot.bounds, vietnam) == [32648]
    assert geo.to_work(geo.to_record(plot, 32648), profile=vietnam).area == pytest.approx(10000, abs=1e-3)
    assert geo.ellipsoid(32648)[1] == pytest.approx(298.257223563)
