"""Enforcement cases 执法案件: from a clue to its closure, by dated steps. 中文：线索、核查、举证、整改"""

from __future__ import annotations

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from land.case_codes import CaseOrigin, Outcome, Stage
from registry.models.history import tracked
from registry.models.marks import kept, marks_units
from registry.models.scope import ScopedQuerySet

from .case_guards import append_only, area_stays, parts_make_the_whole, stage_by_steps, step_follows

USER = settings.AUTH_USER_MODEL
# The units of the cases that were written (``w``), and of the other cases of their parties (P11).
WITH_THE_PARTY = (
    "SELECT w.unit_id FROM ({written}) w UNION SELECT c.unit_id FROM ({written}) w"
    " JOIN land_case c ON c.party_id = w.party_id"
)
OF_CASE = "SELECT o.unit_id, o.party_id FROM touched t JOIN land_case o ON o.id = t.case_id"
OF_VERIFICATION = (
    "SELECT o.unit_id, o.party_id FROM touched t JOIN land_verification v ON v.id = t.verification_id"
    " JOIN land_case o ON o.id = v.case_id"
)


class CaseQuerySet(ScopedQuerySet):
    DIVISION = "unit__division"

    def in_force(self) -> CaseQuerySet:
        return self.filter(unit__annulled=None)


@tracked()
class Case(models.Model):
    """A clue that is being looked into: 1:1 with its unit. 中文：案件

    ``stage``, ``stage_since``, ``outcome``, ``confirmed_on`` are what the steps say; a trigger writes them.
    ``basic_farmland_m2`` and ``farmland_m2`` (the basic farmland included) are those of the check in the
    office, which ``ground`` describes. A clue is named by vintage and number, never by a foreign key.
    """

    unit = models.OneToOneField("registry.Unit", models.PROTECT, related_name="case")  # 登记单元
    origin = models.CharField(_("origin"), max_length=10, choices=CaseOrigin.choices)  # 线索来源
    vintage = models.ForeignKey(
        "land.Vintage", models.PROTECT, null=True, blank=True, related_name="cases"
    )  # 图层版本
    clue_number = models.PositiveIntegerField(_("feature number"), null=True, blank=True)  # 要素序号
    clue_id = models.CharField(_("clue number"), max_length=40, blank=True)  # 图斑编号
    finding = models.ForeignKey(
        "registry.Finding", models.PROTECT, null=True, blank=True, related_name="cases"
    )  # 来源问题
    area_m2 = models.DecimalField(_("area of the clue (m²)"), max_digits=14, decimal_places=2)  # 图斑面积
    found_on = models.DateField(_("image or discovery"), null=True, blank=True)  # 影像、发现日期
    began_on = models.DateField(_("building began"), null=True, blank=True)  # 动工日期
    party = models.ForeignKey(
        "registry.Party",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("party of the case"),
    )  # 当事人
    note = models.CharField(_("what is there"), max_length=255, blank=True)  # 现状说明
    basic_farmland_m2 = models.DecimalField(
        _("permanent basic farmland (m²)"), max_digits=14, decimal_places=2, null=True, blank=True
    )  # 其中永久基本农田
    farmland_m2 = models.DecimalField(
        _("farmland (m²)"), max_digits=14, decimal_places=2, null=True, blank=True
    )  # 其中耕地
    ground = models.JSONField(_("check in the office"), default=dict, blank=True)  # 内业核查依据
    stage = models.CharField(
        _("stage"), max_length=16, choices=Stage.choices, default=Stage.CLUE_ISSUED
    )  # 办理阶段
    stage_since = models.DateField(_("stage since"))  # 阶段起始日期
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices, blank=True)  # 核查结论
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)  # 认定日期

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering = ["-id"]
        indexes = [models.Index(fields=["stage", "stage_since"], name="case_stage")]
        constraints = [
            models.UniqueConstraint(
                fields=["vintage", "clue_number"],
                name="case_clue_once",
                violation_error_message=_("This clue already has a case."),
            ),
            models.CheckConstraint(condition=Q(area_m2__gt=0), name="case_area_positive"),
            models.CheckConstraint(
                condition=Q(basic_farmland_m2=None, farmland_m2=None)
                | Q(basic_farmland_m2__gte=0, farmland_m2__gte=0)
                | Q(basic_farmland_m2__gte=0, farmland_m2=None),
                name="case_farmland_not_negative",
            ),
        ]
        triggers = [
            *marks_units(WITH_THE_PARTY.format(written="SELECT t.unit_id, t.party_id FROM touched t")),
            kept(),
            stage_by_steps(),
            area_stays(),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.stage}"


class OfCaseQuerySet(ScopedQuerySet):
    DIVISION = "case__unit__division"

    def in_force(self) -> OfCaseQuerySet:
        return self.filter(annulled=None)


