"""The classes of the third land survey (三调工作分类, TD/T 1055), as dated rows of ``LandClass``.

Codes are not self-describing: of the codes that the planning classification (用地用海) shares with this one
most mean something else there, so every reading names scheme and day. What the three classes of the land law
(三大类) make of a code is dated too: 0404 其他草地 was read as unused land by the survey's own tools of 2021
and as agricultural land by those of 2024. Other schemes join this table as rows.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from django.db.backends.postgresql.psycopg_any import DateRange

from land.models import LandClass
from land.models.classes import Scheme, ThreeClass
from registry.queries.prepared import Prepared

SURVEY3_FROM = dt.date(2018, 1, 1)  # 国发〔2017〕48号
REREAD_0404 = dt.date(2024, 1, 1)
FARMLAND = frozenset({"0101", "0102", "0103"})  # 耕地: these alone; recoverable (K) land is not farmland
PADDY = "0101"

AGRICULTURAL = {
    "0101": "水田", "0102": "水浇地", "0103": "旱地",
    "0201": "果园", "0201K": "可调整果园", "0202": "茶园", "0202K": "可调整茶园", "0203": "橡胶园",
    "0203K": "可调整橡胶园", "0204": "其他园地", "0204K": "可调整其他园地",
    "0301": "乔木林地", "0301K": "可调整乔木林地", "0302": "竹林地", "0302K": "可调整竹林地",
    "0303": "红树林地", "0304": "森林沼泽", "0305": "灌木林地", "0306": "灌丛沼泽",
    "0307": "其他林地", "0307K": "可调整其他林地",
    "0401": "天然牧草地", "0402": "沼泽草地", "0403": "人工牧草地", "0403K": "可调整人工牧草地",
    "1006": "农村道路", "1103": "水库水面", "1104": "坑塘水面", "1104A": "养殖坑塘",
    "1104K": "可调整养殖坑塘", "1107": "沟渠", "1107A": "干渠", "1202": "设施农用地", "1203": "田坎",
}  # fmt: skip
CONSTRUCTION = {
    "05H1": "商业服务业设施用地", "0508": "物流仓储用地", "0601": "工业用地", "0602": "采矿用地",
    "0603": "盐田", "0701": "城镇住宅用地", "0702": "农村宅基地", "08H1": "机关团体新闻出版用地",
    "08H2": "科教文卫用地",
    "08H2A": "高教用地", "0809": "公用设施用地", "0810": "公园与绿地", "0810A": "广场用地", "09": "特殊用地",
    "1001": "铁路用地", "1002": "轨道交通用地", "1003": "公路用地", "1004": "城镇村道路用地",
    "1005": "交通服务场站用地", "1007": "机场用地", "1008": "港口码头用地", "1009": "管道运输用地",
    "1109": "水工建筑用地", "1201": "空闲地",
}  # fmt: skip
UNUSED = {
    "1101": "河流水面", "1102": "湖泊水面", "1105": "沿海滩涂", "1106": "内陆滩涂", "1108": "沼泽地",
    "1110": "冰川及永久积雪", "1204": "盐碱地", "1205": "沙地", "1206": "裸土地", "1207": "裸岩石砾地",
}  # fmt: skip
CONTESTED = {"0404": "其他草地"}


def _rows() -> list[LandClass]:
    always = DateRange(SURVEY3_FROM, None)
    rows = [
        _row(code, name, three, always)
        for names, three in (
            (AGRICULTURAL, ThreeClass.AGRICULTURAL),
            (CONSTRUCTION, ThreeClass.CONSTRUCTION),
            (UNUSED, ThreeClass.UNUSED),
        )
        for code, name in names.items()
    ]
    for code, name in CONTESTED.items():
        rows.append(_row(code, name, ThreeClass.UNUSED, DateRange(SURVEY3_FROM, REREAD_0404)))
        rows.append(_row(code, name, ThreeClass.AGRICULTURAL, DateRange(REREAD_0404, None)))
    return rows


def _row(code: str, name: str, three: str, valid: DateRange) -> LandClass:
    return LandClass(
        scheme=Scheme.SURVEY3,
        code=code,
        name=name,
        three_class=three,
        is_farmland=code in FARMLAND,
        is_paddy=code == PADDY,
        valid=valid,
    )


def install_classes() -> int:
    """Write the shipped classes of codes that the table does not have yet; give their number."""
    known = set(LandClass.objects.filter(scheme=Scheme.SURVEY3).values_list("code", flat=True))
    return len(LandClass.objects.bulk_create([row for row in _rows() if row.code not in known]))


_NAMES = Prepared(
    lambda scheme, day: LandClass.objects.filter(scheme=scheme, valid__contains=day)
    .values_list("code", "name")
)  # fmt: skip


def names_on(day: dt.date, scheme: str = Scheme.SURVEY3) -> dict[str, str]:
    """Class name by code in a scheme on a day. One query."""
    return dict(_NAMES(str(scheme), day))


@lru_cache(maxsize=1)
def survey_names() -> dict[str, str]:
    """The survey's own names, for reading a layer: the file decides nothing about its codes."""
    return {**AGRICULTURAL, **CONSTRUCTION, **UNUSED, **CONTESTED}
