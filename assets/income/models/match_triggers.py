"""What the database holds about matches, in whatever order and by however many they are written at once.

The matches of a line are never more than the line, and of its sign; the matches of a due are never more than
the due (less what was written off) and never less than nothing. Each check locks the rows it counts
against, in the order of their keys, and sees what others have committed meanwhile. 中文：对账约束
"""

from __future__ import annotations

import pgtrigger

from .closing_triggers import in_open_month

_COMMITTED_ONLY = """
IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'money is matched in READ COMMITTED transactions only';
END IF;
"""
_LINES = """
PERFORM 1 FROM assets_bankline l WHERE l.id IN (SELECT line_id FROM new_rows) ORDER BY l.id FOR NO KEY UPDATE;
SELECT l.id, l.amount, sum(m.amount) AS used INTO over
  FROM assets_bankline l JOIN assets_match m ON m.line_id = l.id AND m.undone_id IS NULL
 WHERE l.id IN (SELECT line_id FROM new_rows)
 GROUP BY l.id, l.amount, l.annulled_id
HAVING sum(m.amount) * sign(l.amount) < 0 OR abs(sum(m.amount)) > abs(l.amount)
    OR (l.annulled_id IS NOT NULL AND sum(m.amount) <> 0)
 LIMIT 1;
IF FOUND THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'match_within_line',
        MESSAGE = format('line %s of %s is matched with %s', over.id, over.amount, over.used);
END IF;
"""
_DUES = """
PERFORM 1 FROM assets_due d WHERE d.id IN (SELECT due_id FROM new_rows WHERE due_id IS NOT NULL)
  ORDER BY d.id FOR NO KEY UPDATE;
SELECT d.id, d.amount, sum(m.amount) AS used INTO over
  FROM assets_due d JOIN assets_match m ON m.due_id = d.id AND m.undone_id IS NULL
 WHERE d.id IN (SELECT due_id FROM new_rows WHERE due_id IS NOT NULL)
 GROUP BY d.id, d.amount, d.written_off, d.annulled_id
HAVING sum(m.amount) < 0 OR sum(m.amount) > d.amount - d.written_off OR (d.annulled_id IS NOT NULL
  AND sum(m.amount) <> 0)
 LIMIT 1;
IF FOUND THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'match_within_due',
        MESSAGE = format('due %s of %s is matched with %s', over.id, over.amount, over.used);
END IF;
"""
_DUE_ITSELF = """
SELECT d.id, d.amount, sum(m.amount) AS used INTO over
  FROM new_rows d JOIN assets_match m ON m.due_id = d.id AND m.undone_id IS NULL
 GROUP BY d.id, d.amount, d.written_off, d.annulled_id
HAVING sum(m.amount) > d.amount - d.written_off OR (d.annulled_id IS NOT NULL AND sum(m.amount) <> 0)
 LIMIT 1;
IF FOUND THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'match_within_due',
        MESSAGE = format('due %s of %s is matched with %s', over.id, over.amount, over.used);
END IF;
"""


def _both(name: str, func: str) -> list[pgtrigger.Trigger]:
    return [
        pgtrigger.Trigger(
            name=f"{name}_{word}",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=pgtrigger.Referencing(new="new_rows"),
            declare=[("over", "record")],
            func=f"{_COMMITTED_ONLY}{func} RETURN NULL;",
        )
        for word, operation in (("insert", pgtrigger.Insert), ("update", pgtrigger.Update))
    ]


def line_not_overdrawn() -> list[pgtrigger.Trigger]:
    """The matches of a line lie between nothing and the line."""
    return _both("within_line", _LINES)


def due_not_overpaid() -> list[pgtrigger.Trigger]:
    """The matches of a due lie between nothing and the due."""
    return _both("within_due", _DUES)


def due_covers_matches() -> pgtrigger.Trigger:
    """For the table of dues: one is not lowered below, nor taken back over, what has been received for it."""
    return pgtrigger.Trigger(
        name="covers_matches",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        referencing=pgtrigger.Referencing(new="new_rows"),
        declare=[("over", "record")],
        func=f"{_COMMITTED_ONLY}{_DUE_ITSELF} RETURN NULL;",
    )


def matches_in_open_months() -> list[pgtrigger.Trigger]:
    """No match is added to a closed month, and none of one is undone."""
    account = "(SELECT l.account_id FROM assets_bankline l WHERE l.id = n.line_id)"
    return [in_open_month(operation, account) for operation in ("insert", "update")]
