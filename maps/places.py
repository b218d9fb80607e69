"""The drawn terrain of an installation: an image with its box, kept beside the data. 中文：山体阴影"""

from __future__ import annotations

import json
from pathlib import Path

from django.conf import settings
from django.urls import reverse


def folder() -> Path:
    """The folder of the map's own files."""
    return settings.HOME / "maps"


def hillshade_file() -> Path:
    return folder() / "hillshade.png"


def hillshade() -> tuple[str, list[list[float]]] | None:
    """Address and box ([[south, west], [north, east]]) of the terrain image; None where there is none."""
    box = folder() / "hillshade.json"
    try:
        west, south, east, north = json.loads(box.read_text())["bounds_4326"]
    except (OSError, ValueError, KeyError):
        return None
    if not hillshade_file().exists():
        return None
    return reverse("map-hillshade"), [[south, west], [north, east]]
