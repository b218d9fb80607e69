"""Forms of what collectives are to earn and earned elsewhere. 中文：村集体收入表单"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assets.income.codes import IncomeSource
from registry import clock

from .forms_contracts import money, words


class TargetForm(forms.Form):
    """What a collective is to earn in a year."""

    year = forms.IntegerField(label=_("year"), min_value=2012, max_value=2100)  # 年度
    amount = money(_("target (yuan)"), required=True)  # 目标金额
    measures = words(_("by what it is reached"), widget=forms.Textarea(attrs={"rows": 2}))  # 增收措施

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].initial = clock.today().year


class StateForm(forms.Form):
    """Income that no bank line here shows."""

    year = forms.IntegerField(label=_("year"), min_value=2012, max_value=2100)  # 年度
    kind = forms.ChoiceField(label=_("source of income"), choices=IncomeSource.choices)  # 收入来源
    amount = money(_("amount (yuan)"), required=True)  # 金额
    note = words(
        _("where it stands"), required=True, help_text=_("The account book and its page, or the paper.")
    )  # 账页、说明

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].initial = clock.today().year - 1
