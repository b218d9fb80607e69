"""Importer of inspections. 中文：管护巡查台账导入"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.models import Inspection
from assets.services.duties import take_back_duties, write_duties
from assets.services.inspections import InspectionFacts, record_inspections, take_back_inspections
from registry import display
from registry.codes import UnitKind
from registry.models import Act, ImportBatch, RowAction, Unit, User
from registry.queries.places import plain
from registry.services.parties import PartyBook, take_back_parties

from .columns import UPKEEP
from .duties import action_of, asks_of, duty_facts, judge_duties, read_posts, states_duty
from .judging import Judge
from .ledger import LedgerImporter
from .sheetrow import SheetRow, plain_value
from .where import PlaceProblem

SAID = ("condition", "defect", "handled_on", "remark")


class UpkeepImporter(LedgerImporter):
    """Upkeep duties and inspections (巡查) of assets that are in the register. 中文：管护台账"""

    kind = "ledger:upkeep"
    label = gettext_lazy("upkeep: duties and inspections")
    table = UPKEEP

    def judge(self, rows: Sequence[SheetRow], judge: Judge, batch: ImportBatch) -> dict[str, Any]:
        units = Units(rows, judge)
        read_posts(rows)
        looked = [row for row in rows if _states_inspection(row) or not states_duty(row)]
        for row in rows:
            units.match(row)
        for row in looked:
            _judge(row, judge)
        _refuse_twins(looked)
        _compare(looked)
        seen = {id(row): row.action for row in looked if row.good}
        judge_duties(rows, judge)
        for row in rows:
            row.values["look"] = seen.get(id(row), "")
            row.action = action_of(row, seen.get(id(row))) if row.good else RowAction.REJECT
        return {"units": len({row.unit_id for row in rows if row.good})}

    def apply(self, batch: ImportBatch, *, by: User | None) -> None:
        written = (RowAction.CREATE, RowAction.CHANGE)
        rows = list(batch.staged.filter(action__in=written).order_by("id"))
        units = Unit.objects.select_related("division").in_bulk({row.unit_id for row in rows})
        reason = _("imported from %(file)s") % {"file": batch.file.name}
        book = PartyBook(asks_of(rows))
        book.register(by=by, batch=batch)
        write_duties(duty_facts(rows, units, book), by=by, reason=reason, batch=batch)
        staged = [row for row in rows if row.values.get("look") in written]
        known = Inspection.objects.in_bulk([row.values["id"] for row in staged if row.values.get("id")])
        facts = []
        for row in staged:
            values = row.values
            handled = values["handled_on"]
            facts.append(
                InspectionFacts(
                    unit=units[row.unit_id],
                    inspected_on=dt.date.fromisoformat(values["inspected_on"]),
                    inspector=values["inspector"],
                    condition=values["condition"],
                    defect=values["defect"],
                    handled_on=dt.date.fromisoformat(handled) if handled else None,
                    remark=values["remark"],
                    inspection=known.get(values["id"]) if values.get("id") else None,
                    before=values.get("before") or {},
                )
            )
        record_inspections(facts, by=by, reason=reason, batch=batch)

    def reverse(self, batch: ImportBatch, *, by: User | None, act: Act) -> None:
        take_back_inspections(batch=batch, act=act)
        take_back_duties(batch=batch, act=act)
        take_back_parties(batch=batch)


class Units:
    """The assets that rows may mean, by code and by name. Two queries."""

    def __init__(self, rows: Sequence[SheetRow], judge: Judge) -> None:
        self.judge = judge
        codes = {row.text("asset_code", 64) for row in rows}
        names = {row.text("name", 200) for row in rows}
        units = Unit.objects.in_force().filter(kind=UnitKind.ASSET)
        self.by_code: dict[str, Unit] = {}
        self.by_name: dict[str, list[Unit]] = defaultdict(list)
        for unit in units.filter(code__in=codes) | units.filter(name__in=names):
            self.by_code[unit.code] = unit
            self.by_name[plain(unit.name)].append(unit)

    def match(self, row: SheetRow) -> None:
        """Give the row its unit, or refuse it with what was found."""
        code, name = row.text("asset_code", 64), row.text("name", 200)
        row.values["name"] = name
        if row.broken("asset_code"):
            return
        if code:
            unit = self.by_code.get(code)
            if unit is None:
                row.refuse(
                    "asset_code", "asset_unknown", _("No asset has the code %(code)s.") % {"code": code}
                )
                return
            row.unit_id = unit.pk
            return
        found = self._in_place(row, self.by_name.get(plain(name), []))
        if len(found) == 1:
            row.unit_id = found[0].pk
        elif found:
            listed = "、".join(unit.code for unit in found[:5])
            row.refuse(
                "name",
                "asset_ambiguous",
                _("%(name)s can be %(codes)s. Write the asset code.") % {"name": name, "codes": listed},
            )
        elif row.good:
            row.refuse("name", "asset_unknown", _("No asset is called %(name)s there.") % {"name": name})

    def _in_place(self, row: SheetRow, units: list[Unit]) -> list[Unit]:
        if not any(row.get(field) for field in ("division_code", "township", "village")):
            return units
        try:
            place = self.judge.find_place(row)
        except PlaceProblem as problem:
            row.refuse(problem.field, problem.code, problem)
            return []
        paths = self.judge.places.by_pk
        return [unit for unit in units if paths[unit.division_id].path.startswith(place.path)]


def _states_inspection(row: SheetRow) -> bool:
    return any(row.cell(name).strip() for name in ("inspected_on", "condition", "defect", "inspector"))


def _judge(row: SheetRow, judge: Judge) -> None:
    day, handled = row.date("inspected_on"), row.date("handled_on")
    row.values |= {
        "inspected_on": plain_value(day),
        "inspector": row.text("inspector", 60),
        "condition": row.get("condition"),
        "defect": row.text("defect"),
        "handled_on": plain_value(handled),
        "remark": row.text("remark"),
    }
    if day is None and not row.broken("inspected_on"):
        row.refuse("inspected_on", "no_date", _("The date of the inspection is missing."))
    elif day is not None and day > judge.today:
        row.refuse("inspected_on", "future_date", _("The date lies in the future. Correct it."))
    elif day is not None and row.get("inspected_on").precision != "day":
        row.refuse("inspected_on", "date_precision", _("Write the day of the inspection."))
    if row.get("condition") is None and not row.broken("condition"):
        row.refuse(
            "condition", "no_condition", _("The condition found is missing: 完好, 一般, 损坏 or 停用.")
        )
    if day and handled and handled < day:
        row.refuse(
            "handled_on", "handled_before", _("The defect was handled before it was found; check both dates.")
        )


def _refuse_twins(rows: Sequence[SheetRow]) -> None:
    first: dict[tuple, SheetRow] = {}
    for row in rows:
        if not row.good:
            continue
        known = first.setdefault(_key(row), row)
        if known is not row:
            row.refuse(
                "inspected_on",
                "duplicate_row",
                _("Row %(row)d records the same inspection of that day by that person.")
                % {"row": known.source.row},
            )


def _key(row: SheetRow) -> tuple:
    return row.unit_id, row.values["inspected_on"], row.values["inspector"] or hidden(row, "inspector")


def hidden(row: SheetRow, field: str) -> str:
    """The text of a cell in which asterisks hide a name; "" where nothing is hidden."""
    return next((w["value"] for w in row.warnings if w["code"] == "masked" and w["field"] == field), "")


def _hidden_one(row: SheetRow, recorded: dict[tuple, Inspection]) -> Inspection | None:
    """The only inspection of that unit and day whose inspector the hidden name can be."""
    shown = hidden(row, "inspector")
    found = [
        inspection
        for (unit, day, name), inspection in recorded.items()
        if shown
        and (unit, day) == (row.unit_id, row.values["inspected_on"])
        and display.masked(name) == shown
    ]
    return found[0] if len(found) == 1 else None


def _compare(rows: Sequence[SheetRow]) -> None:
    """New, the same as recorded, or recorded otherwise. One query."""
    units = {row.unit_id for row in rows if row.good}
    recorded = {
        (found.unit_id, found.inspected_on.isoformat(), found.inspector): found
        for found in Inspection.objects.in_force().filter(unit__in=units)
    }
    for row in rows:
        if not row.good:
            row.action = RowAction.REJECT
            continue
        known = recorded.get(_key(row)) or _hidden_one(row, recorded)
        if known is None and hidden(row, "inspector"):
            row.refuse(
                "inspector",
                "masked",
                _("The name of the inspector is hidden by asterisks. Write it in full."),
            )
            row.action = RowAction.REJECT
            continue
        if known is None:
            row.action = RowAction.CREATE
            continue
        old = {name: plain_value(getattr(known, name)) for name in SAID}
        new = {name: row.values[name] for name in SAID}
        row.values |= {"id": known.pk, "before": old}
        row.values["changes"] = {name: [old[name], new[name]] for name in SAID if old[name] != new[name]}
        row.action = RowAction.CHANGE if row.values["changes"] else RowAction.KEEP
