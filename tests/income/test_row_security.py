"""What the serving role sees of distributions, payments, plans, policies: only of the places it works for."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection

from assets.income.services.burdens import Loan, Policy, record_loan, record_policy
from assets.income.services.collectives import set_income_target, state_income
from assets.income.services.distributions import Share
from assets.income.services.payments import Account, order_payments
from assets.models import (
    AssetLoan,
    CollectiveTarget,
    Distribution,
    DistributionLine,
    InsurancePolicy,
    OutsideIncome,
    Payment,
    PoolEntry,
)
from registry import row_security
from registry.rules.parameters import install_defaults
from tests import factories as make
from tests.registry.test_row_security import serve

from . import earning

pytestmark = pytest.mark.django_db
GUARDED = (
    PoolEntry, Distribution, DistributionLine, Payment, CollectiveTarget, OutsideIncome, InsurancePolicy,
    AssetLoan,
)  # fmt: skip
HISTORIES = tuple(model.events.rel.related_model for model in GUARDED)
DAY = dt.date(2026, 6, 1)


@pytest.fixture
def villages(cast):
    """Two villages of two townships; the first one's pool also pays the collective of the second."""
    install_defaults()
    owner, guest = (make.party(f"{place.name}股份经济合作社", of=place) for place in (cast.village, cast.far))
    asset = earning.workshop(of=cast.village)
    pool = earning.pool(of=asset, owner=owner)
    shares = [
        Share(use="consolidation", basis="village", payee=guest, amount=Decimal("300.00")),
        Share(use="upkeep", basis="labour", payee=owner, amount=Decimal("700.00"), reason="管护"),
    ]
    made = earning.distribution(pool, total="1000.00", reserve="100.00", shares=shares)
    accounts = {line.pk: Account(line.payee.name, f"24530101{line.pk:08d}") for line in made.lines.all()}
    order_payments(distribution=made, accounts=accounts, ordered_on=DAY, by=None)
    set_income_target(collective=owner, year=2026, amount=Decimal("1.00"), by=None)
    state_income(collective=owner, year=2025, kind="lease", amount=Decimal("1.00"), note="账页1", by=None)
    money = {"sum_insured": Decimal("9.00"), "premium": Decimal("1.00")}
    policy = Policy(insurer="人保", number="P-1", risks="火灾", begins_on=DAY, ends_on=DAY, **money)
    record_policy(unit=asset.unit, policy=policy, by=None)
    loan = Loan(
        borrower=owner, lender="农信社", number="J-1", principal=Decimal("9.00"), taken_on=DAY, due_on=DAY
    )
    record_loan(unit=asset.unit, loan=loan, by=None)
    return cast.village, cast.far


def seen(*paths: str) -> dict[str, int]:
    row_security.say(row_security.written(list(paths)) if paths else "")
    return {model.__name__: model.objects.count() for model in (*GUARDED, *HISTORIES)}


def test_who_works_for_every_root_sees_every_row_and_for_one_of_two_roots_does_not(villages, cast):
    whole = {model.__name__: model.objects.count() for model in (*GUARDED, *HISTORIES)}
    serve()
    assert seen(cast.county.path) == whole
    connection.cursor().execute("RESET ROLE")
    other = make.division("另一县", level="county", parent=None)
    serve()
    assert seen(cast.county.path) == whole  # row by row now: all of them lie in this county
    assert not any(seen(other.path).values())
    assert seen(cast.county.path, other.path) == whole


def test_each_place_sees_its_own_and_what_it_gets(villages):
    here, there = villages
    whole = {model.__name__: model.objects.count() for model in (*GUARDED, *HISTORIES)}
    assert all(whole.values()), whole
    serve()
    assert not any(seen().values())
    assert seen(here.path) == whole
    got = {name: count for name, count in seen(there.path).items() if count}
    assert got.keys() == {"DistributionLine", "Payment", "DistributionLineEvent", "PaymentEvent"}
    assert (got["DistributionLine"], got["Payment"]) == (1, 1)
