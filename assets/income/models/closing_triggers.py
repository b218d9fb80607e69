"""What the database holds about closed months: no line and no match is added to one or taken from it.

Writers of a month share a lock on its account, the closing takes it alone: what is being written is in the
closed figures or comes too late, never between. 中文：结账约束
"""

from __future__ import annotations

import pgtrigger

_LOCKED = """
PERFORM 1 FROM assets_bankaccount b WHERE b.id IN (SELECT {account} FROM {rows} n) ORDER BY b.id FOR SHARE;
"""
_CLOSED = """
SELECT c.account_id, c.month INTO shut FROM assets_monthclose c
  JOIN (SELECT DISTINCT {account} AS account_id, date_trunc('month',
    n.booked_on)::date AS month FROM {rows} n)
    w ON w.account_id = c.account_id AND w.month = c.month
 WHERE c.reopened_id IS NULL LIMIT 1;
IF FOUND THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'month_is_closed',
        MESSAGE = format('month %s of account %s is closed', shut.month, shut.account_id);
END IF;
"""
_ROWS = {"insert": (pgtrigger.Insert, "new_rows"), "update": (pgtrigger.Update, "new_rows")}


def in_open_month(operation: str, account: str) -> pgtrigger.Trigger:
    """Rows inserted or changed lie in months that are open; ``account``: the key of their account."""
    of, rows = _ROWS[operation]
    made = (_LOCKED + _CLOSED).format(account=account, rows=rows)
    return pgtrigger.Trigger(
        name=f"open_month_{operation}",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=of,
        referencing=pgtrigger.Referencing(new="new_rows"),
        declare=[("shut", "record")],
        func=f"{made} RETURN NULL;",
    )


def lines_in_open_months() -> list[pgtrigger.Trigger]:
    """No line is added to a closed month, and none is taken out of one."""
    return [in_open_month(operation, "n.account_id") for operation in _ROWS]
