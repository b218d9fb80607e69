"""The terms of a contract and its amendments as a schedule reads them. 中文：合同条款到应收计划"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from assets.income.codes import KIND_OF_MODE, AmendmentKind, ContractMode, DueKind, Repayment, Timing
from assets.income.schedule import Line, Step, Terms, interest_plan, plan, total
from assets.models import Amendment, Contract

HUNDRED = 100


@dataclass(frozen=True)
class Planned:
    """A due that the terms ask for."""

    kind: str
    line: Line


def planned(contract: Contract, amendments: Iterable[Amendment] = ()) -> list[Planned]:
    """The dues of a contract as amended, in the order of their periods.

    Own operation has none: what it earned is written when it is known. A guaranteed minimum ends with the
    guarantee.
    """
    made = terms_of(contract, amendments)
    if contract.mode == ContractMode.DEBT:
        return _of_debt(contract, made)
    if contract.mode == ContractMode.OWN_OPERATION or not made.amount or made.end <= made.begin:
        return []
    return [Planned(KIND_OF_MODE[contract.mode], line) for line in plan(made)]


def proof(contract: Contract, amendments: Iterable[Amendment] = ()) -> Decimal:
    """What the whole contract costs, counted without its periods."""
    made = terms_of(contract, amendments)
    if contract.mode == ContractMode.DEBT:
        return sum((one.line.amount for one in _of_debt(contract, made)), Decimal(0))
    return total(made) if made.end > made.begin else Decimal(0)


def terms_of(contract: Contract, amendments: Iterable[Amendment] = ()) -> Terms:
    """The terms; ``contract.term`` is as amended already."""
    end = contract.term.upper or contract.term.lower
    if contract.mode == ContractMode.EQUITY and contract.guarantee_ends_on:
        end = min(end, contract.guarantee_ends_on + dt.timedelta(days=1))
    percent = contract.escalation_percent
    return Terms(
        begin=contract.term.lower,
        end=end,
        amount=contract.amount or Decimal(0),
        months=contract.rhythm,
        advance=contract.timing == Timing.ADVANCE,
        due_days=contract.due_days,
        escalation_years=contract.escalation_years,
        escalation=Fraction(percent) / HUNDRED if percent is not None else Fraction(0),
        free=tuple((free.valid.lower, free.valid.upper) for free in contract.free_periods.all()),
        steps=tuple(step for amendment in amendments if (step := _step(amendment)) is not None),
    )


def _step(amendment: Amendment) -> Step | None:
    if amendment.kind == AmendmentKind.AMOUNT:
        return Step(begin=amendment.effective_on, amount=amendment.amount)
    if amendment.kind == AmendmentKind.INDEXED and amendment.index_percent is not None:
        return Step(begin=amendment.effective_on, factor=1 + Fraction(amendment.index_percent) / HUNDRED)
    return None


def _of_debt(contract: Contract, made: Terms) -> list[Planned]:
    if contract.principal is None or contract.annual_rate is None or made.end <= made.begin:
        return []
    interest, back = interest_plan(
        made,
        contract.principal,
        Fraction(contract.annual_rate) / HUNDRED,
        equal_parts=contract.repayment == Repayment.EQUAL_PARTS,
    )
    lines = [Planned(DueKind.INTEREST, line) for line in interest]
    lines += [Planned(DueKind.PRINCIPAL, line) for line in back]
    return sorted(lines, key=lambda one: (one.line.begin, one.kind))
