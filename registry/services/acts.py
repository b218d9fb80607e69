"""Write acts into the book."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from registry import access, clock
from registry.acts import VERBS
from registry.errors import NotAllowed
from registry.models import Act, Division, ImportBatch, Source, Unit, User
from registry.models.filling import insert_rows


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
    """Write acts in one statement. ``by`` None stands for the command line.

    What was written is looked at again through the user's own door: ``NotAllowed``, and nothing of it stays,
    when a unit or the division of an act no longer lies in his divisions.
    """
    if by is not None and lines:
        _look_again(lines, by)
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
    return insert_rows(acts)


def _look_again(lines: list[ActLine], by: User) -> None:
    units = {key for line in lines if (key := _key(line.unit)) is not None}
    divisions = {key for line in lines if (key := _key(line.division)) is not None}
    if _all_visible(units, divisions, by):
        return
    access.forget(by)  # the act itself may have moved the division of his grant
    if not _all_visible(units, divisions, by):
        raise NotAllowed(
            _(
                "What was to be written lies outside your divisions, so that you could not see it yourself. "
                "Nothing was written. Ask an officer whose divisions cover both places."
            )
        )


def _all_visible(units: set[int], divisions: set[int], by: User) -> bool:
    if units and Unit.objects.visible_to(by).filter(pk__in=units).count() < len(units):
        return False
    return Division.objects.visible_to(by).filter(pk__in=divisions).count() == len(divisions)


def record_act(*, by: User | None, batch: ImportBatch | None = None, **line: Any) -> Act:
    """Write one act."""
    return record_acts([ActLine(**line)], by=by, batch=batch)[0]
