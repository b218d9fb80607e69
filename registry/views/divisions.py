"""Places 行政区划: the division switch of the header, the list, and the page of one place."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from registry import access, clock, display
from registry.acts import sentence
from registry.codes import Level
from registry.context import SESSION_KEY
from registry.models import Act, Division, DivisionSuccession, Party, Unit
from registry.queries.divisions import below, codes_by_division, go_live_by_division, line_of
from registry.services.saved_filters import remember_division

from .generic import FIRST, Page, PageMixin, safe_next

LISTED, BOOK_SHOWN = 3000, 30
DIVISIONS = (gettext_lazy("Divisions"), "/divisions/")


class DivisionsView(Page):
    """``/divisions/``: the places that the user may look at; the header fetches the list from here."""

    title = gettext_lazy("Divisions")
    template_name = "registry/divisions.html"

    def get_template_names(self) -> list[str]:
        return ["registry/ui/division_options.html"] if self.request.htmx else [self.template_name]  # type: ignore[attr-defined]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = Division.objects.visible_to(self.request.user).on(clock.today())
        rows = rows.exclude(level=Level.NATURAL_VILLAGE)
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
    """``/divisions/switch/``: look from another division from now on (kept for the next time)."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        key = request.POST.get("division", "")
        rows = Division.objects.visible_to(request.user)
        division = get_object_or_404(rows, pk=int(key) if key.isdigit() and len(key) < 19 else 0)
        request.session[SESSION_KEY] = division.pk
        remember_division(user=request.user, division=division)  # type: ignore[arg-type]
        return HttpResponseRedirect(safe_next(request))


class OnePlace(PageMixin):
    """A page of one place that the user may see."""

    kwargs: dict[str, Any]

    @cached_property
    def place(self) -> Division:
        rows = Division.objects.visible_to(self.request.user).select_related("parent")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @property
    def crumbs(self) -> tuple[tuple[Any, str], ...]:  # type: ignore[override]
        return (DIVISIONS, (self.place.name, reverse("division", args=[self.place.pk])))

    def fallback_url(self) -> str:
        return reverse("division", args=[self.place.pk])


class DivisionView(OnePlace, Page):
    """``/divisions/<pk>/``: codes, what came before and after, what lies below, people, the go-live date."""

    template_name = "registry/divisions/division.html"

    def get_title(self) -> Any:
        return self.place.name

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return [FIRST, DIVISIONS, (self.get_title(), "")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        place, user = self.place, self.request.user
        stands = clock.today() in place.valid
        links = DivisionSuccession.objects.select_related("predecessor", "successor", "source")
        acts = Act.objects.filter(subject=f"division:{place.pk}").select_related("source")[:BOOK_SHOWN]
        return super().get_context_data(
            place=place,
            stands=stands,
            facts=self.facts(),
            codes=list(place.codes.order_by("system", "-valid")),
            before=list(links.filter(successor=place).order_by("-on")),
            after=list(links.filter(predecessor=place).order_by("on")),
            children=self.children(),
            actions=_actions(place, user) if stands else [],
            events=[
                {
                    "on": act.at,
                    "title": sentence(act.verb),
                    "note": act.reason,
                    "by": act.user_name,
                    "source": act.source,
                }
                for act in acts
            ],
            **kwargs,
        )

    def children(self) -> list[dict[str, Any]]:
        """Places right below, each with its code."""
        upper = self.place.valid.upper
        ended = upper is not None and upper <= clock.today()
        places = below(self.place, upper - dt.timedelta(days=1) if ended else clock.today())
        codes = codes_by_division(child.pk for child in places)
        return [{"place": child, "code": codes.get(child.pk, "")} for child in places]

    def facts(self) -> list[tuple[Any, Any]]:
        place, today = self.place, clock.today()
        go_live = go_live_by_division([place.pk]).get(place.pk)
        inherited = go_live is not None and place.go_live is None
        units = Unit.objects.on(today).within(place).aggregate(n=Count("pk"))["n"]
        return [
            (_("level"), place.get_level_display()),
            (_("lies in"), " › ".join(above.name for above in line_of(place)) or display.DASH),
            (_("validity"), display.period(place.valid)),
            (_("households"), display.number(place.households)),
            (_("people"), display.number(place.people)),
            (_("registered things"), display.number(units)),
            (_("parties"), display.number(Party.objects.standing().within(place).count())),
            (
                _("go-live date"),
                (display.day(go_live) + (" · " + _("as above") if inherited else ""))
                if go_live
                else _("not set yet"),
            ),
        ]


def _actions(place: Division, user: Any) -> list[dict[str, Any]]:
    """What this user may do with the place."""
    village = place.level == Level.VILLAGE
    offered = [
        ("division_people", _("Households and people"), "people", "count_people", True),
        ("division_add", _("Add a natural village"), "plus", "edit_division", village),
        ("division_go_live", _("Go-live date"), "calendar", "administer", True),
        ("division_rename", _("Rename"), "edit", "edit_division", place.parent_id is not None),
        ("division_merge", _("Merge villages"), "layers", "edit_division", village),
        ("division_split", _("Split"), "sort", "edit_division", place.parent_id is not None),
    ]
    return [
        {"url": reverse(name, args=[place.pk]), "label": label, "icon": icon}
        for name, label, icon, verb, fits in offered
        if fits and access.may(user, verb, place)
    ]
