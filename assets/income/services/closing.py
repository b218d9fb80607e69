"""Close a month with its vouchers; open it again with a reason. 中文：结账与反结账"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from assets.income.bank_codes import MatchKind
from assets.income.models.bank import BankAccount
from assets.income.models.closing import MonthClose
from assets.income.models.match import Match
from assets.income.models.voucher import Voucher, VoucherEntry
from assets.income.parameters_money import SUBJECTS
from assets.income.queries.month_end import figures, hindrances, last_day, next_month
from registry import access, clock
from registry.errors import BadInput, RowsRefused
from registry.models import Act, User
from registry.models.filling import insert_rows
from registry.reasons import too_short
from registry.rules.engine import evaluate_subjects
from registry.rules.parameters import resolver
from registry.services.acts import record_act


@transaction.atomic
def close_month(*, account: BankAccount, month: dt.date, by: User | None, remark: str = "") -> MonthClose:
    """Freeze a month with its figures and make its vouchers. 中文：月末结账

    Raises ``RowsRefused`` with everything that still prevents it; ``NotAllowed``.
    """
    account = _lock(account)
    access.require(by, "close_month", account.division)
    month = month.replace(day=1)
    if account.closes.filter(reopened=None, month=month).exists():
        raise BadInput(_("This month is closed already."), "month")
    if found := hindrances(account, month):
        raise RowsRefused(
            _("%(month)s cannot be closed yet.") % {"month": f"{month:%Y-%m}"},
            [(one.code, one.sentence) for one in found],
        )
    sums = figures(account, month)
    act = _act(
        "month_closed", account, month, by, remark, closing=str(sums.closing), received=str(sums.received)
    )
    make_vouchers(account, month, act)
    made = MonthClose.objects.create(
        account=account, month=month, opening=sums.opening, credits=sums.credits, debits=sums.debits,
        closing=sums.closing, received=sums.received, lines=sums.lines, remark=remark.strip()[:255],
        closed_by=by, closed_at=clock.now(),
    )  # fmt: skip
    evaluate_subjects(divisions=[account.division_id])
    return made


@transaction.atomic
def reopen_month(*, close: MonthClose, reason: str, by: User | None) -> MonthClose:
    """Open a closed month again, the last first; its figures stay on record. 中文：反结账"""
    account = _lock(close.account)
    access.require(by, "reopen_month", account.division)
    if too_short(reason):
        raise BadInput(_("Say in a sentence why the month is opened again."), "reason")
    close = MonthClose.objects.select_for_update(of=("self",)).get(pk=close.pk)
    if close.reopened_id is not None:
        raise BadInput(_("This month was opened again already."), "reopened")
    if account.closes.filter(reopened=None, month__gt=close.month).exists():
        raise BadInput(_("A later month is closed. Open the later ones first."), "month")
    close.reopened = _act("month_reopened", account, close.month, by, reason, closing=str(close.closing))
    close.save(update_fields=["reopened"])
    evaluate_subjects(divisions=[account.division_id])
    return close


def make_vouchers(account: BankAccount, month: dt.date, act: Act) -> list[Voucher]:
    """A voucher for every line that has matches without one; an entry for each. 中文：生成凭证"""
    rows = Match.objects.in_force().filter(
        line__account=account, booked_on__gte=month, booked_on__lt=next_month(month), voucher_entry=None
    )
    by_line: dict[int, list[Match]] = {}
    for match in rows.select_related("line", "due__contract", "contract").order_by(
        "booked_on", "line_id", "pk"
    ):
        by_line.setdefault(match.line_id, []).append(match)
    last = (
        Voucher.objects.filter(account=account, month=month)
        .order_by("-number")
        .values_list("number", flat=True)[:1]
    )
    begin = (last[0] if last else 0) + 1
    vouchers = [
        Voucher(account=account, month=month, number=begin + nth, day=found[0].booked_on, act=act)
        for nth, found in enumerate(by_line.values())
    ]
    insert_rows(vouchers)
    subjects = resolver([SUBJECTS], last_day(month))(SUBJECTS, account.division.path)
    insert_rows(list(_entries(zip(vouchers, by_line.values(), strict=True), subjects)))
    return vouchers


def _entries(
    pairs: Iterable[tuple[Voucher, list[Match]]], subjects: dict[str, str]
) -> Iterable[VoucherEntry]:
    for voucher, matches in pairs:
        for match in matches:
            incoming = match.line.amount > 0
            debit, credit = subjects["bank"], subject_of(match, subjects)
            if not incoming:
                debit, credit = credit, debit
            yield VoucherEntry(
                voucher=voucher,
                match=match,
                summary=summary_of(match),
                debit=debit,
                credit=credit,
                amount=match.amount if incoming else -match.amount,  # a counter-entry is red: below zero
            )


def subject_of(match: Match, subjects: dict[str, str]) -> str:
    """The subject of a match: what is owed of its kind has its own where it is no operating income."""
    named = subjects.get(f"due:{match.due.kind}") if match.due else None
    return named or subjects[match.kind]


def summary_of(match: Match) -> str:
    """What the voucher says: the contract and what for, never a private person's name."""
    contract = match.due.contract if match.due else match.contract
    word = MatchKind(match.kind).label
    return (
        f"{contract.number} {contract.title} {word}"[:200]
        if contract
        else f"{word} {match.note}".strip()[:200]
    )


def _lock(account: BankAccount) -> BankAccount:
    """The account alone: writers of its months share it; nothing comes between figures and closing."""
    rows = BankAccount.objects.select_for_update(of=("self",), no_key=True).select_related(
        "division", "holder"
    )
    return rows.get(pk=account.pk)


def _act(verb: str, account: BankAccount, month: dt.date, by: User | None, reason: str, **after: str) -> Act:
    return record_act(
        by=by, verb=verb, division=account.division, subject=f"bankaccount:{account.pk}",
        effective_on=last_day(month),
        reason=reason.strip(), after={"month": f"{month:%Y-%m}", **after},
    )  # fmt: skip
