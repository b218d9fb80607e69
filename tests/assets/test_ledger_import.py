"""The asset ledger comes in: staged with all errors, applied, brought again, reversed."""

import datetime as dt
import io
import json
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import openpyxl
import pytest
from django.core.management.base import CommandError

from assets.models import Asset, UpkeepTerms
from assets.panels import upkeep_state
from projects.models import FundingLine, Project
from registry.errors import NotAllowed, RegistryError
from registry.importers import get
from registry.models import Act, Entry, Finding, ImportBatch, Party, PersonalData, Shape, Source, Unit
from registry.services.entries import EntryLine, open_entries
from registry.services.imports import apply_batch, reverse_batch
from tests import factories as make

from .conftest import FACTORY, HEADS, HOUSE, ROAD, run, write_book

pytestmark = pytest.mark.django_db


def errors(answer):
    return {(error["row"], error["column"], error["code"]) for error in answer["errors"]}


def warnings(answer):
    return {(warning["row"], warning["code"]) for warning in answer["warnings"]}


def held(unit, code):
    rows = Entry.objects.in_force().filter(unit=unit, code=code).select_related("party", "agent")
    return {entry.party.name: entry for entry in rows}


# --- what a good row becomes


def test_a_row_becomes_unit_asset_project_funding_rights_duty_and_place(bring, places):
    answer, status = bring([ROAD])
    assert (answer["state"], status, answer["accepted"], answer["errors"]) == ("applied", 0, 1, [])
    unit = Unit.objects.get(kind="asset")
    assert (unit.name, unit.division, unit.state) == ("岩峰产业道路", places["yanfeng"], "in_use")
    assert unit.state_since == dt.date(2020, 3, 1)
    assert unit.origin == {"file": "台账.xlsx", "sheet": "台账", "rows": [3]}
    asset = unit.asset
    assert (asset.asset_class, asset.subtype, asset.nature) == ("public_welfare", "road", "fixed")
    assert (asset.original_value, asset.completed_on) == (Decimal("300000.00"), dt.date(2019, 12, 1))
    assert (asset.project.unit.name, asset.project.year) == ("产业道路项目", 2019)
    assert {line.source: line.amount for line in FundingLine.objects.all()} == {
        "central": 200000,
        "county": 100000,
    }
    owner = held(unit, "ownership")["岩峰村股份经济合作社"]
    assert (owner.valid.lower, owner.share, owner.party.kind) == (
        dt.date(2020, 3, 1),
        1,
        "village_collective",
    )
    assert owner.source.number == "新发〔2020〕1号"
    assert owner.party.division == places["yanfeng"]
    supervisor = held(unit, "supervision")["县交通运输局"]
    assert (supervisor.party.kind, supervisor.party.division) == ("government", places["county"])
    duty = held(unit, "upkeep")["岩峰村委会"]
    assert (duty.agent.name, duty.agent.kind, duty.valid.lower) == ("杨文", "person", dt.date(2020, 3, 15))
    assert PersonalData.objects.get(party=duty.agent).phone == "13800000001"
    terms = UpkeepTerms.objects.get(entry=duty)
    assert (terms.annual_budget, terms.budget_source) == (3000, "村集体收入")
    shape = Shape.objects.get(unit=unit)
    assert (shape.method, shape.geom.srid, shape.geom.coords) == ("ledger", 4490, (103.7, 23.0))


def test_every_fact_stands_in_the_book_with_its_batch(bring):
    answer, _status = bring([ROAD])
    verbs = sorted(Act.objects.filter(batch=answer["batch"]).values_list("verb", flat=True))
    assert verbs == sorted(
        [
            "batch_applied",
            "unit_registered",
            "unit_registered",
            "entry_opened",
            "entry_opened",
            "entry_opened",
            "unit_placed",
        ]
    )


def test_the_history_of_what_came_names_the_batch(bring):
    answer, _status = bring([ROAD])
    event = Unit.objects.get(kind="asset").events.get()
    assert event.pgh_context.metadata == {"batch": answer["batch"], "user": None}


def test_a_code_is_made_of_place_class_sub_type_and_year_and_numbers_go_on(bring):
    other = {**ROAD, "资产名称": "岩峰机耕路"}
    bring([ROAD, other])
    codes = sorted(Unit.objects.filter(kind="asset").values_list("code", flat=True))
    assert codes == ["532523205202-G01-2019-0001", "532523205202-G01-2019-0002"]
    bring([{**ROAD, "资产名称": "岩峰环线"}])
    assert Unit.objects.get(name="岩峰环线").code == "532523205202-G01-2019-0003"


