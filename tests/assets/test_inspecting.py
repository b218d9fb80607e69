"""The inspection on the spot: sent once, with items, photos and position; what is missing is noted."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assets.models import Inspection, InspectionItem
from assets.services.looking import Seen, Spot, record_inspection
from assets.services.plans import Item, set_standard
from registry import clock
from registry.errors import RegistryError
from registry.models import Act, SourceFile
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def standard(cast):
    items = [Item("路面", "每公里坑槽不超过3处", "处", Decimal(0), Decimal(3)), Item("边沟", "排水畅通")]
    return set_standard(
        division=cast.county, subtype="road", title="公路标准", items=items, source=make.source(cast.county),
        valid_from=dt.date(2020, 1, 1), by=None,
    )  # fmt: skip


def fields(unit, **more):
    values = {
        "unit": unit.pk, "condition": "good", "inspected_on": clock.today().isoformat(),
        "inspector": "村级文书", "client_id": str(uuid.uuid4()),
    }  # fmt: skip
    return values | more


def send(as_, unit, who="clerk", **more):
    return as_(who).post(reverse("inspection_send"), fields(unit, **more))


def test_an_entry_is_recorded_with_its_items_its_place_and_its_photo(as_, road, standard):
    measured, seen = standard.items.all()
    exif = make.picture()  # without anything that a camera writes
    answer = send(
        as_, road.unit, condition="damaged", defect="坑槽", longitude="103.7000001", latitude="23.0",
        accuracy_m="8.5", noted_at=clock.now().strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        photos=SimpleUploadedFile("坑槽.jpg", exif, "image/jpeg"),
        **{f"item_{measured.pk}": "good", f"value_{measured.pk}": "5", f"item_{seen.pk}": "good"},
    )  # fmt: skip
    assert answer.status_code == 200, answer.content
    found = Inspection.objects.get(pk=answer.json()["inspection"])
    results = dict(InspectionItem.objects.filter(inspection=found).values_list("item__text", "result"))
    assert results == {"路面": "bad", "边沟": "good"}  # five are more than three, whatever was ticked
    assert (found.position.x, found.accuracy_m) == (103.7000001, Decimal("8.50"))
    photo = SourceFile.objects.get(source=found.evidence)
    assert (photo.taken_at, photo.taken_where) == (None, None)
    page = as_("asset_manager").get(reverse("inspection", args=[found.pk]))
    assert photo.file.sha256[:16] in page.content.decode()


def test_the_same_entry_again_gets_the_same_answer_and_is_there_once(as_, road):
    number = str(uuid.uuid4())
    first, again = send(as_, road.unit, client_id=number), send(as_, road.unit, client_id=number)
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert Inspection.objects.filter(client_id=number).count() == 1
    assert Act.objects.filter(verb="inspection_recorded").count() == 1


def test_the_number_of_another_things_entry_is_refused(cast, road):
    number, other = uuid.uuid4(), make.asset("另一条路", cast.village)
    record_inspection(unit=road.unit, inspected_on=clock.today(), condition="good", by=None, inspector="甲",
                      spot=Spot(client_id=number))  # fmt: skip
    with pytest.raises(RegistryError) as refused:
        record_inspection(unit=other.unit, inspected_on=clock.today(), condition="good", by=None,
                          inspector="甲", spot=Spot(client_id=number))  # fmt: skip
    assert refused.value.code == "client_id_taken"


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"condition": ""}, 422),
        ({"condition": "damaged"}, 422),
        ({"inspected_on": "2099-01-01"}, 422),
        ({"client_id": ""}, 422),
        ({"unit": "99999999"}, 404),
        ({"unit": "x"}, 404),
    ],
)
def test_what_cannot_be_recorded_is_answered_with_sentences(as_, road, more, status):
    answer = as_("clerk").post(reverse("inspection_send"), fields(road.unit) | more)
    assert answer.status_code == status
    assert all(isinstance(sentence, str) and sentence for sentence in answer.json()["errors"])
    assert not Inspection.objects.filter(inspected_on=clock.today()).exists()


def test_an_entry_for_another_township_is_not_taken(as_, road):
    assert send(as_, road.unit, who="elsewhere").status_code == 404
    assert send(as_, road.unit, who="auditor").status_code == 403


def test_an_item_that_is_no_longer_in_the_standard_is_refused(road):
    with pytest.raises(RegistryError):
        record_inspection(unit=road.unit, inspected_on=clock.today(), condition="good", by=None,
                          inspector="甲", seen=[Seen(999_999, "good")])  # fmt: skip
    assert not Inspection.objects.filter(inspected_on=clock.today()).exists()


def test_without_the_script_the_page_still_records(as_, road, standard):
    url = reverse("record_inspection", args=[road.unit.pk])
    page = as_("clerk").get(url).content.decode()
    assert "每公里坑槽不超过3处" in page
    values = fields(road.unit)
    answer = as_("clerk").post(url, {name: values[name] for name in values if name != "client_id"})
    assert answer.status_code == 302
    assert Inspection.objects.filter(inspected_on=clock.today()).count() == 1


def test_one_record_for_all_that_match(as_, cast, road):
    make.upkeep(make.asset("另一条路", cast.village))
    url = reverse("inspections_record_many") + "?subtype=road"
    values = {"inspected_on": clock.today().isoformat(), "inspector": "村级文书", "condition": "good"}
    client = as_("asset_manager")
    assert (
        client.post(url, values | {"count": "1"}).status_code == 200
    )  # two match: nothing is written unseen
    assert not Inspection.objects.filter(inspected_on=clock.today()).exists()
    assert client.post(url, values | {"count": "2"}).status_code == 302
    assert Inspection.objects.filter(inspected_on=clock.today()).count() == 2


def test_the_calendar_and_the_round_show_what_is_due(as_, road):
    assert "小寨产业道路" in as_("clerk").get(reverse("inspections_calendar")).content.decode()
    assert "小寨产业道路" in as_("clerk").get(reverse("inspections_round")).content.decode()
    for month in ("2026-13", "x", "0001-01", ""):
        assert as_("clerk").get(reverse("inspections_calendar") + f"?month={month}").status_code == 200
