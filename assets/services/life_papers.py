"""Acts in the life of an asset as a form says them: names, and the paper by its number. 中文：按表办理"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from assets.models import LifeStep
from registry.models import Unit, User
from registry.services.entry_papers import Paper, party_of, source_of
from registry.services.entry_papers import Said as Named
from registry.services.parties import register_person

from .life import Said, record_step

PARTIES = ("giver", "receiver")


@transaction.atomic
def record_on_paper(
    *, unit: Unit, act: str, by: User | None, paper: Paper, party_kind: str = "", **said: Any
) -> LifeStep:
    """Find or register the parties, the person and the document, then record the act; all or nothing."""
    for name in PARTIES:
        text = (said.pop(name, "") or "").strip()
        if text:
            said[name] = party_of(Named(text, party_kind), unit, by)
    person = (said.pop("person", "") or "").strip()
    if person:
        said["person"] = register_person(name=person, division=unit.division, by=by)
    facts = Said(source=source_of(paper, unit, by), **said)
    return record_step(unit=unit, act=act, said=facts, by=by)
