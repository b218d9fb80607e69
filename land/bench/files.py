"""The made land as files: GeoPackages as a survey office delivers; bytes for the peers. 中文：写出文件"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely

from land.area import official_areas
from land.classes import survey_names

SRID = 4544
RIDGES = {"0103": 0.12}


def _layer(path: Path, shapes: np.ndarray, columns: dict[str, np.ndarray]) -> Path:
    pyogrio.raw.write(
        path,
        shapely.to_wkb(shapes),
        list(columns.values()),
        list(columns),
        geometry_type="Polygon" if set(shapely.get_type_id(shapes)) == {3} else "MultiPolygon",
        crs=f"EPSG:{SRID}",
        driver="GPKG",
        layer=path.stem,
    )
    return path


def write_parcels(
    path: Path, shapes: np.ndarray, classes: np.ndarray, places: np.ndarray, codes: Sequence[str], year: int
) -> Path:
    """A layer of parcels with the fields of the survey; ``codes``: the village codes to choose from."""
    areas = np.round(official_areas(shapes, SRID), 2)
    ridge = np.array([RIDGES.get(code, 0.0) for code in classes])
    taken = np.round(areas * ridge, 2)
    names, number = survey_names(), np.arange(len(shapes))
    farmland = np.isin(classes, ["0101", "0103"])
    columns: dict[str, np.ndarray] = {
        "BSM": np.array([f"532523211{n:09d}" for n in number]),
        "TBBH": np.array([f"{n % 10**8:08d}" for n in number]),
        "DLBM": classes.astype(object),
        "DLMC": np.array([names[code] for code in classes], dtype=object),
        "ZLDWDM": np.array([f"{codes[n % len(codes)]}0000000" for n in places], dtype=object),
        "TBMJ": areas,
        "KCDLBM": np.where(ridge > 0, "1203", "").astype(object),
        "KCXS": ridge,
        "KCMJ": taken,
        "TBDLMJ": np.round(areas - taken, 2),
        "GDPDJB": np.where(farmland, "3", "").astype(object),
        "SJNF": np.full(len(shapes), year),
    }
    return _layer(path, shapes, columns)


def write_zones(path: Path, shapes: np.ndarray, codes: Sequence[str], year: int) -> Path:
    """A layer of basic farmland."""
    number = np.arange(len(shapes))
    columns: dict[str, np.ndarray] = {
        "BSM": np.array([f"532523212{n:09d}" for n in number]),
        "YJJBNTTBBH": np.array([f"{n:020d}" for n in number]),
        "DLBM": np.full(len(shapes), "0103", dtype=object),
        "ZLDWDM": np.array([f"{codes[n % len(codes)]}0000000" for n in number], dtype=object),
        "SJNF": np.full(len(shapes), year),
    }
    return _layer(path, shapes, columns)


def write_bytes(folder: Path, name: str, texts: list[bytes], **columns: Any) -> None:
    """Geometries as WKB one after the other, and numbers beside; what the peers read."""
    (folder / f"{name}.wkb").write_bytes(b"".join(texts))
    np.save(folder / f"{name}.ends.npy", np.cumsum([len(text) for text in texts], dtype=np.int64))
    for column, values in columns.items():
        np.save(folder / f"{name}.{column}.npy", np.asarray(values))


def write_json(folder: Path, name: str, value: Any) -> None:
    (folder / name).write_text(json.dumps(value), encoding="utf-8")
