"""Money, shares and quantities. 中文：金额、份额、数量

Money is Decimal yuan with two decimals. A number alone has no unit: :func:`parse_amount` keeps what the cell
itself says, and the column's unit (head, title, the user's answer) makes yuan of it.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from .plain import half_width
from .problems import CellProblem

CENT = Decimal("0.01")
FACTORS = {"yuan": Decimal(1), "wan": Decimal(10_000), "yi": Decimal(100_000_000)}
UNIT_WORDS = {
    **dict.fromkeys(("元", "元整", "圆"), "yuan"),
    **dict.fromkeys(("万", "万元", "万元整"), "wan"),
    **dict.fromkeys(("亿", "亿元"), "yi"),
}
AMOUNT = re.compile(r"^([+-]?)(\d+(?:,\d{3})+|\d+)?(\.\d+)?(元整|万元整|元|圆|万元|万|亿元|亿)?$")
MAX_YUAN = Decimal("99999999999.99")
ABOUT = re.compile(r"^(约|大约|大概|近|超|逾)|(左右|余元|多元|余万元|多万元)$")
QUANTITY = re.compile(r"^(\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)(\D.*)?$")
SHARE_WORDS = {"全部": Fraction(1), "全额": Fraction(1), "独有": Fraction(1)}
MEASURES = {
    **dict.fromkeys(("km", "KM", "Km", "千米"), "公里"),
    **dict.fromkeys(("m", "M"), "米"),
    **dict.fromkeys(("m2", "平米", "平方", "m²"), "平方米"),
    **dict.fromkeys(("m3", "方", "立方", "m³"), "立方米"),
    **dict.fromkeys(("kw", "kW", "KW"), "千瓦"),
    "ha": "公顷",
    "t": "吨",
}


@dataclass(frozen=True)
class Amount:
    """A number as written, and the money unit written beside it in the same cell, if any."""

    number: Decimal
    unit: str | None = None
    decimals: int = 0

    def yuan(self, unit: str | None) -> Decimal:
        """In yuan and fen, half up; ``unit`` is the column's, the cell's own wins.

        :raises CellProblem: unit_unknown, money_large.
        """
        chosen = self.unit or unit
        if self.number == 0:
            return Decimal("0.00")
        if chosen is None:
            raise CellProblem(
                _("Is this amount in yuan or in ten thousand yuan (万元)? The table does not say."),
                code="unit_unknown",
            )
        value = (self.number * FACTORS[chosen]).quantize(CENT, ROUND_HALF_UP)
        if value > MAX_YUAN:
            raise CellProblem(
                _("%(value)s yuan is more than one asset can be worth; check the unit.") % {"value": value},
                code="money_large",
            )
        return value


def to_decimal(value: int | float) -> Decimal:
    """A stored number without the noise of binary fractions (0.30000000000000004). :raises CellProblem:"""
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite() or abs(number) > 10**15:
        raise CellProblem(_("This is not a number that can be used here."), code="number")
    return round(number, 8) if isinstance(value, float) else number


def decimals_of(number: Decimal) -> int:
    """Digits behind the point."""
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def parse_amount(value: Any) -> Amount:
    """A sum of money as written: 1,234.56, １２３４．５, 12.5万元, ￥1000.

    :raises CellProblem: money_negative, money_about, money_text.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        number, unit = to_decimal(value), None
    else:
        text = re.sub(r"\s", "", half_width(value)).replace("，", ",")
        text = re.sub(r"^(人民币|rmb|￥|¥|\$)", "", text, flags=re.IGNORECASE)
        if ABOUT.search(text):
            raise CellProblem(
                _("“%(value)s” is an estimate. Write the exact amount, or leave the cell empty.")
                % {"value": text},
                code="money_about",
            )
        match = AMOUNT.match(text)
        if not match or not (match[2] or match[3]):
            raise CellProblem(
                _("“%(value)s” is not a sum of money; write a number such as 12.5.") % {"value": text[:30]},
                code="money_text",
            )
        number = Decimal(f"{match[1]}{(match[2] or '0').replace(',', '')}{match[3] or ''}")
        unit = UNIT_WORDS.get(match[4] or "")
    if number < 0:
        raise CellProblem(
            _("The amount %(value)s is negative; a value cannot be.") % {"value": number},
            code="money_negative",
        )
    return Amount(number, unit, decimals_of(number))


