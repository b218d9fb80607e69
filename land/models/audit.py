"""The audit of everything registered against the layers: the last run of a division. 中文：全域核查"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models.scope import ScopedQuerySet


class AuditLayer(models.TextChoices):
    """What a line was measured against. 中文：核查图层"""

    BASIC_FARMLAND = "basic_farmland", _("permanent basic farmland")  # 永久基本农田
    FARMLAND = "farmland", _("farmland of the survey")  # 耕地


class AuditQuerySet(ScopedQuerySet):
    pass


class Audit(models.Model):
    """One run: the day, the place, the layers it read. 中文：全域核查

    Its figures are of audit grade (equal-area plane): for screening, totals and ranking. What a person reads
    on a verdict or a finding is measured anew in official grade.
    """

    division = models.ForeignKey(
        "registry.Division", models.PROTECT, null=True, related_name="audits", verbose_name=_("division")
    )  # 行政区划
    day = models.DateField(_("day"))  # 核查日期
    made_at = models.DateTimeField(_("made at"), auto_now_add=True)  # 生成时间
    vintages = models.JSONField(_("layers read"), default=list)  # 采用图层
    shapes = models.PositiveIntegerField(_("shapes looked at"), default=0)  # 核查图形数

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit")
        verbose_name_plural = _("audits")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.day}"


class AuditLine(models.Model):
    """Ground that one unit and one zone (or one class in one village) have in common. 中文：核查结果

    Written by COPY; the keys have no constraints, as a run is dropped as a whole.
    """

    audit = models.ForeignKey(Audit, models.CASCADE, related_name="lines")
    layer = models.CharField(_("layer"), max_length=16, choices=AuditLayer.choices)  # 图层
    unit = models.ForeignKey(
        "registry.Unit", models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False
    )  # 登记单元
    vintage_id = models.BigIntegerField()
    row_id = models.BigIntegerField(null=True)  # of the zone
    class_code = models.CharField(_("class code"), max_length=5, blank=True)  # 地类编码
    village = models.ForeignKey(
        "registry.Division",
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        related_name="+",
        db_index=False,
    )  # 坐落村
    area_m2 = models.FloatField(_("area (m²)"))  # 面积

    class Meta:
        verbose_name = _("line of an audit")
        verbose_name_plural = _("lines of audits")

    def __str__(self) -> str:
        return f"{self.layer} {self.area_m2:.2f}"
