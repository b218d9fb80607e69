"""Forms of places and parties: they read what a person typed, and call nothing."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from registry import clock
from registry.codes import PRIVATE_KINDS, CodeSystem, PartyKind
from registry.forms import day_field, not_later_than_today
from registry.models import Division, Party, Source
from registry.reasons import MIN_REASON
from registry.services.village_merge import APART, JOINED

SPARE_LINES, MOST_LINES, MOST_CHOICES = 5, 60, 1000


def reason_field(**kwargs: Any) -> forms.CharField:
    """Why; it stands in the book."""
    kwargs.setdefault("min_length", MIN_REASON)
    return forms.CharField(
        label=_("reason"), max_length=255, help_text=_("It stands in the book for good."), **kwargs
    )  # 原因


def source_field(user: Any) -> forms.ModelChoiceField:
    """A document that is in the register already. 依据"""
    rows = Source.objects.visible_to(user).order_by("-issued_on", "-pk")
    return forms.ModelChoiceField(
        rows,
        label=_("source"),
        required=False,
        help_text=_("The paper it rests on; register it among the sources first."),
    )


class PartyForm(forms.Form):
    """A party: kind, name, and the credit code of a body."""

    kind = forms.ChoiceField(label=_("kind"), choices=PartyKind.choices)  # 类型
    name = forms.CharField(label=_("name"), max_length=160)  # 名称
    uscc = forms.CharField(
        label=_("unified social credit code"),
        required=False,
        max_length=30,
        help_text=_("18 signs, of a body only."),
    )  # 统一社会信用代码
    reason = reason_field(required=False, min_length=None)


class NewPartyForm(PartyForm):
    """A new party, with the secrets of a person."""

    phone = forms.CharField(label=_("phone"), required=False, max_length=20)  # 联系电话
    id_number = forms.CharField(
        label=_("resident id number"), required=False, max_length=30, help_text=_("Of a person only.")
    )  # 身份证号
    field_order = ("kind", "name", "uscc", "phone", "id_number", "division", "reason")

    def __init__(self, *args: Any, division: Division, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Division.objects.visible_to(user).within(division).on(clock.today())
        self.fields["division"] = forms.ModelChoiceField(
            rows.order_by("path"), label=_("division"), initial=division.pk
        )  # 所在区划
        self.order_fields(self.field_order)


class PersonalForm(forms.Form):
    """Secrets of a person. What is left empty stays as it is."""

    phone = forms.CharField(label=_("phone"), required=False, max_length=20)
    id_number = forms.CharField(label=_("resident id number"), required=False, max_length=30)
    bank_account = forms.CharField(label=_("bank account"), required=False, max_length=32)
    reason = reason_field()

    def given(self) -> dict[str, str]:
        """The secrets that were typed."""
        names = ("phone", "id_number", "bank_account")
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data[name]}


class LeftForm(forms.Form):
    """When a party left or was dissolved."""

    on = day_field(_("left on"), validators=[not_later_than_today])  # 离任、注销日期
    reason = reason_field()


def party_choices(user: Any, near: Division, *, private: bool | None = None) -> Any:
    """Standing parties that the user may see, in the township (or county) of a place."""
    top = near
    while top.parent is not None and top.level in ("village", "natural_village"):
        top = top.parent
    rows = Party.objects.visible_to(user).within(top).standing().filter(active_until=None)
    if private is not None:
        rows = rows.filter(kind__in=PRIVATE_KINDS) if private else rows.exclude(kind__in=PRIVATE_KINDS)
    return rows.select_related("division").order_by("name", "pk")


class PartyChoice(forms.ModelChoiceField):
    """A party by name, with its place, so that namesakes can be told apart."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {obj.division.name} · {obj.get_kind_display()}"


