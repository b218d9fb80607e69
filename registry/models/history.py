"""Recorded time: history by statement-level triggers, so that SQL, QGIS and bulk updates are kept too.

The actor, the request and the reason come from ``pghistory.context``. Event rows are append-only.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar

import pghistory
import pghistory.models
import pgtrigger
from django.contrib.gis.db import models
from django.db.models import Exists, OuterRef

T = TypeVar("T", bound=type[models.Model])


class SessionUser(models.Func):
    """The database role that signed in: who wrote where no program said who acts."""

    template = "session_user"
    arity = 0


class TransactionNumber(models.Func):
    """The number of the writing transaction: what an act and the rows that it wrote have in common."""

    template = "txid_current()"
    arity = 0


def transaction_number() -> models.BigIntegerField:
    """A column that the database fills with the number of the writing transaction."""
    return models.BigIntegerField(db_default=TransactionNumber(output_field=models.BigIntegerField()))


class Event(pghistory.models.Event):
    """What every event row holds beside the fact: when, in which context and transaction, by which role."""

    pgh_role = models.CharField(max_length=63, db_default=SessionUser(output_field=models.CharField()))
    pgh_tx = transaction_number()

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
        meta={"indexes": [models.Index(fields=["pgh_obj", "pgh_id"])]},
        level=pgtrigger.Statement,
        append_only=True,
    )


def as_recorded(model: Any, instant: dt.datetime) -> Any:
    """What the book said of a tracked model at an instant: its event rows, the last of each row's life.

    They answer to the same field names and to the same queries (``in_force``, ``on``, ``as_of``,
    ``visible_to``) as the model itself; places and papers that they point to are those of today. A row counts
    from the begin of the transaction that wrote it.
    """
    event = model.events.rel.related_model
    later = event.objects.filter(
        pgh_obj_id=OuterRef("pgh_obj_id"), pgh_id__gt=OuterRef("pgh_id"), pgh_created_at__lte=instant
    )
    rows = type(model.objects.all())(model=event)
    return rows.filter(pgh_created_at__lte=instant).exclude(pgh_label="delete").filter(~Exists(later))
