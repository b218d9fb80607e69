"""Statements as banks write them: read, proved, booked once, refused with the first line that breaks."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.urls import reverse

from assets.income.importers.statement_columns import STATEMENT
from assets.income.importers.statement_reading import is_account, read_statement
from assets.income.models.bank import BankLine, Statement
from registry.codes import BatchState
from registry.errors import RegistryError
from registry.models import ImportBatch
from registry.queries.head_memory import remembered
from registry.services.files import store_path
from registry.services.imports import apply_batch, create_batch, reverse_batch, stage_batch

from . import money

pytestmark = pytest.mark.django_db
LINES = [
    ["20260105", "20260105 09:30:11", "0.00", "12,000.00", "13,000.00", "云南草果农业科技有限公司",
    "53001", "HT-1租金", "", "A1"],
    ["20260107", "20260107 10:00:00", "300.50", "0", "12,699.50", "电力公司", "53002", "电费", "", "A2"],
    ["20260107", "20260107 10:00:00", "", "-100.00", "12,599.50", "云南草果农业科技有限公司", "53001",
    "冲正", "", "A3"],
]  # fmt: skip


@pytest.fixture
def account(cast):
    return money.account(cast.village)


def staged(path: Path, account, **options) -> ImportBatch:
    given = {"account": account.pk, **options}
    return stage_batch(
        create_batch(
            kind="statement", file=store_path(path), options=given, by=None, division=account.division
        )
    )


def test_a_gbk_file_with_titles_two_columns_and_totals_is_booked(account, tmp_path):
    batch = staged(money.ccb(tmp_path / "建行.csv", account.number, LINES), account)
    assert (batch.state, batch.rows, batch.accepted) == (BatchState.STAGED, 3, 3), batch.errors
    assert batch.totals["opening"] == "1000.00"
    assert batch.totals["closing"] == "12599.50"
    assert not BankLine.objects.exists()
    apply_batch(batch, by=None)
    amounts = list(BankLine.objects.values_list("amount", flat=True))
    assert amounts == [Decimal("12000.00"), Decimal("-300.50"), Decimal("-100.00")]
    first = BankLine.objects.first()
    assert (first.booked_on, first.name, first.memo) == (
        dt.date(2026, 1, 5),
        "云南草果农业科技有限公司",
        "HT-1租金",
    )
    assert Statement.objects.get().credits == Decimal("12000.00")


def test_the_same_lines_in_an_overlapping_file_are_not_booked_again(account, tmp_path):
    apply_batch(staged(money.ccb(tmp_path / "a.csv", account.number, LINES[:2]), account), by=None)
    batch = staged(money.ccb(tmp_path / "b.csv", account.number, LINES), account)
    assert (batch.accepted, batch.unchanged) == (1, 2)
    apply_batch(batch, by=None)
    assert BankLine.objects.count() == 3


def test_two_equal_payments_of_one_day_are_two_lines_however_often_they_come(account, tmp_path):
    twice = [
        ["20260105", "", "", "50.00", "", "李秀英", "", "租金", "", ""],
        ["20260105", "", "", "50.00", "", "李秀英", "", "租金", "", ""],
    ]
    batch = staged(money.ccb(tmp_path / "a.csv", account.number, twice), account, opening="0")
    apply_batch(batch, by=None)
    assert BankLine.objects.count() == 2
    again = staged(money.ccb(tmp_path / "b.csv", account.number, [*twice, twice[0]]), account, opening="0")
    assert (again.accepted, again.unchanged) == (1, 2)


def test_a_balance_that_breaks_is_refused_with_its_first_line(account, tmp_path):
    broken = [LINES[0], [*LINES[1][:4], "12,600.00", *LINES[1][5:]], LINES[2]]
    batch = staged(money.ccb(tmp_path / "a.csv", account.number, broken), account)
    assert batch.state == BatchState.REFUSED
    assert [(e["row"], e["code"]) for e in batch.errors] == [(5, "balance_breaks")]
    assert "12,699.50" in batch.errors[0]["message"]
    assert batch.staged.count() == 3  # staged all the same, for everybody to look at


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({3: "12,000.005"}, "amount_decimals"),
        ({3: "一万二"}, "amount_text"),
        ({0: "20260230"}, "date_impossible"),
        ({2: "", 3: ""}, "amount_missing"),
    ],
)
def test_a_wrong_cell_refuses_the_file_with_its_sentence(account, tmp_path, change, code):
    wrong = [[change.get(n, cell) for n, cell in enumerate(LINES[0])], *LINES[1:]]
    batch = staged(money.ccb(tmp_path / "a.csv", account.number, wrong), account)
    assert batch.state == BatchState.REFUSED
    assert batch.errors[0]["row"] == 4
    assert [error["code"] for error in batch.staged.get(row=4).errors] == [code]


def test_a_day_outside_the_stated_period_is_refused(account, tmp_path):
    rows = [["起止日期：2026-01-01 至 2026-01-06"], money.CCB, *LINES]
    batch = staged(money.written(tmp_path / "a.csv", rows), account)
    assert batch.state == BatchState.REFUSED
    assert "2026-01-06" in batch.errors[0]["message"]


def test_a_stated_closing_balance_that_differs_is_refused(account, tmp_path):
    rows = [["期初余额", "1,000.00"], money.CCB, *LINES, ["期末余额：12,000.00"]]
    batch = staged(money.written(tmp_path / "a.csv", rows), account)
    assert [error["code"] for error in batch.errors] == ["closing_differs"]


def test_the_statement_of_another_account_is_refused(account, tmp_path):
    batch = staged(money.ccb(tmp_path / "a.csv", "9999888877776666", LINES), account)
    assert [error["code"] for error in batch.errors] == ["other_account"]
    assert "9999888877776666" not in batch.errors[0]["message"]


def test_the_file_finds_its_account_itself(account, tmp_path):
    batch = create_batch(
        kind="statement",
        file=store_path(money.ccb(tmp_path / "a.csv", account.number, LINES)),
        options={},
        by=None,
    )
    assert stage_batch(batch).totals["account"] == account.pk


def test_the_newest_first_and_one_signed_column(account, tmp_path):
    rows = [
        ["交易日期", "交易金额", "本次余额", "对手信息", "交易附言"],
        ["20260103", "-12,345.89", "1,943.12", "111222333", ""],
        ["20260102", "+10000.00", "14289.01", "哈哈", "转存"],
        ["20260101", "+0.01", "4289.01", "--", "结息"],
    ]
    batch = staged(money.written(tmp_path / "a.csv", rows, "utf-8"), account)
    assert (batch.state, batch.totals["opening"], batch.totals["closing"]) == (
        BatchState.STAGED,
        "4289.00",
        "1943.12",
    )


def test_a_column_of_directions(account, tmp_path):
    rows = [
        ["序号", "交易日期", "借贷", "交易金额", "余额", "对方户名", "摘要"],
        ["1", "2026-01-03", "贷 Cr", "100.00", "1100.00", "张三", "租金"],
        ["2", "2026-01-04", "借 Dr", "30.00", "1070.00", "李四", "退款"],
    ]
    apply_batch(staged(money.written(tmp_path / "a.csv", rows), account), by=None)
    assert list(BankLine.objects.values_list("amount", flat=True)) == [Decimal(100), Decimal(-30)]


def test_heads_that_tell_income_and_expense_in_brackets_alone(tmp_path):
    rows = [
        [
            "交易日期",
            "摘要",
            "交易金额(收入)",
            "交易金额(支出)",
            "记账金额(收入)",
            "记账金额(支出)",
            "余额",
            "对方户名",
        ],
        ["2026-01-02\t", "消费 ", "-", "1.00", "", "13.40 ", "86.60", "某公司\t"],
        ["2026-01-03\t", "汇入 ", "-", "-", "1,234.56\t", "", "1,321.16", "张三"],
    ]
    reading = read_statement(money.written(tmp_path / "a.csv", rows, "utf-8"), STATEMENT)
    assert [line.amount for line in reading.lines] == [Decimal("-13.40"), Decimal("1234.56")]
    assert reading.lines[0].name == "某公司"


def test_a_workbook_with_real_dates_and_numbers(account, tmp_path):
    book = openpyxl.Workbook()
    for row in [["对账单"], ["日期", "收入金额", "支出金额", "账户余额", "对方户名"],
                [dt.date(2026, 1, 5), 0.1, None, 1000.1, "甲"], [dt.date(2026, 1, 6), 0.2, None, 1000.3,
                "乙"]]:  # fmt: skip
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    batch = staged(tmp_path / "a.xlsx", account)
    assert (batch.state, batch.totals["closing"]) == (BatchState.STAGED, "1000.30"), batch.errors


def test_columns_named_by_hand_are_remembered_for_the_bank(account, tmp_path):
    rows = [["何时", "进", "出", "余额", "谁"], ["2026-01-03", "5.00", "", "5.00", "甲"]]
    path = money.written(tmp_path / "a.csv", rows)
    assert staged(path, account).errors[0]["code"] == "no_header"
    named = {"columns": {"何时": "booked_on", "进": "credit", "出": "debit", "谁": "name"}}
    apply_batch(staged(path, account, mapping=named), by=None)
    assert remembered("statement", account.division, account.bank_name)["进"].field == "credit"
    later = money.written(tmp_path / "b.csv", [rows[0], ["2026-01-04", "", "2.00", "3.00", "乙"]])
    assert staged(later, account).accepted == 1
    other = money.account(account.division, bank="中国工商银行屏边支行")
    assert staged(later, other).errors[0]["code"] == "no_header"


def test_a_statement_is_taken_back_as_a_whole(account, tmp_path):
    batch = apply_batch(staged(money.ccb(tmp_path / "a.csv", account.number, LINES), account), by=None)
    reverse_batch(batch, by=None)
    assert not BankLine.objects.in_force().exists()
    assert not Statement.objects.in_force().exists()
    assert staged(money.ccb(tmp_path / "b.csv", account.number, LINES), account).accepted == 3


def test_lines_of_a_closed_month_are_refused(account, tmp_path, closed_january):
    closed_january(account)
    batch = staged(money.ccb(tmp_path / "a.csv", account.number, LINES), account)
    with pytest.raises(RegistryError, match="2026-01"):
        apply_batch(batch, by=None)


def hidden(number):
    return f"{number[:4]}****{number[-4:]}"


def test_an_account_whose_digits_the_bank_hides_is_known_by_those_it_shows(account, tmp_path):
    batch = staged(money.ccb(tmp_path / "a.csv", hidden(account.number), LINES), account)
    assert batch.errors == []
    assert batch.rows == len(LINES)


def test_a_hidden_number_that_shows_other_digits_is_another_account(account, tmp_path):
    other = f"{account.number[:4]}****{(int(account.number[-4:]) + 1) % 10000:04d}"
    batch = staged(money.ccb(tmp_path / "a.csv", other, LINES), account)
    assert [error["code"] for error in batch.errors] == ["other_account"]
    assert f"****{other[-4:]}" in batch.errors[0]["message"]


@pytest.mark.parametrize(
    ("number", "stated", "same"),
    [
        ("6227000012340000", "6227000012340000", True),
        ("6227000012340000", "****0000", True),
        ("6227000012340000", "6227********0000", True),
        ("6227000012340000", "6228****0000", False),
        ("6227000012340000", "62270000", False),
    ],
)
def test_shown_digits_must_be_those_of_the_account(number, stated, same):
    assert is_account(number, stated) is same


def test_after_a_statement_the_page_leads_to_the_matching(account, tmp_path, cast, client):
    batch = staged(money.ccb(tmp_path / "a.csv", account.number, LINES), account)
    apply_batch(batch, by=cast.users["finance_officer"])
    client.force_login(cast.users["finance_officer"])
    page = client.get(reverse("import", args=[batch.pk])).content.decode()
    assert reverse("matching", args=[account.pk]) in page
