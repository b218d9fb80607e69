"""Root addresses; the apps are named by strings only, so that the ladder holds."""

from django.urls import include, path

from .health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("registry.urls")),
    path("", include("land.urls")),
    path("", include("assets.urls")),
    path("", include("maps.urls")),
]
