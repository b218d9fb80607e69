"""A file comes in through the pages: choose, check, preview, apply, take back."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from registry.models import ImportBatch, Unit
from tests import factories as make

HEADS = ["序号", "资产名称", "资产类别", "资产类型", "村", "资产原值", "建成日期", "管护主体", "管护责任人"]
GOOD = [1, "小寨产业道路", "公益性", "道路交通", "新华村委会", 35.5, "2021-06-01", "新华村民委员会", "李四"]
BAD = [2, "草果加工厂", "经营性", "生产加工设施", "新华村委会", "约50", "2022-09-30", "", ""]
LIST = "level,code,name,parent_code\ncounty,532523,屏边苗族自治县,5325\ntownship,532523205,新华乡,532523\n"


@pytest.fixture(autouse=True)
def at_once(settings):
    """The worker's work is done at once."""
    backend = {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}
    settings.TASKS = {"default": backend}


def workbook(*rows, title="单位：万元"):
    book = Workbook()
    sheet = book.active
    for row in ([title], *rows):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("台账.xlsx", out.getvalue())


def bring(client, upload, kind="ledger:assets", **options):
    answer = client.post(f"/imports/new/{kind}/", {"file": upload, **options})
    assert answer.status_code == 302, answer.context["form"].errors
    return ImportBatch.objects.get(pk=int(answer["Location"].strip("/").split("/")[-1]))


@pytest.fixture
def client_(as_):
    return as_("asset_manager")


def test_a_ledger_is_read_shown_applied_and_taken_back(client_, cast):
    batch = bring(client_, workbook(HEADS, GOOD))
    page = client_.get(f"/imports/{batch.pk}/")
    assert page.context["ready"]
    assert not Unit.objects.filter(name="小寨产业道路").exists()
    client_.post(f"/imports/{batch.pk}/apply/")
    unit = Unit.objects.in_force().get(name="小寨产业道路")
    assert unit.origin["rows"] == [3]
    client_.post(f"/imports/{batch.pk}/reverse/")
    batch.refresh_from_db()
    assert batch.state == "reversed"
    assert not Unit.objects.in_force().filter(name="小寨产业道路").exists()


def test_every_bad_row_is_shown_with_column_value_and_reason(client_):
    batch = bring(client_, workbook(HEADS, GOOD, BAD))
    page = client_.get(f"/imports/{batch.pk}/")
    assert page.context["bad"] == 1
    assert page.context["part"] == "problems"
    body = page.content.decode()
    assert "草果加工厂" in body
    assert "约50" in body
    assert "资产原值" in body


def test_good_rows_go_in_while_bad_ones_come_back_as_a_file(client_):
    batch = bring(client_, workbook(HEADS, GOOD, BAD))
    client_.post(f"/imports/{batch.pk}/apply/")
    assert [unit.name for unit in Unit.objects.in_force()] == ["小寨产业道路"]
    answer = client_.get(f"/imports/{batch.pk}/rejects/")
    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert any("草果加工厂" in map(str, row) for row in rows)
    assert not any("小寨产业道路" in map(str, row) for row in rows)


def test_totals_of_the_file_are_shown_checked_the_zero_ones_too(client_):
    free = [*GOOD[:5], 0, *GOOD[6:]]
    batch = bring(
        client_,
        workbook(HEADS, GOOD, ["", "合计", "", "", "", 35.5], [3, *free[1:]], ["", "小计", "", "", "", 0]),
    )
    summary = client_.get(f"/imports/{batch.pk}/").context["summary"]
    assert [check.ok for check in summary.checks].count(True) >= 1


def test_amounts_in_an_unsaid_unit_are_asked_for_and_read_again(client_):
    batch = bring(client_, workbook(HEADS, GOOD, title="资产台账"))
    client_.post(f"/imports/{batch.pk}/again/", {"unit": "wan"})
    batch.refresh_from_db()
    assert batch.totals["unit"]["value"] == "wan"
    assert batch.totals["value"] == "355000.00"


