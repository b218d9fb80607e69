"""A case is split on the map: parts are cut to the clue, share no ground, and make it exactly."""

import json
from decimal import Decimal

import pytest
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from land import splitting
from land.models import CasePart
from land.services.case_opening import measured
from land.services.case_splitting import propose
from land.services.case_steps import Part, judge
from registry.errors import BadInput
from tests import factories as make
from tests.land import casework
from tests.land.casework import DAY

pytestmark = pytest.mark.django_db
RECORD = 4490
MIDDLE = 103.7


@pytest.fixture
def case(cast):
    """A square clue about 103.7 E, 23.0 N, verified in the field."""
    outline = make.square(MIDDLE - 0.0002, 23.0, 40)
    area = str(measured(outline, RECORD))
    opened = casework.opened(cast.village, area=area, name="小寨图斑", geom=outline)
    return casework.verified(opened, cast.users["land_officer"])


def box(west: float, east: float, south: float = 22.99, north: float = 23.01) -> shapely.Polygon:
    return shapely.box(west, south, east, north)


def collection(*shapes) -> str:
    features = [
        {"type": "Feature", "properties": {}, "geometry": json.loads(shapely.to_geojson(one))}
        for one in shapes
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


WEST, EAST = box(103.6, MIDDLE), box(MIDDLE, 103.8)


def test_a_drawn_part_is_cut_to_the_clue_and_the_rest_is_the_last_part(case):
    found = propose(case, [(WEST, RECORD)], rest=True)
    assert len(found.parts) == 2
    assert sum(area for _shape, area in found.parts) == case.area_m2
    assert "1" in found.notes[0]  # it reached beyond the clue


def test_a_part_that_only_touches_the_clue_is_no_part(case):
    with pytest.raises(BadInput) as said:
        propose(case, [(box(103.6, MIDDLE - 0.0002), RECORD)], rest=True)
    assert "1" in str(said.value)


def test_without_the_rest_the_sentence_says_both_sums(case):
    with pytest.raises(BadInput) as said:
        propose(case, [(WEST, RECORD)], rest=False)
    assert f"{case.area_m2:,}" in str(said.value)


def test_parts_of_a_survey_that_make_the_clue_are_taken_as_they_are(case):
    found = propose(case, [(WEST, RECORD), (EAST, RECORD)], rest=False)
    assert sum(area for _shape, area in found.parts) == case.area_m2


def test_ground_goes_to_the_earlier_part(case):
    found = propose(case, [(WEST, RECORD), (box(103.6, MIDDLE + 0.0001), RECORD)], rest=True)
    assert len(found.parts) == 3
    assert sum(area for _shape, area in found.parts) == case.area_m2
    assert any("2" in note for note in found.notes)


@pytest.mark.parametrize("beside", [box(103.6, 103.65), box(103.6, MIDDLE - 0.0001)])
def test_a_part_beside_the_clue_or_wholly_on_an_earlier_one_is_refused(case, beside):
    with pytest.raises(BadInput, match="2"):
        propose(case, [(WEST, RECORD), (beside, RECORD)], rest=True)


def test_a_border_drawn_twice_is_no_part_of_its_own():
    whole = shapely.box(0, 0, 100, 100)
    found = splitting.divide(whole, [shapely.box(0, 0, 50, 100), shapely.box(50.03, 0, 100, 100)])
    assert found.left.is_empty
    assert sum(part.area for part in found.parts) == pytest.approx(whole.area)


def halves(case, *shapes):
    return [
        Part(outcome="lawful", geom=GEOSGeometry(memoryview(shapely.to_wkb(one)), srid=RECORD))
        for one in shapes
    ]


def test_the_service_refuses_parts_with_common_ground_though_they_sum(case, cast):
    (west, _area), (east, _other) = propose(case, [(WEST, RECORD)], rest=True).parts
    moved = shapely.affinity.translate(east, xoff=-0.00005)
    with pytest.raises(BadInput, match="once|重复|一次"):
        judge(case=case, parts=halves(case, west, moved), on=DAY, by=cast.users["land_officer"])
    away = shapely.affinity.translate(east, xoff=0.001)
    with pytest.raises(BadInput):
        judge(case=case, parts=halves(case, west, away), on=DAY, by=cast.users["land_officer"])
    assert not CasePart.objects.exists()


def test_the_officer_splits_a_case_on_its_page(as_, cast, case):
    land, url = as_("land_officer"), reverse("case_split", args=[case.unit_id])
    assert url in land.get(reverse("case", args=[case.unit_id])).content.decode()
    assert 'data-split="outline"' in land.get(url).content.decode()
    page = land.post(url, {"drawn": collection(WEST), "rest": "on"})
    parts = page.context["parts"]
    assert parts.count == 2
    sent = {"count": 2, "parts": parts["parts"].value(), "on": DAY.isoformat(), "note": ""}
    again = land.post(url, sent | {"outcome1": "lawful"})
    assert "outcome2" in again.context["parts"].errors  # every part has one
    assert again.context["rows"]
    land.post(url, sent | {"outcome1": "lawful", "outcome2": "suspected", "about2": "砖混房屋"})
    case.refresh_from_db()
    assert case.stage == "suspected"
    rows = list(CasePart.objects.order_by("number"))
    assert [row.outcome for row in rows] == ["lawful", "suspected"]
    assert rows[1].note == "砖混房屋"
    assert sum(row.area_m2 for row in rows) == case.area_m2
    assert all(row.geom is not None for row in rows)


def test_a_file_of_parts_divides_a_case(as_, case):
    url = reverse("case_split", args=[case.unit_id])
    file = SimpleUploadedFile("parts.geojson", collection(WEST, EAST).encode(), "application/geo+json")
    page = as_("land_officer").post(url, {"file": file})
    assert page.context["parts"].count == 2
    assert sum((row["area"] for row in page.context["rows"]), Decimal(0)) == case.area_m2


@pytest.mark.parametrize(
    "drawn",
    ["", "[1, 2]", collection(shapely.Point(1, 2)), collection(WEST)],
)
def test_what_is_no_division_gets_a_sentence(as_, case, drawn):
    url = reverse("case_split", args=[case.unit_id])
    page = as_("land_officer").post(url, {"drawn": drawn})  # the rest is not wanted
    assert page.status_code == 200
    assert page.context["divide"].errors
    assert "parts" not in page.context


def test_what_was_tampered_with_is_measured_again(as_, case):
    url = reverse("case_split", args=[case.unit_id])
    sent = {"count": 2, "parts": collection(WEST, EAST), "on": DAY.isoformat(), "note": ""}
    page = as_("land_officer").post(url, sent | {"outcome1": "lawful", "outcome2": "lawful"})
    assert page.status_code == 200  # both reach beyond the clue
    assert not CasePart.objects.exists()


def test_a_case_without_an_outline_or_past_its_outcome_is_not_split(as_, cast, case):
    bare = casework.verified(casework.opened(cast.village, name="无图"), cast.users["land_officer"])
    land = as_("land_officer")
    assert land.get(reverse("case_split", args=[bare.unit_id])).context["problem"]
    judge(case=case, parts=casework.SUSPECTED, on=DAY, by=cast.users["land_officer"])
    assert land.get(reverse("case_split", args=[case.unit_id])).context["problem"]
    assert (
        reverse("case_split", args=[case.unit_id])
        not in land.get(reverse("case", args=[case.unit_id])).content.decode()
    )
