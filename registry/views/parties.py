"""Parties 主体: the list, the page of one with what it holds and its book, a secret read on purpose."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from registry import access, display
from registry.acts import sentence
from registry.codes import PRIVATE_KINDS
from registry.errors import NotAllowed, RegistryError
from registry.forms_people import day_of
from registry.models import Act, Entry, Party, PersonalData
from registry.queries.parties import (
    book_of,
    entries_of,
    handover_list,
    members_on,
    memberships_of,
    shown_name,
    twins_of,
)
from registry.services.members import may_have_members
from registry.services.personal import read_secret
from registry.tables_parties import EXPORT, PartyFilter, PartyTable, mark
from registry.templatetags.ui import render_badge

from .generic import FIRST, ListPage, Page, PageMixin

PARTIES = (gettext_lazy("Parties"), "/parties/")
SECRETS = {
    "phone": (gettext_lazy("phone"), display.masked_phone),
    "id_number": (gettext_lazy("resident id number"), display.masked_id),
    "bank_account": (gettext_lazy("bank account"), display.masked_id),
}


class PartyListView(ListPage):
    """``/parties/``: who can hold a right or bear a duty, in the division looked at."""

    title = gettext_lazy("Parties")
    lead = gettext_lazy("Who owns, keeps, operates and supervises. Names of persons may be masked.")
    model = Party
    table_class = PartyTable
    filterset_class = PartyFilter
    template_name = "registry/parties/list.html"
    noun = "party"
    export_columns = EXPORT

    def get_queryset(self) -> QuerySet:
        return self.scoped(Party.objects).select_related("division__parent").order_by("name", "pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            may_register=access.may(self.request.user, "edit_party", self.division), **kwargs
        )


class OneParty(PageMixin):
    """A page of one party that the user may see."""

    kwargs: dict[str, Any]

    @cached_property
    def party(self) -> Party:
        rows = Party.objects.visible_to(self.request.user).select_related("division__parent", "merged_into")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @property
    def name(self) -> str:
        return shown_name(self.party, self.request.user)

    @property
    def crumbs(self) -> tuple[tuple[Any, str], ...]:  # type: ignore[override]
        return (PARTIES, (self.name, reverse("party", args=[self.party.pk])))

    def fallback_url(self) -> str:
        return reverse("party", args=[self.party.pk])


class PartyView(OneParty, Page):
    """``/parties/<pk>/``: facts, what it holds on a day, members and memberships, its book."""

    template_name = "registry/parties/party.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.party.merged_into_id:  # the old address leads to the record that was kept
            kept = Party.objects.visible_to(request.user).filter(pk=self.party.merged_into_id).first()
            if kept is not None:
                messages.info(request, _("The record you asked for was merged into this one."))
                return HttpResponseRedirect(reverse("party", args=[kept.pk]))
        return super().get(request, *args, **kwargs)

    def get_title(self) -> Any:
        return self.name

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return [FIRST, PARTIES, (self.name, "")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        party, user = self.party, self.request.user
        day = day_of(self.request.GET.get("as_of", ""))
        private = party.kind in PRIVATE_KINDS
        return super().get_context_data(
            party=party,
            lead=f"{party.get_kind_display()} · {party.division.name}",
            badges=render_badge(mark(party)),
            day=day,
            facts=self.facts(private),
            entries=[self.held(entry) for entry in entries_of(party, day)],
            members=[self.member(row, row.member) for row in members_on(party, day)],
            may_members=may_have_members(party),
            memberships=[self.member(row, row.group) for row in memberships_of(party)],
            secrets=_secrets(party) if private else [],
            may_read=access.may(user, "see_personal", party.division),
            may_erase=private and access.may(user, "erase_personal", party.division),
            twins=[(twin, shown_name(twin, user)) for twin in twins_of(party)]
            if access.may(user, "edit_party", party.division)
            else [],
            actions=_actions(party, user),
            events=[self.event(act) for act in book_of(party)],
            **kwargs,
        )

    def facts(self, private: bool) -> list[tuple[Any, Any]]:
        party = self.party
        former = [display.masked(name) for name in party.former_names] if private and not self.sees else None
        former = party.former_names if former is None else former
        return [
            (_("kind"), party.get_kind_display()),
            (_("place"), party.division.name),
            *([] if private else [(_("unified social credit code"), party.uscc or display.DASH)]),
            *([(_("former names"), "、".join(former))] if former else []),
            *([(_("left on"), display.day(party.active_until))] if party.active_until else []),
        ]

    @property
    def sees(self) -> bool:
        return access.may(self.request.user, "see_personal", self.party.division)

    def held(self, entry: Entry) -> dict[str, Any]:
        """An entry as the page shows it, and as what the party stands in it."""
        role = _("holder") if entry.party_id == self.party.pk else _("debtor")
        if entry.agent_id == self.party.pk:
            role = _("named person")
        return {"row": entry, "role": role, "holder": shown_name(entry.party, self.request.user)}

    def member(self, row: Any, other: Party) -> dict[str, Any]:
        return {"row": row, "party": other, "name": shown_name(other, self.request.user)}

    def event(self, act: Act) -> dict[str, Any]:
        note = act.reason
        if act.verb == "party_changed" and (self.party.kind not in PRIVATE_KINDS or self.sees):
            before, after = act.before or {}, act.after or {}
            pairs = [f"{before.get(key) or display.DASH} → {after.get(key) or display.DASH}" for key in after]
            note = "；".join([*pairs, *([note] if note else [])])
        if act.verb == "personal_read":
            field = SECRETS.get((act.after or {}).get("field", ""))
            note = "：".join(str(part) for part in (field[0] if field else "", note) if part)
        event = {"on": act.at, "title": sentence(act.verb), "note": note, "by": act.user_name}
        if act.verb == "handed_over":
            event["url"] = reverse("handover_list", args=[self.party.pk, act.pk])
        return {**event, "source": act.source}


def _secrets(party: Party) -> list[dict[str, Any]]:
    held = PersonalData.objects.filter(party=party).first()
    return [
        {"field": field, "label": label, "shown": mask(value), "held": bool(value)}
        for field, (label, mask) in SECRETS.items()
        for value in (getattr(held, field, ""),)
    ]


def _actions(party: Party, user: Any) -> list[dict[str, Any]]:
    """What this user may do with the party."""
    offered = [
        ("party_edit", _("Change"), "edit", "edit_party", True),
        ("party_members", _("Members and shares"), "people", "edit_party", may_have_members(party)),
        ("party_personal", _("Personal data"), "phone", "see_personal", party.kind in PRIVATE_KINDS),
        ("party_merge", _("Merge with another record"), "layers", "edit_party", True),
        ("party_handover", _("Hand over"), "go", "hand_over", True),
        ("party_left", _("Has left"), "exit", "edit_party", party.active_until is None),
    ]
    return [
        {"url": reverse(name, args=[party.pk]), "label": label, "icon": icon}
        for name, label, icon, verb, fits in offered
        if fits and party.merged_into_id is None and access.may(user, verb, party.division)
    ]


class SecretView(OneParty, View):
    """``/parties/<pk>/secret/``: one secret, shown once; the look stands in the book with its reason."""

    verb = "see_personal"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        field = request.POST.get("field", "")
        try:
            value = read_secret(
                party=self.party,
                field=field,
                by=request.user,  # type: ignore[arg-type]
                reason=request.POST.get("reason", ""),
            )
        except NotAllowed:
            raise
        except RegistryError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(self.fallback_url())
        context = {
            "title": SECRETS[field][0],
            "crumbs": [FIRST, *self.crumbs, (SECRETS[field][0], "")],
            "name": self.name,
            "value": value,
            "back": self.fallback_url(),
        }
        return render(request, "registry/parties/secret.html", context)


class HandoverListView(OneParty, Page):
    """``/parties/<pk>/handover/<act>/``: what went over, to be printed and signed. 交接清单"""

    template_name = "registry/parties/handover_list.html"
    title = gettext_lazy("Handover list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = Act.objects.filter(verb="handed_over", subject=f"party:{self.party.pk}")
        act = get_object_or_404(rows.select_related("source"), pk=self.kwargs["act"])
        user = self.request.user
        return super().get_context_data(
            recorded=act,
            listed=handover_list(act, user),
            paper_url=reverse("paper_new", args=["handover_list", act.pk])
            if access.may(user, "hand_over", self.party.division)
            else "",
            **kwargs,
        )
