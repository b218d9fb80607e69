"""The column titles of the ledgers: no title means two things, and what offices write is understood."""

from collections import Counter

import pytest

from assets import codes
from assets.importers.columns import (
    ASSETS,
    CLASSES,
    CONDITIONS,
    FUNDING_SOURCES,
    PARTY_KINDS,
    SOURCES,
    STATES,
    SUBTYPES,
    TABLES,
    UPKEEP,
)
from registry.codes import PartyKind, UnitState
from registry.readers.table import PARSERS, read_ledger
from registry.readers.table.heads import normalise
from tests.registry.workbooks import workbook


@pytest.mark.parametrize("table", TABLES.values(), ids=str)
def test_no_title_names_two_fields(table):
    titles = Counter((normalise(head)[0], f.name) for f in table.fields for head in f.heads)
    fields = Counter(title for title, _name in titles)
    assert [title for title, count in fields.items() if count > 1 or not title] == []


@pytest.mark.parametrize("table", TABLES.values(), ids=str)
def test_every_kind_has_a_parser(table):
    assert {f.kind for f in table.fields} <= set(PARSERS) | {"choice", "share"}
    assert all(f.choices for f in table.fields if f.kind == "choice")


def test_every_code_is_known_to_the_register():
    assert set(CLASSES.values()) == set(codes.AssetClass.values)
    assert set(CONDITIONS.values()) == set(codes.Condition.values)
    assert set(STATES.values()) <= set(UnitState.values)
    assert set(PARTY_KINDS.values()) <= set(PartyKind.values)
    assert set(FUNDING_SOURCES.values()) == set(SOURCES)
    assert set(SUBTYPES.values()) == set(codes.Subtype.values)


def test_the_whole_ledger_of_customary_titles_is_understood(tmp_path):
    heads = [f.heads[0] for f in ASSETS.fields]
    table = read_ledger(workbook(tmp_path / "l.xlsx", [heads, ["x"] * len(heads)]), ASSETS)
    assert [c.field.name for c in table.header.columns] == [f.name for f in ASSETS.fields]
    assert "中央资金" in heads
    assert "东西部协作资金" in heads


def test_a_ledger_as_published_is_understood(tmp_path):
    rows = [
        ["屏边苗族自治县新华乡扶贫项目资产台账"],
        ["填报单位：新华乡人民政府", "", "", "", "", "", "", "", "", "", "", "", "单位：万元"],
        ["序号", "资产基本情况", "", "", "", "", "资金来源", "", "", "资产原值", "确权", "管护", ""],
        [
            "",
            "资产名称",
            "类别",
            "资产类型",
            "所在村",
            "数量及单位",
            "中央财政",
            "沪滇协作",
            "小计",
            "",
            "产权归属",
            "管护主体",
            "管护责任人",
        ],
        [
            1,
            "白岩脚水窖",
            "公益性资产",
            "农田水利",
            "新华村",
            "3口",
            1.5,
            0.5,
            2,
            2,
            "新华村",
            "新华村委会",
            "张三",
        ],
    ]
    merges = ("A1:M1", "B3:F3", "G3:I3", "L3:M3", "A3:A4", "J3:J4")
    table = read_ledger(workbook(tmp_path / "l.xlsx", rows, merges), ASSETS)
    values = table.rows[0].values
    assert table.rows[0].errors == []
    assert (values["asset_class"], values["subtype"], values["village"]) == (
        "public_welfare",
        "irrigation",
        "新华村",
    )
    assert [(line.source, line.amount) for line in values["funding"]] == [
        ("central", 15000),
        ("east_west", 5000),
    ]
    assert (values["original_value"], values["funding_total"]) == (20000, 20000)
    assert (values["owner"][0].name, values["responsible_person"]) == ("新华村", "张三")


def test_an_inspection_ledger_is_understood(tmp_path):
    rows = [
        ["资产编码", "资产名称", "巡查时间", "巡查人", "状况", "存在问题"],
        ["A1", "水窖", "2024.3.5", "李四", "损坏", "漏水"],
    ]
    values = read_ledger(workbook(tmp_path / "l.xlsx", rows), UPKEEP).rows[0].values
    assert (values["condition"], values["inspector"], values["defect"]) == ("damaged", "李四", "漏水")


def test_a_ledger_that_names_its_assets_by_project_is_understood(tmp_path):
    rows = [
        ["项目（资产）名称", "所在村", "管护责任人及电话"],
        ["新华村水窖工程", "新华村", "张三13812345678"],
    ]
    values = read_ledger(workbook(tmp_path / "l.xlsx", rows), ASSETS).rows[0].values
    assert (values["name"], values["responsible_person"], values["phone"]) == (
        "新华村水窖工程",
        "张三",
        "13812345678",
    )
