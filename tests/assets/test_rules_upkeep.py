"""UPK-01, UPK-02, UPK-06: who keeps public-welfare assets up, and whether anybody looks after them."""

import datetime as dt

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from registry.codes import Reading
from registry.models import Finding, Parameter
from registry.queries.findings import sentence
from registry.rules import Scope
from registry.rules.engine import evaluate
from tests import factories as make

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 6, 1)


def read(rule, day=TODAY, scope=None):
    """Tally of a rule, and its open findings by name of the unit."""
    tally = evaluate(as_of=day, scope=scope, rule_ids=[rule])[rule]
    return tally, {f.details["name"]: f for f in Finding.objects.open().filter(rule=rule)}


# --- UPK-01


def test_UPK01_a_public_welfare_asset_in_use_without_an_upkeep_body_is_found():
    make.asset("大寨路", subtype="road")
    tally, found = read("UPK-01")
    assert (tally["checked"], tally["open"], list(found)) == (1, 1, ["大寨路"])
    assert found["大寨路"].unit.name == "大寨路"
    assert "大寨路" in sentence(found["大寨路"])


def test_UPK01_is_obeyed_by_a_current_upkeep_duty():
    make.upkeep(make.asset(subtype="road"))
    assert read("UPK-01")[0]["open"] == 0


def test_UPK01_the_change_over_day_belongs_to_the_new_body_and_a_duty_ends_before_its_last_day():
    asset = make.asset("饮水工程", subtype="water_supply")
    make.upkeep(asset, begin="2020-01-01", end="2026-06-01")
    assert read("UPK-01", dt.date(2026, 5, 31))[0]["open"] == 0
    tally, found = read("UPK-01", dt.date(2026, 6, 1))
    assert tally["open"] == 1
    assert found["饮水工程"].since == dt.date(2026, 6, 1)
    make.upkeep(asset, begin="2026-06-01")
    tally, found = read("UPK-01", dt.date(2026, 6, 1))
    assert (tally["open"], tally["closed"], found) == (0, 1, {})


@pytest.mark.parametrize("subtype", ["processing", "housing"])
def test_UPK01_leaves_operating_and_household_assets_alone(subtype):
    make.asset(subtype=subtype)
    assert read("UPK-01")[0]["checked"] == 0


@pytest.mark.parametrize("state", ["planned", "building", "disposed", "consumed", "lost"])
def test_UPK01_does_not_ask_for_a_body_before_use_or_after_the_end(state):
    make.asset(subtype="road", state=state)
    assert read("UPK-01")[0]["checked"] == 0


def test_UPK01_skips_units_that_left_the_register_or_were_taken_back():
    make.asset(subtype="road", left_on=TODAY)
    asset = make.asset(subtype="road")
    asset.unit.annulled = make.act(asset.unit)
    asset.unit.save()
    assert read("UPK-01")[0]["checked"] == 0


def test_UPK01_what_was_true_before_go_live_is_baseline_and_what_came_later_is_not():
    county = make.county(go_live=dt.date(2026, 1, 1))
    town = make.township(county)
    make.asset("老路", make.village(town), state_since=dt.date(2019, 5, 1))
    young = make.asset("新路", make.village(town, "岩峰村委会"), state_since=dt.date(2019, 5, 1))
    make.upkeep(young, begin="2020-01-01", end="2026-03-01")
    _tally, found = read("UPK-01")
    assert {name: finding.baseline for name, finding in found.items()} == {"老路": True, "新路": False}


def test_UPK01_is_read_within_a_scope_and_with_few_queries(django_assert_max_num_queries):
    town = make.township()
    for number in range(12):
        make.asset(f"路{number}", make.village(town, f"第{number}村委会"))
    one = make.village(make.township(name="湾塘乡", code="532523206"), "阿碑村委会")
    make.asset("别处的路", one)
    with django_assert_max_num_queries(16):
        tally, found = read("UPK-01", scope=Scope(paths=(one.path,)))
    assert (tally["checked"], list(found)) == (1, ["别处的路"])
    with django_assert_max_num_queries(16):
        tally, _found = read("UPK-01")
    assert tally["checked"] == 13


# --- UPK-02


def test_UPK02_a_body_without_a_named_person_is_found_with_the_body():
    asset = make.asset("卫生室", subtype="health")
    make.upkeep(asset, make.party("新华村委会", of=asset.unit.division))
    tally, found = read("UPK-02")
    assert (tally["checked"], tally["open"]) == (1, 1)
    assert found["卫生室"].details["body"] == "新华村委会"
    assert "variant" not in found["卫生室"].details


def test_UPK02_is_obeyed_by_a_person_who_is_there():
    asset = make.asset(subtype="health")
    make.upkeep(asset, named=make.person(of=asset.unit.division))
    assert read("UPK-02")[0]["open"] == 0


def test_UPK02_a_person_who_left_is_found_from_the_day_of_leaving_with_its_own_sentence():
    asset = make.asset("文化室", subtype="culture")
    keeper = make.person("李明", asset.unit.division, active_until=dt.date(2026, 5, 10))
    make.upkeep(asset, named=keeper)
    assert read("UPK-02", dt.date(2026, 5, 9))[0]["open"] == 0
    _tally, found = read("UPK-02", dt.date(2026, 5, 10))
    finding = found["文化室"]
    assert finding.since == dt.date(2026, 5, 10)
    assert finding.details["variant"] == "keeper_left"
    assert "李*" in sentence(finding)
    assert "李明" in sentence(finding, make.user("asset_manager", asset.unit.division))
    assert "2026-05-10" in sentence(finding)


