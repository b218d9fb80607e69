"""What was paid out of pools, told apart by what brought it in. 中文：分配按资产、合同分摊

A payment stands by the bank lines that pay it or bring it back. What a pool paid in a period is apportioned
to its assets (contracts) by what was received of each in the year of the pool, each due by the weight of the
asset. The running sum is rounded down to the fen, so that the parts make the whole. Money that no asset
brought in through a contract here, and payments whose line names no order, belong to none: the rest.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import connection

from assets.income.models.contract import Contract
from registry.models import Division, Unit

KEYS = {"asset": "unit_id", "contract": "contract_id"}
_SCOPE = "(p.path ^@ ANY(%(paths)s) AND p.path ^@ %(within)s)"
_SHARES = f"""
WITH paid AS (
  SELECT n.pool_id, -sum(m.amount) AS amount
    FROM assets_match m JOIN assets_payment y ON y.id = m.payment_id
    JOIN assets_distributionline e ON e.id = y.line_id JOIN assets_distribution n ON n.id = e.distribution_id
    JOIN assets_bankline l ON l.id = m.line_id JOIN assets_bankaccount b ON b.id = l.account_id
    JOIN registry_division p ON p.id = b.division_id
   WHERE m.undone_id IS NULL AND m.booked_on >= %(first)s AND m.booked_on <= %(last)s AND {_SCOPE}
   GROUP BY 1),
part AS (
  SELECT q.id AS pool_id, %(key)s AS key, sum(m.amount * u.weight_num / u.weight_den) AS got
    FROM paid JOIN assets_incomepool q ON q.id = paid.pool_id
    JOIN assets_incomepool_units w ON w.incomepool_id = q.id
    JOIN assets_contractunit u ON u.unit_id = w.unit_id
    JOIN assets_contract c ON c.id = u.contract_id AND c.annulled_id IS NULL AND c.owner_id = q.owner_id
    JOIN assets_due d ON d.contract_id = c.id
    JOIN assets_match m ON m.due_id = d.id AND m.undone_id IS NULL
     AND extract(year FROM m.booked_on) = q.year
   GROUP BY 1, 2 HAVING sum(m.amount) > 0),
edge AS (
  SELECT pool_id, key, got, sum(got) OVER (PARTITION BY pool_id) AS whole,
         sum(got) OVER (PARTITION BY pool_id ORDER BY key ROWS UNBOUNDED PRECEDING) AS high
    FROM part)
SELECT key, (sum(floor(amount * 100 * high / whole) - floor(amount * 100 * (high - got) / whole)) / 100)
         ::numeric(18, 2)
  FROM edge JOIN paid USING (pool_id) GROUP BY 1
"""
_ALL = f"""
SELECT count(*), coalesce(-sum(m.amount), 0)
  FROM assets_match m JOIN assets_bankline l ON l.id = m.line_id
  JOIN assets_bankaccount b ON b.id = l.account_id JOIN registry_division p ON p.id = b.division_id
 WHERE m.undone_id IS NULL AND m.kind IN ('payment', 'returned') AND m.booked_on >= %(first)s
   AND m.booked_on <= %(last)s AND {_SCOPE}
"""


def distributed(
    by: str, first: dt.date, last: dt.date, paths: Sequence[str], within: str
) -> tuple[dict[int, Decimal], Decimal]:
    """Paid by asset or contract (yuan, by key), both days counted, and the rest of all that was paid.

    Two queries at most.
    """
    values: dict[str, Any] = {"first": first, "last": last, "paths": list(paths), "within": within}
    with connection.cursor() as cursor:
        cursor.execute(_ALL, values)
        payments, whole = cursor.fetchone()
        if not payments:
            return {}, whole
        cursor.execute(_SHARES.replace("%(key)s", f"u.{KEYS[by]}"), values)
        shares = {key: amount for key, amount in cursor.fetchall() if amount}
    return shares, whole - sum(shares.values(), Decimal(0))


def called(by: str, keys: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Name and note of things from which was paid, and that neither owed nor received anything. One query."""
    columns: dict[str, tuple[Any, str, str]] = {
        "asset": (Unit, "name", "code"),
        "contract": (Contract, "number", "title"),
        "village": (Division, "name", ""),
    }
    model, name, note = columns[by]
    rows = model.objects.filter(pk__in=keys).order_by(name, "pk") if keys else ()
    return {row.pk: (getattr(row, name), getattr(row, note, "")) for row in rows}
