"""The main navigation: apps register their entries when they load; a user sees what the roles open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from registry import access


@dataclass(frozen=True)
class NavItem:
    """One entry of the main navigation. ``verb`` is the permission that opens it."""

    label: Any
    url_name: str
    icon: str
    verb: str = "view"
    order: int = 50


_ITEMS: list[NavItem] = []


def register(item: NavItem) -> None:
    """Add an entry; the same URL twice is a mistake."""
    if any(known.url_name == item.url_name for known in _ITEMS):
        raise ValueError(f"navigation entry registered twice: {item.url_name}")
    _ITEMS.append(item)
    _ITEMS.sort(key=lambda known: (known.order, known.url_name))


def items(request: HttpRequest) -> list[dict[str, Any]]:
    """Entries that the user's roles open, the one of the present page marked."""
    shown = []
    for item in _ITEMS:
        if not access.may(request.user, item.verb):
            continue
        url = reverse(item.url_name)
        active = request.path == url or (url != "/" and request.path.startswith(url))
        shown.append({"label": item.label, "url": url, "icon": item.icon, "active": active})
    return shown
