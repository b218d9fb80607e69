"""Layer files: formats, encodings, coordinate systems, and what a hostile or careless file gets."""

import json
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
import shapely

from registry import geo
from registry.readers.errors import ReadError
from registry.readers.vector import (
    EmptyLayer,
    OutsideCounty,
    RefusedDatum,
    SeveralLayers,
    UnknownCRS,
    UnreadableLayer,
    WrongEncoding,
    ZonePrefix,
    locate,
    open_layer,
    propose,
    resolve_srid,
)
from tests.registry.shapefiles import (
    COUNTY,
    forged_zip,
    point_z_wkb,
    set_ldid,
    squares,
    survey_layer,
    write,
    zipped,
)

SAMPLES = Path(os.environ.get("TIANZHANG_SAMPLES", "samples"))
BEIJING_54 = (
    'PROJCS["Beijing_1954_3_Degree_GK_Zone_35",GEOGCS["GCS_Beijing_1954",DATUM["D_Beijing_1954",'
    'SPHEROID["Krasovsky_1940",6378245.0,298.3]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],'
    'PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",35500000.0],PARAMETER["False_Northing",0.0],'
    'PARAMETER["Central_Meridian",105.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],'
    'UNIT["Meter",1.0]]'
)


def opened(path, **options):
    """Open with the county's profile."""
    return open_layer(path, profile=COUNTY, **options)


def refusal(path, error=ReadError, **options):
    """The refusal of a file that must not open, whose message must be a sentence."""
    with pytest.raises(error) as caught:
        opened(path, **options)
    assert len(str(caught.value)) > 6
    return caught.value


# --- formats


def test_a_shapefile_in_gb18030_without_cpg_reads_as_chinese(tmp_path):
    with opened(survey_layer(tmp_path)) as layer:
        assert (layer.kind, layer.feature_count, layer.encoding, layer.encoding_source) == (
            "shp",
            3,
            "GB18030",
            "trial",
        )
        assert layer.fields == ["BSM", "DLBM", "DLMC", "TBMJ"]
        features = list(layer.features(size=2))
    assert [f[0] for f in features] == [1, 2, 3]
    assert [f[1]["DLMC"] for f in features] == ["水田", "旱地", "农村道路"]
    assert features[0][1]["TBMJ"] == 400.0
    assert features[2][2].equals(squares()[2])


@pytest.mark.parametrize("suffix", [".gpkg", ".gdb", ".kml"])
def test_other_formats_give_the_same_features(tmp_path, suffix):
    srid = 4326 if suffix == ".kml" else 4544
    path = write(
        tmp_path / f"layer{suffix}", squares(srid=srid), {"DLMC": ["水田", "旱地", "道路"]}, srid=srid
    )
    with opened(path) as layer:
        assert layer.srid == srid
        assert resolve_srid(layer) == srid
        assert [f[1]["DLMC"] for f in layer.features()] == ["水田", "旱地", "道路"]


def test_a_zipped_geodatabase_and_a_folder_of_shapefile_parts_open(tmp_path):
    (tmp_path / "in").mkdir()
    write(tmp_path / "in" / "survey.gdb", squares(), {"DLMC": ["水田", "旱地", "道路"]})
    with opened(zipped(tmp_path / "in", tmp_path / "survey.zip")) as layer:
        assert (layer.kind, layer.feature_count) == ("gdb", 3)
    (tmp_path / "parts").mkdir()
    survey_layer(tmp_path / "parts")
    with opened(tmp_path / "parts") as layer:
        assert (layer.kind, layer.name) == ("shp", "DLTB")


def test_a_zip_is_unpacked_into_a_folder_that_goes_away(tmp_path):
    (tmp_path / "in").mkdir()
    survey_layer(tmp_path / "in")
    with opened(zipped(tmp_path / "in", tmp_path / "a.zip", prefix="交付/")) as layer:
        folder = Path(layer._folder.name)
        assert len(list(layer.features())) == 3
    assert not folder.exists()


