"""The subjects of vouchers are those of the chart of accounts that is written down (财会〔2023〕14号)."""

import re
from pathlib import Path

from assets.income.parameters_money import DEFAULTS, SUBJECTS

CHART = (Path(__file__).resolve().parents[2] / "docs" / "domain" / "month_end.md").read_text(encoding="utf-8")


def chart():
    return dict(
        re.findall(r"(\d{3}) ([^,|\s]+)", CHART.split("## The chart of accounts")[1].split("\n## ")[0])
    )


def test_the_chart_has_its_42_subjects():
    assert len(chart()) == 42


def test_every_subject_of_the_mapping_has_the_number_and_name_of_the_chart():
    mapping = next(one.value for one in DEFAULTS if one.key == SUBJECTS)
    known = {f"{number} {name}" for number, name in chart().items()}
    assert {use: subject for use, subject in mapping.items() if subject not in known} == {}
