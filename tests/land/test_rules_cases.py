"""E01 to E04, P11, X02: what the rules find in cases, on which side of the threshold, and what they keep."""

import datetime as dt
from decimal import Decimal

import pgtrigger
import pytest

from land.models import Case, CaseRectification, CaseStep, Evidence, Vintage
from land.parameters_cases import CALENDAR, YEARS
from land.queries.cases import ban_tag, overdue_keys
from land.services import case_closing, case_rectifying, case_steps
from land.services.case_steps import Facts
from land.workdays import Calendar, deadline, wrong_calendar
from registry import clock
from registry.codes import Reading
from registry.models import Finding, Parameter
from registry.queries.findings import sentence
from registry.rules import all_rules, get
from registry.rules.changed import evaluate_changed
from registry.rules.engine import evaluate
from registry.services.parameters import set_parameter
from tests import factories as make
from tests.land import casework
from tests.land.casework import DAY

pytestmark = pytest.mark.django_db
LATER = dt.date(2026, 6, 1)
MU = Decimal(2000) / 3


def read(rule, day=LATER):
    evaluate(as_of=day, rule_ids=[rule])
    rows = Finding.objects.open().filter(rule=rule)
    return {f.details["name"]: f for f in rows}


@pytest.fixture
def officer(township):
    return make.user("land_officer", township)


@pytest.fixture
def village(township):
    return township.children.first()


def put(case, **values):
    """Facts as an import would write them, past the services."""
    Case.objects.filter(pk=case.pk).update(**values)


# --- E01


def test_E01_confirmed_without_enough_pictures_is_found(village, officer):
    case = casework.confirmed(casework.opened(village, name="甲"), officer)
    assert read("E01") == {}
    Evidence.objects.filter(pk=Evidence.objects.first().pk).update(azimuth=None)
    found = read("E01")["甲"]
    assert (found.details["photos"], found.details["wanted"]) == (2, 3)
    assert found.since == case.confirmed_on
    assert found.severity == "E"
    assert "2" in sentence(found)


def test_E01_boundary_the_number_of_the_day_of_confirmation_counts(village, officer):
    casework.confirmed(casework.opened(village, name="甲"), officer)
    set_parameter(
        key="case_photos_min",
        value=9,
        division=None,
        begin=dt.date(2026, 3, 3),
        source="屏国土〔2026〕9号",
        by=None,
    )
    assert read("E01") == {}


def test_E01_the_word_before_the_confirmation_is_found(village, officer):
    case = casework.opened(village, name="甲")
    put(case, note="违法建设")
    found = read("E01")["甲"]
    assert found.details["variant"] == "word"
    assert "违法" not in sentence(found)
    put(case, note="建设")
    assert read("E01") == {}


# --- E02


def test_E02_areas_that_no_longer_make_the_clue_are_found(village, officer, township):
    case = casework.reviewed(casework.opened(village, name="甲"), officer)
    case_closing.close(case=case, on=DAY, by=make.user("land_officer", township))
    assert read("E02") == {}
    CaseRectification.objects.create(case=case, method="other", area_m2=Decimal("0.01"))
    found = read("E02")["甲"]
    assert (found.details["dealt"], found.details["area"]) == ("1000.01", "1000.00")


def test_E02_open_cases_are_not_asked(village, officer):
    casework.confirmed(casework.opened(village), officer)
    assert evaluate(as_of=LATER, rule_ids=["E02"])["E02"]["checked"] == 0


# --- E03


def test_E03_overdue_is_counted_in_working_days_from_the_day_after(village):
    casework.opened(village, name="甲", on=dt.date(2026, 3, 2))  # a Monday; 5 working days: until Monday
    assert read("E03", dt.date(2026, 3, 9)) == {}
    found = read("E03", dt.date(2026, 3, 10))["甲"]
    assert found.details["due"] == "2026-03-09"
    assert found.since == dt.date(2026, 3, 10)


def test_E03_holidays_do_not_count_and_weekends_worked_do(village):
    casework.opened(village, name="甲", on=dt.date(2026, 2, 12))  # 13, 14 (worked); 15-23 off; 24, 25, 26
    assert read("E03", dt.date(2026, 2, 26)) == {}
    assert "甲" in read("E03", dt.date(2026, 2, 27))


def test_E03_pauses_do_not_count(village, officer):
    case = casework.opened(village, name="甲", on=dt.date(2026, 3, 2))
    case_closing.pause(case=case, kind="hearing", on=dt.date(2026, 3, 4), by=officer)
    assert read("E03", dt.date(2026, 5, 6)) == {}  # the clock stands
    case_closing.resume(case=case, on=dt.date(2026, 3, 11), by=officer)
    assert read("E03", dt.date(2026, 3, 16)) == {}  # 3, 11, 12, 13, 16
    assert "甲" in read("E03", dt.date(2026, 3, 17))


