"""Amounts as people give them: yuan and fen, nothing in between. 中文：金额核验"""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from registry.errors import BadInput

CENT = Decimal("0.01")


def refuse_parts_of_fen(*amounts: Decimal | None, field: str = "amount") -> None:
    """Raise ``BadInput`` for an amount with more than two decimals: rounding it would lose or make money."""
    for amount in amounts:
        if amount is not None and amount != amount.quantize(CENT):
            raise BadInput(
                _("%(amount)s has more than two decimals; money is counted to the fen.") % {"amount": amount},
                field,
            )
