"""People and bodies: names, phones, identity numbers, holders with shares. 中文：人员与主体"""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from registry.checkdigits import USCC_SIGNS, id_check, is_id_number, is_uscc

from .amounts import parse_share
from .plain import PENDING_WORDS, digits_text, half_width
from .problems import CellProblem

PHONE = re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}|[2-8]\d{6,7}|400\d{7}")
PHONE_ALONE = re.compile(rf"(?<!\d)(?:{PHONE.pattern})(?![\dXx])")  # no part of an identity number
MORE_PHONES = re.compile(r"\d{7,}[/、,，;；]\+?\d")
SEPARATORS = re.compile(r"[、;；\n]|[,，](?=\D)")
ENDING_SHARE = re.compile(
    r"^(.*?)[(:：]?((?:\d+(?:\.\d+)?[%％])|(?:\d{1,9}/\d{1,9})|(?:百分之\d+(?:\.\d+)?))[)]?$"
)
EACH = re.compile(
    r"^(.+?[、;；,，].+?)各(?:占|享|持)?(?:有)?"
    r"(半|\d+(?:\.\d+)?[%％]|\d{1,9}/\d{1,9}|百分之\d+(?:\.\d+)?)[。.]?$"
)
IN_PARTS = re.compile(
    r"^(.*?[^\d:.])(\d{1,6}(?:\.\d{1,4})?(?::\d{1,6}(?:\.\d{1,4})?)+)(?:的?比例)?(?:分成|分配)?[)]?$"
)
NUMERALS = "一二三四五六七八九十"
TENTHS = re.compile(rf"占([{NUMERALS}]|\d(?:\.\d)?)成|(\d(?:\.\d)?)成(?=$|[)、;；,，。\n])")
OF_HUNDRED = re.compile(r"^(.+?)\((\d{1,3}(?:\.\d+)?)\)$")
HOLDS = re.compile(r"(?:各?占比?|占有|享有|享|持有|持股|分得|比例|份额)?[(:：=为]*$")
BEFORE_PARTS = re.compile(r"[按=为占(:,，]*(?:(?:份额|比例)[按=为占(:,，]*)?$")
PART_NAMES = re.compile(r"[、;；:,，]")


@dataclass(frozen=True)
class Person:
    """A person as named in a cell, with the phone beside the name; ``several`` names stay together."""

    name: str
    phone: str = ""
    several: bool = False


@dataclass(frozen=True)
class Holder:
    """A party and its share; None where the cell gives no share."""

    name: str
    share: Fraction | None = None


def parse_person(value: Any) -> Person | None:
    """One person's name; blanks inside it, a title in brackets and a phone beside it are taken off.

    None when the cell says that nobody is named yet (待定). :raises CellProblem: person_form.
    """
    text = half_width(value)
    phone = PHONE_ALONE.search(text.replace(" ", ""))
    name = re.sub(r"\d[\d\s-]{5,}[Xx]?", "", text)
    name = re.sub(r"[(\[].*?[)\]]", "", name)
    name = re.sub(r"[,;，；]+", "、", re.sub(r"[\s:：]+", "", name).strip(",;，；、"))
    name = name.replace("•", "·").replace("・", "·")
    if name in PENDING_WORDS:
        return None
    several = bool(re.search(r"[、/]", name)) or len(re.findall(r"1[3-9]\d{9}", text)) > 1
    if not name or re.search(r"\d", name) or len(name) > 30:
        raise CellProblem(_("“%(value)s” is not a person's name.") % {"value": text[:30]}, code="person_form")
    return Person(name, phone[0] if phone else "", several)


def parse_phone(value: Any) -> str:
    """A mobile or landline number without blanks, the first of several. :raises CellProblem:"""
    whole = digits_text(value)
    first = re.split(r"[/、,，;；]", whole)[0] if MORE_PHONES.search(whole) else whole
    text = re.sub(r"[\s-]", "", first.removeprefix("+86"))
    if not PHONE.fullmatch(text):
        raise CellProblem(
            _("“%(value)s” is not a phone number: 11 digits, or area code and number.")
            % {"value": text[:20]},
            code="phone",
        )
    return text


def parse_person_id(value: Any) -> str:
    """A citizen's identity number (公民身份号码, GB 11643) with its check digit. :raises CellProblem:"""
    number = digits_text(value).upper()
    if not re.fullmatch(r"\d{17}[\dX]", number):
        raise CellProblem(
            _("An identity number has 18 digits; this one has %(count)d characters.")
            % {"count": len(number)},
            code="person_id_form",
        )
    if id_check(number[:17]) != number[17]:
        raise CellProblem(
            _("The check digit of the identity number is wrong; a digit was mistyped."),
            code="person_id_check",
        )
    if not is_id_number(number):
        raise CellProblem(
            _("The date of birth in the identity number does not exist."), code="person_id_date"
        )
    return number


