"""Fields that forms of quotas and balances share: areas, outlines, papers. 中文：指标与平衡表单"""

from __future__ import annotations

import re
import tempfile
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from land.importers.outlines import read_outline
from land.models import ConstructionQuota
from land.services.filing import Paper
from registry import display
from registry.codes import Level
from registry.errors import RegistryError
from registry.forms import day_field, not_later_than_today
from registry.models import Division
from registry.services.files import copy_upload

UNITS = {
    "": Decimal(1), "m2": Decimal(1), "㎡": Decimal(1), "m²": Decimal(1), "平方米": Decimal(1),
    "亩": Decimal(10000) / 15, "mu": Decimal(10000) / 15,
    "公顷": Decimal(10000), "ha": Decimal(10000), "hm2": Decimal(10000),
}  # fmt: skip
_AREA = re.compile(r"([\d,，]+(?:\.\d+)?)\s*([^\d\s.,]*\d?)")


class AreaField(forms.CharField):
    """An area in m²; mu and hectares may be written with their unit, as 12.5亩.

    Gives m² with two decimals.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(max_length=30, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:.2f}" if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Decimal | None:  # type: ignore[override]
        text = (super().clean(value) or "").strip()
        if not text:
            return None
        match = _AREA.fullmatch(text)
        factor = UNITS.get(match[2].lower()) if match else None
        try:
            if match is None or factor is None:
                raise InvalidOperation
            number = Decimal(re.sub("[,，]", "", match[1]))
            return (number * factor).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
        except InvalidOperation as error:
            raise ValidationError(
                _(
                    "“%(value)s” is no area. Write m² as 8333.33, or the unit beside it as 12.5亩 or "
                    "0.83公顷."
                ),
                params={"value": text},
            ) from error


def area_field(label: Any, *, required: bool = True, **kwargs: Any) -> AreaField:
    kwargs.setdefault("help_text", _("In m², or with its unit: 12.5亩, 0.83公顷."))
    return AreaField(label=label, required=required, **kwargs)


def past_day(label: Any, **kwargs: Any) -> forms.DateField:
    return day_field(label, validators=[not_later_than_today], **kwargs)


def grade_field(label: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=1,
        max_value=15,
        max_digits=4,
        decimal_places=2,
        required=False,
        help_text=_("Area-weighted; 1 is the best."),
    )


def slope_field() -> forms.DecimalField:
    return forms.DecimalField(
        label=_("steepest slope (degrees)"),
        min_value=0,
        max_value=90,
        max_digits=4,
        decimal_places=1,
        required=False,
    )


class OutlineField(forms.FileField):
    """A layer file (zipped shapefile, GeoPackage, GeoJSON, KML); gives its ground as one geometry."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "help_text", _("Zipped shapefile, GeoPackage or GeoJSON with its coordinate system.")
        )
        super().__init__(label=_("outline of the ground"), required=False, max_length=200, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        if not upload:
            return None
        with tempfile.TemporaryDirectory() as folder:
            try:
                return read_outline(copy_upload(upload, Path(folder)))
            except RegistryError as error:
                raise ValidationError(str(error)) from error


class FactForm(forms.Form):
    """A form on a fact that rests on a document. ``division``: where its choices are looked for."""

    paper_number = forms.CharField(label=_("document number"), max_length=120)  # 文号
    paper_title = forms.CharField(
        label=_("title of the document"), max_length=255, required=False
    )  # 文件标题
    paper_on = past_day(_("date of the document"), required=False)  # 文件日期

    def __init__(self, *args: Any, user: Any, division: Division, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.place = user, division
        own = [name for name in self.fields if not name.startswith("paper_")]
        self.order_fields([*own, *(name for name in self.fields if name.startswith("paper_"))])
        if "division" in self.fields:
            self.fields["division"].queryset = places(user, division)  # type: ignore[attr-defined]
            self.fields["division"].initial = division.pk

    def paper(self) -> Paper:
        given = self.cleaned_data
        return Paper(
            number=given["paper_number"], title=given.get("paper_title", ""), issued_on=given.get("paper_on")
        )

    def values(self, *names: str) -> dict[str, Any]:
        """What was typed, by name: what was left empty is left out."""
        chosen = names or [name for name in self.cleaned_data if not name.startswith("paper_")]
        return {n: self.cleaned_data[n] for n in chosen if self.cleaned_data.get(n) not in (None, "")}


def places(user: Any, division: Division) -> Any:
    """Places of the division that the user may see, counties and townships first."""
    rows = Division.objects.visible_to(user).within(division).select_related("parent")
    return rows.exclude(level=Level.NATURAL_VILLAGE).order_by("path")


class PlaceChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Division) -> str:
        return f"{obj.parent.name} · {obj.name}" if obj.parent else obj.name


def place_field() -> PlaceChoice:
    return PlaceChoice(Division.objects.none(), label=_("place"))  # 行政区划


class ReasonForm(forms.Form):
    """Why a fact is taken back."""

    reason = forms.CharField(
        label=_("reason"), max_length=255, min_length=4, widget=forms.Textarea(attrs={"rows": 3})
    )  # 原因


class AccountChoice(forms.ModelChoiceField):
    """An account with what it holds today, where that was asked for."""

    def label_from_instance(self, obj: ConstructionQuota) -> str:
        balance = getattr(obj, "balance", None)
        words = f"{obj.division.name} · {obj.get_kind_display()} · {obj.year}"
        return words if balance is None else f"{words}（{display.mu(balance)}）"
