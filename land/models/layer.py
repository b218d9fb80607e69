"""Survey deliveries: vintages 版本, and the immutable rows they hold (parcels 地类图斑, zones 管控区).

Parcels and zones are list-partitioned by vintage: reversing a delivery drops its partitions. No history
triggers and no foreign keys come in; whoever cites a parcel names vintage and BSM.
"""

from __future__ import annotations

import datetime as dt

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models.scope import ScopedQuerySet


class VintageKind(models.TextChoices):
    """Kind of a delivered layer. 中文：图层类型"""

    PARCELS = "parcels", _("land-use parcels")  # 地类图斑
    BASIC_FARMLAND = "basic_farmland", _("permanent basic farmland")  # 永久基本农田
    BASIC_FARMLAND_RESERVE = "basic_farmland_reserve", _("basic farmland reserve")  # 储备区
    ECOLOGICAL_RED_LINE = "ecological_red_line", _("ecological red line")  # 生态保护红线
    URBAN_BOUNDARY = "urban_boundary", _("urban growth boundary")  # 城镇开发边界
    APPROVALS = "approvals", _("approved land, not yet built on")  # 批准未建设土地
    TEMPORARY_LAND = "temporary_land", _("temporary land")  # 临时用地
    CLUES = "clues", _("clue polygons of monitoring")  # 监测图斑
    INCREMENT = "increment", _("annual increment package")  # 变更调查增量包


ZONE_KINDS = tuple(kind for kind in VintageKind.values if kind != VintageKind.PARCELS)


class VintageQuerySet(ScopedQuerySet):
    def in_force(self) -> VintageQuerySet:
        """Vintages whose import was applied and not reversed."""
        return self.filter(dropped_at=None)

    def covering_day(self, day: dt.date) -> VintageQuerySet:
        """Vintages that speak of a day, the newest first: state of year Y holds from the end of Y-1 on."""
        return self.in_force().filter(year__lte=day.year).order_by("-year", "-id")


class Vintage(models.Model):
    """One delivery of one layer: its year, where it speaks, where it came from. 中文：图层版本"""

    kind = models.CharField(_("layer"), max_length=24, choices=VintageKind.choices)  # 图层
    year = models.PositiveSmallIntegerField(_("survey year"))  # 数据年份
    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="vintages", verbose_name=_("division")
    )  # 行政区划
    official = models.BooleanField(_("official delivery"), default=True)  # 官方成果
    source_srid = models.PositiveIntegerField(_("delivered in EPSG"))  # 坐标系
    scheme = models.CharField(_("class scheme"), max_length=12, default="survey3")  # 地类体系
    coverage = models.MultiPolygonField(_("coverage"), srid=4490, null=True)  # 覆盖范围
    coverage_basis = models.CharField(_("how the coverage is known"), max_length=24)  # 覆盖依据
    feature_count = models.PositiveIntegerField(_("features"))  # 要素数
    quarantined_count = models.PositiveIntegerField(_("quarantined"), default=0)  # 隔离数
    area_m2 = models.DecimalField(_("official area (m²)"), max_digits=17, decimal_places=2)  # 椭球面积
    counted_m2 = models.DecimalField(
        _("counted area (m²)"), max_digits=17, decimal_places=2, null=True
    )  # 地类面积
    batch = models.OneToOneField("registry.ImportBatch", models.PROTECT, related_name="vintage")
    loaded_at = models.DateTimeField(_("loaded at"), auto_now_add=True)
    dropped_at = models.DateTimeField(_("dropped at"), null=True, blank=True)

    objects = VintageQuerySet.as_manager()

    class Meta:
        verbose_name = _("vintage")
        verbose_name_plural = _("vintages")
        ordering = ["kind", "-year", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "year", "division"],
                condition=Q(dropped_at=None),
                name="vintage_once",
                violation_error_message=_(
                    "This layer of this year is already loaded here. Reverse its batch first."
                ),
            ),
            models.CheckConstraint(
                condition=Q(year__gte=1990, year__lte=2100), name="vintage_year_plausible"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}"


