"""Dues 应收款 and amendments 合同变更.

What was received for a due is the sum of its matches, never stored here.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pgtrigger
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assets.income.codes import AmendmentKind, DueKind
from registry.models.history import tracked
from registry.models.marks import kept, marks_units
from registry.models.scope import ScopedQuerySet

from .contract import Contract
from .contract_triggers import due_stays
from .match_triggers import due_covers_matches
from .money import percent, yuan

ZERO = Decimal("0")


class DueQuerySet(ScopedQuerySet):
    DIVISION = "contract__division"

    def in_force(self) -> DueQuerySet:
        """Dues that no amendment, termination or annulment took back."""
        return self.filter(annulled=None)

    def owed(self) -> DueQuerySet:
        """Dues of which something may still be owed: not wholly written off."""
        return self.in_force().filter(amount__gt=F("written_off"))

    def fallen(self, day: dt.date) -> DueQuerySet:
        return self.in_force().filter(due_on__lte=day)


@tracked()
class Due(models.Model):
    """A receivable of a contract for a period. 中文：应收款

    ``written_off`` is the part that nobody will pay any more, by decision. ``annulled``: the act that took
    it back because the contract was amended, terminated or annulled; it then counts for nothing.
    """

    contract = models.ForeignKey(
        Contract, models.PROTECT, related_name="dues", verbose_name=_("contract")
    )  # 合同
    number = models.PositiveIntegerField(pgettext_lazy("of a due", "number"))  # 期次
    kind = models.CharField(
        pgettext_lazy("of a due", "kind"), max_length=12, choices=DueKind.choices
    )  # 款项类型
    period = DateRangeField(_("period"))  # 所属期间 [起, 止)
    due_on = models.DateField(_("due on"))  # 应收日期
    amount = yuan(_("amount (yuan)"))  # 应收金额
    payer = models.ForeignKey(
        "registry.Party", models.PROTECT, related_name="dues", verbose_name=_("payer")
    )  # 付款人
    note = models.CharField(_("remark"), max_length=120, blank=True)  # 说明
    planned_by = models.ForeignKey(
        "registry.Act", models.PROTECT, null=True, blank=True, related_name="planned_dues"
    )  # 生成依据
    written_off = yuan(_("written off (yuan)"), default=ZERO)  # 核销金额
    written_off_by = models.ForeignKey(
        "registry.Act", models.PROTECT, null=True, blank=True, related_name="written_off_dues"
    )  # 核销
    annulled = models.ForeignKey(
        "registry.Act", models.PROTECT, null=True, blank=True, related_name="annulled_dues"
    )

    objects = DueQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("money", "due")
        verbose_name_plural = _("dues")
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(fields=["contract", "due_on"], name="due_of_contract", condition=Q(annulled=None)),
            models.Index(fields=["payer", "due_on"], name="due_of_payer", condition=Q(annulled=None)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "number"],
                name="due_number_once",
                violation_error_message=_("This contract already has a due of this number."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=ZERO),
                name="due_amount_positive",
                violation_error_message=_("A due is more than zero."),
            ),
            models.CheckConstraint(
                condition=Q(written_off__gte=ZERO, written_off__lte=F("amount")),
                name="due_written_off_of_amount",
                violation_error_message=_("No more is written off than is due."),
            ),
            models.CheckConstraint(
                condition=Q(written_off=ZERO) | Q(written_off_by__isnull=False), name="due_written_off_by_act"
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__lower_inf=False, period__upper_inf=False),
                name="due_period_bounded",
            ),
        ]
        triggers = [
            *marks_units(
                "SELECT c.unit_id FROM assets_contractunit c JOIN touched t ON c.contract_id = t.contract_id"
            ),
            due_stays(),
            due_covers_matches(),
            kept(),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}/{self.number} {self.due_on}"


class AmendmentQuerySet(ScopedQuerySet):
    DIVISION = "contract__division"

    def in_force(self) -> AmendmentQuerySet:
        return self.filter(annulled=None)


@tracked()
class Amendment(models.Model):
    """What changes a signed contract from a day on; an early termination is one of them. 中文：合同变更

    Dues whose period begins before ``effective_on`` stay as they are; a period in which it lies is split.
    """

    contract = models.ForeignKey(
        Contract, models.PROTECT, related_name="amendments", verbose_name=_("contract")
    )  # 合同
    kind = models.CharField(
        pgettext_lazy("of an amendment", "kind"), max_length=12, choices=AmendmentKind.choices
    )  # 变更类型
    effective_on = models.DateField(_("in force from"))  # 生效日期
    amount = yuan(_("new amount of a year (yuan)"), null=True, blank=True)  # 变更后年金额
    index_percent = percent(_("index (%)"))  # 调整幅度
    ends_on = models.DateField(_("new last day"), null=True, blank=True)  # 变更后到期日
    reason = models.CharField(_("reason"), max_length=255)  # 变更原因
    decision = models.ForeignKey(
        "registry.Decision", models.PROTECT, null=True, blank=True, related_name="amendments"
    )  # 议决记录
    source = models.ForeignKey(
        "registry.Source", models.PROTECT, null=True, blank=True, related_name="amendments"
    )  # 补充协议
    act = models.ForeignKey("registry.Act", models.PROTECT, related_name="+")  # 办理记录
    annulled = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = AmendmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("amendment")
        verbose_name_plural = _("amendments")
        ordering = ["effective_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract"],
                condition=Q(kind=AmendmentKind.TERMINATED, annulled=None),
                name="amendment_terminated_once",
                violation_error_message=_("This contract is terminated already."),
            ),
            models.CheckConstraint(
                condition=Q(kind=AmendmentKind.AMOUNT, amount__gte=ZERO)
                | Q(kind=AmendmentKind.INDEXED, index_percent__isnull=False)
                | Q(kind=AmendmentKind.TERM, ends_on__isnull=False)
                | Q(kind=AmendmentKind.TERMINATED),
                name="amendment_of_kind",
            ),
        ]
        triggers = [
            *marks_units(
                "SELECT c.unit_id FROM assets_contractunit c JOIN touched t ON c.contract_id = t.contract_id"
            ),
            pgtrigger.ReadOnly(name="as_agreed", exclude=["annulled"]),
            kept(),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.kind} {self.effective_on}"
