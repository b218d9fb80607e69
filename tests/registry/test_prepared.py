"""A prepared queryset gives what the queryset gives, with its values in their places."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.db.models import Count
from django.db.models.sql.compiler import SQLCompiler

from registry.models import Division, Entry, Unit
from registry.queries.prepared import Prepared
from registry.queries.sheet import UnitSheet
from tests import factories as make

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 6, 1)


def entries(day, unit):
    rows = Entry.objects.on(day).filter(unit=unit)
    return rows.select_related("party", "source", "unit__division").order_by("code", "pk")


def test_rows_are_those_of_the_queryset_with_what_was_joined(django_assert_num_queries):
    made = [make.asset(f"资产{n}") for n in range(3)]
    for asset in made:
        make.entry(asset, "ownership")
        make.upkeep(asset)
    ask = Prepared(entries)
    for asset in made:
        with django_assert_num_queries(1):
            found = ask(DAY, asset.unit_id)
            said = [(row.pk, row.party.name, row.unit.division.path, row.valid) for row in found]
        wanted = entries(DAY, asset.unit_id)
        assert said == [(row.pk, row.party.name, row.unit.division.path, row.valid) for row in wanted]
        assert len(said) == 2
    assert ask(dt.date(1990, 1, 1), made[0].unit_id) == []


def test_it_is_compiled_once_and_asked_often(monkeypatch):
    make.asset("甲")
    compiled = []
    real = SQLCompiler.as_sql
    monkeypatch.setattr(
        SQLCompiler, "as_sql", lambda self, *a, **k: compiled.append(1) or real(self, *a, **k)
    )
    ask = Prepared(lambda name: Unit.objects.filter(name=name)[:1])
    assert [unit.name for _n in range(5) for unit in ask("甲")] == ["甲"] * 5
    assert len(compiled) == 1


def test_annotations_and_plain_values_come_as_from_the_queryset():
    make.asset("甲")
    make.asset("乙")

    def counted(path):
        rows = Division.objects.filter(path__startswith=path).annotate(n=Count("units"))
        return rows.filter(n__gt=0).order_by("path")

    path = make.township().path
    assert [(row.pk, row.n) for row in Prepared(counted)(path)] == [(r.pk, r.n) for r in counted(path)]
    values = Prepared(lambda path: counted(path).values_list("n", "name", "path"))
    assert values(path) == list(counted(path).values_list("n", "name", "path"))


@pytest.mark.parametrize("words", ["50%", "a_b", "c\\d", "路"])
def test_words_in_a_pattern_mean_themselves(words):
    make.asset(f"{words}号桥")
    make.asset("别的桥")
    ask = Prepared(lambda words: Unit.objects.filter(name__contains=words).order_by("pk"))
    assert [unit.name for unit in ask(words)] == [f"{words}号桥"]


def test_the_first_row_or_none():
    asset = make.asset("甲")
    ask = Prepared(lambda code: Unit.objects.filter(code=code)[:1])
    assert ask.first(asset.unit.code) == asset.unit
    assert ask.first("不存在") is None


def test_as_many_values_as_a_call_gives():
    units = [make.asset(f"资产{n}").unit for n in range(4)]
    ask = Prepared(lambda *keys: Unit.objects.filter(pk__in=keys).order_by("pk"))
    for n in (1, 3, 2):
        assert ask(*(unit.pk for unit in units[:n])) == units[:n]


@pytest.mark.parametrize(("make_rows", "values", "says"), [
    (lambda name: Unit.objects.filter(name__lower=name.upper()), ("a",), None),
    (lambda n: Unit.objects.filter(pk=n + 1), (5,), "do not reach"),
    (lambda n: Unit.objects.all(), (5,), "do not reach"),
    (lambda n: Unit.objects.filter(pk=n).values("pk"), (5,), "values_list"),
    (lambda n: Unit.objects.filter(pk=n), (5.0,), "float"),
    (lambda n: Unit.objects.filter(pk=n), (None,), "NoneType"),
])  # fmt: skip
def test_what_cannot_be_prepared_is_refused_when_it_is_made(make_rows, values, says):
    with pytest.raises(Exception, match=says) as caught:
        Prepared(make_rows)(*values)
    if says is not None:
        assert caught.type is TypeError


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_on_its_own_connection():
    asset = make.asset("甲")
    ask = Prepared(lambda code: Unit.objects.filter(code=code)[:1])
    assert ask.first(asset.unit.code) == asset.unit
    found = []

    def work():
        found.append(ask.first(asset.unit.code))
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [asset.unit]
    connection.close()  # and after this thread's own connection was opened anew
    assert ask.first(asset.unit.code) == asset.unit


def test_the_sheet_of_a_unit_reads_each_kind_of_fact_with_one_query(django_assert_num_queries):
    asset = make.asset("甲")
    make.upkeep(asset)
    make.shape(asset.unit)
    sheet = UnitSheet(asset.unit, None, DAY)
    for name in ("entries", "findings", "shape", "acts"):
        with django_assert_num_queries(1):
            getattr(sheet, name)
    assert [entry.code for entry in sheet.entries] == ["upkeep"]
    assert sheet.shape.geom is not None
