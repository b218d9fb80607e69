"""Importer of counts on a sheet: what the villages bring back from a stocktake. 中文：清查表导入"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.models import Stocktake, StocktakeCount, StocktakeLine
from assets.services.counting import Seen, Surplus, problems, record_counts, record_surplus, take_back_counts
from assets.stocktake_codes import RUNNING
from registry.models import Act, Division, ImportBatch, RowAction, User

from .inspections import Units
from .judging import Judge
from .ledger import LedgerImporter
from .sheetrow import SheetRow, plain_value
from .stocktake_columns import COUNTS
from .where import PlaceProblem

FIELDS = {"note": "remark", "place": "longitude"}  # a count's field to the column that says it
SURPLUS = "surplus"


class CountsImporter(LedgerImporter):
    """Counts of a stocktake that is running; what stands under 盘盈 is a surplus thing. 中文：清查表"""

    kind = "ledger:stocktake"
    label = gettext_lazy("counts of a stocktake")
    verb = "count_stock"
    table = COUNTS

    def judge(self, rows: Sequence[SheetRow], judge: Judge, batch: ImportBatch) -> dict[str, Any]:
        units = Units(rows, judge)
        for row in rows:
            _read(row, judge)
            if row.get("found") == SURPLUS:
                _place(row, judge)
            else:
                units.match(row)
        _find_lines(rows, batch)
        _compare(rows)
        return {"surplus": sum(row.good and row.get("found") == SURPLUS for row in rows)}

    def apply(self, batch: ImportBatch, *, by: User | None) -> None:
        staged = list(batch.staged.filter(action__in=[RowAction.CREATE, RowAction.CHANGE]).order_by("id"))
        keys = [row.values["line"] for row in staged if row.values.get("line")]
        lines = StocktakeLine.objects.select_related("stocktake", "division").in_bulk(keys)
        reason = _("imported from %(file)s") % {"file": batch.file.name}
        pairs = [(lines[row.values["line"]], _seen(row.values)) for row in staged if row.values.get("line")]
        if pairs:
            record_counts(pairs, by=by, batch=batch, reason=reason)
        campaigns = {line.stocktake_id: line.stocktake for line in lines.values()}
        for row in staged:
            if row.values["found"] == SURPLUS:
                _surplus(row.values, campaigns, batch, by)

    def reverse(self, batch: ImportBatch, *, by: User | None, act: Act) -> None:
        take_back_counts(batch=batch, act=act)


def _read(row: SheetRow, judge: Judge) -> None:
    quantity, day = row.get("quantity"), row.date("counted_on")
    row.values |= {
        "found": row.get("found"),
        "quantity": plain_value(quantity),
        "condition": row.get("condition") or "",
        "longitude": plain_value(row.get("longitude")),
        "latitude": plain_value(row.get("latitude")),
        "counter": row.text("counter", 60),
        "counted_on": plain_value(day or judge.today),
        "remark": row.text("remark"),
        "measure": row.text("measure", 20),
    }
    if row.get("found") is None and not row.broken("found"):
        row.refuse("found", "no_result", _("The result is missing: 在, 不在, 未到现场 or 盘盈."))
    if (row.get("longitude") is None) != (row.get("latitude") is None):
        row.refuse("longitude", "half_position", _("Give longitude and latitude, or neither."))


def _place(row: SheetRow, judge: Judge) -> None:
    """Where a surplus thing stands."""
    row.values["name"] = row.text("name", 200)
    try:
        row.values["division"] = judge.find_place(row).pk
    except PlaceProblem as problem:
        row.refuse(problem.field, problem.code, problem)
    if not row.values["name"]:
        row.refuse("name", "no_name", _("The name is missing."))


def _find_lines(rows: Sequence[SheetRow], batch: ImportBatch) -> None:
    """The line that a row counts, in the newest campaign that runs; every problem of the count. One query."""
    running = StocktakeLine.objects.filter(stocktake__annulled=None, stocktake__state__in=RUNNING)
    if batch.division is not None:
        running = running.within(batch.division)
    lines = running.select_related("stocktake").order_by("stocktake__opened_on", "stocktake_id")
    by_unit = {line.unit_id: line for line in lines.filter(unit__in={r.unit_id for r in rows if r.unit_id})}
    taken: dict[int, SheetRow] = {}
    campaign = _campaign(by_unit, running)
    for row in rows:
        line = by_unit.get(row.unit_id) if row.unit_id else None
        if row.get("found") == SURPLUS:
            _judge_surplus(row, campaign)
        elif row.unit_id and line is None:
            row.refuse("asset_code", "no_line", _("No stocktake that is being counted has it on its list."))
        elif line is not None:
            row.values["line"] = line.pk
            row.keep["line"] = line
            _refuse_twin(row, taken.setdefault(line.pk, row))
            _refuse_count(row, line)


def _campaign(by_unit: dict[Any, StocktakeLine], running: Any) -> Any:
    """The campaign that the sheet belongs to: that of its lines, else the only one that runs."""
    found = {line.stocktake_id: line.stocktake for line in by_unit.values()}
    if not found:
        found = {line.stocktake_id: line.stocktake for line in running.select_related("stocktake")[:1]}
    return next(iter(found.values())) if len(found) == 1 else None


def _judge_surplus(row: SheetRow, campaign: Any) -> None:
    if campaign is None:
        row.refuse(
            "found", "no_campaign", _("No single stocktake is being counted to which it would belong.")
        )
        return
    row.values["campaign"] = campaign.pk
    line = StocktakeLine(stocktake=campaign, name=row.values.get("name", ""))
    row.values["found"] = "present"
    _refuse_count(row, line)
    row.values["found"] = SURPLUS


def _refuse_twin(row: SheetRow, first: SheetRow) -> None:
    if first is not row:
        row.refuse(
            "asset_code", "duplicate_row", _("Row %(row)d counts the same thing.") % {"row": first.source.row}
        )


def _refuse_count(row: SheetRow, line: StocktakeLine) -> None:
    if not row.good:
        return
    for name, sentence in problems(line, _seen(row.values)).items():
        row.refuse(FIELDS.get(name, name), f"count_{name}", sentence)


def _compare(rows: Sequence[SheetRow]) -> None:
    """Counted for the first time, again the same, or otherwise. One query."""
    counts = StocktakeCount.objects.filter(
        line__in=[row.values["line"] for row in rows if row.values.get("line")], annulled=None
    )
    known = {count.line_id: count for count in counts}
    for row in rows:
        if not row.good:
            row.action = RowAction.REJECT
            continue
        old = known.get(row.values.get("line"))
        row.action = RowAction.CREATE
        if old is not None:
            before = {
                "found": old.found,
                "quantity": None if old.quantity is None else f"{old.quantity.normalize():f}",
                "condition": old.condition,
            }
            new = _comparable(row.values)
            row.values["changes"] = {k: [before[k], new[k]] for k in before if before[k] != new[k]}
            row.action = RowAction.CHANGE if row.values["changes"] else RowAction.KEEP


def _comparable(values: dict[str, Any]) -> dict[str, Any]:
    quantity = values["quantity"]
    return {
        "found": values["found"],
        "quantity": None if quantity is None else f"{Decimal(quantity).normalize():f}",
        "condition": values["condition"],
    }


def _seen(values: dict[str, Any]) -> Seen:
    lon, lat, quantity = values["longitude"], values["latitude"], values["quantity"]
    return Seen(
        found="present" if values["found"] == SURPLUS else values["found"] or "",
        counted_on=dt.date.fromisoformat(values["counted_on"]),
        counter=values["counter"],
        quantity=None if quantity is None else Decimal(str(quantity)),
        condition=values["condition"],
        place=None if lon is None or lat is None else Point(float(lon), float(lat), srid=4490),
        note=values["remark"],
    )


def _surplus(values: dict[str, Any], campaigns: dict[int, Any], batch: ImportBatch, by: User | None) -> None:
    campaign = campaigns.get(values["campaign"]) or Stocktake.objects.get(pk=values["campaign"])
    thing = Surplus(
        name=values["name"],
        division=Division.objects.get(pk=values["division"]),
        measure=values["measure"],
    )
    record_surplus(stocktake=campaign, thing=thing, seen=_seen(values), by=by, batch=batch)
