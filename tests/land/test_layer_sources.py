"""Where layers come from: boundary points as text, geodatabases, KML, old datums, offsets of web maps."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import shapely
from shapely.geometry import mapping

from land.importers.footprints import read_footprints
from land.models import Parcel, Zone
from land.offsets import BD09, GCJ02, recognise, taken_off, to_bd09, to_gcj02
from registry import geo
from registry.readers.errors import ReadError
from registry.readers.vector import RefusedDatum, UnknownCRS, open_layer, resolve_srid
from tests.land.layers import array, at, gpkg, moved, parcel_columns, take
from tests.registry.shapefiles import COUNTY, write, zipped

CGCS = ("2000国家大地坐标系", "3", "35")


def points(ring, number=1):
    return [f"J{n},{number},{y:.4f},{x:.4f}" for n, (x, y) in enumerate(shapely.get_coordinates(ring), 1)]


def plot(shape, name="地块一", number="PB-2024-001", kind="面"):
    rings = [shape.exterior, *shape.interiors]
    lines = [line for at_, ring in enumerate(rings, 1) for line in points(ring, at_)]
    area = shape.area / 10_000
    return [f"{len(lines)},{area:.4f},{number},{name},{kind},F48G036060,公路用地,1003,@", *lines]


def boundary_text(path, plots, *, system=CGCS, codec="gb18030"):
    datum, width, zone = system
    header = [
        "[属性描述]", "格式版本号=1.01版本", f"坐标系={datum}", f"几度分带={width}", "投影类型=高斯克吕格",
        "计量单位=米", f"带号={zone}", "精度=0.001", "转换参数=0,0,0,0,0,0,0", "[地块坐标]",
    ]  # fmt: skip
    path.write_bytes("\r\n".join([*header, *(line for one in plots for line in one), ""]).encode(codec))
    return path


def opened(path, **options):
    return open_layer(path, profile=COUNTY, **options)


# --- boundary points


@pytest.mark.parametrize("codec", ["gb18030", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("prefix", [True, False])
def test_boundary_points_give_plots_with_their_rings_in_the_plane_of_the_header(tmp_path, codec, prefix):
    srid = 4523 if prefix else 4544
    donut = moved(at(0, 0, 100, 100).difference(at(20, 20, 30, 30)), 4544, srid)
    plots = [plot(donut), plot(moved(at(200, 0, 50, 50), 4544, srid), "地块二", "PB-2024-002")]
    with opened(boundary_text(tmp_path / "界址点.txt", plots, codec=codec)) as layer:
        assert (layer.kind, layer.feature_count, resolve_srid(layer), layer.srid_source) == (
            "txt",
            2,
            srid,
            "header",
        )
        assert layer.encoding_source == "trial"
        rows = list(layer.features())
    assert [row[1]["地块名称"] for row in rows] == ["地块一", "地块二"]
    assert rows[0][1]["地块编号"] == "PB-2024-001"
    assert shapely.equals(shapely.set_precision(rows[0][2], 0.001), shapely.set_precision(donut, 0.001))
    assert rows[0][1]["面积"] == pytest.approx(9100, abs=1)


def test_a_plot_of_several_parts_is_one_feature(tmp_path):
    one, two = at(0, 0, 50, 50), at(80, 0, 50, 50)
    lines = [*points(one.exterior, 1), *points(two.exterior, 2)]
    text = [f"{len(lines)},0.5,N1,地块,面,,,1003,@", *lines]
    with opened(boundary_text(tmp_path / "a.txt", [text])) as layer:
        shape = next(layer.features())[2]
    assert shapely.get_num_geometries(shape) == 2


@pytest.mark.parametrize(
    ("system", "refused"),
    [(("80国家大地坐标系", "3", "35"), "Xi'an 1980"), (("1954北京坐标系", "3", "35"), "Beijing 1954"),
     (("西安80", "3", "35"), "Xi'an 1980")],
)  # fmt: skip
def test_boundary_points_of_an_old_datum_are_refused_with_a_sentence(tmp_path, system, refused):
    path = boundary_text(tmp_path / "a.txt", [plot(at(0, 0, 50, 50))], system=system)
    with opened(path) as layer, pytest.raises(RefusedDatum, match=refused):
        resolve_srid(layer)


def test_L01_boundary_points_without_a_zone_are_asked_about_with_what_fits(tmp_path):
    path = boundary_text(tmp_path / "a.txt", [plot(at(0, 0, 50, 50))], system=("2000国家大地坐标系", "3", ""))
    with opened(path) as layer, pytest.raises(UnknownCRS) as asked:
        resolve_srid(layer)
    assert 4544 in asked.value.proposals
    with opened(path, source_srid=4544) as layer:
        assert (resolve_srid(layer), layer.srid_source) == (4544, "option")


def test_L02_boundary_points_of_the_wrong_zone_are_refused(tmp_path):
    shape = moved(at(0, 0, 50, 50), 4544, 4543)
    with (
        opened(boundary_text(tmp_path / "a.txt", [plot(shape)])) as layer,
        pytest.raises(ReadError) as refused,
    ):
        resolve_srid(layer)
    assert refused.value.code == "L02"


def test_a_line_that_is_no_point_costs_its_plot_alone_and_is_named(tmp_path):
    broken = plot(at(0, 0, 50, 50))
    broken[2] = "J2,1,north,east"
    with opened(boundary_text(tmp_path / "a.txt", [broken, plot(at(80, 0, 50, 50))])) as layer:
        batch = next(layer.batches())
    assert batch.geometries[0] is None
    assert "13" in batch.problems[1]
    assert batch.geometries[1] is not None


def test_text_without_plots_is_refused_and_a_readme_in_an_archive_is_passed_over(tmp_path):
    (tmp_path / "a.txt").write_text("说明", encoding="utf-8")
    with pytest.raises(ReadError, match="界址点|boundary points"):
        opened(tmp_path / "a.txt")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "说明.txt").write_text("说明", encoding="utf-8")
    boundary_text(folder / "界址点.txt", [plot(at(0, 0, 50, 50))])
    with opened(zipped(folder, tmp_path / "a.zip")) as layer:
        assert layer.kind == "txt"


@pytest.mark.django_db
def test_approved_land_comes_in_as_boundary_points(township, tmp_path):
    path = boundary_text(
        tmp_path / "批次用地.txt", [plot(at(0, 0, 100, 100)), plot(at(200, 0, 50, 50), number="N2")]
    )
    document, status = take(path, "approvals", of=township)
    assert (document["state"], document["accepted"], status) == ("applied", 2, 0)
    assert list(Zone.objects.order_by("number").values_list("bsm", flat=True)) == ["PB-2024-001", "N2"]
    footprints, ids = read_footprints(path)
    assert ids == ["PB-2024-001", "N2"]
    assert footprints[0].srid == 4544


# --- other deliveries


@pytest.mark.django_db
@pytest.mark.parametrize("packed", [False, True])
def test_a_file_geodatabase_comes_in_as_folder_and_zipped(township, tmp_path, packed):
    folder = tmp_path / "in"
    folder.mkdir()
    path = folder / "dltb.gdb"
    write(
        path,
        array([at(0, 0, 100, 100)]),
        parcel_columns(["0101"]),
        layer="DLTB",
        geometry_type="MultiPolygon",
    )
    if packed:
        path = zipped(folder, tmp_path / "dltb.gdb.zip")
    document, status = take(path, "parcels", layer="DLTB")
    assert (document["state"], status) == ("applied", 0)
    assert Parcel.objects.get().class_name == "水田"
    shutil.rmtree(folder)


# --- offsets of web maps


def test_web_maps_lie_some_hundred_metres_off_and_the_offset_can_be_taken_off():
    lon, lat = np.array([103.45, 103.69, 103.95]), np.array([22.8, 23.0, 23.4])
    for name, move in ((GCJ02, to_gcj02), (BD09, to_bd09)):
        x, y = move(lon, lat)
        metres = np.hypot((x - lon) * 102_500, (y - lat) * 110_800)
        assert (metres > 300).all()
        assert (metres < 1_100).all()
        back = taken_off(np.column_stack([x, y]), name)
        assert np.abs(back - np.column_stack([lon, lat])).max() < 1e-6


def shifted(shape, move):
    return shapely.transform(shape, lambda xy: np.column_stack(move(xy[:, 0], xy[:, 1])))


def field_geojson(path, shapes, codes):
    columns = parcel_columns(codes)
    features = [
        {
            "type": "Feature",
            "geometry": mapping(shape),
            "properties": {name: cells[n] for name, cells in columns.items()},
        }
        for n, shape in enumerate(shapes)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


CELLS = [at(200 * east, 200 * north, 200, 200) for east in range(6) for north in range(6)]
VILLAGE = {"XZQDM": ["532523205201"], "XZQMC": ["戈纪街村"]}


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "move"), [(GCJ02, to_gcj02), (BD09, to_bd09)])
def test_a_layer_drawn_on_a_web_map_is_recognised_by_the_outline_and_refused(township, tmp_path, name, move):
    take(gpkg(tmp_path / "xzq.gpkg", [at(0, 0, 1200, 1200)], VILLAGE), "divisions")
    degrees = [shifted(moved(cell, 4544, 4490), move) for cell in CELLS]
    document, status = take(field_geojson(tmp_path / "a.geojson", degrees, ["0103"] * 36), "parcels")
    assert (document["state"], status) == ("refused", 1)
    errors = {error["code"]: error["message"] for error in document["errors"]}
    assert name in errors["gcj02"]


@pytest.mark.django_db
def test_a_layer_that_keeps_to_the_outline_passes_and_one_without_reference_is_asked_about(
    township, tmp_path
):
    degrees = [moved(cell, 4544, 4490) for cell in CELLS]
    path = field_geojson(tmp_path / "a.geojson", degrees, ["0103"] * 36)
    asked, status = take(path, "parcels", apply=False)
    assert (asked["state"], status) == ("staged", 0)
    assert any("350" in note for note in asked["totals"]["notes"])
    take(gpkg(tmp_path / "xzq.gpkg", [at(0, 0, 1200, 1200)], VILLAGE), "divisions")
    document, status = take(path, "parcels")
    assert (document["state"], status) == ("applied", 0)
    assert not any("350" in note for note in document["totals"]["notes"])


def test_in_the_midst_of_a_large_outline_nothing_can_be_told():
    outline = geo.transform(at(-20_000, -20_000, 40_000, 40_000), 4544, 4490)
    xy = shapely.get_coordinates(geo.transform(array(CELLS), 4544, 4490))
    assert recognise(xy, np.zeros(len(xy), dtype=int), [outline]) is None