def test_a_code_of_the_file_is_kept_and_income_is_held_in_shares(bring):
    bring([{**FACTORY, "资产编码": "ZC-0001"}])
    unit = Unit.objects.get(kind="asset")
    assert unit.code == "ZC-0001"
    shares = {name: entry.share for name, entry in held(unit, "income").items()}
    assert shares == {"岩峰村": Fraction(3, 5), "河南村": Fraction(2, 5)}
    assert held(unit, "income")["河南村"].party.division.name == "河南村委会"
    assert held(unit, "operation")["云岭茶业有限公司"].party.kind == "company"
    rows, status = run("income_owners", "--division", "532523205")
    assert status == 0
    assert {(row["party"], row["share"]) for row in rows} == {("岩峰村", "3/5"), ("河南村", "2/5")}


def test_a_household_owns_its_house_and_animals_are_biological(bring):
    pig = {**HOUSE, "资产名称": "仔猪", "资产类型": "畜禽", "产权归属": "12户农户"}
    bring([HOUSE, pig])
    owners = {entry.unit.name: entry.party.kind for entry in Entry.objects.filter(code="ownership")}
    assert owners == {"安置住房1号": "household", "仔猪": "group"}
    assert Asset.objects.get(unit__name="仔猪").nature == "biological"


def test_a_claim_takes_no_place_on_the_map(bring):
    answer, _status = bring(
        [{**FACTORY, "资产名称": "合作社入股资金", "资产类型": "权益类", "经度": 103.7, "纬度": 23.0}]
    )
    assert Asset.objects.get().nature == "equity"
    assert not Shape.objects.exists()
    assert (3, "no_place") in warnings(answer)


def test_a_row_without_a_paper_rests_on_the_ledger_and_its_file(bring):
    answer, _status = bring([HOUSE])
    source = Source.objects.get()
    assert (source.kind, source.title) == ("ledger", "台账.xlsx")
    assert source.files.get().file.sha256 == answer["sha256"]


def test_the_dates_of_entries_fall_back_from_handover_to_the_ledgers_day(bring):
    rows = [
        {**HOUSE, "资产名称": "A", "建成日期": "2018-06-01"},
        {**HOUSE, "资产名称": "B", "建成日期": None},
    ]
    bring(rows, title="新华乡资产台账 截至2025年12月31日（单位：元）")
    begins = {entry.unit.name: entry.valid.lower for entry in Entry.objects.all()}
    assert begins == {"A": dt.date(2018, 6, 1), "B": dt.date(2025, 12, 31)}


def test_projects_are_shared_by_rows_and_known_again(bring):
    bring([ROAD, {**ROAD, "资产名称": "岩峰机耕路"}])
    assert Project.objects.count() == 1
    bring([{**ROAD, "资产名称": "岩峰环线"}])
    assert Project.objects.count() == 1
    bring([{**ROAD, "资产名称": "另一条路", "项目年度": 2021}])
    assert Project.objects.count() == 2


def test_the_same_names_are_the_same_parties(bring):
    bring([ROAD, FACTORY])
    assert Party.objects.filter(name="岩峰村股份经济合作社").count() == 1
    bring([{**ROAD, "资产名称": "岩峰机耕路", "管护责任人": "李明"}])
    assert Party.objects.filter(name="岩峰村股份经济合作社").count() == 1
    assert Party.objects.filter(kind="person").count() == 2


# --- all errors at once


def test_every_error_of_every_row_is_told_with_row_column_and_value_and_good_rows_apply(bring):
    rows = [
        ROAD,
        {**ROAD, "资产名称": "无类别", "资产类别": None},
        {**ROAD, "资产名称": "错类别", "资产类别": "集体性", "建成日期": "2019-13-01"},
        {**ROAD, "资产名称": "错类型", "资产类型": "光伏电站", "村": "岩锋村", "联系电话": "123"},
        {**ROAD, "资产名称": "未来", "建成日期": "2099-01-01"},
        {**ROAD, "资产名称": "域外", "经度": 120.1},
    ]
    answer, status = bring(rows)
    assert (answer["state"], status, answer["accepted"], answer["rows"]) == ("applied", 1, 1, 6)
    found = errors(answer)
    assert {
        (4, "资产类别", "REG-01"), (5, "资产类别", "REG-01"), (5, "建成日期", "date_impossible"),
        (6, "资产类型", "REG-02"), (6, "村", "division_unknown"), (6, "联系电话", "phone"),
        (7, "建成日期", "future_date"), (8, "经度", "coordinates_outside"),
    } == found  # fmt: skip
    by_row = {error["row"]: error for error in answer["errors"] if error["code"] == "division_unknown"}
    assert "岩峰村委会" in by_row[6]["message"]
    assert by_row[6]["value"] == "岩锋村"
    assert Unit.objects.filter(kind="asset").count() == 1


