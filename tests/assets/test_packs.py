"""Inspection packs: what is in the folder of an asset, what is missing, hashes, samples, who may."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import zipfile

import pytest
from django.contrib.gis.geos import LineString
from django.urls import reverse

from assets import pack as packing
from assets.models import Asset, InspectionPack
from assets.pack import Collected, Item, Part
from assets.services.pack_building import build, clear_old, path_of
from assets.services.packs import ask_for_pack, draw
from assets.sketch import sketch
from registry import clock
from registry.errors import BadInput, NotAllowed
from registry.models import Act
from registry.services.files import path_of as file_path
from registry.services.sources import add_files
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet_worker(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}


@pytest.fixture
def officer(cast):
    return cast.users["asset_manager"]


def built(cast, by, **asked):
    units = asked.pop("units", None) or list(Asset.objects.values_list("unit_id", flat=True))
    made = ask_for_pack(units=units, division=cast.xinhua, by=by, **asked)
    build(made)
    made.refresh_from_db()
    return made, zipfile.ZipFile(path_of(made))


def text(archive, ending):
    name = next(name for name in archive.namelist() if name.endswith(ending))
    return archive.read(name).decode()


def test_a_folder_holds_card_map_pictures_papers_notices_and_what_is_missing(cast, officer, road):
    make.shape(road, LineString((103.7, 23.0), (103.71, 23.01), srid=4490))
    paper = road.unit.entries.get(code="upkeep").source
    add_files(
        source=paper, files=[("现场.jpg", [make.picture()]), ("协议.txt", ["协议".encode()])], by=officer
    )
    notice = make.notice(cast.village, title="确权公示", text="联系电话13887350000", units=[road.unit])
    make.objection(notice)
    bare = make.asset("无据水池", cast.village, subtype="irrigation", original_value=None)
    made, archive = built(cast, officer)
    names = [name.partition("/")[2] for name in archive.namelist() if "小寨产业道路" in name]
    assert {name.rpartition(".")[2] for name in names} >= {"html", "geojson", "svg", "jpg", "txt", "csv"}
    geometry = json.loads(text(archive, ".geojson"))
    assert geometry["features"][0]["geometry"]["coordinates"][0] == [103.7, 23.0]
    shown = next(archive.read(n).decode() for n in archive.namelist() if "notices/" in n or "公示/" in n)
    assert "13887350000" not in shown
    assert "面积有误" in shown
    contents = archive.read(next(n for n in archive.namelist() if n.count("/") == 0 and n.endswith(".html")))
    row = next(line for line in contents.decode().splitlines() if bare.unit.code in line)
    assert row.count("、") >= 3  # owner, upkeep body, value, map, pictures, inspections
    assert made.lacking == 1
    picture = next(name for name in archive.namelist() if name.endswith(".jpg"))
    assert archive.read(picture) == make.picture()


def test_every_file_has_its_hash_and_the_manifest_says_what_it_is(cast, officer, road):
    made, archive = built(cast, officer, query="q=路")
    sums = archive.read("SHA256SUMS.txt")
    lines = dict(reversed(line.split("  ", 1)) for line in sums.decode().splitlines())
    others = set(archive.namelist()) - {"SHA256SUMS.txt", "manifest.json"}
    assert set(lines) == others
    assert all(hashlib.sha256(archive.read(name)).hexdigest() == lines[name] for name in others)
    manifest = json.loads(archive.read("manifest.json"))
    assert manifest["sha256sums"] == hashlib.sha256(sums).hexdigest()
    assert (manifest["filter"], manifest["assets"], manifest["files"]) == ("q=路", 1, len(others))
    assert hashlib.sha256(path_of(made).read_bytes()).hexdigest() == made.sha256
    assert archive.testzip() is None


def test_names_are_masked_unless_they_may_be_seen_and_the_book_knows(cast, officer, road):
    _made, archive = built(cast, officer)
    assert "李秀英" not in text(archive, "资产卡.html") + text(archive, ".csv")
    _made, archive = built(cast, officer, names=True)
    assert "李秀英" in text(archive, "资产卡.html")
    assert Act.objects.filter(verb="pack_asked_for").latest("pk").after["names"] is True
    with pytest.raises(NotAllowed):
        ask_for_pack(units=[road.unit_id], division=cast.xinhua, by=cast.users["auditor"], names=True)
    for who in ("clerk", "finance_officer", "elsewhere"):
        with pytest.raises(NotAllowed):
            ask_for_pack(units=[road.unit_id], division=cast.xinhua, by=cast.users[who])


def test_a_sample_is_drawn_again_by_its_seed(cast, officer):
    units = [make.asset(f"件{n}", cast.village).unit_id for n in range(40)]
    one, archive = built(cast, officer, units=units, sample=6, seed=17)
    two, _archive = built(cast, officer, units=list(reversed(units)), sample=6, seed=17)
    other, _archive = built(cast, officer, units=units, sample=6, seed=18)
    assert one.units == two.units != other.units
    assert (len(one.units), one.matched) == (6, 40)
    assert json.loads(archive.read("manifest.json"))["seed"] == 17
    unseeded, _archive = built(cast, officer, units=units, sample=6)
    assert draw(units, 6, unseeded.seed) == unseeded.units
    with pytest.raises(BadInput):
        draw(units, 0, 1)


def test_other_apps_add_parts_and_say_what_lacks(cast, officer, road, monkeypatch):
    def collect(assets, _reading):
        made = Collected()
        made.add(assets[0].unit_id, Item("contract.txt", b"contract"))
        made.lack(assets[0].unit_id, "the receipt of May")
        return made

    monkeypatch.setattr(packing, "_PARTS", dict(packing._PARTS))
    packing.register(Part(key="contracts", label="contracts", order=40, collect=collect))
    with pytest.raises(ValueError, match="twice"):
        packing.register(Part(key="contracts", label="contracts", order=40, collect=collect))
    made, archive = built(cast, officer)
    assert text(archive, "contract.txt") == "contract"
    assert "the receipt of May" in archive.read(archive.namelist()[-3]).decode()
    assert made.lacking == 1


def test_a_lost_file_is_said_and_the_rest_goes_out(cast, officer, road):
    paper = road.unit.entries.get(code="upkeep").source
    kept = add_files(source=paper, files=[("协议.txt", [b"agreement"])], by=officer)[0]
    file_path(kept.file).unlink()
    made, archive = built(cast, officer)
    assert not any(name.endswith("协议.txt") for name in archive.namelist())
    assert made.lacking == 1
    assert archive.testzip() is None


def test_queries_grow_with_chunks_not_with_assets(cast, officer, monkeypatch, django_assert_max_num_queries):
    for number in range(30):
        asset = make.asset(f"件{number}", cast.village)
        make.upkeep(asset, source=make.source(cast.village, f"〔2025〕{number}号"))
        make.inspection(asset, "2026-01-05")
    made = ask_for_pack(
        units=list(Asset.objects.values_list("unit_id", flat=True)), division=cast.xinhua, by=officer
    )
    with django_assert_max_num_queries(40):
        build(made)


def test_old_packs_are_cleared_away_and_can_be_asked_for_again(cast, officer, road):
    made, archive = built(cast, officer)
    archive.close()
    InspectionPack.objects.update(ready_at=clock.now() - dt.timedelta(days=31))
    clear_old()
    made.refresh_from_db()
    assert made.state == "cleared"
    assert not path_of(made).exists()


def test_the_pages_from_the_filter_of_the_ledger_to_the_file(as_, cast, road, plant):
    client = as_("asset_manager")
    url = reverse("pack_new") + "?asset_class=public_welfare"
    page = client.get(url)
    assert page.context["count"] == 1
    answer = client.post(url, {"count": "1", "title": "样包", "sample": "", "seed": ""})
    made = InspectionPack.objects.get()
    assert answer["Location"] == reverse("pack", args=[made.pk])
    assert (made.units, made.query) == ([road.unit_id], "asset_class=public_welfare")
    assert b"hx-get" in client.get(answer["Location"]).content
    build(made)
    assert b"hx-get" not in client.get(reverse("pack_progress", args=[made.pk])).content
    got = client.post(reverse("pack_file", args=[made.pk]))
    archive = zipfile.ZipFile(io.BytesIO(b"".join(got.streaming_content)))
    assert "manifest.json" in archive.namelist()
    assert Act.objects.filter(verb="pack_taken").exists()
    assert client.get(reverse("packs")).status_code == 200


def test_a_sketch_keeps_the_shape_and_says_its_scale():
    line = LineString((103.7, 23.0), (103.7, 23.01), srid=4490)
    drawn = sketch(line, "路")
    assert (drawn["lines"], drawn["bar"]["metres"]) == (["M240.0 440.0L240.0 40.0"], 200)
    spot = sketch(make.point(), "点")
    assert spot["points"] == [{"x": "240.0", "y": "240.0"}]
    area = sketch(make.square(), "面")
    assert area["areas"][0].startswith("M40.")