def test_upper_case_parts_and_gbk_names_in_a_zip_are_found(tmp_path):
    (tmp_path / "in").mkdir()
    survey_layer(tmp_path / "in")
    target = tmp_path / "a.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for place in (tmp_path / "in").iterdir():
            info = zipfile.ZipInfo(("图斑" + place.suffix.upper()).encode("gb18030").decode("cp437"))
            archive.writestr(info, place.read_bytes())
    with opened(target) as layer:
        assert layer.feature_count == 3


def test_several_layers_are_named_and_one_can_be_chosen(tmp_path):
    path = write(tmp_path / "a.gpkg", squares(), {"n": [1, 2, 3]}, layer="DLTB")
    write(path, squares(2), {"n": [1, 2]}, layer="YJJBNTBHTB", append=False)
    error = refusal(path, SeveralLayers)
    assert error.proposals == ["DLTB", "YJJBNTBHTB"]
    assert "DLTB" in str(error)
    with opened(path, layer="YJJBNTBHTB") as layer:
        assert layer.feature_count == 2
    assert refusal(path, SeveralLayers, layer="nothing").proposals == ["DLTB", "YJJBNTBHTB"]


def test_a_zip_with_two_shapefiles_asks_which(tmp_path):
    for name in ("a", "b"):
        write(tmp_path / f"{name}.shp", squares(), {"n": [1, 2, 3]})
    path = zipped(tmp_path, tmp_path / "two.zip")
    assert refusal(path, SeveralLayers).proposals == ["a", "b"]
    with opened(path, layer="b") as layer:
        assert layer.name == "b"


def test_curves_become_lines():
    path = SAMPLES / "formats" / "pyogrio_curvepolygon.gpkg"
    if "TIANZHANG_SAMPLES" not in os.environ:
        pytest.skip("TIANZHANG_SAMPLES does not name the files of other makers")
    with opened(path) as layer:
        assert [f[2].geom_type for f in layer.features()] == ["Polygon"]


def test_the_published_shapefile_without_cpg_reads_right():
    path = SAMPLES / "encodings" / "geotools_chinese_poly" / "chinese_poly.shp"
    if "TIANZHANG_SAMPLES" not in os.environ:
        pytest.skip("TIANZHANG_SAMPLES does not name the files of other makers")
    with opened(path) as layer:
        assert next(layer.features())[1]["NAME"] == "黑龙江省"
        with pytest.raises(OutsideCounty):
            resolve_srid(layer)


def test_heights_are_dropped_with_a_note(tmp_path):
    path = tmp_path / "z.geojson"
    ring = [[103.69, 22.99, 5], [103.70, 22.99, 5], [103.70, 23.0, 5], [103.69, 22.99, 5]]
    path.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    with opened(path) as layer:
        assert not next(layer.features())[2].has_z
        assert len(layer.notes) == 1
    assert shapely.from_wkb(point_z_wkb(1, 2, 3)).has_z


# --- GeoJSON


def geojson(tmp_path, geometry, **members):
    feature = {"type": "Feature", "properties": {"名称": "水窖"}, "geometry": geometry}
    path = tmp_path / "a.geojson"
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": [feature], **members}), encoding="utf-8"
    )
    return path


def square_of(srid):
    return shapely.geometry.mapping(squares(1, srid)[0])


def test_geojson_in_degrees_is_wgs84_by_its_standard(tmp_path):
    with opened(geojson(tmp_path, square_of(4490))) as layer:
        assert (layer.srid, layer.srid_source) == (4326, "rfc7946")
        assert resolve_srid(layer) == 4326
        assert next(layer.features())[1] == {"名称": "水窖"}


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:EPSG::4544", "EPSG:4544"])
def test_a_known_crs_member_is_obeyed(tmp_path, name):
    crs = {"type": "name", "properties": {"name": name}}
    with opened(geojson(tmp_path, square_of(4544), crs=crs)) as layer:
        assert resolve_srid(layer) == 4544


