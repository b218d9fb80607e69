"""Name who keeps an asset up, and on which terms. 中文：落实管护"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assets.models import UpkeepTerms
from registry import access, clock
from registry.codes import EntryCode
from registry.errors import RegistryError
from registry.models import Entry, Party, Source, Unit, User
from registry.rules.engine import evaluate_units
from registry.services.acts import record_act
from registry.services.entries import EntryLine, describe, end_entries, open_entries

TERMS = (
    "standard", "inspection_days", "annual_budget", "budget_source", "welfare_post", "contract", "supervisor",
    "payer", "payer_reason", "payer_agreement",
)  # fmt: skip
NOT_WORDS = frozenset({"annual_budget", "inspection_days", "payer_agreement"})  # unknown is None, not ""


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
    **given: Any,
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
        terms[name] = value if name in NOT_WORDS else value or ""
    return terms


def carry_terms(old: Entry, new: Entry) -> None:
    """The terms of an upkeep duty go over to the entry that follows or corrects it."""
    terms = UpkeepTerms.objects.filter(entry=old).first()
    if terms is not None and new.code == EntryCode.UPKEEP:
        UpkeepTerms.objects.create(entry=new, **{name: getattr(terms, name) for name in TERMS})


@transaction.atomic
def set_terms(*, entry: Entry, by: User | None, reason: str = "", **given: Any) -> UpkeepTerms:
    """Write terms of a duty that stands: standard, frequency, money, who pays, supervisor. 中文：补充管护约定

    Only what is given changes. Raises ``RegistryError`` for an entry that is no duty in force.
    """
    if given.keys() - set(TERMS):
        raise TypeError(f"no such terms: {sorted(given.keys() - set(TERMS))}")
    rows = Entry.objects.in_force().filter(code=EntryCode.UPKEEP).select_for_update(of=("self",))
    locked = rows.select_related("unit__division").filter(pk=entry.pk).first()
    if locked is None:
        raise RegistryError(_("This upkeep duty is no longer in force. Name the keeper first."), "no_duty")
    access.require(by, "open_entry", locked.unit.division)
    terms = UpkeepTerms.objects.filter(entry=locked).first() or UpkeepTerms(entry=locked)
    before = described(terms)
    for name, value in given.items():
        setattr(terms, name, value if name in NOT_WORDS else value or "")
    terms.save()
    record_act(
        by=by,
        verb="upkeep_terms_set",
        division=locked.unit.division_id,
        unit=locked.unit,
        subject=f"entry:{locked.pk}",
        reason=reason,
        effective_on=clock.today(),
        before=before,
        after=described(terms),
    )
    evaluate_units([locked.unit_id], as_of=clock.today())
    return terms


def described(terms: UpkeepTerms) -> dict[str, Any]:
    """The terms as the book keeps them."""
    said = {name: getattr(terms, name) for name in TERMS if name != "payer_agreement"}
    said["annual_budget"] = None if terms.annual_budget is None else f"{terms.annual_budget:.2f}"
    return {**said, "payer_agreement": terms.payer_agreement_id}
