"""The task package: what is due, with the columns to be filled in on the spot. 中文：巡查任务包

The filled file comes back through the import of task packages, alone or in a ZIP with the photos.
"""

from __future__ import annotations

from registry.exports import Column


def _blank(_unit: object) -> None:
    """A cell for the person on the spot."""


# The customary heads of offices; they are data, not words of the interface.
COLUMNS = (
    Column("资产编码", lambda unit: unit.code, "code", 30),
    Column("资产名称", lambda unit: unit.name, width=28),
    Column("所在村", lambda unit: unit.division.name, width=16),
    Column("应查人", lambda unit: unit.person, person=True, width=12),
    Column("上次查看", lambda unit: unit.last_inspection, "date"),
    Column("应查日期", lambda unit: unit.due_on, "date"),
    Column("逾期天数", lambda unit: max(-unit.due_in, 0) if unit.due_in is not None else None, "count"),
    Column("巡查日期", _blank, "date"),
    Column("巡查人", _blank, width=12),
    Column("状况", _blank, width=10),
    Column("发现问题", _blank, width=28),
    Column("处理日期", _blank, "date"),
    Column("照片", _blank, width=24),
    Column("备注", _blank, width=20),
)