@pytest.mark.parametrize("name", ["/etc/passwd", "+proj=utm +zone=48", "http://evil/4544", ["EPSG:4544"]])
def test_any_other_crs_member_is_not_followed(tmp_path, name):
    crs = {"type": "name", "properties": {"name": name}}
    with opened(geojson(tmp_path, square_of(4544), crs=crs)) as layer:
        assert layer.srid is None
        with pytest.raises(UnknownCRS) as caught:
            resolve_srid(layer)
    assert caught.value.proposals == [4544]


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        {"type": "Polygon", "coordinates": [[[1, 2]]]},
        {"type": "Nonsense"},
        {"coordinates": 3},
        {"type": "Polygon", "coordinates": "x"},
    ],
)
def test_a_broken_shape_is_reported_at_its_feature(tmp_path, geometry):
    path = tmp_path / "a.geojson"
    good = {"type": "Feature", "properties": {}, "geometry": square_of(4490)}
    bad = {"type": "Feature", "properties": None, "geometry": geometry}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [good, bad]}))
    with opened(path) as layer:
        batch = next(layer.batches())
    assert batch.geometries[0] is not None
    assert batch.geometries[1] is None
    assert list(batch.problems) == [2]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[1, 2]",
        "{",
        "nothing",
        '{"type": "FeatureCollection"}',
        '{"type": "Topology"}',
        '{"a": ' * 100_000,
        "\x00",
    ],
)
def test_what_is_not_geojson_gets_a_sentence(tmp_path, content):
    path = tmp_path / "a.geojson"
    path.write_text(content)
    assert refusal(path, UnreadableLayer).code == "unreadable"


def test_an_empty_collection_is_refused(tmp_path):
    path = tmp_path / "a.geojson"
    path.write_text('{"type": "FeatureCollection", "features": []}')
    assert refusal(path, EmptyLayer).code == "empty_layer"


def test_nul_and_half_surrogates_in_attributes_are_removed(tmp_path):
    path = tmp_path / "a.geojson"
    feature = {"type": "Feature", "properties": {"a": "x\0y\ud800", "b": [1]}, "geometry": square_of(4490)}
    path.write_text(json.dumps(feature))
    with opened(path) as layer:
        attributes = next(layer.features())[1]
    assert attributes == {"a": "xy?", "b": "[1]"}


# --- encodings


@pytest.mark.parametrize(
    ("encoding", "cpg", "ldid", "found"),
    [
        ("GB18030", None, 0, ("GB18030", "trial", 0)),
        ("GB18030", "GBK", 0, ("GB18030", "cpg", 0)),
        ("GB18030", "936", 0, ("GB18030", "cpg", 0)),
        ("GB18030", None, 0x4D, ("GB18030", "ldid", 0)),
        ("UTF-8", "UTF-8", 0, ("UTF-8", "cpg", 0)),
        ("UTF-8", None, 0, ("UTF-8", "trial", 0)),
        ("GB18030", "UTF-8", 0, ("GB18030", "trial", 1)),
        ("UTF-8", "GBK", 0, ("UTF-8", "trial", 1)),
        ("GB18030", "ISO-8859-1", 0, ("GB18030", "trial", 1)),
        ("UTF-8", "UTF-8", 0x4D, ("UTF-8", "cpg", 1)),
    ],
)
def test_encodings_are_found_and_contradictions_noted(tmp_path, encoding, cpg, ldid, found):
    path = survey_layer(tmp_path, encoding=encoding, cpg=cpg)
    set_ldid(tmp_path / "DLTB.dbf", ldid)
    with opened(path) as layer:
        assert (layer.encoding, layer.encoding_source, len(layer.notes)) == found
        assert [f[1]["DLMC"] for f in layer.features()] == ["水田", "旱地", "农村道路"]


@pytest.mark.parametrize(
    ("written", "declared"), [("GB18030", "UTF-8"), ("UTF-8", "GBK"), ("GB18030", "latin1")]
)
def test_a_wrongly_declared_encoding_is_refused_with_the_right_one(tmp_path, written, declared):
    error = refusal(survey_layer(tmp_path, encoding=written), WrongEncoding, encoding=declared)
    assert error.proposals == [written]


