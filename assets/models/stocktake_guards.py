"""What the database itself holds of a stocktake: the frozen list, the differences, the closing.

中文：清查盘点约束. The service says it in a sentence first; these triggers have the last word. Whoever counts
or settles takes the campaign's row for share, whoever closes it changes that row: each waits for the other.
"""

from __future__ import annotations

import pgtrigger

from assets.stocktake_codes import (
    MEANS_OF,
    RUNNING,
    SOUND,
    STATES_OF_CONDITION,
    STEPS,
    CampaignState,
    Difference,
    Found,
)
from registry.codes import UnitState


def _listed(words: object) -> str:
    return ", ".join(f"'{word}'" for word in words)  # type: ignore[attr-defined]


def _refuse(constraint: str, sentence: str) -> str:
    return f"RAISE EXCEPTION '{sentence}' USING ERRCODE = 'check_violation', CONSTRAINT = '{constraint}';"


_STEPS = ", ".join(f"('{before}', '{after}')" for before, many in STEPS.items() for after in many)
_MEANS = ", ".join(f"('{kind}', '{means}')" for kind, many in MEANS_OF.items() for means in many)
_RUNNING = _listed(RUNNING)
_CAMPAIGN = """
    SELECT s.* INTO held FROM assets_stocktake s JOIN assets_stocktakeline l ON l.stocktake_id = s.id
     WHERE l.id = {line} FOR SHARE OF s;
"""
_NOT_RUNNING = f"held.annulled_id IS NOT NULL OR held.state NOT IN ({_RUNNING})"
_UNEXPECTED = " OR ".join(
    f"(NEW.condition = '{condition}' AND line.state NOT IN ({_listed(states)}))"
    for condition, states in STATES_OF_CONDITION.items()
)
DIFFERENCES = f"""
    {_CAMPAIGN.format(line="NEW.line_id")}
    IF {_NOT_RUNNING} THEN
        {_refuse("stocktakecount_running", "a stocktake that is not being counted takes no counts")}
    END IF;
    SELECT * INTO line FROM assets_stocktakeline WHERE id = NEW.line_id;
    NEW.distance_m := CASE WHEN NEW.found = '{Found.PRESENT}' AND NEW.place IS NOT NULL THEN
        (SELECT round(ST_Distance(geography(s.geom), geography(NEW.place))::numeric, 2)
           FROM registry_shape s WHERE s.id = line.shape_id) END;
    NEW.differences := array_remove(ARRAY[
        CASE WHEN line.unit_id IS NULL AND NEW.found = '{Found.PRESENT}' THEN '{Difference.SURPLUS}' END,
        CASE WHEN line.unit_id IS NOT NULL AND NEW.found = '{Found.ABSENT}' THEN '{Difference.MISSING}' END,
        CASE WHEN NEW.found = '{Found.UNREACHED}' THEN '{Difference.UNREACHED}' END,
        CASE WHEN line.unit_id IS NOT NULL AND NEW.found = '{Found.PRESENT}'
              AND NEW.quantity <> line.quantity THEN '{Difference.QUANTITY}' END,
        CASE WHEN line.unit_id IS NOT NULL AND NEW.found = '{Found.PRESENT}'
              AND ({_UNEXPECTED} OR (NEW.condition IN ({_listed(SOUND)})
                   AND line.state = '{UnitState.DAMAGED}'))
             THEN '{Difference.CONDITION}' END,
        CASE WHEN NEW.distance_m > held.position_limit_m THEN '{Difference.POSITION}' END
    ], NULL)::varchar[];
    RETURN NEW;
"""
STAYS = f"""
    {_CAMPAIGN.format(line="OLD.line_id")}
    IF {_NOT_RUNNING} THEN
        {_refuse("stocktakecount_running", "the counts of a stocktake that is over stay as they are")}
    END IF;
    RETURN NEW;
"""
SETTLED = f"""
    SELECT c.* INTO counted FROM assets_stocktakecount c WHERE c.id = NEW.count_id;
    {_CAMPAIGN.format(line="counted.line_id")}
    IF {_NOT_RUNNING} THEN
        {_refuse("stocktakesettlement_running", "a stocktake that is over takes no settlement")}
    END IF;
    SELECT c.* INTO counted FROM assets_stocktakecount c WHERE c.id = NEW.count_id;
    IF counted.annulled_id IS NOT NULL OR NOT (NEW.difference = ANY (counted.differences)) THEN
        {_refuse("stocktakesettlement_of_difference", "there is no such difference to settle")}
    END IF;
    IF NOT ((NEW.difference, NEW.means) IN ({_MEANS})) THEN
        {_refuse("stocktakesettlement_means", "a difference of this kind is not settled in that way")}
    END IF;
    RETURN NEW;
"""
FROZEN = f"""
    SELECT * INTO held FROM assets_stocktake WHERE id = NEW.stocktake_id FOR SHARE;
    IF held.annulled_id IS NOT NULL
       OR (NEW.unit_id IS NOT NULL AND held.state <> '{CampaignState.OPENING}')
       OR (NEW.unit_id IS NULL AND held.state NOT IN ({_RUNNING})) THEN
        {_refuse("stocktakeline_frozen", "the list of a stocktake is frozen at its opening")}
    END IF;
    RETURN NEW;
"""
CLOSES = f"""
    IF OLD.state = NEW.state THEN
        IF OLD.state = '{CampaignState.CLOSED}' AND NEW.annulled_id IS DISTINCT FROM OLD.annulled_id THEN
            {_refuse("stocktake_closed", "a closed stocktake is not taken back")}
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.annulled_id IS NOT NULL OR NOT ((OLD.state, NEW.state) IN ({_STEPS})) THEN
        {_refuse("stocktake_follows", "this step does not follow that one")}
    END IF;
    IF NEW.state IN ('{CampaignState.SETTLING}', '{CampaignState.CLOSED}') AND EXISTS (
        SELECT 1 FROM assets_stocktakeline l
         WHERE l.stocktake_id = NEW.id AND l.unit_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM assets_stocktakecount c WHERE c.line_id = l.id AND c.annulled_id IS NULL)) THEN
        {_refuse("stocktake_all_counted", "not every line of the stocktake is counted")}
    END IF;
    IF NEW.state = '{CampaignState.CLOSED}' AND EXISTS (
        SELECT 1 FROM assets_stocktakeline l
          JOIN assets_stocktakecount c ON c.line_id = l.id AND c.annulled_id IS NULL
         CROSS JOIN unnest(c.differences) AS d(kind)
         WHERE l.stocktake_id = NEW.id AND NOT EXISTS (
            SELECT 1 FROM assets_stocktakesettlement t
             WHERE t.count_id = c.id AND t.difference = d.kind)) THEN
        {_refuse("stocktake_all_settled", "not every difference of the stocktake is settled")}
    END IF;
    RETURN NEW;
"""


def _before(name: str, operation: object, func: str, *declare: tuple[str, str]) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name, when=pgtrigger.Before, operation=operation, declare=list(declare), func=func
    )


_HELD = ("held", "assets_stocktake")


def list_frozen() -> pgtrigger.Trigger:
    """Lines of the ledger come at the opening only, surplus things while it is counted."""
    return _before("list_frozen", pgtrigger.Insert, FROZEN, _HELD)


def finds_differences() -> pgtrigger.Trigger:
    """What a count differs in is worked out here and nowhere else."""
    return _before(
        "finds_differences", pgtrigger.Insert, DIFFERENCES, _HELD, ("line", "assets_stocktakeline")
    )


def count_stays() -> pgtrigger.Trigger:
    return _before("stays", pgtrigger.Update, STAYS, _HELD)


def settles_difference() -> pgtrigger.Trigger:
    return _before("settles", pgtrigger.Insert, SETTLED, _HELD, ("counted", "assets_stocktakecount"))


def steps_follow() -> pgtrigger.Trigger:
    """No campaign ends its count with lines uncounted, none closes with a difference open."""
    return _before("steps_follow", pgtrigger.Update, CLOSES)


def append_only() -> pgtrigger.Trigger:
    return pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
