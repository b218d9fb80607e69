"""The ledger, placing, naming a keeper, recording an inspection."""

import datetime as dt
import io

import pytest
from openpyxl import load_workbook

from assets.models import Inspection
from registry import clock
from registry.models import Act, Entry, Shape, Source
from tests import factories as make
from tests.conftest import open_finding

pytestmark = pytest.mark.django_db
KEEPER = {
    "body_name": "新华村民委员会",
    "body_kind": "village_committee",
    "person_name": "杨志强",
    "phone": "13887351111",
    "valid_from": "2026-03-01",
    "source_kind": "decision",
    "source_number": "新政发〔2026〕3号",
    "source_date": "2026-02-20",
}


def names(answer):
    return [row.record.unit.name for row in answer.context["table"].rows]


# --- the ledger
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=产业", ["小寨产业道路"]),
        ("?q=O02-2022", ["草果加工厂"]),
        ("?asset_class=operating", ["草果加工厂"]),
        ("?subtype=road", ["小寨产业道路"]),
        ("?state=idle", []),
        ("?amiss=no_keeper", ["草果加工厂"]),
        ("?amiss=unplaced", ["小寨产业道路", "草果加工厂"]),
        ("?amiss=no_income", []),
        ("?amiss=finding", []),
        ("?amiss=nonsense", ["小寨产业道路", "草果加工厂"]),
    ],
)
def test_the_ledger_is_filtered(as_, road, plant, query, found):
    assert sorted(names(as_("asset_manager").get("/assets/" + query))) == sorted(found)


def test_the_ledger_says_its_sums(as_, road, plant):
    assert "240,000.00" in as_("asset_manager").get("/assets/").content.decode()


def test_the_ledger_shows_only_ones_own_township(as_, cast, road):
    make.asset("远路", cast.far)
    assert names(as_("asset_manager").get("/assets/")) == ["小寨产业道路"]
    assert names(as_("elsewhere").get("/assets/")) == ["远路"]


def sheet(answer):
    return list(
        load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.iter_rows(values_only=True)
    )


def test_the_export_is_the_filtered_list_and_names_no_person(as_, road, plant):
    answer = as_("asset_manager").get("/assets/export.xlsx?q=产业")
    _title, heads, *rows = sheet(answer)
    row = dict(zip(heads, rows[0], strict=True))
    assert len(rows) == 1
    assert row["资产编码"] == road.unit.code
    assert row["管护责任人"] == "李*英"
    assert "13887350000" not in str(rows)


def test_the_export_writes_shares_as_the_import_reads_them(as_, plant):
    _title, heads, row = sheet(as_("asset_manager").get("/assets/export.xlsx"))
    assert dict(zip(heads, row, strict=True))["收益权人"] == "甲村合作社 3/5；乙村合作社 2/5"


def test_a_name_that_looks_like_a_formula_is_written_as_text(as_, cast):
    make.asset('=HYPERLINK("http://evil.example")', cast.village)
    answer = as_("asset_manager").get("/assets/export.xlsx")
    cell = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active["C3"]
    assert (cell.value[:2], cell.data_type) == ("=H", "s")


# --- naming a keeper
def test_a_keeper_is_named_with_body_person_and_paper(as_, cast, plant):
    answer = as_("asset_manager").post(f"/units/{plant.unit.pk}/keeper/", KEEPER)
    assert answer.status_code == 302, answer.context["form"].errors
    entry = Entry.objects.get(unit=plant.unit, code="upkeep")
    assert (entry.party.name, entry.agent.name) == ("新华村民委员会", "杨志强")
    assert entry.agent.personal.phone == "13887351111"
    assert entry.source.number == "新政发〔2026〕3号"
    assert entry.valid.lower == dt.date(2026, 3, 1)
    assert Act.objects.filter(verb="keeper_named", unit=plant.unit).exists()


def test_the_new_keeper_ends_the_former_one(as_, road):
    as_("asset_manager").post(f"/units/{road.unit.pk}/keeper/", KEEPER)
    periods = Entry.objects.filter(unit=road.unit, code="upkeep").order_by("valid")
    assert [entry.valid.upper for entry in periods] == [dt.date(2026, 3, 1), None]
    assert len({entry.party_id for entry in periods}) == 1  # the registered body is found, not doubled


def test_a_legacy_statement_needs_a_date_and_no_number(as_, plant):
    paper = {"source_kind": "legacy", "source_number": "", "source_date": ""}
    client = as_("asset_manager")
    refused = client.post(f"/units/{plant.unit.pk}/keeper/", KEEPER | paper)
    assert "source_date" in refused.context["form"].errors
    taken = client.post(f"/units/{plant.unit.pk}/keeper/", KEEPER | paper | {"source_date": "2026-02-01"})
    assert taken.status_code == 302
    assert Source.objects.get(kind="legacy").issued_on == dt.date(2026, 2, 1)


