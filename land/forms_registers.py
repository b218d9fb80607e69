"""Forms of the land registers: a field for each column of a register. 中文：用地台账表单"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from land.forms_cases import area_field, words_field
from land.models import PointSupplyApproval, RegisterRow
from land.outline_text import outline_of
from land.registers import AREA, CHOICE, DAY, Part, Register
from land.services.registers import problems
from registry.forms import day_field, not_later_than_today
from registry.forms_sources import PlaceField
from registry.models import Division


def _field(register: Register, part: Part) -> forms.Field:
    if part.kind == AREA:
        return area_field(part.label, required=part.required)
    if part.kind == DAY:
        return day_field(part.label, required=part.required, validators=[not_later_than_today])
    column = register.model._meta.get_field(part.name)
    if part.kind == CHOICE:
        return forms.ChoiceField(label=part.label, choices=column.choices, initial=column.default)
    return forms.CharField(label=part.label, max_length=column.max_length, required=part.required)


class RowForm(forms.Form):
    """A row of a register; a new one says its place, a change its reason."""

    def __init__(
        self, *args: Any, register: Register, places: Any, row: RegisterRow | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.register, self.row = register, row
        if row is None:
            self.fields["division"] = PlaceField(places, label=_("place"))
        for part in register.parts:
            self.fields[part.name] = _field(register, part)
            if row is not None:
                self.fields[part.name].initial = getattr(row, part.name)
        if row is None and register.model is PointSupplyApproval:
            self.fields["geom"] = words_field(
                _("footprint"),
                20_000,
                required=False,
                help_text=_(
                    "One point a line, “longitude latitude” in degrees or “easting northing” of the working "
                    "zone, at least three points in turn."
                ),
            )
        if row is not None:
            self.fields["reason"] = words_field(_("reason"), 255, min_length=2)

    def clean_geom(self) -> Any:
        text = (self.cleaned_data.get("geom") or "").strip()
        return outline_of(text)[0] if text else None

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        place: Division | None = self.row.division if self.row else values.get("division")
        if place is not None and not self.errors:
            for name, sentence in problems(self.register, self.values(), place).items():
                self.add_error(name if name in self.fields else None, sentence)
        return values

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        named = {part.name for part in self.register.parts} | {"geom"}
        return {name: value for name, value in self.cleaned_data.items() if name in named}


class StrikeForm(forms.Form):
    reason = words_field(_("reason"), 255, min_length=2)  # 原因
