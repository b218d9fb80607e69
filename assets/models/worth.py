"""What an asset is worth by now: written off over the years, and as valuers saw it. 中文：折旧与评估"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.models.history import tracked
from registry.models.marks import kept, marks

from .details import Figures, measure, not_negative, once


def amount(label: Any) -> models.DecimalField:
    """Yuan, to the fen."""
    return models.DecimalField(label, max_digits=14, decimal_places=2)


@tracked()
class Depreciation(Figures):
    """What was written off of the original value until a day. 中文：累计折旧及减值

    What is left (净值) is the original value less both: it follows and is not kept.
    """

    on = models.DateField(pgettext_lazy("a figure", "as of"))  # 折旧截至日期
    written_off = amount(_("accumulated depreciation (yuan)"))  # 累计折旧
    impairment = measure(_("provision for impairment (yuan)"), 14)  # 减值准备

    class Meta:
        verbose_name = _("depreciation")
        verbose_name_plural = _("depreciation")
        ordering = ["-on", "-id"]
        constraints = [
            once("depreciation_once", "on"),
            not_negative("depreciation_not_negative", "written_off", "impairment"),
        ]
        triggers = [*marks("unit", "unit_id"), kept()]

    @property
    def gone(self) -> Decimal:
        """What is no longer there of the original value."""
        return self.written_off + (self.impairment or Decimal(0))


@tracked()
class Appraisal(Figures):
    """What a valuer's report says an asset is worth. 中文：资产评估报告"""

    on = models.DateField(_("day of reference"))  # 评估基准日
    number = models.CharField(_("number of the report"), max_length=80)  # 评估报告编号
    valuer = models.CharField(_("valuer"), max_length=160, blank=True)  # 评估机构
    value = amount(_("appraised value (yuan)"))  # 评估价值

    class Meta:
        verbose_name = _("valuation report")
        verbose_name_plural = _("valuation reports")
        ordering = ["-on", "-id"]
        constraints = [
            once("appraisal_once", "number"),
            not_negative("appraisal_not_negative", "value"),
            models.CheckConstraint(condition=~Q(number=""), name="appraisal_has_number"),
        ]
        triggers = [*marks("unit", "unit_id"), kept()]
