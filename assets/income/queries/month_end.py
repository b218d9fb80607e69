"""An account's month: figures, what hinders closing, both sides of the bank. 中文：月末结账查询"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import F, Max, Q, Sum
from django.utils.translation import gettext as _

from assets.income.bank_codes import MatchKind
from assets.income.models.bank import BankAccount, BankLine, Statement
from assets.income.models.closing import MonthClose
from assets.income.models.match import Match
from registry import clock, display

ZERO = Decimal("0.00")


def last_day(month: dt.date) -> dt.date:
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def next_month(month: dt.date) -> dt.date:
    return last_day(month) + dt.timedelta(days=1)


@dataclass(frozen=True)
class Figures:
    """Money of an account's month, from its lines alone. 中文：当月发生额"""

    opening: Decimal
    credits: Decimal
    debits: Decimal
    received: Decimal
    lines: int

    @property
    def closing(self) -> Decimal:
        return self.opening + self.credits - self.debits


@dataclass(frozen=True)
class Hindrance:
    """What must be done before a month can be closed. ``code`` names it for programs."""

    code: str
    sentence: str
    url: str = ""


@dataclass(frozen=True)
class Reconciled:
    """Bank reconciliation statement: both sides, corrected by what only one has. 中文：银行存款余额调节表"""

    book: Decimal
    bank: Decimal | None
    not_in_book_credits: list[BankLine] = field(default_factory=list)
    not_in_book_debits: list[BankLine] = field(default_factory=list)

    @property
    def paid_by_bank(self) -> list[tuple[BankLine, Decimal]]:
        """What the bank paid and the book has not, as amounts to be taken off."""
        lines: list[Any] = list(self.not_in_book_debits)
        return [(line, -line.open) for line in lines]

    @property
    def book_corrected(self) -> Decimal:
        """The book, with what the bank received and paid beside it (``open``: see ``unmatched``)."""
        lines: list[Any] = [*self.not_in_book_credits, *self.not_in_book_debits]
        return self.book + sum((line.open for line in lines), ZERO)

    @property
    def bank_corrected(self) -> Decimal | None:
        return self.bank

    @property
    def agrees(self) -> bool:
        return self.bank is not None and self.book_corrected == self.bank


def opening_of(account: BankAccount, month: dt.date) -> Decimal:
    """Balance before the first day: the opening of the first statement and all lines since."""
    first = Statement.objects.in_force().filter(account=account).order_by("starts_on", "id").first()
    before = BankLine.objects.in_force().filter(account=account, booked_on__lt=month)
    return (first.opening if first else ZERO) + (before.aggregate(sum=Sum("amount"))["sum"] or ZERO)


def figures(account: BankAccount, month: dt.date) -> Figures:
    """Three queries."""
    lines = BankLine.objects.in_force().filter(
        account=account, booked_on__gte=month, booked_on__lt=next_month(month)
    )
    sums = lines.aggregate(
        credits=Sum("amount", filter=Q(amount__gt=0)), debits=Sum("amount", filter=Q(amount__lt=0))
    )
    received = Match.objects.in_force().filter(
        line__account=account,
        kind__in=[MatchKind.DUE, MatchKind.REFUND],
        booked_on__gte=month,
        booked_on__lt=next_month(month),
    )
    return Figures(
        opening=opening_of(account, month),
        credits=sums["credits"] or ZERO,
        debits=-(sums["debits"] or ZERO),
        received=received.aggregate(sum=Sum("amount"))["sum"] or ZERO,
        lines=lines.count(),
    )


def unmatched(account: BankAccount | None = None, **conditions: Any) -> Any:
    """Lines of which something is not matched, with ``open``: what it is.

    Of one account those alone are asked that may wait: of months that are open, and those of closed months
    of which a match was countered. One query more.
    """
    rows = BankLine.objects.in_force().filter(**conditions)
    if account is not None:
        rows = rows.filter(account=account)
        shut = account.closes.filter(reopened=None).aggregate(month=Max("month"))["month"]
        if shut is not None:
            countered = Match.objects.filter(counters__isnull=False, line__account=account)
            rows = rows.filter(Q(booked_on__gte=next_month(shut)) | Q(pk__in=countered.values("line")))
    used = Sum("matches__amount", filter=Q(matches__undone=None), default=ZERO)
    return rows.annotate(used=used).exclude(amount=F("used")).annotate(open=F("amount") - F("used"))


