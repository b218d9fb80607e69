"""``/placing/``: units whose place is known to the village only, and putting one on the map. 中文：待上图"""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.filters import PlacingFilter
from assets.queries import unplaced
from assets.tables import PlacingTable
from registry import clock
from registry.codes import UnitKind
from registry.exports import Column
from registry.forms import PlaceForm
from registry.models import Unit
from registry.services.units import Placement, place_unit
from registry.views.generic import FIRST, ActionPage, ListPage

PLACED = (UnitKind.ASSET, UnitKind.RELOCATION_SITE)
PLACING = (gettext_lazy("To be placed"), "/placing/")


class PlacingListView(ListPage):
    """The placing queue, village by village."""

    verb = "place_unit"
    title = gettext_lazy("To be placed")
    lead = gettext_lazy(
        "Known to the village, not yet on the map. Point at it on the map, or take the position on the spot."
    )
    model = Unit
    table_class = PlacingTable
    filterset_class = PlacingFilter
    noun = "unit"
    export_columns = (
        Column(gettext_lazy("unit code"), lambda unit: unit.code, "code", 30, key="code"),
        Column(gettext_lazy("name"), lambda unit: unit.name, width=30, key="name"),
        Column(gettext_lazy("village"), lambda unit: unit.division.name, key="place"),
        Column(gettext_lazy("since"), lambda unit: unit.state_since, "date", key="since"),
    )

    def get_queryset(self) -> QuerySet:
        rows = unplaced(self.scoped(Unit.objects), clock.today())
        return rows.select_related("division__parent").order_by("division__path", "name")


class PlaceUnitView(ActionPage):
    """Give a unit its place: two numbers, taken from the map or from the phone."""

    verb = "place_unit"
    template_name = "assets/place.html"
    form_class = PlaceForm
    submit = gettext_lazy("Put on the map")
    sign = "pin"
    done = gettext_lazy("It has its place on the map now.")

    @cached_property
    def unit(self) -> Unit:
        rows = Unit.objects.visible_to(self.request.user).in_force().filter(kind__in=PLACED)
        return get_object_or_404(rows.select_related("division"), pk=self.kwargs["pk"])

    def get_title(self) -> Any:
        return _("Place %(name)s") % {"name": self.unit.name}

    def get_initial(self) -> dict[str, Any]:
        return {
            "longitude": self.request.GET.get("lon"),
            "latitude": self.request.GET.get("lat"),
            "valid_from": clock.today(),
            "method": "drawn",
        }

    def act(self, form: forms.Form) -> None:
        values = form.cleaned_data
        placement = Placement(
            unit=self.unit,
            geom=values["point"],
            valid_from=values["valid_from"],
            method=values["method"],
            accuracy_m=values["accuracy_m"],
        )
        place_unit(placement, reason=values["reason"], by=self.request.user)

    def fallback_url(self) -> str:
        return reverse("unit", args=[self.unit.code])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            unit=self.unit, crumbs=[FIRST, PLACING, (self.unit.name, "")], **kwargs
        )
