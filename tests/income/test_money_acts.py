"""Receiving accounts of contracts, advances, accounts given up, cash paid in, columns of each bank."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse

from assets.income.importers.statements import IMPORTER
from assets.income.models.match import Match
from assets.income.services.accounts import stop_receiving
from assets.income.services.cash import take_cash
from assets.income.services.completing import complete_contract
from assets.income.services.matching import match_account
from assets.income.services.settling import Part, settle_dues
from registry import rules
from registry.errors import BadInput, RuleBroken
from registry.models import HeadAlias
from registry.queries.head_memory import remembered
from registry.rules.parameters import install_defaults
from registry.services.head_memory import remember_heads
from tests import factories as make

from . import earning, money

pytestmark = pytest.mark.django_db
D = Decimal
RECEIVED_BY = "云南草果农业科技有限公司"


@pytest.fixture
def place(cast):
    install_defaults()
    return cast.village


@pytest.fixture
def collective(place):
    return make.party("新华村股份经济合作社", of=place)


def paid(account, amount: str, **fields):
    statement = account.statements.first() or money.statement(account, [])
    values = {"name": RECEIVED_BY, "memo": "HT2026-001 2026年1月租金"} | fields
    return money.line(statement, D(amount), on=dt.date(2026, 1, 10), **values)


# --- which account a contract is paid into


def test_a_contract_that_names_an_account_is_matched_on_that_one_alone(place, collective):
    right, wrong = money.account(place, holder=collective), money.account(place, holder=collective)
    made = money.contract(place, owner=collective)
    complete_contract(contract=made, by=None, reason="补录收款账户", account=right)
    made.refresh_from_db()
    assert (made.account_number, made.account_holder) == (right.number, collective)
    paid(wrong, "1000.00")
    assert match_account(account=wrong, by=None).lines == 0
    paid(right, "1000.00")
    assert match_account(account=right, by=None).lines == 1


def test_a_number_that_is_registered_ties_the_contract_to_its_account(place, collective):
    account = money.account(place, holder=collective)
    made = money.contract(place, owner=collective)
    spaced = f"{account.number[:4]} {account.number[4:]}"
    complete_contract(contract=made, by=None, reason="补录收款账户", account_number=spaced)
    made.refresh_from_db()
    assert made.account == account


def test_an_account_of_another_place_or_given_up_is_refused(place, cast, collective):
    made = money.contract(place, owner=collective)
    with pytest.raises(BadInput):
        complete_contract(contract=made, by=None, reason="补录收款账户", account=money.account(cast.far))
    old = money.account(place, holder=collective)
    stop_receiving(account=old, closed_on=dt.date(2026, 2, 1), reason="并户销户", by=None)
    old.refresh_from_db()
    with pytest.raises(BadInput, match="2026-02-01"):
        complete_contract(contract=made, by=None, reason="补录收款账户", account=old)


def test_inc_03_a_persons_account_is_refused_for_a_contract_and_found_where_it_stood_before(place, cast):
    made = money.contract(place)
    person = make.person("李建华", of=place)
    with pytest.raises(RuleBroken) as broken:
        complete_contract(contract=made, by=None, reason="补录收款账户", account_holder=person)
    assert broken.value.code == "INC-03"
    made.__class__.objects.filter(pk=made.pk).update(account_holder=person)
    assert [row.subject_key for row in read()] == [f"{place.pk}/{made.number}"]
    made.__class__.objects.filter(pk=made.pk).update(account_holder=made.owner)
    assert read() == []


def read(day: dt.date = dt.date(2026, 6, 30)):
    from registry.rules.base import Context, Scope
    from registry.rules.parameters import resolver

    rule = rules.get("INC-03")
    return rule.read(Context(as_of=day, scope=Scope(), parameter=resolver([], day))).rows


# --- advances


def test_an_over_payment_is_used_on_its_page(as_, place, collective):
    account = money.account(place, holder=collective)
    made = money.contract(place, owner=collective, amounts=("1000.00", "400.00"))
    first, second = made.dues.order_by("number")
    line = paid(account, "1300.00")
    settle_dues(line=line, parts=[Part(due=first, amount=D("1000.00"))], by=None, advance=True)
    advance = Match.objects.get(kind="advance")
    client, page = as_("finance_officer"), reverse("advance_use", args=[advance.pk])
    assert page in client.get(reverse("bank_line", args=[line.pk])).content.decode()
    assert "300" in client.get(page).content.decode()
    assert client.post(page, {"due": second.pk, "amount": "300.01"}).status_code == 200
    client.post(page, {"due": second.pk, "amount": "300"})
    assert Match.objects.filter(due=second).get().amount == D("300.00")


# --- accounts, cash, arrears


def test_an_account_is_given_up_on_its_page(as_, place, collective):
    account = money.account(place, holder=collective)
    as_("finance_officer").post(
        reverse("account_stop", args=[account.pk]), {"closed_on": "2026-02-01", "reason": "并户销户"}
    )
    account.refresh_from_db()
    assert account.closed_on == dt.date(2026, 2, 1)


def test_cash_is_tied_to_the_line_by_which_it_was_paid_in(as_, place, collective):
    account, made = money.account(place, holder=collective), money.contract(place, owner=collective)
    receipt = take_cash(
        contract=made, received_on=dt.date(2026, 1, 8), amount=D("500.00"), payer_name="李建华",
        receipt_number="SJ-1", by=None,
    )  # fmt: skip
    small, line = paid(account, "499.99"), paid(account, "500.00")
    client, page = as_("finance_officer"), reverse("cash_paid_in", args=[receipt.pk])
    offered = client.get(page).context["form"].fields["line"].queryset
    assert (line in offered, small in offered) == (True, False)
    client.post(page, {"line": line.pk})
    receipt.refresh_from_db()
    assert receipt.line == line
    page = client.get(reverse("cash"))
    assert (list(page.context["waiting"]), list(page.context["settled"])) == ([], [receipt])


def test_the_ages_of_arrears_are_a_workbook(as_, place):
    asset = earning.workshop(of=place)
    person = make.person("李建华", of=place)
    earning.contract(asset, operator=person, amount=D("1200.00"))
    client = as_("auditor")
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("arrears_export")).content))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert rows[2][0] == "李*华"
    assert rows[2][-1] == rows[-1][-1] == sum(rows[2][1:-1]) > 0
    assert book.worksheets[1].max_row - 2 == 3


# --- the columns of each bank


def test_columns_are_remembered_for_each_bank_apart(place, collective):
    ccb = money.account(place, holder=collective, bank="中国建设银行屏边支行")
    assert (ccb.bank_name, money.account(place, bank="云南农信新华支行").bank_name) == (
        "中国建设银行",
        "云南农信",
    )
    facts = {"kind": IMPORTER.kind, "division": place, "known": {}, "by": None}
    remember_heads(**facts, named={"往来": "name"}, origin="中国建设银行")
    remember_heads(**facts, named={"往来": "memo"}, origin="云南农信")
    remember_heads(**facts, named={"往来": "serial"})
    said = {
        bank: remembered(IMPORTER.kind, place, bank)["往来"].field
        for bank in ("中国建设银行", "云南农信", "工商银行")
    }
    assert said == {"中国建设银行": "name", "云南农信": "memo", "工商银行": "serial"}
    remember_heads(
        **facts, named={"往来": "serial"}, origin="云南农信"
    )  # as anybody's files: needs no memory
    assert not HeadAlias.objects.filter(origin="云南农信").exists()
