"""What happened to assets of the demo, recorded by the services of officers. 中文：演示资产生命周期"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pghistory

from assets.forms_life import PAPER_KINDS
from assets.models import LifeStep
from assets.services.life_papers import record_on_paper
from maps.demo_assemblies import facts_of, meeting_of
from registry.models import Decision, SourceKind, Unit, User
from registry.queries.divisions import division_by_code
from registry.services.decisions import register_decision
from registry.services.entry_papers import Paper
from registry.services.notices import Posting, register_notice


def record_lives(path: Path, by: User) -> int:
    """Everything of ``lives.json``, once, in the order of its days; gives how many acts there are now."""
    facts = json.loads(path.read_text(encoding="utf-8"))
    if LifeStep.objects.exists():
        return 0
    lines = [*facts["decisions"], *facts["notices"]]
    places = {line["village"]: division_by_code(line["village"]) for line in lines}
    codes = {code for line in lines for code in line["units"]} | {line["unit"] for line in facts["acts"]}
    units = {unit.code: unit for unit in Unit.objects.filter(code__in=codes).select_related("division")}
    with pghistory.context(user=by.pk):
        for line in facts["decisions"]:
            named = _things(line, units)
            meeting = meeting_of({**line, "units": named}, places)
            register_decision(division=places[line["village"]], meeting=meeting, by=by)
        for line in facts["notices"]:
            posting = Posting(**facts_of({**line, "units": _things(line, units)}))
            register_notice(division=places[line["village"]], posting=posting, by=by)
        for line in sorted(facts["acts"], key=lambda line: line["on"]):
            _record(line, units, by)
    return len(facts["acts"])


def _things(line: dict[str, Any], units: dict[str, Unit]) -> tuple[Unit, ...]:
    return tuple(units[code] for code in line["units"])


def _record(line: dict[str, Any], units: dict[str, Unit], by: User) -> None:
    said = facts_of({**line, "deadline_on": line.get("deadline")})
    deadline = said.pop("deadline_on")
    said |= {"deadline": deadline} if deadline else {}
    unit, act = units[said.pop("unit")], said.pop("act")
    number = said.pop("paper", "")
    kind = PAPER_KINDS.get(act, SourceKind.DECISION)
    paper = Paper(kind=kind, number=number, issued_on=said["on"]) if number else Paper()
    if "decision" in said:
        said["decision"] = Decision.objects.get(title=said["decision"])
    record_on_paper(unit=unit, act=act, by=by, paper=paper, **said)