def test_REG02_a_missing_sub_type_is_read_from_the_name_or_refused(bring):
    answer, _status = bring(
        [{**ROAD, "资产类型": None}, {**ROAD, "资产名称": "某某工程", "资产类型": None}], apply=False
    )
    assert (3, "subtype_from_name") in warnings(answer)
    assert errors(answer) == {(4, "资产类型", "REG-02")}


def test_REG09_a_code_or_a_whole_row_twice_in_the_file_is_refused(bring):
    rows = [
        {**ROAD, "资产编码": "A1"},
        {**HOUSE, "资产编码": "A1"},
        FACTORY,
        FACTORY,
        {**FACTORY, "资产原值": 1, "中央资金": 1},
    ]
    answer, _status = bring(rows)
    assert errors(answer) == {(4, "资产编码", "REG-09"), (6, "资产名称", "REG-09")}
    assert (7, "REG-09") in warnings(answer)
    assert answer["accepted"] == 3


# --- rules of severity E and the go-live date


def live(places, day):
    places["county"].go_live = make.day(day)
    places["county"].save()


SHORT = {**FACTORY, "收益权人": "岩峰村 60%；河南村 30%"}
UNEQUAL = {**ROAD, "中央资金": 1}


@pytest.mark.parametrize(
    ("row", "rule", "column"), [(SHORT, "RIG-02", "收益权人"), (UNEQUAL, "REG-04", "资产原值")]
)
def test_E_rules_refuse_facts_after_go_live_and_let_earlier_ones_be_recorded(
    bring, places, row, rule, column
):
    live(places, "2019-01-01")
    answer, status = bring([row], apply=False)
    assert (errors(answer), status) == ({(3, column, rule)}, 1)
    live(places, "2024-01-01")
    answer, status = bring([row])
    assert (answer["errors"], status) == ([], 0)
    assert (3, rule) in warnings(answer)


def test_RIG02_the_day_of_go_live_itself_is_answered_for(bring, places):
    live(places, "2020-12-01")
    assert errors(bring([SHORT], apply=False)[0]) == {(3, "收益权人", "RIG-02")}
    live(places, "2020-12-02")
    assert errors(bring([SHORT], apply=False)[0]) == set()


def test_RIG02_shares_recorded_before_go_live_are_then_a_finding(bring, places):
    live(places, "2024-01-01")
    bring([SHORT])
    finding = Finding.objects.open().get(rule="RIG-02")
    assert (finding.details["total"], finding.baseline) == ("9/10", True)


def test_a_share_column_speaks_for_a_single_holder_and_several_holders_without_shares_are_a_group(
    bring, places
):
    live(places, "2019-01-01")
    answer, _status = bring([{**ROAD, "所有权份额": "60%"}], apply=False)
    assert errors(answer) == {(3, "产权归属", "RIG-02")}
    answer, _status = bring([{**ROAD, "产权归属": "岩峰村、河南村"}])
    assert (3, "shares_missing") in warnings(answer)
    [(name, entry)] = held(Unit.objects.get(kind="asset"), "ownership").items()
    assert (name, entry.party.kind, entry.share) == ("岩峰村、河南村", "group", 1)


# --- places


@pytest.mark.parametrize(
    ("cells", "place"),
    [
        ({"村": "岩峰村委会"}, "yanfeng"),
        ({"村": "岩峰"}, "yanfeng"),
        ({"村": "新华乡岩峰村"}, "yanfeng"),
        ({"乡镇": "新华乡", "村": "河南村"}, "henan"),
        ({"行政区划代码": "532523205205", "村": None}, "henan"),
        ({"行政区划代码": "532523205000", "村": "河南村"}, "henan"),
        ({"村": "岩峰村", "自然村": "大寨"}, "hamlet"),
        ({"村": "岩峰村", "自然村": "没有这个寨"}, "yanfeng"),
        ({"村": None}, "town"),
    ],
)
def test_places_are_found_by_code_and_by_names(bring, places, cells, place):
    answer, _status = bring([{**ROAD, **cells}])
    assert answer["errors"] == []
    assert Unit.objects.get(kind="asset").division == places[place]


