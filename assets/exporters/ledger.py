"""The ledger under the heads that the import of ledgers understands. 中文：台账导出

What is written here comes back unchanged: the titles are the first titles of ``assets.importers.columns``,
the words of classes and states are words that the import reads. Phones are left out, names of natural persons
are masked unless they were asked for: a file travels further than its reader.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import count
from typing import Any

from assets.importers.columns import CLASSES, STATES, SUBTYPES
from assets.models import UpkeepTerms
from assets.queries import held_by_unit
from registry.codes import PRIVATE_KINDS, EntryCode
from registry.exports import Column, Name
from registry.models import Entry
from registry.queries.divisions import codes_by_division

from .upkeep import word_of


def _names(code: str) -> Callable[[Any], list[Name]]:
    """甲村 3/5；乙村 2/5, or the name alone where one holds all."""

    def read(asset: Any) -> list[Name]:
        entries = asset.held[code]
        if len(entries) == 1 and entries[0].share == 1:
            return [_name(entries[0])]
        return [_name(entry, f" {entry.share_num}/{entry.share_den}") for entry in entries]

    return read


def _name(entry: Entry, after: str = "") -> Name:
    return Name(entry.party.name, entry.party.kind in PRIVATE_KINDS, after)


def _keeper(asset: Any) -> Entry | None:
    held = asset.held[EntryCode.UPKEEP]
    return held[0] if held else None


def _terms(asset: Any) -> UpkeepTerms | None:
    return getattr(_keeper(asset), "upkeep_terms", None)


def _body(asset: Any) -> list[Name]:
    keeper = _keeper(asset)
    return [_name(keeper)] if keeper else []


def _person(asset: Any) -> list[Name]:
    keeper = _keeper(asset)
    return [Name(keeper.agent.name, True)] if keeper and keeper.agent else []


def _from(asset: Any) -> dt.date | None:
    keeper = _keeper(asset)
    return keeper.valid.lower if keeper else None


INCOME_HEAD = "收益权人"
# The customary heads of offices; they are data, not words of the interface.
COLUMNS = (
    Column("序号", lambda asset: asset.number, "count", 6),
    Column("资产编码", lambda asset: asset.unit.code, "code", 30),
    Column("资产名称", lambda asset: asset.unit.name, width=28),
    Column("资产类别", lambda asset: word_of(CLASSES, asset.asset_class)),
    Column("资产类型", lambda asset: word_of(SUBTYPES, asset.subtype), width=20),
    Column("行政区划代码", lambda asset: asset.place_code, "code"),
    Column("村", lambda asset: asset.unit.division.name, words=("行政村", "所在村", "村（社区）")),
    Column("地点", lambda asset: asset.address, width=18, words=("坐落", "坐落位置", "位置")),
    Column("规格型号", lambda asset: asset.spec, words=("建设规模", "规模")),
    Column("数量", lambda asset: asset.quantity, "number"),
    Column("计量单位", lambda asset: asset.measure, width=10, words=("单位",)),
    Column("资产原值（元）", lambda asset: asset.original_value, "money", words=("原值", "资产价值")),
    Column("建成日期", lambda asset: asset.completed_on, "date", words=("建成时间", "竣工日期", "建设时间")),
    Column("产权归属", _names(EntryCode.OWNERSHIP), width=26, person=True, words=("所有权人", "产权人")),
    Column(INCOME_HEAD, _names(EntryCode.INCOME), width=26, person=True, words=("收益主体", "受益主体")),
    Column("管护主体", _body, width=24, person=True, words=("管护单位", "管护责任单位")),
    Column("管护责任人", _person, person=True, words=("责任人", "管护人", "管护员")),
    Column("管护起始日期", _from, "date"),
    Column("年管护经费（元）", lambda asset: getattr(_terms(asset), "annual_budget", None), "money"),
    Column("经费来源", lambda asset: getattr(_terms(asset), "budget_source", None), width=18),
    Column(
        "资产状态", lambda asset: word_of(STATES, asset.unit.state), words=("使用状态", "资产现状", "状态")
    ),
    Column("不动产单元号", lambda asset: asset.real_estate_code, "code", 30),
    Column("备注", lambda asset: asset.remark, width=24),
)  # fmt: skip


def preparer(day: dt.date) -> Callable[[list[Any]], None]:
    """Gives each chunk of assets its numbers, holders and place codes; three queries a chunk."""
    numbers = count(1)

    def prepare(assets: list[Any]) -> None:
        held = held_by_unit([asset.unit_id for asset in assets], day)
        codes = codes_by_division({asset.unit.division_id for asset in assets})
        for asset in assets:
            asset.number = next(numbers)
            asset.held = held[asset.unit_id]
            asset.place_code = codes.get(asset.unit.division_id)

    return prepare