def test_an_unknown_encoding_is_refused(tmp_path):
    assert refusal(survey_layer(tmp_path), WrongEncoding, encoding="klingon").code == "encoding"


def test_a_chinese_field_name_cut_in_mid_character_stays_readable(tmp_path):
    columns = {"地类编码": ["0101", "0103", "1006"], "地类名称": ["水田", "旱地", "道路"]}
    path = write(tmp_path / "a.shp", squares(), columns, encoding="UTF-8")
    with opened(path) as layer:
        assert layer.encoding == "UTF-8"
        assert [name[:3] for name in layer.fields] == ["地类编", "地类名"]
        assert [list(f[1].values())[1] for f in layer.features()] == ["水田", "旱地", "道路"]


def test_every_byte_of_gb18030_survives(tmp_path):
    rare = ["丂亐仚", "屏边丼凔", "镕囧堃喆"]
    path = write(tmp_path / "a.shp", squares(), {"MC": rare, "SZ": ["水田"] * 3}, encoding="GB18030")
    with opened(path) as layer:
        assert [f[1]["MC"] for f in layer.features()] == rare


def test_one_bad_character_is_reported_at_its_feature_and_costs_no_other(tmp_path):
    count = 200
    path = survey_layer(tmp_path, count=count)
    dbf = tmp_path / "DLTB.dbf"
    content = dbf.read_bytes()
    at = content.index("旱地".encode("gb18030"))
    dbf.write_bytes(content[:at] + b"\xff\xff\xff\xff" + content[at + 4 :])
    with opened(path) as layer:
        batch = next(layer.batches())
    assert list(batch.problems) == [2]
    assert batch.columns["DLMC"][0] == "水田"
    assert batch.columns["DLMC"][2] == "农村道路"


@pytest.mark.parametrize(
    "name",
    [
        "水田".encode("gb18030").decode("latin-1"),
        "水田和旱地".encode().decode("gb18030", errors="ignore"),
        "水\ufffd\ufffd",
    ],
)
def test_text_garbled_before_it_was_stored_is_refused(tmp_path, name):
    path = write(tmp_path / "a.gpkg", squares(), {"DLMC": [name] * 3})
    assert refusal(path, WrongEncoding).code == "encoding"


# --- coordinate systems


@pytest.mark.parametrize("srid", [4490, 4326, 4522, 4523, 4543, 4544, 4496])
def test_every_system_of_the_county_is_resolved_from_the_prj(tmp_path, srid):
    with opened(survey_layer(tmp_path, srid=srid)) as layer:
        assert resolve_srid(layer) == srid
        located = locate(next(layer.batches()).geometries, srid, COUNTY)
    assert not located.outside.any()
    assert np.allclose(shapely.bounds(located.geometries), shapely.bounds(squares(srid=4490)), atol=1e-9)


@pytest.mark.parametrize("srid", [4522, 4523, 4543, 4544, 4490])
def test_L01_a_layer_without_prj_is_asked_about_with_what_fits(tmp_path, srid):
    path = write(tmp_path / "a.shp", squares(srid=srid), {"n": [1, 2, 3]}, srid=srid)
    (tmp_path / "a.prj").unlink()
    with opened(path) as layer:
        assert layer.srid is None
        with pytest.raises(UnknownCRS) as caught:
            resolve_srid(layer)
        assert caught.value.code == "L01"
        assert srid in caught.value.proposals
        assert f"EPSG:{srid}" in str(caught.value)
        assert resolve_srid(layer, srid) == srid


def test_L01_a_system_of_another_place_is_refused(tmp_path):
    with (
        opened(write(tmp_path / "a.gpkg", squares(), {"n": [1, 2, 3]}, srid=32648)) as layer,
        pytest.raises(UnknownCRS) as caught,
    ):
        resolve_srid(layer)
    assert caught.value.proposals == [4544]


