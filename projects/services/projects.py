"""Find or register the projects that assets were formed by, and their funding lines. 中文：项目与资金来源"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.db.models.functions import Left, Right

from projects.models import FundingLine, Project
from registry.codes import ShapeNeed, UnitKind, UnitState
from registry.models import Division, ImportBatch, Unit, User
from registry.models.filling import insert_rows
from registry.queries.divisions import codes_by_division
from registry.queries.places import plain
from registry.services.units import register_units


@dataclass(frozen=True)
class ProjectAsk:
    """A project that a file names: found by its code, else by name and year in its division."""

    name: str
    division_id: int
    code: str = ""
    year: int | None = None

    @property
    def key(self) -> tuple[Any, ...]:
        return ("code", self.code) if self.code else (plain(self.name), self.year, self.division_id)


@transaction.atomic
def ensure_projects(
    asks: Iterable[ProjectAsk], *, by: User | None, batch: ImportBatch | None = None
) -> dict[tuple[Any, ...], Project]:
    """The projects by the asks' keys; those that are not there are registered. A dozen statements."""
    wanted = {ask.key: ask for ask in asks}
    found = _known(wanted.values())
    fresh = [ask for key, ask in wanted.items() if key not in found]
    places = Division.objects.in_bulk({ask.division_id for ask in fresh})
    codes = new_codes({ask.key: ask for ask in fresh if not ask.code})
    units = [
        Unit(
            code=ask.code or codes[ask.key],
            kind=UnitKind.PROJECT,
            shape_need=ShapeNeed.OPTIONAL,
            name=ask.name[:200],
            division=places[ask.division_id],
            state=UnitState.ACCEPTED,
            batch=batch,
        )
        for ask in fresh
    ]
    register_units(units, by=by, batch=batch)
    made = insert_rows([Project(unit=unit, year=ask.year) for unit, ask in zip(units, fresh, strict=True)])
    return found | {ask.key: project for ask, project in zip(fresh, made, strict=True)}


def _known(asks: Iterable[ProjectAsk]) -> dict[tuple[Any, ...], Project]:
    asks = list(asks)
    codes = {ask.code for ask in asks if ask.code}
    divisions = {ask.division_id for ask in asks}
    rows = Project.objects.filter(Q(unit__code__in=codes) | Q(unit__division__in=divisions))
    found: dict[tuple[Any, ...], Project] = {}
    for project in rows.filter(unit__annulled=None).select_related("unit"):
        unit = project.unit
        found["code", unit.code] = project
        found[plain(unit.name), project.year, unit.division_id] = project
    return {ask.key: found[ask.key] for ask in asks if ask.key in found}


def new_codes(asks: Mapping[Any, ProjectAsk]) -> dict[Any, str]:
    """New codes ``<adcode12>-XM-<year>-<seq>`` (项目) by the asks' keys, never one that was in use before."""
    codes = codes_by_division({ask.division_id for ask in asks.values()})
    prefixes = {
        key: f"{codes.get(ask.division_id, '')[:12].ljust(12, '0')}-XM-{ask.year or 0:04d}"
        for key, ask in asks.items()
    }
    return numbered(prefixes)


def numbered(prefixes: dict[Any, str]) -> dict[Any, str]:
    """A code ``<prefix>-<seq4>`` for each key: numbers go on from the highest in the register. One query."""
    lengths = {len(prefix) for prefix in prefixes.values()}
    last: dict[str, int] = defaultdict(int)
    for length in lengths:
        wanted = {prefix for prefix in prefixes.values() if len(prefix) == length}
        rows = (
            Unit.objects.annotate(head=Left("code", length))
            .filter(head__in=wanted, code__regex=rf"^.{{{length}}}-\d{{4}}$")
            .values_list("head")
            .annotate(last=Max(Right("code", 4)))
        )
        last.update({head: int(number) for head, number in rows.order_by()})
    found = {}
    for key, prefix in prefixes.items():
        last[prefix] += 1
        found[key] = f"{prefix}-{last[prefix]:04d}"
    return found


@transaction.atomic
def write_funding(
    lines: Iterable[tuple[Unit, Project | None, str, Decimal]], *, batch: ImportBatch | None = None
) -> list[FundingLine]:
    """Write funding lines (unit formed, project, source, amount in yuan); one statement."""
    return insert_rows(
        [
            FundingLine(unit=unit, project=project, source=source, amount=amount, batch=batch)
            for unit, project, source, amount in lines
        ]
    )
