"""Order the payments of a distribution from the bank, and take them back when they fail. 中文：分配付款"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from assets.income.codes import PaymentState
from assets.models import Distribution, DistributionLine, Payment
from registry import clock
from registry.errors import BadInput, RowsRefused
from registry.models import User
from registry.models.filling import insert_rows

from .paying import refuse_proved
from .pools import book, lock_pool, read_again

VERB = "pay_distribution"


@dataclass(frozen=True)
class Account:
    """The account a payee is paid to: his own."""

    name: str
    number: str


@transaction.atomic
def order_payments(
    *, distribution: Distribution, accounts: Mapping[int, Account], ordered_on: dt.date, by: User | None
) -> list[Payment]:
    """Order the bank to pay every line that is not ordered or paid; ``accounts`` by line. 中文：生成付款批次

    Raises ``RowsRefused`` with every line that cannot be paid: without an account, or to an account in
    another's name.
    """
    pool = lock_pool(distribution.pool, by, VERB)
    approved_on = distribution.approved_on
    if distribution.approved_id is None or approved_on is None or distribution.annulled_id is not None:
        raise BadInput(_("Only an approved distribution is paid."), "approved")
    if not approved_on <= ordered_on <= clock.today():
        raise BadInput(
            _("It is ordered from %(day)s on and not later than today.") % {"day": approved_on},
            "ordered_on",
        )
    lines = list(to_pay(distribution).filter(pk__in=accounts).select_related("payee"))
    if not lines:
        raise BadInput(_("Every line is ordered or paid already."), "lines")
    _refuse_strangers(lines, accounts)
    nth = Payment.objects.filter(line__distribution=distribution).values("run").distinct().count() + 1
    run = f"{distribution.number}-{nth:02d}"[:60]
    made = insert_rows(
        [
            Payment(
                line=line,
                run=run,
                ordered_on=ordered_on,
                amount=line.amount,
                account_name=accounts[line.pk].name.strip(),
                account_number=_plain(accounts[line.pk].number),
            )  # fmt: skip
            for line in lines
        ]
    )
    total = sum(line.amount for line in lines)
    book(
        "payments_ordered", pool, by, on=ordered_on, subject=f"distribution:{distribution.pk}", run=run,
        count=len(made), total=str(total),
    )  # fmt: skip
    return made


@transaction.atomic
def settle_payments(
    *, payments: Sequence[Payment], paid: bool, on: dt.date, by: User | None, failure: str = ""
) -> list[Payment]:
    """Say that the bank paid, or that payments came back: those can be ordered again. 中文：付款结果"""
    if not payments:
        raise BadInput(_("Choose the payments."), "payments")
    rows = Payment.objects.in_force().select_for_update(of=("self",)).order_by("pk")
    locked = list(rows.filter(pk__in=[p.pk for p in payments]).select_related("line__distribution__pool"))
    pool = lock_pool(locked[0].line.distribution.pool, by, VERB)
    if any(payment.line.distribution.pool_id != pool.pk for payment in locked):
        raise BadInput(_("Settle the payments of one pool at a time."), "payments")
    if not paid and not failure.strip():
        raise BadInput(_("Say why it came back, as the bank wrote it."), "failure")
    if on > clock.today() or any(on < payment.ordered_on for payment in locked):
        raise BadInput(_("The day lies before the order or in the future."), "on")
    wrong = [p for p in locked if p.state == PaymentState.FAILED or (paid and p.state == PaymentState.PAID)]
    if wrong:
        raise BadInput(_("One of them was settled already; look at the list again."), "state")
    refuse_proved(locked)
    for payment in locked:
        payment.state = PaymentState.PAID if paid else PaymentState.FAILED
        payment.settled_on, payment.failure = on, "" if paid else failure.strip()[:160]
    Payment.objects.bulk_update(locked, ["state", "settled_on", "failure"])
    book(
        "payments_paid" if paid else "payments_failed", pool, by, on=on, reason=failure,
        subject=f"distribution:{locked[0].line.distribution_id}", count=len(locked),
        total=str(sum(payment.amount for payment in locked)),
    )  # fmt: skip
    read_again(pool)
    return locked


def to_pay(distribution: Distribution) -> QuerySet:
    """Lines with a payee that are neither ordered nor paid: new ones, and those that came back."""
    lines = DistributionLine.objects.filter(distribution=distribution, payee__isnull=False)
    live = Payment.objects.in_force().exclude(state=PaymentState.FAILED)
    return lines.exclude(pk__in=live.filter(line__distribution=distribution).values("line"))


def known_accounts(payees: Iterable[int]) -> dict[int, str]:
    """The account numbers to which payees were paid last, by payee. One query."""
    paid = Payment.objects.in_force().filter(state=PaymentState.PAID, line__payee__in=set(payees))
    return dict(paid.order_by("pk").values_list("line__payee", "account_number"))


def _refuse_strangers(lines: Sequence[DistributionLine], accounts: Mapping[int, Account]) -> None:
    """Everybody is paid to his own account."""
    refused = []
    for line in lines:
        account, payee = accounts[line.pk], line.payee
        if payee is None:
            continue
        if account.name.strip() not in {payee.name, *payee.former_names}:
            said = _("the account is in the name of %(name)s") % {"name": account.name}
            refused.append((payee.name, said))
        elif not 8 <= len(_plain(account.number)) <= 32 or not _plain(account.number).isdigit():
            refused.append((payee.name, _("an account number has 8 to 32 digits")))
    if refused:
        raise RowsRefused(_("Nothing was ordered: some accounts are not the payee's own."), refused)


def _plain(number: str) -> str:
    return number.replace(" ", "").replace("-", "")
