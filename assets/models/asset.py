"""Assets 帮扶（扶贫）项目资产: what was built."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assets.codes import SUBTYPES_OF_CLASS, AssetClass, AssetNature, Subtype
from registry.models.history import tracked
from registry.models.labels import Labelled
from registry.models.marks import kept, marks
from registry.models.scope import ScopedQuerySet


class AssetQuerySet(ScopedQuerySet):
    DIVISION = "unit__division"

    def in_force(self) -> AssetQuerySet:
        return self.filter(unit__annulled=None, unit__left_on=None)


def _subtype_of_class() -> Q:
    condition = Q()
    for asset_class, subtypes in SUBTYPES_OF_CLASS.items():
        condition |= Q(asset_class=asset_class, subtype__in=subtypes)
    return condition


@tracked()
class Asset(Labelled):
    """An assistance-project asset: what the kernel's unit is, and what it cost. 中文：帮扶（扶贫）项目资产

    Class and vesting are two axes: in whom the asset is vested is said by its entries alone. An original
    value may be unknown (null), never zero by default.
    """

    unit = models.OneToOneField("registry.Unit", models.PROTECT, related_name="asset", verbose_name=_("unit"))
    asset_class = models.CharField(_("asset class"), max_length=20, choices=AssetClass.choices)  # 资产类别
    nature = models.CharField(
        _("nature"), max_length=12, choices=AssetNature.choices, default=AssetNature.FIXED
    )  # 资产性质
    subtype = models.CharField(_("sub-type"), max_length=20, choices=Subtype.choices)  # 资产类型
    project = models.ForeignKey(
        "projects.Project",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assets",
        verbose_name=_("project"),
    )  # 形成项目
    address = models.CharField(_("address"), max_length=200, blank=True)  # 地点
    spec = models.CharField(_("specification"), max_length=200, blank=True)  # 规格型号
    quantity = models.DecimalField(
        _("quantity"), max_digits=14, decimal_places=3, null=True, blank=True
    )  # 数量
    measure = models.CharField(_("unit of measure"), max_length=20, blank=True)  # 计量单位
    original_value = models.DecimalField(
        _("original value (yuan)"), max_digits=14, decimal_places=2, null=True, blank=True
    )  # 原值（元）
    settled_value = models.DecimalField(
        _("settled amount (yuan)"), max_digits=14, decimal_places=2, null=True, blank=True
    )  # 决算金额（元）
    completed_on = models.DateField(_("completed on"), null=True, blank=True)  # 建成日期
    accepted_on = models.DateField(_("accepted on"), null=True, blank=True)  # 验收日期
    handed_over_on = models.DateField(_("handed over on"), null=True, blank=True)  # 移交日期
    real_estate_code = models.CharField(_("real-estate unit code"), max_length=28, blank=True)  # 不动产单元号
    picture = models.CharField(
        _("picture that a ledger names"), max_length=120, blank=True
    )  # 照片（台账所列文件名或编号）
    remark = models.CharField(_("remark"), max_length=255, blank=True)  # 备注

    objects = AssetQuerySet.as_manager()

    class Meta:
        verbose_name = _("asset")
        verbose_name_plural = _("assets")
        indexes = [models.Index(fields=["asset_class", "subtype"], name="asset_class_subtype")]
        constraints = [
            models.CheckConstraint(
                condition=Q(asset_class__in=AssetClass.values),
                name="asset_class_known",
                violation_error_message=_("REG-01: an asset has one of the three classes."),
            ),
            models.CheckConstraint(
                condition=_subtype_of_class(),
                name="asset_subtype_of_class",
                violation_error_message=_("REG-02: the sub-type does not belong to the class."),
            ),
            models.CheckConstraint(
                condition=Q(original_value=None) | Q(original_value__gte=Decimal("0")),
                name="asset_value_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(settled_value=None) | Q(settled_value__gte=Decimal("0")),
                name="asset_settled_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(quantity=None) | Q(quantity__gt=0), name="asset_quantity_positive"
            ),
            models.CheckConstraint(
                condition=Q(real_estate_code="") | Q(real_estate_code__regex=r"^[0-9A-Z]{28}$"),
                name="asset_real_estate_code_form",
                violation_error_message=_("A real-estate unit code has 28 digits and capital letters."),
            ),
        ]
        triggers = [*marks("unit", "unit_id"), kept()]

    def __str__(self) -> str:
        return str(self.unit)
