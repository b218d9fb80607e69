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

    def absorb(self, other: Remarks) -> None:
        """Take over what was said of further features elsewhere."""
        for number, said in other.errors.items():
            self.errors.setdefault(number, []).extend(said)
        room = Counter({code: MAX_KEPT - self.counts[code] for code in other.counts})
        for number, said in other.warnings.items():
            for remark in said:
                room[remark["code"]] -= 1
                if room[remark["code"]] >= 0:
                    self.warnings.setdefault(number, []).append(remark)
        self.quarantined |= other.quarantined
        self.counts += other.counts

    @property
    def numbers(self) -> list[int]:
        """Features about which something was said."""
        return sorted(self.errors.keys() | self.warnings.keys())


def _remark(code: str, message: Any, column: str | None, value: Any) -> dict[str, Any]:
    plain = value if value is None or isinstance(value, int | float) else str(value)[:80]
    return {"column": column, "value": plain, "code": code, "message": str(message)}
