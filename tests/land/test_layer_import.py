"""Survey layers come in: L01 to L05 and what else an office's file can do wrong."""

import json

import pytest
import shapely
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from shapely.geometry import MultiPolygon, Point, Polygon, box

from land.area import official_area
from land.importers import staging
from land.models import Parcel, Vintage, Zone
from registry.models import ImportBatch, RowAction
from registry.services.imports import apply_batch, reverse_batch
from tests import factories
from tests.land.layers import array, at, gpkg, moved, parcel_columns, take, zone_columns
from tests.registry.shapefiles import set_ldid, write, zipped

pytestmark = pytest.mark.django_db


def two_parcels():
    return [at(0, 0, 100, 100), at(100, 0, 100, 100)]


def shapefile(folder, shapes, columns, *, srid, encoding="GB18030"):
    """A zipped shapefile in GBK that does not say so, in the given system."""
    inner = folder / "inner"
    inner.mkdir()
    write(inner / "DLTB.shp", array(shapes), columns, srid=srid, encoding=encoding)
    (inner / "DLTB.cpg").unlink(missing_ok=True)
    set_ldid(inner / "DLTB.dbf", 0)
    return zipped(inner, folder / "dltb.zip")


def codes_of(document):
    return {error["code"] for error in document["errors"]}


def test_parcels_from_a_gbk_shapefile_without_cpg_load_with_official_areas(township, tmp_path):
    golden = [box(347_000, 2_545_000, 347_010, 2_545_010), box(347_000, 2_545_000, 347_040, 2_545_050)]
    path = shapefile(tmp_path, golden, parcel_columns(["0101", "0103"]), srid=4544)
    document, status = take(path, "parcels")
    assert (document["state"], status) == ("applied", 0)
    assert document["totals"]["encoding"] == "GB18030"
    assert document["totals"]["division_code"] == "532523205201"
    rows = list(Parcel.objects.order_by("number"))
    assert [str(row.official_m2) for row in rows] == ["99.94", "1998.84"]
    assert [row.class_name for row in rows] == ["水田", "旱地"]
    assert {row.village.name for row in rows} == {"戈纪街村委会"}


@pytest.mark.parametrize("srid", [4522, 4523, 4543, 4544, 4490])
def test_zones_34_and_35_with_and_without_prefix_lie_on_the_same_ground(township, tmp_path, srid):
    shape = at(0, 0, 100, 80)
    path = shapefile(tmp_path, [moved(shape, 4544, srid)], parcel_columns(["0101"]), srid=srid)
    document, status = take(path, "parcels")
    assert (document["state"], status, document["totals"]["srid"]) == ("applied", 0, srid)
    row = Parcel.objects.get()
    work = shapely.from_wkb(bytes(row.work.wkb))
    assert shapely.hausdorff_distance(work, shape) < 1e-3
    assert abs(float(row.official_m2) - 7996.16) < 0.5


def test_an_unpacked_shapefile_is_kept_with_all_its_parts(township, tmp_path):
    path = tmp_path / "DLTB.SHP"
    write(tmp_path / "dltb.shp", array(two_parcels()), parcel_columns(["0101", "0103"]), encoding="GB18030")
    for part in list(tmp_path.glob("dltb.*")):
        part.rename(part.with_name(part.name.replace("dltb", "DLTB").replace(".shp", ".SHP")))
    first, status = take(path, "parcels", apply=False)
    assert (first["state"], first["accepted"], status) == ("staged", 2, 0)
    assert take(path, "parcels", apply=False)[0]["sha256"] == first["sha256"]


def test_the_command_answers_in_json_with_the_status_of_the_surface(township, tmp_path, capsys):
    good = gpkg(tmp_path / "a.gpkg", two_parcels(), parcel_columns(["0101", "0103"]))
    call_command("import_layer", str(good), "--as", "parcels", "--year", "2024", "--apply")
    assert json.loads(capsys.readouterr().out)["state"] == "applied"
    with pytest.raises(SystemExit) as ended:
        call_command("import_layer", str(good), "--as", "parcels", "--year", "2024")
    assert ended.value.code == 1
    assert json.loads(capsys.readouterr().out)["errors"][0]["code"] == "already_loaded"
    for words in (["--as", "parcels"], ["--as", "parcels", "--year", "2024", "--division", "999999"]):
        with pytest.raises(CommandError) as caught:
            call_command("import_layer", str(good), *words)
        assert caught.value.returncode == 2
    with pytest.raises(CommandError):
        call_command("import_layer", "nowhere.gpkg", "--as", "parcels", "--year", "2024")


