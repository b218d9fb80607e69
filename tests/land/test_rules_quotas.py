"""The rules on quotas, approvals and balances by id: found, in order, and where a number lies on the edge."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import translation

from land.models import SupplementCap
from land.queries.compensation import counties_of, debtor_of
from registry.codes import Reading
from registry.models import Finding, Parameter
from registry.queries.findings import sentence
from registry.rules import Scope, get
from registry.rules.engine import evaluate
from tests import factories as make
from tests.land.layers import at, gpkg, parcel_columns, take, zone_columns

from . import holdings as land
from .holdings import day

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 6, 30)
HECTARE = Decimal(10000)


def read(rule, on=TODAY, **more):
    tally = evaluate(as_of=on, rule_ids=[rule], **more)[rule]
    return tally, list(Finding.objects.open().filter(rule=rule).order_by("subject_key"))


def variants(rule, on=TODAY):
    found = read(rule, on)[1]
    assert all(sentence(finding) != str(get(rule).title) for finding in found)  # every message can be said
    return [finding.details.get("variant", "") for finding in found]


def unguarded(table):
    """Raw SQL of somebody who switched the guards off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")


@pytest.fixture
def county(db):
    return make.county()


# --- Q01, Q02


def test_Q01_finds_what_raw_sql_left_below_zero_and_what_was_diverted(county):
    account, special = land.account(county), land.account(county, "poverty_special")
    land.entry(special, "allocated", "5000")
    unguarded("land_quotaentry")
    land.entry(account, "returned", "10", "2025-03-01")
    land.entry(special, "charged", "1000", "2025-03-01", approval=land.approval(county, tag="other"))
    tally, found = read("Q01")
    assert (tally["checked"], len(found)) == (2, 2)
    below, cross = found
    assert (below.since, below.details["balance"]) == (day("2025-03-01"), "-10.00")
    assert (cross.details["variant"], cross.severity) == ("cross", "E")
    assert variants("Q01") == ["", "cross"]


def test_Q01_in_order(county):
    special = land.account(county, "poverty_special")
    land.entry(special, "allocated", "5000")
    land.entry(special, "charged", "1000", "2025-03-01", approval=land.approval(county))
    assert read("Q01")[0]["open"] == 0


def test_Q01_boundary_six_hundred_mu_of_a_county_and_its_places_together(county):
    below = land.account(make.township(county), "poverty_special")
    land.entry(land.account(county, "poverty_special"), "allocated", "200000")
    land.entry(below, "allocated", "200000")
    assert variants("Q01") == []
    extra = land.entry(below, "allocated", "0.01")
    tally, (found,) = read("Q01")
    assert (found.division, found.details["year"], found.details["limit"]) == (county, 2025, "600.00")
    type(extra).objects.filter(pk=extra.pk).update(annulled=make.act(make.unit(of=make.village())))
    assert variants("Q01") == []


def test_Q01_is_read_again_for_the_place_and_the_county_alone(county):
    town = make.township(county)
    account = land.account(town)
    unguarded("land_quotaentry")
    land.entry(account, "returned", "10")
    tally = evaluate(as_of=TODAY, rule_ids=["Q01"], scope=Scope(divisions=(town.pk, county.pk)))["Q01"]
    assert tally["open"] == 1
    assert evaluate(as_of=TODAY, rule_ids=["Q01"], scope=Scope(divisions=(county.pk,)))["Q01"]["closed"] == 0


def test_Q02_an_approval_that_no_account_bears_or_that_more_bear_than_there_is(county):
    account = land.account(county)
    land.entry(account, "allocated", "5000")
    one = land.approval(county)
    assert variants("Q02") == ["short"]
    land.entry(account, "charged", "1000", "2025-03-01", approval=one)
    assert variants("Q02") == []
    unguarded("land_quotaentry")
    land.entry(account, "charged", "0.01", "2025-03-01", approval=one)
    assert variants("Q02") == ["twice"]


def test_Q02_expropriation_alone_and_what_a_linkage_project_bears_need_no_account(county):
    land.approval(county, kind="expropriation")
    land.approval(county, linkage=land.linkage(county), linkage_m2=Decimal("1000.00"))
    assert read("Q02")[0] == {"checked": 2, "open": 0, "new": 0, "closed": 0, "no_data": 0}


