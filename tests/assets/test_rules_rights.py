"""RIG-03, RIG-04, RIG-06, RIG-10: rights that hang on the class or the sub-type of an asset."""

import datetime as dt

import pytest
from django.db import transaction

from assets.models import Asset
from registry.codes import Reading
from registry.models import Finding, ImportRow, Parameter, PartyMember
from registry.queries.findings import sentence
from registry.rules.engine import evaluate
from tests import factories as make

from .conftest import FACTORY, HEADS, ROAD

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 6, 1)


def read(rule, day=DAY):
    tally = evaluate(as_of=day, rule_ids=[rule])[rule]
    return tally, {f.details["name"]: f for f in Finding.objects.open().filter(rule=rule)}


def house(name, **fields):
    return make.asset(name, subtype="housing", **fields)


# --- RIG-03 with a list of households (section 12.6)


def test_RIG03_a_group_party_with_its_list_is_valid():
    asset = house("12户安置房")
    group = make.party("12户名单", "group", asset.unit.division)
    PartyMember.objects.create(
        group=group, member=make.person("杨文", asset.unit.division), valid=make.period("2020-01-01")
    )
    make.entry(asset, holder=group)
    assert read("RIG-03")[0]["open"] == 0


# --- RIG-04


@pytest.mark.parametrize("code", ["use", "operation", "income", "disposal", "distribution", "mortgage"])
def test_RIG04_a_right_of_somebody_else_on_a_household_asset_is_found(code):
    make.entry(house("安置房"), code, begin="2024-01-01")
    tally, found = read("RIG-04")
    assert (tally["checked"], found["安置房"].since) == (1, dt.date(2024, 1, 1))
    assert "安置房" in sentence(found["安置房"])


def test_RIG04_the_households_own_rights_and_guidance_are_in_order():
    asset = house("安置房")
    owner = make.party("杨文户", "household", asset.unit.division)
    for code in ("ownership", "use", "operation", "income"):
        make.entry(asset, code, owner)
    make.entry(asset, "supervision", make.party("乡政府", "government", asset.unit.division))
    make.entry(make.asset("厂房", subtype="processing"), "operation")
    assert read("RIG-04")[0] == {"checked": 1, "open": 0, "new": 0, "closed": 0, "no_data": 0}


def test_RIG04_boundary_a_household_may_not_mortgage_it_and_the_last_day_counts():
    asset = house("安置房")
    owner = make.party("杨文户", "household", asset.unit.division)
    make.entry(asset, "mortgage", owner, end="2026-06-02")
    assert read("RIG-04")[0]["open"] == 1
    assert read("RIG-04", DAY + dt.timedelta(days=1))[0]["open"] == 0


# --- RIG-06


def level(word, place=None):
    Parameter.objects.create(
        key="transport_owner_level", division=place, value=word, source="屏政发〔2024〕8号",
        valid=make.period("2024-01-01"),
    )  # fmt: skip


def test_RIG06_a_road_of_the_village_where_the_county_owns_roads():
    county = make.county()
    level("county", county)
    asset = make.asset("大寨路")
    make.entry(asset, holder=make.party("大寨合作社", of=asset.unit.division))
    town = make.asset("乡道")
    make.entry(town, holder=make.party("新华乡政府", "government", make.township()))
    right = make.asset("县道")
    make.entry(right, holder=make.party("县交通局", "government", county))
    tally, found = read("RIG-06")
    assert (tally["checked"], sorted(found)) == (3, ["乡道", "大寨路"])
    assert found["大寨路"].severity == "W"
    assert "大寨合作社" in sentence(found["大寨路"])


def test_RIG06_is_off_until_the_county_has_set_the_level():
    make.entry(make.asset("大寨路"))
    assert read("RIG-06")[0] == {"checked": 0, "open": 0, "new": 0, "closed": 0, "no_data": 0}


def test_RIG06_boundary_the_nearest_division_decides_and_only_roads_are_asked():
    level("county", make.county())
    level("village", make.township())
    make.entry(make.asset("大寨路"))
    make.entry(make.asset("水窖", subtype="irrigation"))
    company = make.asset("专用路")
    make.entry(company, holder=make.party("茶业公司", "company", company.unit.division))
    assert read("RIG-06")[0] == {"checked": 1, "open": 0, "new": 0, "closed": 0, "no_data": 0}


# --- RIG-10

CODE = "532523205200GB00001F00010001"


def test_RIG10_real_estate_without_its_code_is_found_a_year_after():
    make.asset("厂房", subtype="processing", completed_on=dt.date(2024, 1, 1))
    make.asset("无日期", subtype="processing", completed_on=None)
    tally, found = read("RIG-10")
    assert (tally["checked"], tally["no_data"], found["无日期"].reading) == (2, 1, Reading.NO_DATA)
    assert (found["厂房"].severity, found["厂房"].since) == ("W", dt.date(2025, 1, 1))
    assert sentence(found["厂房"])


def test_RIG10_with_its_code_or_no_real_estate_it_is_in_order():
    make.asset(subtype="processing", real_estate_code=CODE)
    make.asset(subtype="road")
    assert read("RIG-10")[0]["open"] == 0


def test_RIG10_boundary_three_hundred_and_sixty_five_days():
    make.asset(subtype="processing", completed_on=DAY - dt.timedelta(days=365))
    make.asset("一日前", subtype="processing", completed_on=DAY - dt.timedelta(days=366))
    assert list(read("RIG-10")[1]) == ["一日前"]


@pytest.mark.parametrize("code", [CODE[:27], CODE + "1", CODE[:27] + "a", "不" * 28])
def test_RIG10_a_code_of_another_form_is_refused_by_the_database(code):
    with pytest.raises(Exception, match="real_estate_code|too long"), transaction.atomic():
        make.asset(subtype="processing", real_estate_code=code)


def test_RIG10_the_ledger_brings_the_code_and_refuses_another_form(bring):
    plant = FACTORY | {"不动产单元号": f"{CODE[:12]} {CODE[12:]}"}
    bring([plant, ROAD | {"不动产单元号": "123"}], heads=[*HEADS, "不动产单元号"])
    assert Asset.objects.get().real_estate_code == CODE
    refused = ImportRow.objects.get(errors__0__code="real_estate_code")
    assert "28" in refused.errors[0]["message"]


@pytest.mark.parametrize("rule", ["RIG-04", "RIG-06", "RIG-10"])
def test_rules_on_classes_need_few_queries(rule, django_assert_max_num_queries):
    level("county", make.county())
    for number in range(8):
        make.entry(house(f"{number}"), "operation")
        make.entry(make.asset(f"路{number}"))
    with django_assert_max_num_queries(16):
        assert read(rule)[0]["open"] == 8
