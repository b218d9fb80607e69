"""Repairs 维修: from the defect to the order, the work, and the check by somebody else."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assets.codes import Payer
from registry.models.history import tracked
from registry.models.marks import kept, marks
from registry.models.scope import ScopedQuerySet


class RepairQuerySet(ScopedQuerySet):
    DIVISION = "unit__division"

    def in_force(self) -> RepairQuerySet:
        return self.filter(annulled=None)

    def open(self) -> RepairQuerySet:
        """Ordered or put off, and not checked yet."""
        return self.in_force().filter(checked_on=None)


def _together(*names: str) -> Q:
    """A day has its words, and the words their day: all of the fields are filled, or none."""
    day, *words = names
    with_, without = Q(**{f"{day}__isnull": False}), Q(**{day: None})
    for word in words:
        with_ &= ~Q(**{word: ""})
        without &= Q(**{word: ""})
    return with_ | without


@tracked()
class Repair(models.Model):
    """A repair of a unit; what has happened to it is said by its days. 中文：维修

    A defect that cannot be repaired now is put off until a day with the reason (``ordered_on`` stays empty).
    Who did the work does not check it.
    """

    unit = models.ForeignKey("registry.Unit", models.PROTECT, related_name="repairs", verbose_name=_("unit"))
    inspection = models.ForeignKey(
        "assets.Inspection",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="repairs",
        verbose_name=_("inspection"),
    )  # 发现问题的巡查
    defect = models.CharField(_("defect"), max_length=255)  # 问题
    found_on = models.DateField(_("found on"))  # 发现日期
    ordered_on = models.DateField(pgettext_lazy("a repair", "ordered on"), null=True, blank=True)  # 派修日期
    worker = models.CharField(_("who repairs it"), max_length=120, blank=True)  # 维修单位（人）
    due_on = models.DateField(pgettext_lazy("a repair", "to be done by"), null=True, blank=True)  # 完成期限
    estimate = models.DecimalField(
        _("estimate (yuan)"), max_digits=14, decimal_places=2, null=True, blank=True
    )  # 预计费用
    payer = models.CharField(_("who pays"), max_length=12, choices=Payer.choices, blank=True)  # 出资方
    payer_name = models.CharField(
        pgettext_lazy("of a repair", "name of the payer"), max_length=120, blank=True
    )  # 出资单位
    deferred_until = models.DateField(_("put off until"), null=True, blank=True)  # 延期至
    defer_reason = models.CharField(_("reason for putting it off"), max_length=255, blank=True)  # 延期理由
    done_on = models.DateField(_("done on"), null=True, blank=True)  # 完成日期
    done_by = models.CharField(_("done by"), max_length=120, blank=True)  # 实际维修人
    work = models.CharField(_("what was done"), max_length=255, blank=True)  # 维修内容
    cost = models.DecimalField(
        _("cost (yuan)"), max_digits=14, decimal_places=2, null=True, blank=True
    )  # 实际费用
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )  # 报完工的账号
    checked_on = models.DateField(_("checked on"), null=True, blank=True)  # 验收日期
    checked_by = models.CharField(_("checked by"), max_length=60, blank=True)  # 验收人
    checker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )  # 登记验收的账号
    annulled = models.ForeignKey(
        "registry.Act", models.PROTECT, null=True, blank=True, related_name="annulled_repairs"
    )

    objects = RepairQuerySet.as_manager()

    class Meta:
        verbose_name = _("repair")
        verbose_name_plural = _("repairs")
        ordering = ["-found_on", "-id"]
        indexes = [models.Index(fields=["unit", "-found_on"], name="repair_latest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ordered_on__isnull=False) | Q(deferred_until__isnull=False),
                name="repair_ordered_or_put_off",
                violation_error_message=_("A repair is ordered, or put off until a day."),
            ),
            models.CheckConstraint(
                condition=_together("deferred_until", "defer_reason"), name="repair_why_put_off"
            ),
            models.CheckConstraint(condition=_together("done_on", "done_by"), name="repair_done_by"),
            models.CheckConstraint(condition=_together("checked_on", "checked_by"), name="repair_checked_by"),
            models.CheckConstraint(
                condition=Q(ordered_on=None) | Q(ordered_on__gte=F("found_on")), name="repair_ordered_after"
            ),
            models.CheckConstraint(
                condition=Q(done_on=None) | Q(ordered_on__isnull=False, done_on__gte=F("ordered_on")),
                name="repair_done_after",
                violation_error_message=_("A repair is not done before it is ordered."),
            ),
            models.CheckConstraint(
                condition=Q(checked_on=None) | Q(done_on__isnull=False, checked_on__gte=F("done_on")),
                name="repair_checked_after",
                violation_error_message=_("A repair is not checked before it is done."),
            ),
            models.CheckConstraint(
                condition=Q(checked_by="") | ~Q(checked_by=F("done_by")),
                name="repair_checked_by_another",
                violation_error_message=_("Who did the work does not check it."),
            ),
            models.CheckConstraint(
                condition=Q(checker=None) | Q(reported_by=None) | ~Q(checker=F("reported_by")),
                name="repair_checker_is_another",
                violation_error_message=_("Who reported the work done does not check it."),
            ),
            models.CheckConstraint(
                condition=(Q(cost=None) | Q(cost__gte=Decimal("0")))
                & (Q(estimate=None) | Q(estimate__gte=Decimal("0"))),
                name="repair_cost_not_negative",
            ),
            models.UniqueConstraint(
                fields=["inspection"],
                condition=Q(annulled=None, inspection__isnull=False),
                name="repair_once_a_defect",
                violation_error_message=_("This defect has a repair already."),
            ),
        ]
        triggers = [*marks("unit", "unit_id"), kept()]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.found_on}"

    def state(self, day: dt.date) -> str:
        """What has become of it on a day: a projection of its days. 中文：维修状态"""
        if self.checked_on is not None:
            return "checked"
        if self.done_on is not None:
            return "done"
        if self.deferred_until is not None and self.deferred_until >= day:
            return "deferred"
        if self.ordered_on is None or (self.due_on is not None and self.due_on < day):
            return "late"
        return "ordered"
