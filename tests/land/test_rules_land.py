"""LND-01: assets on permanent basic farmland without a document."""

import datetime as dt

import pytest
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection
from django.test.utils import CaptureQueriesContext

from land.area import official_area
from registry import geo
from registry.codes import FindingState, Reading, ShapeMethod
from registry.models import Finding, ImportBatch
from registry.queries.findings import sentence
from registry.rules import Context, Scope, parameters, rules_on
from registry.rules import get as get_rule
from registry.rules.engine import evaluate, evaluate_units
from registry.services.imports import reverse_batch
from tests import factories
from tests.land.layers import at, gpkg, take, zone_columns

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 6, 30)


def placed(asset, shape, **fields):
    """Put an asset on a shape of the working plane."""
    record = geo.transform(shape, 4544, 4490)
    geom = GEOSGeometry(memoryview(shapely.to_wkb(geo.promote(record))), srid=4490)
    return factories.shape(asset, geom, source_srid=4544, **fields)


def read(**more):
    return evaluate(as_of=TODAY, rule_ids=["LND-01"], **more)["LND-01"]


def findings():
    rows = Finding.objects.filter(rule="LND-01", state=FindingState.OPEN).order_by("subject_key")
    return {row.subject_key: row for row in rows}


@pytest.fixture
def basic_farmland(township, tmp_path):
    """One zone of 500 m."""
    path = gpkg(tmp_path / "bf.gpkg", [at(0, 0, 500, 500)], zone_columns(1, KCXS=[0.1]))
    assert take(path, "basic_farmland", of=township)[0]["state"] == "applied"
    return township


def test_LND_01_finds_an_asset_on_basic_farmland_with_area_place_and_village(basic_farmland):
    asset = factories.asset("加工厂", basic_farmland.children.first(), subtype="processing", code="A1")
    placed(asset, at(-10, 100, 30, 20))
    assert read() == {"checked": 1, "open": 1, "new": 1, "closed": 0, "no_data": 0}
    found = findings()["A1"]
    assert found.details["verdict"] == "OCCUPIES"
    area = str(official_area(at(0, 100, 20, 20)))
    assert found.details["basic_farmland_m2"] == area
    assert found.details["villages"] == {"532523205201": area}
    assert found.division == asset.unit.division
    assert area in sentence(found)
    piece = geo.transform(shapely.from_wkb(bytes(found.place.wkb)), 4490, 4544)
    assert shapely.hausdorff_distance(piece, at(0, 100, 20, 20)) < 1e-3


def test_LND_01_a_document_on_the_unit_exempts_and_without_one_it_does_not(basic_farmland):
    asset = factories.asset("加工厂", basic_farmland.children.first(), subtype="processing", code="A1")
    placed(asset, at(100, 100, 30, 20))
    entry = factories.entry(asset, "farmland_red_line", begin="2020-01-01")
    assert read()["open"] == 1
    entry.source = factories.source(basic_farmland, "国土资函〔2019〕1号")
    entry.save()
    assert read() == {"checked": 0, "open": 0, "new": 0, "closed": 1, "no_data": 0}


def test_LND_01_an_exemption_that_has_ended_does_not_count(basic_farmland):
    asset = factories.asset("加工厂", basic_farmland.children.first(), subtype="processing", code="A1")
    placed(asset, at(100, 100, 30, 20))
    paper = factories.source(basic_farmland, "国土资函〔2019〕1号")
    factories.entry(asset, "farmland_red_line", begin="2020-01-01", end="2025-01-01", source=paper)
    assert read()["open"] == 1


def test_LND_01_touch_noise_and_none_raise_nothing(basic_farmland):
    village = basic_farmland.children.first()
    shapes = {"touch": at(-50, 0, 50, 50), "noise": at(-99.95, 0, 100, 500), "none": at(-200, 0, 50, 50)}
    for code, shape in shapes.items():
        placed(factories.asset(code, village, subtype="workshop", code=code), shape)
    assert read() == {"checked": 3, "open": 0, "new": 0, "closed": 0, "no_data": 0}


def test_LND_01_without_a_layer_every_asset_is_no_data_never_a_pass(township):
    placed(factories.asset("加工厂", township.children.first(), code="A1"), at(100, 100, 30, 20))
    assert read() == {"checked": 1, "open": 1, "new": 1, "closed": 0, "no_data": 1}
    found = findings()["A1"]
    assert found.reading == Reading.NO_DATA
    assert found.details["reason"] == "no_layer_for_day"


