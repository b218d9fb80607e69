"""Forms of own facts: a field for each part of a kind. They call nothing. 中文：专项信息表单"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from assets.codes_networks import RoadLevel, ZoneReason
from assets.kinds import ROADS, SITE, SITE_FIGURES, Kind
from assets.models.details import Own
from assets.services.own import problems
from registry import clock, geo
from registry.codes import Level, UnitKind
from registry.forms import day_field
from registry.forms_sources import PlaceField
from registry.models import Division, Unit

COUNTED = (
    "on", "households", "people", "registered_households", "registered_people", "accompanying_households",
    "accompanying_people",
)  # fmt: skip
REASON: dict[str, Any] = {"required": False, "widget": forms.Textarea(attrs={"rows": 2})}


def field_of(kind: Kind, name: str) -> forms.Field:
    """The field of one part, as its column says."""
    column = kind.model._meta.get_field(name)
    label = column.verbose_name  # type: ignore[union-attr]
    if name == "asset":
        return forms.CharField(label=label, max_length=40, required=False,
                               help_text=_("The code of the asset, from its page."))  # fmt: skip
    if isinstance(column, models.DateField):
        return day_field(label, required=not column.null)
    made: forms.Field = column.formfield()  # type: ignore[union-attr]
    made.label = label
    if isinstance(made, forms.CharField) and (column.max_length or 0) > 160:  # type: ignore[union-attr]
        made.widget = forms.Textarea(attrs={"rows": 2})
    return made


class OwnForm(forms.Form):
    """The own facts of a unit; a road says its route too."""

    def __init__(
        self, *args: Any, kind: Kind, unit: Unit | None = None, row: Own | None = None, user: Any = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.kind, self.unit, self.user = kind, unit, user
        if kind is ROADS:
            self._add_route(row)
        for part in kind.parts:
            self.fields[part.name] = field_of(kind, part.name)
            if row is not None:
                value = getattr(row, part.name)
                self.fields[part.name].initial = value.code if isinstance(value, Unit) else value
        if row is not None:
            for name in kind.keys:  # what tells rows apart stays; another one is another row
                self.fields[name].disabled = True
        self.fields["reason"] = forms.CharField(label=_("reason"), max_length=255, **REASON)

    def _add_route(self, row: Any) -> None:
        route = row.route if row is not None else None
        self.fields["route_code"] = forms.CharField(
            label=_("route code"), max_length=20, initial=route and route.code,
            help_text=_("As C001532523: the letter of the level, three signs, the county."),
        )  # fmt: skip
        self.fields["route_name"] = forms.CharField(
            label=_("route name"), max_length=120, required=False, initial=route and route.name
        )
        self.fields["level"] = forms.ChoiceField(
            label=_("road level"),
            choices=RoadLevel.choices,
            initial=route.level if route else RoadLevel.VILLAGE,
        )

    def clean_route_code(self) -> str:
        return str(self.cleaned_data["route_code"]).strip().upper()

    def clean_asset(self) -> Unit | None:
        code = (self.cleaned_data.get("asset") or "").strip()
        if not code:
            return None
        rows = Unit.objects.visible_to(self.user).in_force().filter(kind=UnitKind.ASSET, code=code)
        found = rows.first()
        if found is None:
            raise ValidationError(_("No asset of yours has the code %(code)s. Copy it from its page."),
                                  params={"code": code})  # fmt: skip
        return found

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors:
            for name, sentence in problems(
                self.kind, self.kind.model(unit=self.unit, **self.values())
            ).items():
                self.add_error(name if name in self.fields else None, sentence)
        return values

    def values(self) -> dict[str, Any]:
        """The parts of the kind, as the service takes them."""
        return {part.name: self.cleaned_data.get(part.name) for part in self.kind.parts}


class SiteForm(OwnForm):
    """A new relocation site: its name, its place, and what is known of it."""

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, kind=SITE, **kwargs)
        own = dict(self.fields)
        self.fields.clear()
        self.fields["name"] = forms.CharField(label=_("name of the site"), max_length=200)
        self.fields["division"] = PlaceField(places, label=_("place"))
        for name in COUNTED:
            self.fields[name] = field_of(SITE_FIGURES, name)
            self.fields[name].required = True
        self.fields["on"].initial = clock.today()
        self.fields.update(own)

    def figures(self) -> dict[str, Any]:
        """Who lives there, as the service takes it."""
        return {name: self.cleaned_data[name] for name in COUNTED}


class CentreForm(forms.Form):
    """Where the people of a place live, in degrees."""

    longitude = forms.DecimalField(label=_("longitude"), max_digits=11, decimal_places=8)  # 经度
    latitude = forms.DecimalField(label=_("latitude"), max_digits=11, decimal_places=8)  # 纬度

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        lon, lat = values.get("longitude"), values.get("latitude")
        if lon is not None and lat is not None:
            if not geo.check_bounds((float(lon), float(lat), float(lon), float(lat))):
                raise ValidationError(_("The point lies outside the county. Check longitude and latitude."))
            values["point"] = Point(float(lon), float(lat), srid=geo.RECORD_SRID)
        return values


class StrikeForm(forms.Form):
    """Why a row should not be there."""

    reason = forms.CharField(
        label=_("reason"), max_length=255, min_length=2, widget=forms.Textarea(attrs={"rows": 2})
    )


class PermitForm(forms.Form):
    """The paper by which something may stand beside a road."""

    why = forms.ChoiceField(label=_("reason"), choices=ZoneReason.choices)
    paper_number = forms.CharField(label=_("document number"), max_length=120)
    paper_date = day_field(_("date"), required=False)
    remark = forms.CharField(label=_("remark"), max_length=255, required=False)


def site_places(user: Any, within: Division) -> Any:
    """Where a site may stand: townships, villages and natural villages of the user."""
    rows = Division.objects.visible_to(user).within(within)
    return (
        rows.exclude(level__in=[Level.PROVINCE, Level.PREFECTURE]).select_related("parent").order_by("path")
    )