def test_L01_a_layer_without_coordinate_system_is_refused_with_proposals(township, tmp_path):
    path = gpkg(tmp_path / "a.gpkg", two_parcels(), parcel_columns(["0101", "0103"]), srid=None)
    document, status = take(path, "parcels")
    assert (document["state"], status) == ("refused", 1)
    assert codes_of(document) == {"L01"}
    assert "4544" in document["errors"][0]["message"]
    assert not Vintage.objects.exists()


def test_L01_a_declared_system_is_taken_at_its_word(township, tmp_path):
    path = gpkg(tmp_path / "a.gpkg", two_parcels(), parcel_columns(["0101", "0103"]), srid=None)
    document, status = take(path, "parcels", source_crs=4544)
    assert (document["state"], status) == ("applied", 0)


def test_L02_a_layer_of_zone_34_declared_as_zone_35_is_a_zone_shift(township, tmp_path):
    shapes = [moved(shape, 4544, 4543) for shape in two_parcels()]
    path = gpkg(tmp_path / "a.gpkg", shapes, parcel_columns(["0101", "0103"]), srid=4544)
    document, status = take(path, "parcels")
    assert (document["state"], status, codes_of(document)) == ("refused", 1, {"L02"})
    assert "4543" in document["errors"][0]["message"]


def test_L02_a_stray_feature_is_quarantined_and_the_layer_loads(township, tmp_path):
    shapes = [*two_parcels(), at(200_000, 0, 50, 50)]
    path = gpkg(tmp_path / "a.gpkg", shapes, parcel_columns(["0101", "0103", "0301"]))
    document, status = take(path, "parcels")
    assert (document["state"], status) == ("applied", 1)
    assert (document["accepted"], document["quarantined"], codes_of(document)) == (2, 1, {"L02"})
    assert document["errors"][0]["row"] == 3


def test_L03_a_zone_prefix_that_the_declared_system_does_not_have_is_refused(township, tmp_path):
    shapes = [moved(shape, 4544, 4523) for shape in two_parcels()]
    path = gpkg(tmp_path / "a.gpkg", shapes, parcel_columns(["0101", "0103"]), srid=4544)
    document, status = take(path, "parcels")
    assert (document["state"], status, codes_of(document)) == ("refused", 1, {"L03"})
    assert "4523" in document["errors"][0]["message"]


def test_L04_what_is_no_polygon_or_has_no_area_is_quarantined_with_its_reason(township, tmp_path):
    flat = Polygon([(366000, 2545000), (366050, 2545000), (366100, 2545000)])
    shapes = [*two_parcels(), Point(366010, 2545010), flat, None]
    path = gpkg(tmp_path / "a.gpkg", shapes, parcel_columns(["0101"] * 5))
    document, status = take(path, "parcels")
    assert (document["accepted"], document["quarantined"], status) == (2, 3, 1)
    assert codes_of(document) == {"L04"}
    assert [error["row"] for error in document["errors"]] == [3, 4, 5]
    vintage = Vintage.objects.get()
    assert (vintage.feature_count, vintage.quarantined_count) == (2, 3)


def test_L04_heights_are_dropped_and_counted(township, tmp_path):
    raised = shapely.force_3d(at(0, 0, 100, 100), 1350.0)
    path = gpkg(tmp_path / "a.gpkg", [raised], parcel_columns(["0101"]), geometry_type="Polygon Z")
    document, status = take(path, "parcels")
    assert (document["state"], status) == ("applied", 0)
    assert Parcel.objects.get().geom.hasz is False


