"""Inspection packs 迎检资料包（一资一档）: what was asked for, and how far the worker is with it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.models.scope import ScopedQuerySet


class PackState(models.TextChoices):
    """How far a pack is. 中文：生成进度"""

    WAITING = "waiting", _("waiting for its turn")  # 排队中
    BUILDING = "building", _("being put together")  # 生成中
    READY = "ready", _("ready")  # 已生成
    FAILED = "failed", _("could not be made")  # 生成失败
    CLEARED = "cleared", _("cleared away")  # 已清理


class PackQuerySet(ScopedQuerySet):
    pass


class InspectionPack(models.Model):
    """A ZIP of one folder an asset, made for inspectors. 中文：迎检资料包（一资一档）

    The assets are fixed when it is asked for; the file can be made again and is cleared away after a while.
    ``seed``: of a random sample; the same seed, filter and ledger give the same sample.
    """

    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="packs", verbose_name=_("division")
    )  # 行政区划
    title = models.CharField(_("title"), max_length=200)  # 名称
    query = models.CharField(_("filter"), max_length=1000, blank=True)  # 筛选条件
    matched = models.PositiveIntegerField(_("matched the filter"))  # 符合条件数
    seed = models.PositiveBigIntegerField(_("seed of the sample"), null=True, blank=True)  # 抽样种子
    units = ArrayField(models.BigIntegerField(), verbose_name=_("assets"))  # 资产
    names = models.BooleanField(_("with names of persons"), default=False)  # 含个人姓名
    state = models.CharField(
        _("state"), max_length=10, choices=PackState.choices, default=PackState.WAITING
    )  # 状态
    done = models.PositiveIntegerField(_("assets done"), default=0)  # 已完成数
    files = models.PositiveIntegerField(pgettext_lazy("in a pack", "files"), null=True, blank=True)  # 文件数
    size = models.PositiveBigIntegerField(_("size in bytes"), null=True, blank=True)  # 大小
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    lacking = models.PositiveIntegerField(_("assets with something missing"), null=True, blank=True)  # 缺项数
    problem = models.CharField(_("why not"), max_length=255, blank=True)  # 失败原因
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )  # 申请人
    asked_at = models.DateTimeField(_("asked for at"))  # 申请时间
    ready_at = models.DateTimeField(_("ready at"), null=True, blank=True)  # 生成时间

    objects = PackQuerySet.as_manager()

    class Meta:
        verbose_name = _("inspection pack")
        verbose_name_plural = _("inspection packs")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=PackState.READY) | Q(size__isnull=False, sha256__regex=r"^[0-9a-f]{64}$"),
                name="inspectionpack_ready_is_whole",
            )
        ]

    def __str__(self) -> str:
        return self.title
