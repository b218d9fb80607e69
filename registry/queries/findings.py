"""Findings as sentences, who works on them, and which are late. 中文：问题查询"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from registry import access, display
from registry.codes import PRIVATE_KINDS, EntryCode, FindingOrigin, PartyKind, Reading, Role, UnitState
from registry.models import Division, Finding, Grant, User
from registry.rules import all_rules, get

from .divisions import ancestors_of_path

_LABELS = {"code": EntryCode, "state": UnitState}
# Details that name a person; and details that may name a person or a body.
PERSONS = frozenset({"person", "persons", "agent", "keeper", "inspector", "member", "members", "household"})
HOLDERS = frozenset({"owner", "owners", "holder", "holders", "party", "body", "payee", "operator", "user"})
BODIES = frozenset(PartyKind.values) - PRIVATE_KINDS  # kinds whose names are no secret
LONGEST_NAME = 4
NO_OFFICERS = frozenset({Role.AUDITOR, Role.PUBLIC})


def sentence(finding: Finding, user: Any = None) -> str:
    """The finding's sentence in the reader's language; persons masked for who may not read their names."""
    rule = get(finding.rule)
    if rule is None:
        return finding.text or finding.rule
    details = shown_details(finding, user)
    template = rule.variants.get(details.get("variant", ""), rule.message)
    if finding.reading == Reading.NO_DATA and rule.no_data:
        template = rule.no_data
    for key, choices in _LABELS.items():
        if details.get(key) in choices.values:
            details[key] = choices(details[key]).label
    try:
        return str(template) % details
    except (KeyError, TypeError, ValueError):
        return str(rule.title)


def shown_details(finding: Finding, user: Any = None) -> dict[str, Any]:
    """Details for a reader: names of natural persons are masked without the right to see them."""
    details: dict[str, Any] = dict(finding.details)
    named = [key for key in details if key in PERSONS or key in HOLDERS]
    if named and (user is None or not access.may(user, "see_personal", finding.division)):
        bodies = {key for key in named if details.get(f"{key}_kind", "") in BODIES}
        details |= {key: _masked(details[key], key in PERSONS) for key in named if key not in bodies}
    return details


def _masked(value: Any, person: bool) -> Any:
    if isinstance(value, list):
        return [_masked(item, person) for item in value]
    if not isinstance(value, str) or not value:
        return value
    return display.masked(value) if person or _like_a_person(value) else value


def _like_a_person(name: str) -> bool:
    """A name of four signs at most, or with the dot of longer names, is taken for a person's."""
    return len(name.strip()) <= LONGEST_NAME or "·" in name


def title(finding: Finding) -> str:
    """The rule's title; for the line of a list, the list and the number in it."""
    rule = get(finding.rule)
    if rule is not None:
        return str(rule.title)
    named = " ".join(str(finding.item.get(key) or "") for key in ("list", "no")).strip()
    return named or str(FindingOrigin(finding.origin).label)


def remedy(finding: Finding) -> str:
    """What to do about it."""
    rule = get(finding.rule)
    return str(rule.remedy) if rule and rule.remedy else _("Look at the facts and correct them.")


def of_offices(roles: Any) -> Q:
    """Findings on which one of these offices must act; the rule's office, where none is noted."""
    rules = [rule.id for rule in all_rules() if rule.office in roles]
    return Q(office__in=list(roles)) | Q(office="", rule__in=rules)


def overdue(day: dt.date) -> Q:
    """Findings whose deadline has passed on a day."""
    return Q(due_on__lt=day)


def is_overdue(finding: Finding, day: dt.date) -> bool:
    """Whether an open finding is past its deadline."""
    return finding.closed_on is None and finding.due_on is not None and finding.due_on < day


def officers_of(division: Division, day: dt.date) -> QuerySet[User]:
    """Users whose roles of the day reach a place: the village's clerk up to the county's officers."""
    grants = Grant.objects.on(day).filter(division__in=ancestors_of_path(division.path))
    rows = User.objects.filter(grants__in=grants.exclude(role__in=NO_OFFICERS), is_active=True)
    return rows.distinct().order_by("full_name", "username")
