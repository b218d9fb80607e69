"""What a list page offers beside its rows: filters kept under a name, acts on all that match, forms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, QueryDict
from django.urls import NoReverseMatch, resolve, reverse

from registry import access
from registry.models import SavedFilter


@dataclass(frozen=True)
class BulkAct:
    """An act on all rows that match: its page is a ``BulkPage`` and gets the filter of the list."""

    label: Any
    url_name: str
    verb: str
    icon: str = "check"


class ListToolsMixin:
    """Chips of saved filters and links to the acts on all that match."""

    bulk_acts: Sequence[BulkAct] = ()
    request: HttpRequest

    def saved_filters(self) -> list[dict[str, Any]]:
        """The user's filters of this list; the one in use is marked. One query."""
        page, now = self.page_key(), self.filter_query()  # type: ignore[attr-defined]
        rows = SavedFilter.objects.filter(user=self.request.user.pk, page=page)
        return [
            {
                "name": row.name,
                "url": f"{self.request.path}?{row.query}",
                "active": same_filter(row.query, now),
                "forget": reverse("saved_filter_forget", args=[row.pk]),
            }
            for row in rows
        ]

    def bulk_links(self) -> list[dict[str, Any]]:
        query = self.filter_query()  # type: ignore[attr-defined]
        return [
            {"label": act.label, "icon": act.icon, "url": f"{reverse(act.url_name)}?{query}"}
            for act in self.bulk_acts
            if access.may(self.request.user, act.verb, self.division)  # type: ignore[attr-defined]
        ]

    def list_tools(self) -> dict[str, Any]:
        """Context of ``registry/lists/tools.html``."""
        page = self.page_key()  # type: ignore[attr-defined]
        query = self.filter_query()  # type: ignore[attr-defined]
        forms = access.may(self.request.user, "manage_forms") and bool(self.formats())  # type: ignore[attr-defined]
        return {
            "saved": self.saved_filters(),
            "keep_url": reverse("saved_filter", args=[page]),
            "query": query,
            "bulk": self.bulk_links(),
            "forms_url": f"{reverse('form_templates')}?list={page}&{query}" if forms else "",
        }


def same_filter(one: str, other: str) -> bool:
    """Whether two query strings ask the same, in whatever order."""
    return sorted(QueryDict(one).lists()) == sorted(QueryDict(other).lists())


def list_view(page: str, request: HttpRequest) -> Any:
    """The list of an address name, set up with the filter of ``request.GET``. 404 for what is no list."""
    try:
        found = getattr(resolve(reverse(page)).func, "view_class", None)
    except NoReverseMatch as error:
        raise Http404(page) from error
    if found is None or not issubclass(found, ListToolsMixin):
        raise Http404(page)
    access.require(request.user, found.verb)  # type: ignore[attr-defined]
    view = found()
    view.setup(request)
    view.page_name = page
    return view
