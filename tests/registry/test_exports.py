"""Lists as files: typed, safe, whole, and with no more names than the reader may see."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from decimal import Decimal

import openpyxl
import pyogrio.raw
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.exporters.shapes import write_geojson, write_geopackage
from registry.exporters.sheet import write_xlsx
from registry.exporters.text import write_csv
from registry.exports import Column, Export
from registry.models import Act, Unit
from registry.readers.table import read_sheets
from registry.readers.table.guard import guarded, unguarded
from tests import factories as make

COLUMNS = (
    Column("登记编码", lambda unit: unit.code, "code"),
    Column("名称", lambda unit: unit.name),
    Column("行政区划代码", lambda unit: "532523205200", "code"),
    Column("原值（元）", lambda unit: Decimal("1234567890.12"), "money"),
    Column("户数", lambda unit: 12, "count"),
    Column("日期", lambda unit: dt.date(2026, 3, 1), "date"),
    Column("份额", lambda unit: (3, 5), "share"),
    Column("责任人", lambda unit: "李秀英", person=True),
)


def made(**more):
    return Export(title="清单", columns=COLUMNS, rows=Unit.objects.order_by("code"), unit="pk", **more)


def body(answer):
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


@pytest.fixture
def unit(cast):
    return make.asset("=1+1", cast.village, code="532523205200-W01-2021-0009").unit


def test_a_workbook_has_typed_cells_a_head_that_stays_and_no_formula(unit, tmp_path):
    assert write_xlsx(made(about=[("清单", "登记单元")]), tmp_path / "a.xlsx") == 1
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    sheet = book["清单"]
    assert [cell.value for cell in sheet[1]] == [column.title for column in COLUMNS]
    code, name, place, value, count, day, share, person = sheet[2]
    assert (code.value, name.value, name.data_type) == (unit.code, "=1+1", "s")
    assert (place.value, place.data_type) == ("532523205200", "s")
    assert (value.value, value.number_format, count.value) == (1234567890.12, "#,##0.00", 12)
    assert (day.value, day.number_format) == (dt.datetime(2026, 3, 1), "yyyy-mm-dd")
    assert (share.value, share.data_type, person.value) == ("3/5", "s", "李*英")
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:H2")
    assert [[cell.value for cell in row] for row in book["说明"]][-1][1] == "1"
