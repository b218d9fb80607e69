"""WAT-01 to WAT-05, UPK-09, UPK-10: whom water works serve, what carries them, who answers for them."""

import datetime as dt

import pytest

from assets.models import IrrigationWorks, LandTransfer
from registry.codes import Reading
from registry.queries.findings import sentence
from tests import factories as make

from .networks import read, water

pytestmark = pytest.mark.django_db
NAME = "大寨人饮工程"


def one(rule, **fields):
    """The finding of a rule on works with these facts, or None."""
    water(**fields)
    return read(rule)[1].get(NAME)


# --- WAT-01


def test_WAT01_more_people_than_it_is_designed_for():
    finding = one("WAT-01", design_people=500, actual_people=501)
    assert "501" in sentence(finding)


def test_WAT01_as_many_people_as_it_is_designed_for_are_in_order():
    assert one("WAT-01", design_people=500, actual_people=500) is None


@pytest.mark.parametrize(("supply", "found"), [("36500.00", False), ("36500.01", True)])
def test_WAT01_a_year_of_the_designed_supply_is_the_most(supply, found):
    finding = one("WAT-01", design_m3d="100", supply_m3=supply)
    assert bool(finding) is found


def test_WAT01_without_figures_nothing_is_told():
    assert one("WAT-01", actual_people=None).reading == Reading.NO_DATA


# --- WAT-02


@pytest.mark.parametrize(("rate", "found"), [("89.99", True), ("90.00", False)])
def test_WAT02_nine_tenths_of_the_fees_are_collected(rate, found):
    assert bool(one("WAT-02", collection_rate=rate)) is found


def test_WAT02_a_price_below_the_running_cost_needs_a_subsidy():
    assert one("WAT-02", price="1.99").details["variant"] == "price"


@pytest.mark.parametrize("fields", [{"price": "1.99", "subsidy": "县级财政"}, {"price": "2.00"},
                                    {"charging": "free", "collection_rate": None,
                                     "subsidy": "村集体"}])  # fmt: skip
def test_WAT02_is_obeyed_by_a_subsidy_or_a_price_at_cost(fields):
    assert one("WAT-02", **fields) is None


def test_WAT02_free_water_without_a_subsidy_is_found_and_an_unknown_price_is_not_told():
    assert one("WAT-02", charging="free", price=None).details["variant"] == "price"
    other = water("小寨人饮工程", price=None)
    assert read("WAT-02")[1][other.unit.name].reading == Reading.NO_DATA


# --- WAT-03


@pytest.mark.parametrize("column", ["convenience", "guarantee"])
def test_WAT03_below_standard_needs_a_plan(column):
    assert one("WAT-03", **{column: "fail"}).details["variant"] == column


@pytest.mark.parametrize(
    "fields", [{"convenience": "basic"}, {"guarantee": "fail", "repair_plan": "2026 年改造"}]
)
def test_WAT03_is_obeyed_by_a_plan_or_by_the_basic_standard(fields):
    assert one("WAT-03", **fields) is None


def test_WAT03_what_was_not_graded_is_not_told():
    assert one("WAT-03", guarantee="").reading == Reading.NO_DATA


# --- WAT-04


@pytest.mark.parametrize(("report", "found"), [(dt.date(2025, 5, 31), True), (dt.date(2025, 6, 1), False)])
def test_WAT04_a_report_holds_for_a_year(report, found):
    assert bool(one("WAT-04", report_on=report)) is found


@pytest.mark.parametrize(("fields", "variant"), [
    ({"report_on": None}, "no_report"), ({"disinfection": False}, "disinfection"),
    ({"health_until": None}, "health"),
    ({"health_until": dt.date(2026, 5, 31)}, "health"),
])  # fmt: skip
def test_WAT04_each_that_is_missing_is_named(fields, variant):
    assert one("WAT-04", **fields).details["variant"] == variant


def test_WAT04_a_certificate_holds_on_its_last_day():
    assert one("WAT-04", health_until=dt.date(2026, 6, 1)) is None


def test_WAT04_unknown_disinfection_is_not_told():
    assert one("WAT-04", disinfection=None).reading == Reading.NO_DATA


# --- WAT-05


def unified(keeper, operator="屏边县供水有限公司"):
    made = water(unified=True, unified_operator=operator)
    if keeper:
        make.entry(made.unit, "upkeep", make.party(keeper, "company", made.unit.division))
    return read("WAT-05")[1].get(NAME)


def test_WAT05_unified_in_name_only_is_found():
    assert unified("大寨供水公司").details["body"] == "大寨供水公司"


def test_WAT05_is_obeyed_by_the_unified_operator():
    assert unified("屏边县供水有限公司") is None


def test_WAT05_without_a_keeper_or_an_operator_nothing_is_told():
    assert unified(None).reading == Reading.NO_DATA


def test_WAT05_works_under_no_unified_management_are_not_asked():
    water(unified=False)
    assert read("WAT-05")[0]["checked"] == 0


# --- UPK-09, UPK-10


def canal(keeper="company", money="central", **fields):
    asset = make.asset("大寨水沟", subtype="irrigation")
    if money:
        make.funding(asset, source=money)
    made = IrrigationWorks.objects.create(unit=asset.unit, **{"scale": "small", **fields})
    make.entry(asset, "upkeep", make.party("大寨管护单位", keeper, asset.unit.division))
    return made


def test_UPK09_small_works_of_public_money_kept_up_by_a_company_are_found():
    canal()
    assert read("UPK-09")[1]["大寨水沟"].details["body"] == "大寨管护单位"


@pytest.mark.parametrize("keeper", ["village_collective", "cooperative", "household"])
def test_UPK09_is_obeyed_by_those_who_benefit(keeper):
    canal(keeper)
    assert read("UPK-09")[1] == {}


def test_UPK09_an_association_of_water_users_benefits_whatever_its_kind():
    made = canal("operator")
    made.unit.entries.get().party.__class__.objects.filter(name="大寨管护单位").update(name="大寨用水户协会")
    assert read("UPK-09")[1] == {}


@pytest.mark.parametrize(
    "fields", [{"entrusted": "大寨水沟委托管护协议"}, {"scale": "medium"}, {"money": "donation"}]
)
def test_UPK09_an_entrustment_other_money_or_larger_works_are_exempt(fields):
    canal(**fields)
    assert read("UPK-09")[1] == {}


@pytest.mark.parametrize(("begin", "found"), [("2025-12-31", True), ("2026-01-01", False)])
def test_UPK10_a_duty_from_the_day_of_the_transfer_on_is_an_agreement(begin, found):
    made = canal("village_collective")
    made.unit.entries.update(valid=make.period(begin))
    LandTransfer.objects.create(unit=made.unit, on=dt.date(2026, 1, 1), receiver="云岭公司")
    assert bool(read("UPK-10")[1]) is found


def test_UPK10_is_obeyed_by_an_agreement_and_found_without_one():
    made = canal("village_collective")
    transfer = LandTransfer.objects.create(unit=made.unit, on=dt.date(2026, 1, 1), receiver="云岭公司")
    assert "云岭公司" in sentence(read("UPK-10")[1]["大寨水沟"])
    transfer.restated_on = dt.date(2026, 2, 1)
    transfer.save()
    assert read("UPK-10")[1] == {}
