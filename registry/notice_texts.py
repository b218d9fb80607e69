"""Texts of public notices made from the facts 公示文稿, without persons; apps say what a kind holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from registry.codes import NoticeKind
from registry.models import Division


@dataclass(frozen=True, kw_only=True)
class Made:
    """A notice as the facts give it: title, text, and the codes of the things it speaks of."""

    title: str
    text: str
    units: tuple[str, ...] = ()


Build = Callable[[Division], Made]
_BUILDS: dict[str, Build] = {}


def register(kind: str, build: Build) -> None:
    """Apps say how the notice of a kind is made; the same kind twice is a mistake."""
    if kind in _BUILDS:
        raise ValueError(f"two texts for notices of kind {kind}")
    _BUILDS[kind] = build


def kinds() -> list[tuple[str, Any]]:
    """Kinds whose text can be made, with their labels."""
    return [(kind, NoticeKind(kind).label) for kind in sorted(_BUILDS)]


def made(kind: str, division: Division) -> Made | None:
    """The notice of a kind for a division, made from the facts of today."""
    build = _BUILDS.get(kind)
    return build(division) if build is not None else None
