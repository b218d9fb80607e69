"""NOT-01 to NOT-05: how long a notice hangs, what is not published, what must not be published."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.checkdigits import id_check, uscc_check
from registry.codes import Reading
from registry.models import Finding, Parameter
from registry.queries.findings import sentence
from registry.rules.engine import evaluate
from registry.rules.notices import last_period
from registry.rules.secrets import find_secrets, luhn
from tests import factories as make

DAY = dt.date(2026, 6, 1)
ID = "53252319900307123"
ID += id_check(ID)
CARD = next(card for tail in range(10) if luhn(card := f"622202250102345678{tail}"))
USCC = "N2532523MF1234567"
USCC += uscc_check(USCC)


def read(rule, day=DAY):
    tally = evaluate(as_of=day, rule_ids=[rule])[rule]
    return tally, {f.details["name"]: f for f in Finding.objects.open().filter(rule=rule)}


def day(text):
    return dt.date.fromisoformat(text)


# --- NOT-01


@pytest.mark.django_db
def test_NOT01_too_short_cut_off_or_unanswered_is_found():
    make.notice(title="短", closed_on=day("2026-05-05"))
    make.notice(title="提前", takes_effect_on=day("2026-05-10"))
    make.objection(make.notice(title="未答复"))
    tally, found = read("NOT-01")
    assert (tally["checked"], sorted(found)) == (3, ["提前", "未答复", "短"])
    assert found["短"].details["days"] == 5
    assert found["未答复"].since == day("2026-05-11")
    assert "2026-05-10" in sentence(found["提前"])
    assert all(sentence(finding) for finding in found.values())


@pytest.mark.django_db
def test_NOT01_in_order_when_long_enough_answered_and_in_effect_afterwards():
    notice = make.notice(takes_effect_on=day("2026-05-11"))
    make.objection(notice, answered_on=day("2026-05-09"), answer="已复核")
    make.notice(kind="finance", closed_on=day("2026-05-01"))  # the days go by the kind
    assert read("NOT-01")[0] == {"checked": 2, "open": 0, "new": 0, "closed": 0, "no_data": 0}


@pytest.mark.django_db
def test_NOT01_boundary_ten_days_with_the_first_and_the_last():
    make.notice(title="十", closed_on=day("2026-05-10"))
    make.notice(title="九", closed_on=day("2026-05-09"))
    assert list(read("NOT-01")[1]) == ["九"]
    notice = make.notice(title="未完", opened_on=day("2026-05-23"), closed_on=DAY)
    make.objection(notice)
    assert "未完" not in read("NOT-01")[1]  # it hangs until today
    assert "未完" in read("NOT-01", DAY + dt.timedelta(days=1))[1]


@pytest.mark.django_db
def test_NOT01_the_days_of_a_township_of_its_own_win():
    town = make.township()
    Parameter.objects.create(
        key="notice_days_min", division=town, value={"default": 5}, source="新政发〔2026〕1号",
        valid=make.period("2020-01-01"),
    )  # fmt: skip
    make.notice(make.village(town), title="近", closed_on=day("2026-05-05"))
    make.notice(
        make.village(make.township(name="湾塘乡", code="532523206")), title="远", closed_on=day("2026-05-05")
    )
    assert list(read("NOT-01")[1]) == ["远"]


# --- NOT-02


@pytest.mark.django_db
def test_NOT02_a_plan_without_its_result_is_found():
    village = make.village()
    make.notice(village, title="甲", opened_on=day("2026-04-01"), closed_on=day("2026-04-10"), matter="1")
    make.notice(village, title="乙", opened_on=day("2026-04-01"), closed_on=day("2026-04-10"), matter="")
    tally, found = read("NOT-02")
    assert (tally["checked"], found["甲"].reading, found["乙"].reading) == (2, Reading.FOUND, Reading.NO_DATA)
    assert (found["甲"].since, found["甲"].division) == (day("2026-05-11"), village)


@pytest.mark.django_db
def test_NOT02_the_result_under_the_same_matter_number_puts_it_right():
    village = make.village()
    plan = make.notice(village, opened_on=day("2026-04-01"), closed_on=day("2026-04-10"), matter="1")
    result = {"kind": "distribution_result", "opened_on": day("2026-05-20"), "closed_on": day("2026-05-30")}
    make.notice(make.village(), matter="1", **result)  # another village's
    make.notice(village, matter="2", **result)  # another matter's
    assert read("NOT-02")[0]["open"] == 1
    make.notice(village, matter=plan.matter, **result)
    assert read("NOT-02")[0] == {"checked": 1, "open": 0, "new": 0, "closed": 1, "no_data": 0}


@pytest.mark.django_db
def test_NOT02_boundary_thirty_days_after_the_last_day():
    make.notice(opened_on=day("2026-04-01"), closed_on=day("2026-04-10"))
    assert read("NOT-02", day("2026-05-10"))[0]["open"] == 0
    assert read("NOT-02", day("2026-05-11"))[0]["open"] == 1


# --- NOT-03


def collective_village(name):
    village = make.village(name=name)
    make.entry(make.unit(of=make.division("大寨", "natural_village", village)))
    return village


@pytest.mark.django_db
def test_NOT03_a_village_with_collective_things_that_published_nothing():
    village = collective_village("岩峰村委会")
    make.unit(of=make.village(name="无集体资产村"))
    make.entry(make.unit(of=make.village(name="县有资产村")), holder=make.party("县交通运输局", "government"))
    tally, found = read("NOT-03")
    assert (tally["checked"], list(found)) == (1, ["岩峰村委会"])
    finding = found["岩峰村委会"]
    assert (finding.subject_type, finding.subject_key) == ("division", str(village.pk))
    assert (finding.details["first"], finding.details["last"]) == ("2026-01-01", "2026-03-31")
    assert finding.since == day("2026-04-21")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("covers", "open_"),
    [
        (("2026-01-01", "2026-04-01"), 0),
        (("2025-01-01", "2026-07-01"), 0),
        (("2026-01-01", "2026-03-31"), 1),  # a day is missing
        (("2025-10-01", "2026-01-01"), 1),
    ],
)
def test_NOT03_the_whole_period_must_be_covered(covers, open_):
    village = collective_village("村")
    make.notice(village, kind="finance", covers=make.period(*covers))
    assert read("NOT-03")[0]["open"] == open_


@pytest.mark.django_db
def test_NOT03_boundary_the_quarter_counts_twenty_days_after_its_end():
    village = collective_village("村")
    make.notice(village, kind="finance", opened_on=day("2026-01-10"), closed_on=day("2026-01-20"),
                covers=make.period("2025-10-01", "2026-01-01"))  # fmt: skip
    assert read("NOT-03", day("2026-04-20"))[0]["open"] == 0
    assert read("NOT-03", day("2026-04-21"))[0]["open"] == 1


def test_NOT03_periods_keep_step_with_the_year():
    assert last_period(day("2026-01-01"), 3) == (day("2025-10-01"), day("2026-01-01"))
    assert last_period(day("2026-03-31"), 3) == (day("2025-10-01"), day("2026-01-01"))
    assert last_period(day("2026-03-31"), 1) == (day("2026-02-01"), day("2026-03-01"))
    assert last_period(day("2026-07-01"), 6) == (day("2026-01-01"), day("2026-07-01"))
    assert last_period(day("2026-12-31"), 12) == (day("2025-01-01"), day("2026-01-01"))


# --- NOT-04


@pytest.mark.django_db
def test_NOT04_full_numbers_are_found_and_stand_masked_in_the_finding():
    make.notice(title="名单公示", text=f"张三 {ID}，电话 13887351234，账号 {CARD}")
    finding = read("NOT-04")[1]["名单公示"]
    assert (finding.severity, finding.details["count"]) == ("E", 3)
    assert not any(secret in str(finding.details) for secret in (ID, CARD, "13887351234"))
    assert "532" in sentence(finding)


@pytest.mark.django_db
def test_NOT04_masked_numbers_codes_and_amounts_are_in_order():
    make.notice(
        text=f"张三 532***********1234，138****1234，信用代码 {USCC}，"
        "金额 138873512.34 元，文号 屏政发〔2026〕12号"
    )
    assert read("NOT-04")[0] == {"checked": 1, "open": 0, "new": 0, "closed": 0, "no_data": 0}


WIDE = {ord(sign): chr(ord(sign) + 0xFEE0) for sign in "0123456789X"}
SPLIT = [lambda n: n, lambda n: n.translate(WIDE), lambda n: f"{n[:6]} {n[6:]}", lambda n: "-".join(
    n[at : at + 4] for at in range(0, len(n), 4)), lambda n: " ".join(n),
    lambda n: f"{n[:3]}—{n[3:]}"]  # fmt: skip


@pytest.mark.parametrize("written", SPLIT)
@pytest.mark.parametrize(("number", "kind"), [(ID, "id"), (CARD, "account"), ("13887351234", "phone")])
def test_NOT04_boundary_full_width_and_split_numbers_are_seen_where_they_begin(written, number, kind):
    found = find_secrets(f"公示：{written(number)}。")
    assert [(secret.kind, secret.at) for secret in found] == [(kind, 4)]
    assert number[5:-3] not in found[0].shown


@pytest.mark.parametrize(
    "text",
    [
        USCC, "12345678901", "23887351234", "138873512340", "1388735123", "1,388,735,123.40",
        "13887351234.50 元",
        "532523205200-W01-2021-0001", "合同 HT20260512000118", "东经103.687512北纬22.983311",
        f"6222{'1' * 12}", "共 200 户 13 人", "2026-05-01 至 2026-05-10",
    ],
)  # fmt: skip
def test_NOT04_other_numbers_do_not_trigger_it(text):
    assert find_secrets(text) == []


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**17 - 1))
def test_NOT04_credit_codes_never_trigger_it(number):
    first = f"9{number % 10**16:016d}"
    code = first + uscc_check(first)
    assert [s for s in find_secrets(f"统一社会信用代码：{code}") if s.kind != "id"] == []


def test_NOT04_an_id_number_with_a_wrong_check_digit_is_still_one():
    wrong = ID[:17] + ("0" if ID[17] != "0" else "1")
    assert [secret.kind for secret in find_secrets(wrong)] == ["id"]


# --- NOT-05


@pytest.mark.django_db
def test_NOT05_disposed_of_without_a_notice_that_had_ended():
    village = make.village(make.township(make.county(go_live=day("2026-01-01"))))
    for name, gone in (("无公示", "2026-05-20"), ("启用前", "2025-12-31")):
        make.unit(name, village, state="disposed", state_since=day(gone))
    make.unit("在用", village)
    tally, found = read("NOT-05")
    assert (tally["checked"], list(found)) == (1, ["无公示"])
    assert found["无公示"].since == day("2026-05-20")


@pytest.mark.django_db
def test_NOT05_a_notice_of_that_unit_before_the_disposal_puts_it_right():
    unit = make.unit("旧校舍", state="disposed", state_since=day("2026-05-20"))
    make.notice(unit.division, kind="disposal")  # of nothing in particular
    make.notice(unit.division, kind="rights", units=[unit])
    assert list(read("NOT-05")[1]) == ["旧校舍"]
    make.notice(unit.division, kind="disposal", units=[unit])
    assert read("NOT-05")[0]["closed"] == 1


@pytest.mark.django_db
def test_NOT05_boundary_it_ends_on_the_day_before():
    unit = make.unit("甲", state="disposed", state_since=day("2026-05-11"))
    make.notice(unit.division, kind="disposal", units=[unit])
    other = make.unit("乙", state="disposed", state_since=day("2026-05-10"))
    make.notice(other.division, kind="disposal", units=[other])
    make.unit("不明", state="disposed", state_since=None)
    tally, found = read("NOT-05")
    assert (sorted(found), tally["no_data"]) == (["不明", "乙"], 1)


@pytest.mark.django_db
@pytest.mark.parametrize("rule", ["NOT-01", "NOT-02", "NOT-03", "NOT-04", "NOT-05"])
def test_rules_on_notices_need_few_queries(rule, django_assert_max_num_queries):
    for number in range(10):
        village = collective_village(f"村{number}")
        make.unit(of=village, state="disposed", state_since=day("2026-05-11"))
        make.notice(
            village, title=f"{number}", text=ID, opened_on=day("2026-04-01"), closed_on=day("2026-04-02")
        )
    with django_assert_max_num_queries(20):
        assert read(rule)[0]["open"] == 10
