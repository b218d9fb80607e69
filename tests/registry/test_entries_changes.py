"""Transfer, correction, striking; states of units; what the database refuses of all of them."""

import contextlib
import datetime as dt
import threading
from fractions import Fraction

import pytest
from django.db import Error, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.errors import BadInput, NotAllowed, RegistryError, RuleBroken
from registry.models import Act, Entry
from registry.queries.recorded import state_on, states_on
from registry.rules import engine
from registry.services.entries import EntryLine, end_entries, open_entries
from registry.services.entry_changes import correct_entry, strike_entry, transfer_entry
from registry.services.shares import gaps_in_shares
from registry.services.units import Placement, change_state, place_unit, register_units
from tests import factories as make

START, DAY = dt.date(2024, 1, 1), dt.date(2025, 7, 1)


@pytest.fixture
def land():
    """A unit of a place that went live, and three parties."""
    unit = make.unit(of=make.village(make.township(make.county(go_live=START))))
    return unit, *(make.party(f"{name}合作社", of=unit.division) for name in "甲乙丙")


def held(unit, code="income", day=DAY):
    """Who holds which share on a day."""
    return {
        entry.party.name[0]: str(entry.share)
        for entry in Entry.objects.as_of(day).filter(unit=unit, code=code)
    }


def opened(unit, holders, code="income"):
    lines = [
        EntryLine(unit=unit, code=code, party=who, share=Fraction(share), valid_from=START)
        for who, share in holders
    ]
    return open_entries(lines, by=None)


def pass_on(entry, to, on=DAY, **more):
    return transfer_entry(
        entry=entry, to=[(who, Fraction(share)) for who, share in to], on=on, by=None, reason="协议", **more
    )


# --- transfer


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("holders", "to", "after"),
    [
        ("甲1", "乙1", {"乙": "1"}),
        ("甲1", "乙1/3 丙1/6", {"甲": "1/2", "乙": "1/3", "丙": "1/6"}),
        ("甲3/5 乙2/5", "乙1/5", {"甲": "2/5", "乙": "3/5"}),
        ("甲3/5 乙2/5", "乙2/5 丙1/5", {"乙": "4/5", "丙": "1/5"}),
    ],
)
def test_a_transfer_moves_a_part_or_the_whole_to_one_or_several_and_stays_whole(land, holders, to, after):
    unit, *three = land
    who = dict(zip("甲乙丙", three, strict=True))
    before = {text[0]: text[1:] for text in holders.split()}
    first = opened(unit, [(who[name], share) for name, share in before.items()])[0]
    source = make.source(unit.division)
    pass_on(first, [(who[text[0]], text[1:]) for text in to.split()], source=source, authority="乡政府")
    assert held(unit) == after
    assert held(unit, day=DAY - dt.timedelta(days=1)) == before
    act = Act.objects.get(verb="entry_transferred")
    assert {fact["to"] for fact in act.before} == {None}
    assert (act.effective_on, act.reason, act.source) == (DAY, "协议", source)
    assert {fact["party"] for fact in act.after} == {who[name].pk for name in after}


@pytest.mark.django_db
def test_a_transfer_into_a_longer_entry_keeps_every_day_whole(land):
    unit, one, two, _three = land
    until = dt.date(2026, 1, 1)
    short = make.entry(unit, "income", one, share="1/2", begin=START, end=until)
    make.entry(unit, "income", two, share="1/2", begin=START)
    make.entry(unit, "income", one, share="1/2", begin=until)
    pass_on(short, [(two, "1/4")])
    assert held(unit) == {"甲": "1/4", "乙": "3/4"}
    assert held(unit, day=until) == {"甲": "1/2", "乙": "1/2"}
    assert gaps_in_shares(Entry.objects.in_force().filter(unit=unit)) == []


@pytest.mark.django_db
def test_what_cannot_be_transferred_is_said_and_nothing_is_written(land):
    unit, one, two, _three = land
    [entry] = opened(unit, [(one, "1")])
    for to, day, code in (
        ([], DAY, "no_receiver"),
        ([(two, "1/2"), (two, "1/4")], DAY, "receiver_twice"),
        ([(one, "1/2")], DAY, "receiver_holds"),
        ([(two, "3/2")], DAY, "bad_shares"),
        ([(two, "1")], START, "bad_period"),
    ):
        with pytest.raises(RegistryError) as refusal:
            pass_on(entry, to, on=day)
        assert refusal.value.code == code
    with pytest.raises(NotAllowed):
        transfer_entry(
            entry=entry, to=[(two, Fraction(1))], on=DAY, reason="", by=make.user("clerk", unit.division)
        )
    assert Entry.objects.count() == 1
    assert not Act.objects.filter(verb="entry_transferred").exists()


@pytest.mark.django_db
def test_an_exclusive_right_passes_as_a_whole_only(land):
    unit, one, two, three = land
    [entry] = opened(unit, [(one, "1")], "operation")
    with pytest.raises(RegistryError) as refusal:
        pass_on(entry, [(two, "1/2"), (three, "1/2")])
    assert refusal.value.code == "overlap"
    pass_on(entry, [(two, "1")])
    assert held(unit, "operation") == {"乙": "1"}


