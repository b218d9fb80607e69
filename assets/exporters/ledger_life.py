"""What the ledger says of the life of an asset: handover, idleness, disposal. 中文：台账生命周期栏目"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from assets.codes_life import LifeAct
from assets.models import LifeStep
from registry.codes import PRIVATE_KINDS
from registry.exports import Column, Name

IDLE = (LifeAct.REPORT_IDLE, LifeAct.REPORT_INEFFICIENT)
TOLD = (LifeAct.HAND_OVER, *IDLE, LifeAct.RECOVER, LifeAct.REQUEST_DISPOSAL, LifeAct.DISPOSE,
        LifeAct.BOOK_PROCEEDS)  # fmt: skip
Steps = dict[str, LifeStep]


def steps_of(units: list[int], day: dt.date) -> dict[int, Steps]:
    """The last step of each act that the ledger tells, by unit. One query."""
    found: dict[int, Steps] = defaultdict(dict)
    rows = LifeStep.objects.until(day).filter(unit__in=units, act__in=TOLD)
    rows = rows.select_related("giver", "receiver").order_by("unit_id", "act", "-on", "-pk")
    for step in rows.distinct("unit_id", "act"):
        found[step.unit_id][step.act] = step
    return found


def _hand(side: str) -> Callable[[Any], list[Name]]:
    def read(asset: Any) -> list[Name]:
        party = getattr(asset.beside.life.get(LifeAct.HAND_OVER), side, None)
        return [Name(party.name, party.kind in PRIVATE_KINDS)] if party else []

    return read


def _of(act: LifeAct, name: str) -> Callable[[Any], Any]:
    return lambda asset: getattr(asset.beside.life.get(act), name, None) or None


def _idle(asset: Any) -> LifeStep | None:
    """The last report that it stood idle or earned too little."""
    reports = [asset.beside.life[act] for act in IDLE if act in asset.beside.life]
    return max(reports, key=lambda step: (step.on, step.pk), default=None)


def _recovered(asset: Any) -> dt.date | None:
    """When it was in use again after that."""
    idle, back = _idle(asset), asset.beside.life.get(LifeAct.RECOVER)
    return back.on if back is not None and (idle is None or back.on >= idle.on) else None


def _manner(asset: Any) -> str | None:
    step = asset.beside.life.get(LifeAct.DISPOSE)
    return str(step.get_manner_display()) if step is not None else None


def _proceeds(asset: Any) -> Decimal | None:
    steps = (asset.beside.life.get(act) for act in (LifeAct.BOOK_PROCEEDS, LifeAct.DISPOSE))
    return next((step.amount for step in steps if step is not None and step.amount is not None), None)


LIFE = (
    Column("移交方", _hand("giver"), width=24, person=True),
    Column("接收方", _hand("receiver"), width=24, person=True),
    Column("闲置低效原因", lambda asset: getattr(_idle(asset), "reason", None), width=20),
    Column("闲置低效报告日期", lambda asset: getattr(_idle(asset), "on", None), "date"),
    Column("恢复使用日期", _recovered, "date"),
    Column("处置申请事由", _of(LifeAct.REQUEST_DISPOSAL, "reason"), width=20),
    Column("处置方式", _manner, width=12),
    Column("处置执行日期", _of(LifeAct.DISPOSE, "on"), "date"),
    Column("处置价款（元）", _proceeds, "money"),
)
