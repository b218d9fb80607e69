"""The generator of the demo township: the same seed gives the same files, and they hold together."""

import datetime as dt
import hashlib
import json
import zipfile
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely

from registry.demo import generate

TODAY = dt.date(2026, 11, 24)
FILES = [
    "divisions_nbs.csv", "divisions_mca.csv", "natural_villages.csv", "boundaries.gpkg", "dltb_2024.zip",
    "dltb_2025.zip", "yjjbnt_2024.gpkg", "footprints.gpkg", "ledger_xinhua_2025.xlsx",
    "ledger_wantang_2025.xlsx", "parties.xlsx", "sample_messy_ledger.xlsx", "sample_site.geojson",
    "sample_site_gbk.zip", "hillshade.png", "hillshade.json", "truth.json",
]  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    generate(folder, today=TODAY, scale=0.35)
    return folder


@pytest.fixture(scope="module")
def truth(made):
    return json.loads((made / "truth.json").read_text(encoding="utf-8"))


def read(path, layer=None):
    meta, _fids, geometry, columns = pyogrio.raw.read(path, layer=layer)
    return shapely.from_wkb(geometry), dict(zip(meta["fields"].tolist(), columns, strict=True))


@pytest.fixture(scope="module")
def survey(made):
    meta, _fids, geometry, columns = pyogrio.raw.read(made / "dltb_2025.zip", encoding="GBK")
    return shapely.from_wkb(geometry), dict(zip(meta["fields"].tolist(), columns, strict=True))


def test_every_file_is_written(made):
    assert [name for name in FILES if not (made / name).stat().st_size] == []


def test_the_same_seed_and_day_give_the_same_township(made, tmp_path):
    generate(tmp_path, today=TODAY, scale=0.35)
    for name in ("divisions_nbs.csv", "natural_villages.csv", "truth.json", "sample_site.geojson"):
        again, first = ((folder / name).read_bytes() for folder in (tmp_path, made))
        assert hashlib.sha256(again).digest() == hashlib.sha256(first).digest(), name
    first, again = (read(folder / "yjjbnt_2024.gpkg")[0] for folder in (made, tmp_path))
    assert (shapely.to_wkb(first) == shapely.to_wkb(again)).all()


def test_another_seed_gives_another_township(made, tmp_path):
    generate(tmp_path, seed=7, today=TODAY, scale=0.35)
    assert (tmp_path / "truth.json").read_bytes() != (made / "truth.json").read_bytes()


def test_parcels_are_valid_and_share_their_borders_without_overlap(survey):
    shapes, _columns = survey
    assert shapely.is_valid(shapes).all()
    some = shapes[:: max(1, len(shapes) // 400)]
    one, other = shapely.STRtree(shapes).query(some, predicate="intersects")
    pairs = ~shapely.equals(some[one], shapes[other])
    common = shapely.area(shapely.intersection(some[one][pairs], shapes[other][pairs]))
    assert common.max() < 0.01


def test_counted_areas_follow_from_the_ridge_ratio_half_up(survey):
    _shapes, columns = survey
    for gross, ratio, ridge, counted in zip(
        columns["TBMJ"], columns["KCXS"], columns["KCMJ"], columns["TBDLMJ"], strict=True
    ):
        exact = Decimal(str(gross)) * Decimal(str(ratio))
        assert Decimal(str(ridge)) == exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
        assert Decimal(str(counted)) == Decimal(str(gross)) - Decimal(str(ridge))


def test_slope_grades_stand_on_farmland_alone(survey):
    _shapes, columns = survey
    farmland = np.array([code[:2] == "01" for code in columns["DLBM"]])
    graded = np.array([bool(grade) for grade in columns["GDPDJB"]])
    assert (farmland == graded).all()
    assert set(columns["SJNF"].tolist()) == {2025}


def test_the_shapefile_is_gbk_with_a_zone_prefix_and_without_cpg(made):
    names = zipfile.ZipFile(made / "dltb_2025.zip").namelist()
    assert not [name for name in names if name.lower().endswith(".cpg")]
    west = pyogrio.read_info(made / "dltb_2025.zip", force_total_bounds=True)["total_bounds"][0]
    assert 35_000_000 < west < 36_000_000


def test_basic_farmland_has_holes_and_keeps_clear_of_most_assets(made, truth):
    farm, columns = read(made / "yjjbnt_2024.gpkg")
    assert truth["counts"]["with_holes"] > 0
    assert {"ZRRZJHM", "LXDH", "JZDZ"} <= columns.keys()
    outlines, _ = read(made / "footprints.gpkg", "polygons")
    met = np.unique(shapely.STRtree(farm).query(outlines, predicate="intersects")[0])
    assert len(met) <= len(truth["verdicts"])


def test_planted_findings_are_a_handful_of_each_rule(truth):
    for rule, codes in truth["findings"].items():
        assert 1 <= len(set(codes)) <= 8, rule
    assert truth["findings"].keys() >= {"UPK-01", "UPK-02", "UPK-06", "RIG-01", "RIG-03", "LND-01"}


def test_the_ledger_is_kept_as_offices_keep_it(made):
    book = openpyxl.load_workbook(made / "ledger_xinhua_2025.xlsx")
    assert book.sheetnames == ["经营性资产", "公益性资产", "到户类资产"]
    sheet = book["公益性资产"]
    words = {str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert {"小计", "合计"} <= words
    assert any("万元" in word for word in words)
    assert len(sheet.merged_cells.ranges) > 20
