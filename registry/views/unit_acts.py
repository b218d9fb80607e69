"""Acts on one unit with a form: an officer does them, a clerk drafts them. 中文：办理、草拟"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry import access, clock
from registry.errors import NotAllowed
from registry.models import Unit
from registry.services import drafts

from .generic import FIRST, ActionPage


class UnitActView(ActionPage):
    """An act on a unit. ``draft_verb`` names it among the draftable acts; ``permission`` is that of the act.

    Who may not do it but may draft it gets the same form; sending it keeps a draft that has no effect.
    """

    verb = "view"
    draft_verb = ""
    permission = "open_entry"
    unsaid: tuple[str, ...] = ()  # fields that a draft does not keep
    draft_done: Any = gettext_lazy("The draft waits for an officer of the township. Nothing has changed yet.")

    @cached_property
    def unit(self) -> Unit:
        rows = Unit.objects.visible_to(self.request.user).on(clock.today())
        unit = get_object_or_404(rows.select_related("division__parent"), pk=self.kwargs["pk"])
        if not self.allowed(unit):
            access.require(self.request.user, self.get_permission(), unit.division)
        return unit

    def get_permission(self) -> str:
        return self.permission

    def allowed(self, unit: Unit) -> bool:
        return drafts.may_begin(self.request.user, self.get_permission(), unit.division)

    @cached_property
    def drafting(self) -> bool:
        """Whether this user can only draft it."""
        return drafts.may_only_draft(self.request.user, self.get_permission(), self.unit.division)

    def payload(self, form: forms.Form) -> dict[str, Any]:
        """What the form holds, as text, for a draft."""
        data = self.request.POST
        return {name: data[name] for name in form.fields if name in data and name not in self.unsaid}

    def form_valid(self, form: forms.Form) -> HttpResponse:
        self.done = "" if self.drafting else type(self).done
        return super().form_valid(form)

    def act(self, form: forms.Form) -> None:
        if not self.drafting:
            self.do(form)
            return
        user: Any = self.request.user
        drafts.draft(
            verb=self.draft_verb,
            unit=self.unit,
            payload=self.payload(form),
            by=user,
            note=form.cleaned_data.get("reason") or "",
        )
        messages.success(self.request, self.draft_done)

    def do(self, form: forms.Form) -> Any:
        """Call the service with what the form holds."""
        raise NotAllowed(_("This act has no service."))

    def fallback_url(self) -> str:
        return reverse("unit", args=[self.unit.code])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = (self.unit.name, reverse("unit", args=[self.unit.code]))
        more = {"submit": _("Save as a draft"), "sign": "edit"} if self.drafting else {}
        crumbs = [FIRST, page, (self.get_title(), "")]
        context = super().get_context_data(unit=self.unit, crumbs=crumbs, drafting=self.drafting, **kwargs)
        return {**context, **more}
