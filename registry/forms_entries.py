"""Forms of acts on entries and states: who, which share, which day, on which paper. They call nothing."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from registry import display
from registry.codes import PRIVATE_KINDS, WHOLE_CODES, EntryCode, PartyKind, UnitState
from registry.errors import BadInput
from registry.forms import day_field, not_later_than_today
from registry.models import Entry, Source, SourceKind, Unit
from registry.queries.divisions import ancestors_of_path
from registry.queries.holders import parties_near, party_named, township_of
from registry.readers.table.amounts import parse_share
from registry.services.entry_papers import Paper, Said

ROWS = 4
NEW = "new"
NOT_BY_HAND = (EntryCode.FARMLAND_RED_LINE, EntryCode.ECOLOGICAL_RED_LINE)  # they come with the survey
DAY = dt.timedelta(days=1)


class ShareField(forms.CharField):
    """A share as people write it: 3/5, 60%, 0.6, 全部."""

    def clean(self, value: Any) -> Fraction | None:  # type: ignore[override]
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_share(text)
        except Exception as error:
            if not getattr(error, "code", ""):
                raise
            raise ValidationError(str(error)) from error


def party_field(label: Any, **kwargs: Any) -> forms.CharField:
    """A party by name, proposed from those near."""
    widget = forms.TextInput(attrs={"list": "parties", "autocomplete": "off"})
    return forms.CharField(label=label, max_length=160, widget=widget, **kwargs)


def kind_field() -> forms.ChoiceField:
    """Kind of parties that are not registered yet; empty where all of them are."""
    return forms.ChoiceField(
        label=_("kind of a new party"),
        choices=[("", _("everyone named is registered")), *PartyKind.choices],
        required=False,
        help_text=_("Only where somebody named here is not registered yet."),
    )


class PaperForm(forms.Form):
    """What every act has: its reason and the paper it rests on, one of the register or a new one."""

    needs_reason = True
    needs_paper = True

    def __init__(self, data: Any = None, *, unit: Unit, entry: Entry | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.unit, self.entry = unit, entry
        self.fields.update(_paper_fields(unit, self.needs_paper))
        self.fields["reason"] = forms.CharField(
            label=_("reason"),
            max_length=255,
            required=self.needs_reason,
            widget=forms.Textarea(attrs={"rows": 2}),
            help_text=_("It stands in the book for good."),
        )  # 原因

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("source") == NEW:
            legacy = values.get("source_kind") == SourceKind.LEGACY
            if legacy and not values.get("source_date"):
                self.add_error(
                    "source_date",
                    _("A statement on historic facts is dated: give the day on which it was made."),
                )
            if not legacy and not (values.get("source_number") or values.get("source_title")):
                self.add_error("source_number", _("Give the number or the title of the document."))
        return values

    def paper(self) -> Paper:
        """The paper as services take it."""
        values = self.cleaned_data
        if values["source"] == NEW:
            return Paper(
                kind=values["source_kind"],
                number=values["source_number"],
                title=values["source_title"],
                issued_on=values["source_date"],
            )
        return Paper(source=Source.objects.get(pk=values["source"]) if values["source"] else None)

    def check_party(self, name: str, text: str) -> None:
        """An error at the field where a name fits nobody, or more than one."""
        try:
            known = party_named(self.unit, text)
        except BadInput as error:
            self.add_error(name, str(error))
            return
        if known is None and not self.cleaned_data.get("party_kind"):
            self.add_error(
                name,
                _("Nobody called %(name)s is registered here. Choose the kind below to register a new party.")
                % {"name": text},
            )

    def refuse_before_begin(self, name: str, day: dt.date | None) -> None:
        """The day of an act on an entry lies in its period."""
        if day is None or self.entry is None:
            return
        lower, upper = self.entry.valid.lower, self.entry.valid.upper
        if day <= lower or (upper and day > upper):
            self.add_error(
                name,
                _("The entry holds from %(from)s to %(to)s; choose a day after its first.")
                % {"from": lower, "to": upper or "…"},
            )

    def summary(self, names: bool = True) -> list[tuple[Any, Any, Any]]:
        """What would change, in words: (what, before, after); private persons masked unless ``names``."""
        silent = {"party_kind"} | ({"source_kind"} if self.data.get("source") != NEW else set())
        return [
            (field.label, "", self.shown(field, names))
            for field in self
            if field.data not in (None, "", False) and field.name not in silent
        ]

    def shown(self, field: Any, names: bool) -> Any:
        """The value of a field as people read it."""
        value = field.data
        choices = getattr(field.field, "choices", None)
        if choices:
            return {str(key): label for key, label in choices}.get(str(value), value)
        if value is True or value == "on":
            return _now("yes")
        if names or not isinstance(field.field.widget, forms.TextInput):
            return value
        named = field.name.startswith("party_") or field.name in ("party", "debtor")
        hidden = field.name == "person" or (named and self.is_private(value))
        return display.masked(value) if hidden else value

    def is_private(self, text: str) -> bool:
        """Whether a name means a private person or household."""
        if self.data.get("party_kind") in PRIVATE_KINDS:
            return True
        try:
            known = party_named(self.unit, text)
        except BadInput:
            return True
        return known is not None and known.kind in PRIVATE_KINDS

    def sections(self) -> list[dict[str, Any]]:
        """Fields for the page: what is done, and the paper."""
        paper = [field for field in self if field.name.startswith("source")]
        return [
            {
                "title": self.heading,
                "icon": "seal",
                "fields": [field for field in self if field not in paper and field.name != "reason"],
            },
            {"title": _("The paper that says so"), "icon": "file", "fields": [*paper, self["reason"]]},
        ]

    heading: Any = _("What is registered")

    @property
    def parties(self) -> list[Any]:
        return parties_near(self.unit)


def _paper_fields(unit: Unit, needed: bool) -> dict[str, forms.Field]:
    top = township_of(unit.division)
    place = Q(division__path__startswith=top.path) | Q(division__in=ancestors_of_path(top.path))
    known = [(str(source.pk), str(source)) for source in Source.objects.filter(place).order_by("-pk")[:200]]
    none = [] if needed else [("", _("on no new document"))]
    choices: list[tuple[str, Any]] = [*none, (NEW, _("another document, described below")), *known]
    return {
        "source": forms.ChoiceField(label=_("source"), choices=choices, required=needed),  # 依据
        "source_kind": forms.ChoiceField(
            label=_("kind of the document"),
            choices=SourceKind.choices,
            initial=SourceKind.DECISION,
            required=False,
            help_text=_(
                "Where no paper is left, a dated statement on historic facts by the owner and the township."
            ),
        ),
        "source_number": forms.CharField(label=_("document number"), max_length=120, required=False),
        "source_title": forms.CharField(label=_("title of the document"), max_length=255, required=False),
        "source_date": day_field(
            _("date of the document"), required=False, validators=[not_later_than_today]
        ),
    }


class HoldersForm(PaperForm):
    """Rows of holders with their shares; the first is needed."""

    whose = _("holder")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in range(1, ROWS + 1):
            first = row == 1
            label = self.whose if first else _("%(whose)s %(row)d") % {"whose": self.whose, "row": row}
            self.fields[f"party_{row}"] = party_field(
                label,
                required=first,
                help_text=_("Type the name and choose from the list.") if first else "",
            )
            self.fields[f"share_{row}"] = ShareField(
                label=_("share") if first else _("share %(row)d") % {"row": row},
                max_length=20,
                required=False,
                help_text=_("As 3/5, 60% or whole; empty for the whole.") if first else "",
            )
        self.fields["party_kind"] = kind_field()
        self.order_fields([*self.top, *[f"{w}_{r}" for r in range(1, ROWS + 1) for w in ("party", "share")],
                           "party_kind"])  # fmt: skip

    top: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        for row in range(1, ROWS + 1):
            name, share = values.get(f"party_{row}"), values.get(f"share_{row}")
            if name:
                self.check_party(f"party_{row}", name)
            elif share and not self.errors.get(f"party_{row}"):
                self.add_error(f"party_{row}", _("Say who holds this share."))
        return values

    def holders(self, whole: Fraction = Fraction(1)) -> list[tuple[Said, Fraction]]:
        """Who holds what: a row without a share holds the whole."""
        values = self.cleaned_data
        return [
            (Said(values[f"party_{row}"], values["party_kind"]), values[f"share_{row}"] or whole)
            for row in range(1, ROWS + 1)
            if values.get(f"party_{row}")
        ]


class OpenEntryForm(HoldersForm):
    """A new right, duty or restriction."""

    needs_reason = False
    top = ("code", "valid_from", "valid_to", "authority")
    code = forms.ChoiceField(label=_("matter"), choices=())  # 事项
    valid_from = day_field(_("in force from"))  # 生效日期
    valid_to = day_field(
        _("end date"), required=False, help_text=_("Empty where no end is known.")
    )  # 截止日期
    person = forms.CharField(
        label=_("named person"),
        max_length=60,
        required=False,
        help_text=_("Who acts for the body, for a duty."),
    )  # 责任人
    debtor = party_field(
        _("debtor"), required=False, help_text=_("For a mortgage: whose debt it secures.")
    )  # 债务人
    authority = forms.CharField(label=_("deciding authority"), max_length=120, required=False)  # 决定机关

    def __init__(self, *args: Any, codes: list[str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = self.codes() if codes is None else codes
        self.fields["code"].choices = [(code, EntryCode(code).label) for code in offered]  # type: ignore[attr-defined]

    @staticmethod
    def codes() -> list[str]:
        """What is registered by hand."""
        return [code for code in EntryCode.values if code not in NOT_BY_HAND]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        first, last = values.get("valid_from"), values.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", _("An entry begins on a day and does not end before it."))
        if values.get("debtor"):
            if values.get("code") != EntryCode.MORTGAGE:
                self.add_error("debtor", _("Only a mortgage has a debtor."))
            else:
                self.check_party("debtor", values["debtor"])
        if values.get("code") in WHOLE_CODES and not self.errors:
            total = sum((share for _said, share in self.holders()), Fraction(0))
            if total != 1:
                self.add_error(
                    "share_1",
                    _("The shares sum to %(total)s. Those of %(code)s sum to exactly 1: name every holder.")
                    % {"total": total, "code": EntryCode(values["code"]).label},
                )
        return values

    def until(self) -> dt.date | None:
        """The day on which it no longer holds: the one after its last."""
        last = self.cleaned_data["valid_to"]
        return last + DAY if last else None


class TransferForm(HoldersForm):
    """To whom, which share of the whole, from which day."""

    whose = _("new holder")
    heading = _("Who receives it")
    top = ("on", "authority")
    on = day_field(
        _("from which day"), help_text=_("The first day on which the receiver holds it.")
    )  # 转移日期
    authority = forms.CharField(label=_("deciding authority"), max_length=120, required=False)  # 决定机关

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        self.refuse_before_begin("on", values.get("on"))
        if self.entry is not None and not self.errors:
            total = sum((share for _said, share in self.holders(self.entry.share)), Fraction(0))
            if total > self.entry.share:
                self.add_error(
                    "share_1",
                    _("Only %(held)s is held; shares of together %(total)s cannot be passed on from it.")
                    % {"held": self.entry.share, "total": total},
                )
        return values


class EndForm(PaperForm):
    """From which day it no longer holds, and why."""

    heading = _("When it ends")
    on = day_field(_("ends on"), help_text=_("The first day on which it no longer holds."))  # 终止日期
    together = forms.BooleanField(
        label=_("joint holders end with it"),
        required=False,
        help_text=_(
            "Where several hold shares of one whole, they end together or one passes on to the others."
        ),
    )  # 共有人一并终止

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        self.refuse_before_begin("on", values.get("on"))
        return values


class CorrectForm(PaperForm):
    """The right values; what is not changed stays."""

    heading = _("What is right")
    needs_paper = False
    party = party_field(_("holder"))
    party_kind = kind_field()
    share = ShareField(label=_("share"), max_length=20)
    valid_from = day_field(_("in force from"))
    valid_to = day_field(_("end date"), required=False, help_text=_("Empty where no end is known."))
    authority = forms.CharField(label=_("deciding authority"), max_length=120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.entry is not None:
            self.initial = {**self.now(self.entry), **self.initial}

    @staticmethod
    def now(entry: Entry) -> dict[str, Any]:
        """The values as they stand, as the fields hold them."""
        last = entry.valid.upper - DAY if entry.valid.upper else None
        private = entry.party.kind in PRIVATE_KINDS
        return {
            "party": f"{display.masked(entry.party.name)} #{entry.party_id}" if private else entry.party.name,
            "share": f"{entry.share_num}/{entry.share_den}",
            "valid_from": entry.valid.lower,
            "valid_to": last,
            "authority": entry.authority,
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        first, last = values.get("valid_from"), values.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", _("An entry begins on a day and does not end before it."))
        if values.get("party") and values["party"] != self.initial.get("party"):
            self.check_party("party", values["party"])
        if self.entry is not None and not self.errors and not self.right() and not values["source"]:
            raise ValidationError(_("Nothing differs from the entry. Change what is wrong in it."))
        return values

    def right(self) -> dict[str, Any]:
        """What differs, as the service takes it."""
        values, entry, found = self.cleaned_data, self.entry, {}
        assert entry is not None  # noqa: S101
        if values["party"] != self.initial["party"]:
            found["party"] = Said(values["party"], values["party_kind"])
        if values["share"] != entry.share:
            found["share"] = values["share"]
        if values["valid_from"] != entry.valid.lower:
            found["valid_from"] = values["valid_from"]
        until = values["valid_to"] + DAY if values["valid_to"] else None
        if until != entry.valid.upper:
            found["valid_to"] = until
        if values["authority"] != entry.authority:
            found["authority"] = values["authority"]
        return found

    def summary(self, names: bool = True) -> list[tuple[Any, Any, Any]]:
        before = {name: str(value or "") for name, value in self.initial.items()}
        return [
            (field.label, before.get(field.name, ""), self.shown(field, names))
            for field in self
            if field.name in before and str(field.data or "") != before[field.name]
        ] + [(self["reason"].label, "", self["reason"].data)]


class StrikeForm(forms.Form):
    """Why an entry should never have been."""

    reason = forms.CharField(
        label=_("reason"),
        max_length=255,
        min_length=4,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What was wrong and how it is known. The entry stays readable, marked as struck."),
    )  # 原因


class StateForm(PaperForm):
    """Another state from a day on."""

    heading = _("The new state")
    state = forms.ChoiceField(label=_("state"), choices=UnitState.choices)  # 状态
    on = day_field(_("since"), validators=[not_later_than_today])  # 起始日期

    def summary(self, names: bool = True) -> list[tuple[Any, Any, Any]]:
        now = UnitState(self.unit.state).label if self.unit.state in UnitState.values else self.unit.state
        return [
            (what, now if what == self["state"].label else before, after)
            for what, before, after in super().summary(names)
        ]


def problems(form: forms.Form) -> str:
    """All errors of a form as one sentence, for acts that are run from a draft."""
    found = [
        f"{form.fields[name].label}：{text}" if name in form.fields else str(text)
        for name, texts in form.errors.items()
        for text in texts
    ]
    return "；".join(found) or _now("The draft is not complete.")
