"""Own facts of a unit: entering, changing, taking back; permits and centres. 中文：专项信息办理"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.forms_own import CentreForm, OwnForm, PermitForm, SiteForm, StrikeForm, site_places
from assets.kinds import ROADS, Kind
from assets.kinds_more import BY_KEY, kinds_of
from assets.models import Asset, Centre
from assets.models.details import Own
from assets.services.own import PERMISSION, OwnLine, record, strike
from assets.services.roads import RouteAsk, ensure_routes, permit_in_zone, place_centres, read_network
from assets.services.sites import plan_planting, register_site
from registry import access, clock
from registry.errors import NotAllowed, RegistryError, RowsRefused
from registry.models import Division, SourceKind, Unit
from registry.services.sources import register_source
from registry.views.generic import FIRST, ActionPage, RegisterPage


class Placing(ActionPage):
    """Where a refusal of a service belongs: at the field that it names."""

    kwargs: dict[str, Any]

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            with transaction.atomic():
                self.act(form)
        except (NotAllowed, RowsRefused):
            raise
        except RegistryError as error:
            form.add_error(error.code if error.code in form.fields else None, str(error))
            return self.form_invalid(form)
        if self.done:
            messages.success(self.request, self.done)
        return HttpResponseRedirect(self.get_success_url())


class OnUnit(Placing):
    """A form on one unit; the verb is checked again in the unit's own division."""

    verb = PERMISSION

    @cached_property
    def unit(self) -> Unit:
        kind = BY_KEY.get(self.kwargs.get("key", ""))
        known = Unit.objects.visible_to(self.request.user)
        rows = known.in_force() if kind is not None and kind.outlives else known.on(clock.today())
        unit = get_object_or_404(rows.select_related("division__parent"), pk=self.kwargs["pk"])
        access.require(self.request.user, self.verb, unit.division)
        return unit

    def fallback_url(self) -> str:
        return reverse("unit", args=[self.unit.code])

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return [FIRST, (self.unit.name, self.fallback_url()), (self.get_title(), "")]


class OwnView(OnUnit):
    """``/units/<id>/own/<kind>/``: enter or change what a unit has of its own kind; ``?row=`` of a series."""

    form_class = OwnForm
    submit = gettext_lazy("Save")
    done = gettext_lazy("It stands in the register.")

    @cached_property
    def kind(self) -> Kind:
        asset = Asset.objects.filter(unit=self.unit).first()
        kind = BY_KEY.get(self.kwargs["key"])
        if kind is None or kind not in kinds_of(self.unit, asset.subtype if asset else ""):
            raise Http404(self.kwargs["key"])
        return kind

    @cached_property
    def row(self) -> Own | None:
        rows = self.kind.model._default_manager.filter(unit=self.unit, annulled=None)
        if not self.kind.series:
            return rows.first()
        key = self.request.GET.get("row", "")
        return get_object_or_404(rows, pk=int(key)) if key.isdecimal() else None

    def get_title(self) -> Any:
        return self.kind.title

    def get_form_kwargs(self) -> dict[str, Any]:
        more = {"kind": self.kind, "unit": self.unit, "row": self.row, "user": self.request.user}
        return {**super().get_form_kwargs(), **more}

    def act(self, form: Any) -> None:
        user: Any = self.request.user
        values, reason = form.values(), form.cleaned_data["reason"]
        if self.kind.key == "plantings":
            plan_planting(unit=self.unit, values=values, by=user, reason=reason)
            return
        if self.kind is ROADS:
            ask = RouteAsk(*(form.cleaned_data[name] for name in ("route_code", "route_name", "level")))
            routes = ensure_routes([ask], place=self.unit.division, by=user)
            values["route"] = routes[ask.code]
        record(self.kind, [OwnLine(unit=self.unit, values=values)], by=user, reason=reason)
        if self.kind is ROADS:
            read_network()


class StrikeView(OnUnit):
    """``/units/<id>/own/<kind>/<row>/strike/``: a row that should not be there."""

    form_class = StrikeForm
    title = gettext_lazy("Take back")
    sign = "undo"
    submit = gettext_lazy("Take back")
    done = gettext_lazy("It is taken back; it stays in the book and counts for nothing.")

    def act(self, form: forms.Form) -> None:
        kind = BY_KEY.get(self.kwargs["key"])
        if kind is None:
            raise Http404(self.kwargs["key"])
        rows = kind.model._default_manager.filter(unit=self.unit, annulled=None)
        row = get_object_or_404(rows, pk=self.kwargs["row"])
        user: Any = self.request.user
        strike(kind, row, by=user, reason=form.cleaned_data["reason"])


class PermitView(OnUnit):
    """``/units/<id>/zone-permit/``: by which paper it may stand in the control zone of a road."""

    form_class = PermitForm
    title = gettext_lazy("Permit in the control zone of a road")
    submit = gettext_lazy("Record the permit")
    done = gettext_lazy("The permit stands in the register.")

    def act(self, form: forms.Form) -> None:
        said, user = form.cleaned_data, self.request.user
        source = register_source(
            kind=SourceKind.DECISION,
            division=self.unit.division,
            by=user,  # type: ignore[arg-type]
            number=said["paper_number"],
            title=said["paper_number"],
            issued_on=said["paper_date"],
        )
        permit_in_zone(unit=self.unit, reason=said["why"], source=source, by=user, remark=said["remark"])  # type: ignore[arg-type]


class SiteNewView(Placing, RegisterPage):
    """``/relocation-sites/new/``: register a site."""

    verb = PERMISSION
    form_class = SiteForm
    title = gettext_lazy("Register a relocation site")
    submit = gettext_lazy("Register the site")
    done = gettext_lazy("The site is registered. Put its outline on the map, and enter its figures.")
    crumbs = ((gettext_lazy("Relocation sites"), "/relocation-sites/"),)
    many = "relocation_sites"

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        within = kwargs.pop("division")
        return {**kwargs, "places": site_places(self.request.user, within)}

    def get_initial(self) -> dict[str, Any]:
        return {}

    def register(self, form: Any) -> Unit:
        said = form.cleaned_data
        return register_site(
            name=said["name"], division=said["division"], values=form.values(), figures=form.figures(),
            by=self.request.user, reason=said["reason"],  # type: ignore[arg-type]
        )  # fmt: skip

    def get_success_url(self) -> str:
        return reverse("unit", args=[self.made.code])


class CentreView(Placing):
    """``/divisions/<id>/centre/``: where the people of a village live, or the seat of a township."""

    verb = "place_unit"
    form_class = CentreForm
    submit = gettext_lazy("Save the place")
    done = gettext_lazy("The place stands in the register, and the road network was read again.")

    @cached_property
    def place(self) -> Division:
        rows = Division.objects.visible_to(self.request.user).select_related("parent")
        place = get_object_or_404(rows, pk=self.kwargs["pk"])
        access.require(self.request.user, self.verb, place)
        return place

    def get_title(self) -> Any:
        return _("Where people live: %(place)s") % {"place": self.place.name}

    def get_initial(self) -> dict[str, Any]:
        there = Centre.objects.in_force().filter(division=self.place).first()
        return {"longitude": round(there.geom.x, 8), "latitude": round(there.geom.y, 8)} if there else {}

    def fallback_url(self) -> str:
        return reverse("road_villages")

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return [FIRST, (_("Villages on the road network"), self.fallback_url()), (self.get_title(), "")]

    def act(self, form: forms.Form) -> None:
        place_centres([(self.place, form.cleaned_data["point"])], by=self.request.user)  # type: ignore[arg-type]
