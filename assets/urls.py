"""Addresses of the assets app: the ledger, placing, naming a keeper; upkeep has its own file."""

from django.urls import include, path

from assets import urls_stocktake
from assets.views import bulk, ledger, placing, upkeep

urlpatterns = [
    path("", include("assets.urls_money")),
    path("", include("assets.urls_collectives")),
    path("", include("assets.urls_burdens")),
    path("", include("assets.urls_networks")),
    path("", include("assets.urls_life")),
    path("", include("assets.urls_income")),
    path("", include("assets.urls_register")),
    path("assets/", ledger.AssetListView.as_view(), name="assets"),
    path("assets/export.xlsx", ledger.AssetExportView.as_view(), name="assets_export"),
    path("assets/keepers/", bulk.KeepersView.as_view(), name="assets_keepers"),
    path("assets/inspections/", bulk.InspectionsView.as_view(), name="assets_inspections"),
    path("placing/", placing.PlacingListView.as_view(), name="placing"),
    path("placing/<int:pk>/", placing.PlaceUnitView.as_view(), name="place_unit"),
    path("units/<int:pk>/keeper/", upkeep.NameKeeperView.as_view(), name="name_keeper"),
    path("", include("assets.urls_upkeep")),
    *urls_stocktake.urlpatterns,
]
