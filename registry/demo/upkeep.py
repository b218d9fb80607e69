"""Upkeep of the demo: standards, plans, terms, repairs; and one example for each of its rules."""

import datetime as dt
import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook

from registry.demo.assets import Asset
from registry.demo.kinds import OPERATING, PUBLIC
from registry.demo.people import People
from registry.demo.places import XINHUA
from registry.demo.planted import Picker, Truth

LOAD = 40  # assets of one township that one person can look after (the shipped value)
WITHOUT_STANDARD = "网络"
STANDARDS = {
    "road": ("农村公路日常养护标准", [("路面", "无坑槽，每公里坑槽不超过3处", "处", 0, 3), ("边沟", "排水畅通，无堵塞", "", None, None), ("路肩", "无杂草、无堆积物", "", None, None)]),
    "irrigation": ("农田水利设施管护标准", [("渠道", "无垮塌，每公里渗漏不超过2处", "处", 0, 2), ("闸门", "启闭灵活", "", None, None)]),
    "water_supply": ("农村供水工程运行管护标准", [("出厂水余氯", "0.3至4.0毫克每升", "毫克/升", Decimal("0.3"), 4), ("蓄水池", "加盖上锁，周边无污染", "", None, None), ("管网", "无漏水", "", None, None)]),
    "sanitation": ("农村环卫设施管护标准", [("保洁", "地面、蹲位清洁无异味", "", None, None), ("设施", "冲水、照明完好", "", None, None)]),
    "education": ("教育设施管护标准", [("房屋", "无裂缝、无渗漏", "", None, None)]),
    "culture": ("文化设施管护标准", [("场地", "平整，无破损地砖", "", None, None), ("器材", "齐全可用", "", None, None)]),
    "sport": ("体育设施管护标准", [("场地", "平整，标线清晰", "", None, None)]),
    "health": ("村卫生室管护标准", [("房屋", "无渗漏，水电正常", "", None, None)]),
    "power": ("农村电力设施管护标准", [("变压器", "无渗油，围栏完好", "", None, None)]),
    "service": ("公共服务设施管护标准", [("路灯", "亮灯率不低于95%", "%", 95, 100), ("房屋", "门窗、水电完好", "", None, None)]),
    "sewage": ("农村污水处理设施管护标准", [("设施", "进出水通畅，池体无渗漏", "", None, None)]),
    "waste": ("农村垃圾收运设施管护标准", [("收集房", "日产日清，无堆积", "", None, None)]),
    "toilet": ("农村公厕管护标准", [("保洁", "地面、蹲位清洁无异味", "", None, None), ("设施", "冲水、照明完好", "", None, None)]),
    "flood": ("防洪设施管护标准", [("堤身", "无垮塌、无裂缝", "处", 0, 0)]),
    "parcel_station": ("寄递物流站点管护标准", [("站点", "开门服务，设备完好", "", None, None)]),
    "grid_line": ("配电线路管护标准", [("线路", "走廊无树障，杆塔无倾斜", "", None, None)]),
    "site_works": ("安置点配套设施管护标准", [("设施", "运行正常，无缺失", "", None, None)]),
}  # fmt: skip
# What became of defects that were taken up: days ago of the inspection, and the story.
REPAIRS = (
    ("late", 27, "涵洞进口淤塞"), ("ordered", 12, "护栏变形2处"), ("deferred", 24, "挡墙外倾"),
    ("done", 26, "管道爆裂"), ("checked", 25, "冲水阀损坏"), ("checked", 24, "水泵电机烧毁"),
)  # fmt: skip
WAITING = ("路面塌陷约6平方米", "沟渠垮塌8米")


