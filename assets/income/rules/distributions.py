"""Rules on distributions: INC-04 to INC-12. 中文：分配规则"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_lazy as _

from assets.codes import Subtype
from assets.income.codes import ALLOWED_USES, LineBasis, PaymentState
from assets.income.parameters import HELD_MONTHS, LABOUR_SHARE
from assets.income.queries.pools import by_use
from assets.income.schedule import months_later
from assets.models import DistributionLine, IncomePool, Payment
from registry.codes import Level, PartyKind, Reading, Role, Severity
from registry.models import PartyMember
from registry.rules import Context, Outcome, Row, Rule
from registry.rules.parameters import timeline

from .reading import distribution_row, distributions

ZERO = Decimal(0)
LABOUR = (LineBasis.POST, LineBasis.LABOUR)
READS = frozenset(
    {
        "assets_distribution",
        "assets_distributionline",
        "assets_incomepool",
        "registry_party",
        "registry_decision",
    }
)


def read_inc_04(context: Context) -> Outcome:
    """INC-04: lines and reserves are more than the pool may distribute. Two queries.

    The database refuses it; what an older file brought in is found here.
    """
    rows, checked = [], 0
    for pool in _pools(context):
        checked += 1
        given = (pool.given_total or ZERO) + (pool.given_reserve or ZERO)
        if given > pool.distributable:
            details = {"given": str(given), "held": str(pool.distributable)}
            rows.append(_pool_row(pool, pool.settled_on, **details))
    return Outcome(checked=checked, rows=rows)


def read_inc_05(context: Context) -> Outcome:
    """INC-05: approved without a reserve, and the charter is not said to waive it. One query."""
    made = distributions(context)
    rows = [distribution_row(d) for d in made if not d.reserve and not d.reserve_waived]
    return Outcome(checked=len(made), rows=rows)


def read_inc_06(context: Context) -> Outcome:
    """INC-06: income lies longer than the months allowed, and nobody said what for. One query."""
    rows, checked = [], 0
    for pool in _pools(context):
        checked += 1
        months = int(context.value(HELD_MONTHS, pool.division.path))
        limit = months_later(dt.date(pool.year + 1, 1, 1), months)
        left = pool.distributable - (pool.given_total or ZERO) - (pool.given_reserve or ZERO)
        if left > 0 and context.as_of > limit:
            rows.append(_pool_row(pool, limit + dt.timedelta(days=1), left=str(left), months=months))
    return Outcome(checked=checked, rows=rows)


def read_inc_07(context: Context) -> Outcome:
    """INC-07: income goes to a use that is none of the allowed ones. Two queries."""
    made = distributions(context)
    uses = by_use(d.pk for d in made)
    rows = []
    for d in made:
        wrong = sum((amount for use, amount in uses.get(d.pk, {}).items() if use not in ALLOWED_USES), ZERO)
        if wrong:
            rows.append(distribution_row(d, amount=str(wrong)))
    return Outcome(checked=len(made), rows=rows)


def read_inc_08(context: Context) -> Outcome:
    """INC-08: paid to somebody who is not on the list of that day, or twice for one matter. Four queries.

    The list is that of the members of the collective (lines by share) on the day of the approval.
    """
    made = distributions(context)
    lines = DistributionLine.objects.filter(distribution__in=made)
    rows = []
    listed = _members(made)
    strangers: dict[int, int] = defaultdict(int)
    for key, payee in lines.filter(basis=LineBasis.SHARE).values_list("distribution", "payee"):
        if payee not in listed[key]:
            strangers[key] += 1
    paid = Payment.objects.in_force().filter(line__distribution__in=made, state=PaymentState.PAID)
    twice = dict(_paid_twice(paid))
    for d in made:
        if strangers.get(d.pk):
            rows.append(distribution_row(d, count=strangers[d.pk]))
        elif twice.get(d.pk):
            rows.append(distribution_row(d, variant="twice", count=twice[d.pk]))
    return Outcome(checked=len(made), rows=rows)


def _paid_twice(paid: Any) -> list[tuple[int, int]]:
    """Distributions in which one party was paid by more than one line of the same use and reason."""
    grouped = paid.order_by().values("line__distribution", "line__payee", "line__use", "line__reason")
    counts: dict[int, int] = defaultdict(int)
    for found in grouped.annotate(n=Count("pk")).filter(n__gt=1):
        counts[found["line__distribution"]] += 1
    return list(counts.items())


def _members(made: list[Any]) -> dict[int, set[int]]:
    owners = {d.pool.owner_id for d in made}
    rows = PartyMember.objects.filter(group__in=owners).values_list("group", "member", "valid")
    of_owner: dict[int, list[tuple[int, Any]]] = defaultdict(list)
    for group, member, valid in rows:
        of_owner[group].append((member, valid))
    return {
        d.pk: {member for member, valid in of_owner[d.pool.owner_id] if d.approved_on in valid} for d in made
    }


def read_inc_09(context: Context) -> Outcome:
    """INC-09: nothing but equal cash a head, no work, no reason; quantified shares are none. Two queries."""
    made = distributions(context)
    sums = DistributionLine.objects.filter(distribution__in=made).order_by().values_list("distribution")
    plain = dict(sums.annotate(n=Count("pk", filter=Q(basis=LineBasis.EQUAL, reason=""))))
    every = dict(sums.annotate(n=Count("pk")))
    rows = [distribution_row(d) for d in made if every.get(d.pk) and plain.get(d.pk) == every[d.pk]]
    return Outcome(checked=len(made), rows=rows)


def read_inc_10(context: Context) -> Outcome:
    """INC-10: distributed by township or county without decision or villages named. Two queries."""
    made = [d for d in distributions(context) if d.level in (Level.TOWNSHIP, Level.COUNTY)]
    villages = set(
        DistributionLine.objects.filter(distribution__in=made)
        .filter(Q(basis=LineBasis.VILLAGE) | Q(payee__kind=PartyKind.VILLAGE_COLLECTIVE))
        .values_list("distribution", flat=True)
    )
    rows = []
    for d in made:
        if d.decision is None or d.decision.annulled_id is not None:
            rows.append(distribution_row(d))
        elif d.pk not in villages:
            rows.append(distribution_row(d, variant="villages"))
    return Outcome(checked=len(made), rows=rows)


def read_inc_11(context: Context) -> Outcome:
    """INC-11: of solar income less went to posts and labour than was asked in that year. Four queries.

    Only for years in which the parameter was in force.
    """
    made = distributions(context)
    solar = set(
        IncomePool.objects.filter(pk__in={d.pool_id for d in made}, units__asset__subtype=Subtype.SOLAR)
        .values_list("pk", flat=True)
    )  # fmt: skip
    rows, checked = [], 0
    asked = timeline([LABOUR_SHARE])
    lines = DistributionLine.objects.filter(distribution__in=made).order_by().values_list("distribution")
    labour = dict(
        lines.annotate(s=Sum("amount", filter=Q(basis__in=LABOUR))).values_list("distribution", "s")
    )
    for d in made:
        share = asked(LABOUR_SHARE, d.pool.division.path, dt.date(d.pool.year, 12, 31))
        if d.pool_id not in solar or share is None:
            continue
        checked += 1
        got = labour.get(d.pk) or ZERO
        if Fraction(got) < Fraction(share) * Fraction(d.total):
            rows.append(distribution_row(d, labour=str(got), total=str(d.total), share=share))
    return Outcome(checked=checked, rows=rows)


def read_inc_12(context: Context) -> Outcome:
    """INC-12: the lines of a distribution do not sum to its total. Two queries."""
    made = distributions(context)
    sums: dict[int, Decimal] = dict(
        DistributionLine.objects.filter(distribution__in=made).order_by()
        .values_list("distribution").annotate(Sum("amount"))
    )  # fmt: skip
    rows = [
        distribution_row(d, lines=str(sums.get(d.pk, ZERO)), total=str(d.total))
        for d in made
        if sums.get(d.pk, ZERO) != d.total
    ]
    return Outcome(checked=len(made), rows=rows)


def _pools(context: Context) -> Any:
    live = Q(distributions__approved_on__lte=context.as_of, distributions__annulled=None)
    rows = IncomePool.objects.in_force().filter(settled_on__lte=context.as_of)
    limited = context.scope.limit(rows, division="division__path", unit="division", kind="division")
    return limited.select_related("division").annotate(
        given_total=Sum("distributions__total", filter=live),
        given_reserve=Sum("distributions__reserve", filter=live),
    ).order_by("year", "pk")  # fmt: skip


def _pool_row(pool: IncomePool, since: dt.date | None, reading: str = Reading.FOUND, **details: Any) -> Row:
    return Row(
        subject_type="division",
        subject_key=f"{pool.division_id}/pool/{pool.pk}",
        division_id=pool.division_id,
        since=since,
        reading=reading,
        details={"name": pool.division.name, "pool": pool.name, "year": pool.year, **details},
    )


def _rule(number: str, read: Any, **facts: Any) -> Rule:
    """A rule on distributions: they are read over places, and the finance officer acts."""
    facts.setdefault("severity", Severity.F)
    facts.setdefault("reads", READS)
    return Rule(id=number, subject="division", office=Role.FINANCE_OFFICER, read=read, **facts)


RULES = (
    _rule(
        "INC-04", read_inc_04, title=_("more distributed than there is"), severity=Severity.E,
        message=_("Of pool %(pool)s, %(year)s, in %(name)s %(given)s yuan were distributed of %(held)s."),
        remedy=_("Take a distribution back, or enter what is missing in the account of the pool."),
        source="农村集体经济组织法第四十二条（分配不得超过可分配收益）",
    ),
    _rule(
        "INC-05", read_inc_05, title=_("distribution without a reserve"),
        message=_("“%(distribution)s” in %(name)s was approved without a reserve and welfare fund."),
        remedy=_("Put the reserve of the charter aside, or name the article that waives it."),
        source="农村集体经济组织法第四十二条（公积公益金）",
    ),
    _rule(
        "INC-06", read_inc_06, title=_("income lies idle"), severity=Severity.W,
        message=_("%(left)s yuan of pool %(pool)s, %(year)s, in %(name)s were not distributed or assigned."),
        remedy=_("Decide what the income is for."),
        source="产品默认值（收益滞留月数由县级确定）", parameters=(HELD_MONTHS,),
    ),
    _rule(
        "INC-07", read_inc_07, title=_("income used for something else"),
        message=_("“%(distribution)s” in %(name)s spends %(amount)s yuan on a use that is not allowed."),
        remedy=_("Bring the money back, or enter the use that it had."),
        source="国办函〔2021〕51号（收益用途）",
    ),
    _rule(
        "INC-08", read_inc_08, title=_("paid to somebody who is not on the list"),
        message=_("“%(distribution)s” in %(name)s gives shares to %(count)s who are no members on its day."),
        variants={"twice": _("“%(distribution)s” in %(name)s paid %(count)s payees twice.")},
        remedy=_("Correct the list of members, or have the money paid back."),
        source="收益分配动态调整名单要求",
        reads=READS | {"assets_payment", "registry_partymember"},
    ),
    _rule(
        "INC-09", read_inc_09, title=_("equal cash for all"), severity=Severity.W,
        message=_("“%(distribution)s” in %(name)s gives the same to everybody, without work or a reason."),
        remedy=_("Tie it to posts, labour or a need, and say so in the plan."),
        source="国办函〔2021〕51号（不得简单发钱发物）",
    ),
    _rule(
        "INC-10", read_inc_10, title=_("pooled income without decision or villages"),
        message=_("“%(distribution)s” of %(name)s distributes pooled income without a decision."),
        variants={"villages": _("“%(distribution)s” of %(name)s names no village that receives it.")},
        remedy=_("Name the decision and the villages that receive."),
        source="县级统筹分配办法（受益村清单）",
    ),
    _rule(
        "INC-11", read_inc_11, title=_("too little for posts and labour"),
        message=_("“%(distribution)s” in %(name)s gives labour %(labour)s of %(total)s yuan, not %(share)s."),
        remedy=_("Raise the part of posts and labour."),
        source="国务院扶贫办、财政部2020年光伏收益分配通知",
    ),
    _rule(
        "INC-12", read_inc_12, title=_("rounding left over"), severity=Severity.E,
        message=_("The lines of “%(distribution)s” in %(name)s sum to %(lines)s yuan, not %(total)s."),
        remedy=_("Split it again to the fen."),
        source="收益分配精确到分（余额按最大余额法处理）",
    ),
)  # fmt: skip
