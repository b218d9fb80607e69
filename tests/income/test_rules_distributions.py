"""INC-04 to INC-12: each fires, does not, and knows its boundary. Guards of services are passed by SQL."""

import datetime as dt
from decimal import Decimal

import pgtrigger
import pytest

from assets.income.codes import IncomeUse, LineBasis
from assets.income.services.distributions import Share, member_shares
from assets.income.services.payments import Account, order_payments, settle_payments, to_pay
from assets.models import Distribution, DistributionLine, IncomePool
from registry.models import Finding, PartyMember
from registry.queries.findings import sentence
from registry.rules.engine import evaluate
from tests import factories as make

from . import earning

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 6, 1)
GUARDS = (
    "assets.IncomePool:within_pool_update", "assets.Distribution:within_pool_update",
    "assets.DistributionLine:of_plans",
)  # fmt: skip


def opened(rule, on=DAY):
    tally = evaluate(as_of=on, rule_ids=[rule])[rule]
    assert all(sentence(finding) for finding in Finding.objects.open().filter(rule=rule))
    return tally["open"]


def written(model, **values):
    """As an older file or another program would have written it."""
    with pgtrigger.ignore(*GUARDS):
        model.objects.update(**values)


def test_INC04_more_given_than_there_was():
    earning.distribution()
    written(IncomePool, received=Decimal("50000"))
    assert opened("INC-04") == 1


def test_INC04_less_given():
    earning.distribution()
    assert opened("INC-04") == 0


def test_INC04_boundary_all_of_it_and_a_fen_more():
    earning.distribution()
    written(IncomePool, received=Decimal("80000.00"))
    assert opened("INC-04") == 0
    written(IncomePool, received=Decimal("79999.99"))
    assert opened("INC-04") == 1


def test_INC05_no_reserve():
    earning.distribution(reserve="0")
    assert opened("INC-05") == 1


def test_INC05_with_a_reserve():
    earning.distribution()
    assert opened("INC-05") == 0


def test_INC05_boundary_the_charter_waives_it():
    earning.distribution(reserve="0", reserve_waived="章程第三十二条")
    assert opened("INC-05") == 0


def test_INC06_income_lies():
    earning.pool(year=2023)
    assert opened("INC-06") == 1


def test_INC06_distributed():
    earning.distribution(earning.pool("80000.00", year=2023))
    assert opened("INC-06") == 0


def test_INC06_boundary_twelve_months():
    earning.pool(year=2024)
    assert opened("INC-06", dt.date(2026, 1, 1)) == 0
    assert opened("INC-06", dt.date(2026, 1, 2)) == 1


def share(use, amount, basis=LineBasis.WORKS, payee=None, reason="村内道路"):
    return Share(use=use, basis=basis, amount=Decimal(amount), payee=payee, reason=reason)


def test_INC07_a_use_that_is_not_allowed():
    earning.distribution(shares=[share(IncomeUse.OTHER, "60000")])
    assert opened("INC-07") == 1


def test_INC07_allowed_uses():
    earning.distribution()
    assert opened("INC-07") == 0


def test_INC07_boundary_costs_that_come_before_are_allowed():
    earning.distribution(shares=[share(IncomeUse.DEBT_SERVICE, "60000")])
    assert opened("INC-07") == 0


def members(pool, until=None):
    for name in ("李一", "李二"):
        PartyMember.objects.create(
            group=pool.owner, member=make.person(name, of=pool.division), share_den=2,
            valid=make.period("2020-01-01", until),
        )  # fmt: skip
    return member_shares(pool.owner, dt.date(2025, 12, 1))


def test_INC08_a_share_for_who_is_no_member():
    pool = earning.pool()
    payee = make.person(of=pool.division)
    shares = [share(IncomeUse.MEMBERS, "60000", LineBasis.SHARE, payee)]
    earning.distribution(pool, shares=shares)
    assert opened("INC-08") == 1


