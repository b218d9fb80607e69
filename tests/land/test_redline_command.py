"""The red-line check on loaded layers: P01 to P05, exact to the cent, the same from command and service."""

import datetime as dt
import json
from decimal import Decimal

import pytest
import shapely
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from shapely.geometry import MultiPolygon, Polygon, box, mapping

from land.area import official_area
from land.ground import Footprint
from land.queries.ground import ground_under
from land.services import redline
from tests import factories
from tests.land.layers import at, gpkg, moved, parcel_columns, take, zone_columns

pytestmark = pytest.mark.django_db
WEST = [box(347_000, 2_545_000, 347_010, 2_545_010), box(347_000, 2_545_000, 347_040, 2_545_050)]  # G1, G2


@pytest.fixture
def basic_farmland(township, tmp_path):
    """Two neighbouring zones of 500 m in the township, with ridges of 10 %."""
    columns = zone_columns(2, KCXS=[0.1, 0.1])
    path = gpkg(tmp_path / "bf.gpkg", [at(0, 0, 500, 500), at(500, 0, 500, 500)], columns)
    document, status = take(path, "basic_farmland", of=township)
    assert (document["state"], status) == ("applied", 0)
    return township


def run(path, capsys, *words):
    """Document and exit status of the command."""
    status = 0
    try:
        call_command("redline", str(path), *words)
    except SystemExit as end:
        status = int(end.code or 0)
    return json.loads(capsys.readouterr().out), status


def judged(tmp_path, capsys, shapes, *words, srid=4544, **columns):
    names = columns or {"id": [f"S{n}" for n in range(1, len(shapes) + 1)]}
    return run(gpkg(tmp_path / "fp.gpkg", shapes, names, srid=srid), capsys, *words)


def geojson(path, *shapes, crs=None):
    features = [
        {"type": "Feature", "id": n, "properties": {}, "geometry": mapping(shape)}
        for n, shape in enumerate(shapes, 1)
    ]
    document = {"type": "FeatureCollection", "features": features}
    if crs:
        document["crs"] = {"type": "name", "properties": {"name": crs}}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_P01_the_overlap_is_the_official_area_and_the_farmland_part_is_less_the_ridges(
    basic_farmland, tmp_path, capsys
):
    piece = at(480, 100, 20, 30)
    document, status = judged(tmp_path, capsys, [at(480, 100, 20, 30).union(at(600, 600, 1, 1))])
    assert (document["verdict"], status) == ("OCCUPIES", 1)
    feature = document["features"][0]
    assert feature["basic_farmland_m2"] == str(official_area(piece))
    counted = (official_area(piece) * Decimal("0.9")).quantize(Decimal("0.01"))
    assert abs(Decimal(feature["basic_farmland_counted_m2"]) - counted) <= Decimal("0.01")
    assert feature["by_village"] == {"532523205201": feature["basic_farmland_m2"]}


def test_P01_golden_values_come_out_to_the_cent(township, tmp_path, capsys):
    zone = box(346_900, 2_544_900, 347_500, 2_545_500)
    take(gpkg(tmp_path / "bf.gpkg", [zone], zone_columns(1)), "basic_farmland", of=township)
    document, _status = judged(tmp_path, capsys, WEST)
    assert [feature["basic_farmland_m2"] for feature in document["features"]] == ["99.94", "1998.84"]


def test_P02_a_piece_over_both_limits_occupies_and_one_below_either_is_noise(
    basic_farmland, tmp_path, capsys
):
    sliver, corner, strip = at(-99.95, 0, 100, 500), at(-0.2, -0.2, 1, 1), at(-10, 100, 10.3, 200)
    document, status = judged(tmp_path, capsys, [sliver, corner, strip])
    assert [feature["verdict"] for feature in document["features"]] == ["NOISE", "NOISE", "OCCUPIES"]
    assert document["features"][0]["pieces"][0]["width_m"] == "0.05"
    assert document["features"][0]["basic_farmland_m2"] == str(official_area(at(0, 0, 0.05, 500)))
    assert (document["verdict"], status) == ("OCCUPIES", 1)


def test_P02_noise_alone_still_ends_with_1(basic_farmland, tmp_path, capsys):
    document, status = judged(tmp_path, capsys, [at(-99.95, 0, 100, 500)])
    assert (document["verdict"], status) == ("NOISE", 1)


