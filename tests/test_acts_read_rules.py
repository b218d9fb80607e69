"""Acts have the rules read over what they touch: what the made worlds of other tests leave to their tests."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest

from assets.income.services.contracts import Agreement, draft_contract, sign_contract
from assets.income.services.distributions import approve_distribution
from assets.income.services.pools import settle_pool
from assets.services.counting import record_count
from assets.services.life import Said, record_step
from assets.services.settling import Settling, settle
from assets.services.stocktake import end_count
from land.services import case_steps
from land.services.case_opening import Opening, open_case
from registry.models import Finding
from registry.rules import engine
from tests import factories as make
from tests.assets import lives, stock
from tests.income import earning
from tests.land import casework

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 5, 4)


@pytest.fixture
def read(monkeypatch):
    """Scopes over which rules were read since the last look."""
    scopes = []
    monkeypatch.setattr(engine, "evaluate", lambda **asked: scopes.append(asked["scope"]))

    def since():
        found = scopes.copy()
        scopes.clear()
        return found

    return since


def of_units(scopes):
    return {key for scope in scopes for key in scope.units or ()}


def of_places(scopes):
    return {key for scope in scopes for key in scope.divisions or ()}


def test_a_step_in_the_life_of_an_asset(read):
    asset = lives.owned()
    assert read() == []
    said = Said(on=DAY, **lives.ordinary(asset, "report_idle", DAY))
    record_step(unit=asset.unit, act="report_idle", said=said, by=None)
    assert asset.unit_id in of_units(read())


def test_a_count_and_its_settlement(read):
    village = make.village()
    asset = make.asset("冷库", village, subtype="processing")
    campaign = stock.campaign(village)
    line = stock.line_of(asset, campaign)
    assert read() == []
    made = record_count(line=line, seen=stock.seen("absent"), by=None)
    assert asset.unit_id in of_units(read())
    end_count(stocktake=campaign, by=None)
    read()
    settle(count=made, settling=Settling(difference="missing", means="lost", note="经核实"), by=None)
    assert asset.unit_id in of_units(read())


def test_the_signature_of_a_contract(read):
    asset = earning.workshop()
    place = asset.unit.division
    facts = {
        "number": "HT-1",
        "title": "租赁",
        "mode": "lease",
        "amount": Decimal("12000.00"),
        "owner": make.party(of=place),
        "operator": make.party("屏边兴农科技有限公司", "company", of=place),
    }
    agreement = Agreement(
        begins_on=DAY, ends_on=dt.date(2027, 5, 3), values=facts, parts=[(asset.unit, Fraction(1))]
    )
    sign_contract(
        contract=draft_contract(division=place, agreement=agreement, by=None), signed_on=DAY, by=None
    )
    assert asset.unit_id in of_units(read())


def test_a_pool_and_its_distribution(read):
    pool = earning.pool()
    plan = earning.distribution(pool, approved_on=None)
    assert read() == []
    settle_pool(pool=pool, settled_on=dt.date(2026, 5, 1), by=None)
    assert pool.division_id in of_places(read())
    approve_distribution(distribution=plan, approved_on=dt.date(2026, 5, 25), by=None)
    assert pool.division_id in of_places(read())


def test_a_case_and_its_steps(read):
    opening = Opening(division=make.village(), name="图斑", origin="patrol", area_m2=Decimal("1000.00"))
    case = open_case(opening=opening, on=casework.DAY, by=None)
    assert case.unit_id in of_units(read())
    case_steps.accept(case=case, on=casework.DAY, by=None)
    assert case.unit_id in of_units(read())


def test_what_a_step_leads_to_stands_in_the_list():
    asset = lives.owned()
    assert not Finding.objects.filter(unit=asset.unit).exists()
    said = Said(on=DAY, **lives.ordinary(asset, "report_idle", DAY))
    record_step(unit=asset.unit, act="report_idle", said=said, by=None)
    assert Finding.objects.open().filter(unit=asset.unit, rule="STK-04").exists()
