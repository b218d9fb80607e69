"""Tags of the maps app for the pages of others."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.urls import reverse

from maps import places, queries, tiles
from maps.views.pages import TILE_URL, script_options
from registry import access, clock
from registry.models import Shape, Unit

register = template.Library()


@register.inclusion_tag("maps/unit_map.html", takes_context=True)
def unit_map(context: template.Context, unit: Unit, shape: Shape | None = None) -> dict[str, Any]:
    """A small map of a unit: its shape on parcels and basic farmland. Nothing where it has no shape.

    ``shape``: that of the day, where the page has read it already.
    """
    user = context["request"].user
    shape = shape or Shape.objects.on(clock.today()).filter(unit=unit).first()
    if shape is None:
        return {"unit": unit, "options": None}
    shade = places.hillshade()
    options = script_options(
        focus=reverse("map-unit", args=[unit.code]),
        bounds=queries.around(shape.geom.extent),
        tiles={
            layer: TILE_URL.format(layer=layer).replace("{{", "{").replace("}}", "}")
            for layer in ("parcels", "basic_farmland", "divisions")
            if access.may(user, tiles.VERB_OF_LAYER.get(layer, "view"))
        },
    )
    if shade:
        options["hillshade"] = {"url": shade[0], "box": shade[1]}
    return {"unit": unit, "options": json.dumps(options, ensure_ascii=False)}
