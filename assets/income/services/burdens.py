"""Record insurance policies and loans of assets, and how they end. 中文：保险与贷款登记"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from assets.income.models.burdens import AssetLoan, InsurancePolicy
from registry import access, clock
from registry.errors import BadInput
from registry.models import Act, Party, Source, Unit, User
from registry.reasons import too_short
from registry.rules.engine import evaluate_units
from registry.services.acts import record_act

VERB = "keep_burden"
CENT = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class Policy:
    """An insurance as agreed; both days count."""

    insurer: str
    number: str
    risks: str
    sum_insured: Decimal
    premium: Decimal
    begins_on: dt.date
    ends_on: dt.date
    source: Source | None = None


@dataclass(frozen=True, kw_only=True)
class Loan:
    """A loan as agreed."""

    borrower: Party
    lender: str
    number: str
    principal: Decimal
    taken_on: dt.date
    due_on: dt.date
    annual_rate: Decimal | None = None
    secured: bool = False
    source: Source | None = None


@transaction.atomic
def record_policy(*, unit: Unit, policy: Policy, by: User | None) -> InsurancePolicy:
    """Record an insurance of an asset. 中文：登记保险"""
    access.require(by, VERB, unit.division)
    _refuse_amounts(policy.sum_insured, policy.premium)
    if policy.ends_on < policy.begins_on:
        raise BadInput(_("It ends before it begins; check both days."), "ends_on")
    _refuse_empty({"insurer": policy.insurer, "number": policy.number, "risks": policy.risks})
    act = _record("policy_recorded", unit, by, on=policy.begins_on, after=_said(policy))
    try:
        with transaction.atomic():
            made = InsurancePolicy.objects.create(
                unit=unit, insurer=policy.insurer.strip(), number=policy.number.strip(),
                risks=policy.risks.strip(), sum_insured=policy.sum_insured, premium=policy.premium,
                valid=DateRange(policy.begins_on, policy.ends_on + dt.timedelta(days=1)),
                source=policy.source, act=act,
            )  # fmt: skip
    except IntegrityError as error:
        raise BadInput(_("This policy is recorded for these days already."), "number") from error
    evaluate_units([unit.pk], as_of=clock.today())
    return made


@transaction.atomic
def record_loan(*, unit: Unit, loan: Loan, by: User | None) -> AssetLoan:
    """Record a loan that was taken for an asset or on it. 中文：登记贷款"""
    access.require(by, VERB, unit.division)
    _refuse_amounts(loan.principal)
    if loan.due_on < loan.taken_on:
        raise BadInput(_("It falls due before it was taken; check both days."), "due_on")
    if loan.annual_rate is not None and loan.annual_rate < 0:
        raise BadInput(_("Interest is not negative."), "annual_rate")
    _refuse_empty({"lender": loan.lender, "number": loan.number})
    act = _record("loan_recorded", unit, by, on=loan.taken_on, after=_said(loan))
    try:
        with transaction.atomic():
            made = AssetLoan.objects.create(unit=unit, act=act, **loan.__dict__)
    except IntegrityError as error:
        raise BadInput(_("This loan is recorded already."), "number") from error
    evaluate_units([unit.pk], as_of=clock.today())
    return made


@transaction.atomic
def repay_loan(*, loan: AssetLoan, repaid_on: dt.date, by: User | None) -> AssetLoan:
    """Say that a loan is paid back, on which day. 中文：登记还清"""
    locked = _lock(AssetLoan, loan, by)
    if locked.repaid_on is not None:
        raise BadInput(_("It was paid back on %(day)s.") % {"day": locked.repaid_on}, "repaid_on")
    if not locked.taken_on <= repaid_on <= clock.today():
        raise BadInput(_("Give a day from %(first)s up to today.") % {"first": locked.taken_on}, "repaid_on")
    locked.repaid_on = repaid_on
    locked.save(update_fields=["repaid_on"])
    _record("loan_repaid", locked.unit, by, on=repaid_on, after={"number": locked.number})
    return locked


@transaction.atomic
def take_burden_back(*, row: InsurancePolicy | AssetLoan, reason: str, by: User | None) -> Act:
    """What was recorded wrongly counts no more, and stays in the book. 中文：撤回保险、贷款登记"""
    locked = _lock(type(row), row, by)
    if too_short(reason):
        raise BadInput(_("Say in a sentence why."), "reason")
    locked.annulled = _record(
        "burden_taken_back", locked.unit, by, reason=reason, before={"number": locked.number}
    )
    locked.save(update_fields=["annulled"])
    return locked.annulled


def _lock(model: Any, row: Any, by: User | None) -> Any:
    rows = model.objects.select_for_update(of=("self",), no_key=True).select_related("unit__division")
    locked = rows.get(pk=row.pk)
    access.require(by, VERB, locked.unit.division)
    if locked.annulled_id is not None:
        raise BadInput(_("It was taken back already."), "annulled")
    return locked


def _refuse_amounts(first: Decimal, *others: Decimal) -> None:
    if (
        first <= 0
        or any(one < 0 for one in others)
        or any(one != one.quantize(CENT) for one in (first, *others))
    ):
        raise BadInput(_("Give an amount above zero with two decimals."), "amount")


def _refuse_empty(values: dict[str, str]) -> None:
    for name, value in values.items():
        if len(value.strip()) < 2:
            raise BadInput(_("Write it as the paper has it."), name)


def _said(facts: Policy | Loan) -> dict[str, str]:
    return {name: str(getattr(value, "pk", value)) for name, value in facts.__dict__.items() if value}


def _record(
    verb: str, unit: Unit, by: User | None, *, on: dt.date | None = None, reason: str = "", **facts: Any
) -> Act:
    return record_act(
        by=by, verb=verb, division=unit.division, unit=unit, effective_on=on, reason=reason.strip(), **facts
    )
