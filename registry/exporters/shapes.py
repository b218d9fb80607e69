"""A list with the present shapes of its units: GeoPackage and GeoJSON. 中文：空间数据导出

GeoPackage keeps the coordinates of record (CGCS2000, EPSG:4490, unrounded), points, lines and areas in a
layer each, and rows that have no shape in a table of their own. GeoJSON (RFC 7946) is longitude, latitude;
CGCS2000 and WGS 84 differ by a few centimetres there, which the file says of itself.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
from django.contrib.gis.db.models.functions import AsGeoJSON, AsWKB, GeomOutputGeoFunc
from django.utils.translation import gettext as _

from registry import clock
from registry.exports import Export
from registry.models import Shape

EPSG = "EPSG:4490"
PLACES = 9  # decimals of a degree: a tenth of a millimetre
LAYERS = {"Point": "points", "LineString": "lines", "Polygon": "areas"}
NO_SHAPE = "no_shape"
DTYPES = {"count": "int64", "money": "float64", "area": "float64", "number": "float64",
          "date": "datetime64[D]", "moment": "datetime64[s]"}  # fmt: skip


class ForcePolygonCCW(GeomOutputGeoFunc):
    """Outer rings counter-clockwise, as RFC 7946 has them."""

    arity = 1


def _units(export: Export, chunk: list[Any]) -> list[Any]:
    return [getattr(record, export.unit) for record in chunk]


def write_geopackage(export: Export, path: Path) -> int:
    """Write the layers; the number of rows. Two queries a chunk at most."""
    rows, begun = 0, set()
    for chunk in export.chunks():
        rows += len(chunk)
        shapes = Shape.objects.on(clock.today()).filter(unit_id__in=_units(export, chunk))
        found = {
            unit: (geom.geom_type.removeprefix("Multi"), bytes(wkb))
            for unit, geom, wkb in shapes.annotate(wkb=AsWKB("geom")).values_list("unit_id", "geom", "wkb")
        }
        layers: dict[str, list[tuple[list[Any], bytes | None]]] = defaultdict(list)
        for record, unit in zip(chunk, _units(export, chunk), strict=True):
            kind, wkb = found.get(unit, (NO_SHAPE, None))
            layers[kind].append((export.line(record), wkb))
        for kind, lines in layers.items():
            _layer(export, path, kind, lines, append=kind in begun)
            begun.add(kind)
    if not begun:
        _layer(export, path, NO_SHAPE, [], append=False)
    return rows


def _layer(
    export: Export, path: Path, kind: str, lines: list[tuple[list[Any], bytes | None]], *, append: bool
) -> None:
    data, masks = [], []
    for number, column in enumerate(export.columns):
        values = [line[number] for line, _wkb in lines]
        data.append(_array(values, DTYPES.get(column.kind, "object")))
        masks.append(np.array([value is None for value in values], dtype=bool))
    placed = kind != NO_SHAPE
    pyogrio.raw.write(
        path,
        np.array([wkb for _line, wkb in lines], dtype=object) if placed else None,
        data,
        np.array(field_names(export), dtype=object),
        field_mask=masks,
        layer=LAYERS.get(kind, NO_SHAPE),
        driver="GPKG",
        geometry_type=f"Multi{kind}" if placed else None,
        crs=EPSG if placed else None,
        promote_to_multi=placed,
        append=append,
    )


def _array(values: list[Any], dtype: str) -> Any:
    if dtype == "object":
        return np.array([None if value is None else str(value) for value in values], dtype=object)
    nothing: Any = np.datetime64("NaT") if dtype.startswith("datetime") else 0
    return np.array([nothing if value is None else value for value in values], dtype=dtype)


def field_names(export: Export) -> list[str]:
    """Titles as names of fields: each once, none of those that the format keeps for itself."""
    taken, names = {"fid", "geom", "geometry"}, []
    for column in export.columns:
        name, number = str(column.title), 2
        while name.lower() in taken:
            name, number = f"{column.title} {number}", number + 1
        taken.add(name.lower())
        names.append(name)
    return names


def write_geojson(export: Export, path: Path) -> int:
    """Write one FeatureCollection; rows without a shape have the geometry null. The number of rows."""
    names, rows = field_names(export), 0
    note = _("Coordinates: CGCS2000 longitude and latitude; WGS 84 differs by a few centimetres.")
    head = {"type": "FeatureCollection", "name": export.title, "note": note, "day": str(clock.today())}
    with path.open("w", encoding="utf-8") as out:
        out.write(json.dumps(head, ensure_ascii=False)[:-1] + ',"features":[')
        for chunk in export.chunks():
            shapes = Shape.objects.on(clock.today()).filter(unit_id__in=_units(export, chunk))
            text = AsGeoJSON(ForcePolygonCCW("geom"), precision=PLACES)
            found = dict(shapes.annotate(text=text).values_list("unit_id", "text"))
            for record, unit in zip(chunk, _units(export, chunk), strict=True):
                values = dict(zip(names, map(_json, export.line(record)), strict=True))
                out.write(",\n" if rows else "\n")
                out.write(
                    f'{{"type":"Feature","geometry":{found.get(unit, "null")},'
                    f'"properties":{json.dumps(values, ensure_ascii=False)}}}'
                )
                rows += 1
        out.write("\n]}\n")
    return rows


def _json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, (dt.date, dt.datetime)) else value
