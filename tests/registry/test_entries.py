"""Entries: shares, periods, exclusive holders; what the database holds and what the service holds."""

import datetime as dt
import threading
from fractions import Fraction

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.codes import EXCLUSIVE_CODES, WHOLE_CODES
from registry.errors import NotAllowed, RegistryError, RuleBroken
from registry.models import Act, Entry
from registry.queries.entries import income_owners, responsible
from registry.services.entries import EntryLine, end_entries, gaps_in_shares, open_entries
from tests import factories as make

START = dt.date(2024, 1, 1)


def line(unit, holder, begin="2024-01-01", code="ownership", share="1", **fields):
    return EntryLine(
        unit=unit, code=code, party=holder, valid_from=make.day(begin), share=Fraction(share), **fields
    )


def parties(unit, count):
    return [make.party(f"甲{number}", of=unit.division) for number in range(count)]


# --- opening and ending


@pytest.mark.django_db
def test_joint_owners_whose_shares_make_a_whole_are_opened_together():
    unit = make.unit()
    one, two = parties(unit, 2)
    made = open_entries([line(unit, one, share="3/5"), line(unit, two, share="2/5")], by=None)
    assert [(entry.kind, entry.share) for entry in made] == [
        ("right", Fraction(3, 5)),
        ("right", Fraction(2, 5)),
    ]
    acts = Act.objects.filter(verb="entry_opened")
    assert {act.after["share"] for act in acts} == {"3/5", "2/5"}
    assert all(act.unit == unit and act.effective_on == START for act in acts)


@pytest.mark.django_db
def test_shares_that_are_not_whole_are_refused_from_go_live_on_and_nothing_is_written():
    county = make.county(go_live=dt.date(2024, 1, 1))
    unit = make.unit(of=make.village(make.township(county)))
    with pytest.raises(RuleBroken) as refusal:
        open_entries([line(unit, parties(unit, 1)[0], share="3/5")], by=None)
    assert refusal.value.code == "RIG-02"
    assert "2024-01-01" in str(refusal.value)
    assert not Entry.objects.exists()
    assert not Act.objects.exists()


@pytest.mark.django_db
def test_shares_that_were_not_whole_before_go_live_can_be_recorded_as_they_were():
    county = make.county(go_live=dt.date(2024, 1, 1))
    unit = make.unit(of=make.village(make.township(county)))
    one, two = parties(unit, 2)
    lines = [
        line(unit, one, "2020-01-01", share="3/5", valid_to=dt.date(2024, 1, 1)),
        line(unit, two, "2024-01-01"),
    ]
    assert len(open_entries(lines, by=None)) == 2


@pytest.mark.django_db
def test_the_change_over_day_has_exactly_one_holder():
    unit = make.asset().unit
    old, new = parties(unit, 2)
    [entry] = open_entries([line(unit, old, code="upkeep")], by=None)
    day = dt.date(2025, 7, 1)
    end_entries([entry], on=day, by=None, reason="换届", check=False)
    open_entries([line(unit, new, "2025-07-01", code="upkeep")], by=None)
    names = {d: [row["body"] for row in responsible(d)] for d in (day - dt.timedelta(days=1), day)}
    assert names == {day - dt.timedelta(days=1): [old.name], day: [new.name]}
    assert [row["until"] for row in responsible(day - dt.timedelta(days=1))] == ["2025-07-01"]


@pytest.mark.django_db
def test_an_entry_cannot_end_before_it_begins_or_after_its_end():
    unit = make.unit()
    entry = make.entry(unit, begin="2024-01-01", end="2025-01-01")
    for day in ("2023-12-31", "2024-01-01", "2025-01-02"):
        with pytest.raises(RegistryError) as refusal:
            end_entries([entry], on=make.day(day), by=None, reason="")
        assert refusal.value.code == "bad_period"


