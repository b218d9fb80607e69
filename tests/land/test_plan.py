"""Planning conformity, approved against built, and the audit of everything registered, on imported layers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.urls import reverse

from land.area import official_area
from land.models import Audit, AuditLine
from land.queries.audit import totals
from land.services.audit import run
from land.services.conformity import conformity
from registry import clock
from registry.models import Division, Shape
from tests import factories as make
from tests.land.layers import at, gpkg, moved, parcel_columns, take, zone_columns

pytestmark = pytest.mark.django_db
CENT = Decimal("0.02")


def layer(tmp_path, township, kind, shapes, **columns):
    path = gpkg(tmp_path / f"{kind}.gpkg", shapes, {"BSM": [str(n) for n in range(len(shapes))], **columns})
    document, status = take(path, kind, of=township)
    assert status == 0, document


def placed(shape, since="2024-06-01", code="Z-1"):
    from django.contrib.gis.geos import GEOSGeometry

    village = Division.objects.get(name="戈纪街村委会")
    unit = make.unit(of=village, code=code)
    geom = GEOSGeometry(moved(shape, 4544, 4490).wkt, srid=4490)
    return make.shape(unit, geom, since, source_srid=4544)


def near(found, shape):
    return abs(found - official_area(shape)) <= CENT


def test_without_layers_nothing_is_in_order(township, tmp_path):
    answer = conformity(placed(at(0, 0, 20, 20)), clock.today())
    assert (answer.urban, answer.ecological, answer.approved) == (None, None, None)
    assert answer.off_ecological is None
    assert near(answer.whole_m2, at(0, 0, 20, 20))


def test_partly_inside_the_urban_boundary_and_off_the_ecological_line(township, tmp_path):
    layer(tmp_path, township, "urban_boundary", [at(0, 0, 10, 50)])
    layer(tmp_path, township, "ecological_red_line", [at(500, 0, 10, 50)])
    answer = conformity(placed(at(0, 0, 20, 20)), clock.today())
    assert near(answer.urban.m2, at(0, 0, 10, 20))
    assert answer.ecological.m2 == 0


def test_beyond_before_and_less_than_what_was_approved(township, tmp_path):
    layer(
        tmp_path, township, "approvals", [at(0, 0, 15, 30)], PZMJ=[450.0], PZRQ=["2024-09-01"]
    )  # fmt: skip
    found = conformity(placed(at(0, 0, 20, 20)), clock.today()).approved
    assert near(found.inside_m2, at(0, 0, 15, 20))
    assert near(found.outside_m2, at(15, 0, 5, 20))
    assert near(found.unbuilt_m2, at(0, 20, 15, 10))
    assert found.stated_m2 == Decimal("450.00")
    assert (found.first_on, found.before_approval) == (dt.date(2024, 9, 1), True)


def ground(tmp_path, township):
    """Two fields in two villages, zones that overlap each other over the first."""
    villages = ["5325232052010000000", "5325232052020000000"]
    document, status = take(
        gpkg(tmp_path / "p.gpkg", [at(0, 0, 100, 100), at(100, 0, 100, 100)],
             parcel_columns(["0101", "0103"], ZLDWDM=villages)),
        "parcels", of=township,
    )  # fmt: skip
    assert status == 0, document
    document, status = take(
        gpkg(tmp_path / "z.gpkg", [at(0, 0, 60, 100), at(40, 0, 40, 100)], zone_columns(2)),
        "basic_farmland", of=township,
    )  # fmt: skip
    assert status == 0, document


def test_the_audit_counts_overlapping_zones_once_and_agrees_with_the_official_area(township, tmp_path):
    ground(tmp_path, township)
    placed(at(20, 10, 100, 10))
    placed(at(300, 0, 10, 10), code="Z-2")
    audit = run(clock.today())
    answer = totals(audit)
    assert (audit.shapes, answer["units_on_basic_farmland"], answer["units_on_farmland"]) == (2, 1, 1)
    assert abs(Decimal(answer["basic_farmland_m2"]) - official_area(at(20, 10, 60, 10))) < Decimal("0.05")
    assert abs(Decimal(answer["farmland_m2"]) - official_area(at(20, 10, 100, 10))) < Decimal("0.05")
    assert {row["village"] for row in answer["by_village"] if row["layer"] == "farmland"} == {
        "532523205201", "532523205202"
    }  # fmt: skip
    assert [row["unit"] for row in answer["units"]] == ["Z-1"]


def test_an_audit_finds_the_same_in_the_whole_layer_and_about_the_shapes(township, tmp_path, monkeypatch):
    ground(tmp_path, township)
    placed(at(20, 10, 100, 10))
    placed(at(300, 0, 10, 10), code="Z-2")
    answers = []
    for rows in (10**6, 0):  # a look into the index costs as much as so many rows
        monkeypatch.setattr("land.services.audit._ROWS_A_PROBE", rows)
        answers.append(totals(run(clock.today())))
    assert answers[0] == answers[1]


def test_an_audit_replaces_the_last_one_of_its_division_and_knows_the_day(township, tmp_path):
    ground(tmp_path, township)
    placed(at(20, 10, 100, 10), since="2025-01-01")
    assert run(dt.date(2024, 6, 1), township).shapes == 0
    assert run(clock.today(), township).shapes == 1
    assert Audit.objects.count() == 1
    assert AuditLine.objects.exists()


def test_pieces_come_and_go_with_their_layer(township, tmp_path):
    from django.db import connection

    ground(tmp_path, township)
    with connection.cursor() as cursor:
        cursor.execute("SELECT vintage_id, sum(ST_Area(ea)) FROM land_piece GROUP BY 1 ORDER BY 1")
        (parcels, first), (zones, second) = cursor.fetchall()
    assert first == pytest.approx(float(official_area(at(0, 0, 200, 100))), rel=1e-6)
    assert second == pytest.approx(float(official_area(at(0, 0, 80, 100))), rel=1e-6)
    from land.models import Vintage
    from registry.services.imports import reverse_batch

    reverse_batch(Vintage.objects.get(pk=zones).batch, by=None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT vintage_id FROM land_piece")
        assert cursor.fetchall() == [(parcels,)]


def test_the_command_and_the_pages(township, tmp_path, client, capsys):
    import json

    ground(tmp_path, township)
    shape = placed(at(20, 10, 100, 10))
    with pytest.raises(SystemExit) as ended:
        call_command("audit")
    assert ended.value.code == 1
    document = json.loads(capsys.readouterr().out)
    assert document["units_on_basic_farmland"] == 1
    client.force_login(make.user("land_officer", township))
    page = client.post(reverse("farmland_audit"), follow=True).content.decode()
    assert shape.unit.code in page
    assert client.get(reverse("land_plan", args=[shape.unit.code])).status_code == 200
    assert Shape.objects.count() == 1


def test_the_glance_says_what_lies_under_the_pen(township, tmp_path, client):
    import json

    import shapely

    ground(tmp_path, township)
    client.force_login(make.user("land_officer", township))
    body = shapely.to_geojson(moved(at(20, 10, 100, 10), 4544, 4490))
    answer = client.post(reverse("glance"), body, content_type="application/geo+json").json()
    assert Decimal(answer["basic_farmland_m2"]) == pytest.approx(official_area(at(20, 10, 60, 10)), abs=CENT)
    assert Decimal(answer["by_class"]["0101"]) == pytest.approx(official_area(at(20, 10, 80, 10)), abs=CENT)
    assert len(answer["words"]) == 3
    bow = {
        "type": "Polygon",
        "coordinates": [[[103.7, 23], [103.8, 23.1], [103.8, 23], [103.7, 23.1], [103.7, 23]]],
    }
    for wrong in (b"", b"{", json.dumps(bow).encode(), b'{"type": "Point", "coordinates": [1, 2]}'):
        refused = client.post(reverse("glance"), wrong, content_type="application/geo+json")
        assert refused.status_code == 400
        assert refused.json()["error"]
