"""Linkage projects with their surplus on a day. 中文：增减挂钩节余"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import QuerySet

from land.models import LinkageProject, SurplusQuota
from land.models.linkage import SurplusKind

ZERO = Decimal("0.00")


@dataclass
class Standing:
    """What a project area has reclaimed, sold and kept by a day."""

    project: LinkageProject
    moves: list[SurplusQuota] = field(default_factory=list)

    def total(self, *kinds: str) -> Decimal:
        return sum((move.m2 for move in self.moves if move.kind in kinds), ZERO)

    @property
    def reclaimed_m2(self) -> Decimal:
        return self.total(SurplusKind.ACCEPTED)

    @property
    def surplus_m2(self) -> Decimal:
        """What was reclaimed beyond what is newly built on; below zero while the quota is on loan."""
        return self.reclaimed_m2 - self.project.new_build_m2

    @property
    def given_m2(self) -> Decimal:
        return self.total(SurplusKind.SOLD, SurplusKind.KEPT)

    @property
    def left_m2(self) -> Decimal:
        """Surplus that may still be sold or kept."""
        return max(self.surplus_m2, ZERO) - self.given_m2

    @property
    def income_yuan(self) -> Decimal:
        return sum((move.price_yuan or ZERO for move in self.moves), ZERO)

    def owed_on(self, day: dt.date) -> Decimal:
        """Quota on loan that was not given back by its last day."""
        return max(-self.surplus_m2, ZERO) if day > self.project.due_on else ZERO


def standings(projects: QuerySet | Sequence[LinkageProject], day: dt.date) -> list[Standing]:
    """Projects with their movements up to a day. Two queries."""
    found = {project.pk: Standing(project) for project in projects}
    rows = SurplusQuota.objects.in_force().filter(project__in=found, day__lte=day)
    for move in rows.select_related("source").order_by("day", "pk"):
        found[move.project_id].moves.append(move)
    return list(found.values())


def first_oversold(project: LinkageProject, moves: Iterable[SurplusQuota]) -> tuple[dt.date, Decimal] | None:
    """The first day on which more is sold or kept than there is surplus, and by how much; ends of days."""
    days = sorted({move.day for move in moves})
    rows = list(moves)
    for day in days:
        standing = Standing(project, [move for move in rows if move.day <= day])
        if standing.given_m2 and standing.left_m2 < 0:
            return day, -standing.left_m2
    return None
