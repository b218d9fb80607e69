"""Survey deliveries as imports: parcels, basic farmland and its reserve, control lines. 中文：图层导入

The file is read batch by batch; every feature is checked for everything at once. What has no fault is staged
as it will stand in the vintage; what cannot be computed with is quarantined with reason and place.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from land.area import round_area
from land.importers import staging, summary
from land.importers.attributes import Check, Seen, check_values, read_values
from land.importers.columns import LAYOUTS, map_columns
from land.importers.increment import open_package
from land.importers.remarks import Remarks
from land.importers.shapes import Placed, place, where_is
from land.importers.values import as_text
from land.models import VintageKind
from land.parameters_layers import LAYER_KEYS, PACKAGE_KEYS
from land.services.vintages import Delivery, drop_vintage, load_vintage, quarantine_row
from registry import clock, geo
from registry.errors import BadInput
from registry.importers import Importer
from registry.models import Act, ImportBatch, ImportRow, RowAction, User
from registry.readers.vector import Batch, LayerFile, open_layer, resolve_srid
from registry.rules.parameters import values_on

LABELS = {
    VintageKind.PARCELS: gettext_lazy("land-use parcels (DLTB)"),
    VintageKind.BASIC_FARMLAND: gettext_lazy("permanent basic farmland (YJJBNTBHTB)"),
    VintageKind.BASIC_FARMLAND_RESERVE: gettext_lazy("basic farmland reserve"),
    VintageKind.ECOLOGICAL_RED_LINE: gettext_lazy("ecological red line (STBHHX)"),
    VintageKind.URBAN_BOUNDARY: gettext_lazy("urban growth boundary (CZKFBJ)"),
    VintageKind.APPROVALS: gettext_lazy("approved, not yet built on (PZWJSTD)"),
    VintageKind.TEMPORARY_LAND: gettext_lazy("temporary land (LSYD)"),
    VintageKind.CLUES: gettext_lazy("clue polygons (monitoring)"),
    VintageKind.INCREMENT: gettext_lazy("annual increment package (DLTBGXGC)"),
}
AT_ONCE = 5000
AHEAD = 2  # batches that are placed while one is checked and staged
OPTIONS = ("year", "layer", "source_crs", "encoding", "system", "official")


def open_file(batch: ImportBatch, path: Path, *, layer: str | None = None) -> LayerFile:
    """The layer of a batch as its options, or the importer, choose it. Raises ``ReadError``."""
    options = batch.options
    return open_layer(
        path,
        layer=layer or options.get("layer") or None,
        encoding=options.get("encoding") or None,
        source_srid=options.get("source_crs") or None,
        profile=geo.county(),
    )


def declared_year(batch: ImportBatch) -> int:
    """The survey year of the batch. Raises ``BadInput``."""
    year = batch.options.get("year")
    if not isinstance(year, int) or not 1990 <= year <= 2100:
        raise BadInput(_("State the survey year of the layer, such as 2024."), "year")
    return year


@dataclass
class Reading:
    """One layer while it is read."""

    batch: ImportBatch
    check: Check
    srid: int
    profile: geo.CountyProfile
    labels: dict[int, dict[str, Any]] = field(default_factory=dict)  # cells of features with remarks
    rows: int = 0
    accepted: int = 0


class LayerImporter(Importer):
    """One kind of delivery."""

    verb = "import_layer"
    options = OPTIONS

    def __init__(self, kind: str) -> None:
        self.layer = kind
        self.kind = f"layer:{kind}"
        self.label = LABELS[VintageKind(kind)]

    def stage(self, batch: ImportBatch, path: Path) -> None:
        staging.clear_superseded(batch.pk)
        year = declared_year(batch)
        with self.open(batch, path) as file:
            reading = self._begin(batch, file, year)
            for part, placed in _placed(reading, file):
                _read(reading, part, placed)
            summary.finish(reading, file, self.layer)
            _write_rows(reading, file.name)
        if batch.errors:
            staging.clear(batch.pk)

    def open(self, batch: ImportBatch, path: Path) -> LayerFile:
        """The layer of the file that holds this kind."""
        if self.layer == VintageKind.INCREMENT:
            return open_package(batch, path, open_file)
        return open_file(batch, path)

    def _begin(self, batch: ImportBatch, file: LayerFile, year: int) -> Reading:
        mapping = map_columns(self.layer, file.fields)
        check = Check(
            mapping=mapping,
            year=year,
            official=batch.options.get("official", True) is not False,
            farmland=LAYOUTS[self.layer].farmland,
            remarks=Remarks(),
            seen=Seen(),
            limits=values_on((*LAYER_KEYS, *PACKAGE_KEYS), clock.today()),
        )
        return Reading(batch, check, resolve_srid(file), file.profile)

    def apply(self, batch: ImportBatch, *, by: User | None) -> None:
        if staging.count(batch.pk) != batch.accepted:  # lost with the unlogged table: read the file again
            from registry.services.imports import readable_path

            batch.staged.all().delete()
            self.stage(batch, readable_path(batch))
        load_vintage(batch=batch, delivery=_delivery(batch, self.layer))
        staging.clear(batch.pk)

    def reverse(self, batch: ImportBatch, *, by: User | None, act: Act) -> None:
        drop_vintage(batch.vintage)


def _placed(reading: Reading, file: LayerFile) -> Iterator[tuple[Batch, Placed]]:
    """The batches with their shapes placed: while one is checked and staged, those after it are placed."""
    language = get_language()

    def placing(part: Batch) -> tuple[Batch, Placed, Remarks]:
        said = Remarks()
        with override(language):
            return part, place(part, reading.srid, reading.profile, said), said

    with ThreadPoolExecutor(AHEAD) as pool:
        coming: deque[Future[tuple[Batch, Placed, Remarks]]] = deque()
        for part in chain(file.batches(AT_ONCE), [None] * AHEAD):
            if part is not None:
                coming.append(pool.submit(placing, part))
            if coming and (part is None or len(coming) > AHEAD):
                placed_part, placed, said = coming.popleft().result()
                reading.check.remarks.absorb(said)
                yield placed_part, placed


def _read(reading: Reading, part: Batch, placed: Placed) -> None:
    """Check and stage one batch of features."""
    check, remarks = reading.check, reading.check.remarks
    values = read_values(part, check)
    check_values(part, values, placed, check)
    placed.official[:] = [float(round_area(area)) for area in placed.official]
    numbers = part.numbers.tolist()
    good = placed.taken & np.array([number not in remarks.errors for number in numbers])
    for position in np.flatnonzero(~good).tolist():
        number = numbers[position]
        if placed.taken[position] and not _only_duplicate(remarks.errors[number]):
            remarks.quarantined[number] = where_is(placed.record[position], geo.RECORD_SRID)
    reading.rows += len(part)
    reading.accepted += int(good.sum())
    staging.write(reading.batch.pk, part, values, placed, np.flatnonzero(good), check.mapping)
    _note_cells(reading, part, placed.record)


def _only_duplicate(errors: list[dict[str, Any]]) -> bool:
    """A feature that stands in the layer twice leaves no gap when the second is not taken."""
    return {error["code"] for error in errors} == {"L07"}


def _note_cells(reading: Reading, part: Batch, record: np.ndarray) -> None:
    """Keep the cells (never the personal ones) and the place of features about which something was said."""
    remarks, mapping = reading.check.remarks, reading.check.mapping
    kept = [*mapping.fields.values(), *mapping.other]
    for position, number in enumerate(part.numbers.tolist()):
        if number not in remarks.errors and number not in remarks.warnings:
            continue
        cells = {name: staging.plain(part.columns[name][position]) for name in kept}
        where = remarks.quarantined.get(number) or where_is(record[position], geo.RECORD_SRID)
        reading.labels[number] = {"cells": cells, "where": where}


def _write_rows(reading: Reading, layer: str) -> None:
    remarks, mapping = reading.check.remarks, reading.check.mapping
    rows = []
    for number in remarks.numbers:
        noted = reading.labels.get(number, {"cells": {}, "where": {}})
        cells = noted["cells"]
        bsm = as_text(cells.get(mapping.fields.get("bsm", ""), "")) or noted.get("bsm", "")
        action = RowAction.CREATE
        if number in remarks.errors:
            action = RowAction.QUARANTINE if number in remarks.quarantined else RowAction.REJECT
        rows.append(
            ImportRow(
                batch=reading.batch,
                sheet=layer[:80],
                row=number,
                label=bsm or f"#{number}",
                action=action,
                raw=cells,
                values={"bsm": bsm, **noted["where"]},
                errors=remarks.errors.get(number, []),
                warnings=remarks.warnings.get(number, []),
            )
        )
    ImportRow.objects.bulk_create(rows, batch_size=2000)


def _delivery(batch: ImportBatch, kind: str) -> Delivery:
    if batch.division is None:
        raise BadInput(_("State the division that the layer covers."), "no_division")
    quarantined = batch.staged.filter(action=RowAction.QUARANTINE).order_by("row")
    return Delivery(
        kind=kind,
        year=declared_year(batch),
        division=batch.division,
        source_srid=batch.totals["srid"],
        official=batch.totals["official"],
        quarantined=tuple(
            quarantine_row(row.row, row.errors[0], row.values, row.values.get("bsm", ""))
            for row in quarantined
        ),
    )


IMPORTERS = tuple(LayerImporter(kind) for kind in VintageKind.values)