class MergePartyForm(forms.Form):
    """Which record is merged into this one."""

    def __init__(self, *args: Any, party: Party, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = party_choices(user, party.division, private=party.kind in PRIVATE_KINDS).exclude(pk=party.pk)
        self.fields["drop"] = PartyChoice(
            rows,
            label=_("the other record"),
            help_text=_("Everything of it moves to this record; it stays readable in the history."),
        )  # 并入的记录
        self.fields["reason"] = reason_field()


class HandoverForm(forms.Form):
    """Who takes over, and from which day on."""

    def __init__(self, *args: Any, party: Party, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = party_choices(user, party.division, private=party.kind in PRIVATE_KINDS).exclude(pk=party.pk)
        self.fields["successor"] = PartyChoice(
            rows, label=_("successor"), help_text=_("Register the person first, where it is not listed.")
        )  # 接任人
        self.fields["on"] = day_field(
            _("from"), initial=clock.today, help_text=_("The first day of the successor.")
        )  # 交接日期
        self.fields["reason"] = reason_field()
        self.fields["source"] = source_field(user)


class MembersForm(forms.Form):
    """From a day on: the members, each with its share."""

    def __init__(self, *args: Any, group: Party, held: list[Any], user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"] = day_field(_("from"), initial=clock.today)  # 起始日期
        rows = party_choices(user, group.division).exclude(pk=group.pk)
        self.lines = min(len(held) + SPARE_LINES, max(MOST_LINES, len(held)))
        choices = [("", "—"), *((row.pk, f"{row.name} · {row.division.name}") for row in rows[:MOST_CHOICES])]
        known = {pk for pk, _label in choices}
        choices += [(row.member_id, row.member.name) for row in held if row.member_id not in known]
        for number in range(self.lines):
            member = held[number] if number < len(held) else None
            self.fields[f"member_{number}"] = forms.TypedChoiceField(
                label=_("member %(number)d") % {"number": number + 1},
                choices=choices,
                coerce=int,
                empty_value=None,
                required=False,
                initial=member.member_id if member else None,
            )
            self.fields[f"share_{number}"] = forms.CharField(
                label=_("share"),
                required=False,
                max_length=40,
                initial=f"{member.share_num}/{member.share_den}" if member else "",
                help_text=_("As 1/3.") if number == 0 else "",
            )
        self.fields["source"] = source_field(user)
        self.fields["reason"] = reason_field(required=False, min_length=None)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        pairs = []
        for number in range(self.lines):
            key, text = values.get(f"member_{number}"), (values.get(f"share_{number}") or "").strip()
            if key is None and not text:
                continue
            if key is None or not text:
                self.add_error(f"share_{number}", _("Give both the member and the share, or neither."))
                continue
            try:
                pairs.append((key, Fraction(text.replace("／", "/"))))
            except (ValueError, ZeroDivisionError):
                self.add_error(
                    f"share_{number}",
                    ValidationError(
                        _("“%(text)s” is no share; write it as two whole numbers, 1/3."),
                        params={"text": text},
                    ),
                )
        values["pairs"] = pairs
        return values


# --- places
class PeopleForm(forms.Form):
    """Households and people of a place; empty where nobody knows."""

    households = forms.IntegerField(label=_("households"), min_value=0, max_value=10**8, required=False)
    people = forms.IntegerField(label=_("people"), min_value=0, max_value=10**9, required=False)
    reason = reason_field(required=False, min_length=None)


class GoLiveForm(forms.Form):
    """The day from which the register is answered for."""

    on = day_field(
        _("go-live date"),
        help_text=_("What was wrong before that day is the baseline, counted apart."),
    )  # 启用日期
    reason = reason_field()


class NaturalVillageForm(forms.Form):
    """A natural village below a village."""

    name = forms.CharField(label=_("name"), max_length=120)  # 名称
    suffix = forms.CharField(
        label=_("suffix of the code"),
        max_length=3,
        required=False,
        help_text=_("Three digits after the 12 of the village; left empty, the next free ones."),
    )  # 自然村编号
    households = forms.IntegerField(label=_("households"), min_value=0, max_value=10**8, required=False)
    people = forms.IntegerField(label=_("people"), min_value=0, max_value=10**9, required=False)
    on = day_field(_("from"), initial=clock.today, validators=[not_later_than_today])
    reason = reason_field(required=False, min_length=None)


class ChangeForm(forms.Form):
    """What every change of places says: the day, the paper, the reason."""

    field_order: tuple[str, ...] = ()

    def __init__(self, *args: Any, place: Division, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.place = place
        self.own_fields(place, user)
        self.fields["on"] = day_field(_("from"), initial=clock.today, validators=[not_later_than_today])
        self.fields["source"] = source_field(user)
        self.fields["reason"] = reason_field()

    def own_fields(self, place: Division, user: Any) -> None:
        """Fields of this change."""

    def code_field(self, label: Any) -> forms.CharField:
        return forms.CharField(label=label, max_length=19, required=False)

    def codes(self, name: str = "code") -> dict[str, str]:
        """The statistical code that was typed."""
        code = (self.cleaned_data.get(name) or "").strip()
        return {CodeSystem.NBS: code} if code else {}


class RenameForm(ChangeForm):
    """Another name, and another code where there is one."""

    def own_fields(self, place: Division, user: Any) -> None:
        self.fields["name"] = forms.CharField(label=_("new name"), max_length=120, initial=place.name)
        self.fields["code"] = self.code_field(_("new statistical code"))
        self.fields["code"].help_text = _("Left empty, the code stays.")


class VillageMergeForm(ChangeForm):
    """Which villages are merged, into which, and what becomes of the accounts."""

    def own_fields(self, place: Division, user: Any) -> None:
        others = Division.objects.visible_to(user).on(clock.today())
        others = others.filter(parent=place.parent, level=place.level).exclude(pk=place.pk).order_by("path")
        self.fields["others"] = forms.ModelMultipleChoiceField(
            others,
            label=_("merged together with"),
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )  # 一并合并的村
        self.fields["into"] = forms.ModelChoiceField(
            others, label=_("into the village"), required=False, empty_label=_("a new village")
        )  # 并入
        self.fields["name"] = forms.CharField(
            label=_("name of the new village"), max_length=120, required=False
        )
        self.fields["code"] = self.code_field(_("statistical code of the new village"))
        self.fields["accounts"] = forms.ChoiceField(
            label=_("accounts of the collectives"),
            choices=[
                (APART, _("stay apart: each collective keeps its entries")),
                (JOINED, _("are joined: all entries go to the collective of the new village")),
            ],
            widget=forms.RadioSelect,
            initial=APART,
        )  # 账目（合村不合账）
        self.fields["collective"] = forms.CharField(
            label=_("name of the new collective"),
            max_length=160,
            required=False,
            help_text=_("Only where accounts are joined and the village has no collective yet."),
        )  # 新集体经济组织名称
        self.fields["grants"] = forms.BooleanField(
            label=_("The officers of the old villages get the same role in the new one"),
            required=False,
            initial=True,
        )

    def old(self) -> list[Division]:
        """The villages that end: this one and the others, but for the one they are merged into."""
        into = self.cleaned_data.get("into")
        return [place for place in (self.place, *self.cleaned_data["others"]) if place != into]


class SplitForm(ChangeForm):
    """Two places out of one: the second takes the lower places ticked, the first takes the rest."""

    def own_fields(self, place: Division, user: Any) -> None:
        for key, title in (("first", _("first part")), ("second", _("second part"))):
            self.fields[f"{key}_name"] = forms.CharField(
                label=_("%(part)s: name") % {"part": title}, max_length=120
            )
            self.fields[f"{key}_code"] = self.code_field(_("%(part)s: statistical code") % {"part": title})
        rows = Division.objects.on(clock.today()).filter(parent=place).order_by("path")
        self.fields["children"] = forms.ModelMultipleChoiceField(
            rows,
            label=_("places that go to the second part"),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text=_("Everything else, and what lies in none of them, goes to the first part."),
        )
        self.fields["grants"] = forms.BooleanField(
            label=_("The officers get the same role in both parts"), required=False, initial=True
        )

    def rest(self) -> list[Division]:
        """Lower places that go to the first part."""
        chosen = set(self.cleaned_data["children"])
        return [row for row in self.fields["children"].queryset if row not in chosen]  # type: ignore[attr-defined]


def day_of(text: str) -> dt.date:
    """The day of a page, as its address says it; today where it says nothing, or nothing readable."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return clock.today()
