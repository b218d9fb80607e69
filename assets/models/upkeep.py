"""Upkeep 管护: the terms of a duty and the inspections that show it is done."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assets.codes import Condition, ItemResult, Payer
from registry.models.history import tracked
from registry.models.marks import kept, marks, marks_units
from registry.models.scope import ScopedQuerySet


@tracked()
class UpkeepTerms(models.Model):
    """The terms of an upkeep duty: the five haves 五有 beside the kernel's entry. 中文：管护约定"""

    entry = models.OneToOneField(
        "registry.Entry", models.PROTECT, related_name="upkeep_terms", verbose_name=_("upkeep duty")
    )  # 管护责任
    standard = models.CharField(_("upkeep standard"), max_length=200, blank=True)  # 管护标准
    inspection_days = models.PositiveSmallIntegerField(
        _("inspected every how many days"), null=True, blank=True
    )  # 巡查频次（天）
    annual_budget = models.DecimalField(
        _("annual budget (yuan)"), max_digits=14, decimal_places=2, null=True, blank=True
    )  # 年管护经费
    budget_source = models.CharField(_("budget source"), max_length=120, blank=True)  # 经费来源
    welfare_post = models.CharField(_("public-welfare post"), max_length=60, blank=True)  # 公益性岗位
    contract = models.CharField(_("upkeep contract"), max_length=120, blank=True)  # 管护合同（协议）编号
    supervisor = models.CharField(_("supervisor of upkeep"), max_length=120, blank=True)  # 管护监督
    payer = models.CharField(_("who pays"), max_length=12, choices=Payer.choices, blank=True)  # 出资方
    payer_reason = models.CharField(
        _("why the public budget pays"), max_length=200, blank=True
    )  # 财政出资理由
    payer_agreement = models.ForeignKey(
        "registry.Source",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="payer_of",
        verbose_name=_("agreement on who pays"),
    )  # 出资协议

    class Meta:
        verbose_name = _("upkeep terms")
        verbose_name_plural = _("upkeep terms")
        constraints = [
            models.CheckConstraint(
                condition=Q(annual_budget=None) | Q(annual_budget__gte=Decimal("0")),
                name="upkeepterms_budget_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(inspection_days=None) | Q(inspection_days__gte=1, inspection_days__lte=366),
                name="upkeepterms_inspection_days",
            ),
        ]
        triggers = marks_units("SELECT e.unit_id FROM registry_entry e JOIN touched t ON e.id = t.entry_id")

    def __str__(self) -> str:
        return f"#{self.entry_id}"


class InspectionQuerySet(ScopedQuerySet):
    DIVISION = "unit__division"

    def in_force(self) -> InspectionQuerySet:
        return self.filter(annulled=None)

    def until(self, day: dt.date) -> InspectionQuerySet:
        return self.in_force().filter(inspected_on__lte=day)


@tracked()
class Inspection(models.Model):
    """An observation of a unit's condition. 中文：巡查

    An observation never changes a legal fact. It may be recorded where nobody is responsible.
    """

    unit = models.ForeignKey(
        "registry.Unit", models.PROTECT, related_name="inspections", verbose_name=_("unit")
    )
    inspected_on = models.DateField(_("inspected on"))  # 巡查日期
    inspector = models.CharField(_("inspector"), max_length=60, blank=True)  # 巡查人
    condition = models.CharField(_("condition"), max_length=12, choices=Condition.choices)  # 状况
    defect = models.CharField(_("defect"), max_length=255, blank=True)  # 发现问题
    handled_on = models.DateField(_("handled on"), null=True, blank=True)  # 处理日期
    remark = models.CharField(_("remark"), max_length=255, blank=True)  # 备注
    client_id = models.UUIDField(
        _("number made by the phone"), null=True, blank=True, unique=True
    )  # 手机端编号：离线补报不重复
    noted_at = models.DateTimeField(_("noted on the spot at"), null=True, blank=True)  # 现场填写时间
    position = models.PointField(_("position of the phone"), srid=4490, null=True, blank=True)  # 手机位置
    accuracy_m = models.DecimalField(
        _("accuracy (m)"), max_digits=8, decimal_places=2, null=True, blank=True
    )  # 定位精度（米）
    evidence = models.ForeignKey(
        "registry.Source",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="inspections",
        verbose_name=_("photos"),
    )  # 现场照片
    batch = models.ForeignKey(
        "registry.ImportBatch", models.PROTECT, null=True, blank=True, related_name="inspections"
    )
    annulled = models.ForeignKey(
        "registry.Act", models.PROTECT, null=True, blank=True, related_name="annulled_inspections"
    )

    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        ordering = ["-inspected_on", "-id"]
        indexes = [
            models.Index(
                fields=["unit", "-inspected_on", "-id"], condition=Q(annulled=None), name="inspection_latest"
            ),
            models.Index(
                fields=["unit"],
                condition=Q(annulled=None, handled_on=None) & ~Q(defect=""),
                name="inspection_unhandled",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(handled_on=None) | Q(handled_on__gte=models.F("inspected_on")),
                name="inspection_handled_after",
                violation_error_message=_("A defect is not handled before it is found."),
            ),
            models.UniqueConstraint(
                fields=["unit", "inspected_on", "inspector"],
                condition=Q(annulled=None),
                name="inspection_once",
                violation_error_message=_("This inspection is already recorded."),
            ),
        ]
        triggers = [*marks("unit", "unit_id"), kept()]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.inspected_on}"


class InspectionItemQuerySet(ScopedQuerySet):
    DIVISION = "inspection__unit__division"


@tracked()
class InspectionItem(models.Model):
    """What an inspection found for one item of the standard. 中文：巡查项目结果"""

    inspection = models.ForeignKey(
        Inspection, models.PROTECT, related_name="items", verbose_name=_("inspection")
    )
    item = models.ForeignKey(
        "assets.StandardItem", models.PROTECT, related_name="readings", verbose_name=_("item")
    )  # 标准项目
    result = models.CharField(_("result"), max_length=8, choices=ItemResult.choices)  # 结果
    value = models.DecimalField(
        _("measured"), max_digits=10, decimal_places=2, null=True, blank=True
    )  # 实测值

    objects = InspectionItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("item of an inspection")
        verbose_name_plural = _("items of an inspection")
        ordering = ["inspection_id", "item__number"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "item"], name="inspectionitem_once"),
        ]
        triggers = [kept()]

    def __str__(self) -> str:
        return f"{self.item_id} {self.result}"
