"""The red-line page: a wrong drawing or file gets a sentence, never a stack trace."""

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from maps.views.redline import drawn
from registry.errors import BadInput
from tests import factories as make

pytestmark = pytest.mark.django_db
SQUARE = [[[103.7, 23.0], [103.701, 23.0], [103.701, 23.001], [103.7, 23.001], [103.7, 23.0]]]


def collection(*geometries):
    features = [{"type": "Feature", "properties": {}, "geometry": g} for g in geometries]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


@pytest.fixture
def officer(client):
    client.force_login(make.user("land_officer", make.township()))
    return client


def post(client, body):
    return client.post(reverse("redline-check"), data=body, content_type="application/geo+json")


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b'{"features": 3}', b'{"features": []}', b'{"features": [null]}',
        b'{"features": [{"geometry": {"type": "Polygon", "coordinates": [[["a", 1]]]}}]}',
        b"[" * 100_000,
        collection({"type": "Circle", "coordinates": [1, 2]}),
        collection(*[{"type": "Point", "coordinates": [103.7, 23]}] * 51),
        b'{"features": [' + b" " * 3_000_000 + b"]}",
    ],
)  # fmt: skip
def test_a_drawing_that_cannot_be_read_gets_a_sentence(officer, body):
    with pytest.raises(BadInput):
        drawn(body)
    answer = post(officer, body)
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()


def test_without_a_layer_a_drawing_gets_no_data_and_never_a_pass(officer):
    text = post(officer, collection({"type": "Polygon", "coordinates": SQUARE})).content.decode()
    assert "NO_DATA" in text or "无数据" in text
    assert "未占用" not in text


def test_a_bow_tie_is_answered_as_invalid_with_its_place(officer):
    ring = [[[103.7, 23.0], [103.701, 23.001], [103.701, 23.0], [103.7, 23.001], [103.7, 23.0]]]
    text = post(officer, collection({"type": "Polygon", "coordinates": ring})).content.decode()
    assert "图形无效" in text


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.geojson", b"{}"),
        ("a.geojson", b"\x00\x01"),
        ("a.zip", b"PK\x03\x04 not a zip"),
        ("a.gpkg", b"SQLite format 3\x00 broken"),
        ("a.exe", b"MZ"),
        ("../../etc/passwd.geojson", b"[]"),
        ("x" * 400 + ".geojson", b"{}"),
    ],
)
def test_a_file_that_cannot_be_read_gets_a_sentence(officer, name, body):
    upload = SimpleUploadedFile("f", body)
    upload._name = name
    answer = officer.post(reverse("redline-upload"), {"file": upload}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()


def test_an_upload_without_a_file_says_so(officer):
    answer = officer.post(reverse("redline-upload"), {}, headers={"HX-Request": "true"})
    assert 'role="alert"' in answer.content.decode()


def test_a_file_of_another_county_is_refused_with_the_reason(officer):
    far = collection(
        {"type": "Polygon", "coordinates": [[[116.1, 40.0], [116.2, 40.0], [116.2, 40.1], [116.1, 40.0]]]}
    )
    upload = io.BytesIO(far)
    upload.name = "far.geojson"
    answer = officer.post(reverse("redline-upload"), {"file": upload}, headers={"HX-Request": "true"})
    assert 'role="alert"' in answer.content.decode()


def test_the_finance_officer_may_not_check_the_red_line(client):
    client.force_login(make.user("finance_officer", make.township()))
    assert client.get(reverse("redline")).status_code == 403
    assert post(client, collection({"type": "Polygon", "coordinates": SQUARE})).status_code == 403


def test_the_page_offers_pen_and_file(officer):
    page = officer.get(reverse("redline")).content.decode()
    assert "data-draw" in page
    assert "leaflet-geoman" in page
    assert 'type="file"' in page
