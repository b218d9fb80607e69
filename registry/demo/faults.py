"""Faults of the demo that no other part plants: an example of each rule that facts of the past can break.

What the register refuses outright has no example: REG-01 and REG-02 (no class), REG-08 (a claim has no place),
REG-10 and NOT-04 (nothing is published that breaks them), RIG-08 (two operators at once), SYS-02 (nothing is deleted).
"""

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import numpy as np
import shapely
from openpyxl import Workbook

from registry.demo.assets import Asset, paper_number
from registry.demo.kinds import HOUSEHOLD, OPERATING, PUBLIC
from registry.demo.people import COMPANIES, People, person_name
from registry.demo.places import XINHUA
from registry.demo.planted import Picker, Truth

SOLD = "已处置"
HALF_YEAR = 6  # months between two stocktakes of a village that the township watches


def plant_ledger(assets: list[Asset], picker: Picker, truth: Truth, people: People) -> None:
    """Faults that stand in the ledger: money, twins, owners, an asset that is gone, a keeper from outside."""
    public = lambda a: a.asset_class == PUBLIC and a.placed == "footprint"  # noqa: E731
    for asset in picker.take(2, lambda a: public(a) and a.kind.where == "homes" and a.completed.year < 2025):
        source, amount = asset.funding[0]
        asset.funding[0] = (source, amount + Decimal("0.60"))
        truth.note("REG-04", asset)
    _twins(assets, picker, truth)
    for asset in picker.take(2, lambda a: public(a) and a.kind.where == "lane"):
        asset.owner = people.collective(asset.village)
        truth.note("RIG-06", asset)
    for asset in picker.take(1, lambda a: public(a) and a.kind.subtype == "文化" and a.completed.year < 2020):
        asset.state = SOLD
        for rule in ("DSP-01", "DSP-03"):
            truth.note(rule, asset)
    for asset in picker.take(1, lambda a: public(a) and a.kind.subtype == "农田水利" and a.upkeep_body):
        asset.upkeep_body = COMPANIES[0]
        truth.note("UPK-09", asset)


def _twins(assets: list[Asset], picker: Picker, truth: Truth) -> None:
    """REG-09: one work that was registered twice under one name."""
    first: dict[tuple, Asset] = {}
    for asset in assets:
        if asset.code in picker.used or not asset.village.startswith(XINHUA) or asset.asset_class != PUBLIC:
            continue
        twin = first.setdefault((asset.kind, asset.village, asset.completed.year), asset)
        if twin is not asset and asset.kind.where == "homes" and asset.placed == twin.placed == "footprint":
            asset.name, asset.hamlet = twin.name, twin.hamlet
            asset.shape = shapely.transform(twin.shape, lambda xy: np.round(xy + [9.0, 7.0], 4))
            picker.used.update((twin.code, asset.code))
            for one in (twin, asset):
                truth.note("REG-09", one)
            return


def plant_rights(picker: Picker, truth: Truth, people: People, today: dt.date) -> dict[str, list]:
    """Rights that officers recorded though they must not stand: RIG-04, RIG-05, RIG-09."""
    facts: dict[str, list] = {"rights": [], "members": []}
    for asset in picker.take(1, lambda a: a.asset_class == HOUSEHOLD and a.kind.subtype == "到户供水"):
        facts["rights"].append(_right(asset, "operation", people.cooperative(asset.village), today, 700))
        truth.note("RIG-04", asset)
    of_collective = lambda a: a.asset_class == OPERATING and a.owner == people.collective(a.village)  # noqa: E731
    for asset in picker.take(1, lambda a: of_collective(a) and a.kind.where == "homes"):
        right = _right(asset, "mortgage", COMPANIES[3], today, 560)
        facts["rights"].append(right | {"debtor": COMPANIES[0]})
        truth.note("RIG-09", asset)
    for asset in picker.take(1, lambda a: of_collective(a) and a.completed.year < 2022):
        names = [person_name(picker.rng) for _ in range(5)]
        facts["members"].append({"unit": asset.code, "village": asset.village, "members": names})
        facts["rights"].append(_right(asset, "ownership", names[0], today, 800))
        truth.note("RIG-05", asset)
    return facts


def _right(asset: Asset, code: str, holder: str, today: dt.date, days: int) -> dict:
    on = today - dt.timedelta(days=days)
    return {"unit": asset.code, "code": code, "holder": holder, "on": on, "paper": paper_number(asset, 61)}


