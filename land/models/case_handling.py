"""How a case is dealt with: areas by method, days that do not count, who closed it. 中文：整改、中止、销号"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from land.case_codes import PauseKind, RectifyMethod
from registry.models.history import tracked
from registry.models.marks import kept, marks_units

from .case import Case, CaseStep, OfCaseQuerySet
from .case_guards import append_only

USER = settings.AUTH_USER_MODEL


@tracked()
class CaseRectification(models.Model):
    """How much of a clue was dealt with in which way; every method once. 中文：整改处置"""

    case = models.ForeignKey(Case, models.PROTECT, related_name="rectifications", verbose_name=_("case"))
    method = models.CharField(_("method"), max_length=20, choices=RectifyMethod.choices)  # 整改方式
    area_m2 = models.DecimalField(_("area (m²)"), max_digits=14, decimal_places=2)  # 面积
    note = models.CharField(_("note"), max_length=255, blank=True)  # 说明
    annulled = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("rectification of a case")
        verbose_name_plural = _("rectifications of cases")
        ordering = ["case_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "method"],
                condition=Q(annulled=None),
                name="caserectification_method_once",
                violation_error_message=_("Each method counts once."),
            ),
            models.CheckConstraint(condition=Q(area_m2__gt=0), name="caserectification_area_positive"),
        ]
        triggers = [
            *marks_units("SELECT c.unit_id FROM touched t JOIN land_case c ON c.id = t.case_id"),
            kept(),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.method}"


@tracked()
class CasePause(models.Model):
    """Days that do not count for the deadlines. 中文：不计入期限的期间"""

    case = models.ForeignKey(Case, models.PROTECT, related_name="pauses", verbose_name=_("case"))
    kind = models.CharField(_("reason"), max_length=10, choices=PauseKind.choices)  # 事由
    valid = DateRangeField(_("from, to"))  # 起止日期
    source = models.ForeignKey(
        "registry.Source", models.PROTECT, null=True, blank=True, related_name="+"
    )  # 依据

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        ordering = ["case_id", "valid"]
        constraints = [
            ExclusionConstraint(
                name="casepause_one_a_day",
                expressions=[("case", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(condition=Q(valid__isempty=False), name="casepause_not_empty"),
        ]
        triggers = [
            *marks_units("SELECT c.unit_id FROM touched t JOIN land_case c ON c.id = t.case_id"),
            kept(),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"


class ClosureRecord(models.Model):
    """A case is closed by another person than the verifier. 中文：销号记录"""

    step = models.OneToOneField(CaseStep, models.PROTECT, related_name="closure")
    verifier = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("verifier"))  # 核查人
    closer = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("closer"))  # 销号人
    areas = models.JSONField(_("areas by method (m²)"))  # 分方式面积

    class Meta:
        verbose_name = _("closure")
        verbose_name_plural = _("closures")
        constraints = [
            models.CheckConstraint(
                condition=~Q(closer=F("verifier")),
                name="closurerecord_other_person",
                violation_error_message=_("A case is closed by another person than the verifier."),
            )
        ]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.step_id}"
