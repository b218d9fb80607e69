"""Decisions 议决 and public notices 公告公示: several apps need them, so the registry holds them."""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.codes import DecisionBody, Matter, NoticeKind

from .history import tracked
from .marks import kept, marks
from .scope import ScopedQuerySet


class DecisionQuerySet(ScopedQuerySet):
    def in_force(self) -> DecisionQuerySet:
        return self.filter(annulled=None)


@tracked()
class Decision(models.Model):
    """A meeting that decided, with its counts. 中文：议决记录

    ``members_total``, ``present`` and ``in_favour`` are counted in members with full civil capacity (or in
    representatives); those who attend online or by proxy of the same household count as present
    (农村集体经济组织法第二十七条、第二十八条；村民委员会组织法).
    """

    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="decisions", verbose_name=_("division")
    )  # 行政区划
    body = models.CharField(_("deciding body"), max_length=24, choices=DecisionBody.choices)  # 议事机构
    collective = models.ForeignKey(
        "registry.Party",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="decisions",
        verbose_name=_("collective"),
    )  # 集体经济组织
    title = models.CharField(_("title"), max_length=200)  # 议题
    matters = ArrayField(
        models.PositiveSmallIntegerField(choices=Matter.choices),
        verbose_name=_("matters"),
        default=list,
        blank=True,
    )  # 议决事项
    held_on = models.DateField(_("held on"))  # 会议日期
    notice_on = models.DateField(_("announced on"), null=True, blank=True)  # 会议通知日期
    accounts_on = models.DateField(
        _("plan and accounts ready on"), null=True, blank=True
    )  # 方案、账目送达日期
    party_on = models.DateField(
        _("discussed by the Party organisation on"), null=True, blank=True
    )  # 党组织研究日期
    members_total = models.PositiveIntegerField(_("all who may vote"), null=True, blank=True)  # 应到人数
    present = models.PositiveIntegerField(_("present"), null=True, blank=True)  # 实到人数
    in_favour = models.PositiveIntegerField(_("in favour"), null=True, blank=True)  # 同意人数
    outcome = models.CharField(_("what was decided"), max_length=255, blank=True)  # 决议内容
    source = models.ForeignKey(
        "registry.Source",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="decisions",
        verbose_name=_("minutes"),
    )  # 会议记录
    units = models.ManyToManyField(
        "registry.Unit", related_name="decisions", blank=True, verbose_name=_("units")
    )  # 涉及登记单元
    batch = models.ForeignKey(
        "registry.ImportBatch", models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    annulled = models.ForeignKey(
        "registry.Act", models.PROTECT, null=True, blank=True, related_name="annulled_decisions"
    )

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-held_on", "-id"]
        indexes = [models.Index(fields=["division", "held_on"], name="decision_scope")]
        constraints = [
            models.CheckConstraint(
                condition=Q(members_total=None) | Q(present=None) | Q(present__lte=F("members_total")),
                name="decision_present_of_all",
                violation_error_message=_("More are present than may vote."),
            ),
            models.CheckConstraint(
                condition=Q(present=None) | Q(in_favour=None) | Q(in_favour__lte=F("present")),
                name="decision_in_favour_of_present",
                violation_error_message=_("More are in favour than present."),
            ),
        ]
        triggers = [*marks("decision", "id"), kept()]

    def __str__(self) -> str:
        return f"{self.title} {self.held_on}"


class NoticeQuerySet(ScopedQuerySet):
    def in_force(self) -> NoticeQuerySet:
        return self.filter(annulled=None)


@tracked()
class Notice(models.Model):
    """A public notice with its place, its days, and what it is a notice of. 中文：公告公示

    ``opened_on`` and ``closed_on`` are the first and the last day it hangs. ``matter`` ties notices of one
    thing together (the plan and the result of one distribution); ``covers`` is the period that a
    publication reports on.
    """

    kind = models.CharField(_("kind"), max_length=24, choices=NoticeKind.choices)  # 公示类型
    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="notices", verbose_name=_("division")
    )  # 行政区划
    title = models.CharField(_("title"), max_length=200)  # 标题
    text = models.TextField(_("text"), blank=True)  # 公示内容
    place = models.CharField(_("where it hangs"), max_length=120, blank=True)  # 公示地点
    channel = models.CharField(_("channel"), max_length=120, blank=True)  # 公示渠道
    opened_on = models.DateField(_("first day"))  # 公示开始
    closed_on = models.DateField(_("last day"))  # 公示结束
    takes_effect_on = models.DateField(_("the act takes effect on"), null=True, blank=True)  # 事项生效日期
    matter = models.CharField(_("matter"), max_length=80, blank=True)  # 事项编号
    covers = DateRangeField(_("period covered"), null=True, blank=True)  # 公开所属期间
    decision = models.ForeignKey(
        Decision, models.PROTECT, null=True, blank=True, related_name="notices", verbose_name=_("decision")
    )  # 议决记录
    source = models.ForeignKey(
        "registry.Source",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="notices",
        verbose_name=_("source"),
    )  # 依据
    units = models.ManyToManyField(
        "registry.Unit", related_name="notices", blank=True, verbose_name=_("units")
    )  # 涉及登记单元
    batch = models.ForeignKey(
        "registry.ImportBatch", models.PROTECT, null=True, blank=True, related_name="notices"
    )
    annulled = models.ForeignKey(
        "registry.Act", models.PROTECT, null=True, blank=True, related_name="annulled_notices"
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("public notice")
        verbose_name_plural = _("public notices")
        ordering = ["-opened_on", "-id"]
        indexes = [models.Index(fields=["division", "kind", "opened_on"], name="notice_scope")]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on__gte=F("opened_on")),
                name="notice_closes_after_opening",
                violation_error_message=_("A notice does not close before it opens."),
            ),
        ]
        triggers = [
            *marks("notice", "id"),
            *marks("place", "division_id", prefix="touch_place"),  # what a place has published
            kept(),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.opened_on}"

    @property
    def days(self) -> int:
        """Days it hangs, the first and the last counted."""
        return (self.closed_on - self.opened_on) // dt.timedelta(days=1) + 1


class Objection(models.Model):
    """An objection to a notice, and the answer. 中文：异议及答复"""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="objections", verbose_name=_("notice"))
    raised_on = models.DateField(_("raised on"))  # 提出日期
    text = models.CharField(_("objection"), max_length=500)  # 异议内容
    answered_on = models.DateField(_("answered on"), null=True, blank=True)  # 答复日期
    answer = models.CharField(_("answer"), max_length=500, blank=True)  # 答复内容

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ["raised_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_on=None, answer="")
                | (Q(answered_on__gte=F("raised_on")) & ~Q(answer="")),
                name="objection_answer_has_day",
            )
        ]
        triggers = [*marks("notice", "notice_id"), kept()]

    def __str__(self) -> str:
        return self.text
