"""Rates of the land registers by township and village. 中文：台账统计"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum

from registry.models import Division


@dataclass
class Rate:
    """How many rows a place has, how many are done, and their area."""

    place: Division
    total: int = 0
    done: int = 0
    area_m2: Decimal | None = None
    below: list[Rate] = field(default_factory=list)

    @property
    def share(self) -> Decimal | None:
        """Done of all; None where there is nothing to be done."""
        return Decimal(self.done) / Decimal(self.total) if self.total else None

    def add(self, row: dict[str, Any]) -> None:
        self.total += row["total"]
        self.done += row["done"]
        if row["area"] is not None:
            self.area_m2 = (self.area_m2 or Decimal(0)) + row["area"]


def rates(rows: Any, done: tuple[str, ...], division: Division) -> list[Rate]:
    """The division itself, then the places right below it that have rows, each with its sum. Two queries."""
    counts = rows.order_by().values("division__path").annotate(
        total=Count("pk"), done=Count("pk", filter=Q(state__in=done)), area=Sum("area_m2")
    )  # fmt: skip
    places = Division.objects.filter(Q(parent=division) | Q(pk=division.pk))
    known = {place.pk: place for place in places}
    sums: dict[int, Rate] = defaultdict(lambda: Rate(division))
    whole = Rate(division)
    for row in counts:
        whole.add(row)
        rest = row["division__path"][len(division.path) :].split("/")[0]
        key = int(rest) if rest and int(rest) in known else division.pk
        if key != division.pk:
            sums.setdefault(key, Rate(known[key])).add(row)
    return [whole, *sorted(sums.values(), key=lambda rate: rate.place.path)]
