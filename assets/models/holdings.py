"""What earns: workshops, plants, bases, claims; buildings, equipment, public works. 中文：资产专项信息"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.models.history import tracked
from registry.models.marks import kept, marks

from .details import Detail, Figures, at_most_hundred, count, measure, not_negative, once


@tracked()
class WorkshopJobs(Figures):
    """Jobs of a workshop on a day. 中文：帮扶车间就业台账"""

    jobs = models.PositiveIntegerField(_("jobs"))  # 吸纳就业人数
    relocated = count(_("of it relocated people"))  # 其中搬迁群众
    wages = measure(_("wage income (yuan)"), 14)  # 工资收入（元）

    class Meta:
        verbose_name = _("jobs of a workshop")
        verbose_name_plural = _("jobs of workshops")
        ordering = ["-on", "-id"]
        constraints = [
            once("workshopjobs_once", "on"),
            not_negative("workshopjobs_wages", "wages"),
            models.CheckConstraint(
                condition=Q(relocated=None) | Q(relocated__lte=F("jobs")),
                name="workshopjobs_relocated",
                violation_error_message=_("More relocated people than jobs were given."),
            ),
        ]
        triggers = [*marks("unit", "unit_id"), kept()]


@tracked()
class SolarPlant(Detail):
    """A photovoltaic plant. 中文：光伏电站"""

    capacity_kw = measure(_("capacity (kW)"))  # 装机容量（千瓦）
    grid_on = models.DateField(_("on the grid since"), null=True, blank=True)  # 并网日期
    tariff = measure(_("price per kWh (yuan)"), 8, 4)  # 上网电价
    account = models.CharField(_("number at the grid company"), max_length=60, blank=True)  # 发电户号

    class Meta:
        verbose_name = _("solar plant")
        verbose_name_plural = _("solar plants")
        constraints = [once("solarplant_once"), not_negative("solarplant_measures", "capacity_kw", "tariff")]
        triggers = [*marks("unit", "unit_id"), kept()]


@tracked()
class SolarYear(Figures):
    """What a plant generated up to a day since the year began. 中文：发电量"""

    generation_kwh = models.DecimalField(
        _("generation (kWh)"), max_digits=14, decimal_places=2
    )  # 发电量（千瓦时）
    income = measure(_("income (yuan)"), 14)  # 发电收入（元）

    class Meta:
        verbose_name = _("generation of a year")
        verbose_name_plural = _("generation by year")
        ordering = ["-on", "-id"]
        constraints = [
            once("solaryear_once", "on"),
            not_negative("solaryear_measures", "generation_kwh", "income"),
        ]
        triggers = [*marks("unit", "unit_id"), kept()]


@tracked()
class Claim(Detail):
    """Equity or a claim: on whom, for how long, and the way out. 中文：权益类资产"""

    counterparty = models.CharField(
        pgettext_lazy("of an equity", "counterparty"), max_length=160, blank=True
    )  # 入股（出借）对象
    percent = measure(_("share (%)"), 7, 4)  # 持股比例
    begins_on = models.DateField(_("begins on"), null=True, blank=True)  # 起始日期
    ends_on = models.DateField(pgettext_lazy("an equity", "ends on"), null=True, blank=True)  # 到期日期
    guarantee_until = models.DateField(_("guaranteed until"), null=True, blank=True)  # 保底（担保）截止日期
    exit_clause = models.CharField(_("exit clause"), max_length=255, blank=True)  # 退出条款

    class Meta:
        verbose_name = _("terms of a claim")
        verbose_name_plural = _("terms of claims")
        constraints = [
            once("claim_once"),
            at_most_hundred("claim_percent", "percent"),
            models.CheckConstraint(
                condition=Q(begins_on=None) | Q(ends_on=None) | Q(ends_on__gt=F("begins_on")),
                name="claim_term",
                violation_error_message=_("A claim ends after it begins."),
            ),
        ]
        triggers = [*marks("unit", "unit_id"), kept()]


@tracked()
class BuildingFacts(Detail):
    """A building. 中文：房屋建筑"""

    floor_m2 = measure(_("floor area (m²)"))  # 建筑面积
    structure = models.CharField(_("structure"), max_length=60, blank=True)  # 结构
    floors = models.PositiveSmallIntegerField(_("floors"), null=True, blank=True)  # 层数
    danger = models.CharField(_("result of the safety survey"), max_length=60, blank=True)  # 房屋安全鉴定结果

    class Meta:
        verbose_name = _("facts of a building")
        verbose_name_plural = _("facts of buildings")
        constraints = [once("buildingfacts_once"), not_negative("buildingfacts_area", "floor_m2")]
        triggers = [*marks("unit", "unit_id"), kept()]


@tracked()
class EquipmentFacts(Detail):
    """A machine or a set of equipment. 中文：设备"""

    maker = models.CharField(_("maker and model"), max_length=120, blank=True)  # 厂家型号
    serial = models.CharField(
        pgettext_lazy("of a machine", "serial number"), max_length=60, blank=True
    )  # 出厂编号
    life_years = models.PositiveSmallIntegerField(
        _("years it should last"), null=True, blank=True
    )  # 使用年限
    keeper_place = models.CharField(_("where it is kept"), max_length=120, blank=True)  # 存放地点

    class Meta:
        verbose_name = _("facts of equipment")
        verbose_name_plural = _("facts of equipment")
        constraints = [once("equipmentfacts_once")]
        triggers = [*marks("unit", "unit_id"), kept()]


@tracked()
class PublicWorks(Detail):
    """Flood works, sewage and waste works, toilets, parcel stations, grid lines. 中文：公共设施"""

    capacity = models.CharField(_("capacity"), max_length=80, blank=True)  # 设计能力
    length_km = measure(_("length (km)"), 9, 3)  # 长度
    served_households = count(_("households served"))  # 服务户数
    open_hours = models.CharField(pgettext_lazy("of a toilet", "open"), max_length=60, blank=True)  # 开放时间
    running = models.BooleanField(_("running"), null=True, blank=True)  # 是否正常运行

    class Meta:
        verbose_name = _("facts of public works")
        verbose_name_plural = _("facts of public works")
        constraints = [once("publicworks_once"), not_negative("publicworks_length", "length_km")]
        triggers = [*marks("unit", "unit_id"), kept()]


@tracked()
class Planting(Figures):
    """What a base grows in a year, with whom, and what the red line says of it. 中文：产业基地种植计划

    The chain (双绑): the company binds the cooperative, the cooperative binds the households. ``on`` is the
    first day of planting; ``verdict`` is the red-line check of the base's outline on that day.
    """

    crop = models.CharField(_("crop"), max_length=60)  # 作物
    area_mu = measure(_("planted area (mu)"), 10)  # 种植面积（亩）
    grain = models.BooleanField(_("grain"), default=False)  # 是否粮食作物
    company = models.CharField(_("leading company"), max_length=160, blank=True)  # 龙头企业
    cooperative = models.CharField(_("cooperative"), max_length=160, blank=True)  # 合作社
    households = count(_("households bound"))  # 联结农户
    verdict = models.CharField(
        _("red-line verdict"), max_length=10, blank=True, editable=False
    )  # 红线核查结论
    basic_farmland_m2 = models.DecimalField(
        _("of it basic farmland (m²)"), max_digits=14, decimal_places=2, null=True, blank=True, editable=False
    )  # 其中永久基本农田

    class Meta:
        verbose_name = _("planting of a base")
        verbose_name_plural = _("planting of bases")
        ordering = ["-on", "-id"]
        constraints = [once("planting_once", "on", "crop"), not_negative("planting_area", "area_mu")]
        triggers = [*marks("unit", "unit_id"), kept()]
