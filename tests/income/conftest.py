"""What the tests of income share."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from assets.income.models.bank import BankAccount
from assets.income.models.closing import MonthClose
from registry import clock

from . import money


@pytest.fixture
def closed_january() -> Callable[[BankAccount], MonthClose]:
    """January 2026 of an account, closed without lines."""

    def close(account: BankAccount, **figures: Any) -> MonthClose:
        values = {
            name: Decimal(0) for name in ("opening", "credits", "debits", "closing", "received")
        } | figures
        return MonthClose.objects.create(
            account=account, month=money.JANUARY, lines=0, closed_at=clock.now(), **values
        )

    return close
