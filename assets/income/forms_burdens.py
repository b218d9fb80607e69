"""Forms of insurance policies and loans. 中文：保险与贷款表单"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assets.income.services.burdens import Loan, Policy
from registry import clock
from registry.codes import PRIVATE_KINDS, PartyKind
from registry.forms import day_field, not_later_than_today
from registry.models import Party, Unit

from .forms_contracts import money, percent, words


class PolicyForm(forms.Form):
    """An insurance as its policy has it."""

    insurer = words(_("insurer"), 120, required=True)  # 保险公司
    number = words(_("number of the policy"), 60, required=True)  # 保单号
    risks = words(_("insured against"), 160, required=True)  # 险种
    sum_insured = money(_("sum insured (yuan)"), required=True)  # 保险金额
    premium = money(_("premium (yuan)"), required=True)  # 保险费
    begins_on = day_field(pgettext_lazy("an insurance", "first day"))  # 起保日期
    ends_on = day_field(pgettext_lazy("an insurance", "last day"))  # 到期日期

    def policy(self) -> Policy:
        return Policy(**self.cleaned_data)


class LoanForm(forms.Form):
    """A loan as its contract has it."""

    borrower = forms.ModelChoiceField(Party.objects.none(), label=_("borrower"))  # 借款人
    lender = words(_("lender"), 120, required=True)  # 贷款机构
    number = words(_("number of the loan contract"), 60, required=True)  # 借款合同编号
    principal = money(_("principal (yuan)"), required=True)  # 本金
    annual_rate = percent(_("interest of a year (%)"))  # 年利率
    taken_on = day_field(_("taken on"), validators=[not_later_than_today])  # 放款日期
    due_on = day_field(_("to be paid back by"))  # 到期日期
    secured = forms.BooleanField(label=_("secured on the asset"), required=False)  # 以该资产抵押

    def __init__(self, *args: Any, user: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parties = Party.objects.standing().visible_to(user).within(unit.division)
        owners = parties.exclude(kind__in=[*PRIVATE_KINDS, PartyKind.GROUP])
        self.fields["borrower"].queryset = owners  # type: ignore[attr-defined]

    def loan(self) -> Loan:
        return Loan(**self.cleaned_data)


class RepaidForm(forms.Form):
    """The day on which a loan was paid back."""

    repaid_on = day_field(_("paid back on"), validators=[not_later_than_today])  # 还清日期

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["repaid_on"].initial = clock.today()
