"""The own facts of each kind of asset as data: their fields, and the titles that offices give them.

中文：专项信息定义。From here come forms, panels of the unit's page, the columns of ledgers in and out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from assets import models as tables
from assets.codes import Subtype
from assets.models.details import Figures, Own
from registry.codes import UnitKind


@dataclass(frozen=True, kw_only=True)
class Part:
    """One field. ``heads``: its titles in files, the customary one first; ``words``: words of its codes."""

    name: str
    heads: str
    words: str = ""

    @property
    def head(self) -> str:
        return self.heads.split()[0]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """The own facts of a kind of units: one row a unit, or one a unit and day (``series``)."""

    key: str
    model: type[Own]
    title: Any
    parts: tuple[Part, ...]
    subtypes: tuple[str, ...] = ()
    unit_kind: str = UnitKind.ASSET
    icon: str = "ledger"
    panel: str = "own"  # of the unit's page
    identity: tuple[str, ...] = ()  # what tells the rows of one unit apart, where a day alone does not
    outlives: bool = False  # recorded of units that have left the register too
    at_once: bool = True  # asked when the asset is registered; else entered on its page, where there is any

    @property
    def keys(self) -> tuple[str, ...]:
        """Fields that tell the rows of one unit apart."""
        return self.identity or (("on",) if issubclass(self.model, Figures) else ())

    @property
    def series(self) -> bool:
        """Whether a unit has several rows."""
        return bool(self.keys)

    def column(self, part: Part) -> models.Field:
        return self.model._meta.get_field(part.name)  # type: ignore[return-value]

    def fits(self, unit: Any, subtype: str) -> bool:
        """Whether a unit has facts of this kind."""
        return bool(unit.kind == self.unit_kind and (not self.subtypes or subtype in self.subtypes))


def _parts(*rows: tuple[str, ...]) -> tuple[Part, ...]:
    return tuple(Part(name=name, heads=heads, words="".join(words)) for name, heads, *words in rows)


ROADS = Kind(
    key="roads",
    model=tables.RoadSection,
    title=_("Road section"),
    icon="road",
    subtypes=(Subtype.ROAD,),
    parts=_parts(
        ("number", "路段编号 路段编码 路段序列号"),
        ("start_name", "起点名称 起点"),
        ("start_stake", "起点桩号"),
        ("end_name", "止点名称 终点名称 止点"),
        ("end_stake", "止点桩号 终点桩号"),
        ("mileage_km", "里程（公里） 里程 实际里程 路线里程"),
        ("technical_class", "技术等级 公路等级", "technical_class"),
        ("surface", "面层类型 路面类型 路面面层类型", "surface"),
        ("subgrade_m", "路基宽度（米） 路基宽度 路基宽"),
        ("width_m", "路面宽度（米） 路面宽度 路面宽"),
        ("lanes", "车道数"),
        ("all_weather", "是否晴雨通车 晴雨通车"),
        ("built_year", "建成年度 修建年度 新建年度"),
        ("rebuilt_year", "改建年度"),
        ("purpose", "道路用途 用途 道路类型", "purpose"),
        ("remark", "备注 说明"),
    ),
)
WATER = Kind(
    key="water_works",
    model=tables.WaterWorks,
    title=_("Water supply works"),
    icon="water",
    subtypes=(Subtype.WATER_SUPPLY,),
    parts=_parts(
        ("scale", "工程类型 供水工程类型 工程规模", "scale"),
        ("source_name", "水源 水源名称 水源类型"),
        ("stable_source", "水源是否稳定 水源稳定"),
        ("design_people", "设计供水人口 设计人口"),
        ("actual_people", "实际服务人口 供水人口 受益人口 实际供水人口"),
        ("households", "供水户数 供水到户数 受益户数"),
        ("villages_served", "覆盖自然村 供水自然村"),
        ("design_m3d", "设计供水规模（立方米/日） 设计供水规模 供水规模"),
        ("supply_m3", "年实际供水量（立方米） 年实际供水量 年供水量"),
        ("leakage", "管网漏损率（%） 管网漏损率"),
        ("full_cost", "全成本水价（元/立方米） 全成本水价"),
        ("running_cost", "运行成本水价（元/立方米） 运行成本水价"),
        ("price", "居民执行水价（元/立方米） 居民执行水价 执行水价"),
        ("charging", "计费方式 收费方式", "charging"),
        ("collection_rate", "水费收缴率（%） 水费收缴率"),
        ("subsidy", "补贴来源 补助来源"),
        ("convenience", "用水方便程度", "grade"),
        ("guarantee", "供水保证率 供水保证程度", "grade"),
        ("repair_plan", "维修改造计划 维修计划"),
        ("report_on", "水质检测报告日期 水质检测日期"),
        ("disinfection", "是否消毒 消毒设备"),
        ("health_until", "管水员健康证有效期 健康证有效期"),
        ("unified", "是否县级统管 县级统管 是否统管"),
        ("unified_operator", "统管单位 县级统管单位"),
        ("remark", "备注 说明"),
    ),
)
SITE = Kind(
    key="sites",
    model=tables.RelocationSite,
    title=_("Relocation site"),
    icon="home",
    unit_kind=UnitKind.RELOCATION_SITE,
    parts=_parts(
        ("kind", "安置方式 安置类型", "site_kind"),
        ("flats", "住房套数 安置住房套数"),
        ("certificates", "已办不动产权证套数 已办证套数 办证套数"),
        ("land_mu", "占地面积（亩） 占地面积"),
        ("started_on", "开工日期 开工时间"),
        ("completed_on", "住房建成日期 竣工日期 建成日期"),
        ("occupied_on", "入住日期 入住时间 搬迁入住日期"),
        ("committee", "管理机构 管委会"),
        ("property_manager", "物业管理 物业公司"),
        ("adjustment", "永久基本农田调整批复文号 调整批复文号"),
        ("remark", "备注 说明"),
    ),
)
SITE_FIGURES = Kind(
    key="site_figures",
    model=tables.SiteFigures,
    title=_("People and work, month by month"),
    icon="people",
    unit_kind=UnitKind.RELOCATION_SITE,
    parts=_parts(
        ("on", "统计日期 统计月份 截至日期"),
        ("households", "搬迁户数 户数"),
        ("people", "搬迁人数 人数"),
        ("registered_households", "建档立卡户数"),
        ("registered_people", "建档立卡人数"),
        ("accompanying_households", "同步搬迁户数"),
        ("accompanying_people", "同步搬迁人数"),
        ("labour", "劳动力人数 劳动力"),
        ("employed", "就业人数 已就业人数"),
        ("posts", "公益性岗位 公益性岗位人数"),
        ("wages", "工资收入（元） 工资收入"),
        ("jobless_households", "有劳动力零就业户数 零就业户数"),
        ("remark", "统计备注"),
    ),
)