def test_a_table_without_a_known_head_leads_to_the_naming_of_columns(client_):
    batch = bring(
        client_, workbook(["甲", "乙", "丙", "丁"], ["小寨产业道路", "公益性", "道路交通", "新华村委会"])
    )
    assert batch.state == "refused"
    page = client_.get(f"/imports/{batch.pk}/")
    assert page.context["may_map"]
    mapping = client_.get(f"/imports/{batch.pk}/mapping/?head=2")
    assert [column.title for column in mapping.context["draft"].columns] == ["甲", "乙", "丙", "丁"]
    columns = {
        "head": 2,
        "column_0": "name",
        "column_1": "asset_class",
        "column_2": "subtype",
        "column_3": "village",
    }
    answer = client_.post(f"/imports/{batch.pk}/mapping/?head=2", columns)
    assert answer.status_code == 302, answer.context["form"].errors
    batch.refresh_from_db()
    assert (batch.state, batch.accepted) == ("staged", 1)


def test_one_field_cannot_come_from_two_columns(client_):
    batch = bring(client_, workbook(["甲", "乙"], ["路", "桥"]))
    answer = client_.post(
        f"/imports/{batch.pk}/mapping/?head=2", {"head": 2, "column_0": "name", "column_1": "name"}
    )
    assert answer.context["form"].non_field_errors()


def test_changes_are_shown_with_before_and_after(client_):
    batch = bring(client_, workbook(HEADS, GOOD))
    client_.post(f"/imports/{batch.pk}/apply/")
    again = bring(client_, workbook(HEADS, [*GOOD[:5], 40, *GOOD[6:]]))
    page = client_.get(f"/imports/{again.pk}/?show=change")
    assert ("资产原值", "355000.00", "400000.00") in page.context["page"].object_list[0].lines


@pytest.mark.parametrize(
    ("content", "name"), [(b"", "leer.xlsx"), (b"PK\x03\x04broken", "kaputt.xlsx"), (b"\x00\x01", "bild.png")]
)
def test_a_file_that_is_no_table_is_refused_with_a_sentence(client_, content, name):
    answer = client_.post(
        "/imports/new/ledger:assets/", {"file": SimpleUploadedFile(name, content)}, follow=True
    )
    assert answer.status_code == 200
    batch = ImportBatch.objects.first()
    assert answer.context.get("form") and answer.context["form"].errors if batch is None else batch.errors


def test_a_batch_is_applied_once(client_):
    batch = bring(client_, workbook(HEADS, GOOD))
    client_.post(f"/imports/{batch.pk}/apply/")
    client_.post(f"/imports/{batch.pk}/apply/")
    assert Unit.objects.filter(name="小寨产业道路").count() == 1


def test_an_import_with_later_facts_is_not_taken_back(client_, cast):
    batch = bring(client_, workbook(HEADS, GOOD))
    client_.post(f"/imports/{batch.pk}/apply/")
    make.shape(Unit.objects.get(name="小寨产业道路"), make.point())
    answer = client_.post(f"/imports/{batch.pk}/reverse/", follow=True)
    batch.refresh_from_db()
    assert batch.state == "applied"
    assert [message.level_tag for message in answer.context["messages"]][-1] == "error"


def test_the_progress_leads_to_the_preview_when_the_reading_is_done(client_, cast):
    batch = bring(client_, workbook(HEADS, GOOD))
    answer = client_.get(f"/imports/{batch.pk}/progress/", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == f"/imports/{batch.pk}/"
    ImportBatch.objects.filter(pk=batch.pk).update(progress=0)
    assert "hx-get" in client_.get(f"/imports/{batch.pk}/progress/").content.decode()


def test_only_an_administrator_imports_divisions(as_, cast):
    answer = as_("asset_manager").get("/imports/new/divisions/")
    assert answer.status_code == 403
    batch = bring(as_("admin"), SimpleUploadedFile("列表.csv", LIST.encode()), kind="divisions")
    assert batch.state == "staged"


def test_a_layer_asks_for_its_year(as_, cast):
    answer = as_("land_officer").post(
        "/imports/new/layer:parcels/", {"file": SimpleUploadedFile("dltb.gpkg", b"x")}
    )
    assert "year" in answer.context["form"].errors


def test_a_batch_of_another_township_is_not_there(as_, client_):
    batch = bring(client_, workbook(HEADS, GOOD))
    assert as_("elsewhere").get(f"/imports/{batch.pk}/").status_code == 404
