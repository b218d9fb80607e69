"""Users and their grants 授权: a role, in a division and all below it, for a period."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.codes import Role

from .history import tracked
from .scope import ScopedQuerySet


class User(AbstractUser):
    """Someone who signs in. 中文：用户"""

    full_name = models.CharField(_("full name"), max_length=60, blank=True)  # 姓名
    party = models.OneToOneField(
        "registry.Party",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="account",
        verbose_name=_("person in the register"),
    )  # 对应主体
    home = models.ForeignKey(
        "registry.Division",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("division of the account"),
    )  # 账号所属区划：谁来管理这个账号
    must_change_password = models.BooleanField(_("first password still in use"), default=False)  # 初始密码
    demo = models.BooleanField(_("demo account"), default=False)  # 演示账号
    last_division = models.ForeignKey(
        "registry.Division",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("division looked at last"),
    )  # 最近查看的区划

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def get_full_name(self) -> str:
        return self.full_name or self.username


class GrantQuerySet(ScopedQuerySet):
    def on(self, day: dt.date) -> GrantQuerySet:
        return self.filter(valid__contains=day)


@tracked()
class Grant(models.Model):
    """A role of a user in a division and everything below it. 中文：授权"""

    user = models.ForeignKey(User, models.PROTECT, related_name="grants", verbose_name=_("user"))  # 用户
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)  # 岗位
    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="grants", verbose_name=_("division")
    )  # 行政区划
    valid = DateRangeField(_("validity"))  # 有效期

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        constraints = [
            models.CheckConstraint(condition=Q(valid__isempty=False), name="grant_valid_not_empty"),
            models.UniqueConstraint(fields=["user", "role", "division", "valid"], name="grant_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.division_id}"
