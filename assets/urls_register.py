"""Addresses of registering one asset on a page. 中文：资产登记地址"""

from django.urls import path

from assets.views import register

urlpatterns = [
    path("assets/new/", register.AssetKindsView.as_view(), name="asset_new"),
    path("assets/new/<slug:subtype>/", register.AssetNewView.as_view(), name="asset_new_of"),
    path("units/<int:pk>/facts/", register.AssetCorrectView.as_view(), name="asset_correct"),
]
