"""ROD-01 to ROD-07: who is connected, what a road measures, who answers for it, what stands beside it."""

import datetime as dt
from decimal import Decimal

import pytest
from django.contrib.gis.geos import Point

from assets.models import UpkeepTerms, ZonePermit
from registry.codes import Reading
from registry.models import Division
from registry.queries.findings import sentence
from registry.rules import Scope
from tests import factories as make

from .networks import centre, east, hamlet, line, read, section

pytestmark = pytest.mark.django_db


@pytest.fixture
def village():
    """A village whose township seat lies at the beginning of the line."""
    made = make.village(name="岩峰村委会")
    centre(made.parent)
    return made


# --- ROD-01, ROD-02


@pytest.mark.parametrize(("households", "found"), [(50, True), (49, False)])
def test_ROD01_fifty_households_need_a_hardened_road_and_forty_nine_do_not(village, households, found):
    section(of=village, surface="gravel")
    hamlet("大寨", households, village)
    assert (list(read("ROD-01")[1]) == ["大寨"]) is found


def test_ROD01_is_obeyed_by_a_hardened_road_to_the_seat_over_a_road_that_is_none(village):
    section(of=village, surface="earth", geom=line(0, 500))
    section("二段", of=village, geom=line(500, 1000), start_stake="1.000", end_stake="1.500")
    hamlet("大寨", 60, village, metres=1100)
    tally, found = read("ROD-01")
    assert (tally["checked"], found) == (1, {})


def test_ROD01_a_hardened_road_that_is_cut_off_is_named(village):
    section(of=village, geom=line(0, 500))
    section("断头路", of=village, geom=line(600, 1000))
    hamlet("大寨", 60, village)
    finding = read("ROD-01")[1]["大寨"]
    assert finding.details["variant"] == "cut_off"
    assert "断头路" in sentence(finding)
    assert finding.division.name == "大寨"


def test_ROD01_without_a_place_or_a_seat_nothing_is_known(village):
    section(of=village)
    hamlet("大寨", 60, village, metres=None)
    other = make.village(make.township(name="湾塘乡", code="532523206"), "阿碑村委会")
    hamlet("小寨", 60, other)
    hamlet("新寨", None, village)
    found = read("ROD-01")[1]
    assert {name: finding.reading for name, finding in found.items()} == {
        "大寨": Reading.NO_DATA, "湾塘乡": Reading.NO_DATA,
    }  # fmt: skip


def test_ROD01_the_outline_stands_in_for_a_centre(village):
    section(of=village)
    made = hamlet("大寨", 60, village, metres=None)
    make.boundary(made, make.square(*east(900), 200))
    assert read("ROD-01")[1] == {}


def test_ROD01_is_read_for_one_village_with_the_whole_network(village, django_assert_max_num_queries):
    section(of=village, geom=line(0, 500))
    section("邻村路", of=make.village(name="河南村委会"), geom=line(500, 1000))
    here = [hamlet(f"寨{n}", 60, village) for n in range(6)]
    hamlet("别处", 60, make.village(name="河边村委会"), metres=9000)
    with django_assert_max_num_queries(22):
        tally, found = read("ROD-01", scope=Scope(divisions=(here[0].pk,)))
    assert (tally["checked"], found) == (1, {})


@pytest.mark.parametrize(("households", "found"), [(30, True), (29, False)])
def test_ROD02_thirty_households_need_an_upgraded_road(village, households, found):
    section(of=village, technical_class="outside", width_m="4.49")
    hamlet("大寨", households, village)
    assert (list(read("ROD-02")[1]) == ["大寨"]) is found


@pytest.mark.parametrize("good", [{"technical_class": "fourth_1", "width_m": "3.50"},
                                  {"technical_class": "outside", "width_m": "4.50"}])  # fmt: skip
def test_ROD02_class_or_width_upgrade_a_hardened_road(village, good):
    section(of=village, **good)
    hamlet("大寨", 30, village)
    assert read("ROD-02")[1] == {}


def test_ROD02_a_wide_road_of_gravel_is_not_upgraded(village):
    section(of=village, surface="gravel", width_m="6.00")
    hamlet("大寨", 30, village)
    assert read("ROD-02")[1]["大寨"].details["variant"] == "no_road"


# --- ROD-03


def test_ROD03_mileage_beyond_five_per_cent_of_the_line_is_found():
    section("长路", mileage_km="1.060")
    finding = read("ROD-03")[1]["长路"]
    assert finding.details["mileage"] == "1.060"
    assert "1.060" in sentence(finding)


def test_ROD03_mileage_within_five_per_cent_is_in_order():
    made = section(mileage_km="1.040")
    assert read("ROD-03")[1] == {}
    length = Decimal(str(round(made.unit.shapes.get().length_m / 1000, 3)))
    made.mileage_km = (length * Decimal("1.05")).quantize(Decimal("0.001"), rounding="ROUND_DOWN")
    made.save()
    assert read("ROD-03")[1] == {}
    made.mileage_km += Decimal("0.001")
    made.save()
    assert list(read("ROD-03")[1]) == ["岩峰路一段"]


def test_ROD03_a_gap_between_stakes_is_found_at_the_section_behind_it():
    place = make.village()
    section(of=place)
    section("二段", of=place, start_stake="1.200", end_stake="2.200")
    found = read("ROD-03")[1]
    assert list(found) == ["二段"]
    assert (found["二段"].details["variant"], found["二段"].details["before"]) == ("stakes", "1.000")


