"""The bench of the matching on 300 receivables: measured, right, and no identity broken by eight at once."""

from __future__ import annotations

import pytest

from assets.income.bench.measure import measure
from registry.bench.report import Options


@pytest.mark.django_db(transaction=True)
def test_everything_is_measured(tmp_path):
    report = measure(Options("smoke", 3, tmp_path, durable=False))
    lines = {line.what: line.value for line in report.figures}
    assert lines["lines delivered twice, recognised"] == "6 of 6"
    assert lines["automatic among strangers and wrong amounts"] == "0"
    assert float(lines["precision of automatic matches"].partition("%")[0]) >= 99
    fight = next(value for what, value in lines.items() if "writers" in what)
    assert fight.endswith("0 failed, 0 identities broken")
    assert not fight.startswith("0 acts")
