"""Recorded time: history by statement-level triggers, so that SQL, QGIS and bulk updates are kept too.

The actor, the request and the reason come from ``pghistory.context``. Event rows are append-only.
"""

from collections.abc import Callable
from typing import TypeVar

import pghistory
import pghistory.models
import pgtrigger
from django.contrib.gis.db import models

T = TypeVar("T", bound=type[models.Model])


class SessionUser(models.Func):
    """The database role that signed in: who wrote where no program said who acts."""

    template = "session_user"
    arity = 0


class Event(pghistory.models.Event):
    """What every event row holds beside the fact: when, in which act's context, by which database role."""

    pgh_role = models.CharField(max_length=63, db_default=SessionUser(output_field=models.CharField()))

    class Meta:
        abstract = True


def tracked(*, exclude: list[str] | None = None) -> Callable[[T], T]:
    """Class decorator: keep every insert, update and delete of a model as an event row."""
    return pghistory.track(  # type: ignore[return-value]
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        exclude=exclude,
        base_model=Event,
        level=pgtrigger.Statement,
        append_only=True,
    )
