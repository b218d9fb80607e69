"""Write acts into the book."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from registry import clock
from registry.acts import VERBS
from registry.models import Act, Division, ImportBatch, Source, Unit, User


@dataclass(frozen=True, kw_only=True)
class ActLine:
    """One act to be written: what happened to which unit or subject, before and after."""

    verb: str
    division: Division | int
    unit: Unit | int | None = None
    subject: str = ""
    reason: str = ""
    effective_on: dt.date | None = None
    source: Source | int | None = None
    before: Any = None
    after: Any = None


def _key(value: Any) -> int | None:
    return value if value is None or isinstance(value, int) else value.pk


def record_acts(lines: list[ActLine], *, by: User | None, batch: ImportBatch | None = None) -> list[Act]:
    """Write acts in one statement. ``by`` None stands for the command line."""
    now = clock.now()
    name = by.get_full_name() if by else _("command line")
    acts = [
        Act(
            verb=line.verb,
            at=now,
            effective_on=line.effective_on,
            user=by,
            user_name=name,
            reason=line.reason[:255],
            division_id=line.division if isinstance(line.division, int) else line.division.pk,
            unit_id=_key(line.unit),
            source_id=_key(line.source),
            batch=batch,
            subject=line.subject,
            before=line.before,
            after=line.after,
        )
        for line in lines
    ]
    unknown = {line.verb for line in lines} - VERBS.keys()
    if unknown:
        raise ValueError(f"unknown acts: {sorted(unknown)}")
    return Act.objects.bulk_create(acts, batch_size=1000)


def record_act(*, by: User | None, batch: ImportBatch | None = None, **line: Any) -> Act:
    """Write one act."""
    return record_acts([ActLine(**line)], by=by, batch=batch)[0]
