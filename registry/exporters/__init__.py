"""The forms in which a list is taken away; each writes an ``Export`` to a path and counts the rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from registry.exports import Export

from .shapes import write_geojson, write_geopackage
from .sheet import write_xlsx
from .text import write_csv


@dataclass(frozen=True, kw_only=True)
class Format:
    """One form of file. ``places``: only for lists whose rows have a place on the map."""

    key: str
    label: Any
    media_type: str
    write: Callable[[Export, Path], int]
    places: bool = False


FORMATS = {
    made.key: made
    for made in (
        Format(
            key="xlsx",
            label=_("Excel workbook (.xlsx)"),
            media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            write=write_xlsx,
        ),
        Format(
            key="csv",
            label=_("Text table (.csv, UTF-8)"),
            media_type="text/csv; charset=utf-8",
            write=write_csv,
        ),
        Format(
            key="gpkg",
            label=_("Map layers (.gpkg, CGCS2000)"),
            media_type="application/geopackage+sqlite3",
            write=write_geopackage,
            places=True,
        ),
        Format(
            key="geojson",
            label=_("Map data (.geojson)"),
            media_type="application/geo+json",
            write=write_geojson,
            places=True,
        ),
    )
}
