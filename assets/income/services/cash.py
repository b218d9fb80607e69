"""Cash taken for a contract, and the line by which it was paid in. 中文：现金收款与缴存"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from assets.income.models.bank import BankLine
from assets.income.models.cash import CashReceipt
from assets.income.models.contract import Contract
from registry import access, clock
from registry.errors import BadInput
from registry.models import User
from registry.rules.engine import evaluate_subjects
from registry.services.acts import record_act


@transaction.atomic
def take_cash(
    *,
    contract: Contract,
    received_on: dt.date,
    amount: Decimal,
    payer_name: str,
    receipt_number: str,
    by: User | None,
) -> CashReceipt:
    """Record cash with the number of its receipt; it counts when it is in the account. 中文：登记现金收款"""
    access.require(by, "match_money", contract.division)
    if amount <= 0 or amount != amount.quantize(Decimal("0.01")):
        raise BadInput(_("Give an amount above zero with two decimals."), "amount")
    if received_on > clock.today():
        raise BadInput(_("The day has not come yet."), "received_on")
    if not receipt_number.strip() or not payer_name.strip():
        raise BadInput(
            _("Give the payer and the number of the receipt that was handed out."), "receipt_number"
        )
    if (
        CashReceipt.objects.in_force()
        .filter(contract=contract, receipt_number=receipt_number.strip())
        .exists()
    ):
        raise BadInput(_("This receipt is recorded already."), "receipt_number")
    act = record_act(
        by=by, verb="cash_received", division=contract.division, subject=f"contract:{contract.pk}",
        effective_on=received_on, after={"amount": str(amount), "receipt": receipt_number.strip()},
    )  # fmt: skip
    made = CashReceipt.objects.create(
        contract=contract, received_on=received_on, amount=amount, payer_name=payer_name.strip()[:160],
        receipt_number=receipt_number.strip()[:60], act=act,
    )  # fmt: skip
    evaluate_subjects(divisions=[contract.division_id])
    return made


@transaction.atomic
def paid_in(*, receipt: CashReceipt, line: BankLine, by: User | None) -> CashReceipt:
    """Say with which line the cash reached the account. 中文：现金缴存"""
    locked = (
        CashReceipt.objects.select_for_update(of=("self",))
        .select_related("contract__division")
        .get(pk=receipt.pk)
    )
    access.require(by, "match_money", locked.contract.division)
    if locked.line_id is not None:
        raise BadInput(_("This cash was paid in already."), "line")
    if line.amount < locked.amount or line.booked_on < locked.received_on:
        raise BadInput(_("The line is smaller than the receipt, or older."), "line")
    locked.line = line
    locked.save(update_fields=["line"])
    evaluate_subjects(divisions=[locked.contract.division_id])
    return locked
