"""A county's own blank form: recognised, filled without losing anything, and frozen."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation

from registry.errors import BadInput, NotAllowed
from registry.exporters.forms import propose
from registry.exporters.inserting import Gap, insert_rows
from registry.models import Act, FormFilling, FormTemplate
from registry.readers.table import read_sheets
from registry.services import form_templates as services
from registry.services.files import path_of
from tests import factories as make

THIN = Side(style="thin")
BOX = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)


def blank(rows=2, unit="万元"):
    """A form as counties make them: title, unit, head of two rows, numbering, blank rows, totals, seals."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "附表1"
    sheet["A1"] = "帮扶项目资产登记表"
    sheet.merge_cells("A1:G1")
    sheet["A2"] = f"填报单位：                单位：{unit}"
    heads = {"A": "序号", "B": "资产名称", "C": "原值", "D": "管护情况", "F": "建成时间", "G": "折旧"}
    for letter, title in heads.items():
        sheet[f"{letter}3"] = title
    sheet.merge_cells("D3:E3")
    sheet["D4"], sheet["E4"] = "管护主体", "管护责任人"
    for letter in "ABCFG":
        sheet.merge_cells(f"{letter}3:{letter}4")
    for number, letter in enumerate("ABCDEFG", start=1):
        sheet[f"{letter}5"] = number
    first, last = 6, 5 + rows
    for row in range(first, last + 1):
        for letter in "ABCDEFG":
            cell = sheet[f"{letter}{row}"]
            cell.border, cell.font = BOX, Font(name="仿宋", size=12)
        sheet[f"C{row}"].number_format = "0.00"
        sheet.row_dimensions[row].height = 24
    sheet[f"G{first}"] = f"=C{first}*0.05"
    total = last + 1
    sheet[f"A{total}"] = "合计"
    sheet.merge_cells(f"A{total}:B{total}")
    sheet[f"C{total}"] = f"=SUM(C{first}:C{last})"
    sheet[f"C{total}"].fill = PatternFill("solid", start_color="FFFF00")
    sheet.row_dimensions[total].height = 30
    sheet[f"A{total + 1}"] = "负责人（签字）：            （盖章）"
    sheet.merge_cells(f"A{total + 1}:G{total + 1}")
    sheet.print_area = f"A1:G{total + 1}"
    sheet.print_title_rows = "3:5"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    check = DataValidation(type="list", formula1='"好,坏"')
    check.add(f"G{total}")
    sheet.add_data_validation(check)
    other = book.create_sheet("汇总")
    other["A1"] = f"='附表1'!C{total}"
    other["A2"] = "='附表1'!A1"
    return saved(book)


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def upload(client, content, page="assets", name="form.xlsx"):
    file = SimpleUploadedFile(name, content)
    return client.post(f"/forms/new/{page}/", {"name": "县农业农村局登记表", "file": file})


def opened(filling):
    with path_of(filling.file).open("rb") as stream:
        return openpyxl.load_workbook(stream)


@pytest.fixture
def assets(cast, road):
    person = make.person("杨志强", cast.village)
    for number in range(4):
        one = make.asset(f"路{number}", cast.village, original_value=Decimal("12345.67"))
        make.upkeep(one, make.party("甲村委会", "village_committee", cast.village), person)
    return road


def test_the_heads_of_a_form_are_recognised_with_unit_and_first_row(as_, cast, assets, tmp_path):
    (tmp_path / "a.xlsx").write_bytes(blank())
    answer = upload(as_("asset_manager"), blank())
    form = FormTemplate.objects.get()
    assert answer["Location"] == f"/forms/{form.pk}/?"
    assert form.mapping == {
        "sheet": "附表1",
        "first row": 6,
        "columns": {
            "A": "序号",
            "B": "资产名称",
            "C": "资产原值（元）",
            "D": "管护主体",
            "E": "管护责任人",
            "F": "建成日期",
        },
        "unit": "wan",
        "own units": {},
    }
    assert propose(read_sheets(tmp_path / "a.xlsx"), ()).columns == {}
    page = as_("asset_manager").get(f"/forms/{form.pk}/?q=路")
    assert page.status_code == 200
    assert page.context["count"] == 5
    assert "管护情况 / 管护责任人" in page.content.decode()


