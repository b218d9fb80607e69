"""What the database itself refuses of a case: impossible steps, sums that do not fit, one pair of eyes.

中文：案件流程约束. The service says it in a sentence first; these triggers have the last word.
"""

from __future__ import annotations

import pgtrigger

from land.case_codes import FOLLOWS, OUTCOMES, Stage

_PAIRS = ", ".join(f"('{before}', '{after}')" for before, many in FOLLOWS.items() for after in many)
_OUTCOMES = ", ".join(f"'{stage}'" for stage in OUTCOMES)


def _refuse(sentence: str, constraint: str) -> str:
    return f"RAISE EXCEPTION '{sentence}' USING ERRCODE = 'check_violation', CONSTRAINT = '{constraint}';"


STEP = f"""
    SELECT * INTO held FROM land_case WHERE id = NEW.case_id FOR UPDATE;
    SELECT * INTO last FROM land_casestep WHERE case_id = NEW.case_id ORDER BY number DESC LIMIT 1;
    IF NEW.number <> COALESCE(last.number, 0) + 1 THEN
        {_refuse("steps of a case are numbered one after the other", "casestep_number")}
    END IF;
    IF NOT (COALESCE(last.stage, ''), NEW.stage) IN ({_PAIRS}) THEN
        {_refuse("this step does not follow that one", "casestep_follows")}
    END IF;
    IF NEW.day < last.day THEN
        {_refuse("a step is not earlier than the one before", "casestep_in_order")}
    END IF;
    IF NEW.stage IN ({_OUTCOMES}) AND NOT EXISTS (
        SELECT 1 FROM land_verification v JOIN land_casepart p ON p.verification_id = v.id
         WHERE v.case_id = NEW.case_id AND v.annulled_id IS NULL) THEN
        {_refuse("an outcome needs a field verification with its parts", "casestep_verified")}
    END IF;
    IF NEW.stage = '{Stage.CONFIRMED}' AND NOT EXISTS (
        SELECT 1 FROM land_verification v JOIN land_evidence e ON e.verification_id = v.id
         WHERE v.case_id = NEW.case_id AND v.annulled_id IS NULL) THEN
        {_refuse("a case is confirmed on field evidence only", "casestep_evidence")}
    END IF;
    IF NEW.stage = '{Stage.CLOSED}' THEN
        IF held.area_m2 IS DISTINCT FROM (SELECT sum(r.area_m2) FROM land_caserectification r
                WHERE r.case_id = NEW.case_id AND r.annulled_id IS NULL) THEN
            {_refuse("the areas of the methods do not make the area of the clue", "casestep_areas")}
        END IF;
        IF NEW.by_id IS NULL OR EXISTS (SELECT 1 FROM land_verification v WHERE v.case_id = NEW.case_id
                AND v.annulled_id IS NULL AND v.by_id = NEW.by_id) THEN
            {_refuse("a case is closed by another person than the verifier", "casestep_other_person")}
        END IF;
    END IF;
    UPDATE land_case SET stage = NEW.stage, stage_since = NEW.day,
        outcome = CASE WHEN NEW.stage IN ({_OUTCOMES}) THEN NEW.stage
                       WHEN NEW.stage = '{Stage.OFFICE_REVIEW}' THEN '' ELSE outcome END,
        confirmed_on = CASE WHEN NEW.stage = '{Stage.CONFIRMED}' THEN NEW.day
                            WHEN NEW.stage = '{Stage.OFFICE_REVIEW}' THEN NULL ELSE confirmed_on END
     WHERE id = NEW.case_id;
    RETURN NEW;
"""
PARTS = f"""
    SELECT c.area_m2 INTO whole FROM land_verification v JOIN land_case c ON c.id = v.case_id
     WHERE v.id = NEW.verification_id;
    SELECT sum(p.area_m2) INTO parts FROM land_casepart p WHERE p.verification_id = NEW.verification_id;
    IF whole <> parts THEN
        {_refuse("the parts do not make the area of the clue", "casepart_sum")}
    END IF;
    RETURN NULL;
"""


def step_follows() -> pgtrigger.Trigger:
    """A step follows the one before it; the stage of the case is what its last step says."""
    return pgtrigger.Trigger(
        name="follows",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("held", "land_case"), ("last", "land_casestep")],
        func=STEP,
    )


def stage_by_steps() -> pgtrigger.Trigger:
    """Nobody but a step moves the stage."""
    return pgtrigger.Trigger(
        name="stage_by_steps",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("stage", "stage_since", "outcome", "confirmed_on"),
        func=f"""
            IF TG_OP = 'INSERT' THEN
                IF NEW.stage = '{Stage.CLUE_ISSUED}' AND NEW.outcome = '' AND NEW.confirmed_on IS NULL THEN
                    RETURN NEW;
                END IF;
            ELSIF pg_trigger_depth() > 1 THEN
                RETURN NEW;
            END IF;
            {_refuse("the stage of a case is written by its steps", "case_stage_by_steps")}
        """,
    )


def area_stays() -> pgtrigger.Trigger:
    """The area of a clue is what it came with: parts and methods are measured against it."""
    return pgtrigger.Protect(
        name="area_stays",
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__area_m2__df=pgtrigger.F("new__area_m2")),
    )


def parts_make_the_whole() -> pgtrigger.Trigger:
    """Looked at when the transaction ends: parts sum to the area of the clue, to the cent."""
    return pgtrigger.Trigger(
        name="make_the_whole",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        timing=pgtrigger.Deferred,
        declare=[("whole", "numeric"), ("parts", "numeric")],
        func=PARTS,
    )


def append_only() -> pgtrigger.Trigger:
    return pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
