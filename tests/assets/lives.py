"""Things for the tests of an asset's life: acts in order, with the evidence that each needs.

The rules wait for the test's ``evaluate``; that an act has them read is proved in
tests/test_acts_read_rules.py.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from assets.services.life import Said, record_step
from registry.models import Party
from registry.rules.engine import deferred
from tests import factories as make

GO_LIVE = dt.date(2024, 1, 1)


def collective(asset: Any) -> Party:
    found = Party.objects.filter(division=asset.unit.division, kind="village_collective").first()
    return found or make.party(of=asset.unit.division)


@deferred()
def step(asset: Any, act: str, on: str | dt.date, by: Any = None, **said: Any) -> Any:
    """Record an act; what it needs and was not given is given."""
    day = make.day(on) if isinstance(on, str) else on
    return record_step(
        unit=asset.unit, act=act, said=Said(on=day, **{**ordinary(asset, act, day), **said}), by=by
    )


def ordinary(asset: Any, act: str, day: dt.date) -> dict[str, Any]:
    """What is usually said of an act."""
    place = asset.unit.division
    paper = {"source": make.source(place, number=f"{act}-{day}", issued_on=day)}
    more: dict[str, dict[str, Any]] = {
        "build": paper,
        "accept": {**paper, "amount": Decimal("120000.00"), "attended_by": "村民代表三人"},
        "confirm_rights": paper,
        "plan_recovery": {
            "measure": "引进经营主体",
            "deadline": day + dt.timedelta(days=90),
            "person": make.person(of=place),
        },
        "report_misuse": {"use": "堆放建材", "reason": "现场发现"},
        "settle_use": {**paper, "use": "仓储"},
        "request_disposal": {**paper, "reason": "无法修复"},
        "approve_disposal": {**paper, "office": "township"},
        "dispose": {**paper, "manner": "sale", "amount": Decimal("5000.00")},
        "write_off": {**paper, "manner": "scrap"},
        "book_proceeds": {**paper, "amount": Decimal("5000.00"), "use": "upkeep"},
        "leave_out": {**paper, "reason": "不属于帮扶资金形成"},
        "report_ruin": paper,
    }
    if act == "hand_over":
        hand = make.source(place, number=f"移交{day}", kind="handover", issued_on=day)
        giver = make.party("施工单位", "company", place)
        return {"source": hand, "giver": giver, "receiver": collective(asset)}
    return more.get(act, {"reason": "现场核实"})


def notice(asset: Any, kind: str, closed: str | dt.date, days: int = 10) -> Any:
    """A notice that names the asset and ended on a day."""
    last = make.day(closed) if isinstance(closed, str) else closed
    opened = last - dt.timedelta(days=days - 1)
    return make.notice(asset.unit.division, kind=kind, title="公示", matter="", opened_on=opened,
                       closed_on=last, units=[asset.unit])  # fmt: skip


@deferred()
def approve_all(asset: Any, on: str) -> None:
    """Everything that the disposal of a collective's asset needs."""
    place = asset.unit.division
    meeting = make.decision(place, held_on=make.day(on), units=[asset.unit], title="处置资产")
    step(asset, "approve_disposal", on, office="villagers", decision=meeting)
    step(asset, "approve_disposal", on, office="township")
    step(asset, "approve_disposal", on, office="finance")


def owned(name: str = "冷库", **fields: Any) -> Any:
    """An asset of a village collective in a place that went live."""
    values = {"subtype": "processing", "state_since": make.day("2025-01-01")} | fields
    place = values.pop("of", None) or make.village(go_live=GO_LIVE)
    asset = make.asset(name, place, **values)
    make.entry(asset, "ownership", make.party(of=place), begin="2021-01-01")
    said = {"state": asset.unit.state}
    make.act(asset.unit, "unit_registered", effective_on=asset.unit.state_since, after=said)
    return asset
