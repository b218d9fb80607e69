"""Payments of a distribution and the bank lines that paid them or brought them back."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from assets.income.matching.book import Line
from assets.income.matching.payments import Order, candidates, pairs
from assets.income.models.distribution import Payment
from assets.income.models.match import Match
from assets.income.queries import identities
from assets.income.services.closing import close_month
from assets.income.services.distributions import Share
from assets.income.services.matching import match_account
from assets.income.services.payments import Account, order_payments, settle_payments, to_pay
from assets.income.services.settling import undo
from assets.income.services.settling_payments import settle_payments_of_line
from registry.errors import BadInput
from registry.rules.parameters import install_defaults
from tests import factories as make

from . import earning, money

pytestmark = pytest.mark.django_db
D = Decimal
ORDERED = dt.date(2026, 6, 1)
JUNE = dt.date(2026, 6, 1)


@pytest.fixture
def village(cast):
    install_defaults()
    return cast.village


@pytest.fixture
def payments(village):
    """Two members and their payments, ordered in one batch."""
    pool = earning.pool(of=earning.workshop(of=village), owner=make.party("新华村股份经济合作社", of=village))
    payees = [make.person(name, of=village) for name in ("李建华", "王秀英")]
    shares = [
        Share(use="upkeep", basis="labour", payee=who, amount=D(amount), reason="管护劳务")
        for who, amount in zip(payees, ("3000.00", "2000.00"), strict=True)
    ]
    made = earning.distribution(pool, total="5000.00", reserve="1000.00", shares=shares)
    accounts = {line.pk: Account(line.payee.name, f"62284803000000000{line.payee.pk:04d}"[:19])
                for line in made.lines.all()}  # fmt: skip
    return order_payments(distribution=made, accounts=accounts, ordered_on=ORDERED, by=None)


@pytest.fixture
def account(village, payments):
    owner = payments[0].line.distribution.pool.owner
    return money.account(village, holder=owner)


def came(account, amount: str, day: int = 3, **fields):
    statement = account.statements.first() or money.statement(account, [], month=JUNE)
    return money.line(statement, D(amount), on=JUNE.replace(day=day), **fields)


def state(payment) -> str:
    payment.refresh_from_db()
    return payment.state


def deferred() -> None:
    """What the database checks when a transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_a_line_pays_a_batch_and_one_of_it_comes_back(account, payments):
    settle_payments_of_line(line=came(account, "-5000.00"), payments=payments, by=None)
    assert [state(payment) for payment in payments] == ["paid", "paid"]
    back = came(account, "2000.00", 5, memo="退汇 户名不符")
    settle_payments_of_line(line=back, payments=payments[1:], by=None)
    assert (state(payments[1]), payments[1].settled_on, payments[1].failure) == (
        "failed", dt.date(2026, 6, 5), "退汇 户名不符",
    )  # fmt: skip
    deferred()
    assert list(to_pay(payments[1].line.distribution)) == [payments[1].line]
    assert not any(identities.broken().values())


def test_undoing_the_line_that_brought_it_back_makes_it_paid_again(account, payments):
    settle_payments_of_line(line=came(account, "-2000.00"), payments=payments[1:], by=None)
    back = settle_payments_of_line(
        line=came(account, "2000.00", 5, memo="退票"), payments=payments[1:], by=None
    )
    out = Match.objects.get(payment=payments[1], kind="payment")
    with pytest.raises(BadInput, match="2026-06-05"):
        undo(match=out, reason="先撤付款", by=None)
    undo(match=back[0], reason="退票认错了", by=None)
    assert (state(payments[1]), payments[1].settled_on) == ("paid", dt.date(2026, 6, 3))
    undo(match=out, reason="付款认错了", by=None)
    assert (state(payments[1]), payments[1].settled_on) == ("ordered", None)
    deferred()


def test_what_was_ordered_again_is_not_taken_back(account, payments):
    mine = payments[1]
    settle_payments_of_line(line=came(account, "-2000.00"), payments=[mine], by=None)
    back = settle_payments_of_line(line=came(account, "2000.00", 5, memo="退票"), payments=[mine], by=None)
    again = {mine.line_id: Account("王秀英", "6228480300000000999")}
    made = mine.line.distribution
    order_payments(distribution=made, accounts=again, ordered_on=dt.date(2026, 6, 8), by=None)
    with pytest.raises(BadInput, match="王秀英"):
        undo(match=back[0], reason="退票认错了", by=None)


def test_in_a_closed_month_the_counter_entry_carries_the_payment(account, payments):
    statement = money.statement(account, ["-2000.00"], month=JUNE, opening="9000.00")
    made = settle_payments_of_line(line=statement.lines.get(), payments=payments[1:], by=None)
    close_month(account=account, month=JUNE, by=None)
    undo(match=made[0], reason="应为另一笔付款", by=None)
    counter = Match.objects.get(counters=made[0])
    assert (counter.payment_id, counter.amount, state(payments[1])) == (
        payments[1].pk, D("2000.00"), "ordered",
    )  # fmt: skip
    deferred()
    assert not any(identities.broken().values())