def test_L05_a_bow_tie_is_quarantined_with_place_and_both_areas(township, tmp_path):
    tie = Polygon([(366000, 2545200), (366100, 2545300), (366100, 2545200), (366000, 2545300)])
    path = gpkg(tmp_path / "a.gpkg", [*two_parcels(), tie], parcel_columns(["0101", "0103", "0301"]))
    document, status = take(path, "parcels")
    assert (document["accepted"], document["quarantined"], status, codes_of(document)) == (2, 1, 1, {"L05"})
    row = ImportBatch.objects.get().staged.get(action=RowAction.QUARANTINE)
    assert {"area_before", "area_after", "place", "envelope"} <= row.values.keys()
    held = Vintage.objects.get().quarantine.get()
    assert (held.code, held.number) == ("L05", 3)
    assert 103.69 < held.place.x < 103.70
    assert held.envelope.covers(held.place)


def test_L05_two_parts_with_a_common_edge_are_merged_because_the_area_stays(township, tmp_path):
    pair = MultiPolygon([at(0, 0, 50, 100), at(50, 0, 50, 100)])
    assert not pair.is_valid
    path = gpkg(tmp_path / "a.gpkg", [pair], parcel_columns(["0101"]))
    document, status = take(path, "parcels")
    assert (document["accepted"], document["quarantined"], status) == (1, 0, 0)
    assert [warning["code"] for warning in document["warnings"]] == ["L05"]
    assert Parcel.objects.get().geom.valid


def test_a_layer_without_class_codes_says_what_is_missing_and_what_was_found(township, tmp_path):
    columns = {"NAME": ["甲"], "KIND": ["乙"]}
    document, status = take(gpkg(tmp_path / "a.gpkg", [at(0, 0, 50, 50)], columns), "parcels")
    assert (document["state"], status, codes_of(document)) == ("refused", 1, {"columns"})
    message = document["errors"][0]["message"]
    assert "DLBM" in message
    assert "NAME、KIND" in message


def test_parcels_given_as_basic_farmland_are_refused(township, tmp_path):
    columns = parcel_columns(["0101"], TBDLMJ=[100.0])
    document, _status = take(gpkg(tmp_path / "a.gpkg", [at(0, 0, 10, 10)], columns), "basic_farmland")
    assert (document["state"], codes_of(document)) == ("refused", {"columns"})


def test_columns_are_known_by_their_chinese_names_and_in_lower_case(township, tmp_path):
    columns = {"标识码": ["B1"], "地类编码": ["0103"], "坐落单位代码": ["532523205202"], "tbmj": [100.0]}
    document, status = take(gpkg(tmp_path / "a.gpkg", [at(0, 0, 10, 10.006)], columns), "parcels")
    assert (document["state"], status) == ("applied", 0)
    row = Parcel.objects.get()
    assert (row.bsm, row.class_code, str(row.gross_m2), row.village.name) == (
        "B1",
        "0103",
        "100.00",
        "岩峰村委会",
    )


def test_X01_personal_columns_are_not_read_and_that_is_said(township, tmp_path):
    secret = {"ZRRZJHM": ["532523196803150012"], "LXDH": ["13987300000"], "JZDZ": ["戈纪街9号"]}
    path = gpkg(tmp_path / "a.gpkg", [at(0, 0, 50, 50)], zone_columns(1, **secret))
    document, status = take(path, "basic_farmland")
    assert status == 0
    assert document["totals"]["personal_dropped"] == ["ZRRZJHM", "LXDH", "JZDZ"]
    kept = Zone.objects.get()
    assert "5325231968" not in json.dumps([document, kept.attrs], ensure_ascii=False)


def test_L07_the_same_shape_and_id_twice_is_taken_once(township, tmp_path):
    columns = parcel_columns(["0101", "0101"]) | {"BSM": ["B1", "B1"]}
    document, status = take(gpkg(tmp_path / "a.gpkg", [at(0, 0, 50, 50)] * 2, columns), "parcels")
    assert (document["accepted"], document["quarantined"], status, codes_of(document)) == (1, 0, 1, {"L07"})


def test_L11_a_class_name_that_is_not_the_codes_is_remarked(township, tmp_path):
    columns = parcel_columns(["0101", "0103"], names=["水田", "水田"])
    document, status = take(gpkg(tmp_path / "a.gpkg", two_parcels(), columns), "parcels")
    assert (document["state"], status) == ("applied", 0)
    assert [(warning["row"], warning["code"]) for warning in document["warnings"]] == [(2, "L11")]


