"""Forms of payments and of dues that are declared. 中文：付款与应收登记表单"""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assets.income.codes import DueKind
from assets.income.services.payments import Account
from registry.forms import day_field, not_later_than_today

from .forms_contracts import money, words

PAID, FAILED = "paid", "failed"


class DeclareForm(forms.Form):
    """A dividend or a profit that was earned beside the plan."""

    kind = forms.ChoiceField(
        label=_("kind"), choices=[c for c in DueKind.choices if c[0] in (DueKind.DIVIDEND, DueKind.PROFIT)]
    )  # 款项类型
    begin = day_field(pgettext_lazy("what a payment is for", "first day"))  # 所属期间起
    end = day_field(pgettext_lazy("what a payment is for", "last day"))  # 所属期间止
    due_on = day_field(_("due on"))  # 应收日期
    amount = money(_("amount (yuan)"), required=True)  # 金额
    note = words(_("remark"), 120)  # 说明


class OrderForm(forms.Form):
    """The accounts of the payees, one a line."""

    ordered_on = day_field(_("ordered on"), validators=[not_later_than_today])  # 提交日期
    accounts = forms.CharField(
        label=_("accounts"),
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("One payee a line: name, account number. Who is not named is not paid in this batch."),
    )  # 收款账户

    def by_name(self) -> dict[str, Account]:
        lines = [
            re.split(r"[,，\t]", line) for line in self.cleaned_data["accounts"].splitlines() if line.strip()
        ]
        return {cells[0].strip(): Account(cells[0].strip(), cells[-1].strip()) for cells in lines}


class ResultForm(forms.Form):
    """What the bank did with payments that were ordered."""

    payments = forms.ModelMultipleChoiceField(
        None, label=_("payments"), widget=forms.CheckboxSelectMultiple
    )  # 付款
    result = forms.ChoiceField(
        label=_("result"), choices=[(PAID, _("paid")), (FAILED, _("came back"))]
    )  # 结果
    on = day_field(_("day"), validators=[not_later_than_today])  # 日期
    failure = words(_("why it came back"), 160)  # 退票原因

    def __init__(self, *args: Any, waiting: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["payments"]
        field.queryset = waiting
        field.label_from_instance = lambda payment: f"{payment.run} · {payment.line.payee} · {payment.amount}"
