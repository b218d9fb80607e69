"""Defects that inspections found, and what has become of them. 中文：巡查问题

A defect is settled where it was handled at once, where its repair is checked or put off, or where a later
inspection found nothing. A clean inspection does not settle a repair that is still open.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from assets.models import Inspection, Repair
from registry import clock


def unsettled(rows: Any, day: dt.date) -> QuerySet:
    """Inspections whose defect nobody has handled, ordered or put off by a day, and none clean after it.

    A delay that has run out is a repair that is late, no defect that nobody took up.
    """
    taken_up = (
        Repair.objects.in_force()
        .filter(inspection=OuterRef("pk"))
        .filter(Q(ordered_on__lte=day) | Q(deferred_until__isnull=False))
    )
    cleaner = Inspection.objects.until(day).filter(
        unit=OuterRef("unit"), inspected_on__gt=OuterRef("inspected_on"), defect=""
    )
    return (
        rows.until(day)
        .exclude(defect="")
        .filter(_unhandled(day), unit__annulled=None, unit__left_on=None)
        .filter(~Exists(taken_up), ~Exists(cleaner))
        .select_related("unit__division")
        .order_by("inspected_on", "pk")
    )


def _unhandled(day: dt.date) -> Q:
    """Not handled by a day. Nothing is handled in the future: today those without a date are all."""
    open_ones = Q(handled_on=None)
    return open_ones if day >= clock.today() else open_ones | Q(handled_on__gt=day)


def late_repairs(rows: Any, day: dt.date) -> QuerySet:
    """Repairs that were to be done before a day and were not, and those put off until before it."""
    off = Q(deferred_until__isnull=False, deferred_until__lt=day)
    overdue = Q(ordered_on__isnull=False, due_on__lt=day) & (Q(deferred_until=None) | off)
    never = Q(ordered_on=None) & off
    return (
        rows.in_force()
        .filter(overdue | never, Q(done_on=None) | Q(done_on__gt=day))
        .filter(found_on__lte=day, unit__annulled=None, unit__left_on=None)
        .select_related("unit__division")
        .order_by("found_on", "pk")
    )
