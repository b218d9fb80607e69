"""Linked increase and decrease 城乡建设用地增减挂钩: what is reclaimed, built on, left over."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from pgtrigger import ReadOnly

from registry.models.history import tracked
from registry.models.marks import kept, marks
from registry.models.scope import ScopedQuerySet

from .approval import area
from .balance_triggers import ground_once, surplus_never_oversold


class LinkageQuerySet(ScopedQuerySet):
    def in_force(self) -> LinkageQuerySet:
        return self.filter(annulled=None)


@tracked()
class LinkageProject(models.Model):
    """A project area: what is demolished and reclaimed, what is newly built on. 中文：增减挂钩项目区"""

    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="linkage_projects", verbose_name=_("division")
    )  # 行政区划
    name = models.CharField(_("project area"), max_length=200)  # 项目区名称
    approval_no = models.CharField(_("approval number"), max_length=120)  # 批准文号
    approved_on = models.DateField(_("approved on"))  # 批准日期
    due_on = models.DateField(_("quota due back on"))  # 周转指标归还期限
    demolish_m2 = area(_("to be demolished and reclaimed (m²)"))  # 拆旧面积
    new_build_m2 = area(_("newly built on (m²)"))  # 建新面积
    base_year = models.PositiveSmallIntegerField(_("survey year it rests on"))  # 基期年
    source = models.ForeignKey(
        "registry.Source", models.PROTECT, related_name="+", verbose_name=_("document")
    )  # 依据
    batch = models.ForeignKey("registry.ImportBatch", models.PROTECT, null=True, blank=True, related_name="+")
    annulled = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = LinkageQuerySet.as_manager()

    class Meta:
        verbose_name = _("linkage project")
        verbose_name_plural = _("linkage projects")
        ordering = ["-approved_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["division", "approval_no", "name"],
                condition=Q(annulled=None),
                name="linkage_once",
                violation_error_message=_("This project area is registered already."),
            ),
            models.CheckConstraint(
                condition=Q(demolish_m2__gt=0, new_build_m2__gte=0, due_on__gt=F("approved_on")),
                name="linkage_areas_positive",
            ),
        ]
        triggers = [
            *marks("place", "division_id"),
            ReadOnly(name="append_only", exclude=["annulled"]),
            surplus_never_oversold("id"),
            kept(),
        ]

    def __str__(self) -> str:
        return self.name


class LinkageQuerySetOfRows(ScopedQuerySet):
    DIVISION = "project__division"

    def in_force(self) -> LinkageQuerySetOfRows:
        return self.filter(annulled=None)


_PLACE = "(SELECT p.division_id FROM land_linkageproject p WHERE p.id = touched.project_id)"


class PlotRole(models.TextChoices):
    """What becomes of a plot. 中文：地块类型"""

    DEMOLISH = "demolish", pgettext_lazy("plot", "demolished and reclaimed")  # 拆旧地块
    NEW_BUILD = "new_build", pgettext_lazy("plot", "newly built on")  # 建新地块


@tracked(exclude=["geom"])
class LinkagePlot(models.Model):
    """A plot of a project area; no ground is demolished for two of them. 中文：增减挂钩地块"""

    project = models.ForeignKey(
        LinkageProject, models.PROTECT, related_name="plots", verbose_name=_("linkage project")
    )  # 项目区
    role = models.CharField(_("what becomes of it"), max_length=12, choices=PlotRole.choices)  # 地块类型
    name = models.CharField(_("plot"), max_length=120)  # 地块名称
    area_m2 = area(_("area (m²)"))  # 面积
    geom = models.MultiPolygonField(_("ground"), srid=4490, null=True, blank=True)  # 范围
    annulled = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = LinkageQuerySetOfRows.as_manager()

    class Meta:
        verbose_name = _("plot of a linkage project")
        verbose_name_plural = _("plots of linkage projects")
        ordering = ["role", "id"]
        constraints = [models.CheckConstraint(condition=Q(area_m2__gt=0), name="linkageplot_positive")]
        triggers = [*marks("place", _PLACE), ground_once("row.role = 'demolish'"), kept()]

    def __str__(self) -> str:
        return self.name


class SurplusKind(models.TextChoices):
    """What moves the surplus of a project area. 中文：节余指标变动类型"""

    ACCEPTED = "accepted", _("reclaimed and accepted")  # 复垦验收
    SOLD = "sold", _("sold")  # 交易转让
    KEPT = "kept", _("kept as quota of the county")  # 转入本县指标


@tracked()
class SurplusQuota(models.Model):
    """A movement of the surplus: accepted ground, or surplus that was sold or kept. 中文：增减挂钩节余指标"""

    project = models.ForeignKey(
        LinkageProject, models.PROTECT, related_name="surplus", verbose_name=_("linkage project")
    )  # 项目区
    kind = models.CharField(_("movement"), max_length=10, choices=SurplusKind.choices)  # 变动类型
    day = models.DateField(_("day"))  # 日期
    m2 = area(_("area (m²)"))  # 面积
    buyer = models.CharField(_("sold to"), max_length=120, blank=True)  # 受让方
    price_yuan = models.DecimalField(
        _("price (yuan)"), max_digits=15, decimal_places=2, null=True, blank=True
    )  # 交易价款
    entry = models.OneToOneField(
        "land.QuotaEntry",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="surplus",
        verbose_name=_("quota movement"),
    )  # 指标变动
    source = models.ForeignKey(
        "registry.Source", models.PROTECT, related_name="+", verbose_name=_("document")
    )  # 依据
    batch = models.ForeignKey("registry.ImportBatch", models.PROTECT, null=True, blank=True, related_name="+")
    annulled = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = LinkageQuerySetOfRows.as_manager()

    class Meta:
        verbose_name = _("movement of a surplus")
        verbose_name_plural = _("movements of surpluses")
        ordering = ["day", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(m2__gt=0), name="surplus_positive"),
            models.CheckConstraint(
                condition=Q(kind="sold", price_yuan__gte=0) & ~Q(buyer="") | ~Q(kind="sold"),
                name="surplus_sold_for_a_price",
            ),
            models.CheckConstraint(
                condition=Q(kind="kept", entry__isnull=False) | (~Q(kind="kept") & Q(entry=None)),
                name="surplus_kept_in_an_account",
            ),
        ]
        triggers = [
            *marks("place", _PLACE),
            ReadOnly(name="append_only", exclude=["annulled"]),
            surplus_never_oversold("project_id"),
            kept(),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.m2}"
