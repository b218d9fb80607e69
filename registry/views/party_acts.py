"""What is done with a party 主体维护: registered, changed, members, personal data, merged, handed over."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from registry import access, clock
from registry.codes import PRIVATE_KINDS, PartyKind
from registry.forms_people import (
    HandoverForm,
    LeftForm,
    MembersForm,
    MergePartyForm,
    NewPartyForm,
    PartyForm,
    PersonalForm,
)
from registry.models import Party
from registry.queries.parties import entries_of, members_on, shown_name
from registry.services.handover import hand_over, preview_handover
from registry.services.members import set_members
from registry.services.parties import change_party, party_left, register_party
from registry.services.party_merge import merge_parties
from registry.services.personal import erase_personal, set_personal

from .confirming import ConfirmPage
from .generic import ActionPage, call_service
from .parties import PARTIES, OneParty


class PartyNewView(ActionPage):
    """``/parties/new/``"""

    verb = "edit_party"
    form_class = NewPartyForm
    title = _("Register a party")
    crumbs = (PARTIES,)
    done = _("The party is registered.")
    made: Party | None = None

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "division": self.division, "user": self.request.user}

    def get_initial(self) -> dict[str, Any]:
        return {"kind": PartyKind.PERSON}

    def act(self, form: forms.Form) -> None:
        self.made = register_party(by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]

    def get_success_url(self) -> str:
        return reverse("party", args=[self.made.pk]) if self.made else reverse("parties")

    def fallback_url(self) -> str:
        return reverse("parties")


class PartyAct(OneParty):
    """An act on one party: the permission holds for its division, not only somewhere."""

    verb = "edit_party"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        access.require(request.user, self.verb)
        access.require(request.user, self.verb, self.party.division)
        return super().dispatch(request, *args, **kwargs)


class PartyEditView(PartyAct, ActionPage):
    """``/parties/<pk>/edit/``"""

    form_class = PartyForm
    title = _("Change")
    done = _("Recorded in the book.")

    def get_form(self, form_class: Any = None) -> forms.Form:
        form = super().get_form(form_class)
        private = self.party.kind in PRIVATE_KINDS
        form.fields["kind"].choices = [  # type: ignore[attr-defined]
            (kind, label) for kind, label in PartyKind.choices if (kind in PRIVATE_KINDS) == private
        ]
        if private:
            del form.fields["uscc"]
        return form

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.party, name) for name in ("kind", "name", "uscc")}

    def act(self, form: forms.Form) -> None:
        change_party(party=self.party, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]


class MembersView(PartyAct, ActionPage):
    """``/parties/<pk>/members/``"""

    form_class = MembersForm
    template_name = "registry/parties/members.html"
    title = _("Members and shares")
    lead = _("From a day on the group has exactly these members; their shares sum to 1.")
    done = _("Recorded in the book.")

    def get_form_kwargs(self) -> dict[str, Any]:
        held = members_on(self.party, clock.today())
        return {**super().get_form_kwargs(), "group": self.party, "held": held, "user": self.request.user}

    def act(self, form: forms.Form) -> None:
        values = form.cleaned_data
        parties = Party.objects.in_bulk([key for key, _share in values["pairs"]])
        set_members(
            group=self.party,
            on=values["on"],
            members=[(parties[key], share) for key, share in values["pairs"]],
            by=self.request.user,  # type: ignore[arg-type]
            source=values["source"],
            reason=values["reason"],
        )


class PersonalView(PartyAct, ActionPage):
    """``/parties/<pk>/personal/``: what is typed replaces what was held; it is never shown again in full."""

    verb = "see_personal"
    form_class = PersonalForm
    title = _("Personal data")
    lead = _("What is left empty stays as it is. The book says which fields were changed, never the values.")
    done = _("Recorded in the book.")

    def act(self, form: Any) -> None:
        set_personal(
            party=self.party,
            by=self.request.user,  # type: ignore[arg-type]
            reason=form.cleaned_data["reason"],
            **form.given(),
        )


class EraseView(PartyAct, View):
    """``/parties/<pk>/erase/``: the secrets of a person go for good."""

    verb = "erase_personal"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        reason = request.POST.get("reason", "")
        call_service(
            request,
            lambda: erase_personal(party=self.party, by=request.user, reason=reason),  # type: ignore[arg-type,misc]
            _("The personal data are erased."),
        )
        return HttpResponseRedirect(self.fallback_url())


class LeftView(PartyAct, ActionPage):
    """``/parties/<pk>/left/``"""

    form_class = LeftForm
    title = _("Has left")
    lead = _("Its entries stay, and become findings until somebody follows. To pass them on, hand over.")
    done = _("Recorded in the book.")

    def act(self, form: forms.Form) -> None:
        party_left(party=self.party, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]


class PartyConfirm(PartyAct, ConfirmPage):
    """An act on a party with its preview."""

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "party": self.party, "user": self.request.user}


class PartyMergeView(PartyConfirm):
    """``/parties/<pk>/merge/``: another record of the same party is merged into this one."""

    form_class = MergePartyForm
    title = _("Merge with another record")
    lead = _("Two records of one party become one. Both histories stay readable.")
    confirm = _("Merge the two records")
    done = _("The two records are one; what they held stands together.")
    preview_template = "registry/parties/merge_preview.html"

    def get_initial(self) -> dict[str, Any]:
        key = self.request.GET.get("drop", "")
        return {"drop": int(key)} if key.isdecimal() and len(key) < 19 else {}

    def preview(self, form: forms.Form) -> dict[str, Any]:
        drop, user = form.cleaned_data["drop"], self.request.user
        return {
            "sides": [
                {"party": party, "name": shown_name(party, user), "entries": entries_of(party, clock.today())}
                for party in (self.party, drop)
            ]
        }

    def act(self, form: forms.Form) -> None:
        merge_parties(
            keep=self.party,
            drop=form.cleaned_data["drop"],
            by=self.request.user,  # type: ignore[arg-type]
            reason=form.cleaned_data["reason"],
        )


class HandoverView(PartyConfirm):
    """``/parties/<pk>/handover/``: everything of somebody who leaves goes to the successor."""

    verb = "hand_over"
    form_class = HandoverForm
    title = _("Hand over")
    lead = _("One act hands all duties, open findings and roles of somebody who leaves to the successor.")
    confirm = _("Hand everything over")
    done = _("Everything went over. Print the list for both to sign.")
    preview_template = "registry/parties/handover_preview.html"
    recorded: int = 0

    def preview(self, form: forms.Form) -> dict[str, Any]:
        heir = form.cleaned_data["successor"]
        found = preview_handover(person=self.party, successor=heir, on=form.cleaned_data["on"])
        return {"found": found, "heir": shown_name(heir, self.request.user), "on": form.cleaned_data["on"]}

    def act(self, form: forms.Form) -> None:
        values = form.cleaned_data
        self.recorded = hand_over(
            person=self.party,
            successor=values["successor"],
            on=values["on"],
            by=self.request.user,  # type: ignore[arg-type]
            reason=values["reason"],
            source=values["source"],
        ).pk

    def get_success_url(self) -> str:
        return reverse("handover_list", args=[self.party.pk, self.recorded])
