"""Construction quota 新增建设用地计划指标: accounts by kind and year, and the entries that move them.

Entries are only added: a mistake is taken back by an Act, and the balance is read without it. On no day may
an account fall below zero, whatever the order in which entries are written; the database holds it.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from pgtrigger import ReadOnly

from registry.models.history import tracked
from registry.models.marks import kept, marks
from registry.models.scope import ScopedQuerySet

from .approval import area
from .balance_triggers import approval_charged_once, quota_never_below_zero


class QuotaKind(models.TextChoices):
    """Kind of a quota. 中文：指标类型"""

    POVERTY_SPECIAL = "poverty_special", _("special quota of poverty counties")  # 脱贫县专项
    GENERAL = "general", _("general quota")  # 一般
    LINKAGE_SURPLUS = "linkage_surplus", _("surplus of linked increase and decrease")  # 增减挂钩节余
    EXISTING_STOCK = "existing_stock", _("assessed on existing construction land")  # 存量核定


class MovementKind(models.TextChoices):
    """What moves an account. 中文：指标变动类型"""

    ALLOCATED = "allocated", _("allocated")  # 下达
    SHARED_IN = "shared_in", _("received from the account above")  # 分解转入
    CARRIED_IN = "carried_in", _("carried over from the year before")  # 上年结转
    RESTORED = "restored", _("given back by an approval")  # 批文核减退还
    CHARGED = "charged", _("used by an approval")  # 批文使用
    SHARED_OUT = "shared_out", _("passed to an account below")  # 分解转出
    CARRIED_OUT = "carried_out", _("carried over to the next year")  # 结转下年
    RETURNED = "returned", _("returned to the office above")  # 退回上级
    LAPSED = "lapsed", _("lapsed")  # 到期失效


INCOMING = (MovementKind.ALLOCATED, MovementKind.SHARED_IN, MovementKind.CARRIED_IN, MovementKind.RESTORED)
OUTGOING = tuple(kind for kind in MovementKind if kind not in INCOMING)
OF_APPROVALS = (MovementKind.CHARGED, MovementKind.RESTORED)


class QuotaQuerySet(ScopedQuerySet):
    pass


@tracked()
class ConstructionQuota(models.Model):
    """The account of a place for one kind and one year. 中文：新增建设用地计划指标账户"""

    division = models.ForeignKey(
        "registry.Division", models.PROTECT, related_name="quotas", verbose_name=_("division")
    )  # 行政区划
    kind = models.CharField(_("kind of quota"), max_length=20, choices=QuotaKind.choices)  # 指标类型
    year = models.PositiveSmallIntegerField(_("plan year"))  # 计划年度
    note = models.CharField(_("remark"), max_length=255, blank=True)  # 备注
    batch = models.ForeignKey("registry.ImportBatch", models.PROTECT, null=True, blank=True, related_name="+")

    objects = QuotaQuerySet.as_manager()

    class Meta:
        verbose_name = _("quota account")
        verbose_name_plural = _("quota accounts")
        ordering = ["-year", "division__path", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["division", "kind", "year"],
                name="quota_account_once",
                violation_error_message=_("This account is open already."),
            ),
            models.CheckConstraint(condition=Q(year__gte=2000, year__lte=2100), name="quota_year_plausible"),
        ]
        triggers = [*marks("place", "division_id"), ReadOnly(name="same_account", exclude=["note"]), kept()]

    def __str__(self) -> str:
        return f"{self.division} {self.get_kind_display()} {self.year}"


class QuotaEntryQuerySet(ScopedQuerySet):
    DIVISION = "account__division"

    def in_force(self) -> QuotaEntryQuerySet:
        return self.filter(annulled=None)


@tracked()
class QuotaEntry(models.Model):
    """One movement of an account: more than zero into it, less than zero out of it. 中文：指标变动"""

    account = models.ForeignKey(
        ConstructionQuota, models.PROTECT, related_name="entries", verbose_name=_("account")
    )  # 指标账户
    kind = models.CharField(_("movement"), max_length=16, choices=MovementKind.choices)  # 变动类型
    day = models.DateField(_("day"))  # 日期
    amount_m2 = area(_("area (m²)"))  # 面积，转入为正、转出为负
    farmland_m2 = area(_("of it farmland (m²)"), null=True, blank=True)  # 其中耕地
    approval = models.ForeignKey(
        "land.ConversionApproval",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="quota_entries",
        verbose_name=_("land approval"),
    )  # 批复
    twin = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="twin_of", verbose_name=_("other side")
    )  # 对方账户变动
    note = models.CharField(_("remark"), max_length=255, blank=True)  # 备注
    source = models.ForeignKey(
        "registry.Source", models.PROTECT, related_name="+", verbose_name=_("document")
    )  # 依据
    batch = models.ForeignKey("registry.ImportBatch", models.PROTECT, null=True, blank=True, related_name="+")
    annulled = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = QuotaEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("quota movement")
        verbose_name_plural = _("quota movements")
        ordering = ["day", "id"]
        indexes = [models.Index(fields=["account", "day"], name="quotaentry_account_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[str(kind) for kind in INCOMING], amount_m2__gt=0)
                | Q(kind__in=[str(kind) for kind in OUTGOING], amount_m2__lt=0),
                name="quotaentry_sign_of_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[str(kind) for kind in OF_APPROVALS], approval__isnull=False)
                | (~Q(kind__in=[str(kind) for kind in OF_APPROVALS]) & Q(approval=None)),
                name="quotaentry_of_approval",
            ),
        ]
        triggers = [
            *marks(
                "place",
                "(SELECT q.division_id FROM land_constructionquota q WHERE q.id = touched.account_id)",
            ),
            ReadOnly(name="append_only", exclude=["annulled"]),
            quota_never_below_zero(),
            approval_charged_once("approval_id"),
            kept(),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.amount_m2}"