def test_P03_a_common_border_or_corner_touches_and_takes_nothing(basic_farmland, tmp_path, capsys):
    document, status = judged(tmp_path, capsys, [at(-50, 0, 50, 50), at(-50, -50, 50, 50)])
    assert [feature["verdict"] for feature in document["features"]] == ["TOUCH", "TOUCH"]
    assert {feature["basic_farmland_m2"] for feature in document["features"]} == {"0.00"}
    assert (document["verdict"], status) == ("TOUCH", 0)


def test_P03_what_lies_apart_is_none_and_says_how_far(basic_farmland, tmp_path, capsys):
    document, status = judged(tmp_path, capsys, [at(-60, 0, 50, 50)])
    assert (document["verdict"], status) == ("NONE", 0)
    assert document["features"][0]["nearest_m"] == "10.00"


def test_P04_ground_under_two_footprints_counts_once_in_the_union(basic_farmland, tmp_path, capsys):
    shapes = [at(100, 100, 100, 100), at(150, 100, 100, 100)]
    document, _status = judged(tmp_path, capsys, shapes)
    assert document["union"]["basic_farmland_m2"] == str(official_area(at(100, 100, 150, 100)))
    parts = sum(Decimal(feature["basic_farmland_m2"]) for feature in document["features"])
    assert parts > Decimal(document["union"]["basic_farmland_m2"])


def test_P04_pieces_that_are_noise_apart_may_occupy_as_one_project(basic_farmland, tmp_path, capsys):
    halves = [at(-9.2, 100, 10, 0.9), at(-9.2, 100.9, 10, 0.9)]
    layer, layer_status = judged(tmp_path, capsys, halves)
    project, _status = judged(tmp_path, capsys, halves, "--scope", "project")
    assert (layer["verdict"], layer_status) == ("NOISE", 1)
    assert (project["verdict"], project["project"]["verdict"]) == ("OCCUPIES", "OCCUPIES")
    assert project["project"]["basic_farmland_m2"] == str(official_area(at(0, 100, 0.8, 1.8)))


def test_P05_a_zone_protects_only_between_its_dates(township, tmp_path, capsys):
    columns = zone_columns(1, BHKSSJ=["2022-01-01"], BHJSSJ=["20230701"])
    path = gpkg(tmp_path / "bf.gpkg", [at(0, 0, 500, 500)], columns)
    take(path, "basic_farmland", year=2021, of=township)
    found = {}
    for day in ("2021-12-31", "2022-01-01", "2023-06-30", "2023-07-01"):
        found[day] = judged(tmp_path, capsys, [at(100, 100, 20, 20)], "--date", day)[0]["verdict"]
    assert found == {
        "2021-12-31": "NONE", "2022-01-01": "OCCUPIES", "2023-06-30": "OCCUPIES", "2023-07-01": "NONE",
    }  # fmt: skip


def test_P05_no_layer_for_the_day_is_no_data_and_never_a_pass(basic_farmland, tmp_path, capsys):
    document, status = judged(tmp_path, capsys, [at(100, 100, 20, 20)], "--date", "2023-05-01")
    assert (document["verdict"], status) == ("NO_DATA", 1)
    assert document["features"][0]["reason"] == "no_layer_for_day"
    by_year, _status = judged(tmp_path, capsys, [at(100, 100, 20, 20)], "--year", "2023")
    assert by_year["verdict"] == "NO_DATA"


def test_P05_the_newest_layer_of_the_day_decides(basic_farmland, tmp_path, capsys):
    columns = zone_columns(1) | {"SJNF": [2025]}
    take(
        gpkg(tmp_path / "new.gpkg", [at(0, 0, 90, 90)], columns),
        "basic_farmland",
        year=2025,
        of=basic_farmland,
    )
    then, _status = judged(tmp_path, capsys, [at(100, 100, 20, 20)], "--year", "2024")
    now, _status = judged(tmp_path, capsys, [at(100, 100, 20, 20)], "--year", "2025")
    assert (then["verdict"], now["verdict"]) == ("OCCUPIES", "NONE")


def test_outside_of_what_the_layer_covers_the_answer_is_no_data(basic_farmland, tmp_path, capsys):
    document, _status = judged(tmp_path, capsys, [at(1400, 0, 50, 50), at(2500, 0, 50, 50)])
    assert [feature["verdict"] for feature in document["features"]] == ["NONE", "NO_DATA"]
    assert document["features"][1]["reason"] == "outside_coverage"


