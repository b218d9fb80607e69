"""Name a keeper as a form says it: body and person by name, the paper by its number. 中文：落实管护"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from registry.codes import PRIVATE_KINDS, Level, PartyKind
from registry.errors import BadInput
from registry.models import Division, Entry, Party, Unit, User
from registry.services.parties import PartyAsk, PartyBook, register_person
from registry.services.sources import register_source

from .upkeep import name_keeper


def bodies_near(unit: Unit) -> list[Party]:
    """Bodies of the unit's township that may keep things up; persons and households are not among them."""
    return bodies_of(township_of(unit.division))


def bodies_of(place: Division) -> list[Party]:
    """Bodies of a place that may keep things up."""
    rows = Party.objects.within(place).filter(active_until=None)
    return list(rows.exclude(kind__in=[*PRIVATE_KINDS, PartyKind.GROUP]).order_by("name")[:500])


def township_of(division: Division) -> Division:
    """The township of a place, or the place itself above townships."""
    while division.level in (Level.VILLAGE, Level.NATURAL_VILLAGE) and division.parent is not None:
        division = division.parent
    return division


@transaction.atomic
def name_keeper_on_paper(
    *,
    unit: Unit,
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
) -> Entry:
    """Find or register the body, the person and the document, then name the keeper; all or nothing."""
    name = body_name.strip()
    if not name:
        raise BadInput(_("Enter the body that keeps it up."), "no_body")
    known = [party for party in bodies_near(unit) if party.name == name]
    if known:
        body = known[0]
    else:
        book = PartyBook([ask := PartyAsk(body_kind, name, unit.division_id)])
        book.register(by=by, batch=None)
        body = book[ask]
    person = None
    if person_name.strip():
        person = register_person(name=person_name, division=unit.division, by=by, phone=phone)
    source = register_source(
        kind=source_kind,
        division=unit.division,
        by=by,
        number=source_number,
        title=source_title,
        issued_on=source_date,
    )
    return name_keeper(
        unit=unit,
        body=body,
        person=person,
        source=source,
        valid_from=valid_from,
        by=by,
        reason=reason,
        annual_budget=annual_budget,
        budget_source=budget_source,
    )
