"""A geometry as a small drawing with its scale: north up, metres, nothing to fetch. 中文：示意图"""

from __future__ import annotations

import math
from typing import Any

SIDE, MARGIN = 480, 40  # points
LEAST_M = 40.0  # metres that a drawing shows at least
METRES_A_DEGREE = 111_320.0


def sketch(geom: Any, title: str) -> dict[str, Any]:
    """Context of ``assets/pack/sketch.svg``. ``geom``: GEOS, EPSG:4490."""
    west, south, east, north = geom.extent
    shrink = math.cos(math.radians((south + north) / 2))
    wide, high = (east - west) * METRES_A_DEGREE * shrink, (north - south) * METRES_A_DEGREE
    span = max(wide, high, LEAST_M)
    scale = (SIDE - 2 * MARGIN) / span
    middle = (west + east) / 2, (south + north) / 2

    def at(point: Any) -> str:
        x = SIDE / 2 + (point[0] - middle[0]) * METRES_A_DEGREE * shrink * scale
        y = SIDE / 2 - (point[1] - middle[1]) * METRES_A_DEGREE * scale
        return f"{x:.1f} {y:.1f}"

    bar = _round_length(span / 4)
    return {
        "title": title,
        "side": SIDE,
        "points": [dict(zip("xy", at(p).split(), strict=True)) for p in _points(geom)],
        "lines": ["M" + "L".join(at(p) for p in line) for line in _lines(geom)],
        "areas": [
            "".join("M" + "L".join(at(p) for p in ring) + "Z" for ring in area) for area in _areas(geom)
        ],
        "bar": {
            "metres": bar,
            "width": round(bar * scale, 1),
            "y": SIDE - 14,
            "right": round(14 + bar * scale, 1),
        },
        "middle": f"{middle[0]:.6f}, {middle[1]:.6f}",
    }


def _parts(geom: Any) -> list[Any]:
    if geom.geom_type.startswith("Multi") or geom.geom_type == "GeometryCollection":
        return [part for one in geom for part in _parts(one)]
    return [geom]


def _points(geom: Any) -> list[Any]:
    return [part.coords for part in _parts(geom) if part.geom_type == "Point"]


def _lines(geom: Any) -> list[Any]:
    return [part.coords for part in _parts(geom) if part.geom_type == "LineString"]


def _areas(geom: Any) -> list[Any]:
    return [part.coords for part in _parts(geom) if part.geom_type == "Polygon"]


def _round_length(metres: float) -> float:
    """1, 2 or 5 times a power of ten, not more than the length."""
    power = 10.0 ** math.floor(math.log10(metres))
    return max(step * power for step in (1, 2, 5) if step * power <= metres)
