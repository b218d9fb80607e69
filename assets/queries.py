"""Readings of the assets: the ledger with its keeper, place and faults; what waits. 中文：台账查询"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import (
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from assets.codes import AssetClass, AssetNature
from assets.models import Asset, Inspection
from registry.codes import ENDED, STANDING, EntryCode, UnitKind
from registry.models import Entry, Finding, Shape
from registry.queries.prepared import Prepared


def ledger(rows: QuerySet, day: dt.date) -> QuerySet:
    """The ledger's rows with keeper, named person, last inspection, place and number of open findings."""
    held = Entry.objects.on(day).filter(unit=OuterRef("unit"))
    keeper = held.filter(code=EntryCode.UPKEEP).greatest_first()
    open_ones = Finding.objects.open().filter(unit=OuterRef("unit")).order_by().values("unit")
    area = Shape.objects.on(day).filter(unit=OuterRef("unit"))
    return (
        rows.filter(unit__annulled=None)
        .filter(Q(unit__left_on=None) | Q(unit__left_on__gt=day))
        .select_related("unit__division__parent")
        .annotate(
            keeper=Subquery(keeper.values("party__name")[:1]),
            person=Subquery(keeper.values("agent__name")[:1]),
            last_inspection=Subquery(
                Inspection.objects.until(day).filter(unit=OuterRef("unit")).values("inspected_on")[:1]
            ),
            placed=Exists(area),
            area_m2=Subquery(area.values("area_m2")[:1]),
            has_income=Exists(held.filter(code=EntryCode.INCOME)),
            findings=Coalesce(
                Subquery(open_ones.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), Value(0)
            ),
        )
    )


def _keys(day: dt.date, place: str, *paths: str) -> QuerySet:
    rows = ledger(Asset.objects.within_paths(list(paths)).within_paths([place]), day)
    return rows.order_by(*IN_ORDER).values_list("pk", "original_value", "area_m2")


IN_ORDER = ("unit__division__path", "unit__code")
LEDGER_KEYS = Prepared(_keys)  # of a day, a place and the paths that the user sees
LEDGER_ROWS = Prepared(lambda day, *keys: ledger(Asset.objects.filter(pk__in=keys), day).order_by())


def owners_of(units: list[int], day: dt.date) -> dict[int, str]:
    """Names of the current owners by unit; one query."""
    rows = Entry.objects.on(day).filter(unit_id__in=units, code=EntryCode.OWNERSHIP).order_by()
    return dict(
        rows.values_list("unit_id").annotate(
            names=StringAgg("party__name", delimiter="、", ordering="party__name")
        )
    )


def unplaced(rows: Any, day: dt.date) -> QuerySet:
    """Fixed assets in force that have no shape on the day; claims and animals need none."""
    shape = Shape.objects.on(day).filter(unit=OuterRef("pk"))
    return (
        rows.on(day)
        .placeable()
        .filter(~Exists(shape), kind=UnitKind.ASSET, asset__nature=AssetNature.FIXED)
        .exclude(state__in=ENDED)
    )


def unhandled_defects(rows: Any, day: dt.date) -> QuerySet:
    """The latest inspection of each unit, where its defect is not handled yet. 中文：未处理问题"""
    latest = Inspection.objects.until(day).filter(unit=OuterRef("unit")).values("pk")[:1]
    return (
        rows.until(day)
        .filter(pk=Subquery(latest), handled_on=None, unit__annulled=None, unit__left_on=None)
        .exclude(defect="")
        .select_related("unit")
        .order_by("inspected_on", "pk")
    )


def without_keeper(rows: Any, day: dt.date) -> QuerySet:
    """Public-welfare assets in use that nobody has to keep up."""
    kept = Entry.objects.on(day).filter(unit=OuterRef("pk"), code=EntryCode.UPKEEP)
    return rows.on(day).filter(
        ~Exists(kept), state__in=STANDING, asset__asset_class=AssetClass.PUBLIC_WELFARE
    )


def without_income(rows: Any, day: dt.date) -> QuerySet:
    """Operating assets in use whose income belongs to nobody yet. 中文：收益权未登记"""
    held = Entry.objects.on(day).filter(unit=OuterRef("pk"), code=EntryCode.INCOME)
    return (
        rows.on(day)
        .filter(~Exists(held), state__in=STANDING, asset__asset_class=AssetClass.OPERATING)
        .order_by("state_since", "code")
    )


def held_by_unit(units: list[int], day: dt.date) -> dict[int, dict[str, list[Entry]]]:
    """Owners, income holders and keepers by unit; terms of upkeep beside."""
    codes = (EntryCode.OWNERSHIP, EntryCode.INCOME, EntryCode.UPKEEP)
    found: dict[int, dict[str, list[Entry]]] = defaultdict(lambda: defaultdict(list))
    rows = (
        Entry.objects.on(day)
        .filter(unit_id__in=units, code__in=codes)
        .select_related("party", "agent", "upkeep_terms")
    )
    for entry in rows.order_by("unit_id", "code", "id"):
        found[entry.unit_id][entry.code].append(entry)
    return found
