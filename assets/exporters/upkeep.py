"""Inspections under the heads that their import understands. 中文：管护巡查台账导出"""

from __future__ import annotations

from typing import Any

from assets.importers.columns import CONDITIONS
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


def word_of(words: dict[str, str], code: Any) -> str | None:
    """The customary word for a code, whatever language the page speaks: the import reads it back."""
    return next((word for word, known in words.items() if known == code), None)
