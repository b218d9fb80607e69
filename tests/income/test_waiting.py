"""What the finance workbench says is to be done (待办): months, contracts, distributions, notices."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from assets.income.models.bank import Statement
from assets.income.queries import waiting
from assets.income.services.payments import Account, order_payments, settle_payments
from assets.models import Contract, Distribution
from registry.models import Notice
from tests import factories as make
from tests.income import earning, money

FINANCE = "finance_officer"
TODAY = dt.date(2026, 6, 15)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr("registry.clock.today", lambda: TODAY)


def stage_of(made: Distribution) -> tuple[str, int] | None:
    found = waiting.stages(Distribution.objects.filter(pk=made.pk))
    return (found[0].waits, found[0].failed) if found else None


def told(made: Distribution, kind: str) -> None:
    make.notice(made.pool.division, kind=kind, matter=made.number)


def test_a_distribution_goes_from_notice_to_decision_to_payment_to_result():
    plan = earning.distribution(approved_on=None)
    assert stage_of(plan) == ("notice", 0)
    told(plan, "distribution_plan")
    assert stage_of(plan) == ("decision", 0)
    made = earning.distribution()
    told(made, "distribution_plan")
    assert stage_of(made) == ("payment", 0)
    line = made.lines.get(payee__isnull=False)
    paid = order_payments(
        distribution=made, accounts={line.pk: Account(line.payee.name, "6222001234567890")},
        ordered_on=dt.date(2026, 6, 1), by=None,
    )  # fmt: skip
    settle_payments(payments=paid, paid=True, on=dt.date(2026, 6, 2), by=None)
    assert stage_of(made) == ("result", 0)
    told(made, "distribution_result")
    assert stage_of(made) is None


def test_a_payment_that_came_back_waits_again():
    made = earning.distribution()
    line = made.lines.get(payee__isnull=False)
    ordered = order_payments(
        distribution=made, accounts={line.pk: Account(line.payee.name, "6222001234567890")},
        ordered_on=dt.date(2026, 6, 1), by=None,
    )  # fmt: skip
    settle_payments(payments=ordered, paid=False, on=dt.date(2026, 6, 2), failure="账户已销户", by=None)
    found = waiting.stages(Distribution.objects.filter(pk=made.pk))
    assert [(one.waits, one.failed, one.open) for one in found] == [("payment", 1, line.amount)]


def test_contracts_end_within_the_days_the_last_included():
    soon = earning.contract(end=TODAY + dt.timedelta(days=89))
    earning.contract(end=TODAY + dt.timedelta(days=90))
    earning.contract(end=TODAY - dt.timedelta(days=1))
    assert waiting.ending(Contract.objects.all(), TODAY, 90) == [soon]


def to_close(*accounts):
    return waiting.months_to_close(accounts, waiting.reach_of(accounts), waiting.lines_left(accounts), TODAY)


def test_a_month_says_what_prevents_closing_it():
    account = money.account()
    money.statement(account, ["12.00"])
    month = to_close(account)[0]
    assert (month.month, month.open_months, month.ready) == (dt.date(2026, 1, 1), 5, False)
    assert ["12.00" in reason for reason in month.reasons] == [True]
    quiet = money.account()
    money.statement(quiet, [])
    assert to_close(quiet)[0].ready


def test_a_month_of_which_days_are_missing_is_not_ready():
    account = money.account()
    statement = money.statement(account, [])
    Statement.objects.filter(pk=statement.pk).update(annulled=make.act(make.asset().unit))
    money.statement(account, [], month=dt.date(2026, 2, 1))
    found = to_close(account)[0]
    assert found.month == dt.date(2026, 2, 1)
    assert found.ready
    first_half = money.account()
    Statement.objects.create(
        account=first_half, starts_on=dt.date(2026, 1, 1), ends_on=dt.date(2026, 1, 15), opening=0, credits=0,
        debits=0, closing=0,
    )  # fmt: skip
    assert "2026-01-16" in to_close(first_half)[0].reasons[0]


def test_a_month_that_is_not_over_is_not_asked_for():
    account = money.account()
    money.statement(account, [], month=dt.date(2026, 6, 1))
    assert to_close(account) == []


def test_plans_whose_notice_ended_wait_for_their_result():
    place = make.village()
    over = make.notice(
        place,
        kind="distribution_plan",
        matter="FP-1",
        opened_on=dt.date(2026, 5, 1),
        closed_on=dt.date(2026, 5, 10),
    )
    make.notice(
        place,
        kind="distribution_plan",
        matter="FP-2",
        opened_on=dt.date(2026, 6, 10),
        closed_on=dt.date(2026, 6, 19),
    )
    assert waiting.notices_due(Notice.objects.in_force(), TODAY) == [over]
    make.notice(place, kind="distribution_result", matter="FP-1")
    assert waiting.notices_due(Notice.objects.in_force(), TODAY) == []


def test_the_workbench_of_money_shows_each_of_them(as_, cast):
    """Months, contracts, villages, distributions and notices each have their card."""
    asset = earning.workshop(of=cast.village)
    earning.contract(of=asset, end=TODAY + dt.timedelta(days=30))
    made = earning.distribution(of=earning.pool(of=earning.workshop(of=cast.village)))
    account = money.account(cast.village)
    money.statement(account, ["12.00"])
    page = as_(FINANCE).get(reverse("money"))
    text = page.content.decode()
    for part in ("to-close", "distributions", "notices-due", "ending", "by-village"):
        assert f'id="{part}"' in text
    assert made.title in text
    assert page.context["ending_count"] == 1
    assert reverse("month_end", args=[account.pk, "2026-01"]) in text
    assert len(page.context["villages"]) == 1


def test_what_a_page_knows_stands_in_the_form_of_the_notice(as_, cast):
    asked = {"kind": "distribution_result", "matter": "FP-7", "division": cast.village.pk}
    form = as_(FINANCE).get(reverse("notice_new"), asked).context["form"]
    assert (form["kind"].value(), form["matter"].value()) == ("distribution_result", "FP-7")
