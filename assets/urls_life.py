"""Addresses of the life of an asset, of the summary, of the workbench by village."""

from django.urls import path

from assets.views import life, summary, villages

urlpatterns = [
    path("units/<int:pk>/life/<str:act>/", life.LifeActView.as_view(), name="life_act"),
    path("life/<int:pk>/annul/", life.LifeAnnulView.as_view(), name="life_annul"),
    path("summary/", summary.SummaryView.as_view(), name="asset_summary"),
    path("summary/export.xlsx", summary.SummaryExportView.as_view(), name="asset_summary_export"),
    path("summary/publish/", summary.SummaryPublishView.as_view(), name="asset_summary_publish"),
    path("work/", villages.WorkView.as_view(), name="asset_work"),
]
