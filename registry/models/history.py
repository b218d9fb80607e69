"""Recorded time: history by statement-level triggers, so that SQL, QGIS and bulk updates are kept too.

The actor, the request and the reason come from ``pghistory.context``. Event rows are append-only.
"""

from collections.abc import Callable
from typing import TypeVar

import pghistory
import pgtrigger
from django.db import models

T = TypeVar("T", bound=type[models.Model])


def tracked(*, exclude: list[str] | None = None) -> Callable[[T], T]:
    """Class decorator: keep every insert, update and delete of a model as an event row."""
    return pghistory.track(  # type: ignore[return-value]
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        exclude=exclude,
        level=pgtrigger.Statement,
        append_only=True,
    )
