"""What the database holds about distributions. 中文：分配约束

No more is distributed of a pool than it holds, in whatever order and by however many it is written at once;
the lines of an approved distribution are its total to the fen and stay as they were approved.
"""

from __future__ import annotations

import pgtrigger

_CHECK = """
PERFORM 1 FROM assets_incomepool p WHERE p.id IN (SELECT {column} FROM new_rows)
  ORDER BY p.id FOR NO KEY UPDATE;
SELECT p.id, s.given, greatest(p.received - p.cost - p.tax - p.loss, 0) AS held INTO over
  FROM assets_incomepool p
  JOIN (SELECT d.pool_id, sum(d.total + d.reserve) AS given FROM assets_distribution d
         WHERE d.approved_id IS NOT NULL AND d.annulled_id IS NULL
           AND d.pool_id IN (SELECT {column} FROM new_rows) GROUP BY d.pool_id) s ON s.pool_id = p.id
 WHERE s.given > greatest(p.received - p.cost - p.tax - p.loss, 0) OR p.settled_id IS NULL
 ORDER BY p.id LIMIT 1;
IF FOUND THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'distribution_within_distributable',
        MESSAGE = format('INC-04: %s distributed of pool %s, which holds %s', over.given, over.id, over.held);
END IF;
{more}
RETURN NULL;
"""
_LINES = """
SELECT d.id, d.total, coalesce(sum(l.amount), 0) AS lines INTO over
  FROM new_rows d LEFT JOIN assets_distributionline l ON l.distribution_id = d.id
 WHERE d.approved_id IS NOT NULL AND d.annulled_id IS NULL
 GROUP BY d.id, d.total HAVING coalesce(sum(l.amount), 0) <> d.total LIMIT 1;
IF FOUND THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'distribution_lines_are_total',
        MESSAGE = format('INC-12: the lines of %s sum to %s of %s', over.id, over.lines, over.total);
END IF;
"""
_COMMITTED_ONLY = """
IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'income is distributed in READ COMMITTED transactions only';
END IF;
"""
_OPERATIONS = {"insert": pgtrigger.Insert, "update": pgtrigger.Update}


def within_distributable(column: str, *events: str) -> list[pgtrigger.Trigger]:
    """INC-04, INC-12: what approved distributions take of a pool; ``column``: its key in the row."""
    more = _LINES if column == "pool_id" else ""
    return [
        pgtrigger.Trigger(
            name=f"within_pool_{event}",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=_OPERATIONS[event],
            referencing=pgtrigger.Referencing(new="new_rows"),
            declare=[("over", "record")],
            func=_COMMITTED_ONLY + _CHECK.format(column=column, more=more),
        )
        for event in events
    ]


def lines_of_drafts() -> pgtrigger.Trigger:
    """Lines are written while the distribution is a plan, and stay once it is approved."""
    return pgtrigger.Trigger(
        name="of_plans",
        level=pgtrigger.Row,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("which", "bigint")],
        func="""
        which := CASE WHEN TG_OP = 'INSERT' THEN NEW.distribution_id ELSE OLD.distribution_id END;
        PERFORM 1 FROM assets_distribution WHERE id = which FOR KEY SHARE;
        IF EXISTS (SELECT 1 FROM assets_distribution WHERE id = which AND approved_id IS NOT NULL) THEN
            RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'distribution_stays_as_approved',
                MESSAGE = 'the distribution is approved';
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
        """,
    )
