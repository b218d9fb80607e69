"""The main navigation: apps register their entries when they load; a user sees what the roles open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry import access


@dataclass(frozen=True)
class NavItem:
    """One entry of the main navigation. ``verb`` is the permission that opens it (or one of several)."""

    label: Any
    url_name: str
    icon: str
    verb: str | tuple[str, ...] = "view"
    order: int = 50

    def opens_to(self, user: Any) -> bool:
        verbs = (self.verb,) if isinstance(self.verb, str) else self.verb
        return any(access.may(user, verb) for verb in verbs)


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
        if not item.opens_to(request.user):
            continue
        url = reverse(item.url_name)
        active = request.path == url or (url != "/" and request.path.startswith(url))
        shown.append({"label": item.label, "url": url, "icon": item.icon, "active": active})
    return shown


register(NavItem(label=_("Workbench"), url_name="home", icon="desk", order=10))
register(NavItem(label=_("Findings"), url_name="findings", icon="finding", order=35))
register(NavItem(label=_("Register"), url_name="register", icon="file", order=40))
register(
    NavItem(
        label=_("Imports"),
        url_name="imports",
        icon="import",
        verb=("import_ledger", "import_layer", "import_divisions", "import_statement"),
        order=80,
    )
)
