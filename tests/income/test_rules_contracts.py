"""OPR-01 to OPR-12 and INC-01: each fires, does not, and knows its boundary."""

import datetime as dt
from decimal import Decimal

import pytest

from assets.income.services.amendments import terminate_contract
from assets.models import BenefitLink, Contract
from registry.models import Finding, Parameter
from registry.queries.findings import sentence
from registry.rules.engine import evaluate
from tests import factories as make

from . import earning
from .test_contracts import pay

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 6, 1)


def day(text):
    return dt.date.fromisoformat(text)


def read(rule, on=DAY):
    tally = evaluate(as_of=on, rule_ids=[rule])[rule]
    found = list(Finding.objects.open().filter(rule=rule).order_by("pk"))
    assert all(sentence(finding) for finding in found)
    return tally["open"], found


def opened(rule, on=DAY):
    return read(rule, on)[0]


def set_to(key, value):
    Parameter.objects.filter(key=key).update(value=value)


def test_OPR01_nobody_operates():
    earning.workshop()
    assert opened("OPR-01") == 1


def test_OPR01_an_operator_a_contract_or_own_operation():
    make.entry(earning.workshop(), "operation")
    earning.contract()
    earning.contract(mode="own_operation", operator=None, amount=None, end=None)
    make.asset(subtype="road")
    assert opened("OPR-01") == 0


def test_OPR01_boundary_the_day_after_the_contract():
    contract = earning.contract()
    contract.parts.get().unit.entries.filter(code="operation").update(
        valid=make.period("2024-01-01", "2027-01-01")
    )
    assert opened("OPR-01", day("2026-12-31")) == 0
    assert opened("OPR-01", day("2027-01-01")) == 1


def test_OPR02_operated_without_a_contract():
    make.entry(earning.workshop(), "operation", make.person("杨文"))
    assert opened("OPR-02") == 1
    assert "杨文" not in str(Finding.objects.get(rule="OPR-02").details)


def test_OPR02_the_owner_himself_or_with_a_contract():
    asset, owner = earning.workshop(), make.party()
    make.entry(asset, "ownership", owner)
    make.entry(asset, "operation", owner)
    earning.contract()
    assert opened("OPR-02") == 0


def test_OPR02_boundary_a_draft_is_no_contract():
    asset = earning.workshop()
    contract = earning.contract(asset, signed_on=None)
    make.entry(asset, "operation", contract.operator)
    assert opened("OPR-02") == 1


def lease(end, **more):
    return earning.contract(begin=day("2025-01-01"), end=end, signed_on=day("2025-01-01"), **more)


def test_OPR03_a_lease_of_twenty_years_and_a_half():
    lease(day("2045-06-30"))
    assert opened("OPR-03") == 1


def test_OPR03_nineteen_years_or_no_lease():
    lease(day("2043-12-31"))
    lease(day("2054-12-31"), mode="contracting")
    assert opened("OPR-03") == 0


def test_OPR03_boundary_twenty_years_and_a_day():
    lease(day("2044-12-31"))
    assert opened("OPR-03") == 0
    lease(day("2045-01-01"))
    assert opened("OPR-03") == 1


def test_OPR04_longer_than_ten_years():
    lease(day("2037-12-31"))
    assert opened("OPR-04") == 1


def test_OPR04_three_years():
    earning.contract()
    assert opened("OPR-04") == 0


def test_OPR04_boundary_ten_years():
    lease(day("2034-12-31"))
    assert opened("OPR-04") == 0
    lease(day("2035-01-01"))
    assert opened("OPR-04") == 1


def test_OPR05_ends_soon():
    earning.contract(end=day("2026-06-30"))
    assert opened("OPR-05") == 1


def test_OPR05_ends_next_year():
    earning.contract(end=day("2027-06-30"))
    assert opened("OPR-05") == 0


def test_OPR05_boundary_ninety_days():
    earning.contract(end=DAY + dt.timedelta(days=90))
    assert opened("OPR-05") == 0
    earning.contract(end=DAY + dt.timedelta(days=89))
    assert opened("OPR-05") == 1


def test_OPR06_the_operator_is_still_there():
    earning.contract(end=day("2025-12-31"))
    assert opened("OPR-06") == 1


def test_OPR06_handed_back_or_signed_again():
    contract = earning.contract()
    terminate_contract(contract=contract, last_day=day("2025-12-31"), reason="承租方退租", by=None)
    old = earning.contract(end=day("2025-12-31"))
    earning.contract(
        old.parts.get().unit.asset, begin=day("2026-01-01"), end=day("2026-12-31"), operator=old.operator
    )
    assert opened("OPR-06") == 0


