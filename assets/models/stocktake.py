"""Stocktakes 清查盘点: a campaign and its list, frozen as the ledger of a day."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Self

from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from pgtrigger import ReadOnly

from assets.codes import Subtype
from assets.stocktake_codes import CampaignState
from registry.codes import UnitState
from registry.models.history import tracked
from registry.models.marks import kept, marks_units
from registry.models.scope import ScopedQuerySet

from .stocktake_guards import append_only, list_frozen, steps_follow

OF_LINES = "SELECT l.unit_id FROM assets_stocktakeline l JOIN {rows} WHERE l.unit_id IS NOT NULL"


def quantity(label: Any, **more: Any) -> models.DecimalField:
    return models.DecimalField(label, max_digits=14, decimal_places=3, null=True, blank=True, **more)


class StocktakeQuerySet(ScopedQuerySet):
    def in_force(self) -> StocktakeQuerySet:
        return self.filter(annulled=None)

    def visible_to(self, user: Any) -> Self:
        """Campaigns in the user's divisions, and those of a place above that reach into them."""
        from registry.access import scope_paths

        paths = scope_paths(user)
        return (
            self.within_paths(paths) | self.filter(division__path__in=above(paths)) if paths else self.none()
        )

    def about(self, division: Any) -> Self:
        """Campaigns of a division, of what lies below it, and of the places above it."""
        return self.within(division) | self.filter(division__path__in=above([division.path]))


def above(paths: list[str]) -> list[str]:
    """Paths of the places above: of /1/5/9/ it is /1/ and /1/5/."""
    found = set()
    for path in paths:
        parts = path.strip("/").split("/")
        found |= {f"/{'/'.join(parts[:n])}/" for n in range(1, len(parts))}
    return sorted(found)


@tracked()
class Stocktake(models.Model):
    """A campaign: the assets of a division are counted against the ledger of a day. 中文：清查盘点

    ``period`` is what it stands for (a year, half a year); a division has one campaign for a period.
    """

    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="stocktakes", verbose_name=_("division")
    )  # 行政区划
    title = models.CharField(_("title"), max_length=120)  # 名称
    period = DateRangeField(pgettext_lazy("of a stocktake", "period"))  # 清查期间
    ledger_day = models.DateField(_("ledger of"))  # 账面日期
    position_limit_m = models.DecimalField(
        _("a position differs from (m)"), max_digits=8, decimal_places=2
    )  # 位置差异限值
    state = models.CharField(
        _("state"), max_length=12, choices=CampaignState.choices, default=CampaignState.OPENING
    )  # 进度
    opened_on = models.DateField(pgettext_lazy("a stocktake", "opened on"))  # 启动日期
    counted_on = models.DateField(_("count ended on"), null=True, blank=True)  # 清点完成日期
    closed_on = models.DateField(pgettext_lazy("a stocktake", "closed on"), null=True, blank=True)  # 结束日期
    source = models.ForeignKey(
        "registry.Source", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("document")
    )  # 清查通知
    annulled = models.ForeignKey(
        "registry.Act", models.PROTECT, null=True, blank=True, related_name="annulled_stocktakes"
    )

    objects = StocktakeQuerySet.as_manager()

    class Meta:
        verbose_name = _("stocktake")
        verbose_name_plural = _("stocktakes")
        ordering = ["-opened_on", "-id"]
        constraints = [
            ExclusionConstraint(
                name="stocktake_once_a_period",
                expressions=[("division", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=Q(annulled=None),
                violation_error_message=_("This division already has a stocktake for that period."),
            ),
            models.CheckConstraint(
                condition=Q(position_limit_m__gt=Decimal("0")), name="stocktake_limit_positive"
            ),
            models.CheckConstraint(condition=Q(period__isempty=False), name="stocktake_period_not_empty"),
        ]
        triggers = [
            *marks_units(OF_LINES.format(rows="touched t ON l.stocktake_id = t.id")),
            steps_follow(),
            ReadOnly(
                name="same_campaign",
                fields=["division", "period", "ledger_day", "position_limit_m", "opened_on"],
            ),
            kept(),
        ]

    def __str__(self) -> str:
        return self.title


class LineQuerySet(ScopedQuerySet):
    def of_ledger(self) -> LineQuerySet:
        return self.filter(unit__isnull=False)


class StocktakeLine(models.Model):
    """A thing of the frozen list as the ledger had it, or a surplus thing (no unit). 中文：清查清单"""

    stocktake = models.ForeignKey(
        Stocktake, models.PROTECT, related_name="lines", verbose_name=_("stocktake")
    )  # 清查
    number = models.PositiveIntegerField(_("no."))  # 序号
    unit = models.ForeignKey(
        "registry.Unit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="stocktake_lines",
        verbose_name=_("unit"),
    )  # 登记单元（盘盈为空）
    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="stocktake_lines", verbose_name=_("place")
    )  # 所在地
    code = models.CharField(_("asset code"), max_length=40, blank=True)  # 资产编码
    name = models.CharField(_("asset name"), max_length=200)  # 资产名称
    subtype = models.CharField(_("sub-type"), max_length=20, choices=Subtype.choices, blank=True)  # 资产类型
    address = models.CharField(_("address"), max_length=200, blank=True)  # 地点
    quantity = quantity(_("quantity in the ledger"))  # 账面数量
    measure = models.CharField(_("unit of measure"), max_length=20, blank=True)  # 计量单位
    value = models.DecimalField(
        _("original value (yuan)"), max_digits=14, decimal_places=2, null=True, blank=True
    )  # 账面原值
    state = models.CharField(
        pgettext_lazy("in the books", "state"), max_length=20, choices=UnitState.choices, blank=True
    )  # 账面状态
    shape = models.ForeignKey(
        "registry.Shape", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("geometry")
    )  # 账面位置

    objects = LineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a stocktake")
        verbose_name_plural = _("lines of a stocktake")
        ordering = ["stocktake", "number"]
        constraints = [
            models.UniqueConstraint(fields=["stocktake", "number"], name="stocktakeline_number_once"),
            models.UniqueConstraint(
                fields=["stocktake", "unit"], condition=Q(unit__isnull=False), name="stocktakeline_unit_once"
            ),
        ]
        triggers = [list_frozen(), append_only()]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"
