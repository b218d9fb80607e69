"""Open and end entries: rights, duties, restrictions. All-or-nothing, under locks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from registry import access
from registry.codes import KIND_OF_CODE, EntryCode
from registry.errors import RegistryError
from registry.models import Entry, ImportBatch, Party, Source, Unit, User
from registry.models.filling import insert_rows
from registry.rules import engine

from .acts import ActLine, record_acts
from .shares import gaps_in_shares, refuse_gaps

__all__ = ["EntryLine", "describe", "end_entries", "gaps_in_shares", "open_entries", "verb_of"]
MONEY_CODES = frozenset({EntryCode.INCOME, EntryCode.DISTRIBUTION})


@dataclass(frozen=True, kw_only=True)
class EntryLine:
    """An entry to be opened."""

    unit: Unit
    code: str
    party: Party
    valid_from: dt.date
    valid_to: dt.date | None = None
    share: Fraction = Fraction(1)
    agent: Party | None = None
    debtor: Party | None = None
    source: Source | None = None
    authority: str = ""


def verb_of(code: str) -> str:
    """The permission that opening, ending or changing an entry of this code needs."""
    if code == EntryCode.CHIEF:
        return "appoint_chief"
    return "open_income" if code in MONEY_CODES else "open_entry"


@transaction.atomic
def open_entries(
    lines: Sequence[EntryLine], *, by: User | None, reason: str = "", batch: ImportBatch | None = None
) -> list[Entry]:
    """Open entries, all or none.

    Shares of a *whole* code (ownership, income, upkeep) must sum to 0 or exactly 1 on every day: refused
    (``RuleBroken``, RIG-02) from the go-live date on, so that history can be recorded as it was; the rule
    RIG-02 then finds it; other rules of severity E refuse what does not come from a file. Raises
    ``NotAllowed`` outside the user's divisions.
    """
    units = lock_units({line.unit.pk for line in lines})
    for verb, key in {(verb_of(line.code), line.unit.pk) for line in lines}:
        access.require(by, verb, units[key].division)
    entries = write_entries([new_entry(line, batch) for line in lines])
    refuse_gaps(units, {line.code for line in lines})
    if batch is None and lines:
        refuse_broken(units, min(line.valid_from for line in lines))
    record_acts(
        [
            ActLine(
                verb="entry_opened",
                division=units[line.unit.pk].division_id,
                unit=line.unit.pk,
                subject=f"entry:{entry.pk}",
                reason=reason,
                effective_on=line.valid_from,
                source=line.source,
                after=describe(entry),
            )
            for line, entry in zip(lines, entries, strict=True)
        ],
        by=by,
        batch=batch,
    )
    return entries


@transaction.atomic
def end_entries(
    entries: Iterable[Entry],
    *,
    on: dt.date,
    by: User | None,
    reason: str,
    source: Source | None = None,
    check: bool = True,
) -> list[Entry]:
    """End entries on a day (the first day on which they no longer hold).

    Raises ``RegistryError`` for a day outside their periods and for entries that were corrected or taken
    back, ``RuleBroken`` where what is left of a whole code is not whole (unless ``check`` is off).
    """
    units, locked = lock_entries(entries)
    lines = []
    for entry in locked:
        unit = units[entry.unit_id]
        access.require(by, verb_of(entry.code), unit.division)
        before = describe(entry)
        refuse_end(entry, on)
        entry.valid = DateRange(entry.valid.lower, on)
        lines.append(
            ActLine(
                verb="entry_ended",
                division=unit.division_id,
                unit=unit.pk,
                subject=f"entry:{entry.pk}",
                reason=reason,
                effective_on=on,
                source=source,
                before=before,
                after=describe(entry),
            )
        )
    Entry.objects.bulk_update(locked, ["valid"])
    if check:
        refuse_gaps(units, {entry.code for entry in locked})
        refuse_broken(units, on)
    record_acts(lines, by=by)
    return locked


def lock_units(keys: Iterable[int]) -> dict[int, Unit]:
    """Units under a lock, always in the same order: whoever changes entries of a unit comes here first."""
    rows = Unit.objects.select_for_update(of=("self",)).select_related("division")
    return {unit.pk: unit for unit in rows.filter(pk__in=set(keys)).order_by("pk")}


def lock_entries(entries: Iterable[Entry]) -> tuple[dict[int, Unit], list[Entry]]:
    """Units and entries under a lock, read anew; an entry that no longer counts is refused in a sentence."""
    given = list(entries)
    units = lock_units(entry.unit_id for entry in given)
    rows = Entry.objects.select_for_update(of=("self",)).filter(pk__in=[entry.pk for entry in given])
    locked = list(rows.select_related("party", "source").order_by("pk"))
    for entry in locked:
        if entry.corrected_by_id or entry.annulled_id:
            raise RegistryError(
                _("This entry was corrected or taken back in the meantime. Look at the unit again."),
                "entry_gone",
            )
    return units, locked


def refuse_end(entry: Entry, on: dt.date) -> None:
    """An entry ends after the day on which it begins and not after the day on which it ends anyway."""
    if on <= entry.valid.lower or (entry.valid.upper and on > entry.valid.upper):
        raise RegistryError(
            _("The entry holds from %(from)s to %(to)s; it cannot end on %(day)s.")
            % {"from": entry.valid.lower, "to": entry.valid.upper or "…", "day": on},
            "bad_period",
        )


def refuse_broken(units: Iterable[int], on: dt.date) -> None:
    """A rule of severity E that the act breaks refuses it with its own sentence."""
    engine.refuse_broken(on=on, units=units)


def new_entry(line: EntryLine, batch: ImportBatch | None = None) -> Entry:
    """The unsaved row of a line."""
    return Entry(
        unit=line.unit,
        kind=KIND_OF_CODE[line.code],
        code=line.code,
        party=line.party,
        agent=line.agent,
        debtor=line.debtor,
        share_num=line.share.numerator,
        share_den=line.share.denominator,
        valid=DateRange(line.valid_from, line.valid_to),
        source=line.source,
        authority=line.authority,
        batch=batch,
    )


def write_entries(rows: Sequence[Entry]) -> list[Entry]:
    """Insert entries; what the database refuses is said in a sentence (``RegistryError``)."""
    try:
        with transaction.atomic():
            return insert_rows(rows)
    except IntegrityError as error:
        raise RegistryError(_overlap_sentence(error), "overlap") from error


def describe(entry: Entry) -> dict[str, Any]:
    """What the book says of an entry, before or after an act."""
    more = {"debtor": entry.debtor_id, "authority": entry.authority, "source": entry.source_id}
    return {
        "code": entry.code,
        "party": entry.party_id,
        "agent": entry.agent_id,
        "share": f"{entry.share_num}/{entry.share_den}",
        "from": entry.valid.lower.isoformat(),
        "to": entry.valid.upper.isoformat() if entry.valid.upper else None,
        **{name: value for name, value in more.items() if value},
    }


def _overlap_sentence(error: IntegrityError) -> str:
    if "entry_exclusive_codes" in str(error):
        return _("Another party already holds this entry in that period. End the earlier entry first.")
    if "entry_share_range" in str(error):
        return _("A share is more than 0 and at most 1.")
    if "entry_valid_begins" in str(error) or "range lower bound" in str(error):
        return _("An entry begins on a day and does not end before it.")
    if "entry_party_once_a_day" in str(error):
        return _("This party already holds this entry in that period. End the earlier entry first.")
    return _("The entry was refused by the register: %(why)s") % {"why": str(error).splitlines()[0]}
