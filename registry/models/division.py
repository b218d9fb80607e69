"""Divisions 行政区划: the tree of places, its codes apart, its outlines apart."""

from __future__ import annotations

import datetime as dt

from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.codes import CodeSystem, Level, Succession

from .history import tracked
from .labels import Labelled
from .marks import marks
from .scope import ScopedQuerySet


class DivisionQuerySet(ScopedQuerySet):
    DIVISION = ""

    def on(self, day: dt.date) -> DivisionQuerySet:
        """Divisions that exist on a day."""
        return self.filter(valid__contains=day)

    def coded(self, code: str, system: str = CodeSystem.NBS, day: dt.date | None = None) -> DivisionQuerySet:
        """Divisions that carry a code of a system (on a day, when given)."""
        match = Q(codes__system=system, codes__code=code)
        if day:
            match &= Q(codes__valid__contains=day)
        return self.filter(match).distinct()


@tracked()
class Division(Labelled):
    """A place of the administrative tree. 中文：行政区划

    ``path`` is the materialised path of primary keys ("/1/5/23/"): scope is by path, never by code prefix.
    ``go_live`` (inherited by all below) is the day from which the register is answered for: findings that
    were true before it form the baseline (存量问题).
    """

    name = models.CharField(_("name"), max_length=120)  # 名称
    level = models.CharField(_("level"), max_length=20, choices=Level.choices)  # 层级
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent division"),
    )  # 上级区划
    path = models.CharField(_("path"), max_length=200, db_index=True, editable=False)
    valid = DateRangeField(_("validity"))  # 有效期 [起, 止)
    go_live = models.DateField(_("go-live date"), null=True, blank=True)  # 启用日期
    households = models.PositiveIntegerField(_("households"), null=True, blank=True)  # 户数
    people = models.PositiveIntegerField(_("people"), null=True, blank=True)  # 人口
    batch = models.ForeignKey(
        "registry.ImportBatch",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="divisions_made",
        verbose_name=_("import batch"),
    )  # 导入批次

    objects = DivisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("division")
        verbose_name_plural = _("divisions")
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid__isempty=False),
                name="division_valid_not_empty",
                violation_error_message=_("A division must not end before it begins."),
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="division_not_own_parent"),
        ]
        triggers = marks("division", "id", only=["parent_id", "path", "valid", "go_live"])

    def __str__(self) -> str:
        return self.name


@tracked()
class DivisionCode(models.Model):
    """A code of a division in one code system, for a period. 中文：区划代码

    A code is never a key alone: (system, code, validity) is.
    """

    division = models.ForeignKey(
        Division, models.CASCADE, related_name="codes", verbose_name=_("division")
    )  # 行政区划
    system = models.CharField(_("code system"), max_length=10, choices=CodeSystem.choices)  # 代码体系
    code = models.CharField(_("code"), max_length=19)  # 代码
    valid = DateRangeField(_("validity"))  # 有效期

    class Meta:
        verbose_name = _("division code")
        verbose_name_plural = _("division codes")
        indexes = [models.Index(fields=["system", "code"], name="divisioncode_lookup")]
        constraints = [
            ExclusionConstraint(
                name="divisioncode_one_division_a_day",
                expressions=[
                    ("system", RangeOperators.EQUAL),
                    ("code", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This code belongs to another division at that time."),
            ),
            models.CheckConstraint(condition=Q(valid__isempty=False), name="divisioncode_valid_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.system}:{self.code}"


class DivisionBoundary(models.Model):
    """The outline of a division for a period, with its control area. 中文：行政区界线

    Geometry of record: EPSG:4490, multi-part, valid.
    """

    division = models.ForeignKey(
        Division, models.CASCADE, related_name="boundaries", verbose_name=_("division")
    )  # 行政区划
    geom = models.MultiPolygonField(_("outline"), srid=4490)  # 界线
    valid = DateRangeField(_("validity"))  # 有效期
    control_area_m2 = models.DecimalField(
        _("control area (m²)"), max_digits=17, decimal_places=2, null=True, blank=True
    )  # 控制面积 DCMJ
    batch = models.ForeignKey("registry.ImportBatch", models.PROTECT, null=True, blank=True)

    class Meta:
        verbose_name = _("division boundary")
        verbose_name_plural = _("division boundaries")
        constraints = [
            ExclusionConstraint(
                name="divisionboundary_one_a_day",
                expressions=[
                    ("division", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This division already has an outline at that time."),
            ),
            models.CheckConstraint(condition=Q(geom__isvalid=True), name="divisionboundary_geom_valid"),
        ]
        triggers = marks("division", "division_id")

    def __str__(self) -> str:
        return f"{self.division}"


class DivisionSuccession(models.Model):
    """What became of a division that ended on a day: renamed, merged or split. 中文：区划沿革

    A code retired in one year still resolves; who follows it is said here. A split has several rows.
    """

    predecessor = models.ForeignKey(
        Division, models.PROTECT, related_name="successions", verbose_name=_("predecessor")
    )  # 原区划
    successor = models.ForeignKey(
        Division, models.PROTECT, related_name="precessions", verbose_name=_("successor")
    )  # 现区划
    on = models.DateField(_("from"))  # 变更日期
    kind = models.CharField(_("kind"), max_length=10, choices=Succession.choices)  # 方式
    source = models.ForeignKey(
        "registry.Source", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("source")
    )  # 依据

    class Meta:
        verbose_name = _("succession of divisions")
        verbose_name_plural = _("successions of divisions")
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="divisionsuccession_once"),
            models.CheckConstraint(
                condition=~Q(predecessor=F("successor")), name="divisionsuccession_not_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor_id} → {self.successor_id}"
