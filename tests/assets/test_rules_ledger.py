"""RIG-03 and REG-06: household assets belong to households; what was built is on the map."""

import datetime as dt

import pytest

from registry.codes import Reading
from registry.models import Finding
from registry.queries.findings import sentence
from registry.rules.engine import evaluate
from tests import factories as make

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 6, 1)


def read(rule, day=TODAY):
    tally = evaluate(as_of=day, rule_ids=[rule])[rule]
    return tally, {f.details["name"]: f for f in Finding.objects.open().filter(rule=rule)}


# --- RIG-03


@pytest.mark.parametrize("kind", ["household", "person", "group"])
def test_RIG03_a_household_a_person_or_a_list_of_households_may_own_a_household_asset(kind):
    asset = make.asset(subtype="housing")
    make.entry(asset, "ownership", make.party("王小二", kind, asset.unit.division))
    assert read("RIG-03")[0] == {"checked": 1, "open": 0, "new": 0, "closed": 0, "no_data": 0}


@pytest.mark.parametrize("kind", ["village_collective", "company", "government", "cooperative"])
def test_RIG03_any_other_owner_of_a_household_asset_is_found(kind):
    asset = make.asset("安置房3号", subtype="housing")
    make.entry(asset, "ownership", make.party("某单位", kind, asset.unit.division), begin="2021-02-03")
    _tally, found = read("RIG-03")
    assert found["安置房3号"].since == dt.date(2021, 2, 3)
    assert "某单位" in sentence(found["安置房3号"])


def test_RIG03_one_foreign_owner_among_households_is_enough_and_makes_one_finding():
    asset = make.asset(subtype="livestock")
    place = asset.unit.division
    make.entry(asset, "ownership", make.party("王小二", "household", place), share="1/2")
    make.entry(asset, "ownership", make.party("甲公司", "company", place), share="1/4")
    make.entry(asset, "ownership", make.party("乙公司", "company", place), share="1/4")
    assert read("RIG-03")[0]["open"] == 1


def test_RIG03_past_owners_other_classes_and_missing_owners_are_no_matter_of_it():
    place = make.village()
    past = make.asset(subtype="tv", of=place)
    make.entry(past, "ownership", make.party(of=place), begin="2015-01-01", end="2020-01-01")
    make.entry(make.asset(subtype="road", of=place), "ownership", make.party(of=place))
    make.asset(subtype="seedling", of=place)
    tally, found = read("RIG-03")
    assert (tally["checked"], found) == (2, {})


# --- REG-06


def test_REG06_an_asset_on_the_map_is_in_order():
    make.shape(make.asset(completed_on=dt.date(2020, 1, 1)))
    tally, found = read("REG-06")
    assert (tally["checked"], found) == (1, {})


def test_REG06_the_thirty_first_day_is_the_last_one():
    make.asset("新渠", subtype="irrigation", completed_on=TODAY - dt.timedelta(days=31))
    assert read("REG-06")[0]["open"] == 0
    tomorrow = TODAY + dt.timedelta(days=1)
    _tally, found = read("REG-06", tomorrow)
    assert found["新渠"].since == tomorrow
    assert "新渠" in sentence(found["新渠"])


def test_REG06_acceptance_stands_for_an_unknown_completion_and_without_both_there_is_no_data():
    make.asset("已验收", completed_on=None, accepted_on=dt.date(2020, 1, 1))
    make.asset("不明", completed_on=None)
    tally, found = read("REG-06")
    assert (tally["open"], tally["no_data"]) == (2, 1)
    assert found["不明"].reading == Reading.NO_DATA
    assert found["已验收"].reading == Reading.FOUND


def test_REG06_the_clock_starts_at_go_live_so_old_assets_are_no_baseline():
    county = make.county(go_live=dt.date(2026, 5, 1))
    make.asset("老路", make.village(make.township(county)), completed_on=dt.date(2015, 1, 1))
    assert read("REG-06", dt.date(2026, 6, 1))[0]["open"] == 0
    _tally, found = read("REG-06", dt.date(2026, 6, 2))
    assert (found["老路"].since, found["老路"].baseline) == (dt.date(2026, 6, 2), False)


@pytest.mark.parametrize(("subtype", "nature"), [("equity", "equity"), ("livestock", "biological")])
def test_REG06_claims_and_animals_need_no_place(subtype, nature):
    make.asset(subtype=subtype, nature=nature)
    assert read("REG-06")[0]["checked"] == 0


def test_REG06_a_shape_that_ended_or_was_taken_back_is_none():
    ended = make.asset("图已失效")
    row = make.shape(ended, begin="2020-01-01")
    row.valid = make.period("2020-01-01", "2025-01-01")
    row.save()
    taken = make.asset("图已撤销")
    make.shape(taken, annulled=make.act(taken.unit))
    assert sorted(read("REG-06")[1]) == ["图已失效", "图已撤销"]


def test_REG06_and_RIG03_need_few_queries_however_many_assets(django_assert_max_num_queries):
    place = make.village()
    for number in range(12):
        asset = make.asset(f"房{number}", place, subtype="housing")
        make.entry(asset, "ownership", make.party(of=place))
    with django_assert_max_num_queries(16):
        assert read("REG-06")[0]["open"] == 12
    with django_assert_max_num_queries(16):
        assert read("RIG-03")[0]["open"] == 12