def test_INC08_members_and_posts():
    pool = earning.pool()
    earning.distribution(pool, shares=members(pool))
    earning.distribution()
    assert opened("INC-08") == 0


def test_INC08_boundary_who_left_on_the_day_is_no_member():
    pool = earning.pool()
    earning.distribution(pool, shares=members(pool, "2026-05-25"))
    assert opened("INC-08") == 1


def test_INC08_paid_twice_for_one_reason():
    made = earning.distribution()
    line = to_pay(made).get()
    DistributionLine.objects.filter(pk=line.pk)
    with pgtrigger.ignore(*GUARDS):
        twin = DistributionLine.objects.create(
            distribution=made, use=line.use, basis=line.basis, payee=line.payee, reason=line.reason,
            amount=Decimal(1),
        )  # fmt: skip
    accounts = {key: Account(line.payee.name, "6222020000000001") for key in (line.pk, twin.pk)}
    paid = order_payments(distribution=made, accounts=accounts, ordered_on=dt.date(2026, 5, 26), by=None)
    settle_payments(payments=paid, paid=True, on=dt.date(2026, 5, 27), by=None)
    assert opened("INC-08") == 1


def equal(pool, reason=""):
    return [
        share(IncomeUse.CONSOLIDATION, "30000", LineBasis.EQUAL, make.person(name, of=pool.division), reason)
        for name in ("李一", "李二")
    ]


def test_INC09_the_same_for_everybody():
    pool = earning.pool()
    earning.distribution(pool, shares=equal(pool))
    assert opened("INC-09") == 1


def test_INC09_quantified_shares_are_not_equal_cash():
    pool = earning.pool()
    earning.distribution(pool, shares=members(pool))
    assert opened("INC-09") == 0


def test_INC09_boundary_with_a_reason():
    pool = earning.pool()
    earning.distribution(pool, shares=equal(pool, "参加村内道路养护"))
    assert opened("INC-09") == 0


def pooled(shares=None, **more):
    pool = earning.pool()
    village = [share(IncomeUse.CONSOLIDATION, "60000", LineBasis.VILLAGE, pool.owner)]
    return earning.distribution(pool, shares=shares or village, level="township", **more)


def test_INC10_no_village_is_named():
    pooled(shares=[share(IncomeUse.VILLAGE_WELFARE, "60000")])
    assert opened("INC-10") == 1


def test_INC10_decided_with_its_villages():
    pooled()
    assert opened("INC-10") == 0


def test_INC10_boundary_a_decision_that_was_taken_away():
    pooled()
    written(Distribution, decision=None)
    assert opened("INC-10") == 1


def solar(labour, year=2020):
    asset = earning.workshop(subtype="solar")
    pool = earning.pool(of=asset, year=year)
    rest = Decimal("60000") - Decimal(labour)
    shares = [
        share(IncomeUse.CONSOLIDATION, labour, LineBasis.LABOUR, make.person(of=pool.division)),
        share(IncomeUse.VILLAGE_WELFARE, rest),
    ]
    return earning.distribution(pool, shares=shares)


def test_INC11_too_little_labour():
    solar("20000")
    assert opened("INC-11") == 1


def test_INC11_not_asked_in_other_years():
    solar("20000", year=2021)
    assert opened("INC-11") == 0


def test_INC11_boundary_four_fifths():
    solar("48000")
    assert opened("INC-11") == 0
    solar("47999.99")
    assert opened("INC-11") == 1


def test_INC12_lines_do_not_sum():
    earning.distribution()
    written(Distribution, total=Decimal("61000"))
    assert opened("INC-12") == 1


def test_INC12_lines_sum():
    earning.distribution()
    assert opened("INC-12") == 0


def test_INC12_boundary_one_fen():
    earning.distribution()
    written(Distribution, total=Decimal("60000.01"))
    assert opened("INC-12") == 1
