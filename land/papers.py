"""The land officer's written opinion on the ground of a thing, to be sealed. 中文：用地核查意见"""

from __future__ import annotations

from typing import Any

import shapely
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from shapely.geometry.base import BaseGeometry

from land.models import VintageKind
from land.parameters import NOISE_M2, NOISE_WIDTH_M
from land.redline import LABELS, Piece, Verdict
from land.services.redline import Run, check, footprints_of
from registry import clock, display, geo
from registry.codes import ShapeMethod
from registry.models import Shape, SourceKind, Unit
from registry.services import papers
from registry.services.papers import PaperKind

SKETCH = 300  # units of the drawing on its longer side
MARGIN = 12


def has_shape(unit: Any) -> bool:
    return isinstance(unit, Unit) and Shape.objects.on(clock.today()).filter(unit=unit).exists()


def opinion(unit: Unit) -> dict[str, Any]:
    """Verdict, areas, pieces, layers and fingerprint of the check of today, with a sketch. 中文：核查意见"""
    shape = Shape.objects.on(clock.today()).select_related("unit").get(unit=unit)
    footprints = footprints_of([shape], clock.today())
    run = check(footprints, day=clock.today())
    verdict = run.verdicts[0]
    return {
        "lead": _("The ground of the thing below was checked against permanent basic farmland."),
        "facts": _facts(unit, shape, run, verdict),
        "sections": [*_pieces(verdict), _layers(run)],
        "notes": [*verdict.notes, *run.notes],
        "sketch": sketch(
            geo.transform(footprints[0].geometry, shape.source_srid, geo.RECORD_SRID), verdict.pieces
        ),
        "fine": [_("fingerprint of the inputs") + f" {run.fingerprint}"],
    }


def _facts(unit: Unit, shape: Shape, run: Run, verdict: Verdict) -> list[list[Any]]:
    unknown = _("unknown: no land survey")
    return [
        [_("thing"), f"{unit.name}（{unit.code}）"],
        [_("place"), f"{unit.division.parent.name if unit.division.parent else ''}{unit.division.name}"],
        [_("outline"), str(ShapeMethod(shape.method).label)],
        [_("checked for"), run.day.isoformat()],
        [_("verdict"), str(LABELS[verdict.verdict])],
        [_("why"), verdict.sentence],
        [_("area of the thing"), _area(verdict.footprint_m2)],
        [_("on permanent basic farmland"), _area(verdict.basic_farmland_m2)],
        [_("on cultivated land"), _area(verdict.farmland_m2) if run.surveyed else unknown],
        [
            _("noise limits"),
            _("area %(area)s m², mean width %(width)s m")
            % {"area": run.parameters[NOISE_M2], "width": run.parameters[NOISE_WIDTH_M]},
        ],
    ]


def _area(m2: Any) -> str:
    return f"{display.mu(m2)}（{display.m2(m2)}）"


def _pieces(verdict: Verdict) -> list[dict[str, Any]]:
    if not verdict.pieces:
        return []
    rows = [
        [str(number), "、".join(piece.zones), display.mu(piece.area_m2), display.m2(piece.area_m2),
         f"{piece.width_m} m", str(LABELS[piece.verdict])]
        for number, piece in enumerate(verdict.pieces, start=1)
    ]  # fmt: skip
    heads = [_("no."), _("zones"), _("mu"), _("m²"), _("mean width"), _("verdict")]
    return [{"title": _("pieces on permanent basic farmland"), "heads": heads, "rows": rows}]


def _layers(run: Run) -> dict[str, Any]:
    rows = [
        [str(VintageKind(layer["kind"]).label), str(layer["year"]), layer["division"], layer["sha256"][:16]]
        for layer in run.vintages
    ]
    heads = [_("layer"), _("survey year"), _("division"), _("SHA-256 of the file (beginning)")]
    return {"title": _("layers it rests on"), "heads": heads, "rows": rows}


def sketch(outline: BaseGeometry, pieces: tuple[Piece, ...]) -> dict[str, Any] | None:
    """The shape and its pieces as paths of a small drawing, north up; None for what has no extent."""
    plane = [_plane(outline), *(_plane(piece.geometry) for piece in pieces)]
    west, south, east, north = plane[0].bounds
    longer = max(east - west, north - south)
    if longer <= 0:
        return None
    scale = (SKETCH - 2 * MARGIN) / longer
    width, height = ((side * scale + 2 * MARGIN) for side in (east - west, north - south))

    def drawn(x: float, y: float) -> str:
        return f"{(x - west) * scale + MARGIN:.1f} {(north - y) * scale + MARGIN:.1f}"

    return {
        "width": round(width, 1),
        "height": round(height, 1),
        "metres": f"{longer:.1f}",
        "paths": [
            {"kind": "shape" if number == 0 else "piece", "d": _path(geometry, drawn)}
            for number, geometry in enumerate(plane)
        ],
    }


def _plane(geometry: BaseGeometry) -> BaseGeometry:
    return shapely.simplify(geo.transform(geometry, geo.RECORD_SRID, geo.county().work_srid), 0.2)


def _path(geometry: BaseGeometry, drawn: Any) -> str:
    lines = []
    for part in shapely.get_parts(geometry):
        rings = [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part]
        for ring in rings:
            points = [drawn(x, y) for x, y in shapely.get_coordinates(ring)]
            if points:
                lines.append("M" + "L".join(points) + ("Z" if part.geom_type == "Polygon" else ""))
    return "".join(lines)


papers.register(
    PaperKind(
        key="land_opinion",
        title=gettext_lazy("land-use check opinion"),
        build=opinion,
        verb="print_verdict",
        reads="see_parcels",
        fits=has_shape,
        seals=(gettext_lazy("natural resources office"), gettext_lazy("township government")),
        source_kind=SourceKind.DECISION,
        note=gettext_lazy("Verdict, areas and layers of the red-line check of today."),
    )
)
