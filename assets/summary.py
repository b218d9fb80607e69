"""The arithmetic of a summary: by class = by holder = total. 中文：资产汇总的平衡关系"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

AXES = ("by_class", "by_holder")


def total_of(lines: dict[str, dict[str, Any]]) -> tuple[int, Decimal]:
    """Number and value of the lines of one axis."""
    count = sum(int(line["count"]) for line in lines.values())
    return count, sum((Decimal(str(line["value"])) for line in lines.values()), Decimal(0))


def problems(figures: dict[str, Any], tolerance: Decimal) -> list[str]:
    """Which identities do not hold, as "axis.count" and "axis.value"; an empty list: all of them hold.

    Numbers must be equal; values may differ by the tolerance, as published figures are rounded.
    """
    total = figures.get("total") or {}
    if "count" not in total or "value" not in total:
        return ["total"]
    found = []
    for axis in AXES:
        count, value = total_of(figures.get(axis) or {})
        if count != int(total["count"]):
            found.append(f"{axis}.count")
        if abs(value - Decimal(str(total["value"]))) > tolerance:
            found.append(f"{axis}.value")
    return found
