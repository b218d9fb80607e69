"""Made contracts, pools and distributions for the tests of income; what is not given is in order.

What is made here is what a test begins with: the rules wait for the test's own act, or for its ``evaluate``.
"""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assets.income.codes import IncomeUse, LineBasis
from assets.income.services.contracts import Agreement, draft_contract, sign_contract
from assets.income.services.distributions import Plan, Share, approve_distribution, plan_distribution
from assets.income.services.pools import add_entry, open_pool, settle_pool
from assets.models import Asset, BenefitLink, Contract, Distribution, IncomePool
from registry.rules.engine import deferred
from tests import factories as make

_numbers = itertools.count(1)
BEGIN, END, SIGNED = dt.date(2024, 1, 1), dt.date(2026, 12, 31), dt.date(2023, 12, 20)


def workshop(name: str | None = None, of: Any = None, **fields: Any) -> Asset:
    """An operating asset in use, with a benefit link."""
    row = make.asset(name, of, subtype=fields.pop("subtype", "workshop"), **fields)
    BenefitLink.objects.create(unit=row.unit, kind="jobs", valid=make.period("2020-01-01"))
    return row


@deferred()
def contract(
    of: Asset | None = None, *, signed_on: dt.date | None = SIGNED, begin: dt.date = BEGIN,
    end: dt.date | None = END, parts: Any = None, free: Any = (), **values: Any,
) -> Contract:  # fmt: skip
    """A lease of three years, decided and signed, 12,000 yuan a year in advance."""
    asset = of or workshop()
    place = asset.unit.division
    facts = {
        "number": f"HT-{next(_numbers):04d}",
        "title": "厂房租赁合同",
        "mode": "lease",
        "owner": values.pop("owner", None) or make.party(of=place),
        "operator": make.party("屏边兴农科技有限公司", "company", of=place),
        "amount": Decimal("12000.00"),
    } | values
    if "decision" not in facts:
        facts["decision"] = make.decision(place, held_on=dt.date(2023, 12, 1), title="出租厂房")
    agreement = Agreement(
        begins_on=begin, ends_on=end, values=facts, parts=parts or [(asset.unit, Fraction(1))], free=free
    )
    made = draft_contract(division=place, agreement=agreement, by=None)
    return sign_contract(contract=made, signed_on=signed_on, by=None) if signed_on else made


@deferred()
def pool(
    received: str = "100000.00", *, of: Asset | None = None, year: int = 2025, **fields: Any
) -> IncomePool:
    """A settled pool of one asset."""
    asset = of or workshop()
    place = fields.pop("division", asset.unit.division)
    made = open_pool(
        division=place, owner=fields.pop("owner", None) or make.party(of=place), year=year,
        name=fields.pop("name", "厂房收益"), units=[asset.unit], by=None,
    )  # fmt: skip
    for figure, amount in ({"received": received} | fields).items():
        add_entry(
            pool=made, figure=figure, day=dt.date(year, 12, 1), amount=Decimal(amount), note="结转", by=None
        )
    return settle_pool(pool=made, settled_on=dt.date(year, 12, 31), by=None)


@deferred()
def distribution(
    of: IncomePool | None = None, *, total: str = "60000.00", reserve: str = "20000.00", shares: Any = None,
    approved_on: dt.date | None = dt.date(2026, 5, 25), decision: Any = None, **fields: Any,
) -> Distribution:  # fmt: skip
    """An approved distribution for a post and public works."""
    of = of or pool()
    plan = Plan(
        number=fields.pop("number", f"FP-{next(_numbers):04d}"), title="2025年度收益分配",
        total=Decimal(total),
        reserve=Decimal(reserve), decision=decision or make.decision(of.division),
        shares=shares or [
            Share(use="upkeep", basis="post", payee=make.person(of=of.division), reason="管护岗位"),
            Share(use=IncomeUse.VILLAGE_WELFARE, basis=LineBasis.WORKS, reason="村内道路维修"),
        ],
        **fields,
    )  # fmt: skip
    made = plan_distribution(pool=of, plan=plan, by=None)
    return approve_distribution(distribution=made, approved_on=approved_on, by=None) if approved_on else made
