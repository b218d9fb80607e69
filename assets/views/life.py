"""``/units/<id>/life/…``: the acts in the life of an asset; annulling the last. 中文：生命周期办理"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.codes_life import TABLE, Transition
from assets.drafting_life import verb_of
from assets.forms_life import AnnulForm, LifeForm
from assets.models import LifeStep
from assets.services.life import annul_step
from assets.services.life_papers import record_on_paper
from registry import access, clock
from registry.codes import UnitKind
from registry.models import Unit
from registry.views.generic import FIRST, ActionPage
from registry.views.unit_acts import UnitActView


class LifeActView(UnitActView):
    """``/units/<id>/life/<act>/``: one act of the table, for who may do it; a clerk drafts it."""

    template_name = "assets/life/act.html"
    submit = gettext_lazy("Record it")
    done = gettext_lazy("It stands in the book.")

    @property
    def row(self) -> Transition:
        if self.kwargs["act"] not in TABLE:
            raise Http404(self.kwargs["act"])
        return TABLE[self.kwargs["act"]]

    @cached_property
    def unit(self) -> Unit:
        rows = Unit.objects.visible_to(self.request.user).in_force().filter(kind=UnitKind.ASSET)
        unit = get_object_or_404(rows.select_related("division__parent"), pk=self.kwargs["pk"])
        if not self.allowed(unit):
            access.require(self.request.user, self.get_permission(), unit.division)
        return unit

    @property
    def draft_verb(self) -> str:  # type: ignore[override]
        return verb_of(self.row.act)

    def get_permission(self) -> str:
        return self.row.needs

    def get_title(self) -> Any:
        return self.row.act.label

    def get_form_class(self) -> Any:
        return LifeForm

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        kwargs.pop("files", None)
        kwargs.pop("prefix", None)
        return {**kwargs, "unit": self.unit, "act": self.kwargs["act"]}

    def get_initial(self) -> dict[str, Any]:
        return {"on": clock.today()}

    def do(self, form: forms.Form) -> Any:
        assert isinstance(form, LifeForm)  # noqa: S101
        user = self.request.user
        return record_on_paper(unit=self.unit, act=self.kwargs["act"], by=user, **form.said())  # type: ignore[arg-type]


class LifeAnnulView(ActionPage):
    """``/life/<id>/annul/``: annul the last act of an asset, with the reason."""

    form_class = AnnulForm
    submit = gettext_lazy("Annul the act")
    sign = "undo"
    done = gettext_lazy("The act is annulled; what it did is put back.")
    title = gettext_lazy("Annul an act")

    @cached_property
    def step(self) -> LifeStep:
        rows = LifeStep.objects.in_force().visible_to(self.request.user).select_related("unit__division")
        step = get_object_or_404(rows, pk=self.kwargs["pk"])
        access.require(self.request.user, TABLE[step.act].needs, step.unit.division)
        return step

    def act(self, form: forms.Form) -> None:
        annul_step(step=self.step, by=self.request.user, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]

    def fallback_url(self) -> str:
        return reverse("unit", args=[self.step.unit.code])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        step = self.step
        lead = _("%(day)s: %(act)s") % {"day": step.on, "act": step.get_act_display()}
        page = (step.unit.name, self.fallback_url())
        crumbs = [FIRST, page, (self.get_title(), "")]
        return super().get_context_data(**kwargs) | {"lead": lead, "crumbs": crumbs}
