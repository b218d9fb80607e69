"""Vouchers 记账凭证 of the matches, for the bookkeeping of rural collectives (财会〔2023〕14号)."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assets.income.models.bank import OfAccountQuerySet
from assets.income.models.money import yuan
from registry.models.marks import kept, marks


class Voucher(models.Model):
    """One voucher of an account's month: what a bank line was booked for. 中文：记账凭证

    It balances by construction: every entry names what is debited and what is credited with one amount.
    """

    account = models.ForeignKey(
        "assets.BankAccount",
        models.PROTECT,
        related_name="vouchers",
        verbose_name=pgettext_lazy("at a bank", "account"),
    )  # 银行账户
    month = models.DateField(_("month"))  # 所属月份
    number = models.PositiveIntegerField(pgettext_lazy("of a voucher", "number"))  # 凭证号
    day = models.DateField(_("day"))  # 日期
    act = models.ForeignKey("registry.Act", models.PROTECT, related_name="+")  # 办理记录

    objects = OfAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("voucher")
        verbose_name_plural = _("vouchers")
        ordering = ["month", "number"]
        constraints = [
            models.UniqueConstraint(fields=["account", "month", "number"], name="voucher_number_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="voucher_first_day"),
        ]
        triggers = [
            *marks("place", "(SELECT b.division_id FROM assets_bankaccount b WHERE b.id = account_id)"),
            pgtrigger.ReadOnly(name="as_made"),
            kept(),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.number}"


class VoucherEntryQuerySet(OfAccountQuerySet):
    DIVISION = "voucher__account__division"


class VoucherEntry(models.Model):
    """An amount from one subject to another; each match has exactly one. 中文：凭证分录"""

    voucher = models.ForeignKey(
        Voucher, models.PROTECT, related_name="entries", verbose_name=_("voucher")
    )  # 凭证
    match = models.OneToOneField(
        "assets.Match", models.PROTECT, related_name="voucher_entry", verbose_name=_("match")
    )  # 对账记录
    summary = models.CharField(pgettext_lazy("of a voucher", "summary"), max_length=200)  # 摘要
    debit = models.CharField(_("debited subject"), max_length=40)  # 借方科目
    credit = models.CharField(_("credited subject"), max_length=40)  # 贷方科目
    amount = yuan(_("amount (yuan)"))  # 金额，红字为负

    objects = VoucherEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of a voucher")
        verbose_name_plural = _("entries of a voucher")
        ordering = ["voucher", "id"]
        triggers = [pgtrigger.ReadOnly(name="as_made"), kept()]

    def __str__(self) -> str:
        return f"{self.debit}/{self.credit} {self.amount}"
