"""DEC-01 to DEC-05: a decision is held against what was in force on the day of the meeting."""

import datetime as dt

import pytest

from registry.codes import Reading
from registry.models import Finding
from registry.queries.findings import sentence
from registry.rules.engine import evaluate
from registry.rules.majority import Majority, judge
from tests import factories as make

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 6, 1)
BEFORE = dt.date(2025, 4, 30)


def read(rule, day=DAY):
    tally = evaluate(as_of=day, rule_ids=[rule])[rule]
    return tally, {f.details["name"]: f for f in Finding.objects.open().filter(rule=rule)}


# --- DEC-01


def test_DEC01_a_minority_of_all_members_is_found_with_its_counts():
    village = make.village(make.township(make.county(go_live=dt.date(2026, 1, 1))))
    make.decision(village, title="少一票", in_favour=199)
    make.decision(village, title="旧账", in_favour=100, held_on=dt.date(2025, 6, 1))
    tally, found = read("DEC-01")
    assert (tally["checked"], tally["no_data"], sorted(found)) == (2, 0, ["少一票", "旧账"])
    said = found["少一票"]
    assert (said.subject_type, said.since, said.baseline) == ("decision", dt.date(2026, 5, 20), False)
    assert found["旧账"].baseline  # true before the place went live
    assert "199" in sentence(said)
    assert "200" in sentence(said)


def test_DEC01_two_thirds_of_all_members_carry_it():
    make.decision(title="正好三分之二")
    assert read("DEC-01")[0] == {"checked": 1, "open": 0, "new": 0, "closed": 0, "no_data": 0}


@pytest.mark.parametrize(
    ("present", "favour", "passes", "reason"),
    [(200, 200, True, ""), (200, 199, False, "majority"), (199, 199, False, "quorum"), (300, 200, True, "")],
)
def test_DEC01_boundary_of_the_assembly_of_three_hundred(present, favour, passes, reason):
    two_thirds = Majority.of({"quorum": "2/3", "majority": "2/3", "over": False, "base": "all"})
    verdict = judge(two_thirds, 300, present, favour)
    assert (verdict.passes, verdict.reason) == (passes, reason)


@pytest.mark.parametrize(
    ("body", "held", "counts", "open_"),
    [
        ("members", BEFORE, (300, 100, 51), 0),  # before the law: a majority of those present
        ("members", BEFORE, (300, 100, 50), 1),  # half is no majority
        ("members", dt.date(2025, 5, 1), (300, 100, 51), 1),  # the first day of the law
        ("villagers", DAY, (300, 100, 51), 0),
        ("villagers", DAY, (None, 100, 50), 1),
        ("member_representatives", DAY, (30, None, 20), 0),  # of all representatives, without a quorum
        ("member_representatives", DAY, (30, 25, 19), 1),
        ("township", DAY, (None, None, None), 0),  # an office does not vote
    ],
)
def test_DEC01_goes_by_body_and_by_the_day_of_the_meeting(body, held, counts, open_):
    names = ("members_total", "present", "in_favour")
    make.decision(body=body, held_on=held, **dict(zip(names, counts, strict=True)))
    assert read("DEC-01")[0]["open"] == open_


@pytest.mark.parametrize("missing", ["members_total", "present", "in_favour"])
def test_DEC01_a_missing_count_is_no_data_and_no_pass(missing):
    make.decision(title="缺数", **{missing: None})
    tally, found = read("DEC-01")
    assert (tally["no_data"], found["缺数"].reading) == (1, Reading.NO_DATA)
    assert sentence(found["缺数"])


# --- DEC-02, DEC-03


@pytest.mark.parametrize(("rule", "field"), [("DEC-02", "notice_on"), ("DEC-03", "accounts_on")])
def test_DEC02_DEC03_later_than_ten_days_before_is_found(rule, field):
    make.decision(title="晚", **{field: dt.date(2026, 5, 15)})
    finding = read(rule)[1]["晚"]
    assert (finding.details["before"], finding.details["days"]) == (5, 10)
    assert "2026-05-15" in sentence(finding)


