"""The second guard: what the serving role sees of people and money, whatever the program asks for."""

from importlib import import_module

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from assets.models import UpkeepTerms
from projects.models import FundingLine
from registry import access, row_security
from registry.models import PartyMember, PersonalData
from registry.site.cluster import APP
from tests import factories as make

pytestmark = pytest.mark.django_db
GUARDED = (PersonalData, PartyMember, FundingLine, UpkeepTerms)
HISTORIES = [model.events.rel.related_model for model in (PartyMember, FundingLine, UpkeepTerms)]


@pytest.fixture
def two_towns():
    """Two townships, each with a person's secrets, a group, money and terms."""
    towns = [make.township(), make.township(name="湾塘乡", code="532523206")]
    for number, town in enumerate(towns):
        place = make.village(town, f"第{number}村委会")
        asset = make.asset(of=place, subtype="road", project=make.project(of=place))
        person = make.person(f"杨{number}", of=place, phone=f"1388735000{number}")
        make.upkeep(asset, make.party(of=place), person)
        make.funding(asset)
        group = make.party("联户", "group", of=place)
        PartyMember.objects.create(group=group, member=person, valid=make.period("2020-01-01"))
    return towns


def serve():
    """The connection as the site has it: the serving role, nothing said yet. Undone with the test."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP])
        if not cursor.fetchone():
            cursor.execute(f"CREATE ROLE {APP} NOSUPERUSER")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP}")
        cursor.execute(f"GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {APP}")
        cursor.execute(f"SET LOCAL ROLE {APP}")
    row_security.say("")


@pytest.fixture
def serving(two_towns):
    serve()
    return two_towns


def counts():
    return [model.objects.count() for model in (*GUARDED, *HISTORIES)]


def test_where_nothing_was_said_no_row_of_people_and_money_is_seen(serving):
    assert counts() == [0] * 7
    with connection.cursor() as cursor:
        cursor.execute("RESET tianzhang.scope")
    assert counts() == [0] * 7


@pytest.mark.parametrize("junk", [",", "1", "/999999/", "%", "nothing"])
def test_a_scope_that_names_no_division_shows_nothing(serving, junk):
    row_security.say(junk if junk != "," else row_security.written(["", "/", ""]))
    assert counts() == [0] * 7


def test_each_division_shows_its_own_rows_and_all_of_them_everything(serving):
    row_security.say(row_security.written([serving[0].path]))
    assert counts() == [1] * 7
    assert PersonalData.objects.get().phone == "13887350000"
    row_security.say(row_security.written([town.path for town in serving]))
    assert counts() == [2] * 7
    row_security.say(row_security.EVERYTHING)
    assert counts() == [2] * 7


def test_the_owner_of_the_tables_sees_everything(two_towns):
    row_security.say("")
    assert counts() == [2] * 7


def test_a_person_of_another_township_is_known_where_he_is_named_on_a_unit(two_towns):
    far = PersonalData.objects.get(phone="13887350001").party
    here = UpkeepTerms.objects.order_by("pk")[0].entry
    here.agent = far
    here.save()
    serve()
    row_security.say(two_towns[0].path)
    assert sorted(PersonalData.objects.values_list("phone", flat=True)) == ["13887350000", "13887350001"]


def test_what_lies_outside_is_neither_written_nor_moved_there(serving):
    home, far = serving
    row_security.say(row_security.EVERYTHING)
    theirs = FundingLine.objects.get(unit__division__path__startswith=far.path)
    ours = FundingLine.objects.get(unit__division__path__startswith=home.path)
    row_security.say(home.path)
    assert FundingLine.objects.filter(pk=theirs.pk).update(amount=1) == 0
    assert FundingLine.objects.filter(pk=theirs.pk).delete()[0] == 0
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        FundingLine.objects.filter(pk=ours.pk).update(unit_id=theirs.unit_id)
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        FundingLine.objects.create(unit_id=theirs.unit_id, source="central", amount=1)
    assert FundingLine.objects.filter(pk=ours.pk).update(amount=5) == 1
    row_security.say(row_security.EVERYTHING)
    theirs.refresh_from_db()
    assert theirs.amount == make.VALUE


@pytest.fixture
def watched(monkeypatch):
    """What the database shows while the page of ``/healthz`` is made, request by request."""
    from registry.middleware import RefusalMiddleware

    seen = []

    def look(self, request):
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('tianzhang.scope', true)")
            seen.append((cursor.fetchone()[0], PersonalData.objects.count()))
        return self.get_response(request)

    monkeypatch.setattr(RefusalMiddleware, "__call__", look)
    return seen


def test_requests_of_different_people_on_one_connection_leave_nothing_to_each_other(serving, watched):
    people = [make.user("auditor", town) for town in serving]
    clients = [Client() for _person in people]
    for client, person in zip(clients, people, strict=True):
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    row_security.say(row_security.EVERYTHING)  # what a forgotten session would leave
    for client in (clients[0], clients[1], Client(), clients[0]):
        assert client.get("/login/").status_code in (200, 302)
    paths = [town.path for town in serving]
    assert watched == [(paths[0], 1), (paths[1], 1), ("", 0), (paths[0], 1)]


def test_a_request_shows_ones_own_money_and_no_other(serving):
    officer = make.user("finance_officer", serving[0])
    with row_security.limited(access.scope_paths(officer)):
        assert list(FundingLine.objects.values_list("unit__division__parent", flat=True)) == [serving[0].pk]


def test_rules_read_everything_and_the_request_goes_on_with_its_own(serving):
    with row_security.limited([serving[0].path]):
        with row_security.everything():
            assert PersonalData.objects.count() == 2
            with row_security.everything():
                assert PersonalData.objects.count() == 2
            assert PersonalData.objects.count() == 2
        assert PersonalData.objects.count() == 1
        with (
            pytest.raises(DatabaseError),
            transaction.atomic(),
            row_security.everything(),
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT 1/0")
        assert PersonalData.objects.count() == 1
        with pytest.raises(ZeroDivisionError), row_security.everything():
            raise ZeroDivisionError
        assert PersonalData.objects.count() == 1


def test_commands_work_for_everything_and_the_site_for_nobody_until_told(monkeypatch):
    monkeypatch.setitem(row_security._process, "scope", "")
    said = []
    monkeypatch.setattr(connection, "cursor", lambda: said.append(1))
    row_security._said_on_connection(connection=connection)
    assert said == []
    monkeypatch.undo()
    row_security.whole_register()
    try:
        row_security._said_on_connection(connection=connection)
        with connection.cursor() as cursor:
            cursor.execute("SELECT registry_unscoped()")
            assert cursor.fetchone() == (True,)
    finally:
        row_security.nothing()


def test_every_table_of_people_and_money_is_guarded_and_no_spatial_one():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity ORDER BY 1")
        guarded = [name for (name,) in cursor.fetchall()]
    money = import_module("assets.migrations.0002_row_security")  # tests/income looks at each of them
    own = {model._meta.db_table for model in (*GUARDED, *HISTORIES)}
    assert guarded == sorted(own | set(money.GUARDED) | set(money.HISTORIES))


def test_a_finding_does_not_depend_on_who_looked(serving, monkeypatch):
    """An evaluation inside a request reads people and money of every division."""
    from registry.rules import engine

    seen = []
    monkeypatch.setattr(engine, "_note_readings", lambda *_given: seen.append(FundingLine.objects.count()))
    with row_security.limited([serving[0].path]):
        engine.evaluate(as_of=make.day("2026-03-01"), rule_ids=[])
        assert FundingLine.objects.count() == 1
    assert seen == [2]