def test_E03_a_pause_that_began_after_the_deadline_excuses_nothing(village, officer):
    case = casework.opened(village, name="甲", on=dt.date(2026, 3, 2))
    case_closing.pause(case=case, kind="hearing", on=dt.date(2026, 3, 11), by=officer)
    assert "甲" in read("E03", dt.date(2026, 3, 12))


def test_E03_a_year_without_holidays_entered_is_no_data_and_the_county_enters_it(village):
    casework.opened(village, name="甲", on=dt.date(2020, 3, 2))
    found = read("E03")
    assert found["甲"].reading == Reading.NO_DATA
    assert found["甲"].details["year"] == 2020
    Parameter.objects.create(
        key=CALENDAR, division=village.parent, value={"year": 2020, "off": ["2020-01-01"], "work": []},
        source="国办发明电〔2019〕16号", valid=make.period("2020-01-01", "2021-01-01"),
    )  # fmt: skip
    assert read("E03")["甲"].reading == Reading.FOUND


def test_E03_the_list_says_the_same_as_the_rule(village, officer):
    late = casework.opened(village, name="甲", on=dt.date(2026, 3, 2))
    casework.opened(village, name="乙", on=dt.date(2026, 5, 29))
    assert list(read("E03")) == ["甲"]
    assert overdue_keys(Case.objects.all(), LATER) == [late.pk]


def test_E03_the_shipped_calendars_hold_days_of_their_year_and_the_next_is_set_by_the_county(village):
    assert [wrong_calendar(value) for value, _source in YEARS] == ["", "", ""]
    assert wrong_calendar({"year": 2026, "off": ["2025-12-31"], "work": []})
    assert wrong_calendar({"year": 2026, "off": [], "work": ["2026-03-02"]})  # a Monday is worked anyway
    assert wrong_calendar({"year": 2026, "off": ["2026-02-30"], "work": []})
    days = Calendar.of(value for value, _source in YEARS).working
    assert [len([day for day in days if day.year == year]) for year in (2024, 2025, 2026)] == [251, 248, 248]
    value = {"year": 2027, "off": ["2027-01-01"], "work": []}
    set_parameter(key=CALENDAR, value=value, division=None, begin=dt.date(2027, 1, 1),
                  source="国办发明电〔2026〕9号", by=None)  # fmt: skip
    assert Parameter.objects.get(key=CALENDAR, valid__contains=dt.date(2026, 12, 31)).value["year"] == 2026


def test_E03_deadline_across_a_year_without_a_calendar_is_unknown():
    calendar = Calendar.of([YEARS[2][0]])
    assert deadline(dt.date(2026, 12, 28), 3, calendar).due == dt.date(2026, 12, 31)
    assert deadline(dt.date(2026, 12, 28), 4, calendar).unknown


# --- E04


@pytest.mark.parametrize(
    ("began", "tag"),
    [("2020-07-28", "before"), ("2020-07-29", "new"), ("2020-07-30", "new"), (None, "unknown")],
)
def test_E04_boundary_the_day_of_the_notice_is_new(began, tag):
    assert ban_tag(dt.date.fromisoformat(began) if began else None, dt.date(2020, 7, 29)) == tag


def test_E04_building_begun_after_the_ban_is_tagged_and_unknown_is_no_data(village, officer):
    for name, began in (("新", "2021-05-01"), ("旧", "2019-05-01"), ("不详", None)):
        facts = Facts(began_on=dt.date.fromisoformat(began) if began else None)
        casework.suspected(casework.opened(village, name=name), officer, facts=facts)
    found = read("E04")
    assert sorted(found) == ["不详", "新"]
    assert found["新"].severity == "I"
    assert found["不详"].reading == Reading.NO_DATA


def test_E04_what_was_found_in_order_is_not_tagged(village, officer):
    case = casework.verified(casework.opened(village), officer, facts=Facts(began_on=dt.date(2021, 5, 1)))
    case_steps.judge(case=case, parts=[case_steps.Part(outcome="lawful")], on=DAY, by=officer)
    assert read("E04") == {}


# --- P11


@pytest.fixture
def builder(village):
    return make.party("杨大山", "household", village)


def taken(village, officer, party, name, basic="0", farmland="0", area="20000"):
    """A confirmed case of a party with these figures (m²)."""
    facts = Facts(party=party)
    case = casework.confirmed(casework.opened(village, name=name, area=area), officer, facts=facts)
    put(case, basic_farmland_m2=Decimal(basic), farmland_m2=Decimal(farmland))
    return case


def test_P11_cases_of_one_party_are_summed_across_villages(village, township, officer, builder):
    other = township.children.last()
    taken(village, officer, builder, "甲", "2000", "2000")
    assert read("P11") == {}
    taken(other, officer, builder, "乙", "1333.34", "1333.34")  # together 5.00001 mu
    found = read("P11")
    assert sorted(found) == ["乙", "甲"]
    assert found["甲"].details["basic_mu"] == "5.00"
    assert "杨大山" not in sentence(found["甲"])  # a household's name is for who may read it


