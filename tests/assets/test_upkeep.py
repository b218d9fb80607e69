"""Naming a keeper, recording inspections, a person who leaves; the ledger of inspections and its like."""

import datetime as dt

import pytest
from django.core.management.base import CommandError

from assets.models import Inspection, UpkeepTerms
from assets.services.looking import record_inspection
from assets.services.upkeep import name_keeper
from registry import clock
from registry.errors import NotAllowed, RegistryError
from registry.models import Act, Entry, Finding, Party, PersonalData
from registry.services.parties import party_left, register_person
from tests import factories as make

from .conftest import run

pytestmark = pytest.mark.django_db


@pytest.fixture
def road(places):
    """A road with keeper and person since 2020."""
    asset = make.asset("岩峰产业道路", places["yanfeng"], subtype="road", code="R-1")
    body = make.party("岩峰村委会", "village_committee", places["yanfeng"])
    make.upkeep(asset, body, make.person("杨文", places["yanfeng"]))
    return asset.unit


def name(unit, **fields):
    values = {
        "unit": unit,
        "body": fields.pop("body", None) or make.party("河南村委会", of=unit.division),
        "person": fields.pop("person", None) or make.person("李明", unit.division),
        "source": None,
        "valid_from": dt.date(2024, 5, 1),
        "by": None,
    }
    return name_keeper(**(values | fields))


# --- naming a keeper


def test_a_new_keeper_ends_the_old_duty_and_takes_its_terms_over(road):
    entry = name(road, source=make.source(), reason="换届")
    rows = Entry.objects.in_force().filter(unit=road, code="upkeep").order_by("valid")
    assert [(row.party.name, row.valid.lower, row.valid.upper) for row in rows] == [
        ("岩峰村委会", dt.date(2020, 1, 1), dt.date(2024, 5, 1)),
        ("河南村委会", dt.date(2024, 5, 1), None),
    ]
    terms = UpkeepTerms.objects.get(entry=entry)
    assert (terms.annual_budget, terms.budget_source) == (3000, "村集体收入")
    act = Act.objects.get(verb="keeper_named")
    assert (act.unit, act.effective_on, act.reason) == (road, dt.date(2024, 5, 1), "换届")
    assert act.source.number == "新发〔2021〕14号"


def test_stated_terms_win_over_the_old_ones(road):
    entry = name(road, annual_budget=500, budget_source="县财政", standard="每月一次")
    terms = UpkeepTerms.objects.get(entry=entry)
    assert (terms.annual_budget, terms.budget_source, terms.standard) == (500, "县财政", "每月一次")


def test_the_same_body_may_name_another_person(road):
    body = Party.objects.get(name="岩峰村委会")
    name(road, body=body)
    rows, _status = run("responsible", "--as-of", "2024-05-01")
    assert [(row["body"], row["person"], row["since"]) for row in rows] == [
        ("岩峰村委会", "李明", "2024-05-01")
    ]


def test_a_keeper_is_named_where_there_was_none_and_the_finding_closes(places):
    unit = make.asset("无人管护", places["henan"], subtype="health").unit
    record_inspection(unit=unit, inspected_on=clock.today(), condition="good", by=None)
    assert Finding.objects.open().filter(rule="UPK-01").count() == 1
    name(unit)
    assert not Finding.objects.open().filter(rule__in=("UPK-01", "UPK-02", "UPK-06")).exists()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"valid_from": dt.date(2020, 1, 1)}, "later_duty"),
        ({"valid_from": dt.date(2019, 1, 1)}, "later_duty"),
        ({"left": dt.date(2024, 5, 1)}, "keeper_left"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(road, fields, code):
    left = fields.pop("left", None)
    person = make.person("李明", road.division, active_until=left) if left else None
    with pytest.raises(RegistryError) as refusal:
        name(road, person=person, **fields)
    assert refusal.value.code == code
    assert Entry.objects.filter(unit=road, code="upkeep", valid__endswith=None).count() == 1
    assert not Act.objects.exists()


def test_all_or_nothing_when_the_opening_fails_the_old_duty_goes_on(road, monkeypatch):
    from assets.services import upkeep

    monkeypatch.setattr(upkeep, "open_entries", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        name(road)
    entry = Entry.objects.get(unit=road, code="upkeep")
    assert entry.valid.upper is None
    assert not Act.objects.exists()


def test_only_the_asset_manager_of_the_division_names_keepers(road, places):
    for user in (make.user("clerk", places["town"]), make.user("asset_manager", places["other"])):
        with pytest.raises(NotAllowed):
            name(road, by=user)
    name(road, by=make.user("asset_manager", places["town"]))


# --- a person leaves


def test_a_person_who_leaves_makes_a_finding_on_every_unit_it_answered_for(road):
    keeper = Party.objects.get(name="杨文")
    party_left(party=keeper, on=clock.today(), by=None, reason="外出务工")
    finding = Finding.objects.open().get(rule="UPK-02")
    assert (finding.unit, finding.details["variant"]) == (road, "keeper_left")
    act = Act.objects.get(verb="party_left")
    assert (act.reason, act.before, act.subject) == ("外出务工", {"active_until": None}, f"party:{keeper.pk}")
    name(road, valid_from=clock.today())
    assert not Finding.objects.open().filter(rule="UPK-02").exists()


def test_leaving_is_recorded_only_by_those_who_may(road, places):
    with pytest.raises(NotAllowed):
        party_left(
            party=Party.objects.get(name="杨文"), on=clock.today(), by=make.user("auditor", places["town"])
        )


def test_a_person_is_registered_once_and_its_phone_lies_apart(places):
    one = register_person(name="杨文", division=places["henan"], by=None, phone="13800000001")
    two = register_person(name="杨文", division=places["henan"], by=None)
    other = register_person(name="杨文", division=places["yanfeng"], by=None)
    assert one == two != other
    assert PersonalData.objects.get().phone == "13800000001"
    with pytest.raises(RegistryError):
        register_person(name=" ", division=places["henan"], by=None)


# --- inspections


def test_an_inspection_is_an_observation_that_changes_no_legal_fact(road):
    before = list(Entry.objects.values())
    inspection = record_inspection(
        unit=road,
        inspected_on=clock.today(),
        condition="damaged",
        defect="路面塌陷",
        inspector="杨文",
        by=None,
    )
    assert (inspection.condition, inspection.inspector) == ("damaged", "杨文")
    assert list(Entry.objects.values()) == before
    assert Act.objects.get(verb="inspection_recorded").after == {"condition": "damaged", "defect": "路面塌陷"}


def test_an_inspection_by_a_clerk_closes_the_overdue_one(road, places):
    clerk = make.user("clerk", places["yanfeng"], full_name="村文书")
    record_inspection(unit=road, inspected_on=dt.date(2024, 1, 1), condition="good", by=clerk)
    assert Finding.objects.open().filter(rule="UPK-06").count() == 1
    made = record_inspection(unit=road, inspected_on=clock.today(), condition="good", by=clerk)
    assert made.inspector == "村文书"
    assert not Finding.objects.open().filter(rule="UPK-06").exists()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"inspected_on": dt.date(2999, 1, 1)}, "future_date"),
        ({"handled_on": dt.date(2024, 1, 1), "inspected_on": dt.date(2024, 1, 2)}, "inspection_refused"),
        ({"inspected_on": dt.date(2024, 3, 1)}, "inspection_refused"),
    ],
)
def test_inspections_that_cannot_be_are_refused(road, fields, code):
    make.inspection(road, "2024-03-01", inspector="杨文")
    values = {
        "inspected_on": dt.date(2024, 1, 1),
        "condition": "good",
        "inspector": "杨文",
        "by": None,
    } | fields
    with pytest.raises(RegistryError) as refusal:
        record_inspection(unit=road, **values)
    assert refusal.value.code == code
    assert str(refusal.value)
    assert Inspection.objects.count() == 1


def test_others_do_not_record_inspections_here(road, places):
    for user in (make.user("clerk", places["henan"]), make.user("auditor", places["town"])):
        with pytest.raises(NotAllowed):
            record_inspection(unit=road, inspected_on=clock.today(), condition="good", by=user)


# --- the ledger of inspections

SEEN = {"资产编码": "R-1", "巡查日期": "2024-03-01", "巡查人": "杨文", "状况": "完好"}
SEEN_HEADS = ["资产编码", "资产名称", "村", "巡查日期", "巡查人", "状况", "发现问题", "处理日期", "备注"]


def seen(bring, rows, **options):
    return bring(rows, kind="upkeep", heads=SEEN_HEADS, title="管护巡查台账", **options)


def test_inspections_come_in_by_code_and_by_name_and_place(bring, road, places):
    make.asset("饮水工程", places["henan"], subtype="water_supply")
    by_name = {
        "资产名称": "饮水工程",
        "村": "河南村",
        "巡查日期": "2024-03-02",
        "巡查人": "李明",
        "状况": "损坏",
        "发现问题": "漏水",
        "处理日期": "2024-03-09",
    }
    answer, status = seen(bring, [SEEN, by_name])
    assert (answer["state"], answer["accepted"], status) == ("applied", 2, 0)
    found = Inspection.objects.get(unit__name="饮水工程")
    assert (found.condition, found.defect, found.handled_on) == ("damaged", "漏水", dt.date(2024, 3, 9))
    assert Act.objects.filter(verb="inspection_recorded").count() == 2


def test_inspections_again_are_unchanged_and_other_words_change_them_until_reversed(bring, road):
    seen(bring, [SEEN])
    answer, _status = seen(bring, [SEEN])
    assert (answer["unchanged"], answer["accepted"]) == (1, 0)
    answer, _status = seen(bring, [{**SEEN, "状况": "一般", "备注": "补记"}])
    assert answer["changed"] == 1
    assert Inspection.objects.get().condition == "fair"
    run("reverse_batch", str(answer["batch"]))
    found = Inspection.objects.get()
    assert (found.condition, found.remark, found.annulled) == ("good", "", None)


def test_reversed_inspections_count_no_more(bring, road):
    answer, _status = seen(bring, [{**SEEN, "巡查日期": clock.today().isoformat()}])
    assert not Finding.objects.open().filter(rule="UPK-06").exists()
    run("reverse_batch", str(answer["batch"]))
    assert not Inspection.objects.in_force().exists()
    assert Finding.objects.open().filter(rule="UPK-06").count() == 1


def test_every_fault_of_an_inspection_row_is_told(bring, road, places):
    make.asset("太阳能路灯", places["henan"], subtype="power")
    make.asset("太阳能路灯", places["henan"], subtype="power")
    rows = [
        {**SEEN, "资产编码": "没有"},
        {**SEEN, "巡查日期": None, "状况": None},
        {**SEEN, "巡查日期": "2090-01-01"},
        {**SEEN, "巡查日期": "2024-03"},
        {**SEEN, "处理日期": "2024-02-01"},
        {"资产名称": "太阳能路灯", "村": "河南村", "巡查日期": "2024-03-01", "状况": "完好"},
        {"资产名称": "没有的资产", "巡查日期": "2024-03-01", "状况": "完好"},
        SEEN,
        SEEN,
    ]
    answer, status = seen(bring, rows)
    assert {(error["row"], error["code"]) for error in answer["errors"]} == {
        (3, "asset_unknown"),
        (4, "no_date"),
        (4, "no_condition"),
        (5, "future_date"),
        (6, "date_precision"),
        (7, "handled_before"),
        (8, "asset_ambiguous"),
        (9, "asset_unknown"),
        (11, "duplicate_row"),
    }
    assert (status, Inspection.objects.count()) == (1, 1)


# --- the list of parties

PARTY_HEADS = ["名称", "主体类型", "统一社会信用代码", "村", "身份证号", "电话"]
COOP = {
    "名称": "岩峰种植专业合作社",
    "主体类型": "合作社",
    "统一社会信用代码": "91350100M000100Y43",
    "村": "岩峰村",
}
MAN = {
    "名称": "王小二",
    "主体类型": "个人",
    "村": "河南村",
    "身份证号": "11010519491231002X",
    "电话": "13800000001",
}


def listed(bring, rows):
    return bring(rows, kind="parties", heads=PARTY_HEADS, title="主体名录")


def test_parties_come_in_once_with_codes_and_secrets_apart(bring, places):
    answer, status = listed(bring, [COOP, MAN])
    assert (answer["accepted"], status) == (2, 0)
    coop, man = Party.objects.get(kind="cooperative"), Party.objects.get(kind="person")
    assert (coop.uscc, coop.division) == ("91350100M000100Y43", places["yanfeng"])
    secrets = PersonalData.objects.get(party=man)
    assert (secrets.id_number, secrets.phone) == ("11010519491231002X", "13800000001")
    assert listed(bring, [COOP, MAN])[0]["unchanged"] == 2


def test_a_list_fills_what_the_register_lacked_and_gives_it_back_when_reversed(bring, places):
    make.party("岩峰种植专业合作社", "cooperative", places["yanfeng"])
    answer, _status = listed(bring, [COOP])
    assert answer["changed"] == 1
    assert Party.objects.get().uscc == "91350100M000100Y43"
    run("reverse_batch", str(answer["batch"]))
    assert Party.objects.get().uscc == ""


def test_a_credit_code_finds_its_party_whatever_the_name(bring, places):
    listed(bring, [COOP])
    answer, _status = listed(bring, [{**COOP, "名称": "岩峰合作社"}])
    assert (answer["unchanged"], Party.objects.count()) == (1, 1)
    assert [warning["code"] for warning in answer["warnings"]] == ["name_differs"]


def test_wrong_check_digits_and_mixed_up_columns_are_refused(bring):
    rows = [
        {**COOP, "统一社会信用代码": "91350100M000100Y44"},
        {**MAN, "身份证号": "110105194912310021"},
        {**MAN, "身份证号": None, "统一社会信用代码": "91350100M000100Y43"},
        {**COOP, "统一社会信用代码": None, "身份证号": "11010519491231002X"},
        MAN,
        MAN,
    ]
    answer, status = listed(bring, rows)
    assert {(error["row"], error["column"]) for error in answer["errors"]} == {
        (3, "统一社会信用代码"),
        (4, "身份证号"),
        (5, "统一社会信用代码"),
        (6, "身份证号"),
        (8, "名称"),
    }
    assert (status, Party.objects.count()) == (1, 1)


def test_a_list_whose_parties_hold_entries_is_not_reversed(bring, places):
    answer, _status = listed(bring, [COOP])
    make.entry(make.unit(of=places["yanfeng"]), "ownership", Party.objects.get())
    with pytest.raises(CommandError, match="岩峰种植专业合作社"):
        run("reverse_batch", str(answer["batch"]))
    assert Party.objects.exists()


def test_a_reversed_list_keeps_only_the_parties_that_the_book_names(bring, places):
    answer, _status = listed(bring, [COOP, MAN])
    unit = make.unit(of=places["yanfeng"])
    make.entry(unit, "ownership", Party.objects.get(kind="cooperative"), annulled=make.act(unit))
    document, status = run("reverse_batch", str(answer["batch"]))
    assert (document["state"], status) == ("reversed", 0)
    assert list(Party.objects.values_list("kind", flat=True)) == ["cooperative"]
    assert not PersonalData.objects.exists()
