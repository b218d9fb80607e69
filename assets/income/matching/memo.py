"""What the memo of a payment says: contracts, periods, that it is a part. 中文：附言解析"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

TOKENS = re.compile(r"[A-Z0-9]+|[\u4e00-\u9fff]")
PART = re.compile(r"部分|首付|首期|先付|第[一二三四五1-5]笔|余款|尾款|分期|差额|补缴|补交|补齐")
DEPOSIT = re.compile(r"押金|保证金|履约金|定金")
REVERSED = re.compile(r"冲正|冲账|抹账|退汇|退票|撤销")
REFUND = re.compile(r"退款|退还|退租|退回")
BACK = "[-~至到—－]"
_RANGE = re.compile(rf"(?:(\d{{4}})年)?(\d{{1,2}})月?{BACK}(\d{{1,2}})月")
_MONTHS = re.compile(r"(?:(\d{4})年)?((?:\d{1,2}[、,，和及])*\d{1,2})月")
_DOTTED = re.compile(r"(?<!\d)(20\d{2})[-./](0?[1-9]|1[0-2])(?![\d.-])|(?<!\d)(20\d{2})(0[1-9]|1[0-2])(?!\d)")
_QUARTER = re.compile(r"(?:(\d{4})年)?度?第?([一二三四1-4](?:[、,和及至][一二三四1-4])*)季")
_HALF = re.compile(r"(?:(\d{4})年)?([上下])半年")
_YEAR = re.compile(
    r"(?<!\d)(20\d{2})年?(?:度|全年|年租|租|承包|分红)|(?<!\d)(20\d{2})年(?![\d上下第一二三四])"
)
DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4}


@dataclass(frozen=True)
class Said:
    """``contracts`` named; ``months`` named, as numbers year * 12 + month - 1; ``part``: it says so."""

    contracts: tuple[int, ...] = ()
    months: frozenset[int] = frozenset()
    part: bool = False


class Numbers:
    """Finds the numbers of contracts in a text, however they are punctuated. 中文：合同编号识别"""

    def __init__(self, numbers: Mapping[str, int]) -> None:
        tokens = {number: tuple(TOKENS.findall(plain(number))) for number in numbers}
        often = Counter(token for found in tokens.values() for token in set(found))
        self._rare: dict[str, list[tuple[tuple[str, ...], int]]] = defaultdict(list)
        self._compact: dict[str, int] = {}
        for number, found in tokens.items():
            if not any(len(token) > 1 or token.isdigit() for token in found):
                continue  # a number without any figure cannot be told from words
            rare = min(found, key=lambda token: (often[token], -len(token)))
            self._rare[rare].append((found, numbers[number]))
            if len("".join(found)) >= 6:
                self._compact["".join(found)] = numbers[number]

    def find(self, tokens: list[str]) -> dict[int, tuple[int, int]]:
        """Contracts named by the tokens of a text: from which token to which."""
        found: dict[int, tuple[int, int]] = {}
        for place, token in enumerate(tokens):
            if token in self._compact:
                found.setdefault(self._compact[token], (place, place + 1))
            for wanted, contract in self._rare.get(token, ()):
                at = place - wanted.index(token)
                if at >= 0 and tuple(tokens[at : at + len(wanted)]) == wanted:
                    found[contract] = (at, at + len(wanted))
        return found


def plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).upper()


def read(text: str, numbers: Numbers, year: int) -> Said:
    """What a memo says; ``year`` is that of the payment, for months named without one."""
    if not text:
        return Said()
    memo = plain(text)
    tokens = list(TOKENS.finditer(memo))
    named = numbers.find([token[0] for token in tokens])
    for first, last in sorted(named.values(), reverse=True):  # its figures are no months
        memo = f"{memo[: tokens[first].start()]}\n{memo[tokens[last - 1].end() :]}"
    return Said(tuple(sorted(named)), months(memo, year), bool(PART.search(memo)))


def months(memo: str, year: int) -> frozenset[int]:
    """The months that a text names: 2025年3月, 1-3月, 2025年一季度, 上半年, 202503, 2025年度."""
    found: set[int] = set()

    def add(stated: str | None, first: int, last: int) -> str:
        of = int(stated) if stated else year
        if 1 <= first <= last <= 12:
            found.update(range(of * 12 + first - 1, of * 12 + last))
        return " "

    def several(match: re.Match[str]) -> str:
        for one in re.findall(r"\d+", match[2]):
            add(match[1], int(one), int(one))
        return " "

    def quarters(match: re.Match[str]) -> str:
        for one in re.findall(r"[一二三四1-4]", match[2]):
            number = DIGITS.get(one) or int(one)
            add(match[1], number * 3 - 2, number * 3)
        return " "

    if not any(mark in memo for mark in "月季年") and not _DOTTED.search(memo):
        return frozenset()
    rest = _RANGE.sub(lambda m: add(m[1], int(m[2]), int(m[3])), memo)
    rest = _MONTHS.sub(several, rest)
    rest = _QUARTER.sub(quarters, rest)
    rest = _HALF.sub(lambda m: add(m[1], 1 if m[2] == "上" else 7, 6 if m[2] == "上" else 12), rest)
    rest = _DOTTED.sub(lambda m: add(m[1] or m[3], int(m[2] or m[4]), int(m[2] or m[4])), rest)
    _YEAR.sub(lambda m: add(m[1] or m[2], 1, 12), rest)
    return frozenset(found)