def test_an_outline_loaded_later_says_where_the_layer_speaks(basic_farmland, tmp_path, capsys):
    outline = moved(at(-100, -100, 5000, 5000), 4544, 4490)
    factories.boundary(basic_farmland, factories.GEOSGeometry(outline.wkt, srid=4490))
    document, _status = judged(tmp_path, capsys, [at(2500, 0, 50, 50), at(-500, 0, 50, 50)])
    assert [feature["verdict"] for feature in document["features"]] == ["NONE", "NO_DATA"]


def test_where_a_quarantined_zone_lies_the_answer_is_no_data(township, tmp_path, capsys):
    tie = Polygon([(366700, 2545000), (366800, 2545100), (366800, 2545000), (366700, 2545100)])
    path = gpkg(tmp_path / "bf.gpkg", [at(0, 0, 500, 500), tie], zone_columns(2))
    take(path, "basic_farmland", of=township)
    document, _status = judged(tmp_path, capsys, [at(710, 40, 20, 20), at(600, 40, 20, 20)])
    assert [feature["verdict"] for feature in document["features"]] == ["NO_DATA", "NONE"]
    assert document["features"][0]["reason"] == "quarantined_nearby"


def test_degrees_of_six_decimals_indicate_and_decide_nothing(basic_farmland, tmp_path, capsys):
    exact = moved(at(100, 100, 50, 50), 4544, 4490)
    coarse = shapely.transform(exact, lambda xy: xy.round(6))
    for crs in ("urn:ogc:def:crs:EPSG::4490", None):
        document, status = run(geojson(tmp_path / "c.geojson", coarse, crs=crs), capsys)
        assert (document["verdict"], status) == ("REVIEW", 1)
        assert document["features"][0]["reason"] == "indicative"
    document, _status = run(geojson(tmp_path / "e.geojson", exact, crs="urn:ogc:def:crs:EPSG::4490"), capsys)
    assert document["verdict"] == "OCCUPIES"
    assert document["features"][0]["id"] == 1


def test_a_footprint_of_zone_34_gives_the_same_figures(basic_farmland, tmp_path, capsys):
    shape = at(480, 100, 20, 30)
    here, _status = judged(tmp_path, capsys, [shape])
    there, _status = judged(tmp_path, capsys, [moved(shape, 4544, 4522)], srid=4522)
    areas = [Decimal(document["features"][0]["basic_farmland_m2"]) for document in (here, there)]
    assert abs(areas[0] - areas[1]) <= Decimal("0.01")


def test_classes_come_from_the_land_survey_and_sum_to_the_footprint(basic_farmland, tmp_path, capsys):
    columns = parcel_columns(["0101", "0702"], KCXS=[0.1, 0.0])
    path = gpkg(tmp_path / "p.gpkg", [at(0, 0, 500, 500), at(500, 0, 500, 500)], columns)
    take(path, "parcels", of=basic_farmland)
    document, _status = judged(tmp_path, capsys, [at(480, 100, 40, 30)])
    feature = document["features"][0]
    assert feature["by_class"] == {
        "0101": str(official_area(at(480, 100, 20, 30))),
        "0702": str(official_area(at(500, 100, 20, 30))),
    }
    assert feature["farmland_m2"] == feature["by_class"]["0101"]
    assert Decimal(feature["farmland_counted_m2"]) < Decimal(feature["farmland_m2"])
    assert {vintage["kind"] for vintage in document["run"]["vintages"]} == {"basic_farmland", "parcels"}


def test_without_a_land_survey_the_farmland_is_unknown_and_not_zero(basic_farmland, tmp_path, capsys):
    document, _status = judged(tmp_path, capsys, [at(480, 100, 40, 30)])
    assert document["features"][0]["farmland_m2"] is None
    assert document["union"]["farmland_m2"] is None
    assert document["run"]["notes"]


def test_the_ground_under_a_shape_names_its_classes_the_largest_first(basic_farmland, tmp_path):
    columns = parcel_columns(["0101", "0702"]) | {"SJNF": [2025, 2025]}
    path = gpkg(tmp_path / "p.gpkg", [at(0, 0, 500, 500), at(500, 0, 500, 500)], columns)
    take(path, "parcels", year=2025, of=basic_farmland)
    shape = Footprint("A", at(490, 100, 40, 30), srid=4544)
    found = ground_under(shape, day=dt.date(2026, 6, 30))
    assert [(row.name, row.is_farmland) for row in found.classes] == [("农村宅基地", False), ("水田", True)]
    assert found.classes[0].area_m2 == official_area(at(500, 100, 30, 30))
    assert (found.survey_year, found.zone_year, found.verdict.verdict) == (2025, 2024, "OCCUPIES")


