"""Distribution of income 收益分配: pools of a year, what of them goes to whom, and how it was paid."""

from __future__ import annotations

from decimal import Decimal

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assets.income.codes import IncomeUse, LineBasis, PaymentState, PoolFigure
from registry.codes import Level
from registry.models.history import tracked
from registry.models.marks import kept, marks
from registry.models.scope import ScopedQuerySet

from .distribution_triggers import lines_of_drafts, within_distributable
from .money import yuan
from .payment_triggers import state_as_proved

ZERO = Decimal("0")


class PoolQuerySet(ScopedQuerySet):
    def in_force(self) -> PoolQuerySet:
        return self.filter(annulled=None)


@tracked()
class IncomePool(models.Model):
    """The income of an asset or a group of assets in a year. 中文：收益池

    ``received``, ``cost``, ``tax`` and ``loss`` are what the pool was settled with (``settled``): the sums of
    matches and figures of that day. Nothing is distributed of a pool before.
    """

    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="pools", verbose_name=_("division")
    )  # 行政区划
    owner = models.ForeignKey(
        "registry.Party", models.PROTECT, related_name="pools", verbose_name=_("whose income")
    )  # 收益主体
    year = models.PositiveSmallIntegerField(_("year"))  # 年度
    name = models.CharField(_("name"), max_length=120)  # 名称
    units = models.ManyToManyField(
        "registry.Unit", related_name="pools", blank=True, verbose_name=_("assets")
    )  # 所含资产
    received = yuan(_("received (yuan)"), default=ZERO)  # 实收
    cost = yuan(_("upkeep and operating cost (yuan)"), default=ZERO)  # 管护经营支出
    tax = yuan(_("tax (yuan)"), default=ZERO)  # 税费
    loss = yuan(_("loss carried forward (yuan)"), default=ZERO)  # 结转亏损
    settled = models.ForeignKey(
        "registry.Act", models.PROTECT, null=True, blank=True, related_name="settled_pools"
    )  # 结算
    settled_on = models.DateField(_("settled on"), null=True, blank=True)  # 结算日期
    batch = models.ForeignKey("registry.ImportBatch", models.PROTECT, null=True, blank=True, related_name="+")
    annulled = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = PoolQuerySet.as_manager()

    class Meta:
        verbose_name = _("income pool")
        verbose_name_plural = _("income pools")
        ordering = ["-year", "division__path", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["division", "owner", "year", "name"],
                condition=Q(annulled=None),
                name="pool_once",
                violation_error_message=_("This pool is open already."),
            ),
            models.CheckConstraint(condition=Q(year__gte=2000, year__lte=2100), name="pool_year_plausible"),
            models.CheckConstraint(
                condition=Q(received__gte=ZERO, cost__gte=ZERO, tax__gte=ZERO, loss__gte=ZERO),
                name="pool_money_not_negative",
            ),
        ]
        triggers = [*marks("place", "division_id"), *within_distributable("id", "update"), kept()]

    @property
    def distributable(self) -> Decimal:
        """What may be distributed or put into the reserve; never below zero."""
        return max(self.received - self.cost - self.tax - self.loss, ZERO)

    def __str__(self) -> str:
        return f"{self.name} {self.year}"


class OfPoolQuerySet(ScopedQuerySet):
    DIVISION = "pool__division"

    def in_force(self) -> OfPoolQuerySet:
        return self.filter(annulled=None)


@tracked()
class PoolEntry(models.Model):
    """A cost, a tax, a loss of a pool, or what it received without a bank line here. 中文：收益池明细"""

    pool = models.ForeignKey(IncomePool, models.PROTECT, related_name="entries", verbose_name=_("pool"))
    figure = models.CharField(
        pgettext_lazy("of a budget of a distribution", "figure"), max_length=10, choices=PoolFigure.choices
    )  # 科目
    day = models.DateField(_("day"))  # 日期
    amount = yuan(_("amount (yuan)"))  # 金额
    note = models.CharField(_("remark"), max_length=255)  # 说明
    source = models.ForeignKey("registry.Source", models.PROTECT, null=True, blank=True, related_name="+")
    annulled = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = OfPoolQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of a pool")
        verbose_name_plural = _("entries of a pool")
        ordering = ["day", "id"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=ZERO), name="poolentry_positive")]
        triggers = [pgtrigger.ReadOnly(name="only_added", exclude=["annulled"]), kept()]

    def __str__(self) -> str:
        return f"{self.pool_id} {self.figure} {self.amount}"


