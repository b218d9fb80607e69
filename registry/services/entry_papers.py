"""Acts on entries as a form says them: parties by name, the paper by its number. All or nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from registry import clock
from registry.codes import UnitState
from registry.errors import BadInput
from registry.models import Entry, Party, Source, Unit, User
from registry.queries.holders import party_named
from registry.rules.engine import evaluate_units

from .entries import EntryLine, end_entries, open_entries
from .entry_changes import correct_entry, transfer_entry
from .parties import PartyAsk, PartyBook, register_person
from .sources import register_source
from .units import change_state


@dataclass(frozen=True, kw_only=True)
class Paper:
    """The document an act rests on: one of the register, or a new one as it is described; or none."""

    source: Source | None = None
    kind: str = ""
    number: str = ""
    title: str = ""
    issuer: str = ""
    issued_on: dt.date | None = None


@dataclass(frozen=True)
class Said:
    """A party as it was typed; ``kind`` registers one that is not there yet."""

    name: str
    kind: str = ""


def source_of(paper: Paper, unit: Unit, by: User | None) -> Source | None:
    """The registered document of a paper; a new one is registered."""
    if paper.source is not None or not paper.kind:
        return paper.source
    return register_source(
        kind=paper.kind,
        division=unit.division,
        by=by,
        number=paper.number,
        title=paper.title,
        issuer=paper.issuer,
        issued_on=paper.issued_on,
    )


def party_of(said: Said, unit: Unit, by: User | None) -> Party:
    """The party of a name near the unit, or a new one of the kind that was given. Raises ``BadInput``."""
    known = party_named(unit, said.name)
    if known is not None:
        return known
    if not said.kind:
        raise BadInput(
            _("Nobody called %(name)s is registered here. Choose the kind to register a new party.")
            % {"name": said.name},
            "no_party",
        )
    book = PartyBook([ask := PartyAsk(said.kind, said.name.strip(), unit.division_id)])
    book.register(by=by, batch=None)
    return book[ask]


@transaction.atomic
def open_on_paper(
    *,
    unit: Unit,
    code: str,
    holders: Sequence[tuple[Said, Fraction]],
    valid_from: dt.date,
    by: User | None,
    paper: Paper,
    valid_to: dt.date | None = None,
    person: str = "",
    debtor: Said | None = None,
    authority: str = "",
    reason: str = "",
) -> list[Entry]:
    """Open an entry for one holder or several. 中文：登记事项设立"""
    source = source_of(paper, unit, by)
    agent = register_person(name=person, division=unit.division, by=by) if person.strip() else None
    owing = party_of(debtor, unit, by) if debtor else None
    lines = [
        EntryLine(
            unit=unit,
            code=code,
            party=party_of(said, unit, by),
            share=share,
            valid_from=valid_from,
            valid_to=valid_to,
            agent=agent,
            debtor=owing,
            source=source,
            authority=authority,
        )
        for said, share in holders
    ]
    made = open_entries(lines, by=by, reason=reason)
    evaluate_units([unit.pk], as_of=clock.today())
    return made


@transaction.atomic
def end_on_paper(
    *, entry: Entry, on: dt.date, by: User | None, reason: str, paper: Paper, together: bool = False
) -> list[Entry]:
    """End an entry; ``together`` with those of its joint holders of the day before. 中文：登记事项终止"""
    source = source_of(paper, entry.unit, by)
    ending = [entry]
    if together:
        joint = Entry.objects.on(on - dt.timedelta(days=1)).filter(unit=entry.unit_id, code=entry.code)
        ending += list(joint.exclude(pk=entry.pk))
    ended = end_entries(ending, on=on, by=by, reason=reason, source=source)
    evaluate_units([entry.unit_id], as_of=clock.today())
    return ended


@transaction.atomic
def transfer_on_paper(
    *,
    entry: Entry,
    to: Sequence[tuple[Said, Fraction]],
    on: dt.date,
    by: User | None,
    reason: str,
    paper: Paper,
    authority: str = "",
) -> list[Entry]:
    """Pass an entry on to parties that were typed. 中文：登记事项转移"""
    return transfer_entry(
        entry=entry,
        to=[(party_of(said, entry.unit, by), share) for said, share in to],
        on=on,
        by=by,
        reason=reason,
        source=source_of(paper, entry.unit, by),
        authority=authority,
    )


@transaction.atomic
def correct_on_paper(
    *, entry: Entry, by: User | None, reason: str, paper: Paper, party: Said | None = None, **right: Any
) -> Entry:
    """Put an entry right; the party by name, the paper where another one is given. 中文：登记事项更正"""
    if party is not None:
        right["party"] = party_of(party, entry.unit, by)
    source = source_of(paper, entry.unit, by)
    if source is not None:
        right["source"] = source
    return correct_entry(entry=entry, by=by, reason=reason, **right)


@transaction.atomic
def state_on_paper(
    *, unit: Unit, state: UnitState, on: dt.date, by: User | None, reason: str, paper: Paper
) -> Unit:
    """Record another state on the strength of a paper. 中文：状态变更"""
    return change_state(
        unit=unit, state=state, on=on, by=by, reason=reason, source=source_of(paper, unit, by)
    )
