"""Insurance policies 保险 and loans 贷款 on assets, with the days on which they fall."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.models.history import tracked
from registry.models.marks import kept, marks

from .links import OfUnitQuerySet
from .money import percent, yuan

ZERO = Decimal(0)


@tracked()
class InsurancePolicy(models.Model):
    """An insurance of an asset for a time. 中文：保险单"""

    unit = models.ForeignKey(
        "registry.Unit", models.PROTECT, related_name="insurance_policies", verbose_name=_("unit")
    )  # 登记单元
    insurer = models.CharField(_("insurer"), max_length=120)  # 保险公司
    number = models.CharField(_("number of the policy"), max_length=60)  # 保单号
    risks = models.CharField(_("insured against"), max_length=160)  # 险种
    sum_insured = yuan(_("sum insured (yuan)"))  # 保险金额
    premium = yuan(_("premium (yuan)"))  # 保险费
    valid = DateRangeField(_("insured"))  # 保险期间 [起, 止)
    source = models.ForeignKey(
        "registry.Source", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("paper")
    )  # 保单
    act = models.ForeignKey("registry.Act", models.PROTECT, related_name="+")  # 办理记录
    annulled = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("insurance policy")
        verbose_name_plural = _("insurance policies")
        ordering = ["-valid", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid__isempty=False, valid__lower_inf=False, valid__upper_inf=False),
                name="insurance_bounded",
            ),
            models.CheckConstraint(
                condition=Q(sum_insured__gt=ZERO, premium__gte=ZERO), name="insurance_money"
            ),
            ExclusionConstraint(
                name="insurance_once",
                expressions=[
                    ("unit", RangeOperators.EQUAL),
                    ("number", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(annulled=None),
                violation_error_message=_("This policy is recorded for these days already."),
            ),
        ]
        triggers = [
            *marks("unit", "unit_id"),
            pgtrigger.ReadOnly(name="as_agreed", exclude=["annulled"]),
            kept(),
        ]

    @property
    def last_day(self) -> dt.date:
        return self.valid.upper - dt.timedelta(days=1)

    def __str__(self) -> str:
        return f"{self.insurer} {self.number}"


@tracked()
class AssetLoan(models.Model):
    """Money borrowed for an asset or on it, until it is paid back. 中文：贷款"""

    unit = models.ForeignKey(
        "registry.Unit", models.PROTECT, related_name="loans", verbose_name=_("unit")
    )  # 登记单元
    borrower = models.ForeignKey(
        "registry.Party", models.PROTECT, related_name="loans_taken", verbose_name=_("borrower")
    )  # 借款人
    lender = models.CharField(_("lender"), max_length=120)  # 贷款机构
    number = models.CharField(_("number of the loan contract"), max_length=60)  # 借款合同编号
    principal = yuan(_("principal (yuan)"))  # 本金
    annual_rate = percent(_("interest of a year (%)"))  # 年利率
    secured = models.BooleanField(_("secured on the asset"), default=False)  # 以该资产抵押
    taken_on = models.DateField(_("taken on"))  # 放款日期
    due_on = models.DateField(_("to be paid back by"))  # 到期日期
    repaid_on = models.DateField(_("paid back on"), null=True, blank=True)  # 还清日期
    source = models.ForeignKey(
        "registry.Source", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("paper")
    )  # 借款合同
    act = models.ForeignKey("registry.Act", models.PROTECT, related_name="+")  # 办理记录
    annulled = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("loan on an asset")
        verbose_name_plural = _("loans on assets")
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "number"], condition=Q(annulled=None), name="loan_once",
                violation_error_message=_("This loan is recorded already."),
            ),
            models.CheckConstraint(
                condition=Q(principal__gt=ZERO, due_on__gte=F("taken_on"))
                & (Q(annual_rate=None) | Q(annual_rate__gte=ZERO)),
                name="loan_terms",
            ),
            models.CheckConstraint(
                condition=Q(repaid_on=None) | Q(repaid_on__gte=F("taken_on")), name="loan_repaid_after"
            ),
        ]  # fmt: skip
        triggers = [
            *marks("unit", "unit_id"),
            pgtrigger.ReadOnly(name="as_agreed", exclude=["repaid_on", "annulled"]),
            kept(),
        ]

    def __str__(self) -> str:
        return f"{self.lender} {self.number}"
