"""The pages of money: from the statement to the closed month, and what figures lead to."""

from __future__ import annotations

import datetime as dt
import io
import json
from decimal import Decimal

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from assets.income.models.match import Match
from assets.income.queries import reports
from assets.income.services.closing import close_month
from assets.income.services.settling import Part, settle_dues, undo
from registry.rules.parameters import install_defaults

from . import money

pytestmark = pytest.mark.django_db
FINANCE = "finance_officer"


@pytest.fixture
def account(cast):
    install_defaults()
    return money.account(cast.village)


@pytest.fixture
def contract(cast, account):
    return money.contract(cast.village)


def test_a_line_is_settled_with_one_key_and_undone(as_, account, contract):
    statement = money.statement(account, [])
    line = money.line(statement, "1500.00", on=dt.date(2026, 1, 9), name="云南草果农业科技有限公司")
    client, page = as_(FINANCE), reverse("matching", args=[account.pk])
    offer = client.get(page).context["offers"][0]
    assert (offer["number"], offer["rest"]) == (1, Decimal(0))
    client.post(reverse("line_settle", args=[line.pk]), {"parts": offer["value"]})
    assert [match.amount for match in Match.objects.order_by("id")] == [Decimal("1000.00"), Decimal("500.00")]
    assert client.get(page).context["line"] is None
    match = Match.objects.order_by("id")[0]
    client.post(reverse("match_undo", args=[match.pk]), {"reason": "选错了期次"})
    match.refresh_from_db()
    assert match.undone.reason == "选错了期次"
    assert str(line.booked_on) in client.get(reverse("bank_line", args=[line.pk])).content.decode()


def test_what_settles_no_receivable_is_named(as_, account):
    line = money.line(money.statement(account, []), "3.21", on=dt.date(2026, 1, 21), memo="结息")
    client = as_(FINANCE)
    guesses = client.get(reverse("matching", args=[account.pk])).context["guesses"]
    assert [(key, str(kind)) for key, kind, _word in guesses][:2] == [("q", "interest"), ("w", "grant")]
    client.post(reverse("line_settle", args=[line.pk]), {"kind": "interest"})
    assert Match.objects.get().kind == "interest"


def test_what_was_refused_stands_in_the_form_of_its_line_again(as_, account):
    money.statement(account, ["3.00", "5.00"])
    finance = as_("finance_officer")
    line = account.lines.order_by("id").last()
    said = {"kind": "advance", "note": "预收下季租金"}  # of no contract
    answer = finance.post(reverse("line_settle", args=[line.pk]), said, follow=True)
    assert answer.context["line"] == line
    assert answer.context["form"].initial["note"] == "预收下季租金"
    assert "预收下季租金" in answer.content.decode()
    again = finance.get(reverse("matching", args=[account.pk]))
    assert not again.context["form"].initial


def test_the_month_page_says_what_prevents_closing_and_closes(as_, account, contract):
    money.statement(account, ["1000.00"])
    client, page = as_(FINANCE), reverse("month_end", args=[account.pk, "2026-01"])
    found = client.get(page).context
    assert [one.code for one in found["found"]] == ["unmatched"]
    assert found["reconciled"].agrees
    assert found["reconciled"].book == Decimal("1000.00")
    client.post(reverse("match_run", args=[account.pk]))
    line = account.lines.get()
    client.post(reverse("line_settle", args=[line.pk]), {"kind": "grant"})
    client.post(reverse("month_close", args=[account.pk, "2026-01"]))
    assert client.get(page).context["closed"].closing == Decimal("2000.00")
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(reverse("vouchers", args=[account.pk, "2026-01"])).content)
    )
    rows = list(book.active.iter_rows(values_only=True))
    assert [row[4] for row in rows[1:3]] == ["102", "503"]
    assert (rows[-1][6], rows[-1][7]) == (1000, 1000)