@pytest.mark.parametrize(
    ("cells", "code", "words"),
    [
        ({"村": "河南村"}, "division_ambiguous", "湾塘乡河南村委会"),
        ({"乡镇": "没有乡", "村": "河南村"}, "division_unknown", "新华乡"),
        ({"行政区划代码": "532523999999"}, "division_unknown", "532523999999"),
        ({"行政区划代码": "532523205205", "村": "岩峰村"}, "division_contradiction", "河南村委会"),
        ({"乡镇": None, "村": None}, "division_missing", ""),
    ],
)
def test_a_place_that_cannot_be_told_says_what_was_found(bring, cells, code, words):
    answer, status = bring([{**ROAD, **cells}], division=None, title="资产台账（单位：元）")
    assert ([error["code"] for error in answer["errors"]], status) == ([code], 1)
    if code != "division_unknown" or "乡镇" not in cells:
        assert words in answer["errors"][0]["message"]


def test_the_township_of_the_title_tells_namesake_villages_apart(bring, places):
    answer, _status = bring(
        [{**ROAD, "村": "河南村"}], division=None, title="湾塘乡2021年资产台账（单位：元）"
    )
    assert answer["errors"] == []
    assert Unit.objects.get(kind="asset").division == places["namesake"]


def test_rows_of_another_division_than_the_files_are_refused(bring):
    answer, _status = bring([{**ROAD, "行政区划代码": "532523206203", "村": None}])
    assert errors(answer) == {(3, "行政区划代码", "outside_division")}


def test_the_code_system_of_the_file_is_the_one_whose_names_agree(bring, places):
    make.DivisionCode.objects.create(
        division=places["other"], system="mca", code="532523205", valid=make.period("2012-11-08")
    )
    row = {**ROAD, "行政区划代码": "532523205", "乡镇": "湾塘乡", "村": "河南村"}
    answer, _status = bring([row], division="532523")
    assert answer["totals"]["system"] == "mca"
    assert Unit.objects.get(kind="asset").division == places["namesake"]


# --- again: changed, unchanged


def test_the_same_ledger_again_changes_nothing(bring):
    rows = [ROAD, FACTORY, HOUSE, {**HOUSE, "资产编码": "H-2"}]
    bring(rows)
    before = (Unit.objects.count(), Entry.objects.count(), Act.objects.count())
    answer, status = bring(rows)
    assert (answer["unchanged"], answer["changed"], answer["accepted"], status) == (4, 0, 0, 0)
    assert (Unit.objects.count(), Entry.objects.count(), Act.objects.count()) == before


def test_changed_cells_change_the_asset_and_blank_cells_nothing(bring):
    bring([ROAD])
    unit = Unit.objects.get(kind="asset")
    change = {
        "资产编码": unit.code,
        "资产名称": "岩峰产业路",
        "资产类别": "公益性",
        "资产类型": "道路交通",
        "村": "岩峰村",
        "资产原值": 310000,
    }
    answer, status = bring([change], apply=False)
    row = ImportBatch.objects.get(pk=answer["batch"]).staged.get()
    assert row.values["changes"] == {
        "name": ["岩峰产业道路", "岩峰产业路"],
        "original_value": ["300000.00", "310000.00"],
    }
    answer, status = bring([change])
    assert (answer["changed"], status) == (1, 0)
    unit.refresh_from_db()
    assert (unit.name, unit.asset.original_value, unit.asset.completed_on) == (
        "岩峰产业路", 310000, dt.date(2019, 12, 1),
    )  # fmt: skip
    assert held(unit, "upkeep").keys() == {"岩峰村委会"}
    act = Act.objects.get(verb="unit_changed")
    assert act.before == {"name": "岩峰产业道路", "original_value": "300000.00"}


def test_another_keeper_ends_the_old_duty_and_opens_a_new_one(bring):
    bring([ROAD])
    bring([{**ROAD, "管护主体": "河南村委会", "管护责任人": "李明", "管护起始日期": "2024-05-01"}])
    unit = Unit.objects.get(kind="asset")
    rows = Entry.objects.in_force().filter(unit=unit, code="upkeep").order_by("valid")
    assert [(row.party.name, row.agent.name, row.valid.lower, row.valid.upper) for row in rows] == [
        ("岩峰村委会", "杨文", dt.date(2020, 3, 15), dt.date(2024, 5, 1)),
        ("河南村委会", "李明", dt.date(2024, 5, 1), None),
    ]
    assert UpkeepTerms.objects.count() == 2