def parse_share(value: Any, percent: bool = False) -> Fraction:
    """A share above 0 and at most 1: 60%, 3/5, 0.6; a bare 60 only in a column headed in per cent.

    :raises CellProblem: share_form, share_range, share_percent.
    """
    text = re.sub(r"\s", "", half_width(value))
    if text in SHARE_WORDS:
        return SHARE_WORDS[text]
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(%|％)?|(\d{1,9})/(\d{1,9})|百分之(\d+(?:\.\d+)?)", text)
    if not match or (match[4] and int(match[4]) == 0):
        raise CellProblem(
            _("“%(value)s” is not a share; write 60%%, 3/5 or 0.6.") % {"value": text[:20]}, code="share_form"
        )
    if match[3]:
        share = Fraction(int(match[3]), int(match[4]))
    elif match[5]:
        share = Fraction(match[5]) / 100
    else:
        share = _bare_share(
            text,
            Fraction(str(to_decimal(value)) if isinstance(value, float) else match[1]),
            bool(match[2]),
            percent,
        )
    if not 0 < share <= 1:
        raise CellProblem(
            _("The share %(value)s is not between 0 and 1.") % {"value": text[:20]}, code="share_range"
        )
    return share


def _bare_share(text: str, number: Fraction, marked: bool, percent: bool) -> Fraction:
    if marked or percent or number == 100:
        return number / 100
    if number > 1:
        raise CellProblem(
            _("Is the share %(value)s meant in per cent? Write %(value)s%%.") % {"value": text[:20]},
            code="share_percent",
        )
    return number


@dataclass(frozen=True)
class Quantity:
    """A number and its unit of measure, "" where the cell gives none. 中文：数量与计量单位"""

    number: Decimal
    measure: str = ""


def measure_name(text: str) -> str:
    """A unit of measure in its customary Chinese form (km -> 公里)."""
    word = re.sub(r"\s", "", half_width(text))
    return MEASURES.get(word, word)


def parse_quantity(value: Any) -> Quantity:
    """3.5公里, 120 m³, 2处, or a bare number. :raises CellProblem: quantity."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        number, measure = to_decimal(value), ""
    else:
        text = re.sub(r"\s", "", half_width(value))
        match = QUANTITY.match(text)
        measure = match[2] or "" if match else ""
        if not match or re.search(r"\d(?!$)|^[-~～至/+,，、]", measure) or len(measure) > 12:
            raise CellProblem(
                _("“%(value)s” is not one quantity; write a number and its unit, such as 3.5公里.")
                % {"value": text[:30]},
                code="quantity",
            )
        number = Decimal(match[1].replace(",", ""))
    if number < 0:
        raise CellProblem(_("A quantity cannot be negative."), code="quantity")
    return Quantity(number, measure_name(measure))


def parse_number(value: Any) -> Decimal:
    """A plain number. :raises CellProblem: number."""
    try:
        quantity = parse_quantity(value)
    except CellProblem as error:
        raise CellProblem(
            _("“%(value)s” is not a number.") % {"value": half_width(value)[:30]}, code="number"
        ) from error
    return quantity.number


def parse_integer(value: Any) -> int:
    """A whole number, with or without a unit. :raises CellProblem: number."""
    number = parse_number(value)
    if number != number.to_integral_value():
        raise CellProblem(_("%(value)s is not a whole number.") % {"value": number}, code="number")
    return int(number)
