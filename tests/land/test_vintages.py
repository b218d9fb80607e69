"""Vintages come and go: as the role that serves, which owns no table; and who may load them."""

import pytest
from django.db import DatabaseError, connection, transaction

from land.models import Parcel, Vintage, Zone
from registry import importers
from registry.codes import Role
from registry.errors import NotAllowed
from registry.models import ImportBatch
from registry.services.files import store_path
from registry.services.imports import apply_batch, create_batch, reverse_batch, stage_batch
from tests import factories
from tests.land.layers import at, gpkg, parcel_columns, take, zone_columns

pytestmark = pytest.mark.django_db


@pytest.fixture
def serving_role(db):
    """The rest of the test runs as the role that serves: no superuser, not the owner."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE registry_app")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def parcels(tmp_path, **more):
    return gpkg(tmp_path / "p.gpkg", [at(0, 0, 50, 50), at(50, 0, 50, 50)], parcel_columns(["0101", "0702"]))


def test_the_serving_role_loads_and_drops_a_vintage_without_owning_a_table(township, tmp_path, serving_role):
    document, _status = take(parcels(tmp_path), "parcels", of=township)
    assert document["state"] == "applied"
    assert Parcel.objects.count() == 2
    reverse_batch(ImportBatch.objects.get(pk=document["batch"]), by=None)
    assert Parcel.objects.count() == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_inherits WHERE inhparent = 'land_parcel'::regclass")
        assert cursor.fetchone() == (0,)


def test_a_vintage_in_force_cannot_be_dropped_behind_the_registers_back(township, tmp_path, serving_role):
    take(parcels(tmp_path), "parcels", of=township)
    vintage = Vintage.objects.get()
    with pytest.raises(DatabaseError, match="in force"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT land_drop_partition(%s)", [vintage.pk])
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE land_parcel_{vintage.pk}")
    assert Parcel.objects.count() == 2


def test_a_partition_is_made_for_a_known_vintage_only(db, serving_role):
    with (
        pytest.raises(DatabaseError, match="no vintage"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT land_create_partition(999999)")


def test_a_partition_has_the_indexes_of_its_parent(township, tmp_path):
    take(parcels(tmp_path), "parcels", of=township)
    with connection.cursor() as cursor:
        name = f"land_parcel_{Vintage.objects.get().pk}"
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = %s", [name])
        found = " ".join(row[0] for row in cursor.fetchall())
    assert found.count("gist") == 2
    assert "bsm" in found


def test_rows_of_different_vintages_never_share_an_id(township, tmp_path):
    take(parcels(tmp_path), "parcels", of=township)
    take(parcels(tmp_path), "parcels", year=2025, of=township)
    keys = list(Parcel.objects.values_list("id", flat=True))
    assert len(keys) == len(set(keys)) == 4


def test_derived_planes_need_no_row_in_the_table_of_systems(township, tmp_path):
    take(gpkg(tmp_path / "z.gpkg", [at(0, 0, 50, 50)], zone_columns(1)), "basic_farmland", of=township)
    row = Zone.objects.get()
    assert (row.work.srid or 0, row.merc.srid, row.geom.srid) == (0, 3857, 4490)
    assert abs(row.work.area - 2500) < 1e-3


def test_only_the_land_officer_of_the_place_loads_a_layer(township, tmp_path):
    other = factories.township(township.parent, "湾塘乡", "532523206")
    file = store_path(parcels(tmp_path))
    options = {"year": 2024}
    for role, place in ((Role.FINANCE_OFFICER, township), (Role.LAND_OFFICER, other)):
        stranger = factories.user(role, place)
        with pytest.raises(NotAllowed):
            create_batch(kind="layer:parcels", file=file, options=options, by=stranger, division=township)
    officer = factories.user(Role.LAND_OFFICER, township)
    batch = create_batch(kind="layer:parcels", file=file, options=options, by=officer, division=township)
    assert apply_batch(stage_batch(batch), by=officer).state == "applied"


def test_a_layer_found_to_lie_in_anothers_township_is_not_applied_by_a_stranger(township, tmp_path):
    other = factories.township(township.parent, "湾塘乡", "532523206")
    stranger = factories.user(Role.LAND_OFFICER, other)
    file = store_path(parcels(tmp_path))
    batch = create_batch(kind="layer:parcels", file=file, options={"year": 2024}, by=stranger)
    staged = stage_batch(batch)
    assert township in (staged.division, staged.division.parent)
    with pytest.raises(NotAllowed):
        apply_batch(staged, by=stranger)


def test_every_kind_of_layer_has_its_importer():
    kinds = {importer.kind for importer in importers.all_importers()}
    wanted = {"parcels", "basic_farmland", "basic_farmland_reserve", "ecological_red_line", "urban_boundary"}
    assert {f"layer:{kind}" for kind in wanted | {"divisions", "footprints"}} <= kinds


@pytest.mark.parametrize(
    ("kind", "columns"),
    [
        ("basic_farmland_reserve", {"BSM": ["R1"], "DLBM": ["0103"], "ZLDWDM": ["532523205201"]}),
        ("ecological_red_line", {"XZQDM": ["532523"], "HXBM": ["HX1"], "HXMC": ["大围山"], "MJ": [2500.0]}),
        ("urban_boundary", {"XZQDM": ["532523"], "GHFQDM": ["200"], "GHFQMC": ["集镇"], "MJ": [2500.0]}),
    ],
)
def test_control_lines_load_with_their_other_attributes_kept(township, tmp_path, kind, columns):
    document, status = take(gpkg(tmp_path / "c.gpkg", [at(0, 0, 50, 50)], columns), kind, of=township)
    assert (document["state"], status) == ("applied", 0)
    row = Zone.objects.get()
    assert row.vintage.kind == kind
    assert row.bsm in ("R1", "HX1", "200")
    kept = {name: values[0] for name, values in columns.items() if name in ("XZQDM", "HXMC", "GHFQMC")}
    assert row.attrs == kept


def test_the_class_tables_are_dated_and_0404_is_reread(db):
    import datetime as dt

    from land.classes import FARMLAND, names_on
    from land.models import LandClass

    def three(code, day):
        return LandClass.objects.get(scheme="survey3", code=code, valid__contains=day).three_class

    assert three("0404", dt.date(2021, 12, 31)) == "unused"
    assert three("0404", dt.date(2024, 12, 31)) == "agricultural"
    assert three("1202", dt.date(2024, 12, 31)) == "agricultural"
    farmland = set(LandClass.objects.filter(is_farmland=True).values_list("code", flat=True))
    assert farmland == FARMLAND == {"0101", "0102", "0103"}
    assert names_on(dt.date(2024, 1, 1))["0103"] == "旱地"
    assert not names_on(dt.date(2010, 1, 1))
