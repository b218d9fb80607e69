"""What bad input of money gets: refused with the sentence, and nothing is written. 中文：错误输入"""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from assets.income.models.bank import BankLine
from assets.income.models.match import Match
from assets.income.services.amendments import Change, amend_contract, declare_due, write_off
from assets.income.services.distributions import Plan, Share, plan_distribution
from assets.income.services.pools import add_entry
from assets.income.services.settling import Part, settle_dues, settle_other
from assets.models import Distribution, Due, PoolEntry
from registry.errors import BadInput
from registry.rules.parameters import install_defaults

from . import earning, money

pytestmark = pytest.mark.django_db
D = Decimal
DAY = dt.date(2026, 1, 10)


@pytest.fixture
def account(cast):
    install_defaults()
    return money.account(cast.village)


def imported(path, account, capsys) -> tuple[int, dict]:
    with pytest.raises(SystemExit) as ended:
        call_command("import_statement", str(path), account=account.number, apply=True)
    return ended.value.code, json.loads(capsys.readouterr().out)


def test_a_statement_that_does_not_add_up_names_its_first_line_and_books_none(account, tmp_path, capsys):
    lines = [
        ["20260105", "", "0.00", "1,000.00", "2,000.00", "甲公司", "", "租金", "", "1"],
        ["20260106", "", "0.00", "500.00", "2,501.00", "乙公司", "", "租金", "", "2"],
        ["20260107", "", "0.00", "500.00", "3,005.00", "丙公司", "", "租金", "", "3"],
    ]
    code, answer = imported(money.ccb(tmp_path / "a.csv", account.number, lines), account, capsys)
    assert (code, answer["state"]) == (1, "refused")
    assert [(error["row"], error["code"]) for error in answer["errors"]] == [(5, "balance_breaks")]
    assert "2,500.00" in answer["errors"][0]["message"]
    assert not BankLine.objects.exists()


@pytest.mark.parametrize(
    ("credit", "day", "code"),
    [("1,000.005", "20260105", "amount_decimals"), ("1,000.00", "20260205", "outside_period")],
)
def test_three_decimals_and_a_day_outside_the_period(account, tmp_path, capsys, credit, day, code):
    rows = [
        ["起止日期：2026-01-01 至 2026-01-31"], money.CCB,
        [day, "", "0.00", credit, "2,000.00", "甲公司", "", "租金", "", "1"],
    ]  # fmt: skip
    ended, answer = imported(money.written(tmp_path / "a.csv", rows), account, capsys)
    assert (ended, answer["state"], answer["errors"][0]["row"]) == (1, "refused", 3)
    assert not BankLine.objects.exists()
    from registry.models import ImportBatch

    found = ImportBatch.objects.get(pk=answer["batch"]).staged.get(row=3).errors
    assert [error["code"] for error in found] == [code]


@pytest.mark.parametrize("amount", ["0", "-1.00", "10.001"])
def test_a_receivable_that_is_not_above_zero_or_has_parts_of_a_fen(cast, amount):
    own = earning.contract(mode="own_operation", operator=None, amount=None, end=None)
    with pytest.raises(BadInput):
        declare_due(
            contract=own, kind="profit", begin=dt.date(2025, 1, 1), end=dt.date(2025, 12, 31), due_on=DAY,
            amount=D(amount), note="", by=None,
        )  # fmt: skip
    assert not own.dues.exists()


def test_the_database_takes_no_negative_receivable(cast):
    contract = earning.contract()
    due = contract.dues.first()
    values = {"contract": contract, "number": 99, "kind": "rent", "period": due.period, "due_on": DAY}
    with pytest.raises(IntegrityError, match="due_amount_positive"), transaction.atomic():
        Due.objects.create(**values, payer=due.payer, amount=D("-1.00"))


def test_a_distribution_over_the_distributable_is_refused_on_its_page(as_, cast):
    install_defaults()
    pool = earning.pool("1000.00", of=earning.workshop(of=cast.village))
    made = earning.distribution(pool, total="900.00", reserve="100.01", approved_on=None)
    page = reverse("distribution_approve", args=[made.pk])
    values = {"approved_on": "2026-05-25", "decision": made.decision_id}
    answer = as_("finance_officer").post(page, values)
    assert answer.status_code == 200
    assert "INC-04" in answer.content.decode()
    made.refresh_from_db()
    assert made.approved is None


def test_no_act_takes_parts_of_a_fen(account):
    contract = money.contract(account.division)
    due = contract.dues.first()
    line = money.line(money.statement(account, []), "1000.00", on=DAY)
    pool = earning.pool(of=earning.workshop(of=account.division))
    entries, odd = PoolEntry.objects.count(), D("10.005")
    share = Share(use="upkeep", basis="works", reason="维修")
    change = Change(kind="amount", effective_on=dt.date(2026, 6, 1), amount=odd, reason="调整租金")
    for act in (
        lambda: settle_dues(line=line, parts=[Part(due=due, amount=odd)], by=None),
        lambda: settle_other(line=line, kind="fee", amount=odd, by=None),
        lambda: write_off(due=due, amount=odd, reason="无法收回", by=None),
        lambda: amend_contract(contract=contract, change=change, by=None),
        lambda: add_entry(pool=pool, figure="cost", day=DAY, amount=odd, note="维修", by=None),
        lambda: plan_distribution(
            pool=pool, plan=Plan(number="FP-1", title="分配", total=odd, shares=[share]), by=None
        ),
    ):
        with pytest.raises(BadInput, match=r"10\.005"):
            act()
    assert not Match.objects.exists()
    assert not Distribution.objects.exists()
    assert PoolEntry.objects.count() == entries


def test_of_two_officers_on_one_line_the_second_reads_who_was_first(as_, account, cast):
    contract = money.contract(account.division)
    first, second = contract.dues.order_by("number")
    line = money.line(money.statement(account, []), "1000.00", on=DAY)
    officer = cast.users["admin"]
    settle_dues(line=line, parts=[Part(due=first, amount=D("1000.00"))], by=officer)
    values = {"parts": f"{second.pk}:100000"}
    page = as_("finance_officer").post(reverse("line_settle", args=[line.pk]), values, follow=True)
    assert officer.get_full_name() in page.content.decode()
    assert Match.objects.get().due == first
