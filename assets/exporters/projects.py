"""Projects under the heads that their import understands. 中文：项目台账导出"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from assets.importers.columns import PROJECTS, SOURCES, STATES
from projects.models import FundingLine
from registry.codes import EntryCode
from registry.exports import Column
from registry.models import Entry
from registry.queries.divisions import codes_by_division

from .upkeep import word_of


def _source(code: str) -> Column:
    return Column(f"{PROJECTS.field(code).heads[0]}（元）", lambda project: project.funds.get(code), "money")


COLUMNS = (
    Column("项目编号", lambda project: project.unit.code, "code", 28),
    Column("项目名称", lambda project: project.unit.name, width=30),
    Column("项目年度", lambda project: project.year, "count", 10),
    Column("行政区划代码", lambda project: project.place_code, "code"),
    Column("主管部门", lambda project: project.department, width=22),
    *(_source(code) for code in SOURCES),
    Column("项目状态", lambda project: word_of(STATES, project.unit.state)),
)


def preparer(day: dt.date) -> Callable[[list[Any]], None]:
    """Gives each chunk of projects its place codes, funds and departments; three queries a chunk."""

    def prepare(projects: list[Any]) -> None:
        units = [project.unit_id for project in projects]
        codes = codes_by_division({project.unit.division_id for project in projects})
        funds: dict[int, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for line in FundingLine.objects.in_force().filter(unit__in=units):
            funds[line.unit_id][line.source] += line.amount
        charged = Entry.objects.on(day).filter(unit__in=units, code=EntryCode.SUPERVISION)
        departments = {entry.unit_id: entry.party.name for entry in charged.select_related("party")}
        for project in projects:
            project.place_code = codes.get(project.unit.division_id)
            project.funds = funds[project.unit_id]
            project.department = departments.get(project.unit_id)

    return prepare