def test_Q02_the_new_building_of_a_linkage_project_is_taken_once(county):
    project = land.linkage(county, new_build_m2=Decimal(1000))
    land.approval(county, linkage=project, linkage_m2=Decimal("1000.00"))
    assert variants("Q02") == []
    land.approval(county, farmland_m2=Decimal("0.01"), linkage=project, linkage_m2=Decimal("0.01"))
    assert variants("Q02") == ["linkage"]


# --- P06, P10, P12


def test_P06_basic_farmland_approved_below_the_state_council(county):
    land.approval(county, pbf_m2=Decimal("0.01"))
    land.approval(county, pbf_m2=Decimal("0.01"), level="state_council", approval_no="国函〔2025〕1号")
    land.approval(county)
    tally, (found,) = read("P06")
    assert tally["checked"] == 3
    with translation.override("en"):
        assert "articles 35 and 46" in sentence(found)


def test_P10_the_privilege_ended_on_its_last_day(county):
    basis = {"level": "state_council", "pbf_m2": Decimal(10), "basis": "poverty"}
    land.approval(county, basis_on=day("2024-01-02"), **basis)
    assert variants("P10") == []
    land.approval(county, basis_on=day("2024-01-03"), **basis)
    land.approval(county, basis_on=None, **basis)
    land.approval(county, basis_on=day("2024-01-03"), **basis | {"basis": "national"})
    assert len(read("P10")[1]) == 2


def test_P10_a_renewal_that_the_county_entered_counts(county):
    Parameter.objects.create(
        key="pbf_pre_review_until", value="2026-12-31", division=county, valid=make.period("2024-01-01"),
        source="续期文件",
    )  # fmt: skip
    land.approval(county, level="state_council", basis="poverty", basis_on=day("2024-06-01"))
    assert variants("P10") == []


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"pbf_m2": Decimal("0.01")}, ["pbf"]),
        ({"farmland_m2": 35 * HECTARE}, []),
        ({"farmland_m2": 35 * HECTARE + Decimal("0.01")}, ["farmland"]),
        ({"farmland_m2": Decimal(0), "other_agri_m2": 70 * HECTARE}, []),
        ({"farmland_m2": Decimal(0), "other_agri_m2": 70 * HECTARE, "unused_m2": Decimal("0.01")}, ["other"]),
        ({"farmland_m2": Decimal(0), "construction_m2": 71 * HECTARE}, ["other"]),
        ({"farmland_m2": 36 * HECTARE, "level": "state_council"}, []),
        ({"farmland_m2": 36 * HECTARE, "kind": "conversion"}, []),
    ],
)
def test_P12_what_the_state_council_approves(county, fields, found):
    land.approval(county, **{"kind": "both", **fields})
    assert variants("P12") == found


# --- B01 to B04, C07


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, []),
        ({"m2": "999.99"}, [""]),
        ({"paddy_m2": Decimal("99.99")}, ["paddy"]),
        ({"grade": Decimal("9.01")}, ["grade"]),
        ({"grade": Decimal("8")}, []),
    ],
)
def test_B01_quantity_paddy_and_grade_are_each_at_least_what_was_occupied(county, given, found):
    values = {"m2": "1000", "paddy_m2": Decimal(100), "grade": Decimal(9)} | given
    occupied = land.occupation(county, paddy_m2=Decimal(100))
    accepted = land.supplement(county, paddy_m2=Decimal(500), grade=values["grade"])
    land.use(accepted, occupied, values["m2"], paddy_m2=values["paddy_m2"])
    assert variants("B01") == found


def test_B01_grades_are_weighted_by_area_and_one_that_is_missing_is_no_data(county):
    occupied = land.occupation(county)
    good, bad = land.supplement(county, grade=Decimal(8)), land.supplement(county, grade=Decimal(11))
    land.use(good, occupied, "600")
    last = land.use(bad, occupied, "400")  # 0.6 × 8 + 0.4 × 11 = 9.2
    (found,) = read("B01")[1]
    assert (found.details["grade"], found.details["wanted"]) == ("9.20", "9.00")
    type(last).objects.filter(pk=last.pk).update(annulled=make.act(make.unit(of=make.village())))
    land.use(land.supplement(county, grade=None), occupied, "400")
    assert [finding.reading for finding in read("B01")[1]] == [Reading.NO_DATA]


