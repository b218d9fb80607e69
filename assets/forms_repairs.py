"""Forms of repairs: order, delay, work done, check. They call nothing."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assets.forms_upkeep import MONEY, PAYERS
from registry.forms import day_field, not_later_than_today


class OrderForm(forms.Form):
    """Who repairs it by when, what it may cost and who pays."""

    defect = forms.CharField(label=_("defect"), max_length=255)  # 问题
    ordered_on = day_field(_("repair ordered on"), validators=[not_later_than_today])  # 派修日期
    worker = forms.CharField(label=_("who repairs it"), max_length=120)  # 维修单位（人）
    due_on = day_field(pgettext_lazy("a repair", "to be done by"))  # 完成期限
    estimate = forms.DecimalField(label=_("estimate (yuan)"), **MONEY)  # 预计费用
    payer = forms.ChoiceField(label=_("who pays"), choices=PAYERS, required=False)  # 出资方
    payer_name = forms.CharField(label=_("who pays, by name"), max_length=120, required=False)  # 出资单位


class PutOffForm(forms.Form):
    """Until when, and why."""

    until = day_field(_("put off until"))  # 延期至
    reason = forms.CharField(label=_("reason for putting it off"), max_length=255)  # 延期理由


class DoneForm(forms.Form):
    """What was done, when, by whom, and what it cost."""

    done_on = day_field(_("done on"), validators=[not_later_than_today])  # 完成日期
    done_by = forms.CharField(label=_("done by"), max_length=120)  # 实际维修人
    work = forms.CharField(label=_("what was done"), max_length=255)  # 维修内容
    cost = forms.DecimalField(label=_("cost (yuan)"), **MONEY)  # 实际费用
    payer = forms.ChoiceField(label=_("who pays"), choices=PAYERS, required=False)  # 出资方
    payer_name = forms.CharField(label=_("who pays, by name"), max_length=120, required=False)  # 出资单位


class CheckForm(forms.Form):
    """Somebody else has looked at the work."""

    good = forms.TypedChoiceField(
        label=_("result"),
        choices=[("yes", _("The work is good")), ("no", _("To be done again"))],
        coerce=lambda word: word == "yes",
        widget=forms.RadioSelect,
        initial="yes",
    )  # 验收结果
    checked_on = day_field(_("checked on"), validators=[not_later_than_today])  # 验收日期
    checked_by = forms.CharField(label=_("checked by"), max_length=60)  # 验收人
    reason = forms.CharField(
        label=_("remark"), max_length=255, required=False, help_text=_("What is not good enough.")
    )  # 说明


class StrikeForm(forms.Form):
    """Why a record is taken back."""

    reason = forms.CharField(label=_("reason"), max_length=255)  # 理由
