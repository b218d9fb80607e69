"""Addresses of money for the table of tests/test_access.py, and the things that they speak of."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from assets.income.services.burdens import Loan, record_loan
from assets.income.services.cash import take_cash
from assets.income.services.collectives import state_income
from assets.income.services.settling import Part, settle_dues, settle_other
from registry.codes import Role
from tests import factories as make

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
        "arrears_export": line(SEERS),
        "cash": line(SEERS),
        "cash_paid_in": line(OFFICERS, args=("cash_receipt",)),
        "advance_use": line(OFFICERS, args=("advance",)),
        "account_stop": line(OFFICERS, args=("bank_account",)),
        **over_years(line),
        **burdens(line),
    }


def over_years(line: Any) -> dict[str, Any]:
    """Income of collectives and yields of assets."""
    return {
        "collectives": line(SEERS),
        "collectives_export": line(SEERS),
        "collective": line(SEERS, args=("collective",), elsewhere=404),
        "collective_target": line(OFFICERS | {COUNTY}, args=("collective",)),
        "collective_state": line(OFFICERS, args=("collective",)),
        "stated_take_back": line(OFFICERS, args=("stated",)),
        "books": line(SEERS),
        "books_export": line(SEERS),
        "yields": line(SEERS),
        "yields_export": line(SEERS),
    }


def burdens(line: Any) -> dict[str, Any]:
    """Insurance policies and loans."""
    keepers = OFFICERS | {ASSETS}
    return {
        "burdens": line(SEERS),
        "loan_repaid": line(keepers, args=("loan",), elsewhere=404),
        "burden_take_back": line(keepers, args=("burden_kind", "loan"), elsewhere=404),
        "insurance_new": line(keepers, args=("operating_unit",), elsewhere=404),
        "loan_new": line(keepers, args=("operating_unit",), elsewhere=404),
    }


def things(village: Any) -> dict[str, Any]:
    """An account with a closed month, and a line that is matched."""
    account, contract = money.account(village), money.contract(village, "HT2026-900")
    statement = money.statement(account, [])
    collective = account.holder
    receipt = take_cash(
        contract=contract, received_on=dt.date(2026, 1, 4), amount=Decimal("10.00"), payer_name="李建华",
        receipt_number="SJ-1", by=None,
    )  # fmt: skip
    over = money.line(statement, "50.00", on=dt.date(2026, 1, 6))
    advance = settle_other(line=over, kind="advance", contract=contract, by=None)
    line = money.line(statement, "1000.00", on=dt.date(2026, 1, 5))
    match = settle_dues(
        line=line, parts=[Part(due=contract.dues.first(), amount=Decimal("400.00"))], by=None
    )[0]
    other = money.account(village)
    return {
        "bank_account": account.pk,
        "bank_line": line.pk,
        "match": match.pk,
        "cash_receipt": receipt.pk,
        "advance": advance.pk,
        "collective": collective.pk,
        "stated": _stated(collective).pk,
        "loan": _loan(village, collective).pk,
        "burden_kind": "loan",
        "month": "2026-01",
        "month_close": money.closed(other).pk,
    }


def _stated(collective: Any) -> Any:
    return state_income(
        collective=collective, year=2024, kind="lease", amount=Decimal("1000"), note="账页3", by=None
    )


def _loan(village: Any, borrower: Any) -> Any:
    loan = Loan(
        borrower=borrower, lender="屏边农信社", number="JK-1", principal=Decimal("1000"),
        taken_on=dt.date(2024, 1, 1), due_on=dt.date(2027, 1, 1),
    )  # fmt: skip
    return record_loan(unit=make.asset("贷款资产", of=village).unit, loan=loan, by=None)
