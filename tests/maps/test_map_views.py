"""Tiles, findings and clicks: scoped, sound on wrong input, in a fixed number of queries."""

import datetime as dt
import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry import clock
from registry.models import Finding
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    county = make.county()
    xinhua = make.township(county)
    wantang = make.township(county, "湾塘乡", "532523206")
    here, there = make.village(xinhua), make.village(wantang, "湾塘村委会")
    make.boundary(xinhua, make.square(103.60, 22.90, 20_000))
    return {"county": county, "xinhua": xinhua, "wantang": wantang, "here": here, "there": there}


@pytest.fixture
def assets_of(place):
    shown = {}
    for key, lon in (("here", 103.70), ("there", 103.75)):
        asset = make.asset(of=place[key])
        unit = asset.unit
        make.shape(unit, make.square(lon, 23.0, 60))
        shown[key] = unit
    return shown


def signed_in(client, role, division):
    client.force_login(make.user(role, division))
    return client


def tile_of(lon, lat, z):
    import math

    x = int((lon + 180) / 360 * 2**z)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**z)
    return z, x, y


def test_a_unit_tile_holds_only_what_the_user_may_see(client, place, assets_of):
    signed_in(client, "asset_manager", place["xinhua"])
    body = b"".join(
        client.get(reverse("tile", args=["units", *tile_of(lon, 23.0002, 15)])).content
        for lon in (103.7002, 103.7502)
    )
    assert assets_of["here"].code.encode() in body
    assert assets_of["there"].code.encode() not in body


def test_parcel_tiles_are_closed_to_the_village_clerk(client, place):
    signed_in(client, "clerk", place["here"])
    assert client.get(reverse("tile", args=["parcels", 14, 1, 1])).status_code == 403
    assert client.get(reverse("tile", args=["units", 14, 1, 1])).status_code == 200


@pytest.mark.parametrize(
    "address", ["/tiles/units/3/9/0.mvt", "/tiles/secret/3/1/1.mvt", "/tiles/units/40/1/1.mvt"]
)
def test_a_tile_outside_the_pyramid_is_not_found(client, place, address):
    signed_in(client, "asset_manager", place["xinhua"])
    assert client.get(address).status_code == 404


def test_findings_on_the_map_are_scoped_and_speak_in_sentences(client, place, assets_of):
    for unit in assets_of.values():
        Finding.objects.create(
            rule="RIG-01", subject_type="unit", subject_key=unit.code, division=unit.division, unit=unit,
            severity="F", since=dt.date(2026, 1, 1), opened_on=clock.today(), read_on=clock.today(),
            details={"name": unit.name}, fingerprint="0" * 64,
        )  # fmt: skip
    signed_in(client, "asset_manager", place["xinhua"])
    data = json.loads(client.get(reverse("map-findings")).content)
    assert [feature["properties"]["unit"] for feature in data["features"]] == [assets_of["here"].code]
    assert assets_of["here"].name in data["features"][0]["properties"]["text"]


def test_findings_on_the_map_cost_the_same_whatever_their_number(client, place, assets_of):
    signed_in(client, "county", place["county"])

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            client.get(reverse("map-findings"))
        return len(seen)

    queries()
    before = queries()
    for unit in assets_of.values():
        for rule in ("RIG-01", "REG-06", "UPK-01"):
            Finding.objects.create(
                rule=rule, subject_type="unit", subject_key=unit.code, division=unit.division, unit=unit,
                severity="F", since=dt.date(2026, 1, 1), opened_on=clock.today(), read_on=clock.today(),
                details={"name": unit.name}, fingerprint="0" * 64,
            )  # fmt: skip
    assert queries() == before


def test_a_click_tells_the_unit_under_it(client, place, assets_of):
    signed_in(client, "asset_manager", place["xinhua"])
    answer = client.get(reverse("map-identify"), {"lon": 103.7001, "lat": 23.0001, "tolerance": 0.00005})
    assert [unit["code"] for unit in answer.json()["units"]] == [assets_of["here"].code]
    other = client.get(reverse("map-identify"), {"lon": 103.7501, "lat": 23.0001, "tolerance": 0.00005})
    assert other.json()["units"] == []


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"lon": "x", "lat": 1, "tolerance": 0},
        {"lon": 999, "lat": 1, "tolerance": 0},
        {"lon": "nan", "lat": 1, "tolerance": 0},
    ],
)
def test_a_click_with_wrong_numbers_is_a_bad_request(client, place, query):
    signed_in(client, "asset_manager", place["xinhua"])
    assert client.get(reverse("map-identify"), query).status_code == 400


def test_the_shape_of_another_township_is_not_found(client, place, assets_of):
    signed_in(client, "asset_manager", place["xinhua"])
    assert client.get(reverse("map-unit", args=[assets_of["there"].code])).status_code == 404
    body = json.loads(client.get(reverse("map-unit", args=[assets_of["here"].code])).content)
    assert body["geometry"]["type"].endswith("Polygon")


def test_the_map_page_opens_at_the_chosen_division(client, place):
    signed_in(client, "asset_manager", place["xinhua"])
    page = client.get(reverse("map"))
    assert page.status_code == 200
    assert re.search(r'"bounds": \[\s*103\.6,\s*22\.9,', page.content.decode())
    assert "script-src 'self' 'nonce-" in page.headers["Content-Security-Policy"]


def test_the_map_shows_what_the_filtered_ledger_shows(client, place, assets_of):
    signed_in(client, "county", place["county"])
    both = client.get(reverse("map-ledger"), {"ledger": 1})
    assert len(json.loads(both.content)["features"]) == 2
    one = client.get(reverse("map-ledger"), {"words": assets_of["here"].code, "q": assets_of["here"].code})
    assert len(json.loads(one.content)["features"]) == 1


def test_a_unit_is_placed_by_pointing_at_the_map(client, place, assets_of):
    signed_in(client, "asset_manager", place["xinhua"])
    page = client.get(reverse("map"), {"place": assets_of["here"].code})
    assert reverse("place_unit", args=[assets_of["here"].pk]) in page.content.decode()
    assert client.get(reverse("map"), {"place": assets_of["there"].code}).status_code == 404


def test_whoever_may_not_place_is_refused_the_pointing_map(client, place, assets_of):
    signed_in(client, "auditor", place["county"])
    assert client.get(reverse("map"), {"place": assets_of["here"].code}).status_code == 403
