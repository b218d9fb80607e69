"""Acts with a form 办理事项: told once, for the officer's page, the clerk's draft and its acceptance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from registry.errors import BadInput
from registry.forms_entries import (
    CorrectForm,
    EndForm,
    OpenEntryForm,
    PaperForm,
    StateForm,
    TransferForm,
    problems,
)
from registry.models import Entry, Unit, User
from registry.services import drafts, entry_papers
from registry.services.entries import verb_of

ENTRY = "entry"  # the key of the payload that names the entry an act is on


@dataclass(frozen=True, kw_only=True)
class FormAct:
    """``form(data, unit=, entry=)`` reads what is typed, ``run(by, unit, entry, form)`` calls the service."""

    verb: str
    label: Any
    form: Callable[..., Any]
    run: Callable[..., Any]
    permission: Callable[[dict[str, Any], Entry | None], str] = lambda payload, entry: "open_entry"

    def bound(self, unit: Unit, payload: dict[str, Any]) -> Any:
        """The form filled with what a draft holds."""
        return self.form(payload, unit=unit, entry=entry_of(unit, payload))

    def act(self, *, by: User, unit: Unit, payload: dict[str, Any]) -> Any:
        """Read a draft's form again on today's facts and run it. Raises ``BadInput`` with all its errors."""
        form = self.bound(unit, payload)
        if not form.is_valid():
            raise BadInput(problems(form), "draft_does_not_fit")
        return self.run(by, unit, form.entry, form)

    def describe(self, unit: Unit, payload: dict[str, Any], names: bool) -> list[tuple[Any, Any, Any]]:
        """What a draft would change, in words; private persons masked unless ``names``."""
        return self.bound(unit, payload).summary(names)

    def needs(self, payload: dict[str, Any]) -> str:
        entry = Entry.objects.filter(pk=payload.get(ENTRY) or 0).first()
        return self.permission(payload, entry)


def entry_of(unit: Unit, payload: dict[str, Any]) -> Entry | None:
    """The entry that an act is on; None for acts on the unit, or where it no longer counts."""
    rows = Entry.objects.in_force().filter(unit=unit, pk=payload.get(ENTRY) or 0)
    return rows.select_related("party", "agent", "source", "unit__division").first()


def _still_there(entry: Entry | None) -> Entry:
    if entry is None:
        raise BadInput(_("The entry no longer counts; it was corrected or taken back."), "entry_gone")
    return entry


def _open(by: User, unit: Unit, _entry: Entry | None, form: OpenEntryForm) -> Any:
    values = form.cleaned_data
    debtor = entry_papers.Said(values["debtor"], values["party_kind"]) if values["debtor"] else None
    return entry_papers.open_on_paper(
        unit=unit,
        code=values["code"],
        holders=form.holders(),
        valid_from=values["valid_from"],
        valid_to=form.until(),
        person=values["person"],
        debtor=debtor,
        authority=values["authority"],
        paper=form.paper(),
        by=by,
        reason=values["reason"],
    )


def _transfer(by: User, _unit: Unit, entry: Entry | None, form: TransferForm) -> Any:
    held = _still_there(entry)
    return entry_papers.transfer_on_paper(
        entry=held,
        to=form.holders(held.share),
        on=form.cleaned_data["on"],
        authority=form.cleaned_data["authority"],
        paper=form.paper(),
        by=by,
        reason=form.cleaned_data["reason"],
    )


def _end(by: User, _unit: Unit, entry: Entry | None, form: EndForm) -> Any:
    return entry_papers.end_on_paper(
        entry=_still_there(entry),
        on=form.cleaned_data["on"],
        together=form.cleaned_data["together"],
        paper=form.paper(),
        by=by,
        reason=form.cleaned_data["reason"],
    )


def _correct(by: User, _unit: Unit, entry: Entry | None, form: CorrectForm) -> Any:
    return entry_papers.correct_on_paper(
        entry=_still_there(entry),
        paper=form.paper(),
        by=by,
        reason=form.cleaned_data["reason"],
        **form.right(),
    )


def _state(by: User, unit: Unit, _entry: Entry | None, form: PaperForm) -> Any:
    values = form.cleaned_data
    return entry_papers.state_on_paper(
        unit=unit, state=values["state"], on=values["on"], by=by, reason=values["reason"], paper=form.paper()
    )


def _code_verb(payload: dict[str, Any], entry: Entry | None) -> str:
    return verb_of(entry.code if entry is not None else payload.get("code", ""))


ACTS: dict[str, FormAct] = {
    act.verb: act
    for act in (
        FormAct(
            verb="entry_opened",
            label=_("Register a right, duty or restriction"),
            form=OpenEntryForm,
            run=_open,
            permission=_code_verb,
        ),
        FormAct(
            verb="entry_transferred",
            label=_("Transfer it"),
            form=TransferForm,
            run=_transfer,
            permission=_code_verb,
        ),
        FormAct(verb="entry_ended", label=_("End it"), form=EndForm, run=_end, permission=_code_verb),
        FormAct(
            verb="entry_corrected",
            label=_("Correct it"),
            form=CorrectForm,
            run=_correct,
            permission=_code_verb,
        ),
        FormAct(
            verb="unit_state",
            label=_("Change the state"),
            form=StateForm,
            run=_state,
            permission=lambda payload, entry: "register_unit",
        ),
    )
}

drafts.register(
    *(
        drafts.Draftable(verb=act.verb, label=act.label, act=act.act, describe=act.describe, needs=act.needs)
        for act in ACTS.values()
    )
)
