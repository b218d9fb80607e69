"""Boundary points in the exchange format of land approvals. 中文：界址点 TXT

Two blocks: ``[属性描述]`` says system, zone and unit; ``[地块坐标]`` holds a plot for every polygon: a head
line (points, hectares, number, name, kind, sheet, use, class, @) and its points ``J1,ring,north,east``. Rings
are numbered from 1, the shell first, and close on their first point. Eastings carry the zone in front; four
decimals. Offices read it as GBK.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import shapely
from shapely.geometry.base import BaseGeometry

from land.area import official_areas, settle
from registry import geo

EOL = "\r\n"
HECTARE = Decimal(10_000)
ENCODINGS = {"gbk": "gb18030", "utf-8": "utf-8-sig"}


@dataclass(frozen=True)
class Plot:
    """A thing with its outline (EPSG:4490) and its area in m²."""

    number: str
    name: str
    geometry: BaseGeometry
    area_m2: Decimal
    use: str = ""


def write(plots: Iterable[Plot], *, office: str, on: dt.date, encoding: str = "gbk") -> bytes:
    """The file. Raises ``CrsError`` where the county profile has no zone with a prefix."""
    srid, zone = geo.zoned()
    lines = [*_head(office, on, zone), "[地块坐标]"]
    for plot in plots:
        parts = shapely.get_parts(geo.transform(plot.geometry, geo.RECORD_SRID, srid))
        measured = official_areas(geo.transform(parts, srid, geo.county().work_srid), geo.county().work_srid)
        areas = settle(plot.area_m2, {f"{n:06d}": float(area) for n, area in enumerate(measured)})
        for polygon, area in zip(parts, areas.values(), strict=True):
            lines += _plot(plot, polygon, area)
    return (EOL.join(lines) + EOL).encode(ENCODINGS[encoding])


def _head(office: str, on: dt.date, zone: int) -> list[str]:
    return [
        "[属性描述]",
        "格式版本号=1.01版本",
        f"数据产生单位={_clean(office)}",
        f"数据产生日期={on.isoformat()}",
        "坐标系=2000国家大地坐标系",
        "几度分带=3",
        "投影类型=高斯克吕格",
        "计量单位=米",
        f"带号={zone}",
        "精度=0.0001",
        "转换参数=,,,,,,",
    ]


def _clean(text: str) -> str:
    """A text that cannot be taken for the end of a cell or of a line."""
    return " ".join(text.replace(",", "，").replace("@", "").split())


def _plot(plot: Plot, polygon: BaseGeometry, area_m2: Decimal) -> list[str]:
    points: list[str] = []
    number = 1
    for ring, line in enumerate((polygon.exterior, *polygon.interiors), start=1):
        first = number
        corners = shapely.get_coordinates(line)[:-1]
        for east, north in corners:
            points.append(f"J{number},{ring},{north:.4f},{east:.4f}")
            number += 1
        east, north = corners[0]
        points.append(f"J{first},{ring},{north:.4f},{east:.4f}")
    area = (area_m2 / HECTARE).quantize(Decimal("0.000001"))
    head = [
        str(len(points)),
        str(area),
        _clean(plot.number),
        _clean(plot.name),
        "面",
        "",
        _clean(plot.use),
        "",
    ]
    return [",".join([*head, "@"]), *points]
