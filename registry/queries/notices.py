"""Readings of public notices. 中文：公告公示"""

from __future__ import annotations

import datetime as dt

from registry.models import Notice

WAITING, HANGING, OVER = "waiting", "hanging", "over"


def standing_of(notice: Notice, day: dt.date) -> str:
    """Whether a notice waits, hangs or is over on a day."""
    if day < notice.opened_on:
        return WAITING
    return HANGING if day <= notice.closed_on else OVER


def days_left(notice: Notice, day: dt.date) -> int:
    """Days it still hangs, today counted; 0 when it is over."""
    return max((notice.closed_on - max(day, notice.opened_on)).days + 1, 0)
