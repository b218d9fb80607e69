"""Officers and the run match money, undo it, keep advances; the database has the last word."""

from __future__ import annotations

import datetime as dt
import random
import threading
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from assets.income.models.closing import MonthClose
from assets.income.models.match import KnownPayer, Match
from assets.income.queries import identities, month_end
from assets.income.queries.waiting import lines_left
from assets.income.services.closing import close_month, reopen_month
from assets.income.services.matching import match_account
from assets.income.services.settling import (
    Part,
    apply_advance,
    open_of_due,
    open_of_line,
    settle_dues,
    settle_other,
    undo,
)
from registry import clock
from registry.errors import BadInput, NotAllowed, RegistryError, RowsRefused
from registry.rules.parameters import install_defaults
from registry.services.acts import record_act

from . import money

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def place(cast):
    install_defaults()
    return cast.village


@pytest.fixture
def account(place):
    return money.account(place)


@pytest.fixture
def contract(place):
    return money.contract(place)


def paid(account, amount: str, **fields):
    statement = account.statements.first() or money.statement(account, [])
    on = fields.pop("on", dt.date(2026, 1, 10))
    return money.line(statement, D(amount), on=on, **{"name": "云南草果农业科技有限公司"} | fields)


def due(contract, number: int = 1):
    return contract.dues.get(number=number)


def test_the_run_settles_what_is_unique_and_leaves_the_rest(account, contract):
    exact, wrong = (
        paid(account, "1000.00", memo="HT2026-001 2026年1月租金"),
        paid(account, "77.00", name="陌生人"),
    )
    run = match_account(account=account, by=None)
    assert (run.lines, run.left) == (1, 1)
    match = Match.objects.get()
    assert (match.line, match.due, match.amount, match.rule) == (
        exact,
        due(contract),
        D("1000.00"),
        "memo_period",
    )
    assert match.act.verb == "money_matched"
    assert open_of_line(wrong) == D("77.00")
    assert match_account(account=account, by=None).lines == 0


def test_a_reversal_of_the_bank_takes_both_lines_out(account, contract):
    paid(account, "1000.00"), paid(account, "-1000.00", memo="冲正", on=dt.date(2026, 1, 11))
    match_account(account=account, by=None)
    assert {m.kind for m in Match.objects.all()} == {"reversal"}
    assert open_of_due(due(contract)) == D("1000.00")


def test_an_officer_settles_several_dues_and_keeps_the_rest_as_an_advance(account, contract):
    line = paid(account, "2300.00")
    parts = [Part(due=due(contract, n), amount=D("1000.00")) for n in (1, 2)]
    settle_dues(line=line, parts=parts, by=None, advance=True)
    assert [(m.kind, m.amount) for m in Match.objects.all()] == [
        ("due", D("1000.00")), ("due", D("1000.00")), ("advance", D("300.00")),
    ]  # fmt: skip
    assert open_of_line(line) == 0


def test_an_advance_is_used_for_a_later_due(account, place):
    contract = money.contract(place, amounts=("1000.00", "200.00"))
    line = paid(account, "1200.00")
    made = settle_dues(line=line, parts=[Part(due=due(contract), amount=D("1000.00"))], by=None, advance=True)
    with pytest.raises(BadInput, match=r"200\.00"):
        apply_advance(match=made[1], due=due(contract, 2), amount=D("200.01"), by=None)
    apply_advance(match=made[1], due=due(contract, 2), amount=D("200.00"), by=None)
    assert open_of_due(due(contract, 2)) == 0
    assert open_of_line(line) == 0
    assert not any(identities.broken().values())


def test_one_officer_wins_and_the_other_is_told_by_whom(account, contract, cast):
    officer = cast.users["finance_officer"]
    line = paid(account, "1000.00")
    settle_dues(line=line, parts=[Part(due=due(contract), amount=D("1000.00"))], by=officer)
    with pytest.raises(BadInput, match=officer.get_full_name()):
        settle_dues(line=line, parts=[Part(due=due(contract, 2), amount=D("1000.00"))], by=officer)


def test_more_than_the_line_or_the_due_is_refused_with_the_sentence(account, contract):
    line = paid(account, "1500.00")
    with pytest.raises(BadInput, match="1,000.00"):
        settle_dues(line=line, parts=[Part(due=due(contract), amount=D("1500.00"))], by=None)
    parts = [Part(due=due(contract, n), amount=D("1000.00")) for n in (1, 2)]
    with pytest.raises(BadInput, match="1,500.00"):
        settle_dues(line=line, parts=parts, by=None)
    assert not Match.objects.exists()