@pytest.mark.parametrize("method", [ShapeMethod.DRAWN, ShapeMethod.GPS, ShapeMethod.LEDGER])
def test_LND_01_a_shape_that_only_indicates_a_place_is_for_review(basic_farmland, method):
    asset = factories.asset("加工厂", basic_farmland.children.first(), subtype="processing", code="A1")
    placed(asset, at(100, 100, 30, 20), method=method)
    read()
    assert findings()["A1"].details["verdict"] == "REVIEW"


def test_LND_01_works_that_serve_farming_are_for_review(basic_farmland):
    village = basic_farmland.children.first()
    placed(factories.asset("灌溉沟渠", village, subtype="irrigation", code="S1"), at(100, 100, 30, 2))
    placed(factories.asset("茶园机耕路", village, subtype="road", code="S2"), at(100, 200, 30, 4))
    placed(factories.asset("通村公路", village, subtype="road", code="S3"), at(100, 300, 30, 4))
    read()
    assert {key: row.details["verdict"] for key, row in findings().items()} == {
        "S1": "REVIEW", "S2": "REVIEW", "S3": "OCCUPIES",
    }  # fmt: skip
    assert findings()["S1"].details["reason"] == "serves_farming"


def test_LND_01_a_road_known_as_a_line_is_judged_by_its_half_width(basic_farmland):
    village = basic_farmland.children.first()
    for code, west in (("R2", -2.0), ("R3", -3.0)):
        line = shapely.LineString([(366_000 + west, 2_545_100), (366_000 + west, 2_545_300)])
        placed(factories.asset(code, village, subtype="road", code=code), line)
    read()
    assert {key: row.details["reason"] for key, row in findings().items()} == {"R2": "no_outline"}


def test_LND_01_is_read_again_when_the_layer_comes_and_when_it_goes(township, tmp_path, monkeypatch):
    placed(factories.asset("加工厂", township.children.first(), code="A1"), at(100, 100, 30, 20))
    path = gpkg(tmp_path / "bf.gpkg", [at(0, 0, 500, 500)], zone_columns(1))
    document, _status = take(path, "basic_farmland", of=township)
    assert findings()["A1"].details["verdict"] == "OCCUPIES"
    reverse_batch(ImportBatch.objects.get(pk=document["batch"]), by=None)
    assert findings()["A1"].reading == Reading.NO_DATA


def test_LND_01_of_one_unit_gives_what_the_whole_scope_gives(basic_farmland):
    village = basic_farmland.children.first()
    assets = [factories.asset(f"厂{n}", village, subtype="workshop", code=f"A{n}") for n in range(4)]
    for n, asset in enumerate(assets):
        placed(asset, at(-15 + 10 * n, 100 * n, 12, 12))
    evaluate_units([asset.unit_id for asset in assets[:2]], as_of=TODAY)
    evaluate_units([asset.unit_id for asset in assets[2:]], as_of=TODAY)
    alone = {key: row.fingerprint for key, row in findings().items()}
    tally = read(scope=Scope(paths=(basic_farmland.path,)))
    assert (tally["new"], tally["closed"]) == (0, 0)
    assert {key: row.fingerprint for key, row in findings().items()} == alone
    assert set(alone) == {"A1", "A2", "A3"}


def test_LND_01_asks_the_same_number_of_queries_for_two_assets_and_for_forty(basic_farmland):
    village = basic_farmland.children.first()
    counts = []
    for size in (2, 40):
        for n in range(size):
            asset = factories.asset(f"{size}-{n}", village, subtype="workshop", code=f"{size}-{n}")
            placed(asset, at(-20 * n - 10, 100, 12, 12))
        read()
        with CaptureQueriesContext(connection) as queries:
            read()
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("name", "shape", "found"),
    [
        ("养猪场", at(-94, 0, 100, 30), True),  # 6 of 100 metres: above five per cent
        ("养猪场", at(-96, 0, 100, 30), False),
        ("加工厂", at(-50, 0, 100, 30), False),
    ],
)
def test_P08_a_breeding_facility_may_take_five_per_cent(basic_farmland, name, shape, found):
    placed(factories.asset(name, basic_farmland.children.first(), code="B1"), shape)
    rule = get_rule("P08")
    day = dt.date(2025, 6, 1)
    outcome = rule.read(Context(day, Scope(), parameters.resolver(rule.parameters, day)))
    assert [row.details["percent"] for row in outcome.rows] == (["6.0"] if found else [])


def test_P08_is_superseded_by_the_notice_of_2026():
    assert "P08" in {rule.id for rule in rules_on(dt.date(2026, 1, 11))}
    assert "P08" not in {rule.id for rule in rules_on(dt.date(2026, 1, 12))}
