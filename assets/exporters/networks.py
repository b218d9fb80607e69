"""Roads, water works and sites under the heads that their imports understand. 中文：专项台账导出"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.db import models

from assets.codes_networks import word_for
from assets.importers.columns import STATES
from assets.kinds import ROADS, SITE, SITE_FIGURES, WATER, Kind, Part
from assets.models import SiteFigures
from registry.codes import PRIVATE_KINDS, EntryCode
from registry.exports import Column, Name
from registry.models import Entry
from registry.queries.divisions import codes_by_division

from .upkeep import word_of

YES_NO = {True: "是", False: "否"}
EXPORT_KINDS = ((models.DateField, "date"), (models.DecimalField, "number"), (models.IntegerField, "count"))


def _column(kind: Kind, part: Part, row_of: Callable[[Any], Any] = lambda row: row) -> Column:
    column = kind.column(part)

    def value(row: Any) -> Any:
        found = getattr(row_of(row), part.name, None)
        if part.words:
            return word_for(part.words, found)
        return YES_NO.get(bool(found)) if isinstance(found, bool) else found

    plain = not part.words and not part.name.endswith("_year")
    shown = next((name for of, name in EXPORT_KINDS if plain and isinstance(column, of)), "text")
    if part.name.endswith("_year"):
        return Column(part.head, lambda row: _text(value(row)), words=tuple(part.heads.split()[1:]))
    return Column(part.head, value, shown, words=tuple(part.heads.split()[1:]))


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _chief(level: str) -> Callable[[Any], list[Name]]:
    def read(row: Any) -> list[Name]:
        held = [e for e in row.held[EntryCode.ROAD_CHIEF] if e.party.division.level == level and e.agent]
        return [Name(held[0].agent.name, True)] if held else []

    return read


def _keeper(row: Any) -> Any:
    return next(iter(row.held[EntryCode.UPKEEP]), None)


def _body(row: Any) -> list[Name]:
    duty = _keeper(row)
    return [Name(duty.party.name, duty.party.kind in PRIVATE_KINDS)] if duty else []


def _person(row: Any) -> list[Name]:
    duty = _keeper(row)
    return [Name(duty.agent.name, True)] if duty and duty.agent else []


def _terms(row: Any, name: str) -> Any:
    return getattr(getattr(_keeper(row), "upkeep_terms", None), name, None)


ASSET = (
    Column("资产编码", lambda row: row.unit.code, "code", 30),
    Column("行政区划代码", lambda row: row.place_code, "code"),
    Column("村", lambda row: row.unit.division.name),
)
KEEPING = (
    Column("管护主体", _body, width=24, person=True, words=("管养单位名称", "管护单位")),
    Column("管护责任人", _person, person=True),
    Column("年管护经费（元）", lambda row: _terms(row, "annual_budget"), "money"),
    Column("经费来源", lambda row: _terms(row, "budget_source"), width=18),
    Column("资产状态", lambda row: word_of(STATES, row.unit.state)),
)
ROAD_COLUMNS = (
    *ASSET,
    Column("资产名称", lambda row: row.unit.name, width=28),
    Column("路线编码", lambda row: row.route.code, "code", 14),
    Column("路线名称", lambda row: row.route.name),
    Column("行政等级", lambda row: word_for("level", row.route.level)),
    *(_column(ROADS, part) for part in ROADS.parts),
    Column("村路长", _chief("village"), person=True),
    Column("乡路长", _chief("township"), person=True),
    Column("县路长", _chief("county"), person=True),
    *KEEPING,
)
WATER_COLUMNS = (
    *ASSET,
    Column("工程名称", lambda row: row.unit.name, width=28),
    *(_column(WATER, part) for part in WATER.parts),
    *KEEPING,
)
SITE_COLUMNS = (
    Column("安置点编码", lambda row: row.unit.code, "code", 26),
    Column("安置点名称", lambda row: row.unit.name, width=26),
    Column("行政区划代码", lambda row: row.place_code, "code"),
    *(_column(SITE, part) for part in SITE.parts),
    *(_column(SITE_FIGURES, p, lambda row: row.last) for p in SITE_FIGURES.parts if p.name != "remark"),
)
CENTRE_COLUMNS = (
    Column("行政区划代码", lambda row: row.place_code, "code"),
    Column("自然村", lambda row: row.division.name),
    Column("经度", lambda row: f"{row.geom.x:.8f}"),
    Column("纬度", lambda row: f"{row.geom.y:.8f}"),
)
KEPT = (EntryCode.UPKEEP, EntryCode.ROAD_CHIEF)


def preparer(day: dt.date) -> Callable[[list[Any]], None]:
    """Gives each chunk of sections or works its place codes and keepers; two queries a chunk."""

    def prepare(rows: list[Any]) -> None:
        codes = codes_by_division({row.unit.division_id for row in rows})
        held: dict[int, dict[str, list[Entry]]] = defaultdict(lambda: defaultdict(list))
        entries = Entry.objects.on(day).filter(unit__in=[row.unit_id for row in rows], code__in=KEPT)
        for entry in entries.select_related("party__division", "agent", "upkeep_terms").order_by("pk"):
            held[entry.unit_id][entry.code].append(entry)
        for row in rows:
            row.held, row.place_code = held[row.unit_id], codes.get(row.unit.division_id)

    return prepare


def site_preparer(day: dt.date) -> Callable[[list[Any]], None]:
    """Gives each chunk of sites its place codes and its last figures; two queries a chunk."""

    def prepare(rows: list[Any]) -> None:
        codes = codes_by_division({row.unit.division_id for row in rows})
        figures = SiteFigures.objects.in_force().filter(unit__in=[row.unit_id for row in rows], on__lte=day)
        last = {found.unit_id: found for found in figures.order_by("unit", "on")}
        for row in rows:
            row.last, row.place_code = last.get(row.unit_id), codes.get(row.unit.division_id)

    return prepare


def centre_preparer() -> Callable[[list[Any]], None]:
    """Gives each chunk of centres the codes of their places; one query a chunk."""

    def prepare(rows: list[Any]) -> None:
        codes = codes_by_division({row.division_id for row in rows})
        for row in rows:
            row.place_code = codes.get(row.division_id)

    return prepare
