"""Readings of stocktakes: progress, differences still open, what was counted of a thing. 中文：清查查询"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)

from assets.models import Stocktake, StocktakeCount, StocktakeLine, StocktakeSettlement
from assets.stocktake_codes import RUNNING, Difference, Found
from registry.models import Unit
from registry.queries.prepared import Prepared


def lines_with_counts(rows: QuerySet) -> QuerySet:
    """Lines with their count in force (key, what was found, differences) and the differences settled."""
    count = StocktakeCount.objects.filter(line=OuterRef("pk"), annulled=None)
    settled = (
        StocktakeSettlement.objects.filter(count__line=OuterRef("pk"), count__annulled=None)
        .order_by()
        .values("count__line")
        .annotate(kinds=ArrayAgg("difference"))
        .values("kinds")
    )
    return rows.annotate(
        count_id=Subquery(count.values("pk")[:1]),
        found=Subquery(count.values("found")[:1]),
        differs=Subquery(count.values("differences")[:1]),
        settled=Subquery(settled),
    ).order_by("number")


def uncounted(lines: QuerySet) -> QuerySet:
    """Lines of the list that have no count in force."""
    count = StocktakeCount.objects.filter(line=OuterRef("pk"), annulled=None)
    return lines.filter(~Exists(count), unit__isnull=False).order_by("number")


@dataclass
class Progress:
    """How far a campaign is, and how its lines came out."""

    lines: int = 0  # of the frozen list
    surplus: int = 0  # things found that are on no list
    counted: int = 0  # lines of the list
    agree: int = 0  # there as the ledger has them
    found: Counter[str] = field(default_factory=Counter)
    differences: Counter[str] = field(default_factory=Counter)
    settled: Counter[str] = field(default_factory=Counter)

    @property
    def uncounted(self) -> int:
        return self.lines - self.counted

    @property
    def unsettled(self) -> int:
        return self.differences.total() - self.settled.total()

    def table(self) -> list[dict[str, Any]]:
        """Each kind of difference with its numbers, in the order of the code list."""
        return [
            {
                "label": Difference(kind).label,
                "count": self.differences[kind],
                "settled": self.settled[kind],
                "open": self.differences[kind] - self.settled[kind],
            }
            for kind in Difference.values
            if self.differences[kind]
        ]


def progress_of(lines: QuerySet) -> Progress:
    """Numbers of the lines given. Three queries, however many lines."""
    made = Progress(lines=lines.filter(unit__isnull=False).count())
    counts = StocktakeCount.objects.filter(line__in=lines.order_by().values("pk"), annulled=None).order_by()
    unlisted = ExpressionWrapper(Q(line__unit=None), output_field=BooleanField())
    grouped = (
        counts.annotate(unlisted=unlisted)
        .values_list("found", "differences", "unlisted")
        .annotate(n=Count("pk"))
    )
    for found, kinds, on_no_list, n in grouped:
        made.surplus += n if on_no_list else 0
        made.counted += 0 if on_no_list else n
        made.found[found] += n
        made.agree += n if found == Found.PRESENT and not kinds else 0
        for kind in kinds:
            made.differences[kind] += n
    settled = StocktakeSettlement.objects.filter(count__in=counts.values("pk")).order_by()
    for kind, n in settled.values_list("difference").annotate(n=Count("pk")):
        made.settled[kind] += n
    return made


def running(rows: Any) -> QuerySet:
    """Campaigns that are being counted or settled."""
    return rows.in_force().filter(state__in=RUNNING)


def _line(unit: int) -> QuerySet:
    lines = StocktakeLine.objects.filter(
        unit=unit, stocktake__state__in=RUNNING, stocktake__annulled=None
    ).select_related("stocktake")
    return lines.order_by("-stocktake__opened_on", "-stocktake_id")[:1]


_LINE = Prepared(_line)
COUNTS_SHOWN = 5
_COUNTS = Prepared(
    lambda unit: StocktakeCount.objects.in_force().filter(line__unit=unit)
    .select_related("line__stocktake").order_by("-counted_on", "-pk")[:COUNTS_SHOWN]
)  # fmt: skip


def line_to_count(unit: Unit) -> StocktakeLine | None:
    """The line of the newest running campaign that holds a unit. One query."""
    return _LINE.first(unit.pk)


def counts_of(unit: Unit) -> list[StocktakeCount]:
    """What the last stocktakes found of a unit, the newest first. One query."""
    return _COUNTS(unit.pk)


def settlements_of(counts: Iterable[int]) -> dict[tuple[int, str], StocktakeSettlement]:
    """Settlements by count and kind of difference. One query."""
    rows = StocktakeSettlement.objects.filter(count__in=list(counts)).select_related("act", "unit")
    return {(row.count_id, row.difference): row for row in rows}


def campaigns_of(user: Any, division: Any) -> QuerySet:
    """Campaigns that the user may see and that concern a division."""
    rows = Stocktake.objects.visible_to(user) & Stocktake.objects.about(division)
    return rows.in_force().select_related("division")


def latest_book_values(day: dt.date, rows: Any) -> Any:
    """The newest value of each asset and book that is not later than a day."""
    found = rows.in_force().filter(on__lte=day)
    return found.order_by("unit_id", "owner_id", "-on", "-pk").distinct("unit_id", "owner_id")
