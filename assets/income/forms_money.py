"""Forms of accounts, statements, matching and month-end. 中文：对账结账表单"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assets.income.bank_codes import WITHOUT_DUE, AccountKind, MatchKind
from assets.income.models.bank import BankAccount
from assets.income.models.contract import Contract
from assets.income.services import accounts
from registry import clock
from registry.codes import PartyKind
from registry.forms import day_field
from registry.models import Division, Party


class AccountForm(forms.Form):
    """An account that income goes through."""

    division = forms.ModelChoiceField(Division.objects.none(), label=_("division"))  # 行政区划
    holder = forms.ModelChoiceField(
        Party.objects.none(), label=pgettext_lazy("of a bank account", "holder")
    )  # 户名
    bank = forms.CharField(label=_("bank"), max_length=80)  # 开户行
    number = forms.CharField(label=_("account number"), max_length=40)  # 账号
    kind = forms.ChoiceField(
        label=pgettext_lazy("of a bank account", "kind"), choices=AccountKind.choices
    )  # 账户性质
    opened_on = day_field(_("in use since"))  # 启用日期
    receives = forms.BooleanField(
        label=_("receives collective income"), required=False, initial=True
    )  # 收取集体收入

    def __init__(self, *args: Any, user: Any, division: Division, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Division.objects.visible_to(user).within(division).order_by("path")
        self.fields["division"].queryset = places  # type: ignore[attr-defined]
        holders = Party.objects.standing().visible_to(user).exclude(kind=PartyKind.GROUP)
        self.fields["holder"].queryset = holders  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, sentence in accounts.problems(data).items():
            if name not in self.errors:
                self.add_error(name, sentence)
        return data

    def facts(self) -> accounts.AccountFacts:
        data = {name: value for name, value in self.cleaned_data.items() if name != "division"}
        return accounts.AccountFacts(**data)


class StatementForm(forms.Form):
    """A statement as the bank exported it."""

    file = forms.FileField(label=_("statement of the bank (.csv, .xlsx, .xls)"))  # 对账单文件
    opening = forms.DecimalField(
        label=_("opening balance"), required=False, max_digits=14, decimal_places=2,
        help_text=_("Only where the file shows no balances."),
    )  # 期初余额  # fmt: skip


class OtherForm(forms.Form):
    """What a line is for that settles no receivable."""

    kind = forms.ChoiceField(
        label=_("what for"),
        choices=[
            ("", _("Choose")),
            *(
                (k, MatchKind(k).label)
                for k in (*WITHOUT_DUE, MatchKind.ADVANCE, MatchKind.DEPOSIT, MatchKind.REFUND)
            ),
        ],
    )  # 款项性质
    contract = forms.ModelChoiceField(
        Contract.objects.none(), label=_("contract"), required=False,
        help_text=_("For an advance, a deposit or a refund."),
    )  # 合同  # fmt: skip
    note = forms.CharField(label=_("remark"), max_length=255, required=False)  # 说明

    def __init__(self, *args: Any, user: Any, account: BankAccount, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Contract.objects.signed().visible_to(user).within(account.division)
        self.fields["contract"].queryset = rows  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why something is taken back."""

    reason = forms.CharField(
        label=_("reason"), max_length=255, widget=forms.Textarea(attrs={"rows": 3})
    )  # 原因


class CashForm(forms.Form):
    """Cash that was taken for a contract."""

    contract = forms.ModelChoiceField(Contract.objects.none(), label=_("contract"))  # 合同
    received_on = day_field(_("received on"))  # 收款日期
    amount = forms.DecimalField(label=_("amount (yuan)"), max_digits=14, decimal_places=2)  # 金额
    payer_name = forms.CharField(label=_("paid by"), max_length=160)  # 交款人
    receipt_number = forms.CharField(label=_("number of the receipt"), max_length=60)  # 收据编号

    def __init__(self, *args: Any, user: Any, division: Division, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Contract.objects.signed().visible_to(user).within(division)
        self.fields["contract"].queryset = rows  # type: ignore[attr-defined]
        self.fields["received_on"].initial = clock.today()


class PeriodForm(forms.Form):
    """The period of a report and what its rows are."""

    first = day_field(_("from"), required=False)
    last = day_field(_("to"), required=False)
