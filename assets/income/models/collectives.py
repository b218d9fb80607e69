"""What a village collective is to earn in a year, and what it earned beside the accounts kept here."""

from __future__ import annotations

from decimal import Decimal

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assets.income.codes import IncomeSource
from registry.models.history import tracked
from registry.models.marks import kept, marks
from registry.models.scope import ScopedQuerySet

from .money import yuan

ZERO = Decimal(0)


class OfCollectiveQuerySet(ScopedQuerySet):
    def in_force(self) -> OfCollectiveQuerySet:
        return self.filter(annulled=None)


@tracked()
class CollectiveTarget(models.Model):
    """What a collective is to earn in a year by the plan of its village. 中文：村集体收入目标（三年增收计划）

    Without one the county's parameter ``collective_income_target`` counts. A new target takes the place of
    the old one by an act.
    """

    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="income_targets", verbose_name=_("division")
    )  # 行政区划
    collective = models.ForeignKey(
        "registry.Party", models.PROTECT, related_name="income_targets", verbose_name=_("collective")
    )  # 村集体经济组织
    year = models.PositiveSmallIntegerField(_("year"))  # 年度
    amount = yuan(_("target (yuan)"))  # 目标金额
    measures = models.CharField(_("by what it is reached"), max_length=255, blank=True)  # 增收措施
    source = models.ForeignKey(
        "registry.Source", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("paper")
    )  # 计划文件
    act = models.ForeignKey("registry.Act", models.PROTECT, related_name="+")  # 办理记录
    annulled = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = OfCollectiveQuerySet.as_manager()

    class Meta:
        verbose_name = _("target of a collective")
        verbose_name_plural = _("targets of collectives")
        ordering = ["collective", "year"]
        constraints = [
            models.UniqueConstraint(
                fields=["collective", "year"], condition=Q(annulled=None), name="collectivetarget_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=ZERO), name="collectivetarget_positive"),
            models.CheckConstraint(condition=Q(year__gte=2012, year__lte=2100), name="collectivetarget_year"),
        ]
        triggers = [
            *marks("place", "division_id"),
            pgtrigger.ReadOnly(name="as_set", exclude=["annulled"]),
            kept(),
        ]

    def __str__(self) -> str:
        return f"{self.collective_id} {self.year} {self.amount}"


@tracked()
class OutsideIncome(models.Model):
    """Income of a collective in a year that no bank line here shows: earlier years, other accounts.
    中文：补录收入
    """

    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="outside_income", verbose_name=_("division")
    )  # 行政区划
    collective = models.ForeignKey(
        "registry.Party", models.PROTECT, related_name="outside_income", verbose_name=_("collective")
    )  # 村集体经济组织
    year = models.PositiveSmallIntegerField(_("year"))  # 年度
    kind = models.CharField(_("source of income"), max_length=16, choices=IncomeSource.choices)  # 收入来源
    amount = yuan(_("amount (yuan)"))  # 金额
    note = models.CharField(_("where it stands"), max_length=255)  # 账页、说明
    act = models.ForeignKey("registry.Act", models.PROTECT, related_name="+")  # 办理记录
    annulled = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = OfCollectiveQuerySet.as_manager()

    class Meta:
        verbose_name = _("income beside the accounts")
        verbose_name_plural = _("income beside the accounts")
        ordering = ["collective", "year", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["collective", "year", "kind"], condition=Q(annulled=None), name="outsideincome_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=ZERO), name="outsideincome_positive"),
            models.CheckConstraint(condition=Q(year__gte=2012, year__lte=2100), name="outsideincome_year"),
        ]
        triggers = [
            *marks("place", "division_id"),
            pgtrigger.ReadOnly(name="as_stated", exclude=["annulled"]),
            kept(),
        ]

    def __str__(self) -> str:
        return f"{self.collective_id} {self.year} {self.kind} {self.amount}"
