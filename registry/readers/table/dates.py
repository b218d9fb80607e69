"""Dates as people and Excel write them. 中文：日期

What is not said is not invented: 2021 and 2021年5月 are kept with their precision.
"""

import datetime
import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from .plain import half_width
from .problems import CellProblem

EXCEL_EPOCH = datetime.date(1899, 12, 30)
FIRST_YEAR, LAST_YEAR = 1949, 2100
CHINESE_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
FORMS = (
    re.compile(
        r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?(?:[ T]?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$"
    ),
    re.compile(r"^(\d{4})[-/.年](\d{1,2})月?(?:份|底|末|初|[上中下]旬)?$"),
    re.compile(r"^(\d{4})(\d{2})(\d{2})$"),
    re.compile(r"^(\d{4})(0[1-9]|1[0-2])$"),
    re.compile(r"^(\d{4})(?:年度?|年底)?$"),
)


@dataclass(frozen=True)
class DateValue:
    """A date with what is known of it: ``precision`` is day, month or year; ``value`` the first day of it."""

    value: datetime.date
    precision: str = "day"


def parse_date(value: Any) -> DateValue:
    """Any of 2021-05-31, 2021.5.31, 2021年5月, 20210531, 202105, 2021, Excel's serial numbers, real dates.

    :raises CellProblem: date_form, date_impossible, date_range, date_ambiguous.
    """
    if isinstance(value, datetime.datetime):
        return _ranged(value.date(), "day")
    if isinstance(value, datetime.date):
        return _ranged(value, "day")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _from_number(value)
    text = re.sub(r"\s+", " ", half_width(value)).strip()
    bare = re.sub(r"\s*([-/.年月日号])\s*", r"\1", text)
    if re.fullmatch(r"[〇○零一二三四五六七八九十]{4}年.*", bare):
        bare = _chinese(bare)
    for form in FORMS:
        match = form.match(bare)
        if match:
            return _from_parts([int(part) for part in match.groups()], text)
    raise CellProblem(
        _("“%(value)s” is not a date; write 2021-05-31, 2021-05 or 2021.") % {"value": text[:30]},
        code="date_form",
    )


def _chinese(text: str) -> str:
    """二〇二一年五月十日 with digits."""

    def small(match: re.Match[str]) -> str:
        tens, _ten, ones = match[1].partition("十")
        if not _ten:
            return match[1].translate(CHINESE_DIGITS) + match[2]
        value = int(tens.translate(CHINESE_DIGITS) or 1) * 10 + int(ones.translate(CHINESE_DIGITS) or 0)
        return f"{value}{match[2]}"

    year, _mark, rest = text.partition("年")
    return year.translate(CHINESE_DIGITS) + "年" + re.sub(r"([一二三四五六七八九十]+)([月日号])", small, rest)


def _from_parts(parts: list[int], text: str) -> DateValue:
    year, month, day = [*parts, 1, 1][:3]
    precision = {1: "year", 2: "month"}.get(len(parts), "day")
    try:
        return _ranged(datetime.date(year, month, day), precision)
    except ValueError as error:
        raise CellProblem(
            _("“%(value)s” does not exist in the calendar.") % {"value": text[:30]}, code="date_impossible"
        ) from error


def _from_number(value: int | float) -> DateValue:
    if not abs(value) < 10**9:
        raise CellProblem(_("This number is not a date; write 2021-05-31."), code="date_form")
    whole = int(value)
    if isinstance(value, float) and FIRST_YEAR <= whole <= LAST_YEAR and value != whole:
        return _from_year_point_month(value)
    if value == whole and FIRST_YEAR <= whole <= LAST_YEAR:
        return DateValue(datetime.date(whole, 1, 1), "year")
    text = str(whole)
    if value == whole and len(text) in (6, 8):
        return parse_date(text)
    if 18_264 <= value <= 73_415:  # 1950-01-01 to 2100-12-31
        return _ranged(EXCEL_EPOCH + datetime.timedelta(days=whole), "day")
    raise CellProblem(
        _("“%(value)s” is not a date; write 2021-05-31, 2021-05 or 2021.") % {"value": value},
        code="date_form",
    )


def _from_year_point_month(value: float) -> DateValue:
    """2021.5 typed as a number; 2021.1 may have been 2021.10, of which Excel drops the zero."""
    year, _point, month = repr(value).partition(".")
    if month == "1":
        raise CellProblem(
            _("%(value)s can be January or October. Write %(year)s-01 or %(year)s-10.")
            % {"value": value, "year": year},
            code="date_ambiguous",
        )
    if len(month) > 2:
        raise CellProblem(
            _("“%(value)s” is not a date; write 2021-05-31, 2021-05 or 2021.") % {"value": value},
            code="date_form",
        )
    return _from_parts([int(year), int(month)], repr(value))


def _ranged(value: datetime.date, precision: str) -> DateValue:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise CellProblem(
            _("The year %(year)d is not between %(first)d and %(last)d.")
            % {"year": value.year, "first": FIRST_YEAR, "last": LAST_YEAR},
            code="date_range",
        )
    return DateValue(value, precision)


def parse_year(value: Any) -> int:
    """A year: 2021, 2021年, 2021年度, or the year of a date. :raises CellProblem: date_*."""
    return parse_date(value).value.year
