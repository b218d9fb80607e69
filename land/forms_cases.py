"""Forms of enforcement cases: they read what an officer typed, and call nothing. 中文：案件表单"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.gis.geos import GEOSGeometry
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from land.case_codes import CaseOrigin, Outcome, PauseKind, RectifyMethod
from land.models import Case
from land.outline_text import outline_of
from land.queries.cases import areas_by_method, parts_by_outcome
from registry import clock, display
from registry.forms import day_field, not_later_than_today
from registry.forms_sources import FilesField, PlaceField
from registry.models import Division, Party

PICTURES = ".jpg,.jpeg,.png,.webp"
PARTS = 4  # parts that the page asks for; the service takes any number
CASE_ORIGINS = [choice for choice in CaseOrigin.choices if choice[0] != CaseOrigin.CLUE]


def area_field(label: Any, **kwargs: Any) -> forms.DecimalField:
    """Square metres with two decimals."""
    return forms.DecimalField(label=label, max_digits=14, decimal_places=2, min_value=0, **kwargs)


def words_field(label: Any, most: int = 500, **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, widget=forms.Textarea(attrs={"rows": 3}), **kwargs
    )  # fmt: skip


class ActForm(forms.Form):
    """A dated act on a case, with a note."""

    on = day_field(_("day"), validators=[not_later_than_today])  # 日期
    note = words_field(_("note"), required=False)  # 说明

    def __init__(self, *args: Any, case: Case, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case, self.user = case, user
        self.fields["on"].initial = clock.today()


class ReasonForm(ActForm):
    note = words_field(_("reason"), min_length=4)  # 原因


class ReviewForm(ActForm):
    note = words_field(_("what was seen, and on what"), min_length=4)  # 复核情况（影像、无人机、实地）


class OfficeForm(ActForm):
    """What the office found out; the areas are measured, not asked."""

    party_name = forms.CharField(
        label=_("party of the case"),
        max_length=160,
        required=False,
        help_text=_("The name as it stands in the register of parties."),
    )  # 当事人
    began_on = day_field(_("building began"), required=False, validators=[not_later_than_today])  # 动工日期
    found_on = day_field(_("image or discovery"), required=False)  # 影像、发现日期
    there = words_field(_("what is there"), 255, required=False)  # 现状
    field_order = ("on", "party_name", "began_on", "found_on", "there", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, value in (("began_on", self.case.began_on), ("found_on", self.case.found_on)):
            self.fields[name].initial = value
        self.fields["there"].initial = self.case.note

    def clean_party_name(self) -> Party | None:
        name = (self.cleaned_data["party_name"] or "").strip()
        if not name:
            return None
        township = self.case.unit.division.parent or self.case.unit.division
        found = list(Party.objects.standing().within(township).filter(name=name)[:2])
        if len(found) == 1:
            return found[0]
        if found:
            raise ValidationError(_("Several parties have this name; have them told apart first."))
        raise ValidationError(_("Nobody of this name is registered here. Have the party registered first."))


class FieldForm(ActForm):
    report = words_field(_("what was seen"), min_length=4)  # 现场情况
    files = FilesField(
        label=_("pictures"),
        required=False,
        accept=PICTURES,
        help_text=_("With position, direction and time, as the phone writes them. The originals are kept."),
    )  # 现场照片
    field_order = ("on", "report", "files", "note")


class PicturesForm(forms.Form):
    files = FilesField(label=_("pictures"), accept=PICTURES)  # 现场照片

    def __init__(self, *args: Any, case: Case, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class PictureForm(forms.Form):
    """What the camera did not write."""

    taken_at = forms.DateTimeField(
        label=_("taken at"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # 拍摄时间
    lon = forms.DecimalField(label=_("longitude"), max_digits=11, decimal_places=8, required=False)  # 经度
    lat = forms.DecimalField(label=_("latitude"), max_digits=11, decimal_places=8, required=False)  # 纬度
    azimuth = forms.DecimalField(
        label=_("azimuth (degrees)"),
        max_digits=4,
        decimal_places=1,
        min_value=0,
        max_value=360,
        required=False,
        help_text=_("From north through east: north 0, east 90, south 180, west 270."),
    )  # 方位角


class JudgeForm(ActForm):
    """The outcome of the whole, or part by part; an only part may leave its area out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        whole = display.m2(self.case.area_m2)
        for number in range(1, PARTS + 1):
            first = number == 1
            self.fields[f"outcome{number}"] = forms.ChoiceField(
                label=_("part %(n)d: outcome") % {"n": number},
                required=first,
                choices=[("", "—"), *Outcome.choices],
            )
            self.fields[f"area{number}"] = area_field(
                _("part %(n)d: area (m²)") % {"n": number},
                required=False,
                help_text=_("Empty where it is not split. The clue has %(area)s.") % {"area": whole}
                if first
                else "",
            )
        self.order_fields(
            ["on", *(f"{name}{n}" for n in range(1, PARTS + 1) for name in ("outcome", "area"))]
        )

    def parts(self) -> list[tuple[str, Decimal | None]]:
        """Outcome and area of each part that was filled in."""
        values = self.cleaned_data
        rows = [(values[f"outcome{n}"], values[f"area{n}"]) for n in range(1, PARTS + 1)]
        return [(outcome, area) for outcome, area in rows if outcome]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for number in range(2, PARTS + 1):
            if bool(values.get(f"outcome{number}")) != bool(values.get(f"area{number}")):
                self.add_error(f"area{number}", _("A part has an outcome and an area."))
        return values


