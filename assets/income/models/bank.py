"""Bank accounts 银行账户, the statements that came in, and their lines: what really moved.

A line is what the bank wrote: it is never changed, and its content is booked once, however many statements
hold it. The database holds both, and that nothing is added to a month that is closed.
"""

from __future__ import annotations

import re
from decimal import Decimal

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assets.income.bank_codes import PRIVATE_HOLDERS, AccountKind
from assets.income.models.closing_triggers import lines_in_open_months
from assets.income.models.money import yuan
from registry import display
from registry.models.history import tracked
from registry.models.marks import kept, marks
from registry.models.scope import ScopedQuerySet


class BankAccountQuerySet(ScopedQuerySet):
    def in_force(self) -> BankAccountQuerySet:
        return self.filter(annulled=None)


@tracked(exclude=["number"])
class BankAccount(models.Model):
    """An account that income of assets goes through. 中文：银行账户

    The number of a natural person's account is personal data: shown with its last four digits, and no
    history is kept of it.
    """

    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="bank_accounts", verbose_name=_("division")
    )  # 行政区划
    holder = models.ForeignKey(
        "registry.Party",
        models.PROTECT,
        related_name="bank_accounts",
        verbose_name=pgettext_lazy("of a bank account", "holder"),
    )  # 户名
    number = models.CharField(_("account number"), max_length=32)  # 账号
    bank = models.CharField(_("bank"), max_length=80)  # 开户行
    kind = models.CharField(
        pgettext_lazy("of a bank account", "kind"), max_length=12, choices=AccountKind.choices
    )  # 账户性质
    receives = models.BooleanField(_("receives collective income"), default=True)  # 收取集体收入
    opened_on = models.DateField(_("in use since"))  # 启用日期
    closed_on = models.DateField(
        pgettext_lazy("a bank account", "closed on"), null=True, blank=True
    )  # 销户日期
    batch = models.ForeignKey("registry.ImportBatch", models.PROTECT, null=True, blank=True, related_name="+")
    annulled = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = BankAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        ordering = ["division__path", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["number"],
                condition=Q(annulled=None),
                name="bankaccount_number_once",
                violation_error_message=_("This account is registered already."),
            ),
            models.CheckConstraint(
                condition=Q(number__regex=r"^[0-9]{8,32}$"),
                name="bankaccount_number_form",
                violation_error_message=_("An account number has 8 to 32 digits."),
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                name="bankaccount_closed_after_opening",
            ),
        ]
        triggers = [*marks("place", "division_id"), kept()]

    def __str__(self) -> str:
        return f"{self.bank} {self.shown_number}"

    @property
    def private(self) -> bool:
        """Whether a natural person holds it."""
        return self.kind == AccountKind.PERSONAL or self.holder.kind in PRIVATE_HOLDERS

    @property
    def bank_name(self) -> str:
        """The bank without its branch: all its branches export alike."""
        found = re.match(r".*?(?:银行|农信|信用社|农商行)", self.bank)
        return (found[0] if found else self.bank)[:60]

    @property
    def shown_number(self) -> str:
        """The number as pages show it: its last four digits, as the bank prints it."""
        return f"****{self.number[-4:]}"

    @property
    def shown_holder(self) -> str:
        return display.masked(self.holder.name) if self.private else self.holder.name


class OfAccountQuerySet(ScopedQuerySet):
    """Rows that belong to an account and are seen with its place."""

    DIVISION = "account__division"

    def in_force(self) -> OfAccountQuerySet:
        return self.filter(annulled=None)


class Statement(models.Model):
    """What one file said of an account for a period: opening + credits - debits = closing. 中文：对账单"""

    account = models.ForeignKey(
        BankAccount,
        models.PROTECT,
        related_name="statements",
        verbose_name=pgettext_lazy("at a bank", "account"),
    )  # 银行账户
    starts_on = models.DateField(_("from"))  # 起始日期
    ends_on = models.DateField(_("to"))  # 截止日期
    opening = yuan(_("opening balance"))  # 期初余额
    credits = yuan(_("credits"))  # 贷方发生额（收入）
    debits = yuan(_("debits"))  # 借方发生额（支出）
    closing = yuan(_("closing balance"))  # 期末余额
    batch = models.ForeignKey(
        "registry.ImportBatch", models.PROTECT, null=True, blank=True, related_name="statements"
    )
    annulled = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = OfAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("bank statement")
        verbose_name_plural = _("bank statements")
        ordering = ["-ends_on", "-id"]
        indexes = [models.Index(fields=["account", "ends_on"], name="statement_account")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="statement_days"),
            models.CheckConstraint(
                condition=Q(closing=F("opening") + F("credits") - F("debits")),
                name="statement_adds_up",
                violation_error_message=_("Opening + credits - debits is not the closing balance."),
            ),
            models.CheckConstraint(
                condition=Q(credits__gte=Decimal(0), debits__gte=Decimal(0)), name="statement_not_negative"
            ),
        ]
        triggers = [
            *marks("place", "(SELECT b.division_id FROM assets_bankaccount b WHERE b.id = account_id)"),
            pgtrigger.ReadOnly(name="as_it_came", exclude=["annulled"]),
            kept(),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.starts_on} - {self.ends_on}"


class BankLine(models.Model):
    """One line of a statement: more than zero came in, less than zero went out. 中文：银行流水

    ``fingerprint`` is what makes the line itself (``importers.statements.fingerprints``): the same line in a
    second file, or in one of an overlapping period, is not booked again.
    """

    account = models.ForeignKey(
        BankAccount, models.PROTECT, related_name="lines", verbose_name=pgettext_lazy("at a bank", "account")
    )  # 银行账户
    statement = models.ForeignKey(
        Statement, models.PROTECT, related_name="lines", verbose_name=_("statement")
    )  # 对账单
    row = models.PositiveIntegerField(_("row of the file"))  # 行号
    booked_on = models.DateField(_("booked on"))  # 记账日期
    amount = yuan(_("amount (yuan)"))  # 金额，收入为正、支出为负
    name = models.CharField(_("counterparty"), max_length=160, blank=True)  # 对方户名
    counter_account = models.CharField(
        _("account of the counterparty"), max_length=40, blank=True
    )  # 对方账号
    memo = models.CharField(_("memo"), max_length=255, blank=True)  # 摘要、附言
    serial = models.CharField(_("serial number"), max_length=60, blank=True)  # 流水号
    balance = yuan(_("balance after it"), null=True, blank=True)  # 余额
    fingerprint = models.CharField(_("content fingerprint"), max_length=64)  # 内容指纹
    annulled = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = OfAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("bank line")
        verbose_name_plural = _("bank lines")
        ordering = ["booked_on", "id"]
        indexes = [models.Index(fields=["account", "booked_on"], name="bankline_account_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "fingerprint"],
                condition=Q(annulled=None),
                name="bankline_once",
                violation_error_message=_("This line is booked already."),
            ),
            models.CheckConstraint(condition=~Q(amount=Decimal(0)), name="bankline_moves_money"),
        ]
        triggers = [
            *marks("place", "(SELECT b.division_id FROM assets_bankaccount b WHERE b.id = account_id)"),
            pgtrigger.ReadOnly(name="as_the_bank_wrote", exclude=["annulled"]),
            *lines_in_open_months(),
            kept(),
        ]

    def __str__(self) -> str:
        return f"{self.booked_on} {self.amount} {self.name}"
