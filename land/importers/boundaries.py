"""Outlines of divisions (XZQ) as an import: each row to the division of its code. 中文：行政区界线导入

The first outline of a division is taken to have held as long as the division; a later one replaces it from
1 January of its year on.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from land.importers.columns import find_column
from land.importers.layer import AT_ONCE, OPTIONS, declared_year, open_file
from land.importers.remarks import Remarks
from land.importers.shapes import place
from land.importers.values import BadValue, as_decimal, as_text
from land.services.outlines import Outline, lay_outlines, lift_outlines
from registry import clock, geo
from registry.codes import CodeSystem
from registry.errors import BadInput
from registry.importers import Importer
from registry.models import Act, DivisionCode, ImportBatch, ImportRow, RowAction, User
from registry.readers.vector import Batch, LayerFile, resolve_srid

CODE = ("XZQDM", ("行政区代码", "行政区划代码"))
NAME = ("XZQMC", ("行政区名称",))
CONTROL = ("DCMJ", ("调查面积", "控制面积"))


@dataclass
class Sheet:
    """The rows of a layer of outlines while they are read."""

    batch: ImportBatch
    columns: dict[str, str | None]
    remarks: Remarks
    divisions: dict[str, int]
    rows: list[ImportRow]
    seen: set[int]


class BoundaryImporter(Importer):
    """Outlines of divisions."""

    kind = "layer:divisions"
    verb = "import_layer"
    label = gettext_lazy("outlines of divisions (XZQ)")
    options = OPTIONS

    def stage(self, batch: ImportBatch, path: Path) -> None:
        year = declared_year(batch)
        with open_file(batch, path) as file:
            srid = resolve_srid(file)
            sheet = Sheet(batch, _columns(file), Remarks(), {}, [], set())
            for part in file.batches(AT_ONCE):
                sheet.divisions |= _known(_codes(part, sheet), batch, year)
                placed = place(part, srid, file.profile, sheet.remarks)
                _stage_rows(sheet, part, placed.record, file.name)
        ImportRow.objects.bulk_create(sheet.rows, batch_size=500)
        batch.rows = len(sheet.rows)
        batch.accepted = sum(row.action == RowAction.CREATE for row in sheet.rows)
        batch.quarantined = sum(row.action == RowAction.QUARANTINE for row in sheet.rows)
        batch.totals = {"year": year, "srid": srid, "outlines": batch.accepted, "notes": list(file.notes)}

    def apply(self, batch: ImportBatch, *, by: User | None) -> None:
        rows = batch.staged.filter(action=RowAction.CREATE).order_by("row")
        outlines = [
            Outline(
                division_id=row.values["division"],
                geom=GEOSGeometry(row.values["geom"], srid=geo.RECORD_SRID),
                control_area_m2=_decimal(row.values["control_area_m2"]),
            )
            for row in rows
        ]
        lay_outlines(outlines, year=declared_year(batch), batch=batch)

    def reverse(self, batch: ImportBatch, *, by: User | None, act: Act) -> None:
        lift_outlines(batch)


def _decimal(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


def _columns(file: LayerFile) -> dict[str, str | None]:
    columns = {
        "code": find_column(file.fields, *CODE),
        "name": find_column(file.fields, *NAME),
        "control": find_column(file.fields, *CONTROL),
    }
    if columns["code"] is None:
        raise BadInput(
            _("The layer has no column %(missing)s. It has: %(found)s. Expected: %(expected)s.")
            % {
                "missing": "XZQDM（行政区代码）",
                "found": "、".join(file.fields) or _("none"),
                "expected": "XZQDM、XZQMC、DCMJ",
            },
            "columns",
        )
    return columns


def _codes(part: Batch, sheet: Sheet) -> list[str]:
    return [as_text(value) for value in part.columns[str(sheet.columns["code"])].tolist()]


def _known(codes: list[str], batch: ImportBatch, year: int) -> dict[str, int]:
    """Divisions by code in the batch's code system, at the end of the year or today. One query."""
    system = batch.options.get("system") or CodeSystem.NBS
    rows = DivisionCode.objects.filter(system=system, code__in=codes)
    found = {}
    for code, division, valid in rows.values_list("code", "division_id", "valid"):
        if dt.date(year, 12, 31) in valid or clock.today() in valid:
            found[code] = division
    return found


def _stage_rows(sheet: Sheet, part: Batch, record: np.ndarray, layer: str) -> None:
    codes = _codes(part, sheet)
    names = part.columns[sheet.columns["name"]].tolist() if sheet.columns["name"] else [""] * len(codes)
    areas = (
        part.columns[sheet.columns["control"]].tolist() if sheet.columns["control"] else [None] * len(codes)
    )
    for position, number in enumerate(part.numbers.tolist()):
        code, control = codes[position], _control(sheet, number, areas[position])
        division = sheet.divisions.get(code)
        if division is None:
            said = _("No division has the code %(code)s in this code system.") % {"code": code or "—"}
            sheet.remarks.error(number, "no_division", said, sheet.columns["code"], code)
        elif division in sheet.seen:
            said = _("The division %(code)s has two outlines in this layer.") % {"code": code}
            sheet.remarks.error(number, "twice", said, sheet.columns["code"], code)
        else:
            sheet.seen.add(division)
        sheet.rows.append(
            ImportRow(
                batch=sheet.batch,
                sheet=layer[:80],
                row=number,
                label=as_text(names[position]) or code,
                action=_action(sheet.remarks, number),
                raw={"code": code, "name": as_text(names[position])},
                values=_values(division, record[position], control),
                errors=sheet.remarks.errors.get(number, []),
                warnings=sheet.remarks.warnings.get(number, []),
            )
        )


def _values(division: int | None, geom: Any, control: Decimal | None) -> dict[str, Any]:
    if division is None or geom is None:
        return {}
    return {
        "division": division,
        "geom": shapely.to_wkb(geom, hex=True),
        "control_area_m2": None if control is None else str(control),
    }


def _control(sheet: Sheet, number: int, value: Any) -> Decimal | None:
    try:
        return as_decimal(value)
    except BadValue:
        said = _("“%(value)s” is not a value of this column.") % {"value": as_text(value)[:40]}
        sheet.remarks.warn(number, "value", said, sheet.columns["control"], as_text(value))
        return None


def _action(remarks: Remarks, number: int) -> str:
    if number in remarks.quarantined:
        return RowAction.QUARANTINE
    return RowAction.REJECT if number in remarks.errors else RowAction.CREATE


IMPORTER = BoundaryImporter()
