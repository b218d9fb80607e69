"""The bench of the overlay on 160 parcels: one seed, one land, and all engines find the same."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from django.db import connection

from land.area import official_areas
from land.bench import ground, loading, province
from land.bench.measure import measure
from land.models import Vintage
from registry.bench.report import Options

PARTS = """
SELECT inhrelid::regclass::text FROM pg_inherits
 WHERE inhparent IN ('land_parcel'::regclass, 'land_zone'::regclass, 'land_piece'::regclass)
"""


@pytest.fixture
def emptied(transactional_db):
    """The rows of layers are in partitions, of which Django knows nothing: they are dropped here."""
    yield
    with connection.cursor() as cursor:
        cursor.execute(PARTS)
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TABLE {name}")


@pytest.fixture(scope="module")
def land():
    return ground.make("smoke", 3)


def test_the_same_seed_makes_the_same_mosaic_without_gap_or_overlap(land):
    again = ground.make("smoke", 3)
    assert shapely.to_wkb(land.parcels).tolist() == shapely.to_wkb(again.parcels).tolist()
    assert shapely.to_wkb(land.footprints).tolist() == shapely.to_wkb(again.footprints).tolist()
    for year in (land.parcels, land.later):
        assert shapely.is_valid(year).all()
        whole = shapely.union_all(year)
        assert not len(whole.interiors)
        assert shapely.area(year).sum() == pytest.approx(whole.area, rel=1e-9)
    assert 40 <= np.median(land.vertices) <= 80
    assert shapely.is_valid(land.zones).all()
    assert shapely.is_valid(land.footprints).all()


def test_the_loop_that_areas_are_measured_beside_is_the_official_formula(land):
    sample = land.parcels[:20]
    looped = [loading.ring_loop(shape) for shape in sample]
    assert looped == pytest.approx(official_areas(sample, 4544).tolist(), abs=1e-5)


@pytest.mark.usefixtures("emptied")
def test_everything_is_measured_and_the_engines_agree(tmp_path, settings):
    settings.FILES_DIR = tmp_path / "files"
    report = measure(Options("smoke", 3, tmp_path, durable=False))
    lines = {line.what: line for line in report.figures}
    apart = next(line for what, line in lines.items() if what.startswith("accuracy: the ") and "sums" in what)
    assert float(apart.value.split()[2]) < 1e-4
    plane = next(line for what, line in lines.items() if "geodesic" in what)
    assert float(plane.value.split()[2].rstrip(",")) < 1e-6
    assert any("outflow" in what for what in lines)
    assert any("over HTTP" in what for what in lines)


@pytest.mark.usefixtures("emptied")
def test_a_million_parcels_are_measured_beside_the_county_in_one_database(tmp_path, settings, monkeypatch):
    settings.FILES_DIR = tmp_path / "files"
    monkeypatch.setattr(province, "SCALES", ("smoke", "township"))
    monkeypatch.setitem(ground.SIDES, "township", 30)
    report = measure(Options("province", 3, tmp_path, durable=False))
    assert report.name == "land-province"
    assert "./run bench land --scale province" in report.block()
    audit, check, importing = report.figures
    assert "times the county's" in audit.note
    assert "times the county's" in check.note
    assert "a second" in importing.value
    assert not Vintage.objects.in_force().exists()
