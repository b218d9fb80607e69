"""RIG-01, RIG-02, REG-07: owners, whole shares, shapes within their division."""

import datetime as dt

import pytest
from django.contrib.gis.geos import LineString, MultiPolygon

from registry.codes import Reading
from registry.models import Finding
from registry.queries.findings import sentence
from registry.rules.engine import evaluate
from tests import factories as make

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 6, 1)


def read(rule, day=DAY):
    tally = evaluate(as_of=day, rule_ids=[rule])[rule]
    return tally, {f.details["name"]: f for f in Finding.objects.open().filter(rule=rule)}


# --- RIG-01


def test_RIG01_an_asset_in_use_without_a_current_owner_is_found():
    make.asset("大寨路", state_since=dt.date(2020, 5, 1))
    make.entry(make.asset("有主"), "ownership")
    past = make.asset("产权已终止")
    make.entry(past, "ownership", begin="2015-01-01", end="2026-06-01")
    tally, found = read("RIG-01")
    assert (tally["checked"], sorted(found)) == (3, ["产权已终止", "大寨路"])
    assert found["大寨路"].since == dt.date(2020, 5, 1)
    assert "大寨路" in sentence(found["大寨路"])


def test_RIG01_the_last_day_of_ownership_is_the_day_before_its_end():
    asset = make.asset()
    make.entry(asset, "ownership", begin="2015-01-01", end="2026-06-02")
    assert read("RIG-01")[0]["open"] == 0
    assert read("RIG-01", dt.date(2026, 6, 2))[0]["open"] == 1


@pytest.mark.parametrize("state", ["planned", "building", "disposed", "consumed", "lost"])
def test_RIG01_asks_for_no_owner_before_use_or_after_the_end(state):
    make.asset(state=state)
    assert read("RIG-01")[0]["checked"] == 0


@pytest.mark.parametrize(("kind", "checked"), [("asset", 1), ("project", 0), ("parcel", 0)])
def test_RIG01_looks_at_assets_only(kind, checked):
    make.unit(kind=kind)
    assert read("RIG-01")[0]["checked"] == checked


def test_RIG01_baseline_is_what_was_true_before_go_live():
    place = make.village(make.township(make.county(go_live=dt.date(2026, 1, 1))))
    make.asset("老", place, state_since=dt.date(2025, 12, 31))
    make.asset("新", place, state_since=dt.date(2026, 1, 1))
    assert {name: f.baseline for name, f in read("RIG-01")[1].items()} == {"老": True, "新": False}


def test_RIG01_an_asset_whose_date_is_unknown_is_found_from_the_day_it_is_read():
    make.asset("不明", state_since=None)
    first = read("RIG-01")[1]["不明"]
    assert first.since == DAY


# --- RIG-02


@pytest.mark.parametrize("code", ["ownership", "income", "upkeep"])
def test_RIG02_shares_that_do_not_make_a_whole_are_found(code):
    asset = make.asset("光伏电站", subtype="solar")
    make.entry(asset, code, share="1/2", begin="2021-01-01")
    make.entry(asset, code, share="1/3", begin="2022-01-01")
    tally, found = read("RIG-02")
    assert (tally["checked"], tally["open"]) == (1, 1)
    finding = found["光伏电站"]
    assert (finding.details["total"], finding.details["code"]) == ("5/6", code)
    assert finding.subject_key == f"{asset.unit.code}/{code}"
    assert "5/6" in sentence(finding)


def test_RIG02_thirds_and_sevenths_are_exact():
    for denominator in (3, 7):
        asset = make.asset()
        for _number in range(denominator):
            make.entry(asset, "income", share=f"1/{denominator}")
    assert read("RIG-02")[0] == {"checked": 2, "open": 0, "new": 0, "closed": 0, "no_data": 0}


def test_RIG02_two_whole_owners_are_too_many_and_none_is_no_matter_of_it():
    asset = make.asset("双主")
    make.entry(asset, "ownership")
    make.entry(asset, "ownership")
    make.asset("无主")
    tally, found = read("RIG-02")
    assert (tally["checked"], found["双主"].details["total"]) == (1, "2")


def test_RIG02_plural_codes_need_no_whole():
    asset = make.asset()
    make.entry(asset, "supervision", share="1/2")
    assert read("RIG-02")[0]["checked"] == 0


def test_RIG02_history_that_is_whole_now_is_in_order():
    asset = make.asset()
    make.entry(asset, "ownership", share="1/2", begin="2015-01-01", end="2020-01-01")
    make.entry(asset, "ownership", begin="2020-01-01")
    assert read("RIG-02")[0]["open"] == 0
    assert read("RIG-02", dt.date(2019, 1, 1))[0]["open"] == 1


# --- REG-07


def placed(name, geom, place=None):
    asset = make.asset(name, place)
    make.shape(asset, geom)
    return asset


@pytest.fixture
def town():
    """A township whose outline is a square of a kilometre."""
    township = make.township()
    make.boundary(township, make.square(103.7, 23.0, 1000))
    return township


def test_REG07_wholly_outside_is_found_reaching_across_or_touching_is_not(town):
    place = make.village(town)
    placed("里", make.square(103.701, 23.001, 50), place)
    placed("跨界", make.square(103.6999, 23.001, 50), place)
    placed("触边", make.point(103.7, 23.001), place)
    placed("外", make.square(103.72, 23.001, 50), place)
    tally, found = read("REG-07")
    assert (tally["checked"], list(found)) == (4, ["外"])
    assert make.township().name in sentence(found["外"])


def test_REG07_the_nearest_outline_above_decides(town):
    place = make.village(town)
    make.boundary(place, make.square(103.705, 23.005, 100))
    placed("在乡不在村", make.square(103.701, 23.001, 50), place)
    assert list(read("REG-07")[1]) == ["在乡不在村"]


def test_REG07_enclaves_are_within_and_lines_are_exempt(town):
    place = make.village(town)
    make.boundary(
        place, MultiPolygon(make.square(103.701, 23.001, 80), make.square(103.8, 23.1, 80), srid=4490)
    )
    placed("飞地", make.square(103.8001, 23.1001, 20), place)
    placed("路", LineString((103.75, 23.05), (103.76, 23.06), srid=4490), place)
    assert read("REG-07")[1] == {}


def test_REG07_without_any_outline_there_is_no_data_and_that_is_no_pass():
    placed("无界", make.square(), make.village())
    tally, found = read("REG-07")
    assert (tally["open"], tally["no_data"], found["无界"].reading) == (1, 1, Reading.NO_DATA)
    assert sentence(found["无界"])


def test_REG07_only_outlines_of_the_day_count(town):
    place = make.village(town)
    outline = make.boundary(place, make.square(103.8, 23.1, 100))
    outline.valid = make.period("2013-01-01", "2026-06-01")
    outline.save()
    placed("界已变更", make.square(103.701, 23.001, 50), place)
    assert list(read("REG-07", dt.date(2026, 5, 31))[1]) == ["界已变更"]
    assert read("REG-07", DAY)[1] == {}


@pytest.mark.parametrize("rule", ["RIG-01", "RIG-02", "REG-07"])
def test_rules_on_rights_and_shapes_need_few_queries(rule, django_assert_max_num_queries, town):
    place = make.village(town)
    for number in range(10):
        asset = placed(f"资产{number}", make.square(103.72, 23.001, 20), place)
        make.entry(asset, "income", share="1/2")
    with django_assert_max_num_queries(16):
        assert read(rule)[0]["open"] == 10
