"""Registering, transferring, ending, correcting rights, duties and restrictions. 中文：登记事项办理"""

from __future__ import annotations

from typing import Any

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry import access, clock
from registry.form_acts import ACTS, ENTRY, FormAct
from registry.forms_entries import StrikeForm
from registry.models import Act, Entry
from registry.queries.timeline import moments_of, named
from registry.services import drafts
from registry.services.entries import verb_of
from registry.services.entry_changes import strike_entry

from .generic import FIRST, ActionPage, Page
from .unit_acts import UnitActView


def entry_or_404(user: Any, pk: int) -> Entry:
    """An entry the user may see; one on income only with the right to see income."""
    rows = Entry.objects.visible_to(user).filter(annulled__batch=None, unit__annulled=None)
    related = rows.select_related("unit__division__parent", "party", "agent", "debtor", "source")
    entry = get_object_or_404(related, pk=pk)
    if verb_of(entry.code) == "open_income":
        access.require(user, "see_income", entry.unit.division)
    return entry


class FormActView(UnitActView):
    """A unit's act that ``registry.form_acts`` describes: its form, its service, its draft."""

    template_name = "registry/entries/act.html"
    act_verb = ""

    @property
    def form_act(self) -> FormAct:
        return ACTS[self.act_verb]

    @property
    def draft_verb(self) -> str:  # type: ignore[override]
        return self.act_verb

    @property
    def entry(self) -> Entry | None:
        return None

    def get_permission(self) -> str:
        return self.form_act.permission({}, self.entry)

    def get_form_class(self) -> Any:
        return self.form_act.form

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        kwargs.pop("files", None)
        kwargs.pop("prefix", None)
        return {**kwargs, "unit": self.unit, "entry": self.entry}

    def get_initial(self) -> dict[str, Any]:
        return {"on": clock.today(), "valid_from": clock.today()}

    def payload(self, form: forms.Form) -> dict[str, Any]:
        entry = self.entry
        return super().payload(form) | ({ENTRY: entry.pk} if entry is not None else {})

    def do(self, form: forms.Form) -> Any:
        return self.form_act.run(self.request.user, self.unit, self.entry, form)

    def get_title(self) -> Any:
        return self.form_act.label


class OpenEntryView(FormActView):
    """``/units/<pk>/entries/new/``: who holds what from which day on, on which paper."""

    act_verb = "entry_opened"
    submit = gettext_lazy("Register it")
    done = gettext_lazy("It stands in the register.")
    both = ("open_entry", "open_income")

    def get_permission(self) -> str:
        """A finance officer registers income, others everything: the form offers what the user may."""
        division = getattr(self, "_division", None)
        user = self.request.user
        may = [verb for verb in self.both if division is not None and access.may(user, verb, division)]
        return may[0] if may else "open_entry"

    def allowed(self, unit: Any) -> bool:
        self._division = unit.division
        return super().allowed(unit)

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        if self.drafting:
            return kwargs
        held = {verb for verb in self.both if access.may(self.request.user, verb, self.unit.division)}
        codes = [code for code in self.form_act.form.codes() if verb_of(code) in held]
        return {**kwargs, "codes": codes}


class StateView(FormActView):
    """``/units/<pk>/state/``: another state from a day on; the state is read from the acts."""

    act_verb = "unit_state"
    permission = "register_unit"
    submit = gettext_lazy("Record the state")
    done = gettext_lazy("The new state stands in the register.")


class EntryActView(FormActView):
    """An act on one entry."""

    @cached_property
    def entry(self) -> Entry | None:  # type: ignore[override]
        entry = entry_or_404(self.request.user, self.kwargs["entry"])
        self.kwargs["pk"] = entry.unit_id
        return entry

    @cached_property
    def unit(self) -> Any:  # type: ignore[override]
        assert self.entry is not None  # noqa: S101
        return super().unit  # type: ignore[misc]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entry = self.entry
        return super().get_context_data(entry=entry, names=_names(self.request.user, entry), **kwargs)