def plant_upkeep(assets: list[Asset], picker: Picker, truth: Truth) -> dict[str, list]:
    """Faults of upkeep, noted in ``truth``; gives what is no ledger: earlier duties and repairs."""
    public = lambda a: a.asset_class == PUBLIC and a.placed == "footprint" and a.upkeep_body  # noqa: E731
    for number, asset in enumerate(picker.take(3, public)):
        asset.budget = asset.budget if number == 1 else None
        asset.budget_source = asset.budget_source if number == 2 else ""
        truth.note("UPK-03", asset)
    for asset in assets:
        if asset.kind.subtype == WITHOUT_STANDARD and asset.upkeep_body:
            truth.note("UPK-04", asset)
    for asset in picker.take(2, lambda a: a.asset_class == OPERATING and a.upkeep_body):
        asset.budget_source = "县级财政"
        truth.note("UPK-08", asset)
    facts: dict[str, list] = {"duties": _gaps(picker, truth, public), "users_pay": []}
    for asset in picker.take(2, lambda a: public(a) and a.kind.subtype == "供水饮水"):
        facts["users_pay"].append(asset.code)
        truth.note("UPK-12", asset)
    facts["repairs"] = _repairs(picker, truth, public)
    loads = Counter((a.village[:9], a.person) for a in assets if a.person)
    over = sorted({town for (town, _person), count in loads.items() if count > LOAD})
    if over:
        truth.findings["UPK-11"] = over
    return facts


def _gaps(picker: Picker, truth: Truth, public) -> list[dict]:
    """UPK-05: two works that nobody kept up for some months."""
    found = []
    for asset in picker.take(2, lambda a: public(a) and a.handed_over and a.handed_over.year < 2022):
        first, end = asset.handed_over, asset.handed_over + dt.timedelta(days=330)
        asset.upkeep_from = end + dt.timedelta(days=75)
        found.append({"unit": asset.code, "body": asset.upkeep_body, "from": first, "to": end})
        truth.note("UPK-05", asset)
    return found


def _repairs(picker: Picker, truth: Truth, public) -> list[dict]:
    """UPK-07: two defects that wait and a repair that is late; beside them repairs that go as they should."""
    seen = lambda a: public(a) and a.handed_over and a.handed_over.year < 2024  # noqa: E731
    for asset, defect in zip(picker.take(2, seen), WAITING, strict=True):
        truth.overdue[asset.code], truth.defects[asset.code] = 22, defect
        truth.note("UPK-07", asset)
    found = []
    for asset, (story, days, defect) in zip(picker.take(len(REPAIRS), seen), REPAIRS, strict=True):
        truth.overdue[asset.code], truth.defects[asset.code] = days, defect
        found.append({"unit": asset.code, "story": story, "days": days})
        if story == "late":
            truth.note("UPK-07", asset)
    return found


def write_upkeep(folder: Path, assets: list[Asset], people: People, facts: dict[str, list]) -> None:
    """The township's upkeep ledger, and what officers enter: standards, plans, duties, repairs."""
    book = Workbook()
    sheet = book.active
    sheet.title = "管护台账"
    sheet.append(["新华乡帮扶项目资产管护责任台账"])
    sheet.append(["资产编码", "资产名称", "管护主体", "管护责任人", "管护监督", "出资方"])
    villages = sorted({a.village for a in assets if a.village.startswith(XINHUA)})
    watched = set(villages[: max(1, len(villages) * 2 // 3)])
    for asset in assets:
        if asset.asset_class != PUBLIC or not asset.upkeep_body or not asset.village.startswith(XINHUA):
            continue
        pays = "受益户缴费" if asset.code in facts["users_pay"] else None
        board = f"{people.villages[asset.village].short}村务监督委员会" if asset.village in watched else None
        if pays or board:
            sheet.append([asset.code, asset.name, asset.upkeep_body, asset.person or None, board, pays])
    book.save(folder / "upkeep_xinhua.xlsx")
    told = {"standards": _standards(), "plans": _plans(assets), **facts}
    text = json.dumps(told, ensure_ascii=False, indent=1, default=str)
    (folder / "upkeep.json").write_text(text + "\n", encoding="utf-8")


def _standards() -> list[dict]:
    names = ("text", "demand", "unit", "least", "most")
    return [
        {"subtype": code, "title": title, "items": [dict(zip(names, item, strict=True)) for item in items]}
        for code, (title, items) in STANDARDS.items()
    ]


def _plans(assets: list[Asset]) -> list[dict]:
    """The county's plan for roads, the township's for irrigation, and two works looked at more often."""
    pumps = [a for a in assets if a.village.startswith(XINHUA) and "输水管网" in a.name and a.upkeep_body][:2]
    return [
        {"place": "county", "subtype": "road", "every_days": 30},
        {"place": "township", "subtype": "irrigation", "every_days": 75},
        *({"unit": a.code, "every_days": 15} for a in pumps),
    ]