def test_a_shape_that_cannot_be_computed_with_is_listed_and_ends_with_1(basic_farmland, tmp_path, capsys):
    tie = Polygon([(366100, 2545000), (366200, 2545100), (366200, 2545000), (366100, 2545100)])
    document, status = judged(tmp_path, capsys, [tie, at(-60, 0, 50, 50)])
    assert [feature["verdict"] for feature in document["features"]] == ["INVALID", "NONE"]
    assert (document["verdict"], status) == ("INVALID", 1)
    assert (
        "crosses itself" in document["features"][0]["message"] or "相交" in document["features"][0]["message"]
    )


def test_two_runs_give_the_same_bytes_and_another_layer_another_fingerprint(basic_farmland, tmp_path, capsys):
    path = gpkg(tmp_path / "fp.gpkg", [at(480, 100, 20, 30)], {"id": ["A"]})
    first, _status = run(path, capsys)
    second, _status = run(path, capsys)
    assert json.dumps(first) == json.dumps(second)
    columns = zone_columns(1) | {"SJNF": [2025]}
    take(
        gpkg(tmp_path / "n.gpkg", [at(0, 0, 500, 499)], columns),
        "basic_farmland",
        year=2025,
        of=basic_farmland,
    )
    third, _status = run(path, capsys)
    assert third["run"]["fingerprint"] != first["run"]["fingerprint"]


def test_what_could_not_be_done_ends_with_2_and_a_sentence(basic_farmland, tmp_path):
    for words in (
        ["missing.gpkg"],
        [str(gpkg(tmp_path / "n.gpkg", [at(0, 0, 9, 9)], {"id": ["A"]}, srid=None))],
    ):
        with pytest.raises(CommandError) as caught:
            call_command("redline", *words)
        assert caught.value.returncode == 2
        assert len(str(caught.value)) > 8


def test_the_named_field_gives_the_ids_and_a_wrong_one_is_refused(basic_farmland, tmp_path, capsys):
    path = gpkg(tmp_path / "fp.gpkg", [at(-60, 0, 50, 50)], {"XMBH": ["屏边001"]})
    document, _status = run(path, capsys, "--id-field", "xmbh")
    assert document["features"][0]["id"] == "屏边001"
    with pytest.raises(CommandError, match="XMBH"):
        call_command("redline", str(path), "--id-field", "nothing")


def test_points_and_lines_are_judged_by_their_buffer_and_need_an_outline(basic_farmland, tmp_path, capsys):
    line = shapely.LineString([(366000 - 3, 2545000), (366000 - 3, 2545400)])
    document, _status = judged(tmp_path, capsys, [line, line.parallel_offset(50, "left")])
    assert [(f["verdict"], f["outline"]) for f in document["features"]] == [
        ("REVIEW", False),
        ("NONE", False),
    ]


def test_the_check_asks_the_same_number_of_queries_for_one_shape_and_for_fifty(basic_farmland):
    counts = []
    for size in (1, 50):
        footprints = [Footprint(f"F{n}", at(10 * n, 0, 5, 5), srid=4544) for n in range(size)]
        with CaptureQueriesContext(connection) as queries:
            redline.check(footprints, day=dt.date(2024, 12, 31))
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 12


def test_a_township_layer_of_a_newer_year_replaces_the_countys_on_its_ground(township, tmp_path):
    county = township.parent
    other = factories.village(factories.township(county, "湾塘乡", "532523206"), "湾塘村委会", "532523206201")
    columns = zone_columns(2) | {"ZLDWDM": ["532523205201", other.codes.get().code]}
    path = gpkg(tmp_path / "c.gpkg", [at(0, 0, 500, 500), at(3000, 0, 500, 500)], columns)
    take(path, "basic_farmland", of=county)
    newer = zone_columns(1) | {"SJNF": [2025]}
    take(gpkg(tmp_path / "t.gpkg", [at(0, 0, 100, 100)], newer), "basic_farmland", year=2025, of=township)
    shapes = [at(10, 10, 20, 20), at(300, 300, 20, 20), at(3100, 100, 20, 20)]
    footprints = [Footprint(str(n), shape, srid=4544) for n, shape in enumerate(shapes)]
    found = redline.check(footprints, day=dt.date(2025, 12, 31))
    assert [verdict.verdict for verdict in found.verdicts] == ["OCCUPIES", "NONE", "OCCUPIES"]


