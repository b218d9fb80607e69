"""Settle what is unique and explained, for a whole account at once. 中文：自动对账"""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from django.db import IntegrityError, OperationalError, connection, transaction

from assets.income.matching import engine, memo, names
from assets.income.matching.book import Line
from assets.income.matching.payments import pairs as payments_of_lines
from assets.income.models.bank import BankAccount
from assets.income.models.distribution import Payment
from assets.income.parameters_money import EARLY_DAYS
from assets.income.queries.open_money import book_of, open_lines
from assets.income.queries.orders import orders_of
from registry import access, clock
from registry.models import User
from registry.rules.parameters import resolver
from registry.services.acts import record_act

from .paying import lock_payments, stand_as_proved

Some = TypeVar("Some")
TRIES = 3
Cells = tuple[object, ...]
REVERSED_WITHIN = 31  # days between a line and the one by which the bank reverses it
_STAGE = """
CREATE TEMP TABLE matched (line_id bigint, due_id bigint, other_id bigint, payment_id bigint, kind text,
  fen bigint, rule text)
ON COMMIT DROP
"""
_INSERT = """
INSERT INTO assets_match (line_id, due_id, other_id, payment_id, kind, amount, booked_on, rule, note,
made_by_id, made_at, act_id)
SELECT t.line_id, t.due_id, t.other_id, t.payment_id, t.kind, t.fen / 100.0,
       CASE WHEN c.id IS NULL THEN l.booked_on ELSE %(today)s END, t.rule, '', %(user)s, %(now)s, %(act)s
  FROM matched t
  JOIN assets_bankline l ON l.id = t.line_id
  LEFT JOIN assets_monthclose c ON c.account_id = l.account_id AND c.reopened_id IS NULL
       AND c.month = date_trunc('month', l.booked_on)::date
"""


@dataclass(frozen=True)
class Run:
    """What a run did: lines settled, in how many parts, and lines that wait for a person."""

    lines: int
    parts: int
    left: int


def retried(work: Callable[[], Some]) -> Some:
    """Do it again where somebody else matched the same money in between. Each try is a transaction."""
    for left in reversed(range(TRIES)):
        try:
            with transaction.atomic():
                return work()
        except (IntegrityError, OperationalError):
            if not left or connection.in_atomic_block:
                raise
    raise AssertionError("unreachable")


def match_account(*, account: BankAccount, by: User | None) -> Run:
    """Match the open lines of an account where the answer is unique and explained. 中文：自动对账

    What another officer matches at the same time is read again: the database lets no fen count twice.
    """
    access.require(by, "match_money", account.division)
    return retried(lambda: _run(account, by))


def _run(account: BankAccount, by: User | None) -> Run:
    with connection.cursor() as cursor:  # one run an account at a time
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"match:{account.pk}"])
    lines = open_lines(account)
    rows = list(_reversed(reversals(lines)))
    taken = {row[0] for row in rows}
    paid = payments_of_lines([line for line in lines if line.key not in taken], orders_of(account))
    orders = lock_payments(Payment(pk=one.order.key) for one in paid)
    for one in paid:
        kind = "payment" if one.line.fen < 0 else "returned"
        rows.append((one.line.key, None, None, one.order.key, kind, one.line.fen, "payment_run"))
        taken.add(one.line.key)
    incoming = [line for line in lines if line.fen > 0 and line.key not in taken]
    early = int(resolver([EARLY_DAYS], clock.today())(EARLY_DAYS, account.division.path))
    outcome = engine.settle(book_of(account), incoming, early)
    rows += [(done.line, done.due, None, None, "due", done.fen, done.rule) for done in outcome.settled]
    settled = len({row[0] for row in rows})
    if rows:
        _write(account, by, rows, settled)
    for payment in orders:
        stand_as_proved(payment)
    return Run(settled, len(rows), len(lines) - settled)


def _reversed(pairs: list[tuple[Line, Line]]) -> Iterator[Cells]:
    """Both sides of each reversal, as rows."""
    for one, other in pairs:
        yield one.key, None, other.key, None, "reversal", one.fen, "reversed"
        yield other.key, None, one.key, None, "reversal", other.fen, "reversed"


def reversals(lines: list[Line]) -> list[tuple[Line, Line]]:
    """Lines that the bank itself reverses: its memo says so, and one line alone has that name and amount."""
    incoming: dict[tuple[str, int], list[Line]] = defaultdict(list)
    for line in lines:
        if line.fen > 0:
            incoming[names.key(line.name), line.fen].append(line)
    pairs: list[tuple[Line, Line]] = []
    for line in lines:
        if line.fen < 0 and memo.REVERSED.search(line.memo):
            found = [
                other for other in incoming[names.key(line.name), -line.fen]
                if 0 <= line.day - other.day <= REVERSED_WITHIN
            ]  # fmt: skip
            if len(found) == 1:
                incoming[names.key(line.name), -line.fen].remove(found[0])
                pairs.append((found[0], line))
    return pairs


def _write(account: BankAccount, by: User | None, rows: list[Cells], lines: int) -> None:
    act = record_act(
        by=by, verb="money_matched", division=account.division, subject=f"bankaccount:{account.pk}",
        after={"lines": lines, "parts": len(rows), "automatic": True},
    )  # fmt: skip
    text = "".join("\t".join("\\N" if cell is None else str(cell) for cell in row) + "\n" for row in rows)
    values = {"today": clock.today(), "now": clock.now(), "user": by.pk if by else None, "act": act.pk}
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        cursor.cursor.copy_expert("COPY matched FROM STDIN", io.StringIO(text))
        cursor.execute("ANALYZE matched")
        cursor.execute(_INSERT, values)
        cursor.execute("DROP TABLE matched")


def constraint_of(error: BaseException) -> str:
    """The name of the constraint that a write broke."""
    found = re.search(r'constraint "(\w+)"', str(error))
    diagnostics = getattr(error.__cause__, "diag", None)
    return (diagnostics.constraint_name if diagnostics else None) or (found[1] if found else "")
