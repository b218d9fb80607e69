"""The ledgers of roads of the two townships, the centres of places, and what may stand beside a road."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import numpy as np
import shapely

from registry import geo
from registry.demo.assets import Asset
from registry.demo.people import People, person_name
from registry.demo.places import COUNTY_CODE, WANTANG, WORK, XINHUA
from registry.demo.planted import Picker
from registry.demo.roads import Road, seats_of
from registry.demo.settlements import Settlements
from registry.demo.survey import rectangle

NEAR = 1.0  # metres beyond the edge of a zone within which a paper is there all the same
FLOOR = {"X": 10_000, "Y": 5_000, "C": 3_000}  # yuan a year and kilometre
IN_ZONE = 2  # buildings without a paper
HEADS = (
    "资产编码", "资产名称", "行政区划代码", "路线编码", "路线名称", "行政等级", "路段编号", "起点名称", "起点桩号", "止点名称", "止点桩号",
    "里程（公里）", "技术等级", "面层类型", "路基宽度（米）", "路面宽度（米）", "车道数", "是否晴雨通车", "建成年度", "道路用途", "村路长", "乡路长",
    "县路长",
)  # fmt: skip
CENTRE_HEADS = ("行政区划代码", "村", "自然村", "经度", "纬度")
LEVELS = {"X": "县道", "Y": "乡道", "C": "村道"}
PERMITS = {
    "pipe": ("屏交许〔2021〕12号", "2021-06-18", "涉路管线许可（供水、灌溉管渠）"),
    "road_works": ("屏交〔2020〕31号", "2020-04-10", "公路附属设施（照明）设置批复"),
    "before": ("屏政发〔2019〕27号", "2019-09-02", "公路建筑控制区划定公告及原有建筑名录"),
}
Write = Callable[[Path, str, tuple[str, ...], list[list], dt.date], None]


def write_roads(
    folder: Path, roads: list[Road], assets: list[Asset], people: People, truth, today, write: Write
) -> list:
    """Write the ledger of each township; gives the permits of what stands in the zones, by asset."""
    rng = np.random.default_rng(len(roads))
    chiefs = {village: person_name(rng) for village in sorted(people.villages)}
    plain = [r for r in roads if r.level == "C" and not r.fault and r.hamlet.village.startswith(XINHUA)]
    wrong = dict(zip((road.asset.code for road in plain[:3]), ("ROD-04", "ROD-03", "ROD-07"), strict=False))
    for code, rule in wrong.items():
        truth.findings.setdefault(rule, []).append(code)
    for town, name in ((XINHUA, "xinhua"), (WANTANG, "wantang")):
        own = [road for road in roads if road.hamlet.village.startswith(town)]
        rows = [_row(road, chiefs, wrong.get(road.asset.code)) for road in own]
        write(folder / f"roads_{name}.xlsx", f"{people.township(town)}农村公路台账", HEADS, rows, today)
    _note_access(roads, truth)
    return _beside(roads, assets, truth)


def _row(road: Road, chiefs: dict[str, str], wrong: str | None) -> list:
    asset, line = road.asset, float(shapely.length(road.shape)) / 1000
    km = round(line * (1.2 if wrong == "ROD-03" else 1.0), 3)
    names = [chiefs[road.hamlet.village], "李春华", "王建国" if road.level != "C" else None]
    return [
        asset.code, asset.name, asset.village, "C1" if wrong == "ROD-07" else road.route, f"{road.end}线" if road.level == "C" else asset.name,
        LEVELS[road.level], f"{road.number:04d}", road.start, road.stake, road.end, round(road.stake + km, 3), km,
        road.technical_class, road.surface, *road.widths, 2 if road.level == "X" else 1, "否" if road.surface == "砂石" else "是",
        asset.completed.year, _purpose(road), *([None] * 3 if wrong == "ROD-04" else names),
    ]  # fmt: skip


def _purpose(road: Road) -> str:
    if road.level == "X":
        return "旅游路"
    return ("通村通组", "产业路", "通村通组", "资源路")[road.hamlet.number % 4]


def _note_access(roads: list[Road], truth) -> None:
    """ROD-01 and ROD-02 of the hamlets that were left out on purpose; ROD-05 of the county."""
    for road in roads:
        if road.fault in ("gravel", "cut"):
            truth.findings.setdefault("ROD-01", []).append(road.hamlet.code)
        if road.fault:
            truth.findings.setdefault("ROD-02", []).append(road.hamlet.code)
    floor = sum(float(shapely.length(road.shape)) / 1000 * FLOOR[road.level] for road in roads)
    given = sum((road.asset.budget or Decimal(0)) * 10_000 for road in roads)
    if float(given) < floor:
        truth.findings.setdefault("ROD-05", []).append(COUNTY_CODE)


def plant_beside(roads: list[Road], picker: Picker, truth) -> None:
    """ROD-06: two buildings that were put up in the zone of a road after it was built."""
    for road in roads:
        wrong = truth.findings.setdefault("ROD-06", [])
        if road.level != "C" or road.fault or len(wrong) == IN_ZONE:
            continue
        fits = lambda a, r=road: a.hamlet is r.hamlet and _later_building(a, r)  # noqa: E731
        for asset in picker.take(1, fits):
            size = asset.kind.size
            length = float(shapely.length(road.shape))
            at, after = shapely.get_coordinates(
                shapely.line_interpolate_point(road.shape, [length - 60.0, length - 58.0])
            )
            side = np.array([at[1] - after[1], after[0] - at[0]]) / np.hypot(*(after - at))
            turn = float(np.arctan2(*(after - at)[::-1]))
            asset.shape = rectangle(at + side * (size[1] / 2 + road.zone - 2.5), size[0], size[1], turn)
            truth.note("ROD-06", asset)


def _later_building(asset: Asset, road: Road) -> bool:
    later = asset.completed.year > road.asset.completed.year
    return asset.placed == "footprint" and asset.kind.where == "homes" and asset.kind.size[0] <= 16 and later


def _beside(roads: list[Road], assets: list[Asset], truth) -> list[list[str]]:
    """Whatever stands in the zone of a road has its paper, but for what was planted (ROD-06)."""
    others = [a for a in assets if a.shape is not None and a.kind.subtype != "道路交通"]
    tree = shapely.STRtree([asset.shape for asset in others])
    bare = set(truth.findings["ROD-06"])
    permits: dict[str, str] = {}
    for road in roads:
        for number in tree.query(road.shape, predicate="dwithin", distance=road.zone + NEAR).tolist():
            if others[number].code not in bare:
                permits.setdefault(others[number].code, _reason(others[number]))
    return [[code, reason] for code, reason in permits.items()]


def _reason(asset: Asset) -> str:
    return {0: "road_works", 1: "pipe"}.get(int(shapely.get_dimensions(asset.shape)), "before")


def write_centres(path: Path, people: Settlements, names: People, write: Write, today: dt.date) -> None:
    """Where people live: the middle of every natural village, the seats of the two townships."""
    seats = seats_of(people)
    lines = [(town, "", "", hamlet.xy) for town, hamlet in seats.items()]
    lines += [(h.village, names.villages[h.village].short, h.name, h.xy) for h in people.hamlets]
    points = shapely.points(np.array([xy for *_names, xy in lines]))
    degrees = shapely.get_coordinates(geo.transform(points, WORK, 4490)).round(8)
    rows = [
        [code, village or None, hamlet or None, float(lon), float(lat)]
        for (code, village, hamlet, _xy), (lon, lat) in zip(lines, degrees, strict=True)
    ]
    write(path, "驻地及自然村中心位置", CENTRE_HEADS, rows, today)
