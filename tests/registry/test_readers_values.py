"""Cells as people fill them: each kind gives a value or a coded sentence."""

import contextlib
import datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.checkdigits import id_check, uscc_check
from registry.readers.table import (
    PARSERS,
    CellProblem,
    DateValue,
    Field,
    Holder,
    Quantity,
    apportion,
    parse_value,
)
from registry.readers.table.amounts import parse_amount
from registry.readers.table.joining import code_list
from registry.readers.table.places import check_pair

BOX = (103.30, 22.70, 104.10, 23.50)


def value(kind, raw, **more):
    """Parse a cell of a kind."""
    return parse_value(Field("f", ("列",), kind, **more.pop("field", {})), raw, **more)


def problem(kind, raw, **more):
    """The code of the problem of a cell, whose message must be a sentence."""
    with pytest.raises(CellProblem) as caught:
        value(kind, raw, **more)
    assert len(str(caught.value)) > 4
    return caught.value.code


@pytest.mark.parametrize(
    "kind", ["text", "code", "money", "date", "share", "person", "quantity", "holders", "degrees"]
)
@pytest.mark.parametrize("raw", [None, "", "  ", "/", "-", "—", "——", "无", "不详", "N/A", " / "])
def test_words_that_say_nothing_are_no_value(kind, raw):
    assert value(kind, raw) is None


@pytest.mark.parametrize(
    ("raw", "unit", "yuan"),
    [
        (12.5, "wan", "125000.00"),
        (12.5, "yuan", "12.50"),
        ("1,234.56", "yuan", "1234.56"),
        ("1，234．56", "yuan", "1234.56"),
        ("１２３４．５", "yuan", "1234.50"),
        ("12.5万元", "yuan", "125000.00"),
        ("12.5万", None, "125000.00"),
        ("1000元", "wan", "1000.00"),
        ("￥1,000.00", "yuan", "1000.00"),
        ("1.2亿元", "wan", "120000000.00"),
        (0.1 + 0.2, "wan", "3000.00"),
        (33.33333333333333, "wan", "333333.33"),
        ("12.34567", "wan", "123456.70"),
        (0.005, "yuan", "0.01"),
        (0, None, "0.00"),
        (" 3 000.5 ", "yuan", "3000.50"),
    ],
)
def test_money_becomes_yuan_and_fen(raw, unit, yuan):
    assert value("money", raw).yuan(unit) == Decimal(yuan)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("约12万元", "money_about"),
        ("12万元左右", "money_about"),
        (-5, "money_negative"),
        ("-5.5", "money_negative"),
        ("12,34", "money_text"),
        ("十二万", "money_text"),
        ("12.5+3", "money_text"),
        (float("nan"), "number"),
        (1e20, "number"),
        ("=1+1", "money_text"),
    ],
)
def test_what_is_no_exact_amount_is_refused(raw, code):
    assert problem("money", raw) == code


def test_an_amount_without_unit_is_not_guessed_and_an_absurd_one_not_taken():
    with pytest.raises(CellProblem) as caught:
        parse_amount(5).yuan(None)
    assert caught.value.code == "unit_unknown"
    with pytest.raises(CellProblem) as caught:
        parse_amount("99999999999").yuan("wan")
    assert caught.value.code == "money_large"


@settings(deadline=None)
@given(st.integers(0, 10**11), st.sampled_from(["{}", "{}元", "￥{}", "{:,}"]))
def test_every_sum_of_fen_survives_the_round_trip_through_text(cents, form):
    yuan = Decimal(cents) / 100
    assert parse_amount(form.format(yuan)).yuan("yuan") == yuan
    assert parse_amount(float(yuan)).yuan("yuan") == yuan
    assert parse_amount(f"{yuan / 10_000:f}").yuan("wan") == yuan


@settings(deadline=None)
@given(st.integers(0, 10**12), st.lists(st.integers(0, 1000), min_size=1, max_size=40), st.integers(0, 50))
def test_the_largest_remainder_gives_parts_that_add_up_and_stay_within_a_fen(cents, weights, start):
    if sum(weights) == 0:
        weights = [1]
    total = Decimal(cents) / 100
    parts = apportion(total, weights, start)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(Fraction(part) - Fraction(total) * weight / sum(weights)) < Fraction(1, 100)


def test_nothing_to_weigh_by_is_refused():
    with pytest.raises(ValueError, match="weights"):
        apportion(Decimal(1), [0, 0])


