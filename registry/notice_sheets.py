"""What hangs below the words of a public notice: lists that apps draw from the data. 中文：公示附表

An app registers who draws a list for a notice; the notice's sheet and the public site show it.
Lists name no private person in full and no number of theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from registry.models import Notice


@dataclass(frozen=True, kw_only=True)
class SheetList:
    """A list below a notice: heads as {label, kind}, rows of cells, a total where there is one."""

    title: str
    heads: list[dict[str, Any]]
    rows: list[list[Any]]
    total: list[Any] = field(default_factory=list)


Drawer = Callable[[Notice], list[SheetList]]
_DRAWERS: dict[str, list[Drawer]] = {}


def register(kind: str, draw: Drawer) -> None:
    """``draw`` gives the lists below notices of a kind."""
    _DRAWERS.setdefault(kind, []).append(draw)


def lists_of(notice: Notice) -> list[SheetList]:
    """The lists below a notice."""
    return [made for draw in _DRAWERS.get(notice.kind, ()) for made in draw(notice)]
