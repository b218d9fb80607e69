"""The product's addresses, and a page that does nothing: the peer of an answer over HTTP."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path


@login_required
def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"{}", content_type="application/json")


urlpatterns = [path("bench/empty/", empty, name="bench_empty"), path("", include("registry.site.urls"))]
