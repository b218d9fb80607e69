"""Recorded time: what the book said on a day is kept by the database, whoever writes."""

import pghistory
import pytest
from django.apps import apps
from django.db import Error, connection, transaction

from registry.models import Party, Unit
from tests import factories as make

pytestmark = pytest.mark.django_db


def events(row, *fields):
    return [
        (event.pgh_label, *(getattr(event, field) for field in fields))
        for event in row.events.order_by("pgh_id")
    ]


def test_every_insert_and_update_is_kept():
    party = make.party("甲合作社", of=make.village())
    party.name = "乙合作社"
    party.save()
    assert events(party, "name") == [("insert", "甲合作社"), ("update", "乙合作社")]


def test_bulk_updates_and_raw_sql_are_kept_too():
    unit = make.unit("老名")
    Unit.objects.filter(pk=unit.pk).update(name="新名")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE registry_unit SET name = 'SQL' WHERE id = %s", [unit.pk])
    assert [name for _label, name in events(unit, "name")] == ["老名", "新名", "SQL"]


def test_a_statement_over_many_rows_keeps_one_event_for_each_row():
    place = make.village()
    for number in range(5):
        make.party(f"甲{number}", of=place)
    Party.objects.filter(division=place).update(name="同名")
    model = Party.events.rel.related_model
    assert model.objects.filter(name="同名", pgh_label="update").count() == 5


def test_the_actor_and_the_reason_go_with_the_event():
    unit = make.unit("老名")
    with pghistory.context(user=7, reason="核对"):
        Unit.objects.filter(pk=unit.pk).update(name="新名")
    event = unit.events.order_by("-pgh_id")[0]
    assert event.pgh_context.metadata == {"user": 7, "reason": "核对"}


def test_raw_sql_under_a_context_is_kept_with_its_actor():
    unit = make.unit("老名")
    with pghistory.context(user=7), connection.cursor() as cursor:
        cursor.execute("UPDATE registry_unit SET name = 'SQL' WHERE id = %s", [unit.pk])
    event = unit.events.order_by("-pgh_id")[0]
    assert (event.name, event.pgh_context.metadata) == ("SQL", {"user": 7})


def test_a_deleted_row_leaves_its_event():
    party = make.party("甲", of=make.village())
    key, model = party.pk, Party.events.rel.related_model
    party.delete()
    labels = model.objects.filter(pgh_obj_id=key).order_by("pgh_id").values_list("pgh_label", flat=True)
    assert list(labels) == ["insert", "delete"]


@pytest.mark.parametrize(
    "sql", ["UPDATE registry_unitevent SET name = 'x'", "DELETE FROM registry_unitevent"]
)
def test_history_cannot_be_rewritten(sql):
    make.unit()
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_the_history_of_shapes_keeps_the_geometry_not_what_follows_from_it_and_secrets_have_none():
    shape_event = apps.get_model("registry", "ShapeEvent")
    names = {field.name for field in shape_event._meta.get_fields()}
    assert {"geom", "area_m2", "length_m"} & names == {"geom"}
    assert not hasattr(apps.get_model("registry", "PersonalData"), "events")
