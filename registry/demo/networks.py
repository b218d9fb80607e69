"""Roads, water works and the relocation site of the demo: their own facts, a few of them at fault on purpose."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import shapely
from openpyxl import Workbook

from registry.demo.assets import Asset
from registry.demo.people import People
from registry.demo.places import WANTANG, XINHUA

ROADS, WORKS = 8, 6  # how many sections and water works
ZONE, APART = 5.25, 15.0  # half a road of 4.5 m and its zone of 3 m; metres around it that are looked at
SITE = "532523205000-AZD-0001"
ROAD_HEADS = (
    "资产编码", "资产名称", "行政区划代码", "路线编码", "路线名称", "行政等级", "路段编号", "起点名称", "起点桩号", "止点桩号",
    "里程（公里）", "技术等级", "面层类型", "路面宽度（米）", "是否晴雨通车", "建成年度", "道路用途", "村路长", "乡路长", "县路长",
)  # fmt: skip
WATER_HEADS = (
    "资产编码", "工程名称", "行政区划代码", "工程类型", "设计供水人口", "实际服务人口", "运行成本水价（元/立方米）",
    "居民执行水价（元/立方米）", "计费方式", "水费收缴率（%）", "用水方便程度", "供水保证率", "水质检测报告日期", "是否消毒",
    "管水员健康证有效期", "是否县级统管", "统管单位",
)  # fmt: skip
SITE_HEADS = (
    "安置点编码", "安置点名称", "行政区划代码", "安置方式", "住房套数", "已办不动产权证套数", "住房建成日期", "入住日期",
    "统计日期", "搬迁户数", "搬迁人数", "建档立卡户数", "建档立卡人数", "同步搬迁户数", "同步搬迁人数", "劳动力人数", "就业人数",
    "公益性岗位", "工资收入（元）", "有劳动力零就业户数",
)  # fmt: skip


def write_networks(folder: Path, assets: list[Asset], people: People, truth, today: dt.date) -> None:
    """Write the ledgers of roads, water works and sites, and `networks.json` for what comes by hand."""
    note = {code for codes in truth.findings.values() for code in codes}
    sound = [asset for asset in assets if asset.code not in note and asset.placed == "footprint"]
    own = [asset for asset in sound if asset.village.startswith(XINHUA)]
    _book(
        folder / "roads_xinhua.xlsx",
        "新华乡农村公路台账",
        ROAD_HEADS,
        _roads(own, assets, truth, today),
        today,
    )
    _book(
        folder / "water_xinhua.xlsx", "新华乡农村供水工程台账", WATER_HEADS, _water(own, truth, today), today
    )
    seat = next(asset for asset in assets if asset.kind.subtype == "安置点配套")
    _book(
        folder / "sites_xinhua.xlsx", "新华乡易地搬迁安置点台账", SITE_HEADS, _site(seat, truth, today), today
    )
    facts = {
        "jobs": _jobs(assets, truth, today),
        "works": [[SITE, a.name, a.code] for a in assets if a.kind.subtype == "安置点配套"]
        + [[SITE, "安置点老年活动中心", ""]],
        "old_houses": [[SITE, "老寨", "2024-03-15", None], [SITE, "岩脚", "2019-05-20", "2020-02-28"]],
        "transfers": _transfers(own, truth, today),
        "own": _own(own, today),
    }
    truth.findings.setdefault("REL-04", []).append(SITE)
    truth.findings.setdefault("REL-05", []).append(SITE)
    for rule in ("ROD-01", "ROD-02"):  # the seats are not on the map yet: none of their villages can be told
        truth.findings.setdefault(rule, []).extend([XINHUA, WANTANG])
    text = json.dumps(facts, ensure_ascii=False, indent=1, default=str)
    (folder / "networks.json").write_text(text + "\n", encoding="utf-8")


def _book(path: Path, title: str, heads: tuple[str, ...], rows: list[list], today: dt.date) -> None:
    book = Workbook()
    sheet = book.active
    sheet.title = "台账"
    sheet.append([f"{title}（截至{today.year - 1}年12月31日）"])
    sheet.append(list(heads))
    for row in rows:
        sheet.append(row)
    book.save(path)


def _clear_roads(own: list[Asset], assets: list[Asset]) -> list[tuple[Asset, list[Asset]]]:
    """The village roads with the fewest buildings in their zone, and those buildings.

    Roads are left out where something stands so near the edge of the zone that a rounding could decide.
    """
    others = [a for a in assets if a.shape is not None and a.kind.subtype != "道路交通"]
    shapes = [a.shape for a in others]
    tree = shapely.STRtree(shapes)
    found = []
    for road in own:
        if road.kind.where != "ways" or road.shape is None:
            continue
        near = [int(n) for n in tree.query(road.shape, predicate="dwithin", distance=APART)]
        away = {n: float(shapely.distance(road.shape, shapes[n])) for n in near}
        vague = any(others[n].placed != "footprint" or abs(away[n] - ZONE) < 0.5 for n in near)
        if not vague:
            year = dt.date(road.completed.year, 1, 1)
            inside = [others[n] for n in near if away[n] < ZONE and others[n].completed >= year]
            found.append((road, inside))
    return sorted(found, key=lambda pair: (len(pair[1]), pair[0].code))[:ROADS]


def _roads(own: list[Asset], assets: list[Asset], truth, today: dt.date) -> list[list]:
    """Village roads; one without chiefs, one said too long, one of a wrong code; what stands in their zones."""
    clear = []
    for road, inside in _clear_roads(own, assets):
        clear.append(road)
        for asset in inside:
            if asset.code not in truth.findings.get("ROD-06", ()):
                truth.note("ROD-06", asset)
    rows, floor, given = [], Decimal(0), Decimal(0)
    for number, asset in enumerate(clear):
        km = round(float(shapely.length(asset.shape)) / 1000 * (1.2 if number == 1 else 1.0), 3)
        floor, given = floor + Decimal(str(km)) * 3000, given + (asset.budget or 0) * 10_000
        chiefs = [None] * 3 if number == 0 else ["陶正华", "李春华", "王建国" if number % 2 else None]
        code = "C1" if number == 2 else f"C{number + 11:03d}532523"
        rows.append([
            asset.code, asset.name, asset.village, code, f"{asset.hamlet.name}线", "村道", f"{number + 1:04d}",
            asset.hamlet.name, 0, km, km, "四级（Ⅱ类）", "水泥混凝土", 4.5, "是", asset.completed.year,
            "产业路" if number % 3 == 0 else "通村通组", *chiefs,
        ])  # fmt: skip
    for place, rule in enumerate(("ROD-04", "ROD-03", "ROD-07")):
        if place < len(clear):
            truth.note(rule, clear[place])
    if given < floor:
        truth.findings.setdefault("ROD-05", []).append("532523")
    return rows


def _water(own: list[Asset], truth, today: dt.date) -> list[list]:
    """Six works: one overloaded, one whose fees do not come in, one below standard, one without a new report,
    one under unified management in name only."""
    works = [
        asset for asset in own if asset.kind.name.endswith("蓄水池") and asset.kind.subtype == "供水饮水"
    ]
    rows = []
    for number, asset in enumerate(works[:WORKS]):
        report = today - dt.timedelta(days=500 if number == 3 else 90)
        until = today + dt.timedelta(days=200)
        rows.append([
            asset.code, asset.name, asset.village, "百人以上", 300, 340 if number == 0 else 260, 1.8, 2.2, "按方计量",
            72 if number == 1 else 96, "达标", "未达标" if number == 2 else "达标", report, "是", until,
            "是" if number == 4 else "否", "屏边县供水有限公司" if number == 4 else None,
        ])  # fmt: skip
    for place, asset in enumerate(works[:5]):
        truth.note(f"WAT-{place + 1:02d}", asset)
    return rows


def _site(seat: Asset, truth, today: dt.date) -> list[list]:
    """The site with its figures of last month and of a year before: fewer people in work, two households idle."""
    last = today.replace(day=1) - dt.timedelta(days=1)
    before = last.replace(year=last.year - 1, day=28)
    facts = [SITE, "新华乡集镇安置点", seat.village, "集镇集中安置", 96, 90, "2018-11-30", "2019-02-01"]
    people = [96, 412, 84, 361, 12, 51, 218]
    for rule in ("REL-02", "REL-03", "REL-06", "REL-07"):
        truth.findings.setdefault(rule, []).append(SITE)
    return [
        [*facts, before, *people, 201, 14, 562_000, 0],
        [*facts, last, *people, 196, 14, 571_000, 2],
    ]


def _jobs(assets: list[Asset], truth, today: dt.date) -> list[list]:
    """Jobs of every workshop; one has stood empty for more than half a year."""
    shops = [asset for asset in assets if asset.kind.subtype == "扶贫车间"]
    idle = next(
        (a for a in shops if a.operator and not any(a.code in c for c in truth.findings.values())), None
    )
    rows = []
    for number, shop in enumerate(shops):
        if shop is idle:
            rows.append([shop.code, today - dt.timedelta(days=230), 0, 0])
            truth.note("REL-08", shop)
            continue
        rows.append([shop.code, today - dt.timedelta(days=40), 18 + number % 9, 6])
        if not shop.operator:
            truth.note("REL-08", shop)
    return rows


def _transfers(own: list[Asset], truth, today: dt.date) -> list[list]:
    """Two canals whose farmland changed hands: for one of them the upkeep was agreed anew."""
    canals = [asset for asset in own if asset.kind.subtype == "农田水利" and asset.upkeep_body][:2]
    on = today - dt.timedelta(days=100)
    for asset in canals[:1]:
        truth.note("UPK-10", asset)
    return [
        [a.code, on, "46.50", "云岭猕猴桃有限公司", n and on + dt.timedelta(days=20)]
        for n, a in enumerate(canals)
    ]


def _own(own: list[Asset], today: dt.date) -> list[list]:
    """Own facts of one asset of each further kind."""
    facts = {
        "光伏电站": ("solar", {"capacity_kw": "300", "grid_on": "2017-06-30", "tariff": "0.8500"}),
        "权益类": (
            "claims",
            {"counterparty": "猕猴桃公司", "percent": "12.5", "exit_clause": "期满退还本金"},
        ),
        "农田水利": ("irrigation", {"scale": "small", "canal_km": "1.200", "irrigated_mu": "86.00"}),
        "生产加工设施": ("buildings", {"floor_m2": "390.00", "structure": "钢结构", "floors": 1}),
        "环卫公厕": ("public_works", {"capacity": "4 蹲位", "open_hours": "全天", "running": True}),
    }
    rows = []
    for subtype, (key, values) in facts.items():
        asset = next((a for a in own if a.kind.subtype == subtype), None)
        if asset is not None:
            rows.append([asset.code, key, values])
    return rows
