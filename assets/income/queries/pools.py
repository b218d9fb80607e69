"""What a pool holds: received by the weights of the contracts, less what comes before. 中文：收益池核算"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet, Sum

from assets.income.codes import PaymentState, PoolFigure
from assets.models import Distribution, DistributionLine, IncomePool, PoolEntry

ZERO = Decimal("0.00")
CENT = Decimal("0.01")
# Matches of dues of contracts on the units of a pool, in the year of their booking: (due, weight, received).
_RECEIVED = """
SELECT m.due_id, m.received, sum_of.num, sum_of.den
  FROM (SELECT x.due_id, sum(x.amount) AS received FROM assets_match x
         WHERE x.undone_id IS NULL AND x.due_id IS NOT NULL AND extract(year FROM x.booked_on) = %(year)s
         GROUP BY x.due_id) m
  JOIN assets_due d ON d.id = m.due_id
  JOIN assets_contract c ON c.id = d.contract_id AND c.annulled_id IS NULL AND c.owner_id = %(owner)s
  JOIN LATERAL (SELECT u.weight_num AS num, u.weight_den AS den FROM assets_contractunit u
                 WHERE u.contract_id = c.id AND u.unit_id = ANY(%(units)s)) sum_of ON true
"""


@dataclass
class Account:
    """The account of a pool: what came in, what comes before, what is left, what was given."""

    received: Decimal = ZERO
    figures: dict[str, Decimal] = field(default_factory=dict)
    approved: Decimal = ZERO
    paid: Decimal = ZERO

    @property
    def before(self) -> Decimal:
        return sum(
            (self.figures.get(name, ZERO) for name in (PoolFigure.COST, PoolFigure.TAX, PoolFigure.LOSS)),
            ZERO,
        )

    @property
    def all_received(self) -> Decimal:
        return self.received + self.figures.get(PoolFigure.RECEIVED, ZERO)

    @property
    def distributable(self) -> Decimal:
        return max(self.all_received - self.before, ZERO)

    @property
    def balance(self) -> Decimal:
        """What was neither distributed nor put into the reserve."""
        return self.distributable - self.approved


def received_in_year(pool: IncomePool) -> Decimal:
    """What was received for the units of a pool in its year, each due by the unit's weight. One query."""
    units = list(pool.units.values_list("pk", flat=True))
    if not units:
        return ZERO
    with connection.cursor() as cursor:
        cursor.execute(_RECEIVED, {"year": pool.year, "owner": pool.owner_id, "units": units})
        rows = cursor.fetchall()
    total = sum(
        (Fraction(received) * Fraction(int(num), int(den)) for _due, received, num, den in rows), Fraction(0)
    )
    return (Decimal(total.numerator) / total.denominator).quantize(CENT, rounding=ROUND_HALF_UP)


def account_of(pool: IncomePool) -> Account:
    """The account of a pool as its facts are now. Four queries."""
    entries = PoolEntry.objects.in_force().filter(pool=pool).order_by().values_list("figure")
    approved = Distribution.objects.in_force().filter(pool=pool, approved__isnull=False).order_by()
    sums = approved.aggregate(total=Sum("total"), reserve=Sum("reserve"))
    paid = DistributionLine.objects.filter(
        distribution__pool=pool, payments__state=PaymentState.PAID, payments__annulled=None
    ).aggregate(paid=Sum("amount"))
    return Account(
        received=received_in_year(pool),
        figures=dict(entries.annotate(Sum("amount"))),
        approved=(sums["total"] or ZERO) + (sums["reserve"] or ZERO),
        paid=paid["paid"] or ZERO,
    )


def pools_with_given(rows: QuerySet) -> QuerySet:
    """Pools with ``given``: what approved distributions and reserves took of them."""
    live = Q(distributions__approved__isnull=False, distributions__annulled=None)
    return rows.annotate(
        given_total=Sum("distributions__total", filter=live),
        given_reserve=Sum("distributions__reserve", filter=live),
    )


def by_use(distributions: Iterable[int]) -> dict[int, dict[str, Decimal]]:
    """What goes to each use, by distribution. One query."""
    found: dict[int, dict[str, Decimal]] = defaultdict(dict)
    rows: Any = DistributionLine.objects.filter(distribution__in=list(distributions)).order_by()
    for key, use, amount in rows.values_list("distribution", "use").annotate(Sum("amount")):
        found[key][use] = amount
    return found
