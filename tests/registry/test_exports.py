"""Lists as files: typed, safe, whole, and with no more names than the reader may see."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import time
from decimal import Decimal

import openpyxl
import pyogrio.raw
import pytest
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.exporters.ledger import BUSINESS, KNOWN
from assets.exporters.ledger_life import LIFE
from assets.importers.columns import ASSETS
from registry.exporters.sheet import MAX_TEXT, write_xlsx
from registry.exporters.text import write_csv
from registry.exports import CHUNK, Column, Export
from registry.models import Act, Shape, Unit
from registry.readers.table import read_sheets
from registry.readers.table.guard import guarded, unguarded
from registry.readers.table.heads import normalise
from registry.views.generic import ListPage
from registry.views.lists import UNIT_COLUMNS
from tests import factories as make

COLUMNS = (
    Column("登记编码", lambda unit: unit.code, "code"),
    Column("名称", lambda unit: unit.name),
    Column("行政区划代码", lambda unit: "532523205200", "code"),
    Column("原值（元）", lambda unit: Decimal("123456789012.34"), "money"),
    Column("户数", lambda unit: 12, "count"),
    Column("日期", lambda unit: dt.date(2026, 3, 1), "date"),
    Column("份额", lambda unit: (3, 5), "share"),
    Column("责任人", lambda unit: "李秀英", person=True),
    Column("缺", lambda unit: None, "money"),
)


def made(**more):
    more = {"rows": Unit.objects.order_by("code"), **more}
    return Export(title="清单", columns=COLUMNS, unit="pk", **more)


def body(answer):
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def sheet(answer):
    return openpyxl.load_workbook(io.BytesIO(body(answer))).worksheets[0]


@pytest.fixture
def unit(cast):
    return make.asset("=1+1", cast.village, code="532523205200-W01-2021-0009").unit


def test_a_workbook_has_typed_cells_a_head_that_stays_and_no_formula(unit, tmp_path):
    assert write_xlsx(made(about=[("清单", "登记单元")]), tmp_path / "a.xlsx") == 1
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    page = book["清单"]
    assert [cell.value for cell in page[1]] == [column.title for column in COLUMNS]
    code, name, place, value, count, day, share, person, gap = page[2]
    assert (code.value, name.value, name.data_type) == (unit.code, "=1+1", "s")
    assert (place.value, place.data_type) == ("532523205200", "s")
    assert (value.value, value.number_format, count.value) == (123456789012.34, "#,##0.00", 12)
    assert (str(day.value), day.number_format) == ("2026-03-01 00:00:00", "yyyy-mm-dd")
    assert (share.value, share.data_type, person.value, gap.value) == ("3/5", "s", "李*英", None)
    assert (page.freeze_panes, page.auto_filter.ref) == ("A2", "A1:I2")
    assert [[cell.value for cell in row] for row in book["说明"]][-1][1] == "1"


def test_a_text_that_is_too_long_for_a_cell_is_cut_and_says_so(unit, tmp_path):
    long = (Column("备注", lambda unit: "长" * 40_000),)
    write_xlsx(Export(title="a/b:c", columns=long, rows=Unit.objects.all()), tmp_path / "a.xlsx")
    value = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]["A2"].value
    assert (len(value), value[-1]) == (MAX_TEXT, "…")


@given(st.text(max_size=12) | st.sampled_from(["=1", "'=1", "''", "-5", "\t=1", "@A1", "'", ""]))
@settings(max_examples=60)
def test_what_is_kept_from_being_a_formula_comes_back(text):
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_csv_is_read_back_by_our_own_reader(unit, tmp_path, encoding):
    assert write_csv(made(), tmp_path / "a.csv", encoding) == 1
    raw = (tmp_path / "a.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf") is (encoding == "utf-8")
    lines = list(csv.reader(io.StringIO(raw.decode("utf-8-sig" if encoding == "utf-8" else encoding))))
    figures = ["532523205200", "123456789012.34", "12", "2026-03-01", "3/5"]
    assert lines[1] == [unit.code, "'=1+1", *figures, "李*英", ""]
    assert read_sheets(tmp_path / "a.csv")[0].cells[1][1] == "=1+1"


def test_map_files_hold_the_present_shape_and_lose_no_row(as_, cast, tmp_path):
    places = {"点": make.point(), "面": make.square()}
    for name, geom in places.items():
        make.shape(make.asset(name, cast.village), geom)
    make.asset("无图", cast.village)
    client = as_("asset_manager")
    (tmp_path / "a.gpkg").write_bytes(body(client.get("/units/?export=gpkg")))
    layers = {str(name): kind for name, kind in pyogrio.list_layers(tmp_path / "a.gpkg")}
    assert layers == {"points": "MultiPoint", "areas": "MultiPolygon", "no_shape": None}
    meta, _fids, geometry, fields = pyogrio.raw.read(tmp_path / "a.gpkg", layer="areas")
    assert meta["crs"] == "EPSG:4490"
    values = dict(zip(meta["fields"], (column[0] for column in fields), strict=True))
    assert values["名称"] == "面"
    assert isinstance(float(values[str(UNIT_COLUMNS[8].title)]), float)
    assert Shape.objects.get(unit__name="面").geom.coords == GEOSGeometry(memoryview(geometry[0])).coords[0]
    data = json.loads(body(client.get("/units/?export=geojson&placed=yes")))
    assert data["type"] == "FeatureCollection"
    point, area = sorted(data["features"], key=lambda one: one["geometry"]["type"])
    assert point["geometry"]["coordinates"] == [103.7, 23.0]
    ring = area["geometry"]["coordinates"][0]
    assert sum((b[0] - a[0]) * (b[1] + a[1]) for a, b in zip(ring, ring[1:], strict=False)) < 0  # RFC 7946
    assert area["properties"]["名称"] == "面"
    every = json.loads(body(client.get("/units/?export=geojson")))["features"]
    assert [one["geometry"] for one in every].count(None) == 1


def test_the_export_is_the_list_as_it_is_filtered_scoped_and_ordered_all_pages(as_, cast):
    for number in range(60):
        make.asset(f"路{number:02d}", cast.village)
    make.asset("水窖", cast.village, subtype="irrigation")
    make.asset("远路", cast.far)
    page = as_("asset_manager").get("/units/?q=路&sort=-name")
    rows = list(
        sheet(as_("asset_manager").get("/units/?q=路&sort=-name&export=xlsx")).iter_rows(values_only=True)
    )
    assert page.context["count"] == 60
    assert [row[1] for row in rows[1:]] == [f"路{number:02d}" for number in reversed(range(60))]
    assert as_("asset_manager").get("/units/?export=exe").status_code == 404
    assert as_("asset_manager").get("/acts/?export=gpkg").status_code == 404
    assert as_("asset_manager").get("/units/?export=csv&encoding=utf-7").status_code == 404


def test_heads_are_the_terms_of_office_and_english_on_an_english_page(as_, road):
    client = as_("asset_manager")
    assert [cell.value for cell in sheet(client.get("/units/?export=xlsx"))[1]][:2] == ["登记编码", "名称"]
    with translation.override("en"):
        english = client.get("/units/?export=xlsx", headers={"accept-language": "en"})
    assert sheet(english)["B1"].value in ("name", "名称")


def test_names_are_masked_unless_asked_for_by_one_who_may_see_them_and_then_it_is_recorded(as_, road):
    def keeper(who, query=""):
        heads, values = list(sheet(as_(who).get(f"/assets/?export=xlsx{query}")).iter_rows(values_only=True))[
            1:3
        ]
        return dict(zip(heads, values, strict=True))["管护责任人"]

    assert keeper("asset_manager") == "李*英"
    assert not Act.objects.filter(verb="list_exported").exists()
    assert keeper("asset_manager", "&names=1&q=产业") == "李秀英"
    act = Act.objects.get(verb="list_exported")
    assert act.after == {"list": "assets", "filter": "q=%E4%BA%A7%E4%B8%9A", "rows": 1, "format": "xlsx"}
    assert as_("auditor").get("/assets/?export=xlsx&names=1").status_code == 403
    assert keeper("auditor") == "李*英"
    assert "13887350000" not in body(as_("asset_manager").get("/assets/?export=csv&names=1")).decode()


def test_who_owns_the_income_is_left_out_for_roles_that_may_not_see_it(as_, plant):
    def heads(who):
        return [cell.value for cell in sheet(as_(who).get("/assets/?export=xlsx"))[2]]

    assert "收益权人" in heads("asset_manager")
    assert "收益权人" not in heads("clerk")


def test_the_heads_of_the_ledger_are_those_that_its_import_reads_first(as_, road):
    heads = [cell.value for cell in sheet(as_("asset_manager").get("/assets/export.xlsx"))[2]]
    first = {normalise(one.heads[0])[0] for one in ASSETS.fields}
    known = [column.official for column in (*KNOWN, *LIFE, *BUSINESS)]  # what the register alone says
    assert [head for head in heads if normalise(head)[0] not in first] == known


@pytest.mark.parametrize(
    "url", ["/units/?export=xlsx", "/assets/?export=xlsx", "/units/?export=gpkg", "/acts/?export=csv"]
)
def test_an_export_asks_no_more_for_more_rows(as_, cast, road, url):
    def asked():
        client = as_("asset_manager")
        with CaptureQueriesContext(connection) as caught:
            body(client.get(url))
        return len(caught)

    few = asked()
    for number in range(12):
        make.upkeep(make.asset(f"路{number}", cast.village), named=make.person(f"杨{number}", cast.village))
    assert asked() == few


def test_ten_thousand_rows_take_seconds_and_are_in_memory_by_chunks(cast, tmp_path):
    Unit.objects.bulk_create(
        Unit(code=f"U{number}", kind="asset", name="路", division=cast.village) for number in range(10_000)
    )
    seen = []
    started = time.monotonic()
    assert write_xlsx(made(prepare=lambda chunk: seen.append(len(chunk))), tmp_path / "a.xlsx") == 10_000
    assert seen == [CHUNK] * 5
    assert time.monotonic() - started < 20  # a second or two; the machine may be busy


def test_every_list_of_the_site_can_be_taken_away():
    bare = []

    def walk(patterns):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                walk(pattern.url_patterns)
                continue
            view = getattr(pattern.callback, "view_class", None)
            if view and issubclass(view, ListPage) and not view.export_columns:
                own = view.get_export_columns is not ListPage.get_export_columns
                bare.extend([] if own else [pattern.name])

    walk(get_resolver().url_patterns)
    assert bare == []
