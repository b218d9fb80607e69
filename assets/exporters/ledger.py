"""The ledger under the heads that the import of ledgers understands. 中文：台账导出

What is written here comes back unchanged: the titles are the first titles of ``assets.importers.columns``,
the words of classes and states are words that the import reads. What follows after 备注 the register alone
knows; the import leaves it aside. Phones are left out, names of natural persons are masked unless they were
asked for: a file travels further than its reader.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from assets.importers.columns import CLASSES, CONDITIONS, SOURCES, STATES, SUBTYPES
from assets.models import UpkeepTerms
from assets.queries_worth import left_of
from registry.codes import PRIVATE_KINDS, EntryCode, Level
from registry.exports import Column, Name
from registry.models import Entry

from .ledger_facts import preparer
from .ledger_life import LIFE
from .upkeep import word_of

__all__ = ["COLUMNS", "INCOME_HEADS", "preparer"]
FUNDS = (
    "中央资金",
    "省级资金",
    "州级资金",
    "县级资金",
    "东西部协作资金",
    "债券资金",
    "行业资金",
    "易地搬迁资金",
    "捐赠资金",
    "其他资金",
)


def _names(code: str) -> Callable[[Any], list[Name]]:
    """甲村 3/5；乙村 2/5, or the name alone where one holds all."""

    def read(asset: Any) -> list[Name]:
        entries = asset.beside.held[code]
        if len(entries) == 1 and entries[0].share == 1:
            return [_name(entries[0])]
        return [_name(entry, f" {entry.share_num}/{entry.share_den}") for entry in entries]

    return read


def _name(entry: Entry, after: str = "") -> Name:
    return Name(entry.party.name, entry.party.kind in PRIVATE_KINDS, after)


def _first(asset: Any, code: str) -> Entry | None:
    held = asset.beside.held[code]
    return held[0] if held else None


def _one(code: str) -> Callable[[Any], list[Name]]:
    def read(asset: Any) -> list[Name]:
        entry = _first(asset, code)
        return [_name(entry)] if entry else []

    return read


def _terms(asset: Any) -> UpkeepTerms | None:
    return getattr(_first(asset, EntryCode.UPKEEP), "upkeep_terms", None)


def _person(asset: Any) -> list[Name]:
    keeper = _first(asset, EntryCode.UPKEEP)
    return [Name(keeper.agent.name, True)] if keeper and keeper.agent else []


def _from(asset: Any) -> dt.date | None:
    keeper = _first(asset, EntryCode.UPKEEP)
    return keeper.valid.lower if keeper else None


def _post(asset: Any) -> str | None:
    post = getattr(_terms(asset), "welfare_post", "")
    return "是" if post and post != "否" else None


def _project(name: str) -> Callable[[Any], Any]:
    return lambda asset: getattr(asset.project and asset.project.unit, name, None)


def _place(level: str) -> Callable[[Any], str | None]:
    return lambda asset: asset.beside.places.get(str(level))


def _fund(source: str) -> Callable[[Any], Decimal | None]:
    return lambda asset: asset.beside.funding.get(source)


def _degrees(axis: str) -> Callable[[Any], str | None]:
    def read(asset: Any) -> str | None:
        shape = asset.beside.shape
        return f"{getattr(shape.point, axis):.8f}" if shape is not None else None

    return read


def _paper(name: str) -> Callable[[Any], Any]:
    """The paper that confirms the right: a ledger has no number of its own."""

    def read(asset: Any) -> Any:
        owner = _first(asset, EntryCode.OWNERSHIP)
        paper = owner.source if owner else None
        return getattr(paper, name) if paper is not None and paper.number else None

    return read


def _of(beside: str, name: str) -> Callable[[Any], Any]:
    """A field of what stands beside the asset: its shape, last inspection, plan, contract."""
    return lambda asset: getattr(getattr(asset.beside, beside), name, None) or None


def _word(beside: str, name: str) -> Callable[[Any], Any]:
    """The label of a coded field of what stands beside the asset."""

    def read(asset: Any) -> Any:
        found = getattr(asset.beside, beside)
        return str(getattr(found, f"get_{name}_display")()) if found is not None else None

    return read


def _money(name: str) -> Callable[[Any], Decimal | None]:
    return lambda asset: asset.beside.money.get(name)


def _open(asset: Any) -> Decimal | None:
    money = asset.beside.money
    return money["due"] - money["received"] if money else None


def _left(asset: Any) -> Decimal | None:
    return left_of(asset, asset.beside.depreciation)


def _tenant(asset: Any) -> list[Name]:
    operator = getattr(asset.beside.contract, "operator", None)
    return [Name(operator.name, operator.kind in PRIVATE_KINDS)] if operator else []


INCOME_HEAD = "收益权人"
# The customary heads of offices; they are data, not words of the interface.
WHAT = (
    Column("序号", lambda asset: asset.beside.number, "count", 6),
    Column("资产编码", lambda asset: asset.unit.code, "code", 30),
    Column("资产名称", lambda asset: asset.unit.name, width=28),
    Column("资产类别", lambda asset: word_of(CLASSES, asset.asset_class)),
    Column("资产类型", lambda asset: word_of(SUBTYPES, asset.subtype), width=20),
    Column("项目编号", _project("code"), "code", 18, words=("项目编码", "项目代码")),
    Column("项目名称", _project("name"), width=26, words=("所属项目",)),
    Column(
        "项目年度", lambda asset: asset.project and asset.project.year and str(asset.project.year), width=10
    ),
    Column("行政区划代码", lambda asset: asset.beside.code, "code"),
    Column("乡镇", _place(Level.TOWNSHIP), words=("所在乡镇", "乡（镇）")),
    Column("村", _place(Level.VILLAGE), words=("行政村", "所在村", "村（社区）")),
    Column("自然村", _place(Level.NATURAL_VILLAGE), words=("村民小组", "小组")),
    Column("地点", lambda asset: asset.address, width=18, words=("坐落", "坐落位置", "位置")),
    Column("规格型号", lambda asset: asset.spec, words=("建设规模", "规模")),
    Column("数量", lambda asset: asset.quantity, "number"),
    Column("计量单位", lambda asset: asset.measure, width=10, words=("单位",)),
)
FORMED = (
    *(Column(f"{head}（元）", _fund(source), "money") for source, head in zip(SOURCES, FUNDS, strict=True)),
    Column("资产原值（元）", lambda asset: asset.original_value, "money", words=("原值", "资产价值")),
    Column("决算金额（元）", lambda asset: asset.settled_value, "money", words=("结算金额", "审定金额")),
    Column("建成日期", lambda asset: asset.completed_on, "date", words=("建成时间", "竣工日期", "建设时间")),
    Column("验收日期", lambda asset: asset.accepted_on, "date", words=("验收时间",)),
    Column("移交日期", lambda asset: asset.handed_over_on, "date", words=("移交时间",)),
)
HELD = (
    Column("产权归属", _names(EntryCode.OWNERSHIP), width=26, person=True, words=("所有权人", "产权人")),
    Column("经营主体", _one(EntryCode.OPERATION), width=24, person=True, words=("经营单位",)),
    Column(INCOME_HEAD, _names(EntryCode.INCOME), width=26, person=True, words=("收益主体", "受益主体")),
    Column("管护主体", _one(EntryCode.UPKEEP), width=24, person=True, words=("管护单位", "管护责任单位")),
    Column("管护责任人", _person, person=True, words=("责任人", "管护人", "管护员")),
    Column("管护起始日期", _from, "date"),
    Column("年管护经费（元）", lambda asset: getattr(_terms(asset), "annual_budget", None), "money"),
    Column("经费来源", lambda asset: getattr(_terms(asset), "budget_source", None), width=18),
    Column("公益性岗位", _post, width=12),
    Column("监管部门", _one(EntryCode.SUPERVISION), width=22, words=("行业主管部门", "主管部门")),
    Column("经度", _degrees("x"), width=13),
    Column("纬度", _degrees("y"), width=13),
    Column(
        "资产状态", lambda asset: word_of(STATES, asset.unit.state), words=("使用状态", "资产现状", "状态")
    ),
    Column("确权文号", _paper("number"), width=20),
    Column("确权日期", _paper("issued_on"), "date"),
    Column("累计折旧（元）", _of("depreciation", "written_off"), "money"),
    Column("减值准备（元）", _of("depreciation", "impairment"), "money"),
    Column("净值（元）", _left, "money", words=("账面净值", "现值")),
    Column("折旧截至日期", _of("depreciation", "on"), "date"),
    Column("评估报告编号", _of("appraisal", "number"), "code", 20, words=("评估报告",)),
    Column("评估基准日", _of("appraisal", "on"), "date", words=("评估日期",)),
    Column("评估机构", _of("appraisal", "valuer"), width=22),
    Column("评估价值（元）", _of("appraisal", "value"), "money"),
    Column("照片", lambda asset: asset.beside.picture or asset.picture, width=24, words=("现场照片",)),
    Column("不动产单元号", lambda asset: asset.real_estate_code, "code", 30),
    Column("备注", lambda asset: asset.remark, width=24),
)
# What the register knows beyond a ledger.
KNOWN = (
    Column("图形采集方式", _word("shape", "method")),
    Column("定位精度（米）", _of("shape", "accuracy_m"), "number"),
    Column("图形起始日期", lambda asset: asset.beside.shape and asset.beside.shape.valid.lower, "date"),
    Column("使用权人", _names(EntryCode.USE), width=24, person=True),
    Column("处置审批", _one(EntryCode.DISPOSAL), width=22, person=True),
    Column("管护合同编号", lambda asset: getattr(_terms(asset), "contract", None), width=18),
    Column("管护标准名称", lambda asset: getattr(_terms(asset), "standard", None), width=20),
    Column("巡查间隔（天）", lambda asset: getattr(_terms(asset), "inspection_days", None), "count"),
    Column("末次巡查日期", _of("seen", "inspected_on"), "date"),
    Column("末次巡查状况", lambda asset: word_of(CONDITIONS, getattr(asset.beside.seen, "condition", None))),
    Column("现状态起始日期", lambda asset: asset.unit.state_since, "date"),
    Column("盘活方案", _of("plan", "measure"), width=20),
    Column("盘活时限", _of("plan", "deadline"), "date"),
)
BUSINESS = (
    Column("合同经营方式", _word("contract", "mode")),
    Column("经营合同编号", _of("contract", "number"), "code", 20),
    Column("合同乙方", _tenant, width=24, person=True),
    Column("合同起始日", _of("contract", "begins_on"), "date"),
    Column("合同终止日", _of("contract", "last_day"), "date"),
    Column("合同年金额（元）", _of("contract", "amount"), "money"),
    Column("合同押金（元）", _of("contract", "deposit"), "money"),
    Column(
        "合同议决",
        lambda asset: getattr(getattr(asset.beside.contract, "decision", None), "minutes_number", None),
    ),
    Column("产权交易编号", _of("contract", "platform_number"), "code", 18),
    Column("合同累计应收（元）", _money("due"), "money"),
    Column("合同累计实收（元）", _money("received"), "money"),
    Column("合同未收（元）", _open, "money"),
    Column("资产累计实收（元）", _of("earned", "received"), "money"),
    Column("资产累计分配（元）", _of("earned", "distributed"), "money"),
    Column("资产收益结余（元）", _of("earned", "balance"), "money"),
)
COLUMNS = (*WHAT, *FORMED, *HELD, *KNOWN, *LIFE, *BUSINESS)
INCOME_HEADS = frozenset({INCOME_HEAD, *(column.official for column in BUSINESS)})
