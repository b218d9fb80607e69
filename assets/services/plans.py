"""Standards and inspection plans of a division. 中文：管护标准、巡查计划"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from assets.codes import SUBTYPES_OF_CLASS, AssetClass, Subtype
from assets.due import INSPECTION_DAYS
from assets.models import Asset, InspectionPlan, StandardItem, UpkeepStandard
from registry import access, clock
from registry.errors import BadInput, RegistryError
from registry.models import Division, Source, Unit, User
from registry.rules import parameters
from registry.rules.base import Scope
from registry.rules.engine import evaluate_again, evaluate_units
from registry.services.acts import record_act

VERB = "plan_upkeep"


@dataclass(frozen=True)
class Item:
    """One thing that a standard looks at."""

    text: str
    demand: str
    unit: str = ""
    least: Decimal | None = None
    most: Decimal | None = None


@transaction.atomic
def set_standard(
    *,
    division: Division,
    subtype: str,
    title: str,
    items: Sequence[Item],
    source: Source,
    valid_from: dt.date,
    by: User | None,
    regime: Source | None = None,
) -> UpkeepStandard:
    """The standard of a division for a sub-type from a day on; the earlier one ends there. 中文：设定管护标准

    Raises ``BadInput`` for a standard without items, and where a later one is set already.
    """
    access.require(by, VERB, division)
    if not items:
        raise BadInput(_("A standard has at least one item that can be looked at."), "no_items")
    rows = UpkeepStandard.objects.select_for_update().in_force().filter(division=division, subtype=subtype)
    _end(rows, valid_from)
    standard = UpkeepStandard.objects.create(
        division=division, subtype=subtype, title=title, source=source, regime=regime,
        valid=DateRange(valid_from, None),
    )  # fmt: skip
    StandardItem.objects.bulk_create(
        StandardItem(standard=standard, number=number, **vars(item)) for number, item in enumerate(items, 1)
    )
    record_act(
        by=by,
        verb="upkeep_standard_set",
        division=division,
        subject=f"upkeepstandard:{standard.pk}",
        source=source,
        effective_on=valid_from,
        after={"kind": str(Subtype(subtype).label), "name": title, "items": len(items)},
    )
    evaluate_again(as_of=clock.today(), scope=Scope(paths=(division.path,)), rule_ids=["UPK-04"])
    return standard


@transaction.atomic
def set_plan(
    *,
    division: Division,
    every_days: int,
    valid_from: dt.date,
    by: User | None,
    unit: Unit | None = None,
    subtype: str = "",
    source: Source | None = None,
    remark: str = "",
) -> InspectionPlan:
    """Every how many days a unit, or the units of a sub-type, are inspected from a day on. 中文：设定巡查计划

    The earlier plan of the same thing ends there. Raises ``BadInput`` for an interval longer than the limit
    of UPK-06, which due dates would not keep anyway.
    """
    access.require(by, VERB, unit.division if unit else division)
    _refuse_long(division, unit, subtype, every_days, valid_from)
    rows = InspectionPlan.objects.select_for_update().in_force()
    rows = rows.filter(unit=unit) if unit else rows.filter(unit=None, division=division, subtype=subtype)
    before = [plan.every_days for plan in rows.filter(valid__contains=valid_from)]
    _end(rows, valid_from)
    try:
        with transaction.atomic():
            plan = InspectionPlan.objects.create(
                division=unit.division if unit else division, unit=unit, subtype="" if unit else subtype,
                every_days=every_days, valid=DateRange(valid_from, None), source=source, remark=remark,
            )  # fmt: skip
    except IntegrityError as error:
        raise RegistryError(
            _("The plan was refused by the register. Check days and dates."), "plan"
        ) from error
    _book(plan, by, before[0] if before else None)
    return plan


def _refuse_long(division: Division, unit: Unit | None, subtype: str, every_days: int, day: dt.date) -> None:
    if unit is not None:
        asset = Asset.objects.get(unit=unit)
        subtype, welfare = asset.subtype, asset.asset_class == AssetClass.PUBLIC_WELFARE
    else:
        welfare = subtype in SUBTYPES_OF_CLASS[AssetClass.PUBLIC_WELFARE]
    if not 1 <= every_days <= 366:
        raise BadInput(_("A plan says every how many days, from 1 to 366."), "days")
    path = (unit.division if unit else division).path
    limits: dict[str, Any] = parameters.resolver([INSPECTION_DAYS], day)(INSPECTION_DAYS, path)
    limit = int(limits.get(subtype, limits["default"]))
    if welfare and every_days > limit:
        raise BadInput(
            _("UPK-06 allows %(limit)d days between two inspections; a plan of %(days)d days is longer.")
            % {"limit": limit, "days": every_days},
            "longer_than_limit",
        )


def _end(rows: Any, day: dt.date) -> None:
    """End what runs on a day. Raises ``BadInput`` where something begins on that day or later."""
    for row in rows:
        if row.valid.lower >= day:
            raise BadInput(
                _("One that begins on %(later)s is set already. Choose a later day.")
                % {"later": row.valid.lower},
                "later",
            )
        if row.valid.upper is None or row.valid.upper > day:
            row.valid = DateRange(row.valid.lower, day)
            row.save(update_fields=["valid"])


@transaction.atomic
def end_plan(*, plan: InspectionPlan, on: dt.date, by: User | None) -> InspectionPlan:
    """The plan holds until a day; from then on the nearest other one does. 中文：终止巡查计划"""
    locked = InspectionPlan.objects.select_for_update(of=("self",)).select_related("division").get(pk=plan.pk)
    access.require(by, VERB, locked.division)
    if locked.annulled_id or locked.valid.upper is not None or locked.valid.lower >= on:
        raise RegistryError(_("The plan has ended already, or begins on that day or later."), "plan_over")
    locked.valid = DateRange(locked.valid.lower, on)
    locked.save(update_fields=["valid"])
    _book(locked, by, locked.every_days, None, on)
    return locked


def _book(
    plan: InspectionPlan,
    by: User | None,
    before: int | None,
    after: int | None = -1,
    on: dt.date | None = None,
) -> None:
    record_act(
        by=by,
        verb="inspection_planned",
        division=plan.division_id,
        unit=plan.unit_id,
        subject=f"inspectionplan:{plan.pk}",
        source=plan.source_id,
        effective_on=on or plan.valid.lower,
        before={"every_days": before} if before else None,
        after={"every_days": plan.every_days if after == -1 else after},
    )
    if plan.unit_id:
        evaluate_units([plan.unit_id], as_of=clock.today())
