"""The dues of a contract: exact to the fen, whatever its days."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.income.schedule import Step, Terms, interest_plan, months_later, plan, total


def day(text):
    return dt.date.fromisoformat(text)


def terms(begin="2024-01-01", end="2027-01-01", amount="12000.00", **more):
    return Terms(begin=day(begin), end=day(end), amount=Decimal(amount), **more)


def amounts(lines):
    return [str(line.amount) for line in lines]


def test_a_leap_year_costs_what_any_year_costs():
    assert amounts(plan(terms())) == ["12000.00"] * 3
    assert [line.due_on for line in plan(terms())] == [
        day("2024-01-01"),
        day("2025-01-01"),
        day("2026-01-01"),
    ]


def test_quarters_in_arrears_fall_after_their_end():
    lines = plan(terms(end="2025-01-01", months=3, advance=False, due_days=10))
    assert amounts(lines) == ["3000.00"] * 4
    assert [line.due_on for line in lines][:2] == [day("2024-04-11"), day("2024-07-11")]


def test_the_last_part_of_a_period_costs_its_days():
    lines = plan(terms(end="2025-02-15", months=12))
    assert amounts(lines) == ["12000.00", "1500.00"]  # one month and 14 of 28 days
    assert (lines[1].begin, lines[1].end) == (day("2025-01-01"), day("2025-02-15"))


def test_a_contract_that_begins_on_29_february():
    lines = plan(terms(begin="2024-02-29", end="2026-02-28"))
    assert [line.begin for line in lines] == [day("2024-02-29"), day("2025-02-28")]
    assert amounts(lines) == ["12000.00", "12000.00"]


def test_an_escalation_counts_from_the_first_day():
    lines = plan(terms(end="2030-01-01", escalation_years=2, escalation=Fraction(5, 100)))
    assert amounts(lines) == ["12000.00", "12000.00", "12600.00", "12600.00", "13230.00", "13230.00"]


def test_an_escalation_within_a_period_splits_its_price():
    lines = plan(terms(end="2026-01-01", months=0, escalation_years=1, escalation=Fraction(1, 10)))
    assert amounts(lines) == ["25200.00"]


def test_rent_free_months_cost_nothing_and_leave_no_due():
    free = ((day("2024-01-01"), day("2024-07-01")),)
    assert amounts(plan(terms(end="2025-01-01", months=3, free=free))) == ["3000.00", "3000.00"]
    assert amounts(plan(terms(end="2025-01-01", free=free))) == ["6000.00"]


def test_an_amended_amount_counts_from_its_day():
    lines = plan(
        terms(end="2026-01-01", months=6, steps=(Step(begin=day("2025-01-01"), amount=Decimal(6000)),))
    )
    assert amounts(lines) == ["6000.00", "6000.00", "3000.00", "3000.00"]


def test_thirds_of_a_fen_are_carried():
    assert amounts(plan(terms(end="2024-04-01", months=1, amount="100.00"))) == ["8.33", "8.34", "8.33"]


def test_lent_money_comes_back_with_interest():
    interest, back = interest_plan(terms(amount="0"), Decimal("100000"), Fraction(6, 100), equal_parts=True)
    assert amounts(back) == ["33333.33", "33333.33", "33333.34"]
    assert amounts(interest) == ["6000.00", "4000.00", "2000.00"]
    interest, back = interest_plan(terms(amount="0"), Decimal("100000"), Fraction(8, 100), equal_parts=False)
    assert (amounts(back), amounts(interest)) == (["100000.00"], ["8000.00"] * 3)


def test_months_later_keeps_to_the_month():
    assert months_later(day("2024-01-31"), 1) == day("2024-02-29")
    assert months_later(day("2024-01-31"), 2) == day("2024-03-31")


@pytest.mark.parametrize("wrong", [{"end": "2024-01-01"}, {"amount": "-1"}])
def test_impossible_terms_are_refused(wrong):
    with pytest.raises(ValueError, match="ends after it begins"):
        plan(terms(**wrong))


DAYS = st.dates(dt.date(2015, 1, 1), dt.date(2035, 12, 31))


@st.composite
def any_terms(draw):
    begin = draw(DAYS)
    end = begin + dt.timedelta(days=draw(st.integers(1, 9000)))
    free = sorted(draw(st.sets(st.integers(0, 9000), min_size=0, max_size=4)))
    steps = draw(st.lists(st.tuples(st.integers(0, 9000), st.decimals(0, 10**6, places=2)), max_size=3))
    return Terms(
        begin=begin,
        end=end,
        amount=draw(st.decimals(0, 10**8, places=2)),
        months=draw(st.sampled_from([0, 1, 3, 6, 12])),
        advance=draw(st.booleans()),
        due_days=draw(st.integers(0, 90)),
        escalation_years=draw(st.one_of(st.none(), st.integers(1, 5))),
        escalation=Fraction(draw(st.integers(1, 1000)), 10000),
        free=tuple(
            (begin + dt.timedelta(days=a), begin + dt.timedelta(days=b))
            for a, b in zip(free[::2], free[1::2], strict=False)
        ),
        steps=tuple(Step(begin=begin + dt.timedelta(days=n), amount=value) for n, value in steps),
    )


@settings(max_examples=200, deadline=None)
@given(any_terms())
def test_the_dues_sum_to_the_contract(made):
    lines = plan(made)
    assert sum((line.amount for line in lines), Decimal(0)) == total(made)
    assert all(line.amount > 0 and made.begin <= line.begin < line.end <= made.end for line in lines)
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))


@settings(max_examples=200, deadline=None)
@given(any_terms(), st.integers(1, 9000), st.decimals(0, 10**6, places=2))
def test_a_later_change_leaves_the_dues_that_end_before_it(made, after, amount):
    """What is amended from a day on changes no due whose period is over then."""
    when = made.begin + dt.timedelta(days=after)
    changed = Terms(**{**made.__dict__, "steps": (*made.steps, Step(begin=when, amount=amount))})
    before = [(line.begin, line.amount) for line in plan(made) if line.end <= when]
    assert before == [(line.begin, line.amount) for line in plan(changed) if line.end <= when]
