"""The inspection on the spot: one thing, a whole round on the phone, and what a phone kept. 中文：现场巡查"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from assets import due, standards
from assets.forms_upkeep import InspectionForm
from assets.models import Inspection, UpkeepStandard
from assets.services.looking import record_inspection
from registry import access, clock, display
from registry.codes import UnitKind
from registry.errors import RegistryError
from registry.models import Unit
from registry.views.generic import Page

from .upkeep import UnitActionPage

VERB = "record_inspection"
ROUND = 200  # things of a round that a phone takes along


def initial_of(user: Any) -> dict[str, Any]:
    return {"inspected_on": clock.today(), "inspector": user.get_full_name(), "condition": "good"}


class InspectionView(UnitActionPage):
    """``/units/<id>/inspection/``: what was seen, made for the phone; without a network it is kept there."""

    verb = VERB
    template_name = "assets/inspection.html"
    form_class = InspectionForm
    submit = gettext_lazy("Record the inspection")
    done = gettext_lazy("The inspection is recorded.")

    def get_title(self) -> Any:
        return _("Record an inspection")

    @cached_property
    def standard(self) -> UpkeepStandard | None:
        return standards.standard_of(self.unit, clock.today())

    def get_initial(self) -> dict[str, Any]:
        return initial_of(self.request.user)

    def get_form_kwargs(self) -> dict[str, Any]:
        items = self.standard.items.all() if self.standard else ()
        return {**super().get_form_kwargs(), "items": items}

    def act(self, form: forms.Form) -> None:
        record_inspection(unit=self.unit, by=self.request.user, **form.facts())  # type: ignore[attr-defined]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(standard=self.standard, **kwargs)


class RoundView(Page):
    """``/inspections/round/``: all that is due here on one page, which works without a network once open."""

    verb = VERB
    title = gettext_lazy("Inspection round")
    template_name = "assets/upkeep/round.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self.request.GET.get("person", "").strip()
        rows = due.due_units(self.scoped(Unit.objects), clock.today()).filter(due_in__lte=due.AHEAD)
        if person:
            rows = rows.filter(person=person)
        units = list(rows.select_related("asset", "division")[:ROUND])
        held = standards.standards_for(units, clock.today())
        blank = {
            row.pk: InspectionForm(items=row.items.all(), auto_id=f"s{row.pk}_%s") for row in held.values()
        }
        for unit in units:
            unit.standard_pk = held[unit.pk].pk if unit.pk in held else ""  # type: ignore[attr-defined]
            unit.upkeep_code = due.due_state(unit.due_in)  # type: ignore[attr-defined]
        return super().get_context_data(
            units=units,
            standards=[(pk, blank[pk]) for pk in blank],
            form=InspectionForm(initial=initial_of(self.request.user)),
            **kwargs,
        )


@require_POST
def send(request: HttpRequest) -> JsonResponse:
    """``/inspections/send/``: an entry that a phone kept. The same entry again gets the same answer."""
    access.require(request.user, VERB)
    unit = _unit(request)
    standard = standards.standard_of(unit, clock.today()) if unit else None
    form = InspectionForm(request.POST, request.FILES, items=standard.items.all() if standard else ())
    if unit is None:
        return _refused([_("This thing is not in your divisions any more. Ask the office.")], 404)
    if not form.is_valid():
        return _refused([error for errors in form.errors.values() for error in errors], 422)
    if form.cleaned_data["client_id"] is None:
        return _refused([_("The entry has no number of its own. Load the page again.")], 422)
    try:
        found = record_inspection(unit=unit, by=request.user, **form.facts())  # type: ignore[arg-type]
    except RegistryError as error:
        return _refused([str(error)], 422)
    return JsonResponse({"client_id": str(found.client_id), "inspection": found.pk})


def _unit(request: HttpRequest) -> Unit | None:
    key = request.POST.get("unit", "")
    if not key.isdigit() or len(key) > 18:
        return None
    rows = Unit.objects.visible_to(request.user).on(clock.today()).filter(kind=UnitKind.ASSET)
    return rows.select_related("division", "asset").filter(pk=int(key)).first()


def _refused(errors: list[Any], status: int) -> JsonResponse:
    return JsonResponse({"errors": [str(error) for error in errors]}, status=status)


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """``/inspections/worker.js``: opens the round without a network; its folder is its scope."""
    path = finders.find("assets/round-worker.js")
    if path is None:
        raise Http404
    with open(path, encoding="utf-8") as script:  # type: ignore[arg-type]
        answer = HttpResponse(script.read(), content_type="text/javascript")
    answer["Cache-Control"] = "no-cache"
    return answer


class InspectionPage(Page):
    """``/inspections/<id>/``: one inspection with its items, its photos and where the phone was."""

    template_name = "assets/upkeep/inspection_page.html"

    @cached_property
    def inspection(self) -> Inspection:
        rows = Inspection.objects.visible_to(self.request.user).in_force()
        rows = rows.select_related("unit__division", "evidence", "batch")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_title(self) -> Any:
        return _("Inspection of %(unit)s") % {"unit": self.inspection.unit.name}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found, user = self.inspection, self.request.user
        names = access.may(user, "see_personal", found.unit.division)
        place = found.unit.division
        photos = found.evidence.files.select_related("preview", "file") if found.evidence else []
        repair = found.repairs.in_force().first()  # type: ignore[attr-defined]
        return super().get_context_data(
            found=found,
            inspector=found.inspector if names else display.masked(found.inspector),
            items=found.items.select_related("item"),
            photos=photos,
            away=due.metres_away(found),
            repair=repair,
            state=repair.state(clock.today()) if repair else "",
            may_order=access.may(user, "order_repair", place) and bool(found.defect) and repair is None,
            unit_url=reverse("unit", args=[found.unit.code]),
            **kwargs,
        )
