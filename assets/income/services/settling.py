"""A person says what a line is for, and takes it back with a reason. 中文：人工对账与撤销"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.income.bank_codes import WITHOUT_DUE, MatchKind, MatchRule
from assets.income.matching import names
from assets.income.models.bank import BankLine
from assets.income.models.closing import MonthClose
from assets.income.models.contract import Contract
from assets.income.models.due import Due
from assets.income.models.match import KnownPayer, Match
from registry import access, clock, display
from registry.errors import BadInput
from registry.models import Act, User
from registry.reasons import too_short
from registry.services.acts import record_act

from . import paying
from .amounts import refuse_parts_of_fen

ZERO = Decimal("0.00")


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of a line for a due; of a line that came in, more than zero."""

    due: Due
    amount: Decimal


def open_of_line(line: BankLine) -> Decimal:
    """What of a line is not matched, in the sign of the line."""
    used = Match.objects.in_force().filter(line=line).aggregate(used=Sum("amount"))["used"]
    return line.amount - (used or ZERO)


def open_of_due(due: Due) -> Decimal:
    """What of a due is neither received nor written off."""
    received = Match.objects.in_force().filter(due=due).aggregate(got=Sum("amount"))["got"]
    return due.amount - due.written_off - (received or ZERO)


@transaction.atomic
def settle_dues(
    *,
    line: BankLine,
    parts: Sequence[Part],
    by: User | None,
    advance: bool = False,
    remember: bool = False,
    note: str = "",
) -> list[Match]:
    """Match a line that came in to dues of one or several contracts. 中文：人工核销应收

    ``advance``: what is left of the line is kept as an advance for the contract. ``remember``: that this
    payer pays for that party. Raises ``BadInput`` where somebody was faster, saying who.
    """
    if not parts:
        raise BadInput(_("Choose at least one receivable."), "dues")
    refuse_parts_of_fen(*(part.amount for part in parts))
    dues = _lock_dues([part.due for part in parts])
    line = lock_line(line, by)
    total = sum((part.amount for part in parts), ZERO)
    left = left_of_line(line, total)
    if line.amount < 0:
        raise BadInput(_("This money went out; it settles no receivable."), "line")
    for part in parts:
        refuse_more_than_due(dues[part.due.pk], part.amount)
    act = act_on_line(
        "money_matched", line, by, note, after={"parts": [[p.due.pk, str(p.amount)] for p in parts]}
    )
    made = [Match(kind=MatchKind.DUE, due=dues[part.due.pk], amount=part.amount) for part in parts]
    if advance and left > total:
        made.append(Match(kind=MatchKind.ADVANCE, contract_id=parts[0].due.contract_id, amount=left - total))
    if remember:
        remember_payer(line, dues[parts[0].due.pk], act)
    return write_matches(line, made, act, by, note)


@transaction.atomic
def settle_other(
    *, line: BankLine, kind: str, by: User | None, note: str = "", contract: Contract | None = None,
    due: Due | None = None, amount: Decimal | None = None,
) -> Match:  # fmt: skip
    """Say what a line is for that settles no due: interest, fee, deposit. 中文：认定款项性质"""
    refuse_parts_of_fen(amount)
    dues = _lock_dues([due]) if due is not None else {}
    line = lock_line(line, by)
    left = left_of_line(line, amount or ZERO)
    signed = amount if amount is not None else left
    if kind in (MatchKind.ADVANCE, MatchKind.DEPOSIT, MatchKind.REFUND):
        if contract is None and due is None:
            raise BadInput(_("Choose the contract that it belongs to."), "contract")
        if kind == MatchKind.REFUND and line.amount > 0:
            raise BadInput(_("A refund is money that went out."), "kind")
    elif kind not in WITHOUT_DUE:
        raise BadInput(_("Choose what the money is for."), "kind")
    if kind == MatchKind.OTHER and too_short(note):
        raise BadInput(_("Say in a sentence what it was for."), "note")
    if due is not None:
        _refuse_more_back(dues[due.pk], signed)
    act = act_on_line("money_matched", line, by, note, after={"kind": kind, "amount": str(signed)})
    of = contract if kind not in WITHOUT_DUE and due is None else None
    return write_matches(line, [Match(kind=kind, due=due, contract=of, amount=signed)], act, by, note)[0]


@transaction.atomic
def undo(*, match: Match, reason: str, by: User | None) -> Act:
    """Take a match back: undone while its month is open, else countered in the open month. 中文：撤销对账"""
    if too_short(reason):
        raise BadInput(_("Say in a sentence why the match is undone."), "reason")
    if match.due is not None:
        _lock_dues([match.due])
    payment = paying.lock_payments([match.payment])[0] if match.payment else None
    line = lock_line(match.line, by)
    match = Match.objects.select_for_update(of=("self",), no_key=True).get(pk=match.pk)
    if match.undone_id is not None or match.countered_by.filter(undone=None).exists():
        raise BadInput(_("This match was undone already."), "undone")
    together = [match, *_other_side(match)]
    act = act_on_line(
        "match_undone",
        line,
        by,
        reason,
        before={"amount": str(match.amount), "rule": match.rule, "due": match.due_id},
    )
    for each in together:
        if _closed(each.line, each.booked_on):
            counter = Match(
                kind=each.kind, due=each.due, contract=each.contract, other=each.other, amount=-each.amount,
                counters=each, rule=MatchRule.CORRECTION, payment=each.payment,
            )  # fmt: skip
            write_matches(each.line, [counter], act, by, reason, rule=MatchRule.CORRECTION, today=True)
        else:
            each.undone = act
            each.save(update_fields=["undone"])
    if payment is not None:
        paying.stand_as_proved(payment)
    return act


