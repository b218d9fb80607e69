"""The answer of ``reconcile``: accounts, months, figures, identities. 中文：对账结果"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from assets.income.bank_codes import MatchKind
from assets.income.matching.suggest import Ranking
from assets.income.models.bank import BankAccount, BankLine
from assets.income.models.due import Due
from assets.income.models.match import Match
from assets.income.queries import identities
from assets.income.queries.month_end import figures, next_month
from assets.income.queries.open_money import book_of, open_lines

ZERO = Decimal("0.00")


def reconciliation(accounts: Any, month: dt.date | None, today: dt.date) -> dict[str, Any]:
    """The document; ``month`` None: every month of every account with lines."""
    rows = []
    for account in accounts.select_related("division", "holder"):
        rows += _of_account(account, month)
    received = _sum(Match.objects.in_force().filter(kind__in=[MatchKind.DUE, MatchKind.REFUND]), "amount")
    distributed = -_sum(
        Match.objects.in_force().filter(kind__in=[MatchKind.PAYMENT, MatchKind.RETURNED]), "amount"
    )
    dues = Due.objects.in_force().filter(due_on__lte=today, contract__annulled=None)
    receivable = _sum(dues, "amount") - _sum(dues, "written_off")
    return {
        "accounts": rows,
        "receivable": str(receivable),
        "received": str(received),
        "distributed": str(distributed),
        "balance": str(received - distributed),
        "identities": {name: not wrong for name, wrong in identities.broken().items()},
    }


def _sum(rows: Any, name: str) -> Decimal:
    return rows.aggregate(sum=Sum(name))["sum"] or ZERO


def _of_account(account: BankAccount, month: dt.date | None) -> list[dict[str, Any]]:
    lines = BankLine.objects.in_force().filter(account=account)
    days = lines.dates("booked_on", "month")
    months = [month] if month is not None else list(days)
    left = {line.key: line for line in open_lines(account)}
    ranking = Ranking(book_of(account)) if left else None
    rows = []
    for one in months:
        sums = figures(account, one)
        keys = set(
            lines.filter(booked_on__gte=one, booked_on__lt=next_month(one)).values_list("pk", flat=True)
        )
        waiting = [left[key] for key in keys & left.keys()]
        suggested = sum(1 for line in waiting if line.fen > 0 and ranking and ranking.suggestions(line, 1))
        rows.append(
            {
                "account": account.shown_number if account.private else account.number,
                "month": f"{one:%Y-%m}",
                "opening": str(sums.opening),
                "credits": str(sums.credits),
                "debits": str(sums.debits),
                "closing": str(sums.closing),
                "matched": len(keys) - len(waiting),
                "suggested": suggested,
                "unmatched": len(waiting) - suggested,
                "closed": account.closes.filter(reopened=None, month=one).exists(),
            }
        )
    return rows
