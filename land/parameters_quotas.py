"""Numbers of law of quotas, approvals and balances, dated. 中文：指标、批复、占补平衡参数"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_lazy as _

from registry.rules.parameters import Default

SPECIAL_MU = "quota_special_mu"  # 脱贫县专项指标（每县每年）
YEAR_END = "quota_year_end"  # 年度指标期末处理
FARMLAND_HA = "approval_farmland_ha"  # 国务院批准征收：耕地
OTHER_HA = "approval_other_ha"  # 国务院批准征收：其他土地
PRE_REVIEW_UNTIL = "pbf_pre_review_until"  # 脱贫县永久基本农田预审特例截止日
SLOPE_DEG = "supplement_slope_deg"  # 补充耕地、补划坡度上限
MEAN_GRADE = "supplement_mean_grade"  # 补充耕地质量不低于上年占用平均等别
LINKAGE_MONTHS = "linkage_months"  # 挂钩周转指标归还期限
LAPSE, CARRY = "lapse", "carry"
OFF, REGISTER = "off", "register"
_SUPPORT_FROM, _SUPPORT_TO = dt.date(2021, 1, 1), dt.date(2026, 1, 1)


def check_day(value: Any) -> str:
    """The name of what is wrong with a day written as text; empty when nothing is."""
    try:
        dt.date.fromisoformat(str(value))
    except ValueError:
        return str(value)
    return ""


def check_grade(value: Any) -> str:
    """off, register, or a grade from 1 to 15."""
    if value in (OFF, REGISTER):
        return ""
    try:
        return "" if 1 <= Decimal(str(value)) <= 15 else str(value)
    except InvalidOperation:
        return str(value)


def check_year_end(value: Any) -> str:
    """Each kind of quota lapses or is carried over."""
    return next((f"{kind}: {way}" for kind, way in value.items() if way not in (LAPSE, CARRY)), "")


def _special(value: int, begin: dt.date, end: dt.date | None, source: str) -> Default:
    return Default(
        SPECIAL_MU,
        value,
        source,
        valid_from=begin,
        valid_to=end,
        label=_("special quota of a poverty county a year; 0: none is given"),
        unit=_("mu"),
    )


DEFAULTS = (
    _special(0, dt.date(2012, 11, 8), _SUPPORT_FROM, "过渡期前未设专项指标"),
    _special(
        600, _SUPPORT_FROM, _SUPPORT_TO, "自然资源部办公厅2022年11月支持巩固拓展通知：每个脱贫县每年600亩"
    ),
    _special(0, _SUPPORT_TO, None, "过渡期至2025年底；如国家续期，由县级按新文件录入"),
    Default(
        YEAR_END,
        {"poverty_special": LAPSE, "general": LAPSE, "linkage_surplus": CARRY, "existing_stock": CARRY},
        "产品默认值；年度指标是否结转由县级按当年计划文件确定",
        label=_("what becomes of a quota at the end of its year"),
        check=check_year_end,
    ),
    Default(
        FARMLAND_HA,
        "35",
        "土地管理法第四十六条：征收永久基本农田以外的耕地超过三十五公顷的由国务院批准",
        label=_("farmland up to which the province approves expropriation"),
        unit=_("hectares"),
    ),
    Default(
        OTHER_HA,
        "70",
        "土地管理法第四十六条：征收其他土地超过七十公顷的由国务院批准",
        label=_("other land up to which the province approves expropriation"),
        unit=_("hectares"),
    ),
    Default(
        PRE_REVIEW_UNTIL,
        "2024-01-02",
        "自然资源部办公厅2022年11月支持巩固拓展通知：占用永久基本农田预审特例执行至2024年1月2日",
        label=_("last day of the pre-review privilege of poverty counties"),
        check=check_day,
    ),
    Default(
        SLOPE_DEG,
        "25",
        "补充耕地质量验收办法（试行）2025年9月；永久基本农田保护红线管理办法：不超过25度（含）",
        label=_("steepest slope of new farmland and of basic farmland"),
        unit=_("degrees"),
    ),
    Default(
        MEAN_GRADE,
        OFF,
        "2025年9月前未作要求",
        valid_to=dt.date(2025, 9, 1),
        label=_("grade that new farmland must reach: off, register (mean of last year), or a grade"),
        check=check_grade,
    ),
    Default(
        MEAN_GRADE,
        REGISTER,
        "补充耕地质量验收办法（试行）2025年9月：不低于上年度本县建设占用耕地平均质量",
        valid_from=dt.date(2025, 9, 1),
        label=_("grade that new farmland must reach: off, register (mean of last year), or a grade"),
        check=check_grade,
    ),
    Default(
        LINKAGE_MONTHS,
        36,
        "国土资发〔2008〕138号：挂钩周转指标三年内归还",
        label=_("months within which a linkage project gives its quota back"),
        unit=_("months"),
    ),
)
