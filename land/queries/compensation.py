"""What is owed for occupied farmland, and what of it was made good. 中文：占补平衡查询"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import OuterRef, QuerySet, Sum

from land.models import CompensationBalance, SupplementProject, SupplementUse
from land.models.compensation import OccupationKind
from land.queries.quotas import summed
from registry.codes import Level
from registry.models import Division
from registry.queries.divisions import ancestors_of_path

ZERO = Decimal("0.00")
_STEP = Decimal("0.01")


def weighted(pairs: Iterable[tuple[Decimal, Decimal | None]]) -> Decimal | None:
    """The area-weighted grade, two decimals, half up; None where a grade is missing or there is no area."""
    total = product = ZERO
    for area, grade in pairs:
        if grade is None:
            return None
        total, product = total + area, product + area * grade
    return (product / total).quantize(_STEP, rounding=ROUND_HALF_UP) if total else None


@dataclass
class Balance:
    """An occupation beside what answers for it on a day."""

    occupation: CompensationBalance
    given: list[SupplementUse] = field(default_factory=list)

    @property
    def given_m2(self) -> Decimal:
        return sum((use.m2 for use in self.given), ZERO)

    @property
    def given_paddy_m2(self) -> Decimal:
        return sum((use.paddy_m2 for use in self.given), ZERO)

    @property
    def given_grade(self) -> Decimal | None:
        """The area-weighted grade of what was given."""
        return weighted((use.m2, use.supplement.grade) for use in self.given)

    @property
    def debt_m2(self) -> Decimal:
        return max(self.occupation.owed_m2 - self.given_m2, ZERO)

    @property
    def debt_paddy_m2(self) -> Decimal:
        return max(self.occupation.owed_paddy_m2 - self.given_paddy_m2, ZERO)

    @property
    def worse(self) -> bool:
        """Whether what was given is of a worse grade (a higher number) than what was occupied."""
        mine, theirs = self.occupation.grade, self.given_grade
        return mine is not None and theirs is not None and theirs > mine

    @property
    def grade_unknown(self) -> bool:
        return bool(self.given) and (self.occupation.grade is None or self.given_grade is None)

    @property
    def in_debt(self) -> bool:
        return bool(self.debt_m2 or self.debt_paddy_m2 or self.worse)


def balances(occupations: QuerySet | Sequence[CompensationBalance], day: dt.date) -> list[Balance]:
    """The occupations with their balances at the end of a day. Two queries."""
    found = {row.pk: Balance(row) for row in occupations}
    uses = SupplementUse.objects.in_force().filter(occupation__in=found, day__lte=day)
    for use in uses.select_related("supplement").defer("supplement__geom").order_by("day", "pk"):
        found[use.occupation_id].given.append(use)
    return list(found.values())


def with_used(supplements: QuerySet, day: dt.date) -> QuerySet:
    """Supplements with what of them answers for an occupation by the end of a day."""
    rows = SupplementUse.objects.in_force().filter(supplement=OuterRef("pk"), day__lte=day)
    return supplements.annotate(
        used_m2=summed(rows, "supplement", "m2"), used_paddy_m2=summed(rows, "supplement", "paddy_m2")
    )


def unused(supplement: SupplementProject) -> tuple[Decimal, Decimal]:
    """What is left of a supplement: area, paddy. One query."""
    sums = supplement.uses.filter(annulled=None).aggregate(m2=Sum("m2"), paddy=Sum("paddy_m2"))
    accepted = supplement.accepted_m2 or ZERO
    return accepted - (sums["m2"] or ZERO), supplement.paddy_m2 - (sums["paddy"] or ZERO)


def counties_of(paths: Iterable[str]) -> dict[str, Division]:
    """The county of each division path (the highest place above where there is none). One query."""
    paths = set(paths)
    above = {key for path in paths for key in ancestors_of_path(path)}
    known = Division.objects.in_bulk(above)
    found = {}
    for path in paths:
        line = [known[key] for key in ancestors_of_path(path) if key in known]
        found[path] = next((place for place in line if place.level == Level.COUNTY), line[0])
    return found


def debtor_of(occupation: CompensationBalance, county: Division) -> str:
    """B03: whoever builds owes for it; for everything else the county government does."""
    return county.name if occupation.owed_by_county else occupation.occupier


def means_occupied(keys: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Decimal | None]:
    """By county path and year: the mean grade of the farmland that construction occupied. One query."""
    wanted = set(keys)
    pairs: dict[tuple[str, int], list[tuple[Decimal, Decimal | None]]] = defaultdict(list)
    rows = CompensationBalance.objects.in_force().filter(
        kind=OccupationKind.CONSTRUCTION, occupied_on__year__in={year for _path, year in wanted}
    )
    for path, day, area, grade in rows.values_list("division__path", "occupied_on", "area_m2", "grade"):
        for county, year in wanted:
            if year == day.year and path.startswith(county):
                pairs[county, year].append((area, grade))
    return {key: weighted(pairs[key]) for key in wanted}