def test_ROD03_ten_metres_between_stakes_are_allowed_and_eleven_are_not():
    place = make.village()
    section(of=place)
    second = section("二段", of=place, start_stake="1.010", end_stake="2.010")
    assert read("ROD-03")[1] == {}
    second.start_stake = Decimal("1.011")
    second.save()
    assert list(read("ROD-03")[1]) == ["二段"]


def test_ROD03_without_a_line_nothing_is_compared():
    section(geom=False)
    assert read("ROD-03")[1]["岩峰路一段"].reading == Reading.NO_DATA


# --- ROD-04


def test_ROD04_a_road_without_chiefs_is_found_with_what_is_missing():
    made = section(chiefs=False)
    assert read("ROD-04")[1]["岩峰路一段"].details["variant"] == "both"
    village = made.unit.division
    body = make.party("岩峰村委会", "village_committee", village)
    make.entry(made.unit, "road_chief", body, agent=make.person(of=village))
    assert read("ROD-04")[1]["岩峰路一段"].details["variant"] == "township"


def test_ROD04_is_obeyed_by_chiefs_of_village_and_township():
    section()
    assert read("ROD-04")[1] == {}


def test_ROD04_a_body_without_a_named_chief_is_none():
    made = section(chiefs=False)
    for place in (made.unit.division, made.unit.division.parent):
        make.entry(made.unit, "road_chief", make.party(of=place, kind="government"))
    assert read("ROD-04")[1]["岩峰路一段"].details["variant"] == "both"


# --- ROD-05


def budget(of, amount):
    duty = make.entry(of.unit, "upkeep")
    UpkeepTerms.objects.create(entry=duty, annual_budget=Decimal(amount), budget_source="县级财政")


@pytest.mark.parametrize(("amount", "found"), [("2999.99", True), ("3000.00", False)])
def test_ROD05_a_village_kilometre_needs_three_thousand_yuan(amount, found):
    budget(section(), amount)
    assert bool(read("ROD-05")[1]) is found


def test_ROD05_is_a_total_of_the_county_with_each_townships_part():
    place = make.village()
    budget(section(of=place), "0")
    budget(section("乡道", of=place, code="Y001532523", level="Y", mileage_km="2.000", end_stake="2.000",
                   geom=line(0, 2000)), "12000.00")  # fmt: skip
    tally, found = read("ROD-05")
    finding = found["屏边苗族自治县"]
    assert (tally["checked"], finding.details["floor"], finding.details["missing"]) == (
        1,
        "13000.00",
        "1000.00",
    )
    assert finding.details["townships"]["新华乡"]["km"] == "3.000"


def test_ROD05_a_section_without_mileage_leaves_it_open():
    budget(section(mileage_km=None), "9999")
    assert read("ROD-05")[1]["屏边苗族自治县"].reading == Reading.NO_DATA


# --- ROD-06: the middle of the road is 2.25 m from its edge, the zone of a village road 3 m wide


def building(north, **fields):
    asset = make.asset(
        "新建厂房", subtype="processing", completed_on=fields.pop("completed_on", dt.date(2020, 1, 1))
    )
    make.shape(asset, Point(*east(500, north), srid=4490), **fields)
    return asset


def test_ROD06_a_new_building_in_the_zone_is_found_with_the_road():
    section()
    building(4)
    finding = read("ROD-06")[1]["新建厂房"]
    assert (finding.details["road"], finding.reading) == ("岩峰路一段", Reading.FOUND)


@pytest.mark.parametrize(("north", "found"), [(5.20, True), (5.30, False)])
def test_ROD06_the_zone_begins_at_the_edge_of_the_roadbed(north, found):
    section()
    building(north)
    assert bool(read("ROD-06")[1]) is found


def test_ROD06_what_stood_before_the_road_and_what_has_a_paper_is_exempt():
    section()
    building(4, completed_on=dt.date(2017, 12, 31))
    asset = building(4)
    ZonePermit.objects.create(unit=asset.unit, reason="pipe", source=make.source(asset.unit.division))
    tally, found = read("ROD-06")
    assert (tally["checked"], found) == (1, {})


def test_ROD06_a_place_that_is_only_indicated_decides_nothing():
    section()
    building(4, method="gps")
    assert read("ROD-06")[1]["新建厂房"].reading == Reading.NO_DATA


# --- ROD-07


@pytest.mark.parametrize(("code", "level"), [("C001532523", "C"), ("Y001532523", "Y"), ("X0A1", "X")])
def test_ROD07_codes_of_the_standard_pass(code, level):
    section(code=code, level=level)
    assert read("ROD-07")[1] == {}


@pytest.mark.parametrize(("code", "variant"), [("C01532523", "pattern"), ("G001532523", "pattern"),
                                               ("C001", "letter"), ("C0015325231", "pattern")])  # fmt: skip
def test_ROD07_a_wrong_code_is_found_at_every_section(code, variant):
    section(code=code, level="Y")
    assert read("ROD-07")[1]["岩峰路一段"].details["variant"] == variant


def test_ROD07_the_county_may_be_left_out_of_a_code():
    section(code="C001", level="C")
    assert read("ROD-07")[1] == {}


def test_places_without_roads_are_not_asked_for_money():
    assert Division.objects.count() == 0
    make.county()
    assert read("ROD-05")[1] == {}