def test_the_database_refuses_what_no_service_asked(account, contract):
    line = paid(account, "1000.00")
    act = record_act(by=None, verb="money_matched", division=account.division)
    values = {"line": line, "booked_on": line.booked_on, "rule": "person", "made_at": clock.now(), "act": act}
    for wrong in (
        {"kind": "due", "due": due(contract), "amount": D("1000.01")},
        {"kind": "fee", "amount": D("-1.00")},
        {"kind": "due", "amount": D("1.00")},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Match.objects.create(**values, **wrong)
    other = paid(account, "5000.00")
    with pytest.raises(IntegrityError), transaction.atomic():
        Match.objects.create(**values | {"line": other}, kind="due", due=due(contract), amount=D("1000.01"))


def test_undoing_needs_a_reason_and_opens_line_and_due_again(account, contract):
    line = paid(account, "1000.00")
    match = settle_dues(line=line, parts=[Part(due=due(contract), amount=D("1000.00"))], by=None)[0]
    with pytest.raises(BadInput):
        undo(match=match, reason="", by=None)
    undo(match=match, reason="记错了合同", by=None)
    assert (open_of_line(line), open_of_due(due(contract))) == (D("1000.00"), D("1000.00"))
    with pytest.raises(BadInput):
        undo(match=match, reason="记错了合同", by=None)


def test_a_payer_who_pays_for_another_is_remembered(account, contract):
    line = paid(account, "1000.00", name="王五", counter_account="6222001")
    settle_dues(line=line, parts=[Part(due=due(contract), amount=D("1000.00"))], by=None, remember=True)
    assert KnownPayer.objects.get().party == contract.operator
    paid(account, "1000.00", name="王五", counter_account="6222001", on=dt.date(2026, 1, 20))
    assert match_account(account=account, by=None).lines == 1


def test_who_may_not(account, contract, cast):
    line = paid(account, "1000.00")
    with pytest.raises(NotAllowed):
        settle_dues(line=line, parts=[Part(due=due(contract), amount=D("1.00"))], by=cast.users["auditor"])
    with pytest.raises(NotAllowed):
        match_account(account=account, by=cast.users["clerk"])


def test_other_money_is_named_and_other_needs_a_sentence(account):
    line = paid(account, "3.21", name="", memo="结息")
    assert settle_other(line=line, kind="interest", by=None).amount == D("3.21")
    with pytest.raises(BadInput):
        settle_other(line=paid(account, "9.00"), kind="other", by=None)
    with pytest.raises(BadInput):
        settle_other(line=paid(account, "9.00"), kind="deposit", by=None)


def test_a_refund_lowers_what_was_received(account, contract):
    line = paid(account, "1000.00")
    settle_dues(line=line, parts=[Part(due=due(contract), amount=D("1000.00"))], by=None)
    back = paid(account, "-300.00")
    settle_other(line=back, kind="refund", due=due(contract), by=None)
    assert open_of_due(due(contract)) == D("300.00")
    with pytest.raises(BadInput, match="700"):
        settle_other(line=paid(account, "-800.00"), kind="refund", due=due(contract), by=None)


# --- month-end --------------------------------------------------------------------------------------------


def closable(account, contract) -> None:
    money.statement(account, ["1000.00"])
    settle_dues(line=account.lines.get(), parts=[Part(due=due(contract), amount=D("1000.00"))], by=None)


def test_what_prevents_closing_is_said_all_at_once(account, contract):
    statement = money.statement(account, [])
    money.line(statement, "55.00", on=dt.date(2026, 1, 3))
    with pytest.raises(RowsRefused) as refused:
        close_month(account=account, month=money.JANUARY, by=None)
    assert {code for code, _said in refused.value.rows} == {"unmatched", "balance"}


def test_closing_freezes_the_month_and_makes_its_vouchers(account, contract):
    closable(account, contract)
    closed = close_month(account=account, month=money.JANUARY, by=None)
    assert (closed.opening, closed.closing, closed.received) == (D("1000.00"), D("2000.00"), D("1000.00"))
    entry = account.vouchers.get().entries.get()
    assert (entry.debit[:3], entry.credit[:3], entry.amount) == ("102", "501", D("1000.00"))
    with pytest.raises(IntegrityError), transaction.atomic():
        paid(account, "5.00")
    with pytest.raises(IntegrityError), transaction.atomic():
        Match.objects.update(undone=Match.objects.get().act)
    assert not any(identities.broken().values())


def test_a_correction_of_a_closed_month_is_a_counter_entry_in_the_open_one(account, contract):
    closable(account, contract)
    close_month(account=account, month=money.JANUARY, by=None)
    match = Match.objects.get()
    undo(match=match, reason="应为另一合同", by=None)
    counter = Match.objects.get(counters=match)
    assert (counter.amount, counter.booked_on, counter.rule) == (D("-1000.00"), clock.today(), "correction")
    match.refresh_from_db()
    assert match.undone_id is None
    assert open_of_due(due(contract)) == D("1000.00")
    assert not any(identities.broken().values())


def waiting_lines(account):
    """The same question asked three ways: of one account, of many, and of every line."""
    asked = {line.pk for line in month_end.unmatched(account)}
    assert asked == {line.pk for line in month_end.unmatched(account__in=[account])}
    assert sum(count for count, _sum in lines_left([account]).values()) == len(asked)
    return asked


def test_a_line_of_a_closed_month_waits_again_once_its_match_is_countered(account, contract):
    closable(account, contract)
    close_month(account=account, month=money.JANUARY, by=None)
    assert waiting_lines(account) == set()
    late = paid(account, "7.00", on=dt.date(2026, 2, 3))
    assert waiting_lines(account) == {late.pk}
    match = Match.objects.in_force().filter(kind="due").first()
    undo(match=match, reason="付错合同", by=None)
    assert waiting_lines(account) == {late.pk, match.line_id}


def test_opening_again_needs_the_right_and_a_reason_and_leaves_the_figures(account, contract, cast):
    closable(account, contract)
    closed = close_month(account=account, month=money.JANUARY, by=None)
    with pytest.raises(NotAllowed):
        reopen_month(close=closed, reason="漏记一笔", by=cast.users["finance_officer"])
    with pytest.raises(BadInput):
        reopen_month(close=closed, reason=" ", by=cast.users["county"])
    reopen_month(close=closed, reason="漏记一笔", by=cast.users["county"])
    assert MonthClose.objects.get().reopened.reason == "漏记一笔"
    undo(match=Match.objects.get(), reason="重新核对", by=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        MonthClose.objects.update(closing=D("0.00"))


# --- random sequences -------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_every_identity_holds_after_every_act(account, place, seed):
    """Runs, matches, part payments, advances, refunds, undoing, closing, opening again, in a random order."""
    rng = random.Random(seed)
    contracts = [
        money.contract(place, f"HT2026-00{n}", payer=None, amounts=("1000.00", "500.00", "250.25"))
        for n in (1, 2)
    ]
    dues = [one for contract in contracts for one in contract.dues.all()]
    statement = money.statement(account, [], opening="0.00")
    acts = 0
    for _step in range(45):
        acts += _one(rng, account, statement, dues)
        found = identities.broken()
        assert not any(found.values()), found
        received = sum((one.amount - open_of_due(one) for one in dues), D(0))
        matched = sum((m.amount for m in Match.objects.in_force().filter(kind__in=["due", "refund"])), D(0))
        assert received == matched
    assert acts > 12


def _one(rng: random.Random, account, statement, dues) -> int:
    """A random act; a refusal by a sentence changes nothing. 1 where it was done."""
    lines, matches = list(account.lines.all()), list(Match.objects.in_force().filter(counters=None))
    due = rng.choice(dues)
    amount = D(rng.choice(("250.25", "500.00", "1000.00", "333.33")))
    doing = {
        "came": lambda: money.line(statement, amount, on=dt.date(2026, 1, rng.randrange(1, 28)),
                                   name="云南草果农业科技有限公司",
                                   memo=rng.choice(("", "HT2026-001", "HT2026-002部分"))),
        "went": lambda: money.line(statement, -amount, on=dt.date(2026, 1, 28)),
        "run": lambda: match_account(account=account, by=None),
        "settle": lambda: settle_dues(line=rng.choice(lines), parts=[Part(due=due, amount=amount)], by=None,
                                      advance=rng.random() < 0.5),
        "refund": lambda: settle_other(line=rng.choice(lines), kind="refund", due=due, by=None),
        "cost": lambda: settle_other(line=rng.choice(lines), kind="cost", by=None),
        "advance": lambda: apply_advance(match=rng.choice(matches), due=due, amount=amount, by=None),
        "undo": lambda: undo(match=rng.choice(matches), reason="随机撤销", by=None),
        "close": lambda: close_month(account=account, month=money.JANUARY, by=None),
        "reopen": lambda: reopen_month(close=account.closes.filter(reopened=None)[0],
                                       reason="随机反结账", by=None),
    }  # fmt: skip
    try:
        with transaction.atomic():
            doing[rng.choice(sorted(doing))]()
    except (RegistryError, IntegrityError, IndexError):
        return 0
    return 1


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_on_one_line(cast):
    install_defaults()
    account, contract = money.account(cast.village), money.contract(cast.village)
    line = paid(account, "1000.00")
    answers: list[str] = []
    ready = threading.Barrier(2)

    def officer(number: int) -> None:
        try:
            ready.wait(5)
            settle_dues(line=line, parts=[Part(due=due(contract, number), amount=D("1000.00"))], by=None)
            answers.append("won")
        except BadInput as error:
            answers.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=officer, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(answers) == ["taken", "won"]
    assert Match.objects.count() == 1
