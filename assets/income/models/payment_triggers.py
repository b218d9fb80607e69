"""What the database holds about payments and the bank lines that prove them. 中文：付款与流水约束

When a transaction ends, a payment is proved by lines wholly or not at all: what went out for it is its amount
or nothing, what came back is its amount or nothing and never more than went out; a payment of which the money
is out does not wait at the bank any more, one of which it is back stands as failed.
"""

from __future__ import annotations

import pgtrigger

_CHECK = """
PERFORM 1 FROM assets_payment p WHERE p.id = which FOR NO KEY UPDATE;
SELECT p.id, p.amount, p.state,
       coalesce(-sum(m.amount) FILTER (WHERE m.kind = 'payment'), 0) AS gone,
       coalesce(sum(m.amount) FILTER (WHERE m.kind = 'returned'), 0) AS back INTO proved
  FROM assets_payment p LEFT JOIN assets_match m ON m.payment_id = p.id AND m.undone_id IS NULL
 WHERE p.id = which GROUP BY p.id, p.amount, p.state;
IF proved.gone NOT IN (0, proved.amount) OR proved.back NOT IN (0, proved.amount)
   OR proved.back > proved.gone
   OR (proved.gone > proved.back AND proved.state = 'ordered')
   OR (proved.back > 0 AND proved.state <> 'failed') THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_as_lines_prove',
        MESSAGE = format('payment %s of %s (%s): %s went out, %s came back',
                         proved.id, proved.amount, proved.state, proved.gone, proved.back);
END IF;
RETURN NULL;
"""


def _proved(
    name: str,
    key: str,
    operation: pgtrigger.Operation | pgtrigger.Operations,
    condition: pgtrigger.Condition | None = None,
) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Row,
        when=pgtrigger.After,
        operation=operation,
        timing=pgtrigger.Deferred,
        condition=condition,
        declare=[("which", "bigint"), ("proved", "record")],
        func=f"which := {key}; {_CHECK}",
    )


def lines_prove_payments() -> pgtrigger.Trigger:
    """For the table of matches. Those of no payment are not kept for the end of the transaction."""
    of_one = pgtrigger.Condition("NEW.payment_id IS NOT NULL")
    return _proved("proves_payment", "NEW.payment_id", pgtrigger.Insert | pgtrigger.Update, of_one)


def state_as_proved() -> pgtrigger.Trigger:
    """For the table of payments."""
    return _proved("as_lines_prove", "NEW.id", pgtrigger.Update)