def test_L11_when_no_class_name_fits_the_encoding_is_asked_about(township, tmp_path):
    columns = parcel_columns(["0101", "0103"], names=["甲", "乙"])
    document, _status = take(gpkg(tmp_path / "a.gpkg", two_parcels(), columns), "parcels")
    assert (document["state"], codes_of(document)) == ("refused", {"L11"})


def test_L12_another_data_year_is_a_remark_on_an_official_delivery_and_an_error_on_ones_own(
    township, tmp_path
):
    columns = parcel_columns(["0101", "0103"]) | {"SJNF": [2024, 2023]}
    path = gpkg(tmp_path / "a.gpkg", two_parcels(), columns)
    own, own_status = take(path, "parcels", apply=False, official=False)
    assert (codes_of(own), own["accepted"], own_status) == ({"L12"}, 1, 1)
    document, status = take(path, "parcels")
    assert (document["accepted"], status) == (2, 0)
    assert [(warning["row"], warning["code"]) for warning in document["warnings"]] == [(2, "L12")]


def test_L13_a_year_without_farmland_is_refused_when_there_was_some_before(township, tmp_path):
    take(gpkg(tmp_path / "a.gpkg", two_parcels(), parcel_columns(["0101", "0103"])), "parcels")
    bare = parcel_columns(["0301", "0702"]) | {"SJNF": [2025, 2025]}
    document, _status = take(gpkg(tmp_path / "b.gpkg", two_parcels(), bare), "parcels", year=2025)
    assert (document["state"], codes_of(document)) == ("refused", {"L13"})


def test_L14_three_digit_codes_of_the_second_survey_are_refused(township, tmp_path):
    columns = parcel_columns(["011", "013"], names=["水田", "旱地"])
    document, _status = take(gpkg(tmp_path / "a.gpkg", two_parcels(), columns), "parcels")
    assert document["state"] == "refused"
    assert "L14" in codes_of(document)


def test_A04_a_counted_area_that_does_not_follow_from_its_parts_is_remarked_to_the_cent(township, tmp_path):
    areas = {
        "TBMJ": [9995.2, 9995.2], "KCXS": [0.1165, 0.1165], "KCMJ": [1164.44, 1164.44],
        "TBDLMJ": [8830.76, 8830.80],
    }  # fmt: skip
    columns = parcel_columns(["0101", "0103"], **areas)
    document, status = take(gpkg(tmp_path / "a.gpkg", two_parcels(), columns), "parcels")
    remarked = [
        (warning["row"], warning["column"]) for warning in document["warnings"] if warning["code"] == "A04"
    ]
    assert (remarked, status) == ([(2, "TBDLMJ")], 0)


def test_A07_stated_and_measured_area_are_both_kept_and_the_difference_remarked(township, tmp_path):
    columns = parcel_columns(["0101", "0103"], TBMJ=[float(official_area(two_parcels()[0])), 10_500.0])
    document, _status = take(gpkg(tmp_path / "a.gpkg", two_parcels(), columns), "parcels")
    assert [(w["row"], w["code"]) for w in document["warnings"]] == [(2, "A07")]
    row = Parcel.objects.get(number=2)
    assert str(row.gross_m2) == "10500.00"
    assert row.official_m2 == official_area(two_parcels()[1])


def test_garbled_text_is_refused_before_anything_is_staged(township, tmp_path):
    columns = parcel_columns(["0101", "0103"], names=["Ë®Ìï", "ºµµØ"])
    document, _status = take(gpkg(tmp_path / "a.gpkg", two_parcels(), columns), "parcels")
    assert (document["state"], codes_of(document)) == ("refused", {"encoding"})


def test_a_dry_run_touches_no_fact(township, tmp_path):
    path = gpkg(tmp_path / "a.gpkg", two_parcels(), parcel_columns(["0101", "0103"]))
    document, status = take(path, "parcels", apply=False)
    assert (document["state"], document["accepted"], status) == ("staged", 2, 0)
    assert not Vintage.objects.exists()
    assert not Parcel.objects.exists()


def test_the_same_layer_of_the_same_year_is_not_loaded_twice(township, tmp_path):
    path = gpkg(tmp_path / "a.gpkg", two_parcels(), parcel_columns(["0101", "0103"]))
    first, _status = take(path, "parcels")
    document, status = take(path, "parcels", of=township)
    assert (document["state"], status, codes_of(document)) == ("refused", 1, {"already_loaded"})
    assert str(first["batch"]) in document["errors"][0]["message"]


