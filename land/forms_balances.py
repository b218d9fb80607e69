"""Forms of compensation and of linked increase and decrease. 中文：占补平衡、增减挂钩表单"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from land.forms_holdings import (
    AccountChoice,
    FactForm,
    OutlineField,
    area_field,
    grade_field,
    past_day,
    place_field,
    slope_field,
)
from land.models import ConstructionQuota, ConversionApproval, SupplementProject
from land.models.compensation import Exemption, OccupationKind
from land.models.linkage import PlotRole
from registry import display
from registry.forms import day_field


class OccupationForm(FactForm):
    """Farmland that was occupied."""

    division = place_field()
    name = forms.CharField(label=_("project or place"), max_length=200)  # 占用项目
    kind = forms.ChoiceField(label=_("occupied for"), choices=OccupationKind.choices)  # 占用类型
    occupier = forms.CharField(
        label=_("occupier"),
        max_length=120,
        required=False,
        help_text=_("Who owes for it where it is construction; else the county government does."),
    )  # 占用单位
    occupied_on = past_day(_("occupied on"))  # 占用日期
    area_m2 = area_field(_("occupied farmland"))  # 占用耕地面积
    paddy_m2 = area_field(_("of it paddy"), required=False, help_text="")  # 其中水田
    grade = grade_field(_("quality grade"))  # 平均等别
    approval = forms.ModelChoiceField(
        ConversionApproval.objects.none(), label=_("land approval"), required=False
    )  # 批复
    geom = OutlineField()  # 范围

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = ConversionApproval.objects.in_force().visible_to(self.user).within(self.place)
        self.fields["approval"].queryset = rows  # type: ignore[attr-defined]


class ExemptionForm(FactForm):
    """Ground for which nothing is owed."""

    exemption = forms.ChoiceField(label=_("exemption"), choices=Exemption.choices)  # 免予补充情形
    m2 = area_field(_("exempt area"))  # 免予补充面积
    paddy_m2 = area_field(_("of it paddy"), required=False, help_text="")  # 其中水田


class SupplementChoice(forms.ModelChoiceField):
    """A supplement with what is left of it."""

    def label_from_instance(self, obj: SupplementProject) -> str:
        left = (obj.accepted_m2 or Decimal(0)) - getattr(obj, "used_m2", Decimal(0))
        grade = f"，{obj.grade}" if obj.grade is not None else ""
        return f"{obj.name}（{display.mu(left)}{grade}）"


class UseForm(FactForm):
    """Which supplement answers for an occupation, with how much."""

    supplement = SupplementChoice(
        SupplementProject.objects.none(), label=_("supplement project")
    )  # 补充耕地项目
    m2 = area_field(_("area"))  # 面积
    paddy_m2 = area_field(_("of it paddy"), required=False, help_text="")  # 其中水田
    day = past_day(_("day"))  # 挂钩日期

    def __init__(self, *args: Any, supplements: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["supplement"].queryset = supplements  # type: ignore[attr-defined]


class SupplementForm(FactForm):
    """A supplement project before its acceptance."""

    division = place_field()
    name = forms.CharField(label=_("project"), max_length=200)  # 项目名称
    planned_m2 = area_field(_("planned area"), required=False)  # 计划补充面积
    slope_deg = slope_field()  # 最大坡度
    geom = OutlineField()  # 范围


class AcceptanceForm(FactForm):
    """What an acceptance found."""

    accepted_on = past_day(_("accepted on"))  # 验收日期
    accepted_m2 = area_field(_("accepted area"))  # 验收面积
    paddy_m2 = area_field(_("of it paddy"), required=False, help_text="")  # 其中水田
    grade = grade_field(_("quality grade"))  # 平均等别
    slope_deg = slope_field()  # 最大坡度


class CapForm(FactForm):
    """How much farmland may be occupied in a year."""

    division = place_field()
    year = forms.IntegerField(label=_("year"), min_value=2024, max_value=2100)  # 年度
    cap_m2 = area_field(_("may be occupied"))  # 年度可占用规模


class InOutForm(FactForm):
    """The in-out balance of a year before 2024."""

    division = place_field()
    year = forms.IntegerField(label=_("year"), min_value=2021, max_value=2024)  # 年度
    out_m2 = area_field(_("farmland gone to other agricultural land"))  # 转出
    in_m2 = area_field(_("other agricultural land gone to farmland"))  # 转进


class DesignationForm(FactForm):
    """Designated basic farmland."""

    division = place_field()
    name = forms.CharField(label=_("name"), max_length=200)  # 名称
    occupied_m2 = area_field(_("basic farmland occupied"))  # 占用永久基本农田面积
    occupied_grade = grade_field(_("quality grade of what was occupied"))  # 占用等别
    designated_on = past_day(_("designated on"))  # 补划日期
    area_m2 = area_field(_("designated area"))  # 补划面积
    grade = grade_field(_("quality grade of what was designated"))  # 补划等别
    slope_deg = slope_field()  # 最大坡度
    approval = forms.ModelChoiceField(
        ConversionApproval.objects.none(), label=_("land approval"), required=False
    )  # 占用批复
    geom = OutlineField()  # 范围

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = ConversionApproval.objects.in_force().visible_to(self.user).within(self.place)
        self.fields["approval"].queryset = rows.filter(pbf_m2__gt=0)  # type: ignore[attr-defined]


# --- linked increase and decrease


class LinkageForm(FactForm):
    """A project area as it was approved."""

    division = place_field()
    name = forms.CharField(label=_("project area"), max_length=200)  # 项目区名称
    approval_no = forms.CharField(label=_("approval number"), max_length=120)  # 批准文号
    approved_on = past_day(_("approved on"))  # 批准日期
    due_on = day_field(
        _("quota due back on"),
        required=False,
        help_text=_("Left empty, it is three years after the approval."),
    )  # 周转指标归还期限
    demolish_m2 = area_field(_("to be demolished and reclaimed"))  # 拆旧面积
    new_build_m2 = area_field(_("newly built on"), help_text="")  # 建新面积
    base_year = forms.IntegerField(
        label=_("survey year it rests on"), min_value=2009, max_value=2100
    )  # 基期年

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("paper_number", "paper_title", "paper_on"):
            del self.fields[name]


class PlotForm(forms.Form):
    """A plot of a project area."""

    role = forms.ChoiceField(label=_("what becomes of it"), choices=PlotRole.choices)  # 地块类型
    name = forms.CharField(label=_("plot"), max_length=120)  # 地块名称
    m2 = area_field(_("area"))  # 面积
    geom = OutlineField()  # 范围


class ReclaimedForm(FactForm):
    """Reclaimed ground that was accepted."""

    m2 = area_field(_("accepted area"))  # 验收面积
    day = past_day(_("accepted on"))  # 验收日期


class SaleForm(FactForm):
    """Surplus that is sold."""

    m2 = area_field(_("area sold"))  # 交易面积
    day = past_day(_("day of the sale"))  # 交易日期
    buyer = forms.CharField(label=_("sold to"), max_length=120)  # 受让方
    price_yuan = forms.DecimalField(
        label=_("price (yuan)"), min_value=0, max_digits=15, decimal_places=2
    )  # 交易价款


class KeepForm(FactForm):
    """Surplus that is kept as quota."""

    account = AccountChoice(ConstructionQuota.objects.none(), label=_("account"))  # 指标账户
    m2 = area_field(_("area"))  # 面积
    day = past_day(_("day"))  # 日期

    def __init__(self, *args: Any, accounts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = accounts  # type: ignore[attr-defined]