def test_a_filled_form_keeps_layout_formulas_and_totals_and_is_frozen(as_, cast, assets):
    client = as_("asset_manager")
    upload(client, blank(rows=2))
    form = FormTemplate.objects.get()
    assert client.post(f"/forms/{form.pk}/fill/?q=路").status_code == 302
    filling = FormFilling.objects.get()
    assert (filling.rows, filling.query, filling.made_by) == (5, "q=%E8%B7%AF", cast.users["asset_manager"])
    answer = client.get(f"/fillings/{filling.pk}/")
    content = b"".join(answer.streaming_content)
    assert content == path_of(filling.file).read_bytes()
    sheet = openpyxl.load_workbook(io.BytesIO(content))["附表1"]
    rows = list(sheet.iter_rows(min_row=6, max_row=10))
    named = {row[1].value: row for row in rows}
    row = named["路3"]
    assert Decimal(str(row[2].value)) == Decimal("1.234567")
    assert (row[3].value, row[4].value) == ("甲村委会", "杨*强")
    assert [one[6].value for one in rows] == [f"=C{number}*0.05" for number in range(6, 11)]
    assert {(one[2].number_format, one[2].border.left.style, one[1].font.name) for one in rows} == {
        ("0.00", "thin", "仿宋")
    }
    assert (sheet["A11"].value, sheet["C11"].value) == ("合计", "=SUM(C6:C10)")
    assert sheet["C11"].fill.start_color.rgb == "00FFFF00"
    assert (sheet.row_dimensions[10].height, sheet.row_dimensions[11].height) == (24, 30)
    merged = {str(one) for one in sheet.merged_cells.ranges}
    assert {"A1:G1", "D3:E3", "C3:C4", "A11:B11", "A12:G12"} <= merged
    assert sheet.print_area == "'附表1'!$A$1:$G$12"
    assert (sheet.print_title_rows, sheet.page_setup.orientation) == ("$3:$5", "landscape")
    assert str(sheet.data_validations.dataValidation[0].sqref) == "G11"
    other = sheet.parent["汇总"]
    assert (other["A1"].value, other["A2"].value) == ("='附表1'!C11", "='附表1'!A1")
    assert Act.objects.get(verb="form_filled").after["sha256"] == filling.file.sha256
    with pytest.raises(Exception, match="Cannot update"):
        FormFilling.objects.update(rows=1)


def test_a_form_with_enough_rows_is_not_changed_in_length(as_, assets):
    client = as_("asset_manager")
    upload(client, blank(rows=8, unit="元"))
    client.post(f"/forms/{FormTemplate.objects.get().pk}/fill/?q=路")
    sheet = opened(FormFilling.objects.get())["附表1"]
    assert (sheet["A14"].value, sheet["C14"].value) == ("合计", "=SUM(C6:C13)")
    assert (sheet["C7"].value, sheet["B11"].value) == (12345.67, None)


def test_names_come_into_a_form_only_for_those_who_may_see_them(as_, cast, assets):
    client = as_("asset_manager")
    upload(client, blank())
    form = FormTemplate.objects.get()
    assert as_("county").post(f"/forms/{form.pk}/fill/", {"names": "1"}).status_code == 403
    client.post(f"/forms/{form.pk}/fill/", {"names": "1"})
    filling = FormFilling.objects.get()
    assert filling.query == "names=1"
    assert "杨志强" in str(list(opened(filling)["附表1"].values))
    assert as_("county").get(f"/fillings/{filling.pk}/").status_code == 403
    assert b"".join(client.get(f"/fillings/{filling.pk}/").streaming_content)
    assert Act.objects.get(verb="list_exported").subject == f"filling:{filling.pk}"


