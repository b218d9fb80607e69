"""SYS-01 to SYS-03: changed behind the register's back, deleted instead of ended, left without a word."""

import datetime as dt

import pghistory
import pytest
from django.db import connection

from registry import clock
from registry.models import Act, Finding, Rectification, Unit
from registry.queries.findings import sentence
from registry.rules import Scope, get
from registry.rules.engine import evaluate
from tests import factories as make
from tests.conftest import open_finding

pytestmark = pytest.mark.django_db
TODAY = clock.today()


def read(rule, day=TODAY, scope=None):
    tally = evaluate(as_of=day, rule_ids=[rule], scope=scope)[rule]
    return tally, {f.details["name"]: f for f in Finding.objects.open().filter(rule=rule)}


@pytest.fixture
def village():
    return make.village(make.township(make.county(go_live=TODAY - dt.timedelta(days=30))))


@pytest.fixture
def signed(village):
    """A road that a program wrote: its history has a context."""
    with pghistory.context(user=1):
        asset = make.asset("大寨路", village)
        entry = make.entry(asset)
        make.shape(asset)
    return asset, entry


def by_hand(sql, *params):
    """As somebody does with psql: no program has said who acts."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SELECT set_config('pghistory.context_id', '', true)")
        cursor.execute(sql, params)


# --- SYS-01


@pytest.mark.parametrize(
    ("sql", "table"),
    [
        ("UPDATE registry_unit SET state_since = '2021-05-01' WHERE id = %s", "registry.Unit"),
        ("UPDATE registry_entry SET authority = '村委会' WHERE unit_id = %s", "registry.Entry"),
        ("UPDATE registry_shape SET accuracy_m = 1 WHERE unit_id = %s", "registry.Shape"),
        ("UPDATE assets_asset SET remark = '改' WHERE unit_id = %s", "assets.Asset"),
    ],
)
def test_SYS01_a_change_by_sql_is_found_with_its_table_and_role(signed, sql, table):
    asset, _entry = signed
    by_hand(sql, asset.unit_id)
    tally, found = read("SYS-01")
    finding = found["大寨路"]
    assert (tally["open"], finding.details["table"], finding.severity) == (1, table, "E")
    assert finding.details["role"] in sentence(finding)
    assert finding.unit == asset.unit
    again = read("SYS-01", scope=Scope(units=(asset.unit_id,)))[0]
    assert (again["open"], again["new"]) == (1, 0)


def test_SYS01_changes_with_a_context_or_an_act_have_an_author(signed, village):
    asset, _entry = signed
    assert read("SYS-01")[0] == {"checked": 1, "open": 0, "new": 0, "closed": 0, "no_data": 0}
    by_hand("UPDATE registry_unit SET state_since = '2021-05-01' WHERE id = %s", asset.unit_id)
    assert read("SYS-01")[0]["open"] == 1
    make.act(asset.unit)  # a named act in the same transaction says who and why
    assert read("SYS-01")[0] == {"checked": 1, "open": 0, "new": 0, "closed": 1, "no_data": 0}


def test_SYS01_boundary_from_the_day_of_go_live_on(signed, village):
    asset, _entry = signed
    county = village.parent.parent
    by_hand("UPDATE registry_unit SET state_since = '2021-05-01' WHERE id = %s", asset.unit_id)
    county.go_live = TODAY + dt.timedelta(days=1)
    county.save()
    assert read("SYS-01")[0]["open"] == 0
    county.go_live = TODAY
    county.save()
    assert read("SYS-01")[0]["open"] == 1
    assert read("SYS-01", TODAY - dt.timedelta(days=1))[0]["open"] == 0  # not yet on that day


# --- SYS-02


def test_SYS02_a_deleted_entry_is_found_on_its_unit(signed):
    asset, entry = signed
    by_hand("ALTER TABLE registry_entry DISABLE TRIGGER USER")
    by_hand("DELETE FROM registry_entry WHERE id = %s", entry.pk)
    tally, found = read("SYS-02")
    finding = found["大寨路"]
    assert (tally["open"], finding.details["count"], finding.details["tables"]) == (1, 1, ["registry.Entry"])
    assert sentence(finding)
    assert read("SYS-02", scope=Scope(units=(asset.unit_id,)))[0]["open"] == 1


def test_SYS02_a_deleted_unit_is_found_by_its_last_name_and_place(village):
    with pghistory.context(user=1):
        unit = make.unit("消失的水窖", village)
    by_hand("ALTER TABLE registry_unit DISABLE TRIGGER USER")
    Unit.objects.filter(pk=unit.pk)._raw_delete("default")
    finding = read("SYS-02")[1]["消失的水窖"]
    assert (finding.unit, finding.division, finding.subject_key) == (None, village, unit.code)
    assert "消失的水窖" in sentence(finding)


def test_SYS02_boundary_what_is_ended_corrected_or_taken_back_is_there(signed):
    asset, entry = signed
    entry.valid = make.period("2020-01-01", "2021-01-01")
    entry.save()
    asset.unit.left_on = TODAY
    asset.unit.annulled = make.act(asset.unit)
    asset.unit.save()
    assert read("SYS-02")[0]["open"] == 0


# --- SYS-03


def late(unit, days=1, **fields):
    return open_finding(unit, due_on=TODAY - dt.timedelta(days=days), **fields)


def test_SYS03_a_deadline_passed_without_a_word(village):
    finding = late(make.unit("大寨路", village))
    tally, found = read("SYS-03")
    assert (tally["checked"], tally["open"]) == (1, 1)
    row = found["UPK-01"]
    assert (row.subject_type, row.subject_key, row.since) == ("finding", str(finding.pk), TODAY)
    assert "大寨路" in sentence(row)


def test_SYS03_a_note_in_time_or_late_is_a_word(village):
    finding = late(make.unit(of=village))
    Rectification.objects.create(finding=finding, kind="measure", on=TODAY, text="已安排维修", at=clock.now())
    assert read("SYS-03")[0]["open"] == 0


def test_SYS03_boundary_on_the_day_itself_it_is_not_late_and_it_causes_no_other(village):
    unit = make.unit(of=village)
    late(unit, days=0)
    assert read("SYS-03")[0]["open"] == 0
    assert read("SYS-03", TODAY + dt.timedelta(days=1))[0]["open"] == 1
    Finding.objects.filter(rule="SYS-03").update(due_on=TODAY)
    assert read("SYS-03", TODAY + dt.timedelta(days=5))[0]["open"] == 1


def test_rules_on_the_register_itself_refuse_no_act_of_an_officer(signed):
    assert [get(rule).refuses for rule in ("SYS-01", "SYS-02", "NOT-04")] == [False, False, True]
    assert Act.objects.count() == 0


@pytest.mark.parametrize("rule", ["SYS-01", "SYS-02", "SYS-03"])
def test_rules_on_the_register_need_few_queries(rule, village, django_assert_max_num_queries):
    for number in range(10):
        unit = make.unit(f"{number}", village)
        make.entry(unit)
        late(unit)
    with django_assert_max_num_queries(30):
        assert read(rule)[0]["open"] == (0 if rule == "SYS-02" else 10)
