"""Contracts 合同 on assets: parties, term, money, and the weights by which units bear it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assets.income.codes import BY_OTHERS, ContractMode, Repayment, Rhythm, Timing
from registry.models.history import tracked
from registry.models.marks import kept, marks, marks_units
from registry.models.scope import ScopedQuerySet

from .contract_triggers import parts_of_drafts, same_after_signing, weights_sum_to_one
from .money import percent, yuan

ZERO = Decimal("0")


class ContractQuerySet(ScopedQuerySet):
    def in_force(self) -> ContractQuerySet:
        """Contracts that no act took back; drafts included."""
        return self.filter(annulled=None)

    def signed(self) -> ContractQuerySet:
        return self.in_force().filter(signed_on__isnull=False)

    def running(self, day: dt.date) -> ContractQuerySet:
        """Signed contracts whose term, as amended, holds the day."""
        return self.signed().filter(term__contains=day)


@tracked()
class Contract(models.Model):
    """How an asset earns: who operates it, from when to when, for how much. 中文：合同

    ``term`` is half-open and as last amended; the amendments say what it was. Until it is signed it is a
    draft without dues. ``amount`` is the money of a year as first agreed; what follows from escalation and
    amendments is in the dues alone. Lent money has ``principal`` and ``annual_rate`` instead.
    """

    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="contracts", verbose_name=_("division")
    )  # 行政区划
    number = models.CharField(_("contract number"), max_length=60)  # 合同编号
    title = models.CharField(_("title"), max_length=200)  # 合同名称
    mode = models.CharField(_("mode of operation"), max_length=16, choices=ContractMode.choices)  # 经营方式
    owner = models.ForeignKey(
        "registry.Party", models.PROTECT, related_name="contracts_given", verbose_name=_("owner's side")
    )  # 甲方（发包、出租方）
    operator = models.ForeignKey(
        "registry.Party",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contracts_taken",
        verbose_name=_("operator"),
    )  # 乙方（经营主体）
    signed_on = models.DateField(_("signed on"), null=True, blank=True)  # 签订日期
    term = DateRangeField(_("term"))  # 合同期限 [起, 止)
    amount = yuan(_("amount of a year (yuan)"), null=True, blank=True)  # 年金额
    rhythm = models.PositiveSmallIntegerField(
        _("months of a due"), choices=Rhythm.choices, default=Rhythm.YEAR
    )  # 收款周期
    timing = models.CharField(
        _("in advance or in arrears"), max_length=8, choices=Timing.choices, default=Timing.ADVANCE
    )  # 先付后付
    due_days = models.PositiveSmallIntegerField(_("days until a due falls"), default=0)  # 付款宽限天数
    escalation_years = models.PositiveSmallIntegerField(
        _("raised every n years"), null=True, blank=True
    )  # 每几年递增
    escalation_percent = percent(_("raised by (%)"))  # 递增比例
    index_name = models.CharField(_("index of the amount"), max_length=60, blank=True)  # 调价指数
    in_kind = models.CharField(_("paid in kind"), max_length=80, blank=True)  # 实物
    in_kind_quantity = models.DecimalField(
        _("quantity of a year"), max_digits=12, decimal_places=3, null=True, blank=True
    )  # 年实物数量
    in_kind_measure = models.CharField(_("unit of measure"), max_length=20, blank=True)  # 计量单位
    in_kind_price = yuan(_("price of one (yuan)"), null=True, blank=True)  # 折算单价
    deposit = yuan(_("deposit (yuan)"), default=ZERO)  # 押金
    penalty = models.CharField(_("penalty"), max_length=255, blank=True)  # 违约责任
    account_holder = models.ForeignKey(
        "registry.Party",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contracts_paid_to",
        verbose_name=_("holder of the receiving account"),
    )  # 收款账户户名
    account_number = models.CharField(_("receiving account"), max_length=32, blank=True)  # 收款账号
    account = models.ForeignKey(
        "assets.BankAccount",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contracts",
        verbose_name=_("registered receiving account"),
    )  # 收款账户（已登记）
    decision = models.ForeignKey(
        "registry.Decision",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contracts",
        verbose_name=_("decision"),
    )  # 议决记录
    source = models.ForeignKey(
        "registry.Source",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contracts",
        verbose_name=_("signed paper"),
    )  # 合同文本
    platform_number = models.CharField(
        _("number of the trading platform"), max_length=60, blank=True
    )  # 产权交易平台编号
    # Contracting: what of the output goes to the owner. Lease: whom it is sublet to, with what consent.
    output_percent = percent(_("share of the output (%)"))  # 产出分成比例
    sublet_to = models.ForeignKey(
        "registry.Party",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="subleases",
        verbose_name=_("sublet to"),
    )  # 转租承租人
    sublet_consent_on = models.DateField(
        _("owner consented to the sublease on"), null=True, blank=True
    )  # 同意转租日期
    # Equity.
    equity_percent = percent(_("share of the capital (%)"))  # 持股比例
    profit_percent = percent(_("share of the profit (%)"))  # 分红比例
    exit_clause = models.CharField(_("exit clause"), max_length=255, blank=True)  # 退出条款
    guarantee_ends_on = models.DateField(_("guarantee until"), null=True, blank=True)  # 保底截止日期
    guarantor = models.CharField(_("guarantee"), max_length=160, blank=True)  # 担保
    # Entrusted, own operation.
    services = models.CharField(_("services"), max_length=255, blank=True)  # 服务内容
    cost_ledger = models.CharField(_("where its costs are kept"), max_length=120, blank=True)  # 成本台账
    # Lent money.
    principal = yuan(_("principal (yuan)"), null=True, blank=True)  # 本金
    annual_rate = percent(_("interest of a year (%)"))  # 年利率
    repayment = models.CharField(
        _("repayment"), max_length=12, choices=Repayment.choices, blank=True
    )  # 还本方式
    remark = models.CharField(_("remark"), max_length=255, blank=True)  # 备注
    batch = models.ForeignKey(
        "registry.ImportBatch", models.PROTECT, null=True, blank=True, related_name="contracts"
    )
    annulled = models.ForeignKey(
        "registry.Act", models.PROTECT, null=True, blank=True, related_name="annulled_contracts"
    )

    objects = ContractQuerySet.as_manager()

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        ordering = ["-term", "number"]
        indexes = [models.Index(fields=["division", "mode"], name="contract_scope")]
        constraints = [
            models.UniqueConstraint(
                fields=["number"],
                condition=Q(annulled=None),
                name="contract_number_once",
                violation_error_message=_("Another contract already has this number."),
            ),
            models.CheckConstraint(
                condition=Q(term__isempty=False, term__lower_inf=False)
                & (Q(term__upper_inf=False) | Q(mode=ContractMode.OWN_OPERATION)),
                name="contract_term_bounded",
                violation_error_message=_("A contract begins on a day and does not end before it."),
            ),
            models.CheckConstraint(
                condition=~Q(mode__in=[str(mode) for mode in BY_OTHERS])
                | Q(operator__isnull=False, amount__isnull=False),
                name="contract_operator_and_amount",
                violation_error_message=_("Name the operator and the amount of a year."),
            ),
            models.CheckConstraint(
                condition=~Q(mode=ContractMode.DEBT)
                | (Q(operator__isnull=False, principal__gt=ZERO, annual_rate__gte=ZERO) & ~Q(repayment="")),
                name="contract_debt_terms",
                violation_error_message=_("Lent money has a debtor, a principal, a rate and a repayment."),
            ),
            models.CheckConstraint(
                condition=(Q(amount=None) | Q(amount__gte=ZERO)) & Q(deposit__gte=ZERO),
                name="contract_money_not_negative",
                violation_error_message=_("Money of a contract is not negative."),
            ),
            models.CheckConstraint(
                condition=Q(escalation_years=None, escalation_percent=None)
                | Q(escalation_years__gte=1, escalation_percent__gt=ZERO, escalation_percent__lte=100),
                name="contract_escalation_whole",
                violation_error_message=_("An escalation has its years and its per cent."),
            ),
            models.CheckConstraint(
                condition=Q(sublet_consent_on=None) | Q(sublet_to__isnull=False),
                name="contract_consent_of_sublease",
            ),
            models.CheckConstraint(
                condition=Q(rhythm__in=Rhythm.values, due_days__lte=366), name="contract_rhythm_known"
            ),
        ]
        triggers = [
            *marks_units(
                "SELECT c.unit_id FROM assets_contractunit c JOIN touched t ON c.contract_id = t.id"
            ),
            *marks("place", "division_id", prefix="touch_place"),
            same_after_signing(),
            kept(),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def begins_on(self) -> dt.date:
        return self.term.lower

    @property
    def last_day(self) -> dt.date | None:
        """The last day of the term."""
        return self.term.upper - dt.timedelta(days=1) if self.term.upper else None


class ContractUnitQuerySet(ScopedQuerySet):
    DIVISION = "contract__division"


@tracked()
class ContractUnit(models.Model):
    """A unit under a contract, and the part of its money that the unit bears. 中文：合同标的

    The weights of a contract sum to exactly 1; they are fixed once it is signed.
    """

    contract = models.ForeignKey(
        Contract, models.PROTECT, related_name="parts", verbose_name=_("contract")
    )  # 合同
    unit = models.ForeignKey(
        "registry.Unit", models.PROTECT, related_name="contract_parts", verbose_name=_("unit")
    )  # 登记单元
    weight_num = models.PositiveBigIntegerField(_("weight: numerator"), default=1)  # 分摊分子
    weight_den = models.PositiveBigIntegerField(_("weight: denominator"), default=1)  # 分摊分母

    objects = ContractUnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit of a contract")
        verbose_name_plural = _("units of a contract")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "unit"],
                name="contractunit_once",
                violation_error_message=_("This unit stands in the contract already."),
            ),
            models.CheckConstraint(
                condition=Q(weight_num__gt=0, weight_den__gt=0, weight_num__lte=F("weight_den")),
                name="contractunit_weight_range",
                violation_error_message=_("A weight is more than 0 and at most 1."),
            ),
        ]
        triggers = [
            *marks_units("SELECT t.unit_id FROM touched t"),
            weights_sum_to_one(),
            parts_of_drafts(),
        ]

    @property
    def weight(self) -> Fraction:
        return Fraction(self.weight_num, self.weight_den)

    def __str__(self) -> str:
        return f"{self.unit_id} {self.weight_num}/{self.weight_den}"


class FreePeriodQuerySet(ScopedQuerySet):
    DIVISION = "contract__division"


@tracked()
class FreePeriod(models.Model):
    """A time within a term for which nothing is owed. 中文：免租期"""

    contract = models.ForeignKey(
        Contract, models.PROTECT, related_name="free_periods", verbose_name=_("contract")
    )  # 合同
    valid = DateRangeField(_("free of rent"))  # 免租期间
    reason = models.CharField(_("reason"), max_length=120, blank=True)  # 免租原因

    objects = FreePeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("rent-free period")
        verbose_name_plural = _("rent-free periods")
        ordering = ["valid"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid__isempty=False, valid__lower_inf=False, valid__upper_inf=False),
                name="freeperiod_bounded",
            ),
            ExclusionConstraint(
                name="freeperiod_once",
                expressions=[("contract", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                violation_error_message=_("Two rent-free periods overlap."),
            ),
        ]
        triggers = [parts_of_drafts()]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.valid}"
