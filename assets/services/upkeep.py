"""Name who keeps an asset up; record inspections. 中文：落实管护、巡查登记"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from assets.models import Inspection, UpkeepTerms
from registry import access, clock
from registry.codes import EntryCode
from registry.errors import RegistryError
from registry.models import Entry, Party, Source, Unit, User
from registry.rules.engine import evaluate_units
from registry.services.acts import record_act
from registry.services.entries import EntryLine, describe, end_entries, open_entries

TERMS = ("standard", "annual_budget", "budget_source", "welfare_post")


@transaction.atomic
def name_keeper(
    *,
    unit: Unit,
    body: Party,
    person: Party | None,
    source: Source | None,
    valid_from: dt.date,
    by: User | None,
    reason: str = "",
    **given: str | Decimal | None,
) -> Entry:
    """Name the upkeep body and the responsible person of a unit from a day on, all or nothing.

    The duty that is current on that day ends there; ``given`` are the new one's terms (``TERMS``), those that
    are not given go on. Raises ``RegistryError`` when the day is not after the begin of the current duty or a
    later duty is registered.
    """
    if given.keys() - set(TERMS):
        raise TypeError(f"no such terms: {sorted(given.keys() - set(TERMS))}")
    locked = Unit.objects.select_for_update(of=("self",)).select_related("division").get(pk=unit.pk)
    access.require(by, "open_entry", locked.division)
    duties = Entry.objects.in_force().filter(unit=locked, code=EntryCode.UPKEEP)
    _refuse_person(person, valid_from)
    _refuse_day(duties, locked, valid_from)
    current = list(duties.filter(valid__contains=valid_from).select_related("upkeep_terms"))
    before = [describe(entry) for entry in current]
    end_entries(current, on=valid_from, by=by, reason=reason, source=source, check=False)
    line = EntryLine(
        unit=locked, code=EntryCode.UPKEEP, party=body, agent=person, valid_from=valid_from, source=source
    )
    entry = open_entries([line], by=by, reason=reason)[0]
    UpkeepTerms.objects.create(entry=entry, **_terms(given, current))
    _record_keeper(entry, before, locked, by, reason)
    evaluate_units([locked.pk], as_of=clock.today())
    return entry


def _record_keeper(entry: Entry, before: list[Any], unit: Unit, by: User | None, reason: str) -> None:
    record_act(
        by=by,
        verb="keeper_named",
        division=unit.division_id,
        unit=unit,
        source=entry.source,
        subject=f"entry:{entry.pk}",
        reason=reason,
        effective_on=entry.valid.lower,
        before=before,
        after=describe(entry),
    )


def _refuse_person(person: Party | None, day: dt.date) -> None:
    if person is not None and person.active_until and person.active_until <= day:
        raise RegistryError(
            _("%(person)s left on %(left)s and cannot be named from %(day)s on.")
            % {"person": person.name, "left": person.active_until, "day": day},
            "keeper_left",
        )


def _refuse_day(duties: Any, unit: Unit, day: dt.date) -> None:
    later = duties.filter(valid__startswith__gte=day).order_by("valid__startswith").first()
    if later is not None:
        raise RegistryError(
            _(
                "%(unit)s has an upkeep duty that begins on %(later)s. "
                "Choose a later day, or correct that duty."
            )
            % {"unit": unit.name, "later": later.valid.lower},
            "later_duty",
        )


def _terms(given: dict[str, Any], current: list[Entry]) -> dict[str, Any]:
    """The terms given; what is not given goes on from the only duty that ends."""
    old = getattr(current[0], "upkeep_terms", None) if len(current) == 1 else None
    terms = {}
    for name in TERMS:
        value = given[name] if given.get(name) is not None else getattr(old, name, None)
        terms[name] = value if name == "annual_budget" else value or ""
    return terms


def carry_terms(old: Entry, new: Entry) -> None:
    """The terms of an upkeep duty go over to the entry that follows or corrects it."""
    terms = UpkeepTerms.objects.filter(entry=old).first()
    if terms is not None and new.code == EntryCode.UPKEEP:
        UpkeepTerms.objects.create(entry=new, **{name: getattr(terms, name) for name in TERMS})


@transaction.atomic
def record_inspection(
    *,
    unit: Unit,
    inspected_on: dt.date,
    condition: str,
    by: User | None,
    inspector: str = "",
    defect: str = "",
    handled_on: dt.date | None = None,
    remark: str = "",
) -> Inspection:
    """Record an observation of a unit's condition. It changes no legal fact. 中文：巡查登记

    Raises ``RegistryError`` for a day in the future and for an inspection that is recorded already.
    """
    access.require(by, "record_inspection", unit.division)
    if inspected_on > clock.today():
        raise RegistryError(_("An inspection cannot lie in the future; check the date."), "future_date")
    if unit.annulled_id is not None:
        raise RegistryError(
            _("%(unit)s was taken back with its import; it cannot be inspected.") % {"unit": unit.name},
            "unit_annulled",
        )
    try:
        with transaction.atomic():
            inspection = Inspection.objects.create(
                unit=unit,
                inspected_on=inspected_on,
                inspector=inspector or (by.get_full_name() if by else ""),
                condition=condition,
                defect=defect,
                handled_on=handled_on,
                remark=remark,
            )
    except IntegrityError as error:
        raise RegistryError(_inspection_sentence(error), "inspection_refused") from error
    record_act(
        by=by,
        verb="inspection_recorded",
        division=unit.division_id,
        unit=unit,
        subject=f"inspection:{inspection.pk}",
        effective_on=inspected_on,
        after={"condition": condition, "defect": defect},
    )
    evaluate_units([unit.pk], as_of=clock.today())
    return inspection


def _inspection_sentence(error: IntegrityError) -> str:
    if "inspection_once" in str(error):
        return _("This inspection of that day by that person is recorded already.")
    if "inspection_handled_after" in str(error):
        return _("A defect cannot be handled before it is found; check the two dates.")
    return _("The inspection was refused by the register: %(why)s") % {"why": str(error).splitlines()[0]}
