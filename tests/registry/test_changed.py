"""Reading only what changed gives what reading everything gives: proved on random edits."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from registry.errors import RuleBroken
from registry.models import Entry, Finding, Parameter, RuleReading, Touched, Unit
from registry.rules import Outcome, Row, Rule, Scope, base, parameters
from registry.rules.changed import evaluate_changed
from registry.rules.engine import evaluate, evaluate_subjects, refuse_broken
from tests import factories as make

DAY = dt.date(2026, 6, 1)
NEXT = dt.date(2026, 6, 20)
FIELDS = ("rule", "subject_type", "subject_key", "division_id", "unit_id", "reading", "severity", "state",
          "since", "baseline", "details", "parameters", "fingerprint")  # fmt: skip


def picture():
    """What stands open: everything a reading decides."""
    return sorted(
        (str([getattr(finding, name) for name in FIELDS]) for finding in Finding.objects.live()), key=str
    )


class World:
    """A small register: two villages, assets of two classes, owners, keepers, shapes, inspections."""

    def __init__(self) -> None:
        county = make.county(go_live=dt.date(2026, 1, 1))
        self.villages = [make.village(make.township(county), name) for name in ("北村委会", "南村委会")]
        make.boundary(self.villages[0], make.square(103.70, 23.0, 5000))
        subtypes = ("road", "processing", "irrigation", "seedling")
        self.assets = [
            make.asset(f"资产{n}", self.villages[n % 2], subtype=subtypes[n % 4]) for n in range(6)
        ]
        self.holders = [
            make.party(f"甲{n}", kind, self.villages[n % 2])
            for n, kind in enumerate(("village_collective", "person", "household", "government"))
        ]

    def edit(self, step: tuple[int, int, int]) -> None:
        what, which, value = step
        asset = self.assets[which % len(self.assets)]
        EDITS[what % len(EDITS)](self, asset, value)


def _entry(world, asset, value):
    code = ("ownership", "income", "upkeep", "operation")[value % 4]
    holder = world.holders[value % len(world.holders)]
    begin = dt.date(2025 + value % 2, 3, 1 + value % 20)
    if not Entry.objects.in_force().filter(unit=asset.unit, code=code).exists():
        make.entry(asset, code, holder, share=("1", "1/2")[value % 2], begin=begin)


def _end(world, asset, value):
    entry = Entry.objects.in_force().filter(unit=asset.unit, valid__endswith=None).first()
    if entry:
        entry.valid = DateRange(entry.valid.lower, dt.date(2026, 5, 20 + value % 10))
        entry.save()


def _state(world, asset, value):
    states = ("in_use", "idle", "disposed", "building", "damaged")
    Unit.objects.filter(pk=asset.unit_id).update(state=states[value % 5], state_since=dt.date(2026, 2, 1))


def _move(world, asset, value):
    Unit.objects.filter(pk=asset.unit_id).update(division=world.villages[value % 2])


def _shape(world, asset, value):
    if not asset.unit.shapes.exists():
        make.shape(asset, make.square(103.70 + 0.2 * (value % 2), 23.0), dt.date(2026, 2, 1))


def _inspect(world, asset, value):
    day = dt.date(2026, 1 + value % 5, 1 + value % 28)
    if not asset.unit.inspections.filter(inspected_on=day).exists():
        make.inspection(asset, day)


def _sql(world, asset, value):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registry_unit SET name = name || %s WHERE id = %s", [str(value % 7), asset.unit_id]
        )


def _left(world, asset, value):
    holder = world.holders[value % len(world.holders)]
    holder.active_until = dt.date(2026, 4, 1)
    holder.save()


def _go_live(world, asset, value):
    place = world.villages[value % 2]
    place.go_live = (None, dt.date(2026, 3, 1))[value // 2 % 2]
    place.save()


def _limit(world, asset, value):
    row = Parameter.objects.get(key="inspection_max_days", division=None)
    row.value = {**row.value, "default": 30 + value % 90}
    row.save()


EDITS = (_entry, _end, _state, _move, _shape, _inspect, _sql, _left, _go_live, _limit)
STEPS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(0, 200)), max_size=8)


class TestChangedIsTotal(TestCase):
    """On one register: read all, edit, read what changed; then read all again: nothing turns."""

    @given(before=STEPS, after=STEPS, day=st.sampled_from([DAY, NEXT]))
    @settings(max_examples=8, deadline=None)  # each reads all rules three times
    def test_on_random_edits(self, before, after, day):
        world = World()
        for step in before:
            world.edit(step)
        evaluate(as_of=DAY)
        for step in after:
            world.edit(step)
        evaluate_changed(as_of=day)
        changed = picture()
        evaluate(as_of=day)
        assert changed == picture()


@pytest.mark.django_db
def test_a_second_reading_without_a_change_reads_nothing():
    World()
    evaluate(as_of=DAY)
    evaluate_changed(as_of=DAY)
    assert evaluate_changed(as_of=DAY) == {"rules": 0, "places": 0, "things": 0}
    assert not Touched.objects.exists()


@pytest.mark.django_db
def test_a_new_day_a_new_version_and_a_new_value_ask_for_everything():
    World()
    evaluate(as_of=DAY)
    evaluate_changed(as_of=DAY)
    RuleReading.objects.filter(rule="RIG-01").update(version=99)
    assert evaluate_changed(as_of=DAY)["rules"] == 1
    row = Parameter.objects.get(key="inspection_max_days")
    row.value = {**row.value, "default": 11}
    row.save()
    assert evaluate_changed(as_of=DAY)["rules"] == 1
    assert evaluate_changed(as_of=NEXT)["rules"] > 5


@pytest.mark.django_db
def test_a_waived_finding_waits_for_its_day_and_is_the_same_afterwards():
    asset = make.asset()
    evaluate(as_of=DAY, rule_ids=["RIG-01"])
    paper = make.source(asset.unit.division, "屏政函〔2026〕7号")
    Finding.objects.update(state="waived", waived_until=dt.date(2026, 6, 10), paper=paper)
    assert evaluate(as_of=dt.date(2026, 6, 9), rule_ids=["RIG-01"])["RIG-01"]["new"] == 0
    assert Finding.objects.get().state == "waived"
    evaluate(as_of=dt.date(2026, 6, 10), rule_ids=["RIG-01"])
    assert (Finding.objects.get().state, Finding.objects.get().waived_until) == ("reopened", None)


@pytest.mark.django_db
def test_what_an_officer_closed_is_opened_again_where_the_facts_say_otherwise():
    asset = make.asset()
    evaluate(as_of=DAY, rule_ids=["RIG-01"])
    closing = {"by": "officer", "reason": "已补办确权"}
    Finding.objects.update(state="closed", closed_on=DAY, closing=closing)
    evaluate(as_of=NEXT, rule_ids=["RIG-01"])
    finding = Finding.objects.get()
    assert (finding.state, finding.closed_on) == ("reopened", None)
    make.entry(asset, "ownership")
    evaluate(as_of=NEXT, rule_ids=["RIG-01"])
    assert Finding.objects.get().closing["by"] == "evaluation"


@pytest.mark.django_db
def test_a_new_finding_has_an_office_and_a_deadline_the_baseline_has_none():
    village = make.village(make.township(make.county(go_live=dt.date(2026, 1, 1))))
    make.asset("旧路", village, state_since=dt.date(2020, 1, 1))
    make.asset("新路", village, state_since=dt.date(2026, 5, 1))
    evaluate(as_of=DAY, rule_ids=["RIG-01"])
    found = {f.details["name"]: f for f in Finding.objects.all()}
    assert found["新路"].due_on == DAY + dt.timedelta(days=30)
    assert (found["旧路"].due_on, found["旧路"].baseline) == (None, True)
    assert found["新路"].office == "asset_manager"


@pytest.fixture
def strict(monkeypatch):
    """A rule of severity E: no unit is called 禁."""

    def read(context):
        rows = context.scope.limit(Unit.objects.filter(name="禁"), division="division__path", unit="pk")
        found = [
            Row(
                subject_type="unit",
                subject_key=unit.code,
                unit_id=unit.pk,
                division_id=unit.division_id,
                since=unit.state_since,
                details={"name": unit.name},
            )
            for unit in rows
        ]
        return Outcome(checked=len(found), rows=found)

    rule = Rule(id="TST-01", title="t", message="%(name)s!", source="s", severity="E", read=read)
    monkeypatch.setitem(base._RULES, "TST-01", rule)
    return make.village(make.township(make.county(go_live=dt.date(2026, 1, 1))))


@pytest.mark.django_db
def test_severity_e_refuses_the_act_with_the_rules_own_words(strict):
    unit = make.unit("禁", strict, kind="parcel", state_since=dt.date(2026, 1, 1))
    with pytest.raises(RuleBroken, match="TST-01: 禁!"):
        refuse_broken(on=DAY, units=[unit.pk])
    evaluate_subjects(as_of=DAY, units=[unit.pk])
    assert Finding.objects.get(rule="TST-01").severity == "E"


@pytest.mark.django_db
def test_severity_e_lets_history_be_recorded_as_it_was(strict):
    unit = make.unit("禁", strict, state_since=dt.date(2025, 12, 31))
    refuse_broken(on=dt.date(2025, 12, 31), units=[unit.pk])
    evaluate(as_of=DAY, scope=Scope(units=(unit.pk,)))
    finding = Finding.objects.get(rule="TST-01")
    assert (finding.severity, finding.baseline) == ("F", True)


@pytest.mark.django_db(transaction=True)
def test_the_watch_reads_by_itself_and_survives_a_failure(monkeypatch):
    import threading

    from registry.errors import RegistryError
    from registry.services import watch

    asked, stop = [], threading.Event()

    def read(as_of):
        asked.append(as_of)
        if len(asked) == 1:
            raise RegistryError("no value", "no_parameter")
        stop.set()

    monkeypatch.setattr(watch, "evaluate_changed", read)
    watch.watch(stop, 0.01)
    assert len(asked) == 2


@pytest.mark.parametrize("rule_id", [rule.id for rule in base.all_rules() if rule.reads is not None])
def test_a_rule_reads_no_marked_table_that_it_does_not_name(rule_id, cast, road, plant):
    """What a rule leaves out of ``reads`` would be read again too late: its statements are looked at."""
    from django.test.utils import CaptureQueriesContext

    rule = base.get(rule_id)
    day = min(DAY, (rule.valid_to or dt.date.max) - dt.timedelta(days=1))
    make.shape(road, make.square(103.70, 23.0, 50), dt.date(2026, 2, 1))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT event_object_table FROM information_schema.triggers"
            " WHERE action_statement LIKE '%pgtrigger_touch%'"
        )
        marked = {row[0] for row in cursor.fetchall()} - {"registry_parameter", "registry_finding"}
    assert "registry_entry" in marked
    with CaptureQueriesContext(connection) as asked:
        rule.read(base.Context(day, Scope(), parameters.resolver(rule.parameters, day)))
    said = {word for query in asked for word in re.findall(r"\b[a-z]+_[a-z]+\b", query["sql"])}
    named = {word.partition("/")[0] for word in rule.reads} | base.ALWAYS
    places = {"registry_division", "registry_divisioncode", "registry_divisionboundary"}
    assert said & marked <= named | places
