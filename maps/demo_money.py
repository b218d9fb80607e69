"""The demo's bank accounts: statements imported, lines matched, a few settled by a person, months closed.
中文：演示对账与结账
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pghistory

from assets.income.models.bank import BankAccount, BankLine
from assets.income.queries.month_end import earliest_open, last_day, unmatched
from assets.income.services.accounts import AccountFacts, register_account
from assets.income.services.cash import take_cash
from assets.income.services.closing import close_month
from assets.income.services.matching import match_account
from assets.income.services.settling import Part, open_of_due, settle_dues, settle_other
from assets.models import Contract, Due
from registry.models import Party, User
from registry.queries.divisions import division_by_code
from registry.services.parties import register_person

OF_CONTRACT = ("deposit",)  # kinds that belong to a contract
SAID = {"payment": "收益分配代发", "returned": "退票", "grant": "财政补助"}


def keep_accounts(facts: dict[str, Any], bring: Callable[..., None], users: dict[str, User]) -> int:
    """Accounts with their statements; gives how many lines there are."""
    by = users["finance"]
    with pghistory.context(user=by.pk):
        for line in facts["accounts"]:
            _passbook(line, bring, by)
        _private(facts["private"], users["admin"])
        for line in facts["cash"]:
            take_cash(
                contract=Contract.objects.get(number=line["contract"]),
                received_on=dt.date.fromisoformat(line["on"]),
                amount=Decimal(line["amount"]),
                payer_name=line["payer"],
                receipt_number=line["receipt"],
                by=by,
            )
    return BankLine.objects.count()


def _passbook(line: dict[str, Any], bring: Callable[..., None], by: User) -> None:
    place = division_by_code(line["village"])
    account = register_account(
        division=place,
        by=by,
        facts=AccountFacts(
            holder=Party.objects.standing().within(place).get(name=line["holder"]),
            number=line["number"],
            bank=line["bank"],
            kind="basic",
            opened_on=dt.date(2019, 4, 1),
        ),
    )
    truth = {row["serial"]: row["truth"] for row in line["lines"]}
    until = dt.date.fromisoformat(line["closed_until"])
    for name in line["files"]:
        bring(name, "statement", by.username, {"account": account.pk}, line["village"])
        match_account(account=account, by=by)
        _by_hand(account, truth, until, by)
    while (month := earliest_open(account)) is not None and last_day(month) <= until:
        close_month(account=account, month=month, by=by)


def _by_hand(account: BankAccount, truth: dict[str, dict[str, Any]], until: dt.date, by: User) -> None:
    """What was not unique is settled by a person, up to the last month that is closed."""
    for line in unmatched(account, booked_on__lte=until).order_by("booked_on", "id"):
        said = truth[line.serial]
        if said["as"] == "due":
            _dues(line, said, by)
        else:
            of = Contract.objects.get(number=said["contract"]) if said["as"] in OF_CONTRACT else None
            settle_other(line=line, kind=said["as"], contract=of, note=SAID.get(said["as"], ""), by=by)


def _dues(line: BankLine, said: dict[str, Any], by: User) -> None:
    parts = []
    for number, due_on, amount in said["parts"]:
        due = Due.objects.in_force().filter(contract__number=number, due_on=due_on).latest("pk")
        parts.append(Part(due=due, amount=min(Decimal(amount), open_of_due(due))))
    settle_dues(
        line=line,
        parts=parts,
        by=by,
        advance=said.get("advance", False),
        remember=said.get("remember", False),
    )


def _private(line: dict[str, Any], by: User) -> None:
    """An account in a person's name from the years before the register: its history is not falsified."""
    place = division_by_code(line["village"])
    holder = register_person(name=line["holder"], division=place, by=by)
    facts = AccountFacts(
        holder=holder,
        number=line["number"],
        bank=line["bank"],
        kind="personal",
        opened_on=dt.date.fromisoformat(line["opened_on"]),
    )
    register_account(division=place, facts=facts, by=by)
