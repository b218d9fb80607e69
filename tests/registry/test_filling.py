"""Rows written many at a time are those that the model's own way writes."""

from __future__ import annotations

import datetime as dt

import pghistory
import pytest
from django.contrib.gis.geos import Point
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from registry.codes import ShapeMethod
from registry.models import Act, Party, Shape, Unit
from registry.models.filling import insert_rows
from tests import factories as make

pytestmark = pytest.mark.django_db
ODD = "100 % '甲' \\ \"乙\" %s %(name)s {} ; -- \n\t"


def acts(village):
    said = {"text": ODD, "list": [1, None, {"%": "%%"}], "amount": "12.30"}
    return [
        Act(verb="unit_registered", at=dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC), reason=ODD, after=said,
            division=village, subject=f"unit:{n}", effective_on=(None, dt.date(2026, 3, 1))[n % 2])
        for n in range(3)
    ]  # fmt: skip


def picture(rows):
    fields = [f.attname for f in rows[0]._meta.concrete_fields if not f.primary_key]
    return [[getattr(row, name) for name in fields] for row in rows]


def test_what_is_written_is_what_the_models_own_way_writes(cast):
    mine = insert_rows(acts(cast.village), at_once=2)
    Act.objects.bulk_create(acts(cast.village))
    keys = [act.pk for act in mine]
    assert keys == sorted(keys)
    written = picture(Act.objects.filter(pk__in=keys).order_by("pk"))
    assert written == picture(Act.objects.exclude(pk__in=keys).order_by("pk"))
    assert written[0][[f.attname for f in Act._meta.concrete_fields][1:].index("reason")] == ODD


def test_geometries_ranges_and_defaults_of_the_database(cast):
    unit = make.unit(cast.village)
    shape = Shape(
        unit=unit,
        geom=Point(103.7, 23.0, srid=4490),
        valid=make.period("2026-01-01"),
        source_srid=4490,
        method=ShapeMethod.LEDGER,
    )
    insert_rows([shape])
    assert Shape.objects.get().geom.equals(shape.geom)
    assert Shape.objects.get().valid.lower == dt.date(2026, 1, 1)
    assert not insert_rows([])


def test_all_or_none_and_history_knows_who(cast):
    twins = [
        Unit(code=code, kind="asset", name="甲", division=cast.village) for code in ("A-1", "A-2", "A-1")
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(twins, at_once=2)
    assert not Unit.objects.filter(code__startswith="A-").exists()
    with pghistory.context(user=7, reason=ODD):
        made = insert_rows(twins[:2])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.metadata->>'reason' FROM registry_unitevent e JOIN pghistory_context c"
            " ON c.id = e.pgh_context_id WHERE e.pgh_obj_id = ANY(%s)",
            [[unit.pk for unit in made]],
        )
        assert cursor.fetchall() == [(ODD,), (ODD,)]


def test_statements_do_not_grow_with_rows(cast):
    def asked(count, prefix):
        with CaptureQueriesContext(connection) as seen:
            insert_rows(
                [Party(kind="company", name=f"{prefix}{n}", division=cast.village) for n in range(count)]
            )
        return len(seen)

    assert asked(3, "甲") == asked(300, "乙")
