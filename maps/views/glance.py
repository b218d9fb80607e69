"""What lies under a polygon while it is being drawn: a first word, before the verdict. 中文：即时查询"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import shapely
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from land.classes import survey_names
from land.queries.instant import Glance, glance
from registry import access, clock
from registry.display import m2, mu
from registry.errors import BadInput

VERB = "check_red_line"
MAX_BYTES = 256 * 1024
LARGEST_M2 = 50_000_000  # fifty square kilometres: beyond it nobody draws a footprint


@require_POST
def answer(request: HttpRequest) -> JsonResponse:
    """Areas by class and basic farmland under a polygon (GeoJSON geometry, degrees), audit grade."""
    access.require(request.user, VERB)
    try:
        found = glance(shapely.to_wkb(polygon(request.body)), clock.today())
    except BadInput as error:
        return JsonResponse({"error": str(error)}, status=400)
    return JsonResponse({**as_dict(found), "words": words(found)})


def polygon(body: bytes) -> Any:
    """The polygon that was sent. Raises ``BadInput``; an outline that crosses itself has no area yet."""
    wrong = BadInput(_("A polygon in degrees is expected."), "not_a_polygon")
    if len(body) > MAX_BYTES:
        raise wrong
    try:
        shape = shapely.force_2d(shapely.from_geojson(body))
    except (ValueError, TypeError, RecursionError, shapely.errors.ShapelyError) as error:
        raise wrong from error
    if shapely.get_type_id(shape) not in (3, 6) or shape.is_empty or not shape.is_valid:
        raise wrong
    west, south, east, north = shape.bounds
    if not (west >= -180 and east <= 180 and south >= -85 and north <= 85):
        raise wrong
    if (east - west) * (north - south) > LARGEST_M2 / 10**10:
        raise BadInput(_("The shape is too large for a first look; finish it for the verdict."), "too_large")
    return shape


def as_dict(found: Glance) -> dict[str, Any]:
    """For programs: m² as strings with 2 decimals, of audit grade."""
    return {
        "shape_m2": f"{found.shape_m2:.2f}",
        "by_class": {code: f"{area:.2f}" for code, area in found.by_class.items()},
        "basic_farmland_m2": None if found.basic_farmland_m2 is None else f"{found.basic_farmland_m2:.2f}",
    }


def words(found: Glance) -> list[str]:
    """The lines that a person reads beside the pen."""
    names = survey_names()
    basic = found.basic_farmland_m2
    first = _("no layer is loaded") if basic is None else _sized(basic)
    lines = [f"{_('Permanent basic farmland')} {first}"]
    ranked = sorted(found.by_class.items(), key=lambda pair: -pair[1])[:4]
    return lines + [f"{names.get(code, code)} {_sized(area)}" for code, area in ranked]


def _sized(area: float) -> str:
    value = Decimal(repr(round(area, 2)))
    return f"{mu(value)}（{m2(value)}）"
