"""Book values 账面价值: what the account book of an owner says an asset cost."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from pgtrigger import ReadOnly

from registry.models.history import tracked
from registry.models.marks import kept, marks_units
from registry.models.scope import ScopedQuerySet


class BookValueQuerySet(ScopedQuerySet):
    DIVISION = "unit__division"

    def in_force(self) -> BookValueQuerySet:
        return self.filter(annulled=None)


@tracked()
class BookValue(models.Model):
    """What the account book of an owner says an asset cost, at the end of a day. 中文：账面价值（集体账）"""

    unit = models.ForeignKey(
        "registry.Unit", models.PROTECT, related_name="book_values", verbose_name=_("unit")
    )  # 资产
    owner = models.ForeignKey(
        "registry.Party", models.PROTECT, related_name="book_values", verbose_name=_("keeper of the book")
    )  # 记账主体
    on = models.DateField(_("at the end of"))  # 账面日期
    value = models.DecimalField(_("book value (yuan)"), max_digits=14, decimal_places=2)  # 账面原值（元）
    account = models.CharField(_("account or page of the book"), max_length=80, blank=True)  # 科目、账页
    batch = models.ForeignKey(
        "registry.ImportBatch", models.PROTECT, null=True, blank=True, related_name="book_values"
    )
    annulled = models.ForeignKey("registry.Act", models.PROTECT, null=True, blank=True, related_name="+")

    objects = BookValueQuerySet.as_manager()

    class Meta:
        verbose_name = _("book value")
        verbose_name_plural = _("book values")
        ordering = ["-on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "owner", "on"],
                condition=Q(annulled=None),
                name="bookvalue_once",
                violation_error_message=_("The book's value of that day is entered already."),
            ),
            models.CheckConstraint(condition=Q(value__gte=Decimal("0")), name="bookvalue_not_negative"),
        ]
        triggers = [
            *marks_units(
                "SELECT e.unit_id FROM registry_entry e JOIN touched t ON e.party_id = t.owner_id"
                " WHERE e.code = 'ownership' UNION SELECT unit_id FROM touched"
            ),  # an owner whose book is entered has booked all that it owns, or has not
            ReadOnly(name="append_only", exclude=["annulled"]),
            kept(),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.value}"
