"""Farmland outflow between two survey years, proved. 中文：耕地流出分析

The command, the page and the workbook ask here. Outflow is told apart by what became of the land (非农化 to
construction, 非粮化 to other agricultural land, unused, unclassified), by whether a document covers it, and
by whether it lay in permanent basic farmland. C01 is proved against the sums of both layers, for the whole
and for each village; a run that does not prove itself is refused.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _

from land import overlay
from land.area import official_areas, round_area
from land.flow import (
    KINDS,
    NON_AGRI,
    NON_GRAIN,
    NOWHERE,
    UNCLASSIFIED,
    UNUSED,
    ZERO,
    Doubt,
    Plot,
    Strand,
    Sums,
    weave,
    whole,
)
from land.models import LandClass, Vintage, VintageKind
from land.models.classes import ThreeClass
from land.queries.candidates import METRES_A_DEGREE, zones_about
from land.queries.flow import SideBySide, side_by_side, surveys
from land.queries.vintages import Chosen, describe, vintages_for
from registry import geo
from registry.errors import BadInput, RegistryError
from registry.models import Division

KIND_OF = {
    ThreeClass.CONSTRUCTION: NON_AGRI,
    ThreeClass.AGRICULTURAL: NON_GRAIN,
    ThreeClass.UNUSED: UNUSED,
}
APPROVING = (VintageKind.APPROVALS, VintageKind.TEMPORARY_LAND)
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Outflow:
    """One piece of farmland that is none any more, with what lies on it. Areas in m²."""

    strand: Strand
    kind: str
    basic_m2: Decimal | None  # in permanent basic farmland; None: no layer speaks
    justified_m2: Decimal | None  # covered by an approval; None: no layer of approvals is loaded

    def counted(self, area: Decimal | None) -> Decimal | None:
        """A part of the piece as counted area."""
        if area is None or not self.strand.gross:
            return area
        return (area * self.strand.counted_old / self.strand.gross).quantize(_CENT)


@dataclass
class Flow:
    """The comparison of two years of a place."""

    years: tuple[int, int]
    division: Division | None
    vintages: tuple[dict[str, Any], ...]
    gross: Sums
    counted: Sums
    villages: dict[str, tuple[Sums, Sums]]
    outflows: list[Outflow]
    doubts: list[Doubt] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    uncovered: dict[str, Decimal] = field(default_factory=dict)

    def in_basic(self, *, counted: bool = False) -> Decimal | None:
        return _sum(o.counted(o.basic_m2) if counted else o.basic_m2 for o in self.outflows)

    def justified(self, *, counted: bool = False) -> Decimal | None:
        return _sum(o.counted(o.justified_m2) if counted else o.justified_m2 for o in self.outflows)

    def as_dict(self) -> dict[str, Any]:
        """The answer for programs: areas as strings in m² with 2 decimals, null where nothing is known."""
        body: dict[str, Any] = {"years": list(self.years), "vintages": list(self.vintages)}
        for suffix, sums in (("", self.gross), ("_counted", self.counted)):
            counted = sums.counted
            body |= {
                f"previous_m2{suffix}": _text(sums.previous),
                f"outflow_m2{suffix}": _text(sums.outflow),
                f"inflow_m2{suffix}": _text(sums.inflow),
                f"current_m2{suffix}": _text(sums.current),
                f"by_kind{suffix}": {kind: _text(sums.by_kind[kind]) for kind in KINDS},
                f"in_basic_farmland_m2{suffix}": _text(self.in_basic(counted=counted)),
                f"justified_m2{suffix}": _text(self.justified(counted=counted)),
                f"matrix{suffix}": nested(sums.matrix),
            }
        body["ridges_m2_counted"] = {
            "out": _text(self.counted.ridges_out),
            "in": _text(self.counted.ridges_in),
        }
        body["by_village"] = {code: _village(*pair) for code, pair in sorted(self.villages.items())}
        body["uncovered_m2"] = {side: _text(area) for side, area in self.uncovered.items()}
        body["overlaps"] = [
            {"year": doubt.year, "parcel": doubt.id, "area_m2": _text(doubt.area_m2)} for doubt in self.doubts
        ]
        body["notes"] = list(self.notes)
        return body


def nested(matrix: Any) -> dict[str, dict[str, str]]:
    """The transition matrix as rows of the old class; ground that the other year lacks is under “-”."""
    rows: dict[str, dict[str, str]] = {}
    for (old, new), area in sorted(matrix.items()):
        if area:
            rows.setdefault(old or "-", {})[new or "-"] = _text(area) or ""
    return rows


def _village(gross: Sums, counted: Sums) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    for suffix, sums in (("", gross), ("_counted", counted)):
        answer |= {
            f"previous_m2{suffix}": _text(sums.previous),
            f"outflow_m2{suffix}": _text(sums.outflow),
            f"inflow_m2{suffix}": _text(sums.inflow),
            f"current_m2{suffix}": _text(sums.current),
            f"by_kind{suffix}": {kind: _text(sums.by_kind[kind]) for kind in KINDS},
        }
    return answer


def _text(area: Decimal | None) -> str | None:
    return None if area is None else f"{area:.2f}"


def _sum(areas: Any) -> Decimal | None:
    known = list(areas)
    return None if None in known else sum(known, ZERO)


def compare(old_year: int, new_year: int, division: Division | None = None) -> Flow:
    """What became of the farmland of a division (default: of all that both years speak of).

    About fifteen queries. Raises ``BadInput`` where a year is not loaded or the years do not ascend, and
    ``RegistryError`` ("C01") when the sums do not prove themselves.
    """
    if not old_year < new_year:
        raise BadInput(
            _("%(old)d is not before %(new)d: name the earlier survey year first.")
            % {"old": old_year, "new": new_year},
            "years",
        )
    olds, news = surveys(old_year), surveys(new_year)
    paths = _paths(olds, news, division, (old_year, new_year))
    classes = {year: _classes(year) for year in (old_year, new_year)}
    farmland = tuple(
        {code for code, row in classes[y].items() if row.is_farmland} for y in (old_year, new_year)
    )
    read = side_by_side(olds, news, paths, (farmland[0], farmland[1]))
    woven = weave(read.olds, read.news, geo.county().work_srid, list(read.beside))
    strands = [*(whole(old, new, new.geometry) for old, new in read.turned), *woven.strands]
    kinds = {code: KIND_OF[ThreeClass(row.three_class)] for code, row in classes[new_year].items()}
    flow = _summed(read, strands, kinds)
    flow.years, flow.division, flow.doubts = (old_year, new_year), division, woven.doubts
    layers = _on_the_outflow(flow, dt.date(new_year, 12, 31))
    flow.vintages = tuple(describe(v) for v in (*olds, *news, *layers))
    _note(flow, strands)
    _prove(flow, read)
    return flow


def _paths(
    olds: Sequence[Vintage], news: Sequence[Vintage], division: Division | None, years: tuple[int, int]
) -> list[str]:
    """The places that both years speak of, within the division."""
    for year, found in zip(years, (olds, news), strict=True):
        if not found:
            raise BadInput(
                _("No land survey of %(year)d is loaded. Import its parcels, or name another year.")
                % {"year": year},
                "no_survey",
            )
    both = [_deeper(o.division.path, n.division.path) for o in olds for n in news]
    paths = {path for path in both if path}
    if division is not None:
        paths = {path for path in (_deeper(path, division.path) for path in paths) if path}
    if not paths:
        place = division.name if division else _("any division")
        raise BadInput(
            _("The surveys of %(old)d and %(new)d do not both speak of %(place)s.")
            % {"old": years[0], "new": years[1], "place": place},
            "no_survey",
        )
    return sorted(paths)


def _deeper(one: str, two: str) -> str:
    if one.startswith(two):
        return one
    return two if two.startswith(one) else ""


def _classes(year: int) -> dict[str, LandClass]:
    """The classes as they are read at the end of a year. One query."""
    rows = LandClass.objects.filter(scheme="survey3", valid__contains=dt.date(year, 12, 31))
    return {row.code: row for row in rows}


def _summed(read: SideBySide, strands: Sequence[Strand], kinds: dict[str, str]) -> Flow:
    gross, counted = Sums(counted=False), Sums(counted=True)
    villages: dict[str, tuple[Sums, Sums]] = {}
    outflows = []

    def take(strand: Strand) -> None:
        kind = kinds.get(strand.new.class_code, UNCLASSIFIED) if strand.new else UNCLASSIFIED
        own = villages.setdefault(strand.village, (Sums(counted=False), Sums(counted=True)))
        for sums in (gross, counted, *own):
            sums.add(strand, kind)
        if strand.was and not strand.is_:
            outflows.append(Outflow(strand, kind, None, None))

    for row in read.same:
        for strand in _same(row):
            take(strand)
    for strand in strands:
        take(strand)
    return Flow((0, 0), None, (), gross, counted, villages, outflows)


def _same(row: Any) -> list[Strand]:
    """Sums of unchanged farmland as strands: what the ridges gave and took beside what stayed."""
    old = Plot("", row.old_class, row.village, row.gross, row.counted, farmland=True)
    new = Plot("", row.new_class, row.village, row.gross, row.counted, farmland=True)
    strands = [Strand(old, new, row.gross, row.counted - row.less, row.counted - row.less)]
    if row.less:
        strands.append(Strand(old, new, ZERO, row.less, ZERO))
    if row.more:
        strands.append(Strand(old, new, ZERO, ZERO, row.more))
    return strands


# --- what lies on the ground that flowed out


def _on_the_outflow(flow: Flow, day: dt.date) -> list[Vintage]:
    """Measure basic farmland and approvals on the outflow; the layers that spoke of it."""
    shapes = np.empty(len(flow.outflows), dtype=object)
    shapes[:] = [outflow.strand.geometry for outflow in flow.outflows]
    basic = vintages_for(VintageKind.BASIC_FARMLAND, day)
    approving = [vintages_for(kind, day) for kind in APPROVING]
    on_basic = _taken(shapes, [basic], day)
    approved = _taken(shapes, approving, day)
    flow.outflows = [
        Outflow(o.strand, o.kind, on_basic[at] if on_basic else None, approved[at] if approved else None)
        for at, o in enumerate(flow.outflows)
    ]
    return [vintage for chosen in (basic, *approving) for vintage in chosen.vintages]


def _taken(shapes: np.ndarray, layers: Sequence[Chosen], day: dt.date) -> list[Decimal] | None:
    """Official m² of each shape that zones in force on the day take; None where no layer is loaded."""
    if not any(chosen.vintages for chosen in layers):
        return None
    boxes = _boxes(shapes)
    zones = [zone for chosen in layers for zone in zones_about(boxes, chosen) if zone.protected_on(day)]
    layer = overlay.Layer([zone.geometry for zone in zones])
    found = [overlay.as_multi(overlay.pieces(shape, layer.geoms[layer.meeting(shape)])) for shape in shapes]
    parts = np.empty(len(found), dtype=object)
    parts[:] = found
    areas = official_areas(parts, geo.county().work_srid) if len(parts) else parts
    return [round_area(area) for area in areas]


def _boxes(shapes: np.ndarray) -> np.ndarray:
    if not len(shapes):
        return np.empty((0, 4))
    record = geo.to_record(np.array(shapes, dtype=object), geo.county().work_srid)
    reach = 2.0 / METRES_A_DEGREE
    return shapely.bounds(record) + [-reach, -reach, reach, reach]


# --- proof


def _note(flow: Flow, strands: Sequence[Strand]) -> None:
    lost = sum((s.gross for s in strands if s.new is None), ZERO)
    made = sum((s.gross for s in strands if s.old is None), ZERO)
    flow.uncovered = {"old": lost, "new": made}
    if lost or made:
        flow.notes.append(
            _(
                "The two surveys do not cover the same ground: %(lost)s m² of the earlier are missing in the "
                "later, %(made)s m² of the later were missing before. "
                "Farmland among it counts as unclassified."
            )
            % {"lost": f"{lost:.2f}", "made": f"{made:.2f}"}
        )
    if flow.doubts:
        twice = sum((doubt.area_m2 for doubt in flow.doubts), ZERO)
        flow.notes.append(
            _("C03: %(n)d parcels overlap others of the same survey by %(area)s m²; the ground counts once.")
            % {"n": len(flow.doubts), "area": f"{twice:.2f}"}
        )
    if any(outflow.justified_m2 is None for outflow in flow.outflows):
        flow.notes.append(_("No approvals are loaded: what of the outflow was justified is not known."))
    if any(outflow.basic_m2 is None for outflow in flow.outflows):
        flow.notes.append(_("No basic-farmland layer is loaded for the later year."))


def _prove(flow: Flow, read: SideBySide) -> None:
    """C01, C02: the sums prove themselves, and agree with both layers within rounding. Raises otherwise."""
    pairs = [("", flow.gross, flow.counted), *((c, *pair) for c, pair in sorted(flow.villages.items()))]
    for village, gross, counted in pairs:
        for sums in (gross, counted):
            if sums.balance or sum(sums.by_kind.values(), ZERO) != sums.outflow:
                _fail(village, sums.previous - sums.outflow + sums.inflow, sums.current)
    parts = len(read.olds) + len(read.news) + len(flow.outflows) + 10
    twice = sum((doubt.area_m2 for doubt in flow.doubts), ZERO)
    for side, measured in (("o", flow.gross.previous), ("n", flow.gross.current)):
        layer = read.totals[side][0]
        allowed = _CENT * parts * 4 + layer * Decimal("0.000001")
        if not -allowed <= layer - measured <= allowed + twice:
            _fail("", measured, layer)


def _fail(village: str, found: Decimal, expected: Decimal) -> None:
    raise RegistryError(
        _(
            "C01: the farmland of the two years does not balance%(where)s: the flows give %(found)s m², the "
            "survey has %(expected)s m². Nothing is reported; check the layers for overlaps."
        )
        % {
            "where": f" ({village})" if village else "",
            "found": f"{found:.2f}",
            "expected": f"{expected:.2f}",
        },
        "C01",
    )


__all__ = ["NOWHERE", "Flow", "Outflow", "compare", "nested"]
