"""Forms of the assets app: naming a keeper, a round of inspection."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from assets.codes import Condition
from registry.codes import PRIVATE_KINDS, PartyKind
from registry.forms import day_field, not_later_than_today
from registry.models import SourceKind

BODY_KINDS = [choice for choice in PartyKind.choices if choice[0] not in {*PRIVATE_KINDS, PartyKind.GROUP}]


class KeeperForm(forms.Form):
    """Who keeps it up from which day on, and the paper that says so."""

    body_name = forms.CharField(
        label=_("upkeep body"),
        max_length=160,
        help_text=_(
            "The body that answers for it, as the villagers' committee. Type, and choose from the list."
        ),
        widget=forms.TextInput(attrs={"list": "bodies", "autocomplete": "off"}),
    )  # 管护主体
    body_kind = forms.ChoiceField(
        label=_("kind of the body"),
        choices=BODY_KINDS,
        initial=PartyKind.VILLAGE_COMMITTEE,
        help_text=_("Only for a body that is not in the list yet."),
    )  # 主体类型
    person_name = forms.CharField(label=_("responsible person"), max_length=60)  # 管护责任人
    phone = forms.CharField(
        label=_("phone"),
        max_length=20,
        required=False,
        validators=[
            RegexValidator(r"^[0-9+ -]{7,20}$", _("A phone number has 7 digits or more, as 13887654321."))
        ],
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )  # 联系电话
    valid_from = day_field(_("in force from"))  # 管护起始日期
    annual_budget = forms.DecimalField(
        label=_("annual budget (yuan)"), max_digits=14, decimal_places=2, min_value=0, required=False
    )  # 年管护经费
    budget_source = forms.CharField(label=_("budget source"), max_length=120, required=False)  # 经费来源
    source_kind = forms.ChoiceField(
        label=_("document"),
        choices=SourceKind.choices,
        initial=SourceKind.DECISION,
        help_text=_(
            "Where no paper is left, a dated statement on historic facts by the owner and the township."
        ),
    )  # 依据类型
    source_number = forms.CharField(label=_("document number"), max_length=120, required=False)  # 文号
    source_title = forms.CharField(
        label=_("title of the document"), max_length=255, required=False
    )  # 文件名称
    source_date = day_field(
        _("date of the document"), required=False, validators=[not_later_than_today]
    )  # 日期
    reason = forms.CharField(label=_("remark"), max_length=255, required=False)  # 备注

    def __init__(self, *args: Any, bodies: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bodies = bodies

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        paper = values.get("source_number") or values.get("source_title")
        if values.get("source_kind") == SourceKind.LEGACY and not values.get("source_date"):
            self.add_error(
                "source_date", _("A statement on historic facts is dated: give the day on which it was made.")
            )
        elif values.get("source_kind") != SourceKind.LEGACY and not paper:
            self.add_error("source_number", _("Give the number or the title of the document."))
        return values


class RoundForm(forms.Form):
    """What was seen on one round of many things. 中文：批量巡查"""

    condition = forms.ChoiceField(
        label=_("condition"), choices=Condition.choices, widget=forms.RadioSelect
    )  # 状况
    defect = forms.CharField(
        label=_("defect found"),
        max_length=255,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What is broken, and where. Leave it empty when all is well."),
    )  # 发现问题
    inspected_on = day_field(_("inspected on"), validators=[not_later_than_today])  # 巡查日期
    inspector = forms.CharField(label=_("inspector"), max_length=60)  # 巡查人
    handled_on = day_field(
        _("handled on"),
        required=False,
        validators=[not_later_than_today],
        help_text=_("Where it was repaired at once."),
    )  # 处理日期
    remark = forms.CharField(label=_("remark"), max_length=255, required=False)  # 备注

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        broken = values.get("condition") in (Condition.DAMAGED, Condition.OUT_OF_USE)
        if broken and not values.get("defect"):
            self.add_error("defect", ValidationError(_("Say what is broken, so that it can be repaired.")))
        return values