def test_an_empty_multipolygon_is_invalid_and_not_a_pass(basic_farmland):
    found = redline.check([Footprint("E", MultiPolygon(), srid=4544)], day=dt.date(2024, 12, 31))
    assert found.verdict == "INVALID"


@pytest.mark.parametrize(
    ("option", "value", "like"), [("--date", "2024-13-01", "2026-03-31"), ("--source-crs", "x", "EPSG:4544")]
)
def test_an_option_that_cannot_be_read_is_named_with_what_is_expected(tmp_path, option, value, like):
    with pytest.raises(CommandError) as caught:
        call_command("redline", str(tmp_path / "a.gpkg"), option, value)
    assert f"“{value}”" in str(caught.value)
    assert like in str(caught.value)


@pytest.fixture
def newer_in_one_village(township, tmp_path):
    """A zone of 2023 across the border of two villages; of the eastern one there is a layer of 2024."""
    columns = {"XZQDM": ["532523205", "532523205201", "532523205202"]}
    halves = [at(-900, -900, 950, 1800), at(50, -900, 950, 1800)]
    take(gpkg(tmp_path / "xzq.gpkg", [at(-900, -900, 1900, 1800), *halves], columns), "divisions", year=2020)
    old = gpkg(tmp_path / "old.gpkg", [at(0, 0, 200, 100)], {"YJJBNTTBBH": ["old"], "KCXS": [0.1]})
    take(old, "basic_farmland", year=2023, of=township)
    east = factories.Division.objects.get(codes__code="532523205202")
    new = gpkg(tmp_path / "new.gpkg", [at(150, 0, 50, 100)], {"YJJBNTTBBH": ["new"]})
    take(new, "basic_farmland", year=2024, of=east)


def test_P05_of_a_zone_across_the_outline_of_a_newer_layer_the_part_outside_still_protects(
    newer_in_one_village,
):
    """The village of a zone says nothing of its parts: dropping it whole would pass what it protects."""
    shapes = [at(10, 10, 20, 20), at(60, 10, 20, 20), at(160, 10, 20, 20), at(0, 0, 200, 100)]
    footprints = [Footprint(str(n), shape, 4544) for n, shape in enumerate(shapes)]
    run = redline.check(footprints, day=dt.date(2024, 12, 31))
    assert [verdict.verdict for verdict in run.verdicts] == ["OCCUPIES", "NONE", "OCCUPIES", "OCCUPIES"]
    expected = [official_area(shape) for shape in (at(0, 0, 50, 100), at(150, 0, 50, 100))]
    assert run.verdicts[3].by_zone == {"new": expected[1], "old": expected[0]}
    counted = run.verdicts[0].basic_farmland_counted_m2
    assert counted == (official_area(shapes[0]) * Decimal("0.9")).quantize(Decimal("0.01"))


def test_E29_layers_of_different_years_are_not_laid_over_each_other_unless_declared(
    basic_farmland, tmp_path, capsys
):
    columns = parcel_columns(["0101"], SJNF=[2023])
    take(gpkg(tmp_path / "p.gpkg", [at(0, 0, 500, 500)], columns), "parcels", year=2023, of=basic_farmland)
    shape = at(100, 100, 50, 50)
    document, status = judged(tmp_path, capsys, [shape])
    feature = document["features"][0]
    assert (document["verdict"], status) == ("OCCUPIES", 1)  # the zones answer for themselves
    assert [error["code"] for error in document["run"]["errors"]] == ["E29"]
    assert "2023" in document["run"]["errors"][0]["message"]
    assert (feature["farmland_m2"], feature["by_class"]) == (None, {})
    assert {vintage["kind"] for vintage in document["run"]["vintages"]} == {"basic_farmland"}
    declared, _status = judged(tmp_path, capsys, [shape], "--mixed-years")
    assert declared["run"]["errors"] == []
    assert set(declared["features"][0]["by_class"]) == {"0101"}
