"""Acts 登记簿记录: the append-only book of who did what, when, why, with before and after."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .history import transaction_number
from .scope import ScopedQuerySet


class ActQuerySet(ScopedQuerySet):
    pass


class Act(models.Model):
    """One named act. 中文：登记簿记录

    ``verb`` is a key of ``registry.acts.VERBS`` (the sentence shown to people); the actor's name is frozen,
    so that the book can be read after an account is gone. The database refuses to change or delete a row.
    """

    verb = models.CharField(pgettext_lazy("in the register", "act"), max_length=40)  # 办理事项
    at = models.DateTimeField(_("recorded at"))  # 记录时间
    effective_on = models.DateField(_("effective on"), null=True, blank=True)  # 生效日期
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="acts"
    )  # 经办人
    user_name = models.CharField(_("officer"), max_length=150)  # 经办人姓名
    reason = models.CharField(_("reason"), max_length=255, blank=True)  # 原因
    division = models.ForeignKey("registry.Division", models.PROTECT, related_name="acts")  # 行政区划
    unit = models.ForeignKey("registry.Unit", models.PROTECT, null=True, blank=True, related_name="acts")
    source = models.ForeignKey("registry.Source", models.PROTECT, null=True, blank=True, related_name="acts")
    batch = models.ForeignKey(
        "registry.ImportBatch", models.PROTECT, null=True, blank=True, related_name="acts"
    )
    subject = models.CharField(_("subject"), max_length=80, blank=True)  # 对象 type:key
    before = models.JSONField(_("before"), null=True, blank=True)  # 变更前
    after = models.JSONField(_("after"), null=True, blank=True)  # 变更后
    tx = transaction_number()  # 事务号: what the history rows of this act carry too

    objects = ActQuerySet.as_manager()

    class Meta:
        verbose_name = _("act")
        verbose_name_plural = _("acts")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["unit", "-id"], name="act_unit"),
            models.Index(fields=["tx"], name="act_transaction"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.at:%Y-%m-%d}"
