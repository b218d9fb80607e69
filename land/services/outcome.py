"""What a comparison of two survey years answers, whatever it rests on, and how its strands are summed.

中文：耕地流出流入结果. Outflow is told apart by what became of the land, by whether a document covers it, and
by whether it lay in permanent basic farmland.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
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
    UNCLASSIFIED,
    UNUSED,
    ZERO,
    Doubt,
    Strand,
    Sums,
)
from land.models import LandClass, Vintage, VintageKind
from land.models.classes import ThreeClass
from land.queries.candidates import METRES_A_DEGREE, zones_about
from land.queries.vintages import Chosen, vintages_for
from registry import geo
from registry.errors import RegistryError
from registry.models import Division

OVERLAY, PACKAGE = "overlay", "package"  # what the figures rest on: 两年度叠加, 增量包
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


@dataclass(frozen=True)
class Compared:
    """Outflow and inflow of a village by the package and by the overlay, gross m² (C06)."""

    village: str
    package: tuple[Decimal, Decimal]
    overlay: tuple[Decimal, Decimal]
    differs: bool


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
    basis: str = OVERLAY
    crosscheck: list[Compared] = field(default_factory=list)  # package and overlay, where both are at hand
    moves: dict[tuple[str, str], Decimal] = field(default_factory=dict)  # farmland between villages, gross

    @property
    def differing(self) -> list[Compared]:
        """C06: villages where package and overlay part."""
        return [row for row in self.crosscheck if row.differs]

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
                f"moved_in_m2{suffix}": _text(sums.moved_in),
                f"moved_out_m2{suffix}": _text(sums.moved_out),
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
        body |= {"basis": self.basis, "crosscheck": [_compared(row) for row in self.crosscheck]}
        body["moved_between_m2"] = nested(self.moves)
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
            f"moved_in_m2{suffix}": _text(sums.moved_in),
            f"moved_out_m2{suffix}": _text(sums.moved_out),
            f"by_kind{suffix}": {kind: _text(sums.by_kind[kind]) for kind in KINDS},
        }
    return answer


def _compared(row: Compared) -> dict[str, Any]:
    pairs = (("package", row.package), ("overlay", row.overlay))
    figures = {
        f"{name}_{side}_m2": _text(area)
        for name, pair in pairs
        for side, area in zip(("outflow", "inflow"), pair, strict=True)
    }
    return {"village": row.village, **figures, "differs": row.differs}


def _text(area: Decimal | None) -> str | None:
    return None if area is None else f"{area:.2f}"


def _sum(areas: Any) -> Decimal | None:
    known = list(areas)
    return None if None in known else sum(known, ZERO)


def classes_of(year: int) -> dict[str, LandClass]:
    """The classes as they are read at the end of a year. One query."""
    rows = LandClass.objects.filter(scheme="survey3", valid__contains=dt.date(year, 12, 31))
    return {row.code: row for row in rows}


def kinds_of(classes: dict[str, LandClass]) -> dict[str, str]:
    """What becomes of farmland that turns into a class."""
    return {code: KIND_OF[ThreeClass(row.three_class)] for code, row in classes.items()}


def summed(strands: Iterable[Strand], kinds: dict[str, str]) -> Flow:
    """The sums of strands, for the whole and each village; ``kinds``: what became of land, by class."""
    gross, counted = Sums(counted=False), Sums(counted=True)
    villages: dict[str, tuple[Sums, Sums]] = {}
    outflows = []
    for strand in strands:
        kind = kinds.get(strand.new.class_code, UNCLASSIFIED) if strand.new else UNCLASSIFIED
        own = villages.setdefault(strand.village, (Sums(counted=False), Sums(counted=True)))
        for sums in (gross, counted, *own):
            sums.add(strand, kind)
        if strand.was and not strand.is_ and not strand.transfer_out:
            outflows.append(Outflow(strand, kind, None, None))
    return Flow((0, 0), None, (), gross, counted, villages, outflows)


# --- what lies on the ground that flowed out


def on_the_outflow(flow: Flow, day: dt.date) -> list[Vintage]:
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


def note_layers(flow: Flow) -> None:
    """What is not known for want of a layer, and ground that a layer has twice (C03)."""
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


def prove_sums(flow: Flow) -> None:
    """C01, C02: the sums prove themselves, for the whole and each village. Raises ``RegistryError``."""
    pairs = [("", flow.gross, flow.counted), *((c, *pair) for c, pair in sorted(flow.villages.items()))]
    for village, gross, counted in pairs:
        for sums in (gross, counted):
            if sums.balance or sum(sums.by_kind.values(), ZERO) != sums.outflow:
                refuse_unbalanced(village, sums.current + sums.balance, sums.current)


def refuse_unbalanced(village: str, found: Decimal, expected: Decimal) -> None:
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
