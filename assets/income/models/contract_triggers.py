"""What the database holds about contracts: weights that make one, terms and dues that stay. 中文：合同约束"""

from __future__ import annotations

import pgtrigger

# What may still change on a signed contract: its end by an amendment, what is learned later, its annulment.
AFTER_SIGNING = (
    "term", "signed_on", "title", "penalty", "account_holder_id", "account_number", "account_id",
    "decision_id", "source_id", "platform_number", "sublet_to_id", "sublet_consent_on", "exit_clause",
    "guarantee_ends_on", "guarantor", "services", "cost_ledger", "remark", "annulled_id",
)  # fmt: skip


def same_after_signing() -> pgtrigger.Trigger:
    """Money, parties and begin of a signed contract stay; what changes it is an amendment."""
    free = ", ".join(f"'{name}'" for name in AFTER_SIGNING)
    return pgtrigger.Trigger(
        name="same_after_signing",
        level=pgtrigger.Row,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=f"""
        IF OLD.signed_on IS NOT NULL AND (
            to_jsonb(OLD) - ARRAY[{free}] <> to_jsonb(NEW) - ARRAY[{free}]
            OR lower(OLD.term) <> lower(NEW.term) OR NEW.signed_on IS DISTINCT FROM OLD.signed_on) THEN
            RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'contract_same_after_signing',
                MESSAGE = format('contract %s is signed; amend it', OLD.number);
        END IF;
        RETURN NEW;
        """,
    )


def weights_sum_to_one() -> pgtrigger.Trigger:
    """When the transaction ends, the weights of a contract sum to exactly 1, in whole numbers."""
    return pgtrigger.Trigger(
        name="weights_sum_to_one",
        level=pgtrigger.Row,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        timing=pgtrigger.Deferred,
        declare=[
            ("which", "bigint"),
            ("num", "numeric"),
            ("den", "numeric"),
            ("common", "numeric"),
            ("part", "record"),
        ],
        func="""
        which := coalesce(NEW.contract_id, OLD.contract_id);
        PERFORM 1 FROM assets_contract WHERE id = which FOR NO KEY UPDATE;
        num := 0; den := 1;
        FOR part IN SELECT weight_num, weight_den FROM assets_contractunit WHERE contract_id = which LOOP
            num := num * part.weight_den + part.weight_num * den;
            den := den * part.weight_den;
            common := gcd(num, den);
            num := div(num, common);
            den := div(den, common);
        END LOOP;
        IF num > 0 AND num <> den THEN
            RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'contract_weights_sum_to_one',
                MESSAGE = format('the weights of contract %s sum to %s/%s', which, num, den);
        END IF;
        RETURN NULL;
        """,
    )


def parts_of_drafts() -> pgtrigger.Trigger:
    """Units and rent-free periods are written while the contract is a draft, and stay when it is signed."""
    return pgtrigger.Trigger(
        name="of_drafts",
        level=pgtrigger.Row,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("which", "bigint")],
        func="""
        which := CASE WHEN TG_OP = 'INSERT' THEN NEW.contract_id ELSE OLD.contract_id END;
        IF EXISTS (SELECT 1 FROM assets_contract WHERE id = which AND signed_on IS NOT NULL) THEN
            RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'contract_same_after_signing',
                MESSAGE = 'the contract is signed; amend it';
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
        """,
    )


def due_stays() -> pgtrigger.Trigger:
    """A due is what was planned: it is taken back or written off by an act, never edited."""
    return pgtrigger.ReadOnly(name="as_planned", exclude=["annulled", "written_off", "written_off_by"])
