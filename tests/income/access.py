"""Addresses of money for the table of tests/test_access.py, and the things that they speak of."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from assets.income.services.settling import Part, settle_dues
from registry.codes import Role

from . import money

ADMIN, COUNTY, ASSETS, FINANCE, AUDITOR = (
    str(Role.ADMIN), str(Role.COUNTY), str(Role.ASSET_MANAGER), str(Role.FINANCE_OFFICER), str(Role.AUDITOR),
)  # fmt: skip
SEERS = frozenset({ADMIN, COUNTY, ASSETS, FINANCE, AUDITOR})
OFFICERS = frozenset({ADMIN, FINANCE})
MONTH = ("bank_account", "month")


def lines(line: Any) -> dict[str, Any]:
    """The lines of the table; ``line`` is its class."""
    return {
        "money": line(SEERS),
        "bank_account_new": line(OFFICERS),
        "bank_account": line(SEERS, args=("bank_account",), elsewhere=404),
        "statement_new": line(OFFICERS, args=("bank_account",)),
        "match_run": line(OFFICERS, args=("bank_account",), method="post", good=302),
        "matching": line(SEERS, args=("bank_account",), elsewhere=404),
        "month_end": line(SEERS, args=MONTH, elsewhere=404),
        "month_close": line(OFFICERS, args=MONTH, method="post", good=302),
        "vouchers": line(SEERS, args=MONTH, elsewhere=404),
        "month_reopen": line(frozenset({ADMIN, COUNTY}), args=("month_close",)),
        "bank_line": line(SEERS, args=("bank_line",), elsewhere=404),
        "line_settle": line(OFFICERS, args=("bank_line",), method="post", good=302),
        "match_undo": line(OFFICERS, args=("match",)),
        "cash_new": line(OFFICERS),
        "money_report": line(SEERS),
        "money_report_export": line(SEERS),
        "money_report_lines": line(SEERS, args=("division",), elsewhere=404),
        "arrears": line(SEERS),
    }


def things(village: Any) -> dict[str, Any]:
    """An account with a closed month, and a line that is matched."""
    account, contract = money.account(village), money.contract(village, "HT2026-900")
    statement = money.statement(account, [])
    line = money.line(statement, "1000.00", on=dt.date(2026, 1, 5))
    match = settle_dues(
        line=line, parts=[Part(due=contract.dues.first(), amount=Decimal("400.00"))], by=None
    )[0]
    other = money.account(village)
    return {
        "bank_account": account.pk,
        "bank_line": line.pk,
        "match": match.pk,
        "month": "2026-01",
        "month_close": money.closed(other).pk,
    }