def test_B01_a_supplement_reaches_the_mean_of_last_years_occupation_from_september_2025_on(county):
    occupied = land.occupation(county, occupied_on="2024-03-01", grade=Decimal(7))
    land.use(land.supplement(county, accepted_on="2024-01-01", grade=Decimal(6)), occupied)
    land.supplement(county, accepted_on="2025-08-31", grade=Decimal(8))
    assert variants("B01") == []
    land.supplement(county, accepted_on="2025-09-01", grade=Decimal("7.01"), name="差")
    land.supplement(county, accepted_on="2025-09-01", grade=Decimal(7))
    (found,) = read("B01")[1]
    assert (found.details["variant"], found.details["name"]) == ("mean", "差")


def test_B01_more_was_occupied_in_a_year_than_its_cap_allows(county):
    place = make.township(county)
    land.use(land.supplement(county), land.occupation(place))
    SupplementCap.objects.create(
        division=county, year=2025, cap_m2=Decimal("1000.00"), source=make.source(county)
    )
    assert variants("B01") == []
    land.use(land.supplement(county), land.occupation(place, area_m2=Decimal("0.01")), "0.01")
    assert variants("B01") == ["cap"]


@pytest.mark.parametrize(("slope", "found"), [("25", []), ("25.1", [""])])
def test_B02_twenty_five_degrees_are_allowed_and_no_more(county, slope, found, township, tmp_path):
    path = gpkg(tmp_path / "ec.gpkg", [at(0, 0, 900, 900)], zone_columns(1))
    assert take(path, "ecological_red_line", of=township)[0]["state"] == "applied"
    inside = make.boundary(township, land.ground(at(-100, -100, 5000, 5000)))
    assert inside
    land.supplement(township, slope_deg=Decimal(slope), geom=land.ground(at(1000, 0, 100, 100)))
    rows = [f for f in read("B02")[1] if f.reading == Reading.FOUND]
    assert [f.details.get("variant", "") for f in rows] == found


def test_B02_ground_in_the_ecological_red_line_and_ground_without_an_outline(township, tmp_path):
    path = gpkg(tmp_path / "ec.gpkg", [at(0, 0, 500, 500)], zone_columns(1))
    assert take(path, "ecological_red_line", of=township)[0]["state"] == "applied"
    land.supplement(township, name="红线", geom=land.ground(at(450, 0, 100, 100)))
    land.supplement(township, name="碎屑", geom=land.ground(at(499.9, 200, 100, 100)))
    land.supplement(township, name="无图")
    found = {finding.details["name"]: finding for finding in read("B02")[1]}
    assert found["红线"].details["variant"] == "red_line"
    assert abs(Decimal(found["红线"].details["area"]) - 5000) < 5
    assert found["无图"].reading == Reading.NO_DATA
    assert "碎屑" not in found or found["碎屑"].reading == Reading.NO_DATA


def test_B03_the_debtor_goes_by_what_the_farmland_was_occupied_for(county):
    town = make.township(county)
    kinds = ("construction", "trees", "orchard", "farm_works", "housing")
    rows = {kind: land.occupation(town, kind=kind) for kind in kinds}
    owner = counties_of([town.path])[town.path]
    debtors = {kind: debtor_of(row, owner) for kind, row in rows.items()}
    assert debtors.pop("construction") == "屏边县交投公司"
    assert set(debtors.values()) == {"屏边苗族自治县"}
    assert read("B03")[0]["open"] == 0
    land.occupation(town, occupier="", name="无主")
    land.occupation(town, occupier="", kind="housing")
    assert [finding.details["name"] for finding in read("B03")[1]] == ["无主"]


def test_B04_ground_that_is_no_farmland_in_a_later_survey_is_owed_again(township, tmp_path):
    shapes = [at(0, 0, 80, 100), at(80, 0, 20, 100)]
    path = gpkg(tmp_path / "a.gpkg", shapes, parcel_columns(["0103", "0301"]))
    assert take(path, "parcels", of=township)[0]["state"] == "applied"
    lost = land.supplement(
        township, accepted_on="2023-06-01", accepted_m2=Decimal(1000), geom=land.ground(at(0, 0, 100, 100))
    )
    land.use(lost, land.occupation(township, area_m2=Decimal(900)), "900")
    (found,) = read("B04")[1]
    assert Decimal(found.details["lost"]) == pytest.approx(Decimal(200), abs=1)
    assert Decimal(found.details["owed"]) == pytest.approx(Decimal(100), abs=1)


def test_B04_the_survey_of_the_year_of_acceptance_says_nothing_yet(township, tmp_path):
    path = gpkg(tmp_path / "a.gpkg", [at(0, 0, 100, 100)], parcel_columns(["0301"]))
    assert take(path, "parcels", of=township)[0]["state"] == "applied"
    land.supplement(township, accepted_on="2024-06-01", geom=land.ground(at(0, 0, 100, 100)))
    assert read("B04")[0]["open"] == 0


