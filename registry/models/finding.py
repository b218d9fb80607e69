"""Rules 规则, parameters 参数 and findings 问题."""

from __future__ import annotations

import datetime as dt

import pgtrigger
from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.codes import (
    LIVE_STATES,
    OPEN_STATES,
    BatchState,
    FindingOrigin,
    FindingState,
    Reading,
    Role,
    Severity,
)

from .history import tracked
from .labels import Labelled
from .marks import marks
from .scope import ScopedQuerySet


@tracked()
class Parameter(models.Model):
    """A threshold with its validity, its source and, where a division sets its own, the division. 中文：参数

    No rule holds a number: it asks for the parameter that is valid on the day of the event, the nearest
    division's first.
    """

    key = models.CharField(_("key"), max_length=60)  # 参数
    division = models.ForeignKey(
        "registry.Division", models.PROTECT, null=True, blank=True, related_name="parameters"
    )  # 行政区划
    valid = DateRangeField(_("validity"))  # 有效期
    value = models.JSONField(_("value"))  # 取值
    source = models.CharField(_("source"), max_length=255)  # 依据

    class Meta:
        verbose_name = _("parameter")
        verbose_name_plural = _("parameters")
        constraints = [
            ExclusionConstraint(
                name="parameter_one_value_a_day",
                expressions=[
                    ("key", RangeOperators.EQUAL),
                    (Coalesce("division", Value(0)), RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This parameter already has a value at that time."),
            )
        ]
        triggers = marks("parameter", "id", word="key")

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"


class FindingQuerySet(ScopedQuerySet):
    def open(self) -> FindingQuerySet:
        return self.filter(state__in=OPEN_STATES)

    def live(self) -> FindingQuerySet:
        """Open ones, and those waived until a day."""
        return self.filter(state__in=LIVE_STATES)


class Finding(Labelled):
    """What the facts, read on a given day, fall short of. 中文：问题

    One open finding per rule and subject. It stores the rule with its version, the parameters and the
    fingerprint of the inputs it was read from; the sentence is made from ``details`` for each reader.
    """

    origin = models.CharField(
        _("where it comes from"), max_length=12, choices=FindingOrigin.choices, default=FindingOrigin.RULE
    )  # 问题来源
    rule = models.CharField(_("rule"), max_length=12, blank=True)  # 规则编号
    rule_version = models.PositiveSmallIntegerField(_("rule version"), default=1)  # 规则版本
    subject_type = models.CharField(_("subject type"), max_length=24)  # 对象类型
    subject_key = models.CharField(_("subject key"), max_length=80)  # 对象键
    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="findings", verbose_name=_("division")
    )  # 行政区划
    unit = models.ForeignKey("registry.Unit", models.PROTECT, null=True, blank=True, related_name="findings")
    place = models.GeometryField(_("place"), srid=4490, null=True, blank=True)  # 位置
    reading = models.CharField(
        _("reading"), max_length=8, choices=Reading.choices, default=Reading.FOUND
    )  # 判读
    severity = models.CharField(_("severity"), max_length=1, choices=Severity.choices)  # 严重程度
    state = models.CharField(
        _("state"), max_length=12, choices=FindingState.choices, default=FindingState.OPEN
    )  # 状态
    since = models.DateField(_("true since"))  # 问题起始日期
    opened_on = models.DateField(_("opened on"))  # 发现日期
    read_on = models.DateField(_("last read for"))  # 最近判读日期
    closed_on = models.DateField(_("closed on"), null=True, blank=True)  # 销号日期
    closing = models.JSONField(_("last reading or closing evidence"), null=True, blank=True)  # 销号依据
    baseline = models.BooleanField(pgettext_lazy("a finding", "baseline"), default=False)  # 存量问题
    details = models.JSONField(_("details"), default=dict, blank=True)  # 详情
    parameters = models.JSONField(_("parameters"), default=dict, blank=True)  # 参数
    fingerprint = models.CharField(_("fingerprint of the inputs"), max_length=64, blank=True)  # 输入指纹
    text = models.TextField(_("what was found"), blank=True)  # 问题描述（人工录入、检查反馈）
    office = models.CharField(_("who must act"), max_length=20, choices=Role.choices, blank=True)  # 责任岗位
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
        verbose_name=_("responsible person"),
    )  # 整改责任人
    due_on = models.DateField(_("to be rectified by"), null=True, blank=True)  # 整改时限
    waived_until = models.DateField(_("waived until"), null=True, blank=True)  # 豁免到期日
    paper = models.ForeignKey(
        "registry.Source",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
        verbose_name=_("document or evidence"),
    )  # 豁免文件、销号佐证
    item = models.JSONField(_("line of the list it came in"), default=dict, blank=True)  # 清单原行
    batch = models.ForeignKey(
        "registry.ImportBatch", models.PROTECT, null=True, blank=True, related_name="findings"
    )

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["rule", "division_id", "subject_key", "id"]
        indexes = [
            models.Index(fields=["division", "state", "rule"], name="finding_scope"),
            models.Index(fields=["unit"], name="finding_unit"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "subject_type", "subject_key"],
                condition=Q(state__in=LIVE_STATES),
                name="finding_open_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[*LIVE_STATES], closed_on=None)
                | Q(state__in=[FindingState.CLOSED, FindingState.DISMISSED], closed_on__isnull=False),
                name="finding_closed_has_day",
            ),
            models.CheckConstraint(
                condition=~Q(state=FindingState.WAIVED) | Q(waived_until__isnull=False, paper__isnull=False),
                name="finding_waived_has_paper_and_end",
                violation_error_message=_("A finding is waived by a document and until a day."),
            ),
            models.CheckConstraint(
                condition=~Q(rule="") | ~Q(origin=FindingOrigin.RULE), name="finding_rule_or_list"
            ),
        ]
        triggers = [
            *marks("finding", "id", only=["state", "due_on", "waived_until"]),
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.subject_type}:{self.subject_key}"

    @property
    def age_days(self) -> int:
        """Days from the day it became true to the day it was last read for."""
        return (self.read_on - self.since) // dt.timedelta(days=1)


