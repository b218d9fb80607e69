"""Every act of income in a random order: after each of them every identity of the books holds.

Contracts are signed, amended, ended, written off; money comes, goes, is matched, undone, kept as an advance;
months are closed and opened again; pools are settled, distributed, paid, and payments come back.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from assets.income.models.match import Match
from assets.income.queries import identities, month_end, reports
from assets.income.queries.pools import account_of
from assets.income.queries.received import received_of, with_received
from assets.income.services.amendments import (
    Change,
    amend_contract,
    declare_due,
    terminate_contract,
    write_off,
)
from assets.income.services.closing import close_month, reopen_month
from assets.income.services.distributions import (
    Plan,
    Share,
    approve_distribution,
    plan_distribution,
    take_back_distribution,
)
from assets.income.services.matching import match_account
from assets.income.services.payments import Account, order_payments, settle_payments, to_pay
from assets.income.services.pools import add_entry, open_pool, settle_pool
from assets.income.services.settling import Part, apply_advance, settle_dues, settle_other, undo
from assets.income.services.settling_payments import settle_payments_of_line
from assets.models import Contract, Distribution, Due, Payment
from registry.errors import RegistryError
from registry.rules.parameters import install_defaults
from tests import factories as make

from . import earning, money

pytestmark = pytest.mark.django_db
D = Decimal
YEAR, STEPS = 2026, 70
MONTHS = [dt.date(YEAR, month, 1) for month in (1, 2, 3)]
OPERATOR = "屏边兴农科技有限公司"
WHY = "随机序列"


class Books:
    """A village with its account, contracts and pool, and everything that may be done to them."""

    def __init__(self, place: Any, rng: random.Random) -> None:
        self.place, self.rng = place, rng
        self.owner = make.party("新华村股份经济合作社", of=place)
        self.payees = [make.person(name, of=place) for name in ("李建华", "王秀英")]
        self.account = money.account(place, holder=self.owner)
        self.statements = [money.statement(self.account, [], opening="0.00", month=month) for month in MONTHS]
        self.assets = [earning.workshop(of=place) for _nth in range(3)]
        self.pool = open_pool(
            division=place, owner=self.owner, year=YEAR, name="厂房收益", by=None,
            units=[asset.unit for asset in self.assets],
        )  # fmt: skip
        self.decision = make.decision(place)
        for nth in (1, 2):
            self.sign(nth)

    # --- what is there

    def one(self, rows: Any) -> Any:
        """A random row. Raises ``IndexError`` where there is none."""
        found = list(rows)
        return self.rng.choice(found)

    def amount(self) -> Decimal:
        return D(self.rng.choice(("250.25", "333.33", "500.00", "1000.00", "3000.00")))

    def day(self) -> dt.date:
        return self.rng.choice(MONTHS) + dt.timedelta(days=self.rng.randrange(28))

    def line(self) -> Any:
        return self.one(self.account.lines.in_force())

    def due(self) -> Any:
        return self.one(Due.objects.in_force().filter(contract__owner=self.owner))

    def match(self) -> Any:
        return self.one(Match.objects.in_force().filter(counters=None))

    def distribution(self) -> Any:
        return self.one(Distribution.objects.in_force().filter(pool=self.pool))

    # --- what may be done

    def sign(self, nth: int | None = None) -> Any:
        number = Contract.objects.count() + 1
        weights = [earning.Fraction(1, 3)] * 3
        parts = list(zip((asset.unit for asset in self.assets), weights, strict=True))
        return earning.contract(
            self.assets[0], begin=dt.date(YEAR, 1, 1), end=dt.date(YEAR + 1, 6, 30), owner=self.owner,
            number=f"HT{YEAR}-{number:03d}", amount=self.amount() * 12, rhythm=self.rng.choice((1, 3, 12)),
            mode=self.rng.choice(("lease", "contracting", "own_operation")) if nth is None else "lease",
            parts=parts,
        )  # fmt: skip

    def amend(self) -> Any:
        change = Change(kind="amount", effective_on=self.day(), amount=self.amount() * 12, reason=WHY)
        return amend_contract(contract=self.one(Contract.objects.signed()), change=change, by=None)

    def end(self) -> Any:
        contract = self.one(Contract.objects.signed())
        return terminate_contract(contract=contract, last_day=self.day(), reason=WHY, by=None)

    def write_off(self) -> Any:
        return write_off(due=self.due(), amount=self.amount(), reason=WHY, by=None)

    def declare(self) -> Any:
        contract = self.one(Contract.objects.signed().filter(mode="own_operation"))
        return declare_due(
            contract=contract, kind="profit", begin=dt.date(YEAR, 1, 1), end=dt.date(YEAR, 3, 31),
            due_on=self.day(), amount=self.amount(), note="", by=None,
        )  # fmt: skip

    def came(self) -> Any:
        memo = self.rng.choice(("", f"HT{YEAR}-001", f"HT{YEAR}-002部分", "退汇"))
        name = self.rng.choice((OPERATOR, "李建华", "陌生人"))
        return self._moved(self.amount(), name=name, memo=memo)

    def went(self) -> Any:
        runs = list(Payment.objects.values_list("run", "account_name", "amount"))
        run, name, amount = self.rng.choice([*runs, ("", "", self.amount())])
        return self._moved(-amount, name=name, memo=run)

    def _moved(self, amount: Decimal, **fields: Any) -> Any:
        on = self.day()
        return money.line(self.statements[on.month - 1], amount, on=on, **fields)

    def run(self) -> Any:
        return match_account(account=self.account, by=None)

    def settle(self) -> Any:
        line, due = self.line(), self.due()
        amount = min(abs(line.amount), due.amount, self.amount())
        part, keep = Part(due=due, amount=amount), self.rng.random() < 0.5
        return settle_dues(line=line, parts=[part], by=None, advance=keep)

    def name_it(self) -> Any:
        kind = self.rng.choice(("fee", "cost", "interest", "grant", "transfer"))
        return settle_other(line=self.line(), kind=kind, by=None)

    def refund(self) -> Any:
        return settle_other(line=self.line(), kind="refund", due=self.due(), by=None)

    def advance(self) -> Any:
        kept = self.one(Match.objects.in_force().filter(kind="advance", amount__gt=0))
        due = self.one(Due.objects.in_force().filter(contract=kept.contract_id))
        return apply_advance(match=kept, due=due, amount=self.amount(), by=None)

    def undo(self) -> Any:
        return undo(match=self.match(), reason=WHY, by=None)

    def close(self) -> Any:
        """The bank sends a statement that shows what moved, then the month is closed."""
        month = month_end.earliest_open(self.account) or MONTHS[0]
        for line in month_end.unmatched(self.account, booked_on__lt=month_end.next_month(month)):
            settle_other(line=line, kind="transfer", by=None)
        self._true_statement(month)
        return close_month(account=self.account, month=month, by=None)

    def _true_statement(self, month: dt.date) -> None:
        sums = month_end.figures(self.account, month)
        self.account.statements.create(
            starts_on=month, ends_on=month_end.last_day(month), opening=sums.opening, credits=sums.credits,
            debits=sums.debits, closing=sums.closing,
        )  # fmt: skip

    def reopen(self) -> Any:
        return reopen_month(close=self.one(self.account.closes.filter(reopened=None)), reason=WHY, by=None)

    def cost(self) -> Any:
        figure = self.rng.choice(("received", "received", "cost", "tax"))
        return add_entry(
            pool=self.pool, figure=figure, day=self.day(), amount=self.amount(), note=WHY, by=None
        )

    def settle_pool(self) -> Any:
        return settle_pool(pool=self.pool, settled_on=dt.date(YEAR, 5, 1), by=None)

    def plan(self) -> Any:
        shares = [
            Share(use="upkeep", basis="labour", payee=payee, weight=earning.Fraction(nth, 7), reason="管护")
            for nth, payee in enumerate(self.payees, start=1)
        ]
        number = f"FP-{Distribution.objects.count() + 1:03d}"
        plan = Plan(number=number, title="分配", total=self.amount(), reserve=D("10.00"), shares=shares)
        return plan_distribution(pool=self.pool, plan=plan, by=None)

    def approve(self) -> Any:
        made = self.one(Distribution.objects.in_force().filter(pool=self.pool, approved=None))
        return approve_distribution(
            distribution=made, approved_on=dt.date(YEAR, 6, 1), by=None, decision=self.decision
        )

    def take_back(self) -> Any:
        return take_back_distribution(distribution=self.distribution(), reason=WHY, by=None)

    def order(self) -> Any:
        made = self.distribution()
        accounts = {
            line.pk: Account(line.payee.name, f"62284803{line.payee_id:08d}") for line in to_pay(made)
        }
        # An approval of June is paid in the months of the statements: the day is set back as a file has it.
        Distribution.objects.filter(pk=made.pk, approved__isnull=False).update(approved_on=MONTHS[0])
        made.refresh_from_db()
        return order_payments(distribution=made, accounts=accounts, ordered_on=MONTHS[0], by=None)

    def pay(self) -> Any:
        payment = self.one(Payment.objects.in_force())
        fits = [line for line in self.account.lines.in_force() if abs(line.amount) == payment.amount]
        return settle_payments_of_line(line=self.one(fits), payments=[payment], by=None)

    def said(self) -> Any:
        payment, paid = self.one(Payment.objects.in_force()), self.rng.random() < 0.5
        return settle_payments(
            payments=[payment], paid=paid, on=dt.date(YEAR, 3, 30), by=None, failure="" if paid else "退票"
        )

    def acts(self) -> dict[str, Callable[[], Any]]:
        names = (
            "sign", "amend", "end", "write_off", "declare", "came", "went", "run", "settle", "name_it",
            "refund", "advance", "undo", "close", "reopen", "cost", "settle_pool", "plan", "approve",
            "take_back", "order", "pay", "said",
        )  # fmt: skip
        return {name: getattr(self, name) for name in names}


OFTEN = {
    "came": 5,
    "went": 4,
    "settle": 3,
    "run": 2,
    "order": 2,
    "pay": 3,
    "plan": 2,
    "approve": 2,
    "cost": 2,
}
RARE = {"end", "sign"}


def check(books: Books) -> None:
    """Every identity, in the database and by hand."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    found = identities.broken()
    assert not any(found.values()), found
    _contracts(books)
    _reports(books)
    _accounts(books)
    _pools(books)


