"""Outlines of registered assets out of a layer: each shape to the unit of its code. 中文：资产图形导入

Units are found by their asset code, else by name and village. An outline corrects a mere position (from
the ledger, a phone, the screen) for as long as that held, and replaces another outline from today on; where
nothing was known it holds since the unit has been what it is.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from shapely.geometry.base import BaseGeometry

from land.admission import admit
from land.importers.columns import find_column
from land.importers.layer import open_file
from land.importers.shapes import where_is
from land.importers.values import as_text
from registry import clock, geo
from registry.codes import INDICATIVE_METHODS, ShapeMethod
from registry.errors import BadInput
from registry.importers import Importer
from registry.models import Act, ImportBatch, ImportRow, RowAction, Shape, Unit, User
from registry.readers.vector import Batch, LayerFile, SeveralLayers, resolve_srid
from registry.rules.engine import evaluate_units
from registry.services.placing import place_units, unplace_units
from registry.services.units import Placement

CODE = ("ASSET_CODE", ("资产编码", "资产编号"))
CODE_PINYIN = ("ZCBM", ())
NAME = ("NAME", ("资产名称", "名称"))
NAME_PINYIN = ("ZCMC", ())
VILLAGE = ("VILLAGE", ("村", "行政村", "所在村"))
AT_ONCE = 2000


@dataclass
class Sheet:
    """The layer while it is read."""

    batch: ImportBatch
    srid: int
    code: str | None
    name: str | None
    village: str | None
    profile: geo.CountyProfile
    rows: list[ImportRow]
    placed: set[int]  # units that have their shape from this file


class FootprintImporter(Importer):
    """Outlines of assets."""

    kind = "layer:footprints"
    verb = "place_unit"
    label = gettext_lazy("outlines of assets")
    options = ("layer", "source_crs", "encoding")

    def stage(self, batch: ImportBatch, path: Path) -> None:
        """Without a chosen layer every layer of the file is read: points, lines and polygons come apart."""
        rows: list[ImportRow] = []
        placed: set[int] = set()
        notes: list[str] = []
        layers = [batch.options["layer"]] if batch.options.get("layer") else _layers(batch, path)
        for layer in layers:
            with open_file(batch, path, layer=layer) as file:
                sheet = _sheet(batch, file, rows, placed)
                for part in file.batches(AT_ONCE):
                    _stage_part(sheet, part, file.name)
                notes += file.notes
        ImportRow.objects.bulk_create(rows, batch_size=1000)
        actions = [row.action for row in rows]
        batch.rows = len(actions)
        batch.accepted = sum(action in (RowAction.CREATE, RowAction.CHANGE) for action in actions)
        batch.changed = actions.count(RowAction.CHANGE)
        batch.unchanged = actions.count(RowAction.KEEP)
        batch.quarantined = actions.count(RowAction.QUARANTINE)
        batch.totals = {"outlines": batch.accepted, "layers": layers, "notes": sorted(set(notes))}

    def apply(self, batch: ImportBatch, *, by: User | None) -> None:
        rows = batch.staged.filter(action__in=[RowAction.CREATE, RowAction.CHANGE]).select_related("unit")
        placements = [_placement(row) for row in rows.order_by("id")]
        place_units(placements, by=by, reason=_("import of outlines"), batch=batch)
        evaluate_units([placement.unit.pk for placement in placements], as_of=clock.today())

    def reverse(self, batch: ImportBatch, *, by: User | None, act: Act) -> None:
        evaluate_units(unplace_units(batch=batch, act=act), as_of=clock.today())


def _placement(row: ImportRow) -> Placement:
    if row.unit is None:
        raise BadInput(_("A unit of this batch is gone. Import the file again."), "no_unit")
    return Placement(
        unit=row.unit,
        geom=GEOSGeometry(row.values["geom"]),
        valid_from=dt.date.fromisoformat(row.values["valid_from"]),
        method=ShapeMethod.IMPORTED,
        source_srid=row.values["srid"],
    )


def _layers(batch: ImportBatch, path: Path) -> list[str | None]:
    """The layers of the file; one whose only layer need not be named gives None."""
    try:
        with open_file(batch, path):
            return [None]
    except SeveralLayers as several:
        return list(several.proposals)


def _sheet(batch: ImportBatch, file: LayerFile, rows: list[ImportRow], placed: set[int]) -> Sheet:
    sheet = Sheet(
        batch,
        resolve_srid(file),
        find_column(file.fields, *CODE) or find_column(file.fields, *CODE_PINYIN),
        find_column(file.fields, *NAME) or find_column(file.fields, *NAME_PINYIN),
        find_column(file.fields, *VILLAGE),
        file.profile,
        rows,
        placed,
    )
    if sheet.code is None and sheet.name is None:
        raise BadInput(
            _("The layer has no column %(missing)s. It has: %(found)s. Expected: %(expected)s.")
            % {
                "missing": "asset_code（资产编码）",
                "found": "、".join(file.fields) or _("none"),
                "expected": "asset_code / ZCBM / 资产编码, name / ZCMC / 资产名称, village / 村",
            },
            "columns",
        )
    return sheet


def _texts(part: Batch, column: str | None) -> list[str]:
    return [as_text(cell) for cell in part.columns[column].tolist()] if column else [""] * len(part)


def _stage_part(sheet: Sheet, part: Batch, layer: str) -> None:
    codes, names = _texts(part, sheet.code), _texts(part, sheet.name)
    villages = _texts(part, sheet.village)
    units = _units(sheet.batch, codes, names)
    shapes = {shape.unit_id: shape for shape in _current_shapes(units)}
    for position, number in enumerate(part.numbers.tolist()):
        row = ImportRow(
            batch=sheet.batch,
            sheet=layer[:80],
            row=number,
            label=names[position] or codes[position] or f"#{number}",
            action=RowAction.REJECT,
            raw={"code": codes[position], "name": names[position], "village": villages[position]},
        )
        sheet.rows.append(row)
        try:
            unit = _find(units, codes[position], names[position], villages[position])
            _settle(sheet, row, unit, part.geometries[position], shapes.get(unit.pk))
        except BadInput as error:
            told = codes[position] or names[position]
            row.errors.append(_error(sheet.code or sheet.name, told, error.code, str(error)))


def _error(column: str | None, value: str | None, code: str, message: str) -> dict[str, Any]:
    return {"column": column, "value": value, "code": code, "message": message}


def _units(batch: ImportBatch, codes: list[str], names: list[str]) -> list[Unit]:
    """Units that any row may mean. One query."""
    rows = Unit.objects.on(clock.today()).select_related("division")
    rows = rows.filter(Q(code__in=[code for code in codes if code]) | Q(name__in=[n for n in names if n]))
    return list(rows.within(batch.division) if batch.division else rows)


def _current_shapes(units: list[Unit]) -> list[Shape]:
    """Shapes of today. One query."""
    return list(Shape.objects.on(clock.today()).filter(unit__in=[unit.pk for unit in units]))


def _find(units: list[Unit], code: str, name: str, village: str) -> Unit:
    """The unit that a row means. Raises ``BadInput``: none, or several."""
    if code:
        found = [unit for unit in units if unit.code == code]
    else:
        named = [unit for unit in units if unit.name == name]
        near = [
            unit for unit in named if village and unit.division.name.startswith(village.removesuffix("委会"))
        ]
        found = near or ([] if village else named)
    if len(found) == 1:
        return found[0]
    said = {"what": code or " ".join(filter(None, [village, name]))}
    if found:
        raise BadInput(_("Several assets are called %(what)s. Give the asset code.") % said, "ambiguous_unit")
    raise BadInput(_("No asset %(what)s is registered. Import the ledger first.") % said, "no_unit")


def _settle(
    sheet: Sheet, row: ImportRow, unit: Unit, geometry: BaseGeometry | None, current: Shape | None
) -> None:
    """Decide what becomes of a row whose unit is known."""
    row.unit = unit
    if unit.pk in sheet.placed:
        raise BadInput(_("%(unit)s has two shapes in this layer.") % {"unit": unit}, "twice")
    sheet.placed.add(unit.pk)
    outcome = admit(geometry, srid=sheet.srid, lines_and_points=True, profile=sheet.profile)
    if not outcome.admitted:
        return _quarantine(row, outcome.code, outcome.message, where_is(geometry, sheet.srid, outcome.place))
    record = _record(outcome.geom, sheet.srid)
    if not geo.check_bounds(record.bounds, sheet.profile):
        place = where_is(record, geo.RECORD_SRID)
        return _quarantine(row, "L02", _("The feature lies outside the county's box."), place)
    wkb = shapely.to_wkb(shapely.set_srid(record, geo.RECORD_SRID), hex=True, include_srid=True)
    row.values = {"geom": wkb, "srid": sheet.srid, "valid_from": _first_day(unit, current).isoformat()}
    row.action = RowAction.CREATE if current is None else RowAction.CHANGE
    if current is not None and shapely.from_wkb(bytes(current.geom.wkb)).equals(record):
        row.action = RowAction.KEEP
    if outcome.notes or outcome.code:
        row.warnings.append(_error("geometry", None, outcome.code or "L04", outcome.message))
    return None


def _quarantine(row: ImportRow, code: str, message: str, where: dict[str, Any]) -> None:
    row.action, row.values = RowAction.QUARANTINE, where
    row.errors.append(_error("geometry", None, code, message))


def _record(geom: BaseGeometry, srid: int) -> BaseGeometry:
    """EPSG:4490, valid; a single point stays one."""
    placed = geo.transform(geom, srid, geo.RECORD_SRID)
    if shapely.get_type_id(placed) == 0:
        return placed
    if not placed.is_valid:
        placed = shapely.make_valid(placed, method="structure", keep_collapsed=False)
    return geo.promote(placed)


def _first_day(unit: Unit, current: Shape | None) -> dt.date:
    today = clock.today()
    if current is None:
        return min(unit.state_since or today, today)
    return current.valid.lower if current.method in INDICATIVE_METHODS else today


IMPORTER = FootprintImporter()
