"""Quota that approvals use, and give back. 中文：批文使用指标、核减退还

Every approved square metre is borne once, and special quota serves its own projects alone.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from land.models import ConstructionQuota, ConversionApproval, QuotaEntry
from land.models.approval import SPECIAL_TAGS
from land.models.quota import MovementKind, QuotaKind
from land.parameters_quotas import LAPSE, YEAR_END
from land.queries.quotas import charged_of
from registry import access, display
from registry.errors import BadInput, RuleBroken
from registry.models import ImportBatch, Source, User
from registry.rules.parameters import timeline

from .filing import Paper, area, filed, not_in_future, written
from .quotas import lock, refuse_below, refuse_farmland


class QuotaMisuse(RuleBroken):
    """Special quota for a project that it does not serve. 中文：挪用"""


@transaction.atomic
def charge(
    *,
    approval: ConversionApproval,
    account: ConstructionQuota,
    m2: Decimal,
    day: dt.date,
    by: User | None,
    farmland_m2: Decimal | None = None,
    batch: ImportBatch | None = None,
) -> QuotaEntry:
    """Let an account bear (part of) the new construction land of an approval. 中文：批文使用指标

    Raises ``QuotaMisuse`` for special quota and a project that it does not serve, ``RuleBroken`` (Q02) where
    more would be borne than was approved, ``BadInput`` where the account does not hold it.
    """
    not_in_future(day)
    approval, account = _locked_pair(approval, account, by)
    m2 = area(m2)
    refuse_farmland(farmland_m2, m2)
    _refuse_misuse(approval, account, day)
    left = approval.borne_by_quota_m2 - charged_of([approval.pk]).get(approval.pk, Decimal(0))
    if m2 > left:
        raise RuleBroken(
            _(
                "Q02: %(m2)s would be charged, and %(left)s of the approval %(approval)s are borne by no "
                "account yet; every square metre is borne once. Charge at most these."
            )
            % {"m2": display.m2(m2), "left": display.m2(left), "approval": approval.approval_no},
            "Q02",
        )
    entry = QuotaEntry.objects.create(
        account=account,
        kind=MovementKind.CHARGED,
        day=day,
        amount_m2=-m2,
        farmland_m2=farmland_m2,
        approval=approval,
        source_id=approval.source_id,
        batch=batch,
    )
    refuse_below([account], day)
    after: dict[str, Any] = {"m2": m2, "account": str(account), "approval": approval.approval_no}
    written("quota_charged", entry, account.division, by, on=day, source=approval.source, **after)
    return entry


@transaction.atomic
def give_back(
    *,
    approval: ConversionApproval,
    account: ConstructionQuota,
    m2: Decimal,
    day: dt.date,
    paper: Paper | Source,
    by: User | None,
    batch: ImportBatch | None = None,
) -> QuotaEntry:
    """Give quota back to the account that bore it: the approval was reduced or withdrawn. 中文：核减退还"""
    not_in_future(day)
    approval, account = _locked_pair(approval, account, by)
    m2 = area(m2)
    borne = -sum(
        approval.quota_entries.filter(account=account, annulled=None, day__lte=day).values_list(
            "amount_m2", flat=True
        ),
        Decimal(0),
    )
    if m2 > borne:
        raise BadInput(
            _("This account bears %(borne)s of the approval on that day; no more can be given back.")
            % {"borne": display.m2(borne)},
            "m2",
        )
    source = filed(paper, account.division, by)
    entry = QuotaEntry.objects.create(
        account=account,
        kind=MovementKind.RESTORED,
        day=day,
        amount_m2=m2,
        approval=approval,
        source=source,
        batch=batch,
    )
    after: dict[str, Any] = {
        "kind": entry.kind,
        "m2": m2,
        "account": str(account),
        "approval": approval.approval_no,
    }
    written("quota_moved", entry, account.division, by, on=day, source=source, **after)
    return entry


def _locked_pair(
    approval: ConversionApproval, account: ConstructionQuota, by: User | None
) -> tuple[ConversionApproval, ConstructionQuota]:
    """The account, then the approval, locked; the place of the account holds that of the approval."""
    account = lock(account)[account.pk]
    rows = ConversionApproval.objects.select_for_update(of=("self",)).select_related("division", "source")
    approval = rows.get(pk=approval.pk)
    access.require(by, "keep_quotas", account.division)
    if approval.annulled_id is not None:
        raise BadInput(_("The approval was taken back; nothing can be charged to it."), "approval")
    if not approval.division.path.startswith(account.division.path):
        raise BadInput(
            _(
                "The approval lies in %(place)s, outside %(account)s. Choose an account of that place or "
                "above."
            )
            % {"place": approval.division.name, "account": account.division.name},
            "account",
        )
    return approval, account


def _refuse_misuse(approval: ConversionApproval, account: ConstructionQuota, day: dt.date) -> None:
    if account.kind == QuotaKind.POVERTY_SPECIAL and approval.tag not in SPECIAL_TAGS:
        raise QuotaMisuse(
            _(
                "Q01: “%(project)s” is an %(tag)s. The special quota serves projects that consolidate "
                "poverty relief or rural revitalisation alone; anything else is a diversion. Choose another "
                "account."
            )
            % {"project": approval.project_name, "tag": approval.get_tag_display()},
            "Q01",
        )
    if day < approval.approved_on:
        raise BadInput(
            _("The land was approved on %(day)s; quota is used from that day on.")
            % {"day": approval.approved_on},
            "day",
        )
    ways = timeline([YEAR_END])(YEAR_END, account.division.path, dt.date(account.year, 12, 31)) or {}
    if day.year < account.year or (day.year > account.year and ways.get(account.kind) == LAPSE):
        raise BadInput(
            _(
                "The account %(account)s serves the year %(year)s, and quota of this kind is not used after "
                "it. Carry it over first, or choose the account of %(day)s."
            )
            % {"account": account, "year": account.year, "day": day.year},
            "account",
        )
