"""Pass entries on from a day 登记事项移转: the old ones end, new ones open with the same terms; set-based.

Used where one act moves many entries: a person's duties to the successor, the entries of a merged village's
collective to the new one. What begins only later is taken back by the act and opened for the new holder.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from registry import access
from registry.errors import RegistryError
from registry.models import Act, Division, Entry, Source, User

from . import entry_changes
from .acts import ActLine, record_acts
from .entries import describe


def follow(old: Entry, new: Entry) -> None:
    """What apps hold on an entry (terms) goes over with it; what the new one has already stays its own."""
    for carry in entry_changes.carriers():
        try:
            with transaction.atomic():
                carry(old, new)
        except IntegrityError:
            continue


@dataclass(frozen=True)
class Passing:
    """Entries that end, and the one that continues them (unsaved, with its number)."""

    old: tuple[Entry, ...]
    new: Entry

    @property
    def words(self) -> dict[str, object]:
        """As the book keeps it."""
        return {"unit": self.new.unit_id, "old": [entry.pk for entry in self.old], "new": self.new.pk}


def next_keys(model: type[Model], count: int) -> list[int]:
    """Numbers for rows that an act must name before they are written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def from_day(entries: QuerySet, on: dt.date) -> list[Entry]:
    """Entries in force that hold on the day or begin later, locked in order."""
    rows = entries.filter(annulled=None, corrected_by=None).filter(valid__overlap=DateRange(on, None))
    locked = rows.select_for_update(of=("self",)).select_related("unit__division")
    return list(locked.order_by("pk"))


def continued(entry: Entry, key: int, on: dt.date, **changes: object) -> Entry:
    """A copy of an entry from the day on, with other holders or another share."""
    new = Entry(
        pk=key,
        unit=entry.unit,
        kind=entry.kind,
        code=entry.code,
        party_id=entry.party_id,
        agent_id=entry.agent_id,
        debtor_id=entry.debtor_id,
        share_num=entry.share_num,
        share_den=entry.share_den,
        valid=DateRange(max(on, entry.valid.lower), entry.valid.upper),
        source=entry.source,
        authority=entry.authority,
    )
    for name, value in changes.items():
        setattr(new, name, value)
    return new


def overlap(one: DateRange, other: DateRange) -> bool:
    """Whether two half-open periods share a day."""
    ends = (one.upper or dt.date.max, other.upper or dt.date.max)
    return max(one.lower, other.lower) < min(ends)


def require_everywhere(by: User | None, verb: str, keys: Iterable[int]) -> None:
    """The user may ``verb`` in every one of these divisions. Raises ``NotAllowed``; one query."""
    if by is None:
        return
    for division in Division.objects.filter(pk__in=set(keys)).order_by("path"):
        access.require(by, verb, division)


def write(
    passings: Sequence[Passing],
    *,
    act: Act,
    on: dt.date,
    by: User | None,
    reason: str = "",
    source: Source | None = None,
) -> None:
    """Write the passings of an act: a handful of statements. Raises ``RegistryError`` where one overlaps."""
    old = [entry for passing in passings for entry in passing.old]
    before = {entry.pk: describe(entry) for entry in old}
    running = [entry for entry in old if entry.valid.lower < on]
    for entry in running:
        entry.valid = DateRange(entry.valid.lower, on)
    Entry.objects.bulk_update(running, ["valid"], batch_size=500)
    later = {entry.pk for entry in old} - {entry.pk for entry in running}
    Entry.objects.filter(pk__in=later).update(annulled=act)
    try:
        with transaction.atomic():
            Entry.objects.bulk_create([passing.new for passing in passings], batch_size=500)
    except IntegrityError as error:
        raise RegistryError(
            _("The successor already holds one of these entries in that period. End that entry first."),
            "overlap",
        ) from error
    for passing in passings:
        for entry in passing.old:
            follow(entry, passing.new)
    record_acts([*_ended(old, before, on, reason, source), *_opened(passings, reason, source)], by=by)


def _ended(
    old: list[Entry], before: dict[int, dict], on: dt.date, reason: str, source: Source | None
) -> list[ActLine]:
    return [
        ActLine(
            verb="entry_ended",
            division=entry.unit.division_id,
            unit=entry.unit_id,
            subject=f"entry:{entry.pk}",
            reason=reason,
            effective_on=on,
            source=source,
            before=before[entry.pk],
            after=describe(entry),
        )
        for entry in old
    ]


def _opened(passings: Sequence[Passing], reason: str, source: Source | None) -> list[ActLine]:
    return [
        ActLine(
            verb="entry_opened",
            division=passing.new.unit.division_id,
            unit=passing.new.unit_id,
            subject=f"entry:{passing.new.pk}",
            reason=reason,
            effective_on=passing.new.valid.lower,
            source=source,
            after=describe(passing.new),
        )
        for passing in passings
    ]