def _other_side(match: Match) -> list[Match]:
    """A reversal is one fact with two lines: both sides go together."""
    if match.kind != MatchKind.REVERSAL:
        return []
    return list(Match.objects.in_force().filter(line=match.other, other=match.line).select_related("line"))


@transaction.atomic
def apply_advance(*, match: Match, due: Due, amount: Decimal, by: User | None) -> list[Match]:
    """Use an advance for a due of its contract: out of the advance, into the due, today. 中文：预收转应收"""
    refuse_parts_of_fen(amount)
    dues = _lock_dues([due])
    line = lock_line(match.line, by)
    held = Match.objects.in_force().filter(line=line, kind=MatchKind.ADVANCE, contract_id=due.contract_id)
    have = held.aggregate(sum=Sum("amount"))["sum"] or ZERO
    if not ZERO < amount <= have:
        raise BadInput(
            _("The advance holds %(have)s; no more can be used of it.") % {"have": display.money(have)},
            "amount",
        )
    refuse_more_than_due(dues[due.pk], amount)
    act = act_on_line(
        "money_matched", line, by, "", after={"advance": match.pk, "due": due.pk, "amount": str(amount)}
    )
    made = [
        Match(kind=MatchKind.ADVANCE, contract_id=due.contract_id, amount=-amount, counters=match),
        Match(kind=MatchKind.DUE, due=due, amount=amount),
    ]
    return write_matches(line, made, act, by, "", today=True)


def _lock_dues(dues: Sequence[Due]) -> dict[int, Due]:
    """The dues, locked in the order of their keys, before the line: everybody waits in one order."""
    rows = Due.objects.select_for_update(of=("self",), no_key=True).select_related("contract")
    return rows.order_by("pk").in_bulk([due.pk for due in dues])


def lock_line(line: BankLine, by: User | None) -> BankLine:
    rows = BankLine.objects.select_for_update(of=("self",), no_key=True).select_related("account__division")
    locked = rows.get(pk=line.pk)
    access.require(by, "match_money", locked.account.division)
    if locked.annulled_id is not None:
        raise BadInput(_("This line was taken back with its statement."), "line")
    return locked


def left_of_line(line: BankLine, wanted: Decimal) -> Decimal:
    """What is left of the line. Raises ``BadInput`` with who was faster where it is too little."""
    left = open_of_line(line)
    if left == 0 or abs(wanted) > abs(left) or (wanted and (wanted > 0) != (line.amount > 0)):
        last = Match.objects.in_force().filter(line=line).select_related("act").order_by("-id").first()
        if last is not None:
            raise BadInput(
                _("%(who)s matched this line at %(when)s; %(left)s of it are left. Look at it again.")
                % {
                    "who": last.act.user_name,
                    "when": f"{timezone.localtime(last.made_at):%Y-%m-%d %H:%M}",
                    "left": display.money(left),
                },
                "taken",
            )
        raise BadInput(
            _("The line holds %(line)s; %(wanted)s cannot be matched from it.")
            % {"line": display.money(line.amount), "wanted": display.money(wanted)},
            "amount",
        )
    return left


def refuse_more_than_due(due: Due, amount: Decimal) -> None:
    """Raise ``BadInput`` where a due would get more than is open of it."""
    left = open_of_due(due)
    if due.annulled_id is not None or not ZERO < amount <= left:
        raise BadInput(
            _("Of the due of %(day)s of %(contract)s %(left)s are open; %(amount)s cannot settle it.")
            % {
                "day": due.due_on, "contract": due.contract.number, "left": display.money(left),
                "amount": display.money(amount),
            },
            "dues",
        )  # fmt: skip


def _refuse_more_back(due: Due, amount: Decimal) -> None:
    received = due.amount - due.written_off - open_of_due(due)
    if received + amount < 0:
        raise BadInput(
            _("Only %(got)s were received for this due; no more can be paid back.")
            % {"got": display.money(received)},
            "amount",
        )


def _closed(line: BankLine, day: object) -> bool:
    month = day.replace(day=1)  # type: ignore[attr-defined]
    return MonthClose.objects.in_force().filter(account_id=line.account_id, month=month).exists()


def act_on_line(verb: str, line: BankLine, by: User | None, reason: str, **facts: Any) -> Act:
    return record_act(
        by=by,
        verb=verb,
        division=line.account.division,
        subject=f"bankline:{line.pk}",
        reason=reason.strip(),
        **facts,
    )


def write_matches(
    line: BankLine, made: list[Match], act: Act, by: User | None, note: str,
    rule: str = MatchRule.PERSON, *, today: bool = False,
) -> list[Match]:  # fmt: skip
    """The matches in the line's month, or in the open one where that is closed; one statement."""
    late = today or _closed(line, line.booked_on)
    for match in made:
        match.line, match.act, match.made_by, match.made_at = line, act, by, clock.now()
        match.rule, match.note = rule, note.strip()[:255]
        match.booked_on = clock.today() if late else line.booked_on
    return Match.objects.bulk_create(made)


def remember_payer(line: BankLine, due: Due, act: Act) -> None:
    """Who pays under this name and from this account pays for the party of the due, from now on."""
    name = names.key(line.name)
    if not name or name == names.key(due.payer.name):
        return
    known = KnownPayer.objects.in_force().filter(division=line.account.division, name=name, party=due.payer)
    if not known.filter(account=line.counter_account).exists():
        KnownPayer.objects.create(
            division=line.account.division, name=name, account=line.counter_account, party=due.payer, act=act
        )
