"""Payments that a line of an account may be about, as the matching reads them. 中文：待核对付款"""

from __future__ import annotations

from typing import Any

from django.db import connection

from assets.income.matching.payments import Order
from assets.income.models.bank import BankAccount

_ORDERS = """
SELECT p.id, (p.amount * 100)::bigint, p.account_name, p.account_number, p.run,
       (p.ordered_on - DATE '0001-01-01' + 1), coalesce(s.gone, 0) > 0
  FROM assets_payment p
  JOIN assets_distributionline n ON n.id = p.line_id
  JOIN assets_distribution t ON t.id = n.distribution_id
  JOIN assets_incomepool o ON o.id = t.pool_id
  JOIN registry_division d ON d.id = o.division_id
  LEFT JOIN (SELECT m.payment_id, -sum(m.amount) FILTER (WHERE m.kind = 'payment') AS gone,
                    sum(m.amount) FILTER (WHERE m.kind = 'returned') AS back
               FROM assets_match m WHERE m.undone_id IS NULL AND m.payment_id IS NOT NULL
              GROUP BY m.payment_id) s ON s.payment_id = p.id
 WHERE p.annulled_id IS NULL AND coalesce(s.back, 0) = 0
   AND (p.state <> 'failed' OR coalesce(s.gone, 0) > 0)
   AND (o.owner_id = %(holder)s OR d.path ^@ %(path)s)
 ORDER BY p.id
"""


def orders_of(account: BankAccount) -> list[Order]:
    """Payments of the account's owner, and of pools of its place, that did not come back. One query."""
    values: dict[str, Any] = {"holder": account.holder_id, "path": account.division.path}
    with connection.cursor() as cursor:
        cursor.execute(_ORDERS, values)
        return [Order(*row) for row in cursor.fetchall()]
