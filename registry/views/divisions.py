"""The division switch of the header 行政区划切换."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from registry.codes import Level
from registry.context import SESSION_KEY
from registry.models import Division
from registry.queries.divisions import codes_by_division

from .generic import Page, PageMixin, safe_next

LISTED = 3000


class DivisionsView(Page):
    """``/divisions/``: the places that the user may look at; the header fetches the list from here."""

    title = _("Choose a division")
    template_name = "registry/divisions.html"

    def get_template_names(self) -> list[str]:
        return ["registry/ui/division_options.html"] if self.request.htmx else [self.template_name]  # type: ignore[attr-defined]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = Division.objects.visible_to(self.request.user).exclude(level=Level.NATURAL_VILLAGE)
        divisions = list(rows.order_by("path")[:LISTED])
        codes = codes_by_division(division.pk for division in divisions)
        for division in divisions:
            division.words = codes.get(division.pk, "")
        return super().get_context_data(
            divisions=divisions,
            switch_url=reverse("division_switch"),
            next=safe_next(self.request),
            **kwargs,
        )


class DivisionSwitchView(PageMixin, View):
    """``/divisions/switch/``: look from another division from now on (kept in the session)."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        key = request.POST.get("division", "")
        rows = Division.objects.visible_to(request.user)
        division = get_object_or_404(rows, pk=int(key) if key.isdigit() and len(key) < 19 else 0)
        request.session[SESSION_KEY] = division.pk
        return HttpResponseRedirect(safe_next(request))
