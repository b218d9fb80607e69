"""Depreciation, valuation reports, settled amounts, pictures: in by the ledger, out, back unchanged."""

import datetime as dt
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from assets.exporters import ledger
from assets.importers.columns import ASSETS
from assets.kinds_more import DEPRECIATION
from assets.models import Appraisal, Asset, Depreciation
from assets.services.own import OwnLine, record, strike
from registry import clock
from registry.codes import Role
from registry.errors import BadInput
from registry.exporters.sheet import write_xlsx
from registry.exports import Export
from registry.models import Division, ImportBatch
from registry.services.imports import reverse_batch
from tests import factories as make

from .conftest import FACTORY, HEADS

pytestmark = pytest.mark.django_db

WORTH = {
    "决算金额": 98000,
    "累计折旧": 24500.5,
    "净值": 75499.5,
    "折旧截至日期": "2025-12-31",
    "评估报告编号": "屏正评报字〔2025〕第12号",
    "评估基准日": "2025-06-30",
    "评估机构": "屏边正信资产评估事务所",
    "评估价值": 88000,
    "照片": "IMG_0231.jpg",
}
ROW = {**FACTORY, "中央资金": 100000, "资产原值": 100000}
MORE = [*HEADS, *(head for head in WORTH if head not in HEADS)]


@pytest.fixture
def asset_manager(bring):
    return make.user(Role.ASSET_MANAGER, Division.objects.get(name="新华乡"), "manager")


def only():
    return Asset.objects.select_related("unit").get()


def test_the_ledger_brings_what_an_asset_is_worth_by_now(bring):
    answer, status = bring([{**ROW, **WORTH}], heads=MORE)
    assert (answer["errors"], status) == ([], 0)
    asset, gone, report = only(), Depreciation.objects.get(), Appraisal.objects.get()
    assert (asset.settled_value, asset.picture) == (Decimal("98000.00"), "IMG_0231.jpg")
    assert (gone.on, gone.written_off, gone.impairment) == (dt.date(2025, 12, 31), Decimal("24500.50"), None)
    assert (report.number, report.on, report.value) == (WORTH["评估报告编号"], dt.date(2025, 6, 30), 88000)


def test_what_is_left_alone_says_what_was_written_off(bring):
    bring([{**ROW, "净值": 60000, "折旧截至日期": "2025-12-31"}], heads=MORE)
    assert Depreciation.objects.get().written_off == Decimal("40000.00")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"累计折旧": 20000, "净值": 81000}, "net_value"),
        ({"累计折旧": 100000.01}, "net_value"),
        ({"净值": 100001}, "net_value"),
        ({"累计折旧": 1, "折旧截至日期": "2099-01-01"}, "future_date"),
        ({"评估报告编号": "甲1号", "评估价值": 5}, "report_incomplete"),
    ],
)
def test_what_contradicts_the_original_value_is_refused_with_the_figures(bring, said, code):
    answer, status = bring([{**ROW, **said}], heads=MORE)
    assert (status, [error["code"] for error in answer["errors"]]) == (1, [code])
    assert not Depreciation.objects.exists()


def test_all_written_off_leaves_nothing_and_stands(bring):
    _answer, status = bring([{**ROW, "累计折旧": 100000, "净值": 0}], heads=MORE)
    assert (status, Depreciation.objects.get().gone) == (0, Decimal("100000.00"))


def exported(path):
    rows = Asset.objects.select_related("unit__division").order_by("pk")
    write_xlsx(
        Export(title="台账", columns=ledger.COLUMNS, rows=rows, prepare=ledger.preparer(clock.today())), path
    )
    lines = list(load_workbook(path).active.iter_rows(values_only=True))
    head = next(line for line in lines if "资产编码" in line)
    return dict(zip(head, lines[lines.index(head) + 1], strict=True))


def test_it_goes_out_under_the_titles_it_came_by_and_comes_back_unchanged(bring, tmp_path):
    bring([{**ROW, **WORTH}], heads=MORE)
    row = exported(tmp_path / "台账.xlsx")
    assert (row["累计折旧（元）"], row["净值（元）"], row["评估价值（元）"]) == (24500.5, 75499.5, 88000)
    assert (row["照片"], row["决算金额（元）"]) == ("IMG_0231.jpg", 98000)
    answer, _status = bring(tmp_path / "台账.xlsx", apply=False, division=None)
    assert (answer["errors"], answer["accepted"], answer["unchanged"]) == ([], 0, 1)


def test_every_title_that_goes_out_is_read_again():
    read = {head for field in ASSETS.fields for head in field.heads}
    out = {column.official.removesuffix("（元）") for column in ledger.COLUMNS}
    assert {"照片", "净值", "累计折旧", "减值准备", "评估报告编号", "决算金额", "易地搬迁资金"} <= read & out


def test_another_depreciation_without_a_date_that_says_the_same_changes_nothing(bring):
    bring([{**ROW, **WORTH}], heads=MORE)
    again = {**ROW, "资产编码": only().unit.code, "累计折旧": 24500.5}
    answer, _status = bring([again], heads=["资产编码", *MORE], name="再次.xlsx")
    assert (answer["accepted"], answer["unchanged"], Depreciation.objects.count()) == (0, 1, 1)


def test_a_batch_taken_back_takes_its_worth_with_it(bring):
    bring([ROW], heads=HEADS)
    bring([{**ROW, "资产编码": only().unit.code, **WORTH}], heads=["资产编码", *MORE], name="二.xlsx")
    reverse_batch(ImportBatch.objects.latest("pk"), by=None)
    assert not Depreciation.objects.in_force().exists()
    assert not Appraisal.objects.in_force().exists()
    assert (only().settled_value, only().picture) == (None, "")


def test_by_hand_no_more_is_written_off_than_was_there(bring, asset_manager):
    bring([ROW], heads=HEADS)
    said = {"on": dt.date(2025, 12, 31), "written_off": Decimal("100000.01")}
    line = OwnLine(unit=only().unit, values=said)
    with pytest.raises(BadInput, match="100000.01"):
        record(DEPRECIATION, [line], by=asset_manager)
    line.values["written_off"] = Decimal(100000)
    [row] = record(DEPRECIATION, [line], by=asset_manager)
    strike(DEPRECIATION, row, by=asset_manager, reason="重复登记")
    assert not Depreciation.objects.in_force().exists()


def test_the_page_says_what_is_left(bring, client, asset_manager):
    bring([{**ROW, **WORTH}], heads=MORE)
    client.force_login(asset_manager)
    page = client.get(f"/u/{only().unit.code}").content.decode()
    assert "75,499.50" in page
    assert WORTH["评估报告编号"] in page
