"""Findings as sentences."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from registry.codes import EntryCode, Reading, UnitState
from registry.models import Division, Finding
from registry.models.finding import FindingQuerySet
from registry.rules import get

_LABELS = {"code": EntryCode, "state": UnitState}


def sentence(finding: Finding) -> str:
    """The finding's sentence in the reader's language, made from its details."""
    rule = get(finding.rule)
    if rule is None:
        return finding.rule
    details: dict[str, Any] = dict(finding.details)
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


def title(finding: Finding) -> str:
    """The rule's title."""
    rule = get(finding.rule)
    return str(rule.title) if rule else finding.rule


def remedy(finding: Finding) -> str:
    """What to do about it."""
    rule = get(finding.rule)
    return str(rule.remedy) if rule and rule.remedy else _("Look at the facts and correct them.")


def by_township_and_rule(rows: FindingQuerySet, division: Division) -> dict[Division, dict[str, int]]:
    """Counts of findings per rule and per place directly below a division. Two queries."""
    counts = rows.order_by().values_list("division__path", "rule").annotate(n=Count("pk"))
    below = {
        str(place.pk): place for place in Division.objects.filter(Q(parent=division) | Q(pk=division.pk))
    }
    table: dict[Division, dict[str, int]] = {}
    for path, rule, n in counts:
        rest = path[len(division.path) :].split("/")[0] or str(division.pk)
        place = below.get(rest, division)
        found = table.setdefault(place, {})
        found[rule] = found.get(rule, 0) + n
    return dict(sorted(table.items(), key=lambda item: item[0].path))
