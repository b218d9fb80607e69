"""Meetings and notices of the demo, registered by the services of officers. 中文：演示议决与公示"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pghistory

from registry.models import Decision, Division, Party, User
from registry.queries.divisions import division_by_code
from registry.services.decisions import Meeting, register_decision
from registry.services.notices import Posting, register_notice


def register_assemblies(path: Path, by: User) -> int:
    """Everything of ``assemblies.json``, once; gives how many meetings and notices there are now."""
    facts = json.loads(path.read_text(encoding="utf-8"))
    lines = [*facts["decisions"], *facts["notices"]]
    if Decision.objects.exists():
        return 0
    places = {line["village"]: division_by_code(line["village"]) for line in lines}
    with pghistory.context(user=by.pk):
        for line in facts["decisions"]:
            register_decision(division=places[line["village"]], meeting=meeting_of(line, places), by=by)
        for line in facts["notices"]:
            register_notice(division=places[line["village"]], posting=Posting(**facts_of(line)), by=by)
    return len(lines)


def facts_of(line: dict[str, Any]) -> dict[str, Any]:
    """A line as the services take it: days as days."""
    return {
        key: dt.date.fromisoformat(value)
        if value and (key == "on" or "_on" in key or key.startswith("covers_"))
        else value
        for key, value in line.items()
        if key != "village"
    }


def meeting_of(line: dict[str, Any], places: dict[str, Division]) -> Meeting:
    facts = facts_of(line)
    name, place = facts.pop("collective"), places[line["village"]]
    groups = Party.objects.standing().within(place).filter(name=name)
    return Meeting(**facts | {"matters": tuple(facts["matters"]), "collective": groups.first()})
