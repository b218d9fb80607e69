"""Importer of the ledger of projects. 中文：项目台账导入

It lies beside the other ledgers, whose rows it is read like; what it writes is the projects app's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.services.changes import refuse_used_projects
from projects.models import FundingLine, FundingSource, Project
from projects.services.ledger import ProjectFacts, change_projects, register_projects, take_back_projects
from registry import clock
from registry.codes import EntryCode, UnitKind
from registry.models import Act, Entry, ImportBatch, ImportRow, RowAction, User
from registry.queries.places import Places, plain
from registry.services.parties import PartyBook

from .columns import PROJECTS
from .holders import ask_of, party_values
from .judging import Judge
from .ledger import LedgerImporter, missing_from
from .sheetrow import SheetRow
from .where import PlaceProblem
from .who import ask_for


class ProjectsImporter(LedgerImporter):
    """Projects with year, department in charge and funds by source. 中文：项目台账"""

    kind = "ledger:projects"
    label = gettext_lazy("ledger of projects")
    table = PROJECTS

    def judge(self, rows: Sequence[SheetRow], judge: Judge, batch: ImportBatch) -> dict[str, Any]:
        for row in rows:
            _judge(row, judge)
        _refuse_twins(rows)
        book = PartyBook(_asks(row.values for row in rows if row.good))
        _match(rows, book)
        funded = sum((Decimal(a) for row in rows if row.good for _s, a in row.values["funding"]), Decimal(0))
        return {"funding": f"{funded:.2f}", "missing": missing_from(rows, judge, UnitKind.PROJECT)}

    def apply(self, batch: ImportBatch, *, by: User | None) -> None:
        staged = list(batch.staged.filter(action__in=[RowAction.CREATE, RowAction.CHANGE]).order_by("id"))
        places, book = Places(), PartyBook(_asks(row.values for row in staged))
        book.register(by=by, batch=batch)
        known = {p.unit_id: p for p in Project.objects.filter(unit__in=[row.unit_id for row in staged])}
        reason = _("imported from %(file)s") % {"file": batch.file.name}
        facts = [_facts(row.values, places, book, known.get(row.unit_id)) for row in staged]
        pairs = list(zip(staged, facts, strict=True))
        new = [(row, fact) for row, fact in pairs if row.action == RowAction.CREATE]
        made = register_projects([fact for _row, fact in new], by=by, reason=reason, batch=batch)
        for (row, _fact), project in zip(new, made, strict=True):
            row.unit_id = project.unit_id
        ImportRow.objects.bulk_update([row for row, _fact in new], ["unit"], batch_size=500)
        changed = [(fact, row.values["changes"]) for row, fact in pairs if row.action == RowAction.CHANGE]
        change_projects(changed, by=by, reason=reason, batch=batch)

    def reverse(self, batch: ImportBatch, *, by: User | None, act: Act) -> None:
        refuse_used_projects(batch)
        take_back_projects(batch=batch, act=act)


def _judge(row: SheetRow, judge: Judge) -> None:
    row.values |= {
        "name": row.text("name", 200),
        "code": row.text("project_code", 40),
        "year": row.get("project_year"),
        "state": row.get("state"),
        "funding": _funding(row),
    }
    if not row.values["name"] and not row.broken("name") and not row.values["code"]:
        row.refuse("name", "no_name", _("The project has no name."))
    if row.broken("division_code"):
        return
    try:
        place = judge.find_place(row)
    except PlaceProblem as problem:
        row.refuse(problem.field, problem.code, problem)
        return
    row.values["division"] = place.pk
    department = row.text("supervisor", 160)
    row.values["department"] = party_values(ask_for(department, place, judge.places)) if department else None


def _funding(row: SheetRow) -> list[list[str]]:
    """The sources with their amounts; a total alone is money of which nobody said where it came from."""
    lines = [[line.source, f"{line.amount:.2f}"] for line in row.get("funding") or ()]
    total = row.get("funding_total")
    if lines or not total:
        return lines
    row.remark(
        "funding_total", "no_source", _("The sources are not named: the whole is taken as other funds.")
    )
    return [[str(FundingSource.OTHER), f"{total:.2f}"]]


def _refuse_twins(rows: Sequence[SheetRow]) -> None:
    first: dict[Any, SheetRow] = {}
    for row in rows:
        if not row.good:
            continue
        key = row.values["code"] or _key(row.values["name"], row.values["year"], row.values["division"])
        known = first.setdefault(key, row)
        if known is not row:
            row.refuse(
                "name", "duplicate_row", _("Row %(row)d names the same project.") % {"row": known.source.row}
            )


def _key(name: str, year: int | None, division: int) -> tuple[str, int | None, int]:
    return plain(name), year, division


def _match(rows: Sequence[SheetRow], book: PartyBook) -> None:
    """The projects of the rows by code, else by name, year and place; what would change. Four queries."""
    good = [row for row in rows if row.good]
    codes = {row.values["code"] for row in good if row.values["code"]}
    places = {row.values["division"] for row in good}
    projects = Project.objects.filter(unit__annulled=None).select_related("unit")
    by_key: dict[Any, Project] = {}
    for project in projects.filter(Q(unit__code__in=codes) | Q(unit__division__in=places)):
        by_key[project.unit.code] = project
        by_key[_key(project.unit.name, project.year, project.unit.division_id)] = project
    units = {project.unit_id for project in by_key.values()}
    funded: dict[int, list[list[str]]] = defaultdict(list)
    for line in FundingLine.objects.in_force().filter(unit__in=units):
        funded[line.unit_id].append([line.source, f"{line.amount:.2f}"])
    charged = Entry.objects.on(clock.today()).filter(unit__in=units, code=EntryCode.SUPERVISION)
    departments = {entry.unit_id: entry.party for entry in charged.select_related("party")}
    for row in rows:
        if not row.good:
            row.action = RowAction.REJECT
            continue
        values = row.values
        found = by_key.get(values["code"]) if values["code"] else None
        found = found or (
            None if values["code"] else by_key.get(_key(values["name"], values["year"], values["division"]))
        )
        if found is None and not values["name"]:
            row.refuse("name", "no_name", _("The project is not in the register and has no name."))
            row.action = RowAction.REJECT
        elif found is None:
            row.action = RowAction.CREATE
        else:
            row.unit_id = found.unit_id
            _compare(row, found, sorted(funded[found.unit_id]), departments.get(found.unit_id), book)


def _compare(row: SheetRow, project: Project, funded: list[Any], department: Any, book: PartyBook) -> None:
    """What a row changes; blank cells change nothing."""
    values, unit = row.values, project.unit
    known = {"name": unit.name, "division": unit.division_id, "state": unit.state, "year": project.year}
    changes = {
        name: [old, values[name]]
        for name, old in known.items()
        if values[name] not in (None, "") and values[name] != old
    }
    if values["funding"] and sorted(values["funding"]) != funded:
        changes["funding"] = [funded, sorted(values["funding"])]
    if values["department"]:
        party = book.find(ask_of(values["department"]))
        if department is None:
            changes["department"] = [None, values["department"]["name"]]
        elif party is None or party.pk != department.pk:
            row.remark(
                "supervisor",
                "differs",
                _("The register names %(party)s; it was left as it is.") % {"party": department.name},
            )
    values["changes"] = changes
    row.action = RowAction.CHANGE if changes else RowAction.KEEP


def _asks(rows: Any) -> list[Any]:
    return [ask_of(values["department"]) for values in rows if values.get("department")]


def _facts(values: dict[str, Any], places: Places, book: PartyBook, project: Project | None) -> ProjectFacts:
    return ProjectFacts(
        name=values["name"],
        code=values["code"],
        division=places.by_pk[values["division"]],
        year=values["year"],
        state=values["state"],
        funding=[(source, Decimal(amount)) for source, amount in values["funding"]],
        department=book[ask_of(values["department"])] if values["department"] else None,
        since=clock.today().replace(month=1, day=1, year=values["year"] or clock.today().year),
        project=project,
    )
