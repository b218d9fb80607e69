"""The matching over plain rows: what is unique and explained, what waits, how it is ranked."""

from __future__ import annotations

import datetime as dt

import pytest

from assets.income.bench import generate
from assets.income.bench.score import book_of, fresh, score
from assets.income.matching import engine, memo, names
from assets.income.matching.book import Book, Due, Line
from assets.income.matching.suggest import Ranking

JAN = 2026 * 12
DAY = dt.date(2026, 1, 10).toordinal()


def due(
    key: int, fen: int = 1000_00, *, contract: int = 1, payer: int = 1, month: int = 0, span: int = 1
) -> Due:
    on = dt.date(2026, 1 + month, 1).toordinal()
    return Due(key, contract, payer, on, JAN + month, JAN + month + span - 1, fen)


def line(
    key: int,
    fen: int,
    memo: str = "",
    name: str = "云南草果农业科技有限公司",
    day: int = 0,
    account: str = "",
) -> Line:
    return Line(key, DAY + day, 2026, fen, name, account, memo)


def book(*dues: Due, **more) -> Book:
    payers = more.pop("payers", [("云南草果农业科技有限公司", 1), ("李秀英", 2)])
    return Book(
        dues or (due(1), due(2, month=1)),
        {"HT2026-001": 1, "HT2026-002": 2, "新合〔2026〕12号": 3},
        payers,
        **more,
    )


def settled(of: Book, *lines: Line) -> list[tuple[int, int, int, str]]:
    return [(s.line, s.due, s.fen, s.rule) for s in engine.settle(of, lines, 45).settled]


@pytest.mark.parametrize(
    "name",
    ["云南草果农业科技有限公司", "云南草果农业科技有限责任公司", "云南草果农业科技股份有限公司",
    " 云南（草果）农业科技有限公司",
     "云南(草果)农业 科技有限公司", "云南草果农业科技有限公"],
)  # fmt: skip
def test_names_of_one_payer_are_one(name):
    assert names.key(name) == names.key("云南草果农业科技有限公司")


def test_a_name_one_slip_away_is_found_and_two_are_not():
    near = names.Likeness([names.key(name) for name in ("李秀英", "王建国", "云南草果公司")]).near
    assert near(names.key("李秀应")) == ["李秀英"]
    assert near("建王国") == ["王建国"]
    assert near("王国") == ["王建国"]
    assert near("张秀应") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026年3月租金", [2]), ("2026年1-3月", [0, 1, 2]), ("2026年一季度", [0, 1, 2]), ("上半年承包费",
        list(range(6))),
        ("202603", [2]), ("2026-03租金", [2]), ("2026.3", [2]), ("3月、租金", [2]), ("1、2、3月", [0, 1, 2]),
        ("2026年度承包费", list(range(12))), ("2026年第2季度", [3, 4, 5]), ("货款", []), ("13月", []),
        ("电话13887350000", []),
    ],
)  # fmt: skip
def test_months_of_a_memo(text, found):
    assert sorted(month - JAN for month in memo.months(memo.plain(text), 2026)) == found


@pytest.mark.parametrize("text", ["HT2026-001租金", "合同ht2026－001", "HT2026001", "付HT2026 001款"])
def test_a_contract_number_is_found_however_it_is_punctuated(text):
    assert memo.read(text, book().numbers, 2026).contracts == (1,)


def test_a_longer_number_is_another_contract():
    assert memo.read("HT2026-0012", book().numbers, 2026).contracts == ()
    assert memo.read("新合〔2026〕12号土地租金", book().numbers, 2026).contracts == (3,)


def test_the_memo_names_contract_and_period():
    assert settled(book(), line(1, 1000_00, "HT2026-001 2026年2月租金")) == [(1, 2, 1000_00, "memo_period")]


def test_the_memo_names_the_contract_alone_and_the_oldest_has_the_amount():
    assert settled(book(), line(1, 1000_00, "HT2026-001")) == [(1, 1, 1000_00, "memo_contract")]


def test_several_dues_only_when_the_memo_names_them():
    assert settled(book(), line(1, 2000_00, "HT2026-001 2026年1-2月")) == [
        (1, 1, 1000_00, "memo_several"), (1, 2, 1000_00, "memo_several"),
    ]  # fmt: skip
    assert settled(book(), line(1, 2000_00, "HT2026-001")) == []
    assert settled(book(), line(1, 2000_00)) == []


def test_a_part_only_when_the_memo_says_so():
    assert settled(book(), line(1, 400_00, "HT2026-001部分租金")) == [(1, 1, 400_00, "memo_part")]
    assert settled(book(), line(1, 400_00, "HT2026-001租金")) == []


def test_payer_amount_and_window_and_the_oldest_first():
    assert settled(book(), line(1, 1000_00), line(2, 1000_00, day=1)) == [
        (1, 1, 1000_00, "payer_amount"), (2, 2, 1000_00, "payer_amount"),
    ]  # fmt: skip
    assert settled(book(due(9, month=5)), line(1, 1000_00)) == []  # due in June, paid in January


def test_two_contracts_with_the_amount_are_not_unique():
    assert settled(book(due(1), due(2, contract=2)), line(1, 1000_00)) == []


def test_a_line_that_waits_makes_the_unlabelled_ones_after_it_wait():
    lines = [line(1, 900_00), line(2, 1000_00, day=1), line(3, 1000_00, "HT2026-001 2026年2月", day=2)]
    assert settled(book(), *lines) == [(3, 2, 1000_00, "memo_period")]


def test_a_known_account_pays_for_its_party():
    assert settled(book(accounts={"6222": 1}), line(1, 1000_00, name="王五", account="6222"))[0][1] == 1


def test_suggestions_come_with_reasons_best_first():
    best = Ranking(book()).suggestions(line(1, 2000_00))
    assert best[0].parts == ((1, 1000_00), (2, 1000_00))
    assert best[0].reasons[0] == "payer"
    slipped = Ranking(book()).suggestions(line(1, 1000_00, name="云南草果农业科持有限公司"))[0]
    assert (slipped.parts, slipped.reasons[0]) == (((1, 1000_00),), "alike")
    too_much = Ranking(book()).suggestions(line(1, 2500_00))[0]
    assert too_much.rest == 500_00
    assert Ranking(book()).suggestions(line(1, 77, name="陌生人")) == []


def test_a_made_world_is_matched_as_its_truth_says():
    world = generate.make(3000, 3300, 7)
    again = generate.make(3000, 3300, 7)
    assert (world.lines, world.truth) == (again.lines, again.truth)
    outcome = engine.settle(book_of(world), list(fresh(world)), 45)
    found = score(world, outcome)
    assert found.precision >= 0.998
    assert found.automatic >= 0.8
    assert found.ranked >= 0.95
    assert not {"stranger", "wrong", "duplicate"} & set(found.by_kind)
