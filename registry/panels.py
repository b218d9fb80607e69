"""What a unit's page shows 登记单元页面: panels and actions that every app hangs there when it loads.

Lower apps show upper facts by registration, never by importing up. A panel gets the unit's ``UnitSheet``
(its facts, each read once) and gives the context of its template, or None where it has nothing to say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from registry import access
from registry.queries.sheet import UnitSheet

ANSWER, MAIN = "answer", "main"


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One piece of the page. ``slot``: one of the four answers of the first screen, or the body below."""

    key: str
    title: Any
    order: int
    template: str
    context: Callable[[UnitSheet], dict[str, Any] | None]
    verb: str = "view"
    slot: str = MAIN
    icon: str = ""


@dataclass(frozen=True, kw_only=True)
class UnitAction:
    """A button of the page's head. ``url`` gives None where the action does not fit the unit."""

    key: str
    label: Any
    order: int
    icon: str
    url: Callable[[UnitSheet], str | None]
    verb: str = "view"


@dataclass(frozen=True)
class Shown:
    """A panel as the page draws it: with its context, or closed to this role."""

    panel: Panel
    values: dict[str, Any] = field(default_factory=dict)
    closed: bool = False


_PANELS: dict[str, Panel] = {}
_ACTIONS: dict[str, UnitAction] = {}


def register(*items: Panel | UnitAction) -> None:
    """Hang panels and actions on the page; the same key twice is a mistake."""
    for item in items:
        known: dict[str, Any] = _PANELS if isinstance(item, Panel) else _ACTIONS
        if item.key in known:
            raise ValueError(f"registered twice on the unit's page: {item.key}")
        known[item.key] = item


def shown(sheet: UnitSheet, slot: str) -> list[Shown]:
    """Panels of a slot that have something to say; an answer the role may not see is shown closed."""
    found = []
    for panel in sorted(_PANELS.values(), key=lambda panel: (panel.order, panel.key)):
        if panel.slot != slot:
            continue
        if not access.may(sheet.user, panel.verb, sheet.unit.division):
            if slot == ANSWER:
                found.append(Shown(panel, closed=True))
            continue
        values = panel.context(sheet)
        if values is not None:
            found.append(Shown(panel, values))
    return found


def actions(sheet: UnitSheet) -> list[dict[str, Any]]:
    """Buttons that the user may press here."""
    found = []
    for action in sorted(_ACTIONS.values(), key=lambda action: (action.order, action.key)):
        if access.may(sheet.user, action.verb, sheet.unit.division):
            url = action.url(sheet)
            if url:
                found.append({"label": action.label, "icon": action.icon, "url": url})
    return found
