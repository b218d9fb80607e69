"""What the rules on assets look at: standing assets of a scope, with their places and clocks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from assets.models import Asset
from registry.codes import STANDING, Reading
from registry.models import Entry
from registry.rules import Context, Row


def standing(context: Context, **conditions: Any) -> QuerySet:
    """Assets of the scope that are accepted or later and have not ended, with unit and division."""
    rows = Asset.objects.filter(
        Q(unit__left_on=None) | Q(unit__left_on__gt=context.as_of),
        unit__annulled=None,
        unit__state__in=STANDING,
        **conditions,
    )
    return context.scope.limit(rows).select_related("unit", "unit__division").order_by("unit__code")


def held(context: Context, code: str) -> QuerySet:
    """Entries of a code that hold on the day."""
    return Entry.objects.on(context.as_of).filter(code=code)


def row(asset: Asset, since: dt.date | None, reading: str = Reading.FOUND, **details: Any) -> Row:
    """A row on an asset; the name is always among the details."""
    unit = asset.unit
    return Row(
        subject_type="unit",
        subject_key=unit.code,
        unit_id=unit.pk,
        division_id=unit.division_id,
        since=since,
        reading=reading,
        details={"name": unit.name, **details},
    )


def built_on(asset: Asset) -> dt.date | None:
    """The day from which an asset surely stood: completed, else accepted, else handed over."""
    return asset.completed_on or asset.accepted_on or asset.handed_over_on


def latest(days: Iterable[dt.date | None]) -> dt.date | None:
    """The latest of the days that are known."""
    known = [found for found in days if found is not None]
    return max(known) if known else None
