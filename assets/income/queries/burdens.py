"""Policies and loans that end or fall due soon, and those that already did. 中文：保险贷款到期查询"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from assets.income.models.burdens import AssetLoan, InsurancePolicy
from assets.income.parameters import WARN_DAYS
from registry.rules.parameters import resolver

OVER, SOON, LATER = "over", "soon", "later"


@dataclass(frozen=True)
class Falling:
    """A policy that ends or a loan that falls due."""

    row: Any
    day: dt.date
    state: str

    @property
    def loan(self) -> bool:
        return isinstance(self.row, AssetLoan)


def standing_policies(rows: QuerySet) -> QuerySet:
    """Policies in force, the first to begin first."""
    return rows.filter(annulled=None).select_related("unit__division").order_by("valid", "pk")


def standing_loans(rows: QuerySet) -> QuerySet:
    """Loans that are not paid back."""
    return rows.filter(annulled=None, repaid_on=None).select_related("unit__division", "borrower")


def falling(policies: Iterable[InsurancePolicy], loans: Iterable[AssetLoan], today: dt.date) -> list[Falling]:
    """The standing policies and loans by their day; a policy that another one follows is left out.

    ``over``: the day has passed, ``soon``: it comes within the county's days. One query beside theirs.
    """
    standing: list[tuple[dt.date, Any]] = [(loan.due_on, loan) for loan in loans]
    latest: dict[tuple[int, str], InsurancePolicy] = {}
    for policy in policies:
        latest[policy.unit_id, policy.risks] = policy
    standing += [(policy.last_day, policy) for policy in latest.values()]
    if not standing:
        return []
    read = resolver([WARN_DAYS], today)
    found = [Falling(row, day, _state(day, row, today, read)) for day, row in standing]
    return sorted(found, key=lambda one: (one.day, one.loan, one.row.pk))


def _state(day: dt.date, row: Any, today: dt.date, read: Callable[[str, str], Any]) -> str:
    if day < today:
        return OVER
    days = int(read(WARN_DAYS, row.unit.division.path))
    return SOON if (day - today).days <= days else LATER
