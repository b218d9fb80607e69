"""Do the identities of money hold? 中文：资金完整性"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assets.income.queries.identities import broken
from registry import integrity


def money(_quick: bool = False) -> Iterator[dict[str, Any]]:
    """Rows that break an identity: lines, dues, closed months, vouchers. One statement each."""
    for name, rows in broken().items():
        for row in rows:
            yield {"what": name, "row": row}


integrity.register("money", money)
