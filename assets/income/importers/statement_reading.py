"""A bank statement, read: lines in order, period, balances, and where they break. 中文：对账单读取"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from registry.readers.errors import ReadError
from registry.readers.table import CellProblem, Header, Sheet, Table, detect_header, read_sheets
from registry.readers.table.dates import parse_date
from registry.readers.table.plain import half_width

from .statement_columns import MEMO, with_plain_heads

NOTHING = re.compile(r"^[-—/]*$")
AMOUNT = re.compile(r"^[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?$")
OPENING = re.compile(r"(?:期初|上期|承前|上月)(?:账户)?余额[:：为]?([+-]?[\d,]+(?:\.\d+)?)?")
CLOSING = re.compile(r"(?:期末|本期|结存|月末)(?:账户)?余额[:：为]?([+-]?[\d,]+(?:\.\d+)?)?")
SUMS = re.compile(r"(总?合计|总计|共计|小计|累计|本页|笔数|期初|期末|承前|余额|打印|下载|查询)")
DAYS = re.compile(
    r"(\d{4})[-/.年]?(\d{2})[-/.月]?(\d{2})日?(?:至|到|[-~—－]+)(\d{4})[-/.年]?(\d{2})[-/.月]?(\d{2})"
)
INCOMING, OUTGOING = ("贷", "收", "cr", "+", "入"), ("借", "支", "付", "dr", "-", "出")
ACCOUNT = re.compile(
    r"(?:账号|账户|卡号)[:：]?(\d[\d*]{6,30}\d|\*{2,28}\d{4,8})(?![\d*])"
)  # banks hide digits
CENT = Decimal("0.01")
LONGEST = {"name": 160, "counter_account": 40, "memo": 255, "serial": 60}


@dataclass
class Line:
    """A line of the file. ``errors``: (field, value, code, sentence)."""

    row: int
    raw: dict[str, str]
    booked_on: dt.date | None = None
    amount: Decimal | None = None
    balance: Decimal | None = None
    name: str = ""
    counter_account: str = ""
    memo: str = ""
    serial: str = ""
    fingerprint: str = ""
    errors: list[tuple[str, str, str, str]] = field(default_factory=list)


@dataclass
class Reading:
    """What a file says of one account: lines in the order in which they happened."""

    sheet: str
    header: Header
    lines: list[Line]
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    opening: Decimal | None = None
    closing: Decimal | None = None
    accounts: set[str] = field(default_factory=set)


def read_statement(path: Path, table: Table, mapping: Mapping[str, Any] | None = None) -> Reading:
    """Read the first sheet that has the head of a statement. Raises ``ReadError``."""
    for sheet in map(with_plain_heads, read_sheets(path)):
        header = detect_header(sheet, table, mapping) if sheet.height else None
        if header is not None:
            return _read(sheet, header)
    raise ReadError(
        _(
            "No sheet of %(name)s has the head of a bank statement: a date, and one or two columns "
            "of amounts. "
            "Name its columns by hand; they are remembered for this bank."
        )
        % {"name": path.name},
        code="no_header",
    )


def _read(sheet: Sheet, header: Header) -> Reading:
    reading = Reading(sheet.name, header, [])
    for index in range(sheet.height):
        if header.first <= index + 1 <= header.last:
            continue
        cells = [_text(sheet.shown(index, column)) for column in range(sheet.width)]
        line = _line(sheet, header, index) if index >= header.last else None
        if line is None:
            _around(reading, cells)
            continue
        own = header.column("own_account")
        if own is not None and re.fullmatch(r"[\d*]*\d{4}", digits := re.sub(r"\s", "", cells[own.index])):
            reading.accounts.add(digits)
        if line.amount or line.errors:  # a line of 0.00 (tax on interest) moves nothing
            reading.lines.append(line)
    reading.lines = in_order(reading.lines)
    _complete(reading)
    return reading


def _text(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return value.isoformat(" ")
    if isinstance(value, float):
        value = format(round(Decimal(repr(value)), 8).normalize(), "f")
    text = "" if value is None else half_width(value).strip("\t \u3000\u200b")
    return "" if NOTHING.match(text) else text


def _line(sheet: Sheet, header: Header, index: int) -> Line | None:
    """The line of a row; None for a row that is none: totals, balances, blank rows, repeated heads."""
    cells = {c.field.name: _text(sheet.filled(index, c.index)) for c in header.known if c.field is not None}
    stated = cells.get("booked_on") or cells.get("moment") or ""
    repeated = any(c.field and cells.get(c.field.name) == _text(c.title) for c in header.known)
    if not stated or repeated or SUMS.search(stated):
        return None
    raw = {c.title or c.letter: _text(sheet.filled(index, c.index)) for c in header.columns}
    line = Line(index + 1, raw)
    _parse_day(line, cells)
    _parse_money(line, cells)
    line.name = cells.get("name", "")[: LONGEST["name"]]
    line.counter_account = re.sub(r"\s", "", cells.get("counter_account", ""))[: LONGEST["counter_account"]]
    line.memo = " ".join(dict.fromkeys(cells[name] for name in MEMO if cells.get(name)))[: LONGEST["memo"]]
    line.serial = cells.get("serial", "")[: LONGEST["serial"]]
    return line


def _parse_day(line: Line, cells: Mapping[str, str]) -> None:
    name = "booked_on" if cells.get("booked_on") else "moment"
    text = re.sub(r"^(\d{8})[ T]?\d{1,2}:?\d{2}.*$", r"\1", cells[name])
    try:
        found = parse_date(text)
    except CellProblem as problem:
        line.errors.append((name, text, problem.code, str(problem)))
        return
    if found.precision != "day":
        line.errors.append((name, text, "date_form", _("A line of a statement needs the day.")))
        return
    line.booked_on = found.value


def _parse_money(line: Line, cells: Mapping[str, str]) -> None:
    numbers = {name: _number(line, name, cells) for name in ("credit", "debit", "amount", "balance")}
    line.balance = numbers["balance"]
    credit, debit = numbers["credit"] or Decimal(0), numbers["debit"] or Decimal(0)
    if credit or debit:
        line.amount = credit - debit
    elif numbers["amount"] is not None:
        line.amount = numbers["amount"] * _sign(cells.get("direction", ""))
    elif any(numbers[name] is not None for name in ("credit", "debit")):
        line.amount = Decimal(0)
    broken = any(error[2].startswith("amount") for error in line.errors)
    if line.amount is None and not broken:
        said = _("The line moves no money: give an amount other than 0.")
        line.errors.append(("amount", cells.get("amount", ""), "amount_missing", said))


def _sign(direction: str) -> int:
    word = direction.lower()
    outgoing = any(sign in word for sign in OUTGOING)
    return -1 if outgoing and not any(sign in word for sign in INCOMING) else 1


def _number(line: Line, name: str, cells: Mapping[str, str]) -> Decimal | None:
    text = re.sub(r"[\s￥¥元]|^(?:CNY|RMB|人民币)", "", cells.get(name, ""))
    if not text:
        return None
    if not AMOUNT.match(text) or not re.search(r"\d", text):
        said = _("“%(value)s” is not an amount; write a number such as 1,234.50.") % {"value": text[:30]}
        line.errors.append((name, text, "amount_text", said))
        return None
    number = Decimal(text.replace(",", ""))
    if number != number.quantize(CENT):
        said = _("%(value)s has more than two decimals; there is nothing smaller than a fen.") % {
            "value": text
        }
        line.errors.append((name, text, "amount_decimals", said))
        return None
    return number.quantize(CENT)


def is_account(number: str, stated: str) -> bool:
    """Whether a file's account, with hidden digits or without, is one of this number."""
    shown = re.split(r"\*+", stated)
    return re.fullmatch(r"\d*".join(map(re.escape, shown)), number) is not None


