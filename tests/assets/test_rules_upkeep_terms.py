"""UPK-03, 04, 05, 08, 12: money, standard, unbroken duty, and who pays."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from assets.models import StandardItem, UpkeepStandard, UpkeepTerms
from registry.codes import Reading
from registry.models import Finding
from registry.queries.findings import sentence
from registry.rules import Scope
from registry.rules.engine import evaluate
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 6, 1)


def read(rule, day=TODAY, scope=None):
    """Tally of a rule, and its open findings by name."""
    tally = evaluate(as_of=day, scope=scope, rule_ids=[rule])[rule]
    return tally, {f.details["name"]: f for f in Finding.objects.open().filter(rule=rule)}


def duty(asset, **terms):
    """An upkeep duty whose terms are those given and no others."""
    entry = make.upkeep(asset)
    blank = {"annual_budget": None, "budget_source": ""}
    UpkeepTerms.objects.filter(entry=entry).update(**blank | terms)
    return entry


def standard(of, subtype="road", begin="2020-01-01", end=None, **fields):
    row = UpkeepStandard.objects.create(
        division=of, subtype=subtype, title="农村公路管护标准", source=make.source(of),
        valid=make.period(begin, end), **fields,
    )  # fmt: skip
    StandardItem.objects.create(standard=row, number=1, text="路面", demand="无坑槽")
    return row


# --- UPK-03


def test_UPK03_a_duty_without_budget_and_source_is_found():
    duty(make.asset("大寨路"))
    tally, found = read("UPK-03")
    assert (tally["checked"], list(found)) == (1, ["大寨路"])
    assert found["大寨路"].details.get("variant") is None
    assert "大寨路" in sentence(found["大寨路"])


def test_UPK03_is_obeyed_by_an_amount_and_its_source_and_leaves_other_assets_alone():
    duty(make.asset(), annual_budget=Decimal("3000"), budget_source="村集体收入")
    duty(make.asset(subtype="processing"))
    make.asset("无人管")  # that is UPK-01
    tally, found = read("UPK-03")
    assert (tally["checked"], found) == (1, {})


@pytest.mark.parametrize(
    ("terms", "variant"),
    [
        ({"annual_budget": Decimal("0.00"), "budget_source": "村集体收入"}, None),
        ({"annual_budget": Decimal("3000")}, "no_source"),
        ({"budget_source": "县级财政"}, "no_amount"),
    ],
)
def test_UPK03_an_amount_of_nothing_is_an_amount_and_half_a_statement_is_told_as_such(terms, variant):
    duty(make.asset("大寨路"), **terms)
    found = read("UPK-03")[1]
    assert {f.details.get("variant") for f in found.values()} == ({variant} if variant else set())


# --- UPK-04


def test_UPK04_no_standard_above_it_for_its_subtype_is_found():
    asset = make.asset("大寨路")
    duty(asset)
    standard(asset.unit.division, "water_supply")
    standard(make.township(name="湾塘乡", code="532523206"))
    assert list(read("UPK-04")[1]) == ["大寨路"]


def test_UPK04_is_obeyed_by_a_standard_of_the_county_or_one_named_on_the_dutys_own_paper():
    asset = make.asset()
    duty(asset)
    own = make.asset(subtype="health")
    entry = duty(own, standard="卫生室管护办法")
    entry.source = make.source(own.unit.division)
    entry.save()
    standard(make.county())
    assert read("UPK-04")[0]["open"] == 0


def test_UPK04_a_standard_holds_from_its_first_day_to_the_day_before_its_end():
    asset = make.asset()
    duty(asset)
    standard(make.county(), begin="2026-06-01", end="2026-07-01")
    days = {day: read("UPK-04", dt.date.fromisoformat(day))[0]["open"]
            for day in ("2026-05-31", "2026-06-01", "2026-06-30", "2026-07-01")}  # fmt: skip
    assert list(days.values()) == [1, 0, 0, 1]


# --- UPK-05


def test_UPK05_a_day_between_two_duties_is_found_with_its_days():
    asset = make.asset("大寨路")
    make.upkeep(asset, begin="2020-01-01", end="2025-01-01")
    make.upkeep(asset, begin="2025-01-11")
    tally, found = read("UPK-05")
    assert (tally["checked"], tally["open"]) == (1, 1)
    details = found["大寨路"].details
    assert (details["first"], details["last"], details["days"]) == ("2025-01-01", "2025-01-10", 10)
    assert found["大寨路"].since == dt.date(2025, 1, 1)


def test_UPK05_is_obeyed_where_another_body_kept_it_up_in_between():
    asset = make.asset()
    make.upkeep(asset, begin="2020-01-01", end="2026-01-01", share="1/2")
    make.upkeep(asset, begin="2021-01-01", end="2022-01-01", share="1/2")
    make.upkeep(asset, begin="2026-01-01")
    assert read("UPK-05")[0]["open"] == 0


def test_UPK05_the_change_over_day_is_no_gap_and_one_day_is():
    asset = make.asset("大寨路")
    make.upkeep(asset, begin="2020-01-01", end="2025-01-01")
    later = make.upkeep(asset, begin="2025-01-01")
    assert read("UPK-05")[0]["open"] == 0
    later.valid = DateRange(dt.date(2025, 1, 2), None)
    later.save()
    assert read("UPK-05")[1]["大寨路"].details["days"] == 1


# --- UPK-08


def test_UPK08_public_money_for_an_operating_asset_without_a_reason_is_found():
    duty(make.asset("加工厂", subtype="processing"), payer="budget", annual_budget=Decimal("5000"))
    duty(make.asset("冷库", subtype="processing"), budget_source="县级财政资金")
    tally, found = read("UPK-08")
    assert (tally["checked"], sorted(found)) == (2, ["冷库", "加工厂"])


def test_UPK08_is_obeyed_by_a_reason_by_its_own_income_and_by_public_welfare_assets():
    duty(make.asset(subtype="processing"), payer="budget", payer_reason="灾后修复，县政府专题会议纪要")
    duty(make.asset(subtype="processing"), payer="income", budget_source="财政")
    duty(make.asset(subtype="road"), payer="budget")
    tally, found = read("UPK-08")
    assert (tally["checked"], found) == (2, {})


def test_UPK08_what_is_stated_goes_before_the_words_of_the_source():
    entry = duty(make.asset("加工厂", subtype="processing"), budget_source="财政补助", payer="")
    assert list(read("UPK-08")[1]) == ["加工厂"]
    UpkeepTerms.objects.filter(entry=entry).update(payer="operator")
    assert read("UPK-08")[1] == {}


# --- UPK-12


def test_UPK12_somebody_else_than_the_owner_pays_without_an_agreement():
    asset = make.asset("饮水工程", subtype="water_supply")
    make.entry(asset, holder=make.party("新华村股份经济合作社", of=asset.unit.division))
    duty(asset, payer="users")
    found = read("UPK-12")[1]
    assert found["饮水工程"].details["owner"] == "新华村股份经济合作社"


def test_UPK12_is_obeyed_by_the_owner_by_an_agreement_and_by_the_budget_of_a_government_owner():
    first, second, third = (make.asset() for _ in range(3))
    for asset in (first, second):
        make.entry(asset, holder=make.party(of=asset.unit.division))
    make.entry(third, holder=make.party("县交通局", "government", third.unit.division))
    duty(first, payer="owner")
    duty(second, payer="users", payer_agreement=make.source(second.unit.division))
    duty(third, payer="budget")
    tally, found = read("UPK-12")
    assert (tally["checked"], found) == (3, {})


def test_UPK12_without_an_owner_is_no_data_and_a_payer_who_is_not_stated_is_not_looked_at():
    asset = make.asset("大寨路")
    entry = duty(asset)
    assert read("UPK-12")[0]["checked"] == 0
    UpkeepTerms.objects.filter(entry=entry).update(payer="body")
    found = read("UPK-12")[1]
    assert found["大寨路"].reading == Reading.NO_DATA
    make.entry(asset, holder=entry.party)
    assert read("UPK-12")[1] == {}


@pytest.mark.parametrize("rule", ["UPK-03", "UPK-04", "UPK-05", "UPK-08", "UPK-12"])
def test_the_rules_on_terms_read_a_scope_with_few_queries(rule, django_assert_max_num_queries):
    for number in range(8):
        asset = make.asset(f"路{number}")
        make.upkeep(asset, begin="2020-01-01", end="2021-01-01")
        entry = make.upkeep(asset, begin="2022-01-01")
        UpkeepTerms.objects.filter(entry=entry).update(payer="users", annual_budget=None)
    one = Finding.objects.none()
    with django_assert_max_num_queries(18):
        tally, one = read(rule)
    assert tally["checked"] or rule == "UPK-08"
    unit = make.asset("别处").unit
    assert evaluate(as_of=TODAY, scope=Scope.of({"units": [unit.pk]}), rule_ids=[rule])[rule]["open"] == 0
    assert len(one) in (0, 8)
