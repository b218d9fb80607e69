"""The offsets of Chinese web maps (GCJ-02, BD-09), to recognise data that was drawn on them. Pure.

中文：互联网地图坐标偏移识别. What carries such an offset lies 350 to 960 m off in this county and looks right
in every other way. It is recognised by a boundary that it should keep to, and never put right here: the
formulas below are approximations, good enough to tell, not to register.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import shapely

GCJ02, BD09 = "GCJ-02", "BD-09"
FITS = 0.9  # share of the vertices that must keep to the boundary
TELLS = 0.03  # and how much better than the other reading
LEAST = 20  # vertices
BESIDE = 5e-5  # degrees, 5 m: vertices on the boundary itself keep to it
_AXIS, _E2 = 6378245.0, 0.00669342162296594323
_BD = np.pi * 3000 / 180


def to_gcj02(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where GCJ-02 puts a place of WGS 84."""
    x, y = lon - 105.0, lat - 35.0
    root, wave = np.sqrt(np.abs(x)), 20 * np.sin(6 * x * np.pi) + 20 * np.sin(2 * x * np.pi)
    north = (
        -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
        + (wave + 20 * np.sin(y * np.pi) + 40 * np.sin(y / 3 * np.pi)) * 2 / 3
        + (160 * np.sin(y / 12 * np.pi) + 320 * np.sin(y * np.pi / 30)) * 2 / 3
    )  # fmt: skip
    east = (
        300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
        + (wave + 20 * np.sin(x * np.pi) + 40 * np.sin(x / 3 * np.pi)) * 2 / 3
        + (150 * np.sin(x / 12 * np.pi) + 300 * np.sin(x / 30 * np.pi)) * 2 / 3
    )  # fmt: skip
    phi = np.radians(lat)
    magic = 1 - _E2 * np.sin(phi) ** 2
    north = np.degrees(north * magic * np.sqrt(magic) / (_AXIS * (1 - _E2)))
    east = np.degrees(east * np.sqrt(magic) / (_AXIS * np.cos(phi)))
    return lon + east, lat + north


def to_bd09(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where BD-09 puts a place of WGS 84."""
    x, y = to_gcj02(lon, lat)
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _BD)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BD)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


FORWARD: dict[str, Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]] = {
    GCJ02: to_gcj02,
    BD09: to_bd09,
}


def taken_off(xy: np.ndarray, name: str) -> np.ndarray:
    """Coordinates with the offset taken off, to some centimetres."""
    out = xy.copy()
    for _turn in range(4):
        moved = np.column_stack(FORWARD[name](out[:, 0], out[:, 1]))
        out -= moved - xy
    return out


def recognise(xy: np.ndarray, owner: np.ndarray, outlines: Sequence[Any]) -> str | None:
    """GCJ-02 or BD-09 where taking the offset off brings the vertices home; "" where they are at home.

    ``owner``: for each vertex, the position of the outline (degrees) that it should keep to. None: it cannot
    be told, because the vertices keep to the outlines in several readings, or in none.
    """
    if len(xy) < LEAST:
        return None
    shares = {"": _inside(xy, owner, outlines)}
    for name in FORWARD:
        shares[name] = _inside(taken_off(xy, name), owner, outlines)
    ranked = sorted(shares, key=lambda name: -shares[name])
    best, second = ranked[0], ranked[1]
    return best if shares[best] >= FITS and shares[best] - shares[second] >= TELLS else None


def _inside(xy: np.ndarray, owner: np.ndarray, outlines: Sequence[Any]) -> float:
    inside = 0
    for position, outline in enumerate(outlines):
        x, y = xy[owner == position].T
        inside += int(shapely.contains_xy(shapely.buffer(outline, BESIDE), x, y).sum())
    return inside / len(xy)
