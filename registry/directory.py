"""The register's table of contents 登记簿目录: a tile for each list beside the main navigation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from registry import access


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One list. ``verb`` is the permission that opens it; ``note`` says in half a sentence what it is for."""

    label: Any
    url_name: str
    icon: str
    note: Any
    verb: str = "view"
    order: int = 50


_TILES: dict[str, Tile] = {}


def register(*tiles: Tile) -> None:
    """Add tiles; the same address twice is a mistake."""
    for tile in tiles:
        if tile.url_name in _TILES:
            raise ValueError(f"tile registered twice: {tile.url_name}")
        _TILES[tile.url_name] = tile


def tiles(user: Any) -> list[dict[str, Any]]:
    """Tiles that the user's roles open, in order."""
    shown = sorted(_TILES.values(), key=lambda tile: (tile.order, tile.url_name))
    return [
        {"label": tile.label, "url": reverse(tile.url_name), "icon": tile.icon, "note": tile.note}
        for tile in shown
        if access.may(user, tile.verb)
    ]
