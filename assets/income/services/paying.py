"""How payments stand by what bank lines prove of them. 中文：付款状态随流水

A payment whose money is out is paid, one whose money is back is failed and its line can be ordered again;
where the proof is undone the payment stands as it stood before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Min, Q, Sum
from django.utils.translation import gettext as _

from assets.income.bank_codes import MatchKind
from assets.income.codes import PaymentState
from assets.income.models.distribution import Payment
from assets.income.models.match import Match
from registry import display
from registry.errors import BadInput


@dataclass(frozen=True)
class Proof:
    """What stands of a payment in the books: the day on which it went out, and on which it came back."""

    out_on: dt.date | None
    back_on: dt.date | None
    why: str = ""


def lock_payments(payments: Iterable[Payment]) -> list[Payment]:
    """The payments, locked in the order of their keys, before any line."""
    rows = Payment.objects.in_force().select_for_update(of=("self",), no_key=True)
    keys = [payment.pk for payment in payments]
    return list(rows.filter(pk__in=keys).select_related("line__distribution__pool__division").order_by("pk"))


def proof_of(payment: Payment) -> Proof:
    """What the matches of a payment say together; one countered in an open month counts for nothing."""
    rows = Match.objects.in_force().filter(payment=payment)
    sums = rows.aggregate(
        gone=Sum("amount", filter=Q(kind=MatchKind.PAYMENT)),
        back=Sum("amount", filter=Q(kind=MatchKind.RETURNED)),
        out_on=Min("line__booked_on", filter=Q(kind=MatchKind.PAYMENT)),
        back_on=Min("line__booked_on", filter=Q(kind=MatchKind.RETURNED)),
    )
    why = rows.filter(kind=MatchKind.RETURNED).values_list("line__memo", flat=True).last() or ""
    return Proof(sums["out_on"] if sums["gone"] else None, sums["back_on"] if sums["back"] else None, why)


def stand_as_proved(payment: Payment) -> None:
    """Write the state that the lines prove. Raises ``BadInput`` where it was ordered again."""
    proof = proof_of(payment)
    if proof.back_on is not None and proof.out_on is None:
        raise BadInput(
            _("This payment came back on %(day)s. Undo that line first.") % {"day": proof.back_on}, "payment"
        )
    said: tuple[PaymentState, dt.date | None, str]
    if proof.back_on is not None:
        said = (PaymentState.FAILED, proof.back_on, proof.why[:160] or _("came back"))
    elif proof.out_on is not None:
        said = (PaymentState.PAID, proof.out_on, "")
    else:
        said = (PaymentState.ORDERED, None, "")
    live = Payment.objects.in_force().exclude(state=PaymentState.FAILED).exclude(pk=payment.pk)
    if said[0] != PaymentState.FAILED and live.filter(line=payment.line_id).exists():
        raise BadInput(
            _("%(name)s was ordered again since it came back; this line cannot be taken back any more.")
            % {"name": payment.account_name},
            "payment",
        )
    payment.state, payment.settled_on, payment.failure = said
    payment.save(update_fields=["state", "settled_on", "failure"])


def refuse_unfit(payments: Sequence[Payment], kind: str) -> None:
    """Raise ``BadInput`` where a payment is paid, or came back, by another line already."""
    for payment in payments:
        proof = proof_of(payment)
        if kind == MatchKind.RETURNED and proof.out_on is None:
            raise BadInput(
                _("No line has paid %(name)s %(amount)s yet; match that one first.")
                % {"name": payment.account_name, "amount": display.money(payment.amount)},
                "payments",
            )
        known = proof.out_on if kind == MatchKind.PAYMENT else proof.back_on
        if known is not None:
            raise BadInput(
                _("The payment to %(name)s is settled by the line of %(day)s already.")
                % {"name": payment.account_name, "day": known},
                "payments",
            )


def refuse_proved(payments: Sequence[Payment]) -> None:
    """Raise ``BadInput`` where lines prove what became of a payment: nobody says otherwise by hand."""
    proved = Match.objects.in_force().filter(payment__in=payments).select_related("line", "payment").first()
    if proved is not None and proved.payment is not None and proof_of(proved.payment).out_on:
        raise BadInput(
            _("The line of %(day)s paid %(name)s. Settle the line by which it came back, or undo the match.")
            % {"day": proved.line.booked_on, "name": proved.payment.account_name},
            "state",
        )
