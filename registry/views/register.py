"""``/register/``: the table of contents of the register; and the filters that a user keeps. 中文：登记簿"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from registry import directory
from registry.models import SavedFilter
from registry.services.saved_filters import forget_filter, keep_filter

from .generic import Page, PageMixin, call_service, safe_next
from .listing import list_view


class RegisterView(Page):
    """Every list that the user's roles open, a tile each."""

    template_name = "registry/register.html"
    title = gettext_lazy("Register")
    lead = gettext_lazy("Everything that is kept here, list by list.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tiles = directory.tiles(self.request.user)
        return super().get_context_data(tiles=tiles, lead=self.lead, **kwargs)


class SavedFilterView(PageMixin, View):
    """``/lists/<list>/filters/``: keep the filter of a list under a name."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, page: str) -> HttpResponse:
        view = list_view(page, request)
        query = view.clean_query(request.POST.get("query", ""))
        name = request.POST.get("name", "")

        def keep() -> Any:
            return keep_filter(page=page, name=name, query=query, by=request.user)  # type: ignore[arg-type]

        call_service(request, keep, _("The filter is kept."))
        return HttpResponseRedirect(f"{view.address()}?{query}")


class ForgetFilterView(PageMixin, View):
    """``/filters/<id>/forget/``: forget a filter of one's own."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        kept = get_object_or_404(SavedFilter, pk=pk, user=request.user)
        view = list_view(kept.page, request)
        forget_filter(kept=kept, by=request.user)  # type: ignore[arg-type]
        return HttpResponseRedirect(safe_next(request, view.address()))
