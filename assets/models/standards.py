"""Upkeep standards 管护标准: what is looked at, and how much of it is good enough."""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assets.codes import Subtype
from registry.models.history import tracked
from registry.models.marks import kept, marks
from registry.models.scope import ScopedQuerySet


class UpkeepStandardQuerySet(ScopedQuerySet):
    def in_force(self) -> UpkeepStandardQuerySet:
        return self.filter(annulled=None)

    def on(self, day: dt.date) -> UpkeepStandardQuerySet:
        return self.in_force().filter(valid__contains=day)


@tracked()
class UpkeepStandard(models.Model):
    """The standard of a division for a sub-type, with the document that sets it. 中文：管护标准

    It holds for every asset of the sub-type in the division that has no nearer one. ``regime`` is the
    document that sets up who does what (有制度), ``source`` the one with the measurable items (有标准).
    """

    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="upkeep_standards", verbose_name=_("division")
    )  # 行政区划
    subtype = models.CharField(_("sub-type"), max_length=20, choices=Subtype.choices)  # 资产类型
    title = models.CharField(_("title"), max_length=200)  # 标准名称
    source = models.ForeignKey(
        "registry.Source",
        models.PROTECT,
        related_name="upkeep_standards",
        verbose_name=_("standard document"),
    )  # 标准文件
    regime = models.ForeignKey(
        "registry.Source",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="upkeep_regimes",
        verbose_name=_("rules of upkeep"),
    )  # 管护制度文件
    valid = DateRangeField(_("validity"))  # 有效期
    annulled = models.ForeignKey(
        "registry.Act", models.PROTECT, null=True, blank=True, related_name="annulled_upkeep_standards"
    )

    objects = UpkeepStandardQuerySet.as_manager()

    class Meta:
        verbose_name = _("upkeep standard")
        verbose_name_plural = _("upkeep standards")
        ordering = ["subtype", "division_id", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(subtype__in=Subtype.values), name="upkeepstandard_subtype"),
            models.CheckConstraint(
                condition=Q(valid__isempty=False, valid__lower_inf=False), name="upkeepstandard_begins"
            ),
            ExclusionConstraint(
                name="upkeepstandard_one_a_day",
                expressions=[
                    ("division", RangeOperators.EQUAL),
                    ("subtype", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(annulled=None),
                violation_error_message=_("This division has a standard for this sub-type at that time."),
            ),
        ]
        triggers = [*marks("division", "division_id"), kept()]

    def __str__(self) -> str:
        return self.title


@tracked()
class StandardItem(models.Model):
    """One thing a standard looks at, with what is good enough. 中文：管护标准项目

    Where ``unit`` is given the item is measured, and is good between ``least`` and ``most``.
    """

    standard = models.ForeignKey(
        UpkeepStandard, models.PROTECT, related_name="items", verbose_name=_("upkeep standard")
    )
    number = models.PositiveSmallIntegerField(_("number"))  # 序号
    text = models.CharField(_("item"), max_length=80)  # 项目
    demand = models.CharField(_("good enough when"), max_length=160)  # 合格要求
    unit = models.CharField(_("unit of measure"), max_length=20, blank=True)  # 计量单位
    least = models.DecimalField(_("at least"), max_digits=10, decimal_places=2, null=True, blank=True)  # 下限
    most = models.DecimalField(_("at most"), max_digits=10, decimal_places=2, null=True, blank=True)  # 上限

    class Meta:
        verbose_name = _("item of a standard")
        verbose_name_plural = _("items of a standard")
        ordering = ["standard_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["standard", "number"], name="standarditem_number_once"),
            models.CheckConstraint(
                condition=Q(least=None) | Q(most=None) | Q(least__lte=F("most")),
                name="standarditem_least_most",
            ),
        ]
        triggers = [kept()]

    def __str__(self) -> str:
        return self.text