def test_a_reversed_layer_is_gone_and_can_come_again(township, tmp_path):
    path = gpkg(tmp_path / "a.gpkg", two_parcels(), parcel_columns(["0101", "0103"]))
    document, _status = take(path, "parcels")
    reverse_batch(ImportBatch.objects.get(pk=document["batch"]), by=None)
    assert not Parcel.objects.exists()
    assert Vintage.objects.get().dropped_at is not None
    again, _status = take(path, "parcels")
    assert again["state"] == "applied"
    assert Parcel.objects.count() == 2


def test_a_layer_whose_division_cannot_be_seen_is_refused_with_a_sentence(township, tmp_path):
    columns = parcel_columns(["0101", "0103"]) | {"ZLDWDM": ["999999999999", "999999999999"]}
    path = gpkg(tmp_path / "a.gpkg", two_parcels(), columns)
    document, _status = take(path, "parcels")
    assert (document["state"], codes_of(document)) == ("refused", {"no_division"})
    stated, _status = take(path, "parcels", of=township)
    assert stated["state"] == "applied"
    assert stated["totals"]["unmatched_codes"] == ["999999999999"]


def test_a_layer_that_names_no_place_at_all_is_taken_for_the_countys(township, tmp_path):
    path = gpkg(tmp_path / "a.gpkg", [at(0, 0, 100, 100)], {"name": ["a"]})
    document, status = take(path, "basic_farmland")
    assert (document["state"], status, document["totals"]["division_code"]) == ("applied", 0, "532523")
    assert any("屏边苗族自治县" in note for note in document["totals"]["notes"])
    assert Vintage.objects.get().coverage_basis == "assumed"


def test_without_any_division_a_layer_that_names_no_place_is_refused(db, files, tmp_path):
    path = gpkg(tmp_path / "a.gpkg", [at(0, 0, 100, 100)], {"name": ["a"]})
    document, status = take(path, "basic_farmland")
    assert (document["state"], status, codes_of(document)) == ("refused", 1, {"no_division"})


def test_a_file_refused_for_its_ending_is_read_when_it_comes_again_under_the_right_name(township, tmp_path):
    wrong = gpkg(tmp_path / "a.gpkg", two_parcels(), parcel_columns(["0101", "0103"])).rename(
        tmp_path / "a.txt"
    )
    document, _status = take(wrong, "parcels")
    assert (document["state"], codes_of(document)) == ("refused", {"unknown_format"})
    document, status = take(wrong.rename(tmp_path / "a.gpkg"), "parcels")
    assert (document["state"], status, document["accepted"]) == ("applied", 0, 2)


def test_the_division_is_the_lowest_that_has_all_villages_of_the_rows(township, tmp_path):
    columns = parcel_columns(["0101", "0103"]) | {"ZLDWDM": ["5325232052010000000", "5325232052020000000"]}
    document, _status = take(gpkg(tmp_path / "a.gpkg", two_parcels(), columns), "parcels")
    assert document["totals"]["division"] == township.name
    assert document["totals"]["villages"] == 2


def test_a_code_that_two_systems_give_to_two_villages_is_joined_by_the_ground(township, tmp_path):
    from registry.models import DivisionCode

    mine, other = township.children.order_by("name")
    DivisionCode.objects.create(
        division=other, system="mca", code=mine.codes.get().code, valid=factories.period("2013-01-01")
    )
    outline = moved(at(-500, -500, 1000, 1000), 4544, 4490)
    factories.boundary(other, factories.GEOSGeometry(outline.wkt, srid=4490))
    columns = parcel_columns(["0101"]) | {"ZLDWDM": [mine.codes.get().code]}
    document, _status = take(gpkg(tmp_path / "a.gpkg", [at(0, 0, 50, 50)], columns), "parcels", of=township)
    assert document["totals"]["village_basis"] == "place"
    assert Parcel.objects.get().village == other


