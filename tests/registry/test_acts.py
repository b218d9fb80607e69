"""The book of acts: append-only, readable after an account is gone, refusing unknown verbs."""

import pytest
from django.db import Error, connection, transaction

from registry import acts
from registry.models import Act
from registry.services.acts import ActLine, record_act, record_acts
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_an_act_says_who_did_what_when_why_with_before_and_after():
    unit = make.unit()
    officer = make.user("asset_manager", unit.division, full_name="王会计")
    names = {"before": {"name": "旧"}, "after": {"name": "新"}}
    act = record_act(
        by=officer, verb="unit_changed", division=unit.division, unit=unit, reason="核对", **names
    )
    act.refresh_from_db()
    assert (act.user, act.user_name, act.reason) == (officer, "王会计", "核对")
    assert (act.before, act.after) == ({"name": "旧"}, {"name": "新"})
    assert act.at is not None


def test_the_name_of_the_officer_is_frozen():
    unit = make.unit()
    officer = make.user("asset_manager", unit.division, full_name="王会计")
    act = record_act(by=officer, verb="unit_changed", division=unit.division)
    officer.full_name = "别人"
    officer.save()
    assert Act.objects.get(pk=act.pk).user_name == "王会计"


@pytest.mark.parametrize("sql", ["UPDATE registry_act SET reason = 'x'", "DELETE FROM registry_act"])
def test_the_database_refuses_to_change_or_delete_an_act(sql):
    make.act(make.unit())
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert Act.objects.get().reason == ""


def test_an_unknown_verb_is_a_mistake_and_writes_nothing():
    unit = make.unit()
    with pytest.raises(ValueError, match="unknown"):
        record_act(by=None, verb="no_such_act", division=unit.division)
    assert not Act.objects.exists()


def test_a_verb_is_registered_once_and_has_a_sentence():
    assert all(str(sentence) for sentence in acts.VERBS.values())
    with pytest.raises(ValueError, match="twice"):
        acts.register("unit_registered", "again")


def test_a_thousand_acts_are_one_or_two_statements(django_assert_max_num_queries):
    unit = make.unit()
    with django_assert_max_num_queries(4):
        made = record_acts([ActLine(verb="unit_changed", division=unit.division_id)] * 1000, by=None)
    assert len(made) == 1000
    assert made[0].user_name == "命令行"
