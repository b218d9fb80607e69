"""Addresses of the land app: the layers and what was set aside."""

from django.urls import path

from land.views import layers

urlpatterns = [
    path("layers/", layers.LayerListView.as_view(), name="layers"),
    path("layers/<int:pk>/", layers.LayerView.as_view(), name="layer"),
]