def test_what_does_not_fit_is_refused_with_the_sentence(account, payments, cast):
    with pytest.raises(BadInput, match="2,000.00"):
        settle_payments_of_line(line=came(account, "2000.00", 5, memo="退票"), payments=payments[1:], by=None)
    with pytest.raises(BadInput, match=r"1,999\.00"):
        settle_payments_of_line(line=came(account, "-1999.00"), payments=payments[1:], by=None)
    early = money.line(account.statements.first(), D("-2000.00"), on=dt.date(2026, 5, 30))
    with pytest.raises(BadInput, match="2026-06-01"):
        settle_payments_of_line(line=early, payments=payments[1:], by=None)
    settle_payments_of_line(line=came(account, "-2000.00"), payments=payments[1:], by=None)
    with pytest.raises(BadInput, match="2026-06-03"):
        settle_payments_of_line(line=came(account, "-2000.00", 4), payments=payments[1:], by=None)
    with pytest.raises(BadInput, match="2026-06-03"):
        settle_payments(payments=payments[1:], paid=False, on=dt.date(2026, 6, 9), by=None, failure="退票")
    stranger = money.account(cast.far, holder=make.party("湾塘村股份经济合作社", of=cast.far))
    line = money.line(money.statement(stranger, [], month=JUNE), "-3000.00", on=dt.date(2026, 6, 9))
    with pytest.raises(BadInput):
        settle_payments_of_line(line=line, payments=payments[:1], by=None)


def test_the_database_keeps_payment_and_lines_together(account, payments):
    made = settle_payments_of_line(line=came(account, "-2000.00"), payments=payments[1:], by=None)[0]
    deferred()

    def written(**fields) -> None:
        values = {"booked_on": JUNE, "rule": "person", "made_at": made.made_at, "act": made.act}
        Match.objects.create(line=came(account, "-700.00", 6), amount=D("-700.00"), **values, **fields)
        deferred()

    def waits_again() -> None:
        Payment.objects.filter(pk=payments[1].pk).update(state="ordered", settled_on=None)
        deferred()

    for wrong, why in (
        (waits_again, "went out"),
        (lambda: written(kind="payment", payment=payments[0]), "went out"),
        (lambda: written(kind="fee", payment=payments[0]), "match_of_payment"),
    ):
        with pytest.raises(IntegrityError, match=why), transaction.atomic():
            wrong()


def test_the_run_settles_what_the_memo_and_the_payee_say(account, payments):
    run = payments[0].run
    came(account, "-3000.00", memo=f"代发 {run}", name="李建华")
    came(account, "-2000.00", memo="代发", name="王秀英", counter_account=payments[1].account_number)
    assert match_account(account=account, by=None).lines == 2
    came(account, "2000.00", 6, memo="退汇", name="王秀英", counter_account=payments[1].account_number)
    came(account, "3000.00", 6, memo="租金", name="李建华")  # no word of coming back: not by itself
    assert match_account(account=account, by=None).lines == 1
    assert [state(payment) for payment in payments] == ["paid", "failed"]
    assert {match.rule for match in Match.objects.all()} == {"payment_run"}
    deferred()


def order(key: int, **fields) -> Order:
    return Order(**{"key": key, "fen": 100, "name": "李建华", "account": "62284", "run": "FP-1-01", "day": 10,
                    "gone": False} | fields)  # fmt: skip


def line(fen: int = -100, **fields) -> Line:
    return Line(**{"key": 1, "day": 12, "year": 2026, "fen": fen, "name": "李建华", "account": "62284",
                   "memo": ""} | fields)  # fmt: skip


def test_two_that_fit_alike_are_left_to_a_person():
    assert pairs([line()], [order(1), order(2)]) == []
    assert [one.order.key for one in candidates(line(), [order(1), order(2)])] == [1, 2]
    assert [one.order.key for one in pairs([line()], [order(1), order(2, fen=200)])] == [1]
    assert pairs([line(), line(key=2)], [order(1)]) == []
    assert not candidates(line(day=9), [order(1)])


def test_the_page_offers_the_payments_and_settles_one(as_, account, payments):
    gone = came(account, "-2000.00", memo="代发")
    client = as_("finance_officer")
    page = reverse("matching", args=[account.pk])
    offered = client.get(page, {"line": gone.pk}).context["payments"]
    assert [one["payment"] for one in offered] == [payments[1]]
    client.post(reverse("line_settle", args=[gone.pk]), {"payments": offered[0]["value"]})
    assert state(payments[1]) == "paid"
    back = came(account, "2000.00", 5, memo="退汇")
    answer = client.get(page, {"line": back.pk})
    assert [one["payment"] for one in answer.context["payments"]] == [payments[1]]
    client.post(reverse("line_settle", args=[back.pk]), {"payments": str(payments[1].pk)})
    assert state(payments[1]) == "failed"
    page = client.get(reverse("distribution", args=[payments[1].line.distribution_id]))
    assert "退汇" in page.content.decode()
