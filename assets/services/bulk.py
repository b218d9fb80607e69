"""Name one keeper for many assets at once, all or nothing. 中文：批量落实管护"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from assets.models import UpkeepTerms
from registry import access, clock
from registry.codes import PRIVATE_KINDS, EntryCode, PartyKind
from registry.errors import BadInput, RowsRefused
from registry.models import Division, Entry, Party, Source, Unit, User
from registry.rules.engine import evaluate_units
from registry.services.acts import ActLine, record_acts
from registry.services.entries import EntryLine, describe, end_entries, lock_units, open_entries
from registry.services.parties import PartyAsk, PartyBook, register_person
from registry.services.sources import register_source

from .keepers import township_of


@transaction.atomic
def name_keeper_for_many(
    *,
    units: Sequence[Unit],
    division: Division,
    body_name: str,
    body_kind: str,
    person_name: str,
    phone: str,
    source_kind: str,
    source_number: str,
    source_title: str,
    source_date: dt.date | None,
    valid_from: dt.date,
    by: User | None,
    reason: str = "",
    annual_budget: Decimal | None = None,
    budget_source: str | None = None,
) -> list[Entry]:
    """One body, one person and one paper for all units from a day on; the number of statements is fixed.

    Body and person belong to the township of ``division``, in which all units lie. The duties that are
    current on the day end there. Raises ``RowsRefused`` with every unit that has a duty from that day on or a
    later one, ``BadInput`` for no body, ``NotAllowed``.
    """
    access.require(by, "open_entry", division)
    body, person = _named(division, body_name, body_kind, person_name, phone, by)
    source = register_source(
        kind=source_kind, division=division, by=by, number=source_number, title=source_title,
        issued_on=source_date,
    )  # fmt: skip
    locked = lock_units(unit.pk for unit in units)
    for place in {unit.division_id: unit.division for unit in locked.values()}.values():
        access.require(by, "open_entry", place)
    current = _current(locked, valid_from)
    ending = [entry for entries in current.values() for entry in entries]
    before = {key: [describe(entry) for entry in entries] for key, entries in current.items()}
    end_entries(ending, on=valid_from, by=by, reason=reason, source=source, check=False)
    entries = open_entries(
        [_duty(unit, body, person, valid_from, source) for unit in locked.values()], by=by, reason=reason
    )
    UpkeepTerms.objects.bulk_create(
        UpkeepTerms(entry=entry, annual_budget=annual_budget, budget_source=budget_source or "")
        for entry in entries
    )
    _record(entries, locked, before, source, by, reason)
    evaluate_units(list(locked), as_of=clock.today())
    return entries


def _duty(unit: Unit, body: Party, person: Party | None, day: dt.date, source: Source) -> EntryLine:
    return EntryLine(
        unit=unit, code=EntryCode.UPKEEP, party=body, agent=person, valid_from=day, source=source
    )


def _named(
    division: Division, body_name: str, body_kind: str, person_name: str, phone: str, by: User | None
) -> tuple[Party, Party | None]:
    """The body and the person of the township, found or registered."""
    name, top = body_name.strip(), township_of(division)
    if not name:
        raise BadInput(_("Enter the body that keeps it up."), "no_body")
    known = Party.objects.within(top).filter(name=name, active_until=None)
    body = known.exclude(kind__in=[*PRIVATE_KINDS, PartyKind.GROUP]).order_by("pk").first()
    if body is None:
        book = PartyBook([ask := PartyAsk(body_kind, name, division.pk)])
        book.register(by=by, batch=None)
        body = book[ask]
    person = None
    if person_name.strip():
        person = register_person(name=person_name, division=division, by=by, phone=phone)
    return body, person


def _current(units: dict[int, Unit], day: dt.date) -> dict[int, list[Entry]]:
    """Duties that end on the day, by unit. Raises ``RowsRefused`` for units that have one from then on."""
    current: dict[int, list[Entry]] = defaultdict(list)
    refused: list[tuple[str, str]] = []
    duties = Entry.objects.in_force().filter(unit_id__in=units, code=EntryCode.UPKEEP)
    for entry in duties.order_by("unit_id", "id"):
        unit, upper = units[entry.unit_id], entry.valid.upper
        if entry.valid.lower >= day:
            why = _("has an upkeep duty that begins on %(later)s; choose a later day, or correct that duty.")
            refused.append((str(unit), why % {"later": entry.valid.lower}))
        elif upper is None or upper > day:
            current[entry.unit_id].append(entry)
    if refused:
        raise RowsRefused(
            _("%(count)d of %(total)d refuse it, so nothing was written.")
            % {"count": len({name for name, _why in refused}), "total": len(units)},
            refused,
        )
    return current


def _record(
    entries: list[Entry],
    units: dict[int, Unit],
    before: dict[int, list[dict[str, object]]],
    source: Source | None,
    by: User | None,
    reason: str,
) -> None:
    lines = [
        ActLine(
            verb="keeper_named",
            division=units[entry.unit_id].division_id,
            unit=entry.unit_id,
            source=source,
            subject=f"entry:{entry.pk}",
            reason=reason,
            effective_on=entry.valid.lower,
            before=before.get(entry.unit_id, []),
            after=describe(entry),
        )
        for entry in entries
    ]
    record_acts(lines, by=by)
