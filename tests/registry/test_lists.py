"""Lists: filters kept under a name, the things, the book, and what is done to all that match."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assets.models import UpkeepTerms
from registry.errors import BadInput
from registry.models import Act, Entry, SavedFilter
from registry.services import saved_filters
from tests import factories as make
from tests.assets.test_views import KEEPER


def names(answer):
    return [row.record.name for row in answer.context["table"].rows]


# --- the things and the book
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["小寨产业道路", "草果加工厂"]),
        ("?q=产业", ["小寨产业道路"]),
        ("?q=o02-2022", ["草果加工厂"]),
        ("?kind=project", []),
        ("?state=idle", []),
        ("?placed=yes", ["小寨产业道路"]),
        ("?placed=no", ["草果加工厂"]),
        ("?left=left", ["旧桥"]),
        ("?left=every", ["小寨产业道路", "旧桥", "草果加工厂"]),
    ],
)
def test_the_things_are_filtered(as_, cast, road, plant, query, found):
    make.shape(road, make.square())
    gone = make.asset("旧桥", cast.village).unit
    gone.left_on = make.day("2026-01-01")
    gone.save()
    make.asset("远路", cast.far)
    assert sorted(names(as_("asset_manager").get("/units/" + query))) == sorted(found)


def test_the_book_is_filtered_and_names_no_person(as_, cast, road):
    as_("asset_manager").post(f"/units/{road.unit.pk}/keeper/", KEEPER)
    client = as_("auditor")
    page = client.get("/acts/?verb=keeper_named&officer=asset&unit=产业&since=2020-01-01")
    assert [row.record.verb for row in page.context["table"].rows] == ["keeper_named"]
    assert "杨志强" not in client.get("/acts/").content.decode()
    assert client.get("/acts/?until=2020-01-01").context["count"] == 0
    assert as_("elsewhere").get("/acts/").context["count"] == 0


def test_the_register_has_a_tile_for_what_the_role_opens(as_, cast):
    def urls(who):
        return {tile["url"] for tile in as_(who).get("/register/").context["tiles"]}

    assert {"/units/", "/acts/", "/forms/"} <= urls("asset_manager")
    assert "/forms/" not in urls("clerk")


# --- filters kept under a name
def test_a_filter_is_kept_shown_used_and_forgotten(as_, cast, road, plant):
    client = as_("asset_manager")
    kept = {"name": " 没有  管护 ", "query": "amiss=no_keeper&export=xlsx&page=2&q="}
    assert client.post("/lists/assets/filters/", kept)["Location"] == "/assets/?amiss=no_keeper"
    row = SavedFilter.objects.get()
    assert (row.name, row.query) == ("没有 管护", "amiss=no_keeper")
    (chip,) = client.get("/assets/?amiss=no_keeper").context["saved"]
    assert (chip["active"], chip["url"]) == (True, "/assets/?amiss=no_keeper")
    assert client.get("/units/").context["saved"] == []
    assert as_("admin").get("/assets/").context["saved"] == []
    assert as_("admin").post(chip["forget"]).status_code == 404
    client.post("/lists/assets/filters/", {"name": "没有 管护", "query": "q=产业"})
    assert SavedFilter.objects.get().query == "q=%E4%BA%A7%E4%B8%9A"
    client.post(chip["forget"])
    assert not SavedFilter.objects.exists()
    assert client.post("/lists/home/filters/", kept).status_code == 404
    assert client.post("/lists/nothing/filters/", kept).status_code == 404


def test_a_filter_without_name_or_condition_or_one_too_many_is_refused(cast):
    user = cast.users["clerk"]
    for name, query in ((" ", "q=1"), ("a" * 61, "q=1"), ("空", ""), ("长", "q=" + "a" * 1000)):
        with pytest.raises(BadInput):
            saved_filters.keep_filter(page="units", name=name, query=query, by=user)
    for number in range(saved_filters.MOST):
        saved_filters.keep_filter(page="units", name=str(number), query="q=1", by=user)
    saved_filters.keep_filter(page="units", name="1", query="q=2", by=user)
    with pytest.raises(BadInput):
        saved_filters.keep_filter(page="units", name="more", query="q=1", by=user)


# --- all that match
def keepers(client, query, count, **more):
    return client.post(f"/assets/keepers/?{query}", KEEPER | {"count": count} | more)


def test_where_nothing_matches_nothing_is_offered_for_all_of_them(as_, cast, road):
    client = as_("asset_manager")
    offered = reverse("assets_keepers")
    assert offered in client.get("/assets/").content.decode()
    assert offered not in client.get("/assets/?q=无此物").content.decode()


def test_a_keeper_is_named_for_all_that_match_not_only_the_page(as_, cast, plant):
    for number in range(60):
        make.asset(f"路{number}", cast.village)
    for number in range(5):
        make.asset(f"桥{number}", cast.village)
    client = as_("asset_manager")
    with CaptureQueriesContext(connection) as few:
        assert keepers(client, "q=桥", 5).status_code == 302
    page = client.get("/assets/keepers/?q=路")
    assert (page.context["count"], len(page.context["sample"]), page.context["more"]) == (60, 10, 50)
    with CaptureQueriesContext(connection) as caught:
        answer = keepers(client, "q=路", 60)
    assert answer.status_code == 302, answer.context["form"].errors
    assert len(caught) <= len(few)  # statements do not grow with the rows
    entries = Entry.objects.in_force().filter(code="upkeep")
    assert entries.filter(unit__name__startswith="路").count() == 60
    assert {entry.party.name for entry in entries} == {KEEPER["body_name"]}
    assert not entries.filter(unit=plant.unit).exists()
    assert Act.objects.filter(verb="keeper_named").count() == 65
    assert UpkeepTerms.objects.count() == 65


def test_all_or_nothing_and_the_rows_that_refuse_are_listed(as_, cast, road, plant):
    make.upkeep(plant, make.party("甲", of=cast.village), begin="2026-06-01")
    before = Entry.objects.count()
    answer = keepers(as_("asset_manager"), "", 2)
    assert answer.status_code == 200
    ((name, why),) = answer.context["refused"]
    assert "草果加工厂" in name
    assert "2026-06-01" in why
    assert Entry.objects.count() == before
    assert not Entry.objects.filter(party__name="杨志强").exists()


@pytest.mark.parametrize(
    ("query", "count", "division"),
    [("q=产业", "2", ""), ("q=nothing", "0", ""), ("amiss=nonsense", "2", ""), ("q=产业", "1", "county")],
)
def test_what_was_not_confirmed_is_not_written(as_, cast, road, plant, query, count, division):
    client = as_("admin" if division else "asset_manager")
    answer = keepers(client, query, count)
    assert answer.status_code in (200, 400)
    assert Entry.objects.filter(code="upkeep").count() == 1


# --- list and map
def test_list_map_and_tiles_show_the_same_things(as_, cast, road, plant):
    make.shape(road, make.square())
    make.shape(plant, make.square(103.702))
    client = as_("asset_manager")
    client.post("/lists/assets/filters/", {"name": "无人管护", "query": "amiss=no_keeper"})
    (chip,) = client.get("/map/?amiss=no_keeper").context["saved"]
    query = chip["url"].partition("?")[2]
    listed = {row.record.unit.code for row in client.get(f"/assets/?{query}").context["table"].rows}
    marked = {
        one["properties"]["code"]
        for one in json.loads(client.get(f"{reverse('map-ledger')}?{query}").content)["features"]
    }
    tiled = client.get(f"/tiles/units/12/3227/1778.mvt?{query}").content
    every = client.get("/tiles/units/12/3227/1778.mvt").content
    assert listed == marked == {plant.unit.code}
    assert (plant.unit.code.encode() in tiled, road.unit.code.encode() in tiled) == (True, False)
    assert road.unit.code.encode() in every
    page = client.get(f"/map/?{query}")
    assert (page.context["count"], page.context["list_url"]) == (1, f"/assets/?{query}")
    assert f".mvt?{query}" in page.content.decode()
    assert f"/map/?ledger=1&amp;{query}" in client.get(f"/assets/?{query}").content.decode()


def test_a_filter_with_signs_of_sql_finds_nothing_and_breaks_nothing(as_, cast, road):
    make.shape(road, make.square())
    for words in ("%27%29%3B--", "100%25", "%25s", "%25%28only0%29s"):
        assert (
            road.unit.code.encode()
            not in as_("clerk").get(f"/tiles/units/12/3227/1778.mvt?q={words}").content
        )


def test_the_division_looked_at_is_there_again_after_signing_in(as_, cast):
    as_("admin").post("/divisions/switch/", {"division": cast.xinhua.pk})
    assert as_("admin").get("/units/").context["current_division"] == cast.xinhua
