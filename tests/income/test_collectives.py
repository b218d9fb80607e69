"""Income of village collectives over years against their targets, and yields of assets."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from assets.income.codes import IncomeSource
from assets.income.models.collectives import CollectiveTarget, OutsideIncome
from assets.income.parameters import TARGETS, YIELD_FLOOR
from assets.income.queries.collectives import by_source, standings
from assets.income.queries.yields import yields
from assets.income.services.collectives import set_income_target, state_income, take_income_back
from assets.income.services.distributions import Share
from assets.income.services.payments import Account, order_payments, settle_payments
from assets.income.services.settling import Part, settle_dues, settle_other
from assets.models import BookValue
from registry.errors import BadInput, NotAllowed
from registry.models import Parameter
from registry.rules.parameters import install_defaults
from tests import factories as make

from . import earning, money

pytestmark = pytest.mark.django_db
D = Decimal
TODAY = dt.date(2026, 7, 1)
YEARS = [2024, 2025, 2026]


@pytest.fixture
def collective(cast):
    install_defaults()
    return make.party("新华村股份经济合作社", of=cast.village)


def one(collective, years=YEARS):
    return standings([collective], years, TODAY)[0]


def of(standing, year):
    return next(row for row in standing.years if row.year == year)


def rent(collective, amount: str, year: int, mode: str = "lease") -> None:
    """Rent that came to the collective's account in a year."""
    place = collective.division
    begin = dt.date(year, 1, 1)
    contract = money.contract(place, f"HT{year}-{amount}", owner=collective, amounts=(amount,), first=begin)
    account = money.account(place, holder=collective)
    line = money.line(money.statement(account, [], month=begin), amount, on=dt.date(year, 3, 1))
    settle_dues(line=line, parts=[Part(due=contract.dues.get(), amount=D(amount))], by=None)


def test_income_comes_from_contracts_accounts_pools_and_statements(cast, collective):
    rent(collective, "30000.00", 2025)
    account = money.account(cast.village, holder=collective)
    statement = money.statement(account, [], month=dt.date(2025, 5, 1))
    for kind, amount in (("grant", "50000.00"), ("interest", "12.34")):
        line = money.line(statement, amount, on=dt.date(2025, 5, 2))
        settle_other(line=line, kind=kind, by=None)
    pool = earning.pool(of=earning.workshop(of=cast.far), division=cast.county, year=2024)
    made = earning.distribution(
        pool, total="8000.00", reserve="1000.00", approved_on=dt.date(2025, 6, 1),
        decision=make.decision(cast.county, held_on=dt.date(2025, 5, 20)), level="county",
        shares=[Share(use="consolidation", basis="village", payee=collective)],
    )  # fmt: skip
    paid = order_payments(
        distribution=made, accounts={made.lines.get().pk: Account(collective.name, "2453010104000001")},
        ordered_on=dt.date(2025, 6, 2), by=None,
    )  # fmt: skip
    settle_payments(payments=paid, paid=True, on=dt.date(2025, 6, 3), by=None)
    state_income(
        collective=collective, year=2025, kind="contracting", amount=D("4000"), note="手工账", by=None
    )
    year = of(one(collective), 2025)
    assert year.sources == {
        "lease": D("30000.00"), "grant": D("50000.00"), "interest": D("12.34"), "pooled": D("8000.00"),
        "contracting": D("4000.00"),
    }  # fmt: skip
    assert (year.operating, year.total) == (D("42000.00"), D("92012.34"))
    assert [kind for kind, _amounts in by_source(one(collective))] == [
        "contracting", "lease", "pooled", "grant", "interest",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "light"),
    [("50000.00", "green"), ("49999.99", "amber"), ("40000.00", "amber"), ("39999.99", "red")],
)
def test_the_light_turns_at_the_target_and_at_its_near_part(collective, amount, light):
    state_income(collective=collective, year=2025, kind="lease", amount=D(amount), note="账页3", by=None)
    found = one(collective)
    assert (of(found, 2025).light, found.weak) == (light, light != "green")


def test_a_running_year_is_not_red_and_an_unknown_one_is_grey(collective):
    found = one(collective)
    assert [year.light for year in found.years] == ["grey", "grey", "running"]
    assert not found.weak
    state_income(collective=collective, year=2026, kind="lease", amount=D("60000"), note="账页9", by=None)
    assert of(one(collective), 2026).light == "green"


def test_the_target_of_a_year_is_that_of_its_plan_else_of_the_county_in_that_year(collective):
    Parameter.objects.filter(key=TARGETS).update(valid=make.period("2012-11-08", "2025-01-01"))
    Parameter.objects.create(
        key=TARGETS, value="80000", source="屏边县三年增收计划", valid=make.period("2025-01-01")
    )
    set_income_target(collective=collective, year=2026, amount=D("100000"), by=None, measures="草果烘干房")
    assert [(year.target, year.planned) for year in one(collective).years] == [
        (D("50000"), False), (D("80000"), False), (D("100000"), True),
    ]  # fmt: skip


def test_a_new_target_takes_the_place_of_the_old_one(collective):
    first = set_income_target(collective=collective, year=2026, amount=D("100000"), by=None)
    set_income_target(collective=collective, year=2026, amount=D("120000"), by=None)
    first.refresh_from_db()
    assert first.annulled.verb == "income_target_set"
    assert CollectiveTarget.objects.in_force().get().amount == D("120000")


