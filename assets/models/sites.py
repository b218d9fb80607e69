"""Relocation sites 易地扶贫搬迁安置点: what stands there, who lives there, who has work."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assets.codes_networks import SiteKind, SiteWorkKind
from registry.models.history import tracked
from registry.models.marks import kept, marks

from .details import Detail, Figures, Own, count, measure, not_negative, once


@tracked()
class RelocationSite(Detail):
    """What a relocation site is. 中文：安置点

    The site is a unit of its own kind; its outline is the shape of that unit. Housing, works and workshops
    are assets of their own. ``adjustment``: the approval by which basic farmland was adjusted for the site.
    """

    kind = models.CharField(
        _("kind of site"), max_length=10, choices=SiteKind.choices, blank=True
    )  # 安置方式
    flats = count(_("flats"))  # 住房套数
    certificates = count(_("housing certificates issued"))  # 已办不动产权证套数
    land_mu = measure(_("land used (mu)"), 10)  # 占地面积（亩）
    started_on = models.DateField(_("begun on"), null=True, blank=True)  # 开工日期
    completed_on = models.DateField(_("housing completed on"), null=True, blank=True)  # 住房建成日期
    occupied_on = models.DateField(_("moved in on"), null=True, blank=True)  # 入住日期
    committee = models.CharField(_("management committee"), max_length=120, blank=True)  # 管理机构
    property_manager = models.CharField(_("property management"), max_length=120, blank=True)  # 物业管理
    adjustment = models.CharField(
        _("approval that adjusts basic farmland"), max_length=160, blank=True
    )  # 永久基本农田调整批复文号

    class Meta:
        verbose_name = _("relocation site")
        verbose_name_plural = _("relocation sites")
        constraints = [
            once("relocationsite_once"),
            not_negative("relocationsite_measures", "land_mu"),
            models.CheckConstraint(
                condition=Q(certificates=None) | Q(flats=None) | Q(certificates__lte=F("flats")),
                name="relocationsite_certificates",
                violation_error_message=_("There cannot be more certificates than flats."),
            ),
        ]
        triggers = [*marks("unit", "unit_id"), kept()]


@tracked()
class SiteWork(Own):
    """An ancillary work of a site, and the asset that it is. 中文：安置点配套设施

    ``unit`` is the site; ``asset`` is empty while the work has no row of its own in the ledger.
    """

    kind = models.CharField(_("kind of work"), max_length=10, choices=SiteWorkKind.choices)  # 设施类型
    name = models.CharField(_("name"), max_length=200)  # 设施名称
    asset = models.ForeignKey(
        "registry.Unit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="site_works",
        verbose_name=_("asset"),
    )  # 对应资产

    class Meta:
        verbose_name = _("ancillary work")
        verbose_name_plural = _("ancillary works")
        ordering = ["kind", "name"]
        constraints = [once("sitework_once", "kind", "name")]
        triggers = [*marks("unit", "unit_id"), kept()]

    def __str__(self) -> str:
        return self.name


@tracked()
class SiteFigures(Figures):
    """Who lives at a site and who has work, month by month. 中文：安置点就业台账（三个不减）"""

    households = count(_("households"))  # 搬迁户数
    people = count(_("people"))  # 搬迁人数
    registered_households = count(_("registered households"))  # 建档立卡户数
    registered_people = count(_("people of registered households"))  # 建档立卡人数
    accompanying_households = count(_("accompanying households"))  # 同步搬迁户数
    accompanying_people = count(_("people of accompanying households"))  # 同步搬迁人数
    labour = count(_("people able to work"))  # 劳动力人数
    employed = count(_("people in work"))  # 就业人数
    posts = count(_("public-welfare posts"))  # 公益性岗位
    wages = measure(_("wage income (yuan)"), 14)  # 工资收入（元）
    jobless_households = count(_("households with labour and nobody in work"))  # 有劳动力零就业户数

    class Meta:
        verbose_name = _("figures of a site")
        verbose_name_plural = _("figures of sites")
        ordering = ["-on", "-id"]
        constraints = [
            once("sitefigures_once", "on"),
            not_negative("sitefigures_wages", "wages"),
            models.CheckConstraint(
                condition=Q(employed=None) | Q(labour=None) | Q(employed__lte=F("labour")),
                name="sitefigures_employed",
                violation_error_message=_("There cannot be more people in work than able to work."),
            ),
        ]
        triggers = [*marks("unit", "unit_id"), kept()]


@tracked()
class OldHouses(Figures):
    """Old houses left behind: pulled down, and the land made good. 中文：旧房拆除与复垦

    ``on`` is the day of demolition.
    """

    place = models.CharField(_("where they stood"), max_length=120, blank=True)  # 迁出地
    houses = count(_("houses pulled down"))  # 拆除户数
    area_mu = measure(_("land to be restored (mu)"), 10)  # 应复垦面积（亩）
    restored_on = models.DateField(_("restored on"), null=True, blank=True)  # 复垦日期
    restored_mu = measure(_("land restored (mu)"), 10)  # 已复垦面积（亩）

    class Meta:
        verbose_name = _("old houses pulled down")
        verbose_name_plural = _("old houses pulled down")
        ordering = ["-on", "-id"]
        constraints = [
            once("oldhouses_once", "on", "place"),
            not_negative("oldhouses_area", "area_mu", "restored_mu"),
            models.CheckConstraint(
                condition=Q(restored_on=None) | Q(restored_on__gte=F("on")),
                name="oldhouses_restored_after",
                violation_error_message=_("Land is restored after the houses are pulled down."),
            ),
        ]
        triggers = [*marks("unit", "unit_id"), kept()]
