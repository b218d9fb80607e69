"""Layer files made on the spot, so that no binary file is kept: squares in the county, in any zone."""

import struct
import zipfile
from pathlib import Path

import numpy as np
import shapely
from pyogrio import raw

from registry import geo

COUNTY = {
    "name": "屏边苗族自治县",
    "code": "532523",
    "work_srid": 4544,
    "allowed_srids": (4490, 4326, 4522, 4523, 4543, 4544, 4496, 4507),
    "bbox": (103.30, 22.70, 104.10, 23.50),
    "zones": (34, 35),
}


def squares(count: int = 3, srid: int = 4544) -> np.ndarray:
    """Squares of 20 m near 103.69 E, 22.99 N, side by side, in the given system."""
    east, north = 365_000 + 30 * np.arange(count), 2_544_000
    plane = shapely.box(east, north, east + 20, north + 20)
    return plane if srid == 4544 else geo.transform(plane, 4544, srid)


def write(
    path: Path, geometries: np.ndarray, columns: dict, *, srid: int | None = 4544, encoding=None, **more
) -> Path:
    """Write a layer with pyogrio; the driver follows from the suffix."""
    driver = {".shp": "ESRI Shapefile", ".gpkg": "GPKG", ".gdb": "OpenFileGDB", ".kml": "LIBKML"}[path.suffix]
    raw.write(
        path,
        geometry=shapely.to_wkb(geometries),
        field_data=[
            np.asarray(values, dtype=object if len(values) and isinstance(values[0], str) else None)
            for values in columns.values()
        ],
        fields=list(columns),
        geometry_type=more.pop("geometry_type", "Polygon"),
        crs=f"EPSG:{srid}" if srid else None,
        driver=driver,
        encoding=encoding,
        **more,
    )
    return path


def survey_layer(
    folder: Path, *, encoding="GB18030", srid: int | None = 4544, cpg: str | None = None, count=3, **more
) -> Path:
    """A small DLTB shapefile as offices send it: GB18030 without a .cpg unless one is asked for."""
    names = (["水田", "旱地", "农村道路"] * count)[:count]
    codes = (["0101", "0103", "1006"] * count)[:count]
    columns = {
        "BSM": [f"{n:018d}" for n in range(count)],
        "DLBM": codes,
        "DLMC": names,
        "TBMJ": [400.0] * count,
    }
    path = write(
        folder / "DLTB.shp", squares(count, srid or 4544), columns, srid=srid, encoding=encoding, **more
    )
    stated = folder / "DLTB.cpg"
    stated.unlink(missing_ok=True)
    if cpg is not None:
        stated.write_text(cpg)
    set_ldid(folder / "DLTB.dbf", 0)
    return path


def set_ldid(dbf: Path, value: int) -> None:
    """Overwrite the language driver id of a .dbf."""
    content = bytearray(dbf.read_bytes())
    content[29] = value
    dbf.write_bytes(content)


def zipped(folder: Path, target: Path, prefix: str = "") -> Path:
    """All files of a folder in one archive."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for place in sorted(folder.rglob("*")):
            if place.is_file() and place != target:
                archive.write(place, prefix + str(place.relative_to(folder)))
    return target


def forged_zip(target: Path, name: str, content: bytes = b"x") -> Path:
    """An archive with one member under a name of our choice."""
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), content)
    return target


def point_z_wkb(x: float, y: float, z: float) -> bytes:
    """A point with height, as WKB."""
    return struct.pack("<BIddd", 1, 1001, x, y, z)
