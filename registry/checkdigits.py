"""Check digits of official numbers: GB 32100 (organisations) and GB 11643 (persons). 中文：校验码"""

from __future__ import annotations

import datetime as dt
import re

USCC_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
ID_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
ID_SIGNS = "10X98765432"


def uscc_check(first17: str) -> str:
    """The 18th sign of a unified social credit code (GB 32100-2015, 统一社会信用代码)."""
    total = sum(USCC_SIGNS.index(sign) * weight for sign, weight in zip(first17, USCC_WEIGHTS, strict=True))
    return USCC_SIGNS[(31 - total % 31) % 31]


def is_uscc(code: str) -> bool:
    """Whether 18 signs form a unified social credit code with the right check sign."""
    return bool(re.fullmatch(f"[{USCC_SIGNS}]{{18}}", code)) and uscc_check(code[:17]) == code[17]


def id_check(first17: str) -> str:
    """The 18th sign of a resident identity number (GB 11643-1999, 公民身份号码)."""
    total = sum(int(digit) * weight for digit, weight in zip(first17, ID_WEIGHTS, strict=True))
    return ID_SIGNS[total % 11]


def is_id_number(number: str) -> bool:
    """Whether 18 signs form a resident identity number: a date of birth that exists, the right check sign."""
    if not re.fullmatch(r"[1-9]\d{16}[\dX]", number):
        return False
    try:
        dt.date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")
    except ValueError:
        return False
    return id_check(number[:17]) == number[17]
