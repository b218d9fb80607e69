"""Parameters of roads, water works and relocation sites. 中文：道路、供水、安置点参数"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from registry.rules.parameters import Default

HARDEN_HOUSEHOLDS = "road_harden_households"  # 通硬化路户数标准
UPGRADE_HOUSEHOLDS = "road_upgrade_households"  # 道路提质户数标准
HARDENED = "road_hardened_surfaces"  # 硬化路面类型
UPGRADED = "road_upgraded"  # 提质标准
REACH = "road_reach_m"  # 通达距离
SEAT_REACH = "road_seat_reach_m"  # 乡镇驻地至路网距离
SNAP = "road_snap_m"  # 路网衔接容差
LENGTH_TOLERANCE = "length_tolerance"  # 里程容差
STAKE_GAP = "road_stake_gap_km"  # 桩号衔接容差
DAILY_FLOOR = "road_daily_floor"  # 日常养护补助标准
CONTROL_ZONE = "road_control_zone_m"  # 建筑控制区范围
COLLECTION_TARGET = "water_collection_target"  # 水费收缴率目标
REPORT_DAYS = "water_report_days"  # 水质报告有效天数
PUBLIC_SOURCES = "public_funding_sources"  # 财政性资金来源
IRRIGATION_BODIES = "irrigation_upkeep_bodies"  # 小型农田水利管护主体
RESTORE_MONTHS = "site_restore_months"  # 拆旧复垦期限
FACILITY_MONTHS = "facility_restore_months"  # 设施农业用地恢复期限
CERTIFICATE_MONTHS = "site_certificate_months"  # 安置住房办证期限
IDLE_DAYS = "idle_after_days"  # 闲置认定天数 (assets.rules.recovery)

_FOUNDING = "建设要求：50 户以上自然村通硬化路，30 户以上自然村道路提质改造"
_OWN = "产品默认值，由县级确定"
_CERTIFICATES = _("months from completion of the housing to certificates for all flats")


def _check_surfaces(value: Any) -> str:
    from assets.codes_networks import Surface

    return next((word for word in value if word not in Surface.values), "")


def _check_upgraded(value: Any) -> str:
    from assets.codes_networks import RoadClass

    return next((word for word in value["classes"] if word not in RoadClass.values), "")


ROADS = (
    Default(HARDEN_HOUSEHOLDS, 50, _FOUNDING, label=_("households that need a hardened road"),
            unit=_("households")),
    Default(UPGRADE_HOUSEHOLDS, 30, _FOUNDING, label=_("households from which the road is to be upgraded"),
            unit=_("households")),
    Default(HARDENED, ["cement", "asphalt", "blocks"], _OWN, label=_("surfaces that count as hardened"),
            check=_check_surfaces),
    Default(UPGRADED, {"classes": ["first", "second", "third", "fourth", "fourth_1"], "width_m": "4.5"},
            "产品默认值：四级（Ⅰ类）及以上，或路面宽度不小于 4.5 米；由县级确定",
            label=_("upgraded: technical class, or width of the surface"), check=_check_upgraded),
    Default(REACH, 300, _OWN, label=_("distance within which a road serves a village"), unit=_("metres")),
    Default(SEAT_REACH, 500, _OWN, label=_("distance from the seat of a township to its roads"),
            unit=_("metres")),
    Default(SNAP, "15", _OWN, label=_("distance within which ends of sections meet"), unit=_("metres")),
    Default(LENGTH_TOLERANCE, "5/100", "产品默认值 5%，由县级确定",
            label=_("how far mileage may differ from the line")),
    Default(STAKE_GAP, "0.010", _OWN, label=_("how far stakes of neighbouring sections may differ"),
            unit=_("kilometres")),
    Default(DAILY_FLOOR, {"X": 10000, "Y": 5000, "C": 3000},
            "国办发〔2019〕45号：县道每年每公里 10000 元、乡道 5000 元、村道 3000 元",
            label=_("daily upkeep of a road for a year and kilometre"), unit=_("yuan")),
    Default(CONTROL_ZONE, {"X": 10, "Y": 5, "C": 3},
            "公路安全保护条例：县道 10 米、乡道 5 米；村道 3 米为产品默认值，由县级确定",
            label=_("control zone from the edge of the roadbed"), unit=_("metres")),
)  # fmt: skip
WATER = (
    Default(COLLECTION_TARGET, 90, _OWN, label=_("fees of water that must be collected"), unit=_("per cent")),
    Default(REPORT_DAYS, 365, _OWN, label=_("days that a report on water quality holds"), unit=_("days")),
    Default(PUBLIC_SOURCES, ["central", "province", "prefecture", "county", "east_west", "bond", "sector"],
            "财政性资金来源，由县级确定", label=_("funding sources that are public money")),
    Default(IRRIGATION_BODIES,
            ["village_collective", "village_committee", "cooperative", "household", "person", "group"],
            "农田水利条例第十八条：受益农村集体经济组织、用水合作组织、农民",
            label=_("who keeps up small irrigation works")),
)  # fmt: skip
SITES = (
    Default(RESTORE_MONTHS, 12, "产品默认值（参照土地复垦规定），由县级确定",
            label=_("months from demolition of old houses to the restored land"), unit=_("months")),
    Default(FACILITY_MONTHS, 12,
            "土地管理法实施条例第十一条“及时组织恢复种植条件”；月数为产品默认值，由县级确定",
            label=_("months from the end of a facility to land that is fit for growing"), unit=_("months")),
    Default(CERTIFICATE_MONTHS, 24, "产品默认值：住房建成两年内办证", label=_CERTIFICATES, unit=_("months")),
)  # fmt: skip
DEFAULTS = (*ROADS, *WATER, *SITES)
