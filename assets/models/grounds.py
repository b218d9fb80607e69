"""The ground under what earns: filings of agricultural facility land, and land leased from others.

中文：设施农业用地备案、流转土地
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assets.codes_networks import FacilityUse
from registry.models.history import tracked
from registry.models.marks import kept, marks

from .details import Detail, Own, measure, not_negative, once


@tracked()
class AgriFacilityFiling(Detail):
    """Farmland lent to a greenhouse or a stable, by a filing and without conversion. 中文：设施农业用地备案

    When the facility is no longer used the ground is made fit for growing again: 自然资规〔2019〕4号,
    土地管理法实施条例第十一条. ``restore_by`` is the day that the filing or a notice names, where one does.
    """

    number = models.CharField(
        pgettext_lazy("of facility land", "filing number"), max_length=80, blank=True
    )  # 备案编号
    use = models.CharField(
        pgettext_lazy("of facility land", "what it produces"), max_length=12, choices=FacilityUse.choices
    )  # 生产类型
    filed_on = models.DateField(_("filed on"), null=True, blank=True)  # 备案日期
    until = models.DateField(_("filed until"), null=True, blank=True)  # 用地期限至
    area_m2 = measure(_("facility land (m²)"))  # 设施用地面积
    farmland_m2 = measure(_("of it farmland (m²)"))  # 其中耕地
    basic_farmland_m2 = measure(_("of it permanent basic farmland (m²)"))  # 其中永久基本农田
    closed_on = models.DateField(
        pgettext_lazy("of facility land", "no longer used since"), null=True, blank=True
    )  # 停止使用日期
    restore_by = models.DateField(_("to be restored by"), null=True, blank=True)  # 恢复期限
    restored_on = models.DateField(_("fit for growing again on"), null=True, blank=True)  # 恢复种植日期

    class Meta:
        verbose_name = _("filing of facility land")
        verbose_name_plural = _("filings of facility land")
        constraints = [
            once("agrifacilityfiling_once"),
            not_negative("agrifacilityfiling_areas", "area_m2", "farmland_m2", "basic_farmland_m2"),
            models.CheckConstraint(
                condition=(Q(area_m2=None) | Q(farmland_m2=None) | Q(farmland_m2__lte=F("area_m2")))
                & (
                    Q(farmland_m2=None)
                    | Q(basic_farmland_m2=None)
                    | Q(basic_farmland_m2__lte=F("farmland_m2"))
                ),
                name="agrifacilityfiling_parts",
                violation_error_message=_("Basic farmland is part of the farmland, farmland of the area."),
            ),
            models.CheckConstraint(
                condition=Q(filed_on=None) | Q(until=None) | Q(until__gte=F("filed_on")),
                name="agrifacilityfiling_term",
                violation_error_message=_("A filing ends after it begins."),
            ),
        ]
        triggers = [*marks("unit", "unit_id"), kept()]


@tracked()
class LeasedLand(Own):
    """Land of others on which an asset earns: who lent it, and until when. 中文：流转土地

    A lease that goes on has a row of its own; the land of a lessor is held until the last of them ends.
    """

    number = models.CharField(
        pgettext_lazy("of leased land", "number of the lease"), max_length=80
    )  # 流转合同编号
    lessor = models.CharField(pgettext_lazy("of leased land", "lessor"), max_length=160)  # 流出方
    area_mu = measure(_("leased area (mu)"), 10)  # 流转面积（亩）
    leased_from = models.DateField(_("leased from"), null=True, blank=True)  # 流转起始日期
    leased_until = models.DateField(_("leased until"))  # 流转终止日期
    rent = measure(_("rent for a year and mu (yuan)"), 10)  # 流转价格（元/亩·年）

    class Meta:
        verbose_name = _("leased land")
        verbose_name_plural = _("leased land")
        ordering = ["-leased_until", "lessor", "id"]
        constraints = [
            once("leasedland_once", "number"),
            not_negative("leasedland_measures", "area_mu", "rent"),
            models.CheckConstraint(
                condition=Q(leased_from=None) | Q(leased_until__gte=F("leased_from")),
                name="leasedland_term",
                violation_error_message=_("A lease of land ends after it begins."),
            ),
        ]
        triggers = [*marks("unit", "unit_id"), kept()]