# --- correction


@pytest.mark.django_db
def test_a_wrong_entry_stays_readable_marked_with_the_right_one_and_the_reason(land):
    unit, one, two, _three = land
    [wrong] = opened(unit, [(one, "1")])
    right = correct_entry(entry=wrong, by=None, reason="登记时把甲乙写反了", party=two)
    wrong.refresh_from_db()
    assert (wrong.corrected_by, wrong.party, right.party) == (right, one, two)
    assert (right.valid, right.share) == (wrong.valid, 1)
    assert held(unit) == {"乙": "1"}
    act = Act.objects.get(verb="entry_corrected")
    assert (act.subject, act.reason) == (f"entry:{wrong.pk}", "登记时把甲乙写反了")
    assert (act.before["party"], act.after["party"]) == (one.pk, two.pk)
    with pytest.raises(RegistryError) as refusal:
        correct_entry(entry=wrong, by=None, reason="再改", share=Fraction(1, 2))
    assert refusal.value.code == "entry_gone"


@pytest.mark.django_db
def test_a_correction_of_shares_keeps_them_whole_from_go_live_on(land):
    unit, one, two, _three = land
    first, _second = opened(unit, [(one, "3/5"), (two, "2/5")])
    with pytest.raises(RuleBroken, match="2024-01-01"):
        correct_entry(entry=first, by=None, reason="份额写错", share=Fraction(1, 5))
    first.refresh_from_db()
    assert first.corrected_by is None
    for values, code in (({}, "no_difference"), ({"valid_to": START}, "bad_period")):
        with pytest.raises(BadInput) as refusal:
            correct_entry(entry=first, by=None, reason="份额写错", **values)
        assert refusal.value.code == code
    with pytest.raises(BadInput) as refusal:
        correct_entry(entry=first, by=None, reason=" ", share=Fraction(1, 5))
    assert refusal.value.code == "no_reason"


@pytest.mark.django_db
def test_what_should_never_have_been_is_struck_and_stays_readable(land):
    unit, one, two, _three = land
    [entry] = opened(unit, [(one, "1")], "supervision")
    struck = strike_entry(entry=entry, by=None, reason="登错了资产")
    assert struck.annulled == Act.objects.get(verb="entry_corrected")
    assert held(unit, "supervision") == {}
    assert Entry.objects.filter(pk=entry.pk).exists()
    half = opened(unit, [(one, "1/2"), (two, "1/2")])[0]
    with pytest.raises(RuleBroken):
        strike_entry(entry=half, by=None, reason="登错了资产")


# --- every day whole, nothing lost, whatever is done

DAYS = [START + dt.timedelta(days=number) for number in range(10)]
parts = st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)])
receivers = st.lists(st.tuples(st.integers(0, 2), parts), min_size=1, max_size=2)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("open"), receivers, st.integers(0, 9)),
        st.tuples(st.just("end"), st.integers(0, 4), st.integers(0, 9)),
        st.tuples(st.just("transfer"), st.integers(0, 4), receivers, st.integers(0, 9)),
        st.tuples(st.just("correct"), st.integers(0, 4), parts, st.integers(0, 9)),
    ),
    max_size=7,
)


def take(step, unit, three):
    """One step of an officer; a refusal leaves everything as it was."""
    current = list(Entry.objects.in_force().filter(unit=unit).order_by("pk"))
    if step[0] == "open":
        lines = [
            EntryLine(unit=unit, code="income", party=three[who], share=share, valid_from=DAYS[step[2]])
            for who, share in step[1]
        ]
        open_entries(lines, by=None)
    elif step[1] < len(current):
        entry = current[step[1]]
        if step[0] == "end":
            end_entries([entry], on=DAYS[step[2]], by=None, reason="")
        elif step[0] == "transfer":
            to = [(three[who], share) for who, share in step[2]]
            transfer_entry(entry=entry, to=to, on=DAYS[step[3]], by=None, reason="")
        else:
            correct_entry(entry=entry, by=None, reason="写错", share=step[2], valid_from=DAYS[step[3]])


