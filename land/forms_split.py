"""Splitting a case by outlines: what divides it, and the outcome of each part. 中文：图斑拆分表单"""

from __future__ import annotations

import json
from typing import Any

import shapely
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from shapely.geometry.base import BaseGeometry

from land.case_codes import Outcome
from land.forms_cases import ActForm

MOST_PARTS = 20
MOST_BYTES = 2 * 1024 * 1024


def shapes_in(text: str) -> list[BaseGeometry]:
    """Polygons of a GeoJSON collection in degrees. Raises ``ValidationError``."""
    try:
        features = json.loads(text)["features"]
        shapes = [shapely.from_geojson(json.dumps(feature["geometry"])) for feature in features]
    except (ValueError, KeyError, TypeError, RecursionError, shapely.errors.ShapelyError) as error:
        raise ValidationError(_("The drawing could not be read. Draw the parts again.")) from error
    if not all(shape is not None and shape.geom_type in ("Polygon", "MultiPolygon") for shape in shapes):
        raise ValidationError(_("A part is an area: draw polygons."))
    if len(shapes) > MOST_PARTS:
        raise ValidationError(_("A case is split into at most %(most)d parts."), params={"most": MOST_PARTS})
    for number, shape in enumerate(shapes, start=1):
        if not shape.is_valid:
            raise ValidationError(_("Part %(n)d crosses itself. Draw it again."), params={"n": number})
    return shapes


class DivideForm(forms.Form):
    """Drawn parts, or a file of them; what is left over is a part of its own unless that is not wanted."""

    drawn = forms.CharField(required=False, max_length=MOST_BYTES, widget=forms.HiddenInput())
    file = forms.FileField(label=_("file of the parts"), required=False)  # 图斑文件
    source_crs = forms.TypedChoiceField(
        label=_("Coordinate system"), choices=(), required=False, coerce=int, empty_value=None
    )
    rest = forms.BooleanField(
        label=_("What is left over is a part of its own"), required=False, initial=True
    )  # 剩余部分单独成块

    def __init__(self, *args: Any, systems: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source_crs"].choices = [("", _("as the file says")), *systems]  # type: ignore[attr-defined]

    def clean_drawn(self) -> list[BaseGeometry]:
        text = self.cleaned_data["drawn"]
        return shapes_in(text) if text else []

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors and not values.get("drawn") and not values.get("file"):
            raise ValidationError(_("Draw at least one part on the map, or choose a file."))
        return values


class PartsForm(ActForm):
    """The outcome of each part; the outlines go with the form and are measured again."""

    parts = forms.CharField(max_length=MOST_BYTES, widget=forms.HiddenInput())
    field_order = ("on", "note", "parts")

    def __init__(self, *args: Any, count: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.count = count
        for number in range(1, count + 1):
            self.fields[f"outcome{number}"] = forms.ChoiceField(
                label=_("part %(n)d: outcome") % {"n": number}, choices=[("", "—"), *Outcome.choices]
            )
            self.fields[f"about{number}"] = forms.CharField(
                label=_("part %(n)d: note") % {"n": number}, max_length=200, required=False
            )

    def clean_parts(self) -> list[BaseGeometry]:
        shapes = shapes_in(self.cleaned_data["parts"])
        if len(shapes) != self.count:
            raise ValidationError(_("The drawing could not be read. Draw the parts again."))
        return shapes

    def rows(self) -> list[tuple[str, str, BaseGeometry]]:
        """Outcome, note and outline of each part."""
        said = self.cleaned_data
        return [
            (said[f"outcome{n}"], said[f"about{n}"], shape) for n, shape in enumerate(said["parts"], start=1)
        ]