def test_OPR06_boundary_the_last_day():
    earning.contract(end=DAY)
    assert opened("OPR-06") == 0
    assert opened("OPR-06", DAY + dt.timedelta(days=1)) == 1


def test_OPR07_rent_below_the_floor():
    earning.contract(amount=Decimal("2399.99"))
    set_to("rent_floor_ratio", "0.02")
    assert opened("OPR-07") == 1


def test_OPR07_off_until_the_county_sets_it():
    earning.contract(amount=Decimal(1))
    assert read("OPR-07")[0] == 0


def test_OPR07_boundary_the_floor_itself_and_a_value_nobody_knows():
    set_to("rent_floor_ratio", "0.02")
    earning.contract(amount=Decimal("2400.00"))
    assert opened("OPR-07") == 0
    earning.contract(earning.workshop(original_value=None))
    assert evaluate(as_of=DAY, rule_ids=["OPR-07"])["OPR-07"]["no_data"] == 1


def test_OPR08_no_decision():
    earning.contract(decision=None)
    assert opened("OPR-08") == 1


def test_OPR08_decided_before():
    earning.contract()
    assert opened("OPR-08") == 0


def test_OPR08_boundary_decided_on_the_day_and_a_day_later():
    asset = earning.workshop()
    earning.contract(asset, decision=make.decision(asset.unit.division, held_on=earning.SIGNED))
    assert opened("OPR-08") == 0
    late = make.decision(asset.unit.division, held_on=earning.SIGNED + dt.timedelta(days=1))
    earning.contract(asset, decision=late)
    assert opened("OPR-08") == 1


def test_OPR09_equity_without_exit():
    earning.contract(mode="equity", guarantee_ends_on=day("2026-12-31"))
    assert opened("OPR-09") == 1


def test_OPR09_exit_and_guarantee():
    earning.contract(mode="equity", exit_clause="期满退出", guarantee_ends_on=day("2026-12-31"))
    assert opened("OPR-09") == 0


def test_OPR09_boundary_only_a_guarantee_needs_its_end():
    earning.contract(mode="equity", exit_clause="期满退出", amount=Decimal(0))
    assert opened("OPR-09") == 0
    earning.contract(mode="equity", exit_clause="期满退出")
    assert opened("OPR-09") == 1


def test_OPR10_no_benefit_link():
    make.asset(subtype="workshop")
    assert opened("OPR-10") == 1


def test_OPR10_with_a_link_or_not_operating():
    earning.workshop()
    make.asset(subtype="road")
    assert opened("OPR-10") == 0


def test_OPR10_boundary_a_link_that_has_ended():
    asset = make.asset(subtype="workshop")
    BenefitLink.objects.create(unit=asset.unit, kind="jobs", valid=make.period("2020-01-01", DAY))
    assert opened("OPR-10", DAY - dt.timedelta(days=1)) == 0
    assert opened("OPR-10") == 1


def test_OPR11_above_the_threshold_without_platform():
    set_to("platform_threshold", "30000")
    earning.contract()
    assert opened("OPR-11") == 1


def test_OPR11_on_the_platform_or_off():
    earning.contract()
    assert opened("OPR-11") == 0
    set_to("platform_threshold", "30000")
    Contract.objects.update(platform_number="YN-2023-1")
    assert opened("OPR-11") == 0


def test_OPR11_boundary_the_threshold_itself_and_the_unsigned():
    set_to("platform_threshold", "36000.01")
    earning.contract()
    assert opened("OPR-11") == 0
    set_to("platform_threshold", "36000")
    assert opened("OPR-11") == 1
    earning.contract(signed_on=None, platform_number="YN-2024-1")
    assert opened("OPR-11") == 2


def test_OPR12_sublet_without_consent():
    earning.contract(sublet_to=make.party(of=make.village()))
    assert opened("OPR-12") == 1


def test_OPR12_not_sublet():
    earning.contract()
    assert opened("OPR-12") == 0


def test_OPR12_boundary_with_consent():
    earning.contract(sublet_to=make.party(of=make.village()), sublet_consent_on=day("2024-01-01"))
    assert opened("OPR-12") == 0


def test_INC01_overdue():
    earning.contract()
    number, found = read("INC-01")
    assert number == 1
    assert (found[0].details["open"], found[0].details["dues"]) == ("36000.00", 3)


def test_INC01_paid():
    contract = earning.contract(end=day("2024-12-31"))
    pay(contract.dues.get(), "12000.00")
    assert opened("INC-01") == 0


def test_INC01_boundary_thirty_days():
    earning.contract(begin=DAY, end=day("2027-05-31"))
    assert opened("INC-01", DAY + dt.timedelta(days=30)) == 0
    assert opened("INC-01", DAY + dt.timedelta(days=31)) == 1