def test_reports_add_up_however_they_are_cut(as_, cast, account, monkeypatch):
    contract = money.contract(cast.village, amounts=("100.01", "200.02"), thirds=True)
    client = as_(FINANCE)
    line = money.line(
        money.statement(account, []), "300.03", on=dt.date(2026, 2, 3), memo="HT2026-001 2026年1-2月"
    )
    client.post(reverse("match_run", args=[account.pk]))
    assert Match.objects.filter(line=line).count() == 2
    period = reports.Period(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    sums = {}
    for by in reports.BY:
        rows = reports.report(by, period, [cast.county.path], cast.county.path)
        sums[by] = [sum(row.due for row in rows), sum(row.received for row in rows)]
        with monkeypatch.context() as patched:  # as a township asks: row by row, no sums by contract first
            patched.setattr(reports, "_wide", lambda _within: False)
            assert reports.report(by, period, [cast.county.path], cast.county.path) == rows
    assert all(found == [Decimal("300.03")] * 2 for found in sums.values()), sums
    assert contract.parts.count() == 3
    address = reverse("money_report") + "?by=village&first=2026-01-01&last=2026-12-31"
    page = client.get(address)
    assert page.context["sums"]["received"] == Decimal("300.03")
    lines = client.get(
        reverse("money_report_lines", args=[cast.village.pk]) + "?by=village&first=2026-01-01&last=2026-12-31"
    )
    assert sum(match.amount for match in lines.context["matches"]) == Decimal("300.03")


def test_arrears_fall_into_their_ages(cast, account):
    money.contract(cast.village, amounts=("100.00", "50.00"), first=dt.date(2026, 1, 1))
    found = reports.arrears(dt.date(2026, 2, 1), [cast.county.path], cast.county.path)
    assert [(one.days, one.age) for one in found] == [(31, 1), (0, 0)]
    assert reports.by_age(found)[:2] == [Decimal("50.00"), Decimal("100.00")]


def test_arrears_are_what_the_sum_of_the_matches_leaves(cast, account):
    contract = money.contract(cast.village, amounts=("100.00",) * 5, first=dt.date(2026, 1, 1))
    whole, parts, partly, countered, _open = contract.dues.order_by("due_on")
    statement = money.statement(account, ["100.00", "60.00", "40.00", "30.00", "100.00"])
    lines = list(statement.lines.order_by("id"))
    for line, due in zip(lines, (whole, parts, parts, partly, countered), strict=True):
        settle_dues(line=line, parts=[Part(due=due, amount=line.amount)], by=None)
    close_month(account=account, month=money.JANUARY, by=None)
    undo(match=Match.objects.get(due=countered), reason="付错合同", by=None)  # a counter-entry beside it
    assert Match.objects.filter(due=countered).count() == 2
    found = reports.arrears(dt.date(2026, 12, 31), [cast.county.path], cast.county.path)
    assert {one.due: one.open for one in found} == {
        partly.pk: Decimal("70.00"), countered.pk: Decimal("100.00"), _open.pk: Decimal("100.00"),
    }  # fmt: skip
    assert reports.arrears(dt.date(2026, 12, 31), [cast.far.path], cast.far.path) == []


def test_reconcile_answers_programs(account, contract, capsys):
    money.line(money.statement(account, []), "1000.00", on=dt.date(2026, 1, 9), memo="HT2026-001 2026年1月")
    call_command("reconcile", "--account", account.number)
    answer = json.loads(capsys.readouterr().out)
    row = answer["accounts"][0]
    assert (row["month"], row["matched"], row["unmatched"], row["credits"]) == ("2026-01", 1, 0, "1000.00")
    assert (answer["received"], answer["distributed"], answer["balance"]) == ("1000.00", "0.00", "1000.00")
    assert all(answer["identities"].values())
    with pytest.raises(CommandError):
        call_command("reconcile", "--month", "2026-13")


def test_import_statement_answers_programs(account, tmp_path, capsys):
    path = money.ccb(tmp_path / "a.csv", account.number, [
        ["20260105", "", "0.00", "12,000.00", "13,000.00", "甲", "53001", "HT-1租金", "", "A1"],
    ])  # fmt: skip
    call_command("import_statement", str(path), "--account", account.number)
    assert json.loads(capsys.readouterr().out)["state"] == "staged"
    call_command("import_statement", str(path), "--account", account.number, "--apply")
    assert json.loads(capsys.readouterr().out)["state"] == "applied"
    with pytest.raises(CommandError):
        call_command("import_statement", str(path), "--account", "12345678")


def test_the_hub_shows_what_is_missing(as_, account, contract):
    money.line(money.statement(account, []), "77.00", on=dt.date(2026, 1, 9))
    context = as_(FINANCE).get(reverse("money")).context
    assert (context["left"], context["left_count"], context["behind"]) == (Decimal("77.00"), 1, 1)
    assert context["arrears"] == Decimal("2000.00")


def test_an_auditor_sees_no_names_of_payers(as_, account):
    line = money.line(
        money.statement(account, []),
        "77.00",
        on=dt.date(2026, 1, 9),
        name="李秀英",
        counter_account="6222001234567890",
    )
    text = as_("auditor").get(reverse("bank_line", args=[line.pk])).content.decode()
    assert "李秀英" not in text
    assert "6222001234567890" not in text
    assert "李秀英" in as_(FINANCE).get(reverse("bank_line", args=[line.pk])).content.decode()


def test_accounts_of_another_township_are_not_there(as_, cast):
    far = money.account(cast.far)
    assert as_(FINANCE).get(reverse("bank_account", args=[far.pk])).status_code == 404
