"""Jobs, ancillary works, restored land and other own facts of the demo. 中文：演示专项信息"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pghistory

from assets.kinds_more import BY_KEY
from assets.models import WorkshopJobs
from assets.services.own import OwnLine, record
from assets.services.roads import permit_in_zone
from registry.models import SourceKind, Unit, User
from registry.queries.divisions import division_by_code
from registry.services.sources import register_source


def register_networks(path: Path, by: User) -> int:
    """Everything of ``networks.json``, once; gives how many rows were recorded."""
    if WorkshopJobs.objects.exists():
        return 0
    facts = json.loads(path.read_text(encoding="utf-8"))
    rows = _rows(facts)
    codes = {code for lines in rows.values() for code, _values in lines}
    units = {unit.code: unit for unit in Unit.objects.in_force().filter(code__in=codes | _tied(facts))}
    with pghistory.context(user=by.pk):
        for key, lines in rows.items():
            said = [OwnLine(unit=units[code], values=typed(key, values, units)) for code, values in lines]
            record(BY_KEY[key], said, by=by)
        _permits(facts, by)
    return sum(len(lines) for lines in rows.values())


def _permits(facts: dict[str, Any], by: User) -> None:
    """The papers by which things stand in the control zones of roads: one paper for each reason."""
    county = division_by_code("532523")
    papers = {
        reason: register_source(
            kind=SourceKind.DECISION, division=county, by=by, number=number, title=title,
            issued_on=dt.date.fromisoformat(day),
        )
        for reason, (number, day, title) in facts["permit_papers"].items()
    }  # fmt: skip
    named = Unit.objects.in_force().filter(code__in=[code for code, _reason in facts["permits"]])
    units = {unit.code: unit for unit in named}
    for code, reason in facts["permits"]:
        permit_in_zone(unit=units[code], reason=reason, source=papers[reason], by=by)


def _tied(facts: dict[str, Any]) -> set[str]:
    return {asset for _site, _name, asset in facts["works"] if asset}


def _rows(facts: dict[str, Any]) -> dict[str, list[tuple[str, dict[str, Any]]]]:
    """The rows of each kind: the unit's code and its values."""
    rows: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for code, on, jobs, relocated in facts["jobs"]:
        rows["workshop_jobs"].append((code, {"on": on, "jobs": jobs, "relocated": relocated}))
    for site, name, asset in facts["works"]:
        rows["site_works"].append((site, {"kind": "other", "name": name, "asset": asset}))
    for site, place, on, restored in facts["old_houses"]:
        rows["old_houses"].append((site, {"on": on, "place": place, "restored_on": restored}))
    for code, on, area, receiver, restated in facts["transfers"]:
        values = {"on": on, "area_mu": area, "receiver": receiver, "restated_on": restated or None}
        rows["land_transfers"].append((code, values))
    for code, key, values in facts["own"]:
        rows[key].append((code, values))
    return rows


def typed(key: str, values: dict[str, Any], units: dict[str, Unit]) -> dict[str, Any]:
    """Values as the table has them; ``asset`` is a code here."""
    columns: dict[str, Any] = {part.name: BY_KEY[key].column(part) for part in BY_KEY[key].parts}
    return {
        name: (
            units.get(value) if name == "asset" else None if value is None else columns[name].to_python(value)
        )
        for name, value in values.items()
    }
