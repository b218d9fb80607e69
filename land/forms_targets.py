"""Forms of targets, chiefs and pledges: they read what a person typed, and call nothing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from land.models import TargetKind
from land.services.targets import problems
from registry.forms import day_field, not_later_than_today


def mu_field(label: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        max_digits=14,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )


class PaperFields(forms.Form):
    """The document on which it rests."""

    paper_number = forms.CharField(label=_("document number"), max_length=120, required=False)  # 文号
    paper_title = forms.CharField(label=_("title of the document"), max_length=255, required=False)  # 标题
    paper_on = day_field(_("date of the document"), required=False, validators=[not_later_than_today])  # 日期

    def paper(self) -> dict[str, Any]:
        """The document as its service takes it."""
        values = self.cleaned_data
        return {
            "number": values["paper_number"],
            "title": values["paper_title"],
            "issued_on": values["paper_on"],
        }

    def has_paper(self) -> bool:
        return bool(self.cleaned_data.get("paper_number") or self.cleaned_data.get("paper_title"))


class TargetForm(PaperFields):
    """What a place must keep."""

    year = forms.IntegerField(label=_("year"), min_value=2000, max_value=2100)  # 目标年份
    kind = forms.ChoiceField(label=_("kind"), choices=TargetKind.choices)  # 目标类型
    retained_mu = mu_field(_("farmland to be kept (mu)"))  # 耕地保有量
    pbf_mu = mu_field(_("permanent basic farmland to be kept (mu)"))  # 永久基本农田保护面积
    field_order = ["year", "kind", "retained_mu", "pbf_mu", "paper_number", "paper_title", "paper_on"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name, sentence in problems(values).items():
            if name not in self.errors:
                self.add_error(name, sentence)
        if not self.has_paper():
            self.add_error("paper_number", _("Each target rests on a document: give its number or title."))
        return values


class ChiefForm(PaperFields):
    """Who becomes chief, from which day."""

    name = forms.CharField(label=_("name of the farmland chief"), max_length=60)  # 田长姓名
    office = forms.CharField(
        label=_("office held"), max_length=60, required=False, help_text=_("As secretary of the village.")
    )  # 职务
    valid_from = day_field(_("from"))  # 任职日期
    field_order = ["name", "office", "valid_from", "paper_number", "paper_title", "paper_on"]


class ChiefEndForm(forms.Form):
    """From which day there is no chief any more, and why."""

    on = day_field(_("first day without him"))  # 离任日期
    reason = forms.CharField(label=_("reason"), max_length=255)  # 原因


class PledgeForm(forms.Form):
    """For which year the chief signs."""

    year = forms.IntegerField(label=_("year"), min_value=2000, max_value=2100)  # 年度


class WithdrawForm(forms.Form):
    """Why a pledge is taken back."""

    reason = forms.CharField(label=_("reason"), max_length=255)  # 原因
