"""The map page and what its script asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from maps import places, queries, tiles
from maps.words import layer_labels, script_words
from registry import access, clock
from registry.badges import UPKEEP_STATES
from registry.context import chosen_division
from registry.errors import BadInput, NotAllowed
from registry.models import Shape, Unit
from registry.views.listing import list_view

if TYPE_CHECKING:
    from maps.folium_page import MapParts, TileLayerSpec

TILE_URL = "/tiles/{layer}/{{z}}/{{x}}/{{y}}.mvt"
MIN_ZOOM = {"parcels": 12, "basic_farmland": 10, "units": 10, "divisions": 8}


LEDGER = "assets"  # the list whose filter the map shows


def tile_specs(user: Any, *, hidden: tuple[str, ...] = (), query: str = "") -> list[TileLayerSpec]:
    """The vector layers that the user may see, the ground first; of the units those of the filter."""
    from maps.folium_page import TileLayerSpec  # a third of the start of a command that draws no map

    labels = layer_labels()
    order = ["parcels", "basic_farmland", "divisions", "units"]
    asked = {"units": f"?{query}"} if query else {}
    return [
        TileLayerSpec(
            layer,
            labels[layer],
            TILE_URL.format(layer=layer) + asked.get(layer, ""),
            layer not in hidden,
            MIN_ZOOM[layer],
        )
        for layer in order
        if access.may(user, tiles.VERB_OF_LAYER.get(layer, "view"))
    ]


def script_options(**more: Any) -> dict[str, Any]:
    """Addresses and words for static/maps/map.js."""
    return {
        "identify": reverse("map-identify"),
        "unitUrl": reverse("unit", args=["__code__"]),
        "findingUrl": reverse("finding", args=[0]),
        "sprite": static("registry/img/icons.svg"),
        "words": script_words(),
        **more,
    }


def render_map(
    request: HttpRequest,
    bounds: queries.Bounds,
    options: dict[str, Any],
    query: str = "",
    hidden: tuple[str, ...] = (),
    **more: Any,
) -> MapParts:
    """The map's parts for this user, with the page's nonce; ``hidden`` layers wait in the list of layers."""
    from maps.folium_page import build_map

    return build_map(
        bounds=bounds,
        tiles=tile_specs(request.user, query=query, hidden=hidden),
        options=options,
        nonce=str(getattr(request, "csp_nonce", "")),
        hillshade=places.hillshade(),
        labels=layer_labels(),
        **more,
    )


@require_GET
def map_page(request: HttpRequest) -> HttpResponse:
    """/map/ of the chosen division; ?finding=ID, ?unit=CODE, ?place=CODE, or the filters of the ledger."""
    division = chosen_division(request)
    finding, unit = request.GET.get("finding", ""), request.GET.get("unit", "")
    only = int(finding) if finding.isdigit() else None
    to_place = _unit_to_place(request)
    findings = reverse("map-findings") + (f"?only={only}" if only else "")
    options = script_options(findings=findings, focusFinding=bool(only))
    bounds, panel = None, {} if only or unit or to_place else ledger_panel(request)
    if unit:
        options["focus"] = reverse("map-unit", args=[unit])
    elif panel.get("query") or request.GET.get("ledger"):
        bounds = panel.get("bounds")
        if panel.get("placed", 0) <= queries.MARKED:
            options["focus"] = f"{reverse('map-ledger')}?{panel.get('query', '')}"
    if to_place:
        options |= {"place": True, "findings": ""}
        division = to_place.division
    if only or unit:
        today = clock.today()
        find = queries.bounds_of_finding if only else queries.bounds_of_unit
        bounds = find(request.user, only or unit, today)
    box = bounds or queries.bounds_of(division, request.user)
    parts = render_map(request, box, options, panel.get("query", ""))
    context = {
        "map": parts,
        "legend": upkeep_legend(),
        "focused": only or unit or panel.get("query") or request.GET.get("ledger"),
        **panel,
        "to_place": to_place,
    }
    return render(request, "maps/map.html", context)


def ledger_panel(request: HttpRequest) -> dict[str, Any]:
    """The filter of the ledger as the map shows it: its form, what it finds, and the way to the list."""
    if not access.may(request.user, "view"):
        return {}
    view = list_view(LEDGER, request)
    rows, filled = view.filtered()
    query = view.filter_query()
    bounds, placed = queries.where_assets_lie(rows, clock.today()) if query else (None, 0)
    here = reverse("map")
    return {
        "filter": filled,
        "query": query,
        "bounds": bounds,
        "placed": placed,
        "count": rows.count() if query else None,
        "extra": _("%(count)d of them on the map") % {"count": placed} if query else "",
        "saved": [
            {**kept, "url": f"{here}?{kept['url'].partition('?')[2]}"} for kept in view.saved_filters()
        ],
        "list_url": f"{view.address()}?{query}" if query else view.address(),
    }


def _unit_to_place(request: HttpRequest) -> Unit | None:
    """The unit of ?place=CODE, where the user may place it."""
    code = request.GET.get("place")
    if not code:
        return None
    units = Unit.objects.visible_to(request.user).in_force().select_related("division")
    unit = get_object_or_404(units, code=code)
    access.require(request.user, "place_unit", unit.division)
    return unit


def upkeep_legend() -> list[tuple[str, Any]]:
    """Fill and word of what the map shows."""
    states = {"map-in-order": "in_order", "map-overdue": "overdue", "map-no-keeper": "no_keeper",
              "map-touch": "not_needed"}  # fmt: skip
    words = [(fill, UPKEEP_STATES[state].word) for fill, state in states.items()]
    return [*words, ("map-basic-farmland", layer_labels()["basic_farmland"])]


@require_GET
def ledger_shapes(request: HttpRequest) -> HttpResponse:
    """The shapes of the filtered ledger as GeoJSON (at most 2,000): list and map show the same things."""
    if not access.may(request.user, "view"):
        return HttpResponse('{"type":"FeatureCollection","features":[]}', content_type="application/geo+json")
    rows, _filled = list_view(LEDGER, request).filtered()
    return HttpResponse(queries.shapes_of(rows, clock.today()), content_type="application/geo+json")


@require_GET
def findings(request: HttpRequest) -> JsonResponse:
    """Open findings of the chosen division as GeoJSON."""
    only = request.GET.get("only", "")
    data = queries.findings_on_map(
        request.user, chosen_division(request), clock.today(), int(only) if only.isdigit() else None
    )
    return JsonResponse(data, json_dumps_params={"ensure_ascii": False})


@require_GET
def identify(request: HttpRequest) -> JsonResponse:
    """What lies under a click: ?lon&lat&tolerance in degrees."""
    try:
        lon, lat, tolerance = (float(request.GET[name]) for name in ("lon", "lat", "tolerance"))
    except (KeyError, ValueError):
        return JsonResponse({"message": "lon, lat and tolerance are numbers"}, status=400)
    if not (-180 <= lon <= 180 and -90 <= lat <= 90 and 0 <= tolerance <= 0.1):
        return JsonResponse({"message": "out of range"}, status=400)
    return JsonResponse(
        queries.under(request.user, lon, lat, tolerance, clock.today()),
        json_dumps_params={"ensure_ascii": False},
    )


@require_GET
def unit_shape(request: HttpRequest, code: str) -> JsonResponse:
    """The present shape of a unit as GeoJSON."""
    unit = get_object_or_404(Unit.objects.visible_to(request.user).in_force(), code=code)
    shape = Shape.objects.on(clock.today()).filter(unit=unit).first()
    if shape is None:
        return JsonResponse({"type": "FeatureCollection", "features": []})
    body = f'{{"type":"Feature","properties":{{}},"geometry":{shape.geom.geojson}}}'
    return HttpResponse(body, content_type="application/geo+json")  # type: ignore[return-value]


@require_GET
def tile(request: HttpRequest, layer: str, z: int, x: int, y: int) -> HttpResponse:
    """/tiles/<layer>/<z>/<x>/<y>.mvt[?year=Y]; 404 outside the pyramid, 403 where the role may not see it.

    The units take the filter of the ledger: ``/tiles/units/….mvt?state=idle``.
    """
    year = request.GET.get("year", "")
    try:
        wanted = tiles.check_address(layer, z, x, y)
        body = tiles.tile(
            wanted,
            user=request.user,
            year=int(year) if year.isdigit() else None,
            only=_units_of_filter(request) if layer == "units" else None,
        )
    except BadInput as error:
        raise Http404 from error
    except NotAllowed:
        return HttpResponse(status=403)
    response = HttpResponse(body, content_type="application/vnd.mapbox-vector-tile")
    patch_cache_control(response, private=True, max_age=60 if layer == "units" else 600)
    return response


def _units_of_filter(request: HttpRequest) -> Any:
    """Keys of the units that match the ledger's filter in the address; None without a filter."""
    if not request.GET or not access.may(request.user, "view"):
        return None
    view = list_view(LEDGER, request)
    return view.filtered()[0].order_by().values("unit") if view.filter_query() else None


@require_GET
def hillshade(request: HttpRequest) -> FileResponse:
    """The terrain image under the map."""
    path = places.hillshade_file()
    if not path.exists():
        raise Http404
    response = FileResponse(path.open("rb"), content_type="image/png")
    patch_cache_control(response, private=True, max_age=86400)
    return response