@tracked()
class Distribution(models.Model):
    """A plan of distribution of a pool, decided and paid. 中文：收益分配

    ``number`` is the matter that ties its notices together. ``reserve`` is the 公积公益金; where it is zero
    the charter must say so (``reserve_waived``). Without ``approved`` it is a plan and moves nothing.
    """

    pool = models.ForeignKey(
        IncomePool, models.PROTECT, related_name="distributions", verbose_name=_("pool")
    )  # 收益池
    number = models.CharField(_("matter number"), max_length=80)  # 事项编号
    title = models.CharField(_("title"), max_length=200)  # 名称
    level = models.CharField(
        pgettext_lazy("of a distribution", "decided by"),
        max_length=20,
        choices=Level.choices,
        default=Level.VILLAGE,
    )  # 决定层级
    reserve = yuan(_("reserve and welfare fund (yuan)"), default=ZERO)  # 公积公益金
    reserve_waived = models.CharField(
        _("article of the charter that waives the reserve"), max_length=120, blank=True
    )  # 章程免提依据
    total = yuan(_("distributed beside the reserve (yuan)"))  # 分配总额
    decision = models.ForeignKey(
        "registry.Decision", models.PROTECT, null=True, blank=True, related_name="distributions",
        verbose_name=_("decision"),
    )  # 议决记录  # fmt: skip
    approved = models.ForeignKey(
        "registry.Act", models.PROTECT, null=True, blank=True, related_name="approved_distributions"
    )  # 批准
    approved_on = models.DateField(_("approved on"), null=True, blank=True)  # 批准日期
    batch = models.ForeignKey("registry.ImportBatch", models.PROTECT, null=True, blank=True, related_name="+")
    annulled = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = OfPoolQuerySet.as_manager()

    class Meta:
        verbose_name = _("distribution")
        verbose_name_plural = _("distributions")
        ordering = ["-pool__year", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["number"],
                condition=Q(annulled=None),
                name="distribution_number_once",
                violation_error_message=_("Another distribution already has this matter number."),
            ),
            models.CheckConstraint(
                condition=Q(reserve__gte=ZERO, total__gte=ZERO), name="distribution_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(approved=None, approved_on=None)
                | Q(approved__isnull=False, approved_on__isnull=False),
                name="distribution_approved_on_a_day",
            ),
        ]
        triggers = [
            *marks("place", "(SELECT p.division_id FROM assets_incomepool p WHERE p.id = pool_id)"),
            *within_distributable("pool_id", "insert", "update"),
            kept(),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class LineQuerySet(ScopedQuerySet):
    DIVISION = "distribution__pool__division"


@tracked()
class DistributionLine(models.Model):
    """What one payee or one purpose gets. 中文：分配明细"""

    distribution = models.ForeignKey(
        Distribution, models.PROTECT, related_name="lines", verbose_name=_("distribution")
    )  # 收益分配
    use = models.CharField(_("use"), max_length=16, choices=IncomeUse.choices)  # 用途
    basis = models.CharField(
        pgettext_lazy("of a share", "why"), max_length=10, choices=LineBasis.choices
    )  # 分配依据
    payee = models.ForeignKey(
        "registry.Party",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="distribution_lines",
        verbose_name=_("payee"),
    )  # 收款人
    weight_num = models.PositiveBigIntegerField(_("shares: numerator"), default=1)  # 份额分子
    weight_den = models.PositiveBigIntegerField(_("shares: denominator"), default=1)  # 份额分母
    amount = yuan(_("amount (yuan)"))  # 金额
    reason = models.CharField(_("reason"), max_length=200, blank=True)  # 事由

    objects = LineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a distribution")
        verbose_name_plural = _("lines of a distribution")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=ZERO), name="line_amount_positive"),
            models.CheckConstraint(
                condition=Q(weight_den__gt=0) & (Q(payee__isnull=False) | Q(basis=LineBasis.WORKS)),
                name="line_has_payee",
                violation_error_message=_("A line names who gets it, but for public works."),
            ),
        ]
        triggers = [lines_of_drafts()]

    def __str__(self) -> str:
        return f"{self.distribution_id} {self.payee_id} {self.amount}"


class PaymentQuerySet(ScopedQuerySet):
    DIVISION = "line__distribution__pool__division"

    def in_force(self) -> PaymentQuerySet:
        return self.filter(annulled=None)


@tracked(exclude=["account_number"])
class Payment(models.Model):
    """An order to the bank to pay a line. One that came back stays, and another may follow. 中文：分配付款"""

    line = models.ForeignKey(
        DistributionLine, models.PROTECT, related_name="payments", verbose_name=_("line")
    )  # 分配明细
    run = models.CharField(_("batch"), max_length=60)  # 批次号
    ordered_on = models.DateField(_("ordered on"))  # 提交日期
    amount = yuan(_("amount (yuan)"))  # 金额
    account_name = models.CharField(_("account name"), max_length=160)  # 收款户名
    account_number = models.CharField(_("account number"), max_length=32)  # 收款账号
    state = models.CharField(
        _("state"), max_length=10, choices=PaymentState.choices, default=PaymentState.ORDERED
    )  # 状态
    settled_on = models.DateField(_("paid or came back on"), null=True, blank=True)  # 支付或退票日期
    failure = models.CharField(_("why it came back"), max_length=160, blank=True)  # 退票原因
    annulled = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["line"],
                condition=Q(annulled=None) & ~Q(state=PaymentState.FAILED),
                name="payment_once",
                violation_error_message=_("This line is ordered or paid already."),
            ),
            models.CheckConstraint(condition=Q(amount__gt=ZERO), name="payment_positive"),
            models.CheckConstraint(
                condition=Q(state=PaymentState.ORDERED, settled_on=None)
                | (~Q(state=PaymentState.ORDERED) & Q(settled_on__gte=F("ordered_on"))),
                name="payment_settled_on_a_day",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="as_ordered", fields=["line", "run", "amount"]),
            state_as_proved(),
            kept(),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.run} {self.amount}"
