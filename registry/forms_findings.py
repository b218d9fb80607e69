"""Forms of findings: what is done with one, an inspection's problem by hand, the plan for the baseline."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from registry import access, clock
from registry.codes import FindingOrigin, Level, Role
from registry.finding_acts import FindingAct
from registry.forms import day_field, not_later_than_today
from registry.models import Division, Finding, RectificationKind, SourceKind, Unit, User
from registry.queries.findings import NO_OFFICERS, officers_of
from registry.reasons import MIN_REASON
from registry.services.baseline import MIN_PLAN
from registry.services.rectification import MAX_NOTE, MIN_NOTE

# A statement on historic facts stands for a lost paper of former times, never for evidence of today.
PAPER_KINDS = [choice for choice in SourceKind.choices if choice[0] != SourceKind.LEGACY]
OFFICES = [("", "—"), *(choice for choice in Role.choices if choice[0] not in NO_OFFICERS)]


def not_before_today(day: dt.date) -> None:
    """A day from today on."""
    if day < clock.today():
        raise ValidationError(
            _("%(day)s has passed. Give a day from today, %(today)s, on."),
            params={"day": day.isoformat(), "today": clock.today().isoformat()},
        )


def text_field(label: Any, *, most: int = MAX_NOTE, least: int = MIN_NOTE, **kwargs: Any) -> forms.CharField:
    """A few sentences."""
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, max_length=most, min_length=least, widget=widget, **kwargs)


class OfficerChoice(forms.ModelChoiceField):
    """A user by the full name."""

    def label_from_instance(self, obj: User) -> str:
        return obj.get_full_name()


class WorkForm(forms.Form):
    """Base of what is done with one finding. ``papers``: whether this user may register documents."""

    PAPER: tuple[str, ...] = ()

    def __init__(self, *args: Any, finding: Finding, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "person" in self.fields:
            people = self.fields["person"]
            people.queryset = officers_of(finding.division, clock.today())  # type: ignore[attr-defined]
        if self.PAPER and access.may(user, "register_source", finding.division):
            for name, field in paper_fields(self.PAPER).items():
                self.fields[name] = field

    def values(self) -> dict[str, Any]:
        """What the service takes; the document apart."""
        return {key: value for key, value in self.cleaned_data.items() if not key.startswith("paper_")}

    def paper(self) -> dict[str, Any] | None:
        """What was said of a document, or None."""
        said = {key[6:]: value for key, value in self.cleaned_data.items() if key.startswith("paper_")}
        said["kind"] = said.get("kind") or SourceKind.DECISION
        given = said.get("number") or said.get("title") or said.get("file")
        return said if given else None

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("paper_file") and not (values.get("paper_number") or values.get("paper_title")):
            self.add_error("paper_title", _("Say what the file is: its number or its title."))
        return values


def paper_fields(names: tuple[str, ...]) -> dict[str, forms.Field]:
    """The fields that name a document."""
    fields = {
        "kind": forms.ChoiceField(
            label=_("document"), choices=PAPER_KINDS, initial=SourceKind.DECISION, required=False
        ),  # 依据类型
        "number": forms.CharField(label=_("document number"), max_length=120, required=False),  # 文号
        "title": forms.CharField(
            label=_("title of the document"), max_length=255, required=False
        ),  # 文件名称
        "issued_on": day_field(
            _("date of the document"), required=False, validators=[not_later_than_today]
        ),  # 日期
        "file": forms.FileField(
            label=_("file"), required=False, help_text=_("A scan, a PDF or a photo.")
        ),  # 附件
    }
    return {f"paper_{name}": fields[name] for name in names}


PAPER = ("kind", "number", "title", "issued_on", "file")


class TakeUpForm(WorkForm):
    """With which measure, by whom, until when."""

    measure = text_field(_("measure"), help_text=_("What will be done, in a sentence."))  # 整改措施
    person = OfficerChoice(
        User.objects.none(),
        label=_("person in charge of it"),
        required=False,
        empty_label=_("as before, or I"),
    )  # 整改责任人
    due_on = day_field(_("to be rectified by"), required=False, validators=[not_before_today])  # 整改时限


class Charge(forms.Form):
    """Who must act until when."""

    office = forms.ChoiceField(label=_("who must act"), choices=OFFICES)  # 责任岗位
    person = OfficerChoice(
        User.objects.none(), label=_("person in charge of it"), required=False, empty_label=_("nobody yet")
    )  # 整改责任人
    due_on = day_field(_("to be rectified by"), required=False, validators=[not_before_today])  # 整改时限
    reason = forms.CharField(label=_("remark"), max_length=255, required=False)  # 备注


class AssignForm(Charge, WorkForm):
    """One finding."""


class AssignManyForm(Charge):
    """All that match a filter; ``people``: who may be chosen."""

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


class NoteForm(WorkForm):
    """A measure, progress, or evidence."""

    PAPER = PAPER
    kind = forms.ChoiceField(
        label=_("kind"),
        choices=RectificationKind.choices,
        initial=RectificationKind.PROGRESS,
        widget=forms.RadioSelect,
    )  # 类型
    text = text_field(_("text"), help_text=_("What was done or seen. It stands for good."))  # 内容


class CloseForm(WorkForm):
    """The evidence, in words and as a document; empty where it stands in the notes already."""

    PAPER = PAPER
    text = text_field(
        _("evidence"),
        required=False,
        least=0,
        help_text=_("What was put right, when, and who saw it. Empty where the notes say it already."),
    )  # 佐证


class WaiveForm(WorkForm):
    """Until when, why, and the document that allows it."""

    PAPER = PAPER
    until = day_field(_("waived until"), help_text=_("On this day it is open again."))  # 豁免到期日
    reason = text_field(_("reason"), most=255, least=MIN_REASON)  # 原因

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if "paper_number" in self.fields and not (values.get("paper_number") or values.get("paper_title")):
            self.add_error("paper_number", _("Give the number or the title of the document."))
        return values


class ReasonForm(WorkForm):
    """Why."""

    reason = text_field(
        _("reason"), most=255, least=MIN_REASON, help_text=_("What was seen. It stands in the book for good.")
    )  # 原因


class ReopenForm(ReasonForm):
    """Why, and until when."""

    due_on = day_field(_("to be rectified by"), required=False, validators=[not_before_today])  # 整改时限


WORK_FORMS: dict[str, type[WorkForm]] = {
    FindingAct.TAKE_UP: TakeUpForm,
    FindingAct.NOTE: NoteForm,
    FindingAct.ASSIGN: AssignForm,
    FindingAct.CLOSE: CloseForm,
    FindingAct.WAIVE: WaiveForm,
    FindingAct.PUT_BACK: ReasonForm,
    FindingAct.DISMISS: ReasonForm,
    FindingAct.REOPEN: ReopenForm,
}


class PlaceChoice(forms.ModelChoiceField):
    """A division, told by its level."""

    def label_from_instance(self, obj: Division) -> str:
        steps = {Level.TOWNSHIP: 1, Level.VILLAGE: 2, Level.NATURAL_VILLAGE: 3}
        return "　" * steps.get(Level(obj.level), 0) + obj.name


class FindingForm(forms.Form):
    """A problem that an inspection fed back, entered by hand."""

    origin = forms.ChoiceField(
        label=_("where it comes from"),
        choices=[choice for choice in FindingOrigin.choices if choice[0] != FindingOrigin.RULE],
    )  # 问题来源
    list_name = forms.CharField(
        label=_("list or number of its paper"),
        max_length=120,
        help_text=_("As it stands on the paper; problems with the same one are one list."),
    )  # 清单、反馈文号
    number = forms.CharField(label=_("number in the list"), max_length=20)  # 序号
    text = text_field(_("what was found"), most=2000)  # 具体问题
    division = PlaceChoice(Division.objects.none(), label=_("place"))  # 所在地
    unit_code = forms.CharField(
        label=_("unit code"), max_length=40, required=False, help_text=_("Where it is about one thing.")
    )  # 资产编码
    office = forms.ChoiceField(label=_("who must act"), choices=OFFICES)  # 责任岗位
    person = OfficerChoice(
        User.objects.none(), label=_("person in charge of it"), required=False, empty_label=_("nobody yet")
    )  # 整改责任人
    due_on = day_field(_("to be rectified by"), validators=[not_before_today])  # 整改时限

    def __init__(self, *args: Any, user: Any, division: Division, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        places = Division.objects.within_paths(access.scope_paths(user, "enter_finding")).within(division)
        self.fields["division"].queryset = places.order_by("path")  # type: ignore[attr-defined]
        self.fields["division"].initial = division.pk
        self.fields["person"].queryset = officers_of(division, clock.today())  # type: ignore[attr-defined]

    def clean_unit_code(self) -> Unit | None:
        code = self.cleaned_data["unit_code"].strip()
        if not code:
            return None
        unit = Unit.objects.visible_to(self.user).in_force().filter(code=code).select_related("division")
        found: Unit | None = unit.first()
        if found is None:
            raise ValidationError(_("No registered thing has the code %(code)s."), params={"code": code})
        return found

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        values = dict(self.cleaned_data)
        values["unit"] = values.pop("unit_code")
        return values


class BaselinePlanForm(forms.Form):
    """How the findings of one rule from before go-live are worked off."""

    text = text_field(
        _("plan"), least=MIN_PLAN, help_text=_("What is done in which order, and how it is paid for.")
    )  # 整改计划
    due_on = day_field(_("to be done by"), validators=[not_before_today])  # 完成时限
    person = OfficerChoice(
        User.objects.none(), label=_("person in charge of it"), required=False, empty_label=_("nobody yet")
    )  # 责任人

    def __init__(self, *args: Any, division: Division, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = officers_of(division, clock.today())  # type: ignore[attr-defined]
