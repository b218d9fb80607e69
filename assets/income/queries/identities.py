"""The identities of money, as SQL that finds what breaks them. 中文：四方核对

opening + accrued - received - written off = closing (contract); received = matched bank lines = vouchers;
opening + credits - debits = closing (account, month).
"""

from __future__ import annotations

from typing import Any

from django.db import connection

CHECKS = {
    # No line is matched with more than it holds, or against its sign.
    "lines": """
        SELECT l.id, l.amount, sum(m.amount) FROM assets_bankline l
          JOIN assets_match m ON m.line_id = l.id AND m.undone_id IS NULL
         GROUP BY l.id HAVING abs(sum(m.amount)) > abs(l.amount) OR sum(m.amount) * l.amount < 0
             OR (l.annulled_id IS NOT NULL AND sum(m.amount) <> 0)""",
    # No due has received less than nothing, or more than is owed.
    "dues": """
        SELECT d.id, d.amount, sum(m.amount) FROM assets_due d
          JOIN assets_match m ON m.due_id = d.id AND m.undone_id IS NULL
         GROUP BY d.id HAVING sum(m.amount) < 0 OR sum(m.amount) > d.amount - d.written_off
             OR (d.annulled_id IS NOT NULL AND sum(m.amount) <> 0)""",
    # An advance or deposit of a contract is never used for more than was paid.
    "advances": """
        SELECT m.contract_id, m.kind, sum(m.amount) FROM assets_match m
         WHERE m.undone_id IS NULL AND m.kind IN ('advance', 'deposit')
         GROUP BY m.contract_id, m.kind, m.line_id, sign((SELECT l.amount FROM assets_bankline l
           WHERE l.id = m.line_id))
        HAVING sum(m.amount) * sign((SELECT l.amount FROM assets_bankline l
          WHERE l.id = min(m.line_id))) < 0""",
    # A closed month has the lines, the receipts and the vouchers with which it was closed.
    "closed_months": """
        SELECT c.account_id, c.month, c.received, coalesce(r.received, 0), coalesce(l.net, 0),
          c.credits - c.debits
          FROM assets_monthclose c
          LEFT JOIN LATERAL (SELECT sum(m.amount) AS received FROM assets_match m
               JOIN assets_bankline b ON b.id = m.line_id WHERE b.account_id = c.account_id
                 AND m.undone_id IS NULL
                AND m.kind IN ('due', 'refund') AND date_trunc('month', m.booked_on) = c.month) r ON true
          LEFT JOIN LATERAL (SELECT sum(b.amount) AS net FROM assets_bankline b
            WHERE b.account_id = c.account_id
                AND b.annulled_id IS NULL AND date_trunc('month', b.booked_on) = c.month) l ON true
         WHERE c.reopened_id IS NULL
           AND (c.received <> coalesce(r.received, 0) OR c.credits - c.debits <> coalesce(l.net, 0))""",
    # Closed months follow each other: one begins with what the one before ended with.
    "months_follow": """
        SELECT c.account_id, c.month, c.opening, b.closing FROM assets_monthclose c
          JOIN assets_monthclose b ON b.account_id = c.account_id AND b.month = c.month - INTERVAL '1 month'
         WHERE c.reopened_id IS NULL AND b.reopened_id IS NULL AND c.opening <> b.closing""",
    # Every match of a closed month has its voucher, of its amount, in its month.
    "vouchers": """
        SELECT m.id, m.amount, e.amount FROM assets_match m
          JOIN assets_bankline l ON l.id = m.line_id
          JOIN assets_monthclose c ON c.account_id = l.account_id AND c.reopened_id IS NULL
               AND c.month = date_trunc('month', m.booked_on)::date
          LEFT JOIN assets_voucherentry e ON e.match_id = m.id
         WHERE m.undone_id IS NULL AND (e.id IS NULL OR abs(e.amount) <> abs(m.amount))""",
    # Closing receivable of a contract = accrued - received - written off, from its dues and its lines.
    "contracts": """
        SELECT c.id, d.owed, d.open FROM assets_contract c
          JOIN (SELECT x.contract_id, sum(x.amount - x.written_off) AS owed,
                       sum(x.amount - x.written_off - coalesce(g.got, 0)) AS open
                  FROM assets_due x LEFT JOIN (SELECT m.due_id, sum(m.amount) AS got FROM assets_match m
                       WHERE m.undone_id IS NULL AND m.due_id IS NOT NULL GROUP BY m.due_id) g
                    ON g.due_id = x.id
                 WHERE x.annulled_id IS NULL GROUP BY x.contract_id) d ON d.contract_id = c.id
          LEFT JOIN (SELECT x.contract_id, sum(m.amount) AS got FROM assets_match m
               JOIN assets_due x ON x.id = m.due_id WHERE m.undone_id IS NULL GROUP BY x.contract_id) r
            ON r.contract_id = c.id
         WHERE d.open < 0 OR d.owed - coalesce(r.got, 0) <> d.open""",
    # No pool gives more than it was settled with; nothing is given of one that is not settled.
    "pools": """
        SELECT p.id, s.given FROM assets_incomepool p
          JOIN (SELECT d.pool_id, sum(d.total + d.reserve) AS given FROM assets_distribution d
                 WHERE d.approved_id IS NOT NULL AND d.annulled_id IS NULL GROUP BY d.pool_id) s
            ON s.pool_id = p.id
         WHERE p.settled_id IS NULL OR s.given > greatest(p.received - p.cost - p.tax - p.loss, 0)""",
    # The lines of an approved distribution are its total, and no line is paid or ordered twice or above it.
    "distributions": """
        SELECT d.id, d.total, sum(l.amount) FROM assets_distribution d
          JOIN assets_distributionline l ON l.distribution_id = d.id
         WHERE d.approved_id IS NOT NULL AND d.annulled_id IS NULL
         GROUP BY d.id HAVING sum(l.amount) <> d.total
        UNION ALL
        SELECT l.id, l.amount, sum(p.amount) FROM assets_distributionline l
          JOIN assets_payment p ON p.line_id = l.id AND p.annulled_id IS NULL AND p.state <> 'failed'
         GROUP BY l.id HAVING sum(p.amount) <> l.amount""",
    # What lines paid of a payment and brought back is its amount or nothing, and it stands as they say.
    "payments": """
        SELECT p.id, p.amount, p.state FROM assets_payment p
          JOIN (SELECT m.payment_id, coalesce(-sum(m.amount) FILTER (WHERE m.kind = 'payment'), 0) AS gone,
                       coalesce(sum(m.amount) FILTER (WHERE m.kind = 'returned'), 0) AS back
                  FROM assets_match m WHERE m.undone_id IS NULL AND m.payment_id IS NOT NULL
                 GROUP BY m.payment_id) s ON s.payment_id = p.id
         WHERE s.gone NOT IN (0, p.amount) OR s.back NOT IN (0, p.amount) OR s.back > s.gone
            OR (s.gone > s.back AND p.state = 'ordered') OR (s.back > 0 AND p.state <> 'failed')""",
    # What a statement says it holds, it holds.
    "statements": """
        SELECT s.id, s.closing FROM assets_statement s WHERE s.annulled_id IS NULL
           AND s.closing <> s.opening + s.credits - s.debits""",
}


def broken(shown: int = 20) -> dict[str, list[list[Any]]]:
    """The rows that break each identity; all lists are empty while the books hold."""
    found = {}
    with connection.cursor() as cursor:
        for name, sql in CHECKS.items():
            cursor.execute(f"{sql} LIMIT {int(shown)}")
            found[name] = [list(map(str, row)) for row in cursor.fetchall()]
    return found
