"""Forms of the kernel: they read what a person typed, and call nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from registry import clock, geo
from registry.codes import CodeSystem, Level, ShapeMethod
from registry.models import Division

DATE = {"type": "date"}


def day_field(label: Any, **kwargs: Any) -> forms.DateField:
    """A day; today at the latest."""
    kwargs.setdefault("widget", forms.DateInput(attrs=DATE, format="%Y-%m-%d"))
    return forms.DateField(label=label, **kwargs)


def not_later_than_today(day: dt.date) -> None:
    """A day of the past or today."""
    if day > clock.today():
        raise ValidationError(
            _("%(day)s lies in the future. Give a day up to today, %(today)s."),
            params={"day": day.isoformat(), "today": clock.today().isoformat()},
        )


class PlaceForm(forms.Form):
    """Where a unit is: a point in degrees, seen on the spot or pointed at on the map."""

    longitude = forms.DecimalField(label=_("longitude"), max_digits=11, decimal_places=8)  # 经度
    latitude = forms.DecimalField(label=_("latitude"), max_digits=11, decimal_places=8)  # 纬度
    method = forms.ChoiceField(
        label=_("how it was taken"),
        choices=[(method, ShapeMethod(method).label) for method in (ShapeMethod.DRAWN, ShapeMethod.GPS)],
        widget=forms.RadioSelect,
        initial=ShapeMethod.DRAWN,
    )  # 采集方式
    accuracy_m = forms.DecimalField(
        label=_("positional accuracy (m)"), max_digits=8, decimal_places=2, min_value=0, required=False
    )  # 位置精度
    valid_from = day_field(_("in place since"), validators=[not_later_than_today])
    reason = forms.CharField(label=_("remark"), max_length=255, required=False)  # 备注

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        lon, lat = values.get("longitude"), values.get("latitude")
        if lon is not None and lat is not None:
            if not geo.check_bounds((float(lon), float(lat), float(lon), float(lat))):
                west, south, east, north = geo.county().bbox
                raise ValidationError(
                    _(
                        "The point %(lon)s, %(lat)s lies outside the county (longitude %(west)s to %(east)s, "
                        "latitude %(south)s to %(north)s). Check whether the two numbers were swapped."
                    ),
                    params={
                        "lon": lon,
                        "lat": lat,
                        "west": west,
                        "east": east,
                        "south": south,
                        "north": north,
                    },
                )
            values["point"] = Point(float(lon), float(lat), srid=geo.RECORD_SRID)
        return values


class ImportForm(forms.Form):
    """A file that comes in, with the options that its importer understands."""

    file = forms.FileField(label=_("file"), allow_empty_file=True)  # 文件

    def __init__(
        self, *args: Any, options: tuple[str, ...], user: Any, sample: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].required = not sample
        for name, field in option_fields(user).items():
            if name in options or (name == "division" and "year" in options):
                self.fields[name] = field

    def options(self) -> dict[str, Any]:
        """The options that were given, as the batch keeps them."""
        given = {}
        for name, value in self.cleaned_data.items():
            if name in ("file", "division") or value in (None, ""):
                continue
            if isinstance(value, dt.date):
                value = value.isoformat()
            given[name] = value
        return given


def option_fields(user: Any) -> dict[str, forms.Field]:
    """A form field for every option name that importers use."""
    return {
        "year": forms.IntegerField(
            label=_("survey year"),
            min_value=1990,
            max_value=2100,
            help_text=_("The year that the delivery speaks of, as 2025."),
        ),  # 数据年份
        "division": forms.ModelChoiceField(
            Division.objects.visible_to(user).exclude(level__in=[Level.VILLAGE, Level.NATURAL_VILLAGE]),
            label=_("division"),
            required=False,
            help_text=_("The place that the file speaks of; where it is not chosen, the features say it."),
        ),  # 行政区划
        "unit": forms.ChoiceField(
            label=_("unit of the amounts"),
            required=False,
            choices=[("", _("find out from the file")), ("yuan", _("yuan")), ("wan", _("ten thousand yuan"))],
        ),  # 金额单位
        "system": forms.ChoiceField(
            label=_("code system"), required=False, choices=CodeSystem.choices
        ),  # 代码体系
        "valid_from": day_field(_("in force since"), required=False),  # 生效日期
        "layer": forms.CharField(
            label=_("layer"),
            required=False,
            max_length=60,
            help_text=_("Only where the file holds several layers."),
        ),  # 图层名
        "source_crs": forms.TypedChoiceField(
            label=_("coordinate system"),
            required=False,
            coerce=int,
            empty_value=None,
            choices=[("", _("as the file says")), *((srid, f"EPSG:{srid}") for srid in sorted(geo.ALLOWED))],
            help_text=_("Only where the file does not say it."),
        ),  # 坐标系
        "encoding": forms.ChoiceField(
            label=_("encoding"),
            required=False,
            choices=[("", _("find out from the file")), ("GB18030", "GB18030 / GBK"), ("UTF-8", "UTF-8")],
        ),  # 编码
    }


class MappingForm(forms.Form):
    """One choice a column of the file; the head's row beside."""

    head = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, draft: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.draft = draft
        self.fields["head"].initial = draft.head
        choices = [("", _("not imported")), *draft.fields]
        for column in draft.columns:
            self.fields[f"column_{column.index}"] = forms.ChoiceField(
                label=column.title,
                help_text=column.sample,
                choices=choices,
                required=False,
                initial=column.field,
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        chosen = [values.get(f"column_{column.index}") for column in self.draft.columns]
        named = [name for name in chosen if name]
        twice = {name for name in named if named.count(name) > 1}
        if twice:
            labels = dict(self.draft.fields)
            raise ValidationError(
                _("%(fields)s is chosen for more than one column. Each field comes from one column."),
                params={"fields": "、".join(sorted(labels[name] for name in twice))},
            )
        if not named:
            raise ValidationError(_("Choose the field of at least one column."))
        return values

    def mapping(self) -> dict[str, Any]:
        """As the reader of ledgers takes it: the head's row, and field (or nothing) by title."""
        columns = {c.title: self.cleaned_data[f"column_{c.index}"] or None for c in self.draft.columns}
        return {"header row": self.cleaned_data["head"], "columns": columns}
