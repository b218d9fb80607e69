"""The annual increment package (增量包) as an import: DLTBGXGC, one row a piece of ground that changed.

中文：变更调查增量包导入. Every attribute stands twice, before (BGQ…) and after (BGH…) the change. The layer
of the new state (DLTBGX), where it comes along, must hold every parcel that the rows lead to.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from land.classes import survey_names
from land.importers.values import as_text
from land.importers.whole import STAGED, Whole, note_overlaps
from land.mosaic import Mosaic
from land.parameters_layers import TRANSFERS
from land.queries.pieces import copied
from registry import geo
from registry.models import ImportBatch
from registry.readers.vector import LayerFile, SeveralLayers, open_layer

if TYPE_CHECKING:
    from land.importers.attributes import Check, Values
    from land.importers.layer import Reading

CHANGES, NEW_STATE = "DLTBGXGC", "DLTBGX"
SHOWN = 12


def open_package(batch: ImportBatch, path: Path, open_file: Callable[..., LayerFile]) -> LayerFile:
    """The layer of changes; of several layers the one that is called so."""
    try:
        return open_file(batch, path)
    except SeveralLayers as several:
        found = next((name for name in several.proposals if name.upper().endswith(CHANGES)), None)
        if found is None or batch.options.get("layer"):
            raise
        return open_file(batch, path, layer=found)


def check_changes(numbers: list[int], values: Values, check: Check) -> None:
    """L15 of both sides, L12 of the day of the update, and types of transfer that nobody has laid down."""
    names = survey_names()
    known = {kind for kinds in check.limits[TRANSFERS].values() for kind in kinds}
    for name in ("old_class", "class_code"):
        for number, code in zip(numbers, values[name], strict=True):
            if code and code not in names:
                said = _("“%(code)s” is not a class of the third survey's classification.") % {"code": code}
                check.remark(number, "L15", said, name, code)
    for number, day in zip(numbers, values.get("updated_on", []), strict=False):
        if day is not None and day.year != check.year:
            said = _("The update is of %(found)s; the package is declared as %(declared)d.") % {
                "found": day,
                "declared": check.year,
            }
            check.remark(number, "L12", said, "updated_on", day)
    for number, kind in zip(numbers, values.get("transfer", []), strict=False):
        if kind and kind not in known:
            said = _("The type of transfer (XZQTZLX) “%(kind)s” is not laid down: it counts as a change.")
            check.remarks.warn(number, "XZQTZLX", said % {"kind": kind}, check.title("transfer"), kind)


def check_package(reading: Reading, file: LayerFile) -> Whole:
    """C03 of the staged rows, and whether the new state holds what the rows lead to."""
    found = Whole()
    sent = copied(STAGED, [reading.batch.pk], 3)
    rows = list(zip(sent.integers(0).tolist(), sent.texts(1), strict=True))
    if rows:
        mosaic = Mosaic.from_copy(sent, 2)
        note_overlaps(reading, rows, mosaic, found, code="C03")
    _hold_against_new_state(reading, file, {row[1] for row in rows if row[1]}, found)
    return found


def _hold_against_new_state(reading: Reading, file: LayerFile, led_to: set[str], found: Whole) -> None:
    name = next((layer for layer in _siblings(file) if layer.upper().endswith(NEW_STATE)), None)
    if name is None:
        return
    with open_layer(file.path, layer=name, profile=geo.county()) as state:
        column = next((title for title in state.fields if title.upper() == "BSM"), None)
        there = (
            {as_text(cell) for part in state.batches() for cell in part.columns[column]} if column else None
        )
    if there is None:
        return
    missing = sorted(led_to - there)
    found.totals["new_state"] = {"parcels": len(there), "missing": missing[:200]}
    if missing:
        said = _("%(n)d parcels to which the changes lead are not in the layer %(layer)s: %(parcels)s.")
        shown = "、".join(missing[:SHOWN])
        found.notes.append(said % {"n": len(missing), "layer": name, "parcels": shown})


def _siblings(file: LayerFile) -> list[Any]:
    """The other layers of the dataset or of the archive."""
    others = [layer for layer in file.layers if layer != file.name]
    if not others and file.path.suffix.lower() == ".zip":
        try:
            open_layer(file.path, profile=geo.county()).close()
        except SeveralLayers as several:
            others = [layer for layer in several.proposals if layer != file.name]
    return others