def test_shares_corrected_for_the_same_day_replace_the_wrong_ones(bring):
    bring([{**FACTORY, "建成日期": None}])
    bring([{**FACTORY, "建成日期": None, "收益权人": "岩峰村 70%；河南村 30%"}])
    unit = Unit.objects.get(kind="asset")
    assert {name: entry.share for name, entry in held(unit, "income").items()} == {
        "岩峰村": Fraction(7, 10), "河南村": Fraction(3, 10),
    }  # fmt: skip
    assert Entry.objects.filter(unit=unit, code="income").count() == 4


def test_funding_lines_that_differ_are_replaced_and_the_old_ones_marked(bring):
    bring([ROAD])
    bring([{**ROAD, "中央资金": 150000, "县级资金": 150000}])
    lines = {line.source: line.amount for line in FundingLine.objects.in_force()}
    assert lines == {"central": 150000, "county": 150000}
    assert FundingLine.objects.count() == 4


def test_two_rows_of_one_name_find_their_own_assets_again_by_value(bring):
    lamps = [
        {
            **ROAD,
            "资产名称": "太阳能路灯",
            "资产类型": "电力",
            "中央资金": value,
            "县级资金": None,
            "资产原值": value,
        }
        for value in (1000, 2000)
    ]
    bring(lamps)
    answer, _status = bring(lamps[::-1])
    assert (answer["unchanged"], answer["changed"]) == (2, 0)


def test_a_code_that_belongs_to_something_else_is_refused(bring, places):
    make.unit(kind="project", code="P-1", of=places["yanfeng"])
    answer, _status = bring([{**ROAD, "资产编码": "P-1"}])
    assert errors(answer) == {(3, "资产编码", "code_taken")}


def test_the_same_file_staged_twice_cannot_be_applied_twice(bring):
    first, _status = bring([ROAD, HOUSE], apply=False)
    second, _status = bring([ROAD, HOUSE], apply=False)
    apply_batch(ImportBatch.objects.get(pk=first["batch"]), by=None)
    with pytest.raises(RegistryError) as refusal:
        apply_batch(ImportBatch.objects.get(pk=second["batch"]), by=None)
    assert refusal.value.code == "stale"
    assert Unit.objects.filter(kind="asset").count() == 2
    assert ImportBatch.objects.get(pk=second["batch"]).state == "staged"


# --- reversed


def test_a_reversed_ledger_leaves_nothing_in_force_and_can_come_again(bring):
    answer, _status = bring([ROAD, FACTORY])
    document, status = run("reverse_batch", str(answer["batch"]))
    assert (document["state"], status) == ("reversed", 0)
    for model in (Unit, Entry, Shape, FundingLine):
        assert model.objects.exists()
        assert not model.objects.in_force().exists()
    assert not Finding.objects.open().exists()
    assert run("responsible")[0] == []
    again, _status = bring([ROAD, FACTORY])
    assert (again["accepted"], again["unchanged"]) == (2, 0)


def test_a_reversed_change_gives_the_earlier_facts_back(bring):
    bring([ROAD])
    unit = Unit.objects.get(kind="asset")
    answer, _status = bring(
        [
            {
                **ROAD,
                "资产原值": 310000,
                "中央资金": 210000,
                "管护主体": "河南村委会",
                "管护起始日期": "2024-05-01",
            }
        ]
    )
    assert answer["changed"] == 1
    run("reverse_batch", str(answer["batch"]))
    unit.refresh_from_db()
    assert unit.asset.original_value == 300000
    assert {line.source: line.amount for line in FundingLine.objects.in_force()} == {
        "central": 200000,
        "county": 100000,
    }
    [(name, entry)] = held(unit, "upkeep").items()
    assert (name, entry.valid.upper) == ("岩峰村委会", None)
    answer, _status = bring([ROAD])
    assert answer["unchanged"] == 1


