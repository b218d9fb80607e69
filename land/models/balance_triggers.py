"""What the database itself holds about areas that are used up: no account below zero on any day, no m² twice.

中文：指标余额约束. The checks run when the transaction ends, each under a lock on the row whose area is
used, so that neither the order of the entries nor two officers at once can get around them. A transaction
that does not see what others have committed meanwhile (anything above READ COMMITTED) is refused.
"""

from __future__ import annotations

import pgtrigger

_COMMITTED_ONLY = """
IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'areas are used up in READ COMMITTED transactions only';
END IF;
"""


def _refuse(constraint: str, message: str) -> str:
    how = f"ERRCODE = 'check_violation', CONSTRAINT = '{constraint}', MESSAGE = {message}"
    return f"RAISE EXCEPTION USING {how};"


def _at_the_end(name: str, func: str, declare: list[tuple[str, str]]) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Row,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update,
        timing=pgtrigger.Deferred,
        declare=declare,
        func=f"{_COMMITTED_ONLY}{func} RETURN NULL;",
    )


def quota_never_below_zero() -> pgtrigger.Trigger:
    """Q01: the running balance of an account at the end of every day."""
    message = "format('account %s falls to %s m2 on %s', NEW.account_id, low.balance, low.day)"
    return _at_the_end(
        "never_below_zero",
        f"""
        PERFORM 1 FROM land_constructionquota WHERE id = NEW.account_id FOR NO KEY UPDATE;
        SELECT d.day, d.balance INTO low
          FROM (SELECT day, sum(sum(amount_m2)) OVER (ORDER BY day) AS balance
                  FROM land_quotaentry WHERE account_id = NEW.account_id AND annulled_id IS NULL
                 GROUP BY day) d
         WHERE d.balance < 0 ORDER BY d.day LIMIT 1;
        IF FOUND THEN {_refuse("quota_never_below_zero", message)} END IF;
        """,
        [("low", "record")],
    )


def approval_charged_once(approval: str) -> pgtrigger.Trigger:
    """Q02: what accounts bear of an approval is not more than it holds; ``approval``: its key in the row."""
    message = f"format('approval %s of %s m2 is charged with %s m2', NEW.{approval}, held, charged)"
    return _at_the_end(
        "charged_once",
        f"""
        IF NEW.{approval} IS NOT NULL THEN
            SELECT CASE WHEN annulled_id IS NULL THEN new_construction_m2 - linkage_m2 ELSE 0 END INTO held
              FROM land_conversionapproval WHERE id = NEW.{approval} FOR NO KEY UPDATE;
            SELECT coalesce(sum(own.net), 0), coalesce(min(own.net), 0) INTO charged, least_of
              FROM (SELECT -sum(amount_m2) AS net FROM land_quotaentry
                     WHERE approval_id = NEW.{approval} AND annulled_id IS NULL GROUP BY account_id) own;
            IF charged > held OR least_of < 0 THEN {_refuse("quota_charged_once", message)} END IF;
        END IF;
        """,
        [("held", "numeric"), ("charged", "numeric"), ("least_of", "numeric")],
    )


def supplement_used_once(supplement: str) -> pgtrigger.Trigger:
    """B01: no more is taken out of a supplement than was accepted; ``supplement``: its key in the row."""
    message = f"format('supplement %s of %s m2 is used for %s m2', NEW.{supplement}, held.m2, used.m2)"
    return _at_the_end(
        "used_once",
        f"""
        SELECT coalesce(accepted_m2, 0) AS m2, coalesce(paddy_m2, 0) AS paddy_m2, annulled_id INTO held
          FROM land_supplementproject WHERE id = NEW.{supplement} FOR NO KEY UPDATE;
        SELECT coalesce(sum(m2), 0) AS m2, coalesce(sum(paddy_m2), 0) AS paddy_m2 INTO used
          FROM land_supplementuse WHERE supplement_id = NEW.{supplement} AND annulled_id IS NULL;
        IF used.m2 > held.m2 OR used.paddy_m2 > held.paddy_m2 OR (held.annulled_id IS NOT NULL AND used.m2 >
        0) THEN {_refuse("supplement_used_once", message)} END IF;
        """,
        [("held", "record"), ("used", "record")],
    )


def surplus_never_oversold(project: str) -> pgtrigger.Trigger:
    """G01: on every day what was sold or kept of a surplus is not more than there was of it."""
    values = f"NEW.{project}, low.given, low.day, low.surplus"
    message = f"format('linkage project %s: %s m2 given away on %s, surplus %s m2', {values})"
    return _at_the_end(
        "never_oversold",
        f"""
        SELECT new_build_m2, annulled_id INTO held FROM land_linkageproject
         WHERE id = NEW.{project} FOR NO KEY UPDATE;
        SELECT d.day, d.given, d.reclaimed - held.new_build_m2 AS surplus INTO low
          FROM (SELECT day, sum(sum(m2) FILTER (WHERE kind = 'accepted')) OVER days AS reclaimed,
                       sum(coalesce(sum(m2) FILTER (WHERE kind <> 'accepted'), 0)) OVER days AS given
                  FROM land_surplusquota WHERE project_id = NEW.{project} AND annulled_id IS NULL
                 GROUP BY day WINDOW days AS (ORDER BY day)) d
         WHERE d.given > 0
           AND (held.annulled_id IS NOT NULL OR d.given > coalesce(d.reclaimed, 0) - held.new_build_m2)
         ORDER BY d.day LIMIT 1;
        IF FOUND THEN {_refuse("surplus_never_oversold", message)} END IF;
        """,
        [("low", "record"), ("held", "record")],
    )


def ground_once(condition: str = "true") -> pgtrigger.Trigger:
    """No two rows of the table hold the same ground (more than one square metre of it)."""
    message = "format('the ground is held already by row %s', other)"
    return pgtrigger.Trigger(
        name="ground_once",
        level=pgtrigger.Row,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        declare=[("other", "bigint")],
        func=f"""
        IF NEW.geom IS NOT NULL AND NEW.annulled_id IS NULL AND {condition.replace("row.", "NEW.")} THEN
            PERFORM pg_advisory_xact_lock(hashtext(TG_TABLE_NAME));
            EXECUTE format('SELECT id FROM %I r WHERE r.id <> $1 AND r.annulled_id IS NULL AND r.geom && $2'
                ' AND {condition.replace("row.", "r.").replace("'", "''")}'
                ' AND ST_Area(ST_Intersection(r.geom, $2)::geography) > 1 ORDER BY id LIMIT 1', TG_TABLE_NAME)
               INTO other USING coalesce(NEW.id, 0), NEW.geom;
            IF other IS NOT NULL THEN {_refuse("ground_once", message)} END IF;
        END IF;
        RETURN NEW;
        """,
    )
