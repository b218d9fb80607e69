"""The page that takes a drawn or uploaded shape and gives the red-line verdict. 中文：红线核查"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import shapely
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from land.classes import survey_names
from land.ground import INDICATIVE, Footprint
from land.importers.footprints import read_footprints
from land.models import VintageKind
from land.redline import INVALID
from land.services.redline import Run, check, with_ids
from maps import queries
from maps.embedding import embedded
from maps.views.pages import render_map, script_options
from maps.words import layer_labels
from registry import access, clock, geo
from registry.context import chosen_division
from registry.errors import BadInput, RegistryError
from registry.models import Division
from registry.queries.divisions import codes_by_division
from registry.services.files import copy_upload

VERB, OPENS_CASES = "check_red_line", "work_case"
SAMPLE = "sample_site.geojson"
MAX_DRAWN = 50
MAX_DRAWN_BYTES = 2 * 1024 * 1024


def systems() -> list[tuple[int, str]]:
    """Coordinate systems that a file may be declared in, with their names."""
    names = {
        4490: _("CGCS2000 degrees (EPSG:4490)"),
        4326: _("WGS 84 degrees (EPSG:4326)"),
        4523: _("CGCS2000 zone 35, easting with prefix (EPSG:4523)"),
        4544: _("CGCS2000 central meridian 105° (EPSG:4544)"),
        4522: _("CGCS2000 zone 34, easting with prefix (EPSG:4522)"),
        4543: _("CGCS2000 central meridian 102° (EPSG:4543)"),
    }
    return [(srid, names.get(srid, f"EPSG:{srid}")) for srid in geo.allowed_srids()]


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """/redline/: the map to draw on, the file to drop; ?sample=1 judges the sample site of the demo."""
    access.require(request.user, VERB)
    values: dict[str, Any] = {}
    if request.GET.get("sample") and sample_path().exists():
        values = judge_file(sample_path(), None)
    return _page(request, values)


def _page(request: HttpRequest, values: dict[str, Any]) -> HttpResponse:
    options = script_options(check=reverse("redline-check"), glance=reverse("glance"))
    bounds = queries.bounds_of(chosen_division(request), request.user)
    context = {
        "map": render_map(request, bounds, options, draw=True),
        "legend": [
            ("map-basic-farmland", layer_labels()["basic_farmland"]),
            ("map-occupies", _("Piece on basic farmland")),
        ],
        "systems": systems(),
        "sample": sample_path().exists(),
        "may_open_case": access.may(request.user, OPENS_CASES),
        **values,
    }
    return render(request, "maps/redline.html", context)


def _answered(request: HttpRequest, values: dict[str, Any]) -> HttpResponse:
    """The answer alone, for the page that is already there."""
    values = {"may_open_case": access.may(request.user, OPENS_CASES), **values}
    return render(request, "maps/redline_answer.html", values)


def sample_path() -> Path:
    """The sample site that the demo's generator wrote."""
    return settings.HOME / "demo" / SAMPLE


@require_POST
def check_drawn(request: HttpRequest) -> HttpResponse:
    """The verdict on shapes drawn on the map (a GeoJSON feature collection, degrees).

    Who accepts JSON alone gets the document that the command gives.
    """
    access.require(request.user, VERB)
    program = request.headers.get("Accept", "") == "application/json"
    try:
        run = check(drawn(request.body), day=clock.today())
        if program:
            return JsonResponse(run.as_dict())
        values = {"run": answer(run)}
    except RegistryError as error:
        if program:
            return JsonResponse({"error": str(error), "code": error.code}, status=400)
        values = {"error": error}
    return _answered(request, values)


def drawn(body: bytes) -> list[Footprint]:
    """Footprints of a drawn collection. A drawn shape indicates a place: it never decides.

    Raises ``BadInput``.
    """
    wrong = BadInput(
        _(
            "The drawing could not be read: a GeoJSON collection of shapes in degrees is expected. "
            "Draw it again."
        ),
        "not_geojson",
    )
    if len(body) > MAX_DRAWN_BYTES:
        raise wrong
    try:
        features = json.loads(body)["features"]
        if not isinstance(features, list) or not 0 < len(features) <= MAX_DRAWN:
            raise wrong
        shapes = [shapely.from_geojson(json.dumps(feature["geometry"])) for feature in features]
    except (ValueError, KeyError, TypeError, RecursionError, shapely.errors.ShapelyError) as error:
        raise wrong from error
    return [
        Footprint(id=str(number), geometry=shape, srid=geo.RECORD_SRID, accuracy=INDICATIVE)
        for number, shape in enumerate(shapes, start=1)
    ]


