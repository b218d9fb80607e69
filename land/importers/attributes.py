"""The attributes of a delivery: read as values, and held against the rules of the standard.

中文：属性检查。L07, L11, L12, L14, A02, A03, A04, A07. Official deliveries load as delivered: what an officer
cannot correct is remarked and counted, what an office made itself is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from land.classes import FARMLAND, survey_names
from land.importers.columns import Mapping
from land.importers.combinations import wrong_combination
from land.importers.increment import check_changes
from land.importers.remarks import Remarks
from land.importers.shapes import Placed, half_a_cent
from land.importers.sizes import small
from land.importers.values import BadValue, as_class_code, as_day, as_decimal, as_int, as_text
from registry.readers.vector import Batch

CENT = Decimal("0.01")
RATIO = Decimal("0.0001")
READ: dict[str, Callable[[Any], Any]] = {
    "class_code": as_class_code,
    "gross_m2": as_decimal,
    "counted_m2": as_decimal,
    "deduction_m2": as_decimal,
    "deduction_ratio": lambda value: as_decimal(value, RATIO),
    "quality_grade": as_int,
    "data_year": as_int,
    "protected_from": as_day,
    "protected_to": as_day,
    "old_class": as_class_code,
    "old_ratio": lambda value: as_decimal(value, RATIO),
    "updated_on": as_day,
}
LONGEST = {"bsm": 20, "tbbh": 8, "class_code": 5, "class_name": 60, "village_code": 19}
Values = dict[str, list[Any]]


@dataclass
class Seen:
    """What is known of the layer so far, across batches."""

    shapes: set[tuple[bytes, str]] = field(default_factory=set)  # keys of outlines with the ids
    years: Counter[int | None] = field(default_factory=Counter)
    classes: Counter[str] = field(default_factory=Counter)
    named: int = 0  # features with a class code and a name
    misnamed: int = 0  # of these: the name is not that of the code


@dataclass(frozen=True)
class Check:
    """How a layer is checked: its columns, declared year, and whether it is an official delivery."""

    mapping: Mapping
    year: int
    official: bool
    farmland: bool
    remarks: Remarks
    seen: Seen
    limits: dict[str, Any] = field(default_factory=dict)  # thresholds of the county, by key

    def title(self, name: str) -> str | None:
        return self.mapping.fields.get(name)

    def remark(
        self, number: int, code: str, message: Any, name: str | None = None, value: Any = None
    ) -> None:
        """A warning on an official delivery, an error on a layer that the office made."""
        say = self.remarks.warn if self.official else self.remarks.error
        say(number, code, message, self.title(name) if name else None, value)


def read_values(batch: Batch, check: Check) -> Values:
    """The fields of the batch as values; cells that cannot be read are remarked and left empty."""
    numbers = batch.numbers.tolist()
    values: Values = {}
    for name, column in check.mapping.fields.items():
        cells = batch.columns[column].tolist()
        read = READ.get(name, as_text)
        known: dict[Any, Any] = {}
        out = []
        for number, cell in zip(numbers, cells, strict=True):
            if cell not in known:
                try:
                    known[cell] = read(cell)
                except BadValue:
                    known[cell] = BadValue
            value = known[cell]
            if value is BadValue:
                said = _("“%(value)s” is not a value of this column.") % {"value": as_text(cell)[:40]}
                check.remark(number, "value", said, name, as_text(cell))
                value = None
            out.append(value)
        values[name] = out
    _cut(values, numbers, check)
    return values


def _cut(values: Values, numbers: list[int], check: Check) -> None:
    for name, longest in LONGEST.items():
        column = values.get(name, [])
        for position, text in enumerate(column):
            if text and len(text) > longest:
                said = _("“%(value)s” is longer than %(longest)d characters.") % {
                    "value": text[:40],
                    "longest": longest,
                }
                check.remark(numbers[position], "value", said, name, text)
                column[position] = text[:longest]


def check_values(batch: Batch, values: Values, placed: Placed, check: Check) -> None:
    """Hold the batch against the attribute rules."""
    numbers = batch.numbers.tolist()
    check.seen.years.update(values.get("data_year", []))
    if "class_code" in values and check.farmland:
        _check_classes(numbers, values, check)
        _check_slope(numbers, values, check)
        _check_combinations(numbers, values, check)
        _check_sizes(numbers, values, placed, check)
    if "old_class" in values:
        check_changes(numbers, values, check)
    _check_year(numbers, values, check)
    _check_ratio(numbers, values, check)
    _check_counted(numbers, values, check)
    _check_stated_area(numbers, values, placed, check)
    _check_period(numbers, values, check)
    _check_duplicates(numbers, values, placed, check)


def _check_classes(numbers: list[int], values: Values, check: Check) -> None:
    """L11, L15: the code is one of the survey's classification, and the name is the code's."""
    names = survey_names()
    codes = values["class_code"]
    check.seen.classes.update(codes)
    titles = values.get("class_name") or [""] * len(codes)
    for number, code, title in zip(numbers, codes, titles, strict=True):
        if code not in names:
            said = _("“%(code)s” is not a class of the third survey's classification.") % {"code": code}
            check.remark(number, "L15", said, "class_code", code)
        elif title:
            check.seen.named += 1
            if title != names[code]:
                check.seen.misnamed += 1
                said = _("The class %(code)s is named %(expected)s, not “%(title)s”.") % {
                    "code": code,
                    "expected": names[code],
                    "title": title,
                }
                check.remarks.warn(number, "L11", said, check.title("class_name"), title)


def _check_slope(numbers: list[int], values: Values, check: Check) -> None:
    """A02: farmland has a slope grade 1 to 5, other land has none."""
    if "slope_grade" not in values:
        return
    for number, code, grade in zip(numbers, values["class_code"], values["slope_grade"], strict=True):
        if code in FARMLAND and grade not in ("1", "2", "3", "4", "5"):
            check.remark(number, "A02", _("Farmland needs a slope grade from 1 to 5."), "slope_grade", grade)
        elif code not in FARMLAND and grade not in ("", "0"):
            check.remark(number, "A02", _("Only farmland has a slope grade."), "slope_grade", grade)


def _check_combinations(numbers: list[int], values: Values, check: Check) -> None:
    """A03: planting and refinement codes are of the class; remarked, for they decide nothing."""
    empty = [None] * len(numbers)
    columns = (values["class_code"], values.get("ZZSXDM", empty), values.get("TBXHDM", empty))
    for number, code, planting, refined in zip(numbers, *columns, strict=True):
        said = wrong_combination(code, planting, refined)
        if said:
            check.remarks.warn(number, "A03", said, check.title("ZZSXDM"), planting or refined)


def _check_year(numbers: list[int], values: Values, check: Check) -> None:
    """L12: the data year of every row is the declared survey year."""
    for number, year in zip(numbers, values.get("data_year", []), strict=False):
        if year is not None and year != check.year:
            said = _("The data year is %(found)d; the layer is declared as %(declared)d.") % {
                "found": year,
                "declared": check.year,
            }
            check.remark(number, "L12", said, "data_year", year)


def _check_ratio(numbers: list[int], values: Values, check: Check) -> None:
    ratios = values.get("deduction_ratio", [])
    for position, ratio in enumerate(ratios):
        if ratio is not None and not 0 <= ratio < 1:
            said = _("A ridge ratio lies between 0 and 1.")
            check.remark(numbers[position], "A04", said, "deduction_ratio", ratio)
            ratios[position] = None


def _check_counted(numbers: list[int], values: Values, check: Check) -> None:
    """A04: deduction = round(area × ratio), counted area = area − deduction, to 0.01 m²."""
    names = ("gross_m2", "deduction_ratio", "deduction_m2", "counted_m2")
    empty = [None] * len(numbers)
    columns = [values.get(name, empty) for name in names]
    for number, gross, ratio, deduction, counted in zip(numbers, *columns, strict=True):
        if gross is None or ratio is None:
            continue
        expected = (gross * ratio).quantize(CENT, rounding="ROUND_HALF_UP")
        if deduction is not None and abs(deduction - expected) > CENT:
            said = _("The deduction is %(found)s m²; area × ratio gives %(expected)s m².") % {
                "found": deduction,
                "expected": expected,
            }
            check.remark(number, "A04", said, "deduction_m2", deduction)
        rest = gross - (expected if deduction is None else deduction)
        if counted is not None and abs(counted - rest) > CENT:
            said = _("The counted area is %(found)s m²; area less deduction gives %(expected)s m².") % {
                "found": counted,
                "expected": rest,
            }
            check.remark(number, "A04", said, "counted_m2", counted)


def _check_stated_area(numbers: list[int], values: Values, placed: Placed, check: Check) -> None:
    """A07: stated and measured area are two facts; a difference is remarked."""
    stated = values.get("gross_m2") or [None] * len(numbers)
    taken = placed.taken
    for position, gross in enumerate(stated):
        measured = float(placed.official[position])
        if not taken[position]:
            continue
        if gross is not None and abs(float(gross) - measured) > half_a_cent(measured):
            said = _("Stated %(stated)s m², measured %(measured)s m².") % {
                "stated": gross,
                "measured": f"{measured:.2f}",
            }
            check.remarks.warn(numbers[position], "A07", said, check.title("gross_m2"), gross)


def _check_sizes(numbers: list[int], values: Values, placed: Placed, check: Check) -> None:
    """L10: slivers, and parcels smaller than the survey maps (it limits the survey, not the law)."""
    for position in np.flatnonzero(placed.taken).tolist():
        said = small(values["class_code"][position], placed.official[position], check.limits)
        if said:
            check.remarks.warn(numbers[position], "L10", said, "geometry")


def _check_period(numbers: list[int], values: Values, check: Check) -> None:
    """P05: protection begins before it ends; a period that does not is read as protection without limits."""
    starts, ends = values.get("protected_from", []), values.get("protected_to", [])
    for position, (start, end) in enumerate(zip(starts, ends, strict=False)):
        if start and end and end <= start:
            said = _(
                "The protection ends (%(end)s) before it begins (%(start)s): read as without limits."
            ) % {
                "start": start,
                "end": end,
            }
            check.remark(numbers[position], "P05", said, "protected_to", end)
            starts[position] = ends[position] = None


def _check_duplicates(numbers: list[int], values: Values, placed: Placed, check: Check) -> None:
    """L07: the same geometry with the same id a second time is not taken."""
    ids = values.get("bsm") or [""] * len(numbers)
    keys = placed.stored[3]
    for position in np.flatnonzero(placed.taken).tolist():
        one = keys[position], ids[position]
        if one in check.seen.shapes:
            said = _("The same shape with the same id stands in the layer twice; the second is not taken.")
            check.remarks.error(numbers[position], "L07", said, check.title("bsm"), ids[position])
        check.seen.shapes.add(one)
