"""RIG-05, RIG-07, RIG-08, RIG-09: collective property, papers of rights, operators, security."""

import datetime as dt

import pytest
from django.db import connection

from registry.codes import Reading
from registry.errors import RuleBroken
from registry.models import Finding, PartyMember
from registry.queries.findings import sentence
from registry.rules.engine import evaluate
from registry.rules.guard import refuse_broken
from tests import factories as make

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 6, 1)


def read(rule, day=DAY):
    tally = evaluate(as_of=day, rule_ids=[rule])[rule]
    return tally, {f.details["name"]: f for f in Finding.objects.open().filter(rule=rule)}


@pytest.fixture
def collective():
    """A village collective with one member since 2020."""
    village = make.village(make.township(make.county(go_live=dt.date(2026, 1, 1))))
    group = make.party("岩峰村股份经济合作社", of=village)
    member = make.person("杨文", village)
    PartyMember.objects.create(group=group, member=member, valid=make.period("2020-01-01", "2026-06-02"))
    return village, group, member


# --- RIG-05


def test_RIG05_a_member_who_owns_with_or_after_the_collective_is_found(collective):
    village, group, member = collective
    shared = make.asset("厂房", village, subtype="processing")
    make.entry(shared, holder=group, share="1/2")
    make.entry(shared, holder=member, share="1/2")
    passed = make.asset("冷库", village, subtype="processing")
    make.entry(passed, holder=group, end="2026-03-01")
    make.entry(passed, holder=member, begin="2026-03-01")
    tally, found = read("RIG-05")
    assert (tally["checked"], sorted(found)) == (2, ["冷库", "厂房"])
    assert found["冷库"].since == dt.date(2026, 3, 1)
    assert (found["厂房"].severity, found["厂房"].baseline) == ("F", True)  # history is recorded as it was
    assert (found["冷库"].severity, found["冷库"].baseline) == ("E", False)
    assert "杨文" not in sentence(found["厂房"])


def test_RIG05_refuses_the_act_after_go_live_and_lets_history_be_recorded(collective):
    village, group, member = collective
    asset = make.asset("冷库", village, subtype="processing")
    make.entry(asset, holder=group, end="2026-03-01")
    make.entry(asset, holder=member, begin="2026-03-01")
    with pytest.raises(RuleBroken, match="RIG-05"):
        refuse_broken(on=dt.date(2026, 3, 1), units=[asset.unit_id])
    old = make.asset("旧厂房", village, subtype="processing")
    make.entry(old, holder=group, end="2021-03-01")
    make.entry(old, holder=member, begin="2021-03-01")
    refuse_broken(on=dt.date(2021, 3, 1), units=[old.unit_id])


def test_RIG05_in_order_strangers_households_and_income_shares(collective):
    village, group, member = collective
    stranger = make.asset("厂房", village, subtype="processing")
    make.entry(stranger, holder=group, share="1/2")
    make.entry(stranger, holder=make.person("外人", village), share="1/2")
    house = make.asset("安置房", village, subtype="housing")
    make.entry(house, holder=group, end="2021-01-01")
    make.entry(house, holder=member, begin="2021-01-01")
    quantified = make.asset("电站", village, subtype="solar")
    make.entry(quantified, holder=group)
    make.entry(quantified, "income", member, share="1/2")
    bought = make.asset("私房", village, subtype="processing")
    make.entry(bought, holder=member)
    assert read("RIG-05")[0]["open"] == 0


def test_RIG05_boundary_a_member_until_the_day_before(collective):
    village, group, member = collective
    asset = make.asset("厂房", village, subtype="processing")
    make.entry(asset, holder=group, share="1/2")
    make.entry(asset, holder=member, share="1/2")
    assert read("RIG-05", DAY)[0]["open"] == 1
    assert read("RIG-05", DAY + dt.timedelta(days=1))[0]["open"] == 0


def test_RIG05_boundary_a_gap_between_the_two_owners_is_another_story(collective):
    village, group, member = collective
    asset = make.asset("厂房", village, subtype="processing")
    make.entry(asset, holder=group, end="2026-02-28")
    make.entry(asset, holder=member, begin="2026-03-01")
    assert read("RIG-05")[0]["open"] == 0


# --- RIG-07


def test_RIG07_no_paper_or_a_later_one_is_found():
    make.entry(make.asset("无据"))
    make.entry(make.asset("倒签"), source=make.source(issued_on=dt.date(2020, 1, 2)))
    make.entry(make.asset("无日期"), source=make.source(issued_on=None))
    tally, found = read("RIG-07")
    assert (tally["checked"], tally["no_data"], sorted(found)) == (3, 1, ["倒签", "无据", "无日期"])
    assert found["无日期"].reading == Reading.NO_DATA
    assert "2020-01-02" in sentence(found["倒签"])
    assert all(sentence(finding) for finding in found.values())


