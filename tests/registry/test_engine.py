"""Findings are kept by difference: opened, kept, closed, opened again; units alone give the same as all."""

import datetime as dt

import pytest
from django.db import Error, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from registry.errors import RegistryError
from registry.models import Finding, Parameter
from registry.queries.findings import sentence
from registry.rules import Outcome, Row, Rule, Scope, base, get, rules_on
from registry.rules.engine import evaluate, evaluate_units
from registry.rules.parameters import install_defaults, resolver, values_on
from tests import factories as make

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 6, 1)
LATER = dt.date(2026, 6, 9)


def owned(name="大寨路"):
    asset = make.asset(name)
    return asset, make.entry(asset, "ownership")


def open_findings():
    return list(Finding.objects.open().order_by("id"))


def test_a_finding_is_opened_kept_closed_and_opened_again():
    asset = make.asset("大寨路")
    assert evaluate(as_of=DAY, rule_ids=["RIG-01"])["RIG-01"]["new"] == 1
    first = open_findings()[0]
    assert (first.opened_on, first.read_on, first.state) == (DAY, DAY, "open")

    again = evaluate(as_of=LATER, rule_ids=["RIG-01"])["RIG-01"]
    assert (again["open"], again["new"], again["closed"]) == (1, 0, 0)
    kept = open_findings()[0]
    assert (kept.pk, kept.opened_on, kept.read_on) == (first.pk, DAY, LATER)

    entry = make.entry(asset, "ownership")
    assert evaluate(as_of=LATER, rule_ids=["RIG-01"])["RIG-01"]["closed"] == 1
    first.refresh_from_db()
    assert (first.state, first.closed_on) == ("closed", LATER)
    assert first.closing["last"]["name"] == "大寨路"

    entry.annulled = make.act(asset.unit)
    entry.save()
    assert evaluate(as_of=LATER, rule_ids=["RIG-01"])["RIG-01"]["new"] == 1
    assert open_findings()[0].pk != first.pk


def test_a_finding_that_is_being_rectified_is_kept_and_not_opened_twice():
    make.asset()
    evaluate(as_of=DAY, rule_ids=["RIG-01"])
    Finding.objects.update(state="rectifying")
    assert evaluate(as_of=LATER, rule_ids=["RIG-01"])["RIG-01"]["new"] == 0
    assert open_findings()[0].state == "rectifying"


def test_the_same_facts_give_the_same_fingerprint_and_other_facts_another():
    asset, entry = owned()
    Finding.objects.all()
    entry.share_num, entry.share_den = 1, 2
    entry.save()
    evaluate(as_of=DAY, rule_ids=["RIG-02"])
    one = open_findings()[0].fingerprint
    evaluate(as_of=LATER, rule_ids=["RIG-02"])
    assert open_findings()[0].fingerprint == one
    make.entry(asset, "ownership", share="1/4")
    evaluate(as_of=LATER, rule_ids=["RIG-02"])
    assert open_findings()[0].fingerprint != one


def test_a_scope_touches_only_its_own_findings():
    north = make.village(name="北村委会")
    south = make.village(name="南村委会")
    make.asset("北路", north)
    make.asset("南路", south)
    evaluate(as_of=DAY, rule_ids=["RIG-01"])
    for asset in ("北路", "南路"):
        assert Finding.objects.open().filter(details__name=asset).exists()
    make.entry(Finding.objects.get(details__name="北路").unit, "ownership")
    make.entry(Finding.objects.get(details__name="南路").unit, "ownership")
    evaluate(as_of=LATER, scope=Scope(paths=(north.path,)), rule_ids=["RIG-01"])
    assert [finding.details["name"] for finding in open_findings()] == ["南路"]


def test_reading_single_units_gives_what_reading_everything_gives():
    assets = [make.asset(f"路{number}") for number in range(4)]
    make.entry(assets[0], "ownership", share="1/2")
    evaluate_units([asset.unit_id for asset in assets[:2]], as_of=DAY)
    evaluate_units([asset.unit_id for asset in assets[2:]], as_of=DAY)
    apart = sorted((f.rule, f.subject_key, f.fingerprint) for f in open_findings())
    of_units = [rule.id for rule in rules_on(DAY) if rule.subject == "unit"]
    tallies = evaluate(as_of=DAY, rule_ids=of_units)
    assert all(tally["new"] == tally["closed"] == 0 for tally in tallies.values())
    assert sorted((f.rule, f.subject_key, f.fingerprint) for f in open_findings()) == apart


