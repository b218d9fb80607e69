"""``/u/<code>``: the page of a registered thing, for the QR code on its label. 中文：登记单元页面"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from registry import access, clock, panels, public
from registry.models import Party, Unit
from registry.panels import ANSWER, MAIN
from registry.queries.prepared import Prepared
from registry.queries.sheet import UnitSheet
from registry.rules import parameters
from registry.services.personal import read_secret

from .generic import FIRST, Page, PageMixin

ACTIONS_SHOWN = 3  # of the buttons of the head; the others are in a menu beside them


def _within(*paths: str) -> Any:
    return Unit.objects.within_paths(list(paths)).in_force().select_related("division__parent")


_BY_CODE = Prepared(lambda code, *paths: _within(*paths).filter(code=code).order_by("pk")[:1])


class UnitView(Page):
    """Four answers first: who keeps it up, who owns its income, what ground it stands on, what is wrong."""

    template_name = "registry/unit.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Strangers read the public card, where the thing has one; officers sign in and work on."""
        if request.user.is_authenticated:
            return super().dispatch(request, *args, **kwargs)
        card = public.card(kwargs["code"])
        if card is None:
            return redirect_to_login(request.get_full_path())
        return render(request, "registry/public_card.html", {"card": card})

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = self.find()
        if found is None:
            return render(request, "registry/unit_missing.html", {"code": kwargs["code"]}, status=404)
        self.unit = found
        return super().get(request, *args, **kwargs)

    def find(self) -> Unit | None:
        """The unit by its code, or by a code it once had."""
        paths, code = access.scope_paths(self.request.user), self.kwargs["code"]
        if not paths:
            return None
        found = _BY_CODE.first(code, *paths)
        return found or _within(*paths).filter(former_codes__contains=[code]).order_by("pk").first()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        unit = self.unit
        sheet = UnitSheet(unit, self.request.user, clock.today())
        place = unit.division
        with parameters.read_once():
            acts = panels.actions(sheet)
            shown = {
                "answers": panels.shown(sheet, ANSWER),
                "panels": panels.shown(sheet, MAIN),
                "actions": acts[:ACTIONS_SHOWN],
                "more_actions": acts[ACTIONS_SHOWN:],
            }
        return super().get_context_data(
            unit=unit,
            sheet=sheet,
            title=unit.name,
            crumbs=[FIRST, (place.name, ""), (unit.name, "")],
            lead=" · ".join([unit.code, *(part.name for part in (place.parent, place) if part)]),
            **shown,
            **kwargs,
        )


class PhoneView(PageMixin, View):
    """``/units/<id>/phone/<party>/``: the phone of a person named on the unit; the look is logged."""

    verb = "see_personal"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, party: int) -> HttpResponse:
        units = Unit.objects.visible_to(request.user).in_force().select_related("division")
        unit = get_object_or_404(units, pk=pk)
        person = get_object_or_404(Party, pk=party)
        phone = read_secret(party=person, field="phone", unit=unit, by=request.user)
        if request.htmx:  # type: ignore[attr-defined]
            return render(request, "registry/unit/phone.html", {"phone": phone})
        known = phone or _("No phone number is known.")
        messages.info(request, f"{person.name}: {known}")
        return HttpResponseRedirect(reverse("unit", args=[unit.code]))
