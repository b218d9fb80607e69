"""Forms of quota accounts and of land approvals. 中文：指标账户、用地批复表单"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from land.forms_holdings import AccountChoice, FactForm, area_field, past_day, place_field
from land.models import ConstructionQuota, LinkageProject
from land.models.approval import ApprovalKind, ApprovalLevel, FarmlandBasis, ProjectTag
from land.models.quota import MovementKind, QuotaKind
from land.services.quotas import BY_HAND
from registry import clock


class AccountForm(FactForm):
    """A new account."""

    division = place_field()
    kind = forms.ChoiceField(label=_("kind of quota"), choices=QuotaKind.choices)  # 指标类型
    year = forms.IntegerField(label=_("plan year"), min_value=2000, max_value=2100)  # 计划年度
    note = forms.CharField(label=_("remark"), max_length=255, required=False)  # 备注

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("paper_number", "paper_title", "paper_on"):
            del self.fields[name]
        self.fields["year"].initial = clock.today().year


class MovementForm(FactForm):
    """A movement by hand."""

    kind = forms.ChoiceField(
        label=_("movement"), choices=[(kind, MovementKind(kind).label) for kind in BY_HAND]
    )  # 变动类型
    m2 = area_field(_("area"))  # 面积
    day = past_day(_("day"))  # 日期
    other = AccountChoice(
        ConstructionQuota.objects.none(),
        label=_("account it goes to"),
        required=False,
        help_text=_("Only where it is passed to a place below or carried over to the next year."),
    )  # 转入账户
    farmland_m2 = area_field(_("of it farmland"), required=False, help_text="")  # 其中耕地
    note = forms.CharField(label=_("remark"), max_length=255, required=False)  # 备注

    def __init__(self, *args: Any, account: ConstructionQuota, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = ConstructionQuota.objects.visible_to(self.user).filter(kind=account.kind)
        below = rows.filter(division__path__startswith=account.division.path, year=account.year)
        later = rows.filter(division=account.division, year=account.year + 1)
        fitting = (below | later).exclude(pk=account.pk).select_related("division")
        self.fields["other"].queryset = fitting  # type: ignore[attr-defined]


class ChargeForm(forms.Form):
    """Which account bears (part of) an approval."""

    account = AccountChoice(ConstructionQuota.objects.none(), label=_("account"))  # 指标账户
    m2 = area_field(pgettext_lazy("used from a quota", "new construction land"))  # 使用新增建设用地指标
    farmland_m2 = area_field(_("of it farmland"), required=False, help_text="")  # 其中耕地
    day = past_day(_("day"))  # 使用日期

    def __init__(self, *args: Any, accounts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = accounts  # type: ignore[attr-defined]


class GiveBackForm(FactForm):
    """Quota that an approval gives back."""

    account = AccountChoice(ConstructionQuota.objects.none(), label=_("account"))  # 指标账户
    m2 = area_field(_("area given back"))  # 退还面积
    day = past_day(_("day"))  # 退还日期

    def __init__(self, *args: Any, accounts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = accounts  # type: ignore[attr-defined]


# --- approvals


class ApprovalForm(FactForm):
    """An approval with its areas by class."""

    division = place_field()
    approval_no = forms.CharField(label=_("approval number"), max_length=120)  # 批准文号
    kind = forms.ChoiceField(label=_("kind"), choices=ApprovalKind.choices)  # 批复类型
    level = forms.ChoiceField(
        label=_("approved by"), choices=ApprovalLevel.choices, initial="province"
    )  # 批准机关级别
    approved_on = past_day(_("approved on"))  # 批准日期
    project_name = forms.CharField(label=_("project"), max_length=200)  # 项目名称
    tag = forms.ChoiceField(
        label=_("project category"), choices=ProjectTag.choices, initial="other"
    )  # 项目类别
    farmland_m2 = area_field(_("farmland"), required=False)  # 耕地
    paddy_m2 = area_field(_("of it paddy"), required=False, help_text="")  # 其中水田
    pbf_m2 = area_field(_("of it permanent basic farmland"), required=False, help_text="")  # 其中永久基本农田
    other_agri_m2 = area_field(_("other agricultural land"), required=False, help_text="")  # 其他农用地
    unused_m2 = area_field(_("unused land"), required=False, help_text="")  # 未利用地
    construction_m2 = area_field(_("construction land"), required=False, help_text="")  # 建设用地
    basis = forms.ChoiceField(
        label=_("basis for basic farmland"), choices=FarmlandBasis.choices
    )  # 占用永久基本农田依据
    basis_no = forms.CharField(label=_("number of the basis"), max_length=120, required=False)  # 依据文号
    basis_on = past_day(_("date of the basis"), required=False)  # 依据日期
    linkage = forms.ModelChoiceField(
        LinkageProject.objects.none(),
        label=_("linkage project"),
        required=False,
        help_text=_("Only where linked increase and decrease bears part of the new construction land."),
    )  # 增减挂钩项目区
    linkage_m2 = area_field(
        _("borne by the linkage project"), required=False, help_text=""
    )  # 使用挂钩周转指标

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("paper_number", "paper_title", "paper_on"):
            del self.fields[name]
        rows = LinkageProject.objects.in_force().visible_to(self.user).within(self.place)
        self.fields["linkage"].queryset = rows  # type: ignore[attr-defined]