@pytest.mark.parametrize(
    ("raw", "day", "precision"),
    [
        (datetime.datetime.fromisoformat("2021-05-31T08:00"), "2021-05-31", "day"),
        (datetime.date(2021, 5, 31), "2021-05-31", "day"),
        (44347, "2021-05-31", "day"),
        (44347.0, "2021-05-31", "day"),
        ("2021-05-31", "2021-05-31", "day"),
        ("2021/5/31", "2021-05-31", "day"),
        ("2021.5.31", "2021-05-31", "day"),
        ("２０２１年５月３１日", "2021-05-31", "day"),
        ("2021 年 5 月 31 日", "2021-05-31", "day"),
        ("2021-05-31 00:00:00", "2021-05-31", "day"),
        ("20210531", "2021-05-31", "day"),
        (20210531, "2021-05-31", "day"),
        ("二〇二一年五月三十一日", "2021-05-31", "day"),
        ("2021年5月", "2021-05-01", "month"),
        ("2021-05", "2021-05-01", "month"),
        ("2021.5", "2021-05-01", "month"),
        (2021.5, "2021-05-01", "month"),
        (2021.12, "2021-12-01", "month"),
        ("2021.10", "2021-10-01", "month"),
        (202105, "2021-05-01", "month"),
        ("2021", "2021-01-01", "year"),
        (2021, "2021-01-01", "year"),
        ("2021年", "2021-01-01", "year"),
        ("2021年度", "2021-01-01", "year"),
    ],
)
def test_dates_keep_the_precision_they_were_written_with(raw, day, precision):
    assert value("date", raw) == DateValue(datetime.date.fromisoformat(day), precision)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("2021-02-30", "date_impossible"),
        ("2021-13", "date_impossible"),
        (2021.1, "date_ambiguous"),
        (2021.123, "date_form"),
        ("1890-01-01", "date_range"),
        ("5/31/21", "date_form"),
        ("2016-2018", "date_form"),
        ("去年", "date_form"),
        (12, "date_form"),
        ("2021年上半年", "date_form"),
    ],
)
def test_what_is_no_certain_date_is_refused(raw, code):
    assert problem("date", raw) == code


@settings(deadline=None)
@given(st.dates(datetime.date(1950, 1, 1), datetime.date(2100, 12, 31)))
def test_every_day_survives_all_its_spellings(day):
    serial = (day - datetime.date(1899, 12, 30)).days
    spellings = [
        serial,
        day.isoformat(),
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}.{day.month}.{day.day}",
    ]
    spellings.append(f"{day:%Y%m%d}")
    assert {value("date", spelling) for spelling in spellings} == {DateValue(day)}


@pytest.mark.parametrize(
    ("raw", "share"),
    [
        ("60%", "3/5"),
        ("60％", "3/5"),
        ("3/5", "3/5"),
        ("0.6", "3/5"),
        (0.6, "3/5"),
        (1, "1"),
        ("百分之六十", None),
        ("百分之60", "3/5"),
    ],
)
def test_shares(raw, share):
    if share is None:
        assert problem("share", raw) == "share_form"
    else:
        assert value("share", raw) == Fraction(share)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("六成", "share_form"),
        ("一半", "share_form"),
        (60, "share_percent"),
        ("0%", "share_range"),
        ("120%", "share_range"),
        ("3/0", "share_form"),
        ("5/3", "share_range"),
    ],
)
def test_what_is_no_certain_share_is_refused(raw, code):
    assert problem("share", raw) == code


def test_a_bare_number_under_a_head_in_per_cent_is_per_cent():
    assert value("share", 60, percent=True) == Fraction(3, 5)


@settings(deadline=None)
@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_every_fraction_survives_the_round_trip(one, other):
    share = Fraction(min(one, other), max(one, other))
    assert value("share", f"{share.numerator}/{share.denominator}") == share


