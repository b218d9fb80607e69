"""Filters for the staged rows of an import (registry/import_rows.html)."""

from typing import Any

from django import template

from registry.models import ImportRow

register = template.Library()
CELLS_SHOWN = 6


@register.filter
def problems(row: ImportRow, part: str) -> list[dict[str, Any]]:
    """What is wrong with a row, or worth a remark."""
    return row.warnings if part == "remarks" else row.errors


@register.filter
def row_cells(row: ImportRow) -> str:
    """The first filled cells of a row as they came: 名称: 产业路 · 村: 新华村."""
    filled = [f"{title}: {value}" for title, value in row.raw.items() if value not in (None, "")]
    return " · ".join(filled[:CELLS_SHOWN])
