"""Matches 对账: which part of a bank line settles which due, by which rule, and who said so.

Matches are only added. One that was wrong is undone by an Act while its month is open; in a closed month it
gets a counter-entry in the open one. Received is the sum of matches and nothing else, so that the money of a
contract, of its bank lines and of its vouchers cannot differ.
"""

from __future__ import annotations

from decimal import Decimal

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assets.income.bank_codes import MatchKind, MatchRule
from assets.income.models.bank import OfAccountQuerySet
from assets.income.models.match_triggers import (
    due_not_overpaid,
    line_not_overdrawn,
    matches_in_open_months,
)
from assets.income.models.money import yuan
from assets.income.models.payment_triggers import lines_prove_payments
from registry.models.history import transaction_number
from registry.models.marks import kept, marks
from registry.models.scope import ScopedQuerySet

OF_DUES = (MatchKind.DUE, MatchKind.REFUND)
OF_CONTRACTS = (MatchKind.ADVANCE, MatchKind.DEPOSIT)
OF_PAYMENTS = (MatchKind.PAYMENT, MatchKind.RETURNED)


class MatchQuerySet(OfAccountQuerySet):
    DIVISION = "line__account__division"

    def in_force(self) -> MatchQuerySet:  # type: ignore[override]
        return self.filter(undone=None)


class Match(models.Model):
    """A part of a bank line and what it is for; signed as the line. 中文：对账记录

    ``booked_on`` is its day in the books: that of the line, or today where the line's month is closed.
    ``counters``: the match of a closed month that this one takes back, with the opposite amount.
    """

    line = models.ForeignKey(
        "assets.BankLine", models.PROTECT, related_name="matches", verbose_name=_("bank line")
    )  # 银行流水
    kind = models.CharField(_("what for"), max_length=12, choices=MatchKind.choices)  # 款项性质
    due = models.ForeignKey(
        "assets.Due",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="matches",
        verbose_name=pgettext_lazy("money", "due"),
    )  # 应收款
    contract = models.ForeignKey(
        "assets.Contract",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="matches",
        verbose_name=_("contract"),
    )  # 合同（预收、押金）
    other = models.ForeignKey(
        "assets.BankLine",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reversed_by",
        verbose_name=_("other line"),
    )  # 对冲流水
    payment = models.ForeignKey(
        "assets.Payment",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="matches",
        verbose_name=_("payment"),
        db_index=False,
    )  # 分配付款
    amount = yuan(_("amount (yuan)"))  # 金额
    booked_on = models.DateField(_("booked on"))  # 入账日期
    rule = models.CharField(_("by"), max_length=16, choices=MatchRule.choices)  # 依据
    note = models.CharField(_("remark"), max_length=255, blank=True)  # 说明
    counters = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="countered_by", verbose_name=_("counters")
    )  # 冲减的记录
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )  # 确认人
    made_at = models.DateTimeField(pgettext_lazy("a match", "made at"))  # 确认时间
    act = models.ForeignKey("registry.Act", models.PROTECT, related_name="+")  # 办理记录
    undone = models.ForeignKey(
        "registry.Act", models.PROTECT, null=True, blank=True, related_name="+"
    )  # 撤销
    tx = transaction_number()  # 事务号

    objects = MatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["line"], name="match_line_open", condition=Q(undone=None)),
            models.Index(fields=["due"], name="match_due_open", condition=Q(undone=None)),
            models.Index(fields=["booked_on"], name="match_day"),
            models.Index(
                fields=["booked_on"],
                name="match_paid_out",
                condition=Q(kind__in=["payment", "returned"], undone=None),
            ),
            models.Index(fields=["payment"], name="match_of_payments", condition=Q(payment__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=Decimal(0)), name="match_moves_money"),
            models.CheckConstraint(
                condition=(Q(kind=MatchKind.DUE, due__isnull=False))
                | (Q(kind=MatchKind.REFUND) & (Q(due__isnull=False) | Q(contract__isnull=False)))
                | (Q(kind__in=[str(k) for k in OF_CONTRACTS], due=None, contract__isnull=False))
                | (Q(kind=MatchKind.REVERSAL, due=None, contract=None, other__isnull=False))
                | (
                    ~Q(kind__in=["due", "refund", "reversal", *map(str, OF_CONTRACTS)])
                    & Q(due=None, contract=None)
                ),
                name="match_what_for",
            ),
            models.CheckConstraint(condition=Q(other=None) | ~Q(other=F("line")), name="match_other_line"),
            models.CheckConstraint(
                condition=Q(payment=None) | Q(kind__in=[str(kind) for kind in OF_PAYMENTS]),
                name="match_of_payment",
            ),
        ]
        triggers = [
            *marks(
                "place",
                "(SELECT b.division_id FROM assets_bankaccount b JOIN assets_bankline l ON "
                "l.account_id = b.id"
                " WHERE l.id = line_id)",
            ),
            pgtrigger.ReadOnly(name="only_added", exclude=["undone"]),
            *line_not_overdrawn(),
            *due_not_overpaid(),
            *matches_in_open_months(),
            lines_prove_payments(),
            kept(),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.kind} {self.amount}"


class KnownPayerQuerySet(ScopedQuerySet):
    def in_force(self) -> KnownPayerQuerySet:
        return self.filter(forgotten=None)


class KnownPayer(models.Model):
    """Someone of whom a person said for whom he pays: remembered for the next time. 中文：代付关系

    ``name`` is the payer's name as it is compared (``matching.names.key``).
    """

    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="+", verbose_name=_("division")
    )
    name = models.CharField(_("name of the payer"), max_length=160)  # 付款户名
    account = models.CharField(_("account of the payer"), max_length=40, blank=True)  # 付款账号
    party = models.ForeignKey(
        "registry.Party", models.PROTECT, related_name="known_payers", verbose_name=_("pays for")
    )  # 代谁付款
    act = models.ForeignKey("registry.Act", models.PROTECT, related_name="+")  # 确认记录
    forgotten = models.ForeignKey(
        "registry.Act", models.PROTECT, null=True, blank=True, related_name="+"
    )  # 取消

    objects = KnownPayerQuerySet.as_manager()

    class Meta:
        verbose_name = _("known payer")
        verbose_name_plural = _("known payers")
        constraints = [
            models.UniqueConstraint(
                fields=["division", "name", "account", "party"],
                condition=Q(forgotten=None),
                name="knownpayer_once",
            )
        ]
        triggers = [pgtrigger.ReadOnly(name="as_confirmed", exclude=["forgotten"]), kept()]

    def __str__(self) -> str:
        return f"{self.name} → {self.party_id}"