def test_the_columns_are_named_by_hand_and_the_form_is_retired(as_, cast, assets):
    client = as_("asset_manager")
    upload(client, blank())
    form = FormTemplate.objects.get()
    page = f"/forms/{form.pk}/"
    given = {"sheet": "附表1", "first_row": "7", "unit": "yuan", "column_B": "资产编码"}
    assert client.post(page, given).status_code == 302
    form.refresh_from_db()
    assert (form.mapping["columns"], form.mapping["first row"]) == ({"B": "资产编码"}, 7)
    for wrong in ({"first_row": "900"}, {"column_B": ""}, {"column_B": "nothing"}, {"sheet": "无"}):
        assert client.post(page, given | wrong).status_code == 200
    client.post(f"{page}fill/?q=nothing")
    assert not FormFilling.objects.exists()
    client.post(f"{page}retire/")
    assert client.get("/forms/").context["forms"] == []
    client.post(f"{page}fill/")
    assert not FormFilling.objects.exists()


def test_forms_of_the_county_are_used_by_its_townships_and_not_the_other_way(as_, cast, assets):
    upload(as_("county"), blank())
    form = FormTemplate.objects.get()
    assert as_("asset_manager").get(f"/forms/{form.pk}/").context["may_map"] is False
    assert as_("asset_manager").post(f"/forms/{form.pk}/retire/").status_code == 403
    own = upload(as_("elsewhere"), blank() + b"")["Location"]
    assert as_("elsewhere").get(own).status_code == 200
    assert as_("asset_manager").get(own).status_code == 404
    with pytest.raises(NotAllowed):
        services.retire_form(form=form, by=cast.users["clerk"])


def packed(content, **more):
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, data in more.items():
            archive.writestr(name.replace("__", "/").replace("_x", ".x").replace("_b", ".b"), data)
    return out.getvalue()


def corners():
    book = openpyxl.Workbook()
    book.active["A1"], book.active["ZZ9000"] = 1, 1
    return saved(book)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (lambda: b"a,b\r\n1,2\r\n", "not_xlsx"),
        (lambda: packed(blank(), xl__vbaProject_bin=b"x"), "macros"),
        (lambda: packed(blank(), xl__bomb_xml=b"0" * 90_000_000), "too_large"),
        (lambda: packed(blank(), xl__charts__chart1_xml=b"<x/>"), "drawings"),
        (lambda: packed(blank(), xl__evil_xml=b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'), "doctype"),
        (corners, "too_large"),
    ],
)
def test_a_hostile_form_is_refused_in_a_sentence(cast, content, code):
    with pytest.raises(BadInput) as refused:
        services.keep_form(
            name="坏表", page="assets", columns=(), chunks=[content()], file_name="a.xlsx",
            division=cast.xinhua, by=cast.users["asset_manager"],
        )  # fmt: skip
    assert refused.value.code == code
    assert not FormTemplate.objects.exists()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("=SUM(C6:C7)", "=SUM(C6:C10)"),
        ("=SUM($C$6:$C$7)+C8", "=SUM($C$6:$C$10)+C11"),
        ("=C5+C6", "=C5+C6"),
        ("=SUM(C1:C4)", "=SUM(C1:C4)"),
        ("=SUM(6:7)*LOG10(C9)", "=SUM(6:10)*LOG10(C12)"),
        ('=IF(C8>0,"C8:C9",汇总!C8)', '=IF(C11>0,"C8:C9",汇总!C8)'),
    ],
)
def test_references_move_with_the_rows_that_are_inserted(before, after):
    sheet = openpyxl.Workbook().active
    sheet["A20"] = before
    insert_rows(sheet, Gap(8, 3, 6))
    assert sheet["A23"].value == after
