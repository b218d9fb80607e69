"""The own facts of the other kinds, and all kinds together. 中文：其他资产专项信息定义"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from assets import models as tables
from assets.codes import Subtype
from assets.kinds import ROADS, SITE, SITE_FIGURES, WATER, Kind, _parts
from registry.codes import UnitKind

PUBLIC_WORKS = (
    Subtype.FLOOD, Subtype.SEWAGE, Subtype.WASTE, Subtype.TOILET, Subtype.PARCEL_STATION, Subtype.GRID_LINE,
    Subtype.SANITATION, Subtype.POWER,
)  # fmt: skip
BUILDINGS = (
    Subtype.BUILDING, Subtype.PROCESSING, Subtype.WORKSHOP, Subtype.SERVICE, Subtype.EDUCATION,
    Subtype.HEALTH, Subtype.CULTURE,
)  # fmt: skip
ON_FACILITY_LAND = (Subtype.FARM_BASE, Subtype.PROCESSING)
ON_LEASED_LAND = (*ON_FACILITY_LAND, Subtype.TOURISM)

WORTH = "worth"
DEPRECIATION = Kind(
    key="depreciation",
    model=tables.Depreciation,
    title=_("Depreciation"),
    icon="money",
    panel=WORTH,
    parts=_parts(
        ("on", "折旧截至日期"), ("written_off", "累计折旧"), ("impairment", "减值准备"), ("remark", "备注")
    ),
)
APPRAISALS = Kind(
    key="appraisals",
    model=tables.Appraisal,
    title=_("Valuation reports"),
    icon="paper",
    panel=WORTH,
    identity=("number",),
    parts=_parts(
        ("number", "评估报告编号"),
        ("on", "评估基准日"),
        ("valuer", "评估机构"),
        ("value", "评估价值"),
        ("remark", "备注"),
    ),
)
KINDS: tuple[Kind, ...] = (
    ROADS,
    WATER,
    Kind(
        key="irrigation",
        model=tables.IrrigationWorks,
        title=_("Irrigation works"),
        icon="water",
        subtypes=(Subtype.IRRIGATION,),
        parts=_parts(
            ("scale", "工程规模", "irrigation_scale"),
            ("source_name", "水源"),
            ("flow_m3s", "设计流量"),
            ("canal_km", "渠道长度"),
            ("lined_km", "衬砌长度"),
            ("irrigated_mu", "灌溉面积"),
            ("planting", "种植结构"),
            ("built_year", "建成年度"),
            ("rebuilt_year", "改建年度"),
            ("entrusted", "委托管护协议"),
            ("remark", "备注"),
        ),
    ),
    Kind(
        key="land_transfers",
        model=tables.LandTransfer,
        title=_("Transfers of irrigated farmland"),
        icon="field",
        subtypes=(Subtype.IRRIGATION,),
        parts=_parts(
            ("on", "流转日期"),
            ("area_mu", "流转面积"),
            ("receiver", "流入方"),
            ("restated_on", "重新约定管护日期"),
            ("remark", "备注"),
        ),
    ),
    SITE,
    SITE_FIGURES,
    Kind(
        key="site_works",
        model=tables.SiteWork,
        title=_("Ancillary works"),
        icon="building",
        unit_kind=UnitKind.RELOCATION_SITE,
        identity=("kind", "name"),
        parts=_parts(("kind", "设施类型"), ("name", "设施名称"), ("asset", "对应资产"), ("remark", "备注")),
    ),
    Kind(
        key="old_houses",
        model=tables.OldHouses,
        title=_("Old houses and restored land"),
        icon="field",
        unit_kind=UnitKind.RELOCATION_SITE,
        identity=("on", "place"),
        parts=_parts(
            ("on", "拆除日期"),
            ("place", "迁出地"),
            ("houses", "拆除户数"),
            ("area_mu", "应复垦面积"),
            ("restored_on", "复垦日期"),
            ("restored_mu", "已复垦面积"),
            ("remark", "备注"),
        ),
    ),
    Kind(
        key="workshop_jobs",
        model=tables.WorkshopJobs,
        title=_("Jobs of the workshop"),
        icon="people",
        subtypes=(Subtype.WORKSHOP,),
        parts=_parts(
            ("on", "统计日期"),
            ("jobs", "吸纳就业人数"),
            ("relocated", "其中搬迁群众"),
            ("wages", "工资收入"),
            ("remark", "备注"),
        ),
    ),
    Kind(
        key="solar",
        model=tables.SolarPlant,
        title=_("Solar plant"),
        icon="sun",
        subtypes=(Subtype.SOLAR,),
        parts=_parts(
            ("capacity_kw", "装机容量"),
            ("grid_on", "并网日期"),
            ("tariff", "上网电价"),
            ("account", "发电户号"),
            ("remark", "备注"),
        ),
    ),
    Kind(
        key="solar_years",
        model=tables.SolarYear,
        title=_("Generation by year"),
        icon="sun",
        subtypes=(Subtype.SOLAR,),
        parts=_parts(
            ("on", "截至日期"),
            ("generation_kwh", "发电量"),
            ("income", "发电收入"),
            ("remark", "备注"),
        ),
    ),
    Kind(
        key="claims",
        model=tables.Claim,
        title=_("Terms of the claim"),
        icon="money",
        subtypes=(Subtype.EQUITY,),
        parts=_parts(
            ("counterparty", "入股对象"),
            ("percent", "持股比例"),
            ("begins_on", "起始日期"),
            ("ends_on", "到期日期"),
            ("guarantee_until", "保底截止日期"),
            ("exit_clause", "退出条款"),
            ("remark", "备注"),
        ),
    ),
    Kind(
        key="plantings",
        model=tables.Planting,
        title=_("What is grown, year by year"),
        icon="field",
        subtypes=(Subtype.FARM_BASE,),
        identity=("on", "crop"),
        parts=_parts(
            ("on", "种植日期"),
            ("crop", "作物"),
            ("grain", "是否粮食作物"),
            ("area_mu", "种植面积"),
            ("company", "龙头企业"),
            ("cooperative", "合作社"),
            ("households", "联结农户"),
            ("remark", "备注"),
        ),
    ),
    Kind(
        key="buildings",
        model=tables.BuildingFacts,
        title=_("The building"),
        icon="building",
        subtypes=BUILDINGS,
        parts=_parts(
            ("floor_m2", "建筑面积"),
            ("structure", "结构"),
            ("floors", "层数"),
            ("danger", "房屋安全鉴定结果"),
            ("remark", "备注"),
        ),
    ),
    Kind(
        key="equipment",
        model=tables.EquipmentFacts,
        title=_("The equipment"),
        icon="tool",
        subtypes=(Subtype.EQUIPMENT, Subtype.SMALL_MACHINE),
        parts=_parts(
            ("maker", "厂家型号"),
            ("serial", "出厂编号"),
            ("life_years", "使用年限"),
            ("keeper_place", "存放地点"),
            ("remark", "备注"),
        ),
    ),
    Kind(
        key="public_works",
        model=tables.PublicWorks,
        title=_("The public works"),
        icon="building",
        subtypes=PUBLIC_WORKS,
        parts=_parts(
            ("capacity", "设计能力"),
            ("length_km", "长度"),
            ("served_households", "服务户数"),
            ("open_hours", "开放时间"),
            ("running", "是否正常运行"),
            ("remark", "备注"),
        ),
    ),
    Kind(
        key="facility_land",
        model=tables.AgriFacilityFiling,
        title=_("Agricultural facility land"),
        icon="field",
        subtypes=ON_FACILITY_LAND,
        outlives=True,
        at_once=False,
        parts=_parts(
            ("number", "设施农业用地备案编号"),
            ("use", "生产类型"),
            ("filed_on", "备案日期"),
            ("until", "用地期限至"),
            ("area_m2", "设施用地面积"),
            ("farmland_m2", "其中耕地"),
            ("basic_farmland_m2", "其中永久基本农田"),
            ("closed_on", "停止使用日期"),
            ("restore_by", "恢复期限"),
            ("restored_on", "恢复种植日期"),
            ("remark", "备注"),
        ),
    ),
    Kind(
        key="leased_land",
        model=tables.LeasedLand,
        title=_("Land leased from others"),
        icon="field",
        subtypes=ON_LEASED_LAND,
        identity=("number",),
        at_once=False,
        parts=_parts(
            ("number", "流转合同编号"),
            ("lessor", "流出方"),
            ("area_mu", "流转面积"),
            ("leased_from", "流转起始日期"),
            ("leased_until", "流转终止日期"),
            ("rent", "流转价格"),
            ("remark", "备注"),
        ),
    ),
    DEPRECIATION,
    APPRAISALS,
)
BY_KEY = {kind.key: kind for kind in KINDS}
BY_MODEL = {kind.model: kind for kind in KINDS}


def kinds_of(unit: Any, subtype: str) -> list[Kind]:
    """The kinds of facts that a unit has."""
    return [kind for kind in KINDS if kind.fits(unit, subtype)]