def test_a_code_whose_village_lies_elsewhere_is_not_joined(township, tmp_path):
    mine, other = township.children.order_by("name")
    far = moved(at(5000, 5000, 1000, 1000), 4544, 4490)
    near = moved(at(-500, -500, 1000, 1000), 4544, 4490)
    factories.boundary(mine, factories.GEOSGeometry(far.wkt, srid=4490))
    factories.boundary(other, factories.GEOSGeometry(near.wkt, srid=4490))
    columns = parcel_columns(["0101"]) | {"ZLDWDM": [mine.codes.get().code]}
    document, _status = take(gpkg(tmp_path / "a.gpkg", [at(0, 0, 50, 50)], columns), "parcels", of=township)
    assert Parcel.objects.get().village == other
    assert any(mine.codes.get().code in note for note in document["totals"]["notes"])


def test_coverage_is_the_outline_else_the_parcels_else_a_widened_box(township, tmp_path):
    path = gpkg(tmp_path / "a.gpkg", two_parcels(), parcel_columns(["0101", "0103"]))
    take(path, "parcels", of=township)
    take(gpkg(tmp_path / "z.gpkg", [at(0, 0, 50, 50)], zone_columns(1)), "basic_farmland", of=township)
    outline = moved(at(-500, -500, 3000, 3000), 4544, 4490)
    factories.boundary(township, factories.GEOSGeometry(outline.wkt, srid=4490))
    later = parcel_columns(["0101", "0103"]) | {"SJNF": [2025, 2025]}
    take(gpkg(tmp_path / "b.gpkg", two_parcels(), later), "parcels", year=2025, of=township)
    bases = dict(Vintage.objects.values_list("batch__kind", "coverage_basis").filter(year=2024))
    assert bases == {"layer:parcels": "features", "layer:basic_farmland": "assumed"}
    assert Vintage.objects.get(year=2025).coverage_basis == "boundary"


def test_an_import_asks_the_same_number_of_queries_for_ten_parcels_and_for_a_hundred(township, tmp_path):
    counts = []
    for size in (10, 100):
        shapes = [at(60 * n, 0, 50, 50) for n in range(size)]
        columns = parcel_columns(["0101"] * size) | {"SJNF": [2020 + size // 10] * size}
        path = gpkg(tmp_path / f"{size}.gpkg", shapes, columns)
        with CaptureQueriesContext(connection) as queries:
            document, _status = take(path, "parcels", year=2020 + size // 10, of=township)
        assert document["state"] == "applied"
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] < 95


def test_reading_the_same_file_again_drops_what_was_staged_before(township, tmp_path):
    path = gpkg(tmp_path / "a.gpkg", two_parcels(), parcel_columns(["0101", "0103"]))
    first, _status = take(path, "parcels", apply=False)
    second, _status = take(path, "parcels", apply=False)
    assert (staging.count(first["batch"]), staging.count(second["batch"])) == (0, 2)
    apply_batch(ImportBatch.objects.get(pk=first["batch"]), by=None)
    assert Parcel.objects.count() == 2


def test_a_staging_table_lost_in_a_crash_is_made_again_from_the_kept_file(township, tmp_path):
    path = gpkg(tmp_path / "a.gpkg", two_parcels(), parcel_columns(["0101", "0103"]))
    document, _status = take(path, "parcels", apply=False)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE land_stagedfeature")
    apply_batch(ImportBatch.objects.get(pk=document["batch"]), by=None)
    assert Parcel.objects.count() == 2


def test_outlines_of_divisions_come_in_by_their_codes_and_go_again(township, tmp_path):
    from registry.models import DivisionBoundary

    columns = {
        "XZQDM": ["532523205201", "532523205299"],
        "XZQMC": ["戈纪街村", "无此村"],
        "DCMJ": [9999.5, 1.0],
    }
    path = gpkg(tmp_path / "xzq.gpkg", [at(0, 0, 100, 100), at(100, 0, 100, 100)], columns)
    document, status = take(path, "divisions")
    assert (document["accepted"], status, codes_of(document)) == (1, 1, {"no_division"})
    laid = DivisionBoundary.objects.get()
    assert (laid.division.name, str(laid.control_area_m2)) == ("戈纪街村委会", "9999.50")
    newer, _status = take(path, "divisions", year=2025)
    assert sorted(row.valid.lower.year for row in DivisionBoundary.objects.all()) == [2013, 2025]
    reverse_batch(ImportBatch.objects.get(pk=newer["batch"]), by=None)
    assert DivisionBoundary.objects.get().valid.upper is None
