"""Survey layers made on the spot, imported as a user does it."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
from shapely.geometry import Polygon, box

from registry.management.importing import run_import
from registry.models import Division
from tests.registry.shapefiles import write

EAST, NORTH = 366_000.0, 2_545_000.0  # in the township, working plane (EPSG:4544)


def at(west: float, south: float, wide: float, high: float) -> Polygon:
    """A rectangle in metres from the corner of the test ground, in the working plane."""
    return box(EAST + west, NORTH + south, EAST + west + wide, NORTH + south + high)


def array(shapes: list[Any]) -> np.ndarray:
    made = np.empty(len(shapes), dtype=object)
    made[:] = shapes
    return made


def parcel_columns(
    codes: list[str], names: list[str] | None = None, **more: list[Any]
) -> dict[str, list[Any]]:
    """Columns of DLTB for parcels of these classes, village 532523205201."""
    known = {"0101": "水田", "0103": "旱地", "0301": "乔木林地", "0702": "农村宅基地", "0201": "果园"}
    columns = {
        "BSM": [f"5325232024{n:08d}" for n in range(1, len(codes) + 1)],
        "TBBH": [f"{n:05d}" for n in range(1, len(codes) + 1)],
        "DLBM": codes,
        "DLMC": names or [known.get(code, "") for code in codes],
        "ZLDWDM": ["5325232052010000000"] * len(codes),
        "SJNF": [2024] * len(codes),
    }
    return columns | more


def zone_columns(count: int, **more: list[Any]) -> dict[str, list[Any]]:
    """Columns of the basic-farmland layer, village 532523205201."""
    columns = {
        "YJJBNTTBBH": [f"YJ{n:06d}" for n in range(1, count + 1)],
        "DLBM": ["0101"] * count,
        "DLMC": ["水田"] * count,
        "ZLDWDM": ["5325232052010000000"] * count,
        "SJNF": [2024] * count,
    }
    return columns | more


def gpkg(
    path: Path, shapes: list[Any], columns: dict[str, list[Any]], *, srid: int | None = 4544, **more
) -> Path:
    """A GeoPackage of shapes given in its own system."""
    warnings.filterwarnings("ignore", "'crs' was not provided")
    return write(
        path, array(shapes), columns, srid=srid, geometry_type=more.pop("geometry_type", "Unknown"), **more
    )


def take(
    path: Path,
    kind: str,
    *,
    year: int | None = 2024,
    apply: bool = True,
    of: Division | None = None,
    **options,
):
    """Import a layer as the command does; the document and the exit status."""
    return run_import(
        kind=f"layer:{kind}",
        path=str(path),
        options={"year": year, **options},
        apply=apply,
        division=of,
    )


def moved(shape: Any, src: int, dst: int) -> Any:
    """A shape from system to system."""
    from registry import geo

    return geo.transform(shape, src, dst)


def increment_columns(rows: list[dict[str, Any]], year: int = 2024) -> dict[str, list[Any]]:
    """Columns of DLTBGXGC: a row is {"old": class, "new": class} and what else of it is to differ.

    Keys: old_id, new_id, old_village, new_village, old_ratio, new_ratio, area, transfer.
    """
    village = "5325232052010000000"
    given = [{"old_village": village, "new_village": village, "old_ratio": 0.0, "new_ratio": 0.0,
              "old_id": f"OLD{n}", "new_id": f"NEW{n}", "area": None, "transfer": "0", **row}
             for n, row in enumerate(rows, 1)]  # fmt: skip
    names = {
        "BGQTBBSM": "old_id", "BGHTBBSM": "new_id", "BGQDLBM": "old", "BGHDLBM": "new",
        "BGQZLDWDM": "old_village", "BGHZLDWDM": "new_village", "BGQKCXS": "old_ratio",
        "BGHKCXS": "new_ratio", "TBBGMJ": "area", "XZQTZLX": "transfer",
    }  # fmt: skip
    columns = {code: [row[name] for row in given] for code, name in names.items()}
    if all(area is None for area in columns["TBBGMJ"]):
        del columns["TBBGMJ"]
    return columns | {"GXSJ": [f"{year}1231"] * len(rows)}


def increment_package(
    path: Path, shapes: list[Any], rows: list[dict[str, Any]], *, year: int = 2024, new_state: bool = True
) -> Path:
    """A GeoPackage with the changes (DLTBGXGC) and, beside them, the new state of the parcels (DLTBGX)."""
    columns = increment_columns(rows, year)
    gpkg(path, shapes, columns, layer="DLTBGXGC")
    if new_state:
        state = {"BSM": columns["BGHTBBSM"], "DLBM": columns["BGHDLBM"], "ZLDWDM": columns["BGHZLDWDM"]}
        gpkg(path, shapes, state, layer="DLTBGX", append=True)
    return path
