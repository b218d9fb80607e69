"""What the demo records wrongly: rights, a stocktake rule, a change by SQL. 中文：演示问题数据"""

from __future__ import annotations

import datetime as dt
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pghistory
from django.db import connection

from assets.parameters_stocktake import MAX_MONTHS
from assets.rules.rights import OWNER_LEVEL
from registry.codes import EntryCode, Level, PartyKind
from registry.models import Entry, Parameter, Party, SourceKind, Unit, User
from registry.queries.divisions import division_by_code
from registry.services.entries import EntryLine, open_entries
from registry.services.entry_changes import transfer_entry
from registry.services.members import set_members
from registry.services.parameters import set_parameter
from registry.services.parties import register_person
from registry.services.sources import register_source

SHARED_SINCE = dt.date(2016, 1, 1)  # the collective's members on its list


def record_faults(path: Path, by: User, today: dt.date) -> int:
    """Everything of ``faults.json``, once; gives how many facts it recorded."""
    if Parameter.objects.filter(key=OWNER_LEVEL, division__isnull=False).exists():
        return 0
    facts = json.loads(path.read_text(encoding="utf-8"))
    named = {line["unit"] for line in facts["rights"]}
    units = {unit.code: unit for unit in Unit.objects.select_related("division").filter(code__in=named)}
    with pghistory.context(user=by.pk):
        _parameters(facts, by, today)
        for line in facts["members"]:
            _members(line, units[line["unit"]], by)
        for line in facts["rights"]:
            _right(line, units[line["unit"]], by)
    _change_behind(facts["behind"])
    return sum(len(lines) for lines in facts.values() if isinstance(lines, list))


def _parameters(facts: dict[str, Any], by: User, today: dt.date) -> None:
    """Roads belong to the county; one village is counted every half year."""
    begin = dt.date(today.year, 1, 1)
    county, village = division_by_code("532523"), division_by_code(facts["half_yearly"])
    set_parameter(key=OWNER_LEVEL, value=str(Level.COUNTY), division=county, begin=begin,
                  source="屏政办发〔2022〕33号：农村公路产权归县人民政府", by=by)  # fmt: skip
    set_parameter(key=MAX_MONTHS, value=facts["months"], division=village, begin=begin,
                  source="新政发〔2026〕2号：重点村每半年清查一次", by=by)  # fmt: skip


def _members(line: dict[str, Any], unit: Unit, by: User) -> None:
    people = [register_person(name=name, division=unit.division, by=by) for name in line["members"]]
    owner = _owner(unit).party
    share = Fraction(1, len(people))
    set_members(group=owner, on=SHARED_SINCE, members=[(one, share) for one in people], by=by)


def _owner(unit: Unit) -> Entry:
    held = Entry.objects.in_force().filter(unit=unit, code=EntryCode.OWNERSHIP)
    return held.select_related("party").get()


def _right(line: dict[str, Any], unit: Unit, by: User) -> None:
    """A right as the paper says it; ownership passes from the collective to the holder."""
    on = dt.date.fromisoformat(line["on"])
    paper = register_source(kind=SourceKind.AGREEMENT, division=unit.division, by=by, number=line["paper"],
                            title=unit.name, issued_on=on)  # fmt: skip
    if line["code"] == EntryCode.OWNERSHIP:
        heir = register_person(name=line["holder"], division=unit.division, by=by)
        transfer_entry(entry=_owner(unit), to=[(heir, Fraction(1))], on=on, by=by, source=paper,
                       reason="按协议过户")  # fmt: skip
        return
    debtor = _party(line["debtor"]) if "debtor" in line else None
    entry = EntryLine(unit=unit, code=line["code"], party=_party(line["holder"]), valid_from=on,
                      source=paper, debtor=debtor)  # fmt: skip
    open_entries([entry], by=by, reason="按协议登记")


def _party(name: str) -> Party:
    return Party.objects.standing().exclude(kind=PartyKind.PERSON).filter(name=name)[0]


def _change_behind(codes: list[str]) -> None:
    """What a script does that writes past the register: no author, no act, another connection."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("UPDATE registry_unit SET name = name || '（新）' WHERE code = ANY(%s)", [codes])
    finally:
        other.close()