def test_P11_boundary_a_threshold_is_not_reached_by_rounding(village, officer, builder):
    case = taken(village, officer, builder, "甲", "3333.33", "3333.33")  # 4.999995 mu
    assert read("P11") == {}
    put(case, basic_farmland_m2=Decimal("3333.34"))
    assert list(read("P11")) == ["甲"]


def test_P11_other_farmland_has_its_own_threshold_and_closed_cases_do_not_count(
    village, township, officer, builder
):
    case = taken(village, officer, builder, "甲", "0", "6666.67")  # 10.000005 mu
    assert read("P11")["甲"].details["other_mu"] == "10.00"
    put(case, farmland_m2=Decimal("6666.66"))
    assert read("P11") == {}
    put(case, farmland_m2=Decimal("7000"))
    case_rectifying.rectify(case=case, areas={"other": case.area_m2}, on=DAY, by=officer)
    case_closing.review(case=case, on=DAY, by=officer, note="已复耕到位")
    assert list(read("P11")) == ["甲"]
    case_closing.close(case=case, on=DAY, by=make.user("land_officer", township))
    assert read("P11") == {}


def test_P11_counts_no_more_than_what_was_confirmed_and_unknown_is_no_data(village, officer, builder):
    taken(village, officer, builder, "小", "9000", "9000", area="3000")
    assert read("P11") == {}
    case = taken(village, officer, builder, "不详", area="10")
    put(case, basic_farmland_m2=None, farmland_m2=None)
    found = read("P11")
    assert {f.reading for f in found.values()} == {Reading.NO_DATA}


def test_P11_what_changes_in_one_case_turns_the_others_of_its_party(village, township, officer, builder):
    first = taken(village, officer, builder, "甲", "2000", "2000")
    second = taken(township.children.last(), officer, builder, "乙", "1000", "1000")
    evaluate(as_of=LATER)
    put(second, basic_farmland_m2=Decimal("2000"), farmland_m2=Decimal("2000"))
    evaluate_changed(as_of=LATER)
    rows = Finding.objects.open().filter(rule="P11").values_list("unit", flat=True)
    assert set(rows) == {first.unit_id, second.unit_id}


# --- X02


def test_X02_findings_keep_rule_version_day_parameters_and_fingerprint(village, officer, builder):
    taken(village, officer, builder, "甲", "9000", "9000")
    late = casework.opened(village, name="乙")
    facts = Facts(began_on=dt.date(2022, 1, 1))
    casework.suspected(casework.opened(village, name="丙"), officer, facts=facts)
    evaluate(as_of=LATER)
    rows = Finding.objects.open().filter(rule__in=["E03", "E04", "P11"])
    assert {row.rule for row in rows} == {"E03", "E04", "P11"}
    for row in rows:
        rule = get(row.rule)
        assert (row.rule_version, row.read_on) == (rule.version, LATER)
        assert row.since <= LATER
        assert set(row.parameters) == set(rule.parameters)
        assert len(row.fingerprint) == 64
    prints = dict(rows.values_list("pk", "fingerprint"))
    evaluate(as_of=LATER)
    assert dict(rows.values_list("pk", "fingerprint")) == prints  # same inputs, same bytes
    case_steps.accept(case=late, on=clock.today(), by=None)
    assert not Finding.objects.open().filter(rule="E03", unit=late.unit).exists()


def test_X02_every_land_rule_says_from_when_it_holds_and_by_what_paper():
    for rule in all_rules():
        if rule.id in {"E01", "E02", "E03", "E04", "P11"}:
            assert rule.valid_from
            assert rule.version >= 1
            assert rule.source


def test_what_sql_broke_is_found_though_the_triggers_slept(village, officer):
    """E02 looks at closed cases, whoever closed them."""
    case = casework.reviewed(casework.opened(village, name="甲"), officer)
    with pgtrigger.ignore("land.CaseStep:follows", "land.Case:stage_by_steps"):
        CaseStep.objects.create(case=case, number=9, stage="closed", day=DAY, by=officer, at=clock.now())
        put(case, stage="closed")
    CaseRectification.objects.filter(case=case).update(area_m2=Decimal("1"))
    assert list(read("E02")) == ["甲"]
    assert Vintage.objects.count() == 0


def test_P11_a_verification_that_falls_turns_the_others_of_its_party(village, township, officer, builder):
    first = taken(village, officer, builder, "甲", "2000", "2000")
    second = taken(township.children.last(), officer, builder, "乙", "2000", "2000")
    evaluate(as_of=LATER)
    assert Finding.objects.open().filter(rule="P11", unit=first.unit).exists()
    act = make.act(second.unit)
    second.verifications.update(annulled=act)
    evaluate_changed(as_of=LATER)
    assert not Finding.objects.open().filter(rule="P11").exists()
