"""Entries 登记事项: rights, duties and restrictions (ISO 19152: RRR)."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.codes import EXCLUSIVE_CODES, KIND_OF_CODE, EntryCode, EntryKind

from .history import as_recorded, tracked
from .labels import Labelled
from .marks import kept, marks
from .scope import ScopedQuerySet

IN_FORCE = Q(annulled=None, corrected_by=None)


class EntryQuerySet(ScopedQuerySet):
    DIVISION = "unit__division"

    def in_force(self) -> EntryQuerySet:
        """Entries that were neither corrected nor taken back with their import."""
        return self.filter(IN_FORCE)

    def on(self, day: dt.date) -> EntryQuerySet:
        """Entries that hold on a day."""
        return self.in_force().filter(valid__contains=day)

    def greatest_first(self, *before: str) -> EntryQuerySet:
        """The greatest share first, of equal ones that entered first; ``before``: of each of these."""
        share = Cast("share_num", models.FloatField()) / F("share_den")
        return self.order_by(*before, share.desc(), "id")

    def as_of(self, day: dt.date) -> EntryQuerySet:
        """What holds on a day, as the book stands now (or stood, on rows of ``as_recorded``)."""
        return self.on(day)

    def as_recorded(self, instant: dt.datetime) -> EntryQuerySet:
        """All entries as the book said them at an instant; start from ``Entry.objects``."""
        return as_recorded(Entry, instant)


def _kind_matches_code() -> Q:
    condition = Q()
    for kind in EntryKind.values:
        condition |= Q(kind=kind, code__in=[code for code, of in KIND_OF_CODE.items() if of == kind])
    return condition


@tracked()
class Entry(Labelled):
    """A right, duty or restriction: held by a party, in a share, for a period, on a source. 中文：登记事项

    ``valid`` is half-open [from, to). ``agent`` is the named person who acts for the party (管护责任人).
    A wrong entry is never erased: ``corrected_by`` points to the entry that replaces it.
    """

    unit = models.ForeignKey(
        "registry.Unit", models.PROTECT, related_name="entries", verbose_name=_("unit")
    )  # 登记单元
    kind = models.CharField(_("kind"), max_length=12, choices=EntryKind.choices)  # 类别
    code = models.CharField(
        pgettext_lazy("of an entry", "code"), max_length=24, choices=EntryCode.choices
    )  # 事项
    party = models.ForeignKey(
        "registry.Party", models.PROTECT, related_name="entries", verbose_name=_("party")
    )  # 主体
    agent = models.ForeignKey(
        "registry.Party",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="agencies",
        verbose_name=_("named person"),
    )  # 责任人
    debtor = models.ForeignKey(
        "registry.Party",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="secured_debts",
        verbose_name=_("debtor"),
    )  # 债务人（抵押、担保）
    share_num = models.PositiveBigIntegerField(_("share: numerator"), default=1)  # 份额分子
    share_den = models.PositiveBigIntegerField(_("share: denominator"), default=1)  # 份额分母
    valid = DateRangeField(_("validity"))  # 有效期 [起, 止)
    source = models.ForeignKey(
        "registry.Source",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="entries",
        verbose_name=_("source"),
    )  # 依据
    authority = models.CharField(_("deciding authority"), max_length=120, blank=True)  # 决定机关
    corrected_by = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="corrects",
        verbose_name=_("corrected by"),
    )  # 更正为
    batch = models.ForeignKey(
        "registry.ImportBatch", models.PROTECT, null=True, blank=True, related_name="entries"
    )
    annulled = models.ForeignKey(
        "registry.Act", models.PROTECT, null=True, blank=True, related_name="annulled_entries"
    )

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ["unit_id", "code", "id"]
        indexes = [models.Index(fields=["unit", "code"], name="entry_unit_code")]
        constraints = [
            ExclusionConstraint(
                name="entry_party_once_a_day",
                expressions=[
                    ("unit", RangeOperators.EQUAL),
                    ("code", RangeOperators.EQUAL),
                    ("party", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=IN_FORCE,
                violation_error_message=_("This party already holds this entry at that time."),
            ),
            ExclusionConstraint(
                name="entry_exclusive_codes",
                expressions=[
                    ("unit", RangeOperators.EQUAL),
                    ("code", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=IN_FORCE & Q(code__in=EXCLUSIVE_CODES),
                violation_error_message=_("Only one party can hold this entry at a time."),
            ),
            models.CheckConstraint(
                condition=Q(share_num__gt=0, share_den__gt=0, share_num__lte=F("share_den")),
                name="entry_share_range",
                violation_error_message=_("A share is more than 0 and at most 1."),
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False, valid__lower_inf=False),
                name="entry_valid_begins",
                violation_error_message=_("An entry begins on a day and does not end before it."),
            ),
            models.CheckConstraint(condition=_kind_matches_code(), name="entry_kind_of_code"),
        ]
        triggers = [*marks("unit", "unit_id", word="TG_TABLE_NAME || '/' || code"), kept()]

    @property
    def share(self) -> Fraction:
        return Fraction(self.share_num, self.share_den)

    def __str__(self) -> str:
        return f"{self.code} {self.party_id} {self.share_num}/{self.share_den}"
