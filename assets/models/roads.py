"""Rural roads 农村公路: routes with sections, where people live, and what may stand beside a road."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.contrib.gis.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assets.codes_networks import RoadClass, RoadLevel, RoadPurpose, Surface, ZoneReason
from registry.models.history import tracked
from registry.models.marks import kept, marks, marks_units
from registry.models.scope import ScopedQuerySet

from .details import Detail, measure, not_negative, once


@tracked()
class RoadRoute(models.Model):
    """A route: a code, a name, a level; its sections are assets. 中文：路线

    The code may contradict the pattern or the level: what an old list says can be recorded, ROD-07 finds it.
    """

    code = models.CharField(_("route code"), max_length=20, unique=True)  # 路线编码
    name = models.CharField(_("route name"), max_length=120, blank=True)  # 路线名称
    level = models.CharField(_("road level"), max_length=1, choices=RoadLevel.choices)  # 行政等级

    class Meta:
        verbose_name = _("route")
        verbose_name_plural = _("routes")
        ordering = ["code"]
        triggers = [
            *marks_units("SELECT s.unit_id FROM assets_roadsection s JOIN touched t ON s.route_id = t.id"),
            kept(),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}".strip()


@tracked()
class RoadSection(Detail):
    """A section of a route, from stake to stake. 中文：路段

    Stakes and mileage are in kilometres with three decimals, as 里程桩 have them. The line is the shape of
    its unit; road chiefs are entries of the kernel (road_chief), the upkeep unit bears the upkeep duty.
    """

    route = models.ForeignKey(
        RoadRoute, models.PROTECT, related_name="sections", verbose_name=_("route")
    )  # 路线
    number = models.CharField(_("section number"), max_length=20, blank=True)  # 路段编号
    start_name = models.CharField(_("starts at"), max_length=80, blank=True)  # 起点名称
    start_stake = measure(_("start stake (km)"), 9, 3)  # 起点桩号
    end_name = models.CharField(_("ends at"), max_length=80, blank=True)  # 止点名称
    end_stake = measure(_("end stake (km)"), 9, 3)  # 止点桩号
    mileage_km = measure(_("mileage (km)"), 9, 3)  # 里程（公里）
    technical_class = models.CharField(
        _("technical class"), max_length=10, choices=RoadClass.choices, blank=True
    )  # 技术等级
    surface = models.CharField(_("surface"), max_length=10, choices=Surface.choices, blank=True)  # 面层类型
    subgrade_m = measure(_("width of the roadbed (m)"), 5, 2)  # 路基宽度
    width_m = measure(_("width of the surface (m)"), 5, 2)  # 路面宽度
    lanes = models.PositiveSmallIntegerField(_("lanes"), null=True, blank=True)  # 车道数
    all_weather = models.BooleanField(_("passable in all weather"), null=True, blank=True)  # 是否晴雨通车
    built_year = models.PositiveSmallIntegerField(_("year built"), null=True, blank=True)  # 建成年度
    rebuilt_year = models.PositiveSmallIntegerField(_("year rebuilt"), null=True, blank=True)  # 改建年度
    purpose = models.CharField(
        _("road purpose"), max_length=10, choices=RoadPurpose.choices, blank=True
    )  # 道路用途

    class Meta:
        verbose_name = _("road section")
        verbose_name_plural = _("road sections")
        constraints = [
            once("roadsection_once"),
            not_negative("roadsection_measures", "start_stake", "mileage_km", "subgrade_m", "width_m"),
            models.CheckConstraint(
                condition=Q(start_stake=None) | Q(end_stake=None) | Q(end_stake__gt=F("start_stake")),
                name="roadsection_stakes_in_order",
                violation_error_message=_("A section ends at a higher stake than it begins."),
            ),
        ]
        triggers = [
            *marks_units(  # the stakes of a section are read with those of its neighbours
                "SELECT o.unit_id FROM assets_roadsection o JOIN touched t ON o.route_id = t.route_id"
            ),
            kept(),
        ]

    @property
    def built_on(self) -> dt.date | None:
        """The first day of the year from which it stands as it is."""
        year = self.rebuilt_year or self.built_year
        return dt.date(year, 1, 1) if year else None

    @property
    def half_width_m(self) -> Decimal:
        """From the middle to the edge of the roadbed; 0 where no width is known."""
        return (self.subgrade_m or self.width_m or Decimal(0)) / 2


class CentreQuerySet(ScopedQuerySet):
    def in_force(self) -> CentreQuerySet:
        return self.filter(annulled=None)


@tracked()
class Centre(models.Model):
    """Where the people of a place live: the middle of a natural village, the seat of a township. 中文：驻地

    Geometry of record: EPSG:4490. One a place; it is moved by an act, and the history keeps where it was.
    """

    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="centres", verbose_name=_("place")
    )  # 行政区划
    geom = models.PointField(_("centre"), srid=4490)  # 驻地位置
    batch = models.ForeignKey("registry.ImportBatch", models.PROTECT, null=True, blank=True, related_name="+")

    annulled = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = CentreQuerySet.as_manager()

    class Meta:
        verbose_name = _("centre of a place")
        verbose_name_plural = _("centres of places")
        constraints = [
            models.UniqueConstraint(fields=["division"], condition=Q(annulled=None), name="centre_once")
        ]
        triggers = [*marks("place", "division_id"), kept()]

    def __str__(self) -> str:
        return str(self.division)


@tracked()
class ZonePermit(Detail):
    """The paper by which something may stand in the control zone of a road. 中文：建筑控制区准许"""

    reason = models.CharField(_("reason"), max_length=12, choices=ZoneReason.choices)  # 事由
    source = models.ForeignKey(
        "registry.Source", models.PROTECT, related_name="+", verbose_name=_("document")
    )  # 依据

    class Meta:
        verbose_name = _("permit in a control zone")
        verbose_name_plural = _("permits in control zones")
        constraints = [once("zonepermit_once")]
        triggers = [*marks("unit", "unit_id"), kept()]
