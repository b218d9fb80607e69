"""Naming a keeper of one asset. 中文：落实管护"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets import drafting
from assets.forms import KeeperForm
from assets.services.keepers import bodies_near, name_keeper_on_paper
from registry import access, clock
from registry.codes import UnitKind
from registry.models import Unit
from registry.views.generic import FIRST, ActionPage
from registry.views.unit_acts import UnitActView


class UnitActionPage(ActionPage):
    """An act on one asset; the verb is checked again in the unit's own division."""

    @cached_property
    def unit(self) -> Unit:
        rows = Unit.objects.visible_to(self.request.user).on(clock.today()).filter(kind=UnitKind.ASSET)
        unit = get_object_or_404(rows.select_related("division__parent"), pk=self.kwargs["pk"])
        access.require(self.request.user, self.verb, unit.division)
        return unit

    def fallback_url(self) -> str:
        return reverse("unit", args=[self.unit.code])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = (self.unit.name, reverse("unit", args=[self.unit.code]))
        return super().get_context_data(
            unit=self.unit, crumbs=[FIRST, page, (self.get_title(), "")], **kwargs
        )


class NameKeeperView(UnitActView):
    """``/units/<id>/keeper/``: who keeps it up from a day on, with the paper that says so."""

    draft_verb, unsaid = drafting.VERB, drafting.UNSAID
    template_name = "assets/keeper.html"
    form_class = KeeperForm
    submit = gettext_lazy("Name the keeper")
    done = gettext_lazy("The keeper stands in the register.")

    def get_title(self) -> Any:
        return _("Name a keeper")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "bodies": bodies_near(self.unit)}

    def get_initial(self) -> dict[str, Any]:
        return {"valid_from": clock.today()}

    def allowed(self, unit: Unit) -> bool:
        if unit.kind != UnitKind.ASSET:
            raise Http404(unit.code)
        return super().allowed(unit)

    def do(self, form: forms.Form) -> None:
        name_keeper_on_paper(unit=self.unit, by=self.request.user, **form.cleaned_data)
