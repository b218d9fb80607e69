"""Findings as sentences."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from registry.codes import EntryCode, Reading, UnitState
from registry.models import Finding
from registry.rules import get

_LABELS = {"code": EntryCode, "state": UnitState}


def sentence(finding: Finding) -> str:
    """The finding's sentence in the reader's language, made from its details."""
    rule = get(finding.rule)
    if rule is None:
        return finding.rule
    template = rule.no_data if finding.reading == Reading.NO_DATA and rule.no_data else rule.message
    details: dict[str, Any] = dict(finding.details)
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
