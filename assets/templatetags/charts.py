"""Small charts as SVG: bars beside each other, one bar of parts. 中文：图表

No script and no style attribute; the words and figures stand beside, so that colour never speaks alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from registry import display

register = template.Library()
WIDTH, HEIGHT, FOOT, GAP = 720, 160, 22, 6


@register.simple_tag
def month_bars(rows: Sequence[Any], label: Any) -> SafeString:
    """Receivable and received by month, two bars each; the exact figures are the titles of the bars."""
    top = max((max(row.due, row.received) for row in rows), default=Decimal(0)) or Decimal(1)
    step = Decimal(WIDTH) / max(len(rows), 1)
    wide = min((step - GAP) / 2, Decimal(40))
    bars = []
    for number, row in enumerate(rows):
        left = step * number + (step - 2 * wide) / 2
        for side, (value, name) in enumerate(((row.due, "seg seg-1"), (row.received, "seg seg-0"))):
            high = max(value, Decimal(0)) * (HEIGHT - FOOT) / top
            bars.append(
                (name, f"{left + wide * side:.1f}", f"{HEIGHT - FOOT - high:.1f}", f"{wide:.1f}",
                f"{high:.1f}",
                 f"{row.name} {display.money(value)}")
            )  # fmt: skip
    words = [
        (f"{step * number + step / 2:.1f}", str(HEIGHT - 6), row.name[-5:]) for number, row in enumerate(rows)
    ]
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" width="100%" role="img" aria-label="{}">{}{}</svg>',
        WIDTH,
        HEIGHT,
        label,
        format_html_join(
            "", '<rect class="{}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>', bars
        ),
        format_html_join("", '<text x="{}" y="{}" text-anchor="middle" font-size="12">{}</text>', words),
    )


@register.simple_tag
def part_bar(pairs: Sequence[tuple[Any, Decimal]], label: Any) -> SafeString:
    """Parts of a whole as one bar."""
    total = sum((max(value, Decimal(0)) for _word, value in pairs), Decimal(0)) or Decimal(1)
    x, parts = Decimal(0), []
    for number, (word, value) in enumerate(pairs):
        width = max(value, Decimal(0)) * WIDTH / total
        if width:
            parts.append((number % 5, f"{x:.1f}", f"{width:.1f}", f"{word} {display.money(value)}"))
        x += width
    return format_html(
        '<svg class="chart" viewBox="0 0 {} 22" width="100%" role="img" aria-label="{}">{}</svg>',
        WIDTH,
        label,
        format_html_join(
            "", '<rect class="seg seg-{}" x="{}" y="0" width="{}" height="22"><title>{}</title></rect>', parts
        ),
    )


@register.simple_tag
def swatch(number: int) -> SafeString:
    """The colour of a part beside its word."""
    return format_html(
        '<svg width="12" height="12" aria-hidden="true"><rect class="seg seg-{}" width="12" '
        'height="12"/></svg>',
        number % 5,
    )
