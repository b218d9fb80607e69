"""Summaries as they were published 资产汇总表: frozen figures, to be held against themselves."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.models.history import tracked
from registry.models.marks import kept, marks
from registry.models.scope import ScopedQuerySet


class Period(models.TextChoices):
    """How often a summary is made. 中文：汇总周期"""

    MONTH = "month", _("monthly")  # 月报
    YEAR = "year", _("annual")  # 年报


class PublishedSummaryQuerySet(ScopedQuerySet):
    def in_force(self) -> PublishedSummaryQuerySet:
        return self.filter(annulled=None)


@tracked()
class PublishedSummary(models.Model):
    """A summary by class and by holder, as it was published. 中文：已公布的资产汇总

    ``figures``: {"by_class": {code: {"count": n, "value": "yuan"}}, "by_holder": {...}, "total": {...}}.
    """

    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="summaries", verbose_name=_("division")
    )  # 行政区划
    period = models.CharField(
        pgettext_lazy("of a summary", "period"), max_length=8, choices=Period.choices
    )  # 周期
    as_of = models.DateField(_("as of"))  # 截止日期
    published_on = models.DateField(_("published on"))  # 公布日期
    figures = models.JSONField(_("figures"))  # 数字
    source = models.ForeignKey(
        "registry.Source", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("source")
    )  # 依据
    annulled = models.ForeignKey(
        "registry.Act", models.PROTECT, null=True, blank=True, related_name="annulled_summaries"
    )  # 撤销

    objects = PublishedSummaryQuerySet.as_manager()

    class Meta:
        verbose_name = _("published summary")
        verbose_name_plural = _("published summaries")
        ordering = ["-as_of", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["division", "period", "as_of"],
                condition=Q(annulled=None),
                name="publishedsummary_once",
                violation_error_message=_("This summary is published already."),
            )
        ]
        triggers = [*marks("division", "division_id"), kept()]

    def __str__(self) -> str:
        return f"{self.division_id} {self.as_of}"
