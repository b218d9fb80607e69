"""Boundary points as text (界址点坐标成果 TXT), the exchange format of land approvals. 中文：界址点文本读取

``[属性描述]`` holds ``name=value`` lines (坐标系, 几度分带, 带号), ``[地块坐标]`` the plots: a line that ends
in ``@`` opens one (points, hectares, number, name, 面/线/点, sheet, use, class), the lines after it are its
points: name, ring, X, Y. X is the northing, Y the easting. A ring inside another one of its plot is a hole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from .errors import EmptyLayer, FileTooLarge, UnreadableLayer, WrongEncoding
from .source import Batch

MAX_BYTES = 64 * 1024**2
MARK = "[地块坐标]"
MARKS = tuple(MARK.encode(codec) for codec in ("utf-8", "gb18030"))
FIELDS = ("地块编号", "地块名称", "图形属性", "图幅号", "地块用途", "地类编码")
AREA = "面积"  # of the header, in hectares there and in m² here
OLD_DATUMS = ((re.compile("2000"), ""), (re.compile("54|北京"), "北京54"), (re.compile("80|西安"), "西安80"))
# EPSG numbers of CGCS2000 planes follow the zones: (width, with prefix): (first zone, its number)
PLANES = {(3, True): (25, 4513), (3, False): (25, 4534), (6, True): (13, 4491), (6, False): (13, 4502)}
ZONES = {3: range(25, 46), 6: range(13, 24)}


@dataclass
class Plot:
    """One plot while it is read."""

    heads: list[str]
    line: int
    rings: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    points: int = 0
    problem: str = ""


def is_boundary_text(path: Path) -> bool:
    """Whether a text file holds plots; readme files in an archive do not."""
    with path.open("rb") as stream:
        start = stream.read(1 << 16)
    return any(mark in start for mark in MARKS)


class BoundaryTextSource:
    """All plots of one file, in memory."""

    geometry_type = "Unknown"

    def __init__(self, path: Path, encoding: str | None = None) -> None:
        self.path, self.name, self.layers = path, path.stem, [path.stem]
        self.notes: list[str] = []
        content, self.codec = self._decode(encoding)
        self.header, plots = self._parse(content)
        if not plots:
            raise EmptyLayer(_("%(name)s holds no plot under %(mark)s.") % {"name": path.name, "mark": MARK})
        self.feature_count, self._plots = len(plots), plots
        self.fields = [*FIELDS, AREA]
        self._build()
        self.crs_text = self._datum()
        self.srid = self._srid()
        self._note_header()

    def _decode(self, encoding: str | None) -> tuple[str, str]:
        if self.path.stat().st_size > MAX_BYTES:
            raise FileTooLarge(
                _("%(name)s is larger than %(limit)d MB. Send it as a GeoPackage.")
                % {"name": self.path.name, "limit": MAX_BYTES // 1024**2}
            )
        raw = self.path.read_bytes()
        for codec in [encoding] if encoding else ["utf-8-sig", "gb18030"]:
            try:
                return raw.decode(codec), codec.removesuffix("-sig")
            except UnicodeDecodeError:
                continue
        raise WrongEncoding(
            _("The text of %(name)s reads neither as GB18030 nor as UTF-8. State its encoding.")
            % {"name": self.path.name},
            proposals=["GB18030", "UTF-8"],
        )

    def _parse(self, content: str) -> tuple[dict[str, str], list[Plot]]:
        header: dict[str, str] = {}
        plots: list[Plot] = []
        section = ""
        for number, raw in enumerate(content.splitlines(), 1):
            line = raw.strip().replace("，", ",")
            if not line:
                continue
            if line.startswith("["):
                section = line
            elif section == MARK:
                _take(line, number, plots)
            elif "=" in line:
                name, _equals, value = line.partition("=")
                header[name.strip()] = value.strip()
        if section != MARK and not plots:
            raise UnreadableLayer(
                _("%(name)s is not a file of boundary points: it has no section %(mark)s.")
                % {"name": self.path.name, "mark": MARK}
            )
        return header, plots

    def _build(self) -> None:
        self._geometries = np.empty(self.feature_count, dtype=object)
        self._problems: dict[int, str] = {}
        for index, plot in enumerate(self._plots):
            self._geometries[index] = _shape(plot)
            stated = _number(plot.heads[0])
            if not plot.problem and stated is not None and stated != plot.points:
                plot.problem = _("The plot says %(stated)s points and has %(found)d.") % {
                    "stated": plot.heads[0],
                    "found": plot.points,
                }
            if plot.problem:
                self._problems[index + 1] = plot.problem
        bounds = shapely.bounds(self._geometries)
        finite = bounds[np.isfinite(bounds).all(axis=1)]
        self.bounds = (
            (*finite[:, :2].min(axis=0).tolist(), *finite[:, 2:].max(axis=0).tolist())
            if len(finite)
            else None
        )

    def _datum(self) -> str:
        """The datum that the header names, an old one as the register knows it; empty without one."""
        stated = self.header.get("坐标系", "")
        return next((old or stated for pattern, old in OLD_DATUMS if pattern.search(stated)), stated)

    def _srid(self) -> int | None:
        """The plane that width and number of the zone name, with a prefix where the eastings have one."""
        if "2000" not in self.crs_text or self.bounds is None:
            return None
        width, zone = _number(self.header.get("几度分带", "")), _number(self.header.get("带号", ""))
        if width is None or zone is None or zone not in ZONES.get(width, ()):
            return None
        first, number = PLANES[width, self.bounds[0] >= 10_000_000]
        return number + zone - first

    def _note_header(self) -> None:
        if any((_number(part) or 0) for part in self.header.get("转换参数", "").split(",")):
            self.notes.append(_("The header has transformation parameters; they are not applied."))
        unit = self.header.get("计量单位", "米")
        if unit not in ("米", "m", "M"):
            raise UnreadableLayer(
                _("The coordinates are in “%(unit)s”; expected are metres (米).") % {"unit": unit[:20]}
            )

    def read(self, start: int, size: int) -> Batch:
        """Plots ``start`` (from 0) and following, at most ``size``."""
        part = self._plots[start : start + size]
        columns = {name: np.empty(len(part), dtype=object) for name in self.fields}
        for row, plot in enumerate(part):
            heads = [*plot.heads, *[""] * 9]
            for name, value in zip(FIELDS, heads[2:8], strict=True):
                columns[name][row] = value
            area = _decimal(heads[1])
            columns[AREA][row] = None if area is None else float(area * 10_000)
        numbers = np.arange(start + 1, start + 1 + len(part))
        problems = {n: why for n, why in self._problems.items() if start < n <= start + len(part)}
        return Batch(numbers, columns, self._geometries[start : start + size], problems)


def _take(line: str, number: int, plots: list[Plot]) -> None:
    """One line of the section of plots: a plot's head, or a point of the last one."""
    cells = [cell.strip() for cell in line.split(",")]
    if line.rstrip(",").endswith("@"):
        plots.append(Plot([cell for cell in cells if cell != "@"], number))
        return
    if not plots:
        raise UnreadableLayer(
            _("Line %(line)d is a point, but no plot was opened before it (a line that ends in @).")
            % {"line": number}
        )
    plot = plots[-1]
    north, east = (_decimal(cell) for cell in cells[2:4]) if len(cells) >= 4 else (None, None)
    if north is None or east is None:
        plot.problem = plot.problem or _("Line %(line)d is no point: name, ring, X, Y are expected.") % {
            "line": number
        }
        return
    plot.points += 1
    plot.rings.setdefault(cells[1] or "1", []).append((float(east), float(north)))