@pytest.mark.parametrize(
    ("raw", "holders"),
    [
        ("新华村", [("新华村", None)]),
        ("甲村 60%；乙村 40%", [("甲村", "3/5"), ("乙村", "2/5")]),
        ("甲村（60%）、乙村（40%）", [("甲村", "3/5"), ("乙村", "2/5")]),
        ("甲村:1/3,乙村:1/3,丙村:1/3", [("甲村", "1/3"), ("乙村", "1/3"), ("丙村", "1/3")]),
        (
            "甲村33.33%、乙村33.33%、丙村33.34%",
            [("甲村", "3333/10000"), ("乙村", "3333/10000"), ("丙村", "3334/10000")],
        ),
        ("村集体（甲村）", [("村集体（甲村）", None)]),
        ("甲村、乙村", [("甲村", None), ("乙村", None)]),
        ("甲村\n乙村", [("甲村", None), ("乙村", None)]),
        ("甲村占60%，乙村占40%", [("甲村", "3/5"), ("乙村", "2/5")]),
        ("甲村占六成、乙村占四成", [("甲村", "3/5"), ("乙村", "2/5")]),
        ("甲村（60）、乙村（40）", [("甲村", "3/5"), ("乙村", "2/5")]),
        ("李三成、王四", [("李三成", None), ("王四", None)]),
        ("甲村、乙村各50%", [("甲村", "1/2"), ("乙村", "1/2")]),
        ("甲村、乙村、丙村各占1/3", [("甲村", "1/3"), ("乙村", "1/3"), ("丙村", "1/3")]),
        ("甲村、乙村各半", [("甲村", "1/2"), ("乙村", "1/2")]),
        ("甲村：乙村=3:2", [("甲村", "3/5"), ("乙村", "2/5")]),
        ("甲村、乙村按3：2比例分成", [("甲村", "3/5"), ("乙村", "2/5")]),
        ("甲村、乙村（比例6:4）", [("甲村", "3/5"), ("乙村", "2/5")]),
    ],
)
def test_holders_with_their_shares(raw, holders):
    expected = tuple(Holder(name, Fraction(share) if share else None) for name, share in holders)
    assert value("holders", raw) == expected


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("甲村60%；乙村30%", "holders_sum"),
        ("甲村60%；乙村", "holders_mixed"),
        ("123", "holders_form"),
        ("各50%：甲村、乙村", "holders_mixed"),
        ("甲村、乙村各40%", "holders_sum"),
        ("甲村、乙村、丙村3:2", "holders_parts"),
    ],
)
def test_holders_that_are_not_whole_are_refused(raw, code):
    assert problem("holders", raw) == code


@pytest.mark.parametrize(
    ("raw", "name", "phone"),
    [
        ("张三53252319900101123X", "张三", ""),
        ("张三（0873-3221234）", "张三", "0873-3221234"),
        ("张三", "张三", ""),
        ("张 三", "张三", ""),
        ("张三（村主任）", "张三", ""),
        ("张三13812345678", "张三", "13812345678"),
        ("张三 138 1234 5678", "张三", "13812345678"),
        ("买买提•艾力", "买买提·艾力", ""),
    ],
)
def test_a_persons_name_is_freed_of_what_stands_around_it(raw, name, phone):
    person = value("person", raw)
    assert (person.name, person.phone, person.several) == (name, phone, False)


def test_several_persons_stay_together_and_are_marked():
    person = value("person", "张三、李四")
    assert (person.name, person.several) == ("张三、李四", True)


def test_nobody_named_yet_is_nobody():
    assert value("person", "待定") is None
    assert problem("person", 12345) == "person_form"


@pytest.mark.parametrize(
    "raw", ["13812345678", 13812345678, 13812345678.0, "138 1234 5678", "138-1234-5678", "+8613812345678"]
)
def test_phone_numbers(raw):
    assert value("phone", raw) == "13812345678"


@pytest.mark.parametrize(
    ("raw", "code"),
    [("123", "phone"), ("1381234567", "phone"), ("1.38E+10", "digits_lost"), ("12812345678", "phone")],
)
def test_what_is_no_phone_number_is_refused(raw, code):
    assert problem("phone", raw) == code


def test_identity_numbers_are_checked_to_the_last_digit():
    stem = "53252319900307123"
    number = stem + id_check(stem)
    assert value("person_id", number.lower()) == number
    wrong = stem + ("0" if number[-1] != "0" else "1")
    assert problem("person_id", wrong) == "person_id_check"
    assert problem("person_id", stem) == "person_id_form"
    assert problem("person_id", 5.3252319900307e17) == "digits_lost"
    stem = "53252319901307123"
    assert problem("person_id", stem + id_check(stem)) == "person_id_date"


def test_credit_codes_are_checked_to_the_last_character():
    stem = "N2532523MF0123456"
    code = stem + uscc_check(stem)
    assert value("uscc", f" {code} ") == code
    assert problem("uscc", stem + ("0" if code[-1] != "0" else "1")) == "uscc_check"
    assert problem("uscc", "O" + code[1:]) == "uscc_form"


@pytest.mark.parametrize(
    ("raw", "degrees"),
    [
        (103.6867, 103.6867),
        ("103.6867", 103.6867),
        ("E103.6867", 103.6867),
        ("103.6867°", 103.6867),
        ("103°41′12″", 103.686666667),
        ("103°41'12\"", 103.686666667),
        ("103度41分12秒", 103.686666667),
        ("东经103°41′12″", 103.686666667),
        ("103°41.2′", 103.686666667),
    ],
)
def test_coordinates_in_all_their_spellings(raw, degrees):
    assert value("degrees", raw) == pytest.approx(degrees, abs=1e-9)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (365000.5, "coordinate_metres"),
        ("35365000", "coordinate_metres"),
        ("2544000", "coordinate_metres"),
        ("103°61′", "coordinate_form"),
        ("上寨", "coordinate_form"),
    ],
)
def test_metres_and_words_are_no_degrees(raw, code):
    assert problem("degrees", raw) == code


