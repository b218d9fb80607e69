"""What ground a registered thing stands on, by the newest layers. 中文：坐落地类与红线情况"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from land.classes import FARMLAND, names_on
from land.ground import Footprint
from land.redline import Verdict
from land.services.redline import Run, check


@dataclass(frozen=True)
class ClassArea:
    """A class of land under a shape, in official m²."""

    code: str
    name: str
    area_m2: Decimal
    is_farmland: bool


@dataclass(frozen=True)
class StandsOn:
    """The ground under one shape: its classes (largest first) and the red-line verdict."""

    run: Run
    verdict: Verdict
    classes: tuple[ClassArea, ...]

    @property
    def survey_year(self) -> int | None:
        """The year of the land survey that the classes come from."""
        return self._year("parcels")

    @property
    def zone_year(self) -> int | None:
        """The year of the basic-farmland layer that the verdict comes from."""
        return self._year("basic_farmland")

    def _year(self, kind: str) -> int | None:
        years = [vintage["year"] for vintage in self.run.vintages if vintage["kind"] == kind]
        return max(years, default=None)


def ground_under(footprint: Footprint, *, day: dt.date, year: int | None = None) -> StandsOn:
    """Classes and verdict of one footprint on a day. About a dozen queries, whatever lies under it."""
    run = check([footprint], day=day, year=year, mixed_years=True)  # each year is named beside its answer
    verdict = run.verdicts[0]
    names = names_on(day)
    classes = [
        ClassArea(code, names.get(code, code), area, code in FARMLAND)
        for code, area in verdict.by_class.items()
        if area
    ]
    return StandsOn(run, verdict, tuple(sorted(classes, key=lambda row: (-row.area_m2, row.code))))
