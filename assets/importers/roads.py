"""Importers of roads and water works. 中文：农村公路台账、供水工程台账导入"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.codes import AssetClass, Subtype
from assets.codes_networks import RoadLevel
from assets.kinds import ROADS, WATER
from assets.models import RoadSection
from assets.rules.roads import code_problem
from assets.services.roads import RouteAsk, ensure_routes, read_network
from registry import clock
from registry.codes import EntryCode, Level, PartyKind
from registry.models import Division, Entry, ImportBatch, RowAction, User

from .columns_networks import CHIEFS, ROAD_TABLE, WATER_TABLE
from .holders import party_values
from .judging import Judge
from .own import OwnImporter
from .sheetrow import SheetRow
from .who import ask_for

WRONG = {
    "pattern": gettext_lazy(
        "ROD-07: “%(code)s” is no route code: expected are X, Y, C or Z, three signs, and at most the six "
        "digits of the county."
    ),
    "letter": gettext_lazy("ROD-07: the code %(code)s contradicts the level %(level)s. Correct one of them."),
}


class WaterImporter(OwnImporter):
    """Rural water supply works. 中文：供水工程台账"""

    kind = "ledger:water_works"
    label = gettext_lazy("ledger of water works")
    table = WATER_TABLE
    own = WATER
    asset_class, subtype = str(AssetClass.PUBLIC_WELFARE), str(Subtype.WATER_SUPPLY)


class RoadsImporter(OwnImporter):
    """Rural roads, section by section, with their chiefs. 中文：农村公路台账"""

    kind = "ledger:roads"
    label = gettext_lazy("ledger of roads")
    table = ROAD_TABLE
    own = ROADS
    asset_class, subtype = str(AssetClass.PUBLIC_WELFARE), str(Subtype.ROAD)

    def judge(self, rows: Sequence[SheetRow], judge: Judge, batch: ImportBatch) -> dict[str, Any]:
        self._find_sections(rows)
        return super().judge(rows, judge, batch)

    def _find_sections(self, rows: Sequence[SheetRow]) -> None:
        """A row without an asset code means the section that has its route and number. One query."""
        codes = {row.text("route_code", 20).upper() for row in rows}
        known = {
            (section.route.code, section.number): section.unit
            for section in RoadSection.objects.in_force()
            .filter(route__code__in=codes)
            .exclude(number="")
            .select_related("route", "unit")
        }
        for row in rows:
            code, number = row.text("route_code", 20).upper(), row.text("number", 20)
            unit = known.get((code, number))
            if unit is not None and not row.text("asset_code"):
                row.source.values |= {"asset_code": unit.code, "name": row.text("name") or unit.name}
            elif not row.text("name"):
                row.source.values["name"] = f"{row.text('route_name') or code}{number}".strip()

    def judge_row(self, row: SheetRow, judge: Judge) -> None:
        super().judge_row(row, judge)
        code = row.text("route_code", 20).upper()
        level = row.get("level") or (code[:1] if code[:1] in RoadLevel.values else None)
        row.values["route"] = {"code": code, "name": row.text("route_name", 120), "level": level}
        if not code and not row.broken("route_code"):
            row.refuse("route_code", "no_route", _("The route code is missing."))
        elif level is None and not row.broken("level"):
            row.refuse(
                "level", "no_level", _("The level of the road is missing: 县道, 乡道, 村道 or 专用公路.")
            )
        elif code and level and "division" in row.values:
            self._judge_code(row, judge, code, level)
        if "division" in row.values:
            row.values["chiefs"] = _chiefs(row, judge)

    def _judge_code(self, row: SheetRow, judge: Judge, code: str, level: str) -> None:
        """ROD-07 refuses what begins after go-live; earlier facts are recorded as they are."""
        wrong = code_problem(code, level)
        if wrong:
            place = judge.places.by_pk[row.values["division"]]
            built = row.get("built_year")
            day = dt.date(built, 1, 1) if built else row.keep["rights_from"]
            answered = judge.after_go_live(place, day)
            message = str(WRONG[wrong]) % {"code": code, "level": RoadLevel(level).label}
            (row.refuse if answered else row.remark)("route_code", "ROD-07", message)

    def matched(self, rows: Sequence[SheetRow]) -> None:
        """The chiefs that a row names, beside those of the levels that it leaves out. One query."""
        held = Entry.objects.on(clock.today()).filter(
            unit__in=[row.unit_id for row in rows if row.unit_id], code=EntryCode.ROAD_CHIEF
        )
        known: dict[int, dict[str, Any]] = {}
        for entry in held.select_related("party__division", "agent"):
            known.setdefault(entry.unit_id, {})[entry.party.division.level] = _line(entry)
        for row in rows:
            if not row.good:
                continue
            chiefs = row.values["chiefs"]
            others = [line for line in row.values["entries"] if line["code"] != EntryCode.ROAD_CHIEF]
            there = known.get(row.unit_id, {}) if row.unit_id else {}
            row.values["entries"] = others + (list((there | chiefs).values()) if chiefs else [])

    def compare(self, rows: Sequence[SheetRow], day: Any) -> Any:
        book = super().compare(rows, day)
        known = {
            section.unit_id: section.route
            for section in RoadSection.objects.in_force()
            .filter(unit__in=[row.unit_id for row in rows if row.unit_id])
            .select_related("route")
        }
        for row in rows:
            if not row.good or row.unit_id is None:
                continue
            route, said = known.get(row.unit_id), row.values["route"]
            old = {"code": route.code, "name": route.name, "level": route.level} if route else {}
            for name, value in said.items():
                if value and old.get(name) != value:
                    row.values["changes"][f"own_route_{name}"] = [old.get(name), value]
            if row.values["changes"] and row.action == RowAction.KEEP:
                row.action = RowAction.CHANGE
        return book

    def more(self, batch: ImportBatch, by: User | None) -> Callable[[Any], dict[str, Any]]:
        staged = batch.staged.filter(action__in=[RowAction.CREATE, RowAction.CHANGE])
        places = Division.objects.in_bulk({row.values["division"] for row in staged})
        asks = [RouteAsk(**row.values["route"]) for row in staged]
        if not asks:
            return lambda row: {}
        routes = ensure_routes(asks, place=min(places.values(), key=lambda p: p.path), by=by, batch=batch)
        return lambda row: {"route": routes[row.values["route"]["code"]]}

    def apply(self, batch: ImportBatch, *, by: User | None) -> None:
        super().apply(batch, by=by)
        read_network()


def _chiefs(row: SheetRow, judge: Judge) -> dict[str, dict[str, Any]]:
    """The chiefs of a row by level: the body of that level bears the duty, the chief is its named person."""
    place = judge.places.by_pk[row.values["division"]]
    found = {}
    for level, column in CHIEFS.items():
        name = row.text(column, 60).split("、")[0]
        home = judge.places.above(place, Level(level))
        if not name or home is None:
            continue
        kind = PartyKind.VILLAGE_COMMITTEE if level == Level.VILLAGE else PartyKind.GOVERNMENT
        body = home.name if level == Level.VILLAGE else f"{home.name}人民政府"
        person = ask_for(name, home, judge.places, kind=PartyKind.PERSON)
        found[level] = {
            "code": str(EntryCode.ROAD_CHIEF),
            "share": "1/1",
            "party": {"kind": str(kind), "name": body, "division": home.pk},
            "agent": party_values(person) | {"division": home.pk},
        }
    return found


def _line(entry: Entry) -> dict[str, Any]:
    """An entry in force as a row states one."""
    agent, party = entry.agent, entry.party
    said = {
        "code": entry.code,
        "share": f"{entry.share_num}/{entry.share_den}",
        "party": {"kind": party.kind, "name": party.name, "division": party.division_id},
    }
    if agent is not None:
        said["agent"] = {"kind": agent.kind, "name": agent.name, "division": agent.division_id}
    return said