def test_C07_an_exemption_counts_with_its_document_and_takes_nothing_from_what_was_occupied(county):
    exempt = {"exemption": "disaster", "exempt_m2": Decimal(400)}
    bare = land.occupation(county, name="无据", **exempt)
    papered = land.occupation(county, name="有据", exemption_source=make.source(county), **exempt)
    assert [finding.details["name"] for finding in read("C07")[1]] == ["无据"]
    assert (bare.owed_m2, papered.owed_m2, papered.area_m2) == (1000, 600, 1000)
    found = {finding.details["name"]: finding.details["area"] for finding in read("B01")[1]}
    assert found == {"无据": "1000.00", "有据": "600.00"}


# --- G01


def test_G01_quota_on_loan_is_given_back_by_its_last_day(county):
    project = land.linkage(county)
    land.surplus(project, "accepted", "2999.99", "2025-05-01")
    assert variants("G01", day("2025-05-01")) == []
    (found,) = read("G01", day("2025-05-02"))[1]
    assert (found.since, found.details["area"]) == (day("2025-05-02"), "0.01")
    land.surplus(project, "accepted", "0.01", "2025-05-03")
    assert variants("G01") == []


def test_G01_the_term_is_three_years(county):
    land.linkage(county, due_on="2025-05-02", new_build_m2=Decimal(0))
    assert variants("G01") == ["term"]


def test_G01_what_raw_sql_sold_beyond_the_surplus(county):
    project = land.linkage(county, new_build_m2=Decimal(1000))
    land.surplus(project, "accepted", "1500", "2023-01-01")
    land.surplus(project, "sold", "500", "2023-01-01")
    assert variants("G01") == []
    unguarded("land_surplusquota")
    land.surplus(project, "sold", "0.01", "2024-01-01")
    (found,) = read("G01")[1]
    assert (found.details["variant"], found.details["area"]) == ("oversold", "0.01")


def test_G01_what_is_demolished_was_construction_land_in_the_survey_of_the_base_year(township, tmp_path):
    shapes = [at(0, 0, 100, 100), at(100, 0, 100, 100)]
    path = gpkg(tmp_path / "a.gpkg", shapes, parcel_columns(["0702", "0103"]))
    assert take(path, "parcels", of=township, year=2024)[0]["state"] == "applied"
    project = land.linkage(township, base_year=2024, approved_on="2025-01-01", due_on="2028-01-01")
    land.plot(project, at(0, 0, 50, 50), name="宅基地")
    land.plot(project, at(90, 60, 20, 20), name="旱地")
    land.plot(project, at(300, 0, 20, 20), name="图外")
    land.plot(project, at(120, 0, 20, 20), role="new_build", name="建新")
    found = {finding.details["name"]: finding for finding in read("G01")[1]}
    assert sorted(found) == ["图外", "旱地"]
    assert abs(Decimal(found["旱地"].details["area"]) - 200) < 1
    assert found["图外"].reading == Reading.NO_DATA


# --- P09


@pytest.fixture
def protected(township, tmp_path):
    """Basic farmland of 2024 on 500 m, and an outline of the township around it."""
    make.boundary(township, land.ground(at(-1000, -1000, 5000, 5000)))
    path = gpkg(tmp_path / "bf.gpkg", [at(0, 0, 500, 500)], zone_columns(1))
    assert take(path, "basic_farmland", of=township)[0]["state"] == "applied"
    return township


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({}, []),
        ({"area_m2": Decimal("999.99")}, [""]),
        ({"grade": Decimal("9.01")}, ["grade"]),
        ({"slope_deg": Decimal(25)}, []),
        ({"slope_deg": Decimal("25.1")}, ["slope"]),
        ({"geom": land.ground(at(480, 0, 40, 40))}, ["existing"]),
    ],
)
def test_P09_designated_ground_replaces_what_was_occupied(protected, fields, found):
    land.designation(protected, **{"geom": land.ground(at(600, 0, 50, 50)), **fields})
    assert variants("P09") == found


def test_P09_without_an_outline_or_a_layer_of_before_it_cannot_be_told(protected):
    land.designation(protected, name="无图")
    land.designation(protected, name="早", designated_on="2023-01-01", geom=land.ground(at(700, 0, 50, 50)))
    assert {f.details["name"]: f.reading for f in read("P09")[1]} == {"无图": "no_data", "早": "no_data"}
