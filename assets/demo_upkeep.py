"""Upkeep of the demo as officers enter it: standards, plans, an earlier duty, repairs. 中文：演示管护数据"""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pghistory

from assets.models import Inspection, Repair, UpkeepStandard
from assets.services import repairs as work
from assets.services.plans import Item, set_plan, set_standard
from registry.codes import EntryCode
from registry.models import Entry, SourceKind, Unit, User
from registry.queries.divisions import division_by_code
from registry.services.entries import EntryLine, open_entries
from registry.services.sources import register_source

COUNTY, XINHUA = "532523", "532523205"


def set_up_upkeep(path: Path, today: dt.date) -> int:
    """Everything of ``upkeep.json``, once; gives how many things it entered."""
    if UpkeepStandard.objects.exists():
        return 0
    facts = json.loads(path.read_text(encoding="utf-8"))
    users = {
        user.username: user
        for user in User.objects.filter(username__in=("admin", "assets", "clerk", "county"))
    }
    with pghistory.context(user=users["admin"].pk):
        _standards(facts["standards"], users["admin"])
        _plans(facts["plans"], users["admin"])
        _duties(facts["duties"], users["admin"])
        _repairs(facts["repairs"], users, today)
    return sum(len(lines) for lines in facts.values())


def _standards(lines: list[dict[str, Any]], by: User) -> None:
    county = division_by_code(COUNTY)
    source = register_source(kind=SourceKind.DECISION, division=county, by=by, number="屏政办发〔2023〕15号",
                             title="帮扶项目资产管护标准", issued_on=dt.date(2023, 3, 20))  # fmt: skip
    regime = register_source(kind=SourceKind.DECISION, division=county, by=by, number="屏政办发〔2022〕41号",
                             title="帮扶项目资产后续管护办法", issued_on=dt.date(2022, 6, 1))  # fmt: skip
    for line in lines:
        items = [Item(**_item(item)) for item in line["items"]]
        set_standard(division=county, subtype=line["subtype"], title=line["title"], items=items,
                     source=source, regime=regime, valid_from=dt.date(2023, 4, 1), by=by)  # fmt: skip


def _item(item: dict[str, Any]) -> dict[str, Any]:
    limits = {name: None if item[name] is None else Decimal(str(item[name])) for name in ("least", "most")}
    return item | limits


def _plans(lines: list[dict[str, Any]], by: User) -> None:
    places = {"county": division_by_code(COUNTY), "township": division_by_code(XINHUA)}
    for line in lines:
        unit = Unit.objects.select_related("division").get(code=line["unit"]) if "unit" in line else None
        place = unit.division if unit else places[line["place"]]
        set_plan(division=place, unit=unit, subtype=line.get("subtype", ""), every_days=line["every_days"],
                 valid_from=dt.date(2025, 1, 1), by=by)  # fmt: skip


def _duties(lines: list[dict[str, Any]], by: User) -> None:
    """The duty before the present one, borne by the same body."""
    for line in lines:
        present = (
            Entry.objects.in_force()
            .select_related("unit", "party")
            .get(unit__code=line["unit"], code=EntryCode.UPKEEP)
        )
        days = {name: dt.date.fromisoformat(line[name]) for name in ("from", "to")}
        duty = EntryLine(unit=present.unit, code=EntryCode.UPKEEP, party=present.party,
                         valid_from=days["from"], valid_to=days["to"])  # fmt: skip
        open_entries([duty], by=by, reason="补录此前的管护责任")


def _repairs(lines: list[dict[str, Any]], users: dict[str, User], today: dt.date) -> None:
    for line in lines:
        rows = Inspection.objects.in_force().filter(unit__code=line["unit"]).exclude(defect="")
        found = rows.select_related("unit__division").order_by("-inspected_on")[0]
        _story(line["story"], found, users, today)


def _story(story: str, found: Inspection, users: dict[str, User], today: dt.date) -> Repair:
    manager = users["assets"]
    if story == "deferred":
        return work.put_off(unit=found.unit, inspection=found, until=today + dt.timedelta(days=120),
                            reason="汛期不能施工，已设警示标志，汛后安排", by=manager)  # fmt: skip
    begin = found.inspected_on + dt.timedelta(days=3)
    end = today - dt.timedelta(days=6) if story == "late" else today + dt.timedelta(days=20)
    repair = work.order_repair(unit=found.unit, inspection=found, ordered_on=begin, worker="新华乡养护站",
                               due_on=end, estimate=Decimal("2600"), payer="owner", by=manager)  # fmt: skip
    if story in ("done", "checked"):
        repair = work.report_done(repair=repair, done_on=begin + dt.timedelta(days=5), done_by="新华乡养护站",
                                  work="更换损坏部件，恢复使用", cost=Decimal("2380.00"),
                                  by=users["admin"])  # fmt: skip
    if story == "checked":
        repair = work.check_repair(repair=repair, checked_on=begin + dt.timedelta(days=7), good=True,
                                   checked_by="村务监督委员会", by=manager)  # fmt: skip
    return repair
