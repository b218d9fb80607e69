"""Compensation of farmland 耕地占补平衡: what was occupied, what was made good, and which m² answers for
which.

A quality grade is area-weighted; 1 is the best grade, so a higher number is worse ground.
"""

from __future__ import annotations

from decimal import Decimal

from django.contrib.gis.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from pgtrigger import ReadOnly

from registry.models.history import tracked
from registry.models.marks import kept, marks
from registry.models.scope import ScopedQuerySet

from .approval import area, grade
from .balance_triggers import ground_once, supplement_used_once

ZERO = Decimal(0)


class OccupationKind(models.TextChoices):
    """What farmland was occupied for; it says who owes the compensation (B03). 中文：占用类型"""

    CONSTRUCTION = "construction", _("construction")  # 建设占用
    TREES = "trees", _("planting trees")  # 造林种树
    ORCHARD = "orchard", _("planting fruit or tea")  # 种果种茶
    FARM_WORKS = "farm_works", _("farmland infrastructure")  # 农田基础设施
    HOUSING = "housing", _("villagers' housing")  # 农村村民住宅


OWED_BY_COUNTY = frozenset(set(OccupationKind.values) - {OccupationKind.CONSTRUCTION})


class Exemption(models.TextChoices):
    """Why nothing is owed for it (C07). 中文：免予补充情形"""

    ECOLOGICAL = "ecological", _("ecological retirement of farmland")  # 生态退耕
    DISASTER = "disaster", _("destroyed by disaster")  # 灾毁
    FLOODED = "flooded", _("flooded for good")  # 永久淹没


class CompensationQuerySet(ScopedQuerySet):
    def in_force(self) -> CompensationQuerySet:
        return self.filter(annulled=None)


@tracked(exclude=["geom"])
class CompensationBalance(models.Model):
    """An occupation of farmland that asks for compensation. 中文：占用耕地（占补平衡）"""

    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="farmland_occupations", verbose_name=_("division")
    )  # 行政区划
    name = models.CharField(_("project or place"), max_length=200)  # 占用项目
    kind = models.CharField(_("occupied for"), max_length=16, choices=OccupationKind.choices)  # 占用类型
    occupier = models.CharField(_("occupier"), max_length=120, blank=True)  # 占用单位
    occupied_on = models.DateField(_("occupied on"))  # 占用日期
    area_m2 = area(_("occupied farmland (m²)"))  # 占用耕地面积
    paddy_m2 = area(_("of it paddy (m²)"), default=0)  # 其中水田
    grade = grade(_("quality grade of it"))  # 占用耕地平均等别
    approval = models.ForeignKey(
        "land.ConversionApproval",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="occupations",
        verbose_name=_("land approval"),
    )  # 批复
    exemption = models.CharField(
        _("exemption"), max_length=16, choices=Exemption.choices, blank=True
    )  # 免予补充情形
    exempt_m2 = area(_("of it exempt (m²)"), default=0)  # 免予补充面积
    exempt_paddy_m2 = area(_("of it exempt paddy (m²)"), default=0)  # 其中水田
    exemption_source = models.ForeignKey(
        "registry.Source",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("document of the exemption"),
    )  # 免予补充依据
    geom = models.MultiPolygonField(_("ground"), srid=4490, null=True, blank=True)  # 占用范围
    source = models.ForeignKey(
        "registry.Source", models.PROTECT, related_name="+", verbose_name=_("document")
    )  # 依据
    batch = models.ForeignKey("registry.ImportBatch", models.PROTECT, null=True, blank=True, related_name="+")
    annulled = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = CompensationQuerySet.as_manager()

    class Meta:
        verbose_name = _("occupation of farmland")
        verbose_name_plural = _("occupations of farmland")
        ordering = ["-occupied_on", "-id"]
        indexes = [models.Index(fields=["division", "occupied_on"], name="occupation_scope")]
        constraints = [
            models.CheckConstraint(
                condition=Q(area_m2__gt=0, paddy_m2__gte=0, paddy_m2__lte=F("area_m2"))
                & Q(exempt_m2__gte=0, exempt_m2__lte=F("area_m2"))
                & Q(exempt_paddy_m2__gte=0, exempt_paddy_m2__lte=F("paddy_m2"))
                & Q(exempt_paddy_m2__lte=F("exempt_m2")),
                name="occupation_areas_fit",
                violation_error_message=_("Paddy and exempt ground are part of what was occupied."),
            ),
            models.CheckConstraint(
                condition=Q(exempt_m2=0) | ~Q(exemption=""), name="occupation_exempt_for_a_reason"
            ),
        ]
        triggers = [*marks("place", "division_id"), kept()]

    def __str__(self) -> str:
        return f"{self.name} {self.occupied_on}"

    @property
    def owed_m2(self) -> Decimal:
        """What must be made good: an exemption counts with its document alone (C07)."""
        return self.area_m2 - (self.exempt_m2 if self.exemption_source_id else ZERO)

    @property
    def owed_paddy_m2(self) -> Decimal:
        return self.paddy_m2 - (self.exempt_paddy_m2 if self.exemption_source_id else ZERO)

    @property
    def owed_by_county(self) -> bool:
        return self.kind in OWED_BY_COUNTY