def test_a_reversed_units_findings_close():
    asset = make.asset()
    evaluate(as_of=DAY, rule_ids=["RIG-01"])
    asset.unit.annulled = make.act(asset.unit)
    asset.unit.save()
    evaluate_units([asset.unit_id], as_of=LATER)
    assert open_findings() == []


def test_a_finding_that_was_not_upheld_does_not_come_back_unless_the_facts_change():
    asset = make.asset()
    evaluate(as_of=DAY, rule_ids=["RIG-01"])
    Finding.objects.update(state="dismissed", closed_on=DAY)
    tally = evaluate(as_of=LATER, rule_ids=["RIG-01"])["RIG-01"]
    assert (tally["open"], tally["new"], open_findings()) == (0, 0, [])
    asset.unit.state_since = dt.date(2026, 6, 5)
    asset.unit.save()
    assert evaluate(as_of=LATER, rule_ids=["RIG-01"])["RIG-01"]["new"] == 1


def test_where_nobody_knows_since_when_a_finding_counts_from_the_day_it_was_read_first():
    make.asset(state_since=None)
    evaluate(as_of=DAY, rule_ids=["RIG-01"])
    first = open_findings()[0]
    evaluate(as_of=LATER, rule_ids=["RIG-01"])
    second = open_findings()[0]
    assert (second.since, second.read_on) == (DAY, LATER)
    assert first.fingerprint == second.fingerprint


def test_findings_are_never_deleted():
    make.asset()
    evaluate(as_of=DAY, rule_ids=["RIG-01"])
    with pytest.raises(Error), transaction.atomic():
        Finding.objects.all().delete()


def test_rules_are_chosen_by_the_date_of_the_event():
    rule = Rule(
        id="TST-01", title="t", message="m", source="s", read=lambda context: Outcome(0, []),
        valid_from=dt.date(2020, 1, 1), valid_to=dt.date(2021, 1, 1),
    )  # fmt: skip
    base._RULES["TST-01"] = rule
    try:
        days = map(make.day, ["2019-12-31", "2020-01-01", "2020-12-31", "2021-01-01"])
        found = {day: rule in rules_on(day) for day in days}
    finally:
        del base._RULES["TST-01"]
    assert list(found.values()) == [False, True, True, False]


def test_a_rule_id_is_registered_once():
    with pytest.raises(ValueError, match="twice"):
        base.register(get("RIG-01"))


def test_a_sentence_survives_details_that_do_not_fit_its_template():
    make.asset()
    evaluate(as_of=DAY, rule_ids=["RIG-01"])
    finding = open_findings()[0]
    finding.details = {}
    assert sentence(finding) == str(get("RIG-01").title)


def test_the_nearest_divisions_parameter_wins_and_a_missing_one_is_never_a_pass():
    county = make.county()
    town = make.township(county)
    for place, value in ((None, 1), (county, 2), (town, 3)):
        Parameter.objects.create(
            key="test_days",
            division=place,
            valid=DateRange(dt.date(2020, 1, 1), None),
            value=value,
            source="s",
        )
    value_of = resolver(["test_days"], DAY)
    village = make.village(town)
    assert [value_of("test_days", path) for path in ("", county.path, town.path, village.path)] == [
        1,
        2,
        3,
        3,
    ]
    assert values_on(["test_days"], DAY) == {"test_days": 1}
    with pytest.raises(RegistryError) as refusal:
        resolver(["test_days"], dt.date(2019, 12, 31))("test_days", "")
    assert refusal.value.code == "no_parameter"


def test_shipped_defaults_are_written_once():
    assert install_defaults() == 0
    assert Parameter.objects.filter(key="inspection_max_days").count() == 1


def test_a_row_names_its_subject():
    row = Row(subject_type="unit", subject_key="U1", division_id=1, since=DAY)
    assert row.subject == ("unit", "U1")
