"""Forms of contracts: they read what an officer typed, and call nothing. 中文：合同表单"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assets.income.codes import AmendmentKind, ContractMode, LinkKind, Repayment, Rhythm, Timing
from assets.income.models.bank import BankAccount
from assets.income.services.amendments import Change
from assets.income.services.contracts import FACTS, Agreement
from registry.codes import PRIVATE_KINDS, PartyKind
from registry.forms import day_field, not_later_than_today
from registry.forms_decisions import PlacedForm, UnitsField
from registry.models import Decision, Division, Party


def money(label: Any, **kwargs: Any) -> forms.DecimalField:
    kwargs.setdefault("required", False)
    return forms.DecimalField(label=label, max_digits=14, decimal_places=2, min_value=0, **kwargs)


def percent(label: Any, **kwargs: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, max_digits=9, decimal_places=4, min_value=0, required=False, **kwargs
    )


def words(label: Any, longest: int = 255, **kwargs: Any) -> forms.CharField:
    kwargs.setdefault("required", False)
    return forms.CharField(label=label, max_length=longest, **kwargs)


def receiving_accounts(user: Any, division: Division) -> Any:
    """Accounts in use that income of the division may be paid into: its own, and those of places above."""
    rows = BankAccount.objects.in_force().filter(closed_on=None, receives=True).visible_to(user)
    near = rows.within(division) | rows.filter(division__path__in=_upwards(division.path))
    return near.select_related("division", "holder").order_by("-division__path", "id")


def _upwards(path: str) -> list[str]:
    return [path[: end + 1] for end, mark in enumerate(path) if mark == "/" and end]


class ContractForm(PlacedForm):
    """A contract as agreed: what all have, then what only its mode has."""

    number = words(_("contract number"), 60, required=True)  # 合同编号
    title = words(_("title"), 200, required=True)  # 合同名称
    mode = forms.ChoiceField(label=_("mode of operation"), choices=ContractMode.choices)  # 经营方式
    owner = forms.ModelChoiceField(Party.objects.none(), label=_("owner's side"))  # 甲方
    operator = forms.ModelChoiceField(
        Party.objects.none(), label=_("operator"), required=False,
        help_text=_("Register him as a party first where he is not in the list."),
    )  # 乙方  # fmt: skip
    units = UnitsField(label=_("assets"), help_text=_("Their codes, one after the other."))
    weights = words(
        _("weights"), 200,
        help_text=_("How the assets share the money, as 1/3 2/3 in their order; empty: all alike."),
    )  # 分摊比例  # fmt: skip
    begins_on = day_field(pgettext_lazy("a contract", "first day"))  # 合同起始日
    ends_on = day_field(pgettext_lazy("a contract", "last day"), required=False)  # 合同到期日
    amount = money(_("amount of a year (yuan)"))  # 年金额
    rhythm = forms.TypedChoiceField(
        label=_("months of a due"), coerce=int, choices=Rhythm.choices, initial=Rhythm.YEAR
    )  # 收款周期
    timing = forms.ChoiceField(
        label=_("in advance or in arrears"), choices=Timing.choices, initial=Timing.ADVANCE
    )  # 先付后付
    due_days = forms.IntegerField(label=_("days until a due falls"), min_value=0, max_value=366, initial=0)
    free_from = day_field(_("free of rent from"), required=False)  # 免租起
    free_to = day_field(_("free of rent to"), required=False)  # 免租止
    escalation_years = forms.IntegerField(
        label=_("raised every n years"), min_value=1, max_value=50, required=False
    )  # 每几年递增
    escalation_percent = percent(_("raised by (%)"))  # 递增比例
    index_name = words(_("index of the amount"), 60)  # 调价指数
    deposit = money(_("deposit (yuan)"))  # 押金
    decision = forms.ModelChoiceField(Decision.objects.none(), label=_("decision"), required=False)  # 议决
    platform_number = words(_("number of the trading platform"), 60)  # 平台编号
    account = forms.ModelChoiceField(
        BankAccount.objects.none(), label=_("registered receiving account"), required=False
    )  # 收款账户
    account_number = words(
        _("receiving account"), 32, help_text=_("Only where the account is not registered here.")
    )  # 收款账号
    penalty = words(_("penalty"))  # 违约责任
    in_kind = words(_("paid in kind"), 80)  # 实物
    in_kind_quantity = forms.DecimalField(
        label=_("quantity of a year"), max_digits=12, decimal_places=3, min_value=0, required=False
    )  # 年实物数量
    in_kind_measure = words(_("unit of measure"), 20)  # 计量单位
    in_kind_price = money(_("price of one (yuan)"))  # 折算单价
    output_percent = percent(_("share of the output (%)"))  # 产出分成
    sublet_to = forms.ModelChoiceField(Party.objects.none(), label=_("sublet to"), required=False)  # 转租
    sublet_consent_on = day_field(_("owner consented to the sublease on"), required=False)  # 同意转租日期
    equity_percent = percent(_("share of the capital (%)"))  # 持股比例
    profit_percent = percent(_("share of the profit (%)"))  # 分红比例
    exit_clause = words(_("exit clause"))  # 退出条款
    guarantee_ends_on = day_field(_("guarantee until"), required=False)  # 保底截止
    guarantor = words(_("guarantee"), 160)  # 担保
    services = words(_("services"))  # 服务内容
    cost_ledger = words(_("where its costs are kept"), 120)  # 成本台账
    principal = money(_("principal (yuan)"))  # 本金
    annual_rate = percent(_("interest of a year (%)"))  # 年利率
    repayment = forms.ChoiceField(
        label=_("repayment"), choices=[("", "—"), *Repayment.choices], required=False
    )  # 还本方式
    remark = words(_("remark"))  # 备注

    def __init__(self, *args: Any, user: Any, division: Division, **kwargs: Any) -> None:
        super().__init__(*args, user=user, division=division, **kwargs)
        parties = Party.objects.standing().visible_to(user)
        owners = parties.within(division).exclude(kind__in=[*PRIVATE_KINDS, PartyKind.GROUP])
        self.fields["owner"].queryset = owners  # type: ignore[attr-defined]
        self.fields["operator"].queryset = parties  # type: ignore[attr-defined]
        self.fields["sublet_to"].queryset = parties  # type: ignore[attr-defined]
        self.fields["account"].queryset = receiving_accounts(user, division)  # type: ignore[attr-defined]
        held = Decision.objects.in_force().visible_to(user).within(division)
        self.fields["decision"].queryset = held  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if bool(values.get("free_from")) != bool(values.get("free_to")):
            self.add_error("free_to", _("Give the first and the last day of the rent-free time."))
        units = values.get("units") or ()
        parts = [word for word in re.split(r"[\s,，、;；]+", values.get("weights") or "") if word]
        try:
            weights = [Fraction(part) for part in parts] or [Fraction(1, len(units))] * len(units)
        except (ValueError, ZeroDivisionError):
            self.add_error("weights", ValidationError(_("Weights are fractions, as 1/3 2/3.")))
            return values
        if len(weights) != len(units):
            self.add_error("weights", _("Give one weight for each asset."))
        values["parts"] = list(zip(units, weights, strict=False))
        return values

    def agreement(self) -> Agreement:
        values = self.cleaned_data
        facts = {name: values[name] for name in FACTS if name in values}
        facts["deposit"] = facts.get("deposit") or 0
        free = [(values["free_from"], values["free_to"])] if values["free_from"] else []
        return Agreement(
            begins_on=values["begins_on"], ends_on=values["ends_on"], values=facts, parts=values["parts"],
            free=free,
        )  # fmt: skip


class SignForm(forms.Form):
    """The day of the signatures; the dues follow."""

    signed_on = day_field(_("signed on"), validators=[not_later_than_today])  # 签订日期


class AmendForm(forms.Form):
    """What is agreed anew, from which day on."""

    kind = forms.ChoiceField(
        label=_("what is amended"),
        choices=[choice for choice in AmendmentKind.choices if choice[0] != AmendmentKind.TERMINATED],
    )  # 变更类型
    effective_on = day_field(_("in force from"))  # 生效日期
    amount = money(_("new amount of a year (yuan)"))  # 变更后年金额
    index_percent = forms.DecimalField(
        label=_("index (%)"), max_digits=9, decimal_places=4, required=False,
        help_text=_("Raised with 2.5, lowered with -2.5."),
    )  # 调整幅度  # fmt: skip
    ends_on = day_field(_("new last day"), required=False)  # 变更后到期日
    reason = words(_("reason"), required=True, widget=forms.Textarea(attrs={"rows": 2}))  # 原因

    def change(self) -> Change:
        return Change(**self.cleaned_data)


class TerminateForm(forms.Form):
    """The last day, and whether the asset was handed back."""

    last_day = day_field(pgettext_lazy("an ended contract", "last day"))  # 终止日期
    reason = words(_("reason"), required=True, widget=forms.Textarea(attrs={"rows": 2}))  # 原因
    handed_back = forms.BooleanField(
        label=_("the asset was handed back"), required=False, initial=True
    )  # 资产已交还


class WriteOffForm(forms.Form):
    """What of a due nobody will pay any more."""

    amount = money(_("amount (yuan)"), required=True)  # 核销金额
    reason = words(_("reason"), required=True, widget=forms.Textarea(attrs={"rows": 2}))  # 原因


class CompleteForm(forms.Form):
    """What was not known when the contract was signed, or is learned later."""

    decision = forms.ModelChoiceField(Decision.objects.none(), label=_("decision"), required=False)  # 议决
    platform_number = words(_("number of the trading platform"), 60)  # 平台编号
    account = forms.ModelChoiceField(
        BankAccount.objects.none(), label=_("registered receiving account"), required=False
    )  # 收款账户
    account_number = words(
        _("receiving account"), 32, help_text=_("Only where the account is not registered here.")
    )  # 收款账号
    sublet_to = forms.ModelChoiceField(Party.objects.none(), label=_("sublet to"), required=False)  # 转租
    sublet_consent_on = day_field(_("owner consented to the sublease on"), required=False)  # 同意转租日期
    exit_clause = words(_("exit clause"))  # 退出条款
    guarantor = words(_("guarantee"), 160)  # 担保
    remark = words(_("remark"))  # 备注
    reason = words(_("reason"), required=True)  # 原因

    def __init__(self, *args: Any, user: Any, division: Division, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = Decision.objects.in_force().visible_to(user).within(division)
        self.fields["decision"].queryset = held  # type: ignore[attr-defined]
        parties = Party.objects.standing().visible_to(user)
        self.fields["sublet_to"].queryset = parties  # type: ignore[attr-defined]
        self.fields["account"].queryset = receiving_accounts(user, division)  # type: ignore[attr-defined]


class LinkForm(forms.Form):
    """How an asset helps farmers, from when to when."""

    kind = forms.ChoiceField(label=_("how farmers benefit"), choices=LinkKind.choices)  # 联结方式
    households = forms.IntegerField(
        label=pgettext_lazy("benefiting", "households"), min_value=0, required=False
    )  # 带动户数
    begins_on = day_field(pgettext_lazy("an interest link", "first day"))  # 起始日期
    ends_on = day_field(pgettext_lazy("an interest link", "last day"), required=False)  # 截止日期
    note = words(pgettext_lazy("of an interest link", "remark"))  # 说明
