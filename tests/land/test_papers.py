"""The opinion on the ground of a thing says what the check says; layers are verified by what was loaded."""

import re

import pytest
from django.db import connection

from land.area import official_area
from land.models import Vintage
from registry import display, integrity
from registry.errors import BadInput
from registry.models import ImportBatch
from registry.services.imports import reverse_batch
from registry.services.papers import print_paper
from tests import factories
from tests.land.layers import at, gpkg, take, zone_columns
from tests.land.test_rules_land import placed

pytestmark = pytest.mark.django_db


@pytest.fixture
def basic_farmland(township, tmp_path):
    path = gpkg(tmp_path / "bf.gpkg", [at(0, 0, 500, 500)], zone_columns(1, KCXS=[0.1]))
    assert take(path, "basic_farmland", of=township)[0]["state"] == "applied"
    return township


def layers():
    return integrity.verify(quick=True)["checks"]["layers"]["wrong"]


def test_the_opinion_holds_verdict_areas_pieces_layers_and_fingerprint(basic_farmland):
    asset = factories.asset("加工厂", basic_farmland.children.first(), subtype="processing", code="A1")
    with pytest.raises(BadInput) as refused:
        print_paper(kind="land_opinion", unit=asset.unit, by=None)
    assert refused.value.code == "does_not_fit"
    placed(asset, at(-10, 100, 30, 20))
    data = print_paper(kind="land_opinion", unit=asset.unit, by=None).data
    area = display.m2(official_area(at(0, 100, 20, 20)))
    pieces, vintages = data["sections"]
    assert [row[3] for row in pieces["rows"]] == [area]
    assert len(vintages["rows"]) == 1
    assert vintages["rows"][0][1] == "2024"
    assert re.search(r"[0-9a-f]{64}", data["fine"][0])
    shown = data["sketch"]
    assert [path["kind"] for path in shown["paths"]] == ["shape", "piece"]
    assert float(shown["metres"]) == pytest.approx(30, abs=0.1)
    numbers = [float(n) for path in shown["paths"] for n in re.findall(r"[\d.]+", path["d"])]
    assert min(numbers) >= 0
    assert max(numbers) <= 300


def test_a_point_has_an_opinion_without_a_sketch(basic_farmland):
    asset = factories.asset("水窖", basic_farmland.children.first(), subtype="irrigation")
    factories.shape(asset)
    data = print_paper(kind="land_opinion", unit=asset.unit, by=None).data
    assert data["sketch"] is None
    assert data["facts"]


def test_layers_are_what_was_loaded_until_somebody_touches_them(basic_farmland):
    assert layers() == []
    vintage = Vintage.objects.get()
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE land_zone_{vintage.pk} SET official_m2 = official_m2 + 1")
    assert [row["what"] for row in layers()] == ["area"]
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM land_zone_{vintage.pk}")
    assert [(row["what"], row["loaded"], row["found"]) for row in layers()] == [("rows", 1, 0)]
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE land_zone DETACH PARTITION land_zone_{vintage.pk}")
    assert [row["what"] for row in layers()] == ["no_partition"]


def test_a_reversed_layer_is_in_order(basic_farmland):
    reverse_batch(batch=ImportBatch.objects.get(), by=None)
    assert layers() == []
