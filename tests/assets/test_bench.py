"""The bench of the assets on a county of 300: that it measures what it says, not how fast."""

from __future__ import annotations

import pytest

from assets.bench.measure import PAGES, measure
from assets.models import Asset, Inspection
from registry.bench.report import Options


@pytest.mark.django_db
def test_a_small_county_with_five_years_of_upkeep_is_measured(tmp_path, settings):
    settings.FILES_DIR = tmp_path
    made = measure(Options("smoke", 7, tmp_path, durable=False))
    assert (Asset.objects.count(), Inspection.objects.count()) == (300, 300 * 60)
    lines = {line.what: line for line in made.figures}
    assert {what for what, _path, _query in PAGES} <= set(lines)
    for what, _path, _query in PAGES:
        assert "p95" in lines[what].value
        many, few = (int(part.split()[-1]) for part in _counts(lines[what].note))
        assert 0 < many <= few + 3, lines[what].note  # more rows ask no more
    assert "rows a second" in lines["export of 300 rows as XLSX"].value
    assert Inspection.objects.filter(condition="damaged", handled_on=None).count() == 0


def _counts(note):
    before, _sep, after = note.partition(" queries, in a township of a tenth ")
    return before, after.split(";")[0]