@tracked(exclude=["geom"])
class SupplementProject(models.Model):
    """New farmland that answers for occupied farmland, once it was accepted. 中文：补充耕地项目"""

    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="supplements", verbose_name=_("division")
    )  # 行政区划
    name = models.CharField(_("project"), max_length=200)  # 项目名称
    planned_m2 = area(_("planned area (m²)"), null=True, blank=True)  # 计划补充面积
    accepted_on = models.DateField(_("accepted on"), null=True, blank=True)  # 验收日期
    accepted_m2 = area(_("accepted area (m²)"), null=True, blank=True)  # 验收面积
    paddy_m2 = area(_("of it paddy (m²)"), default=0)  # 其中水田
    grade = grade(_("quality grade"))  # 平均等别
    slope_deg = models.DecimalField(
        _("steepest slope (degrees)"), max_digits=4, decimal_places=1, null=True, blank=True
    )  # 最大坡度
    geom = models.MultiPolygonField(_("ground"), srid=4490, null=True, blank=True)  # 项目范围
    source = models.ForeignKey(
        "registry.Source", models.PROTECT, related_name="+", verbose_name=_("document")
    )  # 立项依据
    acceptance = models.ForeignKey(
        "registry.Source",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("acceptance document"),
    )  # 验收文件
    batch = models.ForeignKey("registry.ImportBatch", models.PROTECT, null=True, blank=True, related_name="+")
    annulled = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = CompensationQuerySet.as_manager()

    class Meta:
        verbose_name = _("supplement project")
        verbose_name_plural = _("supplement projects")
        ordering = ["-accepted_on", "-id"]
        indexes = [models.Index(fields=["division", "accepted_on"], name="supplement_scope")]
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_on=None, accepted_m2=None)
                | Q(
                    accepted_on__isnull=False,
                    accepted_m2__gt=0,
                    paddy_m2__gte=0,
                    paddy_m2__lte=F("accepted_m2"),
                    acceptance__isnull=False,
                ),
                name="supplement_accepted_with_document",
                violation_error_message=_("An acceptance has its day, its area and its document."),
            )
        ]
        triggers = [*marks("place", "division_id"), supplement_used_once("id"), ground_once(), kept()]

    def __str__(self) -> str:
        return self.name


class SupplementUseQuerySet(ScopedQuerySet):
    DIVISION = "occupation__division"

    def in_force(self) -> SupplementUseQuerySet:
        return self.filter(annulled=None)


@tracked()
class SupplementUse(models.Model):
    """Square metres of a supplement that answer for an occupation, each of them once. 中文：补充耕地挂钩"""

    supplement = models.ForeignKey(
        SupplementProject, models.PROTECT, related_name="uses", verbose_name=_("supplement project")
    )  # 补充耕地项目
    occupation = models.ForeignKey(
        CompensationBalance, models.PROTECT, related_name="uses", verbose_name=_("occupation")
    )  # 占用
    day = models.DateField(_("day"))  # 挂钩日期
    m2 = area(_("area (m²)"))  # 面积
    paddy_m2 = area(_("of it paddy (m²)"), default=0)  # 其中水田
    source = models.ForeignKey(
        "registry.Source", models.PROTECT, related_name="+", verbose_name=_("document")
    )  # 依据
    batch = models.ForeignKey("registry.ImportBatch", models.PROTECT, null=True, blank=True, related_name="+")
    annulled = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = SupplementUseQuerySet.as_manager()

    class Meta:
        verbose_name = _("use of a supplement")
        verbose_name_plural = _("uses of supplements")
        ordering = ["day", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(m2__gt=0, paddy_m2__gte=0, paddy_m2__lte=F("m2")), name="supplementuse_areas_fit"
            )
        ]
        triggers = [
            *marks(
                "place",
                "(SELECT o.division_id FROM land_compensationbalance o WHERE o.id = touched.occupation_id)",
            ),
            ReadOnly(name="append_only", exclude=["annulled"]),
            supplement_used_once("supplement_id"),
            kept(),
        ]

    def __str__(self) -> str:
        return f"{self.supplement_id} -> {self.occupation_id}: {self.m2}"
