"""What happened to some assets of the demo in the last year: every state, a few of them at fault on purpose."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from registry.demo.assets import Asset
from registry.demo.kinds import HOUSEHOLD, OPERATING, PUBLIC
from registry.demo.people import People
from registry.demo.planted import Picker, Truth

EARLY = {"规划": "", "在建": "", "已验收": "", "已确权": "", "已移交": ""}  # states as a ledger brings them
ANIMALS = ("畜禽", "种苗")


def plant_ledger(assets: list[Asset], truth: Truth, seed: int, today: dt.date) -> Picker:
    """Faults that stand in the ledger itself: dates, projects, states before use."""
    picker = Picker(assets, np.random.default_rng(seed + 5), _used(assets, truth))
    public = lambda a: a.asset_class == PUBLIC and a.placed == "footprint"  # noqa: E731
    road = lambda a: public(a) and a.kind.subtype == "道路交通"  # noqa: E731
    for asset in picker.take(1, road):
        asset.completed = dt.date(2010, 6, 1)
        truth.note("REG-05", asset)
    for asset in picker.take(2, public):
        asset.handed_over = None
        for rule in ("REG-11", "RIG-07", "UPK-06"):  # nobody looks after it yet, and its paper came later
            truth.note(rule, asset)
        if (today - dt.date(today.year, 1, 1)).days > 180:
            truth.note("STK-03", asset)
    for asset in picker.take(2, public):
        asset.project_code = asset.project_name = ""
        truth.note("REG-03", asset)
    for state, asset in zip(EARLY, picker.take(len(EARLY), public), strict=True):
        asset.state = state
    for code, days in truth.overdue.items():
        if days > 180:
            truth.findings.setdefault("STK-03", []).append(code)
    return picker


def _used(assets: list[Asset], truth: Truth) -> set[str]:
    """Assets that are at fault already, and those of the relocation site."""
    spoken = {code for codes in truth.findings.values() for code in codes}
    listed = {code for codes in truth.other.values() if isinstance(codes, list) for code in codes}
    return spoken | listed | {a.code for a in assets if "安置点" in a.remark or a.remark == "新建，待上图"}


def write_lives(folder: Path, picker: Picker, people: People, truth: Truth, today: dt.date) -> None:
    """Write `lives.json`: acts with their papers, in their order."""
    book = _Book(picker, people, truth, today)
    operating = lambda a: a.asset_class == OPERATING and "；" not in a.owner  # noqa: E731
    canal = lambda a: a.asset_class == PUBLIC and a.kind.subtype == "农田水利"  # noqa: E731
    animal = lambda a: a.asset_class == HOUSEHOLD and a.kind.subtype in ANIMALS  # noqa: E731
    book.idle(operating)
    book.ruined(canal)
    book.ended(operating, animal)
    text = json.dumps(book.facts, ensure_ascii=False, indent=1, default=str)
    (folder / "lives.json").write_text(text + "\n", encoding="utf-8")


class _Book:
    """Collects the acts; what is at fault is noted."""

    def __init__(self, picker: Picker, people: People, truth: Truth, today: dt.date) -> None:
        self.picker, self.people, self.truth, self.today = picker, people, truth, today
        self.facts: dict[str, list[dict[str, Any]]] = {"decisions": [], "notices": [], "acts": []}

    def act(self, asset: Asset, name: str, days: int, **said: Any) -> None:
        on = self.today - dt.timedelta(days=days)
        self.facts["acts"].append({"unit": asset.code, "act": name, "on": on, **said})

    def paper(self, asset: Asset, what: str) -> dict[str, str]:
        number = f"{self.people.villages[asset.village].short}资〔{self.today.year}〕{asset.code[-4:]}号"
        return {"paper": f"{number}{what}"}

    def idle(self, fits: Callable[[Asset], bool]) -> None:
        """Idle and inefficient without a plan, a plan that is over, one that runs, one that ended well."""
        bare, weak, late, running, done, misused = self.picker.take(6, fits)
        for asset in (bare, late, running, done):
            self.act(asset, "report_idle", 150, reason="承租方退租，场地空置")
        self.act(weak, "report_inefficient", 140, reason="开工不足，收益低于往年")
        plan = {"measure": "公开招商，引进经营主体", "person": "李国权"}
        self.act(late, "plan_recovery", 130, deadline=self.today - dt.timedelta(days=20), **plan)
        self.act(running, "plan_recovery", 130, deadline=self.today + dt.timedelta(days=90), **plan)
        self.act(done, "plan_recovery", 130, deadline=self.today - dt.timedelta(days=30), **plan)
        self.act(done, "recover", 60, reason="已签订新的承租合同")
        self.act(misused, "report_misuse", 40, use="堆放个人建材", reason="巡查时发现")
        for rule, asset in (("STK-04", bare), ("STK-04", weak), ("STK-05", late), ("STK-07", misused)):
            self.truth.note(rule, asset)

    def ruined(self, fits: Callable[[Asset], bool]) -> None:
        """Irrigation works ruined by a flood, one of them reported."""
        silent, told = self.picker.take(2, fits)
        for asset in (silent, told):
            self.act(asset, "report_damage", 120, reason="山洪冲毁")
        self.act(told, "report_ruin", 100, **self.paper(told, "报告"))
        self.truth.note("DSP-05", silent)

    def ended(self, fits: Callable[[Asset], bool], animal: Callable[[Asset], bool]) -> None:
        """Sold and booked, sold and not booked, waiting for approval, lost, used up, closed wrongly."""
        booked, unbooked, waiting, lost = self.picker.take(4, fits)
        for asset in (booked, unbooked):
            self._sold(asset)
        receiver = self.people.collective(booked.village)
        self.act(booked, "book_proceeds", 50, receiver=receiver, amount="8600.00", use="upkeep",
                 **self.paper(booked, "凭证"))  # fmt: skip
        self.act(
            waiting, "request_disposal", 20, reason="设备老化，无修复价值", **self.paper(waiting, "申请")
        )
        self.act(lost, "report_lost", 15, reason="设备被原承租人搬走，正在追讨")
        self.truth.note("DSP-02", unbooked)
        eaten, wrong = self.picker.take(2, animal)
        self.act(eaten, "consume", 30, reason="育肥后出栏")
        self.act(wrong, "write_off", 30, manner="scrap", **self.paper(wrong, "证明"))
        self.truth.note("DSP-04", wrong)
        self.truth.note("NOT-05", wrong)
        self.truth.other["ended"] = [asset.code for asset in (booked, unbooked, eaten, wrong)]

    def _sold(self, asset: Asset) -> None:
        """Request, meeting, township, county, notice, sale."""
        day = lambda ago: self.today - dt.timedelta(days=ago)  # noqa: E731
        short, code = self.people.villages[asset.village].short, asset.code[-4:]
        self.act(asset, "request_disposal", 110, reason="停产多年", **self.paper(asset, "申请"))
        meeting = f"{short}处置{asset.name}"
        self.facts["decisions"].append(
            {
                "village": asset.village, "body": "members", "title": meeting, "units": [asset.code],
                "collective": self.people.collective(asset.village), "held_on": day(105), "matters": [11],
                "members_total": 240, "present": 210, "in_favour": 205, "notice_on": day(120),
                "accounts_on": None, "party_on": day(122), "outcome": "同意处置",
                "minutes_number": f"{short}会〔{day(105).year}〕{code}号",
            }
        )  # fmt: skip
        self.facts["notices"].append(
            {
                "village": asset.village, "kind": "disposal", "title": f"{asset.name}处置公示",
                "opened_on": day(85), "closed_on": day(74), "place": "村务公开栏", "channel": "张贴",
                "text": "经成员大会议决并报批，拟公开处置，公示期内可提出异议。", "units": [asset.code],
            }
        )  # fmt: skip
        self.act(asset, "approve_disposal", 100, office="villagers", decision=meeting)
        self.act(asset, "approve_disposal", 95, office="township", **self.paper(asset, "乡政府批复"))
        self.act(asset, "approve_disposal", 90, office="finance", **self.paper(asset, "财政意见"))
        self.act(asset, "dispose", 70, manner="sale", amount="8600.00", **self.paper(asset, "成交书"))
