"""Rules on the use of protected and roadside farmland by id: P07, P13."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from land.area import official_area
from registry import geo
from registry.rules import Context, Scope, get, parameters
from tests.land.layers import at, gpkg, parcel_columns, take, zone_columns

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 1)


def survey(tmp_path, township, year, shapes, codes):
    document, status = take(
        gpkg(tmp_path / f"{year}.gpkg", shapes, parcel_columns(codes, SJNF=[year] * len(codes))),
        "parcels",
        year=year,
        of=township,
    )
    assert status == 0, document


def protect(tmp_path, township, shapes, **columns):
    document, status = take(
        gpkg(tmp_path / "zones.gpkg", shapes, zone_columns(len(shapes), **columns)),
        "basic_farmland",
        year=2024,
        of=township,
    )
    assert status == 0, document


def read(rule_id, scope=None):
    rule = get(rule_id)
    return rule.read(Context(TODAY, scope or Scope(), parameters.resolver(rule.parameters, TODAY)))


def test_P07_basic_farmland_that_became_an_orchard(township, tmp_path):
    field, orchard, forest = at(0, 0, 100, 100), at(100, 0, 100, 100), at(300, 0, 50, 50)
    survey(tmp_path, township, 2024, [field, orchard, forest], ["0101", "0201", "0301"])
    protect(tmp_path, township, [at(0, 0, 150, 100)])
    outcome = read("P07")
    (row,) = outcome.rows
    half = official_area(at(100, 0, 50, 100))
    assert row.details["area"] == str(half)
    assert row.details["mu"] == str(geo.mu(half))
    assert row.details["land_class"] == "0201"
    assert row.subject_type == "division"
    nowhere = read("P07", Scope(paths=("/0/",)))
    assert nowhere.rows == []


def test_P07_contact_and_drawing_noise_raise_nothing_and_ended_protection_neither(township, tmp_path):
    survey(tmp_path, township, 2024, [at(0, 0, 100, 100), at(100, 0, 100, 100)], ["0101", "1202"])
    protect(
        tmp_path,
        township,
        [at(0, 0, 100.1, 100), at(150, 0, 20, 20)],
        BHKSSJ=["2020-01-01", "2020-01-01"],
        BHJSSJ=["2030-01-01", "2025-01-01"],
    )
    assert read("P07").rows == []


def test_P07_without_a_layer_nothing_is_read(township, tmp_path):
    survey(tmp_path, township, 2024, [at(0, 0, 100, 100)], ["0201"])
    assert read("P07").checked == 0


def test_P13_a_belt_beyond_five_metres_of_a_highway(township, tmp_path):
    road, field, belt = at(0, 0, 20, 200), at(32, 0, 100, 200), at(20, 0, 12, 200)
    survey(tmp_path, township, 2023, [road, at(20, 0, 112, 200)], ["1003", "0103"])
    survey(tmp_path, township, 2024, [road, field, belt], ["1003", "0103", "0301"])
    (row,) = read("P13").rows
    assert Decimal(row.details["area"]) == pytest.approx(official_area(at(25, 0, 7, 200)), abs=Decimal("0.5"))
    assert row.details["wide"] == "5.0"


def test_P13_a_belt_within_the_width_and_a_wood_far_from_roads_are_none(township, tmp_path):
    road, belt, wood = at(0, 0, 20, 200), at(20, 0, 2.9, 200), at(200, 0, 40, 40)
    survey(tmp_path, township, 2023, [road, at(20, 0, 112, 200), wood], ["1006", "0103", "0103"])
    survey(
        tmp_path,
        township,
        2024,
        [road, belt, at(22.9, 0, 109.1, 200), wood],
        ["1006", "0301", "0103", "0301"],
    )
    assert read("P13").rows == []
