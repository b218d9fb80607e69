"""Months that are closed 月末结账: figures frozen, and what was closed stays closed in the database."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from pgtrigger import ReadOnly

from assets.income.models.bank import OfAccountQuerySet
from assets.income.models.money import yuan
from registry.models.history import tracked
from registry.models.marks import kept, marks


class MonthCloseQuerySet(OfAccountQuerySet):
    def in_force(self) -> MonthCloseQuerySet:  # type: ignore[override]
        return self.filter(reopened=None)


@tracked()
class MonthClose(models.Model):
    """An account's month, closed with its figures. 中文：月末结账

    From then on the database takes no line and no match of that month; what was wrong is put right by
    counter-entries in the open month. Opening it again is an act with its reason and leaves this row.
    """

    account = models.ForeignKey(
        "assets.BankAccount",
        models.PROTECT,
        related_name="closes",
        verbose_name=pgettext_lazy("at a bank", "account"),
    )  # 银行账户
    month = models.DateField(_("month"))  # 所属月份，当月第一日
    opening = yuan(_("opening balance"))  # 期初余额
    credits = yuan(_("credits"))  # 收入
    debits = yuan(_("debits"))  # 支出
    closing = yuan(_("closing balance"))  # 期末余额
    received = yuan(_("of it settling receivables"))  # 其中收回应收
    lines = models.PositiveIntegerField(_("bank lines"))  # 流水笔数
    remark = models.CharField(_("remark"), max_length=255, blank=True)  # 备注
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )  # 结账人
    closed_at = models.DateTimeField(_("closed at"))  # 结账时间
    reopened = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = MonthCloseQuerySet.as_manager()

    class Meta:
        verbose_name = _("closed month")
        verbose_name_plural = _("closed months")
        ordering = ["-month", "account_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "month"],
                condition=Q(reopened=None),
                name="monthclose_once",
                violation_error_message=_("This month is closed already."),
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="monthclose_first_day"),
            models.CheckConstraint(
                condition=Q(closing=models.F("opening") + models.F("credits") - models.F("debits")),
                name="monthclose_adds_up",
            ),
        ]
        triggers = [
            *marks("place", "(SELECT b.division_id FROM assets_bankaccount b WHERE b.id = account_id)"),
            ReadOnly(name="frozen", exclude=["reopened"]),
            kept(),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.month:%Y-%m}"
