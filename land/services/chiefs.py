"""Appoint farmland chiefs and end their terms: a duty of a named person on a place's ground. 中文：田长"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from land.models import ChiefTerm, ResponsibilityArea
from land.models.targets import ChiefLevel
from registry import access, clock
from registry.codes import EntryCode, Level, PartyKind, ShapeNeed, UnitKind
from registry.errors import BadInput, RegistryError
from registry.models import Division, Entry, Party, Source, Unit, User
from registry.models.filling import insert_rows
from registry.queries.divisions import codes_by_division
from registry.rules.engine import evaluate_subjects
from registry.services.acts import record_act
from registry.services.entries import EntryLine, end_entries, open_entries
from registry.services.entry_changes import register_carrier

LEVELS = {
    Level.COUNTY: ChiefLevel.FIRST,
    Level.TOWNSHIP: ChiefLevel.SECOND,
    Level.VILLAGE: ChiefLevel.THIRD,
}


@dataclass(frozen=True, kw_only=True)
class Appointment:
    """Who becomes chief of a place, from which day, on which document."""

    division: Division
    chief: Party
    valid_from: dt.date
    source: Source | None = None
    office: str = ""
    valid_to: dt.date | None = None


@transaction.atomic
def responsibility_area(division: Division, *, by: User | None) -> ResponsibilityArea:
    """The responsibility area of a place; registered when it is asked for first. Raises ``NotAllowed``."""
    access.require(by, "appoint_chief", division)
    place = Division.objects.select_for_update(of=("self",)).get(pk=division.pk)
    known = ResponsibilityArea.objects.filter(division=place).select_related("unit").first()
    if known is not None:
        return known
    if place.level not in LEVELS:
        raise BadInput(
            _("%(place)s has no farmland chief: they are of counties, townships and villages.")
            % {"place": place.name},
            "level",
        )
    code = codes_by_division([place.pk]).get(place.pk) or str(place.pk)
    [unit] = insert_rows(
        [
            Unit(
                code=f"ZRQ-{code}",
                kind=UnitKind.PARCEL,
                name=_("%(place)s, farmland responsibility area") % {"place": place.name},
                division=place,
                state_since=clock.today(),
                shape_need=ShapeNeed.NONE,
            )
        ]
    )
    record_act(
        by=by,
        verb="unit_registered",
        division=place.pk,
        unit=unit,
        subject=f"unit:{unit.code}",
        effective_on=unit.state_since,
        after={"code": unit.code, "name": unit.name, "kind": unit.kind, "state": unit.state},
    )
    return ResponsibilityArea.objects.create(division=place, unit=unit)


@transaction.atomic
def chief_named(name: str, division: Division, *, by: User | None) -> Party:
    """The person of a place who bears a name; registered where nobody does.

    Only the name is written: what else is personal is for the officers of parties. Raises ``BadInput`` for no
    name or several persons of that name, ``NotAllowed``.
    """
    access.require(by, "appoint_chief", division)
    name = " ".join(name.split())
    if not name:
        raise BadInput(_("Enter the name of the person."), "name")
    rows = Party.objects.filter(kind=PartyKind.PERSON, name=name, division__path__startswith=division.path)
    known = list(rows.filter(merged_into=None, active_until=None)[:2])
    if len(known) > 1:
        raise BadInput(_("Several persons here bear this name. Merge their records first."), "several")
    if known:
        return known[0]
    party = Party.objects.create(kind=PartyKind.PERSON, name=name, division=division)
    record_act(
        by=by,
        verb="party_registered",
        division=division,
        subject=f"party:{party.pk}",
        effective_on=clock.today(),
        after={"kind": party.kind, "uscc": ""},
    )
    return party


@transaction.atomic
def appoint_chief(appointment: Appointment, *, by: User | None, reason: str = "") -> Entry:
    """Make somebody the farmland chief of a place. The one before him ends on that day: no day without one.

    Raises ``NotAllowed``, ``BadInput`` for somebody who is no person, for a day before the chief in office
    began, and where somebody holds the office at that time already.
    """
    if appointment.chief.kind != PartyKind.PERSON:
        raise BadInput(_("A farmland chief is a named person, not a body."), "chief")
    area = responsibility_area(appointment.division, by=by)
    _end_before(area.unit, appointment, by)
    [entry] = open_entries(
        [
            EntryLine(
                unit=area.unit,
                code=EntryCode.CHIEF,
                party=appointment.chief,
                valid_from=appointment.valid_from,
                valid_to=appointment.valid_to,
                source=appointment.source,
            )
        ],
        by=by,
        reason=reason,
    )
    ChiefTerm.objects.create(
        entry=entry,
        division=area.division,
        level=LEVELS[Level(area.division.level)],
        office=appointment.office.strip()[:60],
    )
    evaluate_subjects(divisions=[area.division_id])
    return entry


def _end_before(unit: Unit, appointment: Appointment, by: User | None) -> None:
    """End the term of the chief in office on the first day of the next one."""
    terms = Entry.objects.in_force().filter(unit=unit, code=EntryCode.CHIEF).select_related("party")
    for term in terms:
        if appointment.valid_from not in term.valid:
            continue
        if term.party_id == appointment.chief.pk:
            raise BadInput(_("This person is the farmland chief here on that day already."), "chief")
        if term.valid.lower >= appointment.valid_from:
            raise BadInput(
                _("The chief in office began on %(day)s; another one begins later.")
                % {"day": term.valid.lower},
                "valid_from",
            )
        end_entries(
            [term], on=appointment.valid_from, by=by, reason=_("succession"), source=appointment.source
        )


@transaction.atomic
def end_chief(
    *, entry: Entry, on: dt.date, by: User | None, reason: str, source: Source | None = None
) -> Entry:
    """End a chief's term without a successor. R01 finds the village until there is one."""
    if entry.code != EntryCode.CHIEF:
        raise RegistryError(_("This entry is not that of a farmland chief."), "not_a_chief")
    [ended] = end_entries([entry], on=on, by=by, reason=reason, source=source)
    area = ResponsibilityArea.objects.get(unit=ended.unit_id)
    evaluate_subjects(divisions=[area.division_id])
    return ended


def _carry(old: Entry, new: Entry) -> None:
    """A corrected or passed-on duty keeps its level and office."""
    term = ChiefTerm.objects.filter(entry=old).first() if old.code == EntryCode.CHIEF else None
    if term is not None:
        ChiefTerm.objects.create(
            entry=new, division_id=term.division_id, level=term.level, office=term.office
        )


register_carrier(_carry)