def test_a_ledger_on_which_later_facts_rest_is_not_reversed(bring):
    answer, _status = bring([HOUSE])
    unit = Unit.objects.get(kind="asset")
    keeper = make.party(of=unit.division)
    open_entries(
        [EntryLine(unit=unit, code="supervision", party=keeper, valid_from=dt.date(2024, 1, 1))], by=None
    )
    with pytest.raises(CommandError) as refusal:
        run("reverse_batch", str(answer["batch"]))
    assert refusal.value.returncode == 2
    assert "安置住房1号" in str(refusal.value)
    assert Unit.objects.in_force().filter(kind="asset").count() == 1


def test_a_changed_fact_that_was_changed_again_is_not_reversed(bring):
    bring([ROAD])
    answer, _status = bring([{**ROAD, "资产原值": 310000, "中央资金": 210000}])
    bring([{**ROAD, "资产原值": 320000, "中央资金": 220000}])
    with pytest.raises(Exception, match="岩峰产业道路"):
        reverse_batch(ImportBatch.objects.get(pk=answer["batch"]), by=None)


# --- the dry run, totals, findings


def test_a_dry_run_keeps_the_batch_and_its_rows_and_touches_no_fact(bring):
    answer, status = bring([ROAD, {**ROAD, "资产类别": None}], apply=False)
    assert (answer["state"], status) == ("staged", 1)
    assert ImportBatch.objects.get().staged.count() == 2
    for model in (Unit, Entry, Party, Source, Act):
        assert not model.objects.exists()


def test_totals_give_counts_and_sums_by_class_the_head_and_the_unit(bring):
    totals = bring([ROAD, FACTORY, HOUSE], apply=False)[0]["totals"]
    assert totals["value"] == "880000.00"
    assert totals["by_class"]["operating"] == {"count": 1, "value": "500000.00"}
    assert (totals["header_row"], totals["unit"]["value"], totals["unplaced"]) == (2, "yuan", 2)


def test_applying_evaluates_the_rules_on_what_came(bring):
    bring([{**ROAD, "管护主体": None, "管护责任人": None}, {**HOUSE, "产权归属": None}])
    found = set(Finding.objects.open().values_list("rule", "unit__name"))
    assert ("UPK-01", "岩峰产业道路") in found
    assert ("RIG-01", "安置住房1号") in found


def test_a_person_without_a_body_is_remarked_and_gives_no_duty(bring):
    answer, _status = bring([{**ROAD, "管护主体": None}])
    assert (3, "person_without_body") in warnings(answer)
    assert run("responsible")[0] == []


def test_the_number_of_statements_does_not_grow_with_the_rows(bring, tmp_path, django_assert_max_num_queries):
    rows = [
        {**ROAD, "资产名称": f"路{number}", "管护责任人": "杨" + "甲乙丙丁戊己庚辛壬癸"[number % 10]}
        for number in range(60)
    ]
    path = write_book(tmp_path / "大台账.xlsx", rows)
    with django_assert_max_num_queries(300):
        answer, _status = bring(path)
    assert answer["accepted"] == 60


# --- mappings


ODD = ["东西", "分类", "哪种", "哪个村", "值多少"]
ODD_ROW = ["岩峰产业道路", "公益性", "道路交通", "岩峰村", 30]
ODD_MAP = {
    "header row": 2,
    "columns": {
        "东西": "name",
        "分类": "asset_class",
        "哪种": "subtype",
        "哪个村": "village",
        "值多少": "original_value",
    },
    "unit": "wan",
}


def test_a_mapping_reads_a_ledger_with_heads_of_its_own_and_is_remembered_for_files_of_that_form(
    bring, tmp_path
):
    mapping = tmp_path / "m.json"
    mapping.write_text(json.dumps(ODD_MAP), encoding="utf-8")
    answer, status = bring([ODD_ROW], heads=ODD, title="某乡", apply=False)
    assert (answer["state"], status) == ("refused", 1)
    answer, _status = bring([ODD_ROW], "--mapping", str(mapping), heads=ODD, title="某乡")
    assert answer["totals"]["value"] == "300000.00"
    again = [*ODD_ROW]
    again[0] = "河南路"
    answer, _status = bring([again], heads=ODD, title="另一年", name="明年.xlsx")
    assert (answer["state"], answer["totals"]["value"]) == ("applied", "300000.00")


@pytest.mark.parametrize("text", ["{", "[]", '{"columns": {"东西": "no_such_field"}}'])
def test_a_mapping_that_cannot_be_used_is_refused_with_a_sentence(bring, tmp_path, text):
    mapping = tmp_path / "m.json"
    mapping.write_text(text, encoding="utf-8")
    try:
        answer, status = bring([ODD_ROW], "--mapping", str(mapping), heads=ODD)
    except CommandError as error:
        answer, status = {"state": "refused", "errors": [{"message": str(error)}]}, error.returncode
    assert answer["state"] == "refused"
    assert status in (1, 2)
    assert answer["errors"][0]["message"]


# --- files that are none, rows given back


def test_kinds_that_are_not_there_end_with_2_and_name_those_that_are(bring):
    with pytest.raises(CommandError) as refusal:
        bring([ROAD], kind="curtains")
    assert refusal.value.returncode == 2
    assert all(kind in str(refusal.value) for kind in ("assets", "parties", "upkeep"))


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04broken", b"<html><table></table></html>", "姓名\n张三\n".encode()]
)
def test_files_that_hold_no_ledger_are_refused_and_leave_nothing(bring, tmp_path, content):
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    try:
        answer, status = bring(path)
    except CommandError as error:
        answer, status = {"state": "refused", "errors": [{"message": str(error)}]}, error.returncode
    assert (answer["state"], status) == ("refused", 1 if content else 2)
    assert answer["errors"][0]["message"]
    assert not Unit.objects.exists()


def test_a_ledger_in_gbk_csv_is_read(bring, tmp_path):
    heads = list(HOUSE)
    lines = ["台账（单位：元）", ",".join(heads), ",".join(str(HOUSE[head]) for head in heads)]
    path = tmp_path / "台账.csv"
    path.write_bytes("\r\n".join(lines).encode("gb18030"))
    answer, status = bring(path)
    assert (answer["state"], status, answer["accepted"]) == ("applied", 0, 1)
    assert Unit.objects.get(kind="asset").name == "安置住房1号"


def test_amounts_whose_unit_nobody_says_are_asked_for_not_guessed(bring):
    answer, status = bring([{**HOUSE, "资产原值": 8}], title="台账")
    assert (answer["state"], status) == ("refused", 1)
    assert answer["errors"][0]["code"] == "unit"
    assert not Unit.objects.exists()


def test_bad_rows_come_back_as_a_workbook_with_the_reasons_and_can_be_corrected_and_sent(bring, tmp_path):
    answer, _status = bring([ROAD, {**HOUSE, "资产类别": "集体性"}])
    batch = ImportBatch.objects.get(pk=answer["batch"])
    name, content = get(batch.kind).rejects(batch)
    assert name.endswith(".xlsx")
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [[str(cell.value or "") for cell in row] for row in book.active.iter_rows()]
    text = "\n".join("|".join(row) for row in cells)
    assert "REG-01" in text
    assert "安置住房1号" in text
    assert "岩峰产业道路" not in text
    for row in book.active.iter_rows():
        for cell in row:
            if cell.value == "集体性":
                cell.value = "到户类"
    book.save(tmp_path / "corrected.xlsx")
    answer, status = bring(tmp_path / "corrected.xlsx")
    assert (answer["accepted"], status) == (1, 0)
    assert Unit.objects.filter(kind="asset").count() == 2


def test_a_batch_without_bad_rows_gives_no_workbook(bring):
    answer, _status = bring([ROAD])
    batch = ImportBatch.objects.get(pk=answer["batch"])
    assert get(batch.kind).rejects(batch) is None


def test_only_the_asset_manager_of_the_division_may_apply(bring, places):
    answer, _status = bring([ROAD], apply=False)
    batch = ImportBatch.objects.get(pk=answer["batch"])
    for user in (make.user("auditor", places["town"]), make.user("asset_manager", places["other"])):
        with pytest.raises(NotAllowed):
            apply_batch(batch, by=user)
    officer = make.user("asset_manager", places["town"])
    apply_batch(batch, by=officer)
    assert Unit.objects.filter(kind="asset").count() == 1
    assert Party.objects.get(name="县交通运输局").division == places["county"]
    assert set(Act.objects.values_list("user", flat=True)) == {officer.pk}


# --- holders that go on in the rows below