def test_UPK02_says_nothing_where_no_body_is_registered():
    make.asset(subtype="road")
    assert read("UPK-02")[0] == {"checked": 0, "open": 0, "new": 0, "closed": 0, "no_data": 0}


def test_UPK02_one_of_two_joint_bodies_without_a_person_is_one_finding():
    asset = make.asset(subtype="road")
    place = asset.unit.division
    make.upkeep(asset, make.party(of=place), make.person(of=place), share="1/2")
    make.upkeep(asset, make.party(of=place), None, share="1/2")
    assert read("UPK-02")[0]["open"] == 1


def test_UPK02_a_new_person_closes_the_finding_with_the_reading_as_evidence():
    asset = make.asset("公厕", subtype="sanitation")
    duty = make.upkeep(asset)
    read("UPK-02")
    duty.agent = make.person(of=asset.unit.division)
    duty.save()
    tally, found = read("UPK-02")
    assert (tally["closed"], found) == (1, {})
    closed = Finding.objects.get(rule="UPK-02")
    assert (closed.state, closed.closed_on, closed.closing["by"]) == ("closed", TODAY, "evaluation")


# --- UPK-06


def kept(name="大寨路", subtype="road", begin="2026-01-01", **fields):
    asset = make.asset(name, subtype=subtype, **fields)
    make.upkeep(asset, begin=begin)
    return asset


@pytest.mark.parametrize(
    ("subtype", "limit"), [("road", 30), ("water_supply", 30), ("irrigation", 90), ("health", 90)]
)
def test_UPK06_the_limit_of_the_sub_type_is_inclusive(subtype, limit):
    asset = kept(subtype=subtype)
    make.inspection(asset, TODAY - dt.timedelta(days=limit))
    assert read("UPK-06")[0]["open"] == 0
    tally, found = read("UPK-06", TODAY + dt.timedelta(days=1))
    assert tally["open"] == 1
    assert found["大寨路"].since == TODAY + dt.timedelta(days=1)
    assert found["大寨路"].details["limit"] == limit


def test_UPK06_the_last_inspection_counts_and_annulled_or_later_ones_do_not():
    asset = kept()
    make.inspection(asset, TODAY - dt.timedelta(days=40))
    make.inspection(asset, TODAY - dt.timedelta(days=5), annulled=make.act(asset.unit))
    make.inspection(asset, TODAY + dt.timedelta(days=5))
    _tally, found = read("UPK-06")
    assert found["大寨路"].details["last"] == (TODAY - dt.timedelta(days=40)).isoformat()


def test_UPK06_without_any_inspection_the_clock_starts_with_upkeep_then_handover_then_completion():
    kept("有主", begin=TODAY - dt.timedelta(days=30))
    make.asset("移交", handed_over_on=TODAY - dt.timedelta(days=31), completed_on=None)
    make.asset("建成", completed_on=TODAY - dt.timedelta(days=31))
    _tally, found = read("UPK-06")
    assert sorted(found) == ["建成", "移交"]
    assert found["移交"].details["variant"] == "never"


def test_UPK06_without_any_date_nothing_can_be_counted_and_no_data_is_no_pass():
    make.asset("来历不明", completed_on=None)
    tally, found = read("UPK-06")
    assert (tally["open"], tally["no_data"]) == (1, 1)
    assert found["来历不明"].reading == Reading.NO_DATA
    assert sentence(found["来历不明"])


def test_UPK06_clocks_start_at_go_live():
    county = make.county(go_live=dt.date(2026, 5, 1))
    asset = make.asset("老路", make.village(make.township(county)))
    make.inspection(asset, dt.date(2025, 1, 1))
    assert read("UPK-06", dt.date(2026, 4, 1))[0]["open"] == 0
    assert read("UPK-06", dt.date(2026, 5, 31))[0]["open"] == 0
    _tally, found = read("UPK-06", dt.date(2026, 6, 1))
    assert (found["老路"].since, found["老路"].baseline) == (dt.date(2026, 6, 1), False)


def test_UPK06_a_county_sets_its_own_limit_and_the_finding_keeps_it():
    asset = kept(begin="2026-04-01")
    make.inspection(asset, TODAY - dt.timedelta(days=40))
    assert read("UPK-06")[0]["open"] == 1
    Parameter.objects.create(
        key="inspection_max_days",
        division=make.county(),
        valid=DateRange(dt.date(2020, 1, 1), None),
        value={"default": 180},
        source="县级管护办法",
    )
    assert read("UPK-06")[0]["open"] == 0


def test_UPK06_asks_only_for_public_welfare_assets():
    make.asset(subtype="processing")
    make.asset(subtype="housing")
    assert read("UPK-06")[0]["checked"] == 0


def test_UPK06_needs_few_queries_however_many_assets(django_assert_max_num_queries):
    for number in range(15):
        make.inspection(kept(f"路{number}"), TODAY - dt.timedelta(days=50))
    with django_assert_max_num_queries(16):
        assert read("UPK-06")[0]["open"] == 15
