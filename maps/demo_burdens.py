"""The demo: insurances, loans, and what villages are to earn. 中文：演示保险、贷款与收入目标"""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_DOWN, Decimal
from typing import Any

import pghistory

from assets.income.services.burdens import Loan, Policy, record_loan, record_policy, repay_loan
from assets.income.services.collectives import set_income_target, state_income
from assets.models import Contract
from registry.models import Party, Unit, User
from registry.queries.divisions import division_by_code

HUNDRED = Decimal(100)
INSURED = 3  # assets of a village
FIRST, STEP, GROWTH = Decimal(160_000), 60_000, Decimal("1.1")  # targets of the first year, and on
LENDERS = ("屏边县农村信用合作联社", "中国农业银行屏边县支行", "云南屏边长江村镇银行")


def set_burdens(facts: dict[str, Any], users: dict[str, User]) -> int:
    """Policies of let assets, three loans, targets of three years; gives how many villages have a target."""
    today = dt.date.fromisoformat(facts["today"])
    signed = Contract.objects.signed().filter(number__in=[line["number"] for line in facts["deals"]])
    let = signed.filter(mode="lease").select_related("owner").order_by("division__path", "number")
    by_village: dict[str, list[Contract]] = {}
    for contract in let.filter(division__path__startswith=_township(facts)):
        by_village.setdefault(contract.division.path, []).append(contract)
    with pghistory.context(user=users["assets"].pk):
        for nth, contracts in enumerate(by_village.values()):
            _insure(contracts[:INSURED], nth, today, users["assets"])
        for nth, contracts in enumerate(list(by_village.values())[: len(LENDERS)]):
            _borrow(contracts[0], nth, today, users["assets"])
    owners = {contract.owner_id: contract.owner for found in by_village.values() for contract in found}
    with pghistory.context(user=users["finance"].pk):
        for nth, owner in enumerate(owners.values()):
            _plan(owner, nth, today.year, users["finance"])
    return len(owners)


def _township(facts: dict[str, Any]) -> str:
    """The path of the township whose accounts the demo keeps."""
    return division_by_code(facts["accounts"][0]["village"][:9]).path


def _unit(contract: Contract) -> Unit:
    return Unit.objects.select_related("division").get(contract_parts__contract=contract)


def _insure(contracts: list[Contract], nth: int, today: dt.date, by: User) -> None:
    """A policy of the year each; in every fourth village the first has lapsed."""
    for number, contract in enumerate(contracts):
        unit = _unit(contract)
        worth = unit.asset.original_value or Decimal(100_000)
        lapsed = nth % 4 == 0 and number == 0
        begin = today.replace(day=1) - dt.timedelta(days=430 if lapsed else 320 - 40 * number)
        record_policy(
            unit=unit,
            policy=Policy(
                insurer="中国人民财产保险股份有限公司屏边支公司",
                number=f"PQYC{begin.year}5325{nth:02d}{number:02d}",
                risks="火灾、暴雨、雪灾、地质灾害",
                sum_insured=worth,
                premium=max((worth * Decimal("0.0018")).quantize(Decimal("0.01"), ROUND_DOWN), HUNDRED),
                begins_on=begin,
                ends_on=begin + dt.timedelta(days=364),
            ),
            by=by,
        )


def _borrow(contract: Contract, nth: int, today: dt.date, by: User) -> None:
    """One loan runs for years, one falls due soon, one is paid back."""
    taken = today - dt.timedelta(days=(200, 690, 900)[nth])
    loan = record_loan(
        unit=_unit(contract),
        loan=Loan(
            borrower=contract.owner,
            lender=LENDERS[nth],
            number=f"DK{taken.year}-0{nth + 1}",
            principal=Decimal((300_000, 150_000, 80_000)[nth]),
            taken_on=taken,
            due_on=taken + dt.timedelta(days=(1095, 730, 730)[nth]),
            annual_rate=Decimal("3.85"),
        ),
        by=by,
    )
    if nth == 2:
        repay_loan(loan=loan, repaid_on=taken + dt.timedelta(days=720), by=by)


def _plan(owner: Party, nth: int, year: int, by: User) -> None:
    """Last year, this year and the next; what the office granted last year no bank line here shows."""
    amount = FIRST + STEP * (nth % 4)
    for ahead in (-1, 0, 1):
        set_income_target(
            collective=owner, year=year + ahead, amount=amount.quantize(Decimal(1)), by=by,
            measures="盘活闲置资产，规范合同，发展林果加工",
        )  # fmt: skip
        amount *= GROWTH
    if nth % 3 == 0:
        state_income(
            collective=owner, year=year - 1, kind="grant", amount=Decimal(20_000),
            note="村级集体经济账第 12 页，组织部门补助", by=by,
        )  # fmt: skip
