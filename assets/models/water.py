"""Water works 供水与灌溉工程: whom they serve, what water costs, who vouches for it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from assets.codes_networks import Charging, Grade, IrrigationScale, WaterScale
from registry.models.history import tracked
from registry.models.marks import kept, marks

from .details import Detail, Figures, at_most_hundred, count, measure, not_negative, once


@tracked()
class WaterWorks(Detail):
    """Rural water supply works. 中文：农村供水工程

    The water keeper (管水员) is the named person of the upkeep duty.
    """

    scale = models.CharField(
        _("kind of supply"), max_length=14, choices=WaterScale.choices, blank=True
    )  # 工程类型
    source_name = models.CharField(_("water source"), max_length=120, blank=True)  # 水源
    stable_source = models.BooleanField(_("source is stable"), null=True, blank=True)  # 水源是否稳定
    design_people = count(_("people it is designed for"))  # 设计供水人口
    actual_people = count(_("people served"))  # 实际服务人口
    households = count(_("households served"))  # 供水户数
    villages_served = models.CharField(_("natural villages served"), max_length=400, blank=True)  # 覆盖自然村
    design_m3d = measure(_("designed supply (m³ a day)"))  # 设计供水规模
    supply_m3 = measure(_("supply of the year (m³)"), 14)  # 年实际供水量
    leakage = measure(_("leakage (%)"), 5)  # 管网漏损率
    full_cost = measure(_("full cost (yuan/m³)"), 8)  # 全成本水价
    running_cost = measure(_("running cost (yuan/m³)"), 8)  # 运行成本水价
    price = measure(_("price charged (yuan/m³)"), 8)  # 居民执行水价
    charging = models.CharField(_("charged"), max_length=10, choices=Charging.choices, blank=True)  # 计费方式
    collection_rate = measure(_("fees collected (%)"), 5)  # 水费收缴率
    subsidy = models.CharField(_("source of the subsidy"), max_length=120, blank=True)  # 补贴来源
    convenience = models.CharField(
        _("convenience of fetching water"), max_length=6, choices=Grade.choices, blank=True
    )  # 用水方便程度
    guarantee = models.CharField(
        _("guarantee of supply"), max_length=6, choices=Grade.choices, blank=True
    )  # 供水保证率
    repair_plan = models.CharField(_("repair plan"), max_length=200, blank=True)  # 维修改造计划
    report_on = models.DateField(_("quality report of"), null=True, blank=True)  # 水质检测报告日期
    disinfection = models.BooleanField(_("disinfected"), null=True, blank=True)  # 是否消毒
    health_until = models.DateField(
        _("health certificate of the keeper until"), null=True, blank=True
    )  # 管水员健康证有效期
    unified = models.BooleanField(
        _("under unified management of the county"), null=True, blank=True
    )  # 县级统管
    unified_operator = models.CharField(_("unified operator"), max_length=160, blank=True)  # 统管单位

    class Meta:
        verbose_name = _("water supply works")
        verbose_name_plural = _("water supply works")
        constraints = [
            once("waterworks_once"),
            not_negative(
                "waterworks_measures", "design_m3d", "supply_m3", "full_cost", "running_cost", "price"
            ),
            at_most_hundred("waterworks_percent", "leakage", "collection_rate"),
        ]
        triggers = [*marks("unit", "unit_id"), kept()]


@tracked()
class IrrigationWorks(Detail):
    """Irrigation works. 中文：农田水利工程

    ``entrusted``: the document by which the beneficiaries entrust somebody else with the upkeep.
    """

    scale = models.CharField(_("scale"), max_length=8, choices=IrrigationScale.choices, blank=True)  # 规模
    source_name = models.CharField(_("water source"), max_length=120, blank=True)  # 水源
    flow_m3s = measure(_("flow (m³/s)"), 10, 3)  # 设计流量
    canal_km = measure(_("canals (km)"), 9, 3)  # 渠道长度
    lined_km = measure(_("lined canals (km)"), 9, 3)  # 衬砌长度
    irrigated_mu = measure(_("irrigated area (mu)"), 10)  # 灌溉面积（亩）
    planting = models.CharField(_("what is planted"), max_length=120, blank=True)  # 种植结构
    built_year = models.PositiveSmallIntegerField(_("year built"), null=True, blank=True)  # 建成年度
    rebuilt_year = models.PositiveSmallIntegerField(_("year rebuilt"), null=True, blank=True)  # 改建年度
    entrusted = models.CharField(_("entrustment with the upkeep"), max_length=160, blank=True)  # 委托管护协议

    class Meta:
        verbose_name = _("irrigation works")
        verbose_name_plural = _("irrigation works")
        constraints = [
            once("irrigationworks_once"),
            not_negative("irrigationworks_measures", "flow_m3s", "canal_km", "lined_km", "irrigated_mu"),
        ]
        triggers = [*marks("unit", "unit_id"), kept()]


@tracked()
class LandTransfer(Figures):
    """Farmland that the works water went to somebody else on a day. 中文：受益农田流转

    ``restated_on``: the day on which it was agreed anew who keeps the works up (农田水利条例第十八条).
    """

    area_mu = measure(_("area (mu)"), 10)  # 流转面积（亩）
    receiver = models.CharField(_("who took the land over"), max_length=160, blank=True)  # 流入方
    restated_on = models.DateField(_("upkeep agreed anew on"), null=True, blank=True)  # 重新约定管护日期

    class Meta:
        verbose_name = _("transfer of irrigated farmland")
        verbose_name_plural = _("transfers of irrigated farmland")
        ordering = ["-on", "-id"]
        constraints = [once("landtransfer_once", "on"), not_negative("landtransfer_area", "area_mu")]
        triggers = [*marks("unit", "unit_id"), kept()]