def test_what_is_stated_wrongly_is_refused_or_taken_back(cast, collective):
    facts = {"collective": collective, "year": 2024, "kind": "lease", "note": "账页3", "by": None}
    for wrong in (
        {"amount": D("0")}, {"amount": D("1.001")}, {"amount": D("1"), "kind": "tax"},
        {"amount": D("1"), "note": ""}, {"amount": D("1"), "year": 2011}, {"amount": D("1"), "year": 2027},
        {"amount": D("1"), "collective": make.person(of=cast.village)},
    ):  # fmt: skip
        with pytest.raises(BadInput):
            state_income(**facts | wrong)
    made = state_income(**facts, amount=D("1000.00"))
    with pytest.raises(BadInput, match=r"1000\.00"):
        state_income(**facts, amount=D("2000.00"))
    with pytest.raises(BadInput):
        take_income_back(stated=made, reason="", by=None)
    take_income_back(stated=made, reason="重复登记", by=None)
    assert of(one(collective), 2024).sources == {}
    with pytest.raises(DatabaseError), transaction.atomic():
        OutsideIncome.objects.filter(pk=made.pk).update(annulled=None, amount=D("-1"))


def test_who_may_not(cast, collective):
    with pytest.raises(NotAllowed):
        set_income_target(collective=collective, year=2026, amount=D("1"), by=cast.users["clerk"])
    with pytest.raises(NotAllowed):
        state_income(
            collective=collective, year=2024, kind="lease", amount=D("1"), note="账页",
            by=cast.users["county"],
        )  # fmt: skip


# --- yields


def test_a_yield_is_what_was_received_beside_what_the_asset_cost(cast, collective):
    asset = earning.workshop(of=cast.village, original_value=D("400000.00"))
    other = earning.workshop(of=cast.village, original_value=D("1.00"))
    contract = earning.contract(
        asset, parts=[(asset.unit, earning.Fraction(1, 3)), (other.unit, earning.Fraction(2, 3))],
        amount=D("36000.00"),
    )  # fmt: skip
    account = money.account(cast.village, holder=collective)
    line = money.line(money.statement(account, []), "36000.00", on=dt.date(2025, 2, 1))
    due = contract.dues.order_by("due_on").first()
    settle_dues(line=line, parts=[Part(due=due, amount=D("36000.00"))], by=None)
    mine, nominal = yields([asset, other], YEARS, TODAY)
    year = mine.years[1]
    assert (year.income, year.ratio, year.light) == (D("12000.00"), D("0.0300"), "green")
    assert [one.light for one in mine.years] == ["red", "green", "running"]
    assert (nominal.years[1].income, nominal.years[1].ratio, nominal.years[1].light) == (
        D("24000.00"), None, "grey",
    )  # fmt: skip


def test_the_floor_is_that_of_each_year(cast, collective):
    asset = earning.workshop(of=cast.village, original_value=D("400000.00"))
    Parameter.objects.filter(key=YIELD_FLOOR).update(valid=make.period("2012-11-08", "2025-01-01"))
    Parameter.objects.create(
        key=YIELD_FLOOR, value="0.05", source="屏边县方案", valid=make.period("2025-01-01")
    )
    assert [year.floor for year in yields([asset], YEARS, TODAY)[0].years] == [
        D("0.03"),
        D("0.05"),
        D("0.05"),
    ]


# --- pages


def test_the_pages_show_the_years_and_the_workbooks_agree(as_, collective):
    state_income(collective=collective, year=2025, kind="lease", amount=D("30000"), note="账页3", by=None)
    client = as_("finance_officer")
    page = client.get(reverse("collectives"))
    assert page.context["weak"] == 1
    assert page.context["missing"] == D("20000.00")
    assert "30,000.00" in page.content.decode()
    own = client.get(reverse("collective", args=[collective.pk])).content.decode()
    assert str(IncomeSource.LEASE.label) in own
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("collectives_export")).content))
    assert 30000 in [cell.value for cell in book.worksheets[0][2]]
    assert 30000 in [cell.value for cell in book.worksheets[1][2]]


def test_a_target_and_a_statement_are_written_on_their_pages(as_, collective):
    client = as_("finance_officer")
    client.post(reverse("collective_target", args=[collective.pk]), {"year": "2026", "amount": "90000"})
    assert CollectiveTarget.objects.get().amount == D("90000")
    values = {"year": "2025", "kind": "lease", "amount": "1000", "note": "账页3"}
    client.post(reverse("collective_state", args=[collective.pk]), values)
    made = OutsideIncome.objects.get()
    client.post(reverse("stated_take_back", args=[made.pk]), {"reason": "重复登记"})
    made.refresh_from_db()
    assert made.annulled.reason == "重复登记"


def test_the_yields_of_a_place_and_their_workbook(as_, cast, collective):
    asset = earning.workshop("草果烘干房", of=cast.village, original_value=D("400000.00"))
    client = as_("finance_officer")
    page = client.get(reverse("yields"))
    assert page.context["counts"]["red"] == 1
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("yields_export")).content))
    assert [cell.value for cell in book.worksheets[0][2]][:3] == ["草果烘干房", asset.unit.code, 400000]


# --- 31 December


def test_the_register_and_the_books_stand_beside_each_other(as_, cast, collective):
    day = dt.date(2025, 12, 31)
    values = {"agree": "100.00", "differ": "120.00", "not_booked": None}
    for name, booked in values.items():
        asset = earning.workshop(f"厂房{name}", of=cast.village, original_value=D("100.00"))
        make.entry(asset, "ownership", collective)
        if booked:
            BookValue.objects.create(unit=asset.unit, owner=collective, on=day, value=D(booked))
    client = as_("finance_officer")
    page = client.get(reverse("books"), {"year": "2025"})
    owner = next(one for one in page.context["owners"] if one.owner == collective)
    assert (owner.assets, owner.register, owner.booked, owner.wrong) == (3, D("300.00"), D("220.00"), 2)
    assert sorted(item["one"].state for item in page.context["rows"]) == ["differ", "not_booked"]
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("books_export"), {"year": "2025"}).content))
    assert book.worksheets[0].max_row == 5
