"""Import batches 导入批次: stage every row with all its errors, apply at once, reverse as a whole."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.codes import BatchState

from .scope import ScopedQuerySet


class ImportBatchQuerySet(ScopedQuerySet):
    pass


class ImportBatch(models.Model):
    """One file that came in. 中文：导入批次

    ``kind`` names the importer ("ledger:assets", "layer:parcels", "divisions"). A dry run keeps the batch
    and its staged rows, and touches no fact.
    """

    kind = models.CharField(_("kind"), max_length=40)  # 类型
    state = models.CharField(
        _("state"), max_length=12, choices=BatchState.choices, default=BatchState.STAGED
    )  # 状态
    file = models.ForeignKey(
        "registry.StoredFile", models.PROTECT, related_name="batches", verbose_name=_("file")
    )  # 文件
    division = models.ForeignKey(
        "registry.Division",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="batches",
        verbose_name=_("division"),
    )  # 行政区划
    options = models.JSONField(_("options"), default=dict, blank=True)  # 选项、列对应
    totals = models.JSONField(_("totals"), default=dict, blank=True)  # 合计
    errors = models.JSONField(_("errors of the whole file"), default=list, blank=True)  # 整体错误
    rows = models.PositiveIntegerField(_("rows"), default=0)  # 行数
    accepted = models.PositiveIntegerField(_("accepted"), default=0)  # 通过
    changed = models.PositiveIntegerField(_("changed"), default=0)  # 变更
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)  # 未变
    quarantined = models.PositiveIntegerField(_("quarantined"), default=0)  # 隔离
    progress = models.PositiveSmallIntegerField(_("progress (%)"), default=0)  # 进度
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="batches"
    )  # 导入人
    created_at = models.DateTimeField(_("imported at"), auto_now_add=True)  # 导入时间
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)  # 入账时间
    reversed_at = models.DateTimeField(_("reversed at"), null=True, blank=True)  # 撤销时间

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("import batch")
        verbose_name_plural = _("import batches")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(state__in=["staged", "refused"], applied_at=None)
                    | Q(state="applied", applied_at__isnull=False, reversed_at=None)
                    | Q(state="reversed", applied_at__isnull=False, reversed_at__isnull=False)
                ),
                name="importbatch_state_dates",
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"


class RowAction(models.TextChoices):
    """What applying a staged row does. 中文：处理方式"""

    CREATE = "create", _("new")  # 新增
    CHANGE = "change", _("change")  # 变更
    KEEP = "keep", _("unchanged")  # 未变
    REJECT = "reject", _("rejected")  # 退回
    QUARANTINE = "quarantine", _("quarantined")  # 隔离


class ImportRow(models.Model):
    """One staged row of a batch, with all its errors at once. 中文：暂存行

    ``errors``: [{"column", "value", "code", "message"}]; values of errors count as personal data.
    """

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="staged")
    sheet = models.CharField(_("sheet"), max_length=80, blank=True)  # 工作表
    row = models.PositiveIntegerField(_("row"))  # 行号
    label = models.CharField(_("name"), max_length=255, blank=True)  # 名称
    action = models.CharField(_("action"), max_length=12, choices=RowAction.choices)  # 处理方式
    raw = models.JSONField(_("cells as they came"), default=dict)  # 原始单元格
    values = models.JSONField(_("values read"), default=dict)  # 读取结果
    errors = models.JSONField(_("errors"), default=list)  # 错误
    warnings = models.JSONField(_("remarks"), default=list)  # 提醒
    unit = models.ForeignKey(
        "registry.Unit", models.SET_NULL, null=True, blank=True, related_name="import_rows"
    )

    class Meta:
        verbose_name = _("staged row")
        verbose_name_plural = _("staged rows")
        ordering = ["batch_id", "id"]
        indexes = [models.Index(fields=["batch", "action"], name="importrow_action")]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.sheet} {self.row}"


class HeadAlias(models.Model):
    """A column title that somebody named once, remembered for this kind of file. 中文：列名记忆

    ``division`` empty: for everyone. ``field`` empty: the column is known to hold nothing of ours.
    ``unit``: in which unit somebody said that its amounts are, where no file of the kind says so. ``origin``:
    whose files they are where that matters, as the bank of a statement; empty: anybody's.
    """

    kind = models.CharField(_("kind"), max_length=40)  # 文件类型
    division = models.ForeignKey(
        "registry.Division",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("division"),
    )  # 行政区划
    origin = models.CharField(_("whose files"), max_length=60, blank=True, default="")  # 文件来源（银行）
    title = models.CharField(_("title in the file"), max_length=120)  # 文件列名
    field = models.CharField(_("field"), max_length=60, blank=True)  # 字段
    unit = models.CharField(_("money unit"), max_length=4, blank=True)  # 金额单位：yuan、wan
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )  # 对应人
    named_at = models.DateTimeField(_("named at"))  # 对应时间

    class Meta:
        verbose_name = _("remembered column")
        verbose_name_plural = _("remembered columns")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "division", "origin", "title"], nulls_distinct=False, name="headalias_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} → {self.field}"
