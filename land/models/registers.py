"""Four small registers of land, alike in everything but a few columns. 中文：用地台账

Houses built on farmland before the ban, point supply of land, land idle inside villages, certificates of
homesteads and collective construction land. A row names who holds it and is dated; nothing is deleted, a row
that is wrong is struck by an act.
"""

from __future__ import annotations

from django.contrib.gis.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from land.register_codes import (
    CertificateKind,
    CertificateState,
    HouseState,
    IdleKind,
    IdleState,
    SupplyState,
)
from registry.models.history import tracked
from registry.models.marks import kept
from registry.models.scope import ScopedQuerySet


class RegisterQuerySet(ScopedQuerySet):
    def in_force(self) -> RegisterQuerySet:
        """Rows that were not struck, and whose import was not taken back."""
        return self.filter(annulled=None)


def area(label: object, **more: object) -> models.DecimalField:
    """Square metres, nothing where nothing is known."""
    return models.DecimalField(label, max_digits=14, decimal_places=2, null=True, blank=True, **more)  # type: ignore[call-overload]


class RegisterRow(models.Model):
    """What the rows of the four registers have in common. 中文：台账行"""

    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="+", verbose_name=_("division")
    )  # 行政区划
    holder = models.CharField(
        pgettext_lazy("of a land register", "holder"), max_length=160
    )  # 户主、权利人、用地单位
    number = models.CharField(
        pgettext_lazy("of a land register", "number"), max_length=80, blank=True
    )  # 编号、证号、文号
    area_m2 = area(_("area (m²)"))  # 面积
    on = models.DateField(
        pgettext_lazy("of a land register", "day"), null=True, blank=True
    )  # 建成、批准、闲置、登记日期
    note = models.CharField(_("note"), max_length=255, blank=True)  # 备注
    batch = models.ForeignKey(
        "registry.ImportBatch", models.PROTECT, null=True, blank=True, related_name="+"
    )  # 导入批次
    annulled = models.ForeignKey(
        "registry.Act", models.PROTECT, null=True, blank=True, related_name="+"
    )  # 撤销

    objects = RegisterQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["division_id", "id"]

    def __str__(self) -> str:
        return f"{self.holder} {self.number}".strip()


@tracked()
class FarmlandHouse(RegisterRow):
    """A house built on farmland before the ban (存量). 中文：乱占耕地建房存量

    ``on`` is the day on which it was built; what was begun later is a case (E04).
    """

    farmland_m2 = area(_("farmland (m²)"))  # 占用耕地
    basic_farmland_m2 = area(_("permanent basic farmland (m²)"))  # 占用永久基本农田
    state = models.CharField(
        _("state"), max_length=12, choices=HouseState.choices, default=HouseState.PENDING
    )  # 处置状态

    class Meta(RegisterRow.Meta):
        verbose_name = _("house on farmland")
        verbose_name_plural = _("houses on farmland")
        constraints = [
            models.CheckConstraint(
                condition=Q(farmland_m2=None) | Q(area_m2=None) | Q(farmland_m2__lte=F("area_m2")),
                name="farmlandhouse_part_of_it",
                violation_error_message=_("The farmland is no more than the whole area."),
            ),
            models.CheckConstraint(
                condition=Q(farmland_m2=None)
                | Q(basic_farmland_m2=None)
                | Q(basic_farmland_m2__lte=F("farmland_m2")),
                name="farmlandhouse_basic_part_of_it",
                violation_error_message=_("The permanent basic farmland is no more than the farmland."),
            ),
        ]
        triggers = [kept()]


@tracked()
class PointSupplyApproval(RegisterRow):
    """Land supplied for the footprint alone; the rest of the project stays as it is. 中文：点状供地

    ``area_m2`` is the footprint, ``on`` the day of the approval. ``checked`` is what the overlay with basic
    farmland and the ecological red line gave when it was registered.
    """

    project_m2 = area(_("area of the whole project (m²)"))  # 项目总面积
    geom = models.MultiPolygonField(_("footprint"), srid=4490, null=True, blank=True)  # 供地范围
    checked = models.JSONField(_("check of the footprint"), default=dict, blank=True)  # 红线核查结果
    state = models.CharField(
        _("state"), max_length=12, choices=SupplyState.choices, default=SupplyState.APPROVED
    )  # 供地状态

    class Meta(RegisterRow.Meta):
        verbose_name = _("point supply")
        verbose_name_plural = _("point supplies")
        constraints = [
            models.CheckConstraint(
                condition=Q(project_m2=None) | Q(area_m2=None) | Q(area_m2__lte=F("project_m2")),
                name="pointsupply_footprint_of_project",
                violation_error_message=_("The footprint is no more than the whole project."),
            )
        ]
        triggers = [kept()]


@tracked()
class IdleLand(RegisterRow):
    """Land that lies idle inside a village. 中文：村庄内空闲地"""

    kind = models.CharField(
        _("kind"), max_length=12, choices=IdleKind.choices, default=IdleKind.VACANT
    )  # 类型
    state = models.CharField(
        _("state"), max_length=12, choices=IdleState.choices, default=IdleState.IDLE
    )  # 盘活状态

    class Meta(RegisterRow.Meta):
        verbose_name = _("idle land")
        verbose_name_plural = _("idle land")
        triggers = [kept()]


@tracked()
class LandCertificate(RegisterRow):
    """A homestead or collective construction land and its registration. 中文：房地一体登记

    ``number`` is that of the certificate, ``on`` the day of registration.
    """

    kind = models.CharField(
        _("kind"), max_length=12, choices=CertificateKind.choices, default=CertificateKind.HOMESTEAD
    )  # 类型
    house_m2 = area(_("area of the house (m²)"))  # 房屋建筑面积
    state = models.CharField(
        _("state"), max_length=12, choices=CertificateState.choices, default=CertificateState.SURVEYED
    )  # 登记状态

    class Meta(RegisterRow.Meta):
        verbose_name = _("land certificate")
        verbose_name_plural = _("land certificates")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=CertificateState.REGISTERED) | ~Q(number=""),
                name="landcertificate_registered_has_number",
                violation_error_message=_("What is registered has the number of its certificate."),
            )
        ]
        triggers = [kept()]
