"""What the matching page offers of payments: one, or a whole batch. 中文：对账页面的分配付款"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from assets.income.matching.payments import Order, batches, candidates
from assets.income.models.bank import BankLine
from assets.income.models.distribution import Payment
from assets.income.queries.open_money import open_lines
from assets.income.queries.orders import orders_of
from registry.errors import RegistryError

SHOWN = 6
KEYS = "asdfgh"  # beside 1 to 9 of the dues and Q to R of the guesses


def payments_for(line: BankLine) -> list[dict[str, Any]]:
    """Payments that a line may have paid or brought back, batches first. Three queries."""
    found = open_lines(line.account, [line.pk])
    if not found:
        return []
    orders = orders_of(line.account)
    several = batches(found[0], orders)
    single = [one.order for one in candidates(found[0], orders)][: SHOWN - len(several)]
    keys = [order.key for order in single]
    payments = Payment.objects.select_related("line__distribution", "line__payee").in_bulk(keys)
    offers = [*map(_batch, several), *(_single(order, payments[order.key]) for order in single)]
    return [{"key": key, **one} for key, one in zip(KEYS, offers, strict=False)]


def _single(order: Order, payment: Payment) -> dict[str, Any]:
    return {"payment": payment, "value": str(order.key), "back": order.gone}


def _batch(orders: list[Order]) -> dict[str, Any]:
    return {
        "payment": None, "run": orders[0].run, "count": len(orders), "back": False,
        "value": ",".join(str(order.key) for order in orders),
        "amount": Decimal(sum(order.fen for order in orders)) / 100,
    }  # fmt: skip


def chosen_payments(text: str, user: Any) -> list[Payment]:
    """The payments that were chosen, as the user may see them. Raises ``RegistryError``."""
    keys = text.split(",")[:2000]
    if not all(key.isdecimal() for key in keys):
        raise RegistryError(_("This suggestion cannot be read; open the line again."), "bad_input")
    found = list(Payment.objects.in_force().visible_to(user).filter(pk__in=keys))
    if len(found) < len(set(keys)):
        raise RegistryError(_("A payment of this suggestion lies outside your divisions."), "bad_input")
    return found
