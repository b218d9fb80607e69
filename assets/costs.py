"""What upkeep has cost: per asset, per kilometre, per person served. 中文：管护费用

Cost is that of repairs done in a period. Persons served are known to the registers of works and sites, which
say so by ``register_served`` (``assets.served``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, DecimalField, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from assets.models import Inspection, Repair
from registry.codes import EntryCode
from registry.models import Entry, Shape

Served = Callable[[Iterable[int], dt.date], dict[int, int]]
_SERVED: list[Served] = []
CENT = Decimal("0.01")
MONEY = DecimalField(max_digits=16, decimal_places=2)


def register_served(reader: Served) -> None:
    """A register of works says how many persons units serve: (keys of units, day) -> persons by unit."""
    _SERVED.append(reader)


def served(units: Iterable[int], day: dt.date) -> dict[int, int]:
    """Persons served by unit, as the registers of works say; one query for each of them."""
    keys, found = list(units), {}
    for reader in _SERVED:
        found |= reader(keys, day)
    return found


def costs(rows: Any, first: dt.date, last: dt.date) -> QuerySet:
    """Assets with repairs, inspections, cost and length in a period; ``rows``: assets. One query."""
    done = Repair.objects.in_force().filter(unit=OuterRef("unit"), done_on__range=(first, last))
    seen = Inspection.objects.in_force().filter(unit=OuterRef("unit"), inspected_on__range=(first, last))
    duty = Entry.objects.on(last).filter(unit=OuterRef("unit"), code=EntryCode.UPKEEP)
    of_unit = Repair._meta.get_field("unit").attname
    return (
        rows.in_force()
        .select_related("unit__division")
        .annotate(
            cost=Subquery(_of_each(done, of_unit, Sum("cost")), output_field=MONEY),
            repairs_done=Coalesce(
                Subquery(_of_each(done, of_unit, Count("pk")), output_field=IntegerField()), 0
            ),
            inspections_made=Coalesce(
                Subquery(_of_each(seen, of_unit, Count("pk")), output_field=IntegerField()), 0
            ),
            length_m=Subquery(Shape.objects.on(last).filter(unit=OuterRef("unit")).values("length_m")[:1]),
            budget=Subquery(
                duty.greatest_first().values("upkeep_terms__annual_budget")[:1],
                output_field=MONEY,
            ),
        )
        .filter(Q(repairs_done__gt=0) | Q(inspections_made__gt=0) | Q(budget__isnull=False))
    )


def _of_each(rows: QuerySet, by: str, what: Any) -> QuerySet:
    return rows.order_by().values(by).annotate(found=what).values("found")


def per_km(cost: Decimal | None, length_m: Any) -> Decimal | None:
    """Yuan per kilometre, half up; None where either is unknown or the length is nothing."""
    if cost is None or not length_m:
        return None
    return (cost * 1000 / Decimal(str(length_m))).quantize(CENT, ROUND_HALF_UP)


def per_person(cost: Decimal | None, persons: int | None) -> Decimal | None:
    """Yuan per person served, half up; None where either is unknown."""
    return None if cost is None or not persons else (cost / persons).quantize(CENT, ROUND_HALF_UP)