class TransferView(EntryActView):
    """``/entries/<pk>/transfer/``: pass it on, whole or in part, to one or several."""

    act_verb = "entry_transferred"
    submit = gettext_lazy("Transfer it")
    done = gettext_lazy("The transfer stands in the register.")


class EndView(EntryActView):
    """``/entries/<pk>/end/``: from which day it no longer holds."""

    act_verb = "entry_ended"
    submit = gettext_lazy("End it")
    done = gettext_lazy("The end stands in the register.")


class CorrectView(EntryActView):
    """``/entries/<pk>/correct/``: what is right instead; the wrong entry stays readable."""

    act_verb = "entry_corrected"
    submit = gettext_lazy("Correct it")
    done = gettext_lazy("The entry is corrected; the wrong one stays readable, marked.")

    def get_initial(self) -> dict[str, Any]:
        return {}


class StrikeView(ActionPage):
    """``/entries/<pk>/strike/``: an entry that should never have been."""

    form_class = StrikeForm
    submit = gettext_lazy("Strike it")
    lead = gettext_lazy(
        "Only for an entry that was never true. What was true and has ended is ended instead."
    )
    done = gettext_lazy("The entry is struck; it stays readable, marked.")

    @cached_property
    def entry(self) -> Entry:
        entry = entry_or_404(self.request.user, self.kwargs["entry"])
        access.require(self.request.user, verb_of(entry.code), entry.unit.division)
        return entry

    def get_title(self) -> Any:
        return _("Strike an entry")

    def act(self, form: forms.Form) -> None:
        user: Any = self.request.user
        strike_entry(entry=self.entry, by=user, reason=form.cleaned_data["reason"])

    def fallback_url(self) -> str:
        return reverse("unit", args=[self.entry.unit.code])


class EntryView(Page):
    """``/entries/<pk>/``: one entry with what can be done about it, and what was done."""

    template_name = "registry/entries/entry.html"

    @cached_property
    def entry(self) -> Entry:
        return entry_or_404(self.request.user, self.kwargs["entry"])

    def get_title(self) -> Any:
        return self.entry.get_code_display()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entry, user = self.entry, self.request.user
        del kwargs["entry"]  # the key in the address
        unit = entry.unit
        full = access.may(user, "see_personal", unit.division)
        found = list(
            Act.objects.filter(unit=unit, subject=f"entry:{entry.pk}").select_related("source", "batch")
        )
        return super().get_context_data(
            entry=entry,
            unit=unit,
            names=full,
            day=clock.today(),
            crumbs=[FIRST, (unit.name, reverse("unit", args=[unit.code])), (self.get_title(), "")],
            acts=self.acts(),
            moments=moments_of(found, named(found, full)),
            follows=Entry.objects.filter(corrected_by=entry).first(),
            **kwargs,
        )

    def acts(self) -> list[dict[str, Any]]:
        """What this user may do about the entry; nothing about one that no longer counts."""
        entry, user = self.entry, self.request.user
        verb, division = verb_of(entry.code), entry.unit.division
        if entry.corrected_by_id or entry.annulled_id or not drafts.may_begin(user, verb, division):
            return []
        found = [
            (
                "entry_transfer",
                "people",
                _("Transfer it"),
                _("Others hold it or a part of it from a day on."),
            ),
            ("entry_end", "calendar", _("End it"), _("It was true and holds no longer from a day on.")),
            ("entry_correct", "edit", _("Correct it"), _("Something in it was written down wrong.")),
        ]  # fmt: skip
        if access.may(user, verb, division):
            found.append(("entry_strike", "undo", _("Strike it"), _("It was never true.")))
        return [
            {"url": reverse(name, args=[entry.pk]), "sign": sign, "title": title, "note": note}
            for name, sign, title, note in found
        ]


def _names(user: Any, entry: Entry | None) -> bool:
    return entry is not None and access.may(user, "see_personal", entry.unit.division)