def parse_uscc(value: Any) -> str:
    """A unified social credit code (统一社会信用代码, GB 32100), check character included.

    :raises CellProblem: uscc_form, uscc_check.
    """
    code = digits_text(value).upper()
    if len(code) != 18 or any(sign not in USCC_SIGNS for sign in code):
        raise CellProblem(
            _("A unified social credit code has 18 digits and letters, without I, O, S, V, Z."),
            code="uscc_form",
        )
    if not is_uscc(code):
        raise CellProblem(
            _("The check character of the credit code %(value)s is wrong; a character was mistyped.")
            % {"value": code},
            code="uscc_check",
        )
    return code


def parse_holders(value: Any) -> tuple[Holder, ...]:
    """甲村 60%；乙村 40%: one or several parties with their shares, which must make one whole.

    Several parties without shares are kept without: nobody may guess them.
    :raises CellProblem: holders_sum, holders_mixed, holders_form.
    """
    text = TENTHS.sub(_per_cent, re.sub(r"[ \t\u3000]+", "", half_width(value)))
    holders = _in_parts(text) or _each(text) or _of_hundred(text)
    holders = holders or [_holder(part) for part in SEPARATORS.split(text) if part.strip("。.")]
    if not holders or any(not h.name or h.name.isdigit() or len(h.name) > 100 for h in holders):
        raise CellProblem(
            _("“%(value)s” does not name who holds it.") % {"value": text[:30]}, code="holders_form"
        )
    shares = [h.share for h in holders if h.share is not None]
    unread = any("%" in h.name for h in holders)
    if unread or (shares and len(shares) < len(holders)):
        raise CellProblem(
            _("Some of the holders in “%(value)s” have a share and some have none.") % {"value": text[:40]},
            code="holders_mixed",
        )
    if shares and sum(shares) != 1:
        raise CellProblem(
            _("The shares in “%(value)s” make %(sum)s%%, not 100%%.")
            % {"value": text[:40], "sum": f"{float(sum(shares) * 100):.6g}"},
            code="holders_sum",
        )
    return tuple(holders)


def _each(text: str) -> list[Holder]:
    """甲村、乙村各50%: the share is each one's. Empty where the cell is written otherwise."""
    match = EACH.match(text)
    if not match:
        return []
    share = None if match[2] == "半" else parse_share(match[2])
    names = [name for name in SEPARATORS.split(match[1]) if name]
    return [Holder(_chinese_brackets(name), share or Fraction(1, 2)) for name in names]


def _per_cent(match: re.Match[str]) -> str:
    """占六成, 6成 in per cent."""
    digits = match[1] or match[2]
    tenths = Decimal(NUMERALS.index(digits) + 1 if digits in NUMERALS else digits)
    return f"{tenths * 10}%"


def _of_hundred(text: str) -> list[Holder]:
    """甲村（60）、乙村（40）: bare numbers in brackets that make a hundred are per cent."""
    found = [OF_HUNDRED.match(part) for part in SEPARATORS.split(text) if part]
    matches = [match for match in found if match is not None]
    if len(matches) < max(len(found), 2) or sum(Fraction(match[2]) for match in matches) != 100:
        return []
    return [Holder(_chinese_brackets(match[1]), Fraction(match[2]) / 100) for match in matches]


def _in_parts(text: str) -> list[Holder]:
    """甲村:乙村=3:2, 甲村、乙村按3:2: parts of the whole in the order of the names, as many as names."""
    match = IN_PARTS.match(text)
    if not match:
        return []
    names = [name for name in PART_NAMES.split(BEFORE_PARTS.sub("", match[1])) if name]
    parts = [Fraction(part) for part in match[2].split(":")]
    if len(names) != len(parts) or not all(parts):
        raise CellProblem(
            _("“%(value)s” does not give each holder its part; write 甲村60%%、乙村40%%.")
            % {"value": text[:40]},
            code="holders_parts",
        )
    return [
        Holder(_chinese_brackets(name), part / sum(parts)) for name, part in zip(names, parts, strict=True)
    ]


def shares_in_order(text: str) -> list[Fraction]:
    """60%、40% or 3:2 in a column of shares, for the holders of the column beside it, in their order.

    Empty where the cell is no such list. :raises CellProblem: as :func:`parse_share`.
    """
    bare = re.sub(r"\s", "", half_width(text))
    if re.fullmatch(r"\d{1,6}(?::\d{1,6})+", bare):
        parts = [Fraction(part) for part in bare.split(":")]
        return [part / sum(parts) for part in parts] if all(parts) else []
    listed = [part for part in PART_NAMES.split(bare) if part]
    return [parse_share(part) for part in listed] if len(listed) > 1 else []


def _holder(part: str) -> Holder:
    match = ENDING_SHARE.match(part.strip())
    if not match:
        return Holder(_chinese_brackets(part.strip()))
    return Holder(_chinese_brackets(HOLDS.sub("", match[1])), parse_share(match[2]))


def _chinese_brackets(name: str) -> str:
    """Brackets as a Chinese name has them; they were made half width to find the share."""
    return name.replace("(", "（").replace(")", "）") if not name.isascii() else name