def _around(reading: Reading, cells: Sequence[str]) -> None:
    """Period, balances and account number that stand in titles and in the rows below."""
    text = re.sub(r"\s", "", "".join(cells))
    if reading.starts_on is None and (days := DAYS.search(text)):
        try:
            first, last = (dt.date(*map(int, part)) for part in (days.groups()[:3], days.groups()[3:]))
        except ValueError:
            pass
        else:
            reading.starts_on, reading.ends_on = first, last
    reading.accounts.update(ACCOUNT.findall(text))
    compact = [re.sub(r"\s", "", cell) for cell in cells]
    reading.opening = reading.opening if reading.opening is not None else _stated(OPENING, compact)
    closing = _stated(CLOSING, compact)
    reading.closing = closing if closing is not None else reading.closing


def _stated(form: re.Pattern[str], cells: Sequence[str]) -> Decimal | None:
    """The amount beside or in the cell of these words."""
    for at, cell in enumerate(cells):
        if match := form.search(cell):
            beside = next((other for other in cells[at + 1 :] if other), "")
            try:
                return Decimal((match[1] or beside).replace(",", "")).quantize(CENT)
            except InvalidOperation:
                continue
    return None


def in_order(lines: list[Line]) -> list[Line]:
    """The lines in the order in which they happened: many banks list the newest first."""
    if not lines:
        return lines
    dated = [line.booked_on for line in lines if line.booked_on]
    forwards = all(a <= b for a, b in zip(dated, dated[1:], strict=False))
    backwards = all(a >= b for a, b in zip(dated, dated[1:], strict=False))
    turned = lines[::-1]
    if forwards and not backwards:
        return lines
    if backwards and not forwards:
        return turned
    return turned if _breaks(turned) < _breaks(lines) else lines


def _breaks(lines: Sequence[Line]) -> int:
    pairs = zip(lines, lines[1:], strict=False)
    return sum(
        1
        for a, b in pairs
        if None not in (a.balance, b.balance, b.amount) and a.balance + b.amount != b.balance
    )  # type: ignore[operator]


def _complete(reading: Reading) -> None:
    """Balances from the first and the last line, the period from their days, the fingerprints."""
    lines = reading.lines
    if reading.opening is None and lines and lines[0].balance is not None and lines[0].amount is not None:
        reading.opening = lines[0].balance - lines[0].amount
    if reading.closing is None and lines:
        reading.closing = lines[-1].balance
    days = [line.booked_on for line in lines if line.booked_on]
    if days and reading.starts_on is None:
        reading.starts_on, reading.ends_on = min(days), max(days)
    fingerprints(lines)


def fingerprints(lines: Sequence[Line]) -> None:
    """Give every line what makes it itself: day, amount, balance; without one its number, else its text.

    Lines of one day that are alike in all of it are told apart by their order: whoever exports the day again
    gets the same ones again.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    for line in lines:
        if line.booked_on is None or line.amount is None:
            continue
        if line.balance is not None:
            rest = ("balance", str(line.balance))
        elif line.serial:
            rest = ("serial", line.serial)
        else:
            rest = ("text", line.name, line.counter_account, line.memo)
        key = (line.booked_on.isoformat(), str(line.amount), *rest)
        seen[key] += 1
        line.fingerprint = hashlib.sha256("\x1f".join((*key, str(seen[key]))).encode()).hexdigest()


def first_break(reading: Reading) -> tuple[Line, Decimal] | None:
    """The first line whose balance does not follow, and the balance that would; None where all follow."""
    balance = reading.opening
    for line in reading.lines:
        if balance is None or line.amount is None:
            return None
        balance += line.amount
        if line.balance is not None and line.balance != balance:
            return line, balance
    return None
