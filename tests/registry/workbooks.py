"""Spreadsheets made on the spot, as offices keep them."""

from pathlib import Path
from typing import Any

import openpyxl

from registry.readers.table import Field, Table

SMALL = Table(
    kind="small",
    identity=("asset_code", "name"),
    value="original_value",
    funding=("central", "province"),
    funding_pair=("funding_source", "funding_amount"),
    place=("village",),
    sections=(("village", ("村", "村委会")), ("asset_class", ("经营性资产", "公益性资产"))),
    fields=(
        Field("seq", ("序号",), "text"),
        Field("asset_code", ("资产编码",), "code"),
        Field("name", ("资产名称", "名称"), group="asset"),
        Field(
            "asset_class",
            ("资产类别",),
            "choice",
            choices={"经营性资产": "operating", "公益性资产": "public_welfare"},
        ),
        Field("village", ("村", "行政村")),
        Field("quantity", ("数量",), "quantity"),
        Field("measure", ("计量单位", "单位"), "measure"),
        Field("central", ("中央资金", "中央"), "money", "funding"),
        Field("province", ("省级资金", "省级"), "money", "funding"),
        Field("funding_source", ("资金来源",), "choice", "funding", {"中央": "central", "省级": "province"}),
        Field("funding_amount", ("资金金额",), "money", "funding"),
        Field("original_value", ("资产原值", "原值"), "money"),
        Field("annual_budget", ("年管护经费",), "money"),
        Field("completed_on", ("建成日期",), "date"),
        Field("upkeep_body", ("管护主体",), group="upkeep"),
        Field("responsible_person", ("管护责任人",), "person", "upkeep"),
        Field("phone", ("联系电话", "电话"), "phone", "upkeep"),
        Field("share", ("收益份额",), "share"),
        Field("longitude", ("经度",), "degrees"),
        Field("latitude", ("纬度",), "degrees"),
        Field("remark", ("备注",)),
    ),
)
HEAD = ["序号", "资产编码", "资产名称", "村", "数量", "单位", "资产原值（万元）", "备注"]


def workbook(
    path: Path, rows: list[list[Any]], merges: tuple[str, ...] = (), sheets: dict | None = None
) -> Path:
    """An .xlsx with a sheet 台账 and further ones; empty text leaves a cell empty."""
    book = openpyxl.Workbook()
    book.active.title = "台账"
    for name, content in {"台账": rows, **(sheets or {})}.items():
        sheet = book["台账"] if name == "台账" else book.create_sheet(name)
        for row in content:
            sheet.append([None if value == "" else value for value in row])
    for merge in merges:
        book["台账"].merge_cells(merge)
    book.save(path)
    return path
