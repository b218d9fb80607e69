"""Draft and sign contracts; signing makes their dues. 中文：合同登记与签订"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from assets.income.codes import BY_OTHERS
from assets.income.planning import planned
from assets.models import Contract, ContractUnit, Due, FreePeriod
from registry import access, clock
from registry.codes import EntryCode
from registry.errors import BadInput
from registry.models import Act, Division, Entry, ImportBatch, Unit, User
from registry.models.filling import insert_rows
from registry.rules.engine import evaluate_units
from registry.rules.guard import refuse_broken
from registry.services.acts import record_act
from registry.services.entries import EntryLine, open_entries

from .receiving import take_account

VERB = "keep_contract"
CENT = Decimal("0.01")
FACTS = tuple(
    name.name
    for name in Contract._meta.get_fields()
    if getattr(name, "concrete", False)
    and name.name not in {"id", "division", "term", "signed_on", "batch", "annulled"}
)


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """What the parties agree on. ``values``: columns of the contract (``FACTS``); last days are included."""

    begins_on: dt.date
    ends_on: dt.date | None
    values: dict[str, Any]
    parts: Sequence[tuple[Unit, Fraction]]
    free: Sequence[tuple[dt.date, dt.date]] = field(default_factory=tuple)


@transaction.atomic
def draft_contract(
    *, division: Division, agreement: Agreement, by: User | None, batch: ImportBatch | None = None
) -> Contract:
    """Register a contract that is not signed yet. 中文：登记合同草案

    Raises ``BadInput`` with the field and the sentence of what cannot be so; ``NotAllowed``.
    """
    access.require(by, VERB, division)
    _belongs(agreement, division, by)
    contract = Contract(division=division, batch=batch)
    _write(contract, agreement)
    _book("contract_drafted", contract, by, batch=batch)
    return contract


@transaction.atomic
def change_draft(*, contract: Contract, agreement: Agreement, by: User | None) -> Contract:
    """Write a draft anew. A signed contract is amended instead. 中文：修改合同草案"""
    contract = lock(contract, by)
    if contract.signed_on is not None:
        raise BadInput(_("This contract is signed. Amend it instead."), "signed")
    _belongs(agreement, contract.division, by)
    contract.parts.all().delete()
    contract.free_periods.all().delete()
    _write(contract, agreement)
    _book("contract_changed", contract, by)
    return contract


@transaction.atomic
def sign_contract(
    *, contract: Contract, signed_on: dt.date, by: User | None, batch: ImportBatch | None = None
) -> Contract:
    """Sign a contract: its dues fall as its terms say, its operator stands in the register. 中文：签订合同

    Raises ``RuleBroken`` (OPR-03, INC-03) from the go-live day on; ``BadInput``; ``NotAllowed``.
    """
    contract = lock(contract, by)
    if contract.signed_on is not None:
        raise BadInput(_("It was signed on %(day)s.") % {"day": contract.signed_on}, "signed_on")
    if signed_on > clock.today():
        raise BadInput(_("A contract cannot be signed in the future; check the date."), "signed_on")
    parts = list(contract.parts.select_related("unit"))
    if not parts:
        raise BadInput(_("Name the assets that the contract is about."), "units")
    contract.signed_on = signed_on
    contract.save(update_fields=["signed_on"])
    act = _book("contract_signed", contract, by, on=signed_on, batch=batch)
    write_dues(contract, [(one.kind, one.line, one.line.amount, "") for one in planned(contract)], act)
    units = [part.unit_id for part in parts]
    _open_operation(contract, [part.unit for part in parts], by, batch)
    if batch is None:
        refuse_broken(on=signed_on, units=units)
    evaluate_units(units, as_of=clock.today())
    return contract


def lock(contract: Contract, by: User | None, verb: str = VERB) -> Contract:
    """The contract under a lock, for a user who may. Raises ``BadInput`` where it was taken back."""
    rows = Contract.objects.select_for_update(of=("self",)).select_related("division", "operator")
    locked = rows.get(pk=contract.pk)
    access.require(by, verb, locked.division)
    if locked.annulled_id is not None:
        raise BadInput(_("This contract was taken back."), "annulled")
    return locked


def write_dues(contract: Contract, lines: Sequence[tuple[str, Any, Decimal, str]], act: Act) -> list[Due]:
    """Write dues of (kind, line, amount, note), numbered on from the last."""
    last = max(contract.dues.values_list("number", flat=True), default=0)
    payer = contract.operator or contract.owner
    return insert_rows(
        [
            Due(
                contract=contract,
                number=last + nth,
                kind=kind,
                period=DateRange(line.begin, line.end),
                due_on=line.due_on,
                amount=amount,
                payer=payer,
                note=note,
                planned_by=act,
            )  # fmt: skip
            for nth, (kind, line, amount, note) in enumerate(lines, start=1)
        ]
    )


def _belongs(agreement: Agreement, division: Division, by: User | None) -> None:
    """Units lie in the place of the contract, and their weights make one."""
    for unit, _weight in agreement.parts:
        if not unit.division.path.startswith(division.path):
            raise BadInput(
                _("%(unit)s does not lie in %(division)s.") % {"unit": unit.name, "division": division.name},
                "units",
            )
    total = sum((weight for _unit, weight in agreement.parts), Fraction(0))
    if agreement.parts and total != 1:
        raise BadInput(
            _("The weights of the assets sum to %(total)s; they must sum to exactly 1.") % {"total": total},
            "units",
        )


def _write(contract: Contract, agreement: Agreement) -> None:
    if agreement.ends_on is not None and agreement.ends_on < agreement.begins_on:
        raise BadInput(
            _("The contract ends on %(end)s, before it begins on %(begin)s. Correct one of them.")
            % {"end": agreement.ends_on, "begin": agreement.begins_on},
            "ends_on",
        )
    upper = agreement.ends_on + dt.timedelta(days=1) if agreement.ends_on else None
    contract.term = DateRange(agreement.begins_on, upper)
    unknown = agreement.values.keys() - set(FACTS)
    if unknown:
        raise TypeError(f"no such facts of a contract: {sorted(unknown)}")
    for name, value in agreement.values.items():
        setattr(contract, name, value)
    _from_kind(contract)
    take_account(contract, imported=contract.batch is not None)
    try:
        with transaction.atomic():
            contract.save()
            ContractUnit.objects.bulk_create(
                ContractUnit(contract=contract, unit=unit, weight_num=w.numerator, weight_den=w.denominator)
                for unit, w in agreement.parts
            )
            FreePeriod.objects.bulk_create(
                FreePeriod(contract=contract, valid=DateRange(begin, end + dt.timedelta(days=1)))
                for begin, end in agreement.free
            )
    except IntegrityError as error:
        raise BadInput(sentence_of(error), "refused") from error


def _from_kind(contract: Contract) -> None:
    """Where it is paid in kind, a year costs quantity times price."""
    if contract.in_kind_quantity is not None and contract.in_kind_price is not None:
        contract.amount = (contract.in_kind_quantity * contract.in_kind_price).quantize(CENT)


def sentence_of(error: IntegrityError) -> str:
    """What the database refused, as its constraint says it."""
    for model in (Contract, ContractUnit, FreePeriod, Due):
        for constraint in model._meta.constraints:
            if constraint.name in str(error):
                return str(constraint.violation_error_message)
    return _("The register refused it: %(why)s") % {"why": str(error).splitlines()[0]}


def _open_operation(
    contract: Contract, units: Sequence[Unit], by: User | None, batch: ImportBatch | None
) -> None:
    """The operator's right stands with the units, unless somebody's does already or the user may not.

    It has no end: who stays after the term is found by OPR-06 until the asset is handed back.
    """
    if contract.mode not in BY_OTHERS or contract.operator is None:
        return
    held = Entry.objects.in_force().filter(
        unit__in=units, code=EntryCode.OPERATION, valid__overlap=DateRange(contract.term.lower, None)
    )
    taken = set(held.values_list("unit", flat=True))
    lines = [
        EntryLine(
            unit=unit,
            code=EntryCode.OPERATION,
            party=contract.operator,
            valid_from=contract.term.lower,
            source=contract.source,
        )  # fmt: skip
        for unit in units
        if unit.pk not in taken and (by is None or access.may(by, "open_entry", unit.division))
    ]
    open_entries(lines, by=by, reason=contract.number, batch=batch)


def _book(
    verb: str, contract: Contract, by: User | None, *, on: dt.date | None = None,
    batch: ImportBatch | None = None,
) -> Act:  # fmt: skip
    return record_act(
        by=by,
        batch=batch,
        verb=verb,
        division=contract.division,
        subject=f"contract:{contract.pk}",
        effective_on=on,
        source=contract.source,
        after=describe(contract),
    )


def describe(contract: Contract) -> dict[str, Any]:
    """What the book says of a contract."""
    return {
        "number": contract.number,
        "mode": contract.mode,
        "owner": contract.owner_id,
        "operator": contract.operator_id,
        "from": contract.term.lower.isoformat(),
        "to": contract.last_day.isoformat() if contract.last_day else None,
        "amount": str(contract.amount) if contract.amount is not None else None,
        "units": {str(part.unit_id): str(part.weight) for part in contract.parts.all()},
    }
