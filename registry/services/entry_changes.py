"""Transfer, correct, strike entries 转移、更正、撤除登记事项: all-or-nothing, under the lock of the unit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db import DataError, IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from registry import access, clock
from registry.errors import BadInput, RegistryError
from registry.models import Entry, Party, Source, Unit, User
from registry.rules.engine import evaluate_units

from .acts import record_act
from .entries import describe, lock_entries, refuse_broken, refuse_end, verb_of, write_entries
from .shares import refuse_gaps

_CARRIERS: list[Callable[[Entry, Entry], None]] = []
RIGHT_VALUES = ("party", "agent", "debtor", "share", "valid_from", "valid_to", "source", "authority")


def register_carrier(carry: Callable[[Entry, Entry], None]) -> None:
    """Apps that hold more facts on an entry (terms) carry them over from (old row, row that follows)."""
    _CARRIERS.append(carry)


def carriers() -> tuple[Callable[[Entry, Entry], None], ...]:
    """What apps carry over, for acts that pass entries on by themselves."""
    return tuple(_CARRIERS)


def _carry(old: Entry, new: Entry) -> None:
    for carry in _CARRIERS:
        carry(old, new)


@dataclass(frozen=True)
class _Paper:
    """On what the new rows of a transfer rest."""

    source: Source | None
    authority: str


@transaction.atomic
def transfer_entry(
    *,
    entry: Entry,
    to: Sequence[tuple[Party, Fraction]],
    on: dt.date,
    by: User | None,
    reason: str,
    source: Source | None = None,
    authority: str = "",
) -> list[Entry]:
    """Pass an entry on, whole or in part, to one party or several, from a day on. 中文：转移

    Shares are shares of the whole thing: from 3/5 one may give 1/5 and 2/5. The entry ends on the day; what
    is left reopens for the old holder; what a receiver already holds and what he receives become one entry.
    Gives the entries that hold from the day on. Raises ``BadInput`` for shares or parties that do not fit,
    ``RegistryError`` for a day outside the period, ``RuleBroken`` where a rule refuses it.
    """
    units, [old] = lock_entries([entry])
    unit = units[old.unit_id]
    access.require(by, verb_of(old.code), unit.division)
    _refuse_transfer(old, to, on)
    ended, rows = _after_transfer(old, to, on, _Paper(source, authority))
    before = [describe(row) for row in ended]
    for row in ended:
        row.valid = DateRange(row.valid.lower, on)
    Entry.objects.bulk_update(ended, ["valid"])
    made = write_entries([row for _past, row in rows])
    for past, row in rows:
        if past is not None:
            _carry(past, row)
    refuse_gaps(units, {old.code})
    refuse_broken(units, on)
    record_act(
        by=by,
        verb="entry_transferred",
        division=unit.division_id,
        unit=unit,
        subject=f"entry:{old.pk}",
        reason=reason,
        effective_on=on,
        source=source,
        before=before,
        after=[describe(row) for row in made],
    )
    evaluate_units([unit.pk], as_of=clock.today())
    return made


def _refuse_transfer(old: Entry, to: Sequence[tuple[Party, Fraction]], on: dt.date) -> None:
    refuse_end(old, on)
    _refuse_receivers(old, to)
    if on == old.valid.upper:
        raise RegistryError(
            _("The entry ends on %(day)s anyway; from that day on there is nothing to pass on.")
            % {"day": on},
            "bad_period",
        )


def _refuse_receivers(old: Entry, to: Sequence[tuple[Party, Fraction]]) -> None:
    keys = [party.pk for party, _share in to]
    if not to:
        raise BadInput(_("Say who receives it, and which share."), "no_receiver")
    if len(set(keys)) < len(keys):
        raise BadInput(_("Each party receives once; put its shares together."), "receiver_twice")
    if old.party_id in keys:
        raise BadInput(
            _("%(party)s holds it already. Give only the shares that others receive.")
            % {"party": old.party.name},
            "receiver_holds",
        )
    total = sum((share for _party, share in to), Fraction(0))
    if any(share <= 0 for _party, share in to) or total > old.share:
        raise BadInput(
            _("%(party)s holds %(held)s; shares of together %(total)s cannot be passed on from it.")
            % {"party": old.party.name, "held": old.share, "total": total},
            "bad_shares",
        )


def _after_transfer(
    old: Entry, to: Sequence[tuple[Party, Fraction]], on: dt.date, paper: _Paper
) -> tuple[list[Entry], list[tuple[Entry | None, Entry]]]:
    """The entries that end on the day, and the rows that follow: (the row that it goes on from, new row)."""
    until = old.valid.upper
    held = {
        row.party_id: row
        for row in Entry.objects.on(on).select_for_update().filter(
            unit=old.unit_id, code=old.code, party__in=[party.pk for party, _share in to]
        )
    }  # fmt: skip
    ended: list[Entry] = [old]
    rows: list[tuple[Entry | None, Entry]] = []
    left = old.share - sum((share for _party, share in to), Fraction(0))
    if left:
        rows.append((old, _follow(old, left, on, until)))
    for party, share in to:
        past = held.get(party.pk)
        if past is None:
            rows.append((None, _receive(old, party, share, (on, until), paper)))
            continue
        refuse_end(past, on)
        ended.append(past)
        both = min((day for day in (until, past.valid.upper) if day), default=None)
        rows.append((past, _receive(old, party, past.share + share, (on, both), paper, past.agent_id)))
        if past.valid.upper != both:
            rows.append((past, _follow(past, past.share, both, past.valid.upper)))
        if until != both:
            rows.append((None, _receive(old, party, share, (both, until), paper)))
    return ended, rows


def _follow(old: Entry, share: Fraction, begin: dt.date | None, end: dt.date | None) -> Entry:
    """The same holder's entry from a day on, with another share."""
    return _copy(old, share_num=share.numerator, share_den=share.denominator, valid=DateRange(begin, end))


