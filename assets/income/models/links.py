"""Benefit links 联农带农, insurance policies 保险 and loans 借款 on assets."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assets.income.codes import LinkKind, PolicyKind
from registry.models.history import tracked
from registry.models.marks import kept, marks
from registry.models.scope import ScopedQuerySet

from .money import percent, yuan


class OfUnitQuerySet(ScopedQuerySet):
    DIVISION = "unit__division"

    def in_force(self) -> OfUnitQuerySet:
        return self.filter(annulled=None)

    def on(self, day: dt.date) -> OfUnitQuerySet:
        return self.in_force().filter(valid__contains=day)


@tracked()
class BenefitLink(models.Model):
    """How an asset helps farmers, from when to when. 中文：利益联结"""

    unit = models.ForeignKey(
        "registry.Unit", models.PROTECT, related_name="benefit_links", verbose_name=_("unit")
    )  # 登记单元
    kind = models.CharField(_("kind"), max_length=16, choices=LinkKind.choices)  # 联结方式
    households = models.PositiveIntegerField(_("households"), null=True, blank=True)  # 带动户数
    valid = DateRangeField(_("validity"))  # 起止日期
    note = models.CharField(_("remark"), max_length=255, blank=True)  # 说明
    annulled = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("benefit link")
        verbose_name_plural = _("benefit links")
        ordering = ["-valid", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid__isempty=False, valid__lower_inf=False), name="benefitlink_begins"
            )
        ]
        triggers = [*marks("unit", "unit_id"), kept()]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.kind}"


@tracked()
class InsurancePolicy(models.Model):
    """An insurance of an asset, and when it ends. 中文：资产保险"""

    unit = models.ForeignKey(
        "registry.Unit", models.PROTECT, related_name="policies", verbose_name=_("unit")
    )  # 登记单元
    kind = models.CharField(_("kind"), max_length=12, choices=PolicyKind.choices)  # 险种
    number = models.CharField(_("policy number"), max_length=60)  # 保单号
    insurer = models.CharField(_("insurer"), max_length=120)  # 保险公司
    valid = DateRangeField(_("insured"))  # 保险期间
    sum_insured = yuan(_("sum insured (yuan)"), null=True, blank=True)  # 保险金额
    premium = yuan(_("premium (yuan)"), null=True, blank=True)  # 保费
    annulled = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("insurance policy")
        verbose_name_plural = _("insurance policies")
        ordering = ["-valid", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "number"],
                condition=Q(annulled=None),
                name="policy_once",
                violation_error_message=_("This policy is registered already."),
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False, valid__lower_inf=False, valid__upper_inf=False),
                name="policy_period_bounded",
            ),
        ]
        triggers = [*marks("unit", "unit_id"), kept()]

    def __str__(self) -> str:
        return self.number


@tracked()
class AssetLoan(models.Model):
    """Money borrowed on an asset: what must be paid back, and when. 中文：资产借款"""

    unit = models.ForeignKey(
        "registry.Unit", models.PROTECT, related_name="loans", verbose_name=_("unit")
    )  # 登记单元
    lender = models.ForeignKey(
        "registry.Party", models.PROTECT, related_name="loans_given", verbose_name=_("lender")
    )  # 出借人
    debtor = models.ForeignKey(
        "registry.Party", models.PROTECT, related_name="loans_taken", verbose_name=_("debtor")
    )  # 借款人
    number = models.CharField(_("loan number"), max_length=60)  # 借款合同号
    principal = yuan(_("principal (yuan)"))  # 本金
    annual_rate = percent(_("interest of a year (%)"))  # 年利率
    valid = DateRangeField(_("from when to when"))  # 借款期间
    repaid_on = models.DateField(_("repaid on"), null=True, blank=True)  # 还清日期
    annulled = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("loan on an asset")
        verbose_name_plural = _("loans on assets")
        ordering = ["-valid", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "number"],
                condition=Q(annulled=None),
                name="assetloan_once",
                violation_error_message=_("This loan is registered already."),
            ),
            models.CheckConstraint(
                condition=Q(principal__gt=Decimal(0), valid__isempty=False, valid__upper_inf=False),
                name="assetloan_whole",
            ),
        ]
        triggers = [*marks("unit", "unit_id"), kept()]

    def __str__(self) -> str:
        return self.number
