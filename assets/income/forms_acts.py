"""Forms of acts on money: advances, accounts given up, cash paid in. 中文：预收、销户、缴存表单"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assets.income.models.bank import BankLine
from assets.income.models.due import Due
from registry import display
from registry.forms import day_field, not_later_than_today

from .forms_contracts import money, words


class AdvanceForm(forms.Form):
    """A due that an advance of its contract is used for."""

    due = forms.ModelChoiceField(Due.objects.none(), label=pgettext_lazy("money", "due"))  # 应收款
    amount = money(_("amount (yuan)"), required=True)  # 金额

    def __init__(self, *args: Any, dues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["due"]
        field.queryset = dues
        field.label_from_instance = lambda due: (
            f"{display.day(due.due_on)} · {due.get_kind_display()} · {display.money(due.open)}"
        )


class StopForm(forms.Form):
    """An account that is given up, or that receives no income any more."""

    closed_on = day_field(_("given up on"), validators=[not_later_than_today])  # 停用日期
    reason = words(_("reason"), required=True, widget=forms.Textarea(attrs={"rows": 2}))  # 原因


class PaidInForm(forms.Form):
    """The line by which cash reached the account."""

    line = forms.ModelChoiceField(
        BankLine.objects.none(), label=pgettext_lazy("credit", "bank line")
    )  # 存入流水

    def __init__(self, *args: Any, lines: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["line"]
        field.queryset = lines
        field.label_from_instance = lambda line: (
            f"{display.day(line.booked_on)} · {display.money(line.amount)} · {line.memo or line.name}"
        )
