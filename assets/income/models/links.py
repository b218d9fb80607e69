"""Benefit links 联农带农 of assets."""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assets.income.codes import LinkKind
from registry.models.history import tracked
from registry.models.marks import kept, marks
from registry.models.scope import ScopedQuerySet


class OfUnitQuerySet(ScopedQuerySet):
    DIVISION = "unit__division"

    def in_force(self) -> OfUnitQuerySet:
        return self.filter(annulled=None)

    def on(self, day: dt.date) -> OfUnitQuerySet:
        return self.in_force().filter(valid__contains=day)


@tracked()
class BenefitLink(models.Model):
    """How an asset helps farmers, from when to when. 中文：利益联结"""

    unit = models.ForeignKey(
        "registry.Unit", models.PROTECT, related_name="benefit_links", verbose_name=_("unit")
    )  # 登记单元
    kind = models.CharField(
        pgettext_lazy("of an interest link", "kind"), max_length=16, choices=LinkKind.choices
    )  # 联结方式
    households = models.PositiveIntegerField(
        pgettext_lazy("benefiting", "households"), null=True, blank=True
    )  # 带动户数
    valid = DateRangeField(pgettext_lazy("an interest link", "validity"))  # 起止日期
    note = models.CharField(_("remark"), max_length=255, blank=True)  # 说明
    annulled = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("benefit link")
        verbose_name_plural = _("benefit links")
        ordering = ["-valid", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid__isempty=False, valid__lower_inf=False), name="benefitlink_begins"
            )
        ]
        triggers = [*marks("unit", "unit_id"), kept()]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.kind}"