def test_L03_E23_unprefixed_declaration_with_prefixed_numbers_offers_the_right_one(tmp_path):
    path = write(tmp_path / "a.gpkg", squares(srid=4523), {"n": [1, 2, 3]}, srid=4544)
    with opened(path) as layer, pytest.raises(ZonePrefix) as caught:
        resolve_srid(layer)
    assert (caught.value.code, caught.value.proposals) == ("L03", [4523])


def test_L03_prefixed_declaration_with_bare_numbers_offers_the_right_one(tmp_path):
    path = write(tmp_path / "a.gpkg", squares(srid=4544), {"n": [1, 2, 3]}, srid=4523)
    with opened(path) as layer, pytest.raises(ZonePrefix) as caught:
        resolve_srid(layer)
    assert caught.value.proposals == [4544]


def test_L02_E24_a_zone_34_layer_declared_as_zone_35_is_three_degrees_off(tmp_path):
    path = write(tmp_path / "a.gpkg", squares(srid=4543), {"n": [1, 2, 3]}, srid=4544)
    with opened(path) as layer, pytest.raises(OutsideCounty) as caught:
        resolve_srid(layer)
    assert (caught.value.code, caught.value.proposals, caught.value.details["kind"]) == (
        "L02",
        [4543],
        "zone_shift",
    )
    assert "3" in str(caught.value)


@pytest.mark.parametrize("srid", [4544, 4523, 4490])
def test_L02_E26_exchanged_axes_are_named(tmp_path, srid):
    turned = shapely.transform(squares(srid=srid), lambda xy: xy[:, ::-1])
    with (
        opened(write(tmp_path / "a.gpkg", turned, {"n": [1, 2, 3]}, srid=srid)) as layer,
        pytest.raises(OutsideCounty) as caught,
    ):
        resolve_srid(layer)
    assert caught.value.details["kind"] == "swapped"


@pytest.mark.parametrize(("numbers", "declared"), [(4490, 4544), (4544, 4490)])
def test_L02_degrees_declared_as_metres_and_the_reverse_are_named(tmp_path, numbers, declared):
    path = write(tmp_path / "a.gpkg", squares(srid=numbers), {"n": [1, 2, 3]}, srid=declared)
    with opened(path) as layer, pytest.raises(OutsideCounty) as caught:
        resolve_srid(layer)
    assert numbers in caught.value.proposals


def test_L02_a_stray_feature_is_marked_and_does_not_refuse_the_layer(tmp_path):
    shapes = squares(5)
    shapes[4] = shapely.transform(shapes[4], lambda xy: xy + [300_000, 0])
    with opened(write(tmp_path / "a.gpkg", shapes, {"n": [1, 2, 3, 4, 5]})) as layer:
        located = locate(next(layer.batches()).geometries, resolve_srid(layer), COUNTY)
    assert located.outside.tolist() == [False, False, False, False, True]


def test_old_datums_are_refused_by_prj_and_by_option(tmp_path):
    path = survey_layer(tmp_path)
    (tmp_path / "DLTB.prj").write_text(BEIJING_54)
    with opened(path) as layer, pytest.raises(RefusedDatum) as caught:
        resolve_srid(layer)
    assert "Beijing 1954" in str(caught.value)
    with opened(path, source_srid=2363) as layer, pytest.raises(RefusedDatum):
        resolve_srid(layer)


def test_the_users_word_wins_over_the_file_and_is_noted(tmp_path):
    with opened(survey_layer(tmp_path, srid=4544), source_srid=4507) as layer:
        assert (resolve_srid(layer), layer.srid_source) == (4507, "option")
        assert any("4544" in note for note in layer.notes)


def test_an_old_datum_of_the_file_that_the_user_overrules_is_noted(tmp_path):
    path = survey_layer(tmp_path)
    (tmp_path / "DLTB.prj").write_text(BEIJING_54)
    with opened(path, source_srid=4544) as layer:
        assert any("Beijing 1954" in note and "4544" in note for note in layer.notes)


