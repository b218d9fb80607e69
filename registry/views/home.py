"""``/``: the workbench 工作台 of the signed-in user, or the first steps of an empty register."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry import access, clock, workbench
from registry.codes import Role
from registry.context import demo_mode
from registry.models import Division, Unit
from registry.queries.samples import samples

from .generic import Page

DIVISIONS = (_("Import the divisions"), _("The official list of townships and villages."))
LEDGER = (_("Import a ledger"), _("The XLSX file as the office keeps it."))
SURVEY = (_("Import the land survey"), _("Parcels and basic farmland, GeoPackage or shapefile."))


class HomeView(Page):
    """The ten next tasks, the numbers, the cards of the user's roles."""

    title = _("Workbench")
    template_name = "registry/home.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not access.may(request.user, "view"):
            public = bool(access.current_grants(request.user))
            places = Division.objects.exists()
            return render(request, "registry/home_no_role.html", {"places": places, "public": public})
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        desk = workbench.Desk(self.request.user, self.division, clock.today())
        empty = not self.scoped(Unit.objects.in_force()).exists()
        return {
            **context,
            "desk": desk,
            "lead": " · ".join(
                [f"{desk.day:%Y-%m-%d}", *(str(Role(role).label) for role in sorted(desk.roles))]
            ),
            "show_tasks": bool(desk.roles & workbench.roles_with_tasks()),
            "figures": workbench.figures(desk),
            "tasks": workbench.tasks(desk),
            "boards": workbench.boards(desk),
            "steps": first_steps(self.request.user) if empty else [],
            "samples": samples(self.request.user) if demo_mode() else [],
        }


def first_steps(user: Any) -> list[dict[str, Any]]:
    """What an empty register needs, in order, as far as this user's roles reach."""
    offered = [
        ("import_divisions", "divisions", "pin", *DIVISIONS),
        ("import_ledger", "ledger:assets", "ledger", *LEDGER),
        ("import_layer", "layer:parcels", "layers", *SURVEY),
    ]
    return [
        {
            "title": title,
            "note": note,
            "sign": sign,
            "url": reverse("import_new", args=[kind]),
            "act": _("Begin"),
        }
        for verb, kind, sign, title, note in offered
        if access.may(user, verb)
    ]
