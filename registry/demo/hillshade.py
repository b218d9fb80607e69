"""The relief picture under the map: soft light from the north-west, in Web Mercator, with its bounds beside it."""

import json
from pathlib import Path

import numpy as np
import shapely
from PIL import Image

from registry import geo
from registry.demo.places import WORK
from registry.demo.raster import Grid, blur
from registry.demo.terrain import Terrain

EARTH = 6378137.0
TINTS = np.array([[233, 239, 226], [240, 240, 228], [244, 240, 232], [248, 246, 243]], dtype=float)


def write_hillshade(
    folder: Path, terrain: Terrain, name: str = "hillshade.png", metres: float = 30.0
) -> dict:
    """Write the picture and `hillshade.json`: bounds in Web Mercator metres and in degrees."""
    west, south, east, north = _degrees(terrain.height)
    left, bottom = _mercator(np.array([west, south]))
    right, top = _mercator(np.array([east, north]))
    columns, rows = int((right - left) / metres), int((top - bottom) / metres)
    x = left + (np.arange(columns) + 0.5) * metres
    y = top - (np.arange(rows) + 0.5) * metres
    lon = np.degrees(x / EARTH)
    lat = np.degrees(2 * np.arctan(np.exp(y / EARTH)) - np.pi / 2)
    grid = np.stack(np.meshgrid(lon, lat), axis=-1).reshape(-1, 2)
    # one line through all the cells: a geometry for each takes longer than to transform it
    plane = shapely.get_coordinates(geo.transform(shapely.linestrings(grid), 4490, WORK))
    light = terrain.height.like(shade(terrain.height)).between(plane).reshape(rows, columns)
    height = terrain.height.between(plane).reshape(rows, columns)
    picture = Image.fromarray(_coloured(light, height))
    picture.quantize(96).save(folder / name, optimize=True)
    facts = {
        "file": name, "crs": "EPSG:3857",
        "bounds_3857": [left, top - rows * metres, left + columns * metres, top],
        "bounds_4326": [west, float(lat[-1]), float(lon[-1]), north], "metres_per_pixel": metres,
    }  # fmt: skip
    facts["bounds_3857"] = [float(v) for v in facts["bounds_3857"]]
    facts["bounds_4326"] = [float(v) for v in _back(facts["bounds_3857"])]
    (folder / "hillshade.json").write_text(json.dumps(facts, indent=1), encoding="utf-8")
    return facts


def shade(height: Grid) -> np.ndarray:
    """Brightness 0..1: mostly light from the north-west, a little from above and from the west."""
    dy, dx = np.gradient(blur(height.values, 1) * 1.25, height.step)
    length = np.sqrt(dx**2 + dy**2 + 1)
    total = np.zeros_like(dx)
    for azimuth, altitude, weight in ((315, 40, 0.6), (270, 45, 0.2), (0, 70, 0.2)):
        a, h = np.radians(azimuth), np.radians(altitude)
        light = (-dx * np.sin(a) * np.cos(h) - dy * np.cos(a) * np.cos(h) + np.sin(h)) / length
        total += weight * np.clip(light, 0, 1)
    return np.clip(total, 0, 1)


def _coloured(light: np.ndarray, height: np.ndarray) -> np.ndarray:
    """Pale tints by height, darkened by the shade but never dark: a map has to be read on top."""
    at = np.clip((height - 450) / 1500, 0, 0.999) * (len(TINTS) - 1)
    low = at.astype(int)
    tint = TINTS[low] + (TINTS[low + 1] - TINTS[low]) * (at - low)[..., None]
    strength = 0.60 + 0.44 * np.clip(light / 0.85, 0, 1)
    return np.clip(tint * strength[..., None], 0, 255).astype(np.uint8)


def _degrees(grid: Grid) -> tuple[float, float, float, float]:
    rows, cols = grid.values.shape
    margin = 4 * grid.step
    box = shapely.box(
        grid.x0 + margin,
        grid.y0 + margin,
        grid.x0 + cols * grid.step - margin,
        grid.y0 + rows * grid.step - margin,
    )
    return tuple(shapely.bounds(geo.transform(shapely.segmentize(box, 500), WORK, 4490)))


def _mercator(lonlat: np.ndarray) -> tuple[float, float]:
    lon, lat = np.radians(lonlat)
    return float(EARTH * lon), float(EARTH * np.log(np.tan(np.pi / 4 + lat / 2)))


def _back(bounds: list[float]) -> list[float]:
    """Degrees of Web Mercator bounds: west, south, east, north."""
    lon = [np.degrees(bounds[n] / EARTH) for n in (0, 2)]
    lat = [np.degrees(2 * np.arctan(np.exp(bounds[n] / EARTH)) - np.pi / 2) for n in (1, 3)]
    return [lon[0], lat[0], lon[1], lat[1]]
