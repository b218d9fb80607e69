"""Cash 现金 that was taken for a contract: it counts as received when it has reached the account."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assets.income.models.money import yuan
from registry.models.history import tracked
from registry.models.marks import kept, marks
from registry.models.scope import ScopedQuerySet


class CashReceiptQuerySet(ScopedQuerySet):
    DIVISION = "contract__division"

    def in_force(self) -> CashReceiptQuerySet:
        return self.filter(annulled=None)


@tracked()
class CashReceipt(models.Model):
    """Money taken in cash for a contract, and the bank line by which it was paid in. 中文：现金收款"""

    contract = models.ForeignKey(
        "assets.Contract", models.PROTECT, related_name="cash_receipts", verbose_name=_("contract")
    )  # 合同
    received_on = models.DateField(_("received on"))  # 收款日期
    amount = yuan(_("amount (yuan)"))  # 金额
    payer_name = models.CharField(_("paid by"), max_length=160)  # 交款人
    receipt_number = models.CharField(_("number of the receipt"), max_length=60)  # 收据编号
    line = models.ForeignKey(
        "assets.BankLine",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cash_receipts",
        verbose_name=_("paid in with"),
    )  # 存入流水
    act = models.ForeignKey("registry.Act", models.PROTECT, related_name="+")  # 办理记录
    annulled = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = CashReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = _("cash receipt")
        verbose_name_plural = _("cash receipts")
        ordering = ["-received_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="cashreceipt_positive"),
            models.UniqueConstraint(
                fields=["contract", "receipt_number"], condition=Q(annulled=None), name="cashreceipt_once"
            ),
        ]
        triggers = [
            *marks("place", "(SELECT c.division_id FROM assets_contract c WHERE c.id = contract_id)"),
            pgtrigger.ReadOnly(name="as_received", exclude=["line", "annulled"]),
            kept(),
        ]

    def __str__(self) -> str:
        return f"{self.receipt_number} {self.amount}"