def test_a_pair_outside_or_exchanged_is_told():
    check_pair(103.68, 22.99, BOX)
    for pair, code in (((22.99, 103.68), "coordinates_swapped"), ((102.0, 22.99), "coordinates_outside")):
        with pytest.raises(CellProblem) as caught:
            check_pair(*pair, BOX)
        assert caught.value.code == code
    assert value("pair", "103.68，22.99") == (103.68, 22.99)
    assert problem("pair", "103.68") == "coordinate_form"


@pytest.mark.parametrize(
    ("raw", "number", "measure"),
    [
        ("3.5公里", "3.5", "公里"),
        ("3.5km", "3.5", "公里"),
        ("120 m³", "120", "立方米"),
        ("120㎡", "120", "平方米"),
        ("2处", "2", "处"),
        ("1,200.5亩", "1200.5", "亩"),
        (3, "3", ""),
        ("３口", "3", "口"),
    ],
)
def test_quantities_with_their_unit(raw, number, measure):
    assert value("quantity", raw) == Quantity(Decimal(number), measure)


@pytest.mark.parametrize("raw", ["3-5公里", "3公里/2处", "3公里2处", "若干", -3])
def test_what_is_not_one_quantity_is_refused(raw):
    assert problem("quantity", raw) == "quantity"


@pytest.mark.parametrize(
    ("raw", "answer"),
    [("是", True), ("有", True), ("√", True), ("否", False), ("无", False), ("×", False), (1, True)],
)
def test_yes_and_no(raw, answer):
    assert value("yes_no", raw) is answer


def test_what_is_neither_yes_nor_no_is_refused():
    assert problem("yes_no", "也许") == "yes_no"


def test_codes_lose_blanks_and_full_width_and_keep_zeros():
    assert value("code", " ａ001－2 ") == "A001-2"
    assert value("code", "0012") == "0012"
    assert value("code", 1001.0) == "1001"
    assert problem("code", 532523205201000010.0) == "digits_lost"
    assert value("division_code", 532523205201) == "532523205201"
    assert problem("division_code", "5325232") == "division_code"


def test_choices_by_word_by_code_and_with_a_remark():
    field = {"choices": {"在用": "in_use", "闲置": "idle"}}
    assert value("choice", "在 用", field=field) == "in_use"
    assert value("choice", "闲置（2020年起）", field=field) == "idle"
    assert value("choice", "IDLE", field=field) == "idle"
    assert problem("choice", "坏", field=field) == "choice"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("a\nb", "a b"),
        (" a　b ", "a b"),
        (5, "5"),
        (5.5, "5.5"),
        (True, "TRUE"),
        (datetime.date(2021, 5, 1), "2021-05-01"),
    ],
)
def test_text_is_freed_of_line_breaks(raw, text):
    assert value("text", raw) == text


def test_text_with_control_characters_or_without_end_is_refused():
    assert problem("text", "a\x00b") == "text_control"
    assert problem("text", "长" * 2001) == "text_long"


@settings(deadline=None)
@given(st.text(max_size=40) | st.floats() | st.integers())
def test_no_cell_breaks_a_parser(raw):
    for kind in (*PARSERS, "share"):
        with contextlib.suppress(CellProblem):
            value(kind, raw)


@pytest.mark.parametrize(
    ("text", "count", "codes"),
    [
        ("A001-A003", 3, ["A001", "A002", "A003"]),
        ("A001~003", 3, ["A001", "A002", "A003"]),
        ("A098至A101", 4, ["A098", "A099", "A100", "A101"]),
        ("A001、A005", 2, ["A001", "A005"]),
        ("532523-01-2021-0001", 2, ["532523-01-2021-0001"]),
        ("A001-A003", 4, ["A001-A003"]),
        ("", 3, []),
    ],
)
def test_lists_and_ranges_of_codes(text, count, codes):
    assert code_list(text, count) == codes


def test_a_bare_hundred_is_the_whole():
    assert value("share", 100) == 1
    assert value("share", "100") == 1


@pytest.mark.parametrize("kind", ["text", "holders", "date", "money", "person", "phone"])
@pytest.mark.parametrize("word", ["待定", "待确权", " 未 落实"])
def test_a_cell_that_says_nothing_is_settled_names_nothing(kind, word):
    assert value(kind, word) is None


@pytest.mark.parametrize("word", ["2020年12月底", "2020年12月上旬", "2020.12月份"])
def test_a_part_of_a_month_is_known_to_the_month(word):
    assert value("date", word) == DateValue(datetime.date(2020, 12, 1), "month")