@pytest.mark.django_db
def test_ending_one_of_two_joint_owners_alone_is_refused_after_go_live():
    county = make.county(go_live=dt.date(2024, 1, 1))
    unit = make.unit(of=make.village(make.township(county)))
    one, two = parties(unit, 2)
    made = open_entries([line(unit, one, share="1/2"), line(unit, two, share="1/2")], by=None)
    with pytest.raises(RuleBroken):
        end_entries(made[:1], on=dt.date(2025, 1, 1), by=None, reason="")
    made[0].refresh_from_db()
    assert made[0].valid.upper is None


@pytest.mark.django_db
def test_entries_are_opened_only_within_the_officers_divisions():
    unit, other = make.unit(), make.unit(of=make.village(make.township(name="湾塘乡", code="532523206")))
    officer = make.user("asset_manager", unit.division.parent)
    open_entries([line(unit, parties(unit, 1)[0])], by=officer)
    with pytest.raises(NotAllowed):
        open_entries([line(other, parties(other, 1)[0])], by=officer)
    with pytest.raises(NotAllowed):
        open_entries([line(unit, parties(unit, 1)[0], code="income")], by=make.user("auditor", unit.division))


@pytest.mark.django_db
def test_income_owners_answer_with_their_shares_on_a_day_and_in_a_division():
    unit = make.unit("光伏电站")
    one, two = parties(unit, 2)
    open_entries(
        [line(unit, one, code="income", share="3/5"), line(unit, two, code="income", share="2/5")], by=None
    )
    rows = income_owners(dt.date(2025, 1, 1), unit.division.parent)
    assert [(row["name"], row["party"], row["share"]) for row in rows] == [
        ("光伏电站", one.name, "3/5"),
        ("光伏电站", two.name, "2/5"),
    ]
    assert income_owners(dt.date(2023, 12, 31)) == []
    assert income_owners(dt.date(2025, 1, 1), make.village(name="别村")) == []


# --- what the database holds


@pytest.mark.django_db
@pytest.mark.parametrize("code", EXCLUSIVE_CODES)
def test_an_exclusive_code_has_one_holder_at_a_time(code):
    unit = make.unit()
    one, two = parties(unit, 2)
    make.entry(unit, code, one, begin="2024-01-01", end="2025-01-01")
    make.entry(unit, code, two, begin="2025-01-01")
    with pytest.raises(IntegrityError, match="entry_exclusive_codes"), transaction.atomic():
        make.entry(unit, code, two, begin="2024-12-31", end="2025-01-01")


@pytest.mark.django_db
def test_the_service_says_in_a_sentence_that_another_party_holds_it():
    unit = make.unit()
    one, two = parties(unit, 2)
    open_entries([line(unit, one, code="operation")], by=None)
    with pytest.raises(RegistryError) as refusal:
        open_entries([line(unit, two, "2024-06-01", code="operation")], by=None)
    assert refusal.value.code == "overlap"
    with pytest.raises(RegistryError) as refusal:
        open_entries(
            [line(unit, one, "2024-06-01", code="supervision"), line(unit, one, code="supervision")], by=None
        )
    assert refusal.value.code == "overlap"


@pytest.mark.django_db
def test_a_party_holds_an_entry_once_a_day_unless_the_other_was_corrected_or_taken_back():
    unit = make.unit()
    holder = parties(unit, 1)[0]
    wrong = make.entry(unit, "supervision", holder)
    with pytest.raises(IntegrityError, match="entry_party_once_a_day"), transaction.atomic():
        make.entry(unit, "supervision", holder, begin="2021-01-01")
    wrong.annulled = make.act(unit)
    wrong.save()
    right = make.entry(unit, "supervision", holder, begin="2021-01-01")
    assert list(Entry.objects.in_force()) == [right]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"share_num": 0}, "entry_share_range"),
        ({"share_num": 3, "share_den": 2}, "entry_share_range"),
        ({"kind": "duty"}, "entry_kind_of_code"),
        ({"valid": make.period("2024-01-01", "2024-01-01")}, "entry_valid_begins"),
        ({"valid": make.DateRange(None, dt.date(2024, 1, 1))}, "entry_valid_begins"),
    ],
)
def test_the_database_refuses_what_no_entry_can_be(fields, constraint):
    entry = make.entry(make.unit())
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(**fields)


