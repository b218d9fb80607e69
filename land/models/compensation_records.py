"""Compensation records: caps, the in-out balance of before, designated basic farmland.

中文：以补定占、进出平衡（历史）、永久基本农田补划
"""

from __future__ import annotations

from decimal import Decimal

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from pgtrigger import ReadOnly

from registry.models.history import tracked
from registry.models.marks import kept, marks

from .approval import area, grade
from .balance_triggers import ground_once
from .compensation import CompensationQuerySet


@tracked()
class SupplementCap(models.Model):
    """How much farmland may be occupied in a year, by what was supplemented. 中文：以补定占"""

    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="supplement_caps", verbose_name=_("division")
    )  # 行政区划
    year = models.PositiveSmallIntegerField(_("year"))  # 年度
    cap_m2 = area(_("may be occupied (m²)"))  # 年度可占用规模
    source = models.ForeignKey(
        "registry.Source", models.PROTECT, related_name="+", verbose_name=_("document")
    )  # 依据
    annulled = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = CompensationQuerySet.as_manager()

    class Meta:
        verbose_name = _("cap on occupation")
        verbose_name_plural = _("caps on occupation")
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["division", "year"], condition=Q(annulled=None), name="supplementcap_once"
            ),
            models.CheckConstraint(condition=Q(cap_m2__gte=0), name="supplementcap_positive"),
        ]
        triggers = [
            *marks("place", "division_id"), ReadOnly(name="append_only", exclude=["annulled"]), kept()
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.division} {self.year} {self.cap_m2}"


@tracked()
class InOutBalance(models.Model):
    """Farmland to other agricultural land and back, as it was balanced before 2024.
    中文：耕地进出平衡（历史）

    In force from 2021-11-27 (自然资发〔2021〕166号) until the scope of compensation took it in, 2024-02-05.
    """

    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="in_out_balances", verbose_name=_("division")
    )  # 行政区划
    year = models.PositiveSmallIntegerField(_("year"))  # 年度
    out_m2 = area(_("farmland gone to other agricultural land (m²)"))  # 转出
    in_m2 = area(_("other agricultural land gone to farmland (m²)"))  # 转进
    source = models.ForeignKey(
        "registry.Source", models.PROTECT, related_name="+", verbose_name=_("document")
    )  # 依据
    annulled = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = CompensationQuerySet.as_manager()

    class Meta:
        verbose_name = _("in-out balance")
        verbose_name_plural = _("in-out balances")
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["division", "year"], condition=Q(annulled=None), name="inoutbalance_once"
            ),
            models.CheckConstraint(condition=Q(out_m2__gte=0, in_m2__gte=0), name="inoutbalance_positive"),
            models.CheckConstraint(condition=Q(year__gte=2021, year__lte=2024), name="inoutbalance_historic"),
        ]
        triggers = [ReadOnly(name="append_only", exclude=["annulled"]), kept()]

    def __str__(self) -> str:
        return f"{self.division} {self.year}"

    @property
    def balance_m2(self) -> Decimal:
        return self.in_m2 - self.out_m2


@tracked(exclude=["geom"])
class BasicFarmlandSupplement(models.Model):
    """Ground that was made permanent basic farmland for what was occupied of it. 中文：永久基本农田补划"""

    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="pbf_supplements", verbose_name=_("division")
    )  # 行政区划
    name = models.CharField(_("name"), max_length=200)  # 名称
    approval = models.ForeignKey(
        "land.ConversionApproval",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="pbf_supplements",
        verbose_name=_("land approval"),
    )  # 占用批复
    occupied_m2 = area(_("basic farmland occupied (m²)"))  # 占用永久基本农田面积
    occupied_grade = grade(_("quality grade of what was occupied"))  # 占用等别
    designated_on = models.DateField(_("designated on"))  # 补划日期
    area_m2 = area(_("designated area (m²)"))  # 补划面积
    grade = grade(_("quality grade of what was designated"))  # 补划等别
    slope_deg = models.DecimalField(
        _("steepest slope (degrees)"), max_digits=4, decimal_places=1, null=True, blank=True
    )  # 最大坡度
    geom = models.MultiPolygonField(_("ground"), srid=4490, null=True, blank=True)  # 补划范围
    source = models.ForeignKey(
        "registry.Source", models.PROTECT, related_name="+", verbose_name=_("document")
    )  # 依据
    annulled = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = CompensationQuerySet.as_manager()

    class Meta:
        verbose_name = _("basic farmland supplement")
        verbose_name_plural = _("basic farmland supplements")
        ordering = ["-designated_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(occupied_m2__gt=0, area_m2__gt=0), name="pbfsupplement_positive"
            )
        ]
        triggers = [*marks("place", "division_id"), ground_once(), kept()]

    def __str__(self) -> str:
        return self.name
