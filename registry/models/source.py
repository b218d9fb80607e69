"""Sources 依据: the documents that say so, and their files by hash."""

from __future__ import annotations

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .history import tracked
from .marks import kept
from .scope import ScopedQuerySet


class SourceKind(models.TextChoices):
    """Kind of a source document. 中文：依据类型"""

    DECISION = "decision", _("official document")  # 文件、批复
    CERTIFICATE = "certificate", _("certificate")  # 权属证书
    AGREEMENT = "agreement", _("agreement or contract")  # 协议、合同
    HANDOVER = "handover", _("handover list")  # 移交清单
    LEDGER = "ledger", _("ledger")  # 台账
    SURVEY = "survey", _("survey delivery")  # 调查成果
    MINUTES = "minutes", _("minutes")  # 会议记录
    LEGACY = "legacy", _("statement on historic facts")  # 历史遗留认定
    OTHER = "other", _("other paper")  # 其他


class SourceQuerySet(ScopedQuerySet):
    pass


@tracked()
class Source(models.Model):
    """A document on whose strength a fact is registered. 中文：依据"""

    kind = models.CharField(_("kind"), max_length=20, choices=SourceKind.choices)  # 类型
    number = models.CharField(_("document number"), max_length=120, blank=True)  # 文号
    title = models.CharField(_("title"), max_length=255)  # 标题
    issuer = models.CharField(_("issuer"), max_length=120, blank=True)  # 发文单位
    issued_on = models.DateField(_("date"), null=True, blank=True)  # 日期
    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="sources", verbose_name=_("division")
    )  # 行政区划
    batch = models.ForeignKey(
        "registry.ImportBatch", models.PROTECT, null=True, blank=True, related_name="sources"
    )

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        indexes = [models.Index(fields=["division", "number"], name="source_number")]
        triggers = [kept()]

    def __str__(self) -> str:
        return f"{self.title} {self.number}".strip()


class FileState(models.TextChoices):
    """What the last check of a stored file found. 中文：文件状态"""

    PRESENT = "present", pgettext_lazy("a file", "present")  # 完好
    MISSING = "missing", _("missing on disk")  # 缺失
    ALTERED = "altered", _("altered on disk")  # 被改动


class StoredFile(models.Model):
    """A file kept byte for byte under its SHA-256. 中文：原始文件

    The bytes lie under TIANZHANG_HOME/files; the row holds what must stay true of them.
    """

    sha256 = models.CharField(_("SHA-256"), max_length=64, unique=True)
    name = models.CharField(_("file name"), max_length=255)  # 文件名
    size = models.PositiveBigIntegerField(_("size in bytes"))  # 大小
    media_type = models.CharField(_("content type"), max_length=100)  # 类型
    stored_at = models.DateTimeField(_("stored at"), auto_now_add=True)  # 入库时间
    state = models.CharField(
        _("state"), max_length=10, choices=FileState.choices, default=FileState.PRESENT
    )  # 文件状态
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)  # 核对时间

    came_as: str = ""  # its name this time; not kept: the same bytes may come again under another name

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")
        constraints = [
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="storedfile_sha256_form"
            )
        ]

    def __str__(self) -> str:
        return self.name


class SourceFileQuerySet(ScopedQuerySet):
    DIVISION = "source__division"


class SourceFile(models.Model):
    """A file of a source. 中文：依据附件

    The original is kept byte for byte; what pages show of an image is ``preview``, encoded anew and without
    the position, which is kept as data.
    """

    source = models.ForeignKey(Source, models.PROTECT, related_name="files", verbose_name=_("source"))
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="uses", verbose_name=_("file"))
    name = models.CharField(_("name"), max_length=255, blank=True)  # 文件名
    media_type = models.CharField(_("content type"), max_length=100, blank=True)  # 内容类型（按内容识别）
    preview = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("preview")
    )  # 预览（重新编码，不含位置）
    taken_at = models.DateTimeField(_("taken at"), null=True, blank=True)  # 拍摄时间
    taken_where = models.PointField(_("taken where"), srid=4490, null=True, blank=True)  # 拍摄位置
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )  # 上传人
    added_at = models.DateTimeField(_("added at"), auto_now_add=True)  # 上传时间

    objects = SourceFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a source")
        verbose_name_plural = _("files of sources")
        constraints = [models.UniqueConstraint(fields=["source", "file"], name="sourcefile_once")]
        triggers = [kept()]

    def __str__(self) -> str:
        return f"{self.source}: {self.file}"


class PaperQuerySet(ScopedQuerySet):
    pass


class Paper(models.Model):
    """A paper printed from the data, to be sealed; the scan finds it by its code. 中文：待盖章文书

    ``data`` is frozen when it is printed: what was sealed stays readable after the facts have moved on.
    """

    code = models.CharField(_("paper code"), max_length=20, unique=True)  # 文书编号
    kind = models.CharField(_("kind"), max_length=30)  # 文书类型
    title = models.CharField(_("title"), max_length=200)  # 标题
    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="papers", verbose_name=_("division")
    )  # 行政区划
    unit = models.ForeignKey(
        "registry.Unit", models.PROTECT, null=True, blank=True, related_name="papers"
    )  # 登记单元
    act = models.ForeignKey(
        "registry.Act", models.PROTECT, null=True, blank=True, related_name="papers"
    )  # 登记簿记录
    data = models.JSONField(_("data"))  # 打印内容
    printed_at = models.DateTimeField(_("printed at"))  # 打印时间
    printed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )  # 打印人
    scan = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="scan_of", verbose_name=_("sealed scan")
    )  # 盖章扫描件

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper to be sealed")
        verbose_name_plural = _("papers to be sealed")
        ordering = ["-id"]
        triggers = [kept()]

    def __str__(self) -> str:
        return f"{self.title} {self.code}"
