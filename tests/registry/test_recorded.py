"""Two clocks: who held what on a day, and what the book said of it at an instant; whoever wrote it."""

import datetime as dt
import io
import json

import pghistory
import pgtrigger
import pytest
from django.core.management import call_command
from django.db import connection

from registry import clock
from registry.models import Entry, Party, Shape, Unit
from registry.queries.entries import income_owners, responsible
from registry.queries.recorded import entries_then, shapes_then, units_then
from tests import factories as make

BEFORE = "UPDATE {table} SET pgh_created_at = pgh_created_at - interval '{days} days' WHERE pgh_id <= %s"


def aged(model, days):
    """Make what is recorded so far older: the history of the test happens within one instant."""
    event = model.events.rel.related_model
    last = event.objects.order_by("-pgh_id").values_list("pgh_id", flat=True).first()
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {event._meta.db_table} DISABLE TRIGGER USER")
        cursor.execute(BEFORE.format(table=event._meta.db_table, days=days), [last])
        cursor.execute(f"ALTER TABLE {event._meta.db_table} ENABLE TRIGGER USER")


def ago(days):
    return clock.now() - dt.timedelta(days=days)


@pytest.fixture
def kept(db):
    """A road that 甲 kept up since 2020 as the book said ten days ago; it was 乙, as it says since."""
    unit = make.unit("产业道路", code="R-1")
    wrong = make.upkeep(unit, make.party("甲村委会", of=unit.division), begin="2020-01-01")
    make.entry(unit, "income", make.party("集体", of=unit.division))
    for model in (Entry, Unit, Party, Shape):
        aged(model, 10)
    right = make.entry(make.unit(), "upkeep", make.party("乙村委会", of=unit.division), begin="2020-01-01")
    Entry.objects.filter(pk=wrong.pk).update(corrected_by=right)
    Entry.objects.filter(pk=right.pk).update(unit=unit)
    Party.objects.filter(name="集体").update(name="股份合作社")
    return unit


def test_on_a_day_as_the_book_stands_and_as_it_stood(kept):
    day = dt.date(2023, 6, 30)
    assert [row["body"] for row in responsible(day)] == ["乙村委会"]
    assert [row["body"] for row in responsible(day, recorded=ago(5))] == ["甲村委会"]
    assert responsible(day, recorded=ago(20)) == []
    assert responsible(dt.date(2019, 1, 1), recorded=ago(5)) == []
    assert [row["party"] for row in income_owners(day, recorded=ago(5))] == ["集体"]
    assert [row["party"] for row in income_owners(day)] == ["股份合作社"]
    elsewhere = make.township(name="湾塘乡", code="532523206")
    assert responsible(day, elsewhere, recorded=ago(5)) == []
    assert len(responsible(day, kept.division.parent, recorded=ago(5))) == 1


def test_the_rows_of_then_answer_to_the_queries_of_now(kept):
    user = make.user("auditor", kept.division)
    rows = Entry.objects.as_recorded(ago(5))
    assert (
        rows.visible_to(user).as_of(dt.date(2023, 6, 30)).filter(code="upkeep").get().party.name == "甲村委会"
    )
    assert rows.visible_to(make.user()).count() == 0
    assert units_then(clock.today(), ago(5)).get().name == "产业道路"
    assert not units_then(clock.today(), ago(20)).exists()
    make.shape(kept, make.square())
    assert shapes_then(clock.today()).get().size_m2 == pytest.approx(10_000, rel=0.02)
    assert not shapes_then(clock.today(), ago(1)).exists()
    assert entries_then(dt.date(2023, 6, 30)).get(code="upkeep").party.name == "乙村委会"


def test_a_row_that_was_erased_past_the_register_is_still_there_then(kept):
    with pgtrigger.ignore("registry.Entry:kept"):
        Entry.objects.filter(code="income").delete()
    day = dt.date(2023, 6, 30)
    assert income_owners(day) == []
    assert income_owners(day, recorded=clock.now() + dt.timedelta(seconds=1)) == []
    assert len(income_owners(day, recorded=ago(5))) == 1


@pytest.mark.parametrize("count", [3, 12])
def test_the_number_of_queries_does_not_grow(db, count, django_assert_num_queries):
    place = make.village()
    for number in range(count):
        make.upkeep(make.unit(f"路{number}", place), make.party(of=place), make.person(f"杨{number}", place))
    for model in (Entry, Unit, Party):
        aged(model, 10)
    with django_assert_num_queries(4):
        assert len(responsible(dt.date(2023, 6, 30), recorded=ago(5))) == count
    with django_assert_num_queries(2):
        assert len(responsible(dt.date(2023, 6, 30))) == count


def test_the_commands_answer_as_the_book_stood(kept):
    def run(*words):
        out = io.StringIO()
        call_command("responsible", "--as-of", "2023-06-30", *words, stdout=out)
        return [row["body"] for row in json.loads(out.getvalue())]

    assert run() == ["乙村委会"]
    assert run("--as-recorded", ago(5).isoformat()) == ["甲村委会"]
    assert run("--as-recorded", clock.today().isoformat()) == ["乙村委会"]
    assert run("--as-recorded", (clock.today() - dt.timedelta(days=40)).isoformat()) == []


# --- whoever writes


def last(row):
    return row.events.order_by("-pgh_id").select_related("pgh_context").first()


def test_every_way_of_writing_is_kept_with_who_and_where(db):
    unit = make.unit("老名")
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user")
        role = cursor.fetchone()[0]
        cursor.execute("UPDATE registry_unit SET name = 'SQL' WHERE id = %s", [unit.pk])
    event = last(unit)
    assert (event.name, event.pgh_role, event.pgh_context) == ("SQL", role, None)
    with pghistory.context(user=7, url="/u/U-1", reason="核对"):
        Unit.objects.filter(pk=unit.pk).update(name="批量")
    assert (last(unit).name, last(unit).pgh_context.metadata) == (
        "批量",
        {"user": 7, "url": "/u/U-1", "reason": "核对"},
    )
    made = Party.objects.bulk_create(
        [Party(name=f"批{n}", kind="company", division=unit.division) for n in "甲乙"]
    )
    assert [last(row).pgh_label for row in made] == ["insert", "insert"]
    text = io.StringIO(f"COPY-1\tasset\t拷入\t{unit.division_id}\tin_use\trequired\t[]\t{{}}\n")
    with connection.cursor() as cursor:
        columns = ("code", "kind", "name", "division_id", "state", "shape_need", "former_codes", "origin")
        cursor.copy_from(text, "registry_unit", columns=columns)
    copied = Unit.objects.get(code="COPY-1")
    assert (last(copied).pgh_label, last(copied).name, last(copied).pgh_role) == ("insert", "拷入", role)


def test_what_the_product_writes_carries_the_user_and_the_address(as_, cast, road):
    entry = road.unit.entries.get(code="ownership")
    answer = as_("asset_manager").post(f"/entries/{entry.pk}/strike/", {"reason": "登错了资产，见核查记录"})
    assert answer.status_code == 302
    event = last(entry)
    assert event.pgh_context.metadata["user"] == cast.users["asset_manager"].pk
    assert event.pgh_context.metadata["url"] == f"/entries/{entry.pk}/strike/"
    act = road.unit.acts.get(verb="entry_corrected")
    assert (act.tx, act.reason) == (event.pgh_tx, "登错了资产，见核查记录")
