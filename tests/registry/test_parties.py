"""Parties of a file are found by credit code, else by kind and name where they belong; else registered."""

import datetime as dt

import pytest

from registry.errors import NotAllowed
from registry.models import Act, Party, PersonalData
from registry.services.parties import PartyAsk, PartyBook, fill_parties
from tests import factories as make

pytestmark = pytest.mark.django_db

CODE, OTHER = "91350100M000100Y43", "911101085923662400"


def ask(name, place, kind="cooperative", **fields):
    return PartyAsk(kind, name, place.pk, **fields)


@pytest.fixture
def place():
    return make.village()


def test_what_is_not_there_is_registered_once_however_often_it_is_asked_for(place):
    asks = [ask("甲合作社", place), ask("甲 合作社", place), ask("甲合作社", place, uscc=CODE)]
    book = PartyBook(asks)
    assert len(book.new) == 1
    [made] = book.register(by=None, batch=None)
    assert (made.name, made.uscc) == ("甲合作社", CODE)
    assert [book[found] for found in asks] == [made] * 3
    assert PartyBook(asks).new == []


def test_names_count_where_they_belong_and_kinds_are_told_apart(place):
    other = make.village(name="别村委会")
    make.party("杨文", "person", place)
    for wanted in (ask("杨文", other, "person"), ask("杨文", place, "household")):
        assert PartyBook([wanted]).new == [wanted]
    assert PartyBook([ask("杨文", place, "person")]).new == []


def test_a_body_registered_above_or_below_under_another_kind_is_the_same_body(place):
    there = make.party("新华乡水管站", "operator", place.parent)
    assert (
        PartyBook([ask("新华乡水管站", place, "government")]).find(ask("新华乡水管站", place, "government"))
        == there
    )
    elsewhere = make.village(make.township(name="湾塘乡", code="532523206"))
    assert PartyBook([found := ask("新华乡水管站", elsewhere, "government")]).find(found) is None


def test_the_credit_code_wins_over_the_name_and_two_codes_are_two_bodies(place):
    there = make.party("甲合作社", "cooperative", place, uscc=CODE)
    renamed = ask("乙公司", place, "company", uscc=CODE)
    assert PartyBook([renamed]).find(renamed) == there
    namesake = ask("甲合作社", place, uscc=OTHER)
    assert PartyBook([namesake]).find(namesake) is None


def test_secrets_go_into_their_own_table_and_known_ones_are_never_overwritten(place):
    known = make.person("杨文", place, phone="13800000001")
    asks = [
        ask("杨文", place, "person", phone="13900000000", id_number="11010519491231002X"),
        ask("李明", place, "person", phone="13700000000"),
        ask("甲合作社", place, phone="13600000000"),
    ]
    PartyBook(asks).register(by=None, batch=None)
    secrets = {
        row.party.name: (row.phone, row.id_number) for row in PersonalData.objects.select_related("party")
    }
    assert secrets == {"杨文": ("13800000001", "11010519491231002X"), "李明": ("13700000000", "")}
    assert Party.objects.get(name="杨文") == known


def test_many_parties_are_a_handful_of_statements(place, django_assert_max_num_queries):
    asks = [ask(f"人{number}", place, "person", phone="13800000001") for number in range(200)]
    with django_assert_max_num_queries(12):
        book = PartyBook(asks)
        book.register(by=None, batch=None)
    assert Party.objects.count() == 200


def test_only_those_who_may_open_entries_register_parties(place):
    book = PartyBook([ask("甲合作社", place)])
    with pytest.raises(NotAllowed):
        book.register(by=make.user("auditor", place), batch=None)
    book.register(by=make.user("asset_manager", place), batch=None)


def test_a_code_is_filled_in_where_it_was_missing_and_the_book_says_so(place):
    there = make.party("甲合作社", "cooperative", place)
    full = make.party("乙合作社", "cooperative", place, uscc=OTHER)
    fill_parties(
        [
            (there, ask("甲合作社", place, uscc=CODE)),
            (full, ask("乙合作社", place, uscc=CODE)),
            (None, ask("丙", place)),
        ],
        by=None,
    )
    there.refresh_from_db()
    full.refresh_from_db()
    assert (there.uscc, full.uscc) == (CODE, OTHER)
    act = Act.objects.get()
    assert (act.verb, act.subject, act.after) == ("party_changed", f"party:{there.pk}", {"uscc": CODE})
    assert act.at.date() >= dt.date(2026, 1, 1)
