"""INC-02 and INC-03: each fires, does not fire, and at its boundary."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from assets.income.services.accounts import AccountFacts, register_account, stop_receiving
from assets.income.services.cash import paid_in, take_cash
from assets.income.services.closing import close_month
from assets.income.services.settling import Part, settle_dues
from registry.errors import BadInput, RuleBroken
from registry.models import Finding
from registry.rules import parameters
from registry.rules.base import Context, Scope, get
from registry.rules.engine import evaluate
from tests import factories as make

from . import money

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def place(cast):
    parameters.install_defaults()
    return cast.village


def read(rule: str, day: str):
    """What a rule says on a day."""
    found = get(rule)
    on = make.day(day)
    return found.read(Context(on, Scope(), parameters.resolver(found.parameters, on))).rows


def received(account, contract) -> None:
    money.statement(account, ["1000.00"])
    part = Part(due=contract.dues.get(number=1), amount=D("1000.00"))
    settle_dues(line=account.lines.get(), parts=[part], by=None)


def test_inc_02_finds_money_of_a_month_long_over_without_a_voucher(place):
    account, contract = money.account(place), money.contract(place)
    received(account, contract)
    (row,) = read("INC-02", "2026-03-10")
    assert (row.subject_key, row.details["amount"]) == (f"{account.pk}:2026-01", "1000.00")
    assert row.since == dt.date(2026, 2, 16)


def test_inc_02_does_not_find_a_month_that_was_closed_with_its_vouchers(place):
    account, contract = money.account(place), money.contract(place)
    received(account, contract)
    close_month(account=account, month=money.JANUARY, by=None)
    assert read("INC-02", "2026-03-10") == []


def test_inc_02_boundary_the_fifteenth_day_after_the_month_is_in_time(place):
    account, contract = money.account(place), money.contract(place)
    received(account, contract)
    assert read("INC-02", "2026-02-15") == []
    assert len(read("INC-02", "2026-02-16")) == 1


def test_inc_02_finds_cash_that_did_not_reach_the_account_and_not_what_did(place):
    account, contract = money.account(place), money.contract(place)
    facts = {"amount": D("200.00"), "payer_name": "李秀英", "by": None, "received_on": dt.date(2026, 1, 5)}
    receipt = take_cash(contract=contract, receipt_number="0001", **facts)
    with pytest.raises(BadInput):
        take_cash(contract=contract, receipt_number="0001", **facts)
    assert read("INC-02", "2026-01-10") == []  # the fifth day
    (row,) = read("INC-02", "2026-01-11")
    assert (row.subject_type, row.details["amount"], row.details["variant"]) == ("contract", "200.00", "cash")
    line = money.line(money.statement(account, []), "200.00", on=dt.date(2026, 1, 12))
    paid_in(receipt=receipt, line=line, by=None)
    assert read("INC-02", "2026-02-11") == []


def test_inc_03_refuses_a_persons_account_from_the_go_live_day_on(place):
    facts = {
        "holder": make.person("王建国", place),
        "bank": "云南农信",
        "number": "6223690000000001",
        "kind": "personal",
    }
    with pytest.raises(RuleBroken, match="INC-03"):
        register_account(division=place, facts=AccountFacts(opened_on=dt.date(2026, 1, 1), **facts), by=None)


def test_inc_03_finds_what_was_so_before_and_lets_it_be_recorded(place):
    facts = {
        "holder": make.person("王建国", place),
        "bank": "云南农信",
        "number": "6223690000000001",
        "kind": "personal",
    }
    account = register_account(
        division=place, facts=AccountFacts(opened_on=dt.date(2025, 12, 31), **facts), by=None
    )
    (row,) = read("INC-03", "2026-02-01")
    assert row.details["number"] == "****0001"
    evaluate(as_of=dt.date(2026, 2, 1), rule_ids=["INC-03"])
    finding = Finding.objects.get(rule="INC-03")
    assert (finding.severity, finding.baseline) == ("F", True)
    stop_receiving(account=account, closed_on=dt.date(2026, 2, 1), reason="改用集体账户", by=None)
    assert read("INC-03", "2026-02-01") == []


def test_inc_03_boundary_an_account_that_receives_nothing_of_the_collective(place):
    money.account(place, kind="personal", holder=make.person("李秀英", place), receives=False)
    money.account(place)
    assert read("INC-03", "2026-02-01") == []
