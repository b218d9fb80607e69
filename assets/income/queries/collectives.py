"""What village collectives earned by year and source, beside what they were to earn. 中文：村集体收入查询

Income is what was received, in the year of its booking. From contracts: matches of dues, but for principal
that only comes back. From pools of others: payments that reached the collective. From its own accounts:
grants, interest, other. And what was stated of years or accounts that are not kept here.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection

from assets.income.codes import BESIDE, IncomeSource
from assets.income.models.collectives import CollectiveTarget
from assets.income.parameters import AMBER, TARGETS
from registry.models import Party
from registry.rules.parameters import resolver

ZERO = Decimal("0.00")
_IN_YEARS = "BETWEEN %(first)s AND %(last)s"
_MATCHED = "m.undone_id IS NULL AND m.booked_on BETWEEN %(begin)s AND %(end)s"
_INCOME = f"""
SELECT g.owner_id, extract(year FROM g.day)::int, g.mode, sum(g.amount)
  FROM (SELECT c.owner_id, c.mode, m.booked_on AS day, sum(m.amount) AS amount
          FROM assets_match m JOIN assets_due d ON d.id = m.due_id
          JOIN assets_contract c ON c.id = d.contract_id
         WHERE c.owner_id = ANY(%(parties)s) AND c.annulled_id IS NULL AND d.kind <> 'principal'
           AND {_MATCHED}
         GROUP BY 1, 2, 3) g
 GROUP BY 1, 2, 3
UNION ALL
SELECT b.holder_id, extract(year FROM m.booked_on)::int, m.kind, sum(m.amount)
  FROM assets_match m JOIN assets_bankline l ON l.id = m.line_id
  JOIN assets_bankaccount b ON b.id = l.account_id
 WHERE b.holder_id = ANY(%(parties)s) AND l.amount > 0 AND m.kind IN ('grant', 'interest', 'other')
   AND {_MATCHED}
 GROUP BY 1, 2, 3
UNION ALL
SELECT n.payee_id, extract(year FROM p.settled_on)::int, 'pooled', sum(p.amount)
  FROM assets_payment p JOIN assets_distributionline n ON n.id = p.line_id
 WHERE n.payee_id = ANY(%(parties)s) AND p.state = 'paid' AND p.annulled_id IS NULL
   AND extract(year FROM p.settled_on) {_IN_YEARS}
 GROUP BY 1, 2
UNION ALL
SELECT o.collective_id, o.year, o.kind, sum(o.amount) FROM assets_outsideincome o
 WHERE o.collective_id = ANY(%(parties)s) AND o.annulled_id IS NULL AND o.year {_IN_YEARS}
 GROUP BY 1, 2, 3
"""


@dataclass(frozen=True)
class Year:
    """A collective's year: income by source, the target, and how it stands (``light``)."""

    year: int
    sources: dict[str, Decimal]
    target: Decimal
    planned: bool
    amber: Decimal
    running: bool

    @property
    def operating(self) -> Decimal:
        """What counts towards the target: no grants, no interest of the bank. 中文：经营性收入"""
        return sum((a for kind, a in self.sources.items() if kind not in BESIDE), ZERO)

    @property
    def total(self) -> Decimal:
        return sum(self.sources.values(), ZERO)

    @property
    def missing(self) -> Decimal:
        return max(self.target - self.operating, ZERO)

    @property
    def light(self) -> str:
        """Green: reached. Amber: nearly, or the year still runs. Red: weak. Grey: nothing is known."""
        if self.operating >= self.target:
            return "green"
        if self.running:
            return "running"
        if not self.sources:
            return "grey"
        return "amber" if self.operating >= self.target * self.amber else "red"


@dataclass
class Standing:
    """A collective over the years, the earliest first."""

    party: Party
    years: list[Year] = field(default_factory=list)

    @property
    def last_full(self) -> Year | None:
        return next((year for year in reversed(self.years) if not year.running), None)

    @property
    def weak(self) -> bool:
        """A weak village (薄弱村): the last full year is known and did not reach its target."""
        return self.last_full is not None and self.last_full.light in ("red", "amber")


def income_of(parties: Iterable[int], first: int, last: int) -> dict[tuple[int, int], dict[str, Decimal]]:
    """Income by collective and year, by source. One query."""
    found: dict[tuple[int, int], dict[str, Decimal]] = defaultdict(dict)
    days = {"begin": dt.date(first, 1, 1), "end": dt.date(last, 12, 31)}
    with connection.cursor() as cursor:
        cursor.execute(_INCOME, {"parties": list(parties), "first": first, "last": last, **days})
        for party, year, kind, amount in cursor.fetchall():
            sums = found[party, year]
            sums[kind] = sums.get(kind, ZERO) + amount
    return found


def standings(parties: Sequence[Party], years: Sequence[int], today: dt.date) -> list[Standing]:
    """Each collective over the years; what it was to earn is that of each year. A handful of queries."""
    income = income_of([party.pk for party in parties], years[0], years[-1])
    rows = CollectiveTarget.objects.in_force().filter(collective__in=parties, year__in=years)
    plans = {(row.collective_id, row.year): row.amount for row in rows}
    found = [Standing(party) for party in parties]
    for year in years:
        read = resolver([TARGETS, AMBER], dt.date(year, 12, 31))
        for one in found:
            path = one.party.division.path if one.party.division else ""
            planned = plans.get((one.party.pk, year))
            target = planned if planned is not None else Decimal(str(read(TARGETS, path)))
            amber = Decimal(str(read(AMBER, path)))
            sources = {kind: a for kind, a in income.get((one.party.pk, year), {}).items() if a}
            one.years.append(Year(year, sources, target, planned is not None, amber, year >= today.year))
    return found


def by_source(standing: Standing) -> list[tuple[str, list[Decimal]]]:
    """Sources that brought anything, each with its amount by year."""
    rows = [(kind, [year.sources.get(kind, ZERO) for year in standing.years]) for kind in IncomeSource.values]
    return [(kind, amounts) for kind, amounts in rows if any(amounts)]


def summed(found: Sequence[Standing]) -> list[Decimal]:
    """What all of them earned towards their targets, by year."""
    return [
        sum((year.operating for year in years), ZERO)
        for years in zip(*(one.years for one in found), strict=True)
    ]
