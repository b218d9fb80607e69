"""What goes into the folder of an asset in an inspection pack: parts that apps register. 中文：一资一档目录

A part reads a chunk of assets at once, in a few queries however many there are, and gives the files of each;
bytes are made when they are written, one file at a time. What a part should have and has not is said in the
contents list, never left out silently.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assets.models import Asset


@dataclass(frozen=True, kw_only=True)
class Reading:
    """For whom and for which day a pack is put together."""

    day: dt.date
    names: bool  # names of natural persons are written out
    user: Any = None


@dataclass(frozen=True)
class Item:
    """One file of a folder: its name within it, and its bytes, or where they lie, or how they are made."""

    name: str
    content: bytes | Path | Callable[[], bytes]
    packed: bool = False  # a picture or an archive: it is stored as it is


@dataclass
class Collected:
    """What a part has for each asset of a chunk, and what it knows to be missing beyond having nothing."""

    items: dict[int, list[Item]] = field(default_factory=dict)  # by key of the unit
    missing: dict[int, list[str]] = field(default_factory=dict)

    def add(self, unit: int, item: Item) -> None:
        self.items.setdefault(unit, []).append(item)

    def lack(self, unit: int, words: Any) -> None:
        self.missing.setdefault(unit, []).append(str(words))


@dataclass(frozen=True, kw_only=True)
class Part:
    """One kind of papers. ``needed`` says of which assets it must be there; none: of no asset."""

    key: str
    label: Any
    order: int
    collect: Callable[[Sequence[Asset], Reading], Collected]
    needed: Callable[[Asset], bool] = lambda _asset: False


_PARTS: dict[str, Part] = {}


def register(*parts: Part) -> None:
    """Add parts to the folder of every asset; the same key twice is a mistake."""
    for part in parts:
        if part.key in _PARTS:
            raise ValueError(f"part of the pack registered twice: {part.key}")
        _PARTS[part.key] = part


def parts() -> list[Part]:
    """Registered parts in their order."""
    return sorted(_PARTS.values(), key=lambda part: (part.order, part.key))
