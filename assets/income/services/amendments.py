"""Amend and end signed contracts, write dues off, declare what was earned. 中文：合同变更、终止、核销

An amendment plans the future anew and leaves what has begun. A due that was paid for is never taken back:
what the new terms ask more for its period comes as a due of its own, what they ask less is taken off it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from assets.income.codes import AmendmentKind, ContractMode, DueKind
from assets.income.planning import Planned, planned
from assets.income.queries.received import received_of
from assets.income.schedule import Line
from assets.models import Amendment, Contract, Due
from registry import access, clock
from registry.codes import EntryCode
from registry.errors import BadInput
from registry.models import Act, Decision, Entry, Source, User
from registry.reasons import too_short
from registry.rules.engine import evaluate_units
from registry.rules.guard import refuse_broken
from registry.services.acts import record_act
from registry.services.entries import end_entries

from .amounts import refuse_parts_of_fen
from .contracts import lock, write_dues

ZERO = Decimal(0)
WRITE_OFF = "write_off_due"
DECLARED = (DueKind.DIVIDEND, DueKind.PROFIT)  # written by hand when they are known
Key = tuple[str, dt.date]


@dataclass(frozen=True, kw_only=True)
class Change:
    """What is agreed anew: a new amount of a year, an index in per cent, or a new last day."""

    kind: str
    effective_on: dt.date
    reason: str
    amount: Decimal | None = None
    index_percent: Decimal | None = None
    ends_on: dt.date | None = None
    decision: Decision | None = None
    source: Source | None = None


@transaction.atomic
def amend_contract(*, contract: Contract, change: Change, by: User | None) -> Amendment:
    """Amend a signed contract from a day on; only the future is planned anew. 中文：变更合同

    Raises ``BadInput`` where the change cannot be, or asks less than was paid already; ``RuleBroken``
    (OPR-03) where the new term is too long.
    """
    contract = _signed(contract, by)
    refuse_parts_of_fen(change.amount)
    _refuse_change(contract, change)
    before = _plan_of(contract)
    act = _book("contract_amended", contract, by, change.effective_on, change.reason, {"kind": change.kind})
    amendment = Amendment.objects.create(contract=contract, act=act, **change.__dict__)
    if change.ends_on is not None:
        contract.term = DateRange(contract.term.lower, change.ends_on + dt.timedelta(days=1))
        contract.save(update_fields=["term"])
    plan_anew(contract, before, change.effective_on, act)
    _settle(contract, change.effective_on)
    return amendment


@transaction.atomic
def terminate_contract(
    *, contract: Contract, last_day: dt.date, reason: str, by: User | None, handed_back: bool = True,
    decision: Decision | None = None, source: Source | None = None,
) -> Amendment:  # fmt: skip
    """End a contract before its term; what is owed until then stays owed. 中文：提前终止合同

    ``handed_back``: the operator has given the assets back, and his right ends with the contract.
    """
    contract = _signed(contract, by)
    after = last_day + dt.timedelta(days=1)
    if not contract.term.lower < after < (contract.term.upper or dt.date.max):
        raise BadInput(
            _("A contract of %(begin)s to %(end)s does not end early on %(day)s.")
            % {"begin": contract.term.lower, "end": contract.last_day, "day": last_day},
            "last_day",
        )
    _reason(reason)
    before = _plan_of(contract)
    act = _book("contract_terminated", contract, by, after, reason, {"last_day": last_day.isoformat()})
    amendment = Amendment.objects.create(
        contract=contract, kind=AmendmentKind.TERMINATED, effective_on=after, ends_on=last_day,
        reason=reason, decision=decision, source=source, act=act,
    )  # fmt: skip
    contract.term = DateRange(contract.term.lower, after)
    contract.save(update_fields=["term"])
    plan_anew(contract, before, after, act)
    if handed_back:
        _hand_back(contract, after, reason, by)
    _settle(contract, after)
    return amendment


@transaction.atomic
def write_off(*, due: Due, amount: Decimal, reason: str, by: User | None) -> Due:
    """Write off a part of a due that nobody will pay. 中文：核销应收款"""
    contract = lock(due.contract, by, WRITE_OFF)
    locked = Due.objects.select_for_update().get(pk=due.pk)
    _reason(reason)
    refuse_parts_of_fen(amount)
    left = locked.amount - locked.written_off - received_of([locked.pk]).get(locked.pk, ZERO)
    if locked.annulled_id is not None or not 0 < amount <= left:
        raise BadInput(
            _("%(left)s yuan of this due are open; %(amount)s cannot be written off.")
            % {"left": left, "amount": amount},
            "amount",
        )
    act = _book(
        "due_written_off", contract, by, clock.today(), reason, {"due": due.pk, "amount": str(amount)}
    )
    _lower(locked, amount, act)
    evaluate_units(_units(contract), as_of=clock.today())
    return locked


@transaction.atomic
def declare_due(
    *, contract: Contract, kind: str, begin: dt.date, end: dt.date, due_on: dt.date, amount: Decimal,
    note: str, by: User | None,
) -> Due:  # fmt: skip
    """Write what was earned beside the plan: a dividend, the profit of own operation. 中文：登记应收收益"""
    contract = _signed(contract, by)
    refuse_parts_of_fen(amount)
    if kind not in DECLARED:
        raise BadInput(
            _("Only dividends and profits are declared; the rest follows from the contract."), "kind"
        )
    if end < begin or amount <= 0:
        raise BadInput(_("A due has a period that ends after it begins, and more than 0 yuan."), "amount")
    act = _book("due_declared", contract, by, due_on, note, {"kind": kind, "amount": str(amount)})
    line = Line(number=1, begin=begin, end=end + dt.timedelta(days=1), due_on=due_on, amount=amount)
    made = write_dues(contract, [(kind, line, amount, note[:120])], act)[0]
    evaluate_units(_units(contract), as_of=clock.today())
    return made


def plan_anew(contract: Contract, before: dict[Key, Planned], since: dt.date, act: Act) -> None:
    """Hold the plan of before against that of the terms as they are, and write the difference. 中文：重排应收

    Planned dues only; what was declared by hand stays, and so does what was written off.
    """
    now = _plan_of(contract)
    old: dict[Key, list[Due]] = defaultdict(list)
    for due in contract.dues.in_force().select_for_update().exclude(kind__in=DECLARED).order_by("pk"):
        old[due.kind, due.period.lower].append(due)
    received = received_of(due.pk for dues in old.values() for due in dues)
    new: list[tuple[str, Any, Decimal, str]] = []
    for key in sorted(now.keys() | before.keys(), key=lambda key: (key[1], key[0])):
        if now.get(key) != before.get(key):
            new += _difference(before.get(key), now.get(key), old.get(key, []), received, since, act)
    write_dues(contract, new, act)


def _plan_of(contract: Contract) -> dict[Key, Planned]:
    """The plan by kind and begin of the period, as the contract stands."""
    return {(one.kind, one.line.begin): one for one in planned(contract, contract.amendments.in_force())}


def _difference(
    was: Planned | None, wanted: Planned | None, dues: list[Due], received: dict[int, Decimal],
    since: dt.date, act: Act,
) -> list[tuple[str, Any, Decimal, str]]:  # fmt: skip
    """What one period needs: another due, less of the old ones, or a new one in their place."""
    more = (wanted.line.amount if wanted else ZERO) - (was.line.amount if was else ZERO)
    begun = bool(dues) and dues[0].period.lower < since
    if dues and (begun or any(received.get(due.pk) or due.written_off for due in dues)):
        if more > 0 and wanted is not None:
            return [(wanted.kind, wanted.line, more, _("difference of an amendment"))]
        if more < 0:
            _lower_all(dues, -more, received, act)
        return []
    for due in dues:
        due.annulled = act
        due.save(update_fields=["annulled"])
    return [(wanted.kind, wanted.line, wanted.line.amount, "")] if wanted is not None else []


def _lower_all(dues: list[Due], less: Decimal, received: dict[int, Decimal], act: Act) -> None:
    """Take an amount off the open parts. Raises ``BadInput`` where more was paid than is owed now."""
    for due in reversed(dues):
        part = min(less, due.amount - due.written_off - received.get(due.pk, ZERO))
        if part > 0:
            _lower(due, part, act)
            less -= part
    if less > 0:
        raise BadInput(
            _(
                "For the period from %(begin)s on, %(less)s yuan more were paid than the new terms ask. "
                "Undo the match or pay it back first, then amend."
            )
            % {"begin": dues[0].period.lower, "less": less},
            "paid",
        )


def _lower(due: Due, amount: Decimal, act: Act) -> None:
    due.written_off += amount
    due.written_off_by = act
    due.save(update_fields=["written_off", "written_off_by"])


def _signed(contract: Contract, by: User | None) -> Contract:
    locked = lock(contract, by)
    if locked.signed_on is None:
        raise BadInput(_("This contract is a draft. Sign it first, or change the draft."), "draft")
    return locked


def _refuse_change(contract: Contract, change: Change) -> None:
    _reason(change.reason)
    if change.kind == AmendmentKind.TERMINATED or change.kind not in AmendmentKind.values:
        raise BadInput(_("Choose what is amended."), "kind")
    if contract.mode == ContractMode.DEBT and change.kind != AmendmentKind.TERM:
        raise BadInput(_("Of lent money only the term is amended."), "kind")
    if change.effective_on not in contract.term:
        raise BadInput(
            _("%(day)s lies outside the term of the contract, %(begin)s to %(end)s.")
            % {"day": change.effective_on, "begin": contract.term.lower, "end": contract.last_day},
            "effective_on",
        )
    given = {"amount": change.amount, "indexed": change.index_percent, "term": change.ends_on}[change.kind]
    if given is None:
        raise BadInput(_("Say what it becomes: the new amount, the per cent, or the new last day."), "kind")
    if change.ends_on is not None and change.ends_on < change.effective_on:
        raise BadInput(_("The new last day lies before the amendment. Terminate it instead."), "ends_on")


def _reason(reason: str) -> None:
    if too_short(reason):
        raise BadInput(_("Say in a sentence why."), "reason")


def _hand_back(contract: Contract, on: dt.date, reason: str, by: User | None) -> None:
    """The operator's right on the units ends on the day, where the user may end it."""
    held = Entry.objects.in_force().filter(
        unit__in=_units(contract), code=EntryCode.OPERATION, party=contract.operator, valid__contains=on
    )
    rows = [e for e in held.select_related("unit__division") if e.valid.lower < on]
    if rows and (by is None or all(access.may(by, "open_entry", e.unit.division) for e in rows)):
        end_entries(rows, on=on, by=by, reason=reason)


def _units(contract: Contract) -> list[int]:
    return list(contract.parts.values_list("unit", flat=True))


def _settle(contract: Contract, on: dt.date) -> None:
    units = _units(contract)
    refuse_broken(on=on, units=units)
    evaluate_units(units, as_of=clock.today())


def _book(
    verb: str, contract: Contract, by: User | None, on: dt.date, reason: str, after: dict[str, Any]
) -> Act:
    return record_act(
        by=by, verb=verb, division=contract.division, subject=f"contract:{contract.pk}", reason=reason,
        effective_on=on, source=contract.source, after={"number": contract.number, **after},
    )  # fmt: skip
