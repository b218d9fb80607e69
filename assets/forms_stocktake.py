"""Forms of stocktakes: they read what a person typed, and call nothing. 中文：清查盘点表单"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib.gis.geos import Point
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assets.codes import AssetClass, Condition, Subtype
from assets.models import StocktakeLine
from assets.services.counting import Seen, Surplus
from assets.services.settling import Settling
from assets.stocktake_codes import MEANS_OF, Difference, Found, Means
from registry import clock, geo
from registry.forms import day_field, not_later_than_today
from registry.forms_sources import FilesField, PlaceField
from registry.models import Division, Party

PICTURES = ".jpg,.jpeg,.png,.webp"


class OpenForm(forms.Form):
    """A new campaign of the division looked at."""

    title = forms.CharField(label=_("title"), max_length=120)  # 名称
    period_from = day_field(_("period from"))  # 清查期间起
    period_to = day_field(_("period to"))  # 清查期间止
    ledger_day = day_field(
        _("ledger of"),
        validators=[not_later_than_today],
        help_text=_("The list is frozen as the ledger of this day."),
    )  # 账面日期
    paper_number = forms.CharField(
        label=_("number of the notice"), max_length=120, required=False
    )  # 清查通知文号

    def __init__(self, *args: Any, division: Division, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.division, today = division, clock.today()
        self.initial = {
            "title": f"{division.name}{today.year}年度资产清查",
            "period_from": dt.date(today.year, 1, 1),
            "period_to": dt.date(today.year, 12, 31),
            "ledger_day": today,
        }


class SeenForm(forms.Form):
    """What the counter saw, made for a thumb: there or not first, everything else below."""

    found = forms.ChoiceField(
        label=_("is it there"), choices=Found.choices, widget=forms.RadioSelect
    )  # 清查结果
    condition = forms.ChoiceField(
        label=_("condition"), choices=Condition.choices, widget=forms.RadioSelect, required=False
    )  # 实物状况
    quantity = forms.DecimalField(
        label=_("quantity counted"), max_digits=14, decimal_places=3, min_value=0, required=False
    )  # 实点数量
    photos = FilesField(
        accept=PICTURES, label=_("pictures"), required=False, help_text=_("Take them with the phone.")
    )  # 照片
    longitude = forms.DecimalField(
        label=_("longitude"), max_digits=11, decimal_places=8, required=False
    )  # 实测经度
    latitude = forms.DecimalField(
        label=_("latitude"), max_digits=11, decimal_places=8, required=False
    )  # 实测纬度
    accuracy_m = forms.DecimalField(
        label=_("positional accuracy (m)"), max_digits=8, decimal_places=2, min_value=0, required=False
    )  # 位置精度
    note = forms.CharField(
        label=_("remark"),
        max_length=255,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Where it is not there or was not reached: why."),
    )  # 备注
    counter = forms.CharField(label=_("counted by"), max_length=60)  # 清点人
    counted_on = day_field(_("counted on"), validators=[not_later_than_today])  # 清点日期

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        lon, lat = values.get("longitude"), values.get("latitude")
        if (lon is None) != (lat is None):
            self.add_error("longitude", _("Give longitude and latitude, or neither."))
        elif lon is not None and lat is not None:
            if not geo.check_bounds((float(lon), float(lat), float(lon), float(lat))):
                self.add_error(
                    "longitude", _("The position lies outside the county; were the numbers swapped?")
                )
            values["place"] = Point(float(lon), float(lat), srid=geo.RECORD_SRID)
        return values

    def seen(self) -> Seen:
        values = self.cleaned_data
        there = values["found"] == Found.PRESENT
        return Seen(
            found=values["found"],
            counted_on=values["counted_on"],
            counter=values["counter"],
            quantity=values.get("quantity") if there else None,
            condition=values.get("condition") or "" if there else "",
            place=values.get("place"),
            accuracy_m=values.get("accuracy_m") if values.get("place") else None,
            note=values.get("note") or "",
        )


class CountForm(SeenForm):
    """The count of a line of the list."""

    def __init__(self, *args: Any, line: StocktakeLine, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if line.quantity is None:
            self.fields["quantity"].help_text = _("The ledger has no quantity; it may stay empty.")
        else:
            self.fields["quantity"].help_text = _("The ledger has %(n)s %(measure)s.") % {
                "n": f"{line.quantity.normalize():f}",
                "measure": line.measure,
            }


class SurplusForm(SeenForm):
    """A thing that stands there and is on no list."""

    field_order = ("name", "division", "condition", "quantity", "measure", "photos")
    name = forms.CharField(label=pgettext_lazy("at a stocktake", "what was found"), max_length=200)  # 名称
    division = PlaceField(Division.objects.none(), label=_("village"))  # 所在村
    address = forms.CharField(label=_("address"), max_length=200, required=False)  # 地点
    measure = forms.CharField(label=_("unit of measure"), max_length=20, required=False)  # 计量单位

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["division"].queryset = places  # type: ignore[attr-defined]
        self.fields["condition"].required = True
        del self.fields["found"]

    def clean(self) -> dict[str, Any]:
        return {**super().clean(), "found": Found.PRESENT}

    def thing(self) -> Surplus:
        values = self.cleaned_data
        return Surplus(
            name=values["name"],
            division=values["division"],
            address=values["address"],
            measure=values["measure"],
        )


class SettleForm(forms.Form):
    """How one difference is settled."""

    means = forms.ChoiceField(label=_("how it is settled"), widget=forms.RadioSelect)  # 处理方式
    asset_class = forms.ChoiceField(
        label=_("asset class"), choices=[("", "—"), *AssetClass.choices], required=False
    )  # 资产类别
    subtype = forms.ChoiceField(
        label=_("sub-type"), choices=[("", "—"), *Subtype.choices], required=False
    )  # 资产类型
    note = forms.CharField(
        label=_("explanation"),
        max_length=255,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What the count showed, and on what the settlement rests; it stands in the book."),
    )  # 说明

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.fields["means"].choices = [  # type: ignore[attr-defined]
            (means, Means(means).label) for means in MEANS_OF[Difference(kind)]
        ]
        if kind != Difference.SURPLUS:
            del self.fields["asset_class"], self.fields["subtype"]

    def settling(self) -> Settling:
        values = self.cleaned_data
        return Settling(
            difference=self.kind,
            means=values["means"],
            note=values["note"],
            asset_class=values.get("asset_class", ""),
            subtype=values.get("subtype", ""),
        )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("reason"), max_length=255, min_length=4, widget=forms.Textarea(attrs={"rows": 2})
    )  # 原因


class BookValueForm(forms.Form):
    """What the account book of an owner says."""

    owner = forms.ModelChoiceField(Party.objects.none(), label=_("keeper of the book"))  # 记账主体
    on = day_field(_("at the end of"), validators=[not_later_than_today])  # 账面日期
    value = forms.DecimalField(
        label=_("book value (yuan)"), max_digits=14, decimal_places=2, min_value=0
    )  # 账面价值（元）
    account = forms.CharField(
        label=_("account or page of the book"), max_length=80, required=False
    )  # 科目、账页

    def __init__(self, *args: Any, owners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = owners  # type: ignore[attr-defined]
