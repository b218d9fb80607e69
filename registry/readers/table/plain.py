"""Text, codes, yes and no, and words that mean nothing. 中文：文本、编码、是否"""

import datetime
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from .problems import CellProblem

MAX_TEXT = 2000
EMPTY_WORDS = frozenset(
    (
        "",
        "/",
        "\\",
        "-",
        "--",
        "---",
        "—",
        "——",
        "无",
        "n/a",
        "na",
        "null",
        "none",
        "空",
        "不详",
        "暂无",
        "未知",
    )
)
PENDING_WORDS = frozenset(
    ("待定", "未定", "未明确", "待明确", "未落实", "待落实", "待确定", "未确定")
    + ("待确权", "未确权", "待移交", "未移交", "待补充", "待核实", "待查")
)
YES = frozenset({"是", "有", "√", "✓", "☑", "y", "yes", "true", "1", "已", "对"})
NO = frozenset({"否", "无", "没有", "×", "✗", "x", "n", "no", "false", "0", "未", "不"})


def half_width(value: Any) -> str:
    """Text with full-width digits, letters and signs as half width, blanks trimmed."""
    text = value if isinstance(value, str) else str(value)
    return text.strip() if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def is_empty(value: Any) -> bool:
    """Whether a cell says nothing: empty, a dash, 无, 不详."""
    if value is None:
        return True
    return isinstance(value, str) and len(value) < 60 and _says_nothing(value)


@lru_cache(maxsize=50_000)
def _says_nothing(value: str) -> bool:
    return re.sub(r"\s", "", half_width(value)).lower() in EMPTY_WORDS


def parse_text(value: Any) -> str:
    """The text of a cell, whatever Excel made of it; line breaks become spaces.

    :raises CellProblem: text_long, text_control.
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        value = value.date()
    text = format(Decimal(repr(value)).normalize(), "f") if isinstance(value, float) else str(value)
    text = re.sub(r"[\s\u200b\ufeff]+", " ", text).strip()
    if any(unicodedata.category(c) == "Cc" for c in text):
        raise CellProblem(_("The text contains control characters; type it again."), code="text_control")
    if len(text) > MAX_TEXT:
        raise CellProblem(
            _("The text has %(count)d characters; at most %(limit)d are kept.")
            % {"count": len(text), "limit": MAX_TEXT},
            code="text_long",
        )
    return text


def digits_text(value: Any, longest: int = 15) -> str:
    """A number that is a name (code, ID, phone) as text, without blanks.

    :raises CellProblem: digits_lost, where Excel kept only 15 digits of it.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if abs(value) >= 10**longest:
            raise CellProblem(
                _("Excel has changed the last digits. Make the column text and type the number again."),
                code="digits_lost",
            )
        return parse_text(value)
    text = re.sub(r"\s", "", half_width(value))
    if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", text):
        raise CellProblem(
            _("“%(value)s” has lost digits. Format the column as text and type the number again.")
            % {"value": text},
            code="digits_lost",
        )
    return (
        text.removeprefix("'").removesuffix(".0")
        if re.fullmatch(r"'?\d+\.0", text)
        else text.removeprefix("'")
    )


def parse_code(value: Any) -> str:
    """A code of letters, digits and hyphens in half width and capitals. :raises CellProblem:"""
    code = digits_text(value).upper()
    if len(code) > 64 or any(unicodedata.category(c) == "Cc" for c in code):
        raise CellProblem(_("“%(value)s” is not a code.") % {"value": code[:20]}, code="code_form")
    return code


def parse_division_code(value: Any) -> str:
    """An administrative code of 6, 9, 12 or 15 digits (county to natural village). :raises CellProblem:"""
    code = digits_text(value)
    if not re.fullmatch(r"\d{6}|\d{9}|\d{12}|\d{15}", code):
        raise CellProblem(
            _("“%(value)s” is not an administrative code: 6, 9, 12 or 15 digits are expected.")
            % {"value": code[:20]},
            code="division_code",
        )
    return code


def parse_yes_no(value: Any) -> bool:
    """是 or 否, in any of the ways people write it. :raises CellProblem:"""
    word = re.sub(r"\s", "", half_width(value)).lower()
    if value is True or word in YES:
        return True
    if value is False or word in NO:
        return False
    raise CellProblem(_("“%(value)s” is neither yes nor no.") % {"value": word[:20]}, code="yes_no")


def is_masked(value: Any) -> bool:
    """Whether asterisks or dots hide a part of a name or number (李*华, 138****5678), as in an export."""
    return isinstance(value, str) and any(mark in value for mark in ("*", "＊", "•••"))


def is_pending(value: Any) -> bool:
    """Whether a cell says that nobody and nothing is named yet (待定, 待确权): no holder has that name."""
    return isinstance(value, str) and re.sub(r"\s", "", half_width(value)) in PENDING_WORDS


def parse_choice(value: Any, choices: Mapping[str, str]) -> str:
    """The code that a word stands for; a word may carry a remark in brackets. :raises CellProblem:"""
    word = re.sub(r"\s", "", half_width(value))
    bare = re.sub(r"[(].*?[)]", "", word)
    for candidate in (word, bare):
        if candidate in choices:
            return choices[candidate]
        if candidate.lower() in choices.values():
            return candidate.lower()
    labels = list(dict.fromkeys(choices.values()))
    names = [next(label for label, code in choices.items() if code == wanted) for wanted in labels]
    raise CellProblem(
        _("“%(value)s” is not one of: %(choices)s.") % {"value": word[:30], "choices": "、".join(names)},
        code="choice",
    )
