"""What was paid out of a pool falls on its assets and contracts by what they brought in, to the fen."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from django.urls import reverse

from assets.income.queries import reports
from assets.income.services.distributions import Share
from assets.income.services.matching import match_account
from assets.income.services.payments import Account, order_payments
from assets.income.services.pools import open_pool, settle_pool
from assets.income.services.settling import settle_other
from assets.income.services.settling_payments import settle_payments_of_line
from registry.rules.parameters import install_defaults
from tests import factories as make

from . import earning, money

pytestmark = pytest.mark.django_db
D = Decimal
SINCE = dt.date(2025, 1, 1)
YEARS = reports.Period(SINCE, dt.date(2026, 12, 31))


@pytest.fixture
def paid(cast):
    """Two workshops under one contract, three sevenths and four, and a third under a contract of its own."""
    install_defaults()
    village = cast.village
    owner = make.party("新华村股份经济合作社", of=village)
    a, b, c = (earning.workshop(of=village) for _n in range(3))
    both = earning.contract(
        a,
        owner=owner,
        begin=SINCE,
        parts=[(a.unit, Fraction(3, 7)), (b.unit, Fraction(4, 7))],
        number="HT-AB",
    )
    alone = earning.contract(c, owner=owner, begin=SINCE, number="HT-C")
    account = money.account(village, holder=owner)
    rows = money.statement(account, [], month=SINCE)
    for number in ("HT-AB", "HT-C"):
        money.line(rows, "12000.00", on=SINCE.replace(day=9), memo=f"{number} 2025年")
    match_account(account=account, by=None)
    pool = open_pool(
        division=village, owner=owner, year=2025, name="厂房收益", units=[a.unit, b.unit, c.unit], by=None
    )
    pool = settle_pool(pool=pool, settled_on=dt.date(2025, 12, 31), by=None)
    assert pool.received == D("24000.00")
    share = Share(use="upkeep", basis="labour", payee=make.person("李建华", of=village), amount=D("10000.01"),
                  reason="管护劳务")  # fmt: skip
    made = earning.distribution(pool, total="10000.01", reserve="1000.00", shares=[share])
    accounts = {line.pk: Account(line.payee.name, "6228480300000000123") for line in made.lines.all()}
    orders = order_payments(distribution=made, accounts=accounts, ordered_on=dt.date(2026, 6, 1), by=None)
    june = money.statement(account, [], month=dt.date(2026, 6, 1))
    line = money.line(june, "-10000.01", on=dt.date(2026, 6, 3))
    settle_payments_of_line(line=line, payments=orders, by=None)
    return {"units": (a.unit, b.unit, c.unit), "contracts": (both, alone), "account": account, "june": june}


def of(by: str, cast) -> list[reports.Row]:
    return reports.report(by, YEARS, [cast.county.path], cast.county.path)


def test_every_way_of_telling_apart_gives_the_same_totals(cast, paid):
    sums = {by: sum(row.distributed for row in of(by, cast)) for by in reports.BY}
    assert set(sums.values()) == {D("10000.01")}, sums


def test_months_and_villages_read_together_are_those_read_apart(cast, paid):
    for period in (YEARS, reports.Period(dt.date(2026, 6, 1), dt.date(2026, 6, 30))):
        together = reports.by_month_and_village(period, [cast.county.path], cast.county.path)
        apart = [
            reports.report(by, period, [cast.county.path], cast.county.path) for by in ("month", "village")
        ]
        assert list(together) == apart
        assert all(together)


def test_an_asset_bears_what_it_brought_in(cast, paid):
    found = {row.key: row.distributed for row in of("asset", cast)}
    exact = [Fraction(1000001, 2) * part for part in (Fraction(3, 7), Fraction(4, 7), Fraction(1))]
    for unit, cents in zip(paid["units"], exact, strict=True):
        assert abs(Fraction(found[unit.pk]) * 100 - cents) < 1
    by_contract = {row.key: row.distributed for row in of("contract", cast)}
    assert sum(by_contract.values()) == D("10000.01")
    assert abs(by_contract[paid["contracts"][1].pk] - D("5000.005")) <= D("0.005")


def test_a_payment_that_names_no_order_belongs_to_none(cast, paid):
    stray = money.line(paid["june"], "-77.00", on=dt.date(2026, 6, 4))
    settle_other(line=stray, kind="payment", by=None)
    rows = of("asset", cast)
    assert (rows[-1].key, rows[-1].distributed, rows[-1].balance) == (0, D("77.00"), D("-77.00"))
    assert (
        sum(row.distributed for row in rows) == D("10077.01") == sum(r.distributed for r in of("month", cast))
    )


def test_paid_in_a_year_in_which_nothing_came_in_the_thing_still_has_its_row(cast, paid):
    june = reports.Period(dt.date(2026, 6, 1), dt.date(2026, 6, 30))
    rows = reports.report("contract", june, [cast.county.path], cast.county.path)
    assert {row.name for row in rows} == {"HT-AB", "HT-C"}
    assert sum(row.distributed for row in rows) == D("10000.01")
    assert not any(row.due or row.received for row in rows)


def test_the_page_and_the_workbook_show_it(as_, cast, paid):
    client, days = as_("finance_officer"), "first=2025-01-01&last=2026-12-31"
    page = client.get(reverse("money_report") + f"?by=asset&{days}")
    assert page.context["sums"]["distributed"] == D("10000.01")
    unit = paid["units"][0]
    lines = client.get(reverse("money_report_lines", args=[unit.pk]) + f"?by=asset&{days}")
    assert [match.paid for match in lines.context["payments"]] == [D("10000.01")]
    contract = paid["contracts"][1]
    lines = client.get(reverse("money_report_lines", args=[contract.pk]) + f"?by=contract&{days}")
    assert [match.paid for match in lines.context["payments"]] == [D("10000.01")]
