"""Rules that go through the rows of one table are not asked of units that have none there."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection

from registry.errors import RuleBroken
from registry.models import Finding
from registry.rules import parameters
from registry.rules.base import Context, Scope, all_rules
from registry.rules.engine import evaluate_units, refuse_broken
from registry.rules.looking import with_something_to_say
from tests import factories as make

DAY = dt.date(2026, 6, 1)
NOBODY = 987_654_321  # the key of no unit
LOOKING = [rule for rule in all_rules() if rule.looks_at]


def joined(sql: str) -> set[str]:
    """Tables of which a statement needs a row: its own and those joined inside, none of its subqueries'."""
    flat, before = sql, ""
    while flat != before:
        flat, before = re.sub(r"\([^()]*\)", "", flat), flat
    return set(re.findall(r'(?:FROM|INNER JOIN) "(\w+)"', flat))


@pytest.mark.parametrize("rule", LOOKING, ids=lambda rule: rule.id)
def test_whatever_a_rule_asks_of_a_unit_needs_a_row_of_the_table_that_it_goes_through(rule, db):
    assert rule.subject == "unit"
    asked: list[tuple[str, str]] = []

    def note(execute, sql, params, *rest):
        asked.append((sql, str(params)))
        return execute(sql, params, *rest)

    context = Context(DAY, Scope(units=(NOBODY,)), parameters.resolver(rule.parameters, DAY))
    with connection.execute_wrapper(note):
        assert rule.read(context).rows == []
    of_unit = [sql for sql, params in asked if str(NOBODY) in params or str(NOBODY) in sql]
    assert of_unit
    assert [sql for sql in of_unit if rule.looks_at not in joined(sql)] == []


def test_a_relocation_site_without_figures_is_found_though_it_has_no_row_of_them(db):
    site = make.unit(kind="relocation_site")
    evaluate_units([site.pk], as_of=DAY)
    assert Finding.objects.open().filter(unit=site, rule="REL-01").exists()


def said(unit):
    return {rule.id for rule in with_something_to_say(all_rules(), Scope(units=(unit.pk,)))}


def test_of_a_road_nobody_asks_the_rules_on_water_and_cases(db):
    road = make.asset(of=make.village(), subtype="road").unit
    assert {"UPK-01", "REG-02", "RIG-01", "SYS-01"} <= said(road)
    assert not {"WAT-01", "E01", "OPR-03", "RIG-03"} & said(road)
    make.entry(road, "ownership", make.party(of=road.division))
    assert "RIG-03" in said(road)


def test_over_a_place_every_rule_is_asked(db):
    village = make.village()
    assert with_something_to_say(all_rules(), Scope(paths=(village.path,))) == all_rules()


def test_an_open_finding_is_closed_when_the_last_row_is_gone(db):
    road = make.asset(of=make.village(), subtype="road").unit
    Finding.objects.create(
        rule="WAT-01", subject_type="unit", subject_key=road.code, unit=road, division=road.division,
        severity="W", since=DAY, opened_on=DAY, read_on=DAY, fingerprint="0" * 64,
    )  # fmt: skip
    evaluate_units([road.pk], as_of=DAY)
    assert Finding.objects.get(rule="WAT-01").state == "closed"


def test_before_any_place_went_live_no_rule_is_read_for_an_act(db, django_assert_num_queries):
    village = make.village(make.township(make.county(go_live=dt.date(2026, 1, 1))))
    nameless = make.unit(of=village, kind="asset", state_since=dt.date(2026, 2, 1))
    with django_assert_num_queries(1):
        refuse_broken(on=dt.date(2025, 12, 31), units=[nameless.pk])
    with pytest.raises(RuleBroken, match="REG-01"):
        refuse_broken(on=dt.date(2026, 2, 1), units=[nameless.pk])
