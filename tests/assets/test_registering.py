"""One asset registered on a page, kind by kind; whom works serve."""

import datetime as dt
from decimal import Decimal

import pytest

from assets import costs
from assets.codes import SUBTYPES_OF_CLASS, Subtype
from assets.kinds_more import BY_KEY
from assets.models import Asset, PublicWorks, RoadSection, SiteWork
from assets.services.own import OwnLine, record
from assets.services.registering import NewAsset, register_asset
from assets.views.register import own_kinds
from projects.models import FundingLine
from registry import clock
from registry.errors import BadInput, NotAllowed
from registry.models import Act, Entry, Unit
from tests import factories as make

from .networks import figures, site, water

pytestmark = pytest.mark.django_db
# The kinds that the ledger of a township holds, and one field that each has of its own.
NAMED = {
    "road": "route_code", "water_supply": "actual_people", "irrigation": "irrigated_mu", "flood": "length_km",
    "sewage": "capacity", "waste": "capacity", "toilet": "open_hours", "parcel_station": "open_hours",
    "grid_line": "length_km", "solar": "capacity_kw", "equity": "counterparty", "building": "floor_m2",
    "equipment": "serial", "workshop": "floor_m2", "small_machine": "serial",
}  # fmt: skip


def sent(place, **more):
    return {
        "name": "岩脚公厕", "division": place.pk, "state": "accepted", "completed_on": "2026-03-01",
        "original_value": "120000", "funding_central": "100000", "funding_county": "20000",
        "project_name": "人居环境整治项目", "project_year": "2025", "owner_name": "岩脚村股份经济合作社",
        "owner_kind": "village_collective", "paper_number": "新政确〔2026〕9号",
        "paper_date": "2026-03-20", **more,
    }  # fmt: skip


def test_a_toilet_is_registered_with_its_money_its_owner_and_its_own_facts(as_, cast):
    client = as_("asset_manager")
    answer = client.post(
        "/assets/new/toilet/", sent(cast.village, capacity="4 蹲位", open_hours="全天", running="true")
    )
    assert answer.status_code == 302, answer.context["form"].errors
    asset = Asset.objects.select_related("unit", "project__unit").get(unit__name="岩脚公厕")
    assert answer["Location"].endswith(f"/u/{asset.unit.code}")
    assert (asset.asset_class, asset.original_value) == ("public_welfare", Decimal("120000.00"))
    assert asset.project.unit.name == "人居环境整治项目"
    assert (
        sum(FundingLine.objects.in_force().filter(unit=asset.unit).values_list("amount", flat=True)) == 120000
    )
    owner = Entry.objects.in_force().select_related("party", "source").get(unit=asset.unit, code="ownership")
    assert (owner.party.kind, owner.source.number) == ("village_collective", "新政确〔2026〕9号")
    own = PublicWorks.objects.get(unit=asset.unit)
    assert (own.capacity, own.open_hours, own.running) == ("4 蹲位", "全天", True)
    assert Act.objects.filter(unit=asset.unit, user__isnull=False).exists()


def test_a_road_is_registered_on_its_route(as_, cast):
    more = {"name": "岩脚路", "route_code": "c009532523", "route_name": "岩脚线", "level": "C",
            "mileage_km": "1.2", "surface": "cement", "technical_class": "fourth_1",
            "purpose": "industry"}  # fmt: skip
    answer = as_("asset_manager").post("/assets/new/road/", sent(cast.village, **more))
    assert answer.status_code == 302, answer.context["form"].errors
    section = RoadSection.objects.select_related("route").get()
    assert (section.route.code, section.purpose, section.mileage_km) == (
        "C009532523",
        "industry",
        Decimal("1.2"),
    )


def test_a_base_is_asked_what_it_grows_at_once(as_, cast):
    answer = as_("asset_manager").post("/assets/new/farm_base/", sent(cast.village, name="猕猴桃基地"))
    unit = Unit.objects.get(name="猕猴桃基地")
    assert answer["Location"] == f"/units/{unit.pk}/own/plantings/"


@pytest.mark.parametrize("subtype", Subtype.values)
def test_every_kind_has_its_form_with_the_fields_of_its_own(as_, subtype):
    page = as_("asset_manager").get(f"/assets/new/{subtype}/")
    assert page.status_code == 200
    names = set(page.context["form"].fields)
    assert {"name", "division", "owner_name"} <= names
    if subtype in NAMED:
        assert NAMED[subtype] in names
    household = subtype in SUBTYPES_OF_CLASS["household"]
    assert ("real_estate_code" in names) is not household
    kinds = {kind for kind, _label in page.context["form"].fields["owner_kind"].choices}
    assert ("village_collective" in kinds) is not household


