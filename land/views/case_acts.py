"""The acts on a case, opening cases, describing pictures, boundary points. 中文：案件办理、立案、界址点"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import shapely
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from land.case_acts import BY_KEY, CaseAct
from land.case_codes import CaseOrigin
from land.exporters import boundary_points
from land.exporters.boundary_points import Plot
from land.forms_cases import CluesForm, OpenForm, PictureForm
from land.models import Case, Evidence, Vintage, VintageKind
from land.outline_text import typed
from land.queries.cases import clues_left, neutral
from land.services.case_evidence import describe_evidence
from land.services.case_opening import Opening, measured, open_case, open_clues
from registry import access, clock, display, geo
from registry.codes import Level, ShapeMethod
from registry.models import Division, Finding, Shape, Unit
from registry.queries.findings import sentence
from registry.views.generic import ActionPage, PageMixin

from .cases import CASES, CaseMixin

SHOWN = 200


class CaseActView(CaseMixin, ActionPage):
    """``/cases/<unit>/<act>/``: one act of an officer; only while the case is where the act belongs."""

    crumbs = (CASES,)

    @cached_property
    def chosen(self) -> CaseAct:
        if self.kwargs["act"] not in BY_KEY:
            raise Http404(self.kwargs["act"])
        return BY_KEY[self.kwargs["act"]]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        access.require(request.user, self.chosen.verb)
        access.require(request.user, self.chosen.verb, self.case.unit.division)
        return super().dispatch(request, *args, **kwargs)

    def get_title(self) -> Any:
        return self.chosen.label

    @property
    def submit(self) -> Any:  # type: ignore[override]
        return self.chosen.label

    def get_form_class(self) -> Any:
        return self.chosen.form

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "case": self.case, "user": self.request.user}

    def act(self, form: forms.Form) -> None:
        self.chosen.run(self.case, form, self.request.user)
        messages.success(self.request, _("It stands in the book: %(act)s.") % {"act": self.chosen.label})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        said = [self.case.unit.name, display.m2(self.case.area_m2), str(self.chosen.lead)]
        return super().get_context_data(**kwargs) | {"lead": " · ".join(part for part in said if part)}

    def get_success_url(self) -> str:
        """The case again; the list, where it was taken back."""
        standing = Case.objects.in_force().filter(pk=self.case.pk).exists()
        return super().get_success_url() if standing else reverse("cases")

    def fallback_url(self) -> str:
        return reverse("case", args=[self.kwargs["key"]])


class CaseNewView(ActionPage):
    """``/cases/new/``: a case by hand; ``?finding=`` takes place, name and outline from a finding."""

    verb = "work_case"
    title = gettext_lazy("Open a case")
    lead = gettext_lazy("From a report, a patrol or a finding. Clues of a layer are opened from the layer.")
    crumbs = (CASES,)
    form_class = OpenForm
    submit = gettext_lazy("Open the case")
    done = gettext_lazy("The case is open.")

    @cached_property
    def finding(self) -> Finding | None:
        key = self.request.GET.get("finding", "")
        if not key.isdecimal() or len(key) > 18:
            return None
        rows = Finding.objects.visible_to(self.request.user).select_related("division", "unit")
        return get_object_or_404(rows, pk=int(key))

    def get_form_kwargs(self) -> dict[str, Any]:
        rows = Division.objects.visible_to(self.request.user).within(self.division).on(clock.today())
        places = rows.exclude(level__in=[Level.PROVINCE, Level.PREFECTURE, Level.COUNTY])
        return {**super().get_form_kwargs(), "places": places.select_related("parent").order_by("path")}

    def get_initial(self) -> dict[str, Any]:
        finding = self.finding
        if finding is None:
            return {"origin": CaseOrigin.PATROL}
        name = finding.unit.name if finding.unit else finding.division.name
        return {
            "origin": CaseOrigin.FINDING,
            "division": finding.division_id,
            "name": neutral(name),
            "note": neutral(sentence(finding, self.request.user))[:255],
            "outline": typed(shapely.from_wkb(bytes(finding.place.wkb)) if finding.place else None),
        }

    def act(self, form: forms.Form) -> None:
        said = form.cleaned_data
        geom, srid = said["outline"] or (None, geo.RECORD_SRID)
        opening = Opening(
            **{name: said[name] for name in ("division", "name", "origin", "found_on", "began_on", "note")},
            area_m2=measured(geom, srid) if geom is not None else said["area_m2"],
            geom=geom,
            source_srid=srid,
            method=ShapeMethod.DRAWN if srid == geo.RECORD_SRID else ShapeMethod.SURVEY,
            finding=self.finding,
        )
        self.made = open_case(opening=opening, on=said["on"], by=self.request.user)  # type: ignore[arg-type]

    def get_success_url(self) -> str:
        return reverse("case", args=[self.made.unit_id])

    def fallback_url(self) -> str:
        return reverse("cases")


class CaseCluesView(ActionPage):
    """``/cases/clues/<layer>/``: all clues of a layer become cases in one act, or those that are named."""

    verb = "work_case"
    crumbs = (CASES,)
    form_class = CluesForm
    template_name = "land/cases/clues.html"
    submit = gettext_lazy("Open the cases")

    @cached_property
    def vintage(self) -> Vintage:
        rows = Vintage.objects.in_force().filter(kind=VintageKind.CLUES).defer("coverage")
        above = [int(part) for part in self.division.path.split("/") if part]
        mine = rows.within(self.division) | rows.filter(division_id__in=above)
        return get_object_or_404(mine.select_related("division"), pk=self.kwargs["pk"])

    def get_title(self) -> Any:
        return _("Open the clues of %(year)d") % {"year": self.vintage.year}

    def get_initial(self) -> dict[str, Any]:
        return {"on": clock.today()}

    def act(self, form: forms.Form) -> None:
        said = form.cleaned_data
        user: Any = self.request.user
        made = open_clues(vintage=self.vintage, on=said["on"], by=user, numbers=said["numbers"])
        messages.success(self.request, _("Cases opened: %(n)d.") % {"n": len(made)})

    def fallback_url(self) -> str:
        return reverse("cases")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = clues_left(self.vintage).select_related("village").only(
            "number", "bsm", "attrs", "official_m2", "village__name", "vintage_id"
        )  # fmt: skip
        return super().get_context_data(
            vintage=self.vintage,
            count=rows.count(),
            clues=[
                [row.number, row.attrs.get("JCBH") or row.bsm, neutral(str(row.attrs.get("TBLX") or "")),
                 row.village.name if row.village else None, row.official_m2]
                for row in rows[:SHOWN]
            ],
            **kwargs,
        )  # fmt: skip


class CasePictureView(ActionPage):
    """``/cases/pictures/<id>/``: fill in what the camera did not write."""

    verb = "work_case"
    title = gettext_lazy("Position, direction and time of a picture")
    crumbs = (CASES,)
    form_class = PictureForm
    template_name = "land/cases/picture.html"
    done = gettext_lazy("The picture is described.")

    @cached_property
    def evidence(self) -> Evidence:
        cases = Case.objects.in_force().visible_to(self.request.user)
        rows = Evidence.objects.filter(verification__case__in=cases)
        rows = rows.select_related("file__preview", "verification__case__unit__division")
        found = get_object_or_404(rows, pk=self.kwargs["pk"])
        access.require(self.request.user, self.verb, found.verification.case.unit.division)
        return found

    def get_initial(self) -> dict[str, Any]:
        one = self.evidence
        where = one.taken_where
        place = {"lon": f"{where.x:.8f}", "lat": f"{where.y:.8f}"} if where else {}
        return {"taken_at": one.taken_at, "azimuth": one.azimuth, **place}

    def act(self, form: forms.Form) -> None:
        user: Any = self.request.user
        describe_evidence(evidence=self.evidence, by=user, **form.cleaned_data)

    def fallback_url(self) -> str:
        return reverse("case", args=[self.evidence.verification.case.unit_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(evidence=self.evidence, **kwargs)


class BoundaryPointsView(PageMixin, View):
    """``/units/<id>/boundary-points.txt``: the outline of a thing as boundary points (GBK by default)."""

    verb = "see_parcels"

    def get(self, request: HttpRequest, unit: int) -> HttpResponse:
        rows = Unit.objects.in_force().visible_to(request.user).select_related("division")
        found = get_object_or_404(rows, pk=unit)
        shape = Shape.objects.in_force().filter(unit=found).order_by("-valid").first()
        if shape is None or shape.geom.dims != 2:
            raise Http404(_("This thing has no outline."))
        encoding = request.GET.get("encoding", "gbk")
        if encoding not in boundary_points.ENCODINGS:
            raise Http404(encoding)
        geometry = shapely.from_wkb(bytes(shape.geom.wkb))
        plot = Plot(found.code, found.name, geometry, measured(shape.geom, shape.source_srid))
        content = boundary_points.write(
            [plot], office=found.division.name, on=clock.today(), encoding=encoding
        )
        answer = HttpResponse(content, content_type=f"text/plain; charset={encoding}")
        answer["Content-Disposition"] = f'attachment; filename="{found.code}.txt"'
        return answer
