"""What the quota accounts hold on a day, and where they fall below zero. 中文：指标余额"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from land.models import ConstructionQuota, ConversionApproval, QuotaEntry
from land.models.approval import SPECIAL_TAGS
from land.models.quota import MovementKind, QuotaKind

ZERO = Decimal("0.00")
AREA: DecimalField = DecimalField(max_digits=17, decimal_places=2)


def summed(rows: QuerySet, key: str, column: str) -> Coalesce:
    """A correlated sum of ``column`` by ``key``; 0 where there is no row."""
    sums = rows.order_by().values(key).annotate(total=Sum(column)).values("total")
    return Coalesce(Subquery(sums, output_field=AREA), Value(ZERO), output_field=AREA)


def with_balance(accounts: QuerySet, day: dt.date) -> QuerySet:
    """Accounts with what came in, what approvals used, and the ``balance`` at the end of a day."""
    rows = QuotaEntry.objects.in_force().filter(account=OuterRef("pk"), day__lte=day)
    used = rows.filter(kind__in=[MovementKind.CHARGED, MovementKind.RESTORED])
    return accounts.annotate(
        balance=summed(rows, "account", "amount_m2"),
        used=summed(used, "account", "amount_m2"),
        received=summed(rows.filter(amount_m2__gt=0, approval=None), "account", "amount_m2"),
    )


@dataclass(frozen=True)
class Line:
    """A movement with the balance after it, in the order of days."""

    entry: QuotaEntry
    balance: Decimal | None  # None: taken back, moves nothing


def running(account: ConstructionQuota) -> list[Line]:
    """The movements of an account with the balance after each: into it first on one day. One query."""
    rows = account.entries.select_related("approval", "source", "annulled", "twin__account__division")
    lines, balance = [], ZERO
    for entry in sorted(rows, key=lambda e: (e.day, e.amount_m2 < 0, e.pk)):
        if entry.annulled_id is None:
            balance += entry.amount_m2
        lines.append(Line(entry, balance if entry.annulled_id is None else None))
    return lines


def first_below(accounts: Iterable[int]) -> dict[int, tuple[dt.date, Decimal]]:
    """By account: the first day on which it ends below zero, and the balance of that day. One query."""
    moved = QuotaEntry.objects.in_force().filter(account__in=list(accounts)).order_by("account", "day")
    found: dict[int, tuple[dt.date, Decimal]] = {}
    key, balance = None, ZERO
    for account, day, amount in moved.values_list("account", "day").annotate(amount=Sum("amount_m2")):
        balance = amount + (balance if account == key else ZERO)
        key = account
        if balance < 0:
            found.setdefault(account, (day, balance))
    return found


def charged_of(approvals: Iterable[int]) -> dict[int, Decimal]:
    """What the accounts bear of each approval, net of what was given back. One query."""
    rows = QuotaEntry.objects.in_force().filter(approval__in=list(approvals)).order_by()
    sums = rows.values_list("approval").annotate(total=Sum("amount_m2"))
    return {key: -total for key, total in sums if key is not None}


def with_charged(approvals: QuerySet) -> QuerySet:
    """Approvals with what accounts bear of them (negative, as it stands in the accounts)."""
    rows = QuotaEntry.objects.in_force().filter(approval=OuterRef("pk"))
    return approvals.annotate(moved=summed(rows, "approval", "amount_m2"))


def crossed(entries: QuerySet | None = None) -> QuerySet:
    """Charges of the special quota by projects that it does not serve (挪用)."""
    rows = QuotaEntry.objects.in_force() if entries is None else entries
    return rows.filter(kind=MovementKind.CHARGED, account__kind=QuotaKind.POVERTY_SPECIAL).exclude(
        approval__tag__in=[str(tag) for tag in SPECIAL_TAGS]
    )


def special_allocated(path: str) -> dict[int, Decimal]:
    """Special quota that was allocated below a path, by plan year. One query."""
    rows = QuotaEntry.objects.in_force().filter(
        account__kind=QuotaKind.POVERTY_SPECIAL,
        account__division__path__startswith=path,
        kind=MovementKind.ALLOCATED,
    )
    sums = rows.order_by().values_list("account__year").annotate(total=Sum("amount_m2"))
    return dict(sums)


def by_kind(accounts: QuerySet, day: dt.date) -> list[dict[str, Any]]:
    """Balance, received and used by kind of quota, for the figures of the hub. One query."""
    sums: dict[str, dict[str, Decimal]] = {}
    for account in with_balance(accounts, day):
        row = sums.setdefault(account.kind, {"balance": ZERO, "used": ZERO, "received": ZERO})
        for name in row:
            row[name] += getattr(account, name)
    return [{"kind": kind, "label": kind.label, **sums[kind]} for kind in QuotaKind if kind in sums]


def open_approvals(approvals: QuerySet) -> list[tuple[ConversionApproval, Decimal]]:
    """Approvals in force of which accounts bear less than they should, with what is left. One query."""
    rows = with_charged(approvals.in_force()).select_related("division")  # type: ignore[attr-defined]
    found = [(approval, approval.borne_by_quota_m2 + approval.moved) for approval in rows]
    return [(approval, left) for approval, left in found if left > 0]
