"""The task package goes out as XLSX and comes back filled, with photos in a ZIP."""

import io
import zipfile

import openpyxl
import pytest
from django.urls import reverse

from assets.models import Inspection
from registry import clock
from registry.models import ImportBatch, RowAction, SourceFile
from registry.services.files import store_chunks
from registry.services.imports import apply_batch, create_batch, reverse_batch, stage_batch
from tests import factories as make

pytestmark = pytest.mark.django_db
KIND = "ledger:inspection_tasks"


@pytest.fixture
def package(as_, cast, road):
    """The list as it is downloaded, with two tasks; a function that fills it."""
    make.upkeep(make.asset("大寨路", cast.village), named=make.person("杨文", cast.village))
    answer = as_("asset_manager").get(reverse("inspection_tasks"))
    data = b"".join(answer.streaming_content)

    def filled(rows):
        book = openpyxl.load_workbook(io.BytesIO(data))
        sheet = book.worksheets[0]
        heads = next(row for row in sheet.iter_rows() if any(cell.value == "资产编码" for cell in row))
        at = {cell.value: cell.column for cell in heads}
        for line in sheet.iter_rows(min_row=heads[0].row + 1):
            for name, value in rows.get(line[at["资产名称"] - 1].value, {}).items():
                sheet.cell(line[0].row, at[name]).value = value
        target = io.BytesIO()
        book.save(target)
        return target.getvalue()

    return filled


def bring(data, name, division, by=None):
    batch = create_batch(
        kind=KIND, file=store_chunks([data], name=name), options={"file_name": name}, by=by, division=division
    )
    return stage_batch(batch)


def zipped(book, photos):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("任务/巡查任务.xlsx", book)
        for name, data in photos.items():
            archive.writestr(f"任务/照片/{name}", data)
    return target.getvalue()


def day():
    return clock.today().isoformat()


def test_the_filled_package_is_staged_applied_with_its_photos_and_reversed(package, cast, road):
    book = package({"小寨产业道路": {"巡查日期": day(), "巡查人": "李秀英", "状况": "损坏",
                                     "发现问题": "坑槽", "照片": "坑槽.jpg、不在.jpg"}})  # fmt: skip
    photos = {
        "坑槽.jpg": make.picture(),
        f"{road.unit.code}-2.png": make.picture("PNG", (30, 20)),
        "无主.jpg": make.picture(size=(20, 20)),
    }
    batch = bring(zipped(book, photos), "任务包.zip", cast.xinhua)
    assert batch.errors == []
    assert (batch.accepted, batch.totals["not_inspected"], batch.totals["photos"]) == (1, 1, 3)
    assert batch.totals["photos_unused"] == ["无主.jpg"]
    row = batch.staged.get(action=RowAction.CREATE)
    assert [w["code"] for w in row.warnings] == ["photo_missing"]
    apply_batch(batch, by=None)
    found = Inspection.objects.in_force().get(inspected_on=clock.today())
    assert (found.condition, found.defect, found.inspector) == ("damaged", "坑槽", "李秀英")
    assert SourceFile.objects.filter(source=found.evidence).count() == 2
    reverse_batch(ImportBatch.objects.get(pk=batch.pk), by=None)
    assert not Inspection.objects.in_force().filter(inspected_on=clock.today()).exists()


def test_the_list_alone_is_a_package_and_the_same_again_changes_nothing(package, cast):
    book = package(
        {name: {"巡查日期": day(), "巡查人": "李秀英", "状况": "完好"} for name in ("小寨产业道路", "大寨路")}
    )
    apply_batch(bring(book, "任务.xlsx", cast.xinhua), by=None)
    again = bring(book + b"", "任务二.xlsx", cast.xinhua)
    assert (again.accepted, again.unchanged) == (0, 2)


def test_a_row_that_is_half_filled_is_refused_and_the_rest_is_taken(package, cast):
    book = package({"小寨产业道路": {"巡查日期": day(), "巡查人": "李秀英"},
                    "大寨路": {"巡查日期": day(), "巡查人": "李秀英", "状况": "完好"}})  # fmt: skip
    batch = bring(book, "任务.xlsx", cast.xinhua)
    assert batch.accepted == 1
    assert [e["code"] for e in batch.staged.get(action=RowAction.REJECT).errors] == ["no_condition"]


@pytest.mark.parametrize("books", [0, 2])
def test_a_package_without_its_one_list_is_refused(cast, package, books):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("照片.jpg", make.picture())
        for number in range(books):
            archive.writestr(f"{number}.xlsx", package({}))
    batch = bring(target.getvalue(), "包.zip", cast.xinhua)
    assert batch.state == "refused" or batch.errors
