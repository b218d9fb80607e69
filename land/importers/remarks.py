"""What is said about the features of a layer while it is read. 中文：检查意见"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

MAX_KEPT = 500  # remarks of one code that are kept feature by feature; all are counted


@dataclass
class Remarks:
    """Errors, warnings and quarantined features by feature number, and how many of each code there were."""

    errors: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    warnings: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    quarantined: dict[int, dict[str, Any]] = field(default_factory=dict)  # number: where it lies
    counts: Counter[str] = field(default_factory=Counter)

    def error(
        self, number: int, code: str, message: Any, column: str | None = None, value: Any = None
    ) -> None:
        """The feature cannot be taken."""
        self.errors.setdefault(number, []).append(_remark(code, message, column, value))

    def warn(
        self, number: int, code: str, message: Any, column: str | None = None, value: Any = None
    ) -> None:
        """The feature is taken; somebody should look."""
        self.counts[code] += 1
        if self.counts[code] <= MAX_KEPT:
            self.warnings.setdefault(number, []).append(_remark(code, message, column, value))

    def quarantine(self, number: int, code: str, message: Any, where: dict[str, Any]) -> None:
        """The feature cannot be computed with; ``where``: place and envelope in degrees, areas."""
        self.error(number, code, message, column="geometry")
        self.quarantined[number] = where

    @property
    def numbers(self) -> list[int]:
        """Features about which something was said."""
        return sorted(self.errors.keys() | self.warnings.keys())


def _remark(code: str, message: Any, column: str | None, value: Any) -> dict[str, Any]:
    plain = value if value is None or isinstance(value, int | float) else str(value)[:80]
    return {"column": column, "value": plain, "code": code, "message": str(message)}
