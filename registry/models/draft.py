"""Drafts 草拟: what a clerk proposes; without effect until an officer accepts it as his own act."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.codes import DraftState

from .scope import ScopedQuerySet


class DraftQuerySet(ScopedQuerySet):
    def waiting(self) -> DraftQuerySet:
        return self.filter(state=DraftState.WAITING)


class Draft(models.Model):
    """A drafted act. 中文：草拟事项

    ``verb`` names a draftable act of ``registry.services.drafts``; ``payload`` holds what its form holds.
    """

    verb = models.CharField(pgettext_lazy("in the register", "act"), max_length=40)  # 办理事项
    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="drafts", verbose_name=_("division")
    )  # 行政区划
    unit = models.ForeignKey(
        "registry.Unit", models.PROTECT, null=True, blank=True, related_name="drafts"
    )  # 登记单元
    payload = models.JSONField(_("what is proposed"), default=dict)  # 草拟内容
    note = models.CharField(_("note"), max_length=255, blank=True)  # 说明
    state = models.CharField(
        _("state"), max_length=12, choices=DraftState.choices, default=DraftState.WAITING
    )  # 状态
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="drafts", verbose_name=_("drafted by")
    )  # 草拟人
    drafted_at = models.DateTimeField(_("drafted at"))  # 草拟时间
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="decided_drafts",
        verbose_name=_("decided by"),
    )  # 受理人
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)  # 受理时间
    reason = models.CharField(_("reason of the return"), max_length=255, blank=True)  # 退回原因

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        ordering = ["-id"]
        indexes = [models.Index(fields=["division", "state"], name="draft_scope")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=DraftState.WAITING, decided_at=None)
                | (~Q(state=DraftState.WAITING) & Q(decided_at__isnull=False)),
                name="draft_decided_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=DraftState.RETURNED) | ~Q(reason=""), name="draft_returned_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.unit_id or self.division_id}"
