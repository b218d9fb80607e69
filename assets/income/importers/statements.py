"""Importer of bank statements: the balance proved, nothing booked twice. 中文：对账单导入"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.income.importers.statement_columns import STATEMENT
from assets.income.importers.statement_reading import Line, Reading, first_break, is_account, read_statement
from assets.income.models.bank import BankAccount, BankLine
from assets.income.services import statements
from registry import display
from registry.errors import BadInput
from registry.importers import Importer
from registry.models import Act, ImportBatch, ImportRow, RowAction, User
from registry.queries.head_memory import knowing, remembered
from registry.readers.table.heads import normalise
from registry.services.head_memory import remember_heads

ZERO = Decimal("0.00")


class StatementImporter(Importer):
    """Statements of the accounts that income goes through."""

    kind = "statement"
    verb = "import_statement"
    label = gettext_lazy("bank statement")
    options = ("mapping",)
    table = STATEMENT

    def stage(self, batch: ImportBatch, path: Path) -> None:
        reading = self.read(batch, path, self.origin(batch))
        account = account_of(batch, reading)
        if not batch.options.get("account"):
            reading = self.read(batch, path, account.bank_name)  # the file itself said whose it is
        if batch.division is None:
            batch.division = account.division
        problems(batch, reading)
        known = booked(account, (line.fingerprint for line in reading.lines))
        good = not batch.errors
        rows = [staged(batch, reading, line, known, good) for line in reading.lines]
        ImportRow.objects.bulk_create(rows, batch_size=1000)
        count(batch, reading, account, rows)

    def origin(self, batch: ImportBatch) -> str:
        """The bank of the account: what its columns are called is remembered for its files alone."""
        key = batch.options.get("account") or batch.totals.get("account")
        account = BankAccount.objects.in_force().filter(pk=key).first() if key else None
        return account.bank_name if account else ""

    def read(self, batch: ImportBatch, path: Path, bank: str) -> Reading:
        table = knowing(STATEMENT, remembered(self.kind, batch.division, bank))
        return read_statement(path, table, batch.options.get("mapping"))

    def apply(self, batch: ImportBatch, *, by: User | None) -> None:
        statements.book(batch=batch, by=by)

    def applied(self, batch: ImportBatch, *, by: User | None) -> None:
        """Columns that were named for this file are remembered for the next one of this bank."""
        given = (batch.options.get("mapping") or {}).get("columns")
        if given and not batch.options.get("remembered"):
            known = batch.totals.get("known") or {}
            remember_heads(
                kind=self.kind, division=batch.division, named=given, known=known, by=by,
                origin=self.origin(batch),
            )  # fmt: skip

    def next_step(self, batch: ImportBatch) -> tuple[str, Any] | None:
        account = batch.totals.get("account")
        return (reverse("matching", args=[account]), _("Match the lines")) if account else None

    def reverse(self, batch: ImportBatch, *, by: User | None, act: Act) -> None:
        statements.take_back(batch, act=act)


def account_of(batch: ImportBatch, reading: Reading) -> BankAccount:
    """The account that was named, or that the file names; both must agree. Raises ``BadInput``."""
    accounts = BankAccount.objects.in_force().select_related("division", "holder")
    given = batch.options.get("account")
    found: BankAccount | None
    if given:
        found = accounts.filter(pk=given).first()
    else:
        named = _named(accounts, reading)
        found = named[0] if len(named) == 1 else None
    if found is None:
        raise BadInput(
            _(
                "The file does not say of which registered account it is. Choose the account, or "
                "register it first."
            ),
            "no_account",
        )
    if batch.division is not None and not found.division.path.startswith(batch.division.path):
        raise BadInput(_("This account belongs to another place."), "no_account")
    if reading.accounts and not any(is_account(found.number, stated) for stated in reading.accounts):
        raise BadInput(
            _("The file is a statement of account %(file)s, not of %(account)s. Choose its account.")
            % {"file": f"****{sorted(reading.accounts)[0][-4:]}", "account": found.shown_number},
            "other_account",
        )
    return found


def _named(accounts: Any, reading: Reading) -> list[BankAccount]:
    """The accounts that the file may be of; digits that a bank hides may be any."""
    whole = {stated for stated in reading.accounts if "*" not in stated}
    if whole or not reading.accounts:
        return list(accounts.filter(number__in=whole)[:2])
    return [
        account
        for account in accounts
        if any(is_account(account.number, stated) for stated in reading.accounts)
    ]


def problems(batch: ImportBatch, reading: Reading) -> None:
    """What refuses the file: wrong cells, days outside the period, a balance that breaks. All at once."""
    for line in reading.lines:
        outside = line.booked_on and reading.starts_on and reading.ends_on
        if outside and not reading.starts_on <= line.booked_on <= reading.ends_on:  # type: ignore[operator]
            said = _("%(day)s lies outside the period of the statement, %(first)s to %(last)s.") % {
                "day": line.booked_on, "first": reading.starts_on, "last": reading.ends_on,
            }  # fmt: skip
            line.errors.append(("booked_on", str(line.booked_on), "outside_period", said))
    bad = [line for line in reading.lines if line.errors]
    if not reading.lines:
        refuse(batch, None, "no_rows", _("The file has a head but no line under it."))
    if bad:
        first = bad[0]
        said = _("%(count)d lines cannot be booked, the first is row %(row)d: %(why)s Nothing was booked.")
        values = {"count": len(bad), "row": first.row, "why": first.errors[0][3]}
        refuse(batch, first.row, "bad_lines", said % values)
    elif reading.lines:
        _prove(batch, reading)


def _prove(batch: ImportBatch, reading: Reading) -> None:
    """Opening + credits - debits = closing, and every balance on the way; else the first break."""
    if reading.opening is None:
        stated = batch.options.get("opening")
        if stated is None:
            refuse(
                batch, None, "no_balance",
                _("The statement shows neither balances nor an opening balance, so that it cannot be proved. "
                  "Ask the bank for one with balances."),
            )  # fmt: skip
            return
        reading.opening = Decimal(str(stated)).quantize(ZERO)
    if broken := first_break(reading):
        line, expected = broken
        said = _(
            "The balance does not add up: row %(row)d of %(day)s shows %(balance)s, and %(expected)s "
            "follows from "
            "the lines before. A line is missing or was changed; ask the bank for the whole statement."
        ) % {
            "row": line.row, "day": line.booked_on, "balance": display.money(line.balance),
            "expected": display.money(expected),
        }  # fmt: skip
        refuse(batch, line.row, "balance_breaks", said)
        return
    total = reading.opening + sum((line.amount or ZERO for line in reading.lines), ZERO)
    if reading.closing is None:
        reading.closing = total
    elif reading.closing != total:
        said = _(
            "Opening %(opening)s + lines %(lines)s = %(total)s, and the statement closes with "
            "%(closing)s. The "
            "last lines are missing, or a stated balance is wrong."
        ) % {
            "opening": display.money(reading.opening), "lines": display.money(total - reading.opening),
            "total": display.money(total), "closing": display.money(reading.closing),
        }  # fmt: skip
        refuse(batch, reading.lines[-1].row, "closing_differs", said)


def refuse(batch: ImportBatch, row: int | None, code: str, message: str) -> None:
    batch.errors.append({"row": row, "column": None, "value": None, "code": code, "message": message})


def booked(account: BankAccount, fingerprints: Iterable[str]) -> set[str]:
    """Those of the lines that stand in the register already. One query."""
    wanted = [mark for mark in fingerprints if mark]
    rows = BankLine.objects.in_force().filter(account=account, fingerprint__in=wanted)
    return set(rows.values_list("fingerprint", flat=True))


def staged(batch: ImportBatch, reading: Reading, line: Line, known: set[str], good: bool) -> ImportRow:
    titles = {c.field.name: c.title for c in reading.header.known if c.field is not None}
    action = RowAction.KEEP if line.fingerprint in known else RowAction.CREATE
    values: dict[str, Any] = {
        "booked_on": line.booked_on.isoformat() if line.booked_on else None,
        "amount": str(line.amount) if line.amount is not None else None,
        "balance": str(line.balance) if line.balance is not None else None,
    }
    for name in ("name", "counter_account", "memo", "serial", "fingerprint"):
        values[name] = getattr(line, name)
    return ImportRow(
        batch=batch,
        sheet=reading.sheet[:80],
        row=line.row,
        label=f"{values['booked_on'] or '?'} {line.name}"[:255],
        action=action if good else RowAction.REJECT,
        raw=line.raw,
        values=values,
        errors=[
            {
                "column": titles.get(name, name),
                "value": value[:200],
                "code": code,
                "message": said,
                "field": name,
            }
            for name, value, code, said in line.errors
        ],
    )


def count(batch: ImportBatch, reading: Reading, account: BankAccount, rows: list[ImportRow]) -> None:
    fresh = sum(1 for row in rows if row.action == RowAction.CREATE)
    amounts = [line.amount for line in reading.lines if line.amount is not None]
    batch.rows = len(rows)
    batch.accepted = fresh
    batch.unchanged = sum(1 for row in rows if row.action == RowAction.KEEP)
    heads = {c.title: c.field.name for c in reading.header.known if c.field is not None}
    batch.totals = {
        "sheet": reading.sheet,
        "header_row": reading.header.first,
        "columns": heads,
        "unknown_columns": [column.title for column in reading.header.unknown],
        "account": account.pk,
        "account_shown": str(account),
        "starts_on": _iso(reading.starts_on),
        "ends_on": _iso(reading.ends_on),
        "opening": _text(reading.opening),
        "closing": _text(reading.closing),
        "credits": str(sum((a for a in amounts if a > 0), ZERO)),
        "debits": str(-sum((a for a in amounts if a < 0), ZERO)),
        "new": fresh,
        "notes": _notes(account, reading, batch),
        "known": meanings_of(reading),
    }


def meanings_of(reading: Reading) -> dict[str, str]:
    """What the reader takes the titles for by itself."""
    index = STATEMENT.index()
    fields = {c.title: index.get(normalise(c.title)[0]) for c in reading.header.columns if c.title}
    return {title: field.name if field else "" for title, field in fields.items()}


def _notes(account: BankAccount, reading: Reading, batch: ImportBatch) -> list[str]:
    """What somebody should look at: lines known already, a gap to the statement before."""
    notes = []
    if batch.unchanged:
        said = _("%(count)d lines are booked already (same content) and are not booked again.")
        notes.append(said % {"count": batch.unchanged})
    before = statements.latest_before(account, reading.starts_on)
    if before is not None and reading.opening is not None and before.closing != reading.opening:
        said = _("The statement before ends on %(day)s with %(closing)s; this one begins with %(opening)s.")
        values = {"day": before.ends_on, "closing": display.money(before.closing)}
        notes.append(said % {**values, "opening": display.money(reading.opening)})
    return notes


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _text(amount: Decimal | None) -> str | None:
    return str(amount) if amount is not None else None


IMPORTER = StatementImporter()