class LayerRowQuerySet(ScopedQuerySet):
    DIVISION = "vintage__division"


class LayerRow(models.Model):
    """What parcels and zones have in common: the row of a vintage with its geometries.

    ``geom`` is the geometry of record (EPSG:4490, unrounded). ``work`` is derived: the same in the county's
    working plane, SRID 0, densified where it was digitised in another plane. ``merc`` is derived: EPSG:3857.
    ``shape_key`` is derived: of the outline in a normal form, whatever the start and direction of its rings.
    """

    vintage = models.ForeignKey(Vintage, models.DO_NOTHING, db_constraint=False, related_name="+")
    number = models.PositiveIntegerField(_("feature number"))  # 要素序号
    bsm = models.CharField(_("parcel id"), max_length=20, blank=True)  # 标识码 BSM
    village_code = models.CharField(_("located unit code"), max_length=19, blank=True)  # 坐落单位代码
    village = models.ForeignKey(
        "registry.Division", models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )  # 坐落村
    class_code = models.CharField(_("class code"), max_length=5, blank=True)  # 地类编码
    gross_m2 = models.DecimalField(_("stated area (m²)"), max_digits=15, decimal_places=2, null=True)
    counted_m2 = models.DecimalField(
        _("stated counted area (m²)"), max_digits=15, decimal_places=2, null=True
    )
    deduction_ratio = models.DecimalField(
        _("ridge ratio"), max_digits=6, decimal_places=4, default=0
    )  # 扣除系数
    official_m2 = models.DecimalField(_("official area (m²)"), max_digits=15, decimal_places=2)  # 椭球面积
    quality_grade = models.PositiveSmallIntegerField(_("quality grade"), null=True)  # 耕地等别
    attrs = models.JSONField(_("other attributes"), default=dict)  # 其他属性
    geom = models.MultiPolygonField(_("geometry"), srid=4490)
    work = models.GeometryField(_("in the working plane"), srid=0)
    merc = models.GeometryField(_("in Web Mercator"), srid=3857)
    shape_key = models.UUIDField(_("key of the outline"), null=True)  # equal outlines have equal keys

    objects = LayerRowQuerySet.as_manager()

    class Meta:
        abstract = True
        managed = False


class Parcel(LayerRow):
    """A land-use parcel of a survey. 中文：地类图斑"""

    tbbh = models.CharField(_("parcel number"), max_length=8, blank=True)  # 图斑编号
    class_name = models.CharField(_("class name"), max_length=60, blank=True)  # 地类名称

    class Meta(LayerRow.Meta):
        db_table = "land_parcel"
        verbose_name = _("parcel")
        verbose_name_plural = _("parcels")

    def __str__(self) -> str:
        return f"{self.bsm} {self.class_code}"


class Zone(LayerRow):
    """A zone of a control line. 中文：管控区图斑"""

    protected_from = models.DateField(_("protected from"), null=True)  # 保护开始时间 BHKSSJ
    protected_to = models.DateField(_("protected until"), null=True)  # 保护结束时间 BHJSSJ

    class Meta(LayerRow.Meta):
        db_table = "land_zone"
        verbose_name = _("zone")
        verbose_name_plural = _("zones")

    def __str__(self) -> str:
        return self.bsm


class Quarantine(models.Model):
    """A feature that cannot be computed with: where it lies the answer is NO_DATA. 中文：隔离要素"""

    vintage = models.ForeignKey(Vintage, models.CASCADE, related_name="quarantine")
    number = models.PositiveIntegerField(_("feature number"))  # 要素序号
    bsm = models.CharField(_("parcel id"), max_length=20, blank=True)
    code = models.CharField(_("rule"), max_length=12)  # 规则
    reason = models.CharField(_("reason"), max_length=255)  # 原因
    place = models.PointField(_("place"), srid=4490, null=True)  # 位置
    envelope = models.PolygonField(_("where it lies"), srid=4490, null=True)  # 外包矩形

    class Meta:
        verbose_name = _("quarantined feature")
        verbose_name_plural = _("quarantined features")

    def __str__(self) -> str:
        return f"{self.code} {self.number}"
