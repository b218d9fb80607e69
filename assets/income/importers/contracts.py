"""Importer of contract ledgers: ``import_ledger --kind contracts``. 中文：合同台账导入"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.importers.judging import Judge
from assets.importers.ledger import LedgerImporter
from assets.importers.sheetrow import SheetRow, plain_value
from assets.importers.who import ask_for
from assets.income.codes import BY_OTHERS, ContractMode
from assets.income.models.bank import BankAccount
from assets.income.services.accounts import digits
from assets.income.services.contract_batches import take_back_contracts
from assets.income.services.contracts import Agreement, draft_contract, sign_contract
from assets.models import Contract
from registry.codes import UnitKind
from registry.models import Act, Division, ImportBatch, RowAction, Unit, User
from registry.services.parties import PartyAsk, PartyBook

from .contract_columns import CONTRACTS

PLAIN = (
    "number", "title", "mode", "amount", "rhythm", "timing", "escalation_years", "escalation_percent",
    "deposit", "platform_number", "remark",
)  # fmt: skip
DAYS = ("signed_on", "begins_on", "ends_on")
SAID = (*PLAIN, *DAYS, "units", "owner", "operator")


class ContractsImporter(LedgerImporter):
    """Contracts on registered assets; those with a day of signature are signed, the others are drafts."""

    kind = "ledger:contracts"
    label = gettext_lazy("contracts")
    table = CONTRACTS

    def judge(self, rows: Sequence[SheetRow], judge: Judge, batch: ImportBatch) -> dict[str, Any]:
        codes = {code for row in rows for code, _weight in _parts(row.text("units", 2000))}
        units = Unit.objects.in_force().filter(kind=UnitKind.ASSET, code__in=codes)
        by_code = {unit.code: unit for unit in units.select_related("division")}
        for row in rows:
            _judge(row)
            _judge_units(row, by_code, judge)
        _judge_accounts(rows, judge)
        _compare(rows)
        return {"contracts": sum(1 for row in rows if row.good)}

    def apply(self, batch: ImportBatch, *, by: User | None) -> None:
        staged = list(batch.staged.filter(action=RowAction.CREATE).order_by("id"))
        asks = [
            PartyAsk(**row.values[side])
            for row in staged
            for side in ("owner", "operator")
            if row.values[side]
        ]
        book = PartyBook(asks)
        book.register(by=by, batch=batch)
        places = Division.objects.in_bulk({row.values["division"] for row in staged})
        keys = {key for row in staged for key, _weight in row.values["parts"]}
        units = Unit.objects.select_related("division").in_bulk(keys)
        for row in staged:
            values = row.values
            contract = draft_contract(
                division=places[values["division"]],
                agreement=_agreement(values, units, book),
                by=by,
                batch=batch,
            )
            if values["signed_on"]:
                signed_on = dt.date.fromisoformat(values["signed_on"])
                sign_contract(contract=contract, signed_on=signed_on, by=by, batch=batch)

    def reverse(self, batch: ImportBatch, *, by: User | None, act: Act) -> None:
        take_back_contracts(batch=batch, act=act)


def _parts(text: str) -> list[tuple[str, str]]:
    """Codes and weights of a cell: "U1", or "U1 1/3；U2 2/3"."""
    found = []
    for piece in re.split(r"[;；,，、\n]+", text):
        words = piece.split()
        if words:
            found.append((words[0], words[1] if len(words) > 1 else ""))
    return found


def _judge(row: SheetRow) -> None:
    values = row.values
    for name in ("number", "title", "platform_number", "remark"):
        values[name] = row.text(name, {"number": 60, "title": 200, "platform_number": 60}.get(name, 255))
    for name in ("mode", "amount", "escalation_years", "escalation_percent", "deposit"):
        values[name] = plain_value(row.get(name))
    values["rhythm"] = int(row.get("rhythm") or 12)
    values["timing"] = row.get("timing") or "advance"
    values["deposit"] = values["deposit"] or "0"
    values["account_number"] = digits(row.text("account_number", 32))
    for name in DAYS:
        values[name] = plain_value(row.date(name))
    values["title"] = values["title"] or values["number"]
    for name, said in (
        ("number", _("The contract has no number.")),
        ("mode", _("Write the mode: 承包, 租赁, 入股, 托管, 自营 or 债权.")),
        ("begins_on", _("The first day of the contract is missing.")),
    ):
        if not values[name] and not row.broken(name):
            row.refuse(name, f"no_{name}", said)
    _judge_sides(row)


def _judge_sides(row: SheetRow) -> None:
    values, by_others = row.values, row.values["mode"] in BY_OTHERS
    if not row.text("owner"):
        row.refuse("owner", "no_owner", _("The owner's side is missing."))
    if by_others and (not row.text("operator") or values["amount"] is None):
        row.refuse("operator", "no_operator", _("Name the operator and the amount of a year."))
    if values["mode"] == ContractMode.DEBT:
        row.refuse(
            "mode", "debt_by_hand", _("Lent money is registered on its page, with rate and repayment.")
        )
    if not values["ends_on"] and values["mode"] != ContractMode.OWN_OPERATION and not row.broken("ends_on"):
        row.refuse("ends_on", "no_end", _("The last day of the contract is missing."))
    elif values["ends_on"] and values["begins_on"] and values["ends_on"] < values["begins_on"]:
        row.refuse("ends_on", "end_before", _("The contract ends before it begins; check both days."))
    if bool(values["escalation_years"]) != bool(values["escalation_percent"]):
        row.refuse("escalation_percent", "escalation", _("An escalation has its years and its per cent."))


def _judge_units(row: SheetRow, by_code: dict[str, Unit], judge: Judge) -> None:
    parts = _parts(row.text("units", 2000))
    missing = [code for code, _weight in parts if code not in by_code]
    if not parts or missing:
        said = _("No asset has the code %(code)s.") % {"code": "、".join(missing[:3])}
        row.refuse("units", "asset_unknown", said if missing else _("Name the assets by their codes."))
        return
    units = [by_code[code] for code, _weight in parts]
    try:
        weights = [Fraction(word) if word else Fraction(1, len(parts)) for _code, word in parts]
    except (ValueError, ZeroDivisionError):
        row.refuse("units", "weights", _("Weights are fractions, as 1/3 2/3."))
        return
    if sum(weights) != 1:
        row.refuse("units", "weights", _("The weights of the assets must sum to exactly 1."))
        return
    row.unit_id = units[0].pk
    place = _common(units, judge)
    row.values |= {
        "division": place.pk,
        "parts": [
            [unit.pk, f"{w.numerator}/{w.denominator}"] for unit, w in zip(units, weights, strict=True)
        ],
        "units": [
            f"{unit.code} {w.numerator}/{w.denominator}" for unit, w in zip(units, weights, strict=True)
        ],
    }
    for side in ("owner", "operator"):
        name = row.text(side, 160)
        row.values[side] = ask_for(name, place, judge.places).__dict__ if name else None


def _judge_accounts(rows: Sequence[SheetRow], judge: Judge) -> None:
    """A registered account is the owner's own, or one of the place or above it. One query."""
    numbers = {row.values["account_number"] for row in rows} - {""}
    known = {
        account.number: account
        for account in BankAccount.objects.in_force().filter(number__in=numbers)
        .select_related("division", "holder")
    }  # fmt: skip
    for row in rows:
        account = known.get(row.values["account_number"])
        if account is None or not row.good:
            continue
        place = judge.places.by_pk[row.values["division"]]
        if row.text("owner") != account.holder.name and not place.path.startswith(account.division.path):
            said = _("%(account)s is neither the owner's account nor one of this place or above it.")
            row.refuse("account_number", "account_elsewhere", said % {"account": account})