def test_RIG07_in_order_with_a_paper_a_statement_or_for_duties():
    asset = make.asset()
    paper = make.source(issued_on=dt.date(2019, 12, 1))
    make.entry(asset, source=paper)
    make.entry(asset, "upkeep")  # a duty is another rule's matter
    make.entry(asset, "income", begin="2015-01-01", end="2016-01-01")  # over
    make.entry(make.asset(), source=make.source(kind="legacy", issued_on=dt.date(2026, 1, 1)))
    assert read("RIG-07")[0] == {"checked": 2, "open": 0, "new": 0, "closed": 0, "no_data": 0}


def test_RIG07_boundary_the_day_of_the_paper_itself():
    make.entry(make.asset("当日"), source=make.source(issued_on=dt.date(2020, 1, 1)))
    make.entry(make.asset("早一日"), begin="2019-12-31", source=make.source(issued_on=dt.date(2020, 1, 1)))
    assert list(read("RIG-07")[1]) == ["早一日"]


# --- RIG-08


@pytest.fixture
def unguarded():
    """The database without its guard, as a restore by hand may leave it."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE registry_entry DROP CONSTRAINT entry_exclusive_codes")


def test_RIG08_two_operators_at_once_are_found(unguarded):
    asset = make.asset("加工厂", subtype="processing")
    make.entry(asset, "operation", begin="2022-01-01", end="2027-01-01")
    make.entry(asset, "operation", begin="2025-01-01")
    tally, found = read("RIG-08")
    assert (tally["checked"], found["加工厂"].since) == (1, dt.date(2025, 1, 1))
    assert sentence(found["加工厂"])


def test_RIG08_the_database_refuses_a_second_operator():
    asset = make.asset("加工厂", subtype="processing")
    make.entry(asset, "operation")
    with pytest.raises(Exception, match="entry_exclusive_codes"):
        make.entry(asset, "operation", begin="2025-01-01")


def test_RIG08_boundary_one_after_the_other_or_corrected(unguarded):
    asset = make.asset("加工厂", subtype="processing")
    make.entry(asset, "operation", begin="2022-01-01", end="2025-01-01")
    right = make.entry(asset, "operation", begin="2025-01-01")
    wrong = make.entry(asset, "operation", begin="2024-01-01")
    wrong.corrected_by = right
    wrong.save()
    assert read("RIG-08")[0] == {"checked": 1, "open": 0, "new": 0, "closed": 0, "no_data": 0}


# --- RIG-09


def test_RIG09_security_for_somebody_elses_debt_is_found(collective):
    village, group, member = collective
    asset = make.asset("厂房", village, subtype="processing")
    make.entry(asset, holder=group)
    bank = make.party("县农商行", "company", village)
    make.entry(asset, "mortgage", bank, debtor=make.party("云岭茶业公司", "company", village))
    tally, found = read("RIG-09")
    assert (tally["checked"], tally["open"], found["厂房"].reading) == (1, 1, Reading.FOUND)
    assert sentence(found["厂房"])


def test_RIG09_in_order_for_its_own_debt_or_another_owners_thing(collective):
    village, group, member = collective
    own = make.asset("厂房", village, subtype="processing")
    make.entry(own, holder=group)
    make.entry(own, "mortgage", debtor=group)
    company = make.party("云岭茶业公司", "company", village)
    other = make.asset("公司厂房", village, subtype="processing")
    make.entry(other, holder=company)
    make.entry(other, "mortgage", debtor=member)
    assert read("RIG-09")[0] == {"checked": 1, "open": 0, "new": 0, "closed": 0, "no_data": 0}


def test_RIG09_boundary_whose_debt_unknown_is_no_data_and_its_last_day(collective):
    village, group, member = collective
    asset = make.asset("厂房", village, subtype="processing")
    make.entry(asset, holder=group)
    make.entry(asset, "mortgage", end="2026-06-02")
    tally, found = read("RIG-09")
    assert (tally["no_data"], found["厂房"].reading) == (1, Reading.NO_DATA)
    assert read("RIG-09", DAY + dt.timedelta(days=1))[0]["open"] == 0


@pytest.mark.parametrize("rule", ["RIG-05", "RIG-07", "RIG-08", "RIG-09"])
def test_rules_on_collective_property_need_few_queries(
    rule, collective, unguarded, django_assert_max_num_queries
):
    village, group, member = collective
    for number in range(8):
        asset = make.asset(f"{number}", village, subtype="processing")
        make.entry(asset, holder=group, share="1/2")
        make.entry(asset, holder=member, share="1/2")
        make.entry(asset, "operation")
        make.entry(asset, "operation", begin="2021-01-01")
        make.entry(asset, "mortgage")
    with django_assert_max_num_queries(16):
        assert read(rule)[0]["open"] == 8