class RectificationKind(models.TextChoices):
    """What was written about a finding. 中文：整改记录类型"""

    MEASURE = "measure", _("measure")  # 整改措施
    PROGRESS = "progress", _("progress")  # 整改进展
    EVIDENCE = "evidence", _("evidence")  # 佐证材料


class RectificationQuerySet(ScopedQuerySet):
    DIVISION = "finding__division"

    def in_force(self) -> RectificationQuerySet:
        """Without those that came in a file whose import was taken back."""
        return self.filter(Q(batch=None) | ~Q(batch__state=BatchState.REVERSED))


class Rectification(models.Model):
    """A note on how a finding is put right. 中文：整改记录"""

    finding = models.ForeignKey(
        Finding, models.PROTECT, related_name="rectifications", verbose_name=_("finding")
    )  # 问题
    kind = models.CharField(_("kind"), max_length=10, choices=RectificationKind.choices)  # 类型
    on = models.DateField(_("day"))  # 日期
    text = models.CharField(pgettext_lazy("of a notice", "text"), max_length=500)  # 内容
    source = models.ForeignKey(
        "registry.Source",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rectifications",
        verbose_name=_("source"),
    )  # 佐证
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("recorded at"))  # 记录时间
    batch = models.ForeignKey(
        "registry.ImportBatch", models.PROTECT, null=True, blank=True, related_name="rectifications"
    )

    objects = RectificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("rectification note")
        verbose_name_plural = _("rectification notes")
        ordering = ["on", "id"]
        triggers = [
            *marks("finding", "finding_id"),
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.text


class BaselinePlanQuerySet(ScopedQuerySet):
    pass


class BaselinePlan(models.Model):
    """How a division works off what a rule found from before it went live. 中文：存量问题整改计划"""

    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="baseline_plans", verbose_name=_("division")
    )  # 行政区划
    rule = models.CharField(_("rule"), max_length=12)  # 规则编号
    text = models.CharField(_("plan"), max_length=500)  # 整改计划
    due_on = models.DateField(_("to be done by"))  # 完成时限
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("responsible person"),
    )  # 责任人

    objects = BaselinePlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("baseline plan")
        verbose_name_plural = _("baseline plans")
        constraints = [models.UniqueConstraint(fields=["division", "rule"], name="baselineplan_once")]

    def __str__(self) -> str:
        return f"{self.rule} {self.division_id}"


class RuleReading(models.Model):
    """For which day a rule was last read over everything. 中文：规则判读记录"""

    rule = models.CharField(max_length=12, unique=True)
    version = models.PositiveSmallIntegerField(default=1)
    read_on = models.DateField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.rule} {self.read_on}"
