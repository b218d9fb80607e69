"""Addresses of the maps app."""

from django.urls import path

from maps.views import case_new, case_split, glance, pages, redline

urlpatterns = [
    path("map/", pages.map_page, name="map"),
    path("map/findings.json", pages.findings, name="map-findings"),
    path("map/ledger.json", pages.ledger_shapes, name="map-ledger"),
    path("map/identify/", pages.identify, name="map-identify"),
    path("map/unit/<path:code>/", pages.unit_shape, name="map-unit"),
    path("map/hillshade.png", pages.hillshade, name="map-hillshade"),
    path("cases/new/", case_new.CaseNewMapView.as_view(), name="case_new"),
    path("cases/<int:key>/split/map/", case_split.CaseSplitView.as_view(), name="case_split"),
    path("tiles/<str:layer>/<int:z>/<int:x>/<int:y>.mvt", pages.tile, name="tile"),
    path("redline/", redline.page, name="redline"),
    path("redline/check/", redline.check_drawn, name="redline-check"),
    path("redline/glance/", glance.answer, name="glance"),
    path("redline/upload/", redline.check_uploaded, name="redline-upload"),
]
