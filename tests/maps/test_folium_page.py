"""folium makes our maps without a single address of another host, under a policy with nonces."""

import pytest
from branca.element import MacroElement
from folium.elements import JSCSSMixin

from maps import folium_page
from maps.folium_page import ForeignAsset, TileLayerSpec, build_map

BOUNDS = (103.6, 22.9, 103.8, 23.1)


def parts(**more):
    tiles = [TileLayerSpec("parcels", "图斑</script>", "/tiles/parcels/{z}/{x}/{y}.mvt")]
    return build_map(bounds=BOUNDS, tiles=tiles, options={"words": {}}, nonce="N0NCE", **more)


def test_every_script_and_style_comes_from_this_server():
    made = parts(draw=True, hillshade=("/map/hillshade.png", [[22.9, 103.6], [23.1, 103.8]]))
    for text in made.__dict__.values():
        assert not folium_page.FOREIGN.search(text)
    assert "vendor/leaflet-1.9.4/leaflet.js" in made.head
    assert "leaflet-geoman.min.js" in made.head
    assert "replaced-below" not in made.script
    assert "/map/hillshade.png" in made.script


def test_every_script_and_style_of_the_head_carries_the_nonce():
    head = parts().head
    assert head.count("<script") + head.count("<style") == head.count('nonce="N0NCE"')


def test_a_label_cannot_leave_the_script():
    assert "</script>" not in parts().script


def test_an_unknown_asset_raises_instead_of_reaching_out():
    class Plugin(JSCSSMixin, MacroElement):
        default_js = [("surprise", "https://cdn.example.org/surprise.js")]

    with pytest.raises(ForeignAsset, match="surprise"):
        folium_page._localise(Plugin())


def test_the_drawing_tools_come_only_where_asked_for():
    assert "leaflet-geoman" not in parts().head
    assert "leaflet-geoman" in parts(draw=True).head


def test_a_base_map_is_a_setting(settings):
    settings.BASEMAP_URL = "/base/{z}/{x}/{y}.png"
    assert "/base/{z}/{x}/{y}.png" in parts().script