# --- shares over time, against a day-by-day count

DAYS = [START + dt.timedelta(days=number) for number in range(12)]
shares = st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(1, 3), Fraction(2, 3), Fraction(1, 6)])
spans = st.tuples(st.integers(0, 9), st.one_of(st.none(), st.integers(1, 5)), shares)


def oracle(entries):
    """First days of runs of days whose shares sum to neither 0 nor 1, counted day by day."""
    return [
        sum(
            (e.share for e in entries if e.valid.lower <= day and (not e.valid.upper or day < e.valid.upper)),
            Fraction(0),
        )
        for day in DAYS
    ]


@given(st.lists(spans, max_size=7))
def test_gaps_in_shares_agree_with_counting_every_day(rows):
    entries = [
        Entry(
            unit_id=1, code="income", share_num=share.numerator, share_den=share.denominator,
            valid=make.period(DAYS[begin], DAYS[begin] + dt.timedelta(days=length) if length else None),
        )
        for begin, length, share in rows
    ]  # fmt: skip
    totals = oracle(entries)
    change_days = {e.valid.lower for e in entries} | {e.valid.upper for e in entries if e.valid.upper}
    expected = {
        (day, total)
        for day, total in zip(DAYS, totals, strict=True)
        if total not in (0, 1) and day in change_days
    }
    found = {(gap.day, gap.total) for gap in gaps_in_shares(entries) if gap.day <= DAYS[-1]}
    assert found == expected
    wrong_somewhere = any(total not in (0, 1) for total in totals)
    assert wrong_somewhere == bool(found)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("open"), st.lists(st.tuples(st.integers(0, 2), shares), min_size=1, max_size=3),
                  st.integers(0, 9)),
        st.tuples(st.just("end"), st.integers(0, 5), st.integers(0, 11)),
    ),
    max_size=8,
)  # fmt: skip


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_whatever_is_opened_and_ended_after_go_live_the_shares_are_whole_on_every_day(db, steps):
    with transaction.atomic():
        county = make.county(go_live=START)
        unit = make.unit(of=make.village(make.township(county)))
        holders = parties(unit, 3)
        for step in steps:
            try:
                if step[0] == "open":
                    begin = DAYS[step[2]].isoformat()
                    open_entries(
                        [line(unit, holders[who], begin, "income", str(share)) for who, share in step[1]],
                        by=None,
                    )
                else:
                    current = list(Entry.objects.in_force().filter(unit=unit).order_by("pk"))
                    end_entries(current[step[1] : step[1] + 2], on=DAYS[step[2]], by=None, reason="")
            except RegistryError:
                pass
            held = list(Entry.objects.in_force().filter(unit=unit))
            assert all(total in (0, 1) for total in oracle(held))
            for who in holders:
                own = [e for e in held if e.party_id == who.pk]
                assert all(
                    not (
                        a.valid.lower < (b.valid.upper or dt.date.max)
                        and b.valid.lower < (a.valid.upper or dt.date.max)
                    )
                    for i, a in enumerate(own)
                    for b in own[i + 1 :]
                )
        transaction.set_rollback(True)


def test_every_code_of_shares_is_whole_or_exclusive_or_plural_but_never_two_of_them():
    assert not set(WHOLE_CODES) & set(EXCLUSIVE_CODES)


# --- two officers at once


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_cannot_give_away_the_same_income_twice():
    county = make.county(go_live=START)
    unit = make.unit(of=make.village(make.township(county)))
    holders = parties(unit, 2)
    gate, results = threading.Barrier(2, timeout=20), []

    def give(holder):
        try:
            with transaction.atomic():
                gate.wait()
                open_entries([line(unit, holder, code="income")], by=None)
            results.append("done")
        except RuleBroken as error:
            results.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=give, args=(holder,)) for holder in holders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["RIG-02", "done"]
    assert Entry.objects.filter(unit=unit, code="income").count() == 1
