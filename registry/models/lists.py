"""What people keep of lists: saved filters, the county's own forms, and what was handed in with them."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .scope import ScopedQuerySet


class SavedFilter(models.Model):
    """A filter of a list that a user keeps under a name. 中文：常用筛选"""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_filters")
    page = models.CharField(_("list"), max_length=60)  # 列表（地址名）
    name = models.CharField(_("name"), max_length=60)  # 名称
    query = models.CharField(_("filter"), max_length=1000)  # 筛选条件

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "page", "name"], name="savedfilter_once")]

    def __str__(self) -> str:
        return self.name


class FormTemplateQuerySet(ScopedQuerySet):
    pass


class FormTemplate(models.Model):
    """A county's own blank form, its headings mapped once. 中文：上级报表模板

    ``mapping``: {"sheet": name, "first row": n, "columns": {"B": "name"}, "unit": "yuan" or "wan"}.
    """

    name = models.CharField(_("name"), max_length=120)  # 名称
    page = models.CharField(_("list"), max_length=60)  # 来源列表（地址名）
    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="form_templates", verbose_name=_("division")
    )  # 行政区划
    file = models.ForeignKey("registry.StoredFile", models.PROTECT, related_name="+", verbose_name=_("file"))
    mapping = models.JSONField(_("columns"), default=dict)  # 列对应
    retired = models.BooleanField(_("no longer used"), default=False)  # 停用

    objects = FormTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("form of a higher office")
        verbose_name_plural = _("forms of higher offices")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class FormFillingQuerySet(ScopedQuerySet):
    DIVISION = "division"


class FormFilling(models.Model):
    """A filled form as it was handed in: frozen. 中文：报送存档"""

    template = models.ForeignKey(
        FormTemplate, models.PROTECT, related_name="fillings", verbose_name=_("form")
    )  # 模板
    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="form_fillings", verbose_name=_("division")
    )  # 行政区划
    file = models.ForeignKey("registry.StoredFile", models.PROTECT, related_name="+", verbose_name=_("file"))
    query = models.CharField(_("filter"), max_length=1000, blank=True)  # 筛选条件
    rows = models.PositiveIntegerField(_("rows"))  # 行数
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )  # 填报人
    made_at = models.DateTimeField(_("made at"))  # 填报时间

    objects = FormFillingQuerySet.as_manager()

    class Meta:
        verbose_name = _("filled form")
        verbose_name_plural = _("filled forms")
        ordering = ["-id"]
        triggers = [pgtrigger.Protect(name="frozen", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.template} {self.made_at:%Y-%m-%d}"
