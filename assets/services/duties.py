"""Write many upkeep duties and terms of a ledger at once, and take them back. 中文：管护责任批量入账"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from assets.models import UpkeepTerms
from registry import access, clock
from registry.codes import EntryCode
from registry.models import Act, Entry, ImportBatch, Party, Unit, User
from registry.models.filling import insert_rows
from registry.services.acts import ActLine, record_acts
from registry.services.entries import EntryLine, describe, lock_units, open_entries

from .upkeep import TERMS, described

WRITTEN = [name for name in TERMS if name != "payer_agreement"]


@dataclass(kw_only=True)
class DutyFacts:
    """A duty as a row states it: terms of the one that holds (``entry_id``), or a new one from a day on."""

    unit: Unit
    terms: dict[str, Any] = field(default_factory=dict)
    entry_id: int | None = None
    body: Party | None = None
    person: Party | None = None
    valid_from: dt.date | None = None


@transaction.atomic
def write_duties(
    facts: Sequence[DutyFacts], *, by: User | None, reason: str, batch: ImportBatch | None
) -> None:
    """New duties, which end those before them, and changed terms; the number of statements is fixed."""
    if not facts:
        return
    units = lock_units(fact.unit.pk for fact in facts)
    for place in {unit.division_id: unit.division for unit in units.values()}.values():
        access.require(by, "open_entry", place)
    _open([fact for fact in facts if fact.body is not None], units, by, reason, batch)
    _change([fact for fact in facts if fact.entry_id is not None], by, reason, batch)


def _open(
    facts: list[DutyFacts], units: dict[int, Unit], by: User | None, reason: str, batch: ImportBatch | None
) -> None:
    begin = {fact.unit.pk: fact.valid_from for fact in facts}
    held = Entry.objects.on(clock.today()).filter(unit__in=begin, code=EntryCode.UPKEEP)
    ending, lines = list(held.select_related("party", "agent", "source")), []
    terms = {row.entry_id: row for row in UpkeepTerms.objects.filter(entry__in=ending)}
    old: dict[int, list[Entry]] = defaultdict(list)
    for entry in ending:
        before, day = describe(entry), begin[entry.unit_id]
        entry.valid = DateRange(entry.valid.lower, day)
        old[entry.unit_id].append(entry)
        lines.append(
            ActLine(
                verb="entry_ended", division=units[entry.unit_id].division_id, unit=entry.unit_id,
                subject=f"entry:{entry.pk}", reason=reason, effective_on=day, before=before,
                after=describe(entry),
            )
        )  # fmt: skip
    Entry.objects.bulk_update(ending, ["valid"], batch_size=500)
    record_acts(lines, by=by, batch=batch)
    made = open_entries([_line(fact) for fact in facts], by=by, reason=reason, batch=batch)
    insert_rows(
        [
            UpkeepTerms(entry=entry, **_going_on(old[fact.unit.pk], terms) | fact.terms)
            for entry, fact in zip(made, facts, strict=True)
        ]
    )


def _line(fact: DutyFacts) -> EntryLine:
    return EntryLine(
        unit=fact.unit, code=EntryCode.UPKEEP, party=fact.body, agent=fact.person,  # type: ignore[arg-type]
        valid_from=fact.valid_from,  # type: ignore[arg-type]
    )  # fmt: skip


def _going_on(old: list[Entry], terms: dict[int, UpkeepTerms]) -> dict[str, Any]:
    """The terms of the only duty that ends go on, where the row says nothing else."""
    known = terms.get(old[0].pk) if len(old) == 1 else None
    return {name: getattr(known, name) for name in TERMS} if known else {}


def _change(facts: list[DutyFacts], by: User | None, reason: str, batch: ImportBatch | None) -> None:
    keys = [fact.entry_id for fact in facts]
    known = {row.entry_id: row for row in UpkeepTerms.objects.select_for_update().filter(entry__in=keys)}
    fresh: list[UpkeepTerms] = []
    changed: list[UpkeepTerms] = []
    lines = []
    for fact in facts:
        row = known.get(fact.entry_id or 0)
        before = described(row) if row else None
        target = row or UpkeepTerms(entry_id=fact.entry_id or 0)
        for name, value in fact.terms.items():
            setattr(target, name, value)
        (changed if row else fresh).append(target)
        lines.append(
            ActLine(
                verb="upkeep_terms_set", division=fact.unit.division_id, unit=fact.unit.pk,
                subject=f"entry:{fact.entry_id}", reason=reason, effective_on=clock.today(), before=before,
                after=described(target),
            )
        )  # fmt: skip
    insert_rows(fresh)
    UpkeepTerms.objects.bulk_update(changed, WRITTEN, batch_size=500)
    record_acts(lines, by=by, batch=batch)


@transaction.atomic
def take_back_duties(*, batch: ImportBatch, act: Act) -> None:
    """Duties of a batch are marked, those that it ended go on, terms that it changed are as before."""
    Entry.objects.filter(batch=batch, annulled=None).update(annulled=act)
    acts = Act.objects.filter(batch=batch)
    ended = {int(a.subject.partition(":")[2]): a.before for a in acts.filter(verb="entry_ended")}
    entries = list(Entry.objects.filter(pk__in=ended))
    for entry in entries:
        until = (ended[entry.pk] or {}).get("to")
        entry.valid = DateRange(entry.valid.lower, dt.date.fromisoformat(until) if until else None)
    Entry.objects.bulk_update(entries, ["valid"], batch_size=500)
    before = {int(a.subject.partition(":")[2]): a.before or {} for a in acts.filter(verb="upkeep_terms_set")}
    rows = list(UpkeepTerms.objects.filter(entry__in=before))
    for row in rows:
        for name in WRITTEN:
            value = before[row.entry_id].get(
                name, None if name in ("annual_budget", "inspection_days") else ""
            )
            setattr(row, name, Decimal(value) if name == "annual_budget" and value is not None else value)
    UpkeepTerms.objects.bulk_update(rows, WRITTEN, batch_size=500)
