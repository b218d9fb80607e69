"""How far a long import is, for those who wait: told beside the transaction of the work. 中文：导入进度

The work is one transaction, of which nobody sees anything before its end. The percentage is therefore written
through a connection of its own; it may be late, and the work never depends on it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection
from django.db.utils import Error

from registry.codes import BatchState

EVERY = 0.5  # seconds between two marks
SENTENCE = "UPDATE registry_importbatch SET progress = %s WHERE id = %s AND state = %s"


class Meter:
    """The marks of one batch: whole per cent below 100 that never go back."""

    def __init__(self, batch: int) -> None:
        self.batch, self.last, self.at = batch, 0, time.monotonic()
        self.side: Any = None

    def mark(self, percent: float) -> None:
        now, whole = time.monotonic(), min(int(percent), 99)
        if whole <= self.last or now - self.at < EVERY:
            return
        self.last, self.at = whole, now
        try:
            self.side = self.side or connection.copy()
            with self.side.cursor() as cursor:
                cursor.execute("SET lock_timeout = '200ms'")
                cursor.execute(SENTENCE, [whole, self.batch, BatchState.STAGED])
        except Error:
            self.at = now + 60  # no mark for a minute

    def close(self) -> None:
        if self.side is not None:
            self.side.close()


_METER: ContextVar[Meter | None] = ContextVar("meter", default=None)


@contextmanager
def metered(batch: int) -> Iterator[None]:
    """Within this, ``mark`` speaks of the batch."""
    meter = Meter(batch)
    token = _METER.set(meter)
    try:
        yield
    finally:
        _METER.reset(token)
        meter.close()


def mark(percent: float) -> None:
    """Tell how far the work is; nothing where nobody waits for it."""
    if (meter := _METER.get()) is not None:
        meter.mark(percent)


def between(low: float, high: float) -> Any:
    """A function ``told(done, total)`` for a part of the work that leads from one percentage to another."""
    return lambda done, total: mark(low + (high - low) * done / max(total, 1))
