"""Ledgers written for a test and imported through the command, as a user does it."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command

from tests import factories as make

HEADS = [
    "序号",
    "资产编码",
    "资产名称",
    "资产类别",
    "资产类型",
    "项目编号",
    "项目名称",
    "项目年度",
    "行政区划代码",
    "乡镇",
    "村",
    "自然村",
    "规格型号",
    "数量",
    "计量单位",
    "中央资金",
    "县级资金",
    "资产原值",
    "建成日期",
    "验收日期",
    "移交日期",
    "产权归属",
    "所有权份额",
    "经营主体",
    "收益权人",
    "收益权份额",
    "管护主体",
    "管护责任人",
    "联系电话",
    "管护起始日期",
    "年管护经费",
    "经费来源",
    "公益性岗位",
    "监管部门",
    "经度",
    "纬度",
    "资产状态",
    "确权文号",
    "确权日期",
    "备注",
]
ROAD = {
    "资产名称": "岩峰产业道路",
    "资产类别": "公益性",
    "资产类型": "道路交通",
    "项目名称": "产业道路项目",
    "项目年度": 2019,
    "村": "岩峰村",
    "中央资金": 200000,
    "县级资金": 100000,
    "资产原值": 300000,
    "建成日期": "2019-12-01",
    "验收日期": "2020-01-10",
    "移交日期": "2020-03-01",
    "产权归属": "岩峰村股份经济合作社",
    "管护主体": "岩峰村委会",
    "管护责任人": "杨文",
    "联系电话": "13800000001",
    "管护起始日期": "2020-03-15",
    "年管护经费": 3000,
    "经费来源": "村集体收入",
    "监管部门": "县交通运输局",
    "经度": 103.7,
    "纬度": 23.0,
    "资产状态": "在用",
    "确权文号": "新发〔2020〕1号",
    "确权日期": "2020-03-01",
}
FACTORY = {
    "资产名称": "岩峰茶叶加工厂",
    "资产类别": "经营性",
    "资产类型": "生产加工设施",
    "村": "岩峰村",
    "中央资金": 500000,
    "资产原值": 500000,
    "建成日期": "2020-12-01",
    "产权归属": "岩峰村股份经济合作社",
    "经营主体": "云岭茶业有限公司",
    "收益权人": "岩峰村 60%；河南村 40%",
}
HOUSE = {
    "资产名称": "安置住房1号",
    "资产类别": "到户类",
    "资产类型": "安置住房",
    "村": "河南村",
    "资产原值": 80000,
    "建成日期": "2018-06-01",
    "产权归属": "王小二",
}


def run(command: str, *args: str) -> tuple[Any, int]:
    """Answer and exit status of a command of the surface."""
    out, status = io.StringIO(), 0
    try:
        call_command(command, *args, stdout=out)
    except SystemExit as end:
        status = int(end.code or 0)
    return json.loads(out.getvalue()), status


def write_book(
    path: Path,
    rows: Sequence[dict[str, Any] | Sequence[Any]],
    *,
    heads: Sequence[str] | None = None,
    title: str = "新华乡资产台账（单位：元）",
) -> Path:
    """An .xlsx with a title, the heads that the rows need, and the rows (dicts by head, or plain lists)."""
    if heads is None:
        used = {head for row in rows if isinstance(row, dict) for head in row}
        heads = [head for head in HEADS if head in used]
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "台账"
    sheet.append([title])
    sheet.append(list(heads))
    for row in rows:
        sheet.append([row.get(head) for head in heads] if isinstance(row, dict) else list(row))
    book.save(path)
    return path


@pytest.fixture
def places(db):
    """A township with two villages and a natural village, and another one with a namesake village."""
    county = make.county()
    town = make.township(county)
    found = {
        "county": county,
        "town": town,
        "yanfeng": make.village(town, "岩峰村委会", code="532523205202"),
        "henan": make.village(town, "河南村委会", code="532523205205"),
        "other": make.township(county, "湾塘乡", code="532523206"),
    }
    found["namesake"] = make.village(found["other"], "河南村委会", code="532523206203")
    found["hamlet"] = make.division("大寨", "natural_village", found["yanfeng"], code="532523205202001")
    return found


@pytest.fixture
def bring(tmp_path, settings, places):
    """bring(rows, *options): import a ledger of the township; gives the document and the exit status."""
    settings.FILES_DIR = tmp_path / "files"

    def bring(rows, *options, kind="assets", apply=True, name="台账.xlsx", division="532523205", **book):
        path = rows if isinstance(rows, Path) else write_book(tmp_path / name, rows, **book)
        extra = (["--apply"] if apply else []) + (["--division", division] if division else [])
        return run("import_ledger", str(path), "--kind", kind, *extra, *options)

    return bring
