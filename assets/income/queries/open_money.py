"""Receivables that are open and lines that are not matched, as the matching reads them. 中文：未清款项"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from assets.income.matching.book import Book, Due, Line
from assets.income.models.bank import BankAccount

# The months of a period are those in which most of it lies: rent from the 15th is rent of that month.
_MONTH = "extract(year FROM {day})::int * 12 + extract(month FROM {day})::int - 1"
_DAY = "({} - DATE '0001-01-01' + 1)"
_FIRST, _LAST = _MONTH.format(day="(lower(d.period) + 14)"), _MONTH.format(day="(upper(d.period) - 15)")
PAYABLE = """
  FROM assets_due d
  JOIN assets_contract c ON c.id = d.contract_id AND c.annulled_id IS NULL
    AND CASE WHEN c.account_id IS NOT NULL THEN c.account_id = %(account)s
             ELSE c.account_number IN ('', %(number)s) END
  JOIN registry_division p ON p.id = c.division_id AND p.path ^@ %(path)s
"""
_OPEN_DUES = f"""
SELECT d.id, d.contract_id, d.payer_id, {_DAY.format("d.due_on")}, {_FIRST}, greatest({_FIRST}, {_LAST}),
       ((d.amount - d.written_off - coalesce(m.received, 0)) * 100)::bigint
{PAYABLE}
  LEFT JOIN (SELECT due_id, sum(amount) AS received FROM assets_match
              WHERE undone_id IS NULL AND due_id IS NOT NULL GROUP BY due_id) m ON m.due_id = d.id
 WHERE d.annulled_id IS NULL AND d.amount - d.written_off > coalesce(m.received, 0)
"""
_NUMBERS = """
SELECT c.number, c.id FROM assets_contract c JOIN registry_division p ON p.id = c.division_id
 WHERE c.annulled_id IS NULL AND p.path ^@ %(path)s
"""
_PAYERS = f"""
WITH payer AS (SELECT DISTINCT d.payer_id AS id {PAYABLE} WHERE d.annulled_id IS NULL)
SELECT y.name, y.id FROM registry_party y JOIN payer ON payer.id = y.id
UNION SELECT f.name, y.id FROM registry_party y JOIN payer ON payer.id = y.id,
             jsonb_array_elements_text(CASE WHEN jsonb_typeof(y.former_names) = 'array' THEN
             y.former_names END) f(name)
UNION SELECT k.name, k.party_id FROM assets_knownpayer k JOIN registry_division p ON p.id = k.division_id
       WHERE k.forgotten_id IS NULL AND %(path)s ^@ p.path
"""
_ACCOUNTS = """
SELECT k.account, min(k.party_id) FROM assets_knownpayer k JOIN registry_division p ON p.id = k.division_id
 WHERE k.forgotten_id IS NULL AND k.account <> '' AND %(path)s ^@ p.path
 GROUP BY k.account HAVING count(DISTINCT k.party_id) = 1
"""
_OPEN_LINES = f"""
SELECT l.id, {_DAY.format("l.booked_on")}, extract(year FROM l.booked_on)::int,
       ((l.amount - coalesce(m.used, 0)) * 100)::bigint, l.name, l.counter_account, l.memo
  FROM assets_bankline l
  LEFT JOIN (SELECT x.line_id, sum(x.amount) AS used FROM assets_match x
               JOIN assets_bankline y ON y.id = x.line_id AND y.account_id = %(account)s
              WHERE x.undone_id IS NULL GROUP BY x.line_id) m ON m.line_id = l.id
 WHERE l.account_id = %(account)s AND l.annulled_id IS NULL AND l.amount <> coalesce(m.used, 0)
   AND (%(lines)s::bigint[] IS NULL OR l.id = ANY(%(lines)s))
"""


def _rows(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def book_of(account: BankAccount) -> Book:
    """What may be paid into an account: open dues of contracts of its place and below. Four queries."""
    values = {"path": account.division.path, "number": account.number, "account": account.pk}
    return Book(
        (Due(*row) for row in _rows(_OPEN_DUES, values)),
        dict(_rows(_NUMBERS, values)),
        _rows(_PAYERS, values),
        dict(_rows(_ACCOUNTS, values)),
    )


def open_lines(account: BankAccount, lines: Sequence[int] | None = None) -> list[Line]:
    """Lines of an account of which something is not matched; fen below zero went out. One query."""
    values = {"account": account.pk, "lines": list(lines) if lines is not None else None}
    return [Line(*row) for row in _rows(_OPEN_LINES, values)]
