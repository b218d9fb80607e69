"""Two pictures of farmland flow as plain SVG shapes: what went where, and where it lies. 中文：耕地流向图"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import shapely

WIDE, HIGH = 720, 320
BAR, GAP = 14, 6
LABEL = 150  # room for words on each side
SMALLEST = 2.0  # a band is seen, however little flowed
MAP_SIDE = 640
MARGIN = 10


@dataclass(frozen=True)
class End:
    """A bar of the picture: one class on the left or on the right."""

    code: str
    area: Decimal
    y: float
    height: float

    @property
    def middle(self) -> float:
        return round(self.y + self.height / 2, 1)


def bands(flows: dict[tuple[str, str], tuple[Decimal, str]]) -> dict[str, Any] | None:
    """A Sankey picture of ``flows``: (from, to) -> (area, kind); None when nothing flowed.

    Bars are as high as their area; every band keeps the width it needs to be seen.
    """
    if not flows:
        return None
    left, right = _sums(flows, 0), _sums(flows, 1)
    room = HIGH - GAP * (max(len(left), len(right)) - 1)
    scale = room / float(sum(left.values(), Decimal(0)))
    ends = {"left": _ends(left, scale), "right": _ends(right, scale)}
    at = {side: {end.code: end.y for end in ends[side]} for side in ends}
    drawn = []
    for (old, new), (area, kind) in sorted(flows.items(), key=lambda item: -item[1][0]):
        thick = max(float(area) * scale, SMALLEST)
        a, b = at["left"][old], at["right"][new]
        drawn.append({"kind": kind.lower(), "d": _band(a, b, thick), "old": old, "new": new, "area": area})
        at["left"][old], at["right"][new] = a + thick, b + thick
    high = max(end.y + end.height for side in ends.values() for end in side) + 2
    high = max(high, *at["left"].values(), *at["right"].values())
    return {
        "width": WIDE,
        "height": round(high, 1),
        "bar": BAR,
        "left_x": LABEL,
        "right_x": WIDE - LABEL - BAR,
        "left_label_x": LABEL - 8,
        "right_label_x": WIDE - LABEL + 8,
        "bands": drawn,
        **ends,
    }


def _sums(flows: dict[tuple[str, str], tuple[Decimal, str]], side: int) -> dict[str, Decimal]:
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for pair, (area, _kind) in flows.items():
        sums[pair[side]] += area
    return dict(sorted(sums.items(), key=lambda item: (-item[1], item[0])))


def _ends(sums: dict[str, Decimal], scale: float) -> list[End]:
    ends, y = [], 0.0
    for code, area in sums.items():
        height = max(float(area) * scale, SMALLEST)
        ends.append(End(code, area, round(y, 1), round(height, 1)))
        y += max(height, 16) + GAP
    return ends


def _band(a: float, b: float, thick: float) -> str:
    west, east = LABEL + BAR, WIDE - LABEL - BAR
    bend = (west + east) / 2
    return (
        f"M{west} {a:.1f}C{bend} {a:.1f} {bend} {b:.1f} {east} {b:.1f}V{b + thick:.1f}"
        f"C{bend} {b + thick:.1f} {bend} {a + thick:.1f} {west} {a + thick:.1f}Z"
    )


def place_map(outlines: Sequence[Any], pieces: Iterable[tuple[Any, str]]) -> dict[str, Any] | None:
    """Pieces (geometry, kind) on the outlines of their places, north up; None when there is nothing to draw.

    All geometries in one plane, metres; small pieces are drawn as a mark that can be seen.
    """
    found = list(pieces)
    shapes = [*outlines, *(shape for shape, _kind in found)]
    if not found or not shapes:
        return None
    west, south, east, north = shapely.total_bounds(np.array(shapes, dtype=object)).tolist()
    scale = (MAP_SIDE - 2 * MARGIN) / max(east - west, north - south, 1.0)

    def path(shape: Any, detail: float) -> str:
        lines = []
        for part in shapely.get_parts(shapely.simplify(shape, detail / scale)):
            for ring in (part.exterior, *part.interiors):
                points = shapely.get_coordinates(ring)
                xy = np.column_stack([points[:, 0] - west, north - points[:, 1]]) * scale + MARGIN
                lines.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in xy) + "Z")
        return "".join(lines)

    def seen(shape: Any) -> Any:
        small = shape.area * scale * scale < 9
        return shapely.buffer(shapely.point_on_surface(shape), 1.7 / scale, quad_segs=4) if small else shape

    return {
        "width": round((east - west) * scale + 2 * MARGIN, 1),
        "height": round((north - south) * scale + 2 * MARGIN, 1),
        "outlines": [path(shape, 0.8) for shape in outlines],
        "pieces": [{"kind": kind.lower(), "d": path(seen(shape), 0.3)} for shape, kind in found],
    }