def test_the_page_of_kinds_leads_to_every_form(as_):
    text = as_("asset_manager").get("/assets/new/").content.decode()
    assert all(f"/assets/new/{subtype}/" in text for subtype in Subtype.values)
    assert 'href="/assets/new/"' in as_("asset_manager").get("/assets/").content.decode()
    assert 'href="/assets/new/"' not in as_("auditor").get("/assets/").content.decode()


def test_what_does_not_add_up_is_said_at_its_field(as_, cast):
    form = (
        as_("asset_manager")
        .post("/assets/new/toilet/", sent(cast.village, funding_county="19999"))
        .context["form"]
    )
    assert "REG-04" in str(form.errors["original_value"])
    form = (
        as_("asset_manager").post("/assets/new/toilet/", sent(cast.village, paper_number="")).context["form"]
    )
    assert "paper_number" in form.errors
    assert not Asset.objects.exists()


def test_a_twin_is_refused_at_its_name_and_nothing_is_half_written(cast):
    by = cast.users["asset_manager"]
    new = NewAsset(name="岩脚公厕", division=cast.village, subtype="toilet")
    register_asset(new=new, by=by)
    with pytest.raises(BadInput, match="REG-09"):
        register_asset(new=new, by=by)
    elsewhere = NewAsset(name="岩脚公厕", division=cast.far, subtype="toilet")
    with pytest.raises(NotAllowed):
        register_asset(new=elsewhere, by=by)
    wrong = NewAsset(
        name="二", division=cast.village, subtype="toilet", kind=BY_KEY["public_works"],
        own={"length_km": Decimal(-1)},
    )  # fmt: skip
    with pytest.raises(BadInput):
        register_asset(new=wrong, by=by)
    assert Asset.objects.count() == 1


def test_every_sub_type_belongs_to_one_class_and_its_kinds_are_known():
    for subtype in Subtype.values:
        assert sum(subtype in subtypes for subtypes in SUBTYPES_OF_CLASS.values()) == 1
        assert len([kind for kind in own_kinds(subtype) if not kind.series]) <= 1


def test_water_works_and_works_of_sites_say_whom_they_serve():
    works = water(actual_people=320)
    place = site()
    people = figures(place).people
    station = make.asset("污水处理站", subtype="site_works")
    record(BY_KEY["site_works"], [OwnLine(unit=place.unit, values={
        "kind": "waste", "name": "污水处理站", "asset": station.unit})], by=None)  # fmt: skip
    assert SiteWork.objects.count() == 1
    day = max(clock.today(), dt.date(2026, 6, 1))
    served = costs.served([works.unit_id, station.unit_id, place.unit_id], day)
    assert served == {works.unit_id: 320, station.unit_id: people}


def corrected(asset, **more):
    return {"name": asset.unit.name, "original_value": "240000", "quantity": "3.2", "measure": "公里",
            "completed_on": "2021-11-30", "reason": "竣工决算核对", **more}  # fmt: skip


def test_the_ledger_of_one_asset_is_corrected_with_a_reason_and_the_book_keeps_what_stood_there(as_, road):
    page = f"/units/{road.unit_id}/facts/"
    answer = as_("asset_manager").post(
        page, corrected(road, original_value="250000", funding_central="250000", spec="宽4.5米")
    )
    assert answer.status_code == 302, answer.context["form"].errors
    road.refresh_from_db()
    assert (road.original_value, road.spec) == (Decimal("250000.00"), "宽4.5米")
    assert [line.amount for line in FundingLine.objects.in_force().filter(unit=road.unit)] == [
        Decimal("250000.00")
    ]
    act = Act.objects.filter(unit=road.unit, verb="unit_changed").latest("id")
    assert act.reason == "竣工决算核对"
    assert Decimal(act.after["original_value"]) == Decimal("250000.00")
    assert act.before["funding"] != act.after["funding"]


def test_what_stays_leaves_no_trace_and_no_reason_no_change(as_, road, cast):
    client, page = as_("asset_manager"), f"/units/{road.unit_id}/facts/"
    form = client.get(page).context["form"]
    same = {name: field.initial if field.initial is not None else "" for name, field in form.fields.items()}
    count = Act.objects.count()
    assert client.post(page, {**same, "reason": "核对无误"}).status_code == 302
    assert Act.objects.count() == count
    assert "reason" in client.post(page, {**same, "reason": ""}).context["form"].errors
    assert f"/units/{road.unit_id}/facts/" in client.get(f"/u/{road.unit.code}").content.decode()
    assert as_("clerk").post(page, same).status_code == 403
