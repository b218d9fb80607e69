"""``/cases/<unit>/split/map/``: a case is divided into parts, each with its outcome. 中文：图斑拆分"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import shapely
from django.contrib import messages
from django.contrib.gis.geos import GEOSGeometry
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from land.case_codes import Stage
from land.forms_split import DivideForm, PartsForm
from land.importers.footprints import read_footprints
from land.services.case_splitting import Proposal, outline_of, propose
from land.services.case_steps import Part, judge, refuse_step
from land.views.cases import CASES, CaseMixin
from maps import queries
from maps.embedding import embedded
from maps.views.pages import render_map, script_options
from maps.views.redline import systems
from registry import access, clock, display, geo
from registry.errors import RegistryError
from registry.services.files import copy_upload
from registry.views.generic import FIRST, Page


class CaseSplitView(CaseMixin, Page):
    """First the parts, drawn or out of a file; then, of the parts as they were cut, the outcomes."""

    verb = "work_case"
    title = gettext_lazy("Split the case into parts")
    template_name = "maps/case_split.html"
    proposal: Proposal | None = None
    divide: DivideForm
    parts: PartsForm | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        access.require(request.user, self.verb)
        access.require(request.user, self.verb, self.case.unit.division)
        self.divide = DivideForm(systems=systems())
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        count = request.POST.get("count", "")
        if not count.isdecimal():
            self.cut()
        elif self.judge(min(int(count), 99)):
            messages.success(request, _("The case is split; every part has its outcome."))
            return HttpResponseRedirect(reverse("case", args=[self.case.unit_id]))
        return self.get(request, *args, **kwargs)

    def cut(self) -> None:
        """The parts that a drawing or a file makes; a refusal stands at the form."""
        form = self.divide = DivideForm(self.request.POST, self.request.FILES, systems=systems())
        if not form.is_valid():
            return
        try:
            pieces = [(shape, geo.RECORD_SRID) for shape in form.cleaned_data["drawn"]]
            if form.cleaned_data["file"]:
                pieces = _of_file(form.cleaned_data["file"], form.cleaned_data["source_crs"])
            self.proposal = propose(self.case, pieces, rest=form.cleaned_data["rest"])
        except RegistryError as error:
            form.add_error(None, str(error))
            return
        features = _features([shape for shape, _area in self.proposal.parts])
        drawn = json.dumps({"type": "FeatureCollection", "features": features})
        self.parts = self._parts_form(len(self.proposal.parts), initial={"parts": drawn, "on": clock.today()})

    def judge(self, count: int) -> bool:
        """Say the outcomes; what was refused stands at the form, beside the parts."""
        form = self.parts = self._parts_form(count, data=self.request.POST)
        if form.is_valid():
            rows = [
                Part(
                    outcome=outcome, note=note, geom=GEOSGeometry(memoryview(shape.wkb), srid=geo.RECORD_SRID)
                )
                for outcome, note, shape in form.rows()
            ]
            said = form.cleaned_data
            try:
                judge(
                    case=self.case, parts=rows, on=said["on"], by=self.request.user, note=said["note"]
                )  # fmt: skip
            except RegistryError as error:
                form.add_error(None, str(error))
            else:
                return True
        shapes = form.cleaned_data.get("parts") or []
        try:
            self.proposal = propose(self.case, [(one, geo.RECORD_SRID) for one in shapes], rest=False)
        except RegistryError as error:  # the outlines that came back are no division: cut again
            messages.error(self.request, str(error))
            self.parts = None
        return False

    def _parts_form(self, count: int, **values: Any) -> PartsForm:
        return PartsForm(case=self.case, user=self.request.user, count=count, **values)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        case, shape = self.case, outline_of(self.case)
        back = (case.unit.name, reverse("case", args=[case.unit_id]))
        context = super().get_context_data(
            case=case,
            lead=f"{case.unit.name} · {display.m2(case.area_m2)}",
            problem=_problem(case, shape),
            divide=self.divide,
            **kwargs,
        ) | {"crumbs": [FIRST, CASES, back, (self.get_title(), "")]}
        if shape is None:
            return context
        bounds = queries.around(shape.geom.extent)
        options = script_options(split=True)
        return context | {
            "map": render_map(self.request, bounds, options, hidden=("units",), draw=True),
            "outline": embedded(_features([shapely.from_wkb(bytes(shape.geom.wkb))])),
            **self._proposed(),
        }

    def _proposed(self) -> dict[str, Any]:
        if self.proposal is None or self.parts is None:
            return {}
        rows = [
            {
                "number": n,
                "area": area,
                "outcome": self.parts[f"outcome{n}"],
                "about": self.parts[f"about{n}"],
            }
            for n, (_shape, area) in enumerate(self.proposal.parts, start=1)
        ]
        shapes = [shape for shape, _area in self.proposal.parts]
        return {
            "parts": self.parts,
            "rows": rows,
            "notes": self.proposal.notes,
            "drawn": embedded(_features(shapes)),
        }


def _problem(case: Any, shape: Any) -> str:
    """Why this case cannot be split now, or nothing."""
    if shape is None:
        return _("The case has no outline. Say the outcome by areas instead.")
    try:
        refuse_step(case, Stage.SUSPECTED, clock.today())
    except RegistryError as error:
        return str(error)
    return ""


def _of_file(upload: Any, srid: int | None) -> list[Any]:
    with tempfile.TemporaryDirectory() as folder:
        found, _ids = read_footprints(copy_upload(upload, Path(folder)), source_srid=srid)
    return [(one.geometry, one.srid) for one in found if one.geometry is not None]


def _features(shapes: list[Any]) -> list[dict[str, Any]]:
    return [
        {
            "type": "Feature",
            "properties": {"number": number},
            "geometry": json.loads(shapely.to_geojson(shape)),
        }
        for number, shape in enumerate(shapes, start=1)
    ]
