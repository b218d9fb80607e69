"""Projects 项目 and their funding lines 资金来源."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models.history import tracked
from registry.models.marks import marks
from registry.models.scope import ScopedQuerySet


class ProjectQuerySet(ScopedQuerySet):
    DIVISION = "unit__division"


@tracked()
class Project(models.Model):
    """A project of the library that forms assets. 中文：项目"""

    unit = models.OneToOneField(
        "registry.Unit", models.PROTECT, related_name="project", verbose_name=_("unit")
    )  # 登记单元
    year = models.PositiveSmallIntegerField(_("project year"), null=True, blank=True)  # 项目年度

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        constraints = [
            models.CheckConstraint(
                condition=Q(year=None) | Q(year__gte=1990, year__lte=2100), name="project_year_plausible"
            )
        ]
        triggers = marks("unit", "unit_id")

    def __str__(self) -> str:
        return str(self.unit)


class FundingSource(models.TextChoices):
    """Source of a funding line. 中文：资金来源"""

    CENTRAL = "central", _("central funds")  # 中央资金
    PROVINCE = "province", _("provincial funds")  # 省级资金
    PREFECTURE = "prefecture", _("prefecture funds")  # 州级资金
    COUNTY = "county", _("county funds")  # 县级资金
    EAST_WEST = "east_west", _("East-West cooperation")  # 东西部协作（沪滇）
    BOND = "bond", _("local government bonds")  # 地方政府债券
    SECTOR = "sector", _("sector funds")  # 行业资金
    RELOCATION = "relocation", _("relocation funds")  # 易地搬迁资金
    DONATION = "donation", _("donations")  # 社会捐赠
    OTHER = "other", _("other funds")  # 其他资金


class FundingLineQuerySet(ScopedQuerySet):
    DIVISION = "unit__division"

    def in_force(self) -> FundingLineQuerySet:
        return self.filter(annulled=None)


@tracked()
class FundingLine(models.Model):
    """Money of one source that formed a unit. 中文：资金来源明细"""

    project = models.ForeignKey(
        Project,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="funding_lines",
        verbose_name=_("project"),
    )  # 项目
    unit = models.ForeignKey(
        "registry.Unit", models.PROTECT, related_name="funding_lines", verbose_name=_("unit formed")
    )  # 形成的登记单元
    source = models.CharField(_("funding source"), max_length=20, choices=FundingSource.choices)  # 资金来源
    amount = models.DecimalField(_("amount (yuan)"), max_digits=14, decimal_places=2)  # 金额（元）
    batch = models.ForeignKey(
        "registry.ImportBatch", models.PROTECT, null=True, blank=True, related_name="funding_lines"
    )
    annulled = models.ForeignKey(
        "registry.Act", models.PROTECT, null=True, blank=True, related_name="annulled_funding_lines"
    )

    objects = FundingLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("funding line")
        verbose_name_plural = _("funding lines")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=Decimal("0")),
                name="fundingline_not_negative",
                violation_error_message=_("A funding line is not negative."),
            )
        ]
        triggers = marks("unit", "unit_id")

    def __str__(self) -> str:
        return f"{self.source} {self.amount}"
