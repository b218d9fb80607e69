"""What waits for the finance officer: contracts that end, distributions and their notices, months to close.
中文：待办款项
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from assets.income.codes import PaymentState
from assets.income.models.bank import BankAccount, Statement
from assets.income.models.closing import MonthClose
from assets.income.queries.month_end import last_day, next_month
from assets.models import Contract, DistributionLine, Payment
from registry import display
from registry.codes import NoticeKind
from registry.models import Notice
from registry.queries.prepared import Prepared

ZERO = Decimal("0.00")
Left = dict[tuple[int, dt.date], tuple[int, Decimal]]


def ending(contracts: Any, day: dt.date, days: int) -> list[Contract]:
    """Running contracts whose last day lies within so many days, the first to end first. One query."""
    rows = contracts.running(day).filter(term__endswith__lte=day + dt.timedelta(days=days))
    return list(rows.select_related("division", "operator").order_by("term__endswith", "number"))


@dataclass(frozen=True)
class Stage:
    """A distribution and what it waits for: decision, notice, payment, result. 中文：分配待办"""

    made: Any
    waits: str
    open: Decimal = ZERO
    failed: int = 0


STAGES = ("decision", "notice", "payment", "result")


def stages(distributions: QuerySet) -> list[Stage]:
    """Distributions of which something is still to be done, in the order of their stages. Two queries.

    A plan hangs before it is decided; what was decided is paid; what was paid is published.
    """
    told = Notice.objects.in_force().filter(matter=OuterRef("number"))
    live = Payment.objects.in_force().exclude(state=PaymentState.FAILED)
    rows = list(
        distributions.annotate(
            planned=Exists(told.filter(kind=NoticeKind.DISTRIBUTION_PLAN)),
            published=Exists(told.filter(kind=NoticeKind.DISTRIBUTION_RESULT)),
        )
        .select_related("pool__division", "decision")
        .order_by("pool__year", "number")
    )
    approved = [made.pk for made in rows if made.approved_id is not None]
    lines: Any = DistributionLine.objects.filter(distribution__in=approved, payee__isnull=False)
    lines = lines.annotate(
        live=Exists(live.filter(line=OuterRef("pk"))),
        back=Exists(Payment.objects.in_force().filter(line=OuterRef("pk"), state=PaymentState.FAILED)),
    )
    unpaid = lines.filter(live=False).order_by().values("distribution")
    left = {
        row["distribution"]: (row["sum"], row["back"])
        for row in unpaid.annotate(sum=Sum("amount"), back=Count("pk", filter=Q(back=True)))
    }
    found = [stage for made in rows if (stage := _stage(made, *left.get(made.pk, (ZERO, 0)))) is not None]
    return sorted(found, key=lambda stage: STAGES.index(stage.waits))


def _stage(made: Any, unpaid: Decimal, failed: int) -> Stage | None:
    if made.approved_id is None:
        return Stage(made, "decision" if made.planned else "notice", made.total)
    if unpaid:
        return Stage(made, "payment", unpaid, failed)
    return None if made.published or not made.planned else Stage(made, "result", made.total)


def notices_due(notices: QuerySet, day: dt.date) -> list[Any]:
    """Plans whose notice has ended and whose result is not published yet. One query. 中文：待公示结果"""
    result = Notice.objects.in_force().filter(
        kind=NoticeKind.DISTRIBUTION_RESULT, division=OuterRef("division"), matter=OuterRef("matter")
    )
    rows = notices.filter(kind=NoticeKind.DISTRIBUTION_PLAN, closed_on__lt=day)
    return list(rows.exclude(Exists(result)).select_related("division").order_by("closed_on", "pk"))


@dataclass(frozen=True)
class Month:
    """The first month of an account that is open though it is over, and what prevents closing it."""

    account: BankAccount
    month: dt.date
    reasons: tuple[str, ...]
    open_months: int

    @property
    def ready(self) -> bool:
        return not self.reasons


@dataclass(frozen=True)
class Reach:
    """How far the papers of accounts go, by account: days of statements, and the last month closed."""

    spans: dict[int, list[tuple[dt.date, dt.date]]]
    closed: dict[int, dt.date]


_SPANS = Prepared(
    lambda *keys: Statement.objects.in_force().filter(account__in=keys).order_by("starts_on", "pk")
    .values_list("account", "starts_on", "ends_on")
)  # fmt: skip
_CLOSED = Prepared(
    lambda *keys: MonthClose.objects.in_force().filter(account__in=keys).order_by()
    .values_list("account").annotate(last=Max("month"))
)  # fmt: skip


def reach_of(accounts: Sequence[BankAccount]) -> Reach:
    """Two queries, however many accounts."""
    keys = [account.pk for account in accounts]
    spans: dict[int, list[tuple[dt.date, dt.date]]] = defaultdict(list)
    for key, first, last in _SPANS(*keys) if keys else ():
        spans[key].append((first, last))
    return Reach(spans, dict(_CLOSED(*keys)) if keys else {})


def months_to_close(accounts: Sequence[BankAccount], reach: Reach, left: Left, day: dt.date) -> list[Month]:
    """Of every account with statements the month to close next; ``left``: what ``lines_left`` gives of them.

    The page of the month proves the balance too; what is said here leads there.
    """
    found = []
    for account in accounts:
        spans = reach.spans.get(account.pk)
        if not spans:
            continue
        shut = reach.closed.get(account.pk)
        month = next_month(shut) if shut else spans[0][0].replace(day=1)
        if last_day(month) < day:
            reasons = tuple(_reasons(spans, max(month, account.opened_on), left.get((account.pk, month))))
            found.append(Month(account, month, reasons, _count(month, day)))
    return sorted(found, key=lambda one: (one.month, one.account.division.path))


# A closed month has no line that waits, but where a match of it was countered since: those are asked too.
_LEFT = """
WITH shut AS (
  SELECT account_id, (max(month) + interval '1 month')::date AS since FROM assets_monthclose
   WHERE reopened_id IS NULL AND account_id = ANY(%(accounts)s) GROUP BY 1),