@pytest.mark.parametrize(("rule", "field"), [("DEC-02", "notice_on"), ("DEC-03", "accounts_on")])
def test_DEC02_DEC03_boundary_ten_days_are_enough_and_nine_are_not(rule, field):
    make.decision(title="十天", **{field: dt.date(2026, 5, 10)})
    make.decision(title="九天", **{field: dt.date(2026, 5, 11)})
    make.decision(title="不知", **{field: None})
    tally, found = read(rule)
    assert (tally["checked"], sorted(found), tally["no_data"]) == (3, ["不知", "九天"], 1)


@pytest.mark.parametrize("rule", ["DEC-02", "DEC-03", "DEC-04", "DEC-05"])
def test_DEC02_to_DEC05_do_not_reach_back_before_the_law_nor_to_other_bodies(rule):
    late = {"notice_on": None, "accounts_on": None, "party_on": None}
    make.decision(held_on=BEFORE, body="members", matters=[7, 8], **late)
    make.decision(held_on=BEFORE, body="member_representatives", matters=[7, 8], **late)
    make.decision(body="villagers", matters=[7, 8], **late)
    assert read(rule)[0]["open"] == 0


def test_DEC03_asks_only_where_plan_and_accounts_were_decided():
    make.decision(matters=[2], accounts_on=None)
    assert read("DEC-03")[0]["checked"] == 0


# --- DEC-04


def test_DEC04_representatives_cannot_quantify_shares():
    make.decision(title="越权", body="member_representatives", matters=[7, 8, 12])
    finding = read("DEC-04")[1]["越权"]
    assert finding.details["matters"] == [8, 12]
    assert "8、12" in sentence(finding)


@pytest.mark.parametrize(("matter", "open_"), [(n, int(n in (1, 3, 8, 10, 12))) for n in range(1, 14)])
def test_DEC04_boundary_item_by_item(matter, open_):
    make.decision(body="member_representatives", matters=[matter])
    assert read("DEC-04")[0]["open"] == open_


def test_DEC04_the_assembly_of_all_members_may():
    make.decision(body="members", matters=[1, 3, 8, 10, 12])
    assert read("DEC-04")[0]["open"] == 0


# --- DEC-05


def test_DEC05_without_the_party_organisation_is_a_warning():
    make.decision(title="未研究", party_on=None)
    make.decision(title="会后研究", party_on=dt.date(2026, 5, 21))
    _tally, found = read("DEC-05")
    assert {name: f.severity for name, f in found.items()} == {"未研究": "W", "会后研究": "W"}
    assert "2026-05-21" in sentence(found["会后研究"])


def test_DEC05_boundary_the_same_day_is_before_enough():
    make.decision(party_on=dt.date(2026, 5, 20))
    assert read("DEC-05")[0] == {"checked": 1, "open": 0, "new": 0, "closed": 0, "no_data": 0}


def test_decisions_taken_back_or_of_a_later_day_are_not_read():
    village = make.village()
    act = make.act(make.unit(of=village))
    make.decision(village, in_favour=0, annulled=act)
    make.decision(village, in_favour=0, held_on=DAY + dt.timedelta(days=1))
    assert read("DEC-01")[0]["checked"] == 0


@pytest.mark.parametrize("rule", ["DEC-01", "DEC-02", "DEC-03", "DEC-04", "DEC-05"])
def test_rules_on_decisions_need_few_queries(rule, django_assert_max_num_queries):
    village = make.village()
    for _number in range(12):
        make.decision(village, in_favour=1, present=1, notice_on=None, accounts_on=None, party_on=None)
        make.decision(village, body="member_representatives", matters=[8], party_on=None)
    with django_assert_max_num_queries(18):
        assert read(rule)[0]["open"] >= 12