def plant_register(picker: Picker, truth: Truth, today: dt.date, folder: Path) -> dict[str, object]:
    """Faults of the register itself: a field changed behind its back, a stocktake that left things out.

    The township has one village counted every half year; what its last stocktake did not reach is overdue.
    """
    behind = picker.take(1, lambda a: a.asset_class == PUBLIC and a.placed == "footprint")
    for asset in behind:
        truth.note("SYS-01", asset)
    campaigns = json.loads((folder / "stocktake.json").read_text(encoding="utf-8"))
    counted = campaigns[0]["village"]
    left_out = picker.take(
        2, lambda a: a.village == counted and a.placed == "footprint" and a.completed.year < 2025
    )
    campaigns[0]["unreached"] = [asset.code for asset in left_out]
    text = json.dumps(campaigns, ensure_ascii=False, indent=1, default=str)
    (folder / "stocktake.json").write_text(text + "\n", encoding="utf-8")
    if today.month > HALF_YEAR:
        for asset in left_out:
            truth.note("STK-01", asset)
    return {"behind": [asset.code for asset in behind], "half_yearly": counted, "months": HALF_YEAR}


def write_faults(
    folder: Path, picker: Picker, truth: Truth, people: People, today: dt.date, write: Callable
) -> None:
    """Write `faults.json`, the list of projects and the list of an inspection."""
    facts = plant_rights(picker, truth, people, today) | plant_register(picker, truth, today, folder)
    text = json.dumps(facts, ensure_ascii=False, indent=1, default=str)
    (folder / "faults.json").write_text(text + "\n", encoding="utf-8")
    write(
        folder / "projects_xinhua.xlsx",
        "新华乡帮扶项目台账",
        PROJECT_HEADS,
        _projects(people, truth, today),
        today,
    )
    write_inspection_list(folder / "inspection_list.xlsx", picker, truth, people, today)


PROJECT_HEADS = (
    "项目编号",
    "项目名称",
    "项目年度",
    "行政区划代码",
    "中央资金（元）",
    "县级资金（元）",
    "资金合计（元）",
    "项目状态",
)


def _projects(people: People, truth: Truth, today: dt.date) -> list[list]:
    """A project that is completed and formed nothing that is registered, and one that is only planned."""
    village = sorted(code for code in people.villages if code.startswith(XINHUA))[0]
    short, year = people.villages[village].short, today.year - 1
    built, planned = f"XM-{year}-901", f"XM-{today.year}-902"
    truth.findings["REG-12"] = [built]
    return [
        [built, f"{year}年{short}茶叶初制所建设项目", year, village, 860_000, 140_000, 1_000_000, "在用"],
        [planned, f"{today.year}年{short}林下草果示范项目", today.year, village, 420_000, 80_000, 500_000, "规划"],
    ]  # fmt: skip


def write_inspection_list(path: Path, picker: Picker, truth: Truth, people: People, today: dt.date) -> None:
    """What an inspection fed back: one point is late and nobody wrote a word (SYS-03), one is being worked at."""
    late, going = picker.take(2, lambda a: a.asset_class == PUBLIC and a.placed == "footprint")
    heads = [
        "序号",
        "问题来源",
        "检查单位",
        "反馈文号",
        "反馈日期",
        "具体问题",
        "资产编码",
        "所在乡镇",
        "所在村",
        "责任单位",
        "整改措施",
        "整改时限",
        "整改进展",
        "是否完成",
    ]
    book = Workbook()
    sheet = book.active
    sheet.title = "问题清单"
    sheet.append([f"县委巡察组反馈帮扶项目资产问题清单（{today.year}年）"])
    sheet.append(heads)
    fed_back, paper = today - dt.timedelta(days=120), f"屏巡反馈〔{today.year}〕4号"
    rows = (
        (late, "现场查看时附属设施缺失，台账未反映", "", today - dt.timedelta(days=25), ""),
        (going, "管护责任牌缺失，责任人信息未公开", "重新制作并安装管护责任牌", today + dt.timedelta(days=40), "已下单制作"),
    )  # fmt: skip
    for number, (asset, text, measure, due, progress) in enumerate(rows, 1):
        sheet.append([number, "巡察", "县委第二巡察组", paper, fed_back, text, asset.code, "新华乡",
                      people.villages[asset.village].short, "新华乡人民政府", measure or None, due, progress or None, "否"])  # fmt: skip
        truth.findings.setdefault("", []).append(asset.code)
    truth.note("SYS-03", late)
    book.save(path)
