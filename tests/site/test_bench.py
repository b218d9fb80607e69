"""The bench itself, on a county of 300 units: that it measures what it says, not how fast."""

from argparse import Namespace
from pathlib import Path

import pytest

from land.bench.ground import SIDES
from registry.bench import benches, generate, kernel, report
from registry.models import Entry, Finding, Unit
from registry.site.launch import bench
from registry.site.launch.__main__ import parse
from registry.site.words import Trouble


@pytest.mark.django_db
def test_a_small_county_is_measured_and_written_into_the_document(tmp_path: Path) -> None:
    made = kernel.measure(report.Options("smoke", 7, tmp_path, durable=False))
    assert (Unit.objects.count(), Entry.objects.count()) == (300, 1200)
    assert Finding.objects.filter(rule="RIG-02").exists()  # shares that do not add up were made on purpose
    lines = {line.what.split(",")[0]: line for line in made.figures}
    asked = lines["who keeps up what in a township of 150 units"]
    assert "150 rows; 1 query, and for 15 rows 1 query" in asked.note
    assert "p50" in asked.value
    document = tmp_path / "benchmarks.md"
    document.write_text("# Benchmarks\n\ntext\n\n<!-- bench:land -->\nkept\n<!-- /bench:land -->\n", "utf-8")
    for _turn in range(2):
        report.write_block(document, made)
    text = document.read_text("utf-8")
    assert text.count("<!-- bench:kernel -->") == text.count("<!-- /bench:kernel -->") == 1
    assert "kept" in text
    assert made.as_json()["seed"] == 7


@pytest.mark.django_db
def test_the_same_seed_makes_the_same_county_with_history_of_five_years() -> None:
    county = generate.make_county("smoke", 3)
    assert [place.name for place in (county.large, county.small)] == ["第1乡", "第2乡"]
    assert Unit.objects.within(county.large).count() == 150
    assert (
        Entry.objects.order_by("pk").values_list("party_id", "agent_id")[3]
        == Entry.objects.filter(unit_id=1, code="upkeep", valid__endswith=None)
        .values_list("party_id", "agent_id")
        .get()
    )
    event = Unit.events.rel.related_model
    years = {moment.year for moment in event.objects.values_list("pgh_created_at", flat=True)}
    assert {2021, 2022, 2023, 2024, 2025} <= years
    early = Entry.objects.as_recorded(event.objects.order_by("pgh_created_at")[60].pgh_created_at).count()
    assert 0 < early < Entry.objects.count()
    with pytest.raises(ValueError, match="not empty"):
        generate.make_county("smoke", 3)


@pytest.mark.usefixtures("english")
def test_the_words_of_the_bench() -> None:
    assert set(bench.NAMES) == set(benches())
    assert set(bench.SCALES) < set(generate.SCALES)
    assert set(bench.SCALES) < set(SIDES)
    given = parse(["bench", "kernel", "--scale", "township", "--json"])
    assert (given.names, given.scale, given.json) == (["kernel"], "township", True)
    with pytest.raises(Trouble, match="no benchmark speed"):
        bench.check(Namespace(names=["speed"]))


def test_percentiles_are_those_of_what_was_measured() -> None:
    assert report.percentiles([3.0, 1.0, 2.0]) == (2.0, 3.0)
    assert report.percentiles([float(number) for number in range(101)]) == (50.0, 95.0)
