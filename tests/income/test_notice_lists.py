"""Lists below notices: what apps draw from the data, with private persons masked."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from assets.income.codes import IncomeUse, LineBasis
from assets.income.services.distributions import Share
from registry import display
from registry.codes import NoticeKind, PartyKind, Role
from registry.models import Notice
from registry.notice_sheets import lists_of
from tests import factories as make

from . import earning

pytestmark = pytest.mark.django_db


def hung(place, matter, kind=NoticeKind.DISTRIBUTION_PLAN):
    return Notice.objects.create(
        kind=kind, title="收益分配方案公示", text="方案附后。", division=place, matter=matter,
        opened_on=dt.date(2026, 2, 1), closed_on=dt.date(2026, 2, 10),
    )  # fmt: skip


@pytest.fixture
def planned():
    pool = earning.pool("10000.00")
    worker = make.party("李春花", PartyKind.PERSON, of=pool.division)
    paid = {"payee": worker, "amount": Decimal(2500), "reason": "管护员"}
    shares = [
        Share(use=IncomeUse.UPKEEP, basis=LineBasis.POST, **paid),
        Share(use=IncomeUse.VILLAGE_WELFARE, basis=LineBasis.WORKS, amount=Decimal(3500), reason="路灯"),
    ]
    return earning.distribution(pool, total="6000.00", reserve="4000.00", shares=shares)


@pytest.mark.parametrize(
    ("value", "shown"), [("0.780", "0.78"), ("100.000", "100"), ("1200.5", "1,200.5"), (None, "—")]
)
def test_a_quantity_is_shown_as_it_was_given(value, shown):
    assert display.quantity(value and Decimal(value)) == shown


def test_a_notice_on_something_else_has_no_list(planned):
    assert lists_of(hung(planned.pool.division, planned.number, NoticeKind.FINANCE)) == []
    assert lists_of(hung(planned.pool.division, "没有这个方案")) == []


def test_the_uses_have_their_parts_of_the_whole_and_persons_are_masked(planned):
    uses, payees = lists_of(hung(planned.pool.division, planned.number))
    assert sorted(row[1:] for row in uses.rows) == [
        ["2,500.00", "25.0%"],
        ["3,500.00", "35.0%"],
        ["4,000.00", "40.0%"],
    ]
    assert uses.total[1] == "10,000.00"
    assert [row[0] for row in payees.rows] == ["李*花", "—"]
    assert payees.total[-1] == "6,000.00"


def test_the_sheet_hangs_the_lists_out_without_a_name(planned, client):
    place = planned.pool.division
    client.force_login(make.user(Role.FINANCE_OFFICER, place))
    page = client.get(reverse("notice_print", args=[hung(place, planned.number).pk])).content.decode()
    assert "2,500.00" in page
    assert "管护员" in page
    assert "李春花" not in page
