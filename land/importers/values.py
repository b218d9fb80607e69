"""Cells of a survey layer as values: codes as text, areas in hundredths, days. Pure. 中文：字段取值"""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

CENT = Decimal("0.01")
_DAY = re.compile(r"^(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[T ].*)?$")
_LAST_YEAR = 2999  # 9999-12-31 says "without end"


class BadValue(ValueError):
    """A cell that is not what its column holds."""


def as_text(value: Any) -> str:
    """Text without surrounding blanks; a whole float is written as an integer."""
    if value is None or value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).replace("\0", "").strip()


def as_class_code(value: Any) -> str:
    """A class code; one kept as a number has lost its leading zero."""
    text = as_text(value).upper()
    return text.zfill(4) if isinstance(value, int | float) and len(text) == 3 else text


def as_decimal(value: Any, exponent: Decimal = CENT) -> Decimal | None:
    """A number rounded half up; None for an empty cell. Raises ``BadValue``."""
    text = as_text(value) if not isinstance(value, float) else repr(value)
    if text in ("", "nan"):
        return None
    try:
        number = Decimal(text)
        if not number.is_finite():
            raise BadValue(text)
        return number.quantize(exponent, rounding=ROUND_HALF_UP)
    except InvalidOperation as error:
        raise BadValue(text) from error


def as_int(value: Any) -> int | None:
    """A whole number; None for an empty cell. Raises ``BadValue``."""
    number = as_decimal(value, Decimal("0.0001"))
    if number is None:
        return None
    if number != int(number):
        raise BadValue(as_text(value))
    return int(number)


def as_day(value: Any) -> dt.date | None:
    """A day, from a date, 20210101, 2021-01-01, 2021/1/1 or 2021年1月1日; None when empty or without end.

    Raises ``BadValue``.
    """
    if isinstance(value, dt.datetime):
        return value.date() if value.year <= _LAST_YEAR else None
    if isinstance(value, dt.date):
        return value if value.year <= _LAST_YEAR else None
    text = as_text(value)
    if not text:
        return None
    match = _DAY.match(text)
    if not match:
        raise BadValue(text)
    year, month, day = (int(part) for part in match.groups())
    if year > _LAST_YEAR:
        return None
    try:
        return dt.date(year, month, day)
    except ValueError as error:
        raise BadValue(text) from error
