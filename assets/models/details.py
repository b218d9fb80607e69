"""What the kinds of assets have of their own, and the figures that come year by year. 中文：专项信息"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.models.scope import ScopedQuerySet


class DetailQuerySet(ScopedQuerySet):
    DIVISION = "unit__division"

    def in_force(self) -> DetailQuerySet:
        return self.filter(annulled=None, unit__annulled=None)

    def standing(self, day: dt.date) -> DetailQuerySet:
        """Of units that are in the register on a day."""
        return self.in_force().filter(Q(unit__left_on=None) | Q(unit__left_on__gt=day))


class Own(models.Model):
    """A row beside a unit: it is taken back by an act, never deleted. 中文：附属登记"""

    unit = models.ForeignKey("registry.Unit", models.PROTECT, related_name="+", verbose_name=_("unit"))
    remark = models.CharField(_("remark"), max_length=255, blank=True)  # 备注
    batch = models.ForeignKey("registry.ImportBatch", models.PROTECT, null=True, blank=True, related_name="+")
    annulled = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = DetailQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.unit_id}"


class Detail(Own):
    """What a unit has of its own kind; one row a unit."""

    class Meta:
        abstract = True


class Figures(Own):
    """What is counted of a unit for a day, month or year."""

    on = models.DateField(pgettext_lazy("a figure", "as of"))  # 统计日期

    class Meta:
        abstract = True


def once(name: str, *fields: str) -> models.UniqueConstraint:
    """One row in force a unit (and day)."""
    return models.UniqueConstraint(
        fields=["unit", *fields],
        condition=Q(annulled=None),
        name=name,
        violation_error_message=_("This is recorded already."),
    )


def count(label: Any, **more: Any) -> models.PositiveIntegerField:
    """A number of people or things that may be unknown."""
    return models.PositiveIntegerField(label, null=True, blank=True, **more)


def measure(label: Any, digits: int = 12, places: int = 2) -> models.DecimalField:
    """A measure or a price that may be unknown."""
    return models.DecimalField(label, max_digits=digits, decimal_places=places, null=True, blank=True)


def not_negative(name: str, *fields: str) -> models.CheckConstraint:
    """Measures are 0 or more."""
    condition = Q()
    for field in fields:
        condition &= Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gte": 0})
    return models.CheckConstraint(condition=condition, name=name)


def at_most_hundred(name: str, *fields: str) -> models.CheckConstraint:
    """Per cents lie between 0 and 100."""
    condition = Q()
    for field in fields:
        condition &= Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gte": 0, f"{field}__lte": 100})
    return models.CheckConstraint(condition=condition, name=name)
