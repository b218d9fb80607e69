"""Inspection plans 巡查计划: how often a thing, or every thing of a sub-type, is looked at."""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assets.codes import Subtype
from registry.models.history import tracked
from registry.models.marks import kept, marks
from registry.models.scope import ScopedQuerySet


class InspectionPlanQuerySet(ScopedQuerySet):
    def in_force(self) -> InspectionPlanQuerySet:
        return self.filter(annulled=None)

    def on(self, day: dt.date) -> InspectionPlanQuerySet:
        return self.in_force().filter(valid__contains=day)


@tracked()
class InspectionPlan(models.Model):
    """Every how many days one unit, or the units of a sub-type in a division, are inspected. 中文：巡查计划

    Due dates are computed from it and from the last inspection; no row is written ahead. A unit's own plan
    comes before the duty's terms, and these before the plan of the nearest division.
    """

    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="inspection_plans", verbose_name=_("division")
    )  # 行政区划
    unit = models.ForeignKey(
        "registry.Unit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="inspection_plans",
        verbose_name=_("unit"),
    )  # 登记单元
    subtype = models.CharField(_("sub-type"), max_length=20, choices=Subtype.choices, blank=True)  # 资产类型
    every_days = models.PositiveSmallIntegerField(_("every how many days"))  # 巡查频次（天）
    valid = DateRangeField(_("validity"))  # 有效期
    source = models.ForeignKey(
        "registry.Source",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="inspection_plans",
        verbose_name=_("source"),
    )  # 依据
    remark = models.CharField(_("remark"), max_length=255, blank=True)  # 备注
    annulled = models.ForeignKey(
        "registry.Act", models.PROTECT, null=True, blank=True, related_name="annulled_inspection_plans"
    )

    objects = InspectionPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("inspection plan")
        verbose_name_plural = _("inspection plans")
        ordering = ["division_id", "subtype", "id"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(unit=None) & ~Q(subtype="")) | (Q(unit__isnull=False) & Q(subtype="")),
                name="inspectionplan_of_unit_or_subtype",
                violation_error_message=_("A plan is for one unit or for a sub-type."),
            ),
            models.CheckConstraint(
                condition=Q(every_days__gte=1, every_days__lte=366),
                name="inspectionplan_days",
                violation_error_message=_("A plan says every how many days, from 1 to 366."),
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False, valid__lower_inf=False), name="inspectionplan_begins"
            ),
            ExclusionConstraint(
                name="inspectionplan_unit_one_a_day",
                expressions=[("unit", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                condition=Q(annulled=None, unit__isnull=False),
            ),
            ExclusionConstraint(
                name="inspectionplan_subtype_one_a_day",
                expressions=[
                    ("division", RangeOperators.EQUAL),
                    ("subtype", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(annulled=None, unit=None),
            ),
        ]
        triggers = [*marks("unit", "unit_id"), kept()]

    def __str__(self) -> str:
        return f"{self.unit_id or self.subtype} {self.every_days}"