def test_any_other_paper_needs_a_number_or_a_title(as_, plant):
    answer = as_("asset_manager").post(f"/units/{plant.unit.pk}/keeper/", KEEPER | {"source_number": ""})
    assert "source_number" in answer.context["form"].errors
    assert not Entry.objects.filter(unit=plant.unit, code="upkeep").exists()


def test_the_refusal_of_the_register_stands_above_the_form(as_, road):
    answer = as_("asset_manager").post(
        f"/units/{road.unit.pk}/keeper/", KEEPER | {"valid_from": "2019-01-01"}
    )
    assert answer.status_code == 200
    assert answer.context["form"].non_field_errors()


# --- inspections
def test_a_clerk_records_an_inspection(as_, cast, road):
    answer = as_("clerk").post(
        f"/units/{road.unit.pk}/inspection/",
        {
            "condition": "damaged",
            "defect": "路面开裂 20 米",
            "inspected_on": clock.today(),
            "inspector": "王二",
        },
    )
    assert answer.status_code == 302, answer.context["form"].errors
    found = Inspection.objects.get(inspector="王二")
    assert (found.condition, found.defect) == ("damaged", "路面开裂 20 米")


def test_a_damage_without_words_is_asked_for(as_, road):
    answer = as_("clerk").post(
        f"/units/{road.unit.pk}/inspection/",
        {"condition": "damaged", "inspected_on": clock.today(), "inspector": "王二"},
    )
    assert "defect" in answer.context["form"].errors


def test_an_inspection_of_tomorrow_is_refused(as_, road):
    day = clock.today() + dt.timedelta(days=1)
    answer = as_("clerk").post(
        f"/units/{road.unit.pk}/inspection/", {"condition": "good", "inspected_on": day, "inspector": "王二"}
    )
    assert "inspected_on" in answer.context["form"].errors


# --- placing
def test_the_queue_holds_what_has_no_shape_and_needs_one(as_, cast, road, plant):
    make.shape(plant, make.point())
    make.asset("鸡苗", cast.village, subtype="livestock", nature="biological")
    rows = as_("asset_manager").get("/placing/").context["table"].rows
    assert [row.record.name for row in rows] == ["小寨产业道路"]


def test_a_unit_is_put_on_the_map(as_, road):
    answer = as_("asset_manager").post(
        f"/placing/{road.unit.pk}/",
        {"longitude": "103.71", "latitude": "23.01", "method": "gps", "valid_from": clock.today()},
    )
    assert answer.status_code == 302, answer.context["form"].errors
    shape = Shape.objects.get(unit=road.unit)
    assert (shape.geom.x, shape.geom.y, shape.method) == (103.71, 23.01, "gps")


def test_swapped_numbers_are_refused_with_a_hint(as_, road):
    answer = as_("asset_manager").post(
        f"/placing/{road.unit.pk}/",
        {"longitude": "23.01", "latitude": "103.71", "method": "gps", "valid_from": clock.today()},
    )
    assert answer.status_code == 200
    assert not Shape.objects.filter(unit=road.unit).exists()


def test_a_project_has_no_place_of_its_own(as_, cast):
    project = make.project("产业道路项目", cast.xinhua)
    assert as_("asset_manager").get(f"/placing/{project.unit.pk}/").status_code == 404


# --- the finance officer's workbench
def test_the_finance_officer_sees_missing_and_broken_income_rights(as_, cast, plant):
    make.asset("无主冷库", cast.village, subtype="processing")
    open_finding(plant.unit, "RIG-02", details={"name": "草果加工厂", "code": "income", "total": "4/5"})
    context = as_("finance_officer").get("/").context
    assert [task.title for task in context["tasks"]] == ["无主冷库", "草果加工厂"]
    values = {str(item["url"]): item["value"] for item in context["figures"]}
    assert values["/assets/?asset_class=operating&amiss=no_income"] == 1
    assert values["/findings/?rule=RIG-02"] == 1


# --- the clerk's
def test_the_clerk_is_told_which_inspections_are_due(as_, cast, road):
    quiet = make.asset("新路", cast.village, subtype="road")
    make.upkeep(quiet)
    make.inspection(quiet, clock.today())
    context = as_("clerk").get("/").context
    assert [task.title for task in context["tasks"]] == ["小寨产业道路"]
    assert context["tasks"][0].url.startswith(f"/units/{road.unit.pk}/inspection/")


def test_a_defect_nobody_handled_is_a_task_until_it_is_handled(as_, cast):
    asset = make.asset("水池", cast.village, subtype="irrigation")
    make.inspection(asset, clock.today(), condition="damaged", defect="阀门漏水")
    assert [task.title for task in as_("clerk").get("/").context["tasks"]] == ["水池"]
    make.inspection(asset, clock.today(), condition="good", inspector="另一人")
    assert as_("clerk").get("/").context["tasks"] == []
