"""The ledger of projects: written, changed by difference, taken back with its batch. 中文：项目台账入账"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction

from projects.models import FundingLine, Project
from registry import access
from registry.codes import EntryCode, ShapeNeed, UnitKind, UnitState
from registry.models import Act, Division, ImportBatch, Party, Unit, User
from registry.services.acts import ActLine, record_acts
from registry.services.entries import EntryLine, open_entries
from registry.services.units import annul_facts, register_units

from .projects import ProjectAsk, new_codes, write_funding

UNIT_FIELDS = ("name", "division", "state")


@dataclass(kw_only=True)
class ProjectFacts:
    """What a row says of a project; money in yuan. ``department`` is the one in charge (主管部门)."""

    name: str
    division: Division
    code: str = ""
    year: int | None = None
    state: str | None = None
    funding: list[tuple[str, Decimal]] = field(default_factory=list)
    department: Party | None = None
    since: Any = None
    project: Project | None = None  # the project in the register that the row means


@transaction.atomic
def register_projects(
    facts: Sequence[ProjectFacts], *, by: User | None, reason: str = "", batch: ImportBatch | None = None
) -> list[Project]:
    """Register new projects with their funds and the department in charge. Raises ``NotAllowed``."""
    if not facts:
        return []
    asks = {place: ProjectAsk(f.name, f.division.pk, f.code, f.year) for place, f in enumerate(facts)}
    codes = new_codes({place: ask for place, ask in asks.items() if not ask.code})
    units = [
        Unit(
            code=fact.code or codes[place],
            kind=UnitKind.PROJECT,
            shape_need=ShapeNeed.OPTIONAL,
            name=fact.name,
            division=fact.division,
            state=fact.state or UnitState.ACCEPTED,
            batch=batch,
        )
        for place, fact in enumerate(facts)
    ]
    register_units(units, by=by, reason=reason, batch=batch)
    made = Project.objects.bulk_create(
        [Project(unit=unit, year=fact.year) for unit, fact in zip(units, facts, strict=True)], batch_size=1000
    )
    for fact, project in zip(facts, made, strict=True):
        fact.project = project
    _write_more(facts, by=by, reason=reason, batch=batch)
    return made


def _write_more(facts: Sequence[ProjectFacts], **book: Any) -> None:
    """Funds, and departments where a row names one."""
    pairs = [(fact, fact.project) for fact in facts if fact.project]
    write_funding(
        (
            (project.unit, project, source, amount)
            for fact, project in pairs
            for source, amount in fact.funding
        ),
        batch=book["batch"],
    )
    lines = [
        EntryLine(unit=project.unit, code=EntryCode.SUPERVISION, party=fact.department, valid_from=fact.since)
        for fact, project in pairs
        if fact.department
    ]
    if lines:
        open_entries(lines, **book)


@transaction.atomic
def change_projects(
    rows: Sequence[tuple[ProjectFacts, dict[str, list[Any]]]],
    *,
    by: User | None,
    reason: str = "",
    batch: ImportBatch | None = None,
) -> None:
    """Write the differences ({field: [before, after]}) between rows and their projects, all or none."""
    keys = [fact.project.unit_id for fact, _changes in rows if fact.project]
    units = Unit.objects.select_for_update(of=("self",)).select_related("division", "project")
    locked = {unit.pk: unit for unit in units.filter(pk__in=keys).order_by("pk")}
    lines = []
    for fact, changes in rows:
        unit = locked[fact.project.unit_id]  # type: ignore[union-attr]
        access.require(by, "register_unit", unit.division)
        set_fields(unit, {name: after for name, (_before, after) in changes.items()})
        fact.project = unit.project
        own = {name: change for name, change in changes.items() if name != "department"}
        if own:
            lines.append(_changed(unit, own, reason))
    Unit.objects.bulk_update(locked.values(), list(UNIT_FIELDS), batch_size=500)
    Project.objects.bulk_update([unit.project for unit in locked.values()], ["year"], batch_size=500)
    acts = {act.unit_id: act for act in record_acts(lines, by=by, batch=batch)}
    funded = {fact.project.unit_id for fact, changes in rows if fact.project and "funding" in changes}
    old = list(FundingLine.objects.in_force().filter(unit__in=funded))
    for line in old:
        line.annulled = acts[line.unit_id]
    FundingLine.objects.bulk_update(old, ["annulled"], batch_size=500)
    for fact, changes in rows:
        fact.funding = fact.funding if "funding" in changes else []
        fact.department = fact.department if "department" in changes else None
    _write_more([fact for fact, _changes in rows], by=by, reason=reason, batch=batch)


def _changed(unit: Unit, own: dict[str, list[Any]], reason: str) -> ActLine:
    return ActLine(
        verb="unit_changed",
        division=unit.division_id,
        unit=unit.pk,
        subject=f"unit:{unit.code}",
        reason=reason,
        before={name: before for name, (before, _after) in own.items()},
        after={name: after for name, (_before, after) in own.items()},
    )


def set_fields(unit: Unit, values: dict[str, Any]) -> None:
    """Set the fields of a project and its unit from their plain form in the book."""
    for name, value in values.items():
        if name == "division":
            unit.division_id = value
        elif name == "year":
            unit.project.year = value
        elif name in UNIT_FIELDS:
            setattr(unit, name, value)


@transaction.atomic
def take_back_projects(*, batch: ImportBatch, act: Act) -> None:
    """Mark what a ledger of projects brought as taken back; what it changed is again what it was before."""
    annul_facts(batch=batch, act=act, more=[FundingLine.objects.filter(batch=batch)])
    changed = Act.objects.filter(batch=batch, verb="unit_changed")
    before = {found.unit_id: found.before or {} for found in changed.order_by("-id")}
    units = list(Unit.objects.filter(pk__in=list(before)).select_related("project"))
    for unit in units:
        set_fields(unit, before[unit.pk])
    FundingLine.objects.filter(annulled__in=changed).update(annulled=None)
    Unit.objects.bulk_update(units, list(UNIT_FIELDS), batch_size=500)
    Project.objects.bulk_update([unit.project for unit in units], ["year"], batch_size=500)
