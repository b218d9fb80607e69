"""What the form of an inspection needs in its templates."""

from __future__ import annotations

from typing import Any

from django import template

register = template.Library()


@register.filter
def item_fields(form: Any) -> list[tuple[Any, Any, Any]]:
    """The items of a form with the fields of their result and measure (None where nothing is measured)."""
    names = form.fields
    return [
        (item, form[f"item_{item.pk}"], form[f"value_{item.pk}"] if f"value_{item.pk}" in names else None)
        for item in form.items
    ]
