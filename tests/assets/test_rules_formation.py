"""REG-01 to REG-05, REG-08 to REG-12: how assets came about, what they are, what summaries say."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from assets.codes import AssetClass
from assets.models import Asset, PublishedSummary
from assets.queries_summary import Holder, figures, split
from assets.services.summary import publish_summary
from assets.summary import problems
from registry import clock
from registry.codes import Reading
from registry.errors import BadInput, RuleBroken
from registry.models import Finding, Parameter
from registry.queries.findings import sentence
from registry.rules.engine import evaluate
from tests import factories as make

from .lives import step

DAY = dt.date(2026, 6, 1)
day = make.day
# Published figures of Duodao district, December 2021: number and value in yuan.
DUODAO = {
    "by_class": {
        "operating": {"count": 33, "value": "29778578.00"},
        "public_welfare": {"count": 502, "value": "260455340.00"},
        "household": {"count": 89, "value": "18392229.00"},
    },
    "by_holder": {
        "county": {"count": 19, "value": "32144000.00"},
        "township": {"count": 28, "value": "13275000.00"},
        "village": {"count": 488, "value": "244814900.00"},
        "household": {"count": 89, "value": "18392200.00"},
    },
    "total": {"count": 624, "value": "308626147.00"},
}


def read(rule, when=DAY):
    tally = evaluate(as_of=when, rule_ids=[rule])[rule]
    found = {f.details["name"]: f for f in Finding.objects.open().filter(rule=rule)}
    assert all(sentence(finding) for finding in found.values())
    return tally, found


pytestmark = pytest.mark.django_db


def test_REG01_a_unit_that_says_no_class_is_found():
    make.unit("无类别")
    make.asset("路")
    assert list(read("REG-01")[1]) == ["无类别"]


def test_REG01_does_not_find_assets_with_their_class_nor_projects():
    make.asset("路")
    make.project()
    assert read("REG-01")[0]["open"] == 0


def test_REG01_boundary_what_has_left_the_register_is_not_asked():
    make.unit("今日退出", left_on=DAY)
    make.unit("明日退出", left_on=DAY + dt.timedelta(days=1))
    assert list(read("REG-01")[1]) == ["明日退出"]


def test_REG02_a_sub_type_of_another_class_is_found_where_the_guard_was_off():
    asset = make.asset("路")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE assets_asset DROP CONSTRAINT asset_subtype_of_class")
    Asset.objects.filter(pk=asset.pk).update(subtype="solar")
    assert list(read("REG-02")[1]) == ["路"]


def test_REG02_does_not_find_what_fits():
    make.asset("路")
    assert read("REG-02")[0] == {"checked": 1, "open": 0, "new": 0, "closed": 0, "no_data": 0}


def test_REG02_boundary_one_word_in_two_classes_goes_by_the_class():
    make.asset("户厕", subtype="household_toilet")
    make.asset("公厕", subtype="sanitation")
    assert read("REG-02")[0]["open"] == 0


def test_REG03_no_project_or_no_money_is_found():
    make.asset("无项目")
    make.asset("无资金", project=make.project())
    _tally, found = read("REG-03")
    assert sorted(found) == ["无资金", "无项目"]
    assert found["无资金"].details["variant"] == "no_money"


def test_REG03_does_not_find_what_is_funded():
    make.funding(make.asset("路", project=make.project()))
    assert read("REG-03")[0]["open"] == 0


def test_REG03_boundary_the_money_may_stand_at_the_project():
    project = make.project()
    asset = make.asset("路", project=project)
    line = make.funding(make.asset("另一条", project=project))
    assert "路" not in read("REG-03")[1]
    line.annulled = make.act(asset.unit)
    line.save()
    assert sorted(read("REG-03")[1]) == ["另一条", "路"]


def test_REG04_a_difference_is_found_and_an_unknown_value_is_no_data():
    make.funding(make.asset("差额"), "119999.00")
    make.funding(make.asset("未知", original_value=None))
    tally, found = read("REG-04")
    assert found["差额"].details["paid"] == "119999.00"
    assert found["未知"].reading == Reading.NO_DATA
    assert tally["no_data"] == 1


def test_REG04_does_not_find_equal_sums_nor_assets_without_lines():
    asset = make.asset("路")
    make.funding(asset, "100000.00")
    make.funding(asset, "20000.00", "county")
    make.asset("无资金")
    assert read("REG-04")[0]["open"] == 0


def test_REG04_boundary_one_cent_is_allowed():
    make.funding(make.asset("一分"), "120000.01")
    make.funding(make.asset("两分"), "120000.02")
    assert list(read("REG-04")[1]) == ["两分"]


def test_REG05_what_is_older_than_the_scope_is_found_until_declared_outside():
    asset = make.asset("老路", completed_on=day("2010-05-01"))
    assert list(read("REG-05")[1]) == ["老路"]
    step(asset, "leave_out", "2026-05-01")
    assert read("REG-05")[0]["open"] == 0


def test_REG05_does_not_find_a_date_that_is_unknown():
    make.asset("不详", completed_on=None)
    assert read("REG-05")[0]["open"] == 0


def test_REG05_boundary_the_first_day_of_the_scope():
    make.asset("当日", completed_on=day("2012-11-08"))
    make.asset("前日", completed_on=day("2012-11-07"))
    assert list(read("REG-05")[1]) == ["前日"]


def _equity(name="股权", **fields):
    return make.asset(name, fields.pop("of", None), subtype="equity", nature="equity", **fields)


def test_REG08_equity_at_a_place_that_is_nobodys_is_found():
    make.shape(_equity())
    assert list(read("REG-08")[1]) == ["股权"]


def test_REG08_does_not_find_equity_without_a_place_nor_at_its_operators():
    _equity("无图形")
    company, asset = make.party("公司", "company", make.village()), _equity("在厂区")
    make.entry(asset, "operation", company)
    make.shape(asset, make.point(103.7, 23.0))
    plant = make.asset("厂房", subtype="processing")
    make.entry(plant, "ownership", company)
    make.shape(plant, make.point(103.7003, 23.0))
    assert read("REG-08")[0]["open"] == 0


def test_REG08_boundary_a_hundred_metres_and_more():
    company = make.party("公司", "company", make.village())
    for name, metres in (("近", 90), ("远", 150)):
        asset = _equity(name)
        make.entry(asset, "operation", company)
        make.shape(asset, make.point(103.7 + metres / 111_320, 23.0))
    plant = make.asset("厂房", subtype="processing")
    make.entry(plant, "ownership", company)
    make.shape(plant, make.point(103.7, 23.0))
    assert list(read("REG-08")[1]) == ["远"]


def test_REG09_same_name_village_sub_type_and_year_is_found():
    place = make.village()
    make.asset("村道", place, completed_on=day("2019-01-01"), code="A1")
    make.asset("村道", place, completed_on=day("2019-12-31"), code="A2")
    tally, _found = read("REG-09")
    assert (tally["checked"], tally["open"]) == (2, 2)


def test_REG09_a_code_that_another_thing_once_had_is_found():
    make.asset("新", code="A1")
    other = make.asset("旧", code="A2")
    other.unit.former_codes = ["A1"]
    other.unit.save()
    _tally, found = read("REG-09")
    assert found["旧"].details["variant"] == "code"


def test_REG09_does_not_find_the_same_name_elsewhere_and_boundary_of_the_year():
    place = make.village()
    make.asset("村道", place, completed_on=day("2019-12-31"))
    make.asset("村道", place, completed_on=day("2020-01-01"))
    make.asset("村道", make.village(), completed_on=day("2019-12-31"))
    assert read("REG-09")[0]["open"] == 0


def _published(told, place=None, **fields):
    values = {"period": "year", "as_of": day("2025-12-31"), "published_on": day("2026-01-10")} | fields
    return PublishedSummary.objects.create(division=place or make.village(), figures=told, **values)


def test_REG10_totals_that_differ_are_found():
    wrong = {**DUODAO, "total": {"count": 625, "value": "308626147.00"}}
    _published(wrong, make.village(name="错"))
    _tally, found = read("REG-10")
    assert set(found["错"].details["what"]) == {"by_class.count", "by_holder.count", "by_holder.value"}


def test_REG10_the_published_figures_of_duodao_agree_as_they_are_rounded():
    assert problems(DUODAO, Decimal("100")) == []
    assert problems(DUODAO, Decimal("0.01")) == ["by_holder.value"]  # rounded to 100 yuan: 47 yuan apart
    place = make.village(name="掇刀")
    Parameter.objects.create(key="summary_tolerance", division=place, value="100", source="公布数按百元取整",
                             valid=make.period("2020-01-01"))  # fmt: skip
    made = publish_summary(division=place, period="year", as_of=day("2021-12-31"), by=None, given=DUODAO)
    assert made.figures["total"]["count"] == 624
    assert read("REG-10", clock.today())[0] == {"checked": 1, "open": 0, "new": 0, "closed": 0, "no_data": 0}


def test_REG10_boundary_one_cent_is_rounding_and_two_are_not():
    lines = {"a": {"count": 1, "value": "10.00"}}
    total = {"by_class": lines, "by_holder": lines}
    assert problems({**total, "total": {"count": 1, "value": "10.01"}}, Decimal("0.01")) == []
    assert problems({**total, "total": {"count": 1, "value": "10.02"}}, Decimal("0.01"))
    assert problems({**total, "total": {}}, Decimal("0.01")) == ["total"]


def test_REG10_refuses_a_summary_that_does_not_agree_and_one_that_is_there():
    place = make.village()
    wrong = {**DUODAO, "total": {"count": 1, "value": "1.00"}}
    with pytest.raises(RuleBroken), transaction.atomic():
        publish_summary(division=place, period="year", as_of=day("2021-12-31"), by=None, given=wrong)
    publish_summary(division=place, period="year", as_of=day("2021-12-31"), by=None)
    with pytest.raises(BadInput), transaction.atomic():
        publish_summary(division=place, period="year", as_of=day("2021-12-31"), by=None)


def test_a_summary_counts_what_stands_on_the_day_and_splits_by_shares():
    place = make.village()
    plant = make.asset("厂", place, subtype="processing", original_value=Decimal("100.00"))
    make.entry(plant, share="1/3", holder=make.party(of=place))
    make.entry(plant, share="2/3", holder=make.party("县公司", "government", make.county()))
    make.asset("未知", place, original_value=None)
    make.asset("已处置", place, state="disposed")
    make.asset("明年", place, state_since=day("2027-01-01"))
    told = figures(place, DAY)
    assert told["total"] == {"count": 2, "value": "100.00"}
    assert told["by_holder"][Holder.VILLAGE] == {"count": 0, "value": "33.33"}
    assert told["by_holder"][Holder.COUNTY] == {"count": 1, "value": "66.67"}
    assert told["by_class"][AssetClass.PUBLIC_WELFARE] == {"count": 1, "value": "0.00"}
    assert told["unknown"] == 1
    assert problems(told, Decimal(0)) == []


@given(
    st.decimals(min_value=0, max_value=10**9, places=2),
    st.lists(st.tuples(st.sampled_from("abc"), st.fractions(min_value="1/97", max_value=1)), min_size=1),
)
def test_what_is_split_is_whole_again(value, shares):
    assert sum(split(value, shares).values()) == value


def test_REG11_accepted_and_not_handed_over_is_found():
    make.asset("未移交", accepted_on=day("2026-01-01"))
    assert read("REG-11")[1]["未移交"].since == day("2026-04-02")


def test_REG11_does_not_find_what_was_handed_over_or_never_accepted():
    make.asset("已移交", accepted_on=day("2026-01-01"), handed_over_on=day("2026-02-01"))
    make.asset("未验收")
    make.asset("牛", subtype="livestock", nature="biological", accepted_on=day("2026-01-01"))
    assert read("REG-11")[0]["open"] == 0


def test_REG11_boundary_the_ninetieth_day():
    make.asset("路", accepted_on=DAY - dt.timedelta(days=90))
    assert read("REG-11")[0]["open"] == 0
    assert read("REG-11", DAY + dt.timedelta(days=1))[0]["open"] == 1


def test_REG12_a_completed_project_without_an_asset_is_found():
    make.project("产业路项目")
    assert list(read("REG-12")[1]) == ["产业路项目"]


def test_REG12_does_not_find_projects_with_assets():
    make.asset("路", project=make.project())
    assert read("REG-12")[0]["open"] == 0


def test_REG12_boundary_building_is_not_completed():
    project = make.project("在建")
    project.unit.state = "building"
    project.unit.save()
    assert read("REG-12")[0]["open"] == 0
    project.unit.state = "accepted"
    project.unit.save()
    assert read("REG-12")[0]["open"] == 1
