"""Outlines of assets out of a layer: to the unit of the code, or of name and village."""

import datetime as dt

import pytest
import shapely
from django.db import connection
from django.test.utils import CaptureQueriesContext
from shapely.geometry import Polygon

from registry import clock
from registry.codes import ShapeMethod
from registry.models import Act, ImportBatch, Shape
from registry.services.imports import reverse_batch
from tests import factories
from tests.land.layers import at, gpkg, take

pytestmark = pytest.mark.django_db


@pytest.fixture
def village(db, settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    return factories.village(name="戈纪街村委会", code="532523205201")


def test_a_shape_goes_to_the_asset_of_its_code_and_holds_since_its_state(village, tmp_path):
    asset = factories.asset("茶叶加工厂", village, subtype="processing", code="A001")
    path = gpkg(tmp_path / "f.gpkg", [at(0, 0, 30, 20)], {"asset_code": ["A001"], "name": ["茶叶加工厂"]})
    document, status = take(path, "footprints", year=None)
    assert (document["state"], document["accepted"], status) == ("applied", 1, 0)
    shape = Shape.objects.get(unit=asset.unit)
    assert (shape.method, shape.source_srid) == (ShapeMethod.IMPORTED, 4544)
    assert shape.valid.lower == asset.unit.state_since
    assert abs(shape.area_m2 - 599.7) < 0.1
    assert Act.objects.filter(verb="unit_placed", unit=asset.unit).count() == 1


def test_without_a_code_name_and_village_find_the_asset(village, tmp_path):
    other = factories.village(name="岩峰村委会", code="532523205202")
    factories.asset("公厕", village)
    wanted = factories.asset("公厕", other)
    columns = {"name": ["公厕", "公厕", "没有的"], "村": ["岩峰村", "", "岩峰村"]}
    path = gpkg(tmp_path / "f.gpkg", [at(0, 0, 5, 5), at(9, 0, 5, 5), at(20, 0, 5, 5)], columns)
    document, status = take(path, "footprints", year=None)
    assert [shape.unit for shape in Shape.objects.all()] == [wanted.unit]
    assert (status, [error["code"] for error in document["errors"]]) == (1, ["ambiguous_unit", "no_unit"])


def test_an_outline_corrects_a_ledger_position_for_as_long_as_that_held(village, tmp_path):
    asset = factories.asset("村道", village, code="R1")
    factories.shape(asset, begin="2019-12-01", method=ShapeMethod.LEDGER)
    path = gpkg(tmp_path / "f.gpkg", [at(0, 0, 100, 4)], {"asset_code": ["R1"]})
    document, _status = take(path, "footprints", year=None)
    assert document["changed"] == 1
    shape = Shape.objects.in_force().get(unit=asset.unit)
    assert (shape.valid.lower, shape.valid.upper) == (dt.date(2019, 12, 1), None)
    assert shape.geom.dims == 2


def test_an_outline_replaces_another_outline_from_today_on(village, tmp_path):
    asset = factories.asset("村道", village, code="R1")
    factories.shape(asset, begin="2019-12-01", method=ShapeMethod.SURVEY)
    path = gpkg(tmp_path / "f.gpkg", [at(0, 0, 100, 4)], {"asset_code": ["R1"]})
    take(path, "footprints", year=None)
    first, second = Shape.objects.in_force().order_by("valid")
    assert first.valid.upper == second.valid.lower == clock.today()


@pytest.mark.parametrize("method", [ShapeMethod.LEDGER, ShapeMethod.SURVEY])
def test_a_reversed_batch_gives_the_earlier_shape_back(village, tmp_path, method):
    asset = factories.asset("村道", village, code="R1")
    earlier = factories.shape(asset, begin="2019-12-01", method=method)
    path = gpkg(tmp_path / "f.gpkg", [at(0, 0, 100, 4)], {"asset_code": ["R1"]})
    document, _status = take(path, "footprints", year=None)
    reverse_batch(ImportBatch.objects.get(pk=document["batch"]), by=None)
    held = Shape.objects.in_force().get(unit=asset.unit)
    assert (held.pk, held.valid.upper) == (earlier.pk, None)


def test_the_same_outline_again_changes_nothing(village, tmp_path):
    factories.asset("村道", village, code="R1")
    path = gpkg(tmp_path / "f.gpkg", [at(0, 0, 100, 4)], {"asset_code": ["R1"]})
    take(path, "footprints", year=None)
    again, status = take(path, "footprints", year=None)
    assert (again["unchanged"], again["accepted"], status) == (1, 0, 0)
    assert Shape.objects.count() == 1


def test_lines_and_points_are_welcome_and_a_bow_tie_is_quarantined(village, tmp_path):
    for code in ("W1", "W2", "W3"):
        factories.asset(f"管道{code}", village, subtype="water_supply", code=code)
    tie = Polygon([(366100, 2545000), (366200, 2545100), (366200, 2545000), (366100, 2545100)])
    line = shapely.LineString([(366000, 2545000), (366100, 2545050)])
    shapes = [line, shapely.Point(366000, 2545000), tie]
    path = gpkg(tmp_path / "f.gpkg", shapes, {"asset_code": ["W1", "W2", "W3"]})
    document, status = take(path, "footprints", year=None)
    assert (document["accepted"], document["quarantined"], status) == (2, 1, 1)
    assert sorted(shape.geom.geom_type for shape in Shape.objects.all()) == ["MultiLineString", "Point"]


def test_an_asset_of_another_township_is_not_found_by_a_batch_of_this_one(village, tmp_path):
    other = factories.township(village.parent.parent, "湾塘乡", "532523206")
    factories.asset("公厕", factories.village(other, "湾塘村委会", "532523206201"), code="X1")
    path = gpkg(tmp_path / "f.gpkg", [at(0, 0, 5, 5)], {"asset_code": ["X1"]})
    document, _status = take(path, "footprints", year=None, of=village.parent)
    assert [error["code"] for error in document["errors"]] == ["no_unit"]


def test_a_file_with_a_layer_for_each_kind_of_geometry_is_read_whole(village, tmp_path):
    for code in ("P1", "L1"):
        factories.asset(f"设施{code}", village, subtype="water_supply", code=code)
    path = tmp_path / "f.gpkg"
    line = shapely.LineString([(366000, 2545000), (366100, 2545050)])
    gpkg(path, [at(0, 0, 5, 5)], {"asset_code": ["P1"]}, layer="polygons")
    gpkg(path, [line], {"asset_code": ["L1"]}, layer="lines", append=False)
    document, status = take(path, "footprints", year=None)
    assert (document["accepted"], status, document["totals"]["layers"]) == (2, 0, ["polygons", "lines"])
    alone, _status = take(path, "footprints", year=None, layer="lines", apply=False)
    assert (alone["rows"], alone["unchanged"]) == (1, 1)


def test_a_layer_without_code_and_name_is_refused(village, tmp_path):
    document, _status = take(
        gpkg(tmp_path / "f.gpkg", [at(0, 0, 5, 5)], {"X": ["1"]}), "footprints", year=None
    )
    assert document["state"] == "refused"
    assert "asset_code" in document["errors"][0]["message"]


def test_placing_asks_the_same_number_of_queries_for_ten_assets_and_for_sixty(village, tmp_path):
    counts = []
    for size in (10, 60):
        codes = [f"Q{size}-{n}" for n in range(size)]
        for code in codes:
            factories.asset(code, village, code=code)
        path = gpkg(
            tmp_path / f"{size}.gpkg", [at(10 * n, 0, 5, 5) for n in range(size)], {"asset_code": codes}
        )
        with CaptureQueriesContext(connection) as queries:
            document, _status = take(path, "footprints", year=None)
        assert document["accepted"] == size
        counts.append(len(queries))
    assert counts[0] == counts[1]
