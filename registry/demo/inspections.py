"""Five years of inspections (巡查) of what serves the public, the last of each within its term but for a few."""

import datetime as dt
from pathlib import Path

import numpy as np
from openpyxl import Workbook

from registry.demo.assets import Asset
from registry.demo.kinds import PUBLIC
from registry.demo.people import People

DEFECTS = {
    "道路交通": "路面坑槽，边沟堵塞", "供水饮水": "管道接口渗漏", "农田水利": "沟渠局部垮塌", "环卫公厕": "冲水阀损坏",
    "公共厕所": "冲水阀损坏", "污水处理设施": "化粪池盖板破损", "垃圾处理设施": "箱体锈蚀", "防洪设施": "护岸局部掏空",
    "配电线路": "线下树障未清", "寄递物流站点": "货架损坏", "综合服务": "2盏路灯不亮", "文化": "地砖破损", "安置点配套": "井盖缺失",
}  # fmt: skip


def inspection_rows(
    assets: list[Asset], people: People, today: dt.date, overdue: dict[str, int], rng
) -> list[list]:
    """Rows of the inspection book in the order of their dates."""
    rows = []
    for asset in assets:
        if asset.asset_class != PUBLIC or asset.handed_over is None:
            continue
        for days in _days_ago(asset, today, overdue.get(asset.code), rng):
            day = today - dt.timedelta(days=days)
            rows.append(_row(asset, people, day, today, rng))
    return sorted(rows, key=lambda row: (row[3], row[0]))


def _days_ago(asset: Asset, today: dt.date, last: int | None, rng: np.random.Generator) -> list[int]:
    """How long ago each visit was: yearly at first, by the term of the kind in the last months."""
    term = asset.kind.every_days
    start = last if last is not None else int(rng.integers(2, term - 6))
    days = [start] + [start + term * n - int(rng.integers(0, 5)) for n in (1, 2)]
    days += [start + 2 * term + 330 * n + int(rng.integers(-40, 40)) for n in range(1, 5)]
    oldest = (today - (asset.handed_over or today)).days
    return [d for d in days if d <= min(oldest, 5 * 365)] or (
        [start] if start <= oldest else [max(0, oldest - 1)]
    )


def _row(asset: Asset, people: People, day: dt.date, today: dt.date, rng: np.random.Generator) -> list:
    inspector = asset.person or people.keepers[asset.village][0][0]
    chance = rng.uniform()
    old = (today - day).days > 60
    if chance < 0.05 and old:
        mended = day + dt.timedelta(days=int(rng.integers(5, 40)))
        defect = DEFECTS.get(asset.kind.subtype, "墙面渗水")
        return [
            asset.code,
            asset.name,
            people.villages[asset.village].short,
            day,
            inspector,
            "损坏",
            defect,
            mended,
            None,
        ]
    condition = "一般" if chance > 0.88 else "完好"
    return [
        asset.code,
        asset.name,
        people.villages[asset.village].short,
        day,
        inspector,
        condition,
        None,
        None,
        None,
    ]


def plant_defects(rows: list[list], defects: dict[str, str]) -> None:
    """The last inspection of some assets found a defect that nobody has handled yet."""
    last = {row[0]: row for row in rows}
    for code, defect in defects.items():
        last[code][5:8] = ["损坏", defect, None]


def write_inspections(path: Path, rows: list[list]) -> None:
    """The inspection book: one sheet a year."""
    book = Workbook(write_only=True)
    heads = ["资产编码", "资产名称", "村", "巡查日期", "巡查人", "状况", "发现问题", "处理日期", "备注"]
    for year in sorted({row[3].year for row in rows}):
        sheet = book.create_sheet(f"{year}年")
        sheet.append([f"新华乡帮扶项目资产管护巡查记录（{year}年）"])
        sheet.append(heads)
        for row in rows:
            if row[3].year == year:
                sheet.append(row)
    book.save(path)