def _contracts(books: Books) -> None:
    """Opening 0 + accrued - received - written off = closing, for every contract."""
    for contract in Contract.objects.signed():
        dues = list(with_received(Due.objects.in_force().filter(contract=contract)))
        matched = sum(received_of(due.pk for due in dues).values(), D(0))
        accrued = sum((due.amount for due in dues), D(0))
        gone = sum((due.written_off for due in dues), D(0))
        assert accrued - matched - gone == sum((due.open for due in dues), D(0))
        assert all(due.open >= 0 for due in dues)


def _reports(books: Books) -> None:
    """Receivable and received are the same however they are cut: village, contract, asset, month."""
    period = reports.Period(dt.date(YEAR, 1, 1), dt.date(YEAR + 1, 12, 31))
    path = books.place.path
    sums = set()
    for by in reports.BY:
        rows = reports.report(by, period, [path], path)
        sums.add((sum((row.due for row in rows), D(0)), sum((row.received for row in rows), D(0))))
    assert len(sums) == 1, sums


def _accounts(books: Books) -> None:
    """Months follow each other, and both sides of the bank agree with what the lines say."""
    balance = D("0.00")
    for month in MONTHS:
        sums = month_end.figures(books.account, month)
        assert sums.opening == balance
        balance = sums.closing
        both = month_end.reconciliation(books.account, month)
        assert both.book_corrected == balance


def _pools(books: Books) -> None:
    """Distributed is within the distributable as settled; paid within distributed."""
    books.pool.refresh_from_db()
    account = account_of(books.pool)
    given = sum(
        (made.total + made.reserve for made in Distribution.objects.in_force().exclude(approved=None)), D(0)
    )
    assert account.approved == given <= books.pool.distributable
    assert account.paid <= given


@pytest.mark.parametrize("seed", range(3))
def test_every_identity_holds_after_every_act(cast, seed):
    install_defaults()
    rng = random.Random(seed)
    books = Books(cast.village, rng)
    doing = books.acts()
    weights = [OFTEN.get(name, 0.4 if name in RARE else 1) for name in doing]
    done: Counter[str] = Counter()
    for _step in range(STEPS):
        name = rng.choices(list(doing), weights)[0]
        try:
            with transaction.atomic():
                doing[name]()
        except (RegistryError, IntegrityError, IndexError):
            continue
        done[name] += 1
        check(books)
    assert sum(done.values()) > STEPS / 3, done
    assert len(done) > 9, done
