"""Inspections under the heads that their import understands. 中文：管护巡查台账导出"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from assets.importers.columns import CONDITIONS, PAYERS
from assets.models import Inspection
from assets.queries import held_by_unit
from registry.exports import Column

# The customary heads of offices; they are data, not words of the interface.
COLUMNS = (
    Column("资产编码", lambda inspection: inspection.unit.code, "code", 30),
    Column("资产名称", lambda inspection: inspection.unit.name, width=28),
    Column("巡查日期", lambda inspection: inspection.inspected_on, "date"),
    Column("巡查人", lambda inspection: inspection.inspector, person=True),
    Column("状况", lambda inspection: word_of(CONDITIONS, inspection.condition)),
    Column("发现问题", lambda inspection: inspection.defect, width=28),
    Column("处理日期", lambda inspection: inspection.handled_on, "date"),
    Column("备注", lambda inspection: inspection.remark, width=24),
)


def _duty(name: str) -> Any:
    """A term of the duty that holds."""
    return lambda asset: getattr(_terms(asset), name, None) or None


def _terms(asset: Any) -> Any:
    return getattr(_keeper(asset), "upkeep_terms", None)


def _keeper(asset: Any) -> Any:
    held = asset.held["upkeep"]
    return held[0] if held else None


def _seen(name: str) -> Any:
    """A field of the last inspection."""
    return lambda asset: getattr(asset.last_seen, name, None) or None


LEDGER = (
    Column("资产编码", lambda asset: asset.unit.code, "code", 30),
    Column("资产名称", lambda asset: asset.unit.name, width=28),
    Column("村", lambda asset: asset.unit.division.name, width=16),
    Column("管护主体", lambda asset: getattr(getattr(_keeper(asset), "party", None), "name", None), width=24),
    Column(
        "管护责任人", lambda asset: getattr(getattr(_keeper(asset), "agent", None), "name", None), person=True
    ),
    Column("管护起始日期", lambda asset: _keeper(asset).valid.lower if _keeper(asset) else None, "date"),
    Column("管护标准", _duty("standard"), width=20),
    Column("巡查频次（天）", _duty("inspection_days"), "count"),
    Column("年管护经费（元）", lambda asset: getattr(_terms(asset), "annual_budget", None), "money"),
    Column("经费来源", _duty("budget_source"), width=18),
    Column("出资方", lambda asset: word_of(PAYERS, getattr(_terms(asset), "payer", None))),
    Column("财政出资理由", _duty("payer_reason"), width=18),
    Column("公益性岗位", _duty("welfare_post")),
    Column("管护合同编号", _duty("contract"), width=18),
    Column("管护监督", _duty("supervisor"), width=18),
    Column("巡查日期", _seen("inspected_on"), "date"),
    Column("巡查人", _seen("inspector"), person=True),
    Column("状况", lambda asset: word_of(CONDITIONS, getattr(asset.last_seen, "condition", None))),
    Column("发现问题", _seen("defect"), width=28),
    Column("处理日期", _seen("handled_on"), "date"),
    Column("备注", _seen("remark"), width=24),
)


def preparer(day: dt.date) -> Callable[[list[Any]], None]:
    """Gives each chunk of assets its keepers with their terms, and its last inspection; two queries."""

    def prepare(assets: list[Any]) -> None:
        units = [asset.unit_id for asset in assets]
        held = held_by_unit(units, day)
        rows = Inspection.objects.until(day).filter(unit_id__in=units)
        last = {
            row.unit_id: row for row in rows.order_by("unit_id", "-inspected_on", "-id").distinct("unit_id")
        }
        for asset in assets:
            asset.held, asset.last_seen = held[asset.unit_id], last.get(asset.unit_id)

    return prepare


def word_of(words: dict[str, str], code: Any) -> str | None:
    """The customary word for a code, whatever language the page speaks: the import reads it back."""
    return next((word for word, known in words.items() if known == code), None)