def _copy(old: Entry, **values: Any) -> Entry:
    names = ("unit_id", "kind", "code", "party_id", "agent_id", "debtor_id", "share_num", "share_den",
             "valid", "source_id", "authority")  # fmt: skip
    return Entry(**{name: getattr(old, name) for name in names} | values)


def _receive(
    old: Entry,
    party: Party,
    share: Fraction,
    period: tuple[dt.date | None, dt.date | None],
    paper: _Paper,
    agent: int | None = None,
) -> Entry:
    return _copy(
        old,
        party_id=party.pk,
        agent_id=agent,
        share_num=share.numerator,
        share_den=share.denominator,
        valid=DateRange(*period),
        source_id=paper.source.pk if paper.source else None,
        authority=paper.authority,
    )


@transaction.atomic
def correct_entry(*, entry: Entry, by: User | None, reason: str, **right: Any) -> Entry:
    """Put a wrong entry right: the wrong one stays readable, marked with the one that replaces it. 中文：更正

    ``right`` holds the values that were wrong (``RIGHT_VALUES``); the rest is taken over. The shares of a
    whole code stay whole. Raises ``BadInput`` for no reason, no difference or unknown values,
    ``RegistryError`` and ``RuleBroken`` as for opening.
    """
    if right.keys() - set(RIGHT_VALUES):
        raise TypeError(f"no values of an entry: {sorted(right.keys() - set(RIGHT_VALUES))}")
    units, [wrong] = lock_entries([entry])
    unit = units[wrong.unit_id]
    access.require(by, verb_of(wrong.code), unit.division)
    _refuse_no_reason(reason)
    better = _copy(wrong, **_columns(wrong, right))
    if describe(better) == describe(wrong):
        raise BadInput(_("Nothing differs from the entry. Change what is wrong in it."), "no_difference")
    made = _replace(wrong, better)
    _carry(wrong, made)
    refuse_gaps(units, {wrong.code})
    refuse_broken(units, clock.today())
    _record_correction(wrong, unit, by, reason, made)
    return made


def _columns(wrong: Entry, right: dict[str, Any]) -> dict[str, Any]:
    """Right values as columns of the row."""
    values = dict(right)
    share = values.pop("share", wrong.share)
    begin = values.pop("valid_from", wrong.valid.lower)
    end = values.pop("valid_to", wrong.valid.upper)
    if end is not None and end <= begin:
        raise BadInput(_("An entry begins on a day and does not end before it."), "bad_period")
    columns = {"share_num": share.numerator, "share_den": share.denominator, "valid": DateRange(begin, end)}
    for name, value in values.items():
        columns |= {name: value} if name == "authority" else {f"{name}_id": value.pk if value else None}
    return columns


def _replace(wrong: Entry, better: Entry) -> Entry:
    """Write the right row and mark the wrong one; the marking comes first, so that the two never overlap."""
    try:
        with transaction.atomic():
            better.pk = _next_key()
            wrong.corrected_by_id = better.pk
            wrong.save(update_fields=["corrected_by"])
            return write_entries([better])[0]
    except (IntegrityError, DataError) as error:
        raise RegistryError(
            _("The entry was refused by the register: %(why)s") % {"why": str(error).splitlines()[0]},
            "refused",
        ) from error


def _next_key() -> int:
    """A key of its own for a row that another one points to before it is written (deferred foreign key)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('registry_entry', 'id'))")
        return int(cursor.fetchone()[0])


@transaction.atomic
def strike_entry(*, entry: Entry, by: User | None, reason: str, check: bool = True) -> Entry:
    """Take back an entry that should never have been: it stays readable, marked by the act. 中文：撤除

    Raises ``RuleBroken`` where the shares that are left are not whole (unless ``check`` is off).
    """
    units, [wrong] = lock_entries([entry])
    unit = units[wrong.unit_id]
    access.require(by, verb_of(wrong.code), unit.division)
    _refuse_no_reason(reason)
    wrong.annulled = _record_correction(wrong, unit, by, reason, None, evaluate=False)
    wrong.save(update_fields=["annulled"])
    if check:
        refuse_gaps(units, {wrong.code})
        refuse_broken(units, clock.today())
    evaluate_units([unit.pk], as_of=clock.today())
    return wrong


def _refuse_no_reason(reason: str) -> None:
    if not reason.strip():
        raise BadInput(_("Say what was wrong and how it is known; it stands in the book."), "no_reason")


def _record_correction(
    wrong: Entry, unit: Unit, by: User | None, reason: str, made: Entry | None, evaluate: bool = True
) -> Any:
    act = record_act(
        by=by,
        verb="entry_corrected",
        division=unit.division_id,
        unit=unit,
        subject=f"entry:{wrong.pk}",
        reason=reason,
        effective_on=wrong.valid.lower,
        source=made.source if made else None,
        before=describe(wrong),
        after=describe(made) if made else None,
    )
    if evaluate:
        evaluate_units([unit.pk], as_of=clock.today())
    return act
