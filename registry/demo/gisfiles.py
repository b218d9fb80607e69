"""Writing the map files: shapefiles as survey bureaus send them, GeoPackages, GeoJSON."""

import zipfile
from pathlib import Path

import numpy as np
import pyogrio
import pyogrio.raw
import shapely

PREFIX = 35_000_000.0  # zone 35 with its number before the easting (EPSG:4523)


def write_gpkg(path: Path, layer: str, shapes: np.ndarray, columns: dict, kind: str, srid: int) -> None:
    """One layer of a GeoPackage, appended if the file is there."""
    if layer in (pyogrio.list_layers(str(path))[:, 0].tolist() if path.exists() else []):
        path.unlink()
    pyogrio.raw.write(
        str(path),
        geometry=shapely.to_wkb(shapes),
        field_data=[np.asarray(values) for values in columns.values()],
        fields=list(columns),
        layer=layer,
        geometry_type=kind,
        crs=f"EPSG:{srid}",
        driver="GPKG",
    )


def write_gbk_shapefile(path: Path, name: str, shapes: np.ndarray, columns: dict, srid: int) -> None:
    """A zipped shapefile with GBK text and, as so often, no .cpg to say so."""
    folder = path.parent / f".{path.stem}"
    folder.mkdir(exist_ok=True)
    pyogrio.raw.write(
        str(folder / f"{name}.shp"),
        geometry=shapely.to_wkb(shapes),
        field_data=[np.asarray(values) for values in columns.values()],
        fields=list(columns),
        geometry_type="Polygon",
        crs=f"EPSG:{srid}",
        driver="ESRI Shapefile",
        encoding="GBK",
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for part in sorted(folder.iterdir()):
            if part.suffix != ".cpg":
                archive.writestr(_entry(part.name), part.read_bytes())
            part.unlink()
    folder.rmdir()


def _entry(name: str) -> zipfile.ZipInfo:
    """A member with a fixed date: the same seed gives the same archive."""
    entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def prefixed(shapes: np.ndarray) -> np.ndarray:
    """The shapes of the working plane with the zone number before the easting."""
    return shapely.transform(shapes, lambda xy: xy + [PREFIX, 0.0])
