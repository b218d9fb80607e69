"""The columns of survey deliveries, and how the columns of a file are recognised. 中文：图层字段

Fields are known by their codes (DLBM), in whatever case, and by their Chinese names (地类编码), which a .dbf
cuts after five characters. Personal columns (X01) are never read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from land.models import VintageKind
from registry.errors import BadInput

PERSONAL = {
    "ZRRZJHM": ("责任人证件号码", "责任人证件号"),
    "ZRRMC": ("责任人名称", "责任人姓名"),
    "ZZRR": ("责任人",),
    "LXDH": ("联系电话",),
    "JZDZ": ("居住地址", "家庭住址"),
}  # X01

Columns = dict[str, tuple[str, tuple[str, ...]]]  # code of the standard: (field of the row, Chinese names)

SURVEY: Columns = {
    "BSM": ("bsm", ("标识码",)),
    "TBBH": ("tbbh", ("图斑编号",)),
    "DLBM": ("class_code", ("地类编码", "地类代码")),
    "DLMC": ("class_name", ("地类名称",)),
    "ZLDWDM": ("village_code", ("坐落单位代码",)),
    "TBMJ": ("gross_m2", ("图斑面积",)),
    "KCXS": ("deduction_ratio", ("扣除地类系数", "田坎系数", "扣除系数")),
    "KCMJ": ("deduction_m2", ("扣除地类面积", "扣除面积", "田坎面积")),
    "TBDLMJ": ("counted_m2", ("图斑地类面积",)),
    "GDPDJB": ("slope_grade", ("耕地坡度级别", "耕地坡度级")),
    "GDDB": ("quality_grade", ("耕地等别",)),
    "SJNF": ("data_year", ("数据年份",)),
    "ZZSXDM": ("ZZSXDM", ("种植属性代码",)),  # kept beside, under its code
    "TBXHDM": ("TBXHDM", ("图斑细化代码",)),
}
FARMLAND_ZONE: Columns = {
    **{
        key: SURVEY[key]
        for key in (
            *("DLBM", "DLMC", "ZLDWDM", "KCXS", "KCMJ", "GDPDJB", "GDDB", "SJNF", "ZZSXDM", "TBXHDM"),
        )
    },
    "YJJBNTTBBH": ("bsm", ("永久基本农田图斑编号",)),
    "JBNTTBBH": ("bsm", ("基本农田图斑编号",)),
    "BSM": ("bsm", ("标识码",)),
    "YJJBNTTBMJ": ("gross_m2", ("永久基本农田图斑面积",)),
    "TBMJ": ("gross_m2", ("图斑面积",)),
    "YJJBNTMJ": ("counted_m2", ("永久基本农田面积",)),
    "JBNTMJ": ("counted_m2", ("基本农田面积",)),
    "BHKSSJ": ("protected_from", ("保护开始时间",)),
    "BHJSSJ": ("protected_to", ("保护结束时间",)),
}
CONTROL: Columns = {
    "HXBM": ("bsm", ("红线编码",)),
    "GHFQDM": ("bsm", ("规划分区代码",)),
    "BSM": ("bsm", ("标识码",)),
    "ZLDWDM": ("village_code", ("坐落单位代码",)),
    "MJ": ("gross_m2", ("面积",)),
    "SJNF": ("data_year", ("数据年份",)),
}
APPROVED: Columns = {
    "BSM": ("bsm", ("标识码",)),
    "TBBH": ("bsm", ("图斑编号", "地块编号")),
    "XMBH": ("bsm", ("项目编号",)),
    "DLBM": SURVEY["DLBM"],
    "ZLDWDM": ("village_code", ("坐落单位代码",)),
    "PZMJ": ("gross_m2", ("批准面积", "面积")),
    "TBMJ": ("gross_m2", ("图斑面积",)),
    "PZRQ": ("protected_from", ("批准日期", "批准时间")),
    "SJNF": ("data_year", ("数据年份",)),
}
CLUE: Columns = {
    "JCBH": ("bsm", ("监测编号", "监测图斑编号")),
    "BSM": ("bsm", ("标识码",)),
    "DLBM": SURVEY["DLBM"],
    "ZLDWDM": ("village_code", ("坐落单位代码",)),
    "MJ": ("gross_m2", ("面积", "监测面积", "图斑面积")),
    "SJNF": ("data_year", ("数据年份",)),
}
INCREMENT: Columns = {  # DLTBGXGC: one row a piece of ground, its state before (BGQ) and after (BGH)
    "BGHTBBSM": ("bsm", ("变更后图斑标识码",)),
    "BSM": ("bsm", ("标识码",)),
    "BGQTBBSM": ("old_bsm", ("变更前图斑标识码",)),
    "BGHDLBM": ("class_code", ("变更后地类编码",)),
    "BGQDLBM": ("old_class", ("变更前地类编码",)),
    "BGHZLDWDM": ("village_code", ("变更后坐落单位代码",)),
    "BGQZLDWDM": ("old_village_code", ("变更前坐落单位代码",)),
    "BGHKCXS": ("deduction_ratio", ("变更后扣除地类系数",)),
    "BGQKCXS": ("old_ratio", ("变更前扣除地类系数",)),
    "TBBGMJ": ("gross_m2", ("图斑变更面积",)),
    "XZQTZLX": ("transfer", ("行政区调整类型",)),
    "GXSJ": ("updated_on", ("更新时间",)),
}
RESERVE: Columns = {
    **FARMLAND_ZONE,
    "MJ": ("gross_m2", ("面积",)),
    "TBDLMJ": ("counted_m2", ("图斑地类面积",)),
}


@dataclass(frozen=True)
class Layout:
    """What a kind of layer has: its columns, which of them must be there, and marks of another kind."""

    columns: Columns
    required: tuple[str, ...] = ()
    own: tuple[str, ...] = ()  # marks of this kind
    foreign: tuple[str, ...] = ()  # marks of another kind: they tell what was meant when no own mark is there
    farmland: bool = False  # ridges, classes and counted areas are checked


LAYOUTS: dict[str, Layout] = {
    VintageKind.PARCELS: Layout(
        SURVEY,
        required=("DLBM",),
        own=("TBDLMJ", "TBMJ"),
        foreign=("YJJBNTTBBH", "YJJBNTMJ", "YJJBNTTBMJ"),
        farmland=True,
    ),
    VintageKind.BASIC_FARMLAND: Layout(
        FARMLAND_ZONE,
        own=("YJJBNTTBBH", "YJJBNTMJ", "YJJBNTTBMJ", "BHKSSJ", "JBNTTBBH", "JBNTMJ"),
        foreign=("TBDLMJ", "GHFQDM", "HXBM"),
        farmland=True,
    ),
    VintageKind.BASIC_FARMLAND_RESERVE: Layout(RESERVE, foreign=("GHFQDM", "HXBM"), farmland=True),
    VintageKind.ECOLOGICAL_RED_LINE: Layout(CONTROL, foreign=("TBDLMJ", "YJJBNTMJ", "GHFQDM")),
    VintageKind.URBAN_BOUNDARY: Layout(CONTROL, foreign=("TBDLMJ", "YJJBNTMJ", "HXBM")),
    VintageKind.APPROVALS: Layout(APPROVED, own=("PZWH", "PZMJ"), foreign=("YJJBNTMJ", "HXBM", "GHFQDM")),
    VintageKind.TEMPORARY_LAND: Layout(
        APPROVED, own=("PZWH", "PZMJ"), foreign=("YJJBNTMJ", "HXBM", "GHFQDM")
    ),
    VintageKind.INCREMENT: Layout(
        INCREMENT, required=("BGQDLBM", "BGHDLBM"), own=("TBBGMJ",), foreign=("YJJBNTMJ", "HXBM", "GHFQDM")
    ),
    VintageKind.CLUES: Layout(CLUE, own=("JCBH", "TBLX"), foreign=("YJJBNTMJ", "HXBM", "GHFQDM")),
}


@dataclass(frozen=True)
class Mapping:
    """Which column of the file gives which field; what is dropped; what is kept beside."""

    fields: dict[str, str]  # field of the row: column of the file
    titles: dict[str, str]  # field of the row: code of the standard, for messages
    personal: tuple[str, ...]  # columns of the file that are not read
    other: tuple[str, ...] = field(default=())  # columns kept as they are


def _spellings(code: str, chinese: Iterable[str]) -> set[str]:
    names = {code.upper(), *chinese}
    return names | {name[:5] for name in chinese if len(name) > 5}


def find_column(columns: Iterable[str], code: str, chinese: Iterable[str] = ()) -> str | None:
    """The column of a file that stands for a code of the standard."""
    wanted = _spellings(code, chinese)
    return next((column for column in columns if column.strip().upper() in wanted), None)


def _personal(columns: Iterable[str]) -> tuple[str, ...]:
    wanted = {name for code, chinese in PERSONAL.items() for name in _spellings(code, chinese)}
    return tuple(column for column in columns if column.strip().upper() in wanted)


def map_columns(kind: str, columns: list[str]) -> Mapping:
    """Recognise the columns of a layer.

    Raises ``BadInput`` ("columns"): a required column is missing, or the layer is of another kind.
    """
    layout = LAYOUTS[kind]
    personal = _personal(columns)
    open_columns = [column for column in columns if column not in personal]
    _refuse_foreign(kind, layout, open_columns)
    fields: dict[str, str] = {}
    titles: dict[str, str] = {}
    for code, (name, chinese) in layout.columns.items():
        found = find_column(open_columns, code, chinese)
        if found and name not in fields:
            fields[name], titles[name] = found, code
    _refuse_missing(layout, open_columns)
    used = set(fields.values())
    other = tuple(column for column in open_columns if column not in used)
    return Mapping(fields, titles, personal, other)


def _refuse_missing(layout: Layout, columns: list[str]) -> None:
    missing = [code for code in layout.required if not find_column(columns, code, layout.columns[code][1])]
    if not missing:
        return
    raise BadInput(
        _("The layer has no column %(missing)s. It has: %(found)s. Expected: %(expected)s.")
        % {
            "missing": "、".join(f"{code}（{layout.columns[code][1][0]}）" for code in missing),
            "found": "、".join(columns) or _("none"),
            "expected": "、".join(layout.columns),
        },
        "columns",
    )


def _refuse_foreign(kind: str, layout: Layout, columns: list[str]) -> None:
    marks = [code for code in layout.foreign if find_column(columns, code)]
    if not marks or any(find_column(columns, code) for code in layout.own):
        return
    raise BadInput(
        _("The layer has the column %(marks)s and is not a layer of the kind “%(kind)s”. Choose its kind.")
        % {"marks": "、".join(marks), "kind": VintageKind(kind).label},
        "columns",
    )
