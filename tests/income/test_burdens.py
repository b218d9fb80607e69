"""Insurance policies and loans on assets: recorded, announced, ended."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import InternalError, transaction
from django.urls import reverse

from assets.income.models.burdens import AssetLoan, InsurancePolicy
from assets.income.queries.burdens import falling, standing_loans, standing_policies
from assets.income.services.burdens import (
    Loan,
    Policy,
    record_loan,
    record_policy,
    repay_loan,
    take_burden_back,
)
from assets.panels_burdens import tasks
from registry.errors import BadInput, NotAllowed
from registry.rules.parameters import install_defaults
from registry.workbench import Desk
from tests import factories as make

from . import earning

pytestmark = pytest.mark.django_db
D = Decimal
TODAY = dt.date(2026, 7, 1)


@pytest.fixture
def unit(cast):
    install_defaults()
    return earning.workshop("草果烘干房", of=cast.village).unit


def policy(unit, ends_on: dt.date, number: str = "PYAB2026", **fields) -> InsurancePolicy:
    values = {
        "insurer": "人保财险屏边支公司", "number": number, "risks": "财产综合险", "sum_insured": D("400000"),
        "premium": D("1200"), "begins_on": ends_on - dt.timedelta(days=364), "ends_on": ends_on,
    } | fields  # fmt: skip
    return record_policy(unit=unit, policy=Policy(**values), by=None)


def loan(unit, due_on: dt.date, **fields) -> AssetLoan:
    values = {
        "borrower": make.party("新华村股份经济合作社", of=unit.division), "lender": "屏边农信社",
        "number": "JK2024-1", "principal": D("200000"), "taken_on": dt.date(2024, 1, 5), "due_on": due_on,
    } | fields  # fmt: skip
    return record_loan(unit=unit, loan=Loan(**values), by=None)


def states(day: dt.date = TODAY) -> list[str]:
    return [
        one.state
        for one in falling(standing_policies(InsurancePolicy.objects), standing_loans(AssetLoan.objects), day)
    ]


@pytest.mark.parametrize(
    ("ends_on", "state"),
    [
        (dt.date(2026, 6, 30), "over"),
        (dt.date(2026, 7, 1), "soon"),
        (dt.date(2026, 8, 30), "soon"),
        (dt.date(2026, 8, 31), "later"),
    ],
)
def test_a_policy_is_announced_sixty_days_before_its_last_day(unit, ends_on, state):
    assert policy(unit, ends_on).last_day == ends_on
    assert states() == [state]


def test_a_policy_that_another_follows_is_not_announced(unit):
    policy(unit, dt.date(2026, 7, 10))
    policy(unit, dt.date(2027, 7, 10), "PYAB2027")
    assert states() == ["later"]


def test_a_loan_is_announced_until_it_is_paid_back(unit):
    made = loan(unit, dt.date(2026, 7, 20))
    assert states() == ["soon"]
    with pytest.raises(BadInput, match="2024-01-05"):
        repay_loan(loan=made, repaid_on=dt.date(2024, 1, 4), by=None)
    repay_loan(loan=made, repaid_on=dt.date(2026, 6, 1), by=None)
    assert states() == []
    with pytest.raises(BadInput, match="2026-06-01"):
        repay_loan(loan=made, repaid_on=dt.date(2026, 6, 2), by=None)


def test_what_cannot_be_is_refused(unit):
    policy(unit, dt.date(2026, 12, 31))
    for wrong in (
        {"sum_insured": D("0")}, {"premium": D("-1")}, {"premium": D("0.001")}, {"insurer": " "},
        {"begins_on": dt.date(2027, 1, 1)}, {},
    ):  # fmt: skip
        with pytest.raises(BadInput):
            policy(unit, dt.date(2026, 12, 31), **wrong)
    loan(unit, dt.date(2027, 1, 5))
    for wrong in ({"principal": D("0")}, {"due_on": dt.date(2023, 1, 1)}, {"annual_rate": D("-1")}, {}):
        with pytest.raises(BadInput):
            loan(unit, **{"due_on": dt.date(2027, 1, 5)} | wrong)
    with pytest.raises(InternalError), transaction.atomic():
        AssetLoan.objects.update(principal=D("1"))


def test_what_was_recorded_wrongly_is_taken_back_with_a_reason(unit):
    made = policy(unit, dt.date(2026, 7, 10))
    with pytest.raises(BadInput):
        take_burden_back(row=made, reason="", by=None)
    take_burden_back(row=made, reason="保单号录错", by=None)
    assert states() == []
    policy(unit, dt.date(2026, 7, 10))


def test_who_may_not(unit, cast):
    with pytest.raises(NotAllowed):
        record_loan(
            unit=unit, by=cast.users["clerk"],
            loan=Loan(borrower=make.party(of=cast.village), lender="农信社", number="JK1", principal=D("1"),
                      taken_on=TODAY, due_on=TODAY),
        )  # fmt: skip


def test_the_page_of_the_asset_records_both_and_the_list_shows_them(as_, unit, cast):
    client = as_("finance_officer")
    client.post(
        reverse("insurance_new", args=[unit.pk]),
        {"insurer": "人保财险", "number": "PYAB1", "risks": "火灾险", "sum_insured": "300000",
         "premium": "900", "begins_on": "2026-01-01", "ends_on": "2026-12-31"},
    )  # fmt: skip
    borrower = make.party("新华村股份经济合作社", of=cast.village)
    client.post(
        reverse("loan_new", args=[unit.pk]),
        {"borrower": borrower.pk, "lender": "农信社", "number": "JK9", "principal": "50000",
         "taken_on": "2024-01-01", "due_on": "2025-01-01"},
    )  # fmt: skip
    page = client.get(reverse("burdens"))
    assert [item["one"].state for item in page.context["rows"]][0] == "over"
    assert "JK9" in client.get(reverse("unit", args=[unit.code])).content.decode()
    client.post(reverse("loan_repaid", args=[AssetLoan.objects.get().pk]), {"repaid_on": "2026-01-05"})
    made = InsurancePolicy.objects.get()
    client.post(reverse("burden_take_back", args=["policy", made.pk]), {"reason": "重复登记"})
    assert client.get(reverse("burdens")).context["rows"] == []


def test_the_finance_officer_is_reminded(unit, cast):
    policy(unit, dt.date(2026, 7, 10))
    loan(unit, dt.date(2026, 6, 1))
    desk = Desk(user=cast.users["finance_officer"], division=cast.xinhua, day=TODAY)
    assert [task.url for task in tasks(desk)[0]] == [
        reverse("unit", args=[unit.code]), reverse("insurance_new", args=[unit.pk]),
    ]  # fmt: skip