line AS MATERIALIZED (
  SELECT l.id, l.account_id, l.booked_on, l.amount
    FROM unnest(%(accounts)s::bigint[]) a(id) LEFT JOIN shut s ON s.account_id = a.id
   CROSS JOIN LATERAL (
     SELECT * FROM assets_bankline o
      WHERE o.account_id = a.id AND o.booked_on >= coalesce(s.since, '-infinity'::date)
        AND o.annulled_id IS NULL OFFSET 0) l
  UNION
  SELECT l.id, l.account_id, l.booked_on, l.amount
    FROM assets_match m JOIN assets_bankline l ON l.id = m.line_id
   WHERE m.counters_id IS NOT NULL AND l.account_id = ANY(%(accounts)s) AND l.annulled_id IS NULL)
SELECT account_id, date_trunc('month', booked_on::timestamp)::date, count(*), sum(abs(amount - used))
  FROM (SELECT line.id, account_id, line.booked_on, line.amount, coalesce(sum(m.amount), 0) AS used
          FROM line LEFT JOIN assets_match m ON m.line_id = line.id AND m.undone_id IS NULL
         GROUP BY 1, 2, 3, 4) one
 WHERE amount <> used GROUP BY 1, 2
"""


def lines_left(accounts: Iterable[BankAccount]) -> Left:
    """Lines that wait, and how much they are, by account and month. One query beside that of the accounts."""
    keys = [account.pk for account in accounts]
    with connection.cursor() as cursor:
        cursor.execute(_LEFT, {"accounts": keys})
        return {(key, month): (count, total) for key, month, count, total in cursor.fetchall()}


def _reasons(
    spans: Sequence[tuple[dt.date, dt.date]], first: dt.date, left: tuple[int, Decimal] | None
) -> Iterable[str]:
    last = last_day(first)
    for begin, end in spans:
        if begin > first:
            break
        first = max(first, end + dt.timedelta(days=1))
    if first <= last:
        yield _("no statement from %(first)s on") % {"first": first}
    if left is not None:
        yield _("%(count)d lines over %(amount)s wait") % {
            "count": left[0], "amount": display.money(left[1])
        }  # fmt: skip


def _count(month: dt.date, day: dt.date) -> int:
    """Whole months from one that is open up to the day."""
    return (day.year - month.year) * 12 + day.month - month.month