def _common(units: Sequence[Unit], judge: Judge) -> Division:
    """The smallest place that holds all the units."""
    paths = [unit.division.path.strip("/").split("/") for unit in units]
    shared = [parts[0] for parts in zip(*paths, strict=False) if len(set(parts)) == 1]
    return judge.places.by_pk[int(shared[-1])]


def _compare(rows: Sequence[SheetRow]) -> None:
    """New, the same as registered, or another contract under a number that is taken. Three queries."""
    numbers = [row.values["number"] for row in rows]
    known = Contract.objects.in_force().filter(number__in=numbers)
    by_number = {
        c.number: c for c in known.select_related("owner", "operator").prefetch_related("parts__unit")
    }
    seen: dict[str, SheetRow] = {}
    for row in rows:
        number = row.values["number"]
        if row.good and seen.setdefault(number, row) is not row:
            row.refuse("number", "duplicate_row", _("The number stands twice in the file."))
        contract = by_number.get(number)
        if row.good and contract is not None:
            changed = [name for name in SAID if _plain_said(row.values, name) != _stored(contract, name)]
            if row.values["account_number"] not in ("", contract.account_number):
                changed.append("account_number")
            if changed:
                what = "、".join(row.titles.get(name, name) for name in changed[:4])
                said = _("Contract %(number)s is registered with another %(what)s. Amend it on its page.")
                row.refuse("number", "contract_exists", said % {"number": number, "what": what})
            else:
                row.action = RowAction.KEEP
        if not row.good:
            row.action = RowAction.REJECT


def _plain_said(values: dict[str, Any], name: str) -> Any:
    value = values[name]
    if name in ("owner", "operator"):
        return value["name"] if value else None
    if name in ("amount", "deposit", "escalation_percent"):
        return None if value is None else Decimal(value)
    return sorted(value) if name == "units" else value


def _stored(contract: Contract, name: str) -> Any:
    """A fact of a registered contract as a row says it."""
    if name in ("owner", "operator"):
        party = getattr(contract, name)
        return party.name if party else None
    if name == "units":
        return sorted(f"{p.unit.code} {p.weight_num}/{p.weight_den}" for p in contract.parts.all())
    if name in ("begins_on", "ends_on"):
        day = contract.term.lower if name == "begins_on" else contract.last_day
        return day.isoformat() if day else None
    value = getattr(contract, name)
    return value.isoformat() if isinstance(value, dt.date) else value


def _agreement(values: dict[str, Any], units: dict[int, Unit], book: PartyBook) -> Agreement:
    facts = {name: values[name] for name in (*PLAIN, "account_number")}
    for name in ("amount", "deposit", "escalation_percent"):
        facts[name] = None if facts[name] is None else Decimal(facts[name])
    for side in ("owner", "operator"):
        facts[side] = book[PartyAsk(**values[side])] if values[side] else None
    return Agreement(
        begins_on=dt.date.fromisoformat(values["begins_on"]),
        ends_on=dt.date.fromisoformat(values["ends_on"]) if values["ends_on"] else None,
        values=facts,
        parts=[(units[key], Fraction(weight)) for key, weight in values["parts"]],
    )
