"""Roads, water works and the relocation site of the demo: their own facts, a few of them at fault on purpose."""

import datetime as dt
import json
from pathlib import Path

import numpy as np
import shapely
from openpyxl import Workbook

from registry.demo import gisfiles
from registry.demo.assets import Asset
from registry.demo.ownfacts import own_facts
from registry.demo.people import People
from registry.demo.places import WORK, XINHUA
from registry.demo.roadbook import PERMITS, write_centres, write_roads
from registry.demo.roads import Road
from registry.demo.settlements import Settlements

LIVING = ("在用", "闲置")
SITE, OLD_SITE = "532523205000-AZD-0001", "532523205000-AZD-0002"
WATER_HEADS = (
    "资产编码", "工程名称", "行政区划代码", "工程类型", "设计供水人口", "实际服务人口", "供水户数", "覆盖自然村", "运行成本水价（元/立方米）",
    "居民执行水价（元/立方米）", "计费方式", "水费收缴率（%）", "用水方便程度", "供水保证率", "水质检测报告日期", "是否消毒",
    "管水员健康证有效期", "是否县级统管", "统管单位",
)  # fmt: skip
SITE_HEADS = (
    "安置点编码", "安置点名称", "行政区划代码", "安置方式", "住房套数", "已办不动产权证套数", "住房建成日期", "入住日期", "永久基本农田调整批复文号",
    "统计日期", "搬迁户数", "搬迁人数", "建档立卡户数", "建档立卡人数", "同步搬迁户数", "同步搬迁人数", "劳动力人数", "就业人数",
    "公益性岗位", "工资收入（元）", "有劳动力零就业户数",
)  # fmt: skip


def write_networks(
    folder: Path,
    assets: list[Asset],
    roads: list[Road],
    land: Settlements,
    people: People,
    truth,
    today: dt.date,
) -> None:
    """Write the ledgers of roads, water works and sites, and `networks.json` for what comes by hand."""
    note = {code for codes in truth.findings.values() for code in codes}
    sound = [asset for asset in assets if asset.code not in note and asset.placed == "footprint"]
    own = [asset for asset in sound if asset.village.startswith(XINHUA)]
    write_book(
        folder / "water_xinhua.xlsx", "新华乡农村供水工程台账", WATER_HEADS, _water(own, truth, today), today
    )
    write_centres(folder / "centres.xlsx", land, people, write_book, today)
    seat = next(asset for asset in assets if asset.kind.subtype == "安置点配套")
    write_book(
        folder / "sites_xinhua.xlsx",
        "新华乡易地搬迁安置点台账",
        SITE_HEADS,
        _site(seat, people, truth, today),
        today,
    )
    write_outline(folder / "site_outlines.gpkg", assets)
    facts = {
        "jobs": _jobs(assets, truth, today),
        "works": [[SITE, a.name, a.code] for a in assets if a.kind.subtype == "安置点配套"]
        + [[SITE, "安置点老年活动中心", ""]],
        "old_houses": [[SITE, "老寨", "2024-03-15", None], [SITE, "岩脚", "2019-05-20", "2020-02-28"]],
        "transfers": _transfers(own, truth, today),
        "own": own_facts([a for a in assets if a.state in LIVING], people, today),
        "permits": write_roads(folder, roads, assets, people, truth, today, write_book),
        "permit_papers": PERMITS,
    }
    truth.findings.setdefault("REL-04", []).append(SITE)
    truth.findings.setdefault("REL-05", []).append(SITE)
    text = json.dumps(facts, ensure_ascii=False, indent=1, default=str)
    (folder / "networks.json").write_text(text + "\n", encoding="utf-8")


def write_book(path: Path, title: str, heads: tuple[str, ...], rows: list[list], today: dt.date) -> None:
    book = Workbook()
    sheet = book.active
    sheet.title = "台账"
    sheet.append([f"{title}（截至{today.year - 1}年12月31日）"])
    sheet.append(list(heads))
    for row in rows:
        sheet.append(row)
    book.save(path)


def _water(own: list[Asset], truth, today: dt.date) -> list[list]:
    """Every tank with the people it serves: one overloaded, one whose fees do not come in, one below standard,
    one without a new report, one under unified management in name only."""
    works = [
        asset for asset in own if asset.kind.name.endswith("蓄水池") and asset.kind.subtype == "供水饮水"
    ]
    rows = []
    for number, asset in enumerate(works):
        report = today - dt.timedelta(days=500 if number == 3 else 90)
        until, people = today + dt.timedelta(days=200), asset.hamlet.people
        rows.append([
            asset.code, asset.name, asset.village, "百人以上" if people >= 100 else "其他集中式",
            people - 20 if number == 0 else int(people * 1.2), people, asset.hamlet.households, asset.hamlet.name, 1.8, 2.2,
            "按方计量", 72 if number == 1 else 96, "达标", "未达标" if number == 2 else "达标", report, "是", until,
            "是" if number == 4 else "否", "屏边县供水有限公司" if number == 4 else None,
        ])  # fmt: skip
    for place, asset in enumerate(works[:5]):
        truth.note(f"WAT-{place + 1:02d}", asset)
    return rows


def _site(seat: Asset, people: People, truth, today: dt.date) -> list[list]:
    """The site with its figures of last month and of a year before: fewer people in work, two households idle.

    An older one beside it was counted before anybody answered for the register: its sums do not agree (REL-01).
    """
    last = today.replace(day=1) - dt.timedelta(days=1)
    before = last.replace(year=last.year - 1, day=28)
    facts = [SITE, "新华乡集镇安置点", seat.village, "集镇集中安置", 96, 90, "2018-11-30", "2019-02-01", None]
    counts = [96, 412, 84, 361, 12, 51, 218]
    for rule in ("REL-02", "REL-03", "REL-06", "REL-07"):
        truth.findings.setdefault(rule, []).append(SITE)
    truth.findings["REL-01"] = [OLD_SITE]
    village = sorted(code for code in people.villages if code.startswith(XINHUA))[-2]
    older = [OLD_SITE, f"{people.villages[village].short}村内安置点", village, "行政村内安置", 24, 24, "2017-10-31",
             "2018-01-10", "屏国土资〔2017〕18号"]  # fmt: skip
    wrong = [24, 101, 20, 86, 3, 12, 55, 51, 3, 148_000, 0]
    return [
        [*facts[:9], before, *counts, 201, 14, 562_000, 0],
        [*facts[:9], last, *counts, 196, 14, 571_000, 2],
        *([*older, dt.date(today.year - ago, 12, 28), *wrong] for ago in (2, 1)),
    ]


def write_outline(path: Path, assets: list[Asset]) -> None:
    """The ground of the site: what stands together there, and the block of flats that stands apart."""
    shapes = [a.shape for a in assets if "安置点" in a.remark and a.shape is not None]
    middle = shapely.Point(np.median(shapely.get_coordinates(shapely.centroid(np.array(shapes))), axis=0))
    near = [shape for shape in shapes if shapely.distance(shape, middle) < 150]
    apart = [
        shapely.buffer(shape, 6.0, quad_segs=2) for shape in shapes if shapely.distance(shape, middle) >= 150
    ]
    ground = shapely.union_all([shapely.buffer(shapely.convex_hull(shapely.union_all(near)), 12.0), *apart])
    outline = np.array([shapely.multipolygons(shapely.get_parts(ground))])
    columns = {
        "asset_code": np.array([SITE], dtype=object),
        "name": np.array(["新华乡集镇安置点"], dtype=object),
    }
    gisfiles.write_gpkg(path, "sites", outline, columns, "MultiPolygon", WORK)


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
