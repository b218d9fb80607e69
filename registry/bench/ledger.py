"""A ledger of any length for measuring imports: the same seed gives the same rows. 中文：台账样本生成"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

HEADS = (
    "序号", "资产名称", "资产类别", "资产类型", "项目名称", "项目年度", "行政区划代码", "村",
    "规格型号", "数量", "计量单位", "中央资金", "县级资金", "资产原值（元）", "建成日期", "验收日期",
    "移交日期", "产权归属", "经营主体", "收益权人", "管护主体", "管护责任人", "管护起始日期",
    "年管护经费（元）", "经费来源", "监管部门", "经度", "纬度", "资产状态", "备注",
)  # fmt: skip
# Class, sub-type, what the name ends in, unit of measure.
KINDS = (
    ("公益性", "道路交通", "产业道路", "公里"), ("公益性", "农田水利", "灌溉沟渠", "米"),
    ("公益性", "供水饮水", "安全饮水工程", "处"), ("公益性", "环卫公厕", "公厕", "座"),
    ("公益性", "综合服务", "村级活动场所", "处"), ("经营性", "农林牧渔产业基地", "茶叶基地", "亩"),
    ("经营性", "生产加工设施", "茶叶加工厂", "座"), ("经营性", "光伏电站", "光伏电站", "千瓦"),
    ("到户类", "安置住房", "安置住房", "套"), ("到户类", "畜禽", "仔猪", "头"),
)  # fmt: skip
SURNAMES, GIVEN = "王李张刘陈杨黄赵周吴", "文武明亮春秋芳兰国强"
COUNTY_MIDDLE = (103.7, 23.0)


def write_ledger(
    path: Path,
    rows: int,
    seed: int,
    villages: Sequence[tuple[str, str]],
    near: tuple[float, float] = COUNTY_MIDDLE,
) -> Path:
    """Write ``rows`` assets of the villages (statistical code, name) as .xlsx; about 7,000 rows a second.

    Rows have a project, two sources of funds, rights, a keeper with a person, and a point near ``near``
    (degrees, EPSG:4490), as a township's ledger has them.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    sheet.append(["项目资产台账（单位：元）"])
    sheet.append(list(HEADS))
    for line in ledger_rows(rows, seed, villages, near):
        sheet.append(line)
    book.save(path)
    return path


def ledger_rows(
    rows: int, seed: int, villages: Sequence[tuple[str, str]], near: tuple[float, float] = COUNTY_MIDDLE
) -> Iterator[list[Any]]:
    """The lines under the head."""
    chance = random.Random(seed)  # noqa: S311  (a sample, no secret)
    for number in range(1, rows + 1):
        yield _line(number, chance, villages[number % len(villages)], near)


def _line(
    number: int, chance: random.Random, village: tuple[str, str], near: tuple[float, float]
) -> list[Any]:
    code, name = village
    short = name.removesuffix("委会").removesuffix("村")
    kind, subtype, what, measure = KINDS[chance.randrange(len(KINDS))]
    year = chance.randint(2014, 2024)
    central, county = chance.randrange(5, 400) * 1000, chance.randrange(0, 100) * 1000
    person = chance.choice(SURNAMES) + chance.choice(GIVEN) + chance.choice(GIVEN)
    committee = f"{short}村委会"
    return [
        number, f"{short}{what}{number}号", kind, subtype,
        f"{year}年{short}村{what}项目", year, code, name, f"{what}（第{number}段）",
        chance.randint(1, 900), measure, central, county or None, central + county,
        f"{year}-09-{chance.randint(1, 28):02d}", f"{year}-11-{chance.randint(1, 28):02d}", f"{year}-12-20",
        person if kind == "到户类" else f"{short}村股份经济合作社",
        f"{short}茶业有限公司" if kind == "经营性" else None,
        f"{short}村股份经济合作社 60%；{committee} 40%" if kind == "经营性" else None,
        None if kind == "到户类" else committee, None if kind == "到户类" else person,
        None if kind == "到户类" else f"{year}-12-20", None if kind == "到户类" else 1200, "村集体收入",
        "县农业农村局",
        round(near[0] + chance.uniform(-0.04, 0.04), 6), round(near[1] + chance.uniform(-0.04, 0.04), 6),
        "在用", f"样本{number}",
    ]  # fmt: skip
