"""What the tests of income share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from . import money


@pytest.fixture
def closed_january() -> Callable[..., Any]:
    """January 2026 of an account, closed without lines."""
    return money.closed
