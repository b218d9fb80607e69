"""The demo's stocktakes by the services of officers: one closed, one being counted. 中文：演示清查"""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pghistory
from django.contrib.gis.geos import Point

from assets.models import Stocktake, StocktakeCount, StocktakeLine
from assets.services.counting import Seen, Surplus, record_counts, record_surplus
from assets.services.settling import Settling, settle
from assets.services.stocktake import close_stocktake, end_count, open_stocktake
from assets.stocktake_codes import Difference, Found, Means
from registry.codes import UnitState
from registry.models import Shape, User
from registry.queries.divisions import division_by_code

COUNTER = "村监督委员会"
OF_STATE = {UnitState.DAMAGED: "damaged", UnitState.DISPOSAL_PENDING: "damaged", UnitState.IDLE: "out_of_use"}


def run_campaigns(path: Path, by: User) -> int:
    """The campaigns of ``stocktake.json``, once; gives how many there are now."""
    facts = json.loads(path.read_text(encoding="utf-8"))
    if Stocktake.objects.exists():
        return 0
    with pghistory.context(user=by.pk):
        for line in facts:
            _campaign(line, by)
    return len(facts)


def _campaign(line: dict[str, Any], by: User) -> None:
    day = dt.date.fromisoformat(line["ledger_day"])
    campaign = open_stocktake(
        division=division_by_code(line["village"]),
        title=line["title"],
        period_from=dt.date(line["year"], 1, 1),
        period_to=dt.date(line["year"], 12, 31),
        ledger_day=day,
        by=by,
    )
    lines = list(campaign.lines.order_by("number"))
    named = {*line["missing"], *line["fewer"], *line.get("unreached", ())}
    seen = lines if line["close"] else [one for n, one in enumerate(lines) if n % 3 or one.code in named]
    pairs = [(one, _seen(one, line, day + dt.timedelta(days=3))) for one in seen]
    made = record_counts(pairs, by=by)
    if line["close"]:
        _close(campaign, made, by)
    else:
        _surplus(campaign, day + dt.timedelta(days=3), by)


def _seen(line: StocktakeLine, facts: dict[str, Any], day: dt.date) -> Seen:
    if line.code in facts["missing"]:
        return Seen(found=Found.ABSENT, counted_on=day, counter=COUNTER, note="现场未见，询问中")
    if line.code in facts.get("unreached", ()):
        return Seen(found=Found.UNREACHED, counted_on=day, counter=COUNTER, note="道路中断，未到现场")
    quantity = line.quantity
    if line.code in facts["fewer"] and quantity is not None:
        quantity = quantity + 1
    return Seen(
        found=Found.PRESENT,
        counted_on=day,
        counter=COUNTER,
        quantity=quantity,
        condition=OF_STATE.get(line.state, "good"),  # type: ignore[call-overload]
    )


def _close(campaign: Stocktake, counts: list[StocktakeCount], by: User) -> None:
    end_count(stocktake=campaign, by=by)
    for count in counts:
        for kind in count.differences:
            means = Means.ADJUST if kind == Difference.QUANTITY else Means.EXPLAIN
            settle(
                count=count, settling=Settling(difference=kind, means=means, note="经村委会复核属实"), by=by
            )
    close_stocktake(stocktake=campaign, by=by)


def _surplus(campaign: Stocktake, day: dt.date, by: User) -> None:
    """Street lamps that stand there and are in no ledger."""
    near = Shape.objects.on(day).filter(unit__division=campaign.division).first()
    place = Point(*near.geom.centroid.coords, srid=4490) if near is not None else None
    seen = Seen(
        found=Found.PRESENT, counted_on=day, counter=COUNTER, quantity=Decimal(6), condition="good",
        place=place, note="群众自筹安装",
    )  # fmt: skip
    thing = Surplus(name="太阳能路灯", division=campaign.division, measure="盏")
    record_surplus(stocktake=campaign, thing=thing, seen=seen, by=by)
