"""``/targets/``: what every place must keep, what it has, and who answers for it. 中文：耕地保护目标与田长"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from land.exporters.targets import write
from land.forms_targets import ChiefEndForm, ChiefForm, PledgeForm, TargetForm, WithdrawForm
from land.models import ResponsibilityPledge
from land.queries.board import (
    Board,
    board,
    history_of,
    pledges_of,
    targets_of,
    terms_of,
    years_to_choose,
)
from land.services.chiefs import LEVELS, Appointment, appoint_chief, chief_named, end_chief
from land.services.pledges import make_pledge, withdraw_pledge
from land.services.still import still_farmland
from land.services.targets import TargetLine, set_targets
from land.targets import AMBER, GREEN, GREY, RED, Measured, Tightness
from registry import access, clock
from registry.badges import Badge
from registry.codes import EntryCode, Level
from registry.models import Division, Entry, Finding, SourceKind
from registry.services.sources import register_source
from registry.unit_panels import spoken
from registry.views.generic import FIRST, ActionPage, Page, PageMixin

TARGETS = (gettext_lazy("Farmland targets"), "/targets/")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# 红黄绿灯: word and sign beside the colour
LIGHTS = {
    RED: Badge(gettext_lazy("Target missed"), "stop", "alarm"),
    AMBER: Badge(gettext_lazy("Narrow margin"), "warning", "act"),
    GREEN: Badge(gettext_lazy("Target kept"), "done", "good"),
    GREY: Badge(gettext_lazy("Cannot be told"), "question", "unknown"),
}
RULES = ("T01", "T02", "R01")
OVERLAID = (Level.TOWNSHIP, Level.VILLAGE)  # a county takes minutes
NO_TARGET = Badge(gettext_lazy("No target"), "question", "unknown")
HOLDS = Badge(gettext_lazy("They sum to the whole"), "done", "good")
OPEN = Badge(gettext_lazy("Parts without a target"), "question", "unknown")
SHORT = Badge(gettext_lazy("Short of the whole (T02)"), "stop", "alarm")
SIGNED = Badge(gettext_lazy("Signed"), "seal", "good")
UNSIGNED = Badge(gettext_lazy("To be signed"), "print", "todo")


def light_of(row: Any) -> Badge:
    """The badge of a standing: a place without a target is told apart from one without a survey."""
    return LIGHTS[row.light] if row.target is not None else NO_TARGET


def light_for(measured: Measured) -> Badge:
    """The badge of one figure."""
    return LIGHTS[measured.light] if measured.target_mu is not None else NO_TARGET


def findings_about(place: Division, user: Any) -> Any:
    """Open findings of these rules on a place. One query."""
    rows = Finding.objects.visible_to(user).open().filter(division=place, rule__in=RULES)
    return rows.select_related("unit", "division").defer("place")


def tightness(found: Tightness) -> Badge:
    return {True: HOLDS, None: OPEN, False: SHORT}[found.holds]


class YearMixin(PageMixin):
    """The year asked for, else the newest with a survey or a target."""

    @cached_property
    def years(self) -> list[int]:
        return years_to_choose()

    @property
    def year(self) -> int:
        asked = self.request.GET.get("year", "")
        return int(asked) if asked.isdecimal() and len(asked) == 4 else self.years[0]


class TargetsView(YearMixin, Page):
    """The place looked at and its parts; a workbook with ?export=xlsx."""

    title = gettext_lazy("Farmland targets")
    template_name = "land/targets/list.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = board(self.division, self.year)
        if request.GET.get("export") == "xlsx":
            headers = {"Content-Disposition": f'attachment; filename="targets-{found.year}.xlsx"'}
            return HttpResponse(write(found, light_of), content_type=XLSX, headers=headers)
        return self.render_to_response(self.get_context_data(board=found))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: Board = kwargs["board"]
        user = self.request.user
        words = {
            "retained_mu": gettext_lazy("farmland to be kept"),
            "pbf_mu": gettext_lazy("permanent basic farmland to be kept"),
        }
        return super().get_context_data(
            years=self.years,
            year=found.year,
            rows=[(row, light_of(row)) for row in [found.whole, *found.parts]],
            tight=[(words[name], one, tightness(one)) for name, one in found.tight.items()],
            may_set=access.may(user, "set_target", self.division),
            may_import=access.may(user, "import_targets", self.division),
            **kwargs,
        )


class PlaceMixin(YearMixin):
    """The place of the address, where the user may see it."""

    kwargs: dict[str, Any]

    @cached_property
    def place(self) -> Division:
        rows = Division.objects.on(clock.today()).visible_to(self.request.user).select_related("parent")
        return get_object_or_404(rows, pk=self.kwargs["pk"], level__in=list(LEVELS))

    def fallback_url(self) -> str:
        return reverse("target_place", args=[self.place.pk])


class TargetPlaceView(PlaceMixin, Page):
    """``/targets/<division>/``: one place: light, chief, pledges, history by year, targets."""

    template_name = "land/targets/place.html"

    def get_title(self) -> str:
        return self.place.name

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        place, user = self.place, self.request.user
        found = board(place, self.year)
        history = history_of(place)
        return super().get_context_data(
            place=place,
            board=found,
            row=found.whole,
            light=light_of(found.whole),
            years=self.years,
            year=found.year,
            findings=[spoken(finding, user) for finding in findings_about(place, user)],
            still=still_farmland(place, found.year) if self.request.GET.get("overlay") else None,
            overlay_asked=bool(self.request.GET.get("overlay")),
            may_overlay=place.level in OVERLAID,
            terms=terms_of(place),
            pledges=[(one, SIGNED if one.paper.scan_id else UNSIGNED) for one in pledges_of(place)],
            history=[(year, kept, light_for(kept), pbf, light_for(pbf)) for year, kept, pbf in history],
            targets=targets_of(place),
            may_set=access.may(user, "set_target", place),
            may_appoint=access.may(user, "appoint_chief", place),
            may_read=access.may(user, "read_pledge", place),
            crumbs=[FIRST, TARGETS, (place.name, "")],
            **kwargs,
        )


class PlaceAction(PlaceMixin, ActionPage):
    """A form on a place; the permission is asked for that place."""

    crumbs = (TARGETS,)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        access.require(request.user, self.verb)
        access.require(request.user, self.verb, self.place)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"lead": self.lead or self.place.name}

    def paper_of(self, form: Any) -> Any:
        """The document of a form, registered; None where none was given."""
        if not form.has_paper():
            return None
        return register_source(
            kind=SourceKind.DECISION, division=self.place, by=self.request.user, **form.paper()
        )


class TargetSetView(PlaceAction):
    """``/targets/<division>/set/``: set a target on a document."""

    verb = "set_target"
    title = gettext_lazy("Set a target")
    form_class = TargetForm
    submit = gettext_lazy("Set the target")
    done = gettext_lazy("The target is set.")

    def get_initial(self) -> dict[str, Any]:
        return {"year": self.year, "kind": "annual"}

    def act(self, form: forms.Form) -> None:
        values = form.cleaned_data
        line = TargetLine(
            division=self.place,
            source=self.paper_of(form),
            **{name: values[name] for name in ("year", "kind", "retained_mu", "pbf_mu")},
        )
        set_targets([line], by=self.request.user)


class ChiefNewView(PlaceAction):
    """``/targets/<division>/chief/``: appoint the farmland chief; the one before ends on that day."""

    verb = "appoint_chief"
    title = gettext_lazy("Appoint the farmland chief")
    form_class = ChiefForm
    submit = gettext_lazy("Appoint")
    done = gettext_lazy("The farmland chief is appointed.")
    sign = "person"

    def get_initial(self) -> dict[str, Any]:
        return {"valid_from": clock.today()}

    def act(self, form: forms.Form) -> None:
        values = form.cleaned_data
        chief = chief_named(values["name"], self.place, by=self.request.user)
        appointment = Appointment(
            division=self.place,
            chief=chief,
            valid_from=values["valid_from"],
            office=values["office"],
            source=self.paper_of(form),
        )
        appoint_chief(appointment, by=self.request.user)


class ChiefEndView(PlaceAction):
    """``/targets/<division>/chief/end/``: the chief has left, and nobody follows yet."""

    verb = "appoint_chief"
    title = gettext_lazy("End the term of the farmland chief")
    form_class = ChiefEndForm
    submit = gettext_lazy("End the term")
    done = gettext_lazy("The term has ended. Appoint a successor, so that no day is without one.")
    sign = "no-person"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        access.require(request.user, self.verb)
        access.require(request.user, self.verb, self.place)
        self.entry  # noqa: B018 (404 where nobody is in office)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def entry(self) -> Entry:
        rows = Entry.objects.on(clock.today()).filter(
            code=EntryCode.CHIEF, unit__responsibility_area__division=self.place
        )
        return get_object_or_404(rows)

    def get_initial(self) -> dict[str, Any]:
        return {"on": clock.today() + dt.timedelta(days=1)}

    def act(self, form: forms.Form) -> None:
        end_chief(entry=self.entry, by=self.request.user, **form.cleaned_data)


class PledgeNewView(PlaceAction):
    """``/targets/<division>/pledge/``: draw up the pledge of a year, and print it for signature and seal."""

    verb = "appoint_chief"
    title = gettext_lazy("Draw up the pledge")
    form_class = PledgeForm
    submit = gettext_lazy("Draw up and print")
    sign = "print"
    lead = gettext_lazy("Target and survey figures are frozen as they are today.")
    made: ResponsibilityPledge | None = None

    def get_initial(self) -> dict[str, Any]:
        return {"year": clock.today().year}

    def act(self, form: forms.Form) -> None:
        self.made = make_pledge(division=self.place, year=form.cleaned_data["year"], by=self.request.user)

    def get_success_url(self) -> str:
        return reverse("paper", args=[self.made.paper.code]) if self.made else self.fallback_url()


class PledgeWithdrawView(ActionPage):
    """``/targets/pledges/<id>/withdraw/``: take a pledge back that nobody has signed."""

    verb = "appoint_chief"
    title = gettext_lazy("Take the pledge back")
    crumbs = (TARGETS,)
    form_class = WithdrawForm
    submit = gettext_lazy("Take it back")
    done = gettext_lazy("The pledge is taken back.")
    sign = "undo"
    kwargs: dict[str, Any]

    @cached_property
    def pledge(self) -> ResponsibilityPledge:
        rows = ResponsibilityPledge.objects.in_force().visible_to(self.request.user)
        return get_object_or_404(rows.select_related("division"), pk=self.kwargs["pk"])

    def act(self, form: forms.Form) -> None:
        withdraw_pledge(pledge=self.pledge, by=self.request.user, reason=form.cleaned_data["reason"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead = _("%(place)s, %(year)d") % {"place": self.pledge.division.name, "year": self.pledge.year}
        return super().get_context_data(**kwargs) | {"lead": lead}

    def fallback_url(self) -> str:
        return reverse("target_place", args=[self.pledge.division_id])