def test_a_number_without_end_is_refused_without_the_words_of_python(tmp_path):
    path = tmp_path / "a.geojson"
    path.write_text('{"type": "Point", "coordinates": [' + "1" * 5000 + ", 23]}")
    assert "digits" not in str(refusal(path, UnreadableLayer))


def test_proposals_put_the_working_zone_first():
    bounds = tuple(shapely.total_bounds(squares()))
    assert propose(bounds, geo.CountyProfile.from_dict(COUNTY))[0] == 4544


# --- careless and hostile files


@pytest.mark.parametrize("missing", [".dbf", ".shx"])
def test_a_shapefile_without_its_parts_names_them(tmp_path, missing):
    path = survey_layer(tmp_path)
    (tmp_path / f"DLTB{missing}").unlink()
    error = refusal(path, UnreadableLayer)
    assert error.code == "parts_missing"
    assert missing in str(error)


def test_parts_of_different_exports_are_refused(tmp_path):
    (tmp_path / "b").mkdir()
    path = survey_layer(tmp_path)
    survey_layer(tmp_path / "b", count=2)
    (tmp_path / "DLTB.dbf").write_bytes((tmp_path / "b" / "DLTB.dbf").read_bytes())
    assert refusal(path, UnreadableLayer).code == "parts_differ"


def test_an_empty_layer_is_refused(tmp_path):
    path = write(tmp_path / "a.shp", squares(0), {"n": np.array([], dtype="int32")})
    assert refusal(path, EmptyLayer).code == "empty_layer"


VRT = b"<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer>"


@pytest.mark.parametrize("suffix", [".shp", ".gpkg", ".kml", ".zip", ".geojson", ".dwg", ".txt"])
def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(VRT + b"</OGRVRTDataSource>")
    (tmp_path / "a.shx").write_bytes(b"x" * 100)
    (tmp_path / "a.dbf").write_bytes(b"\x03" + b"\0" * 100)
    refusal(path)


def test_a_missing_file_is_refused(tmp_path):
    assert "nothing.shp" in str(refusal(tmp_path / "nothing.shp"))


def test_a_truncated_geopackage_is_refused(tmp_path):
    path = write(tmp_path / "a.gpkg", squares(), {"n": [1, 2, 3]})
    path.write_bytes(path.read_bytes()[:9000])
    refusal(path, UnreadableLayer)


def test_a_kml_with_entities_is_not_opened(tmp_path):
    path = tmp_path / "a.kml"
    path.write_text(
        '<?xml version="1.0"?><!DOCTYPE k [<!ENTITY a SYSTEM "file:///etc/passwd">]><kml>&a;</kml>'
    )
    refusal(path, UnreadableLayer)


@pytest.mark.parametrize(
    "name", ["../evil.shp", "/evil.shp", "a/../../evil.shp", "..\\evil.shp", "C:\\evil.shp"]
)
def test_an_archive_that_leads_out_of_its_folder_is_not_opened(tmp_path, name):
    assert refusal(forged_zip(tmp_path / "a.zip", name)).code == "unsafe_archive"
    assert not (tmp_path.parent / "evil.shp").exists()


def test_an_archive_bomb_is_not_opened(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.shp", b"\0" * 100 * 1024**2)
    assert refusal(path).code == "too_large"


def test_an_archive_of_too_many_files_is_not_opened(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(4001):
            archive.writestr(f"{number}.txt", b"")
    assert refusal(path).code == "too_large"


def test_an_archive_that_lies_about_sizes_is_stopped_while_unpacking(tmp_path, monkeypatch):
    from registry.readers import archive

    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.shp", b"\0" * 5 * 1024**2)
    monkeypatch.setattr(archive, "check_members", lambda opened, limit: opened.infolist())
    (tmp_path / "out").mkdir()
    with pytest.raises(ReadError) as caught:
        archive.unpack(path, tmp_path / "out", max_unpacked=1024**2)
    assert caught.value.code == "too_large"


def test_an_archive_without_a_layer_is_refused(tmp_path):
    assert refusal(forged_zip(tmp_path / "a.zip", "readme.txt"), UnreadableLayer).code == "unreadable"
