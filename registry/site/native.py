"""GDAL and GEOS for GeoDjango: from the pyogrio and shapely wheels, else the system's own.

The wheels give one version on every platform, and one that refuses coordinate systems read from files. Their
file names are wheel internals, so whatever does not match exactly falls back to the system.
TIANZHANG_GDAL=wheel|system decides.
"""

import ctypes
import logging
import os
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

log = logging.getLogger(__name__)

VARIABLES = ("PROJ_DATA", "PROJ_LIB", "GDAL_DATA")


class NativeError(RuntimeError):
    """TIANZHANG_GDAL asks for libraries that are not there, or is not understood."""


def _site_packages(package: str) -> Path | None:
    spec = find_spec(package)
    return Path(spec.origin).parents[1] if spec and spec.origin else None


def _only(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise NativeError(f"{len(found)} files match {folder}/{pattern}, expected 1")
    return found[0]


def wheel_paths() -> dict[str, str]:
    """Paths of libraries and data folders inside the wheels; NativeError when the wheels look different."""
    pyogrio, shapely = _site_packages("pyogrio"), _site_packages("shapely")
    if pyogrio is None or shapely is None:
        raise NativeError("the packages pyogrio and shapely are not installed")
    paths = {
        "GDAL_LIBRARY_PATH": _only(pyogrio, "pyogrio.libs/libgdal-*.so*"),
        "GEOS_LIBRARY_PATH": _only(shapely, "shapely.libs/libgeos_c-*.so*"),
        "GDAL_DATA": pyogrio / "pyogrio/gdal_data",
        "PROJ_DATA": pyogrio / "pyogrio/proj_data",
    }
    missing = [str(path) for path in paths.values() if not path.exists()]
    if missing:
        raise NativeError(f"missing: {', '.join(missing)}")
    return {name: str(path) for name, path in paths.items()}


def _loads(paths: dict[str, str]) -> None:
    for name in ("GEOS_LIBRARY_PATH", "GDAL_LIBRARY_PATH"):
        try:
            ctypes.CDLL(paths[name])
        except OSError as error:
            raise NativeError(f"{paths[name]} does not load: {error}") from error


@lru_cache(maxsize=1)
def configure() -> dict[str, str]:
    """Settings GDAL_LIBRARY_PATH and GEOS_LIBRARY_PATH, empty for the system's; sets the environment.

    The variables are set, never defaulted: an inherited wrong PROJ_DATA makes every coordinate system fail.
    """
    wanted = os.environ.get("TIANZHANG_GDAL", "")
    if wanted not in ("", "wheel", "system"):
        raise NativeError(f"TIANZHANG_GDAL is {wanted!r}; expected wheel or system")
    for name in VARIABLES:
        os.environ.pop(name, None)
    if wanted == "system":
        return {}
    try:
        paths = wheel_paths()
        _loads(paths)
    except NativeError as error:
        if wanted == "wheel":
            raise
        log.warning("GDAL and GEOS are taken from the system: %s", error)
        return {}
    os.environ.update(GDAL_DATA=paths["GDAL_DATA"], PROJ_DATA=paths["PROJ_DATA"], PROJ_LIB=paths["PROJ_DATA"])
    return {name: paths[name] for name in ("GDAL_LIBRARY_PATH", "GEOS_LIBRARY_PATH")}


def versions() -> dict[str, str]:
    """Which libraries GeoDjango really has: {"from", "gdal", "geos"} (for `./run status`)."""
    from django.contrib.gis.gdal import gdal_version
    from django.contrib.gis.geos.libgeos import geos_version

    return {
        "from": "wheel" if configure() else "system",
        "gdal": gdal_version().decode(),
        "geos": geos_version().decode(),
    }
