"""Shapes to be judged, out of a file. 中文：用地范围读取"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from land.ground import Footprint
from registry import geo
from registry.errors import BadInput
from registry.readers.vector import Batch, LayerFile, open_layer, resolve_srid

MAX_FOOTPRINTS = 50_000
ID_NAMES = ("id", "fid", "asset_code", "bsm", "tbbh", "地块编号")


def read_footprints(
    path: Path,
    *,
    layer: str | None = None,
    source_srid: int | None = None,
    encoding: str | None = None,
    id_field: str | None = None,
) -> tuple[list[Footprint], list[Any]]:
    """The shapes of a file, in its own coordinates, and their ids as the file has them.

    Raises ``ReadError`` or ``BadInput`` with a sentence: no coordinate system, another county, no such field.
    """
    with open_layer(
        path, layer=layer, encoding=encoding, source_srid=source_srid, profile=geo.county()
    ) as file:
        if file.feature_count > MAX_FOOTPRINTS:
            raise BadInput(
                _("The file has %(count)d shapes; at most %(limit)d are judged at once. Split it.")
                % {"count": file.feature_count, "limit": MAX_FOOTPRINTS},
                "too_large",
            )
        srid = resolve_srid(file)
        column = _id_column(file, id_field)
        footprints: list[Footprint] = []
        ids: list[Any] = []
        for part in file.batches():
            for key, geometry in zip(_ids(part, column), part.geometries, strict=True):
                ids.append(key)
                footprints.append(Footprint(id=str(key), geometry=geometry, srid=srid))
    return footprints, ids


def _id_column(file: LayerFile, wanted: str | None) -> str | None:
    if wanted:
        found = next((name for name in file.fields if name.lower() == wanted.lower()), None)
        if found is None:
            raise BadInput(
                _("The file has no field %(field)s. It has: %(found)s.")
                % {"field": wanted, "found": "、".join(file.fields) or _("none")},
                "columns",
            )
        return found
    lower = {name.lower(): name for name in reversed(file.fields)}
    return next((lower[name] for name in ID_NAMES if name in lower), None)


def _ids(part: Batch, column: str | None) -> list[Any]:
    numbers = part.numbers.tolist()
    if column is None:
        return numbers
    cells = part.columns[column].tolist()
    return [
        number if cell in (None, "") or cell != cell else _whole(cell)
        for number, cell in zip(numbers, cells, strict=True)
    ]


def _whole(cell: Any) -> Any:
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell
