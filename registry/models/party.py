"""Parties 主体: who owns, keeps, operates, supervises; the members of groups; and persons' secrets apart."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from registry.codes import PartyKind

from .history import tracked
from .marks import marks_units
from .scope import ScopedQuerySet


class PartyQuerySet(ScopedQuerySet):
    def standing(self) -> PartyQuerySet:
        """Parties that were not merged into another record."""
        return self.filter(merged_into=None)


class HasRightCheckSign(Func):
    """``registry_uscc_right(text)`` and ``registry_id_right(text)`` of the database. 中文：校验码正确"""

    output_field = models.BooleanField()

    def __init__(self, function: str, *expressions: Any, **extra: Any) -> None:
        super().__init__(*expressions, function=function, **extra)


@tracked()
class Party(models.Model):
    """Someone who can hold a right or bear a duty. 中文：主体

    ``code`` is the unified social credit code (GB 32100) of organisations; a person's secrets are in
    ``PersonalData``.
    """

    kind = models.CharField(_("kind"), max_length=20, choices=PartyKind.choices)  # 类型
    name = models.CharField(_("name"), max_length=160)  # 名称
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True)  # 统一社会信用代码
    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="parties", verbose_name=_("division")
    )  # 所在区划
    active_until = models.DateField(_("left on"), null=True, blank=True)  # 离任、注销日期
    former_names = models.JSONField(_("former names"), default=list, blank=True)  # 曾用名
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="merged_from",
        verbose_name=_("merged into"),
    )  # 并入
    batch = models.ForeignKey(
        "registry.ImportBatch", models.PROTECT, null=True, blank=True, related_name="parties"
    )

    objects = PartyQuerySet.as_manager()

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["division", "name"], name="party_name")]
        constraints = [
            models.UniqueConstraint(
                fields=["uscc"],
                condition=~Q(uscc=""),
                name="party_uscc_once",
                violation_error_message=_("Another party already has this unified social credit code."),
            ),
            models.CheckConstraint(
                condition=Q(uscc="") | Q(uscc__regex=r"^[0-9A-HJ-NPQRTUWXY]{18}$"),
                name="party_uscc_form",
                violation_error_message=_("A unified social credit code has 18 digits and capital letters."),
            ),
            models.CheckConstraint(
                condition=Q(uscc="") | Q(HasRightCheckSign("registry_uscc_right", F("uscc"))),
                name="party_uscc_check_sign",
                violation_error_message=_(
                    "The check sign of the unified social credit code is wrong (GB 32100)."
                ),
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="party_not_merged_into_itself"),
        ]
        triggers = marks_units(
            "SELECT e.unit_id FROM registry_entry e JOIN touched t ON t.id IN (e.party_id, e.agent_id)"
        )

    def __str__(self) -> str:
        return self.name


class PartyMemberQuerySet(ScopedQuerySet):
    DIVISION = "group__division"


@tracked()
class PartyMember(models.Model):
    """A member of a group with its share, for a period. 中文：成员及份额"""

    group = models.ForeignKey(Party, models.PROTECT, related_name="members", verbose_name=_("group"))  # 群体
    member = models.ForeignKey(
        Party, models.PROTECT, related_name="memberships", verbose_name=_("member")
    )  # 成员
    share_num = models.PositiveBigIntegerField(_("share: numerator"), default=1)  # 份额分子
    share_den = models.PositiveBigIntegerField(_("share: denominator"), default=1)  # 份额分母
    valid = DateRangeField(_("validity"))  # 有效期

    objects = PartyMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.CheckConstraint(
                condition=Q(share_den__gt=0, share_num__lte=F("share_den")), name="partymember_share_range"
            ),
            models.CheckConstraint(condition=Q(valid__isempty=False), name="partymember_valid_not_empty"),
            models.CheckConstraint(condition=~Q(group=F("member")), name="partymember_not_itself"),
            ExclusionConstraint(
                name="partymember_once_a_day",
                expressions=[
                    ("group", RangeOperators.EQUAL),
                    ("member", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
        ]
        triggers = marks_units(
            "SELECT e.unit_id FROM registry_entry e JOIN touched t ON e.party_id IN (t.group_id, t.member_id)"
        )

    def __str__(self) -> str:
        return f"{self.member} ∈ {self.group}"


class PersonalData(models.Model):
    """The secrets of a natural person, in a table of their own that can be erased. 中文：个人信息

    Masked by default everywhere; no history is kept of it on purpose.
    """

    party = models.OneToOneField(Party, models.CASCADE, related_name="personal", verbose_name=_("party"))
    id_number = models.CharField(_("resident id number"), max_length=18, blank=True)  # 身份证号
    phone = models.CharField(_("phone"), max_length=20, blank=True)  # 联系电话
    bank_account = models.CharField(_("bank account"), max_length=32, blank=True)  # 银行账号

    class Meta:
        verbose_name = _("personal data")
        verbose_name_plural = _("personal data")
        constraints = [
            models.UniqueConstraint(
                fields=["id_number"], condition=~Q(id_number=""), name="personaldata_id_once"
            ),
            models.CheckConstraint(
                condition=Q(id_number="") | Q(id_number__regex=r"^[0-9]{17}[0-9X]$"),
                name="personaldata_id_form",
            ),
            models.CheckConstraint(
                condition=Q(id_number="") | Q(HasRightCheckSign("registry_id_right", F("id_number"))),
                name="personaldata_id_check_sign",
                violation_error_message=_("The check digit of the resident id number is wrong (GB 11643)."),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.party_id}"