@pytest.mark.django_db
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_whatever_officers_do_every_day_is_whole_and_nothing_leaves_the_history(db, steps):
    with transaction.atomic(), engine.deferred():
        unit = make.unit(of=make.village(make.township(make.county(go_live=START))))
        three = [make.party(f"{name}合作社", of=unit.division) for name in "甲乙丙"]
        opened(unit, [(three[0], "1")])
        known = set(Entry.objects.filter(unit=unit).values_list("pk", flat=True))
        for step in steps:
            with contextlib.suppress(RegistryError):
                take(step, unit, three)
            rows = Entry.objects.filter(unit=unit)
            now = set(rows.values_list("pk", flat=True))
            assert known <= now
            known = now
            for day in DAYS:
                total = sum((entry.share for entry in rows.as_of(day)), Fraction(0))
                assert total in (0, 1)
        events = Entry.events.rel.related_model.objects.filter(unit=unit, pgh_label="insert")
        assert set(events.values_list("pgh_obj_id", flat=True)) == known
        assert not Entry.events.rel.related_model.objects.filter(pgh_label="delete").exists()
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_two_officers_who_transfer_the_same_entry_at_once_do_it_once():
    unit = make.unit(of=make.village(make.township(make.county(go_live=START))))
    one, two, three = (make.party(f"{name}合作社", of=unit.division) for name in "甲乙丙")
    [entry] = opened(unit, [(one, "1")])
    gate, results = threading.Barrier(2, timeout=20), []

    def give(to):
        try:
            gate.wait()
            pass_on(entry, [(to, "1")])
            results.append("done")
        except RegistryError as error:
            results.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=give, args=(to,)) for to in (two, three)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["bad_period", "done"]
    assert list(held(unit).values()) == ["1"]


# --- what the database holds, whoever writes


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("UPDATE registry_entry SET share_num = 0", "entry_share_range"),
        ("UPDATE registry_entry SET share_num = 3, share_den = 2", "entry_share_range"),
        ("UPDATE registry_entry SET valid = daterange('2025-01-01', '2024-01-01')", "lower bound"),
        ("UPDATE registry_entry SET valid = 'empty'", "entry_valid_begins"),
        ("INSERT INTO registry_entry (unit_id, kind, code, party_id, share_num, share_den, valid, authority)"
         " SELECT unit_id, kind, code, %s, 1, 1, valid, '' FROM registry_entry", "entry_exclusive_codes"),
        ("DELETE FROM registry_entry", "delete"),
        ("DELETE FROM registry_unit", "delete"),
        ("UPDATE registry_shape SET geom = ST_GeomFromText('POLYGON((0 0, 1 1, 1 0, 0 1, 0 0))', 4490)",
         "shape_geom_valid"),
        ("INSERT INTO registry_shape (unit_id, geom, valid, source_srid, method)"
         " SELECT unit_id, geom, valid, 4490, method FROM registry_shape", "shape_one_a_day"),
        ("INSERT INTO registry_shape (unit_id, geom, valid, source_srid, method) SELECT u.id,"
         " s.geom, s.valid, 4490, 'drawn' FROM registry_unit u, registry_shape s WHERE u.shape_need = 'none'",
         "no place on the map"),
        ("UPDATE registry_unit SET shape_need = 'none' WHERE id IN (SELECT unit_id FROM registry_shape)",
         "shape"),
    ],
)  # fmt: skip
def test_raw_sql_cannot_write_what_the_register_cannot_hold(sql, names):
    unit = make.unit()
    make.entry(unit, "operation")
    make.shape(unit, make.square())
    make.unit("股权", shape_need="none")
    other = make.party("乙", of=unit.division)
    with pytest.raises(Error, match=names), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [other.pk] if "%s" in sql else None)


@pytest.mark.django_db
def test_equity_has_no_place_and_the_service_says_so():
    unit = make.unit("股权", shape_need="none")
    placement = Placement(unit=unit, geom=make.point(), valid_from=START, method="drawn")
    with pytest.raises(RegistryError) as refusal:
        place_unit(placement, by=None)
    assert refusal.value.code == "no_place"


# --- states


@pytest.mark.django_db
def test_the_state_of_any_day_is_read_from_the_acts():
    place = make.village()
    row = make.Unit(code="S-1", name="路", kind="asset", division=place, state="in_use", state_since=START)
    [unit] = register_units([row], by=None)
    change_state(unit=unit, state="idle", on=dt.date(2025, 3, 1), by=None, reason="无人使用")
    change_state(unit=unit, state="damaged", on=dt.date(2024, 6, 1), by=None, reason="补登：水毁")
    days = ["2023-12-31", "2024-05-31", "2024-06-01", "2025-02-28", "2025-03-01"]
    assert [state_on(make.day(day), unit) for day in days] == [
        None, "in_use", "damaged", "damaged", "idle",
    ]  # fmt: skip
    unit.refresh_from_db()
    assert (unit.state, unit.state_since) == ("idle", dt.date(2025, 3, 1))
    for values, code in (
        ({"state": "idle", "on": dt.date(2025, 4, 1)}, "same_state"),
        ({"state": "in_use", "on": dt.date(2999, 1, 1)}, "future_date"),
    ):
        with pytest.raises(BadInput) as refusal:
            change_state(unit=unit, by=None, reason="核对", **values)
        assert refusal.value.code == code


@pytest.mark.django_db
def test_states_of_many_units_are_one_query(django_assert_num_queries):
    place = make.village()
    for number in range(5):
        make.unit(f"路{number}", place)
    units = make.Unit.objects.filter(division=place)
    with django_assert_num_queries(1):
        assert {unit.state_then for unit in states_on(DAY, units)} == {"in_use"}
