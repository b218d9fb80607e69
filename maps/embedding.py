"""Shapes inside a page, for its script. 中文：页面内嵌图形"""

from __future__ import annotations

import json
from typing import Any

from django.utils.html import _json_script_escapes
from django.utils.safestring import SafeString, mark_safe


def embedded(features: list[dict[str, Any]]) -> SafeString:
    """A GeoJSON collection that cannot end the script element in which it stands."""
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    return mark_safe(text.translate(_json_script_escapes))  # noqa: S308 - every sign that ends a script is escaped