class CaseStep(models.Model):
    """One dated step of a case, by an officer. 中文：办理环节"""

    case = models.ForeignKey(Case, models.PROTECT, related_name="steps", verbose_name=_("case"))
    number = models.PositiveSmallIntegerField(_("number"))  # 序号
    stage = models.CharField(_("stage"), max_length=16, choices=Stage.choices)  # 办理阶段
    day = models.DateField(_("day"))  # 日期
    by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")  # 经办人
    note = models.CharField(_("note"), max_length=500, blank=True)  # 说明
    source = models.ForeignKey(
        "registry.Source", models.PROTECT, null=True, blank=True, related_name="case_steps"
    )  # 依据
    at = models.DateTimeField(_("recorded at"))  # 记录时间

    class Meta:
        verbose_name = _("step of a case")
        verbose_name_plural = _("steps of cases")
        ordering = ["case_id", "number"]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="casestep_once")]
        triggers = [append_only(), step_follows()]

    def __str__(self) -> str:
        return f"{self.case_id}.{self.number} {self.stage}"


@tracked()
class Verification(models.Model):
    """What an officer saw on the spot; another round annuls the one before. 中文：实地核查"""

    case = models.ForeignKey(Case, models.PROTECT, related_name="verifications", verbose_name=_("case"))
    day = models.DateField(_("verified on"))  # 核查日期
    by = models.ForeignKey(
        USER, models.PROTECT, related_name="verifications", verbose_name=_("verifier")
    )  # 核查人
    report = models.CharField(_("what was seen"), max_length=500)  # 现场情况
    source = models.ForeignKey(
        "registry.Source", models.PROTECT, null=True, blank=True, related_name="verifications"
    )  # 现场记录（照片、签字确认）
    annulled = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("field verification")
        verbose_name_plural = _("field verifications")
        ordering = ["case_id", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(annulled=None), name="verification_one_in_force"
            )
        ]
        triggers = [
            *marks_units(WITH_THE_PARTY.format(written=OF_CASE)),
            kept(),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.day}"


@tracked()
class Evidence(models.Model):
    """A picture of the field verification: where, facing where, when. 中文：举证照片

    It counts only with all three; what the camera did not write the officer fills in.
    """

    verification = models.ForeignKey(Verification, models.PROTECT, related_name="evidence")
    file = models.OneToOneField(
        "registry.SourceFile", models.PROTECT, related_name="evidence", verbose_name=_("picture")
    )  # 照片
    taken_at = models.DateTimeField(_("taken at"), null=True, blank=True)  # 拍摄时间
    taken_where = models.PointField(_("taken where"), srid=4490, null=True, blank=True)  # 拍摄位置
    azimuth = models.DecimalField(
        _("azimuth (degrees)"), max_digits=5, decimal_places=1, null=True, blank=True
    )  # 方位角

    class Meta:
        verbose_name = _("field evidence")
        verbose_name_plural = _("field evidence")
        ordering = ["verification_id", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(azimuth=None) | Q(azimuth__gte=0, azimuth__lt=360),
                name="evidence_azimuth_on_the_circle",
            )
        ]
        triggers = [
            *marks_units(
                "SELECT c.unit_id FROM touched t JOIN land_verification v ON v.id = t.verification_id"
                " JOIN land_case c ON c.id = v.case_id"
            ),
            kept(),
        ]

    def __str__(self) -> str:
        return f"{self.verification_id} {self.file_id}"

    @property
    def counts(self) -> bool:
        """Whether position, azimuth and time are all known."""
        return None not in (self.taken_at, self.taken_where, self.azimuth)


class CasePart(models.Model):
    """A part of a clue with its own outcome; a clue that is not split has one. 中文：图斑拆分"""

    verification = models.ForeignKey(Verification, models.PROTECT, related_name="parts")
    number = models.PositiveSmallIntegerField(_("number"))  # 序号
    area_m2 = models.DecimalField(_("area (m²)"), max_digits=14, decimal_places=2)  # 面积
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices)  # 核查结论
    note = models.CharField(_("note"), max_length=255, blank=True)  # 说明
    geom = models.MultiPolygonField(_("outline"), srid=4490, null=True, blank=True)  # 范围

    class Meta:
        verbose_name = _("part of a clue")
        verbose_name_plural = _("parts of clues")
        ordering = ["verification_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["verification", "number"], name="casepart_once"),
            models.CheckConstraint(condition=Q(area_m2__gt=0), name="casepart_area_positive"),
        ]
        triggers = [
            *marks_units(WITH_THE_PARTY.format(written=OF_VERIFICATION)),
            append_only(),
            parts_make_the_whole(),
        ]

    def __str__(self) -> str:
        return f"{self.verification_id}.{self.number} {self.outcome}"
