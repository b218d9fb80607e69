"""What the columns of the asset ledger read, fetched for a chunk of rows. 中文：台账导出取数

A dozen queries a chunk, however many columns and rows there are.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any

from django.contrib.gis.db.models.functions import PointOnSurface
from django.db.models import Sum, prefetch_related_objects

from assets.codes_life import LifeAct
from assets.income.models.contract import Contract, ContractUnit
from assets.income.models.due import Due
from assets.income.queries.received import with_received
from assets.income.queries.reports import Period, Row, report
from assets.models import Appraisal, Depreciation, Inspection, LifeStep
from assets.queries_worth import newest, pictures_of
from projects.models import FundingLine
from registry.codes import EntryCode
from registry.models import Division, Entry, Shape
from registry.queries.divisions import codes_by_division

from .ledger_life import Steps, steps_of

HELD = (
    EntryCode.OWNERSHIP, EntryCode.USE, EntryCode.OPERATION, EntryCode.INCOME, EntryCode.UPKEEP,
    EntryCode.SUPERVISION, EntryCode.DISPOSAL,
)  # fmt: skip
VILLAGE_DIGITS = 12


@dataclass
class Beside:
    """What stands beside an asset in other tables."""

    number: int
    places: dict[str, str] = field(default_factory=dict)  # name by level
    code: str = ""  # of the village; a natural village stands in a column of its own
    held: dict[str, list[Entry]] = field(default_factory=dict)
    funding: dict[str, Decimal] = field(default_factory=dict)
    shape: Shape | None = None
    seen: Inspection | None = None
    depreciation: Depreciation | None = None
    appraisal: Appraisal | None = None
    picture: str = ""  # the newest on file
    plan: LifeStep | None = None
    contract: Contract | None = None
    money: dict[str, Decimal] = field(default_factory=dict)
    life: Steps = field(default_factory=dict)
    earned: Row | None = None


def preparer(day: dt.date) -> Callable[[list[Any]], None]:
    """Gives each asset of a chunk what its columns read: ``asset.beside``."""
    numbers = count(1)
    earned = _earned(day)

    def prepare(assets: list[Any]) -> None:
        prefetch_related_objects(assets, "project__unit")
        units = [asset.unit_id for asset in assets]
        divisions = {asset.unit.division_id: asset.unit.division for asset in assets}
        codes, names = codes_by_division(divisions), _names(divisions.values())
        held, funding = _held(units, day), _funding(units)
        shapes, seen, plans = _shapes(units, day), _seen(units, day), _plans(units, day)
        contracts = _contracts(units, day)
        worth, reports = newest(Depreciation, units, day), newest(Appraisal, units, day)
        pictures = pictures_of(units)
        money, life = _money(contracts.values(), day), steps_of(units, day)
        for asset in assets:
            unit = asset.unit_id
            asset.beside = Beside(
                number=next(numbers),
                places=names[asset.unit.division_id],
                code=codes.get(asset.unit.division_id, "")[:VILLAGE_DIGITS],
                held=held[unit],
                funding=funding[unit],
                shape=shapes.get(unit),
                seen=seen.get(unit),
                plan=plans.get(unit),
                contract=contracts.get(unit),
                depreciation=worth.get(unit),
                appraisal=reports.get(unit),
                picture=next(iter(pictures.get(unit, ())), ""),
                life=life.get(unit, {}),
                earned=earned.get(unit),
            )
            if asset.beside.contract is not None:
                asset.beside.money = money.get(asset.beside.contract.pk, {})

    return prepare


def _earned(day: dt.date) -> dict[int, Row]:
    """What each asset was owed, brought in and gave out, ever. Four queries for the whole ledger."""
    everywhere = [""]
    return {row.key: row for row in report("asset", Period(dt.date.min, day), everywhere, "") if row.key}


def _names(divisions: Iterable[Division]) -> dict[int, dict[str, str]]:
    """Names of the places above each division, and its own, by level. One query."""
    lines = {place.pk: [int(part) for part in place.path.split("/") if part] for place in divisions}
    above = Division.objects.in_bulk({key for line in lines.values() for key in line})
    return {
        pk: {str(above[key].level): above[key].name for key in line if key in above}
        for pk, line in lines.items()
    }


def _held(units: list[int], day: dt.date) -> dict[int, dict[str, list[Entry]]]:
    found: dict[int, dict[str, list[Entry]]] = defaultdict(lambda: defaultdict(list))
    rows = Entry.objects.on(day).filter(unit__in=units, code__in=HELD)
    rows = rows.select_related("party", "agent", "upkeep_terms", "source")
    for entry in rows.order_by("unit_id", "code", "pk"):
        found[entry.unit_id][entry.code].append(entry)
    return found


def _funding(units: list[int]) -> dict[int, dict[str, Decimal]]:
    found: dict[int, dict[str, Decimal]] = defaultdict(dict)
    rows = FundingLine.objects.in_force().filter(unit__in=units).order_by()
    for unit, source, amount in rows.values_list("unit", "source").annotate(Sum("amount")):
        found[unit][source] = amount
    return found


def _shapes(units: list[int], day: dt.date) -> dict[int, Any]:
    rows = Shape.objects.on(day).filter(unit__in=units).defer("geom")
    return {shape.unit_id: shape for shape in rows.annotate(point=PointOnSurface("geom"))}


def _seen(units: list[int], day: dt.date) -> dict[int, Inspection]:
    rows = Inspection.objects.until(day).filter(unit__in=units).order_by("unit_id", "-inspected_on", "-pk")
    return {seen.unit_id: seen for seen in rows.distinct("unit_id")}


def _plans(units: list[int], day: dt.date) -> dict[int, LifeStep]:
    """The last plan of recovery of each unit, whatever became of it."""
    rows = LifeStep.objects.until(day).filter(unit__in=units, act=LifeAct.PLAN_RECOVERY)
    return {step.unit_id: step for step in rows.order_by("unit_id", "-on", "-pk").distinct("unit_id")}


def _contracts(units: list[int], day: dt.date) -> dict[int, Contract]:
    """The contract that runs on the day, the newest where several do."""
    running = Contract.objects.running(day).values("pk")
    rows = ContractUnit.objects.filter(unit__in=units, contract__in=running)
    rows = rows.select_related("contract__operator", "contract__decision")
    return {row.unit_id: row.contract for row in rows.order_by("unit_id", "contract__term", "pk")}


def _money(contracts: Iterable[Contract], day: dt.date) -> dict[int, dict[str, Decimal]]:
    """What has fallen due of each contract and what of it was received, of all that it holds together."""
    found: dict[int, dict[str, Decimal]] = defaultdict(lambda: {"due": Decimal(0), "received": Decimal(0)})
    dues = Due.objects.fallen(day).filter(contract__in={one.pk for one in contracts})
    for due in with_received(dues):
        found[due.contract_id]["due"] += due.amount - due.written_off
        found[due.contract_id]["received"] += due.received  # type: ignore[attr-defined]
    return found
