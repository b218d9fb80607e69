"""``/farmland/``: what became of the farmland between two survey years. 中文：耕地流出"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import shapely
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from land import pictures
from land.classes import survey_names
from land.exporters.flow import write
from land.flow import KINDS, Sums
from land.models import Vintage, VintageKind
from land.services.flow import Flow, compare
from land.words import class_title, kind_label
from registry import access, clock, geo
from registry.badges import Badge
from registry.errors import RegistryError
from registry.models import Division, DivisionBoundary
from registry.queries.divisions import codes_by_division
from registry.views.generic import Page

LAYERS = (gettext_lazy("Layers"), "/layers/")
PARTS = Badge(gettext_lazy("they part (C06)"), "warning", "act")
AGREES = Badge(gettext_lazy("they agree"), "done", "good")
SHOWN = 20  # pieces in the table; the workbook has all
DRAWN = 600  # pieces on the picture
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class FlowView(Page):
    """Sums, transition matrix, villages, pieces of the outflow, proved; a workbook with ?export=xlsx."""

    verb = "see_parcels"
    title = gettext_lazy("Farmland flow")
    template_name = "land/flow.html"
    crumbs = (LAYERS,)

    @cached_property
    def years(self) -> list[int]:
        """Years loaded as surveys or as increment packages, the newest first. One query."""
        rows = Vintage.objects.in_force().filter(kind__in=(VintageKind.PARCELS, VintageKind.INCREMENT))
        return sorted(set(rows.values_list("year", flat=True)), reverse=True)

    def chosen(self) -> tuple[int, int] | None:
        """The years asked for, else the two newest; None where fewer than two are loaded."""
        if len(self.years) < 2:
            return None
        asked = [self.request.GET.get(side, "") for side in ("old", "new")]
        old, new = (int(year) if year.isdecimal() and len(year) == 4 else 0 for year in asked)
        return (old or self.years[1], new or self.years[0])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        pair, flow, refused = self.chosen(), None, None
        if pair:
            try:
                flow = compare(*pair, self.division)
            except RegistryError as error:
                refused = error
        if flow and request.GET.get("export") == "xlsx":
            return self._workbook(flow)
        return self.render_to_response(self.get_context_data(pair=pair, flow=flow, refused=refused))

    def _workbook(self, flow: Flow) -> HttpResponse:
        access.require(self.request.user, self.verb, self.division)
        body = write(flow, survey_names(), _villages(self.division))
        name = f"farmland-flow-{flow.years[0]}-{flow.years[1]}.xlsx"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(body, content_type=XLSX, headers=headers)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        flow: Flow | None = kwargs["flow"]
        return super().get_context_data(
            years=self.years, **kwargs, **(_figures(flow, self.division) if flow else {})
        )


def _villages(division: Division) -> dict[str, str]:
    """Names of the villages below a division, by code. Two queries."""
    places = Division.objects.filter(path__startswith=division.path).values_list("pk", "name")
    names = dict(places)
    return {code: names[key] for key, code in codes_by_division(names).items()}


def _figures(flow: Flow, division: Division) -> dict[str, Any]:
    names, villages = survey_names(), _villages(division)
    pieces = sorted(flow.outflows, key=lambda o: (-o.strand.gross, o.strand.old.id if o.strand.old else ""))
    return {
        "kinds": [(kind.lower(), kind_label(kind), flow.gross.by_kind[kind], flow.counted.by_kind[kind])
                  for kind in KINDS],
        "in_basic": flow.in_basic(),
        "justified": flow.justified(),
        "matrix": _matrix(flow.gross, names),
        "villages": [(villages.get(code, code), *pair) for code, pair in sorted(flow.villages.items())],
        "pieces": [_piece(piece, names, villages) for piece in pieces[:SHOWN]],
        "more": max(len(pieces) - SHOWN, 0),
        "crosscheck": [(villages.get(row.village, row.village), row, PARTS if row.differs else AGREES)
                       for row in flow.crosscheck],
        "moves": [(villages.get(old, old), villages.get(new, new), gross)
                  for (old, new), gross in sorted(flow.moves.items())],
        "sankey": _sankey(flow, names),
        "picture": pictures.place_map(
            _outlines(division), [(piece.strand.geometry, piece.kind) for piece in pieces[:DRAWN]]
        ),
    }  # fmt: skip


def _matrix(sums: Sums, names: dict[str, str]) -> dict[str, Any]:
    olds = sorted({old for (old, _new), area in sums.matrix.items() if area})
    news = sorted({new for (_old, new), area in sums.matrix.items() if area})
    rows = [
        (class_title(old, names), [sums.matrix.get((old, new)) for new in news],
         sum((sums.matrix.get((old, new), Decimal(0)) for new in news), Decimal(0)))
        for old in olds
    ]  # fmt: skip
    return {"heads": [class_title(new, names) for new in news], "rows": rows}


def _piece(piece: Any, names: dict[str, str], villages: dict[str, str]) -> dict[str, Any]:
    strand = piece.strand
    point = geo.to_record(
        np.array([shapely.point_on_surface(strand.geometry)], dtype=object), geo.county().work_srid
    )[0]
    x, y = shapely.get_coordinates(point)[0].tolist()
    return {
        "kind": kind_label(piece.kind),
        "old": class_title(strand.old.class_code if strand.old else "", names),
        "new": class_title(strand.new.class_code if strand.new else "", names),
        "parcel": strand.old.id if strand.old else "",
        "village": villages.get(strand.village, strand.village),
        "gross": strand.gross,
        "basic": piece.basic_m2,
        "justified": piece.justified_m2,
        "place": f"{x:.6f}, {y:.6f}",
    }


def _sankey(flow: Flow, names: dict[str, str]) -> dict[str, Any] | None:
    flows: dict[tuple[str, str], tuple[Decimal, str]] = {}
    for piece in flow.outflows:
        old, new = piece.strand.old, piece.strand.new
        key = (
            class_title(old.class_code if old else "", names),
            class_title(new.class_code if new else "", names),
        )
        flows[key] = (flows.get(key, (Decimal(0), ""))[0] + piece.strand.gross, piece.kind)
    return pictures.bands({key: value for key, value in flows.items() if value[0]})


def _outlines(division: Division) -> list[Any]:
    """Outlines of the villages below a division, else its own; in the working plane. One query."""
    rows = DivisionBoundary.objects.filter(
        division__path__startswith=division.path, valid__contains=clock.today()
    ).values_list("division__path", "geom")
    deepest = dict(rows)
    shapes = [
        shapely.from_wkb(bytes(geom.wkb))
        for path, geom in deepest.items()
        if not any(other != path and other.startswith(path) for other in deepest)
    ]
    return list(geo.to_work(np.array(shapes, dtype=object))) if shapes else []
