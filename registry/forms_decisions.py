"""Forms of decisions, public notices and parameters. 中文：议决、公告公示、参数"""

from __future__ import annotations

import json
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from registry.codes import DecisionBody, Level, Matter, NoticeKind, PartyKind
from registry.errors import RegistryError
from registry.forms import day_field
from registry.models import Decision, Division, Party, Unit
from registry.rules.parameters import Default, checked
from registry.services import decisions as decision_services
from registry.services import notices as notice_services

MAX_UNITS = 200


def places(user: Any) -> Any:
    """Places that hold meetings and publish: villages and what is above them."""
    return Division.objects.visible_to(user).exclude(level=Level.NATURAL_VILLAGE)


class UnitsField(forms.CharField):
    """Codes of registered things, one after the other; gives the units that the user may see."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 2}))
        super().__init__(required=False, max_length=MAX_UNITS * 45, **kwargs)
        self.user: Any = None

    def clean(self, value: Any) -> tuple[Unit, ...]:
        codes = list(dict.fromkeys(re.split(r"[\s,，、;；]+", (super().clean(value) or "").strip())))
        codes = [code for code in codes if code]
        if len(codes) > MAX_UNITS:
            raise ValidationError(_("More than %(most)d codes were given."), params={"most": MAX_UNITS})
        rows = Unit.objects.visible_to(self.user).in_force().filter(code__in=codes).select_related("division")
        found = {unit.code: unit for unit in rows}
        missing = [code for code in codes if code not in found]
        if missing:
            raise ValidationError(
                _("No registered thing of yours has the code %(codes)s. Copy the code from its page."),
                params={"codes": "、".join(missing[:5])},
            )
        return tuple(found[code] for code in codes)


class PlacedForm(forms.Form):
    """A form on something of a place, with the things it concerns."""

    division = forms.ModelChoiceField(Division.objects.none(), label=_("place"))  # 行政区划

    def __init__(self, *args: Any, user: Any, division: Division, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["division"].queryset = places(user).filter(path__startswith=division.path)  # type: ignore[attr-defined]
        self.fields["division"].initial = division.pk
        self.fields["units"].user = user  # type: ignore[attr-defined]


def count_field(label: Any, **kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=1_000_000, **kwargs)


class DecisionForm(PlacedForm):
    """A meeting that decided. All that contradicts itself is said at once, at the field."""

    body = forms.ChoiceField(label=_("deciding body"), choices=DecisionBody.choices)  # 议事机构
    title = forms.CharField(label=_("what was decided on"), max_length=200)  # 议题
    held_on = day_field(_("held on"))  # 会议日期
    members_total = count_field(_("all who may vote"))  # 应到人数
    present = count_field(
        _("present"),
        help_text=_("Those who attend online or by proxy of the same household count as present."),
    )  # 实到人数
    in_favour = count_field(_("in favour"))  # 同意人数
    matters = forms.TypedMultipleChoiceField(
        label=_("matters"),
        coerce=int,
        choices=Matter.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # 议决事项
    outcome = forms.CharField(
        label=_("what was decided"), max_length=255, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )  # 决议内容
    collective = forms.ModelChoiceField(
        Party.objects.none(), label=_("collective"), required=False
    )  # 集体经济组织
    notice_on = day_field(_("announced on"), required=False)  # 会议通知日期
    accounts_on = day_field(_("plan and accounts ready on"), required=False)  # 方案、账目送达日期
    party_on = day_field(_("discussed by the Party organisation on"), required=False)  # 党组织研究日期
    minutes_number = forms.CharField(
        label=_("number of the minutes"), max_length=120, required=False
    )  # 会议记录编号
    minutes_on = day_field(_("date of the minutes"), required=False)  # 会议记录日期
    units = UnitsField(label=_("things it concerns"), help_text=_("Their codes, one after the other."))

    def __init__(self, *args: Any, user: Any, division: Division, **kwargs: Any) -> None:
        super().__init__(*args, user=user, division=division, **kwargs)
        groups = Party.objects.standing().visible_to(user).within(division)
        self.fields["collective"].queryset = groups.filter(kind=PartyKind.VILLAGE_COLLECTIVE)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name, sentence in decision_services.problems(values).items():
            if name not in self.errors:
                self.add_error(name, sentence)
        return values

    def meeting(self, decision: Decision | None = None) -> decision_services.Meeting:
        """What the service takes; a change keeps the registered minutes unless others are named."""
        fields = decision_services.Meeting.__dataclass_fields__
        values = {name: value for name, value in self.cleaned_data.items() if name in fields}
        kept = decision.source if decision is not None and not values["minutes_number"] else None
        return decision_services.Meeting(**(values | {"matters": tuple(values["matters"]), "source": kept}))


class DecisionChangeForm(DecisionForm):
    reason = forms.CharField(
        label=_("reason"), max_length=255, min_length=4, widget=forms.Textarea(attrs={"rows": 2})
    )  # 原因

    def __init__(self, *args: Any, user: Any, division: Division, **kwargs: Any) -> None:
        super().__init__(*args, user=user, division=division, **kwargs)
        del self.fields["division"]


def meeting_of(decision: Decision) -> dict[str, Any]:
    """A registered meeting as the initial values of its form."""
    names = [*decision_services.COLUMNS, "matters"]
    codes = " ".join(decision.units.values_list("code", flat=True))
    return {name: getattr(decision, name) for name in names} | {"units": codes}


class NoticeForm(PlacedForm):
    """A public notice: where it hangs, from when to when, and its text without private numbers."""

    kind = forms.ChoiceField(label=_("kind"), choices=NoticeKind.choices)  # 公示类型
    title = forms.CharField(label=_("title"), max_length=200)  # 标题
    opened_on = day_field(_("first day"))  # 公示开始
    closed_on = day_field(_("last day"))  # 公示结束
    text = forms.CharField(
        label=_("text"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("As it hangs. Id numbers, bank accounts and private phones must be masked."),
    )  # 公示内容
    place = forms.CharField(label=_("where it hangs"), max_length=120, required=False)  # 公示地点
    channel = forms.CharField(label=_("channel"), max_length=120, required=False)  # 公示渠道
    takes_effect_on = day_field(_("the act takes effect on"), required=False)  # 事项生效日期
    matter = forms.CharField(
        label=_("matter number"),
        max_length=80,
        required=False,
        help_text=_("Ties the plan and the result of one distribution together."),
    )  # 事项编号
    covers_from = day_field(_("period covered: first day"), required=False)  # 公开所属期间起
    covers_to = day_field(_("period covered: last day"), required=False)  # 公开所属期间止
    paper_number = forms.CharField(label=_("number of the paper"), max_length=120, required=False)  # 文号
    decision = forms.ModelChoiceField(
        Decision.objects.none(), label=_("decision"), required=False
    )  # 议决记录
    units = UnitsField(label=_("things it concerns"), help_text=_("Their codes, one after the other."))

    def __init__(self, *args: Any, user: Any, division: Division, **kwargs: Any) -> None:
        super().__init__(*args, user=user, division=division, **kwargs)
        held = Decision.objects.in_force().visible_to(user).within(division)
        self.fields["decision"].queryset = held  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        found = notice_services.problems(values)
        for name in ("title", "text", "place", "channel"):
            try:
                notice_services.refuse_secrets(values.get(name) or "")
            except RegistryError as error:
                found[name] = str(error)
        for name, sentence in found.items():
            if name not in self.errors:
                self.add_error(name, sentence)
        return values

    def posting(self) -> notice_services.Posting:
        fields = notice_services.Posting.__dataclass_fields__
        return notice_services.Posting(**{name: v for name, v in self.cleaned_data.items() if name in fields})


class ObjectionForm(forms.Form):
    """An objection to a notice."""

    raised_on = day_field(_("raised on"))  # 提出日期
    text = forms.CharField(
        label=_("objection"), max_length=500, widget=forms.Textarea(attrs={"rows": 4})
    )  # 异议内容


class AnswerForm(forms.Form):
    """The answer to an objection."""

    answered_on = day_field(_("answered on"))  # 答复日期
    answer = forms.CharField(
        label=_("answer"), max_length=500, widget=forms.Textarea(attrs={"rows": 4})
    )  # 答复内容


class ParameterForm(forms.Form):
    """A value from a day on, with its paper; the value has the pattern of the shipped one."""

    division = forms.ModelChoiceField(Division.objects.none(), label=_("for the place"))  # 行政区划
    value = forms.CharField(label=_("value"), max_length=4000)  # 取值
    begin = day_field(_("in force from"))  # 生效日期
    source = forms.CharField(label=_("paper that sets it"), max_length=255)  # 依据

    def __init__(self, *args: Any, default: Default, user: Any, division: Division, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.default = default
        self.fields["division"].queryset = places(user)  # type: ignore[attr-defined]
        self.fields["division"].initial = division.pk
        field = self.fields["value"]
        if default.choices:
            field.widget = forms.Select(choices=[(word, word) for word in default.choices])
        elif isinstance(default.value, dict | list):
            field.widget = forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "class": "mono"})
            field.help_text = _("Written as JSON, with the same names as the value in force.")
        elif default.unit:
            field.help_text = default.unit

    def clean_value(self) -> Any:
        text = self.cleaned_data["value"].strip()
        if isinstance(self.default.value, str):
            value: Any = text
        else:
            value = self._parsed(text)
        try:
            return checked(self.default.key, value)
        except RegistryError as error:
            raise ValidationError(str(error)) from error

    def _parsed(self, text: str) -> Any:
        try:
            return json.loads(text, parse_constant=_no_such_number)
        except (ValueError, RecursionError) as error:
            wanted = json.dumps(self.default.value, ensure_ascii=False)
            raise ValidationError(
                _("“%(value)s” cannot be read. Write it like the shipped value: %(wanted)s"),
                params={"value": text[:60], "wanted": wanted[:200]},
            ) from error


def _no_such_number(word: str) -> Any:
    raise ValueError(word)