class ConfirmForm(ActForm):
    paper = forms.CharField(label=_("number of the paper"), max_length=120, required=False)  # 文号
    field_order = ("on", "paper", "note")


class RectifyForm(ActForm):
    """An area by method; together they make the clue."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = areas_by_method(self.case) or self._proposed()
        for method, label in RectifyMethod.choices:
            self.fields[method] = area_field(
                _("%(method)s (m²)") % {"method": label}, required=False, initial=there.get(method)
            )
        self.order_fields(["on", *RectifyMethod.values, "note"])

    def _proposed(self) -> dict[str, Decimal]:
        """What was found in order is shown to be so; the rest is for the officer to say."""
        clean = sum((a for o, a in parts_by_outcome(self.case).items() if o != Outcome.SUSPECTED), Decimal(0))
        return {RectifyMethod.PROVEN: clean} if clean else {}

    def areas(self) -> dict[str, Decimal]:
        return {method: self.cleaned_data[method] or Decimal(0) for method in RectifyMethod.values}


class PauseForm(ActForm):
    kind = forms.ChoiceField(label=_("why the clock stands"), choices=PauseKind.choices)  # 事由
    paper = forms.CharField(label=_("number of the paper"), max_length=120, required=False)  # 文号
    field_order = ("on", "kind", "paper")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["note"]


class ResumeForm(PauseForm):
    kind = paper = None  # type: ignore[assignment]


class OpenForm(forms.Form):
    """A case by hand. The outline, where there is one, gives the area."""

    division = PlaceField(Division.objects.none(), label=_("place"))  # 行政区划
    name = forms.CharField(
        label=_("name"), max_length=120, help_text=_("Where and what, without a judgement.")
    )  # 名称
    origin = forms.ChoiceField(label=_("where the clue comes from"), choices=CASE_ORIGINS)  # 线索来源
    on = day_field(_("day"), validators=[not_later_than_today])  # 日期
    found_on = day_field(_("image or discovery"), required=False, validators=[not_later_than_today])
    began_on = day_field(_("building began"), required=False, validators=[not_later_than_today])
    outline = words_field(
        _("outline"),
        200_000,
        required=False,
        help_text=_(
            "Drawn on the map, or one point a line: “longitude latitude” in degrees or “easting northing” of "
            "the working zone, at least three points in turn. An empty line begins a hole or a further part."
        ),
    )  # 范围
    area_m2 = area_field(
        _("area (m²)"), required=False, help_text=_("Only without an outline: as reported.")
    )  # 面积
    note = words_field(_("what is there"), 255, required=False)  # 现状

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["division"].queryset = places  # type: ignore[attr-defined]
        self.fields["on"].initial = clock.today()

    def clean_outline(self) -> tuple[GEOSGeometry, int] | None:
        """The outline (EPSG:4490) and the plane it was given in."""
        text = self.cleaned_data["outline"].strip()
        return outline_of(text) if text else None

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "outline" not in self.errors and not values.get("outline") and not values.get("area_m2"):
            self.add_error("area_m2", _("Give the outline, or the area."))
        return values


class CluesForm(forms.Form):
    """All clues of a layer, or those of which the numbers are given."""

    on = day_field(_("day"), validators=[not_later_than_today])  # 下发日期
    numbers = forms.CharField(
        label=_("only these"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Feature numbers from the list below, separated by commas; empty: all of them."),
    )  # 图斑序号

    def clean_numbers(self) -> list[int] | None:
        text = self.cleaned_data["numbers"].replace("，", ",").replace("、", ",").replace("\n", ",")
        cells = [cell.strip() for cell in text.split(",") if cell.strip()]
        if not all(cell.isdecimal() and len(cell) < 9 for cell in cells):
            raise ValidationError(_("Write feature numbers, separated by commas."))
        return [int(cell) for cell in cells] or None
