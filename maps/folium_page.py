"""The only module that knows folium: a map whose every file comes from this server, under a strict policy.

folium names its scripts and styles by addresses of other hosts; each is replaced by the local file of the
same package, an unknown one raises. Record text never enters the markup: popups are filled by our script
from JSON with textContent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import folium
from branca.element import Element, Figure, MacroElement
from django.conf import settings
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe
from folium.elements import JSCSSMixin
from folium.plugins import GeoMan, VectorGridProtobuf
from folium.template import Template

# name in folium -> local file; None: not needed by our pages
LOCAL: dict[str, str | None] = {
    "leaflet": "vendor/leaflet-1.9.4/leaflet.js",
    "leaflet_css": "vendor/leaflet-1.9.4/leaflet.css",
    "vectorGrid": "vendor/vectorgrid-1.3.0/Leaflet.VectorGrid.bundled.min.js",
    "leaflet_geoman_js": "vendor/geoman-2.20.2/leaflet-geoman.min.js",
    "leaflet_geoman_css": "vendor/geoman-2.20.2/leaflet-geoman.css",
    "jquery": None,
    "bootstrap": None,
    "bootstrap_css": None,
    "awesome_markers": None,
    "awesome_markers_font_css": None,
    "awesome_markers_css": None,
    "glyphicons_css": None,
    "awesome_rotate_css": None,
}
DRAWING: dict[str, Any] = {
    "position": "topleft",
    "dragMode": True,
    **dict.fromkeys(
        [
            "drawMarker",
            "drawCircle",
            "drawCircleMarker",
            "drawText",
            "drawPolyline",
            "rotateMode",
            "cutPolygon",
        ],
        False,
    ),
}
FOREIGN = re.compile(r"""(?:src|href)\s*=\s*["'](?:https?:)?//""", re.IGNORECASE)


class ForeignAsset(RuntimeError):
    """A map element wants a file that does not come from this server."""


@dataclass(frozen=True)
class MapParts:
    """The three parts of a rendered map, ready for the blocks of a page."""

    head: SafeString
    body: SafeString
    script: SafeString


class Behaviour(MacroElement):
    """Hand the finished map to our own script (static/maps/map.js), with options as JSON."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            window.tianzhang.attach({{ this._parent.get_name() }}, {{ this.options|tojavascript }},
                {{ this.layer_names() }});
        {% endmacro %}
        """
    )

    def __init__(self, options: dict[str, Any], layers: dict[str, Any]) -> None:
        super().__init__()
        self._name = "Behaviour"
        self.options = options
        self.layers = layers

    def layer_names(self) -> str:
        """A JavaScript object from layer key to the variable that folium made for it."""
        return "{" + ", ".join(f'"{key}": {layer.get_name()}' for key, layer in self.layers.items()) + "}"


@dataclass(frozen=True)
class TileLayerSpec:
    """One vector tile layer of our own server. ``style`` is a function of static/maps/map.js."""

    key: str
    label: str
    url: str
    show: bool = True
    min_zoom: int = 8
    max_native_zoom: int = 17


def _tile_options(spec: TileLayerSpec) -> str:
    return (
        f"{{rendererFactory: L.canvas.tile, interactive: false, minZoom: {spec.min_zoom}, "
        f"maxNativeZoom: {spec.max_native_zoom}, "
        f"vectorTileLayerStyles: {{{spec.key}: window.tianzhang.styles.{spec.key}}}}}"
    )


def build_map(
    *,
    bounds: tuple[float, float, float, float],
    tiles: list[TileLayerSpec],
    options: dict[str, Any],
    nonce: str,
    hillshade: tuple[str, list[list[float]]] | None = None,
    draw: bool = False,
    labels: dict[str, str] | None = None,
) -> MapParts:
    """A map of the given bounds (west, south, east, north; degrees) with our layers."""
    labels = labels or {}
    page = _empty_map(bounds)
    if settings.BASEMAP_URL:
        folium.TileLayer(settings.BASEMAP_URL, attr=" ", name=labels.get("basemap", "base map")).add_to(page)
    if hillshade:
        folium.map.CustomPane("shade", z_index=150).add_to(page)  # below the tiles
        _shade(*hillshade, label=labels.get("hillshade", "terrain")).add_to(page)
    layers: dict[str, Any] = {}
    for spec in tiles:
        layers[spec.key] = VectorGridProtobuf(spec.url, spec.label, _tile_options(spec), show=spec.show)
        layers[spec.key].add_to(page)
    if draw:
        GeoMan(**DRAWING).add_to(page)
    folium.LayerControl(collapsed=True, position="topright").add_to(page)
    page.add_child(Behaviour({"bounds": list(bounds), **options}, layers))
    return _render(page, nonce)


def _empty_map(bounds: tuple[float, float, float, float]) -> folium.Map:
    west, south, east, north = bounds
    page = folium.Map(
        location=[(south + north) / 2, (west + east) / 2],
        zoom_start=13,
        tiles=None,
        prefer_canvas=True,
        zoom_control="topleft",
    )
    page.options.update(maxZoom=20, minZoom=8, zoomSnap=0.5)
    return page


def _shade(url: str, box: list[list[float]], label: str) -> folium.raster_layers.ImageOverlay:
    shade = folium.raster_layers.ImageOverlay(
        "https://replaced-below.invalid/",  # folium opens a path as a file of the disk
        box,
        name=label,
        opacity=0.9,
        interactive=False,
        pane="shade",
        class_name="hillshade",
    )
    shade.url = url
    return shade


def _render(page: folium.Map, nonce: str) -> MapParts:
    figure = Figure()
    figure.add_child(page)
    _localise(page)
    figure.render()
    head = _cleaned(figure.header, nonce)
    parts = MapParts(
        head=mark_safe(head),  # noqa: S308 - our own markup, no record text in it
        body=mark_safe(figure.html.render()),  # noqa: S308
        script=mark_safe(figure.script.render()),  # noqa: S308
    )
    for part in (parts.head, parts.body, parts.script):
        if FOREIGN.search(part):
            raise ForeignAsset(FOREIGN.search(part).group(0))  # type: ignore[union-attr]
    return parts


def _localise(element: Element) -> None:
    """Replace every script and style of the tree by the local file of the same name."""
    if isinstance(element, JSCSSMixin):
        for attribute in ("default_js", "default_css"):
            wanted = []
            for name, url in getattr(element, attribute):
                if name not in LOCAL:
                    raise ForeignAsset(f"{name}: {url}")
                local = LOCAL[name]
                if local:
                    wanted.append((name, static(local)))
            setattr(element, attribute, wanted)
    for child in element._children.values():
        _localise(child)


def _cleaned(header: Element, nonce: str) -> str:
    """The head without folium's meta tags and inline switches; styles carry the page's nonce."""
    kept = []
    for child in header._children.values():
        text = child.render()
        if "<meta" in text:
            continue
        kept.append(text)
    text = "\n".join(kept)
    return re.sub(r"<(script|style)(?=[ >])", rf'<\1 nonce="{nonce}"', text)
