"""The made world in the register: contracts, dues, and two statements that overlap. 中文：入库"""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from assets.income.importers import statement_reading as reading
from assets.income.matching.book import Line
from assets.income.models.bank import BankAccount, BankLine, Statement
from assets.income.models.contract import Contract
from assets.income.models.due import Due
from registry.models import Division, Party
from registry.models.filling import insert_rows

from .generate import World

CENT = Decimal(100)


@dataclass(frozen=True)
class Loaded:
    """The account; the keys of the world by those of the register; how many lines were known already."""

    account: BankAccount
    lines: dict[int, int]
    dues: dict[int, int]
    recognised: int


def load(world: World, division: Division) -> Loaded:
    """Write the world past the services: what is measured is what reads it."""
    with transaction.atomic():
        owner = Party.objects.create(kind="village_collective", name="测量股份经济合作社", division=division)
        dues = _receivables(world, division, owner)
        account = BankAccount.objects.create(
            division=division, holder=owner, number="24530101040999999", bank="测量银行", kind="entrusted",
            opened_on=dt.date(2020, 1, 1),
        )  # fmt: skip
        lines, recognised = _lines(world, account)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return Loaded(account, lines, dues, recognised)


def _receivables(world: World, division: Division, owner: Party) -> dict[int, int]:
    parties = [
        Party(kind="company" if len(name) > 4 else "person", name=name, division=division)
        for name in world.names.values()
    ]
    of = dict(zip(world.names, insert_rows(parties), strict=True))
    payer = {due.contract: due.payer for due in world.dues}
    term = DateRange(dt.date(2025, 1, 1), dt.date(2026, 1, 1))
    contracts = [
        Contract(division=division, number=number, title="测量合同", mode="lease", owner=owner,
            operator=of[payer[key]],
                 term=term, amount=Decimal(1), signed_on=dt.date(2024, 12, 1))
        for number, key in world.numbers.items()
    ]  # fmt: skip
    made = dict(zip(world.numbers.values(), insert_rows(contracts), strict=True))
    numbers: Counter[int] = Counter()
    rows = []
    for due in world.dues:
        numbers[due.contract] += 1
        rows.append(
            Due(contract=made[due.contract], number=numbers[due.contract], kind="rent", payer=of[due.payer],
                period=DateRange(_month(due.first), _month(due.last + 1)),
                due_on=dt.date.fromordinal(due.due_on),
                amount=due.fen / CENT)
        )  # fmt: skip
    return {due.key: row.pk for due, row in zip(world.dues, insert_rows(rows), strict=True)}


def _month(number: int) -> dt.date:
    return dt.date(number // 12, number % 12 + 1, 1)


def _lines(world: World, account: BankAccount) -> tuple[dict[int, int], int]:
    """Two statements: the lines, and a later one that brings some again. A known line is not booked."""
    fresh = [line for line in world.lines if line.key not in world.copies]
    again = [line for line in world.lines if line.key in world.copies]
    known: dict[str, int] = {}
    keys: dict[int, int] = {}
    for lines in (fresh, again):
        marked = list(_marked(lines))
        new = [(line, mark) for line, mark in marked if mark not in known]
        statement = _statement(account, [line for line, _mark in new])
        rows = insert_rows([_row(account, statement, line, mark) for line, mark in new])
        for (line, mark), row in zip(new, rows, strict=True):
            known[mark] = keys[line.key] = row.pk
    return keys, len(world.lines) - len(keys)


def _marked(lines: Sequence[Line]) -> Iterable[tuple[Line, str]]:
    read = [
        reading.Line(
            1, {}, dt.date.fromordinal(one.day), one.fen / CENT, None, one.name, one.account, one.memo
        )
        for one in lines
    ]
    reading.fingerprints(read)
    return zip(lines, (one.fingerprint for one in read), strict=True)


def _statement(account: BankAccount, lines: Sequence[Line]) -> Statement:
    total = sum((line.fen for line in lines), 0) / CENT
    return Statement.objects.create(
        account=account, starts_on=dt.date(2025, 1, 1), ends_on=dt.date(2026, 6, 30), opening=0,
        credits=total,
        debits=0, closing=total,
    )  # fmt: skip


def _row(account: BankAccount, statement: Statement, line: Line, mark: str) -> BankLine:
    return BankLine(
        account=account, statement=statement, row=line.key, booked_on=dt.date.fromordinal(line.day),
        amount=line.fen / CENT, name=line.name, memo=line.memo, fingerprint=mark,
    )  # fmt: skip


def write_files(world: World, folder: Path) -> None:
    """The same rows for the peer."""

    def table(name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([heads, *rows])

    heads = ("key", "contract", "payer", "due_on", "first", "last", "fen")
    table("dues.csv", heads, ([getattr(due, name) for name in heads] for due in world.dues))
    seen: Counter[tuple[Any, ...]] = Counter()
    rows = []
    for line in world.lines:
        alike = (line.day, line.fen, line.name, line.memo, line.key in world.copies)
        seen[alike] += 1
        rows.append((line.key, line.day, line.year, line.fen, line.name, line.memo, seen[alike]))
    table("lines.csv", ("key", "day", "year", "fen", "name", "memo", "nth"), rows)
    table("payers.csv", ("key", "name"), world.names.items())
    table("contracts.csv", ("number", "key"), world.numbers.items())
