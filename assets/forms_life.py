"""The form of an act in the life of an asset: what it asks for, and the paper. 中文：生命周期表单"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assets.codes_life import MANNERS, TABLE, LifeAct, Office, Transition
from assets.queries_life import decisions_on
from assets.services.life_papers import PARTIES
from registry import display
from registry.forms import day_field, not_later_than_today
from registry.forms_entries import PaperForm, kind_field, party_field
from registry.models import Decision, SourceKind, Unit

PAPER_KINDS = {
    LifeAct.HAND_OVER: SourceKind.HANDOVER,
    LifeAct.CONFIRM_RIGHTS: SourceKind.CERTIFICATE,
    LifeAct.DISPOSE: SourceKind.AGREEMENT,
}
LABELS = {
    LifeAct.ACCEPT: {"amount": _("settlement amount (yuan)")},  # 结算金额
    LifeAct.DISPOSE: {"amount": _("proceeds (yuan)"), "receiver": _("who got it")},  # 处置收入、受让方
    LifeAct.WRITE_OFF: {"amount": _("value of what is left (yuan)")},  # 残值收入
    LifeAct.BOOK_PROCEEDS: {
        "amount": _("booked (yuan)"),
        "receiver": _("holder of the account"),
        "use": _("what for"),
    },  # 入账金额、开户主体、用途
    LifeAct.REPORT_MISUSE: {"use": _("use that was found")},  # 现实用途
    LifeAct.SETTLE_USE: {"use": _("use from now on")},  # 批准用途
}


def _money(label: Any, must: bool) -> forms.Field:
    return forms.DecimalField(label=label, max_digits=14, decimal_places=2, min_value=0, required=must)


def _text(length: int) -> Callable[[Any, bool], forms.Field]:
    return lambda label, must: forms.CharField(label=label, max_length=length, required=must)


def _choice(choices: Any) -> Callable[[Any, bool], forms.Field]:
    return lambda label, must: forms.ChoiceField(label=label, choices=choices, required=must)


MAKERS: dict[str, tuple[Any, Callable[[Any, bool], forms.Field]]] = {
    "measure": (pgettext_lazy("for an idle asset", "measure"), _text(255)),  # 盘活措施
    "deadline": (
        pgettext_lazy("for an idle asset", "deadline"),
        lambda label, must: day_field(label, required=must),
    ),  # 完成时限
    "person": (_("in charge of the plan"), _text(60)),  # 责任人
    "giver": (_("giver"), lambda label, must: party_field(label, required=must)),  # 移交方
    "receiver": (_("receiver"), lambda label, must: party_field(label, required=must)),  # 接收方
    "party_kind": ("", lambda _label, _must: kind_field()),
    "amount": (_("amount (yuan)"), _money),  # 金额
    "attended_by": (_("who took part"), _text(120)),  # 参加验收人员
    "use": (_("use"), _text(120)),  # 用途
    "office": (pgettext_lazy("a disposal", "approved by"), _choice(Office.choices)),  # 审批环节
}


class LifeForm(PaperForm):
    """One act: its day, what it asks for, its paper and reason."""

    heading = _("What happened")

    def __init__(self, data: Any = None, *, unit: Unit, act: str, **kwargs: Any) -> None:
        self.row: Transition = TABLE[act]
        self.needs_paper, self.needs_reason = self.row.paper, self.row.reason
        super().__init__(data, unit=unit, **kwargs)
        self.fields["on"] = day_field(_("happened on"), validators=[not_later_than_today])  # 发生日期
        own = LABELS.get(self.row.act, {})
        for name in self.row.asks:
            self.fields[name] = self._field(name, own.get(name))
        self.fields["source_kind"].initial = PAPER_KINDS.get(self.row.act, SourceKind.DECISION)
        self.order_fields(["on", *self.row.asks])

    def _field(self, name: str, label: Any) -> forms.Field:
        must = name in self.row.must
        if name == "decision":
            return forms.ModelChoiceField(
                decisions_on(self.unit),
                label=_("resolution"),  # 议决记录
                required=False,
                help_text=_("Of the members or villagers; it names this asset."),
            )
        if name == "manner":  # 处置方式
            allowed = [(manner.value, manner.label) for manner in MANNERS[self.row.act]]
            return forms.ChoiceField(label=_("manner of disposal"), choices=allowed, required=must)
        if name in self.row.choices:
            return forms.ChoiceField(label=label, choices=self.row.choices[name].choices, required=must)
        usual, maker = MAKERS[name]
        return maker(label or usual, must)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name in PARTIES:
            if values.get(name):
                self.check_party(name, values[name])
        day, deadline = values.get("on"), values.get("deadline")
        if day and deadline and deadline < day:
            self.add_error("deadline", ValidationError(_("The deadline lies before the day of the plan.")))
        return values

    def said(self) -> dict[str, Any]:
        """What the service takes beside the unit, the act and who does it."""
        names = ("on", "reason", *self.row.asks)
        return {"paper": self.paper(), **{name: self.cleaned_data[name] for name in names}}

    def shown(self, field: Any, names: bool) -> Any:
        if field.name == "decision":
            found = Decision.objects.filter(pk=field.data if str(field.data).isdigit() else 0).first()
            return str(found) if found else _now("unknown")
        if field.name in PARTIES and not names and self.is_private(field.data):
            return display.masked(field.data)
        return super().shown(field, names)


class AnnulForm(forms.Form):
    """Why an act is annulled."""

    reason = forms.CharField(
        label=_("reason"),
        min_length=4,
        max_length=255,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What was wrong and how it is known. The act stays readable, marked as annulled."),
    )  # 原因
