"""Units 登记单元 and their shapes 图形."""

from __future__ import annotations

import datetime as dt

import pgtrigger
from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from registry.codes import ShapeMethod, ShapeNeed, UnitKind, UnitState

from .history import as_recorded, tracked
from .labels import Labelled
from .marks import kept, marks
from .scope import ScopedQuerySet


class UnitQuerySet(ScopedQuerySet):
    def in_force(self) -> UnitQuerySet:
        """Units that no reversed import put there."""
        return self.filter(annulled=None)

    def on(self, day: dt.date) -> UnitQuerySet:
        """Units that are in the register on a day."""
        return self.in_force().filter(Q(left_on=None) | Q(left_on__gt=day))

    def as_of(self, day: dt.date) -> UnitQuerySet:
        """Units in the register on a day; their states on it: ``registry.queries.recorded.states_on``."""
        return self.on(day)

    def as_recorded(self, instant: dt.datetime) -> UnitQuerySet:
        """All units as the book said them at an instant; start from ``Unit.objects``."""
        return as_recorded(Unit, instant)

    def placeable(self) -> UnitQuerySet:
        """Units that have a place on the map or should have one."""
        return self.exclude(shape_need=ShapeNeed.NONE)


@tracked()
class Unit(Labelled):
    """A thing in the register. 中文：登记单元

    The code is immutable; earlier codes stay in ``former_codes``. No geometry column: a unit's history must
    not carry shapes. Nothing is deleted: a unit leaves the register by a dated act (``left_on``), the facts
    of a reversed import are marked (``annulled``).
    """

    code = models.CharField(_("unit code"), max_length=40)  # 登记编码
    former_codes = models.JSONField(_("former codes"), default=list, blank=True)  # 原编码
    kind = models.CharField(_("kind"), max_length=20, choices=UnitKind.choices)  # 类型
    name = models.CharField(_("name"), max_length=200)  # 名称
    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="units", verbose_name=_("division")
    )  # 行政区划
    state = models.CharField(
        _("state"), max_length=20, choices=UnitState.choices, default=UnitState.IN_USE
    )  # 状态
    state_since = models.DateField(_("state since"), null=True, blank=True)  # 状态起始日期
    shape_need = models.CharField(
        _("place on the map"), max_length=10, choices=ShapeNeed.choices, default=ShapeNeed.REQUIRED
    )  # 上图要求
    left_on = models.DateField(_("left the register on"), null=True, blank=True)  # 退出登记日期
    origin = models.JSONField(_("origin: file, sheet and rows"), default=dict, blank=True)  # 来源行
    batch = models.ForeignKey(
        "registry.ImportBatch", models.PROTECT, null=True, blank=True, related_name="units"
    )
    annulled = models.ForeignKey(
        "registry.Act", models.PROTECT, null=True, blank=True, related_name="annulled_units"
    )  # 撤销

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["code"]
        indexes = [
            models.Index(fields=["division", "kind", "state"], name="unit_scope"),
            GinIndex(OpClass(F("name"), name="gin_trgm_ops"), name="unit_name_trgm"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(annulled=None),
                name="unit_code_once",
                violation_error_message=_("Another unit already has this code."),
            ),
        ]
        triggers = [
            *marks("unit", "id"),
            *marks("place", "division_id", only=["division_id"], prefix="touch_place"),
            kept(),
            pgtrigger.Trigger(
                name="place_is_empty",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("shape_need"),
                condition=pgtrigger.Q(new__shape_need=ShapeNeed.NONE),
                func="""
                    IF EXISTS (SELECT 1 FROM registry_shape s
                                WHERE s.unit_id = NEW.id AND s.annulled_id IS NULL) THEN
                        RAISE EXCEPTION 'unit % has a shape', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'unit_place_is_empty';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class GeodesicArea(Func):
    """Ellipsoidal area of an EPSG:4490 geometry in m², by PostGIS geography."""

    template = "ST_Area(geography(%(expressions)s))"
    output_field = models.FloatField()


class GeodesicLength(Func):
    """Ellipsoidal length of an EPSG:4490 geometry in m, by PostGIS geography."""

    template = "ST_Length(geography(%(expressions)s))"
    output_field = models.FloatField()


class ShapeQuerySet(ScopedQuerySet):
    DIVISION = "unit__division"

    def in_force(self) -> ShapeQuerySet:
        return self.filter(annulled=None)

    def on(self, day: dt.date) -> ShapeQuerySet:
        """Shapes that are valid on a day."""
        return self.in_force().filter(valid__contains=day)

    def as_of(self, day: dt.date) -> ShapeQuerySet:
        """Shapes of a day, as the book stands now (or stood, on rows of ``as_recorded``)."""
        return self.on(day)

    def as_recorded(self, instant: dt.datetime) -> ShapeQuerySet:
        """All shapes as the book said them at an instant; start from ``Shape.objects``."""
        return as_recorded(Shape, instant)


@tracked(exclude=["area_m2", "length_m"])
class Shape(models.Model):
    """The geometry of a unit for a period. 中文：图形

    Geometry of record: EPSG:4490, multi-part or point, valid, 2-D, unrounded doubles. Area and length are
    generated by the database on the ellipsoid; the official area of a verdict is computed apart.
    ``source_srid`` is the plane in which the shape was taken: its edges are straight there.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="shapes", verbose_name=_("unit"))  # 登记单元
    geom = models.GeometryField(_("geometry"), srid=4490)  # 图形
    valid = DateRangeField(_("validity"))  # 有效期
    source_srid = models.PositiveIntegerField(_("taken in EPSG"), default=4490)  # 采集坐标系
    method = models.CharField(_("how it was taken"), max_length=20, choices=ShapeMethod.choices)  # 采集方式
    accuracy_m = models.DecimalField(
        _("positional accuracy (m)"), max_digits=8, decimal_places=2, null=True, blank=True
    )  # 位置精度
    source = models.ForeignKey(
        "registry.Source", models.PROTECT, null=True, blank=True, related_name="shapes"
    )  # 依据
    batch = models.ForeignKey(
        "registry.ImportBatch", models.PROTECT, null=True, blank=True, related_name="shapes"
    )
    annulled = models.ForeignKey(
        "registry.Act", models.PROTECT, null=True, blank=True, related_name="annulled_shapes"
    )
    area_m2 = models.GeneratedField(
        expression=GeodesicArea("geom"), output_field=models.FloatField(), db_persist=True
    )  # 椭球面积
    length_m = models.GeneratedField(
        expression=GeodesicLength("geom"), output_field=models.FloatField(), db_persist=True
    )  # 长度

    objects = ShapeQuerySet.as_manager()

    class Meta:
        verbose_name = _("shape")
        verbose_name_plural = _("shapes")
        constraints = [
            ExclusionConstraint(
                name="shape_one_a_day",
                expressions=[("unit", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                condition=Q(annulled=None),
                violation_error_message=_("This unit already has a shape at that time."),
            ),
            models.CheckConstraint(condition=Q(geom__isvalid=True), name="shape_geom_valid"),
            models.CheckConstraint(condition=Q(valid__isempty=False), name="shape_valid_not_empty"),
        ]
        triggers = [
            *marks("unit", "unit_id"),
            kept(),
            pgtrigger.Trigger(
                name="unit_has_a_place",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("unit_id"),
                func="""
                    IF EXISTS (SELECT 1 FROM registry_unit u
                                WHERE u.id = NEW.unit_id AND u.shape_need = 'none') THEN
                        RAISE EXCEPTION 'unit % has no place on the map', NEW.unit_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'shape_unit_has_a_place';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.valid}"
