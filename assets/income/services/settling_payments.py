"""Say which payments a line paid, or which one it brings back. 中文：分配付款对账"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from assets.income.bank_codes import MatchKind, MatchRule
from assets.income.models.bank import BankLine
from assets.income.models.distribution import Payment
from assets.income.models.match import Match
from registry import display
from registry.errors import BadInput
from registry.models import User

from .paying import lock_payments, refuse_unfit, stand_as_proved
from .pools import read_again
from .settling import act_on_line, left_of_line, lock_line, write_matches

ZERO = Decimal("0.00")


@transaction.atomic
def settle_payments_of_line(
    *, line: BankLine, payments: Sequence[Payment], by: User | None, note: str = "",
    rule: str = MatchRule.PERSON,
) -> list[Match]:  # fmt: skip
    """Match a line to the payments that it paid, or to the one that it brings back. 中文：付款、退票对账

    Money that went out makes them paid; money that came in makes its payment failed, so that the line of the
    distribution can be ordered again. Raises ``BadInput`` where somebody was faster, saying who.
    """
    if not payments:
        raise BadInput(_("Choose at least one payment."), "payments")
    locked = lock_payments(payments)
    line = lock_line(line, by)
    kind = MatchKind.PAYMENT if line.amount < 0 else MatchKind.RETURNED
    sign = -1 if kind == MatchKind.PAYMENT else 1
    total = sum((payment.amount for payment in locked), ZERO)
    left_of_line(line, sign * total)
    _refuse_strangers(line, locked)
    refuse_unfit(locked, kind)
    act = act_on_line(
        "money_matched", line, by, note,
        after={"kind": str(kind), "payments": [payment.pk for payment in locked], "amount": str(total)},
    )  # fmt: skip
    made = [Match(kind=kind, payment=payment, amount=sign * payment.amount) for payment in locked]
    written = write_matches(line, made, act, by, note, rule=rule)
    for payment in locked:
        stand_as_proved(payment)
    for pool in {payment.line.distribution.pool for payment in locked}:
        read_again(pool)
    return written


def _refuse_strangers(line: BankLine, payments: Sequence[Payment]) -> None:
    """A payment is paid from the account of its pool's owner, or of the place that keeps the account."""
    account = line.account
    for payment in payments:
        pool = payment.line.distribution.pool
        if pool.owner_id != account.holder_id and not pool.division.path.startswith(account.division.path):
            raise BadInput(_("This payment belongs to a pool of another place."), "payments")
        if line.booked_on < payment.ordered_on:
            raise BadInput(
                _("%(name)s %(amount)s was ordered on %(day)s, after this line.")
                % {
                    "name": payment.account_name,
                    "amount": display.money(payment.amount),
                    "day": payment.ordered_on,
                },
                "payments",
            )
