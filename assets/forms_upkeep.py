"""Forms of upkeep: the inspection on the spot, terms, standards, plans. They call nothing."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assets.codes import Condition, ItemResult, Payer, Subtype
from assets.services.looking import Seen, Spot
from assets.services.plans import Item
from registry import clock
from registry.forms import day_field, not_later_than_today
from registry.forms_sources import FilesField, streams
from registry.models import SourceKind

PHOTOS = "image/*"
BROKEN = (Condition.DAMAGED, Condition.OUT_OF_USE)
MONEY = {"max_digits": 14, "decimal_places": 2, "min_value": 0, "required": False}
PAYERS = [("", _("not stated")), *Payer.choices]


class InspectionForm(forms.Form):
    """What was seen, made for a thumb: the condition first, everything else may stay empty.

    ``items`` are those of the standard that holds for the unit. The hidden fields are filled by the phone.
    """

    condition = forms.ChoiceField(
        label=_("condition"), choices=Condition.choices, widget=forms.RadioSelect
    )  # 状况
    defect = forms.CharField(
        label=_("defect found"),
        max_length=255,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What is broken, and where. Leave it empty when all is well."),
    )  # 发现问题
    photos = FilesField(
        accept=PHOTOS,
        label=_("photos"),
        required=False,
        help_text=_("Time and position are read from the photo; a photo without them is taken all the same."),
    )  # 现场照片
    inspected_on = day_field(_("inspected on"), validators=[not_later_than_today])  # 巡查日期
    inspector = forms.CharField(label=_("inspector"), max_length=60)  # 巡查人
    handled_on = day_field(
        _("handled on"),
        required=False,
        validators=[not_later_than_today],
        help_text=_("Where it was repaired at once."),
    )  # 处理日期
    remark = forms.CharField(label=_("remark"), max_length=255, required=False)  # 备注
    client_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    noted_at = forms.DateTimeField(required=False, widget=forms.HiddenInput)
    longitude = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    latitude = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    accuracy_m = forms.DecimalField(
        required=False, max_digits=8, decimal_places=2, min_value=0, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, items: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = list(items)
        for item in self.items:
            self.fields[f"item_{item.pk}"] = forms.ChoiceField(
                choices=ItemResult.choices, required=False, widget=forms.RadioSelect, label=item.text
            )
            if item.unit:
                spoken = {"aria-label": f"{item.text} ({item.unit})"}
                self.fields[f"value_{item.pk}"] = forms.DecimalField(
                    max_digits=10, decimal_places=2, required=False, label=item.unit,
                    widget=forms.NumberInput(attrs=spoken),
                )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("condition") in BROKEN and not values.get("defect"):
            self.add_error("defect", ValidationError(_("Say what is broken, so that it can be repaired.")))
        return values

    def facts(self) -> dict[str, Any]:
        """What the service takes."""
        values = self.cleaned_data
        names = ("condition", "defect", "inspected_on", "inspector", "handled_on", "remark")
        return {
            **{name: values[name] for name in names},
            "spot": self._spot(values),
            "seen": self._seen(values),
            "photos": streams(values["photos"]),
        }

    def _spot(self, values: dict[str, Any]) -> Spot:
        lon, lat = values.get("longitude"), values.get("latitude")
        known = lon is not None and lat is not None
        noted = values.get("noted_at")
        return Spot(
            client_id=values.get("client_id"),
            noted_at=noted if noted and noted <= clock.now() else None,
            position=Point(lon, lat, srid=4490) if known else None,  # type: ignore[arg-type]
            accuracy_m=values.get("accuracy_m") if known else None,
        )

    def _seen(self, values: dict[str, Any]) -> list[Seen]:
        found = []
        for item in self.items:
            result, value = values.get(f"item_{item.pk}"), values.get(f"value_{item.pk}")
            if result or value is not None:
                found.append(Seen(item.pk, result or ItemResult.UNSEEN, value))
        return found


class ManyInspectionsForm(forms.Form):
    """One walk through a village: all that match were seen, and nothing was wrong."""

    inspected_on = day_field(_("inspected on"), validators=[not_later_than_today])  # 巡查日期
    inspector = forms.CharField(label=_("inspector"), max_length=60)  # 巡查人
    condition = forms.ChoiceField(
        label=_("condition"),
        choices=[(code, Condition(code).label) for code in (Condition.GOOD, Condition.FAIR)],
        initial=Condition.GOOD,
        widget=forms.RadioSelect,
        help_text=_("What is broken is recorded thing by thing."),
    )  # 状况
    remark = forms.CharField(label=_("remark"), max_length=255, required=False)  # 备注


class TermsForm(forms.Form):
    """The terms of a duty that stands."""

    standard = forms.CharField(label=_("upkeep standard"), max_length=200, required=False)  # 管护标准
    inspection_days = forms.IntegerField(
        label=_("inspected every how many days"), min_value=1, max_value=366, required=False
    )  # 巡查频次（天）
    annual_budget = forms.DecimalField(label=_("annual budget (yuan)"), **MONEY)  # 年管护经费
    budget_source = forms.CharField(label=_("budget source"), max_length=120, required=False)  # 经费来源
    payer = forms.ChoiceField(label=_("who pays"), choices=PAYERS, required=False)  # 出资方
    payer_reason = forms.CharField(
        label=_("why the public budget pays"),
        max_length=200,
        required=False,
        help_text=_("For an operating asset, whose own income should pay."),
    )  # 财政出资理由
    agreement_number = forms.CharField(
        label=_("agreement on who pays: its number"),
        max_length=120,
        required=False,
        help_text=_("Where somebody else than the owner pays."),
    )  # 出资协议
    welfare_post = forms.CharField(
        label=_("public-welfare post"), max_length=60, required=False
    )  # 公益性岗位
    contract = forms.CharField(label=_("upkeep contract"), max_length=120, required=False)  # 管护合同
    supervisor = forms.CharField(label=_("supervisor of upkeep"), max_length=120, required=False)  # 管护监督
    reason = forms.CharField(label=_("remark"), max_length=255, required=False)  # 备注


class PaperFields(forms.Form):
    """The paper that says so."""

    source_number = forms.CharField(label=_("document number"), max_length=120, required=False)  # 文号
    source_title = forms.CharField(label=_("title of the document"), max_length=255, required=False)  # 名称
    source_date = day_field(_("date of the document"), required=False, validators=[not_later_than_today])

    def paper(self) -> dict[str, Any] | None:
        """The document as ``register_source`` takes it; None where none is named."""
        values = self.cleaned_data
        if not (values["source_number"] or values["source_title"]):
            return None
        return {
            "kind": SourceKind.DECISION,
            "number": values["source_number"],
            "title": values["source_title"],
            "issued_on": values["source_date"],
        }


class StandardForm(PaperFields):
    """A standard: one item a line, as 路面 | 无坑槽，每公里坑槽不超过3处 | 处 | 0 | 3."""

    subtype = forms.ChoiceField(label=_("sub-type"), choices=Subtype.choices)  # 资产类型
    title = forms.CharField(label=_("title"), max_length=200)  # 标准名称
    items = forms.CharField(
        label=_("items"),
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "One item a line: what is looked at | good enough when | and where it is measured: "
            "unit | least | most."
        ),
    )  # 项目
    regime_number = forms.CharField(
        label=_("rules of upkeep: document number"), max_length=120, required=False
    )  # 管护制度文号
    valid_from = day_field(_("in force from"))  # 生效日期

    field_order = ("subtype", "title", "items", "valid_from")

    def clean_items(self) -> list[Item]:
        found, lines = [], self.cleaned_data["items"].splitlines()
        for number, line in enumerate((text for text in lines if text.strip()), 1):
            found.append(_item(number, [part.strip() for part in line.replace("｜", "|").split("|")]))
        return found

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not (values.get("source_number") or values.get("source_title")):
            self.add_error("source_number", _("Give the number or the title of the document."))
        return values


def _item(number: int, parts: list[str]) -> Item:
    """A line of the field as an item. Raises ``ValidationError`` with the line's number."""
    parts += [""] * (5 - len(parts))
    if not parts[0] or not parts[1] or len(parts) > 5:
        raise ValidationError(
            gettext("Line %(n)d: write what is looked at, a bar, and what is good enough.") % {"n": number}
        )
    try:
        least, most = (Decimal(text) if text else None for text in parts[3:5])
    except InvalidOperation as error:
        raise ValidationError(gettext("Line %(n)d: least and most are numbers.") % {"n": number}) from error
    return Item(parts[0][:80], parts[1][:160], parts[2][:20], least, most)


class PlanForm(PaperFields):
    """Every how many days the things of a sub-type are looked at, here and below."""

    subtype = forms.ChoiceField(label=_("sub-type"), choices=Subtype.choices)  # 资产类型
    every_days = forms.IntegerField(label=_("every how many days"), min_value=1, max_value=366)  # 频次
    valid_from = day_field(_("in force from"))  # 生效日期
    remark = forms.CharField(label=_("remark"), max_length=255, required=False)  # 备注
    field_order = ("subtype", "every_days", "valid_from")


class UnitPlanForm(PlanForm):
    """Every how many days one thing is looked at."""

    subtype = None  # type: ignore[assignment]


class EndForm(forms.Form):
    """From which day on it no longer holds."""

    on = day_field(_("ends on"))  # 终止日期
