"""LND-02 and LND-03: facility land that was not restored, contracts that outlast the lease of the land."""

import datetime as dt

import pytest
from django.urls import reverse

from assets.kinds_more import BY_KEY
from assets.models import AgriFacilityFiling, LeasedLand
from assets.services.own import OwnLine, record, strike
from registry.errors import BadInput
from registry.models import Parameter, Unit
from registry.queries.findings import sentence
from tests import factories as make
from tests.income import earning

from .networks import TODAY, read

pytestmark = pytest.mark.django_db
NAME = "蔬菜大棚"


def filing(**fields):
    asset = make.asset(NAME, subtype="farm_base")
    return AgriFacilityFiling.objects.create(unit=asset.unit, use="crops", number="设农备1号", **fields)


def found(rule, day=TODAY):
    return read(rule, day)[1].get(NAME)


# --- LND-02


@pytest.mark.parametrize(("closed", "late"), [("2025-06-01", False), ("2025-05-31", True)])
def test_LND02_a_closed_facility_is_restored_within_twelve_months(closed, late):
    filing(closed_on=make.day(closed))
    assert bool(found("LND-02")) is late


def test_LND02_restored_or_still_used_is_in_order():
    one = filing(until=make.day("2030-12-31"))
    assert found("LND-02") is None
    one.closed_on, one.restored_on = make.day("2020-01-01"), make.day("2020-09-01")
    one.save()
    assert found("LND-02") is None


def test_LND02_a_filing_that_ran_out_counts_from_the_day_after_it():
    filing(until=make.day("2025-05-31"))
    assert found("LND-02") is None
    finding = found("LND-02", dt.date(2026, 6, 2))
    assert (finding.details["variant"], finding.since) == ("term", dt.date(2026, 6, 2))
    assert "2025-05-31" in sentence(finding)


def test_LND02_what_has_left_the_register_is_still_to_be_restored():
    one = filing()
    Unit.objects.filter(pk=one.unit_id).update(state="disposed", left_on=make.day("2024-01-01"))
    finding = found("LND-02")
    assert finding.details["closed"] == "2024-01-01"
    assert finding.since == dt.date(2025, 1, 2)


def test_LND02_the_day_of_the_notice_goes_before_the_months_of_the_county():
    filing(closed_on=make.day("2026-01-01"), restore_by=make.day("2026-05-31"))
    assert found("LND-02").details["due"] == "2026-05-31"


def test_LND02_the_months_are_the_countys():
    filing(closed_on=make.day("2026-01-01"))
    Parameter.objects.filter(key="facility_restore_months").update(value=3)
    assert found("LND-02").details["due"] == "2026-04-01"


def test_the_restored_ground_of_a_facility_that_is_gone_is_entered_on_its_page(client):
    one = filing(closed_on=make.day("2020-01-01"))
    Unit.objects.filter(pk=one.unit_id).update(state="disposed", left_on=make.day("2020-01-01"))
    client.force_login(make.user("asset_manager", make.township()))
    url = reverse("own_facts", args=[one.unit_id, "facility_land"])
    assert client.get(url).status_code == 200
    assert client.get(reverse("own_facts", args=[one.unit_id, "leased_land"])).status_code == 404
    said = {"use": "crops", "closed_on": "2020-01-01", "restored_on": "2020-08-01", "reason": "复垦验收"}
    assert client.post(url, said).status_code == 302
    one.refresh_from_db()
    assert one.restored_on == dt.date(2020, 8, 1)
    assert found("LND-02") is None


@pytest.mark.parametrize(("values", "field"), [
    ({"area_m2": 100, "farmland_m2": 101}, "area_m2"),
    ({"farmland_m2": 10, "basic_farmland_m2": 11}, "farmland_m2"),
    ({"filed_on": dt.date(2026, 2, 1), "until": dt.date(2026, 1, 31)}, "until"),
])  # fmt: skip
def test_a_filing_that_contradicts_itself_is_refused_at_its_field(values, field):
    asset = make.asset(NAME, subtype="farm_base")
    with pytest.raises(BadInput) as caught:
        record(
            BY_KEY["facility_land"], [OwnLine(unit=asset.unit, values={"use": "crops", **values})], by=None
        )
    assert caught.value.code == field


# --- LND-03


def leased(contract, until, *, lessor="岩脚村民小组", number="流转1号"):
    unit = contract.parts.get().unit
    return LeasedLand.objects.create(unit=unit, number=number, lessor=lessor, leased_until=make.day(until))


def outlasting():
    return read("LND-03")[1]


def test_LND03_a_contract_may_end_with_the_lease_and_not_a_day_later():
    contract = earning.contract()
    last = contract.last_day
    lease = leased(contract, str(last))
    assert not outlasting()
    lease.leased_until = last - dt.timedelta(days=1)
    lease.save()
    [finding] = outlasting().values()
    assert finding.details["until"] == str(lease.leased_until)
    assert str(last) in sentence(finding)


def test_LND03_of_each_lessor_the_last_lease_counts():
    contract = earning.contract()
    leased(contract, "2024-12-31")
    renewed = leased(contract, str(contract.last_day), number="流转2号")
    assert not outlasting()
    leased(contract, "2026-12-30", lessor="老寨村民小组", number="流转3号")
    [finding] = outlasting().values()
    assert (finding.details["lessors"], finding.details["until"]) == (1, "2026-12-30")
    strike(BY_KEY["leased_land"], renewed, by=None, reason="登记有误")
    assert outlasting()[finding.details["name"]].details["lessors"] == 2


def test_LND03_a_contract_without_end_outlasts_every_lease_and_without_a_lease_nothing_is_said():
    contract = earning.contract(mode="own_operation", operator=None, amount=None, end=None)
    assert not outlasting()
    leased(contract, "2060-12-31")
    [finding] = outlasting().values()
    assert finding.details["variant"] == "open"
    assert "2060-12-31" in sentence(finding)