def missing_days(account: BankAccount, month: dt.date) -> tuple[dt.date, dt.date] | None:
    """The first stretch of a month that no statement covers. One query."""
    first, last = max(month, account.opened_on), last_day(month)
    if account.closed_on is not None:
        last = min(last, account.closed_on)
    rows = Statement.objects.in_force().filter(account=account, ends_on__gte=first, starts_on__lte=last)
    day = first
    for begin, end in rows.order_by("starts_on").values_list("starts_on", "ends_on"):
        if begin > day:
            return day, begin - dt.timedelta(days=1)
        day = max(day, end + dt.timedelta(days=1))
    return (day, last) if day <= last else None


def hindrances(account: BankAccount, month: dt.date) -> list[Hindrance]:
    """What still prevents closing a month, every reason at once. 中文：结账前检查"""
    found: list[Hindrance] = []
    if last_day(month) >= clock.today():
        found.append(Hindrance("not_over", _("The month is not over yet.")))
    if gap := missing_days(account, month):
        said = _("No statement covers %(first)s to %(last)s. Import it.") % {"first": gap[0], "last": gap[1]}
        found.append(Hindrance("statement_missing", said))
    found += _broken_balance(account, month)
    before = earliest_open(account)
    if before is not None and before < month:
        said = _("%(month)s is not closed yet. Months are closed one after the other.")
        found.append(Hindrance("month_before", said % {"month": f"{before:%Y-%m}"}))
    left = list(
        unmatched(account, booked_on__gte=month, booked_on__lt=next_month(month)).values_list(
            "open", flat=True
        )
    )
    if left:
        said = _("%(count)d lines over %(amount)s are not matched. Settle them, or say what they are.")
        amount = display.money(sum((abs(one) for one in left), ZERO))
        found.append(Hindrance("unmatched", said % {"count": len(left), "amount": amount}, "matching"))
    return found


def _broken_balance(account: BankAccount, month: dt.date) -> list[Hindrance]:
    """The last balance that a statement of the month shows is that of the lines up to then."""
    last = Statement.objects.in_force().filter(
        account=account, ends_on__gte=month, ends_on__lte=last_day(month)
    )
    statement = last.order_by("-ends_on", "-id").first()
    if statement is None:
        return []
    balance = opening_of(account, statement.ends_on + dt.timedelta(days=1))
    if balance == statement.closing:
        return []
    said = _(
        "The bank shows %(bank)s on %(day)s, the lines give %(lines)s: a line is missing or of "
        "another account."
    )
    values = {
        "bank": display.money(statement.closing),
        "day": statement.ends_on,
        "lines": display.money(balance),
    }
    return [Hindrance("balance", said % values)]


def earliest_open(account: BankAccount) -> dt.date | None:
    """The first month that is not closed: that of the first statement, or after the last close."""
    first = (
        Statement.objects.in_force()
        .filter(account=account)
        .order_by("starts_on")
        .values_list("starts_on", flat=True)[:1]
    )
    if not first:
        return None
    month = first[0].replace(day=1)
    closed = set(MonthClose.objects.in_force().filter(account=account).values_list("month", flat=True))
    while month in closed:
        month = next_month(month)
    return month


def reconciliation(account: BankAccount, month: dt.date) -> Reconciled:
    """Both sides of the month's last day. What is matched is in the book; what is not is only at the bank."""
    end = next_month(month)
    first = Statement.objects.in_force().filter(account=account).order_by("starts_on", "id").first()
    booked = Match.objects.in_force().filter(line__account=account, line__booked_on__lt=end)
    book = (first.opening if first else ZERO) + (booked.aggregate(sum=Sum("amount"))["sum"] or ZERO)
    statement = (
        Statement.objects.in_force()
        .filter(account=account, ends_on__lt=end)
        .order_by("-ends_on", "-id")
        .first()
    )
    bank = None
    if statement is not None:
        since = BankLine.objects.in_force().filter(
            account=account, booked_on__gt=statement.ends_on, booked_on__lt=end
        )
        bank = statement.closing + (since.aggregate(sum=Sum("amount"))["sum"] or ZERO)
    left: Sequence[BankLine] = list(unmatched(account, booked_on__lt=end).order_by("booked_on", "id"))
    return Reconciled(
        book=book,
        bank=bank,
        not_in_book_credits=[line for line in left if line.amount > 0],
        not_in_book_debits=[line for line in left if line.amount < 0],
    )