def test_holders_in_rows_below_are_joined_with_their_shares(bring):
    heads = ["资产名称", "资产类别", "资产类型", "村", "资产原值", "产权归属", "收益权人", "收益权份额"]
    rows = [
        ["茶叶初制所", "经营性", "生产加工设施", "岩峰村", 400000, "岩峰村股份经济合作社", "岩峰村", "70%"],
        [None, None, None, None, None, None, "河南村", "20%"],
        [None, None, None, None, None, None, "新华乡人民政府", "10%"],
        ["冷库", "经营性", None, "河南村", 550000, "河南村股份经济合作社", "河南村", "100%"],
    ]
    answer, status = bring(rows, heads=heads)
    assert (answer["errors"], answer["rows"], status) == ([], 2, 0)
    income = held(Unit.objects.get(name="茶叶初制所"), "income")
    shares = {name: entry.share for name, entry in income.items()}
    assert shares == {"岩峰村": Fraction(7, 10), "河南村": Fraction(1, 5), "新华乡人民政府": Fraction(1, 10)}
    assert Unit.objects.get(name="茶叶初制所").origin["rows"] == [3, 4, 5]
    assert held(Unit.objects.get(name="冷库"), "income")["河南村"].share == 1


def test_a_name_merged_over_several_rows_of_holders_is_one_asset(bring, tmp_path):
    heads = ["资产名称", "资产类别", "资产类型", "村", "资产原值", "收益权人", "收益权份额"]
    rows = [
        ["光伏电站", "经营性", "光伏电站", "岩峰村", 400000, "岩峰村", "3/5"],
        [None, None, None, None, None, "河南村", "2/5"],
    ]
    path = write_book(tmp_path / "合并.xlsx", rows, heads=heads)
    book = openpyxl.load_workbook(path)
    for column in "ABCDE":
        book.active.merge_cells(f"{column}3:{column}4")
    book.save(path)
    answer, status = bring(path)
    assert (answer["errors"], answer["rows"], answer["warnings"], status) == ([], 1, [], 0)
    unit = Unit.objects.get(kind="asset")
    assert {name: entry.share for name, entry in held(unit, "income").items()} == {
        "岩峰村": Fraction(3, 5),
        "河南村": Fraction(2, 5),
    }
    assert unit.asset.original_value == 400000


# --- ledgers that lack a column


def test_REG01_a_ledger_without_a_column_of_classes_takes_the_class_from_the_sub_type(bring):
    bare = {key: value for key, value in ROAD.items() if key != "资产类别"}
    answer, status = bring([bare, {**HOUSE, "资产类别": None}], heads=[key for key in HEADS if key in bare])
    assert (status, answer["accepted"], answer["errors"]) == (0, 2, [])
    assert {(w["row"], w["code"]) for w in answer["warnings"]} >= {(3, "class_from_subtype")}
    assert {a.unit.name: a.asset_class for a in Asset.objects.select_related("unit")} == {
        "岩峰产业道路": "public_welfare",
        "安置住房1号": "household",
    }


def test_REG01_an_empty_cell_in_a_column_of_classes_is_no_class(bring):
    answer, status = bring([{**ROAD, "资产类别": None}, FACTORY])
    assert (status, answer["accepted"], [e["code"] for e in answer["errors"]]) == (1, 1, ["REG-01"])


def test_the_total_of_a_project_stands_for_the_value_where_there_is_no_column_of_values(bring):
    heads = ["项目名称", "资产类别", "资产类型", "村", "资金规模"]
    bring([["产业道路项目", "公益性", "道路交通", "岩峰村", 12.5]], heads=heads, title="单位：万元")
    assert Asset.objects.get().original_value == Decimal("125000.00")


@pytest.mark.parametrize("column", ["60%、40%", "3:2", "60%,40%"])
def test_a_column_of_shares_may_list_those_of_several_holders_in_their_order(bring, column):
    row = {**FACTORY, "收益权人": "岩峰村、河南村", "收益权份额": column}
    answer, status = bring([row])
    assert (status, answer["errors"]) == (0, [])
    assert {name: entry.share for name, entry in held(Unit.objects.get(kind="asset"), "income").items()} == {
        "岩峰村": Fraction(3, 5),
        "河南村": Fraction(2, 5),
    }


def test_more_shares_than_holders_are_refused(bring):
    row = {**FACTORY, "收益权人": "岩峰村、河南村", "收益权份额": "3:1:1"}
    answer, status = bring([row, HOUSE])
    assert (status, [error["code"] for error in answer["errors"]]) == (1, ["share_form"])


def test_an_operating_asset_without_a_keeper_is_not_said_to_be_kept_by_a_household(bring):
    bring([FACTORY])
    asset = Asset.objects.get()
    sheet = SimpleNamespace(held=lambda code: [])
    assert [upkeep_state(sheet, asset)[0]] == ["by_operator"]
