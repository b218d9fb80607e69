"""Addresses of the assets app: the ledger, placing, naming a keeper, recording an inspection."""

from django.urls import include, path

from assets.views import bulk, ledger, placing, upkeep

urlpatterns = [
    path("", include("assets.urls_money")),
    path("", include("assets.urls_income")),
    path("assets/", ledger.AssetListView.as_view(), name="assets"),
    path("assets/export.xlsx", ledger.AssetExportView.as_view(), name="assets_export"),
    path("assets/keepers/", bulk.KeepersView.as_view(), name="assets_keepers"),
    path("placing/", placing.PlacingListView.as_view(), name="placing"),
    path("placing/<int:pk>/", placing.PlaceUnitView.as_view(), name="place_unit"),
    path("units/<int:pk>/keeper/", upkeep.NameKeeperView.as_view(), name="name_keeper"),
    path("units/<int:pk>/inspection/", upkeep.InspectionView.as_view(), name="record_inspection"),
]
