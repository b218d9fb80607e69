"""Counts of a stocktake and the acts that settle their differences. 中文：清点记录、差异处理"""

from __future__ import annotations

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from pgtrigger import ReadOnly

from assets.codes import Condition
from assets.stocktake_codes import Difference, Found, Means
from registry.models.history import tracked
from registry.models.marks import kept, marks_units
from registry.models.scope import ScopedQuerySet

from .stocktake import OF_LINES, StocktakeLine, quantity
from .stocktake_guards import append_only, count_stays, finds_differences, settles_difference


class CountQuerySet(ScopedQuerySet):
    DIVISION = "line__division"

    def in_force(self) -> CountQuerySet:
        """Counts that were not made again, in campaigns that were not taken back."""
        return self.filter(annulled=None, line__stocktake__annulled=None)


@tracked()
class StocktakeCount(models.Model):
    """What was found of a line on a day. 中文：清点记录

    ``differences`` and ``distance_m`` are worked out by the database. A line that is counted again gets a new
    row; the earlier one is marked with the act.
    """

    line = models.ForeignKey(
        StocktakeLine, models.PROTECT, related_name="counts", verbose_name=_("line")
    )  # 清单行
    found = models.CharField(
        pgettext_lazy("at a stocktake", "found"), max_length=10, choices=Found.choices
    )  # 是否在
    counted_on = models.DateField(_("counted on"))  # 清点日期
    counter = models.CharField(_("counted by"), max_length=60)  # 清点人
    quantity = quantity(_("quantity counted"))  # 实点数量
    condition = models.CharField(
        _("condition"), max_length=12, choices=Condition.choices, blank=True
    )  # 实物状况
    place = models.PointField(
        pgettext_lazy("at a stocktake", "position"), srid=4490, null=True, blank=True
    )  # 实测位置
    accuracy_m = models.DecimalField(
        _("positional accuracy (m)"), max_digits=8, decimal_places=2, null=True, blank=True
    )  # 位置精度
    distance_m = models.DecimalField(
        _("distance from the ledger's place (m)"), max_digits=12, decimal_places=2, null=True, blank=True
    )  # 与账面位置距离
    differences = ArrayField(
        models.CharField(max_length=12, choices=Difference.choices),
        verbose_name=_("differences"),
        default=list,
        blank=True,
    )  # 差异
    note = models.CharField(_("remark"), max_length=255, blank=True)  # 备注
    source = models.ForeignKey(
        "registry.Source", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("pictures")
    )  # 照片
    batch = models.ForeignKey("registry.ImportBatch", models.PROTECT, null=True, blank=True, related_name="+")
    annulled = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = CountQuerySet.as_manager()

    class Meta:
        verbose_name = _("count")
        verbose_name_plural = _("counts")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["line"],
                condition=Q(annulled=None),
                name="stocktakecount_once",
                violation_error_message=_("This line is counted already."),
            ),
            models.CheckConstraint(
                condition=Q(found=Found.PRESENT) & ~Q(condition="")
                | (~Q(found=Found.PRESENT) & Q(condition="", quantity=None)),
                name="stocktakecount_condition_of_present",
            ),
            models.CheckConstraint(
                condition=Q(quantity=None) | Q(quantity__gt=0), name="stocktakecount_quantity_positive"
            ),
        ]
        triggers = [
            *marks_units(OF_LINES.format(rows="touched t ON l.id = t.line_id")),
            finds_differences(),
            count_stays(),
            ReadOnly(name="append_only", exclude=["annulled"]),
            kept(),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.found}"


class SettlementQuerySet(ScopedQuerySet):
    DIVISION = "count__line__division"


class StocktakeSettlement(models.Model):
    """How one difference was settled, by an act. 中文：差异处理"""

    count = models.ForeignKey(
        StocktakeCount, models.PROTECT, related_name="settlements", verbose_name=_("count")
    )  # 清点记录
    difference = models.CharField(_("difference"), max_length=12, choices=Difference.choices)  # 差异
    means = models.CharField(_("how it is settled"), max_length=10, choices=Means.choices)  # 处理方式
    settled_on = models.DateField(pgettext_lazy("a difference", "settled on"))  # 处理日期
    note = models.CharField(_("explanation"), max_length=255, blank=True)  # 说明
    unit = models.ForeignKey(
        "registry.Unit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("registered as"),
    )  # 补登资产
    act = models.ForeignKey(
        "registry.Act", models.PROTECT, related_name="+", verbose_name=_("act")
    )  # 办理记录

    objects = SettlementQuerySet.as_manager()

    class Meta:
        verbose_name = _("settlement")
        verbose_name_plural = _("settlements")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["count", "difference"], name="stocktakesettlement_once"),
            models.CheckConstraint(
                condition=~Q(means=Means.EXPLAIN) | ~Q(note=""), name="stocktakesettlement_explained"
            ),
            models.CheckConstraint(
                condition=Q(means=Means.REGISTER, unit__isnull=False)
                | (~Q(means=Means.REGISTER) & Q(unit=None)),
                name="stocktakesettlement_registered",
            ),
        ]
        triggers = [
            *marks_units(
                OF_LINES.format(
                    rows="assets_stocktakecount c ON c.line_id = l.id JOIN touched t ON t.count_id = c.id"
                )
            ),
            settles_difference(),
            append_only(),
        ]

    def __str__(self) -> str:
        return f"{self.count_id} {self.difference}"
