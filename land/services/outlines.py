"""Lay outlines of divisions, and lift them again. 中文：行政区界线维护"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from registry.errors import RegistryError
from registry.models import Division, DivisionBoundary, ImportBatch


@dataclass(frozen=True)
class Outline:
    """The outline of a division (a MultiPolygon, EPSG:4490, valid) with its control area (控制面积)."""

    division_id: int
    geom: Any
    control_area_m2: Decimal | None = None


@transaction.atomic
def lay_outlines(outlines: Sequence[Outline], *, year: int, batch: ImportBatch) -> list[DivisionBoundary]:
    """Give divisions their outlines: the first one holds from the beginning, a later one from 1 January.

    Raises ``RegistryError`` when an outline of that day or later is there already. Four statements.
    """
    keys = [outline.division_id for outline in outlines]
    begins = dict(Division.objects.filter(pk__in=keys).values_list("pk", "valid"))
    there = list(DivisionBoundary.objects.select_for_update().filter(division__in=keys))
    start = dt.date(year, 1, 1)
    for old in there:
        if old.valid.upper is None and old.valid.lower is not None and old.valid.lower >= start:
            raise RegistryError(
                _("%(division)s already has an outline that begins on %(day)s. Reverse its batch first.")
                % {"division": old.division, "day": old.valid.lower},
                "outline_exists",
            )
        if old.valid.upper is None:
            old.valid = DateRange(old.valid.lower, start)
    DivisionBoundary.objects.bulk_update(there, ["valid"])
    known = {old.division_id for old in there}
    return DivisionBoundary.objects.bulk_create(
        [
            DivisionBoundary(
                division_id=outline.division_id,
                geom=outline.geom,
                control_area_m2=outline.control_area_m2,
                valid=DateRange(_first_day(outline, known, begins, start), None),
                batch=batch,
            )
            for outline in outlines
        ],
        batch_size=200,
    )


def _first_day(outline: Outline, known: set[int], begins: dict[int, DateRange], start: dt.date) -> dt.date:
    if outline.division_id in known:
        return start
    return min(begins[outline.division_id].lower or start, start)


@transaction.atomic
def lift_outlines(batch: ImportBatch) -> int:
    """Remove the outlines of a batch; the ones that they replaced hold on. Three statements."""
    laid = list(DivisionBoundary.objects.select_for_update().filter(batch=batch))
    ends = {(row.division_id, row.valid.lower): row.valid.upper for row in laid}
    DivisionBoundary.objects.filter(batch=batch).delete()
    before = DivisionBoundary.objects.filter(division__in=[key for key, _day in ends])
    restored = [old for old in before if (old.division_id, old.valid.upper) in ends]
    for old in restored:
        old.valid = DateRange(old.valid.lower, ends[old.division_id, old.valid.upper])
    DivisionBoundary.objects.bulk_update(restored, ["valid"])
    return len(laid)