@require_POST
def check_uploaded(request: HttpRequest) -> HttpResponse:
    """The verdict on the shapes of an uploaded file; the file itself is not kept."""
    access.require(request.user, VERB)
    upload = request.FILES.get("file")
    if upload is None:
        if not getattr(request, "htmx", False):
            return redirect("redline")
        values: dict[str, Any] = {"error": _("No file was chosen. Choose one, or draw a shape on the map.")}
    else:
        with tempfile.TemporaryDirectory() as folder:
            try:
                values = judge_file(copy_upload(upload, Path(folder)), request.POST.get("source_crs"))
            except RegistryError as error:
                values = {"error": error}
    if getattr(request, "htmx", False):
        return _answered(request, values)
    return _page(request, values)


def judge_file(path: Path, source_crs: str | None) -> dict[str, Any]:
    """Template values of the verdict on a file. Raises ``RegistryError``."""
    srid = int(source_crs) if source_crs and source_crs.isdigit() else None
    footprints, ids = read_footprints(path, source_srid=srid)
    return {"run": answer(with_ids(check(footprints, day=clock.today()), ids), footprints)}


def answer(run: Run, footprints: Sequence[Footprint] = ()) -> dict[str, Any]:
    """A run as the template shows it: areas as decimals, names beside codes, pieces for the map."""
    document = run.as_dict()
    names, villages = survey_names(), _village_names(document)
    for feature in document["features"]:
        feature["classes"] = [(c, names.get(c, ""), Decimal(m2)) for c, m2 in feature["by_class"].items()]
        feature["villages"] = [(villages.get(v, v), Decimal(m2)) for v, m2 in feature["by_village"].items()]
        for key in ("footprint_m2", "basic_farmland_m2", "basic_farmland_counted_m2", "farmland_m2"):
            known = feature["verdict"] != INVALID  # what cannot be computed with has no areas, not zero
            feature[key] = _area(feature[key]) if known else None
        for piece in feature["pieces"]:
            piece["area_m2"] = Decimal(piece["area_m2"])
    union = {key: _area(document["union"][key]) for key in ("basic_farmland_m2", "farmland_m2")}
    return {
        "verdict": run.verdict,
        "features": document["features"],
        "union": union,
        "vintages": [f"{VintageKind(v['kind']).label} {v['year']}" for v in document["run"]["vintages"]],
        "fingerprint": run.fingerprint,
        "notes": run.notes,
        "geojson": pieces_geojson(run, footprints),
    }


def _area(text: str | None) -> Decimal | None:
    """An area of the answer; None where it is not known (no survey is loaded)."""
    return None if text is None else Decimal(text)


def _village_names(document: dict[str, Any]) -> dict[str, str]:
    codes = {code for feature in document["features"] for code in feature["by_village"]}
    found = Division.objects.filter(codes__code__in=codes).distinct()
    of = codes_by_division(found.values_list("pk", flat=True))
    return {of[division.pk]: division.name for division in found if division.pk in of}


def pieces_geojson(run: Run, footprints: Sequence[Footprint]) -> SafeString:
    """Footprints and pieces for the map, safe inside a script element."""
    features = [_feature(piece.geometry, "piece") for verdict in run.verdicts for piece in verdict.pieces]
    for footprint in footprints:
        if footprint.geometry is not None and not shapely.is_empty(footprint.geometry):
            shape = geo.transform(shapely.force_2d(footprint.geometry), footprint.srid, geo.RECORD_SRID)
            features.insert(0, _feature(shape, "footprint"))
    return embedded(features)


def _feature(geometry: Any, what: str) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"what": what},
        "geometry": json.loads(shapely.to_geojson(geometry)),
    }