def _shape(plot: Plot) -> BaseGeometry | None:
    """The geometry of a plot; None (and its problem) where a line could not be read."""
    kind = plot.heads[4] if len(plot.heads) > 4 else ""
    if plot.problem or not plot.rings:
        plot.problem = plot.problem or _("The plot has no points.")
        return None
    if kind.startswith("点"):
        return shapely.multipoints([point for ring in plot.rings.values() for point in ring])
    short = next(
        (name for name, ring in plot.rings.items() if len(ring) < (2 if kind.startswith("线") else 3)), None
    )
    if short is not None:
        plot.problem = _("The ring %(ring)s has too few points.") % {"ring": short}
        return None
    if kind.startswith("线"):
        return shapely.multilinestrings([shapely.linestrings(ring) for ring in plot.rings.values()])
    return _polygons([_closed(ring) for ring in plot.rings.values()])


def _closed(ring: list[tuple[float, float]]) -> BaseGeometry:
    ends = ring if ring[0] == ring[-1] else [*ring, ring[0]]
    return shapely.linearrings(ends if len(ends) > 3 else [*ends, ends[0]])


def _polygons(rings: list[BaseGeometry]) -> BaseGeometry:
    """Rings as polygons: one whose points mostly lie inside an earlier shell is its hole."""
    shells: list[tuple[BaseGeometry, list[BaseGeometry]]] = []
    for ring in rings:
        x, y = shapely.get_coordinates(ring).T
        inside = (shapely.contains_xy(shapely.polygons(shell), x, y).mean() > 0.5 for shell, _holes in shells)
        owner = next((holes for (_shell, holes), is_in in zip(shells, inside, strict=True) if is_in), None)
        if owner is None:
            shells.append((ring, []))
        else:
            owner.append(ring)
    polygons = [shapely.polygons(shell, holes or None) for shell, holes in shells]
    return polygons[0] if len(polygons) == 1 else shapely.multipolygons(polygons)


def _number(cell: Any) -> int | None:
    value = _decimal(cell)
    return None if value is None or value != int(value) else int(value)


def _decimal(cell: Any) -> Decimal | None:
    try:
        value = Decimal(str(cell).strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
